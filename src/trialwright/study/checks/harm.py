"""The definition of too much harm: items that can count, terms that exist, triggers that fire, people who decide."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from trialwright.ctcae.catalogue import catalogue
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile
from trialwright.study.safety import Safety, Toxicity

_OF_SCALE: Final = {
    "back_to": ("CTCAE",),
    "terms": ("CTCAE",),
    "without": ("CTCAE",),
    "due_to": ("CTCAE",),
    "unless_due_to": ("CTCAE",),
    "or_lasting": ("CRS", "ICANS", "acute GVHD"),
    "or_refractory": ("acute GVHD",),
    "recovery": ("count recovery",),
}
"""Field of a toxicity -> the scales it means something for."""
HIGHEST: Final = {"CTCAE": 5, "CRS": 5, "ICANS": 4, "acute GVHD": 4}
DECIDING: Final = ("investigator", "safety board")
"""The roles that may write a decision about the whole trial."""


def toxicities_count(file: StudyFile) -> Iterator[Finding]:
    """Each item of the definition says from which grade on it counts, in the words of its scale."""
    dlt = file.study.safety.dlt
    for index, item in enumerate(dlt.items if dlt else ()):
        path = ("safety", "dlt", "items", index)
        for meaning, what_to_do in _unclear(item):
            yield Finder(file, "toxicity-unclear", "error")(path, item.id, meaning, what_to_do)


def _unclear(item: Toxicity) -> Iterator[tuple[str, str]]:
    for field, scales in _OF_SCALE.items():
        if getattr(item, field) and item.scale not in scales:
            yield (
                f"`{field}` means nothing on the scale {item.scale}, so this line would count otherwise than it says.",
                f"Delete `{field}`, or give the scale {' or '.join(scales)}.",
            )
    if item.scale == "count recovery":
        if item.recovery is None:
            yield "it does not say which counts must recover by when.", "Add `recovery:`."
        return
    if item.grade_at_least is None and item.or_lasting is None and item.or_refractory is None:
        yield "it does not say from which grade on it counts.", "Add `grade_at_least:`."
    highest = HIGHEST[item.scale]
    for grade in (item.grade_at_least, item.or_refractory):
        if grade is not None and grade > highest:
            yield f"{item.scale} ends at grade {highest}; it would never count.", f"Write {highest} or less."


def terms_exist(file: StudyFile) -> Iterator[Finding]:
    """Every term the safety block names is one of CTCAE, in the study's version or the other."""
    for path, subject, names in _named(file.study.safety):
        for name in names:
            if name in _known():
                continue
            near = get_close_matches(name, sorted(_known()), 1, cutoff=0.8)
            yield Finder(file, "unknown-term", "error")(
                path,
                subject,
                f"CTCAE has neither a term nor a system organ class {name!r}, so nothing would ever match it.",
                f"Did you mean `{near[0]}`?" if near else "Search the term: `trialwright ctcae WORDS`.",
            )


def _named(safety: Safety) -> Iterator[tuple[tuple[str | int, ...], str, Iterable[str]]]:
    for index, item in enumerate(safety.dlt.items if safety.dlt else ()):
        for field, names in (("terms", item.terms), ("without", item.without)):
            if names:
                yield ("safety", "dlt", "items", index, field), item.id, names
    if safety.collection and safety.collection.without_end:
        yield ("safety", "collection", "without_end"), "collection", safety.collection.without_end


def _known() -> frozenset[str]:
    """Terms and system organ classes of both versions."""
    return frozenset(
        name
        for version in (catalogue("5.0"), catalogue("6.0"))
        for name in (*(term.name for term in version.terms), *version.socs)
    )


def triggers_fire(file: StudyFile) -> Iterator[Finding]:
    """Each trigger can fire."""
    study = file.study
    tests = study.product.release_tests if study.product else ()
    for index, trigger in enumerate(study.safety.triggers):
        path = ("safety", "triggers", index)
        if trigger.happens == "death" and not trigger.due_to:
            yield Finder(file, "trigger-unclear", "error")(
                path,
                trigger.id,
                "a death pauses the trial, and nothing says due to what: no death judged so far would ever count.",
                "Add `due_to:`, such as [nk_cells, chemotherapy, premedication].",
            )
        if trigger.happens == "acute GVHD" and not 1 <= (trigger.grade_at_least or 0) <= HIGHEST["acute GVHD"]:
            yield Finder(file, "trigger-unclear", "error")(
                path,
                trigger.id,
                "it does not say from which grade on acute graft versus host disease pauses the trial.",
                "Add `grade_at_least:`, 1 to 4.",
            )
        if trigger.happens == "contamination" and not any(test.shows_contamination for test in tests):
            yield Finder(file, "trigger-unclear", "error")(
                path,
                trigger.id,
                "no release test of the product shows contamination, so this can never fire.",
                "Mark those tests with `shows_contamination: true`.",
            )


def decided_by_somebody(file: StudyFile) -> Iterator[Finding]:
    """Somebody who may write a decision is named for it."""
    named = file.study.safety.decided_by
    for index, role in enumerate(named):
        if role not in DECIDING:
            yield Finder(file, "nobody-decides", "error")(
                ("safety", "decided_by", index),
                "decided_by",
                f"{role!r} cannot write the decision that resumes a paused trial.",
                f"Name {' or '.join(DECIDING)}.",
            )
    if not named:
        yield Finder(file, "nobody-decides", "error")(
            ("safety",),
            "decided_by",
            "nobody may resume the trial once it is paused.",
            "Name who decides: `decided_by: [safety board]`.",
        )


CHECKS: tuple[Check, ...] = (toxicities_count, terms_exist, triggers_fire, decided_by_somebody)
