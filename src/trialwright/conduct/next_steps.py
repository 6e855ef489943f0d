"""Where a person stands on the way through the trial, and what may be done now: each act open, or closed and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from trialwright.cells.laboratory import running_infusions
from trialwright.cells.plan import open_cycle
from trialwright.conduct import ACTS
from trialwright.conduct.asking import reasons_so_far
from trialwright.conduct.known_words import known_words
from trialwright.conduct.outcome import Reason
from trialwright.facts import LocalTime
from trialwright.ledger.entry import Actor
from trialwright.ledger.kinds import (
    BedsideChecked,
    GoDecided,
    InfusionInterrupted,
    InfusionResumed,
    Premedicated,
    ProphylaxisGiven,
)
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study

Stage = Literal[
    "arriving", "screening", "screening ended", "chemotherapy", "cells", "infusing", "follow-up", "lost", "dead"
]


@dataclass(frozen=True, slots=True)
class NextStep:
    """An act as it stands for one person now.

    open     whether no gate is closed on what is known; what is asked may still close one
    reasons  everything that closes it, each with its way out
    words    what may be filled in beforehand, as the act takes it
    asks     what its gates wait for: words, `actor` (who acts), `second` (a second person)
    main     whether it is the step that leads on from here; the others may be done beside it
    """

    act: str
    says: str
    open: bool
    reasons: tuple[Reason, ...]
    words: tuple[tuple[str, Any], ...]
    asks: tuple[str, ...]
    roles: tuple[str, ...]
    two_person: bool
    main: bool


@dataclass(frozen=True, slots=True)
class Waypoint:
    """One point of the way from consent to follow-up: whether it was reached, and when; `now` is where one stands."""

    id: str
    label: str
    reached: bool
    now: bool
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Where somebody stands, the points of the way, and every act that could come now, the main ones first."""

    stage: Stage
    points: tuple[Waypoint, ...]
    steps: tuple[NextStep, ...]


ALWAYS: Final = (
    "record_facts", "record_condition", "report_adverse_event", "record_row", "contact", "report_pregnancy", "withdraw",
    "record_death",
)  # fmt: skip
ENROLLED: Final = (
    "visit", "assess_response", "relapse", "other_therapy", "transplant", "assess_infusion_reaction", "assess_crs",
    "assess_icans", "assess_acute_gvhd", "assess_chronic_gvhd", "lose_to_follow_up", "transfer_follow_up",
)  # fmt: skip
TREATING: Final = (
    "give_chemotherapy", "give_gvhd_prophylaxis", "premedicate", "decide_go", "check_at_bedside", "infuse",
    "not_infused", "stop_treatment",
)  # fmt: skip
ACTS_OF: Final[dict[Stage, tuple[str, ...]]] = {
    "arriving": ("consent",),
    "screening": ("screen", "enrol", "end_screening", *ALWAYS),
    "screening ended": ("rescreen", *ALWAYS),
    "chemotherapy": (*TREATING, *ENROLLED, *ALWAYS),
    "cells": (*TREATING, *ENROLLED, *ALWAYS),
    "infusing": ("take_vitals", "interrupt_infusion", "resume_infusion", "end_infusion", *ENROLLED, *ALWAYS),
    "follow-up": ("take_vitals", *ENROLLED, *ALWAYS, "stop_treatment", *TREATING[:-2]),
    "lost": ("find_again", "visit", "contact", "record_death", "record_facts", "report_adverse_event"),
    "dead": ("record_facts", "record_row", "report_adverse_event"),
}
"""Stage -> the acts that could come, in the order in which they usually do."""


def way(study: Study, trial: Trial, book: Casebook | None, at: LocalTime, actor: Actor | None = None) -> Way:
    """Where a person stands at a moment, the points of the way, and what may be done; None is somebody who arrives."""
    stage = stage_of(study, book)
    return Way(stage, points(study, book, stage), next_steps(study, trial, book, at, actor))


def next_steps(
    study: Study, trial: Trial, book: Casebook | None, at: LocalTime, actor: Actor | None = None
) -> tuple[NextStep, ...]:
    """Every act that could come now for a person, open or closed with every reason; the main ones first.

    actor  whose step it would be: an act that this role may not write is closed. None: of any role
    Nothing is written. What nobody has said yet closes nothing: `asks` names it.
    """
    stage = stage_of(study, book)
    names = dict.fromkeys(ACTS_OF[stage])
    main = _main(study, book, stage)
    found = [next_step(study, trial, book, at, name, actor, main=name in main) for name in names]
    return tuple(sorted(found, key=lambda step: main.index(step.act) if step.act in main else len(main)))


def next_step(
    study: Study,
    trial: Trial,
    book: Casebook | None,
    at: LocalTime,
    name: str,
    actor: Actor | None = None,
    *,
    main: bool = False,
) -> NextStep:
    """One act as it stands for one person now; see `next_steps`."""
    act = ACTS[name]
    known = known_words(study, trial, book, name, at)
    who = book.code if book is not None else None
    asked = reasons_so_far(
        act, study, trial, who, {**known.words, **known.assumed}, str(at), actor=actor, site=_site(book)
    )
    return NextStep(
        name,
        act.summary,
        not asked.reasons,
        asked.reasons,
        tuple(known.words.items()),
        asked.asks,
        tuple(sorted(role.value for role in act.roles)),
        act.two_person,
        main,
    )


