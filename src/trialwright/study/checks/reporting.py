"""Will the right people be told of harm in time: the regimes of reporting, and the reference information."""

import difflib
from collections.abc import Iterator
from itertools import pairwise

from trialwright.study.checks.treatment import gives_something, is_early
from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.reader import StudyFile
from trialwright.study.reporting import Regime
from trialwright.study.shipped_regimes import SHIPPED
from trialwright.study.tree import Path

HERE: Path = ("safety", "reporting")


def reporting_there(file: StudyFile) -> Iterator[Finding]:
    """A phase 1 says who is told of its serious events, and by when."""
    reporting = file.study.safety.reporting
    if reporting is None:
        if is_early(file.study) and gives_something(file.study):
            yield Finder(file, "no-reporting", "warning")(
                HERE,
                "safety",
                "the study does not say who is told of a serious event, and by when: no clock runs, none is overdue.",
                "Add `reporting:` under `safety`, with initiated_by and regimes.",
            )
        return
    applying = [*(SHIPPED[name] for name in reporting.regimes if name in SHIPPED), *reporting.own_regimes]
    if not applying:
        yield Finder(file, "no-regimes", "error")(
            HERE,
            "reporting",
            "it names no regime, so no clock runs.",
            f"Add `regimes:` with names of: {', '.join(SHIPPED)}.",
        )
    elif not any(regime.when == "serious" for regime in applying):
        yield Finder(file, "not-every-serious-event", "warning")(
            HERE,
            "reporting",
            "its regimes ask only for unexpected or related events: nobody is told of the other serious ones.",
            "Add `site` to `regimes`, or an own regime with `when: serious`.",
        )


def regimes_known(file: StudyFile) -> Iterator[Finding]:
    """Every name is that of a regime that ships, and no name means two."""
    reporting = file.study.safety.reporting
    if reporting is None:
        return
    unknown, repeated = Finder(file, "unknown-regime", "error"), Finder(file, "repeated-regime", "error")
    own = {regime.id for regime in reporting.own_regimes}
    for index, name in enumerate(reporting.regimes):
        place = (*HERE, "regimes", index)
        if name in reporting.regimes[:index]:
            yield repeated(place, name, f"the regime `{name}` is named twice.", "Delete one of them.")
        elif name in own and name not in SHIPPED:
            yield repeated(
                place,
                name,
                f"`{name}` stands under `own_regimes`, and those apply without being named.",
                "Delete it here.",
            )
        elif name not in SHIPPED:
            near = difflib.get_close_matches(name, SHIPPED, n=1)
            yield unknown(
                place,
                name,
                f"no regime is called `{name}`.",
                f"Did you mean `{near[0]}`?"
                if near
                else f"Take one of: {', '.join(SHIPPED)}; or write it under `own_regimes`.",
            )
    for index, regime in enumerate(reporting.own_regimes):
        if regime.id in SHIPPED:
            yield repeated(
                (*HERE, "own_regimes", index),
                regime.id,
                f"a regime called `{regime.id}` ships with trialwright: one name would mean two.",
                "Give yours another id, and leave the other out of `regimes`.",
            )


def limits(file: StudyFile) -> Iterator[Finding]:
    """A regime has a time to keep, of one kind."""
    reporting = file.study.safety.reporting
    without, both = Finder(file, "no-limit", "error"), Finder(file, "hours-and-days", "error")
    for index, regime in enumerate(reporting.own_regimes if reporting else ()):
        place = (*HERE, "own_regimes", index)
        if regime.hours is None and not _has_days(regime):
            yield without(
                place,
                regime.id,
                f"the regime {regime.id} sets no time, so nothing is ever due under it.",
                "Add hours, or fatal_days and other_days.",
            )
        if regime.hours is not None and _has_days(regime):
            yield both(
                place,
                regime.id,
                f"the regime {regime.id} sets hours and days for the first report.",
                "Make two regimes of it.",
            )


def _has_days(regime: Regime) -> bool:
    return regime.fatal_days is not None or regime.other_days is not None


def reference_information(file: StudyFile) -> Iterator[Finding]:
    """Each version of the reference information is in force from a later day than the one before it."""
    reporting = file.study.safety.reporting
    lines = reporting.reference_information if reporting else ()
    find = Finder(file, "reference-information-order", "error")
    for index, (before, after) in enumerate(pairwise(lines), 1):
        if after.valid_from <= before.valid_from:
            yield find(
                (*HERE, "reference_information", index, "valid_from"),
                after.version,
                f"version {after.version} is valid from {after.valid_from}, and version {before.version} above it from "
                f"{before.valid_from}: it cannot be told which is in force.",
                "Put the versions in the order of their days, or correct a day.",
            )
        if after.version in {line.version for line in lines[:index]}:
            yield find(
                (*HERE, "reference_information", index, "version"),
                after.version,
                f"version {after.version} stands twice.",
                "Give each version its own name.",
            )


CHECKS: tuple[Check, ...] = (reporting_there, regimes_known, limits, reference_information)
