"""`trialwright import`: tables of real patients become ledger entries."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from trialwright.cli.people import actor_from
from trialwright.cli.refusing import refusal_document, refusal_text
from trialwright.cli.say import answer, note

if TYPE_CHECKING:
    from trialwright.conduct.outcome import Refusal

app = typer.Typer(help="Bring a table in.", no_args_is_help=True)


@app.callback()
def importing() -> None:
    """Bring a table in."""


@app.command("csv")
def csv(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table, one person a line.")],
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    map_file: Annotated[Path, typer.Option("--map", metavar="MAP.yaml", help="What each column means.")],
    by: Annotated[str | None, typer.Option("--by", help="Who imports, CODE:ROLE.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="The site, where the study has several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """A table becomes entries, all or none, each marked historical."""
    from trialwright.conduct.outcome import Refusal
    from trialwright.exchange import import_csv
    from trialwright.store.directory import open_trial

    actor = actor_from(by)
    with open_trial(directory) as trial:
        if trial.standstill:
            _refuse(Refusal("record_history", None, trial.standstill), as_json=as_json, recorded=False)
        found = import_csv(trial.store, trial.study_file.study, file, map_file, actor=actor, site=trial.site(site))
    if isinstance(found, Refusal):
        _refuse(found, as_json=as_json, recorded=True)
    if found.unused:
        note(f"Columns the map leaves alone: {', '.join(found.unused)}.")
    entries = len(found.kept.entries)
    document = {"people": found.people, "entries": entries, "unused": list(found.unused)}
    document |= {"size": found.kept.size, "head": found.kept.head.hex()}
    answer(document, f"{file}: {found.people} people, {entries} entries, each marked historical.", as_json=as_json)


def _refuse(refusal: "Refusal", *, as_json: bool, recorded: bool) -> NoReturn:
    answer(refusal_document(refusal), lambda: refusal_text(refusal, recorded=recorded), as_json=as_json)
    raise typer.Exit(1)
