"""The reference files, read so that no value in them can go unnoticed."""

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "data" / "reference"
DATASETS = ("hand15", "kmsurv_bmt", "myeloid")
TOLERANCE = 1e-9
BMT_GROUPS = {"ALL": "1", "AML_low": "2", "AML_high": "3"}


@cache
def reference(dataset: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{dataset}.json").read_text())


@cache
def people(dataset: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{dataset}.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))


class Leaves:
    """One part of a reference file: every value is handed out once, and what nobody asked for is named."""

    def __init__(self, node: Any) -> None:
        self.unread = dict(_leaves(node))

    def take(self, *path: str | int) -> Any:
        return self.unread.pop(path)

    def has(self, *path: str | int) -> bool:
        return any(leaf[: len(path)] == path for leaf in self.unread)

    def column(self, *path: str | int) -> list[Any]:
        """A list of values; R writes a list of one as a plain value."""
        if path in self.unread:
            return [self.unread.pop(path)]
        found = []
        while (*path, len(found)) in self.unread:
            found.append(self.unread.pop((*path, len(found))))
        assert found, f"nothing at {path}"
        return found

    def prose(self) -> None:
        """Lay aside all that is text: it says what the numbers are."""
        self.unread = {path: value for path, value in self.unread.items() if not isinstance(value, str)}


def _leaves(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(child, (*path, key))
    else:
        yield path, node


def same(ours: float | None, theirs: float | None, tolerance: float = TOLERANCE) -> bool:
    """Both absent, or within the tolerance of each other."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= tolerance * max(1.0, abs(theirs))


def population(dataset: str, block: dict[str, Any]) -> list[dict[str, str]]:
    """The rows an analysis is about, by its words: `in_cr_pop==1, trt: A`, `group: AML_low`, `os_time>100`, `all`."""
    rows = list(people(dataset))
    for words in block["population"].split(", "):
        if words == "in_cr_pop==1":
            rows = [row for row in rows if row["in_cr_pop"] == "1"]
        elif words == "os_time>100":
            rows = [row for row in rows if int(row["os_time"]) > 100]
        elif ": " in words and not words.endswith(": all"):
            name, value = words.split(": ")
            rows = [row for row in rows if row[name] == BMT_GROUPS.get(value, value)]
        else:
            assert words.startswith("all") or words.endswith(": all"), words
    return rows


def times_and_status(dataset: str, block: dict[str, Any]) -> tuple[list[int], list[int]]:
    """The two columns of an analysis; `os_time-100` is a time since day 100, `cir_status>0` any event."""
    rows = population(dataset, block)
    time, _, since = block["time_col"].partition("-")
    status, above, _ = block["status_col"].partition(">")
    times = [int(row[time]) - int(since or 0) for row in rows]
    return times, [int(int(row[status]) > 0) if above else int(row[status]) for row in rows]
