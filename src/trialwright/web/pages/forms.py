"""The forms of a participant by visit: each visit with its window, and every answer beside its question."""

from dataclasses import dataclass
from datetime import date

from trialwright.conduct.forms import form_items
from trialwright.ledger.kinds import Visited
from trialwright.ledger.trial import Casebook
from trialwright.report.timeline import Timeline
from trialwright.study.model import Study


@dataclass(frozen=True, slots=True)
class Filled:
    """One form as it was filled in: its questions with the answers; unit where the question has one."""

    label: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit of the schedule or an unscheduled one, with the forms that were filled in.

    state  done | missed | to do | not recorded
    """

    visit: str
    label: str
    state: str
    day: date | None
    window: tuple[date, date] | None
    days_off: int
    mode: str
    entry: str | None
    forms: tuple[Filled, ...]
    wanted: tuple[str, ...]  # labels of the forms that the visit asks for


def visit_rows(study: Study, book: Casebook, course: Timeline) -> tuple[VisitRow, ...]:
    """Every visit recorded or awaited, by day."""
    by_id = {entry.id: entry for entry in book.all(Visited)}
    labels = {one.id: one.label for one in study.visits}
    wanted = {one.id: tuple(_form_label(study, form) for form in one.forms) for one in study.visits}
    rows = []
    for sign in sorted(course.visits, key=lambda one: (one.day, one.visit)):
        entry = by_id.get(sign.entry) if sign.entry else None
        rows.append(
            VisitRow(
                visit=sign.visit,
                label=labels.get(sign.visit, sign.visit),
                state=sign.state,
                day=sign.day if entry else None,
                window=sign.window,
                days_off=sign.days_off,
                mode=entry.what.mode if entry else "",
                entry=sign.entry,
                forms=tuple(_filled(study, entry.what.answers)) if entry else (),
                wanted=wanted.get(sign.visit, ()),
            )
        )
    return tuple(rows)


def _form_label(study: Study, id: str) -> str:
    return next((form.label for form in study.forms if form.id == id), id)


def _filled(study: Study, answers: dict[str, object]) -> list[Filled]:
    items = form_items(study)
    found: dict[str, list[tuple[str, str]]] = {}
    for name, answer in answers.items():
        form, _, item = name.partition(".")
        known = items.get(name)
        unit = f" {known.unit}" if known and known.unit and known.unit != "1" else ""
        plain = str(answer)
        shown = f"{plain}{unit}" if unit and plain[-1:].isdigit() else plain
        found.setdefault(form, []).append((known.label if known else item, shown))
    return [Filled(_form_label(study, form), tuple(rows)) for form, rows in found.items()]
