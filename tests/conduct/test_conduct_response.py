"""Response and relapse as they are recorded: the category by the rules, who may differ and how, the first sample."""

from dataclasses import replace

import pytest
from conduct_refusals import LOOKED_AT
from conduct_story import Story, consents, facts, infused

from trialwright.conduct.possible import possible_deviations
from trialwright.errors import FormatError
from trialwright.ledger.kinds import DeviationRecorded, Relapsed, ResponseAssessed

COUNTS = f"anc=1.2 platelets=110 {LOOKED_AT}"
ASSESS = "assess_response S-001"


@pytest.fixture
def kept() -> Story:
    """Somebody enrolled in remission, and infused on 2026-01-20."""
    return infused(Story())


@pytest.fixture
def ill() -> Story:
    """Somebody enrolled with refractory disease."""
    story = Story().tell(f"{consents()}\n{facts('S-001')}")
    story.do("2026-01-08 enrol S-001 disease_status=refractory phase=induction")
    return story


def written(story: Story, line: str) -> ResponseAssessed:
    (entry,) = story.do(line)
    assert isinstance(entry.what, ResponseAssessed)
    return entry.what


# --- the category ---


@pytest.mark.parametrize(
    ("found", "category"),
    [
        ("blasts_percent=2 anc=1.2 platelets=110", "CR"),
        ("blasts_percent=2 anc=1200/uL platelets=60", "CRh"),
        ("blasts_percent=2 anc=0.1 platelets=20", "MLFS"),
        ("blasts_percent=12 pretreatment_blasts_percent=60 anc=1.2 platelets=110", "PR"),
        ("blasts_percent=40", "NR"),
    ],
)
def test_a_category_left_out_is_the_one_the_findings_settle(ill: Story, found: str, category: str) -> None:
    what = written(ill, f"2026-02-01 {ASSESS} {found} {LOOKED_AT}")
    assert (what.category, what.computed, what.by_criteria) == (category, category, "ELN 2022")


def test_a_category_left_out_and_not_settled_asks_for_what_is_missing(ill: Story) -> None:
    with pytest.raises(FormatError, match="leave CR or CRh or CRi; not said: neutrophils"):
        ill.ask(f"2026-02-01 {ASSESS} blasts_percent=2 platelets=110 {LOOKED_AT}")
    with pytest.raises(FormatError, match="exclude nothing; not said: blasts in the marrow"):
        ill.ask(f"2026-02-01 {ASSESS}")


def test_what_is_open_is_written_beside_the_category_of_a_person(ill: Story) -> None:
    what = written(ill, f"2026-02-01 {ASSESS} category=CRh blasts_percent=2 platelets=60 {LOOKED_AT}")
    assert (what.category, what.computed) == ("CRh", "CRh or MLFS")
    assert written(ill, f"2026-02-08 {ASSESS} category=CRi").computed == "not known"


def test_a_category_the_findings_exclude_needs_a_reason(ill: Story) -> None:
    line = f"2026-02-01 {ASSESS} category=CR blasts_percent=2 anc=0.9 platelets=110 {LOOKED_AT}"
    (reason,) = ill.refused(line).reasons
    assert reason.code == "response.disagrees"
    assert "it is CRh" in reason.text
    assert "neutrophils 0.9 x 10^9/L" in reason.text
    what = written(ill, f"{line} overrides='counted again an hour later: 1.1'")
    assert (what.category, what.computed, what.overrides) == ("CR", "CRh", "counted again an hour later: 1.1")


def test_a_category_outside_what_is_open_is_refused_too(ill: Story) -> None:
    assert ill.codes(f"2026-02-01 {ASSESS} category=PR blasts_percent=2 {LOOKED_AT}") == {"response.disagrees"}
    assert ill.codes(f"2026-02-01 {ASSESS} category=MLFS blasts_percent=2 {LOOKED_AT}") == set()


