"""What waits about participants: running infusions, screening decisions, visits, response."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from trialwright.cells.laboratory import running_infusions
from trialwright.conduct.due.item import Asked, DueItem, DueKind, DueState
from trialwright.conduct.visits import PlannedVisit, follow_up_ended, planned_visits
from trialwright.conduct.vitals_grid import next_moment
from trialwright.facts import parse_occurred
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import Contacted, Judged, ResponseAssessed
from trialwright.ledger.trial import Casebook


def of_people(asked: Asked) -> Iterator[DueItem]:
    """Everything that waits about every participant."""
    for book in asked.trial.casebooks.values():
        yield from _infusion(asked, book)
        yield from _screening(asked, book)
        yield from _visits(asked, book)


def called(book: Casebook) -> str:
    """How a sentence names the person."""
    return f"{book.code} (participant {book.number})" if book.number else book.code


# --- an infusion under way --------------------------------------------------------------------------------------------


def _infusion(asked: Asked, book: Casebook) -> Iterator[DueItem]:
    running = running_infusions(book)
    for one in running:
        says = f"The infusion of {called(book)} began at {spoken(one.at)}; its end is not recorded."
        yield asked.item(DueKind.INFUSION, f"end {one.infusion}", says, "end_infusion", book=book)
    moment = next_moment(asked.study, book, asked.at)
    if moment is not None:
        says = f"Vital signs of {called(book)} at {moment.name}: {spoken(str(moment.at))}."
        words = {"moment": moment.name, "infusion": moment.infusion}
        subject = f"vitals {moment.infusion} {moment.name}"
        yield asked.item(
            DueKind.INFUSION, subject, says, "take_vitals", book=book, words=words, deadline=moment.late_from
        )


# --- screening --------------------------------------------------------------------------------------------------------


def _screening(asked: Asked, book: Casebook) -> Iterator[DueItem]:
    if book.enrolment or book.screening_end or book.death or book.withdrawal or book.consent is None:
        return
    judged = book.judgement
    if judged is None or judged.what.episode != book.episode:
        says = f"{book.code} consented on {spoken(book.consent.occurred)} and is not screened yet."
        yield asked.item(DueKind.SCREENING, "screen", says, "screen", book=book)
        return
    match judged.what.eligible:
        case "yes":
            says = f"{book.code} is eligible as of {judged.what.as_of}: decide on enrolment."
            yield asked.item(DueKind.SCREENING, "enrol", says, "enrol", book=book)
        case "no":
            says = f"{book.code} is kept out by {', '.join(_by_effect(judged.what, 'bars'))}: end the screening."
            words = {"outcome": "failed"}
            yield asked.item(DueKind.SCREENING, "end", says, "end_screening", book=book, words=words)
        case _:
            yield _undecided(asked, book, judged.what)


def _undecided(asked: Asked, book: Casebook, judged: Judged) -> DueItem:
    """The criteria that nobody can answer yet, each with what is missing of it."""
    open_ = [line for line in judged.criteria if line.get("effect") == "undecided"]
    lines = [f"{line.get('id')}: {'; '.join(_missing(line)) or 'not known'}" for line in open_]
    ids = ", ".join(_by_effect(judged, "undecided"))
    how_many = "one criterion is" if len(open_) == 1 else f"{len(open_)} criteria are"
    says = f"{book.code}: {how_many} undecided. {'. '.join(lines)}. Order or ask what is missing, and judge again."
    return asked.item(DueKind.SCREENING, f"undecided {ids}", says, "screen", book=book)


def _by_effect(judged: Judged, effect: str) -> list[str]:
    return [str(line.get("id")) for line in judged.criteria if line.get("effect") == effect]


def _missing(line: dict[str, Any]) -> list[str]:
    """What a judgement's line says is not there."""
    reasons = line.get("reasons") or ()
    texts = [reason.get("text") or reason.get("code") if isinstance(reason, dict) else reason for reason in reasons]
    return [str(text).rstrip(".") for text in texts if text]


# --- visits and response ----------------------------------------------------------------------------------------------


def _visits(asked: Asked, book: Casebook) -> Iterator[DueItem]:
    for one in planned_visits(asked.study, book, asked.on):
        if one.state in ("late", "due", "ahead"):
            yield _visit(asked, book, one)
        if one.state == "done" and _tells_response(asked, one) and not _response_near(book, one):
            yield _response(asked, book, one)


def _visit(asked: Asked, book: Casebook, one: PlannedVisit) -> DueItem:
    window, label = one.window, one.visit.label
    kind = DueKind.SURVIVAL if _only_survival(asked, one) else DueKind.VISIT
    match one.state:
        case "late":
            says = f"{label} of {called(book)} was due {window} and is not recorded: record it, or that it was missed."
        case "due":
            says = f"{label} of {called(book)} is due {window}."
        case _:
            says = f"{label} of {called(book)} comes {window}."
    if kind is DueKind.SURVIVAL and one.state == "late" and (known := _seen_since(book, window.first)):
        says = f"{says} Known to be alive on {known}."
    state = {"late": DueState.OVERDUE, "due": DueState.TODAY}.get(one.state, DueState.COMING)
    return asked.item(
        kind,
        f"{one.visit.id} {window.anchor}",
        says,
        "visit",
        book=book,
        words={"visit": one.visit.id},
        first=window.first,
        deadline=window.last,
        state=state,
    )


def _only_survival(asked: Asked, one: PlannedVisit) -> bool:
    """Whether nothing but survival is asked: then a telephone call does."""
    feeds = {form.id: form.feeds for form in asked.study.forms}
    return bool(one.visit.forms) and all(feeds.get(name) == ("survival",) for name in one.visit.forms)


def _seen_since(book: Casebook, day: date) -> str | None:
    known = [one.occurred for one in book.all(Contacted) if one.what.alive and one.occurred]
    return next((spoken(on) for on in reversed(known) if parse_occurred(on).earliest >= day), None)


def _tells_response(asked: Asked, one: PlannedVisit) -> bool:
    """Whether a form of the visit feeds the response, after cells were given."""
    feeds = {form.id for form in asked.study.forms if "response" in form.feeds}
    return one.visit.anchor in ("infusion", "first_infusion") and bool(feeds & set(one.visit.forms))


def _response_near(book: Casebook, one: PlannedVisit) -> bool:
    """Whether the disease was assessed since the visit: a later assessment settles an earlier visit, too."""
    days = [parse_occurred(entry.occurred).latest for entry in book.all(ResponseAssessed) if entry.occurred]
    return any(day >= _since(one) for day in days)


def _since(one: PlannedVisit) -> date:
    """The first day of the visit: its window's, or its own where it came early."""
    return min(one.window.first, parse_occurred(one.on).earliest) if one.on else one.window.first


def _response(asked: Asked, book: Casebook, one: PlannedVisit) -> DueItem:
    says = f"{one.visit.label} of {called(book)} is recorded, and no response is assessed since {_since(one)}."
    ended = follow_up_ended(book)
    return asked.item(
        DueKind.RESPONSE,
        f"response {one.visit.id} {one.window.anchor}",
        says,
        "assess_response",
        book=book,
        first=_since(one),
        deadline=None if ended else one.window.last,
    )
