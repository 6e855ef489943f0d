"""Entries that call people: something must be looked at now, by whom, and what they answered."""

from dataclasses import dataclass
from typing import ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class AlertRaised(What):
    """People are called to look at something. Open until answered; while open it may hold cells back."""

    kind: ClassVar[str] = "alert_raised"
    what: str
    to: tuple[str, ...]  # roles
    asks: str
    holds: bool = False  # the cells it is about are not issued or given until it is answered
    cells: tuple[str, ...] = ()  # lots and doses concerned; never a donor


@dataclass(frozen=True, slots=True)
class AlertAnswered(What):
    """What those who were called found and did."""

    kind: ClassVar[str] = "alert_answered"
    alert: str  # id of the entry that raised it
    answer: str
    holds_on: bool = False  # answered, and the cells stay held back
