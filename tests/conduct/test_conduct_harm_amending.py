"""Harm that was recorded wrongly: what a correction may say, by whom, and what is not taken back."""

import re

import pytest
from conduct_story import ZONE, Story, consents
from harm_refusals import ILL, KNOWN, REPORTED, SERIOUS, event, last, report

from trialwright.conduct import ACTS
from trialwright.conduct.gates.amending_harm import HELD_TO
from trialwright.conduct.possible import possible_deviations
from trialwright.conduct.words import VOCABULARY, WRITTEN_BY
from trialwright.errors import FormatError
from trialwright.ledger import Actor, NewEntry
from trialwright.ledger.kinds import AdverseEventReported, Redacted, ReportSent
from trialwright.safety.events import adverse_events, event_named

ID = last(ILL)
FOLLOW = f"2026-01-23 follow_adverse_event event={ID}"


@pytest.fixture
def ill() -> Story:
    return Story().tell(ILL)


def correct(entry: str, content: str = "{}", more: str = "") -> str:
    return f"- correct entry={entry} reason_code='source corrected' why='read again' content='{content}' {more}"


def retract(entry: str) -> str:
    return f"- retract entry={entry} reason_code='wrong person' why=namesake"


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_corrected_event_is_in_ctcaes_words_with_the_class_of_its_new_term(ill: Story) -> None:
    (again,) = ill.do(correct(ID, '{"term":"HYPOTENSION","grade":"3"}'))
    assert isinstance(again.what, AdverseEventReported)
    assert (again.what.term, again.what.soc, again.what.grade) == ("Hypotension", "Vascular disorders", 3)
    assert (again.occurred, again.corrects) == ("2026-01-21", ID)


def test_a_corrected_condition_is_in_ctcaes_words_too(ill: Story) -> None:
    (entry,) = ill.do("2026-01-06 record_condition S-001 term=Hypertension grade=2")
    (again,) = ill.do(correct(entry.id, '{"term":"hypotension"}'))
    assert (again.what.term, again.what.soc) == ("Hypotension", "Vascular disorders")
    assert ill.codes(correct(entry.id, '{"term":"Pressure"}')) == {"adverse_event.unknown_term"}


def test_a_correction_of_one_cause_leaves_the_others_as_they_were_judged(ill: Story) -> None:
    (again,) = ill.do(correct(ID, '{"related":{"nk_cells":"not related"}}'))
    assert again.what.related == {"nk_cells": "not related", "chemotherapy": "not related"}


@pytest.mark.parametrize(
    ("content", "more", "code"),
    [
        ('{"term":"Low blood pressure"}', "", "adverse_event.unknown_term"),
        ('{"term":"Cardiac disorders - Other, specify"}', "", "adverse_event.not_specified"),
        ('{"term":"Chills","grade":"4"}', "", "adverse_event.no_such_grade"),
        ('{"serious":"yes"}', "", "adverse_event.why_serious"),
        ('{"seriousness":["disability"]}', "", "adverse_event.not_serious"),
        ('{"grade":5}', "", "adverse_event.fatal_not_serious"),
        ('{"resolved_on":"2026-01-20"}', "", "adverse_event.ends_before_onset"),
        (f'{{"aware_at":"2026-01-20T08:00{ZONE}"}}', "", "adverse_event.known_before_onset"),
        ("{}", "occurred=2026-01-21", "correct.nothing"),
        ('{"soc":"Cardiac disorders"}', "", "correct.nothing"),
    ],
)
def test_a_correction_brings_in_nothing_that_a_first_report_may_not_say(
    ill: Story, content: str, more: str, code: str
) -> None:
    assert ill.codes(correct(ID, content, more)) == {code}


def test_a_fault_that_was_told_with_its_deviation_does_not_hold_other_corrections_back() -> None:
    story = Story().tell(f"{ILL}{event(term='Rash', more='serious=yes').strip()} told")
    id = f"a{story.acts}"
    assert story.codes(correct(id, '{"narrative":"on both arms"}')) == set()
    assert story.codes(correct(id, '{"term":"Rashes"}')) == {"adverse_event.unknown_term", "adverse_event.why_serious"}
    assert story.codes(correct(id, '{"term":"Urticaria","seriousness":["hospitalisation"]}')) == set()


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("reported", '{"outcome":"better"}', "outcome: 'better' is not known"),
        ("reported", '{"seriousness":["dangerous"]}', "seriousness: 'dangerous' is not known"),
        ("reported", '{"related":{"cells":"related"}}', "related: 'cells' is not known"),
        ("reported", '{"ctcae":"4.03"}', "ctcae: '4.03' is not known"),
        ("reported", '{"grade":"7"}', "1 to 5 was expected"),
        ("reported", '{"resolved_on":"2026-13"}', "correct adverse_event_reported: resolved_on"),
        ("followed", '{"action":"none of it"}', "action: 'none of it' is not known"),
        ("sent", '{"what":"letter"}', "what: 'letter' is not known"),
    ],
)
def test_a_correction_speaks_in_the_words_of_the_act(kind: str, content: str, message: str) -> None:
    story = Story().tell(REPORTED)
    story.do(f"2026-01-23 follow_adverse_event event={last(SERIOUS)} grade=3")
    ids = {"reported": last(SERIOUS), "sent": last(REPORTED), "followed": f"a{story.acts}"}
    with pytest.raises(FormatError, match=message):
        story.ask(correct(ids[kind], content, "at 2026-02-01T10:00:00.000Z"))


