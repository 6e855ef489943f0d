"""Over the whole demonstration: what the next steps call open is done, and what is done was never called closed."""

from dataclasses import fields
from datetime import UTC
from typing import Any, NamedTuple

import pytest
from ward_story import Ward, clock, moment, played, reference_study, refused, trial_at

from trialwright.conduct import ACTS, NEW, read_what
from trialwright.conduct.infusion_sheet import InfusionSheet, infusion_sheet
from trialwright.conduct.next_steps import ACTS_OF, NextStep, next_step, next_steps, stage_of, way
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger.entry import Actor
from trialwright.ledger.instants import format_instant
from trialwright.simulate.step import Step, words_of


class Met(NamedTuple):
    """A step of the demonstration beside what was said of its act just before."""

    step: Step
    said: NextStep
    codes: tuple[str, ...]  # why it was refused; empty if it was done
    prefilled: tuple[str, ...]  # why it would be refused with the words filled in beforehand


def asked(ward: Ward, step: Step) -> Met | None:
    trial = ward.trial
    book = trial.casebook(step.who or "")
    listed = step.act in ACTS_OF[stage_of(ward.study, book)]
    if step.told is not None or not listed or (book is None and step.who != NEW):
        return None
    at = parse_occurred(step.on) if "T" in step.on else clock(step.at)
    assert isinstance(at, LocalTime)
    said = next_step(ward.study, trial, book, at, step.act)
    words = read_what(ACTS[step.act], words_of(step, trial))
    return Met(step, said, answer(ward, step, words), answer(ward, step, with_words(step, said)))


def answer(ward: Ward, step: Step, what: Any) -> tuple[str, ...]:
    act, now = ACTS[step.act], format_instant(step.at.astimezone(UTC))
    outcome = act(ward.study, ward.trial, step.by, step.who, what, step.on, second=step.second, site="XA", now=now)
    return refused(outcome)


def with_words(step: Step, said: NextStep) -> Any:
    """The words filled in beforehand, and what the demonstration types for the others."""
    act = ACTS[step.act]
    return act.fields(**{**vars_of(read_what(act, step.words)), **dict(said.words)})


def vars_of(what: Any) -> dict[str, Any]:
    return {part.name: getattr(what, part.name) for part in fields(what)}


@pytest.fixture(scope="module")
def met() -> list[Met]:
    return [one for one in played(asked)[1] if one is not None]


def test_what_is_done_was_never_called_closed(met: list[Met]) -> None:
    closed = [one for one in met if not one.codes and not one.said.open]
    assert [(one.step.act, one.step.who, one.step.on, one.said.reasons) for one in closed] == []
    assert len(met) > 700
    assert {one.step.act for one in met} >= {"consent", "screen", "enrol", "infuse", "check_at_bedside", "end_infusion"}


def test_what_is_called_open_is_accepted_with_the_words_filled_in_beforehand(met: list[Met]) -> None:
    wrong = [one for one in met if not one.codes and one.prefilled]
    assert [(one.step.act, one.step.who, one.said.words, one.prefilled) for one in wrong] == []
    assert sum(bool(one.said.words) for one in met) > 300


def test_what_is_refused_though_called_open_was_refused_for_what_nobody_had_said(met: list[Met]) -> None:
    refusals = [one for one in met if one.codes]
    assert {one.step.act for one in refusals} == {"enrol", "check_at_bedside", "infuse"}
    assert all(one.said.asks for one in refusals if one.said.open)
    known = [{reason.code for reason in one.said.reasons} for one in refusals if one.step.act == "enrol"]
    assert known == [{"enrolment.undecided"}, {"trial.paused"}, {"enrolment.target_reached"}]


def test_nothing_is_written_by_asking() -> None:
    trial = trial_at("2023-06-20T12:00")
    before = (trial.size, trial.head)
    for book in trial.casebooks.values():
        next_steps(reference_study(), trial, book, moment("2023-06-20T12:00"))
    assert (trial.size, trial.head) == before


@pytest.mark.parametrize(
    ("until", "stage", "first", "now"),
    [
        ("2023-06-17T12:00", "screening", "screen", "screening"),
        ("2023-06-20T12:00", "screening", "enrol", "enrolment"),
        ("2023-06-24T18:00", "chemotherapy", "give_chemotherapy", "chemotherapy"),
        ("2023-07-13T12:00", "cells", "give_gvhd_prophylaxis", "infusion"),
        ("2023-07-14T14:25", "cells", "infuse", "infusion"),
        ("2023-07-14T14:32", "infusing", "take_vitals", "infusion"),
        ("2023-07-20T12:00", "follow-up", "visit", "follow-up"),
    ],
)
def test_the_way_leads_from_consent_to_follow_up(until: str, stage: str, first: str, now: str) -> None:
    trial = trial_at(until)
    found = way(reference_study(), trial, trial.casebooks["S-005"], moment(until))
    assert (found.stage, found.steps[0].act) == (stage, first)
    assert [point.id for point in found.points if point.now] == [now]
    reached = [point.reached for point in found.points]
    assert reached == sorted(reached, reverse=True)


