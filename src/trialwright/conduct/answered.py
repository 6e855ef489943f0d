"""What the answers to a study's forms say of a person, and which questions of the forms answer a criterion."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from trialwright.conduct.forms import facts_of, form_items
from trialwright.criteria import parse_rule, walk
from trialwright.criteria.language import Asked, Compare, Flag, Presence, SignedDocument
from trialwright.errors import FormatError
from trialwright.facts import convert, parse_occurred, parse_range, read_unit
from trialwright.ledger.entry import Actor, Entry
from trialwright.ledger.kinds import FactsRecorded, Rescreened, Visited
from trialwright.ledger.trial import Casebook
from trialwright.study import criteria_of, library_of
from trialwright.study.model import Item, Study, Visit

BORN, SEX = "age", "female"
"""Concepts whose answers are no facts of their own: when somebody was born, and their sex."""
SEXES = frozenset({"sex", "gender", "male", SEX})


@dataclass(frozen=True, slots=True)
class Answered:
    """The facts that answers become: in the words of FACTS.json, with date of birth and sex beside them."""

    facts: tuple[dict[str, Any], ...] = ()
    born: str | None = None
    sex: str | None = None

    def __bool__(self) -> bool:
        return bool(self.facts or self.born or self.sex)

    def recorded(self, visit: str | None) -> FactsRecorded:
        return FactsRecorded(self.facts, self.born, self.sex, visit)


def answered(
    study: Study,
    answers: Mapping[str, Any],
    on: str,
    *,
    by: Actor | None = None,
    ranges: Mapping[str, str] | None = None,
    dates: Mapping[str, str] | None = None,
) -> Answered:
    """What the answers say of the person: each a fact dated by the visit, or by its form's own day.

    by      who answers: an opinion counts only signed, by the role the criterion asks for
    ranges  form.item -> the laboratory's own range, where its sheet prints one
    dates   form -> the day its results are from, where that is not the visit's
    An answer that is empty or unknown is no fact. Raises FormatError for a range or a day that nobody can read.
    """
    items, facts, born, sex = form_items(study), list[dict[str, Any]](), None, None
    for name, answer in answers.items():
        item, said = items[name], str(answer or "").strip()
        if said in ("", "unknown"):
            continue
        day = _day(name, dates or {}) or on
        if item.concept == BORN and item.type == "date":
            born = said
        elif item.concept == SEX and item.type == "choice":
            sex = said
        else:
            found = [*facts_of(study, {name: said}, day), *_said_by_a_person(study, item, said, day, by)]
            facts += [fact | _range(name, ranges or {}) for fact in found]
    return Answered(tuple(facts), born, sex)


def _day(name: str, dates: Mapping[str, str]) -> str | None:
    form = name.partition(".")[0]
    day = dates.get(form) or None
    if day is not None:
        try:
            parse_occurred(day)
        except FormatError as fault:
            raise FormatError(f"dates: {form}: {fault.message}") from None
    return day


def _range(name: str, ranges: Mapping[str, str]) -> dict[str, str]:
    given = (ranges.get(name) or "").strip()
    if not given:
        return {}
    try:
        parse_range(given)
    except FormatError as fault:
        raise FormatError(f"ranges: {name}: {fault.message}") from None
    return {"range": given}


def _said_by_a_person(study: Study, item: Item, said: str, day: str, by: Actor | None) -> Iterator[dict[str, Any]]:
    """An opinion, signed by who gives it; a code of the value set the question asks about."""
    if item.opinion and item.type == "yes_no":
        yield {"opinion": item.opinion, "value": said, "on": day} | (
            {"by": f"{by.id}:{by.role}"} if by is not None else {}
        )
    elif item.value_set and item.type == "code":
        domain, system = coded_in(study, item.value_set)
        yield {"concept": domain, "code": {"system": system, "code": said}, "on": day}


def coded_in(study: Study, value_set: str) -> tuple[str, str]:
    """What a value set's codes are codes of (diagnosis unless a criterion says otherwise), and their system."""
    known = library_of(study.eligibility).value_sets.get(value_set)
    domains = (
        part.domain
        for criterion in criteria_of(study.eligibility)
        for part in walk(parse_rule(criterion.rule))
        if isinstance(part, Presence) and part.value_set == value_set
    )
    return next(domains, "diagnosis"), known.codes[0].system if known and known.codes else "ICD-10"


def codes_of(study: Study, value_set: str) -> tuple[str, ...]:
    """The codes of a value set, to choose from; a longer code that begins with one of them is in it, too."""
    known = library_of(study.eligibility).value_sets.get(value_set)
    return tuple(code.code for code in known.codes) if known else ()


def role_asked(study: Study, opinion: str) -> str:
    """Whose opinion a criterion asks for: `investigator`; empty where anybody's will do."""
    asked = (
        part.by
        for criterion in criteria_of(study.eligibility)
        for part in walk(parse_rule(criterion.rule))
        if isinstance(part, Asked) and part.question == opinion
    )
    return next(asked, "")


