"""Can a site's reference ranges be used: concepts there are, units that convert, ends in order, one for each person."""

from collections.abc import Iterator
from fractions import Fraction

from trialwright.criteria import Concept
from trialwright.criteria.limits import enzyme_unit
from trialwright.facts import convert, read_unit, unit_hint
from trialwright.facts.units import UNITS
from trialwright.study.eligibility import library_of
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import NormalRange
from trialwright.study.ranges import overlap
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path


def _ranges(file: StudyFile) -> Iterator[tuple[Path, NormalRange]]:
    """Every range with its place."""
    for number, site in enumerate(file.study.sites):
        for index, normal in enumerate(site.ranges):
            yield ("sites", number, "ranges", index), normal


def ranges_known(file: StudyFile) -> Iterator[Finding]:
    """Every range is of a quantity there is, in a unit that its values can be brought to."""
    concepts = library_of(file.study.eligibility).concepts
    for path, normal in _ranges(file):
        concept = concepts.get(normal.concept)
        if concept is None:
            yield Finder(file, "undefined-concept", "error")(
                (*path, "concept"),
                normal.concept,
                f"the range is of `{normal.concept}`, and neither library nor study has such a concept.",
                "Correct the name, or add the concept to the study.",
            )
        elif concept.unit is None:
            yield Finder(file, "range-of-no-quantity", "error")(
                (*path, "concept"),
                normal.concept,
                f"{normal.concept} is answered with a word, and a word has no range.",
                "Delete the range, or name the quantity it is of.",
            )
        elif trouble := _unit_trouble(normal.unit, concept):
            yield Finder(file, "unit", "error")((*path, "unit"), normal.concept, *trouble)


def _unit_trouble(text: str, concept: Concept) -> tuple[str, str] | None:
    """What is wrong with a range's unit and what to do; None if values of the concept can be brought to it."""
    unit, canonical = read_unit(text), UNITS[concept.unit or "1"]
    if unit is None:
        return f"`{text}` is no unit we know.", f"{unit_hint(text) or f'Write its UCUM code, such as {canonical}'}."
    if convert(Fraction(1), enzyme_unit(unit, concept), canonical, concept.molar_mass) is None:
        return (
            f"{concept.name} is measured in {canonical}, and `{text}` cannot be brought to it.",
            f"Write the range in {canonical}, or in a unit of the same kind.",
        )
    return None


def ranges_in_order(file: StudyFile) -> Iterator[Finding]:
    """A range has an end, and neither its limits nor its ages run backwards."""
    reversed_ends = Finder(file, "reversed-limits", "error")
    for path, normal in _ranges(file):
        low, high, youngest, oldest = normal.low, normal.high, normal.from_age_years, normal.to_age_years
        if low is None and high is None:
            yield Finder(file, "range-without-ends", "error")(
                path, normal.concept, f"the range of {normal.concept} has no limits.", "Add `low:`, `high:` or both."
            )
        if low is not None and high is not None and low > high:
            text = f"{normal.concept}: the lower limit, {low}, is above the upper limit, {high}."
            yield reversed_ends(path, normal.concept, text, "Exchange the two.")
        if youngest is not None and oldest is not None and youngest > oldest:
            text = f"{normal.concept}: the range begins at {youngest} years and ends at {oldest}."
            yield reversed_ends(path, normal.concept, text, "Exchange the two.")


def ranges_once(file: StudyFile) -> Iterator[Finding]:
    """A person has one range of a concept at a site."""
    find = Finder(file, "repeated-range", "error")
    for number, site in enumerate(file.study.sites):
        for index, normal in enumerate(site.ranges):
            for earlier, other in enumerate(site.ranges[:index]):
                if other.concept == normal.concept and overlap(other, normal):
                    line = file.place("sites", number, "ranges", earlier).line
                    yield find(
                        ("sites", number, "ranges", index),
                        normal.concept,
                        f"{normal.concept}: the range on line {line} is for some of the same people.",
                        "Give each person one range: part them by sex or age, or delete one.",
                    )


CHECKS: tuple[Check, ...] = (ranges_known, ranges_in_order, ranges_once)
