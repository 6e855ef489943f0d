"""The terms of CTCAE, versions 5.0 and 6.0, with the text of every grade, and what a term of one became in the other.

A grade says nothing without its version: the bands of many terms differ between the two, so the version is kept with
every event. Texts are NCI's; tables/README.md says where they come from.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal, get_args

Version = Literal["5.0", "6.0"]
VERSIONS: tuple[Version, ...] = get_args(Version)

OTHER_SPECIFY = " - Other, specify"
GRADES = (1, 2, 3, 4, 5)
_CHANGE_COLUMN = {"5.0": "v5_change", "6.0": "v6_change"}


@dataclass(frozen=True, slots=True)
class Term:
    """One adverse event of the catalogue.

    grades   the texts of grades 1 to 5; None where CTCAE has no such grade for this term
    change   what this version changed from the one before, in NCI's words; "" where nothing
    """

    soc: str
    name: str
    grades: tuple[str | None, str | None, str | None, str | None, str | None]
    definition: str
    navigational_note: str
    version: Version
    change: str

    @property
    def grades_there(self) -> tuple[int, ...]:
        """The grades that this term has, ascending."""
        return tuple(grade for grade in GRADES if self.grades[grade - 1] is not None)

    @property
    def needs_words(self) -> bool:
        """Whether the term says nothing by itself ("Other, specify"): who records it adds in free words what it was."""
        return self.name.endswith(OTHER_SPECIFY)


@dataclass(frozen=True)
class Catalogue:
    """All terms of one version, in NCI's order: by system organ class, then by name."""

    version: Version
    terms: tuple[Term, ...] = field(repr=False)

    def term(self, name: str) -> Term | None:
        """The term of this name, or None. Capitals and the number of spaces do not matter; the spelling does.

        >>> catalogue("5.0").term("febrile  NEUTROPENIA ").grades_there
        (3, 4, 5)
        """
        return self._by_name.get(_plain(name))

    @cached_property
    def socs(self) -> tuple[str, ...]:
        """The system organ classes, in NCI's order."""
        return tuple(dict.fromkeys(term.soc for term in self.terms))

    @cached_property
    def _by_name(self) -> dict[str, Term]:
        return {_plain(term.name): term for term in self.terms}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What stands in the other version for a term, or for a part of it.

    name      the term of the other version
    changes   NCI's words for what happened, each once: "No change", "Clarification", "SOC change", "Deletion" (the
              element is gone; NCI names the term that it now falls under)
    elements  the parts of the term asked for that went there: "definition", "navigational_note", "grade_1" to "grade_5"
    """

    name: str
    changes: tuple[str, ...]
    elements: tuple[str, ...]


@lru_cache(maxsize=len(VERSIONS))
def catalogue(version: Version) -> Catalogue:
    """The catalogue of a version, read once. Raises ValueError for any other version."""
    if version not in VERSIONS:
        raise ValueError(f"no CTCAE version {version!r} here; expected {' or '.join(VERSIONS)}.")
    return Catalogue(version, tuple(_term(row, version) for row in _rows(f"ctcae_v{version}.csv")))


def mapped(term_name: str, frm: Version, to: Version) -> tuple[Counterpart, ...]:
    """What a term of version `frm` is in version `to`, by NCI's map; the counterpart of most elements comes first.

    Empty: the other version has nothing for it (a term that is new in 6.0). A term whose elements went apart has
    several counterparts. Within one version a term is its own only counterpart.
    Raises ValueError if `frm` has no such term.

    >>> [other.name for other in mapped("Platelet count decreased", "5.0", "6.0")]
    ['Thrombocytopenia']
    """
    term, _ = catalogue(frm).term(term_name), catalogue(to)
    if term is None:
        raise ValueError(f"CTCAE v{frm} has no term {term_name!r}; find_terms looks for it by words.")
    if frm == to:
        return (Counterpart(term.name, ("No change",), _elements(term)),)
    return _map()[frm].get(term.name, ())


@lru_cache(maxsize=1)
def _map() -> dict[Version, dict[str, tuple[Counterpart, ...]]]:
    """By version and name of a term: its counterparts in the other version."""
    found: dict[Version, dict[str, dict[str, list[tuple[str, str]]]]] = {"5.0": {}, "6.0": {}}
    for row in _rows("ctcae_v5_to_v6.csv"):
        old, new, change, element = row["v5_term"], row["v6_term"], row["change_type"], row["v5_element"]
        in_new = "navigational_note" if row["v6_element"] == "nav" else row["v6_element"]
        found["5.0"].setdefault(old, {}).setdefault(new, []).append((change, element))
        found["6.0"].setdefault(new, {}).setdefault(old, []).append((change, in_new))
    return {
        version: {name: _counterparts(others) for name, others in names.items()} for version, names in found.items()
    }


def _counterparts(others: dict[str, list[tuple[str, str]]]) -> tuple[Counterpart, ...]:
    made = [
        Counterpart(name, tuple(dict.fromkeys(c for c, _ in pairs)), tuple(dict.fromkeys(e for _, e in pairs)))
        for name, pairs in others.items()
    ]
    return tuple(sorted(made, key=lambda one: (-len(one.elements), one.name)))


def _elements(term: Term) -> tuple[str, ...]:
    texts = (("definition", term.definition), ("navigational_note", term.navigational_note))
    return (*(name for name, text in texts if text), *(f"grade_{grade}" for grade in term.grades_there))


def _term(row: dict[str, str], version: Version) -> Term:
    one, two, three, four, five = (row[f"grade_{grade}"] or None for grade in GRADES)
    return Term(
        soc=row["soc"],
        name=row["term"],
        grades=(one, two, three, four, five),
        definition=row["definition"],
        navigational_note=row["navigational_note"],
        version=version,
        change=row[_CHANGE_COLUMN[version]],
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("trialwright.ctcae").joinpath("tables", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
