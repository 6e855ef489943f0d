"""Harm as it is told: adverse events and what follows, conditions, pregnancies, reports, pauses."""

from datetime import datetime
from functools import cache

import pytest
from cell_story import DONOR, cell_trial, donor
from conduct_story import Story, chemotherapy, consents, cover, infused, infusion, lot
from harm_refusals import ANAEMIC, HOSPITAL, ILL, KNOWN, RELATED, SERIOUS, event, last, report

from trialwright.conduct import ACTS, Refusal
from trialwright.conduct.possible import possible_deviations
from trialwright.conduct.reporting import AdverseEvent as Reported
from trialwright.ctcae.catalogue import GRADES, Term, catalogue
from trialwright.errors import FormatError, UsageError
from trialwright.facts import LocalTime
from trialwright.ledger import Actor, Mood, NewEntry
from trialwright.ledger.kinds import (
    AdverseEventFollowed,
    AdverseEventReported,
    ConditionFound,
    DeviationRecorded,
    PregnancyFollowed,
    PregnancyReported,
    ReportSent,
)
from trialwright.safety.events import AdverseEvent, adverse_events, event_named
from trialwright.safety.views import person_view

GENERAL = "General disorders and administration site conditions"


@pytest.fixture
def story() -> Story:
    return infused(Story())


@pytest.fixture
def ill() -> Story:
    return Story().tell(ILL)


def the_event(story: Story, id: str) -> AdverseEvent:
    found = event_named(story.trial, id)
    assert found is not None
    return found


# --- an event as it is reported ---------------------------------------------------------------------------------------


def test_an_event_is_written_in_ctcaes_own_words_with_its_class_and_version(story: Story) -> None:
    (entry,) = story.do(event(term="  FEBRILE neutropenia", grade=3))
    assert entry.what == AdverseEventReported(
        term="Febrile neutropenia",
        grade=3,
        serious=False,
        related={"nk_cells": "related", "chemotherapy": "not related"},
        ctcae="5.0",
        soc="Blood and lymphatic system disorders",
    )
    assert (entry.about, entry.occurred) == ("S-001", "2026-01-21")


def test_the_class_is_ctcaes_whatever_was_typed(story: Story) -> None:
    (entry,) = story.do(event(more="serious=no soc='Cardiac disorders'"))
    assert entry.what.soc == GENERAL


def test_a_term_of_another_version_is_looked_up_in_that_version(story: Story) -> None:
    line = event(term="Thrombocytopenia", grade=3)
    assert story.codes(line) == {"adverse_event.unknown_term"}
    (entry,) = story.do(line.replace("serious=no", "serious=no ctcae=6.0"))
    assert (entry.what.term, entry.what.ctcae) == ("Thrombocytopenia", "6.0")


@cache
def consented() -> Story:
    return Story().tell(consents())


def reported(term: Term, grade: int) -> tuple[NewEntry, ...] | Refusal:
    """The answer of the act for one term and grade; what grade 5 and "Other, specify" need is given with it."""
    fatal = grade == 5
    what = Reported(
        term=term.name,
        grade=grade,
        serious=fatal,
        related={"nk_cells": "unknown"},
        seriousness=("death",) if fatal else (),
        specify="in words" if term.needs_words else None,
    )
    story = consented()
    return ACTS["report_adverse_event"](
        story.study, story.trial, Actor("c", "coordinator"), "S-001", what, "2026-01-21"
    )


def test_every_term_can_be_recorded_with_each_of_its_grades_and_is_counted() -> None:
    """837 terms and 3185 grades: NCI's own counts of CTCAE v5.0."""
    terms = catalogue("5.0").terms
    written: list[NewEntry] = []
    for term in terms:
        for grade in term.grades_there:
            outcome = reported(term, grade)
            assert not isinstance(outcome, Refusal), (term.name, grade, outcome)
            written += outcome
    story = Story().tell(consents())
    story.keep(tuple(written), Actor("c", "coordinator"))
    events = adverse_events(story.trial, story.trial.casebooks["S-001"])
    counted = {(one.term, one.soc, one.worst) for one in events}
    assert len({term for term, _, _ in counted}) == 837
    assert len(events) == len(counted) == 3185
    assert counted == {(term.name, term.soc, grade) for term in terms for grade in term.grades_there}


