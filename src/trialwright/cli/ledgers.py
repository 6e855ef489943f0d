"""`trialwright ledger`: verify, show, export the record."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.say import answer, cut, note
from trialwright.errors import UsageError

app = typer.Typer(help="The record: verify it, read it, take it out.", no_args_is_help=True)

WHAT_NOW = "Record nothing more in it. Keep this file as it is, look for the last good copy, and tell the data manager."

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("verify")
def verify(
    where: Annotated[
        str,
        typer.Argument(metavar="DIR|URL|FILE.jsonl", help="A trial directory, a database's URL, an exported ledger."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Check every byte of a ledger. Exit 1 and the first bad entry named if anything is wrong."""
    from trialwright.store.directory import check_ledger_at
    from trialwright.store.url import shown_place

    found = check_ledger_at(where)
    faults = [{"seq": fault.seq, "id": fault.id, "text": fault.text} for fault in found.faults]
    document = {"verified": found.ok, "entries": found.size, "head": found.head.hex(), "faults": faults}

    def text() -> str:
        if found.ok:
            return f"{shown_place(where)}: {found.size} entries verify. Head {found.head.hex()}."
        good = f"{found.entries} {'entry is' if found.entries == 1 else 'entries are'} good up to the first fault."
        lines = [f"{shown_place(where)}: does not verify. {good}"]
        lines += [f"  entry {fault['seq']}: {fault['text']}" for fault in faults]
        return "\n".join([*lines, WHAT_NOW])

    answer(document, text, as_json=as_json)
    if not found.ok:
        raise typer.Exit(1)


@app.command("show")
def show(
    where: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    about: Annotated[str | None, typer.Option("--about", help="Only entries about this casebook or lot.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only entries of this kind.")] = None,
    last: Annotated[int | None, typer.Option("--last", min=1, help="Only the last so many.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The entries in order, a line each; with --json whole."""
    from trialwright.cli.words import entry_document, entry_line
    from trialwright.store.directory import open_trial

    with open_trial(where, read_only=True) as trial:
        everything = trial.entries()
    if kind is not None:
        _check_kind(kind, {e.what.kind for e in everything})
    entries = [e for e in everything if about in (None, e.about) and kind in (None, e.what.kind)]
    if not entries:
        note("No entry is like that. `trialwright ledger show` without --about and --kind lists them all.")
    entries = entries[-last:] if last else entries
    answer([entry_document(e) for e in entries], lambda: "\n".join(map(entry_line, entries)), as_json=as_json)


def _check_kind(kind: str, there: set[str]) -> None:
    from trialwright.ledger.kinds import KINDS

    if kind not in {*KINDS, *there}:
        near = get_close_matches(kind, [*KINDS], n=1)
        meant = f"Did you mean {near[0]}?" if near else f"Kinds: {', '.join(KINDS)}."
        raise UsageError(f"--kind {cut(kind)}: there is no such kind of entry. {meant}")


@app.command("export")
def export(
    where: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="The file to write.")],
    as_json: JsonOption = False,
) -> None:
    """The whole ledger as JSON lines that verify by themselves."""
    from trialwright.store.directory import open_trial

    with open_trial(where, read_only=True) as trial:
        size, head = trial.export(out)
    document = {"file": str(out), "entries": size, "head": head.hex()}
    answer(document, f"{out}: {size} entries. Head {head.hex()}.", as_json=as_json)
