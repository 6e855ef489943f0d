"""The dry run of an amendment: what it changes, whom it touches, and that it lists nobody else."""

from datetime import date

import pytest
from amend_story import AmendStory, amends, base, edited, texts, version
from conduct_story import FACTS, chemotherapy, consents, enrols, facts, lot
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.conduct import Effect, amendment_effect
from trialwright.conduct.amendment.lines import Heading, plan_changes
from trialwright.conduct.amendment.versions import studies_of, study_of
from trialwright.ledger.kinds import AmendmentProposed
from trialwright.study import read_study, study_changes

ON = date(2026, 2, 10)
WEAK = FACTS.replace('"62"', '"47"')


def told() -> AmendStory:
    """S-001 enrolled and in treatment, S-002 in screening with an ejection fraction of 47 %, S-003 failed screening."""
    story = AmendStory()
    story.tell(f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}")
    story.tell(f"{consents(on='2026-02-01T09:00')}")
    story.do(f"2026-02-02 record_facts S-002 born=1970 sex=female facts='{WEAK.replace('2026-01-06', '2026-02-02')}'")
    story.tell(f"{consents(on='2026-01-05T09:00')}\n2026-01-20 end_screening S-003 outcome=withdrawn")
    return story


def effect_of(story: AmendStory, name: str, on: date = ON) -> Effect:
    return amendment_effect(story.study, story.new(name), story.trial, on)


def test_a_person_in_screening_is_judged_again_on_the_facts_known() -> None:
    effect = effect_of(told(), "1.1-heart")
    (one,) = effect.judgements
    assert (one.who, one.was, one.would_be) == ("S-002", "no", "yes")
    assert [(each.id, each.was, each.would_be) for each in one.criteria] == [("lvef", "bars", "allows")]
    assert (effect.touched, effect.untouched) == (("S-002",), ("S-001",))


def test_the_changes_are_told_in_words_under_their_headings() -> None:
    effect = effect_of(told(), "1.1")
    assert [change.text for change in effect.under(Heading.VISITS)] == ["Visit d42 (Day 42) is new."]
    (rule,) = effect.under(Heading.CRITERIA)
    assert rule.text.startswith("Eligibility, criterion lvef, rule: “lvef >= 50 %")
    assert [change.text for change in effect.under(Heading.CONSENT)] == ["Consent form main 1.5 is new."]
    assert [change.path for change in effect.under(Heading.ADMINISTRATIVE)] == ["version"]


def test_a_new_visit_has_a_window_for_those_whose_anchor_has_come() -> None:
    (window,) = effect_of(told(), "1.1-visit").windows
    assert (window.who, window.visit, window.was, str(window.would_be)) == (
        "S-001",
        "d42",
        None,
        "2026-02-16 to 2026-02-22",
    )


def test_a_visit_that_is_over_or_done_is_no_visit_to_come() -> None:
    story = told()
    assert effect_of(story, "1.1-visit", date(2026, 2, 23)).windows == ()
    story.do("2026-03-01 decline")
    taken_out = edited(version("1.1"), ("  - {id: m6,", "  - {id: month6,"))
    new = read_study(taken_out)
    before = amendment_effect(story.study, new, story.trial, ON)
    assert {(one.visit, one.was is None) for one in before.windows} == {("m6", False), ("month6", True)}
    story.do("2026-07-10 visit S-001 visit=m6")
    after = amendment_effect(story.study, new, story.trial, ON)
    assert {one.visit for one in after.windows} == {"month6"}
    assert any("visit m6" in sentence for sentence in after.warnings)


def test_those_in_the_trial_who_signed_an_earlier_form_must_consent_again() -> None:
    effect = effect_of(told(), "1.1-consent")
    found = [(one.who, one.stands, one.signed, one.version, one.since) for one in effect.consents]
    day = date(2026, 2, 1)
    assert found == [("S-001", "in treatment", "1", "1.5", day), ("S-002", "in screening", "1", "1.5", day)]
    assert [one.who for one in effect_of(told(), "1.1-screening").consents] == ["S-002"]


def test_a_form_whose_question_asks_otherwise_is_named_with_its_answers() -> None:
    story = told()
    story.do("""2026-01-12 visit S-001 visit=unscheduled answers='{"heart.pain":"no"}'""")
    (one,) = effect_of(story, "1.1-questions").questions
    assert (one.item, one.what, one.changed, one.answers) == ("heart.pain", "changed", ("type",), 1)


def test_more_places_touch_nobody_and_a_site_without_people_may_go() -> None:
    effect = effect_of(told(), "1.1-many-places")
    assert (effect.touched, effect.against) == ((), ())
    assert effect.untouched == ("S-001", "S-002")
    gone = effect_of(told(), "1.1-one-site")
    assert gone.against == ()
    assert [change.text for change in gone.under(Heading.PLACES)] == ["Site XB is taken out."]


def test_a_lot_that_would_stand_otherwise_under_the_new_release_tests_is_named() -> None:
    story = told()
    lines = [line for line in lot().strip().splitlines() if " release " not in line]
    for line in lines:
        story.do(f"{line.replace('value=85', 'value=65')} told")
    softer = edited(version("1.1"), ("nk_viability >= 70 %", "nk_viability >= 60 %"))
    effect = amendment_effect(story.study, read_study(softer), story.trial, ON)
    (one,) = effect.lots
    assert (one.lot, one.was.failed, one.would_be.failed) == ("L-1", ("viability",), ())
    assert effect_of(story, "1.1").lots == ()


