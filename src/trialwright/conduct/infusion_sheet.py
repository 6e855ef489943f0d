"""The sheet of an infusion day, for one page at the bedside: what comes first, how it runs, what to do now.

Nothing is decided here: every refusal is what the acts' own gates say on what is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from trialwright.cells.laboratory import running_infusions
from trialwright.conduct.known_words import known_words
from trialwright.conduct.next_steps import NextStep, next_step, stage_of
from trialwright.conduct.outcome import Reason
from trialwright.conduct.sheet_parts import (
    GoList,
    Order,
    Protection,
    go_list,
    order_of,
    protections,
    stretch_of,
)
from trialwright.conduct.vitals_grid import GridLine, NextMoment, next_moment, vitals_grid
from trialwright.conduct.vitals_plan import last_infusion, later, moment_of, when_ended
from trialwright.errors import UsageError
from trialwright.facts import LocalTime
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Infused,
    InfusionEnded,
    InfusionInterrupted,
    InfusionReactionAssessed,
    InfusionResumed,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study
from trialwright.study.ward import Call

Status = Literal["to come", "running", "interrupted", "ended", "none"]
NOT_STATED: Final = "not stated"
DAY: Final = 24 * 60
AFTER_IT: Final = 2 * DAY
"""Minutes after its end during which the sheet still shows an infusion, and not the next one."""


@dataclass(frozen=True, slots=True)
class Closed:
    """One reason against a step: what was found, the way out, and whom to call; the telephone may be not stated."""

    act: str
    code: str
    text: str
    way_out: str
    call: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Halt:
    """An interruption: from when to when, and why; `to` is None while it lasts."""

    since: str | None
    to: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """How the infusion was borne: as said at its end, and the grades assessed since, with their time."""

    said: str | None  # yes | no | unknown
    text: str | None
    grades: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InfusionSheet:
    """Everything of one infusion for one page.

    infusion         its number; of one still to come the next
    elapsed_minutes  since the start, interruptions counted in; None before it
    volume_ml        given, once it is over; else of the order
    next             the vital signs taken next, with the seconds until then
    now              one sentence: what to do now; act: the act that does it; None where nothing is left
    closed           every reason against the steps that lead on, each with whom to call
    calls            everybody the study names: label, telephone or "not stated"
    """

    code: str
    number: int | None
    at: str
    status: Status
    infusion: int
    cycle: int | None
    order: Order | None
    protections: tuple[Protection, ...]
    go: GoList
    started_at: str | None
    elapsed_minutes: int | None
    ended_at: str | None
    how: str | None
    volume_ml: str | None
    halts: tuple[Halt, ...]
    grid: tuple[GridLine, ...]
    next: NextMoment | None
    reaction: Reaction
    now: str
    act: str | None
    steps: tuple[NextStep, ...]
    closed: tuple[Closed, ...]
    calls: tuple[tuple[str, str], ...]


def infusion_sheet(study: Study, trial: Trial, who: str, at: LocalTime, infusion: int | None = None) -> InfusionSheet:
    """The sheet of a participant's infusion at a moment: the one named, else the running, else the next.

    Raises UsageError for a code nobody has, and for an infusion that was not given.
    """
    book = trial.casebook(who)
    if book is None:
        raise UsageError(f"There is no casebook {who!r}.")
    given = _meant(book, at, infusion)
    stretch = stretch_of(book, given)
    status = _status(study, book, given)
    steps = tuple(next_step(study, trial, book, at, name) for name in _acts(study, status, given, book))
    halts = tuple(_halts(book, given))
    ended = _ending(book, given)
    now, act = _now(study, book, status, steps, at, halts)
    order = order_of(study, trial, stretch, *_cells(study, trial, book, given, at), at)
    return InfusionSheet(
        code=book.code,
        number=book.number,
        at=str(at),
        status=status,
        infusion=given.what.infusion if given else len(book.infusions) + 1,
        cycle=given.what.cycle if given else _cycle(study, trial, book, at),
        order=order,
        protections=protections(study, stretch, at),
        go=go_list(study, trial, stretch, at),
        started_at=given.occurred if given else None,
        elapsed_minutes=_elapsed(book, given, at),
        ended_at=when_ended(book, given) if given else None,
        how=ended.what.how if ended else None,
        volume_ml=ended.what.volume_ml if ended else (order.volume_ml if order else None),
        halts=halts,
        grid=vitals_grid(study, book, given, at) if given else (),
        next=next_moment(study, book, at) if given is last_infusion(book.infusions) else None,
        reaction=_reaction(book, given, ended),
        now=now,
        act=act,
        steps=steps,
        closed=tuple(_closed(study, steps)),
        calls=tuple((call.label, call.telephone or NOT_STATED) for call in study.calls),
    )


# --- which infusion ---------------------------------------------------------------------------------------------------


def _meant(book: Casebook, at: LocalTime, infusion: int | None) -> Entry[Infused] | None:
    if infusion is not None:
        named = last_infusion(book.infusions, infusion)
        if named is None and infusion != len(book.infusions) + 1:
            raise UsageError(f"{book.code} has had {len(book.infusions)} infusion(s); {infusion} is not among them.")
        return named
    last = last_infusion(book.infusions)
    if last is None or running_infusions(book):
        return last
    ended = moment_of(when_ended(book, last)) or moment_of(last.occurred)
    recent = ended is not None and at.instant <= later(ended, AFTER_IT).instant
    return last if recent or book.never_to_be_infused or book.death else None


def _status(study: Study, book: Casebook, given: Entry[Infused] | None) -> Status:
    if given is None:
        return "to come" if stage_of(study, book) in ("chemotherapy", "cells") else "none"
    if when_ended(book, given) is not None:
        return "ended"
    halts = list(_halts(book, given))
    return "interrupted" if halts and halts[-1].to is None else "running"


def _cells(
    study: Study, trial: Trial, book: Casebook, given: Entry[Infused] | None, at: LocalTime
) -> tuple[tuple[str, ...], str | None]:
    """The bags and the lot of the infusion: as given, else as they would be."""
    if given is not None:
        return given.what.doses, given.what.lot
    words = known_words(study, trial, book, "infuse", at).words
    return words.get("doses", ()), words.get("lot")


def _cycle(study: Study, trial: Trial, book: Casebook, at: LocalTime) -> int | None:
    cycle: int | None = known_words(study, trial, book, "infuse", at).words.get("cycle")
    return cycle


# --- how it runs ------------------------------------------------------------------------------------------------------


def _halts(book: Casebook, given: Entry[Infused] | None) -> Iterator[Halt]:
    number = given.what.infusion if given else None
    goes = [one for one in book.all(InfusionResumed) if one.what.infusion == number and one.what.dose is None]
    for stop in [one for one in book.all(InfusionInterrupted) if one.what.infusion == number]:
        again = next((one.occurred for one in goes if one.order > stop.order), None)
        over = _ending(book, given)
        yield Halt(stop.occurred, again or (over.occurred if over else None), stop.what.reason)


def _ending(book: Casebook, given: Entry[Infused] | None) -> Entry[InfusionEnded] | None:
    ends = [one for one in book.all(InfusionEnded) if given is not None and one.what.infusion == given.what.infusion]
    return ends[-1] if ends else None


def _elapsed(book: Casebook, given: Entry[Infused] | None, at: LocalTime) -> int | None:
    """Whole minutes from the start to the end, or to now while it runs."""
    start = moment_of(given.occurred) if given else None
    if given is None or start is None:
        return None
    end = moment_of(when_ended(book, given)) or at
    return max(int((end.instant - start.instant).total_seconds() // 60), 0)


def _reaction(book: Casebook, given: Entry[Infused] | None, ended: Entry[InfusionEnded] | None) -> Reaction:
    number = given.what.infusion if given else None
    grades = [
        (one.occurred, one.what.grade) for one in book.all(InfusionReactionAssessed) if one.what.infusion == number
    ]
    return Reaction(ended.what.reaction if ended else None, ended.what.reaction_text if ended else None, tuple(grades))


# --- what to do now ---------------------------------------------------------------------------------------------------


def _acts(study: Study, status: Status, given: Entry[Infused] | None, book: Casebook) -> tuple[str, ...]:
    """The acts of an infusion's day that lead on from here."""
    treatment = study.treatment
    bedside = treatment.infusion is not None and treatment.infusion.bedside_check_minutes is not None
    match status:
        case "to come":
            return tuple(
                name
                for name, asked in (
                    ("give_gvhd_prophylaxis", treatment.gvhd_prophylaxis is not None),
                    ("decide_go", bool(treatment.go_no_go)),
                    ("premedicate", treatment.premedication is not None),
                    ("check_at_bedside", bedside),
                    ("infuse", True),
                )
                if asked
            )
        case "running":
            waits = ("resume_infusion",) if any(one.waiting for one in running_infusions(book)) else ()
            return ("take_vitals", "interrupt_infusion", *waits, "end_infusion")
        case "interrupted":
            return ("take_vitals", "resume_infusion", "end_infusion")
        case "ended" if given is last_infusion(book.infusions):
            return ("take_vitals", "assess_infusion_reaction")
        case _:
            return ()


