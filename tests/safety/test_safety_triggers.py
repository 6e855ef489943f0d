"""What pauses the trial by itself: a story, and what the trigger found.

Written from DOMAIN.md, section 7 (fixed triggers) and section 0 (facts 7 and 8: a culture takes fourteen days, and few
T cells exclude no graft versus host disease), and docs/decisions/0016 and 0017.
"""

from dataclasses import replace
from datetime import date

import pytest
from cell_story import (
    DOSE,
    LOT,
    MADE,
    SECOND_DOSE,
    code,
    collected,
    cultured,
    divided,
    donor,
    lot_made,
    patient,
    results,
    start,
)
from conduct_story import Story, consents, lot
from harm_story import (
    UNRELATED,
    arrives,
    conditioned,
    event,
    follows,
    given,
    gvhd,
    harm_cell_study,
    put,
    tell,
    tell_on,
    treated,
)

from trialwright.ledger.kinds import AcuteGvhdAssessed, Infused, InfusionResumed, LotAssigned, ReleaseTested
from trialwright.safety.stopping.pauses import pauses
from trialwright.safety.stopping.triggers import Fired, fired
from trialwright.study.safety import Trigger

ON = date(2026, 7, 1)


def happened(story: Story, id: str) -> tuple[Fired, ...]:
    (trigger,) = (one for one in story.study.safety.triggers if one.id == id)
    return fired(story.study, story.trial, trigger)


def rules(story: Story) -> list[str]:
    return [pause.rule for pause in pauses(story.study, story.trial, ON)]


# --- deaths -----------------------------------------------------------------------------------------------------------

DIED = "{} record_death S-001 cause={} how_known=ward\n"
FATAL = "serious=yes seriousness=death"
LATE = "2026-05-01"  # the day after the hundred days in which events are collected


def fatal(related: str = '{"nk_cells":"related"}', grade: int = 5, more: str = FATAL) -> str:
    return event("Sepsis", grade, "2026-02-04", related, more)


@pytest.mark.parametrize(
    ("rule", "story", "said"),
    [
        ("a fatal event due to the cells", treated() + fatal(), "was fatal, and due to treatment"),
        ("due to chemotherapy", treated() + fatal('{"nk_cells":"not related","chemotherapy":"related"}'), "and due to"),
        ("causes unknown", treated() + fatal('{"nk_cells":"unknown"}'), "may be due to treatment"),
        ("no cause judged", treated() + fatal("{}"), "may be due to treatment"),
        ("every cause judged unrelated", treated() + fatal(UNRELATED), None),
        ("by its outcome, without grade 5", treated() + fatal(grade=4, more="outcome=fatal"), "was fatal"),
        ("by its seriousness, without grade 5", treated() + fatal(grade=4), "was fatal"),
        ("turned fatal", treated() + fatal(grade=4, more="") + follows("grade=5", "2026-02-06"), "was fatal"),
        ("grade 4, alive", treated() + fatal(grade=4, more=""), None),
        ("a death called due to treatment", treated() + DIED.format("2026-02-05", "treatment"), "due to treatment"),
        ("a death nobody explained", treated() + DIED.format("2026-02-05", "unknown"), "is not judged"),
        ("an infection nobody judged", treated() + DIED.format("2026-02-05", "infection"), "is not judged"),
        ("a death of leukaemia", treated() + DIED.format("2026-02-05", "leukaemia"), None),
        (
            "explained by an event judged unrelated",
            treated() + fatal(UNRELATED) + DIED.format("2026-02-05", "other"),
            None,
        ),
        (
            "called due to treatment, whatever was judged",
            treated() + fatal(UNRELATED) + DIED.format("2026-02-05", "treatment"),
            "due to treatment",
        ),
        ("unexplained on the last day of collection", treated() + DIED.format("2026-04-30", "unknown"), "not judged"),
        ("unexplained later", treated() + DIED.format(LATE, "unknown"), None),
        ("due to treatment, later", treated() + DIED.format(LATE, "treatment"), "due to treatment"),
        ("after chemotherapy alone", conditioned() + DIED.format(LATE, "unknown"), "is not judged"),
        ("before any treatment", arrives() + DIED.format("2026-01-09", "unknown"), None),
        ("given cells without a place", f"{consents()}\n{given()}" + fatal(), "was fatal"),
    ],
)
def test_a_death_that_may_be_due_to_treatment_fires(rule: str, story: str, said: str | None) -> None:
    found = happened(tell(story), "treatment-death")
    assert len(found) == (said is not None), (rule, found)
    assert all((said or "") in one.sentence for one in found), (rule, found)
    assert all(one.key == "death:S-001" for one in found)


