"""Everything that is wrong with a table or its map, told at once."""

from trialwright.errors import FormatError

SHOWN = 40


class TableErrors(FormatError):
    """All faults of a file, in the order of its lines. Printing stops at the first forty and says how many remain."""

    def __init__(self, faults: "tuple[FormatError, ...]") -> None:
        self.faults = tuple(sorted(faults, key=_by_place))
        super().__init__(self.faults[0].message, self.faults[0].place)

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            lines.append(f"… and {len(self.faults) - SHOWN} more.")
        return "\n".join(lines)


def _by_place(fault: FormatError) -> tuple[str, int, int]:
    place = fault.place
    return (place.file, place.line or 0, place.column or 0) if place else ("", 0, 0)


def shown(text: str) -> str:
    """What stood there, quoted, short enough for a line."""
    return repr(text if len(text) <= 40 else text[:39] + "…")
