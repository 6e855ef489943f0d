"""`trialwright ledger`: verify, show, export the record."""

from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.say import answer

app = typer.Typer(help="The record: verify it, read it, take it out.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("verify")
def verify(
    where: Annotated[Path, typer.Argument(metavar="DIR|FILE.jsonl", help="A trial directory or an exported ledger.")],
    as_json: JsonOption = False,
) -> None:
    """Check every byte of a ledger. Exit 1 and the first bad entry named if anything is wrong."""
    from trialwright.store.directory import check_ledger_at

    found = check_ledger_at(where)
    faults = [{"seq": fault.seq, "id": fault.id, "text": fault.text} for fault in found.faults]
    document = {"verified": found.ok, "entries": found.size, "head": found.head.hex(), "faults": faults}

    def text() -> str:
        if found.ok:
            return f"{where}: {found.size} entries verify. Head {found.head.hex()}."
        lines = [f"{where}: does not verify. {found.entries} entries are good up to the first fault."]
        return "\n".join(lines + [f"  entry {fault['seq']}: {fault['text']}" for fault in faults])

    answer(document, text, as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)


@app.command("show")
def show(
    where: Annotated[Path, typer.Argument(metavar="DIR", help="A trial directory.")],
    about: Annotated[str | None, typer.Option("--about", help="Only entries about this casebook or lot.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only entries of this kind.")] = None,
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only the last so many.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The entries in order, a line each; with --json whole."""
    from trialwright.cli.words import entry_document, entry_line
    from trialwright.store.directory import open_trial

    with open_trial(where, read_only=True) as trial:
        entries = [e for e in trial.entries() if about in (None, e.about) and kind in (None, e.what.kind)]
    entries = entries[-last:] if last else entries
    answer([entry_document(e) for e in entries], lambda: "\n".join(map(entry_line, entries)), as_json=as_json)


@app.command("export")
def export(
    where: Annotated[Path, typer.Argument(metavar="DIR", help="A trial directory.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="The file to write.")],
    as_json: JsonOption = False,
) -> None:
    """The whole ledger as JSON lines that verify by themselves."""
    from trialwright.store.directory import open_trial

    with open_trial(where, read_only=True) as trial:
        size, head = trial.export(out)
    document = {"file": str(out), "entries": size, "head": head.hex()}
    answer(document, f"{out}: {size} entries. Head {head.hex()}.", as_json=as_json)