def test_every_kind_with_words_of_its_own_is_corrected_in_them() -> None:
    written = {act.writes.kind: name for name, act in ACTS.items() if act.writes and name in VOCABULARY}
    fixed = {"label_printed", "bedside_checked", "signed", "source_verified", "amendment_proposed"}  # never corrected
    donors = {"report_donor_event": "report_adverse_event"}
    assert {kind: donors.get(name, name) for kind, name in written.items() if kind not in fixed} == dict(WRITTEN_BY)
    assert VOCABULARY["report_donor_event"] == VOCABULARY["report_adverse_event"]


def test_every_kind_held_to_an_act_is_one_that_an_act_writes() -> None:
    assert set(HELD_TO) <= {act.writes for act in ACTS.values()}


def test_a_corrected_date_is_none_of_tomorrow(ill: Story) -> None:
    now = "at 2026-02-01T10:00:00.000Z"
    assert ill.codes(correct(ID, "{}", f"occurred=2026-02-02 {now}")) == {"occurred.in_future"}
    assert ill.codes(correct(ID, '{"resolved_on":"2026-02-02"}', now)) == {"occurred.in_future"}
    assert ill.codes(correct(ID, '{"resolved-on":"2026-02-02"}', now)) == {"occurred.in_future"}
    assert ill.codes(correct(ID, '{"resolved_on":"2026-02-01"}', now)) == set()


def test_an_onset_is_not_moved_behind_what_followed(ill: Story) -> None:
    ill.do(f"{FOLLOW} grade=3")
    refusal = ill.refused(correct(ID, "{}", "occurred=2026-01-24"))
    assert [reason.code for reason in refusal.reasons] == ["adverse_event.before_onset"]
    assert ill.codes(correct(ID, "{}", "occurred=2026-01-22")) == set()


def test_a_term_is_not_changed_to_one_without_the_grades_that_followed(ill: Story) -> None:
    ill.do(f"{FOLLOW} grade=4")
    assert ill.codes(correct(ID, '{"term":"Chills"}')) == {"adverse_event.no_such_grade"}
    assert ill.codes(correct(ID, '{"term":"Hypotension"}')) == set()


def test_a_corrected_follow_up_is_held_to_its_event(ill: Story) -> None:
    (followed,) = ill.do(f"{FOLLOW} grade=3")
    assert ill.codes(correct(followed.id, '{"grade":"5"}')) == {"adverse_event.fatal_not_serious"}
    assert ill.codes(correct(followed.id, '{"serious":"yes"}')) == {"adverse_event.why_serious"}
    assert ill.codes(correct(followed.id, "{}", "occurred=2026-01-20")) == {"adverse_event.before_onset"}
    (again,) = ill.do(correct(followed.id, '{"grade":"4","related":{"leukaemia":"unknown"}}'))
    found = event_named(ill.trial, ID)
    assert found is not None
    assert [(one.grade, one.entry.id) for one in found.grades] == [(2, ID), (4, again.id)]


def test_a_follow_up_moves_to_another_event_of_the_same_person_only() -> None:
    text = ILL + event(term="Chills") + f"{consents()}\n" + event(who="S-002")
    story = Story().tell(text)
    (followed,) = story.do(f"{FOLLOW} grade=3")
    assert story.codes(correct(followed.id, f'{{"event":"a{story.acts - 1}"}}')) == {"adverse_event.of_another"}
    story.do(correct(followed.id, f'{{"event":"{last(ILL + event())}"}}'))
    events = adverse_events(story.trial, story.trial.casebooks["S-001"])
    assert {(one.term, one.worst) for one in events} == {("Fever", 2), ("Chills", 3)}


def test_a_corrected_report_is_one_that_the_study_owes() -> None:
    story = Story().tell(REPORTED)
    assert story.codes(correct(last(REPORTED), '{"to":"sponsor"}')) == {"report.unknown_recipient"}
    assert story.codes(correct(last(REPORTED), '{"regime":"EU_CTR"}')) == {"report.unknown_regime"}
    assert story.codes(correct(last(REPORTED), "{}", "occurred=2026-01-20")) == {"report.before_event"}
    (again,) = story.do(correct(last(REPORTED), '{"to":"institution"}', "occurred=2026-01-22"))
    assert (again.what.to, again.occurred) == ("institution", "2026-01-22")


def test_an_onset_of_before_consent_is_written_and_listed_not_refused(ill: Story) -> None:
    """A truth is corrected all the same; what it puts in question is for a person to settle."""
    ill.do(correct(ID, "{}", "occurred=2026-01-04"))
    assert {(one.entry.what.kind, one.reason.code) for one in possible_deviations(ill.study, ill.trial)} == {
        ("adverse_event_reported", "consent.later")
    }