def _site(book: Casebook | None) -> str | None:
    return next((entry.site for entry in book.entries), None) if book is not None else None


# --- where somebody stands --------------------------------------------------------------------------------------------


def stage_of(study: Study, book: Casebook | None) -> Stage:
    """Where a person stands: the last point reached that is not over."""
    if book is None or book.consent is None:
        return "arriving"
    if book.death is not None:
        return "dead"
    if book.lost is not None:
        return "lost"
    if book.enrolment is None:
        return "screening ended" if book.screening_end is not None else "screening"
    if running_infusions(book):
        return "infusing"
    cycle, ended_on = open_cycle(study, book)
    if cycle is None or (book.infusions and ended_on is None):
        return "follow-up"
    return "chemotherapy" if ended_on is None and study.treatment.chemotherapy is not None else "cells"


def _main(study: Study, book: Casebook | None, stage: Stage) -> tuple[str, ...]:
    """The acts that lead on from here, the next first."""
    if book is None or stage == "arriving":
        return ("consent",)
    match stage:
        case "screening":
            judged = book.judgement
            return _screening(judged.what.eligible if judged and judged.what.episode == book.episode else None)
        case "screening ended":
            return ("rescreen",)
        case "chemotherapy":
            return ("give_chemotherapy",)
        case "cells":
            return tuple(_preparing(study, book))
        case "infusing":
            return ("take_vitals", *(("resume_infusion",) if _halted(book) else ()), "end_infusion")
        case "lost":
            return ("find_again",)
        case "follow-up":
            return ("visit", "contact")
        case _:
            return ()


def _screening(eligible: str | None) -> tuple[str, ...]:
    match eligible:
        case "yes":
            return ("enrol",)
        case "no":
            return ("end_screening",)
        case _:
            return ("screen",)


def _preparing(study: Study, book: Casebook) -> Iterator[str]:
    """What is still to be done before the infusion, in its order."""
    since = max((given.order for given in book.infusions), default=-1)
    treatment = study.treatment
    asked = (
        (treatment.gvhd_prophylaxis is not None, ProphylaxisGiven, "give_gvhd_prophylaxis"),
        (bool(treatment.go_no_go), GoDecided, "decide_go"),
        (treatment.premedication is not None, Premedicated, "premedicate"),
        (treatment.infusion is not None and treatment.infusion.bedside_check_minutes is not None, BedsideChecked,
         "check_at_bedside"),
    )  # fmt: skip
    for needed, kind, act in asked:
        if needed and not any(entry.order > since for entry in book.all(kind)):
            yield act
    yield "infuse"


def _halted(book: Casebook) -> bool:
    """Whether the running infusion is interrupted, or a bag of it waits."""
    running = running_infusions(book)
    stops, goes = book.last(InfusionInterrupted), book.last(InfusionResumed)
    interrupted = stops is not None and (goes is None or goes.order < stops.order)
    return bool(running) and (interrupted or bool(running[0].waiting))


def points(study: Study, book: Casebook | None, stage: Stage | None = None) -> tuple[Waypoint, ...]:
    """The way from consent to follow-up, with the day of each point that was reached, and where one stands now."""
    stands = stage or stage_of(study, book)
    now = _POINT_OF.get(stands)
    if stands == "screening" and book is not None and _main(study, book, stands) == ("enrol",):
        now = "enrolment"
    return tuple(Waypoint(id, label, on is not None, id == now, on) for id, label, on in _points(study, book))


_POINT_OF: Final[dict[Stage, str]] = {
    "arriving": "consent",
    "screening": "screening",
    "screening ended": "screening",
    "chemotherapy": "chemotherapy",
    "cells": "infusion",
    "infusing": "infusion",
    "follow-up": "follow-up",
    "lost": "follow-up",
}


def _points(study: Study, book: Casebook | None) -> Iterator[tuple[str, str, str | None]]:
    def first(found: Any) -> str | None:
        return next((entry.occurred or "" for entry in found), None)

    consented = book.consent if book else None
    yield "consent", "Consent", consented.occurred if consented else None
    judged = [entry for entry in (book.entries if book else ()) if entry.what.kind == "judged"]
    yield "screening", "Screening", first(judged)
    enrolment = book.enrolment if book else None
    yield "enrolment", "Enrolment", enrolment.occurred if enrolment else None
    if study.treatment.chemotherapy is not None:
        yield "chemotherapy", "Chemotherapy", first(book.cycles if book else ())
    if study.treatment.infusion is not None:
        yield "infusion", "Infusion", first(book.infusions if book else ())
    later = book is not None and book.infusions and not running_infusions(book)
    yield "follow-up", "Follow-up", (first(book.infusions) if book and later else None)