def test_no_term_can_be_recorded_with_a_grade_it_does_not_have() -> None:
    missing = [(term, grade) for term in catalogue("5.0").terms for grade in GRADES if grade not in term.grades_there]
    assert len(missing) == 837 * 5 - 3185
    for term, grade in missing:
        outcome = reported(term, grade)
        assert isinstance(outcome, Refusal), (term.name, grade)
        assert {reason.code for reason in outcome.reasons} == {"adverse_event.no_such_grade"}


def test_what_no_term_says_is_said_in_words(story: Story) -> None:
    line = event(term="Infections and infestations - Other, specify")
    assert story.codes(line) == {"adverse_event.not_specified"}
    assert story.codes(line.replace("serious=no", "serious=no specify=' '")) == {"adverse_event.not_specified"}
    (entry,) = story.do(line.replace("serious=no", "serious=no specify='adenovirus'"))
    assert the_event(story, entry.id).named == "Infections and infestations - Other, specify: adenovirus"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("serious=no outcome=better", "outcome: 'better' is not known"),
        ("serious=no dose_limiting=perhaps", "dose_limiting: 'perhaps' is not known"),
        ("serious=yes seriousness=dangerous", "seriousness: 'dangerous' is not known"),
        ("serious=no ctcae=4.03", "ctcae: '4.03' is not known"),
        ("serious=no resolved_on=2026-13", "resolved_on"),
        ("serious=no aware_at=yesterday", "aware_at"),
        ('serious=no related=\'{"cells":"related"}\'', "related: 'cells' is not known"),
        ('serious=no related=\'{"nk_cells":"maybe"}\'', "related: 'maybe' is not known"),
    ],
)
def test_words_that_nobody_knows_are_errors(story: Story, more: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        story.ask(event(more=more))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (event("2026-02-02"), "2026-02-02 has not come yet"),
        (event(more="serious=no resolved_on=2026-02-02"), "resolved_on 2026-02-02 has not come yet"),
        (event(more="serious=no aware_at=2026-02-01T19:00+08:00[Asia/Shanghai]"), "aware_at 2026-02-01 19:00"),
        ("2026-01-21 record_condition S-001 term=Fever grade=1 began_on=2026-03", "began_on 2026-03"),
        ("2026-01-21 report_pregnancy S-001 of=participant last_period_on=2026-02-02", "last_period_on 2026-02-02"),
    ],
)
def test_nothing_about_harm_is_from_tomorrow(story: Story, line: str, said: str) -> None:
    now = "at 2026-02-01T10:00:00.000Z"
    for mood in ("", "told"):
        refusal = story.refused(f"{line.strip()} {now} {mood}")
        assert "occurred.in_future" in {reason.code for reason in refusal.reasons}
        assert any(said in reason.text for reason in refusal.reasons)
    due = "2026-01-21 report_pregnancy S-001 of=participant due_on=2026-09-10"
    assert story.codes(f"{due} {now}") == set()  # a birth is expected, not yet come


def test_what_is_from_today_is_no_tomorrow(story: Story) -> None:
    more = "serious=no resolved_on=2026-02-01 aware_at=2026-02-01T18:00+08:00[Asia/Shanghai]"
    assert story.codes(f"{event(more=more).strip()} at 2026-02-01T10:00:00.000Z") == set()


def test_an_event_is_told_after_the_deed_with_its_deviations(story: Story) -> None:
    entry, deviation = story.do(f"{event(more='serious=yes').strip()} told")
    assert isinstance(deviation.what, DeviationRecorded)
    assert (deviation.what.gate, deviation.about) == ("adverse_event.why_serious", "S-001")
    assert entry.mood is Mood.HAPPENED
    assert possible_deviations(story.study, story.trial) == ()


def test_nobody_has_an_event_after_death_but_one_of_before_is_recorded(story: Story) -> None:
    story.do("2026-01-25 record_death S-001 cause=leukaemia how_known=ward")
    assert story.codes(event("2026-01-26")) == {"person.dead"}
    assert story.codes(event("2026-01-25")) == set()
    fatal = event("2026-01-25", "Sepsis", 5, "serious=yes seriousness=death outcome=fatal")
    assert the_event(story, story.do(fatal)[0].id).fatal


# --- donors -----------------------------------------------------------------------------------------------------------

OF_DONOR = (
    f"2026-01-08 report_donor_event {DONOR} term='paresthesia' grade=1 serious=no "
    """related='{"collection":"related"}'"""
)
LABORATORY = "by lab-1:cell_laboratory"