def test_an_endpoint_defined_otherwise_shows_both_numbers() -> None:
    story = told()
    story.do("2026-02-05 record_death S-001 cause=infection how_known=ward")
    new = read_study(edited(version("1.1"), ("horizon_days: 730.5", "horizon_days: 365")))
    (one,) = amendment_effect(story.study, new, story.trial, ON).estimates
    assert (one.id, one.defined_otherwise) == ("os", True)
    assert one.was is not None
    assert one.would_be is not None
    assert (one.was.at_days, one.would_be.at_days, one.was.events, one.would_be.events) == (730.5, 365.0, 1, 1)


def test_a_pause_that_the_new_rule_would_make_is_shown() -> None:
    story = told()
    story.tell(chemotherapy("S-001"))
    story.do("2026-02-05 record_death S-001 cause=infection how_known=ward")
    trigger = "    - {id: treatment-death, text: a death due to the cells, happens: death, due_to: [nk_cells],"
    any_death = "    - {id: any-death, text: any death, happens: death, source: assumption, basis: for the tests}\n"
    new = read_study(edited(version("1.1"), (trigger, any_death + trigger)))
    pauses = amendment_effect(story.study, new, story.trial, ON).pauses
    assert [(one.rule, one.was) for one in pauses] == [("any-death", None)]
    assert "any death" in (pauses[0].would_be or "")


def test_an_id_with_another_meaning_is_worth_a_look() -> None:
    swapped = edited(
        version("1.1"), ('rule: "lvef >= 50 % within 28 days before enrolment"', 'rule: "anc >= 1 10*9/L"')
    )
    effect = amendment_effect(told().study, read_study(swapped), told().trial, ON)
    assert any(sentence.startswith("The criterion lvef asked for something else") for sentence in effect.warnings)
    assert not any("criterion" in sentence for sentence in effect_of(told(), "1.1-heart").warnings)


def test_what_makes_an_amendment_impossible_is_all_said_at_once() -> None:
    story = told()
    text = edited(version("0.9"), ("code: XA", "code: XC"), ("  target: 3\n", ""))
    codes = {one.code for one in amendment_effect(story.study, read_study(text), story.trial, ON).against}
    assert codes == {"amendment.lint", "amendment.older_version", "amendment.site_in_use"}


def test_the_proposal_keeps_the_dry_run_in_counts_and_codes() -> None:
    story = told()
    story.tell(amends("1.1"))
    (proposal,) = story.trial.of_study.all(AmendmentProposed)
    assert proposal.what.effect["judged_otherwise"] == ["S-002"]
    assert proposal.what.effect["consent_again"] == ["S-001", "S-002"]
    assert proposal.what.effect["windows"] == ["S-001"]


NAMES = sorted(set(texts()) - {"no-study", "1.1-other", "1.1-history"})


@pytest.mark.parametrize("name", NAMES)
def test_a_version_compared_with_itself_changes_nothing(name: str) -> None:
    story, new = told(), read_study(texts()[name])
    assert study_changes(new.study, new.study) == plan_changes(new.study, new.study) == ()
    effect = amendment_effect(new.study, new, story.trial, ON)
    assert (effect.changes, effect.touched, effect.questions, effect.lots, effect.estimates) == ((), (), (), (), ())


EDITS = (
    ("lvef >= 50 %", "lvef >= 45 %"),
    ("age 18..80 years", "age 18..50 years"),
    ("day: 183, before: 14, after: 14, forms", "day: 190, before: 7, after: 7, forms"),
    ("label: Chest pain, type: yes_no", "label: Chest pain, type: text"),
    ("title: A small study of cells", "title: A small study"),
    ("target: 3", "target: 5"),
    ("max_infusions: 2", "max_infusions: 1"),
    ("p0: 0.30", "p0: 0.25"),
)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(EDITS)))
def test_an_effect_lists_nobody_whose_answers_stay_what_they_are(edits: set[tuple[str, str]]) -> None:
    story = told()
    new = read_study(edited(version("1.1"), *sorted(edits)))
    effect = amendment_effect(story.study, new, story.trial, ON)
    for judged in effect.judgements:
        assert (judged.was != judged.would_be) or any(one.was != one.would_be for one in judged.criteria)
    assert all(window.was != window.would_be for window in effect.windows)
    assert all(one.was != one.would_be or one.defined_otherwise for one in effect.estimates)
    assert bool(effect.judgements) <= bool(edits & set(EDITS[:2]))
    assert bool(effect.windows) == (EDITS[2] in edits)
    assert bool(effect.questions) == (EDITS[3] in edits)
    assert not set(effect.touched) & set(effect.untouched)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([name for name in NAMES if name.startswith("1.1") and name != "1.1-error"]))
def test_entries_before_an_adoption_fold_to_the_same_casebooks_whatever_is_adopted_after(name: str) -> None:
    story = told()
    before = dict(story.trial.casebooks)
    story.adopt(texts()[name])
    assert dict(story.trial.casebooks) == before
    entry = before["S-001"].entries[0]
    read = study_of(story.trial, entry)
    assert read is not None
    assert read.version == "1.0"
    assert list(studies_of(story.trial)) == [read_study(base()).sha256, read_study(texts()[name]).sha256]
