"""`trialwright report`: figures, tables, HTML and PDF at any cut-off."""

from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.say import answer


def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A trial directory.")],
    out: Annotated[Path, typer.Option("--out", help="Directory to write report.html and report.pdf to.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The cut-off; default: today.")] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", metavar="SEQ|INSTANT", help="Only entries recorded by then.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="The report's numbers, as JSON, on standard output.")] = False,
) -> None:
    """Where the trial stands, and its endpoints: figures, tables, HTML and PDF."""
    document, paths = write(directory, out, as_of=as_of, known_at=known_at, lang=lang)
    answer(document, "\n".join(map(str, paths)), as_json=as_json)