def test_a_donors_event_is_the_donors_and_may_come_from_the_laboratory() -> None:
    story = cell_trial().tell(donor())
    (entry,) = story.do(f"{OF_DONOR} {LABORATORY}")
    assert (entry.about, entry.what.term, entry.what.soc) == (DONOR, "Paresthesia", "Nervous system disorders")
    assert [one.term for one in adverse_events(story.trial, story.trial.donors[DONOR])] == ["Paresthesia"]
    (followed,) = story.do(f"2026-01-09 follow_adverse_event event={entry.id} resolved_on=2026-01-09 {LABORATORY}")
    assert (followed.about, the_event(story, entry.id).resolved_on) == (DONOR, "2026-01-09")
    assert (
        story.codes(f"- correct entry={entry.id} reason_code=other why=w content='{{\"grade\":2}}' {LABORATORY}")
        == set()
    )
    assert (
        story.codes(f"- correct entry={followed.id} reason_code=other why=w content='{{\"grade\":1}}' {LABORATORY}")
        == set()
    )


def test_a_donor_is_asked_a_donors_gates_also_when_looked_at_again() -> None:
    story = cell_trial().tell(donor())
    story.do(OF_DONOR)
    assert possible_deviations(story.study, story.trial) == ()  # no consent of a participant was asked for
    story.do(f"{OF_DONOR.replace('serious=no', 'serious=yes')} told")
    assert possible_deviations(story.study, story.trial) == ()
    assert story.codes(OF_DONOR.replace(DONOR, "D-XA26999999Z")) >= {"code.misread"}


def test_an_event_of_a_donor_whom_nobody_registered_is_refused(story: Story) -> None:
    """D-1 gave the cells of this story; its collection names it, and no registration does."""
    assert story.codes(OF_DONOR.replace(DONOR, "D-1")) == {"donor.unknown"}


def test_a_participants_event_is_not_the_laboratorys(ill: Story) -> None:
    assert ill.codes(f"{event().strip()} {LABORATORY}") == {"role.not_allowed"}
    assert ill.codes(f"- correct entry={last(ILL)} reason_code=other why=w content='{{\"grade\":1}}' {LABORATORY}") == {
        "role.not_allowed"
    }


# --- what was there before --------------------------------------------------------------------------------------------


def test_a_condition_is_kept_with_its_grade_then(story: Story) -> None:
    (entry,) = story.do("2026-01-06 record_condition S-001 term=hypertension grade=2 began_on=2019")
    assert entry.what == ConditionFound("Hypertension", 2, "5.0", "Vascular disorders", None, "2019")
    assert story.codes("2026-01-06 record_condition S-001 term=Bloodpressure grade=2") == {"adverse_event.unknown_term"}
    assert story.codes("2026-01-06 record_condition S-001 term=Chills grade=4") == {"adverse_event.no_such_grade"}


# --- what follows -----------------------------------------------------------------------------------------------------


def test_a_follow_up_says_what_is_new_and_since_when(ill: Story) -> None:
    id = last(ILL)
    (first,) = ill.do(f"2026-01-23 follow_adverse_event event={id} grade=3 {HOSPITAL}")
    assert isinstance(first.what, AdverseEventFollowed)
    assert (first.about, first.causes, first.occurred) == ("S-001", (id,), "2026-01-23")
    ill.do(f"2026-01-25 follow_adverse_event event={id} resolved_on=2026-01-25 outcome=resolved")
    found = the_event(ill, id)
    assert (found.grade, found.worst, found.serious, found.seriousness) == (3, 3, True, ("hospitalisation",))
    assert (found.resolved_on, found.outcome, len(found.followed)) == ("2026-01-25", "resolved", 2)


def test_follow_ups_stand_in_the_order_of_their_dates(ill: Story) -> None:
    id = last(ILL)
    ill.do(f"2026-01-25 follow_adverse_event event={id} grade=1")
    ill.do(f"2026-01-23 follow_adverse_event event={id} grade=3")
    assert [one.grade for one in the_event(ill, id).grades] == [2, 3, 1]


def test_any_id_of_a_corrected_chain_names_the_same_event(ill: Story) -> None:
    first = last(ILL)
    (corrected,) = ill.do(f"- correct entry={first} reason_code='typing error' why=w content='{{\"grade\":1}}'")
    ill.do(f"2026-01-23 follow_adverse_event event={first} grade=3")
    ill.do(f"2026-01-24 follow_adverse_event S-001 event={corrected.id} grade=2")
    for id in (first, corrected.id):
        assert [one.grade for one in the_event(ill, id).grades] == [1, 3, 2]
    assert len(adverse_events(ill.trial, ill.trial.casebooks["S-001"])) == 1


