"""`trialwright label` and `trialwright certificate`: what is printed and goes with the cells."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.cells import DAY, moment_at
from trialwright.cli.in_force import note_other_copy
from trialwright.cli.people import actor_from
from trialwright.cli.refusing import refusal_document, refusal_text
from trialwright.cli.say import answer
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.store import Kept
    from trialwright.store.directory import TrialDirectory

REASONS = ("first", "reprint", "new recipient", "new content")
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help="The file to write.")]


def label(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A dose, lot or collection; a participant, for the wristband.")
    ],
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    out: OutOption,
    reason: Annotated[
        str, typer.Option("--reason", help=f"{' | '.join(REASONS)}: after the first, the label before it is void.")
    ] = REASONS[0],
    by: Annotated[
        str | None, typer.Option("--by", metavar="CODE:ROLE", help="Who acts; default $TRIALWRIGHT_BY.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="MOMENT", help="When it is printed; default: now.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="The site; default: where it was first recorded.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a label as PDF: the act is recorded, and every label before it is void."""
    from trialwright.store import Kept
    from trialwright.store.directory import open_trial

    actor = actor_from(by)
    with open_trial(directory) as opened, written(out) as half:
        drawn = _drawn(opened, code)
        if drawn is not None:
            half.write_bytes(drawn[1])
        outcome = _printed(opened, code, reason, actor, at, opened.site(site or _own_site(opened, code)))
        if isinstance(outcome, Kept):
            told = _label_number(outcome)
            if drawn is None or drawn[0] != told[1]:  # somebody else printed one meanwhile
                half.write_bytes(_pdf(opened, *told))
            half.replace(out)
    if not isinstance(outcome, Kept):
        answer(refusal_document(outcome), lambda: refusal_text(outcome), as_json=as_json)
        raise typer.Exit(1)
    answer(_document(outcome, out), lambda: _text(outcome, out), as_json=as_json)


def _printed(opened: "TrialDirectory", code: str, reason: str, actor: Any, at: str | None, site: str) -> Any:
    """The act, done: what was kept, or the refusal."""
    from trialwright.conduct import ACTS, read_what

    chosen, now, zone = ACTS["print_label"], datetime.now(UTC), opened.zone(site)
    return opened.perform(
        chosen,
        actor=actor,
        who=code,
        what=read_what(chosen, {"reason": reason}),
        on=at if at is not None and DAY.fullmatch(at) else str(moment_at(at, zone)),
        site=site,
        id=uuid.uuid4().hex,
        at=now,
    )


def _own_site(opened: "TrialDirectory", code: str) -> str:
    """The site where what is labelled was first recorded; for what nobody recorded any site will say so."""
    trial = opened.trial()
    chapter = trial.chapter(code)
    sites = (*(entry.site for entry in (chapter.entries if chapter else ())), *trial.adopted.what.time_zones)
    return next(iter(sites))


def _drawn(opened: "TrialDirectory", code: str) -> tuple[int, bytes] | None:
    """The number and the PDF of the label as it would be: what cannot be drawn is not recorded as printed.

    None where nothing is recorded under the code: the act says so.
    """
    from trialwright.cells.labels import labels_printed

    trial = opened.trial()
    chapter = trial.chapter(code)
    if chapter is None or not chapter.entries:
        return None
    number = labels_printed(trial, chapter.code) + 1
    return number, _pdf(opened, chapter.code, number)


def _pdf(opened: "TrialDirectory", code: str, number: int) -> bytes:
    from trialwright.report.label import format_label, label_of

    written_at = int(datetime.now(UTC).timestamp())
    return format_label(label_of(opened.study_file.study, opened.trial(), code, number), written_at=written_at)


@contextmanager
def written(out: Path) -> Iterator[Path]:
    """A file beside `out` to write to, which takes its place when all is done and is gone otherwise."""
    if out.is_dir():
        raise UsageError(f"--out {out} is a directory; expected the name of a PDF, such as {out / 'label.pdf'}.")
    if out.suffix.lower() != ".pdf":
        raise UsageError(f"--out {out}: expected the name of a PDF, such as label.pdf.")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}: there is no directory {out.parent}. Make it first, or choose another.")
    half = out.with_name(out.name + ".new")
    try:
        half.write_bytes(b"")
        yield half
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


def _label_number(kept: "Kept") -> tuple[str, int]:
    """The code and the number of the label that was printed."""
    from trialwright.ledger.kinds import LabelPrinted

    printed = next(entry for entry in kept.entries if isinstance(entry.what, LabelPrinted))
    return printed.about or "", printed.what.label


def _document(kept: "Kept", out: Path) -> dict[str, Any]:
    from trialwright.cells.codes import label_code
    from trialwright.cli.words import entry_document

    code, number = _label_number(kept)
    entries = [entry_document(entry) for entry in kept.entries]
    named = {"code": code, "label": number, "says": label_code(code, number), "file": str(out)}
    return {"act": "print_label", "done": True, **named, "entries": entries, "size": kept.size, "head": kept.head.hex()}


def _text(kept: "Kept", out: Path) -> str:
    from trialwright.cells.codes import label_code
    from trialwright.cli.words import entry_line

    code, number = _label_number(kept)
    void = f" Label {number - 1} is void: destroy it." if len(kept.entries) > 1 else ""
    lines = [f"{out}: label {number} of {code}, which says {label_code(code, number)}.{void}"]
    return "\n".join([*lines, *(f"  {entry_line(entry)}" for entry in kept.entries)])


def certificate(
    lot: Annotated[str, typer.Argument(metavar="LOT", help="A released lot.")],
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    out: OutOption,
    as_json: JsonOption = False,
) -> None:
    """The certificate of a lot's release as PDF. Nothing is recorded."""
    from dataclasses import asdict

    from trialwright.report.certificate import certificate_of, format_certificate
    from trialwright.store.directory import open_trial

    with open_trial(directory, read_only=True) as opened:
        note_other_copy(opened)
        found = certificate_of(opened.study_file.study, opened.trial(), lot)
    with written(out) as half:
        half.write_bytes(format_certificate(found, written_at=int(datetime.now(UTC).timestamp())))
        half.replace(out)
    late = " It was recorded after the release." if found.after_deed else ""
    beside = f" Deviations: {', '.join(one.gate for one in found.deviations)}." if found.deviations else ""
    pending = f" Results awaited: {', '.join(found.pending)}." if found.pending else ""
    answer(
        asdict(found) | {"file": str(out)},
        f"{out}: certificate of the {found.how} release of {found.lot}.{pending}{late}{beside}",
        as_json=as_json,
    )
