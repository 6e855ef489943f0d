"""The library that ships with trialwright, and how such a file is read."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from trialwright.criteria.library import LEAST_FAVOURABLE, MUST_AGREE, Concept, Library, ValueSet
from trialwright.errors import FormatError
from trialwright.facts import Code, parse_decimal
from trialwright.facts.units import UNITS

_SYSTEMS = ("ICD-10", "ICD-9-CM", "SNOMED", "ATC", "LOINC")
_KINDS = ("quantity", "word", "flag")
_CONCEPT_KEYS = frozenset(Concept.__dataclass_fields__) - {"name"}
_SET_KEYS = {"version", "en", "zh", "flag", "source", "basis", "excluding", *_SYSTEMS}


@lru_cache(maxsize=1)
def shipped_library() -> Library:
    """The concepts, value sets and anchors of this version of trialwright; always the same object."""
    import yaml

    text = files("trialwright.criteria").joinpath("concepts.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return read_library(yaml.load(text, Loader=loader))


def read_library(given: Mapping[str, Any]) -> Library:
    """A library from plain values: `version`, `concepts`, `value_sets`, `anchors`. Raises FormatError.

    Codes that look like numbers must be written as texts, or YAML makes 41.0 of "41.00".
    """
    _only(given, {"version", "concepts", "value_sets", "anchors"}, "the library")
    return Library(
        version=str(given["version"]),
        concepts={name: read_concept(name, entry) for name, entry in given.get("concepts", {}).items()},
        value_sets={name: read_value_set(name, entry) for name, entry in given.get("value_sets", {}).items()},
        anchors=dict(given.get("anchors", {})),
    )


def read_concept(name: str, given: Mapping[str, Any]) -> Concept:
    """One concept. Raises FormatError for an unknown key, unit or kind."""
    _only(given, _CONCEPT_KEYS, f"concept {name}")
    values = dict(given)
    low, high = values.pop("plausible", (None, None))
    mass = values.pop("molar_mass", None)
    if (kind := values.get("kind", "quantity")) not in _KINDS:
        raise FormatError(f"concept {name}: kind {kind!r} is none of {', '.join(_KINDS)}.")
    if (rule := values.get("same_day", LEAST_FAVOURABLE)) not in (LEAST_FAVOURABLE, MUST_AGREE):
        raise FormatError(f"concept {name}: same_day {rule!r} is neither {LEAST_FAVOURABLE!r} nor {MUST_AGREE!r}.")
    if values.get("unit") is not None and values["unit"] not in UNITS:
        raise FormatError(f"concept {name}: {values['unit']!r} is no unit of the table. Write its UCUM code.")
    return Concept(
        name=name,
        plausible=(_decimal(low), _decimal(high)),
        molar_mass=_decimal(mass),
        loinc=tuple(values.pop("loinc", ())),
        words=tuple(values.pop("words", ())),
        **values,
    )


def read_value_set(name: str, given: Mapping[str, Any]) -> ValueSet:
    """One value set: code lists under their system's name, and `excluding` with the same shape."""
    _only(given, _SET_KEYS, f"value set {name}")
    values = {key: value for key, value in given.items() if key not in _SYSTEMS and key != "excluding"}
    excluding = given.get("excluding", {})
    _only(excluding, set(_SYSTEMS), f"value set {name}, excluding")
    return ValueSet(name=name, codes=_codes(given), excluding=_codes(excluding), **values)


def _codes(given: Mapping[str, Any]) -> tuple[Code, ...]:
    return tuple(Code(system, str(code)) for system in _SYSTEMS for code in given.get(system, ()))


def _decimal(given: Any) -> Decimal | None:
    return None if given is None else parse_decimal(str(given))


def _only(given: Mapping[str, Any], allowed: Any, where: str) -> None:
    if unknown := sorted(set(given) - set(allowed)):
        raise FormatError(f"{where}: no key {unknown[0]!r}. Allowed: {', '.join(sorted(allowed))}.")
