"""What an assessment of the disease amounts to by the rules: its findings read, the remission it is judged against."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from trialwright.conduct.deed import Deed
from trialwright.conduct.samples import RELAPSE, blood_blasts_since
from trialwright.conduct.schedule import REMISSIONS
from trialwright.endpoints.eln import (
    CRITERIA,
    NOT_KNOWN,
    Findings,
    judge_mrd,
    judge_relapse,
    judge_response,
)
from trialwright.errors import FormatError
from trialwright.facts import Occurred, Quantity, parse_occurred, parse_quantity
from trialwright.facts.order import days_between
from trialwright.facts.truth import FALSE, TRUE, UNKNOWN, Truth
from trialwright.facts.units import convert, read_unit
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Enrolled, Relapsed, ResponseAssessed
from trialwright.study.model import Study

KEPT: Final = "remission kept"
MOST: Final = {"anc": 500, "platelets": 5000}
"""More than this x 10^9/L is a number whose unit was left out."""
_TRUTHS: Final = {"yes": TRUE, "no": FALSE}
_UNITS: Final = {
    "blasts_percent": "%",
    "pretreatment_blasts_percent": "%",
    "anc": "10*9/L",
    "platelets": "10*9/L",
    "mrd_percent": "%",
    "mrd_sensitivity_percent": "%",
}
WEEK: Final = 7
"""Days between two blood samples that show a relapse together (ELN 2022, from memory)."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the rules make of an assessment.

    computed  the category, "CR or CRh" where open, "not known" where nothing is excluded
    settled   the category to be written where nobody names one; None where the findings leave it open
    accepts   the categories that do not contradict the findings; None: everything
    """

    computed: str
    settled: str | None
    accepts: frozenset[str] | None
    because: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remission:
    """A remission that lasts, as far as is known: since when, and whether the person was enrolled in it."""

    since: Occurred
    at_enrolment: bool


# --- what was found ---


def findings_of(what: Any) -> Findings:
    """The findings of an assessment; what cannot be read is not known."""
    said = {name: _read(what, name) for name in _UNITS}
    truths = {
        name: _TRUTHS.get(getattr(what, name), UNKNOWN)
        for name in ("circulating_blasts", "extramedullary", "marrow_adequate", "auer_rods", "counts_supported")
    }
    return Findings(
        said["blasts_percent"],
        said["anc"],
        said["platelets"],
        pretreatment_blasts=said["pretreatment_blasts_percent"],
        **truths,
    )


def check_numbers(act: str, what: Any) -> None:
    """Raises FormatError for the first number of an assessment that nobody can read, or whose unit was left out."""
    for name, unit in _UNITS.items():
        text = getattr(what, name)
        if text is None:
            continue
        try:
            typed = parse_quantity(text, unit if name.endswith("_percent") else None)
        except FormatError as fault:
            raise FormatError(f"{act}: {name}: {fault.message}") from None
        number = _in(typed, unit)
        if number is None or number < 0:
            raise FormatError(f"{act}: {name}: {text!r} was given; a number of 0 or more in {unit} was expected.")
        if unit == "%" and number > 100:
            raise FormatError(f"{act}: {name}: {text!r} was given; 0 to 100 was expected.")
        if number > MOST.get(name, number):
            raise FormatError(
                f"{act}: {name}: {text!r} is more than {MOST[name]} x 10^9/L. Write the unit, such as 1200 /uL."
            )


def _read(what: Any, name: str) -> Quantity | None:
    text = getattr(what, name)
    try:
        return parse_quantity(text) if text else None
    except FormatError:
        return None


def _in(quantity: Quantity, unit: str) -> Fraction | None:
    wanted = read_unit(unit)
    measured = wanted if quantity.unit is None else quantity.measured_in
    return convert(Fraction(quantity.number), measured, wanted) if measured and wanted else None


# --- what the person's remission was before ---


def remission_before(
    deed: Deed[Any], *, ended_by: tuple[type[Any], ...] = (Relapsed, ResponseAssessed)
) -> Remission | None:
    """The remission that lasted when the sample of this deed was taken; None if there was none.

    Enrolment in remission counts from its own day on, an assessment from the day after its sample. A molecular
    relapse ends no remission. `ended_by`: entries that end one; an assessment ends it with the category "relapse".
    """
    lasts: Remission | None = None
    for when, entry in _milestones(deed):
        what = entry.what
        if isinstance(what, Enrolled):
            lasts = Remission(when, True) if what.in_remission else None
        elif isinstance(what, ended_by) and _ends(what):
            lasts = None
        elif isinstance(what, ResponseAssessed) and what.category in REMISSIONS and lasts is None:
            lasts = Remission(when, False)
    return lasts


def _milestones(deed: Deed[Any]) -> list[tuple[Occurred, Entry[Any]]]:
    """Enrolment, assessments and relapses before the deed, oldest first."""
    enrolled = [entry for entry in deed.all(Enrolled) if not deed.precedes(entry)]
    later = [entry for kind in (ResponseAssessed, Relapsed) for entry in deed.all(kind) if deed.follows(entry)]
    dated = [(parse_occurred(entry.occurred), entry) for entry in (*enrolled, *later) if entry.occurred]
    return sorted(dated, key=lambda pair: (pair[0].earliest, pair[1].order))


def _ends(what: Any) -> bool:
    return what.how != "molecular" if isinstance(what, Relapsed) else what.category == RELAPSE


def blood_blasts_before(deed: Deed[Any], remission: Remission) -> Truth:
    """Whether blasts were found in a blood sample a week or more before this one, since the remission."""
    found = blood_blasts_since(deed, remission.since)
    return TRUE if any(days_between(when, deed.when)[0] >= WEEK for when in found) else FALSE


# --- what the rules make of it ---


def assessed(deed: Deed[Any]) -> Assessed:
    """What the rules make of the deed's assessment, seen from the day of its sample.

    For somebody in remission the question is whether it was kept. Whoever was enrolled in one has "remission kept";
    whoever reached it since has the category of the day, which may be better than the first. A relapse is computed
    here, and recorded by its own act (`relapse`), which says how it showed and bears the date that counts.
    """
    what, study = deed.what, deed.study
    criteria = criteria_of(what, study)
    if criteria is None:
        return Assessed("", None, None, ())
    found = findings_of(what)
    by_rule = judge_response(found, criteria, cri_literal_or=study.response.cri_literal_or)
    lasts = remission_before(deed)
    if lasts is None:
        return Assessed(by_rule.said, by_rule.category, frozenset(by_rule.possible), by_rule.because, by_rule.missing)
    relapsed = judge_relapse(found, blood_blasts_before=blood_blasts_before(deed, lasts)).relapsed
    possible = frozenset(by_rule.possible)
    if relapsed is TRUE:
        return Assessed(RELAPSE, RELAPSE, frozenset({RELAPSE}), by_rule.because)
    if relapsed is FALSE:
        known = by_rule.category if not lasts.at_enrolment else None
        return Assessed(known or KEPT, known or KEPT, possible | {KEPT}, by_rule.because)
    if by_rule.category == "NE" and found.circulating_blasts is FALSE and found.extramedullary is FALSE:
        return Assessed("NE", "NE", frozenset({"NE"}), by_rule.because)
    either = f"{'NE' if by_rule.category == 'NE' else KEPT} or {RELAPSE}"
    nothing = by_rule.said == NOT_KNOWN
    return Assessed(
        NOT_KNOWN if nothing else either,
        None,
        possible | {KEPT, RELAPSE, "NE"},
        by_rule.because,
        by_rule.missing or ("a second blood sample a week later",),
    )


def criteria_of(what: Any, study: Study) -> Literal["ELN 2022", "ELN 2017"] | None:
    """By which rules it is judged: those named, else the study's; None where we do not know them."""
    named = what.by_criteria or study.response.criteria
    return next((criteria for criteria in CRITERIA if criteria == named), None)


def mrd_measured(what: Any) -> str | None:
    """Residual disease as the flow cytometry's number says: positive or negative; None where it does not say."""
    verdict = judge_mrd(what.mrd_method, _read(what, "mrd_percent"), _read(what, "mrd_sensitivity_percent"))
    return {TRUE: "positive", FALSE: "negative"}.get(verdict)