def _now(
    study: Study,
    book: Casebook,
    status: Status,
    steps: tuple[NextStep, ...],
    at: LocalTime,
    halts: tuple[Halt, ...],
) -> tuple[str, str | None]:
    """What to do now, in one sentence, and the act that does it."""
    moment = next_moment(study, book, at) if status in ("running", "interrupted", "ended") else None
    if moment is not None and moment.seconds <= 0:
        return f"Take the vital signs of {moment.name}; they were due at {spoken(str(moment.at))}.", "take_vitals"
    coming = f" The next vital signs are due at {spoken(str(moment.at))} ({moment.name})." if moment else ""
    match status:
        case "to come":
            return _before(steps)
        case "interrupted":
            since = spoken(halts[-1].since)
            return f"The infusion is interrupted since {since}: resume it, or end it.{coming}", "resume_infusion"
        case "running":
            return f"The infusion runs.{coming}", "take_vitals" if moment else "end_infusion"
        case "ended" if moment is not None:
            return f"The infusion is over.{coming}", "take_vitals"
        case "ended":
            return "The infusion is over, and every planned moment of its vital signs has passed.", None
        case _:
            return f"No infusion of {book.code} is to come now.", None


def _before(steps: tuple[NextStep, ...]) -> tuple[str, str | None]:
    """Before the start: the first thing still to be done, or why the cells may not be given.

    What the ward can do is done while the cells are still on their way; what is given shortly before waits for them.
    """
    infuse = steps[-1]
    against = {reason.code for reason in infuse.reasons}
    opened = {code for step in steps[:-1] for code in OPENED_BY[step.act]}
    others = [reason for reason in infuse.reasons if reason.code not in opened]
    if stops := next((reason for reason in others if reason.code not in NOT_READY), None):
        return f"Do not go on: {stops.text} {stops.way_out}", None
    for step in steps[:-1]:
        if others and step.act in WAITS_FOR_CELLS:
            break
        if against & set(OPENED_BY[step.act]):
            return f"{_BEFORE[step.act]}.", step.act
    if others:
        return f"Wait for the cells: {_why_not_ready(others[0])}", None
    return "Everything is there: start the infusion, two of you.", "infuse"


