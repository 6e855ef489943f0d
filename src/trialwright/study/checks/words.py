"""What the words leave open: "mainly", "normal", "guidelines", "cohort". Read in the protocol's own text.

The words of a study are its criteria's, its chemotherapy's and its endpoints'; where those are not written yet (a
draft), the record's own text stands in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the protocol's text, where it stands, and whose it is; `at` if it begins within a longer one."""

    path: Path
    subject: str
    text: str
    at: int | None = None


def criterion_passages(file: StudyFile) -> Iterator[Passage]:
    """The words of every criterion."""
    for index, line in enumerate(file.study.eligibility.criteria):
        yield Passage(("eligibility", "criteria", index, "text"), line.id, line.text)


def record_passages(file: StudyFile) -> Iterator[Passage]:
    """The record's summary and description."""
    record = file.study.record
    for key in ("brief_summary", "detailed_description"):
        text = getattr(record, key) if record else None
        if text:
            yield Passage(("record", key), key, text)


def endpoint_passages(file: StudyFile) -> Iterator[Passage]:
    """The record's words for every endpoint, and its own list of outcomes."""
    for index, endpoint in enumerate(file.study.endpoints):
        if endpoint.text:
            yield Passage(("endpoints", index, "text"), endpoint.id, endpoint.text)
    outcomes = (file.study.record.rest if file.study.record else {}).get("outcomesModule", {})
    for key in ("primaryOutcomes", "secondaryOutcomes"):
        for index, outcome in enumerate(outcomes.get(key, ())):
            yield Passage(("record", "rest", "outcomesModule", key, index, "measure"), key, outcome.get("measure", ""))


_HEDGE = re.compile(r"\b(mainly|mostly|preferabl[ey]|generally|usually|typically|primarily|as a rule)\b", re.IGNORECASE)


def hedges(file: StudyFile) -> Iterator[Finding]:
    """A criterion that says "mainly": nobody can be judged by it."""
    find = Finder(file, "not-a-rule", "warning")
    for passage in criterion_passages(file):
        if found := _HEDGE.search(passage.text):
            yield find(
                passage.path,
                passage.subject,
                f'"{found[0]}" is no rule: it gives neither share nor order, so nobody is let in or kept out by it.',
                "Say who is let in; or leave it an opinion of the investigator, and note why.",
                at=found.start(),
            )


_GUIDELINE = re.compile(r"\b(guidelines?|NCCN|WHO classification|ELN)\b", re.IGNORECASE)
_EDITION = re.compile(r"\b(19|20)\d\d\b|\bversion\b|\bedition\b|\bv\.? ?\d", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.\n]+(?:\.|\n|$)")


def editions(file: StudyFile) -> Iterator[Finding]:
    """A guideline without its edition: it changes every year."""
    find = Finder(file, "which-edition", "warning")
    chemotherapy = file.study.treatment.chemotherapy
    passages = list(criterion_passages(file))
    if chemotherapy and chemotherapy.text:
        passages.append(Passage(("treatment", "chemotherapy", "text"), "chemotherapy", chemotherapy.text))
    else:
        passages += record_passages(file)
    for passage in passages:
        for sentence in _SENTENCE.finditer(passage.text):
            named = _GUIDELINE.search(sentence[0])
            if named and not _EDITION.search(sentence[0]):
                yield find(
                    passage.path,
                    passage.subject,
                    f'"{named[0]}": which edition? Guidelines change, and with them who may enter and what is given.',
                    "Name edition and year; or note which one is meant.",
                    at=sentence.start() + named.start(),
                )
                break


_COHORT = re.compile(r"\b(interventional|treatment|experimental|study|intervention) cohorts?\b", re.IGNORECASE)


def unnamed_cohorts(file: StudyFile) -> Iterator[Finding]:
    """An endpoint "of Interventional cohort", in a study whose arms are called something else."""
    find = Finder(file, "unnamed-cohort", "warning")
    record = file.study.record
    labels = " ".join(arm.label.lower() for arm in record.arms) if record else ""
    passages = list(endpoint_passages(file))
    seen = {passage.text for passage in passages if _COHORT.search(passage.text)}
    for passage in (*passages, *([] if seen else record_passages(file))):
        found = _COHORT.search(passage.text)
        if found and found[0].lower() not in labels:
            yield find(
                passage.path,
                passage.subject,
                f'"{found[0]}": who is that? No group has this name; all enrolled, or all who were given cells?',
                "Give the endpoint its `population`, and note why it is that one.",
                at=found.start(),
            )


_GROUP_IN = re.compile(r"complete remission|\bCR\b|remission", re.IGNORECASE)
_GROUP_OUT = re.compile(r"refractory|relapsed", re.IGNORECASE)
_FIRST = re.compile(
    r"newly[- ]diagnosed|untreated|first[- ](line|induction)|de novo|treatment[- ]na[iï]ve", re.IGNORECASE
)


def left_out_groups(file: StudyFile) -> Iterator[Finding]:
    """Treatment "during induction", and criteria that name only those after it: first induction falls between."""
    words = [*criterion_passages(file), *record_passages(file)]
    text = "\n".join(passage.text for passage in words)
    if not (_GROUP_IN.search(text) and _GROUP_OUT.search(text)) or _FIRST.search(text):
        return
    index = next((i for i, phase in enumerate(file.study.phases) if "induction" in phase.label.lower()), None)
    path: Path | None = None if index is None else ("phases", index)
    at: int | None = None
    for passage in record_passages(file):
        if path is None and (found := re.search(r"during induction", passage.text, re.IGNORECASE)):
            path, at = passage.path, found.start()
    if path is not None:
        yield Finder(file, "left-out-group", "warning")(
            path,
            "first induction",
            "cells are given during induction, but the groups named are remission and refractory or relapsed disease: "
            "whoever is in a first induction, not yet assessed, belongs to neither.",
            "Say whether they may enter: in a criterion, and under `disease_status`.",
            at=at,
        )


CHECKS: tuple[Check, ...] = (hedges, editions, unnamed_cohorts, left_out_groups)