def test_one_death_fires_once_dated_by_the_death() -> None:
    story = tell(
        treated(), fatal("{}"), event("Hypotension", 5, "2026-02-03", more=FATAL), DIED.format("2026-02-05", "unknown")
    )
    (one,) = happened(story, "treatment-death")
    assert (one.about, str(one.on)) == (("death:S-001",), "2026-02-05")
    assert "treatment-death" in rules(story)


def test_where_a_trigger_names_no_cause_every_death_fires() -> None:
    trigger = Trigger(id="any", text="any death", happens="death")
    for chapter in (fatal(UNRELATED), DIED.format(LATE, "leukaemia")):
        story = tell(treated(), chapter)
        assert len(fired(story.study, story.trial, trigger)) == 1, chapter


# --- graft versus host disease ----------------------------------------------------------------------------------------

IMMUNE = "Immune system disorders - Other, specify"


def named(words: str, grade: int) -> str:
    return event(IMMUNE, grade, "2026-02-10", more=f"specify='{words}'")


@pytest.mark.parametrize(
    ("rule", "story", "fires"),
    [
        ("grade IV", gvhd("IV", "2026-02-10"), True),
        ("grade III", gvhd("III", "2026-02-10"), False),
        ("open up to IV", "2026-02-10 assess_acute_gvhd S-001 skin=3\n", True),
        ("long after the window", gvhd("IV", "2026-06-10"), True),
        ("an Other, specify that names it", named("GVHD of the gut", 4), True),
        ("chronic by its words", named("chronic GVHD", 4), False),
        ("other words", named("serum sickness", 4), False),
        ("its own term in CTCAE 6.0", event("Graft versus host disease", 4, "2026-02-10", more="ctcae=6.0"), True),
        ("staged since as grade I", named("GVHD", 4) + gvhd("I", "2026-02-11", "event=@1"), False),
        (
            "grew worse after it was staged",
            named("GVHD", 1) + gvhd("I", "2026-02-11", "event=@1") + follows("grade=4", "2026-02-14"),
            True,
        ),
    ],
)
def test_graft_versus_host_disease_of_grade_four_fires(rule: str, story: str, fires: bool) -> None:
    told = tell(treated(), story)
    assert (len(happened(told, "gvhd-4")) == 1) is fires, rule
    assert ("gvhd-4" in rules(told)) is fires


def test_of_grade_three_the_second_person_pauses_and_one_person_counts_once() -> None:
    story = tell(treated(), gvhd("III", "2026-02-10"), gvhd("III", "2026-02-17"))
    assert ([one.key for one in happened(story, "gvhd-3")], "gvhd-3" in rules(story)) == (["gvhd:S-001"], False)
    tell_on(story, treated("S-002"), named("GVHD", 3).replace("S-001", "S-002"))
    assert [one.key for one in happened(story, "gvhd-3")] == ["gvhd:S-001", "gvhd:S-002"]
    assert "gvhd-3" in rules(story)


def test_an_assessment_without_its_day_is_not_counted() -> None:
    story = tell(treated())
    put(story, AcuteGvhdAssessed({"skin": "4"}, "IV", "MAGIC 2016"), "S-001", None)
    assert happened(story, "gvhd-4") == ()


