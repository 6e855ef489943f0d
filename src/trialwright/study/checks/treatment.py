"""Can a participant be treated by this study: dose, days, protection, release, and what is known to go wrong."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from trialwright.study.checks.words import record_passages
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import Study
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path


def is_early(study: Study) -> bool:
    """Whether a study is a phase 1: the first question is whether the cells do harm."""
    return study.record is not None and any(phase in ("PHASE1", "EARLY_PHASE1") for phase in study.record.phases)


def gives_something(study: Study) -> bool:
    """Whether anything is given at all: neither a table of the past nor an observational study."""
    observed = study.record is not None and study.record.study_type not in (None, "INTERVENTIONAL")
    return not study.historical and not observed


def missing_infusion(file: StudyFile) -> Iterator[Finding]:
    """How much, how often and when cells are given."""
    study = file.study
    if not gives_something(study):
        return
    infusion, chemotherapy = study.treatment.infusion, study.treatment.chemotherapy
    if infusion is None or infusion.dose is None:
        yield Finder(file, "no-dose", "error")(
            ("treatment", "infusion"),
            "infusion",
            "the study names no dose, so none can be too low or too high.",
            "Add `dose:` with low and high, in cells per kg, under `treatment: infusion`.",
        )
    if infusion is None or infusion.max_infusions is None:
        yield Finder(file, "no-infusion-count", "error")(
            ("treatment", "infusion"),
            "infusion",
            "the study does not say how many infusions one person may have.",
            "Add `max_infusions:` under `treatment: infusion`.",
        )
    if chemotherapy and (infusion is None or infusion.max_days_after_chemotherapy is None):
        yield Finder(file, "no-infusion-days", "error")(
            ("treatment", "infusion"),
            "infusion",
            '"after chemotherapy": the study does not say how many days after it the cells are given.',
            "Add min_days_after_chemotherapy and max_days_after_chemotherapy.",
        )


def missing_product(file: StudyFile) -> Iterator[Finding]:
    """What the cells must pass, and how long they live."""
    study = file.study
    if not gives_something(study):
        return
    if study.product is None or not study.product.release_tests:
        yield Finder(file, "no-release-tests", "error")(
            ("product",),
            "product",
            "no test is named that a lot must pass, so no lot can be released.",
            "Add `release_tests:` under `product`, each with id, label and rule.",
        )
    if study.product is None or study.product.expiry_hours is None:
        yield Finder(file, "no-expiry", "error")(
            ("product",),
            "product",
            "the study does not say how long the cells may be given after they are made.",
            "Add `expiry_hours:` under `product`.",
        )


def missing_protection(file: StudyFile) -> Iterator[Finding]:
    """What goes before every infusion of a donor's cells."""
    study = file.study
    if not gives_something(study):
        return
    if study.treatment.premedication is None:
        yield Finder(file, "no-premedication", "error")(
            ("treatment",),
            "premedication",
            "the study names no medication against an allergic reaction to the cells.",
            "Add `premedication:` with groups and minutes; corticosteroids blunt NK cells, so ask before naming one.",
        )
    if study.treatment.gvhd_prophylaxis is None:
        yield Finder(file, "no-prophylaxis", "error")(
            ("treatment",),
            "gvhd_prophylaxis",
            "the study names no prophylaxis against graft versus host disease.",
            "Add `gvhd_prophylaxis:` with its agents.",
        )
    if study.treatment.infusion and study.treatment.infusion.verifiers < 2:
        yield Finder(file, "one-verifier", "warning")(
            ("treatment", "infusion", "verifiers"),
            "infusion",
            "one person alone checks cells and recipient before an infusion.",
            "Standards for cell therapy ask for two: write `verifiers: 2`.",
        )


def reversed_limits(file: StudyFile) -> Iterator[Finding]:
    """A window that ends before it begins."""
    find = Finder(file, "reversed-limits", "error")
    infusion, before = file.study.treatment.infusion, file.study.treatment.premedication
    pairs: list[tuple[Path, str, Decimal | int | None, Decimal | int | None]] = []
    if infusion:
        low, high = infusion.min_days_after_chemotherapy, infusion.max_days_after_chemotherapy
        pairs.append((("treatment", "infusion"), "days after chemotherapy", low, high))
    if infusion and infusion.dose:
        pairs.append((("treatment", "infusion", "dose"), "dose", infusion.dose.low, infusion.dose.high))
    if before:
        pairs.append((("treatment", "premedication"), "minutes", before.min_minutes_before, before.max_minutes_before))
    for path, what, low_end, high_end in pairs:
        if low_end is not None and high_end is not None and low_end > high_end:
            yield find(
                path,
                str(path[-1]),
                f"{what}: the lowest, {low_end}, is above the highest, {high_end}.",
                "Exchange the two.",
            )


_STEROID: Final = re.compile(r"(dexa|beta)methasone|(methyl)?prednis(ol)?one|hydrocortisone|steroid", re.IGNORECASE)


def steroids(file: StudyFile) -> Iterator[Finding]:
    """A corticosteroid close to an infusion of NK cells blunts them."""
    find = Finder(file, "steroid-near-infusion", "warning")
    treatment = file.study.treatment
    lists: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("premedication", (*treatment.premedication.agents,) if treatment.premedication else ()),
        ("gvhd_prophylaxis", treatment.gvhd_prophylaxis.agents if treatment.gvhd_prophylaxis else ()),
    )
    groups = treatment.premedication.groups if treatment.premedication else ()
    named = [(("treatment", "premedication", "groups", i), name) for i, name in enumerate(groups)]
    named += [(("treatment", block, "agents", i), name) for block, agents in lists for i, name in enumerate(agents)]
    for path, agent in named:
        if _STEROID.search(agent):
            yield find(
                path,
                str(path[1]),
                f"{agent} is a corticosteroid, given within hours of NK cells: it blunts what they are given for.",
                "Choose another agent, or note why it is needed; ask the investigator.",
            )


_ANTHRACYCLINE: Final = re.compile(r"anthracyclin\w*[- ]based|anthracyclin", re.IGNORECASE)


def consolidation(file: StudyFile) -> Iterator[Finding]:
    """ "Anthracycline-based" chemotherapy, and consolidation, which usually has none."""
    study = file.study
    find = Finder(file, "consolidation-without-anthracycline", "warning")
    meaning = (
        "chemotherapy is to be anthracycline-based, and participants in consolidation are taken too: the "
        "consolidation of the guidelines is cytarabine alone."
    )
    what_to_do = "Say what is given in consolidation; a cycle without anthracycline is flagged then, not refused."
    if study.treatment.chemotherapy is not None:
        consolidated = any("consolidation" in phase.label.lower() for phase in study.phases)
        if study.treatment.chemotherapy.anthracycline_expected and consolidated:
            yield find(("treatment", "chemotherapy"), "chemotherapy", meaning, what_to_do)
        return
    for passage in record_passages(file):
        found = _ANTHRACYCLINE.search(passage.text)
        if found and "consolidation" in passage.text.lower():
            yield find(passage.path, "chemotherapy", meaning, what_to_do, at=found.start())


CHECKS: tuple[Check, ...] = (
    missing_infusion,
    missing_product,
    missing_protection,
    reversed_limits,
    steroids,
    consolidation,
)
