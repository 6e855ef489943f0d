"""What a ward needs on the day of an infusion: when vital signs are taken, and whom to call."""

from pydantic.dataclasses import dataclass

from trialwright.study.shapes import CLOSED, Code, Hours, Minutes, Positive, Source, Text


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class VitalsPlan:
    """When vital signs are taken at an infusion, counted from its start and, once it is over, from its end.

    then_every_minutes   after the last of `minutes`, until the end; left out: not at all
    late_after_minutes   a set taken later than this after its moment is late; left out: after the same minute
    """

    minutes: tuple[Minutes, ...]
    then_every_minutes: Positive | None = None
    hours_after_end: tuple[Hours, ...] = ()
    late_after_minutes: Minutes | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Call:
    """Somebody to call, and what about. `telephone` is left out where nobody said: then a page says so.

    about  parts of the codes of refusals before the dot (`lot`, `dose`, `trial`); empty: whatever else there is
    """

    id: Code
    label: Text
    telephone: Text | None = None
    about: tuple[Text, ...] = ()
    source: Source | None = None
    basis: Text | None = None