def questions_for(study: Study, rule: str, forms: Iterable[str] | None = None) -> tuple[str, ...]:
    """The questions (form.item) whose answers a criterion's rule rests on, in the order of the forms.

    forms  only those of these forms; left out, of all
    """
    wanted = set(forms) if forms is not None else {form.id for form in study.forms}
    names = {name for part in walk(parse_rule(rule)) for name in _named(study, part)}
    return tuple(
        name
        for name, item in form_items(study).items()
        if name.partition(".")[0] in wanted
        and names & {item.concept, item.value_set, item.opinion, item.signed and f"signed {item.signed}"} - {None}
    )


def _named(study: Study, part: Any) -> Iterator[str]:
    """What a rule's part asks about, as a question names it."""
    if isinstance(part, Compare | Flag):
        yield SEX if part.name in SEXES else part.name
        concept = library_of(study.eligibility).concepts.get(part.name)
        yield from concept.answered_by if concept else ()
    elif isinstance(part, Presence):
        yield part.value_set
    elif isinstance(part, Asked):
        yield part.question
    elif isinstance(part, SignedDocument):
        yield f"signed {part.document}"


COMMON_UNITS = (
    "U/L", "umol/L", "mmol/L", "mg/dL", "g/L", "g/dL", "mg/L", "ug/L", "ng/mL", "10*9/L", "/uL", "%", "kg", "cm", "ms"
)  # fmt: skip
"""Units that laboratories print, to choose from."""


def units_for(study: Study, item: Item) -> tuple[str, ...]:
    """The units in which a question's number may be typed, the study's own first; only units that can be converted."""
    wanted = read_unit(item.unit) if item.unit else None
    if wanted is None or item.unit is None:
        return (item.unit,) if item.unit else ()
    concept = library_of(study.eligibility).concepts.get(item.concept or "")
    mass = concept.molar_mass if concept else None
    others = [
        unit
        for unit in COMMON_UNITS
        if unit != item.unit and (read := read_unit(unit)) and convert(Fraction(1), read, wanted, mass) is not None
    ]
    return (item.unit, *others)


@dataclass(frozen=True, slots=True)
class Said:
    """What was last recorded in answer to a question: its words, its day, and the entry that says it."""

    words: str
    on: str
    entry: str


def last_said(book: Casebook) -> Mapping[str, Said]:
    """What a question asks about (its concept, value set or opinion) -> what was last recorded of it, by its day."""
    found: dict[str, Said] = {}
    for entry in book.all(FactsRecorded):
        if entry.what.sex:
            found[SEX] = Said(entry.what.sex, entry.occurred or "", entry.id)
        if entry.what.born:
            found[BORN] = Said(entry.what.born, entry.occurred or "", entry.id)
        for fact in entry.what.facts:
            name, words = _name_and_words(fact)
            on = str(fact.get("on", ""))
            if name not in found or on >= found[name].on:
                found[name] = Said(words, on, entry.id)
    return found


def said_to(item: Item, said: Mapping[str, Said]) -> Said | None:
    """What was last recorded in answer to one question; None if nothing was."""
    coded = f"{item.concept or 'diagnosis'} code" if item.type == "code" else None
    names = (coded, item.concept, item.value_set, item.opinion)
    return next((said[name] for name in names if name and name in said), None)


def _name_and_words(fact: Mapping[str, Any]) -> tuple[str, str]:
    match fact:
        case {"code": {"code": code}}:
            return f"{fact['concept']} code", str(code)
        case {"concept": str(concept)}:
            return concept, " ".join(str(part) for part in (fact.get("value"), fact.get("unit")) if part)
        case {"valueset": str(name)}:
            return name, "yes" if fact.get("present") else "no"
        case {"opinion": str(name)}:
            return name, f"{fact.get('value')}, {str(fact.get('by', '')).partition(':')[0]}".removesuffix(", ")
    return str(fact.get("domain", "")), ""


def screening_visit(study: Study) -> Visit | None:
    """The visit at which somebody is screened: the one of that name, else the first planned up to enrolment."""
    before = [visit for visit in study.visits if visit.anchor in ("consent", "enrolment") and visit.day <= 0]
    named = [visit for visit in study.visits if visit.id == "screening"]
    return next(iter([*named, *before]), None)


def screening_entries(study: Study, book: Casebook) -> tuple[Entry[Visited], ...]:
    """What was recorded of the screening visit in the present screening episode, oldest first."""
    visit, again = screening_visit(study), book.last(Rescreened)
    return tuple(
        entry
        for entry in book.all(Visited)
        if visit is not None
        and entry.what.visit == visit.id
        and entry.what.mode != "missed"
        and (again is None or entry.order > again.order)
    )
