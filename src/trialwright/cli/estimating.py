"""`trialwright estimate`: the estimators on any table."""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.say import MOST_FAULTS, answer, cut, note, read_text, shown, table
from trialwright.errors import FormatError, Place, UsageError

if TYPE_CHECKING:
    from trialwright.exchange.cells import Cell

app = typer.Typer(help="Survival and cumulative incidence of any table.", no_args_is_help=True)

CENSORED = frozenset(("", "0", "0.0"))
NO_ANSWER = frozenset(("na", "n/a", "null", "nan", "none", "nil", "missing", ".", "-", "?"))
"""How R, SAS and spreadsheets write that nothing is known; counted as an event it would be a false one."""

NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|\.[0-9]+([eE][-+]?[0-9]+)?", re.ASCII)


class SurvivalCI(StrEnum):
    loglog = "log-log"
    log = "log"
    plain = "plain"
    bpcp = "bpcp"


class VarianceKind(StrEnum):
    jackknife = "jackknife"
    aalen = "aalen"


FileArgument = Annotated[Path, typer.Argument(metavar="FILE.csv", help="The table, one person a line.")]
TimeOption = Annotated[str, typer.Option("--time", help="Column with the time, in the unit of --at.")]
AtOption = Annotated[str, typer.Option("--at", help="Times to estimate at, comma-separated.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Column that splits the table into groups.")]
LevelOption = Annotated[float, typer.Option("--level", help="Confidence level.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@dataclass(frozen=True)
class Columns:
    """The columns of a table that an estimate needs, row by row."""

    times: list[float]
    status: list[str]  # "" = censored
    groups: list[str]
    left_out: int  # rows with neither time nor status: people the question is not about

    def of(self, group: str) -> "Columns":
        rows = [i for i, name in enumerate(self.groups) if name == group]
        pick: Callable[[list[Any]], list[Any]] = lambda values: [values[i] for i in rows]  # noqa: E731
        return Columns(pick(self.times), pick(self.status), pick(self.groups), 0)


@app.command("survival")
def survival(
    file: FileArgument,
    time: TimeOption,
    event: Annotated[str, typer.Option("--event", help="Column: 0, false or empty is censored, all else an event.")],
    at: AtOption,
    ci: Annotated[SurvivalCI, typer.Option("--ci", help="Interval.")] = SurvivalCI.loglog,
    by: ByOption = None,
    level: LevelOption = 0.95,
    as_json: JsonOption = False,
) -> None:
    """Probability of being event-free at given times (Kaplan-Meier), and the median."""
    from trialwright.stats import kaplan_meier, logrank

    moments = _moments(at)
    columns = _columns(file, time, event, by, censored=CENSORED | {"false"})

    def one(part: Columns) -> dict[str, Any]:
        events = [bool(status) for status in part.status]
        curve = kaplan_meier(part.times, events, level=_level(level), interval=ci.value)
        median = curve.median
        found: dict[str, Any] = {"n": curve.n, "events": sum(events), "at": [_estimate(curve.at(t)) for t in moments]}
        found["median"] = {"estimate": median.estimate, "lower": median.lower, "upper": median.upper}
        return found | {"interval": ci.value, "level": level}

    document = _document(columns, by, one)
    if by is not None and len(document["groups"]) > 1:
        document["logrank"] = _test(logrank(columns.times, [bool(s) for s in columns.status], columns.groups))
    answer(document, lambda: _survival_text(document, level), as_json=as_json)


@app.command("incidence")
def incidence(
    file: FileArgument,
    time: TimeOption,
    cause: Annotated[str, typer.Option("--cause", help="Column: 0 or empty is censored, any other value a cause.")],
    of: Annotated[str, typer.Option("--of", help="The cause to estimate, as it stands in the column.")],
    at: AtOption,
    variance: Annotated[VarianceKind, typer.Option("--variance", help="Variance.")] = VarianceKind.jackknife,
    by: ByOption = None,
    level: LevelOption = 0.95,
    as_json: JsonOption = False,
) -> None:
    """Probability of failing from one cause at given times, other causes competing (Aalen-Johansen)."""
    from trialwright.stats import cumulative_incidence, gray

    moments = _moments(at)
    columns = _columns(file, time, cause, by, censored=CENSORED)
    causes = sorted(set(columns.status) - {""})
    found = ", ".join(map(cut, causes[:30])) or "none"
    if of.strip() in CENSORED:
        raise UsageError(f"--of names a cause; empty and 0 mean censored. Column {shown(cause)} holds: {found}.")
    if of not in causes:
        there = f"column {shown(cause)} holds: {found}. Is it spelt so?"
        note(f"Nobody has the cause {shown(of)}, so it is estimated as 0; {there}")

    def one(part: Columns) -> dict[str, Any]:
        curve = cumulative_incidence(
            part.times, part.status, of=of, level=_level(level), variance=variance.value, censored=""
        )
        found: dict[str, Any] = {"n": curve.n, "events": part.status.count(of)}
        found["at"] = [_estimate(curve.at(t)) for t in moments]
        return found | {"of": of, "variance": variance.value, "interval": "log-log", "level": level}

    document = _document(columns, by, one)
    if by is not None and len(document["groups"]) > 1:
        document["gray"] = _test(gray(columns.times, columns.status, columns.groups, of=of, censored=""))
    answer(document, lambda: _incidence_text(document, of, level), as_json=as_json)


def _document(columns: Columns, by: str | None, one: Callable[[Columns], dict[str, Any]]) -> dict[str, Any]:
    if columns.left_out:
        note(f"{columns.left_out} lines have neither a time nor a status: they are left out.")
    extra = {"left_out": columns.left_out} if columns.left_out else {}
    if by is None:
        return one(columns) | extra
    return {"groups": {name: one(columns.of(name)) for name in sorted(set(columns.groups))}} | extra


def _estimate(found: Any) -> dict[str, Any]:
    keys = ("time", "estimate", "se", "lower", "upper", "at_risk")
    return {key: getattr(found, key) for key in keys} | ({"note": found.note} if found.note else {})


def _test(found: Any) -> dict[str, Any]:
    return {"chisq": found.chisq, "df": found.df, "p": found.p} | ({"note": found.note} if found.note else {})


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise UsageError(f"--level {level}: expected a share between 0 and 1, such as 0.95.")
    return level


def _moments(at: str) -> list[float]:
    words = [word.strip() for word in at.split(",")]
    bad = [word for word in words if not _is_number(word)]
    if bad:
        raise UsageError(f"--at {cut(at)}: {shown(bad[0])} is not a time. Expected numbers such as 365.25,730.5.")
    return [float(word) for word in words]


def _columns(file: Path, time: str, status: str, by: str | None, *, censored: Set[str]) -> Columns:
    """The named columns; every fault of the table at once, each with its line and column."""
    from trialwright.exchange.cells import read_cells

    text = read_text(file)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FormatError("a zero byte: this is no text. Save the table as UTF-8.", Place(str(file), line))
    rows, faults = read_cells(text, str(file))
    if not rows:
        raise FormatError("the table is empty; expected a line of column names and a line a person.", Place(str(file)))
    head = [cell.text for cell in rows[0]]
    wanted = {name: _position(file, head, name) for name in (time, status, by) if name is not None}
    if len(rows) == 1:
        faults.append(
            FormatError("a line of column names and nobody below it; expected a line a person.", Place(str(file), 1))
        )
    found, left_out = Columns([], [], [], 0), 0
    for row in rows[1:]:
        if len(row) != len(head):
            faults.append(_row_fault(file, row, len(head)))
            continue
        when, what = row[wanted[time]], row[wanted[status]]
        if not when.text and not what.text:
            left_out += 1
            continue
        faults += _cell_faults(file, time, when, status, what)
        if faults:
            continue
        found.times.append(float(when.text))
        found.status.append("" if what.text.lower() in censored else what.text)
        found.groups.append(row[wanted[by]].text if by is not None else "")
    if faults:
        raise _all_of(faults)
    return Columns(found.times, found.status, found.groups, left_out)


def _cell_faults(file: Path, time: str, when: "Cell", status: str, what: "Cell") -> Iterator[FormatError]:
    if not _is_number(when.text):
        told = f"{cut(time)} is {shown(when.text)}; expected a number from 0 up, such as 412."
        yield FormatError(f"{told} Correct it, or delete the line.", Place(str(file), when.line, when.column))
    if what.text.lower() in NO_ANSWER:
        told = f"{cut(status)} is {shown(what.text)}, which is no answer. Leave the cell empty where the person is"
        place = Place(str(file), what.line, what.column)
        yield FormatError(f"{told} censored; delete the line where nothing is known.", place)


def _row_fault(file: Path, row: "list[Cell]", columns: int) -> FormatError:
    told = (
        f"{len(row)} fields, but {columns} columns. Look for a comma too many or too few, or a field that needs quotes."
    )
    return FormatError(told, Place(str(file), row[0].line, row[min(columns, len(row) - 1)].column))


def _all_of(faults: list[FormatError]) -> FormatError:
    """All faults of a table as one, in the order of its lines."""
    first, *more = sorted(faults, key=lambda one: (one.place.line or 0, one.place.column or 0) if one.place else (0, 0))
    lines = [first.message, *map(str, more[: MOST_FAULTS - 1])]
    if len(faults) > MOST_FAULTS:
        lines.append(f"… and {len(faults) - MOST_FAULTS} more.")
    return FormatError("\n".join(lines), first.place)


def _is_number(word: str) -> bool:
    return bool(NUMBER.fullmatch(word)) and isfinite(float(word))


def _position(file: Path, head: Sequence[str], name: str) -> int:
    if head.count(name) == 1:
        return head.index(name)
    place, has = Place(str(file), 1), ", ".join(map(cut, head[:30]))
    if name in head:
        raise FormatError(f"column {shown(name)} stands twice in the first line: {has}. Rename one.", place)
    if len(head) == 1 and any(sign in has for sign in ";\t|"):
        told = f"no commas in the first line: {shown(has)}. Save the table with commas between columns."
        raise FormatError(told, place)
    near = get_close_matches(name, head, n=1)
    meant = f" Did you mean {shown(near[0])}?" if near else ""
    raise FormatError(f"column {shown(name)} is not in the first line; it has: {has}.{meant}", place)


def _survival_text(document: dict[str, Any], level: float) -> str:
    parts = []
    for name, part in _named(document):
        median = part["median"]
        parts.append(f"{name}{part['n']} people, {part['events']} events; median {_interval(median, 1)}")
        parts.append(_rows(part, "event-free", level))
    return "\n".join(parts + _test_text(document, "logrank", "Log-rank test"))


def _incidence_text(document: dict[str, Any], of: str, level: float) -> str:
    parts = []
    for name, part in _named(document):
        parts.append(f"{name}{part['n']} people, {part['events']} failures from {of}; variance: {part['variance']}")
        parts.append(_rows(part, "failed", level))
    return "\n".join(parts + _test_text(document, "gray", "Gray's test"))


def _named(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{k}: ", v) for k, v in document["groups"].items()] if "groups" in document else [("", document)]


def _rows(part: dict[str, Any], word: str, level: float) -> str:
    head = ["time", "at risk", word, f"{level:.0%} interval ({part['interval']})", "note"]
    rows = []
    for found in part["at"]:
        interval = f"{found['lower']:.4f} – {found['upper']:.4f}" if found["lower"] is not None else "–"
        value = f"{found['estimate']:.4f}" if found["estimate"] is not None else "not estimable"
        rows.append([f"{found['time']:g}", found["at_risk"], value, interval, found.get("note", "")])
    return table(head, rows, right=(0, 1)) + "\n"


def _interval(found: dict[str, Any], digits: int) -> str:
    def show(value: float | None) -> str:
        return "not reached" if value is None else f"{value:.{digits}f}"

    return f"{show(found['estimate'])} ({show(found['lower'])} – {show(found['upper'])})"


def _test_text(document: dict[str, Any], key: str, label: str) -> list[str]:
    if key not in document:
        return []
    found = document[key]
    if found["chisq"] is None:
        return [f"{label}: not computed; {found['note']}."]
    return [f"{label}: chi-square {found['chisq']:.4f} on {found['df']} degrees of freedom, p = {found['p']:.4g}"]
