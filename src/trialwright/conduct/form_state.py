"""How the forms of a visit stand for one person: which answers are there, which are missing, and help for each item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from trialwright.conduct.rows import form_rows
from trialwright.conduct.schedule import find_visit, visit_windows
from trialwright.conduct.visits import entries_of_visit, is_missed, nearest
from trialwright.facts import PartialDate, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FactsRecorded, Visited
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.laboratory.measured import Measured, measured
from trialwright.safety.laboratory.values import age_of, site_of
from trialwright.study.model import Form, Item, Study
from trialwright.study.ranges import range_for

State = Literal["complete", "incomplete", "not started", "missed", "rows"]


@dataclass(frozen=True, slots=True)
class ItemState:
    """One question: what it asks, what was answered last and by which entry, and what helps to answer it.

    answer      None where nothing was said
    entry       the entry that says it: the visit, facts recorded for the visit, the consent
    range       the site's normal range for this person; None where the site has none, or not one for everybody
    last, last_on   the newest value of the same concept measured before this visit, and its day
    """

    name: str  # form.item
    label: str
    type: str
    required: bool
    unit: str | None
    choices: tuple[str, ...]
    answer: Any = None
    entry: str | None = None
    range: str | None = None
    last: str | None = None
    last_on: str | None = None

    @property
    def answered(self) -> bool:
        return self.answer not in (None, "")


@dataclass(frozen=True, slots=True)
class FormState:
    """A form of a visit.

    state    complete: every required item is answered | incomplete | not started | missed: the visit did not take
             place | rows: a form that repeats, which is never done
    missing  names of the required items without an answer
    rows     how many rows a repeating form has
    """

    form: str
    label: str
    text: str | None
    state: State
    items: tuple[ItemState, ...]
    missing: tuple[str, ...]
    rows: int = 0


@dataclass(frozen=True, slots=True)
class VisitForms:
    """The forms of a visit that belongs to one day, and the entries they were filled in by, oldest first."""

    visit: str
    entries: tuple[str, ...]
    missed: bool
    forms: tuple[FormState, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing required is left open."""
        return all(form.state in ("complete", "rows") for form in self.forms)


def form_state(study: Study, trial: Trial, book: Casebook, visit: str, on: date) -> VisitForms:
    """How every form of a visit stands, of the visit's window that is nearest to the day `on`.

    An unscheduled visit is that of the day itself, with every form that does not repeat.
    Raises FormatError for a visit that the study does not have.
    """
    planned = find_visit(study, visit)
    entries = _entries_near(study, book, visit, on)
    attended = [entry for entry in entries if not is_missed(entry)]
    missed = bool(entries) and not attended
    names = planned.forms if planned is not None else tuple(form.id for form in study.forms if not form.repeats)
    forms = {form.id: form for form in study.forms}
    asked = _Asked(study, trial, book, on, tuple(attended))
    states = tuple(_form(asked, forms[name], missed=missed) for name in names if name in forms)
    return VisitForms(visit, tuple(entry.id for entry in entries), missed, states)


def _entries_near(study: Study, book: Casebook, visit: str, on: date) -> list[Entry[Any]]:
    """The entries of the visit that belong to the same window as the day; without windows, of the same day or all."""
    entries = entries_of_visit(book, visit)
    if find_visit(study, visit) is None:
        return [one for one in entries if parse_occurred(one.occurred or "").latest == on]
    windows = visit_windows(study, book, visit)
    if not windows:
        return entries
    meant = nearest(windows, PartialDate.of(on))
    return [one for one in entries if nearest(windows, parse_occurred(one.occurred or "")) == meant]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of whom it is asked, as of which day, and what the visit's own entries are."""

    study: Study
    trial: Trial
    book: Casebook
    on: date
    entries: tuple[Entry[Any], ...]


