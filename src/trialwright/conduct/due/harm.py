"""What waits about harm: the pause, reports, values without a mark, events not judged or not followed to their end."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Final

from trialwright.conduct.due.item import Asked, DueItem, DueKind, DueState
from trialwright.facts import convert, parse_occurred, read_unit
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import CrsAssessed
from trialwright.ledger.trial import Casebook, Lot
from trialwright.safety.assessed import SCALES
from trialwright.safety.events import adverse_events, first_id
from trialwright.safety.laboratory.measured import measured
from trialwright.safety.laboratory.values import laboratory
from trialwright.safety.next_steps import ASKED as TO_BE_SAID
from trialwright.safety.next_steps import Step, next_steps
from trialwright.safety.reporting.due import ReportOwed, reports_owed
from trialwright.safety.reporting.standing import Stands
from trialwright.safety.stopping.pauses import pauses
from trialwright.safety.view_parts import pregnancy_views, value_view

LOOK_DAYS: Final = 28
"""So many days after an infusion a fever is looked at as possible cytokine release, where the study has no window of
its own for a dose-limiting toxicity (assumption)."""
FEVER: Final = Fraction(38)
"""Degrees Celsius; the ASTCT consensus of 2019 grades cytokine release from this temperature on."""
KIND_OF_STEP: Final = {"mark_value": DueKind.VALUE, "send_report": DueKind.REPORT}
ASSESSING: Final = ("assess_crs", "assess_icans", "assess_acute_gvhd")


def of_harm(asked: Asked) -> Iterator[DueItem]:
    """Everything that waits about harm, in the whole trial."""
    for pause in pauses(asked.study, asked.trial, asked.on):
        subject = f"{pause.rule} {' '.join(pause.about)}"
        yield asked.item(DueKind.PAUSE, subject, pause.sentence, "resume", state=DueState.WAITING)
    for owed in reports_owed(asked.study, asked.trial, asked.at):
        if owed.stands.stands in (Stands.OVERDUE, Stands.DUE):
            yield _report(asked, owed)
    for book in asked.trial.casebooks.values():
        yield from _steps(asked, book)
        yield from _fevers(asked, book)
    for donor in asked.trial.donors.values():
        for step in next_steps(donor.code, adverse_events(asked.trial, donor), (), ()):
            yield _step(asked, donor, step)


def _report(asked: Asked, owed: ReportOwed) -> DueItem:
    duty = owed.stands.duty
    says = f"{duty.what.value.capitalize()} on {owed.subject} of {owed.about} to the {owed.to} ({duty.regime}): "
    return asked.item(
        DueKind.REPORT,
        f"{owed.entry} {duty.regime} {duty.what.value} {owed.to} {duty.due}",
        f"{says}{owed.stands.says}.",
        "send_report",
        book=_chapter(asked, owed.about),
        words={"entry": owed.entry, "regime": duty.regime, "what": duty.what.value, "to": owed.to},
        deadline=duty.due,
        state=DueState.OVERDUE if owed.stands.stands is Stands.OVERDUE else None,
    )


def _chapter(asked: Asked, code: str) -> Casebook | Lot | None:
    return asked.trial.chapter(code)


def _steps(asked: Asked, book: Casebook) -> Iterator[DueItem]:
    """What safety says is to be done next about one person, the reports left out: they have their clocks."""
    for step in book.kept("due steps", lambda: tuple(_next(asked, book)), of=asked.study):
        yield _step(asked, book, step)


def _next(asked: Asked, book: Casebook) -> Iterator[Step]:
    events = adverse_events(asked.trial, book)
    values = [value_view(one) for one in laboratory(asked.study, asked.trial, book)]
    kinds = {scale.kind for scale in SCALES}
    joined = [entry.what for kind in kinds for entry in book.all(kind)]
    scales = [_Joined(None if what.event is None else first_id(asked.trial, what.event)) for what in joined]
    pregnancies = tuple(pregnancy_views(asked.trial, book))
    recorded = book.death is not None
    yield from next_steps(book.code, events, values, (), pregnancies, scales, death_recorded=recorded)


class _Joined:
    """An assessment, as far as a step asks: the event it joined."""

    def __init__(self, event: str | None) -> None:
        self._event = event

    @property
    def event(self) -> str | None:
        return self._event


def _step(asked: Asked, book: Casebook | Lot, step: Step) -> DueItem:
    kind = DueKind.ASSESSMENT if step.act in ASSESSING else KIND_OF_STEP.get(step.act, DueKind.EVENT)
    words = {name: value for name, value in step.words if value != TO_BE_SAID}
    asked_for = [name for name, value in step.words if value == TO_BE_SAID]
    subject = " ".join([step.act, *words.values(), *asked_for])
    says = f"{step.who}: {step.says}."
    return asked.item(kind, subject, says, step.act, book=book, words=words, state=DueState.WAITING)


def _fevers(asked: Asked, book: Casebook) -> Iterator[DueItem]:
    """A fever soon after an infusion, and nobody said since whether it is cytokine release."""
    dlt = asked.study.safety.dlt
    days = timedelta(days=dlt.days_after_first_infusion if dlt else LOOK_DAYS)
    given = [parse_occurred(one.occurred).latest for one in book.infusions if one.occurred]
    looked = [parse_occurred(one.occurred).latest for one in book.all(CrsAssessed) if one.occurred]
    for one in reversed(measured(asked.trial, book, "temperature")) if given else ():
        day = one.on.latest
        if not (_is_fever(one.quantity.number, one.quantity.unit) and any(on <= day <= on + days for on in given)):
            continue
        if not any(look >= day for look in looked):
            says = f"{book.code}: {one.quantity} on {spoken(str(one.on))}, after an infusion: say whether it is"
            subject = f"crs {one.id}"
            yield asked.item(
                DueKind.ASSESSMENT,
                subject,
                f"{says} cytokine release (act assess_crs).",
                "assess_crs",
                book=book,
                words={"temperature_c": str(one.quantity.number)},
                first=day,
                deadline=day + timedelta(days=1),
            )
        return


def _is_fever(number: object, unit: str | None) -> bool:
    read, celsius = read_unit(unit or "Cel"), read_unit("Cel")
    if read is None or celsius is None:
        return False
    value = convert(Fraction(str(number)), read, celsius)
    return value is not None and value >= FEVER
