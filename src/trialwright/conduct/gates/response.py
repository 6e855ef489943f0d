"""Gates of response and relapse: a category fits its findings, and a relapse is dated by what showed it first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trialwright.conduct.assessing import (
    KEPT,
    WEEK,
    assessed,
    criteria_of,
    findings_of,
    mrd_measured,
    remission_before,
)
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.follow_up import had_remission
from trialwright.conduct.outcome import Reason
from trialwright.conduct.samples import (
    RELAPSE,
    assessments_since,
    blood_blasts_since,
    facts_since,
    least_percent,
    quantity_of,
)
from trialwright.endpoints.eln import BLASTS_OF_RELAPSE
from trialwright.facts import Occurred
from trialwright.facts.order import certainly_before, days_between
from trialwright.facts.truth import TRUE
from trialwright.ledger.kinds import Relapsed


def remission_to_lose(deed: Deed[Any]) -> Iterable[Reason]:
    """Kept or lost can only be a remission that there was."""
    if deed.what.category in (KEPT, RELAPSE):
        yield from had_remission(deed)


def category_fits(deed: Deed[Any]) -> Iterable[Reason]:
    """The category is one that the findings allow, or it is said why it is another."""
    what = deed.what
    found = assessed(deed)
    if what.category is None or what.overrides or found.accepts is None or what.category in found.accepts:
        return
    yield Reason(
        "response.disagrees",
        f"{what.category} was given; by {criteria_of(what, deed.study)} it is {found.computed}: "
        f"{', '.join(found.because)}.",
        "Check the numbers and the category; if a person judges otherwise, say why (overrides).",
    )


def mrd_fits(deed: Deed[Any]) -> Iterable[Reason]:
    """Residual disease is called what its number says."""
    what = deed.what
    measured = mrd_measured(what)
    if measured is None or what.mrd in (None, measured):
        return
    yield Reason(
        "response.mrd_disagrees",
        f"Residual disease is called {what.mrd}; flow cytometry found {what.mrd_percent} % of CD45+ cells, "
        f"which is {measured}: the limit is 0.1 %.",
        "Check the number and the word. A result that was not by flow cytometry has another method (mrd_method).",
    )


# --- the first sample that shows it ---


@dataclass(frozen=True, slots=True)
class _Sample:
    """A sample that shows a relapse, alone or with another of its sort."""

    when: Occurred
    shows: str


def dated_by_first_sample(deed: Deed[Any]) -> Iterable[Reason]:
    """A relapse is dated by the first sample that shows it; a molecular one is another matter."""
    lasts = remission_before(deed, ended_by=(Relapsed,))
    if deed.what.how == "molecular" or lasts is None:
        return
    samples = [*_marrow_and_elsewhere(deed, lasts.since), *_first_of_two(blood_blasts_since(deed, lasts.since))]
    shown = [sample for sample in samples if certainly_before(sample.when, deed.when)]
    if shown:
        first = min(shown, key=lambda sample: sample.when.earliest)
        day = str(first.when.earliest) if first.when.exact else str(first.when)
        yield Reason(
            "relapse.shown_earlier",
            f"The relapse of {deed.number} is dated {deed.dated}; the sample of {day} already shows {first.shows}.",
            f"Date it {day}, or correct that sample's entry if it is wrong.",
        )


def _marrow_and_elsewhere(deed: Deed[Any], since: Occurred) -> Iterator[_Sample]:
    """Samples since the remission with 5 % blasts or more in the marrow, or with disease outside it."""
    for when, what in assessments_since(deed, since):
        found = findings_of(what)
        if least_percent(found.marrow_blasts) >= BLASTS_OF_RELAPSE:
            yield _Sample(when, f"{what.blasts_percent} % blasts in the marrow")
        elif found.extramedullary is TRUE:
            yield _Sample(when, "disease outside the marrow")
        elif what.category == RELAPSE:
            yield _Sample(when, "a relapse")
    for when, fact in facts_since(deed, since):
        value = str(fact.get("value", ""))
        if fact.get("concept") == "marrow_blasts" and least_percent(quantity_of(fact)) >= BLASTS_OF_RELAPSE:
            yield _Sample(when, f"{value} % blasts in the marrow")
        elif fact.get("concept") == "extramedullary" and value == "yes":
            yield _Sample(when, "disease outside the marrow")


def _first_of_two(samples: Iterable[Occurred]) -> Iterator[_Sample]:
    """The first blood sample that a second one, a week or more later, confirms."""
    ordered = sorted(samples, key=lambda when: when.earliest)
    for at, when in enumerate(ordered):
        if any(days_between(when, later)[0] >= WEEK for later in ordered[at + 1 :]):
            yield _Sample(when, "blasts in the blood, found again a week or more later")
            return
