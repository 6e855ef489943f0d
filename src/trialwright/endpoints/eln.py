"""How acute myeloid leukaemia answered to treatment, by the criteria of the European LeukemiaNet of 2022 or 2017.

What is not known is left open: every category the missing findings would still allow is named, never one of them
guessed. Sources: ELN 2022, table 8 (Doehner, Blood 2022;140:1345); ELN 2017, table 6 (PMC5291965). Relapse and the
limit for residual disease by flow cytometry are from memory of the same papers and of ELN MRD 2021.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final, Literal, NamedTuple, get_args

from trialwright.facts import Quantity
from trialwright.facts.quantities import Bound
from trialwright.facts.truth import FALSE, TRUE, UNKNOWN, Truth, any_of
from trialwright.facts.units import convert, read_unit

Criteria = Literal["ELN 2022", "ELN 2017"]
CRITERIA: Final = get_args(Criteria)
CATEGORIES: Final = ("CR", "CRh", "CRi", "MLFS", "PR", "NR", "NE")
"""The best first. CRh is not a category of 2017."""
NOT_KNOWN: Final = "not known"
COUNT: Final = "10*9/L"
BLASTS_OF_RELAPSE: Final = Fraction(5)
MRD_FLOW_LIMIT: Final = Fraction(1, 10)
"""Per cent of CD45+ cells; below it residual disease by flow cytometry is negative (ELN MRD 2021, from memory)."""

Interval = tuple[Bound | None, Bound | None]
_ANY: Final[Interval] = (None, None)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one assessment found. None and UNKNOWN: not known, which is never "no" or 0.

    marrow_blasts, pretreatment_blasts  % of nucleated cells in the marrow, now and before the treatment judged
    anc, platelets    neutrophils and platelets, in a unit that converts to 10*9/L
    marrow_adequate   spicules, 200 cells counted or more, or cellularity 10 % or more; FALSE also where no marrow was
                      taken
    auer_rods         blasts with Auer rods; asked by ELN 2017 only
    counts_supported  a platelet transfusion or G-CSF within 7 days before the counts, which then show nothing (the
                      7 days are our assumption)
    """

    marrow_blasts: Quantity | None = None
    anc: Quantity | None = None
    platelets: Quantity | None = None
    circulating_blasts: Truth = UNKNOWN
    extramedullary: Truth = UNKNOWN
    pretreatment_blasts: Quantity | None = None
    marrow_adequate: Truth = UNKNOWN
    auer_rods: Truth = UNKNOWN
    counts_supported: Truth = UNKNOWN


@dataclass(frozen=True, slots=True)
class ResponseJudged:
    """The category by the rules, or those still possible.

    category  None where more than one is possible
    possible  in the order of CATEGORIES, never empty
    because   what was found, as phrases with their numbers
    missing   the findings that would decide between those possible, as phrases
    """

    category: str | None
    possible: tuple[str, ...]
    because: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def said(self) -> str:
        """The category, "CR or CRh" where open, "not known" where nothing is excluded."""
        every = {"CR", "CRi", "PR", "NR", "NE"} <= set(self.possible)  # CRi word for word leaves no MLFS
        return NOT_KNOWN if every else " or ".join(self.possible)


@dataclass(frozen=True, slots=True)
class RelapseJudged:
    """Whether an assessment of somebody in remission shows a relapse. UNKNOWN where a finding is missing."""

    relapsed: Truth
    because: tuple[str, ...]


def judge_response(findings: Findings, criteria: Criteria, *, cri_literal_or: bool = False) -> ResponseJudged:
    """The response by ELN 2022 or 2017, of somebody who was not in remission before the treatment.

    cri_literal_or  True: CRi as the table has it (neutrophils or platelets not recovered), which leaves no MLFS in an
                    adequate marrow. False, our choice: CRi needs one of the two recovered; with neither it is MLFS.
    Without an adequate marrow the answer is NE whatever the blood shows. Blasts of exactly 5 % are no remission. A
    partial remission asks for blood without blasts and nothing outside the marrow, as a complete one does; the table
    says "haematological criteria of CR".

    >>> from decimal import Decimal
    >>> of = Findings(Quantity(Decimal(2)), Quantity(Decimal("1.2")), None, FALSE, FALSE, None, TRUE, FALSE, FALSE)
    >>> judge_response(of, "ELN 2022").said, judge_response(of, "ELN 2022").missing
    ('CR or CRh or CRi', ('platelets',))
    """
    judged = {case: _category(case, criteria, cri_literal_or) for case in _cases(findings)}
    possible = tuple(category for category in CATEGORIES if category in judged.values())
    settled = possible[0] if len(possible) == 1 else None
    missing = () if settled else tuple(dict.fromkeys(_missing(judged, findings)))
    return ResponseJudged(settled, possible, _phrases(findings, criteria), missing)