def test_who_had_no_study_treatment_fires_nothing() -> None:
    assert happened(tell(arrives(), gvhd("IV", "2026-02-10")), "gvhd-4") == ()


# --- contamination ----------------------------------------------------------------------------------------------------

CULTURE = "{} record_release_test {} test={} value={} by lab-2:cell_laboratory\n"
GROWN = CULTURE.format("2026-02-03", "L-1", "sterility", "positive")
MEANT = conditioned() + lot("L-1", "S-001")
GIVEN = MEANT + given(lot="L-1")


@pytest.mark.parametrize(
    ("rule", "story", "fires"),
    [
        ("nothing has grown", GIVEN + CULTURE.format("2026-02-03", "L-1", "sterility", "negative"), False),
        ("the culture is not back", GIVEN, False),
        ("it grew after the lot was given", GIVEN + GROWN, True),
        ("it grew, and the lot was given afterwards", MEANT + GROWN + given(lot="L-1"), True),
        ("it grew, and nobody was given the lot", MEANT + GROWN, False),
        ("another lot grew", GIVEN + lot("L-2", collection="C-2") + GROWN.replace("L-1", "L-2"), False),
        (
            "a test that shows no contamination",
            GIVEN + CULTURE.format("2026-02-03", "L-1", "viability", "20 unit=%"),
            False,
        ),
        ("the stain, repeated", GIVEN + CULTURE.format("2026-02-03", "L-1", "gram", "positive"), True),
    ],
)
def test_a_lot_that_was_given_and_grew_something_fires(rule: str, story: str, fires: bool) -> None:
    told = tell(story)
    found = happened(told, "contamination")
    assert ([one.key for one in found] == ["contamination:L-1"]) is fires, (rule, found)
    assert ("contamination" in rules(told)) is fires


def test_a_result_that_nobody_can_read_is_no_proof_that_nothing_grew() -> None:
    story = tell(GIVEN)
    put(story, ReleaseTested("sterility", "smudged", None, None), "L-1", "2026-02-03")
    (one,) = happened(story, "contamination")
    assert one.sentence == "lot L-1, given to S-001, failed: 14-day culture"


def test_another_test_another_recipient_and_another_lot_are_something_new() -> None:
    story = tell(GIVEN, GROWN)
    first = set(happened(story, "contamination")[0].about)
    tell_on(story, CULTURE.format("2026-02-04", "L-1", "gram", "positive"))
    second = set(happened(story, "contamination")[0].about)
    tell_on(story, conditioned("S-002"), given("S-002", "2026-01-21T10:00", lot="L-1"))
    third = set(happened(story, "contamination")[0].about)
    assert first < second < third
    tell_on(story, lot("L-2", "S-002", collection="C-2"), given("S-002", "2026-01-22T10:00", lot="L-2"))
    tell_on(story, GROWN.replace("L-1", "L-2"))
    assert [one.key for one in happened(story, "contamination")] == ["contamination:L-1", "contamination:L-2"]


def test_a_study_without_a_product_or_such_a_test_asks_for_none() -> None:
    story = tell(GIVEN, GROWN)
    (trigger,) = (one for one in story.study.safety.triggers if one.id == "contamination")
    product = story.study.product
    assert product is not None
    blind = replace(product, release_tests=tuple(replace(t, shows_contamination=False) for t in product.release_tests))
    for study in (replace(story.study, product=None), replace(story.study, product=blind)):
        assert fired(study, story.trial, trigger) == ()


# --- the wrong person -------------------------------------------------------------------------------------------------

OTHERS = conditioned() + conditioned("S-002") + lot("L-1", "S-001")


@pytest.mark.parametrize(
    ("rule", "story", "said"),
    [
        ("for whom it was meant", OTHERS + given(lot="L-1"), None),
        ("meant for another", OTHERS + given("S-002", lot="L-1"), "S-002 was given lot L-1 on 2026-01-20"),
        ("a lot nobody described", OTHERS + given("S-002", lot="L-9"), None),
    ],
)
def test_cells_given_to_somebody_else_fire_also_when_told_after_the_deed(
    rule: str, story: str, said: str | None
) -> None:
    found = happened(tell(story), "wrong-person")
    assert len(found) == (said is not None), rule
    assert all((said or "") in one.sentence and "meant for S-001" in one.sentence for one in found)