def test_a_follow_up_taken_back_never_was(ill: Story) -> None:
    (followed,) = ill.do(f"2026-01-23 follow_adverse_event event={last(ILL)} grade=4 serious=yes seriousness=death")
    ill.do(f"- retract entry={followed.id} reason_code='wrong person' why=namesake")
    assert (the_event(ill, last(ILL)).worst, the_event(ill, last(ILL)).serious) == (2, False)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("serious=yes", {"adverse_event.why_serious"}),
        ("seriousness=disability", {"adverse_event.not_serious"}),
        ("grade=5", {"adverse_event.fatal_not_serious"}),
        ("resolved_on=2026-01-20", {"adverse_event.ends_before_onset"}),
        ("", {"adverse_event.nothing_new"}),
        ("narrative='no change'", set()),
        ("expected=no", set()),
    ],
)
def test_a_follow_up_is_held_to_what_an_event_is(ill: Story, words: str, codes: set[str]) -> None:
    assert ill.codes(f"2026-01-23 follow_adverse_event event={last(ILL)} {words}") == codes


def test_a_follow_up_has_a_grade_of_the_events_own_term_and_version(story: Story) -> None:
    (chills,) = story.do(event(term="Chills"))
    assert story.codes(f"2026-01-23 follow_adverse_event event={chills.id} grade=4") == {"adverse_event.no_such_grade"}
    assert story.codes(f"2026-01-23 follow_adverse_event event={chills.id} grade=3") == set()


def test_what_turned_serious_may_turn_out_not_to_be(story: Story) -> None:
    (entry,) = story.do(event(more=HOSPITAL))
    story.do(f"2026-01-23 follow_adverse_event event={entry.id} grade=3")  # the reason stands: it is not asked again
    story.do(f"2026-01-24 follow_adverse_event event={entry.id} serious=no narrative='admitted for the infusion'")
    assert the_event(story, entry.id).serious is False
    assert possible_deviations(story.study, story.trial) == ()


def test_a_follow_up_of_after_death_says_what_was_learnt_but_no_grade(ill: Story) -> None:
    ill.do("2026-01-25 record_death S-001 cause=leukaemia how_known=ward")
    line = f"2026-01-27 follow_adverse_event event={last(ILL)}"
    assert ill.codes(f"{line} grade=3") == {"adverse_event.after_death"}
    assert ill.codes(f"{line} resolved_on=2026-01-26") == {"adverse_event.after_death"}
    assert ill.codes(f'{line} narrative=autopsy related=\'{{"nk_cells":"not related"}}\'') == set()
    assert ill.codes(f"{line} resolved_on=2026-01-25 outcome=fatal serious=yes seriousness=death") == set()


def test_a_death_learnt_of_later_puts_a_grade_of_after_it_in_question(ill: Story) -> None:
    (followed,) = ill.do(f"2026-01-27 follow_adverse_event event={last(ILL)} grade=3")
    ill.do("2026-01-25 record_death S-001 cause=leukaemia how_known=ward told")
    assert {(one.entry.id, one.reason.code) for one in possible_deviations(ill.study, ill.trial)} >= {
        (followed.id, "adverse_event.after_death")
    }


def test_a_follow_up_told_afterwards_has_its_deviation_in_the_persons_casebook(ill: Story) -> None:
    entry, deviation = ill.do(f"2026-01-20 follow_adverse_event event={last(ILL)} grade=3 told")
    assert (entry.about, deviation.about, deviation.what.gate) == ("S-001", "S-001", "adverse_event.before_onset")


@pytest.mark.parametrize("id", ["zz", "a2"])  # no entry at all; an entry that reports no event
def test_an_id_that_is_no_event_is_an_error(ill: Story, id: str) -> None:
    for line in (
        f"2026-01-23 follow_adverse_event event={id} grade=3",
        f"2026-01-23 assess_crs S-001 temperature_c=39 event={id}",
    ):
        with pytest.raises(UsageError, match=f"no adverse event has the id '{id}'"):
            ill.ask(line)
    with pytest.raises(UsageError, match=f"no adverse event and no pregnancy has the id '{id}'"):
        ill.ask(report(id, "2026-01-23"))
    with pytest.raises(UsageError, match=f"no pregnancy has the id '{id}'"):
        ill.ask(f"2026-01-23 follow_pregnancy S-001 pregnancy={id} outcome=ongoing")


