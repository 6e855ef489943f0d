"""The laboratory: shifts of grade, and what is signed of the values outside their range."""

from trialwright.report.blocks import Block, Cell, Group, Paragraph, Row, Section, Table, Tone
from trialwright.report.safety_facts import LaboratoryFacts, MarkFacts, SafetyModel, ValueFacts
from trialwright.report.sections.board_words import GRADE_TONES, listed, who_cell
from trialwright.report.sections.phrases import unit_words
from trialwright.report.words import Say
from trialwright.safety.shifts import COLUMNS, Shift

MOST_LISTED = 60
"""Values that are listed one by one; beyond, they are counted."""


def laboratory(model: SafetyModel, say: Say) -> Section:
    """Shift tables, values waiting for a mark, marks."""
    facts = model.laboratory
    parts = (
        Section("shifts", say("Shifts of grade"), tuple(_shifts(facts, say))),
        Section("waiting", say("Values waiting for a signed mark"), tuple(_waiting(facts, say))),
        Section("marks", say("Signed marks"), tuple(_marks(facts, say))),
    )
    return Section("laboratory", say("Laboratory"), (), parts)


def _shifts(facts: LaboratoryFacts, say: Say) -> list[Block]:
    shown = [one for one in facts.shifts if not one.quiet]
    quiet = [one.term for one in facts.shifts if one.quiet]
    blocks: list[Block] = []
    if shown:
        head = (
            say("Before treatment"),
            *(say("G{grade}", grade=grade) for grade in range(5)),
            say("unknown"),
            say("n"),
        )
        rows: list[Row | Group] = []
        for one in shown:
            rows += [Group(one.term), *_shift(one, say)]
        caption = say(
            "Participants by grade before the first study chemotherapy (rows) and worst grade since (columns); "
            "CTCAE {version}",
            version=facts.ctcae,
        )
        note = say(
            "Grades are those a person confirmed, else the automatic ones. Unknown: no value, or one that may have "
            "several grades. Coloured: worse than before."
        )
        blocks.append(Table(caption, head, tuple(rows), tuple(range(1, 8)), (3, 1, 1, 1, 1, 1, 1.3, 1), note))
    elif not facts.shifts:
        blocks.append(Paragraph(say("No value that CTCAE {version} grades is recorded.", version=facts.ctcae)))
    if quiet:
        blocks.append(
            Paragraph(say("Grade 0 in everybody, before and since: {terms}.", terms=listed(quiet, say)), "note")
        )
    return blocks


def _shift(one: Shift, say: Say) -> list[Row]:
    """The rows of one term: only grades that somebody had before."""
    rows: list[Row] = []
    for at, (before, counts) in enumerate(zip(COLUMNS, one.counts, strict=True)):
        if not any(counts):
            continue
        name = say("unknown") if before is None else say("G{grade}", grade=before)
        cells = [Cell(str(count), _tone(at, column)) if count else Cell("·") for column, count in enumerate(counts)]
        rows.append((Cell(name), *cells, Cell(str(sum(counts)))))
    return rows


def _tone(before: int, since: int) -> Tone:
    """The colour of a grade that is certainly worse than before."""
    return GRADE_TONES[since - 1] if before < since < 5 else "plain"


def _waiting(facts: LaboratoryFacts, say: Say) -> list[Block]:
    count = len(facts.waiting)
    blocks: list[Block] = []
    if count == 0:
        blocks.append(Paragraph(say("No value outside its range waits for a signed mark.")))
    else:
        head = (say("Participant"), say("Value"), say("Sampled"), say("Found"), say("Range"), say("Automatic grade"))
        rows = tuple(_value(one, facts, say) for one in facts.waiting[:MOST_LISTED])
        caption = say("Outside the range, not yet signed: {n} of {total} values", n=count, total=facts.values)
        note = say("{count} more are in the ledger.", count=count - MOST_LISTED) if count > MOST_LISTED else ""
        blocks.append(Table(caption, head, rows, (), (1.3, 2.2, 1.6, 1.7, 2.5, 2.8), note))
    if facts.no_range:
        words = say(
            "Of {total} values {n} cannot be called inside or outside a range: none is known, or the units do not "
            "meet.",
            total=facts.values,
            n=facts.no_range,
        )
        blocks.append(Paragraph(words, "note"))
    return blocks