@pytest.mark.parametrize(("recipient", "fires"), [("S-001", 0), ("1", 0), ("S-002", 1), ("2", 1)])
def test_a_recipient_may_be_named_by_code_or_number(recipient: str, fires: int) -> None:
    story = tell(OTHERS)
    put(story, LotAssigned(recipient), "L-1", "2026-01-20")
    tell_on(story, given(lot="L-1"))
    assert len(happened(story, "wrong-person")) == fires


def test_nobody_is_made_the_right_one_afterwards() -> None:
    for when in ("2026-01-20", "2026-01-21"):
        story = tell(OTHERS, given("S-002", lot="L-1"))
        put(story, LotAssigned("S-002"), "L-1", when)
        assert len(happened(story, "wrong-person")) == 1, when
    recorded_before = tell(OTHERS)
    put(recorded_before, LotAssigned("S-002"), "L-1", "2026-01-21")
    tell_on(recorded_before, given("S-002", lot="L-1"))
    assert len(happened(recorded_before, "wrong-person")) == 1  # dated after the infusion
    put(recorded_before, LotAssigned("S-002"), "L-1", None)
    tell_on(recorded_before, given("S-002", "2026-01-21T14:00", lot="L-1", cycle=2))
    assert len(happened(recorded_before, "wrong-person")) == 1


NOBODYS = (
    donor(source="cord blood")
    + collected(source="cord blood")
    + cultured()
    + lot_made(who=None)
    + divided()
    + results()
)
OTHER_LOT, OTHER_COLLECTION, OTHER_DONOR = code("lot", 2), code("collection", 2), code("donor", 2)
OTHERS_LOT = (
    donor(OTHER_DONOR)
    + collected(OTHER_COLLECTION, OTHER_DONOR)
    + cultured(OTHER_COLLECTION)
    + lot_made(OTHER_LOT, OTHER_COLLECTION, who="S-002")
    + divided(OTHER_LOT, SECOND_DOSE)
)


def of_cells(*chapters: str) -> Story:
    return tell(patient(), patient("S-002"), *chapters, study=harm_cell_study())


def test_where_codes_are_asked_cells_meant_for_nobody_yet_are_the_wrong_ones() -> None:
    (one,) = happened(of_cells(NOBODYS, start(more="told")), "wrong-person")
    assert one.sentence == f"S-001 was given lot {LOT} on 2026-01-20 14:00, meant for nobody yet"
    assert happened(of_cells(MADE, start(more="told")), "wrong-person") == ()


def test_where_codes_are_asked_cells_of_a_lot_that_nobody_recorded_may_be_anybodys() -> None:
    story = of_cells(MADE)
    put(story, Infused(1, 1, OTHER_LOT, 1, None, "110", None, "70"), "S-001", "2026-01-20")
    (one,) = happened(story, "wrong-person")
    assert one.sentence == f"S-001 was given lot {OTHER_LOT} on 2026-01-20, which nobody recorded"


def test_of_one_infusion_the_cells_of_every_lot_are_asked() -> None:
    both = of_cells(MADE, OTHERS_LOT, start(doses=f"{DOSE},{SECOND_DOSE}", more="told"))
    (one,) = happened(both, "wrong-person")
    assert OTHER_LOT in one.sentence


def test_cells_hung_later_in_an_infusion_are_asked_too() -> None:
    story = of_cells(MADE, OTHERS_LOT, start(more="told"))
    assert happened(story, "wrong-person") == ()
    put(story, InfusionResumed(1, SECOND_DOSE), "S-001", "2026-01-20")
    put(story, InfusionResumed(1), "S-001", "2026-01-20")
    (one,) = happened(story, "wrong-person")
    assert OTHER_LOT in one.sentence
