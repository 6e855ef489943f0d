"""What every kind of entry has: a name and a version, for the header."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class What:
    """What an entry says. Subclasses are the kinds; `kind` and `version` name them in the header."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