def judge_relapse(findings: Findings, *, blood_blasts_before: Truth = FALSE) -> RelapseJudged:
    """Whether an assessment of somebody in remission shows a haematological or extramedullary relapse.

    blood_blasts_before  blasts in a blood sample taken 7 days or more before this one, since the remission
    Blasts of 5 % or more in the marrow, disease outside it, or blasts in two blood samples a week apart (ELN 2022,
    from memory). Blasts in one blood sample leave it open. Fewer blasts show no relapse only in an adequate marrow.
    """
    blasts = _interval(findings.marrow_blasts, "%")
    marrow = _at_least(blasts, BLASTS_OF_RELAPSE)
    if marrow is FALSE and findings.marrow_adequate is not TRUE:
        marrow = UNKNOWN
    blood = findings.circulating_blasts
    if blood is TRUE and blood_blasts_before is not TRUE:
        blood = UNKNOWN
    return RelapseJudged(any_of((marrow, blood, findings.extramedullary)), _phrases(findings, "ELN 2022"))


def judge_mrd(method: str | None, percent: Quantity | None, sensitivity: Quantity | None = None) -> Truth:
    """Whether residual disease is positive by what was measured; UNKNOWN unless by flow with a number.

    percent      of CD45+ cells; "<0.01" is read as any number below
    sensitivity  the lowest per cent the assay can find; one above 0.1 % cannot show that there is none
    """
    if method != "flow" or percent is None:
        return UNKNOWN
    positive = _at_least(_interval(percent, "%"), MRD_FLOW_LIMIT)
    blind = sensitivity is not None and _at_least(_interval(sensitivity, "%"), MRD_FLOW_LIMIT) is TRUE
    exact = sensitivity is not None and Fraction(sensitivity.number) == MRD_FLOW_LIMIT
    return UNKNOWN if positive is FALSE and blind and not exact else positive


# --- every case that what is known leaves possible ---

_BLASTS: Final[tuple[Interval, ...]] = (
    (None, (Fraction(5), False)),
    ((Fraction(5), True), (Fraction(25), True)),
    ((Fraction(25), False), (Fraction(100), True)),
)
_ANC: Final[tuple[Interval, ...]] = (
    (None, (Fraction(1, 2), False)),
    ((Fraction(1, 2), True), (Fraction(1), False)),
    ((Fraction(1), True), None),
)
_PLATELETS: Final[tuple[Interval, ...]] = (
    (None, (Fraction(50), False)),
    ((Fraction(50), True), (Fraction(100), False)),
    ((Fraction(100), True), None),
)


class _Case(NamedTuple):
    """Everything known: counts and blasts by the band they lie in, 0 the lowest."""

    blasts: int  # below 5 %, 5 to 25 %, above
    halved: bool  # at least, from before the treatment
    anc: int  # below 0.5, below 1.0, above
    platelets: int  # below 50, below 100, above
    circulating_blasts: bool
    extramedullary: bool
    marrow_adequate: bool
    auer_rods: bool


def _category(case: _Case, criteria: Criteria, cri_literal_or: bool) -> str:
    if not case.marrow_adequate:
        return "NE"
    recovered = case.anc == 2 and case.platelets == 2
    clear = not (case.circulating_blasts or case.extramedullary)
    if case.blasts == 0 and clear and not (criteria == "ELN 2017" and case.auer_rods):
        if recovered:
            return "CR"
        if criteria == "ELN 2022" and case.anc >= 1 and case.platelets >= 1:
            return "CRh"
        return "CRi" if cri_literal_or or case.anc == 2 or case.platelets == 2 else "MLFS"
    return "PR" if recovered and clear and case.blasts == 1 and case.halved else "NR"


def _cases(findings: Findings) -> Iterator[_Case]:
    blasts, before = _interval(findings.marrow_blasts, "%"), _interval(findings.pretreatment_blasts, "%")
    usable = findings.counts_supported is FALSE
    anc = _bands(_interval(findings.anc, COUNT) if usable else _ANY, _ANC)
    platelets = _bands(_interval(findings.platelets, COUNT) if usable else _ANY, _PLATELETS)
    truths = (findings.circulating_blasts, findings.extramedullary, findings.marrow_adequate, findings.auer_rods)
    answers = [_values(truth) for truth in truths]
    for band in _bands(blasts, _BLASTS):
        halved = _halved(_meet(blasts, _BLASTS[band]) or _ANY, before)
        for fell, neutrophils, counted in product(halved, anc, platelets):
            for circulating, outside, adequate, auer in product(*answers):
                yield _Case(band, fell, neutrophils, counted, circulating, outside, adequate, auer)


def _values(truth: Truth) -> tuple[bool, ...]:
    return (False, True) if truth is UNKNOWN else (truth is TRUE,)


