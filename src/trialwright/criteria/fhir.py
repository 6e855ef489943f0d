"""A person's facts from a FHIR R4 Bundle: what we can place is read, what we cannot is named, nothing is guessed."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from trialwright.criteria.library import Library
from trialwright.criteria.person import Coded, Fact, Observation, Person
from trialwright.criteria.words import read_word
from trialwright.errors import FormatError
from trialwright.facts import (
    Code,
    LocalTime,
    Occurred,
    PartialDate,
    Quantity,
    Range,
    parse_decimal,
    parse_partial_date,
    parse_quantity,
    quoted,
    shortened,
)
from trialwright.facts.codes import canonical_system

_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)
_NOT_DONE = {"entered-in-error", "cancelled", "not-done", "not-taken", "refuted", "unknown"}
_ACTIVE = {"active", "recurrence", "relapse", "in-progress"}
_OVER = {"inactive", "remission", "resolved", "completed", "stopped"}
# SNOMED's two words for a laboratory's qualitative answer.
_ANSWERS = {"260385009": "negative", "10828004": "positive"}
# Where each coded resource keeps its domain, its code and its dates, the best first.
_CODED: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "Condition": ("diagnosis", "code", ("onsetDateTime", "onsetPeriod.start", "recordedDate"), ("abatementDateTime",)),
    "Procedure": ("procedure", "code", ("performedDateTime", "performedPeriod.start"), ("performedPeriod.end",)),
    "AllergyIntolerance": ("allergy", "code", ("onsetDateTime", "recordedDate"), ()),
    "MedicationStatement": (
        "medication",
        "medicationCodeableConcept",
        ("effectiveDateTime", "effectivePeriod.start", "dateAsserted"),
        ("effectivePeriod.end",),
    ),
    "MedicationAdministration": (
        "medication",
        "medicationCodeableConcept",
        ("effectiveDateTime", "effectivePeriod.start"),
        ("effectivePeriod.end", "effectiveDateTime"),
    ),
    "MedicationRequest": ("medication", "medicationCodeableConcept", ("authoredOn",), ()),
}


def read_fhir_bundle(
    given: Any, library: Library, *, zone: str | None = None, offset_minutes: int | None = None
) -> Person:
    """The person a Bundle describes, with `unread` naming every resource that could not be placed. Raises FormatError.

    zone, offset_minutes  the site's clock. Without them a time keeps only the day its own offset gives it, which
                          for a time in UTC may not be the site's day.
    """
    if not isinstance(given, dict) or given.get("resourceType") != "Bundle":
        raise FormatError(
            "this is no FHIR Bundle: expected resourceType Bundle, with the person's resources as entries."
        )
    resources = [_dig(entry, "resource") for entry in _list(given.get("entry"))]
    people = [resource for resource in resources if _dig(resource, "resourceType") == "Patient"]
    if len(people) != 1:
        raise FormatError(
            f"a Bundle of one person holds one Patient; this one holds {len(people)}. Export each person by themselves."
        )
    gender = people[0].get("gender")
    facts: list[Fact] = []
    unread: list[str] = []
    reader = _Reader(library, zone, offset_minutes)
    for position, resource in enumerate(resources):
        if not isinstance(resource, dict) or resource.get("resourceType") == "Patient":
            continue
        name = shortened(f"{resource.get('resourceType')}/{resource.get('id') or position}")
        try:
            facts.extend(reader.facts(resource, name))
        except FormatError as error:
            unread.append(f"{name}: {error.message}")
    return Person(
        born=_born(people[0].get("birthDate")),
        sex=gender if gender in ("female", "male", "other") else None,
        facts=tuple(facts),
        unread=tuple(unread),
    )


def _born(given: Any) -> PartialDate | None:
    try:
        return parse_partial_date(given) if isinstance(given, str) else None
    except FormatError as fault:
        raise FormatError(f"Patient.birthDate: {fault.message}") from None


class _Reader:
    """One Bundle's reading: the library's LOINC codes and the site's clock, held together."""

    def __init__(self, library: Library, zone: str | None, offset_minutes: int | None) -> None:
        self._by_loinc = {code: name for name, concept in library.concepts.items() for code in concept.loinc}
        self._names = library.concepts.keys()
        self._zone, self._offset = zone, offset_minutes

    def facts(self, resource: Mapping[str, Any], name: str) -> Iterator[Fact]:
        kind = str(resource.get("resourceType"))
        status = str(resource.get("status") or "")
        verified = _codings(resource.get("verificationStatus"))
        if status in _NOT_DONE or any(code in _NOT_DONE for _, code in verified):
            return
        if kind == "Observation":
            yield from self._observation(resource, name)
        elif kind in _CODED:
            yield from self._coded(resource, name, status, *_CODED[kind])

    def _observation(self, resource: Mapping[str, Any], name: str) -> Iterator[Fact]:
        parts = [resource, *(part for part in _list(resource.get("component")) if isinstance(part, dict))]
        for part in parts:
            concept = self._concept(part.get("code"))
            value = _value(part)
            if value is None:
                if part is resource and len(parts) == 1 and not part.get("dataAbsentReason"):
                    raise FormatError("it has no value we can read.")
                continue
            if concept is None:
                raise FormatError(f"no concept of the library has its code {_shown_code(part.get('code'))}.")
            on = self._when(resource, ("effectiveDateTime", "effectiveInstant", "effectivePeriod.start", "issued"))
            yield Observation(concept=concept, value=value, on=on, id=name)

    def _coded(
        self,
        resource: Mapping[str, Any],
        name: str,
        status: str,
        domain: str,
        where: str,
        begins: tuple[str, ...],
        ends: tuple[str, ...],
    ) -> Iterator[Fact]:
        codes = [(system, code) for system, code in _codings(resource.get(where)) if system]
        if not codes:
            raise FormatError("it has no code.")
        on = self._when(resource, begins)
        until = self._when(resource, ends) if any(_dig(resource, *path.split(".")) for path in ends) else None
        clinical = {code for _, code in _codings(resource.get("clinicalStatus"))} | {status}
        said = "active" if clinical & _ACTIVE else "resolved" if clinical & _OVER and domain != "procedure" else ""
        for system, code in codes:
            known = Code(canonical_system(system), code)
            yield Coded(domain=domain, code=known, on=on, until=until, status=said, id=name)

    def _concept(self, code: Any) -> str | None:
        for system, value in _codings(code):
            if canonical_system(system) == "LOINC" and value in self._by_loinc:
                return self._by_loinc[value]
        text = _dig(code, "text")
        return text if isinstance(text, str) and text in self._names else None

    def _when(self, resource: Mapping[str, Any], paths: tuple[str, ...]) -> Occurred:
        for path in paths:
            text = _dig(resource, *path.split("."))
            if isinstance(text, str):
                return self._moment(text)
        raise FormatError(f"it has no date ({', '.join(paths)}).")

    def _moment(self, text: str) -> Occurred:
        found = _DATE_TIME.match(text)
        if found is None:
            return parse_partial_date(text)
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00")).replace(microsecond=0)
        except ValueError:
            raise FormatError(f"{quoted(text)} is not a moment of the calendar.") from None
        if self._offset is None:
            return PartialDate.of(moment.date())
        utc = moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta())
        wall = utc + timedelta(minutes=self._offset)
        return LocalTime(wall, self._offset, self._zone) if self._zone else PartialDate.of(wall.date())


