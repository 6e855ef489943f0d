"""The reporting clocks: overdue, due, sent and withdrawn, by event and recipient; donors' events apart."""

from collections.abc import Iterable

from trialwright.report.blocks import Block, Cell, Paragraph, Row, Section, Table
from trialwright.report.safety_facts import OwedFacts, SafetyModel
from trialwright.report.sections.board_words import moment
from trialwright.report.stopping_facts import Person
from trialwright.report.words import Say

MOST_HOURS = 48
"""Beyond so many hours a delay is said in days."""


def clocks(model: SafetyModel, say: Say) -> Section:
    """What is owed to whom, the most pressing first."""
    participants = [one for one in model.owed if not one.donor]
    donors = [one for one in model.owed if one.donor]
    when = moment(model.now, say)
    blocks: list[Block] = [
        Paragraph(
            say("Clocks read at {when}. Calendar days count all days; day 0 is the day of awareness.", when=when),
            "note",
        )
    ]
    blocks.append(_table(say("Reports owed for events of participants"), participants, say))
    parts: tuple[Section, ...] = ()
    if donors:
        table = _table(say("Reports owed for events of donors"), donors, say)
        parts = (Section("clocks-donors", say("Donors"), (table,)),)
    return Section("clocks", say("Reporting clocks"), tuple(blocks), parts)


def _table(caption: str, owed: Iterable[OwedFacts], say: Say) -> Block:
    listed = tuple(owed)
    if not listed:
        return Paragraph(say("No report is owed."))
    open_ones = tuple(owed_row(one, say) for one in listed if not _in_time(one))
    rows = (*open_ones, *(_sent_row(group, say) for group in _sent_together(listed)))
    head = (say("Event"), say("Whose"), say("Report, to"), say("Due"), say("State"))
    return Table(caption, head, rows, (), (2.8, 1.1, 3, 1.9, 2.2))


def _in_time(one: OwedFacts) -> bool:
    return one.stands == "sent" and one.in_time == "yes"


def _sent_together(owed: Iterable[OwedFacts]) -> list[list[OwedFacts]]:
    """What was sent in time, the recipients of one report together; in the order of the first of each."""
    groups: dict[tuple[str, str, str], list[OwedFacts]] = {}
    for one in owed:
        if _in_time(one):
            groups.setdefault((one.entry, one.regime, one.what), []).append(one)
    return list(groups.values())


def _sent_row(group: list[OwedFacts], say: Say) -> Row:
    """One report that was sent to all its recipients in time."""
    event, whose, _, due, _ = owed_row(group[0], say)
    to = say.joined(tuple(say.code("recipient", one.to) for one in group))
    days = dict.fromkeys(one.sent_at[:10] for one in group if one.sent_at)
    sent = say("sent {when}", when=say.joined(tuple(say.date(day) for day in days)))
    report = Cell(to, under=f"{say(group[0].what)} · {say.code('regime', group[0].regime)}")
    return (event, whose, report, due, Cell(say("in time"), "met", sent))


def owed_row(one: OwedFacts, say: Say) -> Row:
    """One report to one recipient."""
    subject = one.subject if one.grade is None else say("{term}, G{grade}", term=one.subject, grade=one.grade)
    if one.grade is None:
        subject = say(subject)
    number = "" if one.number is None else say("No. {number}", number=one.number)
    aware = say("aware {when}", when=moment(one.aware, say))
    return (
        Cell(subject, under=aware),
        Cell(Person(one.about, one.number).code, "code", number),
        Cell(say.code("recipient", one.to), under=f"{say(one.what)} · {say.code('regime', one.regime)}"),
        Cell(moment(one.due, say)),
        _state(one, say),
    )


def _state(one: OwedFacts, say: Say) -> Cell:
    if one.stands == "overdue":
        return Cell(_late(one, say), "overdue")
    if one.stands == "due":
        if one.hours:
            left = say("{n} hours left", n=one.left) if one.left else say("less than an hour left")
        else:
            left = (
                say("{n} days left", n=one.left)
                if one.left > 1
                else say("1 day left")
                if one.left
                else say("due today")
            )
        return Cell(left, "due")
    if one.stands == "withdrawn":
        return Cell(say("withdrawn"), "idle", say(one.because))
    sent = say("sent {when}", when=moment(one.sent_at, say))
    if one.in_time == "yes":
        return Cell(say("in time"), "met", sent)
    if one.in_time == "unknown":
        return Cell(say("in time: not known"), "unknown", sent)
    return Cell(say("sent late"), "due", say.joined((sent, say("{amount} late", amount=_amount(one, say)))))


def _late(one: OwedFacts, say: Say) -> str:
    return say("{amount} overdue", amount=_amount(one, say))


def _amount(one: OwedFacts, say: Say) -> str:
    """How late, in hours up to two days, then in whole days."""
    if one.hours and one.late < MOST_HOURS:
        if one.late < 1:
            return say("less than an hour")
        return say("1 hour") if one.late == 1 else say("{n} hours", n=one.late)
    days = one.late // 24 if one.hours else one.late
    return say("1 day") if days == 1 else say("{n} days", n=days)