def _bands(known: Interval, bands: tuple[Interval, ...]) -> tuple[int, ...]:
    found = tuple(at for at, band in enumerate(bands) if _meet(known, band) is not None)
    return found or tuple(range(len(bands)))  # no such number exists (more than 100 %): nothing is known by it


def _halved(now: Interval, before: Interval) -> tuple[bool, ...]:
    """What may be said of a fall by half or more, from the ends of both intervals."""
    low, high = now[0] or (Fraction(0), True), now[1] or (Fraction(100), True)
    least, most = before[0] or (Fraction(0), True), before[1] or (Fraction(100), True)
    may = 2 * low[0] < most[0] or (2 * low[0] == most[0] and low[1] and most[1])
    may_not = 2 * high[0] > least[0]
    return tuple(value for value, possible in ((False, may_not), (True, may)) if possible) or (False,)


def _meet(one: Interval, other: Interval) -> Interval | None:
    """What two intervals have in common; None if nothing."""
    low = max((end for end in (one[0], other[0]) if end), key=lambda end: (end[0], not end[1]), default=None)
    high = min((end for end in (one[1], other[1]) if end), key=lambda end: (end[0], end[1]), default=None)
    if low and high and (low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))):
        return None
    return low, high


def _interval(quantity: Quantity | None, unit: str) -> Interval:
    """What the quantity may be in `unit`; anything where it is not known or its unit is another sort."""
    wanted = read_unit(unit)
    if quantity is None or wanted is None:
        return _ANY
    measured = wanted if quantity.unit is None else quantity.measured_in
    ends: list[Bound | None] = []
    for end in quantity.interval:
        value = convert(end[0], measured, wanted) if end and measured else None
        ends.append((value, end[1]) if end and value is not None else None)
    return ends[0], ends[1]


def _at_least(known: Interval, limit: Fraction) -> Truth:
    low, high = known
    if low and low[0] >= limit:
        return TRUE
    if high and (high[0] < limit or (high[0] == limit and not high[1])):
        return FALSE
    return UNKNOWN


# --- in words ---

_ASKED: Final = {
    "blasts": "blasts in the marrow",
    "halved": "blasts in the marrow before treatment",
    "anc": "neutrophils",
    "platelets": "platelets",
    "circulating_blasts": "whether there are blasts in the blood",
    "extramedullary": "whether there is disease outside the marrow",
    "marrow_adequate": "whether the marrow was adequate",
    "auer_rods": "whether there are Auer rods",
}
_SUPPORT: Final = {
    TRUE: "counts not within 7 days of a platelet transfusion or G-CSF",
    UNKNOWN: "whether platelets or G-CSF were given within 7 days before the counts",
}


def _missing(judged: dict[_Case, str], findings: Findings) -> Iterator[str]:
    """The findings on which the category still hangs: cases that differ in nothing else differ in it."""
    for name, words in _ASKED.items():
        groups: dict[tuple[bool, ...], set[str]] = {}
        for case, category in judged.items():
            others = tuple(value for field, value in case._asdict().items() if field != name)
            groups.setdefault(others, set()).add(category)
        if all(len(found) == 1 for found in groups.values()):
            continue
        given = {"anc": findings.anc, "platelets": findings.platelets}.get(name)
        yield _SUPPORT[findings.counts_supported] if given and findings.counts_supported is not FALSE else words


def _phrases(findings: Findings, criteria: Criteria) -> tuple[str, ...]:
    """What was found, each as a phrase with its number."""
    said = [
        _number("blasts in the marrow", findings.marrow_blasts, "%"),
        _number("before treatment", findings.pretreatment_blasts, "%"),
        _number("neutrophils", findings.anc, "x 10^9/L"),
        _number("platelets", findings.platelets, "x 10^9/L"),
        _yes_no(findings.counts_supported, "platelets or G-CSF given within 7 days before the counts", ""),
        _yes_no(findings.circulating_blasts, "blasts in the blood", "no blasts in the blood"),
        _yes_no(findings.extramedullary, "disease outside the marrow", "none outside the marrow"),
        _yes_no(findings.marrow_adequate, "adequate marrow", "no adequate marrow"),
        _yes_no(findings.auer_rods, "Auer rods", "no Auer rods") if criteria == "ELN 2017" else "",
    ]
    return tuple(phrase for phrase in said if phrase)


def _number(name: str, quantity: Quantity | None, unit: str) -> str:
    if quantity is None:
        return ""
    return f"{name} {quantity}" if quantity.unit else f"{name} {quantity.comparator}{quantity.number} {unit}"


def _yes_no(truth: Truth, yes: str, no: str) -> str:
    return {TRUE: yes, FALSE: no, UNKNOWN: ""}[truth]
