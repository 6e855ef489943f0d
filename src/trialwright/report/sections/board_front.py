"""The safety report's first page: where the trial stands in one sentence, what is overdue, what was decided."""

from trialwright.report.blocks import Banner, Block, Cell, Headline, Paragraph, Row, Table
from trialwright.report.core_words import all_said, boundary_words, pause_reason, said
from trialwright.report.safety_facts import SafetyModel
from trialwright.report.sections.board_clocks import owed_row
from trialwright.report.sections.board_words import listed
from trialwright.report.stopping_facts import BoundaryFacts, DecisionFacts, StoppingFacts
from trialwright.report.words import Say
from trialwright.safety.stopping.boundary import RULE

BOARD = "safety board"
MOST_OVERDUE = 8
"""Overdue reports that the first page lists; the rest stand in their own section."""


def title(model: SafetyModel, say: Say) -> str:
    """The report's title: the state of the trial as a finding."""
    stopping = model.stopping
    if stopping.pauses:
        first = stopping.pauses[0]
        rule = say("the stopping rule is reached") if first.by == RULE else first.label
        return say("The trial is paused: {why}", why=rule)
    if stopping.boundary is None:
        return say("This study has no stopping rule")
    if stopping.boundary.crossed:
        return say("The stopping rule is reached; the trial goes on by a decision")
    return say("The stopping rule is not reached")


def subtitle(model: SafetyModel, say: Say) -> str:
    """Treated, toxicities, overdue: three short sentences."""
    parts = [say("{n} treated.", n=say.count(model.treated, opening=True))]
    if model.stopping.boundary:
        facts = model.stopping.boundary
        parts.append(
            say(
                "{events} of {n} evaluable participants had a dose-limiting toxicity (DLT).",
                events=facts.events,
                n=facts.evaluable,
            )
        )
    parts.append(overdue_words(len(model.overdue), say))
    return say.gap.join(parts)


def overdue_words(count: int, say: Say) -> str:
    """How many reports are overdue, as a sentence."""
    if count == 0:
        return say("No report is overdue.")
    if count == 1:
        return say("One report is overdue.")
    return say("{n} reports are overdue.", n=say.count(count, opening=True))


def front(model: SafetyModel, say: Say) -> tuple[Block, ...]:
    """What every member of the board reads."""
    blocks: list[Block] = [*pause_banners(model.stopping, say)]
    if model.asked.unreadable:
        unread = say("{count} entries cannot be read by this version.", count=model.asked.unreadable)
        blocks.append(Banner("note", unread, say("What they say is not in this report.")))
    if model.stopping.boundary:
        blocks.append(headline(model.stopping.boundary, say))
    blocks.append(_overdue(model, say))
    blocks += _decisions(model, say)
    return tuple(blocks)


def pause_banners(stopping: StoppingFacts, say: Say) -> list[Block]:
    """One banner for each pause in force."""
    return [
        Banner("paused", paused_since(one.since, say), pause_reason(one, stopping.boundary, say))
        for one in stopping.pauses
    ]


def paused_since(since: str | None, say: Say) -> str:
    """That everything stands still, and since when."""
    if since is None:
        return say("Enrolment and infusion are paused.")
    return say("Enrolment and infusion are paused since {date}.", date=say.date(since))


def headline(facts: BoundaryFacts, say: Say) -> Headline:
    """The posterior large, its cut beside it; for a rule without a prior the count."""
    rests = boundary_words(facts, say)
    if facts.posterior is None:
        value = say("{events} of {n}", events=facts.events, n=facts.evaluable)
        return Headline(value, say("evaluable participants had a DLT"), rests, say("Stopping rule"))
    above = say("probability that the true rate is above {share}", share=say.percent(float(facts.rule.p0)))
    pauses = say("pauses above {cut}", cut=facts.rule.cut or "")
    return Headline(f"{facts.posterior:.2f}", say.joined((above, pauses)), rests, say("Stopping rule"))


def _overdue(model: SafetyModel, say: Say) -> Block:
    """The overdue reports of participants and donors, without saying whose of a donor."""
    found = model.overdue
    if not found:
        return Paragraph(say("No report is overdue."))
    people = [one for one in found if not one.donor]
    donors = len(found) - len(people)
    rows: list[Row] = [owed_row(one, say) for one in people[:MOST_OVERDUE]]
    head = (say("Event"), say("Whose"), say("Report, to"), say("Due"), say("State"))
    more = [say("{count} more stand in their own section.", count=len(people) - MOST_OVERDUE)] * (
        len(people) > MOST_OVERDUE
    )
    more += [say("{count} of donors' events stand apart.", count=donors)] if donors else []
    if not rows:
        return Paragraph(say.gap.join((overdue_words(len(found), say), *more)))
    return Table(overdue_words(len(found), say), head, tuple(rows), (), (2.8, 1.1, 3, 1.9, 2.2), say.gap.join(more))


def _decisions(model: SafetyModel, say: Say) -> list[Block]:
    """Every decision so far, with the pauses it answered."""
    found = model.stopping.decisions
    if not found:
        return [Paragraph(say("No decision on a pause is recorded."))]
    head = (say("Decided"), say("By"), say("Decision"), say("For"), say("Pauses it answered"))
    rows = tuple(_decision(one, say) for one in found)
    return [Table(say("Decisions so far"), head, rows, (), (1.5, 1.5, 3, 1.6, 4))]


def _decision(one: DecisionFacts, say: Say) -> Row:
    scope = say.code("scope", one.scope)
    answered = say.joined(
        (
            say("{label}: {share}", label=_pausing(rule, say), share=_answered(reason, say))
            for rule, reason in one.answers
        ),
        "; ",
    )
    return (
        Cell(say.date(one.on), under=say("entry {seq}", seq=one.entry)),
        Cell(_pausing(one.decided_by, say)),
        Cell(one.decision),
        Cell(scope, under=listed(one.exempt, say) if one.exempt else ""),
        Cell(answered or say("none named"), "plain" if answered else "quiet"),
    )


def _answered(reason: str, say: Say) -> str:
    """The reason of a pause, its known sentences in the report's language; what somebody typed stays as it is."""
    parts = reason.split("; ")
    return reason if [said(part, say) for part in parts] == parts else all_said(parts, say)


def _pausing(who: str, say: Say) -> str:
    """The rule or the board in the report's language; a trigger's words, or whoever it was, as they stand."""
    return say(who) if who in (RULE, BOARD) else who
