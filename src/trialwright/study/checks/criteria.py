"""Can a person be judged by the criteria: confirmed, every name known, one limit, a window, a place to answer."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trialwright.criteria import Library
from trialwright.criteria.language import (
    Asked,
    Between,
    Compare,
    Comparison,
    Flag,
    Rule,
    SignedDocument,
    Threshold,
    When,
    walk,
)
from trialwright.facts import convert, read_unit
from trialwright.study.checks.names import BUILT_IN, names_in, rules
from trialwright.study.eligibility import library_of
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import Study
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path


def criteria_there(file: StudyFile) -> Iterator[Finding]:
    """Criteria are written, and somebody confirmed each."""
    study = file.study
    if not study.eligibility.criteria and not study.historical:
        yield Finder(file, "no-criteria", "error")(
            ("eligibility",),
            "eligibility",
            "the study has no criteria, so everybody would be eligible.",
            "Add `criteria:` under `eligibility`.",
        )
    for index, line in enumerate(study.eligibility.criteria):
        path = ("eligibility", "criteria", index)
        if line.confirmed is None:
            yield Finder(file, "unconfirmed", "error")(
                path,
                line.id,
                f"nobody has confirmed that the rule of {line.id} says what its text means; "
                "until then its answer is unknown for everybody.",
                "Read text and rule, then add `confirmed: {by: …}`.",
            )
    if any(line.confirmed and line.confirmed.by == "reference" for line in study.eligibility.criteria):
        yield Finder(file, "demonstration-only", "note")(
            ("eligibility", "criteria"),
            "criteria",
            "criteria are confirmed for demonstration only.",
            "Before a real participant is screened, a person of the study confirms each.",
        )


def conditions_in_exclusions(file: StudyFile) -> Iterator[Finding]:
    """ "if … then …" in an exclusion is met where the condition does not apply, and so bars everybody else."""
    find = Finder(file, "condition-in-exclusion", "error")
    for index, line, rule in rules(file):
        for part in walk(rule):
            if line.kind == "exclusion" and isinstance(part, When):
                yield find(
                    ("eligibility", "criteria", index, "rule"),
                    line.id,
                    "`if … then …` is met wherever its condition does not apply; here it would bar all those people.",
                    "Write `… and …` instead: `female and pregnant`.",
                    at=part.at,
                )


def two_limits(file: StudyFile) -> Iterator[Finding]:
    """Alternatives of one limit that are not the same limit: 3.0 mg/dL is 265.2 umol/L, not 260."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "two-limits", "warning")
    what_to_do = "Keep one limit; or keep each for its own unit, and note it."
    for index, line, rule in rules(file):
        path: Path = ("eligibility", "criteria", index)
        for part in walk(rule):
            if isinstance(part, Compare) and isinstance(part.condition, Comparison):
                for meaning, at in _disagreeing(part.name, part.condition.alternatives, library):
                    yield find((*path, "rule"), line.id, meaning, what_to_do, at=at)
        if isinstance(rule, Asked):  # nobody has made a rule of the words yet
            for meaning, at in _limits_in_words(line.text, library):
                yield find((*path, "text"), line.id, meaning, what_to_do, at=at)


_TWO_LIMITS: Final = re.compile(
    r"(?P<name>creatinine|bilirubin)[^.]{0,40}?(?P<mass>\d+(?:\.\d+)?)\s*mg\s*/\s*dL"
    r"[^.\d]{0,12}(?P<molar>\d+(?:\.\d+)?)\s*[µμu]mol\s*/\s*L",
    re.IGNORECASE,
)


def _limits_in_words(text: str, library: Library) -> Iterator[tuple[str, int]]:
    """The same fault in the protocol's own words, before anybody has made a rule of them."""
    for found in _TWO_LIMITS.finditer(text):
        mass = Threshold(Decimal(found["mass"]), "mg/dL", found.start("mass"))
        molar = Threshold(Decimal(found["molar"]), "umol/L", found.start("molar"))
        yield from _disagreeing(found["name"].lower(), (mass, molar), library)


def _disagreeing(name: str, alternatives: tuple[Threshold, ...], library: Library) -> Iterator[tuple[str, int]]:
    """One sentence, and where, for each further limit that is not the first one in another unit."""
    concept = library.concepts.get(name)
    for other in alternatives[1:]:
        one, two = read_unit(alternatives[0].unit), read_unit(other.unit)
        mass = concept.molar_mass if concept else None
        same = convert(Fraction(alternatives[0].number), one, two, mass) if one and two else None
        if same is None or abs(same - Fraction(other.number)) <= abs(same) / 200:  # half a percent: rounding
            continue
        meaning = (
            f"{name}: {alternatives[0].number} {alternatives[0].unit} is {float(round(same, 1)):g} {other.unit}, "
            f"but the same line allows {other.number} {other.unit}."
        )
        yield meaning, other.at


_LIMIT_WORDS: Final = re.compile(
    r"[≤≥<>]|\b(times|at least|no more than|less than|greater than)\b|upper limit", re.IGNORECASE
)
_WINDOW_WORDS: Final = re.compile(r"\b(within|prior to|before|days?|weeks?|months?)\b", re.IGNORECASE)


