"""`trialwright report`: figures, tables, HTML and PDF at any cut-off."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.say import answer, cut
from trialwright.errors import FormatError, UsageError

if TYPE_CHECKING:
    from trialwright.ledger import Trial
    from trialwright.store.directory import TrialDirectory

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
ENTRY = re.compile(r"[0-9]{1,18}", re.ASCII)


def report(
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    out: Annotated[Path, typer.Option("--out", help="Directory to write report.html and report.pdf to.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The cut-off; default: today.")] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="SEQ|INSTANT", help="Only entries recorded by then.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    figures: Annotated[bool, typer.Option("--figures", help="Write each figure as SVG, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report's numbers as JSON.")] = False,
) -> None:
    """Where the trial stands, and its endpoints: figures, tables, HTML and PDF."""
    document, paths = write(directory, out, as_of=as_of, known_at=known_at, lang=lang, figures=figures)
    answer(document, "\n".join(map(str, paths)), as_json=as_json)


def write(
    directory: Path | str,
    out: Path,
    *,
    as_of: str | None = None,
    known_at: str | None = None,
    lang: str = "en",
    figures: bool = False,
) -> tuple[Any, tuple[Path, ...]]:
    """Write the report of a trial's directory; gives its numbers as JSON knows them, and the paths written."""
    from trialwright.report import report_json, report_model, write_report
    from trialwright.store.directory import open_trial

    check_out(out, lang, "report")
    known = known_by(known_at)
    with open_trial(directory, read_only=True) as opened:
        trial, then, cut_off = at_cut_off(opened, as_of, known)
        model = report_model(opened.study_as_of(trial), trial, cut_off, then=then)
    return report_json(model), write_report(model, out, lang="zh" if lang == "zh" else "en", svg=figures)


def check_out(out: Path, lang: str, name: str) -> None:
    """Raise UsageError for a language there is none in, and for a file where a directory is needed."""
    if lang not in ("en", "zh"):
        raise UsageError(f"--lang {cut(lang)}: expected en or zh.")
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file; expected a directory to write {name}.html and {name}.pdf to.")


def at_cut_off(opened: "TrialDirectory", as_of: str | None, known: int | str | None) -> tuple["Trial", "Trial", date]:
    """The trial as known by then, the same as it stood at the cut-off, and the cut-off; without one it is today."""
    from trialwright.store.directory import today_at

    trial = opened.trial(known_at=known)
    if not trial.adoptions:
        raise UsageError(f"--known-at {cut(str(known))} is before the ledger's first entry: nothing was known then.")
    zone = next(iter(trial.adopted.what.time_zones.values()))
    cut_off = _cut_off(today_at(zone, datetime.now(UTC)) if as_of is None else as_of)
    return trial, opened.trial(as_of=cut_off, known_at=known), cut_off


def _cut_off(word: str) -> date:
    try:
        if not DAY.fullmatch(word):  # 20261122 and 2026-W47-7 are days to Python, and slips of the hand to people
            raise ValueError
        return date.fromisoformat(word)
    except ValueError:
        raise UsageError(f"--as-of {word}: expected a day such as 2026-11-22.") from None


def known_by(word: str | None) -> int | str | None:
    """The entry or instant that --known-at names; None without one."""
    from trialwright.ledger.instants import parse_instant

    if word is None:
        return None
    if ENTRY.fullmatch(word):
        return int(word)
    try:
        parse_instant(word)
        return word
    except (FormatError, OverflowError):
        raise UsageError(
            f"--known-at {word}: expected the number of an entry, such as 41, or an instant with its zone, such as "
            "2026-11-22T08:30:00Z."
        ) from None
