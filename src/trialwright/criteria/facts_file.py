"""A person's facts from plain values (FACTS.json), every fault by its path, and back again."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from math import isfinite
from typing import Any, TypeVar

from trialwright.criteria.person import Coded, DomainComplete, Fact, Observation, Opinion, Person, SetAnswer, Signed
from trialwright.criteria.words import NO, NOT_APPLICABLE, YES, read_word
from trialwright.errors import FormatError
from trialwright.facts import (
    Code,
    Occurred,
    Quantity,
    Range,
    format_occurred,
    parse_decimal,
    parse_occurred,
    parse_partial_date,
    parse_quantity,
    parse_range,
    quoted,
    shortened,
)
from trialwright.facts.text import MOST_SHOWN

T = TypeVar("T")

DOMAINS = ("diagnosis", "medication", "procedure", "allergy", "therapy")
_COMMON = ("on", "id", "source", "by", "entered_in_error")
_KEYS: dict[str, tuple[str, ...]] = {
    "concept": ("concept", "value", "unit", "range", *_COMMON),
    "code": ("concept", "code", "until", "status", "grade", *_COMMON),
    "valueset": ("valueset", "present", *_COMMON),
    "opinion": ("opinion", "value", *_COMMON),
    "signed": ("signed", *_COMMON),
    "domain": ("domain", "complete", *_COMMON),
}
_EXAMPLES = {
    "on": ', such as "on": "2026-11-22"',
    "value": ', such as "value": "2.1"; where it is not known, leave the whole fact out',
    "present": ': "present": true, or false',
    "complete": ': "complete": true, or false',
    "system": ', such as "system": "ICD-10"',
    "code": ', such as "code": "C92.0"',
}
_SEXES = ("female", "male", "other")
_TOO_LARGE = 10**60  # Python refuses to spell numbers of thousands of digits, and nobody would read them
_MOST_FACTS = 100_000
_NUMBER_STARTS = "0123456789.<>=≤≥＜＞"


class FactsErrors(FormatError):
    """What is wrong with a facts file, one message for each fact that cannot be read."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def read_facts(given: Any) -> Person:
    """The person a facts file describes. Raises FactsErrors naming each JSON path, what was found, what to write.

    Values are texts as the laboratory typed them; an empty unit is no unit. Unknown keys are errors, because a
    misspelt one would drop a fact in silence.
    """
    if not isinstance(given, dict):
        raise FormatError(f"found {_shown(given)}; expected one object in braces, with born, sex and facts.")
    body: Mapping[str, Any] = given
    _only(body, ("born", "sex", "facts"), "")
    facts = body.get("facts", [])
    if not isinstance(facts, list):
        raise FormatError(f"facts: found {_shown(facts)}, expected a list of facts in square brackets.")
    if len(facts) > _MOST_FACTS:
        raise FormatError(f"facts: {len(facts)} facts for one person, more than {_MOST_FACTS}. Is this one person?")
    found: list[Fact] = []
    faults: list[str] = []

    def each(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except FormatError as fault:
            faults.append(fault.message)
            return None

    born = each(
        lambda: None if body.get("born") is None else _at("born", parse_partial_date, _text(body["born"], "born"))
    )
    sex = each(lambda: _sex(body.get("sex")))
    for position, fact in enumerate(facts):
        if (read := each(partial(read_fact, fact, f"facts[{position}]"))) is not None:
            found.append(read)
    if faults:
        raise FactsErrors(tuple(faults))
    return Person(born=born, sex=sex, facts=tuple(found))


def read_fact(given: Any, path: str = "fact") -> Fact:
    """One fact. What kind it is, its first key says: concept, valueset, opinion, signed or domain."""
    body = _mapping(given, path)
    kinds = [key for key in ("concept", "valueset", "opinion", "signed", "domain") if key in body]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        one_of = "expected one of concept, valueset, opinion, signed or domain"
        raise FormatError(f"{path}: {one_of}; found {found}. That key says what kind of fact it is.")
    kind = "code" if "code" in body else kinds[0]
    _only(body, _KEYS[kind], path)
    name = _text(body[kinds[0]], f"{path}.{kinds[0]}")
    return _READERS[kind](name, body, path, _common(body, path))


def facts_as_json(person: Person) -> dict[str, Any]:
    """The person as a facts file; `read_facts` reads it back to the same person."""
    body: dict[str, Any] = {"facts": [fact_as_json(fact) for fact in person.facts]}
    if person.sex is not None:
        body = {"sex": person.sex, **body}
    return {"born": str(person.born), **body} if person.born is not None else body


def fact_as_json(fact: Fact) -> dict[str, Any]:
    """One fact as plain values: no floats, nothing that is empty."""
    match fact:
        case Observation(value=Quantity() as value):
            body: dict[str, Any] = {"concept": fact.concept, "value": f"{value.comparator}{value.number}"}
            body |= {"unit": value.unit} if value.unit else {}
            body |= {"range": _range_as_json(value.range)} if value.range else {}
        case Observation():
            body = {"concept": fact.concept, "value": fact.value}
        case Coded():
            body = {"concept": fact.domain, "code": {"system": fact.code.system, "code": fact.code.code}}
            body |= {"until": format_occurred(fact.until)} if fact.until is not None else {}
            body |= {"status": fact.status} if fact.status else {}
            body |= {"grade": fact.grade} if fact.grade is not None else {}
        case SetAnswer():
            body = {"valueset": fact.valueset, "present": fact.present}
        case Opinion():
            body = {"opinion": fact.opinion, "value": fact.value}
        case Signed():
            body = {"signed": fact.signed}
        case DomainComplete():
            body = {"domain": fact.domain, "complete": fact.complete}
    body["on"] = format_occurred(fact.on)
    body |= {key: value for key, value in (("id", fact.id), ("source", fact.source), ("by", fact.by)) if value}
    return body | ({"entered_in_error": True} if fact.entered_in_error else {})


def _observation(name: str, body: Mapping[str, Any], path: str, common: Mapping[str, Any]) -> Fact:
    if name in DOMAINS:
        raise FormatError(f'{path}: a {name} needs its code, such as {{"system": "ICD-10", "code": "C92.0"}}.')
    typed = _typed(_needed(body, "value", path), f"{path}.value")
    unit = body.get("unit")
    unit = None if unit is None else _text(unit, f"{path}.unit", empty=True).strip() or None
    limits = None if body.get("range") is None else _range(body["range"], f"{path}.range")
    if not _starts_a_number(typed):
        if unit is not None or limits is not None:
            raise FormatError(
                f"{path}.value: {quoted(typed)} is a word and takes no unit and no range. "
                "Delete them, or give the number."
            )
        return Observation(concept=name, value=read_word(typed), **common)
    value = _at(f"{path}.value", lambda text: parse_quantity(text, unit, limits), typed)
    return Observation(concept=name, value=value, **common)


def _coded(name: str, body: Mapping[str, Any], path: str, common: Mapping[str, Any]) -> Fact:
    if name not in DOMAINS:
        raise FormatError(
            f"{path}.concept: {quoted(name)} takes no code; what does is {', '.join(DOMAINS)}. Give its value instead."
        )
    code = _mapping(body["code"], f"{path}.code")
    _only(code, ("system", "code"), f"{path}.code")
    system = _text(_needed(code, "system", f"{path}.code"), f"{path}.code.system")
    value = _text(_needed(code, "code", f"{path}.code"), f"{path}.code.code")
    until = body.get("until")
    status = body.get("status", "")
    if status not in ("", "active", "resolved"):
        raise FormatError(f"{path}.status: found {_shown(status)}, expected active or resolved.")
    grade = body.get("grade")
    if grade is not None and (not isinstance(grade, int) or isinstance(grade, bool) or not 0 <= grade <= 5):
        raise FormatError(f"{path}.grade: found {_shown(grade)}, expected a whole number from 0 to 5.")
    ended = None if until is None else _at(f"{path}.until", parse_occurred, _text(until, f"{path}.until"))
    if ended is not None and ended.latest < common["on"].earliest:
        raise FormatError(f"{path}.until: {ended} is before it began on {common['on']}. Check both days.")
    return Coded(domain=name, code=Code(system, value), until=ended, status=status, grade=grade, **common)


def _set_answer(name: str, body: Mapping[str, Any], path: str, common: Mapping[str, Any]) -> Fact:
    return SetAnswer(valueset=name, present=_boolean(body, "present", path), **common)


def _opinion(name: str, body: Mapping[str, Any], path: str, common: Mapping[str, Any]) -> Fact:
    value = read_word(_typed(_needed(body, "value", path), f"{path}.value"))
    if value not in YES and value not in NO and value != NOT_APPLICABLE:
        raise FormatError(f"{path}.value: found {quoted(value)}, expected yes, no or not applicable.")
    return Opinion(opinion=name, value=value, **common)


def _signed(name: str, body: Mapping[str, Any], path: str, common: Mapping[str, Any]) -> Fact:
    return Signed(signed=name, **common)


def _domain(name: str, body: Mapping[str, Any], path: str, common: Mapping[str, Any]) -> Fact:
    if name not in DOMAINS:
        raise FormatError(f"{path}.domain: found {quoted(name)}, expected {', '.join(DOMAINS)}.")
    return DomainComplete(domain=name, complete=_boolean(body, "complete", path), **common)


_READERS: dict[str, Callable[[str, Mapping[str, Any], str, Mapping[str, Any]], Fact]] = {
    "concept": _observation,
    "code": _coded,
    "valueset": _set_answer,
    "opinion": _opinion,
    "signed": _signed,
    "domain": _domain,
}


def _common(body: Mapping[str, Any], path: str) -> dict[str, Any]:
    on: Occurred = _at(f"{path}.on", parse_occurred, _text(_needed(body, "on", path), f"{path}.on"))
    error = body.get("entered_in_error", False)
    if not isinstance(error, bool):
        raise FormatError(f"{path}.entered_in_error: found {_shown(error)}, expected true or false.")
    texts = {key: _text(body.get(key, ""), f"{path}.{key}", empty=True) for key in ("id", "source", "by")}
    return {"on": on, "entered_in_error": error, **texts}


def _range(given: Any, path: str) -> Range:
    if isinstance(given, str):
        return _at(path, parse_range, given)
    body = _mapping(given, path)
    _only(body, ("low", "high", "unit"), path)
    ends: list[Decimal | None] = []
    for end in ("low", "high"):
        typed = body.get(end)
        empty = typed is None or typed == ""
        ends.append(None if empty else _at(f"{path}.{end}", parse_decimal, _typed(typed, f"{path}.{end}")))
    low, high = ends
    if low is not None and high is not None and low > high:
        raise FormatError(f"{path}: its lower end {low} is above its upper end {high}. Check the laboratory's report.")
    unit = body.get("unit")
    return Range(low, high, None if unit is None else _text(unit, f"{path}.unit", empty=True).strip() or None)


def _range_as_json(limits: Range) -> dict[str, str]:
    ends = {"low": limits.low, "high": limits.high, "unit": limits.unit}
    return {key: str(value) for key, value in ends.items() if value is not None}


def _starts_a_number(typed: str) -> bool:
    bare = typed.lstrip(" ↑↓+-\u3000")
    return bool(bare) and (bare[0] in _NUMBER_STARTS or "０" <= bare[0] <= "９") and not bare.endswith("+")


def _typed(given: Any, path: str) -> str:
    """A value's text. A JSON number is taken in its shortest spelling; only a text keeps `2.10` as typed."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    huge = isinstance(given, int) and abs(given) >= _TOO_LARGE
    if not huge and (isinstance(given, int | Decimal) or (isinstance(given, float) and isfinite(given))):
        return str(given)
    return _text(given, path)


def _text(given: Any, path: str, *, empty: bool = False) -> str:
    if not isinstance(given, str) or not (given.strip() or empty):
        raise FormatError(f"{path}: found {_shown(given)}, expected a text in quotes.")
    return given


def _boolean(body: Mapping[str, Any], key: str, path: str) -> bool:
    given = _needed(body, key, path)
    if not isinstance(given, bool):
        raise FormatError(f"{path}.{key}: found {_shown(given)}, expected true or false.")
    return given


def _sex(given: Any) -> str | None:
    if given is None:
        return None
    word = read_word(given) if isinstance(given, str) else given
    if word == "unknown":
        return None
    if word not in _SEXES:
        raise FormatError(f"sex: found {_shown(given)}, expected female, male, other or unknown.")
    return str(word)


def _needed(body: Mapping[str, Any], key: str, path: str) -> Any:
    if body.get(key) is None:
        raise FormatError(f"{path}: the key {key!r} is missing. Add it{_EXAMPLES.get(key, '')}.")
    return body[key]


def _mapping(given: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise FormatError(f"{path}: found {_shown(given)}, expected an object in braces.")
    return given


def _only(body: Mapping[str, Any], allowed: Sequence[str], path: str) -> None:
    for key in body:
        if key not in allowed:
            near = get_close_matches(str(key), allowed, 1)
            meant = f" Did you mean {near[0]!r}?" if near else f" Allowed: {', '.join(allowed)}."
            raise FormatError(f"{path}{'.' if path else ''}{shortened(str(key))}: there is no such key.{meant}")


def _at(path: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except FormatError as error:
        raise FormatError(f"{path}: {error.message}") from None


def _shown(given: Any) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        return quoted(given)
    try:
        text = repr(given)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