def windows(file: StudyFile) -> Iterator[Finding]:
    """A value is compared, and nothing says how old it may be."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "no-window", "warning")
    for index, line, rule in rules(file):
        path = ("eligibility", "criteria", index, "rule")
        for part in walk(rule):
            if isinstance(part, Compare) and part.name not in BUILT_IN and not part.windows:
                concept = library.concepts.get(part.name)
                days = concept.window_days if concept and concept.window_days else 14
                yield find(
                    path,
                    line.id,
                    f"nothing says how old a value of {part.name} may be; one of last year would do.",
                    f"Add a window: `within {days} days before enrolment`.",
                    at=part.at,
                )
            if isinstance(part, Flag) and part.name == "pregnant" and not part.windows:
                yield find(
                    path,
                    line.id,
                    "nothing says how old a pregnancy test may be.",
                    "Add a window: `pregnant within 7 days before enrolment`.",
                    at=part.at,
                )
        if isinstance(rule, Asked) and _LIMIT_WORDS.search(line.text) and not _WINDOW_WORDS.search(line.text):
            yield find(
                ("eligibility", "criteria", index, "text"),
                line.id,
                "the text compares a value and names no time window.",
                "Usual are 14 days before enrolment for laboratory values, 28 for the ejection fraction, "
                "7 for a pregnancy test.",
            )


_NORMAL: Final = re.compile(r"\b(normal|adequate)\b(?! value)(?!\))", re.IGNORECASE)
_TIMES: Final = re.compile(
    r"(?P<times>\d+(?:\.\d+)?)\s*(?:times|fold|[x×])\s*(?:the\s*)?(?:institutional\s*)?(?:upper limit|ULN)",
    re.IGNORECASE,
)
_USUAL_LIMIT: Final = {"creatinine": Fraction(14, 10), "bilirubin": Fraction(12, 10)}
"""mg/dL; above it no laboratory for adults calls the value normal. For this one question only, never for judging."""


def normal_above_range(file: StudyFile) -> Iterator[Finding]:
    """ "Normal liver function" beside 2.5 times the upper limit of normal."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "normal-above-range", "warning")
    for index, line, rule in rules(file):
        word = _NORMAL.search(line.text)
        if not word:
            continue
        limits = [limit for part in walk(rule) if isinstance(part, Compare) for limit in _above_normal(part, library)]
        if isinstance(rule, Asked):
            limits = [
                f"{found['times']} times the upper limit"
                for found in _TIMES.finditer(line.text)
                if Decimal(found["times"]) > 1
            ]
        if limits:
            yield find(
                ("eligibility", "criteria", index, "text"),
                line.id,
                f'"{word[0]}", and the limit is {limits[0]}, above the normal range: which of the two holds?',
                "The rule follows the number; note it, or ask for the word to be taken out.",
                at=word.start(),
            )


def _above_normal(part: Compare, library: Library) -> Iterator[str]:
    """Upper limits of a comparison that lie above what is normal."""
    if not isinstance(part.condition, Comparison) or part.condition.comparator not in ("<=", "<"):
        return
    for limit in part.condition.alternatives:
        if limit.unit == "ULN" and limit.number > 1:
            yield f"{limit.number} x ULN"
        elif part.name in _USUAL_LIMIT and (unit := read_unit(limit.unit)):
            concept, mg = library.concepts.get(part.name), read_unit("mg/dL")
            assert mg is not None
            value = convert(Fraction(limit.number), unit, mg, concept.molar_mass if concept else None)
            if value is not None and value > _USUAL_LIMIT[part.name]:
                yield f"{limit.number} {limit.unit}"


def ages_agree(file: StudyFile) -> Iterator[Finding]:
    """The ages of the criteria against the record's."""
    record = file.study.record
    if record is None:
        return
    for index, line, rule in rules(file):
        for part in walk(rule):
            if not (isinstance(part, Compare) and part.name == "age" and isinstance(part.condition, Between)):
                continue
            ends = (part.condition.low, part.condition.high)
            for limit, published in zip(ends, (record.minimum_age, record.maximum_age), strict=True):
                if published and published.split()[0] != str(limit.number):
                    yield Finder(file, "age-differs", "warning")(
                        ("eligibility", "criteria", index, "rule"),
                        line.id,
                        f"the rule says {limit.number} years, the registry {published}.",
                        "Correct one of them.",
                        at=limit.at,
                    )


def answers_asked(file: StudyFile) -> Iterator[Finding]:
    """Every fact a criterion needs has a question in some form."""
    if file.study.historical:
        return
    asked = _asked(file.study)
    find = Finder(file, "criterion-without-item", "warning")
    for index, line, rule in rules(file):
        if line.confirmed is None:
            continue  # a draft's opinions: the rule will change, and its question with it
        for kind, name in sorted(_needed(rule) - asked):
            yield find(
                ("eligibility", "criteria", index, "rule"),
                line.id,
                f"{line.id} needs the {kind} `{name}`, and no form asks for it.",
                f"Add an item with `{kind.replace(' ', '_')}: {name}` to a form of a visit before enrolment.",
            )


def _needed(rule: Rule) -> set[tuple[str, str]]:
    needed = {(kind, name) for kind, name, _ in names_in(rule)}
    needed |= {("opinion", part.question) for part in walk(rule) if isinstance(part, Asked)}
    needed |= {("signed", part.document) for part in walk(rule) if isinstance(part, SignedDocument)}
    return {(kind, "female" if name in ("male", "sex") else name) for kind, name in needed}


def _asked(study: Study) -> set[tuple[str, str]]:
    """What the forms of the study's visits ask for."""
    used = {form for visit in study.visits for form in visit.forms}
    asked = set()
    for form in study.forms:
        for item in form.items if form.id in used else ():
            for kind in ("concept", "value_set", "opinion", "signed"):
                if name := getattr(item, kind):
                    asked.add((kind.replace("_", " "), name))
    return asked


CHECKS: tuple[Check, ...] = (
    criteria_there,
    conditions_in_exclusions,
    two_limits,
    windows,
    normal_above_range,
    ages_agree,
    answers_asked,
)
