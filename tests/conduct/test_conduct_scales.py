"""Harm on a scale of its own: what was found is typed, the grade is computed, and computed anew when it was wrong.

Grades as the scales' own tables have them: ASTCT 2019 for CRS and ICANS, MAGIC 2016 and NIH 2014 for graft versus
host disease, CTCAE v5.0 for a reaction to the infusion; the scales themselves are held to account in tests/safety.
"""

import pytest
from conduct_story import Story, consents, infused
from harm_refusals import ILL, last

from trialwright.conduct.possible import possible_deviations
from trialwright.errors import FormatError
from trialwright.ledger.kinds import (
    AcuteGvhdAssessed,
    ChronicGvhdAssessed,
    CrsAssessed,
    IcansAssessed,
    InfusionReactionAssessed,
    What,
)

CRS = "assess_crs S-001 temperature_c=39.1 fever_explained=no masked=no"
ON_ONE_PRESSOR = f"{CRS} hypotension=yes vasopressors=1 vasopressin=no oxygen='low flow'"


@pytest.fixture
def story() -> Story:
    return infused(Story())


def correct(entry: str, content: str, more: str = "") -> str:
    return f"- correct entry={entry} reason_code='source corrected' why='read again' content='{content}' {more}"


@pytest.mark.parametrize(
    ("words", "kind", "scale", "grade"),
    [
        (ON_ONE_PRESSOR, CrsAssessed, "ASTCT 2019 CRS", "3"),
        (f"{CRS} hypotension=no vasopressors=0 vasopressin=no oxygen=none", CrsAssessed, "ASTCT 2019 CRS", "1"),
        (
            "assess_icans S-001 ice=8 consciousness=awake seizure=none motor=no oedema=none",
            IcansAssessed,
            "ASTCT 2019 ICANS",
            "1",
        ),
        ("assess_acute_gvhd S-001 skin=3 liver=0 upper_gi=0 lower_gi=0", AcuteGvhdAssessed, "MAGIC 2016", "II"),
        (
            "assess_chronic_gvhd S-001 skin=1 mouth=1 eyes=1 gi=0 liver=0 lungs=0 joints=0 genital=excluded",
            ChronicGvhdAssessed,
            "NIH 2014",
            "moderate",
        ),
        (
            "assess_infusion_reaction S-001 infusion=1 interrupted=yes prompt_response=yes prophylaxis_hours=12 "
            "prolonged_or_recurrent=no hospitalised=no life_threatening=no",
            InfusionReactionAssessed,
            "CTCAE v5.0 infusion related reaction",
            "2",
        ),
    ],
)
def test_the_grade_follows_from_what_was_found(
    story: Story, words: str, kind: type[What], scale: str, grade: str
) -> None:
    (entry,) = story.do(f"2026-01-21 {words}")
    assert isinstance(entry.what, kind)
    assert (entry.what.scale, entry.what.grade, entry.about) == (scale, grade, "S-001")
    said = [word.partition("=") for word in words.split() if "=" in word]
    findings = {name: value.strip("'") for name, _, value in said if name not in ("infusion", "oxygen")}
    assert entry.what.findings.items() >= findings.items()  # as they were typed
    assert possible_deviations(story.study, story.trial) == ()


def test_what_is_not_known_leaves_the_grade_open_and_says_between_what(story: Story) -> None:
    (crs,) = story.do(f"2026-01-21 {CRS} vasopressors=1 oxygen=unknown")
    assert (crs.what.grade, "oxygen" in crs.what.findings) == ("3 or 4", False)
    (gvhd,) = story.do("2026-02-01 assess_acute_gvhd S-001 skin=3 steroid_refractory=yes")
    assert (gvhd.what.grade, gvhd.what.findings, gvhd.what.steroid_refractory) == ("II to IV", {"skin": "3"}, "yes")