def _value(part: Mapping[str, Any]) -> Quantity | str | None:
    if isinstance(quantity := part.get("valueQuantity"), dict) and quantity.get("value") is not None:
        unit = quantity.get("code") or quantity.get("unit")
        number = f"{quantity.get('comparator') or ''}{quantity['value']}"
        return parse_quantity(number, str(unit) if unit else None, _range(part, str(unit) if unit else None))
    if isinstance(part.get("valueBoolean"), bool):
        return "yes" if part["valueBoolean"] else "no"
    if isinstance(part.get("valueInteger"), int):
        return Quantity(Decimal(part["valueInteger"]))
    if isinstance(part.get("valueString"), str) and part["valueString"].strip():
        try:
            return parse_quantity(part["valueString"], None, _range(part, None))
        except FormatError:
            return read_word(part["valueString"])
    if (coded := part.get("valueCodeableConcept")) is not None:
        for _, code in _codings(coded):
            if code in _ANSWERS:
                return _ANSWERS[code]
        text = _dig(coded, "text") or next((_dig(each, "display") for each in _list(_dig(coded, "coding"))), None)
        return read_word(text) if isinstance(text, str) else None
    return None


def _range(part: Mapping[str, Any], unit: str | None) -> Range | None:
    """The one normal range for this person; several, for different people, are none."""
    ranges = [
        each
        for each in _list(part.get("referenceRange"))
        if isinstance(each, dict)
        and "appliesTo" not in each
        and "age" not in each
        and (each.get("type") is None or ("normal" in {code for _, code in _codings(each["type"])}))
    ]
    if len(ranges) != 1:
        return None
    ends: list[Decimal | None] = []
    for end in ("low", "high"):
        value = _dig(ranges[0], end, "value")
        ends.append(None if value is None else parse_decimal(str(value)))
        unit = _dig(ranges[0], end, "code") or _dig(ranges[0], end, "unit") or unit
    return None if ends == [None, None] else Range(ends[0], ends[1], str(unit) if unit else None)


def _codings(concept: Any) -> list[tuple[str, str]]:
    """(system, code) of a CodeableConcept."""
    found = []
    for coding in _list(_dig(concept, "coding")):
        if isinstance(code := _dig(coding, "code"), str):
            found.append((str(_dig(coding, "system") or ""), code))
    return found


def _shown_code(code: Any) -> str:
    return ", ".join(str(Code(canonical_system(system), value)) for system, value in _codings(code)) or "(none)"


def _dig(given: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(given, dict):
            return None
        given = given.get(key)
    return given


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []
