"""Residual disease and the donor's cells over time, participant by participant."""

from collections.abc import Iterable
from typing import Final

from trialwright.endpoints import AfterInfusion, MrdConversion, MrdCourse, Persistence, Share
from trialwright.report.blocks import Block, Cell, Figure, Paragraph, Row, Table
from trialwright.report.figures.persistence import persistence_figure, shown
from trialwright.report.model import ReportModel
from trialwright.report.sections.phrases import MANY, unit_words
from trialwright.report.words import Say

_NAMES: Final = {"donor_chimerism": "Donor chimerism", "nk_cells": "NK cells in blood"}


def residual_disease(found: MrdConversion, say: Say) -> Iterable[Block]:
    """Who turned negative of those positive before the cells, and everybody's samples while they are few."""
    known = [one for one in found.courses if one.baseline or one.later]
    if not known:
        return
    note = say(
        "Out of the participants positive at the last sample up to the first infusion, or up to enrolment of those not "
        "infused; a negative sample counts before another therapy or a transplant. Not counted: {negative} negative "
        "then, {unknown} not known.",
        negative=found.negative,
        unknown=found.unknown,
    )
    head = (say("Residual disease"), say("Participants"), say("Share"), say("95 % exact"))
    yield Table(
        say("Residual disease: from positive to negative"),
        head,
        (_share(found.share, say),),
        (1, 2, 3),
        (3, 1, 1, 2),
        note,
    )
    if len(known) <= MANY:
        rows = tuple(_course(one, say) for one in known)
        caption = say("Residual disease of each participant; days since the first infusion, else since enrolment")
        yield Table(
            caption, (say("No."), say("Before"), say("Later"), say("Turned negative")), rows, (), (0.8, 1.5, 5, 2)
        )


def _share(one: Share, say: Say) -> Row:
    part = say.percent(one.share, 1) if one.share is not None else "–"
    return (
        Cell(say(one.label)),
        Cell(f"{one.count} / {one.n}"),
        Cell(part),
        Cell(say.interval(one.lower, one.upper)),
    )


def _course(one: MrdCourse, say: Say) -> Row:
    later = (say("day {day}: {status}", day=point.days, status=say(point.status)) for point in one.later)
    turned = next((point.days for point in one.later if point.on == one.converted_on), None)
    return (
        Cell(str(one.number)),
        Cell(say(one.baseline or "not known")),
        Cell(say.joined(later, ", ") or "–"),
        Cell("–" if turned is None else say("day {day}", day=turned)),
    )


def donor_cells(model: ReportModel, say: Say) -> Iterable[Block]:
    """A figure for each measure of the donor's cells that somebody has a value of."""
    for found in model.persistence:
        if not any(one.found for one in found.courses):
            yield Paragraph(say("{what}: no value is recorded yet.", what=say(_NAMES[found.concept])))
            continue
        yield _figure(found, say)


def _figure(found: Persistence, say: Say) -> Figure:
    name = say(_NAMES[found.concept])
    unit = unit_words(found.unit).replace("uL", "μL")
    finding = _finding(found, name, unit, say)
    caption = say(
        "{what} by days since the infusion, on a logarithmic scale: one line per participant and infusion, a bar at "
        "the median of each visit. Hollow: below the limit of the assay, drawn at the limit.",
        what=name,
    )
    id = f"persistence-{found.concept.replace('_', '-')}"
    svg = persistence_figure(found, f"{name}, {unit.strip()}", say, id=id, finding=finding)
    return Figure(id, svg, finding + say("."), caption, data=_table(found, name, unit, say))


def _finding(found: Persistence, name: str, unit: str, say: Say) -> str:
    """The medians of the first and the last visit after the infusion at which anybody was measured."""
    after = [median for median in found.medians if median.visit > 0 and median.n]
    if not after:
        return say("{what} was measured before the infusion only", what=name)
    first, last = after[0], after[-1]
    said = say(
        "{what}: median {value} on day {day}", what=name, value=shown(first.value, first.below) + unit, day=first.visit
    )
    if last is first:
        return said
    return said + say(", {value} on day {day}", value=shown(last.value, last.below) + unit, day=last.visit)


def _table(found: Persistence, name: str, unit: str, say: Say) -> Table:
    days = tuple(say("day {day}", day=day) if day else say("before") for day in found.visits)
    rows: list[Row] = []
    if len(found.courses) <= MANY:
        rows += [_row(one, found.visits) for one in found.courses]
    rows.append(
        (
            Cell(say("Median"), "strong"),
            Cell(""),
            *(Cell(shown(one.value, one.below), "strong", f"n = {one.n}") for one in found.medians),
        )
    )
    caption = say("{what}, {unit}, at each visit", what=name, unit=unit.strip())
    numbers = tuple(range(1, len(days) + 2))
    return Table(caption, (say("No."), say("Infusion"), *days), tuple(rows), numbers)


def _row(one: AfterInfusion, visits: tuple[int, ...]) -> Row:
    values = ((found := one.at(day)) and shown(found.value, found.below) for day in visits)
    return (Cell(str(one.number)), Cell(str(one.infusion)), *(Cell(value or "–") for value in values))