def test_somebody_who_arrives_can_consent_and_a_role_that_may_not_is_told_so() -> None:
    trial = trial_at("2023-02-06T08:00")
    (step,) = next_steps(reference_study(), trial, None, moment("2023-02-06T09:00"))
    assert (step.act, step.open, dict(step.words)["document_version"]) == ("consent", True, "1.0")
    (closed,) = next_steps(reference_study(), trial, None, moment("2023-02-06T09:00"), Actor("ma", "monitor"))
    assert [reason.code for reason in closed.reasons] == ["role.not_allowed"]


# --- the sheet of an infusion day -------------------------------------------------------------------------------------


def sheet(until: str, who: str = "S-005") -> InfusionSheet:
    return infusion_sheet(reference_study(), trial_at(until), who, moment(until))


@pytest.mark.parametrize(
    ("until", "status", "now"),
    [
        ("2023-07-14T08:00", "to come", "Give the prophylaxis of graft versus host disease."),
        ("2023-07-14T10:00", "to come", "Go through the checks, and let an investigator sign the go."),
        ("2023-07-14T13:10", "to come", "Wait for the cells: Dose"),
        ("2023-07-14T13:50", "to come", "Scan wristband and bag, two of you."),
        ("2023-07-14T14:25", "to come", "Everything is there: start the infusion, two of you."),
        ("2023-07-14T14:32", "running", "The infusion runs. The next vital signs are due at 2023-07-14 14:35 (5 min)."),
        ("2023-07-14T14:35", "running", "Take the vital signs of 5 min; they were due at 2023-07-14 14:35."),
        ("2023-07-14T15:10", "ended", "The infusion is over. The next vital signs are due at 2023-07-14 16:05"),
        ("2023-07-15T16:00", "ended", "The infusion is over, and every planned moment"),
        ("2023-07-20T10:00", "none", "No infusion of S-005 is to come now."),
    ],
)
def test_the_sheet_says_in_one_sentence_what_to_do_now(until: str, status: str, now: str) -> None:
    found = sheet(until)
    assert found.status == status
    assert found.now.startswith(now)


def test_the_sheet_holds_the_order_the_checks_and_the_grid() -> None:
    found = sheet("2023-07-14T15:02")
    assert found.order is not None
    assert found.order.for_this_person
    assert [(bag.checked_by, bag.check_holds) for bag in found.order.bags] == [(("zhao", "gong"), True)]
    assert [(one.id, one.given, one.in_time) for one in found.protections] == [
        ("antihistamine", True, True),
        ("antipyretic", True, True),
        ("graft versus host prophylaxis", True, None),
    ]
    assert (found.go.decision, found.go.signed_by) == ("go", "wang")
    assert {line.answer for line in found.go.checks} == {"yes"}
    assert found.elapsed_minutes == 32
    assert [(line.name, line.state) for line in found.grid] == [
        ("0 min", "taken"),
        ("5 min", "taken"),
        ("15 min", "taken"),
        ("30 min", "taken"),
        ("60 min", "ahead"),
    ]
    assert found.next is not None
    assert (found.next.name, found.next.seconds) == ("60 min", 28 * 60)


def test_every_reason_says_whom_to_call_and_that_no_telephone_is_stated() -> None:
    found = sheet("2023-07-14T13:10")
    calls = {(one.code, one.call, one.telephone) for one in found.closed if one.act == "infuse"}
    assert ("dose.not_issued", "Cell laboratory", "not stated") in calls
    assert ("infusion.no_premedication", "Ward where the cells are given", "not stated") in calls
    assert all(one.way_out for one in found.closed)


def test_what_was_interrupted_forgotten_or_late_is_still_read_off_the_sheet() -> None:
    trial = trial_at("2026-06-30T10:00")
    found = [
        infusion_sheet(reference_study(), trial, book.code, moment("2026-06-30T10:00"), infusion=1)
        for book in trial.enrolled
        if book.infusions
    ]
    halted = [one for one in found if one.halts]
    assert [(halt.reason, halt.to is not None) for one in halted for halt in one.halts] == [("rash on the arm", True)]
    assert [one.how for one in halted] == ["stopped"]
    assert {one.reaction.said for one in halted} == {"yes"}
    forgotten = [(one.number, line.name) for one in found for line in one.grid if line.state == "missed"]
    late = [(one.number, line.name) for one in found for line in one.grid if line.state == "taken late"]
    assert (forgotten, late) == ([(6, "15 min")], [(3, "30 min")])
