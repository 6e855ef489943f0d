"""The small shapes a study file is made of: words, counts, numbers as typed, and where a line comes from."""

import zoneinfo
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from trialwright.errors import FormatError
from trialwright.facts import parse_partial_date

CLOSED = ConfigDict(extra="forbid")
"""A key nobody knows is a mistake, never a comment."""


HUNDRED_YEARS: Final = 36_525
"""Days. Nobody plans or waits longer; a greater number is a slip, and would run off the calendar."""

MOST: Final = 1_000_000
"""No count in a study is greater: participants, events, infusions."""


def _number(value: Any) -> Any:
    """A whole number or a decimal, as typed; yes, no and quoted digits are not numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("a number was expected, without quotes")
    number = Decimal(value)
    if number and not -30 <= number.adjusted() <= 18:
        raise ValueError("nothing a study measures is that large or that small. Check the exponent")
    return number


def _day_of_calendar(text: str) -> str:
    """A day, written in full: a form is valid from one day, never from about a month."""
    try:
        whole = parse_partial_date(text).exact
    except FormatError:
        whole = False
    if not whole:
        raise ValueError("a day of the calendar was expected, such as 2022-02-01")
    return text


def _schema(**limits: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", **limits})


def _zone(name: str) -> str:
    """The name of a time zone that this machine knows."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {name!r}; an IANA name was expected, such as Asia/Shanghai") from None
    return name


Text = Annotated[str, Field(strict=True, min_length=1)]
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9+/_. -]{0,63}$")]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]  # as a rule writes it
YesNo = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Positive = Annotated[int, Field(strict=True, ge=1, le=MOST)]
Days = Annotated[int, Field(strict=True, ge=0, le=HUNDRED_YEARS)]
Landmark = Annotated[int, Field(strict=True, ge=1, le=HUNDRED_YEARS)]
Day = Annotated[int, Field(strict=True, ge=-HUNDRED_YEARS, le=HUNDRED_YEARS)]  # from an anchor; negative before it
Hours = Annotated[int, Field(strict=True, ge=1, le=HUNDRED_YEARS * 24)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=7 * 24 * 60)]  # of the week before an infusion
Years = Annotated[int, Field(strict=True, ge=1, le=200)]
Number = Annotated[Decimal, BeforeValidator(_number), _schema()]
Above0 = Annotated[Decimal, BeforeValidator(_number), Field(gt=0), _schema(exclusiveMinimum=0)]
Percent = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=100), _schema(minimum=0, maximum=100)]
Horizon = Annotated[
    Decimal,
    BeforeValidator(_number),
    Field(gt=0, le=HUNDRED_YEARS),
    _schema(exclusiveMinimum=0, maximum=HUNDRED_YEARS),
]  # days after which an estimate is read, a half day allowed
Weight = Annotated[
    Decimal, BeforeValidator(_number), Field(gt=0, le=MOST), _schema(exclusiveMinimum=0, maximum=MOST)
]  # of a prior distribution, as if so many participants had been seen before
CalendarDay = Annotated[
    str,
    Field(strict=True, min_length=1),
    AfterValidator(_day_of_calendar),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Zone = Annotated[str, Field(strict=True), AfterValidator(_zone)]
Source = Literal["registry", "assumption", "person"]