def test_told_after_the_deed_a_disagreement_is_a_deviation(ill: Story) -> None:
    line = (
        f"2026-02-01 {ASSESS} category=CR blasts_percent=9 mrd=negative mrd_method=flow mrd_percent=1 {LOOKED_AT} told"
    )
    entry, *deviations = ill.do(line)
    assert entry.what.category == "CR"
    assert entry.what.computed == "PR or NR"
    gates = [one.what.gate for one in deviations if isinstance(one.what, DeviationRecorded)]
    assert gates == ["response.disagrees", "response.mrd_disagrees"]


def test_the_criteria_are_the_studys_unless_others_are_named(ill: Story) -> None:
    line = f"2026-02-01 {ASSESS} blasts_percent=2 anc=0.6 platelets=60 auer_rods=no {LOOKED_AT}"
    assert written(ill, line).category == "CRh"
    what = written(ill, line.replace("02-01", "02-02") + " by_criteria='ELN 2017' category=MLFS overrides=compared")
    assert what.by_criteria == "ELN 2017"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("anc=good", "anc: 'good' is not a number"),
        ("anc=-1", "anc: '-1' was given; a number of 0 or more in 10\\*9/L was expected"),
        ("anc=1200", "anc: '1200' is more than 500 x 10\\^9/L. Write the unit"),
        ("platelets='110 g/L'", "a number of 0 or more in 10\\*9/L was expected"),
        ("mrd_percent=101", "0 to 100 was expected"),
        ("circulating_blasts=perhaps", "'perhaps' is not known"),
    ],
)
def test_numbers_that_nobody_can_read_are_errors(ill: Story, words: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        ill.ask(f"2026-02-01 {ASSESS} category=NR {words}")


# --- somebody in remission ---


def test_a_remission_at_enrolment_is_kept_whatever_the_counts(kept: Story) -> None:
    what = written(kept, f"2026-02-17 {ASSESS} blasts_percent=2 anc=0.2 platelets=20 {LOOKED_AT}")
    assert (what.category, what.computed) == ("remission kept", "remission kept")


def test_a_remission_reached_since_has_the_category_of_the_day(ill: Story) -> None:
    ill.do(f"2026-02-01 {ASSESS} blasts_percent=2 anc=0.6 platelets=60 {LOOKED_AT}")
    assert written(ill, f"2026-03-01 {ASSESS} blasts_percent=1 {COUNTS}").category == "CR"
    assert written(ill, f"2026-04-01 {ASSESS} blasts_percent=1 {LOOKED_AT}").category == "remission kept"


def test_five_per_cent_after_a_remission_is_a_relapse_and_says_so(kept: Story) -> None:
    line = f"2026-02-17 {ASSESS} blasts_percent=5 {COUNTS}"
    assert kept.codes(f"{line} category=NR") == {"response.disagrees"}
    what = written(kept, line)
    assert (what.category, what.computed) == ("relapse", "relapse")
    assert not kept.trial.casebooks["S-001"].all(Relapsed)  # recorded by its own act, which says how it showed


def test_blasts_in_the_blood_once_leave_it_open_and_a_week_later_show_a_relapse(kept: Story) -> None:
    blood = f"blasts_percent=2 {COUNTS}".replace("circulating_blasts=no", "circulating_blasts=yes")
    assert kept.codes(f"2026-02-17 {ASSESS} {blood} category=CR") == {"response.disagrees"}
    with pytest.raises(FormatError, match="a second blood sample a week later"):
        kept.ask(f"2026-02-17 {ASSESS} {blood}")
    first = written(kept, f"2026-02-17 {ASSESS} {blood} category='remission kept'")
    assert first.computed == "remission kept or relapse"
    assert kept.codes(f"2026-02-23 {ASSESS} {blood} category='remission kept'") == set()
    assert written(kept, f"2026-02-24 {ASSESS} {blood}").category == "relapse"


def test_blood_samples_recorded_as_facts_count_too(kept: Story) -> None:
    kept.do(fact("2026-02-10", "blood_blasts", "3"))
    kept.do(fact("2026-02-11", "blood_blasts", "0"))
    blood = f"blasts_percent=2 {COUNTS}".replace("circulating_blasts=no", "circulating_blasts=yes")
    assert written(kept, f"2026-02-17 {ASSESS} {blood}").category == "relapse"


def test_by_criteria_that_are_not_ours_a_person_judges_alone(ill: Story) -> None:
    ill.study = replace(ill.study, response=replace(ill.study.response, criteria="IWG 2003"))
    line = f"2026-02-01 {ASSESS} blasts_percent=40 {COUNTS}"
    with pytest.raises(FormatError, match="criteria of response are not ours to judge by"):
        ill.ask(line)
    what = written(ill, f"{line} category=CR")
    assert (what.category, what.by_criteria, what.computed) == ("CR", "IWG 2003", None)


def test_the_study_says_how_cri_is_read(ill: Story) -> None:
    line = f"2026-02-01 {ASSESS} blasts_percent=2 anc=0.1 platelets=20 {LOOKED_AT}"
    ill.study = replace(ill.study, response=replace(ill.study.response, cri_literal_or=True))
    assert written(ill, line).category == "CRi"


def test_nothing_found_in_a_marrow_that_shows_nothing_is_not_evaluable(kept: Story) -> None:
    none = LOOKED_AT.replace("marrow_adequate=yes", "marrow_adequate=no")
    assert written(kept, f"2026-02-17 {ASSESS} {none}").category == "NE"
    open_ = written(kept, f"2026-02-18 {ASSESS} category=NE marrow_adequate=no")
    assert open_.computed == "NE or relapse"


def test_only_a_remission_is_kept_or_lost(ill: Story) -> None:
    for category in ("'remission kept'", "relapse"):
        assert "relapse.no_remission" in ill.codes(f"2026-02-01 {ASSESS} category={category}")


def test_after_a_relapse_the_response_is_judged_anew(kept: Story) -> None:
    kept.do(f"2026-02-17 {ASSESS} blasts_percent=30 {COUNTS}")
    kept.do("2026-02-17 relapse S-001 how=haematological")
    assert written(kept, f"2026-03-17 {ASSESS} blasts_percent=2 {COUNTS}").category == "CR"
    kept.do("2026-04-01 relapse S-001 how=molecular")  # ends no remission
    assert written(kept, f"2026-04-17 {ASSESS} blasts_percent=6 {COUNTS}").category == "relapse"


# --- residual disease ---


def test_residual_disease_left_out_is_what_flow_found(kept: Story) -> None:
    line = f"2026-02-17 {ASSESS} category='remission kept' mrd_method=flow"
    assert written(kept, f"{line} mrd_percent='<0.01' mrd_sensitivity_percent=0.01").mrd == "negative"
    assert written(kept, f"{line.replace('17', '18')} mrd_percent=0.1").mrd == "positive"
    assert written(kept, f"{line.replace('17', '19')} mrd_percent='<0.5'").mrd is None
    assert kept.codes(f"{line} mrd_percent=0.01 mrd=positive") == {"response.mrd_disagrees"}
    assert kept.codes(f"{line.replace('flow', 'NGS')} mrd_percent=0.01 mrd=positive") == set()


# --- the first sample that shows it ---

RELAPSE = "2026-03-01 relapse S-001 how=haematological"


def fact(on: str, concept: str, value: str, unit: str = "%") -> str:
    return (
        f'{on} record_facts S-001 facts=\'[{{"concept":"{concept}","value":"{value}","unit":"{unit}","on":"{on}"}}]\''
    )


@pytest.mark.parametrize(
    ("samples", "day"),
    [
        (
            [f"2026-02-20 {ASSESS} category=NR blasts_percent=5 overrides=x", f"2026-02-21 {ASSESS} blasts_percent=5"],
            "21",
        ),
        ([f"2026-02-20 {ASSESS} blasts_percent=2 {COUNTS.replace('extramedullary=no', 'extramedullary=yes')}"], "20"),
        ([fact("2026-02-19", "marrow_blasts", "5"), fact("2026-02-22", "marrow_blasts", "60")], "19"),
        ([fact("2026-02-19", "extramedullary", "yes").replace(',"unit":"%"', "")], "19"),
        ([fact("2026-02-01", "blood_blasts", "1"), fact("2026-02-08", "blood_blasts", "2")], "01"),
        ([fact("2026-02-20", "marrow_blasts", "0.05", "1")], "20"),
    ],
)
def test_a_relapse_is_dated_by_the_first_sample_that_shows_it(kept: Story, samples: list[str], day: str) -> None:
    for line in samples:
        kept.do(line)
    (reason,) = kept.refused(RELAPSE).reasons
    assert reason.code == "relapse.shown_earlier"
    assert f"the sample of 2026-02-{day} already shows" in reason.text
    assert kept.codes(RELAPSE.replace("2026-03-01", f"2026-02-{day}")) == set()


@pytest.mark.parametrize(
    "sample",
    [
        fact("2026-02-19", "marrow_blasts", "4.9"),
        fact("2026-02-19", "marrow_blasts", "<10"),
        fact("2026-02-19", "marrow_blasts", "many", ""),
        fact("2026-02-19", "blood_blasts", "3"),
        fact("2026-02-19", "extramedullary", "no").replace(',"unit":"%"', ""),
        fact("2026-01-07", "marrow_blasts", "40"),  # before enrolment: history
        fact("2026-03-01", "marrow_blasts", "40"),
        f"2026-02-19 {ASSESS} category='remission kept' blasts_percent=6 overrides='regenerating marrow'",
    ],
)
def test_a_sample_that_shows_nothing_dates_nothing(kept: Story, sample: str) -> None:
    kept.do(sample)
    assert kept.codes(RELAPSE) == set()


def test_facts_of_a_sample_that_a_person_explained_date_nothing(kept: Story) -> None:
    kept.do(fact("2026-02-19", "marrow_blasts", "6"))
    kept.do(f"2026-02-19 {ASSESS} category='remission kept' blasts_percent=6 overrides='regenerating marrow'")
    assert kept.codes(RELAPSE) == set()


def test_blasts_before_the_remission_date_nothing(ill: Story) -> None:
    ill.do(fact("2026-01-20", "marrow_blasts", "40"))
    ill.do(f"2026-02-01 {ASSESS} blasts_percent=2 {COUNTS}")
    assert ill.codes(RELAPSE) == set()


def test_a_molecular_relapse_is_another_matter(kept: Story) -> None:
    kept.do(fact("2026-02-19", "marrow_blasts", "40"))
    assert kept.codes(RELAPSE.replace("haematological", "molecular")) == set()


def test_a_sample_that_becomes_known_later_puts_the_relapse_in_question(kept: Story) -> None:
    (relapsed,) = kept.do(RELAPSE)
    assert possible_deviations(kept.study, kept.trial) == ()
    kept.do(fact("2026-02-19", "marrow_blasts", "40"))
    (found,) = possible_deviations(kept.study, kept.trial)
    assert (found.entry.id, found.reason.code) == (relapsed.id, "relapse.shown_earlier")


def test_a_corrected_count_puts_the_category_in_question(ill: Story) -> None:
    (entry,) = ill.do(f"2026-02-01 {ASSESS} blasts_percent=2 {COUNTS}")
    ill.do(f"- correct entry={entry.id} reason_code='typing error' why=w content='{{\"anc\":\"0.2\"}}'")
    (found,) = possible_deviations(ill.study, ill.trial)
    assert found.reason.code == "response.disagrees"