def _name(concept: str, facts: LaboratoryFacts, say: Say) -> str:
    english, chinese = facts.names.get(concept, (concept, concept))
    return chinese if say.lang == "zh" else english


def _value(one: ValueFacts, facts: LaboratoryFacts, say: Say) -> Row:
    return (
        who_cell(one.who, say),
        Cell(_name(one.concept, facts, say)),
        Cell(say.date(one.on)),
        Cell(one.value + unit_words(one.unit)),
        Cell(_range(one)),
        Cell(one.grade or "–"),
    )


def _range(one: ValueFacts) -> str:
    """The range with its unit as it is read; an end that nobody gave is left out."""
    ends = f"{one.low}\u00a0–\u00a0{one.high}"
    if one.low is None or one.high is None:
        ends = f"≥\u00a0{one.low}" if one.low is not None else f"≤\u00a0{one.high}"
    return ends + unit_words(one.range_unit) if one.low is not None or one.high is not None else "–"


def _marks(facts: LaboratoryFacts, say: Say) -> list[Block]:
    """Significant marks one by one; the others counted."""
    if not facts.marks:
        return [Paragraph(say("No value is signed yet."))]
    significant = [one for one in facts.marks if one.significant]
    others = [one for one in facts.marks if not one.significant]
    caption = say("Signed: {n}; clinically significant: {count}", n=len(facts.marks), count=len(significant))
    blocks: list[Block] = []
    if significant:
        head = (say("Participant"), say("Value"), say("Sampled"), say("Found"), say("Grades confirmed"), say("Event"))
        rows = tuple(_mark(one, facts, say) for one in significant[:MOST_LISTED])
        more = len(significant) - MOST_LISTED
        note = say("{count} more are in the ledger.", count=more) if more > 0 else ""
        blocks.append(Table(caption, head, rows, (), (1.3, 2.4, 1.7, 2, 2.6, 2.6), note))
    else:
        blocks.append(Paragraph(caption + say(".")))
    if others:
        blocks.append(_not_significant(others, facts, say))
    return blocks


def _mark(one: MarkFacts, facts: LaboratoryFacts, say: Say) -> Row:
    grades = say.joined((f"{term}: {grade}" for term, grade in one.grades if grade != "0"), "; ")
    by = say("signed by {who}", who=one.signed_by) if one.signed_by else ""
    return (
        who_cell(one.who, say),
        Cell(_name(one.concept, facts, say)),
        Cell(say.date(one.on)),
        Cell(one.value + unit_words(one.unit), under=by),
        Cell(grades or say("G{grade}", grade=0)),
        Cell(one.event or "–"),
    )


def _not_significant(marks: list[MarkFacts], facts: LaboratoryFacts, say: Say) -> Table:
    """What was signed as not significant, by what was measured: marks, participants, the highest grade confirmed."""
    by_concept: dict[str, list[MarkFacts]] = {}
    for one in marks:
        by_concept.setdefault(one.concept, []).append(one)
    rows = tuple(
        (
            Cell(_name(concept, facts, say)),
            Cell(str(len(found))),
            Cell(str(len({one.who.code for one in found}))),
            Cell(_highest(found, say)),
        )
        for concept, found in sorted(by_concept.items(), key=lambda item: (-len(item[1]), item[0]))
    )
    head = (say("Value"), say("Values"), say("Participants"), say("Highest grade confirmed"))
    caption = say("Signed as not clinically significant: {n}; each is in the ledger", n=len(marks))
    return Table(caption, head, rows, (1, 2), (3, 1, 1.3, 4))


def _highest(marks: list[MarkFacts], say: Say) -> str:
    """The highest grade of each term."""
    highest: dict[str, int] = {}
    for term, grade in (pair for one in marks for pair in one.grades):
        if grade.isdigit():
            highest[term] = max(highest.get(term, 0), int(grade))
    return say.joined((f"{term}: {grade}" for term, grade in sorted(highest.items()) if grade), "; ") or "–"
