"""Which regimes of reporting apply to a study, and whether an event was expected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialwright.facts import FALSE, TRUE, UNKNOWN, Occurred, Truth
from trialwright.study.reporting import ReferenceInformation, Regime, Reporting
from trialwright.study.shipped_regimes import SHIPPED


def regimes_of(reporting: Reporting | None) -> tuple[Regime, ...]:
    """The regimes that apply, in the order of the study file; none where the study says nothing of reporting.

    In an investigator-initiated trial the site is its own sponsor: every clock counts from the site's awareness, the
    investigator reports, and nobody is told of what he told himself. A name that does not ship is left out: the lint
    finds it, as an error, before any act.
    """
    if reporting is None:
        return ()
    named = tuple(SHIPPED[name] for name in reporting.regimes if name in SHIPPED)
    applying = (*named, *reporting.own_regimes)
    return applying if reporting.initiated_by == "sponsor" else tuple(_without_sponsor(each) for each in applying)


def _without_sponsor(regime: Regime) -> Regime:
    others = tuple(each for each in regime.to if each != "sponsor") or regime.to
    return replace(regime, day_0="site_aware", by="investigator", to=others)


@dataclass(frozen=True, slots=True)
class Expectedness:
    """Whether an event was unexpected, by which version of the reference information, and why.

    version  "1.0 or 2.0" where the onset allows both and both say the same; None where nothing can be said.
    """

    unexpected: Truth
    version: str | None
    because: str


def judge_expectedness(
    term: str, onset: Occurred | None, *, fatal: Truth, reference_information: Sequence[ReferenceInformation]
) -> Expectedness:
    """Whether an event is unexpected against the reference information in force at its onset.

    fatal   whether its course is fatal or life-threatening: such a course is expected only where the list says so.
    Gives   UNKNOWN where the onset is not known well enough to name one answer, or no version was in force.
    Source  ICH E2A, sections II.C and III: nature and severity against the reference document; from memory.
    """
    if onset is None:
        return Expectedness(UNKNOWN, None, "the onset is not known, and with it the version to judge by.")
    versions = _in_force(onset, reference_information)
    if not versions:
        return Expectedness(UNKNOWN, None, f"no reference information was in force at the onset, {onset}.")
    found = [_listed(term, fatal, version) for version in versions]
    names = " or ".join("none" if version is None else version.version for version in versions)
    last = versions[-1]
    if last is None or None in versions or any(each is not found[0] for each in found):
        return Expectedness(UNKNOWN, None, f"the onset, {onset}, leaves open which version was in force: {names}.")
    return Expectedness(found[0], names, _said(term, found[0], last, names))


def _in_force(onset: Occurred, lines: Sequence[ReferenceInformation]) -> list[ReferenceInformation | None]:
    """The versions that may have been in force at the onset; None among them for "none yet". Empty: certainly none."""
    ordered = sorted(lines, key=lambda line: line.valid_from)
    before = [line for line in ordered if line.valid_from <= onset.earliest.isoformat()]
    during = [line for line in ordered if onset.earliest.isoformat() < line.valid_from <= onset.latest.isoformat()]
    if not before and not during:
        return []
    return [before[-1] if before else None, *during]


def _listed(term: str, fatal: Truth, version: ReferenceInformation | None) -> Truth:
    """Whether a term is unexpected by one version."""
    if version is None:
        return UNKNOWN
    if _among(term, version.expected_fatal):
        return FALSE
    return fatal if _among(term, version.expected) else TRUE


def _among(term: str, terms: Sequence[str]) -> bool:
    return term.strip().casefold() in {each.strip().casefold() for each in terms}


def _said(term: str, unexpected: Truth, version: ReferenceInformation, names: str) -> str:
    named = f"{term}, by version {names} of the reference information"
    if unexpected is FALSE:
        return f"{named}: expected."
    if unexpected is UNKNOWN:
        return f"{named}: expected, but not as fatal or life-threatening; whether it is, is not known."
    if _among(term, version.expected):
        return f"{named}: expected, but not as fatal or life-threatening."
    return f"{named}: not listed, so unexpected."
