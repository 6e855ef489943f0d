"""The small shapes a study file is made of: words, counts, numbers as typed, and where a line comes from."""

import zoneinfo
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

CLOSED = ConfigDict(extra="forbid")
"""A key nobody knows is a mistake, never a comment."""


def _number(value: Any) -> Any:
    """A whole number or a decimal, as typed; yes, no and quoted digits are not numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("a number was expected, without quotes")
    return Decimal(value)


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
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Days = Annotated[int, Field(strict=True, ge=0)]
Day = Annotated[int, Field(strict=True)]  # counted from an anchor; negative before it
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Zone = Annotated[str, Field(strict=True), AfterValidator(_zone)]
Source = Literal["registry", "assumption", "person"]