# --- pregnancies ------------------------------------------------------------------------------------------------------


def test_a_pregnancy_ends_infusions_until_it_turns_out_to_be_none() -> None:
    story = Story().tell(KNOWN + lot() + cover("S-001"))
    (reported,) = story.trial.casebooks["S-001"].all(PregnancyReported)
    assert (reported.what.of, reported.what.consented) == ("participant", "unknown")
    assert story.codes(infusion("S-001")) == {"person.pregnant"}
    (followed,) = story.do(f"2026-01-15 follow_pregnancy S-001 pregnancy={reported.id} outcome=ongoing")
    assert isinstance(followed.what, PregnancyFollowed)
    assert followed.causes == (reported.id,)
    assert story.codes(infusion("S-001")) == {"person.pregnant"}
    story.do(f"2026-01-18 follow_pregnancy S-001 pregnancy={reported.id} outcome='not pregnant'")
    assert story.codes(infusion("S-001")) == set()


def test_a_pregnancy_of_a_partner_ends_infusions_only_where_the_study_says_so(story: Story) -> None:
    story.do("2026-02-01 report_pregnancy S-001 of=partner consented=yes due_on=2026-09-10")
    second = chemotherapy("S-001", "2026-02-10", "2026-02-16", 2) + lot("L-2", on="2026-02-20", collection="C-2")
    story.tell(second + cover("S-001", "2026-02-20", 2))
    assert story.codes(infusion("S-001", "2026-02-20T14:00", "L-2", 2)) == set()


def test_a_pregnancy_is_followed_under_any_id_of_its_chain() -> None:
    story = Story().tell(KNOWN + lot() + cover("S-001"))
    (reported,) = story.trial.casebooks["S-001"].all(PregnancyReported)
    (corrected,) = story.do(f'- correct entry={reported.id} reason_code=other why=w content=\'{{"due_on":"2026-09"}}\'')
    story.do(f"2026-01-18 follow_pregnancy S-001 pregnancy={corrected.id} outcome='not pregnant'")
    assert story.codes(infusion("S-001")) == set()


# --- reports ----------------------------------------------------------------------------------------------------------


def test_a_report_is_about_its_event_and_stands_in_that_casebook() -> None:
    story = Story().tell(SERIOUS)
    id = last(SERIOUS)
    (sent,) = story.do(report(id, "2026-01-21T16:00").strip() + " reference=R-1")
    assert sent.what == ReportSent(id, "site", "first report", "ethics committee", "R-1")
    assert (sent.about, sent.causes) == ("S-001", (id,))
    assert story.codes(report(id, "2026-01-21T17:00")) == set()  # another hour, another report
    assert story.codes(report(id, "2026-01-21")) == {"report.already"}  # perhaps the same: the hour is not given
    assert story.codes(report(id, "2026-01-21T16:00", to="institution")) == set()
    assert story.codes(report(id, "2026-01-21T16:00", what="follow-up")) == set()


def test_a_report_named_by_a_correction_is_kept_under_the_first_id() -> None:
    story = Story().tell(SERIOUS)
    (corrected,) = story.do(f"- correct entry={last(SERIOUS)} reason_code=other why=w content='{{\"grade\":3}}'")
    (sent,) = story.do(report(corrected.id, "2026-01-21T16:00"))
    assert sent.what.entry == last(SERIOUS)


def test_a_report_of_a_pregnancy_and_of_a_donors_event() -> None:
    story = Story().tell(KNOWN)
    (sent,) = story.do(report(last(KNOWN), "2026-01-12T16:00", regime="pregnancy"))
    assert sent.about == "S-001"
    trial = cell_trial().tell(donor())
    (entry,) = trial.do(OF_DONOR)
    refusal = trial.refused(report(entry.id, "2026-01-12"))
    assert refusal.reasons[0].text == "The study reports under no regime 'site'. It has: none."