def _form(asked: _Asked, form: Form, *, missed: bool) -> FormState:
    if form.repeats:
        rows = len(form_rows(asked.study, asked.book, form.id))
        items = tuple(_item(asked, form, item, None, None) for item in form.items)
        return FormState(form.id, form.label, form.text, "rows", items, (), rows)
    items = tuple(_item(asked, form, item, *_answer(asked, form, item)) for item in form.items)
    missing = tuple(item.name for item in items if item.required and not item.answered)
    started = any(item.answered for item in items)
    state: State = (
        "missed" if missed else "not started" if not started and missing else "incomplete" if missing else "complete"
    )
    return FormState(form.id, form.label, form.text, state, items, missing)


def _answer(asked: _Asked, form: Form, item: Item) -> tuple[Any, str | None]:
    """The newest answer of the visit, else what facts recorded for the visit say, and the entry that says it."""
    name = f"{form.id}.{item.id}"
    for entry in reversed(asked.entries):
        if isinstance(entry.what, Visited) and entry.what.answers.get(name) not in (None, ""):
            return entry.what.answers[name], entry.id
    for entry in reversed(asked.entries):
        for fact in reversed(entry.what.facts) if isinstance(entry.what, FactsRecorded) else ():
            if _is_about(fact, item):
                return _of_fact(fact), entry.id
    return _of_person(asked, item)


def _is_about(fact: dict[str, Any], item: Item) -> bool:
    pairs = (("concept", item.concept), ("valueset", item.value_set), ("opinion", item.opinion))
    return any(name is not None and fact.get(key) == name for key, name in pairs)


def _of_fact(fact: dict[str, Any]) -> str:
    """A fact as an answer reads: a number with its unit, a word, a code, yes or no."""
    if "present" in fact:
        return "yes" if fact["present"] else "no"
    code = fact.get("code")
    if isinstance(code, dict):
        return f"{code.get('system', '')} {code.get('code', '')}".strip()
    value, unit = str(fact.get("value", "yes")), fact.get("unit")
    return f"{value} {unit}" if unit else value


def _of_person(asked: _Asked, item: Item) -> tuple[Any, str | None]:
    """What the casebook itself knows: the consent's moment, the year of birth, the sex."""
    if not asked.entries:
        return None, None
    consent = asked.book.consent
    if item.signed == "consent" and consent is not None:
        return consent.occurred, consent.id
    said = {"age": "born", "female": "sex"}.get(item.concept or "")
    for entry in reversed(asked.book.all(FactsRecorded)) if said else ():
        if value := getattr(entry.what, said or ""):
            return value, entry.id
    return None, None


def _item(asked: _Asked, form: Form, item: Item, answer: Any, entry: str | None) -> ItemState:
    before = _last(asked, item)
    return ItemState(
        f"{form.id}.{item.id}",
        item.label,
        item.type,
        item.required,
        item.unit,
        item.choices or (("yes", "no", "unknown") if item.type == "yes_no" else ()),
        answer,
        entry,
        _range(asked, item),
        None if before is None else str(before.quantity),
        None if before is None else str(before.on),
    )


def _range(asked: _Asked, item: Item) -> str | None:
    site = site_of(asked.study, asked.book)
    if item.type != "quantity" or not item.concept or site is None:
        return None
    normal = range_for(site, item.concept, asked.book.sex, age_of(asked.book))
    if normal is None:
        return None
    match normal.low, normal.high:
        case None, high:
            return f"up to {high} {normal.unit}"
        case low, None:
            return f"{low} {normal.unit} or more"
        case low, high:
            return f"{low} to {high} {normal.unit}"


def _last(asked: _Asked, item: Item) -> Measured | None:
    """The newest value of the item's concept measured up to the day, those of this very visit left out."""
    if item.type != "quantity" or not item.concept:
        return None
    return next(reversed(list(_earlier(asked, item.concept))), None)


def _earlier(asked: _Asked, concept: str) -> Iterator[Measured]:
    own = {entry.id for entry in asked.entries}
    days = {entry.occurred for entry in asked.entries}
    first = min((parse_occurred(entry.occurred or "").latest for entry in asked.entries), default=asked.on)
    for one in measured(asked.trial, asked.book, concept):
        of_visit = one.entry.id in own or (one.visit is not None and one.entry.occurred in days)
        if one.on.latest <= first and not of_visit:
            yield one
