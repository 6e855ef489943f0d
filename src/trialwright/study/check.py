"""The lint of a study: every check, every finding, in the order of the file."""

from trialwright.study.checks import (
    cells,
    consents,
    criteria,
    frame,
    harm,
    measures,
    names,
    ranges,
    reporting,
    safety,
    treatment,
    ward,
    words,
)
from trialwright.study.finding import Check, Finding, with_noted
from trialwright.study.reader import StudyFile

CHECKS: tuple[Check, ...] = (
    *frame.CHECKS,
    *consents.CHECKS,
    *names.CHECKS,
    *criteria.CHECKS,
    *words.CHECKS,
    *treatment.CHECKS,
    *ranges.CHECKS,
    *cells.CHECKS,
    *measures.CHECKS,
    *safety.CHECKS,
    *harm.CHECKS,
    *reporting.CHECKS,
    *ward.CHECKS,
)


def check_study(study_file: StudyFile) -> tuple[Finding, ...]:
    """Everything doubtful in a study: errors, warnings and notes, those accepted under `noted` marked so.

    A study with an error is not run: acts refuse. An error cannot be noted away.
    """
    found = [finding for check in CHECKS for finding in check(study_file)]
    return tuple(sorted(with_noted(found, study_file), key=_by_place))


def _by_place(finding: Finding) -> tuple[int, int, str]:
    return (finding.place.line or 0, finding.place.column or 0, finding.code)