def _why_not_ready(reason: Reason) -> str:
    return "no lot is made yet." if reason.code == "lot.unknown" else f"{reason.text} {reason.way_out}"


NOT_READY: Final = ("lot.unknown", "lot.not_released", "lot.no_recipient", "dose.not_issued")
"""Gates that are closed while the cells are still on their way."""
WAITS_FOR_CELLS: Final = ("premedicate", "check_at_bedside")
_BEFORE: Final = {
    "give_gvhd_prophylaxis": "Give the prophylaxis of graft versus host disease",
    "decide_go": "Go through the checks, and let an investigator sign the go",
    "premedicate": "Give the premedication",
    "check_at_bedside": "Scan wristband and bag, two of you",
}
OPENED_BY: Final = {
    "give_gvhd_prophylaxis": ("infusion.no_gvhd_prophylaxis",),
    "decide_go": ("infusion.no_go",),
    "premedicate": ("infusion.no_premedication",),
    "check_at_bedside": ("bedside.not_checked", "bedside.label_void", "bedside.check_old"),
}
"""Act -> the gates of the infusion that are closed until it is done."""


def _closed(study: Study, steps: tuple[NextStep, ...]) -> Iterator[Closed]:
    for step in steps:
        for reason in step.reasons:
            call = call_about(study, reason.code)
            label, telephone = (call.label, call.telephone or NOT_STATED) if call else (NOT_STATED, NOT_STATED)
            yield Closed(step.act, reason.code, reason.text, reason.way_out, label, telephone)


def call_about(study: Study, code: str) -> Call | None:
    """Whom to call about a refusal: who is named for its sort, else who is named for whatever else there is."""
    sort = code.partition(".")[0]
    named = next((call for call in study.calls if sort in call.about), None)
    return named or next((call for call in study.calls if not call.about), None)
