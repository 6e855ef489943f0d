"""Harm on a scale of its own: what was found is typed, the grade is computed, and both are kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.harm import event_known, infusion_given
from trialwright.conduct.gates.people import alive, consented
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import SITE
from trialwright.errors import FormatError
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    AcuteGvhdAssessed,
    ChronicGvhdAssessed,
    CrsAssessed,
    IcansAssessed,
    InfusionReactionAssessed,
    What,
)
from trialwright.safety.scales.acute_gvhd import grade_acute_gvhd, read_acute_gvhd
from trialwright.safety.scales.chronic_gvhd import grade_chronic_gvhd, read_chronic_gvhd
from trialwright.safety.scales.crs import grade_crs, read_crs
from trialwright.safety.scales.graded import Graded
from trialwright.safety.scales.icans import grade_icans, read_icans
from trialwright.safety.scales.infusion_reaction import grade_infusion_reaction, read_infusion_reaction

Entries = tuple[NewEntry, ...]
NOT_KNOWN = "unknown"
BESIDE = frozenset({"event", "note", "steroid_refractory", "infusion"})
"""Words of an assessment that are no finding of its scale."""
PRESUMED = frozenset({"death", "reaction"})
"""Findings with an answer of their own where nobody is asked: the person lives, and there was a reaction."""


SCALES: Mapping[type[What], Callable[[Mapping[str, str]], Graded]] = {
    AcuteGvhdAssessed: lambda words: grade_acute_gvhd(read_acute_gvhd(words)),
    ChronicGvhdAssessed: lambda words: grade_chronic_gvhd(read_chronic_gvhd(words)),
    CrsAssessed: lambda words: grade_crs(read_crs(words)),
    IcansAssessed: lambda words: grade_icans(read_icans(words)),
    InfusionReactionAssessed: lambda words: grade_infusion_reaction(read_infusion_reaction(words)),
}
"""Kind of entry -> the grade that its scale makes of the findings."""


def grade_findings(act: str, kind: type[What], said: Mapping[str, Any]) -> tuple[dict[str, str], Graded]:
    """The findings as typed, those left out also left out, and what the scale makes of them. Raises FormatError."""
    words = {name: str(word) for name, word in said.items() if word is not None}
    findings = {name: word for name, word in words.items() if word != NOT_KNOWN or name in PRESUMED}
    try:
        return findings, SCALES[kind](findings)
    except (FormatError, ValueError) as fault:
        raise FormatError(f"{act}: {fault}") from None


def graded(deed: Deed[Any], kind: type[What]) -> tuple[dict[str, str], Graded]:
    """The findings of the deed and their grade. Raises FormatError."""
    said = {part.name: getattr(deed.what, part.name) for part in fields(deed.what) if part.name not in BESIDE}
    return grade_findings(deed.act, kind, said)


def something_found(deed: Deed[Any]) -> Iterable[Reason]:
    """An assessment says at least one finding: an empty form would count as the worst it leaves open."""
    if deed.itself is not None:
        return  # looked at again, an entry has its grade, and no words of the act
    said = (getattr(deed.what, part.name) for part in fields(deed.what) if part.name not in BESIDE)
    if all(word in (None, NOT_KNOWN) for word in said):
        yield Reason(
            "assessment.nothing_found",
            f"Nothing that was found is said ({deed.act}).",
            "Say what was found, and what was looked for and is not there: what is left out counts as the worst it "
            "can be.",
        )


GATES = (consented, alive, event_known, something_found)


@dataclass(frozen=True, slots=True)
class AcuteGvhdFindings:
    """The stage of each organ, 0 to 4 (upper gut 0 or 1). What is left out is unknown and widens the grade."""

    skin: str = NOT_KNOWN
    liver: str = NOT_KNOWN
    upper_gi: str = NOT_KNOWN
    lower_gi: str = NOT_KNOWN
    steroid_refractory: str = NOT_KNOWN  # yes | no | unknown
    event: str | None = None
    note: str | None = None


@act(AcuteGvhdFindings, by=SITE, gates=GATES, writes=AcuteGvhdAssessed)
def assess_acute_gvhd(deed: Deed[AcuteGvhdFindings]) -> Entries:
    """Acute graft versus host disease is staged by organ; its grade is computed (MAGIC 2016)."""
    what = deed.what
    findings, grade = graded(deed, AcuteGvhdAssessed)
    refractory, event, note = what.steroid_refractory, what.event, what.note
    return (deed.entry(AcuteGvhdAssessed(findings, grade.text, grade.scale, grade.because, refractory, event, note)),)


@dataclass(frozen=True, slots=True)
class ChronicGvhdFindings:
    """The score of each organ, 0 to 3; excluded where another cause explains it fully; unknown if left out."""

    skin: str = NOT_KNOWN
    mouth: str = NOT_KNOWN
    eyes: str = NOT_KNOWN
    gi: str = NOT_KNOWN
    liver: str = NOT_KNOWN
    lungs: str = NOT_KNOWN
    joints: str = NOT_KNOWN
    genital: str = NOT_KNOWN
    event: str | None = None
    note: str | None = None


@act(ChronicGvhdFindings, by=SITE, gates=GATES, writes=ChronicGvhdAssessed)
def assess_chronic_gvhd(deed: Deed[ChronicGvhdFindings]) -> Entries:
    """Chronic graft versus host disease is scored by organ; its severity is computed (NIH 2014)."""
    findings, grade = graded(deed, ChronicGvhdAssessed)
    said = ChronicGvhdAssessed(findings, grade.text, grade.scale, grade.because, deed.what.event, deed.what.note)
    return (deed.entry(said),)


@dataclass(frozen=True, slots=True)
class CrsFindings:
    """The worst findings of this look at a cytokine release syndrome; what is left out is unknown.

    fever_explained  something else explains the fever; masked: it was treated since, and is asked for no more
    vasopressors     how many, vasopressin not counted
    """

    temperature_c: str | None = None
    fever_explained: str = NOT_KNOWN
    masked: str = NOT_KNOWN
    hypotension: str = NOT_KNOWN
    vasopressors: str = NOT_KNOWN
    vasopressin: str = NOT_KNOWN
    oxygen: str = NOT_KNOWN
    death: str | None = None  # left out: no
    event: str | None = None
    note: str | None = None


@act(CrsFindings, by=SITE, gates=GATES, writes=CrsAssessed)
def assess_crs(deed: Deed[CrsFindings]) -> Entries:
    """Cytokine release syndrome: what is found and needed; its grade is computed (ASTCT 2019)."""
    findings, grade = graded(deed, CrsAssessed)
    said = CrsAssessed(findings, grade.text, grade.scale, grade.because, deed.what.event, deed.what.note)
    return (deed.entry(said),)


@dataclass(frozen=True, slots=True)
class IcansFindings:
    """The ICE score form (or its sum, ice) and the worst findings of this look; what is left out is unknown."""

    ice: str = NOT_KNOWN
    orientation: str = NOT_KNOWN
    naming: str = NOT_KNOWN
    command: str = NOT_KNOWN
    writing: str = NOT_KNOWN
    attention: str = NOT_KNOWN
    consciousness: str = NOT_KNOWN
    seizure: str = NOT_KNOWN
    motor: str = NOT_KNOWN
    oedema: str = NOT_KNOWN
    event: str | None = None
    note: str | None = None


@act(IcansFindings, by=SITE, gates=GATES, writes=IcansAssessed)
def assess_icans(deed: Deed[IcansFindings]) -> Entries:
    """Neurotoxicity: the ICE score form and what is found; its grade is computed (ICANS, ASTCT 2019)."""
    findings, grade = graded(deed, IcansAssessed)
    said = IcansAssessed(findings, grade.text, grade.scale, grade.because, deed.what.event, deed.what.note)
    return (deed.entry(said),)


@dataclass(frozen=True, slots=True)
class InfusionReactionFindings:
    """A reaction at its worst, and what had to be done about it; what is left out is unknown, death apart."""

    infusion: int
    interrupted: str = NOT_KNOWN
    prompt_response: str = NOT_KNOWN
    prophylaxis_hours: str | None = None
    prolonged_or_recurrent: str = NOT_KNOWN
    hospitalised: str = NOT_KNOWN
    life_threatening: str = NOT_KNOWN
    death: str | None = None  # left out: no
    reaction: str | None = None  # left out: yes
    event: str | None = None
    note: str | None = None


@act(
    InfusionReactionFindings,
    by=SITE,
    gates=(consented, alive, event_known, infusion_given),
    writes=InfusionReactionAssessed,
)
def assess_infusion_reaction(deed: Deed[InfusionReactionFindings]) -> Entries:
    """A reaction to an infusion: what is found and done; its grade is computed (CTCAE)."""
    what = deed.what
    findings, grade = graded(deed, InfusionReactionAssessed)
    said = InfusionReactionAssessed(
        findings, grade.text, grade.scale, what.infusion, grade.because, what.event, what.note
    )
    return (deed.entry(said),)
