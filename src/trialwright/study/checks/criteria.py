"""Can a person be judged by the criteria: confirmed, every name known, one limit, a window, a place to answer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trialwright.criteria import Library, check_criteria
from trialwright.criteria.language import (
    Asked,
    Between,
    Compare,
    Comparison,
    Flag,
    Rule,
    SignedDocument,
    walk,
)
from trialwright.facts import convert, read_unit
from trialwright.study.checks.names import names_in, rules
from trialwright.study.eligibility import criterion_of, library_of
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import Study
from trialwright.study.reader import StudyFile


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


_TWO_LIMITS: Final = re.compile(
    r"(?P<name>creatinine|bilirubin)[^.]{0,40}?(?P<mass>\d+(?:\.\d+)?)\s*mg\s*/\s*dL"
    r"[^.\d]{0,12}(?P<molar>\d+(?:\.\d+)?)\s*[µμu]mol\s*/\s*L",
    re.IGNORECASE,
)


def limits_in_words(file: StudyFile) -> Iterator[Finding]:
    """3.0 mg/dL beside 260 umol/L in the protocol's own words, before anybody has made a rule of them."""
    library = library_of(file.study.eligibility)
    for index, line, rule in rules(file):
        for found in _TWO_LIMITS.finditer(line.text) if isinstance(rule, Asked) else ():
            limits = f"{found['mass']} mg/dL | {found['molar']} umol/L within 1 day before enrolment"
            as_rule = replace(criterion_of(line), rule=f"{found['name'].lower()} <= {limits}", confirmed="nobody")
            for disagreement in check_criteria([as_rule], library):
                yield Finder(file, disagreement.code, "warning")(
                    ("eligibility", "criteria", index, "text"),
                    line.id,
                    disagreement.message,
                    disagreement.proposal,
                    at=found.start("molar"),
                )


_LIMIT_WORDS: Final = re.compile(
    r"[≤≥<>]|\b(times|at least|no more than|less than|greater than)\b|upper limit", re.IGNORECASE
)
_WINDOW_WORDS: Final = re.compile(r"\b(within|prior to|before|days?|weeks?|months?)\b", re.IGNORECASE)


def windows(file: StudyFile) -> Iterator[Finding]:
    """A yes or no that grows old, or words that compare a value, and nothing that says how old it may be."""
    library = library_of(file.study.eligibility)
    find = Finder(file, "no-window", "warning")
    for index, line, rule in rules(file):
        for part in walk(rule):
            concept = library.concepts.get(part.name) if isinstance(part, Flag) and not part.windows else None
            if concept and concept.window_days is not None:
                yield find(
                    ("eligibility", "criteria", index, "rule"),
                    line.id,
                    f"How old may the answer to {concept.en or concept.name} be? The rule names no time window.",
                    f"Write `{concept.name} within {concept.window_days} days before enrolment`.",
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
    limits_in_words,
    windows,
    normal_above_range,
    ages_agree,
    answers_asked,
)
