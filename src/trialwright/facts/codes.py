"""Codes of diagnoses, drugs and procedures, and when one lies under another."""

import re
from dataclasses import dataclass
from functools import lru_cache

from trialwright.facts.text import shortened
from trialwright.facts.truth import FALSE, TRUE, UNKNOWN, Truth

# Every spelling of a code system we accept, by its lower-case form; the values are the names we print.
_SYSTEMS = {
    "icd-10": "ICD-10",
    "icd10": "ICD-10",
    "icd-10-cm": "ICD-10",
    "icd-10-cn": "ICD-10",
    "icd-10-gm": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-de": "ICD-10",
    "urn:oid:2.16.840.1.113883.6.3": "ICD-10",
    "urn:oid:2.16.840.1.113883.6.90": "ICD-10",
    "icd-9-cm": "ICD-9-CM",
    "icd-9-cm-3": "ICD-9-CM",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "snomed": "SNOMED",
    "snomed-ct": "SNOMED",
    "snomed ct": "SNOMED",
    "http://snomed.info/sct": "SNOMED",
    "atc": "ATC",
    "http://www.whocc.no/atc": "ATC",
    "loinc": "LOINC",
    "http://loinc.org": "LOINC",
}
_HIERARCHICAL = frozenset({"ICD-10", "ICD-9-CM", "ATC"})  # a longer code is a narrower one
_NOT_LETTERS = re.compile(r"[^0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a system: `Code("ICD-10", "C92.0")`.

    The Chinese edition of ICD-10 lengthens codes (C92.000, C92.000x001) and often drops the dot (C9200);
    national editions share the stem, so all are one system here and are compared by prefix, dots removed.
    """

    system: str
    code: str

    def under(self, parent: "Code") -> Truth:
        """TRUE if this code lies under `parent`, UNKNOWN if it is too coarse to say, else FALSE.

        `C92` says "myeloid leukaemia" and no more: whether it is C92.0 is not known.

        >>> aml = Code("ICD-10", "C92.0")
        >>> Code("ICD-10", "C92.000").under(aml), Code("ICD-10", "C92").under(aml), Code("ICD-10", "C91.0").under(aml)
        (TRUE, UNKNOWN, FALSE)
        """
        system = canonical_system(self.system)
        if system != canonical_system(parent.system):
            return FALSE
        mine, theirs = _bare(self.code), _bare(parent.code)
        if mine == theirs:
            return TRUE
        if system not in _HIERARCHICAL:
            return FALSE
        if mine.startswith(theirs):
            return TRUE
        return UNKNOWN if theirs.startswith(mine) else FALSE

    def __str__(self) -> str:
        return f"{shortened(self.system)} {shortened(self.code)}"


def canonical_system(system: str) -> str:
    """The name we print for a code system; one we do not know keeps its own."""
    return _SYSTEMS.get(system.strip().lower(), system)


def known_systems() -> frozenset[str]:
    """The code systems we know, by the names we print."""
    return frozenset(_SYSTEMS.values())


@lru_cache(maxsize=4096)
def _bare(code: str) -> str:
    return _NOT_LETTERS.sub("", code).upper()
