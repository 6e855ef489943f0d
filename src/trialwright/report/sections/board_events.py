"""Adverse events against both baselines, by part of the population, and over time."""

from collections.abc import Iterator

from trialwright.report.blocks import Block, Cell, Figure, Paragraph, Row, Section, Table
from trialwright.report.figures.grades import LONGEST, grades_figure, sheets
from trialwright.report.safety_facts import EventsFacts, GradesOverTime, SafetyModel
from trialwright.report.sections.harm_tables import event_tables, groups_table
from trialwright.report.words import Say


def events(model: SafetyModel, say: Say) -> Section:
    """Two tables, one for each baseline; the parts of the population; each participant's grades over time."""
    parts: tuple[Section, ...] = (
        Section("since-treatment", say("Since the first study chemotherapy"), _tables(model.since_treatment, say)),
        Section("since-infusion", say("Since each infusion"), _tables(model.since_infusion, say)),
    )
    if model.groups:
        by_part = groups_table(model.groups, model.study.population_labels, say)
        parts = (*parts, Section("by-part", say("By part of the population"), (by_part,)))
    parts = (*parts, Section("over-time", say("Grades over time"), tuple(_over_time(model.over_time, say))))
    opening = say(
        "An event is counted if it is worse than it was at the baseline that the table names: as a condition found "
        "then, as an event still going on, or by the last value measured before. What nobody recorded counts as "
        "not there."
    )
    return Section("events", say("Adverse events by worst grade"), (Paragraph(opening, "lede"),), parts)


def _tables(facts: EventsFacts, say: Say) -> tuple[Block, ...]:
    frequent = {one.ctcae: one.terms for one in facts.frequent}
    threshold = max((one.threshold_percent for one in facts.frequent), default=5)
    return event_tables(facts.counts, say, frequent, threshold)


def _over_time(people: tuple[GradesOverTime, ...], say: Say) -> Iterator[Block]:
    drawn = tuple(sheets(people))
    if not drawn:
        yield Paragraph(say("There is no event to draw."))
        return
    caption = say(
        "One line per event worse than before the first study chemotherapy; the digit is its grade, an arrow an event "
        "without a recorded end or one that goes on beyond day {day}, * a serious event. Bars are drawn wide enough "
        "for their digit.",
        day=f"{LONGEST:.0f}",
    )
    for at, part in enumerate(drawn, 1):
        worst = max(span.grade for person in part for line in person.lines for span in line.spans)
        finding = say("Grades over time: the worst is {grade}", grade=worst)
        if len(drawn) > 1:
            finding += say(" ({at} of {n})", at=at, n=len(drawn))
        svg = grades_figure(part, say, id=f"grades-{at}", finding=finding)
        yield Figure(
            f"grades-{at}", svg, finding + say("."), caption if at == 1 else "", "full", _in_numbers(part, say)
        )


def _in_numbers(part: tuple[GradesOverTime, ...], say: Say) -> Table:
    head = (say("Participant"), say("Term"), say("Grades, from day to day"))
    rows: list[Row] = []
    for person in part:
        for line in person.lines:
            spans = [f"G{span.grade}: {span.start:.0f} – {span.end:.0f}" for span in line.spans]
            open_ = say("no end recorded") if line.open else ""
            rows.append((Cell(person.who.code, "code"), Cell(line.term), Cell(say.joined((*spans, open_), ", "))))
    return Table(say("Grades over time, days since the first infusion"), head, tuple(rows), (), (1.5, 4, 5))