def test_whether_somebody_died_of_it_is_no_unless_it_is_said_to_be_unknown(story: Story) -> None:
    (left_out,) = story.do(f"2026-01-21 {ON_ONE_PRESSOR}")
    (unknown,) = story.do(f"2026-01-22 {ON_ONE_PRESSOR} death=unknown")
    assert (left_out.what.grade, unknown.what.grade) == ("3", "3 to 5")
    assert unknown.what.findings["death"] == "unknown"
    line = "2026-01-20T15:00 assess_infusion_reaction S-001 infusion=1"
    none = "interrupted=no prophylaxis_hours=0 prolonged_or_recurrent=no hospitalised=no life_threatening=no"
    assert [story.do(f"{line} {none} {more}")[0].what.grade for more in ("", "reaction=no", "reaction=unknown")] == [
        "1",
        "0",
        "0 or 1",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("assess_crs S-001 temperature_c=390", "temperature_c: '390' was found"),
        ("assess_crs S-001 oxygen=plenty", "oxygen: 'plenty' was found"),
        ("assess_icans S-001 ice=11", "ice: '11' was found"),
        ("assess_icans S-001 ice=10 naming=1", "items of the form add up to"),
        ("assess_acute_gvhd S-001 upper_gi=2", "upper_gi: '2' was found"),
        ("assess_acute_gvhd S-001 skin=1 steroid_refractory=maybe", "steroid_refractory: 'maybe' is not known"),
        ("assess_chronic_gvhd S-001 lungs=4", "lungs: '4' was found"),
        ("assess_infusion_reaction S-001 infusion=1 prophylaxis_hours=many", "prophylaxis_hours: 'many' was found"),
        ("assess_infusion_reaction S-001 infusion=1 reaction=no hospitalised=yes", "which only a reaction has"),
        ("assess_infusion_reaction S-001 infusion=0", "0 was given; 1 or more"),
        ("assess_crs S-001 rash=yes", "'rash' is not a field"),
    ],
)
def test_a_finding_that_no_scale_has_is_an_error(story: Story, words: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        story.ask(f"2026-01-21 {words}")


def test_an_assessment_belongs_to_an_event_of_the_same_person() -> None:
    story = Story().tell(f"{ILL}{consents()}")
    line = f"2026-01-22 {ON_ONE_PRESSOR} event={last(ILL)}"
    (entry,) = story.do(line)
    assert entry.what.event == last(ILL)
    assert story.codes(line.replace("S-001", "S-002")) == {"adverse_event.of_another"}


def test_a_reaction_is_to_an_infusion_that_was_given(story: Story) -> None:
    line = "assess_infusion_reaction S-001 infusion=1 interrupted=yes"
    assert story.codes(f"2026-01-20T13:59 {line}") == {"infusion.not_given"}
    assert story.codes(f"2026-01-20T14:01 {line}") == set()
    assert story.codes(f"2026-01-21 {line.replace('infusion=1', 'infusion=2')}") == {"infusion.not_given"}


def test_nobody_is_assessed_after_death_and_a_death_learnt_later_asks_again(story: Story) -> None:
    (entry,) = story.do(f"2026-01-27 {ON_ONE_PRESSOR}")
    story.do("2026-01-25 record_death S-001 cause=leukaemia how_known=ward told")
    assert story.codes(f"2026-01-27 {ON_ONE_PRESSOR}") == {"person.dead"}
    assert (entry.id, "person.dead") in {
        (one.entry.id, one.reason.code) for one in possible_deviations(story.study, story.trial)
    }


def test_an_assessment_told_after_death_is_written_with_its_deviation(story: Story) -> None:
    story.do("2026-01-25 record_death S-001 cause=leukaemia how_known=ward")
    entry, deviation = story.do(f"2026-01-27 {ON_ONE_PRESSOR} told")
    assert (entry.what.grade, deviation.what.gate) == ("3", "person.dead")


# --- when it was wrong ------------------------------------------------------------------------------------------------


def test_a_corrected_finding_brings_its_own_grade_and_keeps_the_other_findings(story: Story) -> None:
    (entry,) = story.do(f"2026-01-21 {ON_ONE_PRESSOR}")
    (again,) = story.do(correct(entry.id, '{"findings":{"vasopressors":2}}'))
    assert (again.what.grade, again.what.because) == ("4", ("2 vasopressors",))
    assert again.what.findings == entry.what.findings | {"vasopressors": "2"}
    (open_again,) = story.do(correct(entry.id, '{"findings":{"vasopressors":"unknown"}}'))
    assert (open_again.what.grade, "vasopressors" in open_again.what.findings) == ("2 to 4", False)


@pytest.mark.parametrize(
    ("words", "content", "grades"),
    [
        ("assess_icans S-001 ice=8 consciousness=awake seizure=none motor=no oedema=none", '{"ice":2}', ("1", "3")),
        ("assess_acute_gvhd S-001 skin=3 liver=0 upper_gi=0 lower_gi=0", '{"skin":"4"}', ("II", "IV")),
        (
            "assess_chronic_gvhd S-001 skin=1 mouth=0 eyes=0 gi=0 liver=0 lungs=0 joints=0 genital=0",
            '{"lungs":2}',
            ("mild", "severe"),
        ),
        (
            "assess_infusion_reaction S-001 infusion=1 interrupted=yes prompt_response=yes prophylaxis_hours=12 "
            "prolonged_or_recurrent=no hospitalised=no life_threatening=no",
            '{"hospitalised":"yes"}',
            ("2", "3"),
        ),
    ],
)
def test_every_scale_is_asked_again(story: Story, words: str, content: str, grades: tuple[str, str]) -> None:
    (entry,) = story.do(f"2026-01-21 {words}")
    (again,) = story.do(correct(entry.id, f'{{"findings":{content}}}'))
    assert (entry.what.grade, again.what.grade) == grades


def test_a_grade_is_never_typed(story: Story) -> None:
    (entry,) = story.do(f"2026-01-21 {ON_ONE_PRESSOR}")
    refusal = story.refused(correct(entry.id, '{"grade":"1","because":[]}'))
    assert [reason.code for reason in refusal.reasons] == ["correct.nothing"]
    assert "correct the findings" in refusal.reasons[0].way_out
    (again,) = story.do(correct(entry.id, '{"grade":"1","note":"seen twice"}'))
    assert (again.what.grade, again.what.note) == ("3", "seen twice")


def test_a_correction_of_findings_must_be_readable(story: Story) -> None:
    (entry,) = story.do(f"2026-01-21 {ON_ONE_PRESSOR}")
    with pytest.raises(FormatError, match=r"correct crs_assessed: oxygen: 'plenty' was found"):
        story.ask(correct(entry.id, '{"findings":{"oxygen":"plenty"}}'))
    with pytest.raises(FormatError, match="'rash' is no finding of this scale"):
        story.ask(correct(entry.id, '{"findings":{"rash":"yes"}}'))
    (gvhd,) = story.do("2026-01-21 assess_acute_gvhd S-001 skin=1")
    with pytest.raises(FormatError, match="steroid_refractory: 'maybe' is not known"):
        story.ask(correct(gvhd.id, '{"steroid_refractory":"maybe"}'))


def test_a_corrected_assessment_still_belongs_to_its_person_and_infusion() -> None:
    text = f"{ILL}{consents()}\n2026-01-21 {ON_ONE_PRESSOR.replace('S-001', 'S-002')}\n"
    story = Story().tell(text)
    assert story.codes(correct(last(text), f'{{"event":"{last(ILL)}"}}')) == {"adverse_event.of_another"}
    (reaction,) = story.do("2026-01-21 assess_infusion_reaction S-001 infusion=1 interrupted=yes")
    assert story.codes(correct(reaction.id, '{"infusion":2}')) == {"infusion.not_given"}
    assert story.codes(correct(reaction.id, '{"note":"x"}', "occurred=2026-01-19")) == {"infusion.not_given"}


def test_a_response_is_computed_anew_from_its_corrected_numbers() -> None:
    story = Story().tell(f"{consents()}\n2026-01-06 record_facts S-001 born=1970 sex=female facts='[]'")
    story.do("2026-01-08 enrol S-001 disease_status=refractory phase=induction told")
    looked_at = "circulating_blasts=no extramedullary=no marrow_adequate=yes counts_supported=no"
    (entry,) = story.do(f"2026-02-01 assess_response S-001 blasts_percent=2 anc=1.2 platelets=120 {looked_at}")
    assert (entry.what.category, entry.what.computed) == ("CR", "CR")
    (again,) = story.do(correct(entry.id, '{"platelets":"60","computed":"CR"}'))
    assert (again.what.category, again.what.computed) == ("CR", "CRh")
    assert "response.disagrees" in {one.reason.code for one in possible_deviations(story.study, story.trial)}
    (settled,) = story.do(correct(entry.id, '{"category":"CRh"}'))
    assert (settled.what.category, settled.what.computed) == ("CRh", "CRh")
    with pytest.raises(FormatError, match="platelets"):
        story.ask(correct(entry.id, '{"platelets":"60000"}'))
    with pytest.raises(FormatError, match="category: 'better' is not known"):
        story.ask(correct(entry.id, '{"category":"better"}'))
