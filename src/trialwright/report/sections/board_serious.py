"""Serious events told one by one, participants' and donors' apart."""

from collections.abc import Iterable

from trialwright.report.blocks import Block, Cell, Pairs, Paragraph, Row, Section, Table
from trialwright.report.safety_facts import SafetyModel, SeriousFacts
from trialwright.report.sections.board_words import graded, listed, moment, who_cell
from trialwright.report.stopping_facts import Person
from trialwright.report.words import Say

CAUSES = ("nk_cells", "chemotherapy", "premedication", "leukaemia")


def serious(model: SafetyModel, say: Say) -> Section:
    """A table of all, then each with its story; donors' events in a part of their own."""
    found, donors = model.serious, model.donor_events
    blocks: list[Block] = [_table(found, say)] if found else [Paragraph(say("No serious event is recorded."))]
    parts = [Section(f"event-{one.id}", _title(at, one, say), (_story(one, say),)) for at, one in enumerate(found, 1)]
    told = [_donor(one, say) for one in donors] if donors else [Paragraph(say("No event of a donor is recorded."))]
    note = Paragraph(say("Donors are known by codes; no participant is named here."), "note")
    parts.append(Section("donor-events", say("Events of donors"), (note, *told) if donors else tuple(told)))
    return Section("serious", say("Serious events"), tuple(blocks), tuple(parts))


def _table(found: Iterable[SeriousFacts], say: Say) -> Table:
    head = (
        say("Participant"),
        say("Event"),
        say("Worst"),
        say("Onset"),
        say("Serious because"),
        say("Cells"),
        say("Outcome"),
    )
    rows = tuple(_row(one, say) for one in found)
    return Table(
        say("Every serious event of a participant, by onset; day counted from the first infusion"), head, rows, (),
        (1.3, 3, 0.9, 1.8, 2.4, 1.5, 1.8),
    )  # fmt: skip


def _row(one: SeriousFacts, say: Say) -> Row:
    day = "" if one.day is None else say("day {day}", day=one.day)
    return (
        who_cell(one.who or Person(one.code, None), say),
        Cell(one.term, under=say("dose-limiting") if one.dose_limiting else ""),
        graded(one.worst),
        Cell(say.date(one.onset), under=day),
        Cell(listed((say.code("serious", word) for word in one.seriousness), say)),
        Cell(say.code("related", one.related.get("nk_cells", "unknown"))),
        Cell(say.code("outcome", one.outcome) if one.outcome else say("not recorded")),
    )


def _title(at: int, one: SeriousFacts, say: Say) -> str:
    return f"{at}. {one.code} · {one.term}"


def _story(one: SeriousFacts, say: Say) -> Pairs:
    """Everything recorded of one event, as pairs."""
    rows: list[tuple[str, tuple[Cell, ...]]] = [
        (say("Grade over time"), (_grades(one, say),)),
        (say("Serious because"), (Cell(listed((say.code("serious", word) for word in one.seriousness), say)),)),
        (say("Related to"), tuple(_causes(one, say))),
        (say("Expected"), (Cell(say.code("answer", one.expected)),)),
        (say("Action on treatment"), (Cell(say.code("action", one.action) if one.action else say("not recorded")),)),
        (say("Treated with"), (Cell(one.treatment or say("not recorded")),)),
        (say("Outcome"), (Cell(say.code("outcome", one.outcome) if one.outcome else say("not recorded")),)),
        (say("What was told"), tuple(_told(one, say))),
        (say("Reports sent"), tuple(_sent(one, say))),
    ]
    if one.dose_limiting:
        rows.insert(2, (say("DLT"), (Cell(say("dose-limiting"), "stopped"),)))
    return Pairs(tuple(rows))


def _grades(one: SeriousFacts, say: Say) -> Cell:
    parts = [say("G{grade} from {when}", grade=grade, when=moment(since, say)) for grade, since in one.grades]
    ended = say("resolved {when}", when=say.date(one.resolved_on)) if one.resolved_on else say("no end recorded")
    version = f"CTCAE {one.ctcae}" + (f" · {one.soc}" if one.soc else "")
    return Cell(say.joined((*parts, ended), ", "), under=version)


def _causes(one: SeriousFacts, say: Say) -> Iterable[Cell]:
    asked = dict.fromkeys((*(() if one.who is None else CAUSES), *one.related))
    for cause in asked:
        judged = one.related.get(cause, "not asked")
        yield Cell(say("{label}: {share}", label=say.code("of cause", cause), share=say.code("related", judged)))


def _told(one: SeriousFacts, say: Say) -> Iterable[Cell]:
    if not one.narrative:
        yield Cell(say("not recorded"), "quiet")
    for when, words in one.narrative:
        yield Cell(words, under=say.date(when))


def _sent(one: SeriousFacts, say: Say) -> Iterable[Cell]:
    if not one.sent:
        yield Cell(say("none"), "quiet")
    for what, to, regime, when in one.sent:
        words = f"{say(what)} · {say.code('recipient', to)} · {say.code('regime', regime)}"
        yield Cell(words, under=moment(when, say))


def _donor(one: SeriousFacts, say: Say) -> Pairs:
    """One event of a donor: the code of the donor, and nobody else's."""
    head: list[tuple[str, tuple[Cell, ...]]] = [
        (say("Donor"), (Cell(one.code, "code"),)),
        (say("Event"), (Cell(one.term, "strong", say.date(one.onset)),)),
    ]
    return Pairs((*head, *_story(one, say).rows))
