"""The audit trail as a document: what was asked, by whom, and every entry of it in words."""

from trialwright.report.audit import HEAD
from trialwright.report.blocks import Cell, Document, Pairs, Section, Table
from trialwright.report.visible import each_text, visible
from trialwright.report.wording import SIMULATED
from trialwright.study.model import Study

LONGEST = 600
"""Letters of an entry's content that are printed; the rest stands in the file for a spreadsheet."""
_AT = {name: at for at, name in enumerate(HEAD)}


def audit_document(
    study: Study,
    rows: tuple[tuple[str, ...], ...],
    said: tuple[tuple[str, str], ...],
    *,
    simulated: bool,
    written_at: int,
) -> Document:
    """The document of rows as `audit_row` makes them.

    said        what stands above them: filter, count, who exported when, the head of the ledger
    written_at  seconds since 1970, of the export
    """
    identifier = study.record.nct if study.record else study.id
    table = Table(
        caption="Newest first. Both clocks: UTC, and the site's below it.",
        head=("Entry", "Recorded", "Happened", "About", "What", "By"),
        rows=tuple(_row(row) for row in rows),
        widths=(0.8, 1.6, 1.5, 1.1, 4.2, 1.4),
    )
    found = Document(
        lang="en",
        title=f"Audit trail: {len(rows)} {'entry' if len(rows) == 1 else 'entries'}",
        kicker=f"{identifier} · {study.title}",
        subtitle=next((value for name, value in said if name == "filter"), ""),
        simulated=(*SIMULATED, "Nobody in this document is a real person.") if simulated else None,
        footer=(
            f"{identifier} · audit trail",
            next((f"head {value[:16]}" for name, value in said if name == "head"), ""),
        ),
        front=(Pairs(tuple((name.capitalize(), (Cell(value),)) for name, value in said)),),
        sections=(Section("entries", "Entries", (table,)),),
        written_at=written_at,
        words={"skip": "Skip to content", "front": "What was asked", "contents": "Contents", "in_numbers": ""},
    )
    return each_text(found, visible)


def _row(row: tuple[str, ...]) -> tuple[Cell, ...]:
    def of(name: str) -> str:
        return row[_AT[name]]

    kind = of("kind").replace("_", " ")
    says = of("says") if len(of("says")) <= LONGEST else f"{of('says')[:LONGEST]} …"
    amended = f"corrects entry {of('corrects')}" if of("corrects") else ""
    amended = f"takes back entry {of('retracts')}" if of("retracts") else amended
    why = f"{of('reason')}: {of('why')}" if of("reason") else ""
    told = f"told by {of('told by')} ({of('source of telling')}), late: {of('why late')}" if of("told by") else ""
    second = f"with {of('second')}" if of("second") else ""
    return (
        Cell(of("number"), under=of("hash")[:8]),
        Cell(of("recorded (UTC)")[:16].replace("T", " "), under=of("recorded (site)")[:16].replace("T", " ")),
        Cell(of("occurred")[:16].replace("T", " "), under=of("delay")),
        Cell(of("about")),
        Cell(kind, "strong", under=". ".join(part for part in (says, amended, why, told) if part)),
        Cell(of("by"), under=" ".join(part for part in (of("role"), second) if part)),
    )
