"""Adverse events by worst grade as tables: each names its baseline, its n and its version of CTCAE."""

from typing import Final

from trialwright.report.blocks import Block, Cell, Group, Paragraph, Row, Table, Tone
from trialwright.report.model import HarmGroup
from trialwright.report.words import Say
from trialwright.safety.counts import EventCounts, EventTable, TermCount
from trialwright.stats import clopper_pearson

_TONES: Final[tuple[Tone, ...]] = ("g1", "g2", "g3", "g4", "g5")
_CAPTIONS: Final = {
    "treatment": "Worse than before the first study chemotherapy: participants, not events, by worst grade; "
    "{n} treated; CTCAE {version}",
    "infusion": "Worse than before an infusion: participants, not events, by worst grade since; {n} infused; "
    "CTCAE {version}",
}
MARK: Final = " †"


def event_tables(
    counts: EventCounts, say: Say, frequent: dict[str, tuple[str, ...]] | None = None, threshold: int = 5
) -> tuple[Block, ...]:
    """One table for each version of CTCAE, and what is not counted.

    frequent  version -> the terms to mark as above ClinicalTrials.gov's threshold
    """
    if counts.n == 0:
        return (Paragraph(say("Nobody has been treated: there is no safety population yet.")),)
    blocks: list[Block] = []
    for table in counts.tables:
        marks = (frequent or {}).get(table.ctcae, ())
        if table.rows:
            blocks.append(_table(counts, table, marks, say, threshold if frequent is not None else None))
        else:
            blocks.append(_nothing(counts, say))
    left = _left_out(counts, say)
    return (*blocks, Paragraph(left, "note")) if left else tuple(blocks)


def _nothing(counts: EventCounts, say: Say) -> Paragraph:
    if counts.against == "treatment":
        return Paragraph(
            say(
                "No adverse event worse than before the first study chemotherapy is recorded among {n} treated.",
                n=counts.n,
            )
        )
    return Paragraph(say("No adverse event worse than before an infusion is recorded among {n} infused.", n=counts.n))


def _table(counts: EventCounts, table: EventTable, marks: tuple[str, ...], say: Say, threshold: int | None) -> Table:
    head = (
        say("Term"),
        *(say("G{grade}", grade=grade) for grade in range(1, 6)),
        say("Any"),
        say("% (95 % exact)"),
        say("Serious"),
        say("Related"),
    )
    rows: list[Row | Group] = [_event(table.anything, counts.n, say("Any adverse event"))]
    for soc in sorted({row.soc or "" for row in table.rows}):
        rows.append(Group(soc or say("System organ class not recorded")))
        rows += [
            _event(row, counts.n, row.term + (MARK if row.term in marks else ""))
            for row in table.rows
            if (row.soc or "") == soc
        ]
    caption = say(_CAPTIONS[counts.against], n=counts.n, version=table.ctcae)
    note = say(
        "Grade is severity; whether an event is serious is asked apart from it. Related: to the cells; what "
        "nobody has judged yet counts as related."
    )
    if threshold is not None:
        note += say.gap + _threshold(counts.n, marks, threshold, say)
    return Table(caption, head, tuple(rows), tuple(range(1, 10)), (4, *(0.75,) * 5, 0.8, 2.2, 1.1, 1.1), note)


def _threshold(n: int, marks: tuple[str, ...], threshold: int, say: Say) -> str:
    """What the mark means, and what one participant is in per cent."""
    if not marks:
        return say(
            "No term was not serious in more than {threshold} % of them (ClinicalTrials.gov).", threshold=threshold
        )
    one = say.percent(1 / n, 2)
    return say(
        "† not serious in more than {threshold} % of them (ClinicalTrials.gov): {count} terms; one of {n} is {one}.",
        threshold=threshold, count=len(marks), n=n, one=one,
    )  # fmt: skip


def _event(row: TermCount, n: int, term: str) -> Row:
    grades = tuple(
        Cell(str(count), tone) if count else Cell("·") for tone, count in zip(_TONES, row.by_grade, strict=True)
    )
    limits = clopper_pearson(row.any_grade, n)
    share = f"{row.any_grade / n * 100:.0f} ({limits.lower * 100:.0f} – {limits.upper * 100:.0f})"
    return (Cell(term), *grades, Cell(str(row.any_grade)), Cell(share), Cell(str(row.serious)), Cell(str(row.related)))


def _left_out(counts: EventCounts, say: Say) -> str:
    """How many events are not in the table, and why."""
    if not counts.left_out:
        return ""
    total = sum(count for _, count in counts.left_out)
    reasons = say.joined((f"{say.code('left out', why)}: {count}" for why, count in counts.left_out), "; ")
    return say("Events not counted here: {total} ({reasons}).", total=total, reasons=reasons)


def groups_table(groups: tuple[HarmGroup, ...], labels: dict[str, str], say: Say) -> Table:
    """Harm in each part of the treated, with exact limits."""
    head = (say("Part"), say("Treated"), say("Any adverse event"), say("Grade 3 or more"), say("Serious"))
    rows: list[Row | Group] = []
    for at, group in enumerate(groups):
        if at == 0 or group.by != groups[at - 1].by:
            rows.append(Group(say.code("by", group.by)))
        name = labels.get(group.value, group.value) or say("never enrolled")
        counts = (group.any_grade, group.grade_3_or_more, group.serious)
        rows.append((Cell(name), Cell(str(group.n)), *(_counted(count, group.n, say) for count in counts)))
    note = say("Participants, with exact 95 % limits. Parts are shown to be seen, not to be compared.")
    caption = say("Worse than before the first study chemotherapy, by part of the population")
    return Table(caption, head, tuple(rows), (1, 2, 3, 4), (3, 1, 2, 2, 2), note)


def _counted(count: int, n: int, say: Say) -> Cell:
    limits = clopper_pearson(count, n)
    return Cell(f"{count} / {n}", under=f"({say.interval(limits.lower, limits.upper, 0)})")
