"""The list of everything that waits, the most pressing first."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from trialwright.conduct.due.cells import of_cells
from trialwright.conduct.due.deviations import of_deviations
from trialwright.conduct.due.harm import of_harm
from trialwright.conduct.due.item import COMING_DAYS, Asked, DueItem, DueKind, DueState
from trialwright.conduct.due.people import of_people
from trialwright.conduct.possible import PossibleDeviation
from trialwright.facts import LocalTime
from trialwright.ledger.trial import Trial
from trialwright.study.model import Study

STATES: Final = tuple(DueState)
KINDS: Final = tuple(DueKind)


def due(
    study: Study,
    trial: Trial,
    at: LocalTime,
    site: str | None = None,
    *,
    possible: Iterable[PossibleDeviation] = (),
    coming_days: int = COMING_DAYS,
) -> tuple[DueItem, ...]:
    """Everything that waits for somebody at a moment: overdue first, then due today, coming, and what merely waits.

    site         only what belongs to that site, and what belongs to none
    possible     past acts that would be refused today (`possible.possible_deviations`): asking every gate of every
                 past act again takes seconds, so whoever shows them keeps the answer while the ledger stands
    coming_days  how far ahead what is coming is listed
    """
    asked = Asked(study, trial, at)
    found = (*of_people(asked), *of_harm(asked), *of_cells(asked), *of_deviations(asked, possible))
    listed = (one for one in found if site in (None, one.site) or one.site is None)
    return tuple(sorted((one for one in listed if _near(one, asked.on, coming_days)), key=_pressing))


def for_role(items: Iterable[DueItem], role: str) -> tuple[DueItem, ...]:
    """The items whose act somebody of that role may do."""
    return tuple(one for one in items if role in one.roles)


def _near(one: DueItem, on: date, days: int) -> bool:
    if one.state is not DueState.COMING:
        return True
    begins = one.first or one.deadline_day
    return begins is None or (begins - on).days <= days


def _pressing(one: DueItem) -> tuple[int, date, int, str, str]:
    day = one.first if one.state is DueState.COMING and one.first else one.deadline_day
    return (STATES.index(one.state), day or date.max, KINDS.index(one.kind), one.about or "", one.subject)
