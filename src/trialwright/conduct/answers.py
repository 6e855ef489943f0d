"""What was answered on a page: everything wrong with it, each at its question; and rows of the forms that repeat."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from trialwright.conduct.forms import answer_fault, answered, facts_of_items, form_items, no_item
from trialwright.conduct.schedule import find_visit
from trialwright.criteria import Concept, Library
from trialwright.criteria.compare import implausible
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred, parse_quantity, read_unit
from trialwright.facts.order import certainly_before
from trialwright.study import library_of
from trialwright.study.model import Form, Item, Study

if TYPE_CHECKING:
    from trialwright.conduct.rows import FormRow


@dataclass(frozen=True, slots=True)
class AnswerFaults:
    """What is wrong with the answers of a page, by the name of the question.

    errors    cannot be kept as they are typed
    warnings  can be, and look like a slip: the page asks again
    """

    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)


def answer_faults(study: Study, visit: str, answers: Mapping[str, Any], *, on: str | None = None) -> AnswerFaults:
    """Everything wrong with the answers (form.item -> as typed) of a visit, each once, in the order they were given.

    An answer of a form that the visit does not have is an error, and so is one of a form that repeats; an unscheduled
    visit has every form. An item left out or empty is none: a form may be kept half filled in (`form_state`).

    on  the day of the visit: a date after it is a warning.
    Raises FormatError for a visit that the study does not have.
    """
    planned = find_visit(study, visit)
    forms = {form.id: form for form in study.forms}
    items, library = form_items(study), library_of(study.eligibility)
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}
    for name, answer in answers.items():
        item, form = items.get(name), forms.get(name.partition(".")[0])
        if item is None or form is None:
            errors[name] = no_item(study, name)
        elif form.repeats:
            errors[name] = f"answers: {name}: the form {form.id} is one of rows. Record a row (act record_row)."
        elif planned is not None and form.id not in planned.forms:
            errors[name] = _of_another_form(name, form, visit, planned.forms)
        elif answered(answer) and (fault := answer_fault(name, item, str(answer))):
            errors[name] = fault
        elif answered(answer) and (doubt := answer_doubt(item, str(answer), library, on=on)):
            warnings[name] = doubt
    return AnswerFaults(errors, warnings)


def _of_another_form(name: str, form: Form, visit: str, forms: tuple[str, ...]) -> str:
    has = ", ".join(forms) or "none"
    return f"answers: {name}: the visit {visit} does not have the form {form.id}. It has: {has}."


def answer_doubt(item: Item, answer: str, library: Library, *, on: str | None = None) -> str | None:
    """Why a page asks again whether an answer was typed right; None where nothing is odd about it.

    A quantity outside what the library holds for plausible, or in a unit it cannot read; a date after the day `on`.
    """
    if item.type == "quantity":
        return _quantity_doubt(item, answer, library.concepts.get(item.concept or ""))
    if (
        item.type in ("date", "date_time")
        and on is not None
        and certainly_before(parse_occurred(on), parse_occurred(answer))
    ):
        return f"{item.label}: {answer} lies after {on[:10]}. Check the date."
    return None


def _quantity_doubt(item: Item, answer: str, concept: Concept | None) -> str | None:
    typed = parse_quantity(answer)
    value = typed if typed.unit else parse_quantity(answer, item.unit)
    unit = read_unit(value.unit) if value.unit else None
    if value.unit and unit is None:
        return f"{item.label}: {value.unit!r} is no unit we know; {item.unit or 'another'} was expected."
    expected = read_unit(item.unit) if item.unit else None
    if (
        unit is not None
        and expected is not None
        and unit.kind != expected.kind
        and not (concept and concept.molar_mass)
    ):
        return f"{item.label}: {answer} was given; a value in {item.unit} was expected."
    if concept is None or unit is None:
        return None
    found = implausible(value, unit, concept)
    low, high = concept.plausible
    if found is None:
        return None
    believed = f"{low if low is not None else '...'} to {high if high is not None else '...'} {concept.unit}"
    return f"{item.label}: {value} is not plausible ({believed}). Check the number and the unit."


# --- rows of a form that repeats --------------------------------------------------------------------------------------


def row_form(study: Study, name: str) -> Form:
    """The repeating form of that name. Raises FormatError where the study has none so called."""
    forms = {form.id: form for form in study.forms if form.repeats}
    if name not in forms:
        near = get_close_matches(name, list(forms), 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        known = f"It has: {', '.join(forms)}." if forms else "It has none."
        raise FormatError(f"form: the study has no form of rows {name!r}.{hint} {known}")
    return forms[name]


def check_row(form: Form, answers: Mapping[str, Any], *, whole: bool, before: "FormRow | None" = None) -> None:
    """Raises FormatError for the first fault of a row's answers; `whole` where every required item must be there."""
    for fault in row_faults(form, answers, whole=whole, before=before).values():
        raise FormatError(fault)


def row_faults(
    form: Form, answers: Mapping[str, Any], *, whole: bool = True, before: "FormRow | None" = None
) -> dict[str, str]:
    """Item -> what is wrong with its answer: everything at once. "" stands for the row as a whole.

    before  the row as it stood, where more is said of it: its first day counts beside a new last one
    """
    items = {item.id: item for item in form.items}
    found: dict[str, str] = {}
    for name, answer in answers.items():
        if name not in items:
            near = get_close_matches(name, list(items), 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            found[name] = f"answers: the form {form.id} does not ask {name!r}.{hint} It asks: {', '.join(items)}."
        elif answered(answer) and (fault := answer_fault(name, items[name], str(answer))):
            found[name] = fault
    for item in form.items if whole else ():
        if item.required and not answered(answers.get(item.id)):
            found[item.id] = f"answers: {item.id} ({item.label}): missing. Give an answer."
    if not found and not any(answered(answer) for answer in answers.values()):
        found[""] = f"answers: nothing was said of the form {form.id}. Answer at least one item."
    return found | dict(_days_reversed(form, answers, before) if not found else ())


def _days_reversed(form: Form, answers: Mapping[str, Any], before: "FormRow | None") -> Iterator[tuple[str, str]]:
    """A row that ends before it begins."""
    named = {item.asks: item for item in form.items if item.asks in ("began", "ended")}
    old: Mapping[str, Any] = before.answers if before is not None else {}
    said = {asks: answers.get(item.id) or old.get(item.id) for asks, item in named.items()}
    began, ended = said.get("began"), said.get("ended")
    if answered(began) and answered(ended) and certainly_before(parse_occurred(str(ended)), parse_occurred(str(began))):
        item = named["ended"]
        yield item.id, f"answers: {item.id} ({item.label}): {ended} is before {began}, when it began. Check both."


def facts_of_row(form: Form, answers: Mapping[str, Any], on: str) -> tuple[dict[str, Any], ...]:
    """The facts that a row's answers become, dated by its first day."""
    asked: Iterable[tuple[Item, Any]] = ((item, answers.get(item.id)) for item in form.items)
    return facts_of_items(asked, on)
