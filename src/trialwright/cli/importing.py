"""`trialwright import`: tables of real patients become ledger entries."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Bring a table in.", no_args_is_help=True)


@app.callback()
def importing() -> None:
    """Bring a table in."""


@app.command("csv")
def csv(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table, one person a line.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The trial's directory.")],
    map_file: Annotated[Path, typer.Option("--map", metavar="MAP.yaml", help="What each column means.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """A table becomes entries, all or none, each marked historical."""
    raise NotImplementedError
