"""Gates of renewed consent: what waits until a new version of the form is signed."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.amendment.renewal import renewals_needed
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.study.documents import Step

SEEN = ("on site", "home")
"""Visits at which somebody is examined. A telephone call or a missed visit waits for nothing."""


def renewed_for_screening(deed: Deed[Any]) -> Iterable[Reason]:
    """Screening goes on under the newest form."""
    yield from _renewed(deed, "screening")


def renewed_for_enrolment(deed: Deed[Any]) -> Iterable[Reason]:
    """Whoever takes a place has signed what the study is now."""
    yield from _renewed(deed, "enrolment")


def renewed_for_chemotherapy(deed: Deed[Any]) -> Iterable[Reason]:
    """The next cycle waits for the renewed consent."""
    yield from _renewed(deed, "chemotherapy")


def renewed_for_infusion(deed: Deed[Any]) -> Iterable[Reason]:
    """No cells without the renewed consent."""
    yield from _renewed(deed, "infusion")


def renewed_for_visit(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody is examined for the study without the renewed consent."""
    if deed.what.mode in SEEN:
        yield from _renewed(deed, "visits")


def _renewed(deed: Deed[Any], step: Step) -> Iterable[Reason]:
    if not any(document.reconsent for document in deed.study.consent):
        return
    for needed in renewals_needed(deed):
        if step in needed.before and deed.when.earliest >= needed.since:
            yield Reason(
                "consent.renewal_missing",
                f"{deed.number} signed {needed.document} {needed.signed}; since {needed.since} version "
                f"{needed.version} must be signed again.",
                f"Explain version {needed.version}, let it be signed, and record it (act consent). Whoever declines "
                "goes on with nothing that needs it: record what they withdraw from (act withdraw).",
            )
