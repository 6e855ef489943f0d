"""The questions of a study's forms as inputs: what was typed, the usual range and the last value beside it.

Names of inputs: `a.FORM.ITEM` the answer, `u.FORM.ITEM` its unit, `r.FORM.ITEM` the laboratory's own range,
`d.FORM` the day the form's results are from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from trialwright.conduct.answered import Said, codes_of, last_said, role_asked, said_to, units_for
from trialwright.conduct.forms import check_answers, form_items
from trialwright.criteria.library import Concept
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred, parse_range
from trialwright.ledger import Actor
from trialwright.ledger.trial import Casebook
from trialwright.safety.laboratory.values import age_of, site_of
from trialwright.study import library_of, range_for
from trialwright.study.model import Form, Item, Study
from trialwright.web.say import unit as unit_said

FEW = 7


def labels_of(study: Study) -> Mapping[str, str]:
    """Concept -> what the study's forms call it."""
    found: dict[str, str] = {}
    for item in form_items(study).values():
        if item.concept:
            found.setdefault(item.concept, item.label)
    return found


@dataclass(frozen=True, slots=True)
class Field:
    """One question with everything that stands beside it.

    asked_of  whose answer it is, where it is not that of whoever has the form open; then it cannot be answered here
    normal    the site's range, read where the laboratory's sheet prints no other
    """

    name: str
    label: str
    sort: str
    required: bool
    value: str
    unit: str
    units: tuple[str, ...]
    range: str
    normal: str
    choices: tuple[str, ...]
    last: Said | None
    asked_of: str
    error: str
    ranged: bool

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def few(self) -> bool:
        return len(self.choices) <= FEW


@dataclass(frozen=True, slots=True)
class Shown:
    """One form of the study as a part of the page; `day` is what was typed as the day of its results."""

    id: str
    label: str
    text: str
    fields: tuple[Field, ...]
    day: str
    day_error: str

    @property
    def measured(self) -> bool:
        return any(field.sort == "quantity" for field in self.fields)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent for some forms: answers by form.item, the laboratory's ranges, the days of the forms."""

    answers: Mapping[str, str]
    ranges: Mapping[str, str]
    dates: Mapping[str, str]


def forms_named(study: Study, names: Iterable[str], *, with_consent: bool = False) -> tuple[Form, ...]:
    """The study's forms of some names; the one that asks for a signed consent has a page of its own."""
    wanted = tuple(names)
    found = [form for name in wanted for form in study.forms if form.id == name and not getattr(form, "repeats", False)]
    return tuple(form for form in found if with_consent or not any(item.signed for item in form.items))


def shown_forms(
    study: Study,
    book: Casebook | None,
    forms: Iterable[Form],
    typed: QueryDict,
    errors: Mapping[str, str],
    actor: Actor,
) -> tuple[Shown, ...]:
    """Forms with what was typed, what is wrong with it, and what was known before."""
    said = last_said(book) if book else {}
    return tuple(
        Shown(
            form.id,
            form.label,
            form.text or "",
            tuple(_field(study, book, f"{form.id}.{item.id}", item, typed, errors, said, actor) for item in form.items),
            typed.get(f"d.{form.id}", ""),
            errors.get(f"d.{form.id}", ""),
        )
        for form in forms
    )


def _field(
    study: Study,
    book: Casebook | None,
    name: str,
    item: Item,
    typed: QueryDict,
    errors: Mapping[str, str],
    said: Mapping[str, Said],
    actor: Actor,
) -> Field:
    asked = role_asked(study, item.opinion) if item.opinion else ""
    concept = library_of(study.eligibility).concepts.get(item.concept or "")
    return Field(
        name=name,
        label=item.label,
        sort=item.type,
        required=item.required,
        value=typed.get(f"a.{name}", ""),
        unit=typed.get(f"u.{name}", item.unit or ""),
        units=units_for(study, item) if item.type == "quantity" else (),
        range=typed.get(f"r.{name}", ""),
        normal=_normal(study, book, item),
        choices=_choices(study, item),
        last=said_to(item, said),
        asked_of=asked if asked and asked != actor.role else "",
        error=errors.get(name, ""),
        ranged=_ranged(item, concept),
    )


def _ranged(item: Item, concept: Concept | None) -> bool:
    """Whether a laboratory's sheet prints a range beside the value."""
    return bool(
        item.type == "quantity" and concept and concept.group == "laboratory" and concept.unit not in (None, "%")
    )


def _choices(study: Study, item: Item) -> tuple[str, ...]:
    if item.type == "yes_no":
        return ("yes", "no", "unknown")
    if item.type == "code" and item.value_set:
        return codes_of(study, item.value_set)
    return item.choices


def _normal(study: Study, book: Casebook | None, item: Item) -> str:
    site = site_of(study, book) if book else None
    if site is None or item.type != "quantity" or not item.concept:
        return ""
    found = range_for(site, item.concept, book.sex if book else None, age_of(book) if book else None)
    if found is None:
        return ""
    low, high, unit = found.low, found.high, unit_said(found.unit)
    if low is not None and high is not None:
        return _("usual %(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}
    if high is not None:
        return _("usual up to %(high)s %(unit)s") % {"high": high, "unit": unit}
    return _("usual from %(low)s %(unit)s") % {"low": low, "unit": unit}


# --- what was sent ----------------------------------------------------------------------------------------------------


def typed_forms(study: Study, forms: Iterable[Form], typed: QueryDict) -> Typed:
    """What was typed into the forms, empty answers left out; a number with another unit than the study's carries it."""
    answers: dict[str, str] = {}
    ranges: dict[str, str] = {}
    dates: dict[str, str] = {}
    for form in forms:
        for item in form.items:
            name = f"{form.id}.{item.id}"
            value = typed.get(f"a.{name}", "").strip()
            if value:
                answers[name] = _with_unit(item, value, typed.get(f"u.{name}", "").strip())
                if limits := typed.get(f"r.{name}", "").strip():
                    ranges[name] = limits
        if day := typed.get(f"d.{form.id}", "").strip():
            dates[form.id] = day
    return Typed(answers, ranges, dates)


def _with_unit(item: Item, value: str, unit: str) -> str:
    bare = value[-1:].isdigit() or value[-1:] == "."
    return f"{value} {unit}" if item.type == "quantity" and unit and unit != item.unit and bare else value


def faults_in(study: Study, sent: Typed) -> dict[str, str]:
    """What is wrong with each answer, by its name: every one of them, not the first alone."""
    found: dict[str, str] = {}
    items = form_items(study)
    for name, answer in sent.answers.items():
        try:
            check_answers(study, {name: answer})
            if name in sent.ranges:
                parse_range(sent.ranges[name])
        except FormatError as fault:
            prefix = f"answers: {name} ({items[name].label}): "
            found[name] = fault.message.removeprefix(prefix)
    for form, day in sent.dates.items():
        try:
            parse_occurred(day)
        except FormatError as fault:
            found[f"d.{form}"] = fault.message
    return found


def missing_in(study: Study, forms: Iterable[Form], sent: Typed) -> tuple[tuple[str, str], ...]:
    """The questions that need an answer and have none: name and label."""
    return tuple(
        (f"{form.id}.{item.id}", item.label)
        for form in forms
        for item in form.items
        if item.required and f"{form.id}.{item.id}" not in sent.answers
    )