def test_a_field_is_emptied_by_a_correction() -> None:
    story = Story().tell(ILL.replace("serious=no", "serious=no resolved_on=2026-01-22 outcome=resolved"))
    (again,) = story.do(correct(ID, '{"resolved_on":null,"outcome":"not resolved"}'))
    assert (again.what.resolved_on, again.what.outcome) == (None, "not resolved")


# --- taking back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"{FOLLOW} grade=3", "adverse event followed"),
        (f"2026-01-23 assess_crs S-001 temperature_c=39 event={ID}", "crs assessed"),
        (f"2026-01-23 assess_infusion_reaction S-001 infusion=1 event={ID}", "infusion reaction assessed"),
    ],
)
def test_an_event_is_not_taken_back_from_under_what_is_about_it(ill: Story, line: str, kind: str) -> None:
    (entry,) = ill.do(line)
    refusal = ill.refused(retract(ID))
    assert [reason.code for reason in refusal.reasons] == ["retract.used"]
    assert re.search(rf"Entry {entry.id} \({kind} of 2026-01-23\)", refusal.reasons[0].text)
    ill.do(retract(entry.id))
    ill.do(retract(ID))
    assert adverse_events(ill.trial, ill.trial.casebooks["S-001"]) == ()


def test_what_is_about_a_correction_is_about_the_event(ill: Story) -> None:
    (again,) = ill.do(correct(ID, '{"grade":1}'))
    ill.do(f"2026-01-23 follow_adverse_event event={again.id} grade=3")
    assert ill.codes(retract(ID)) == ill.codes(retract(again.id)) == {"retract.used"}


def test_an_event_is_taken_back_only_when_those_who_were_told_know_it() -> None:
    """What was sent stays sent; the one way out is to say so where it was believed."""
    text = REPORTED + report(last(SERIOUS), "2026-01-21T17:00", to="institution")
    story, id = Story().tell(text), last(SERIOUS)
    assert len(story.refused(retract(id)).reasons) == 2
    story.do(report(id, "2026-01-22T09:00", "follow-up"))
    assert ["institution" in reason.text for reason in story.refused(retract(id)).reasons] == [True]
    story.do(report(id, "2026-01-22T09:00", "follow-up", to="institution"))
    story.do(retract(id))
    book = story.trial.casebooks["S-001"]
    assert adverse_events(story.trial, book) == ()
    assert len(book.all(ReportSent)) == 4  # what was sent is still there


def test_a_report_told_later_of_something_else_asks_again() -> None:
    story, id = Story().tell(REPORTED), last(SERIOUS)
    story.do(report(id, "2026-01-22T09:00", "follow-up"))
    story.do(report(id, "2026-01-22T10:00", "complete report"))
    assert story.codes(retract(id)) == {"retract.reported"}


def test_a_report_entered_in_error_is_taken_back_and_then_holds_nothing_back() -> None:
    story = Story().tell(REPORTED)
    story.do(retract(last(REPORTED)))
    assert story.codes(retract(last(SERIOUS))) == set()


def test_a_pregnancy_is_not_taken_back_from_under_its_outcome() -> None:
    story, id = Story().tell(KNOWN), last(KNOWN)
    (followed,) = story.do(f"2026-10-01 follow_pregnancy S-001 pregnancy={id} outcome='live birth'")
    assert story.codes(retract(id)) == {"retract.used"}
    story.do(retract(followed.id))
    story.do(report(id, "2026-01-12T16:00", regime="pregnancy"))
    assert story.codes(retract(id)) == {"retract.reported"}


def test_another_pregnancy_holds_nothing_back() -> None:
    again = "2027-03-01 report_pregnancy S-001 of=partner\n"
    story, second = Story().tell(KNOWN + again), last(KNOWN + again)
    story.do(f"2026-10-01 follow_pregnancy S-001 pregnancy={last(KNOWN)} outcome='live birth'")
    assert story.codes(retract(second)) == set()


def test_what_is_about_a_removed_event_is_still_looked_at(ill: Story) -> None:
    (followed,) = ill.do(f"{FOLLOW} grade=3")
    ill.keep(
        (NewEntry(Redacted(ID, "a name in the narrative", ("inv", "adm")), about="S-001"),),
        Actor("adm", "administrator"),
    )
    assert possible_deviations(ill.study, ill.trial) == ()
    assert ill.codes(correct(followed.id, '{"grade":"4"}')) == set()


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "allowed"),
    [
        ("c:coordinator", True),
        ("inv:investigator", True),
        ("lab-1:cell_laboratory", False),
        ("d:data_manager", False),
        ("b:safety_board", False),
        ("m:monitor", False),
    ],
)
def test_a_participants_event_is_amended_by_those_who_report_it(ill: Story, by: str, allowed: bool) -> None:
    for line in (correct(ID, '{"grade":1}'), retract(ID)):
        assert (ill.codes(f"{line} by {by}") == set()) is allowed
        assert allowed or ill.codes(f"{line} by {by}") == {"role.not_allowed"}