def test_a_report_is_not_older_than_what_it_is_about_also_where_the_onset_was_corrected() -> None:
    story = Story().tell(SERIOUS)
    assert story.codes(report(last(SERIOUS), "2026-01-20")) == {"report.before_event"}
    story.do(f"- correct entry={last(SERIOUS)} reason_code='wrong date' why=w occurred=2026-01-20")
    assert story.codes(report(last(SERIOUS), "2026-01-20")) == set()


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_a_pause_by_hand_holds_until_those_named_resume_it(story: Story) -> None:
    (paused,) = story.do("2026-02-01 pause by_rule='safety board' reason='a death elsewhere' by b:safety_board")
    assert (paused.about, paused.what.reason) == (None, "a death elsewhere")
    resume = "2026-02-03 resume decided_by=board decision='go on'"
    assert story.codes(resume) == {"resume.not_theirs"}
    assert story.codes(f"{resume} by c:coordinator") == {"role.not_allowed", "resume.not_theirs"}
    (resumed,) = story.do(f"{resume} by b:safety_board")
    assert [answer["rule"] for answer in resumed.what.answers] == ["safety board"]
    assert story.codes(f"{resume} by b:safety_board") == {"trial.not_paused"}


def test_a_severe_event_pauses_by_rule_and_only_something_new_pauses_again(story: Story) -> None:
    board = "by b:safety_board"
    story.do("2026-02-01 assess_acute_gvhd S-001 skin=4 liver=0 upper_gi=0 lower_gi=0")
    assert story.codes("2026-02-02 resume decided_by=board decision=d exempt=S-001 scope=participants " + board) == {
        "resume.not_conditioned"
    }
    story.do(f"2026-02-02 resume decided_by=board decision='go on' {board}")
    assert story.codes(f"2026-02-03 resume decided_by=board decision='go on' {board}") == {"trial.not_paused"}
    story.do(event("2026-02-04", "Sepsis", 5, "serious=yes seriousness=death"))
    assert story.codes(f"2026-02-05 resume decided_by=board decision='go on' {board}") == set()


def test_a_value_that_became_an_event_is_counted_as_one() -> None:
    story = Story().tell(ANAEMIC)
    story.do(f"2026-01-23 mark_value S-001 fact={last(ANAEMIC)}#1 significant=yes {RELATED}")
    assert [one.term for one in adverse_events(story.trial, story.trial.casebooks["S-001"])] == ["Anemia"]


def test_a_fatal_outcome_is_serious_and_asks_for_the_death(ill: Story) -> None:
    line = f"2026-01-23 follow_adverse_event event={last(ILL)} outcome=fatal"
    assert ill.codes(line) == {"adverse_event.fatal_not_serious"}
    ill.do(f"{line} serious=yes seriousness=death")
    now = LocalTime(datetime(2026, 1, 24, 12), 480, "Asia/Shanghai")  # noqa: DTZ001 - a wall clock
    view = person_view(ill.study, ill.trial, "S-001", now)
    assert view is not None
    assert "record_death" in [step.act for step in view.steps]
    ill.do("2026-01-23 record_death S-001 cause=treatment how_known=ward")
    view = person_view(ill.study, ill.trial, "S-001", now)
    assert view is not None
    assert "record_death" not in [step.act for step in view.steps]


def test_a_condition_lies_before_treatment_and_began_before_it_was_found(story: Story) -> None:
    line = "record_condition S-001 term=Nausea grade=1"
    assert story.codes(f"2026-01-21 {line}") == {"condition.dates"}  # that is an adverse event
    assert story.codes(f"2026-01-07 {line} began_on=2026-01-08") == {"condition.dates"}
    assert story.codes(f"2026-01-07 {line} began_on=2025") == set()


def test_a_report_names_nobody_but_the_person_it_is_about(ill: Story) -> None:
    ill.tell(consents())
    sent = f"send_report S-002 entry={last(ILL)} regime=site what='first report' to='ethics committee'"
    assert ill.codes(f"2026-01-21T16:00 {sent}") == {"report.of_another"}
    assert ill.codes(f"2026-01-21T16:00 {sent.replace('S-002 ', '')}") == set()


@pytest.mark.parametrize("more", ["aware_at=2026-01-11T22:00+08:00[Asia/Shanghai]", "last_period_on=2026-01-13"])
def test_a_pregnancy_is_known_after_it_showed_and_its_last_period_lies_before(story: Story, more: str) -> None:
    assert story.codes(f"2026-01-12 report_pregnancy S-001 of=partner {more}") == {"pregnancy.dates"}


def test_what_became_of_a_pregnancy_is_not_older_than_it(story: Story) -> None:
    (found,) = story.do("2026-01-12 report_pregnancy S-001 of=partner")
    line = f"follow_pregnancy S-001 pregnancy={found.id} outcome=ongoing"
    assert story.codes(f"2026-01-11 {line}") == {"pregnancy.dates"}
    assert story.codes(f"2026-01-12 {line}") == set()
