"""Automatic queries: what the record asks by itself. They are computed, and never written down until answered."""

from collections.abc import Callable, Iterator
from typing import Final

from trialwright.conduct.review.checks.across import across
from trialwright.conduct.review.checks.dates import dates
from trialwright.conduct.review.checks.values import values
from trialwright.conduct.review.checks.visits import visits
from trialwright.conduct.review.finding import Finding
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study

Check = Callable[[Study, Trial, Casebook], Iterator[Finding]]
CHECKS: Final[tuple[Check, ...]] = (values, visits, dates, across)


def findings_about(study: Study, trial: Trial, book: Casebook) -> tuple[Finding, ...]:
    """Everything the edit checks find in one casebook, as known now, each key once."""
    found = {one.key: one for check in CHECKS for one in check(study, trial, book)}
    return tuple(found.values())


def automatic_queries(study: Study, trial: Trial) -> tuple[Finding, ...]:
    """Everything the edit checks find in the trial, casebook by casebook; answered and closed ones too.

    What was taken over from a table of the past is asked about like anything else. Whether a finding was settled by
    a person is `queries`.
    """
    return tuple(one for book in trial.casebooks.values() for one in findings_about(study, trial, book))
