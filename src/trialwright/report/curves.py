"""What a figure is drawn from: steps, ticks, numbers at risk and bars, as plain numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """The curve from `day` on, until the next step. Limits are None where no interval exists."""

    day: float
    at_risk: int  # just before `day`
    events: int  # at `day`
    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class RiskColumn:
    """At one day: still followed, events until then (one number per kind), censored before it."""

    day: float
    at_risk: int
    events: tuple[int, ...]
    censored: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An estimate at one day, or None and why. `bpcp` is the beta product interval, where one exists."""

    day: float
    estimate: float | None
    lower: float | None
    upper: float | None
    at_risk: int
    interval: str  # how the limits were made
    bpcp: tuple[float, float] | None = None
    note: str = ""
    se: float | None = None


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan-Meier steps up to the last person at risk."""

    n: int
    steps: tuple[Step, ...]
    censored_days: tuple[float, ...]
    last_day: float
    reading: Reading  # at the endpoint's own time


@dataclass(frozen=True, slots=True)
class StackedCurves:
    """Incidence of relapse and of death without relapse, on the same steps; the rest is alive in remission."""

    n: int
    relapse: tuple[Step, ...]
    death: tuple[Step, ...]
    last_day: float
    relapse_reading: Reading
    death_reading: Reading
    remission_reading: Reading


@dataclass(frozen=True, slots=True)
class Swim:
    """One participant's line, in days from enrolment. None: it did not happen, as far as known."""

    number: int
    end: float
    ended: str  # died | left | alive
    remission: tuple[float, float] | None
    relapse: float | None
    transplant: float | None
    infusions: tuple[float, ...]
    imputed: bool = False  # a date known to the month or year was put in its middle
