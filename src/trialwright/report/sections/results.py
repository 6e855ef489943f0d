"""Every endpoint: its estimate, its curve, its parts, and what would have changed it; then the whole of everybody."""

from trialwright.endpoints import TWO_YEARS
from trialwright.report.blocks import Block, Cell, Figure, Group, Paragraph, Row, Section, Table
from trialwright.report.curves import Swim
from trialwright.report.figures.incidence import incidence_figure
from trialwright.report.figures.swimmer import swimmer_figure
from trialwright.report.model import EndpointFacts, ReportModel, Stacked
from trialwright.report.sections.front import curve_figure, few_steps, interim_words
from trialwright.report.sections.phrases import (
    MANY,
    bpcp_cell,
    estimate_cell,
    events,
    finding,
    horizon,
    label,
    ran_out,
    who,
)
from trialwright.report.words import Say


def results(model: ReportModel, say: Say) -> Section:
    """The section on the endpoints: all of them in one table, then each."""
    return Section(
        "results",
        say("Endpoints"),
        _overview(model, say),
        tuple(_endpoint(one, model, say) for one in model.endpoints),
        new_page=True,
    )


def _overview(model: ReportModel, say: Say) -> tuple[Block, ...]:
    if not model.endpoints:
        return (Paragraph(say("The study names no endpoint.")),)
    head = (
        say("Endpoint"),
        say("Who, from when"),
        say("n"),
        say("Events"),
        say("12 months"),
        say("At the horizon"),
        say("At risk then"),
    )
    rows = tuple(_overview_row(one, say) for one in model.endpoints)
    note = say(
        "95 % intervals in brackets: log-log, with Greenwood's variance for survival and the jackknife variance for "
        "incidence; BPCP (beta product) where the log-log interval does not exist or fewer than three had an event."
    )
    blocks: list[Block] = [
        Table(
            say("Every endpoint"), head, rows, numbers=(2, 4, 5, 6), widths=(3, 3.4, 0.6, 2, 2.4, 2.4, 1.2), note=note
        )
    ]
    if model.interim:
        blocks.insert(0, Paragraph(say.interim(model.interim), "lede"))
    return tuple(blocks)


def _overview_row(one: EndpointFacts, say: Say) -> Row:
    at_year = next((reading for reading in one.readings if abs(reading.day - 365.25) < 0.1), None)
    return (
        Cell(label(one, say), under=say.code("role", one.role)),
        Cell(who(one, say)),
        Cell(str(one.n)),
        Cell(events(one, say)),
        estimate_cell(at_year, say),
        estimate_cell(one.horizon, say),
        Cell(str(one.horizon.at_risk) if one.horizon else "–"),
    )


def _endpoint(one: EndpointFacts, model: ReportModel, say: Say) -> Section:
    blocks: list[Block] = [Paragraph(_defined(one, say), "note")]
    if one.note:
        why = say.note(one.note.removeprefix("not estimable: "))
        blocks.append(Paragraph(say.joined((say("Could not be estimated"), why), ": ") + say(".")))
    figure = _figure(one, model, say)
    if figure:
        blocks.append(figure)
    if one.readings:
        blocks.append(_readings(one, say))
    if one.groups:
        blocks.append(_groups(one, model, say))
    blocks += _sensitivity(one, say)
    if one.excluded:
        blocks.append(Paragraph(say("Not counted: {who}.", who=_excluded(one, say)), "note"))
    blocks.append(Paragraph(_followed(one, say), "note"))
    return Section(f"endpoint-{one.id}", label(one, say), tuple(blocks))


def _excluded(one: EndpointFacts, say: Say) -> str:
    """Who is not counted, reason by reason; by number while they are few."""
    reasons: dict[str, list[int]] = {}
    for number, why in one.excluded:
        reasons.setdefault(why, []).append(number)
    parts = []
    for why, numbers in reasons.items():
        who = say.joined((str(number) for number in numbers), ", ") if len(numbers) <= MANY else str(len(numbers))
        parts.append(f"{say(why)} ({who})")
    return say.joined(parts)


def _defined(one: EndpointFacts, say: Say) -> str:
    """Role, who, and where the definition comes from: the record's words, or our assumption."""
    role = say.code("role", one.role)
    said = [say.joined((f"{role[:1].upper()}{role[1:]}", who(one, say))) + say(".")]
    if one.text:
        said.append(say("The record: “{text}”.", text=one.text))
    if one.source == "assumption":
        said.append(say("Assumption of this study: {basis}", basis=one.basis or say("no basis given")))
    elif one.basis:
        said.append(one.basis)
    return say.gap.join(said)


def _figure(one: EndpointFacts, model: ReportModel, say: Say) -> Figure | None:
    """A curve for survival (the primary one stands on the first page), the stacked curves with relapse."""
    if one.measure == "cir" and model.stacked:
        return stacked_figure(one, model.stacked, model.interim, say)
    if one.curve is None or one is model.primary:
        return None
    return curve_figure(one, model.interim, say, half=one.role in ("sensitivity", "ours"))


def stacked_figure(one: EndpointFacts, found: Stacked, interim: str | None, say: Say) -> Figure:
    """Relapse and death without relapse, stacked, with every step as a table."""
    title = finding(one, say)
    svg = incidence_figure(found.curves, found.risk, say, id="stacked", finding=title)
    caption = say(
        "Aalen-Johansen, from the remission; death without relapse competes. The three parts add to 100 %. "
        "One minus Kaplan-Meier would overstate relapse and is not shown."
    )
    caption = say.gap.join(part for part in (caption, ran_out(one, say), interim_words(interim, say)) if part)
    head = (
        say("Day"),
        say("At risk"),
        say("Relapsed"),
        say("Died without relapse"),
        say("Relapse"),
        say("Death without relapse"),
        say("Alive in remission"),
    )
    rows = tuple(
        (
            Cell(f"{low.day:g}"),
            Cell(str(low.at_risk)),
            Cell(str(low.events)),
            Cell(str(high.events)),
            Cell(say.percent(low.value, 1)),
            Cell(say.percent(high.value, 1)),
            Cell(say.percent(max(1 - low.value - high.value, 0.0), 1)),
        )
        for low, high in zip(few_steps(found.curves.relapse), few_steps(found.curves.death), strict=True)
    )
    table = Table(say("Relapse and death without relapse: the curves in steps"), head, rows, numbers=(1, 2, 3, 4, 5, 6))
    return Figure("stacked", svg, title + say("."), caption, data=table)


def _readings(one: EndpointFacts, say: Say) -> Table:
    survival = one.kind == "survival"
    head = [say("Months"), say("Estimate"), say("Standard error"), say("95 % interval"), say("At risk"), say("Note")]
    numbers: tuple[int, ...] = (1, 2, 3, 4)
    if survival:
        head.insert(4, say("BPCP"))
        numbers = (1, 2, 3, 4, 5)
    rows: list[Row] = []
    for reading in one.readings:
        estimated = reading.estimate is not None
        cells = [
            Cell(say.months(reading.day), under=say("{days}\u00a0days", days=f"{reading.day:.1f}".removesuffix(".0"))),
            Cell(say.percent(reading.estimate, 1)) if reading.estimate is not None else Cell("–"),
            Cell(say.percent(reading.se, 1)) if reading.se is not None and estimated else Cell("–"),
            Cell(say.interval(reading.lower, reading.upper), under=reading.interval if estimated else ""),
        ]
        if survival:
            cells.append(bpcp_cell(reading, say))
        cells += [Cell(str(reading.at_risk)), Cell(_note(reading.note, estimated, reading.at_risk, say), "quiet")]
        rows.append(tuple(cells))
    widths = (1.6, 1.3, 1.3, 2.3, 2.2, 1, 2.8) if survival else (1.6, 1.3, 1.3, 2.3, 1, 3.2)
    named = say(
        "{label}: estimates, {variance} variance", label=label(one, say), variance=say.code("variance", one.variance)
    )
    return Table(named, tuple(head), tuple(rows), numbers, widths)


def _note(note: str, estimated: bool, at_risk: int, say: Say) -> str:
    said = [] if estimated else [say("Could not be estimated")]
    if note:
        said.append(say.note(note))
    if estimated and at_risk < 3:
        said.append(say("fewer than three at risk") if at_risk else say("nobody at risk any more"))
    return say.joined(said, ": ")


def _groups(one: EndpointFacts, model: ReportModel, say: Say) -> Table:
    head = (
        say("Part"),
        say("n"),
        say("Events"),
        say("Estimate at {when}", when=horizon(one.horizon_days, say)),
        say("At risk then"),
    )
    rows: list[Row | Group] = []
    for at, group in enumerate(one.groups):
        if at == 0 or group.by != one.groups[at - 1].by:
            rows.append(Group(say.code("by", group.by)))
        rows.append(
            (
                Cell(model.study.population_labels.get(group.value) or say(group.value)),
                Cell(str(group.n)),
                Cell(str(group.events)),
                estimate_cell(group.horizon, say),
                Cell(str(group.horizon.at_risk) if group.horizon else "–"),
            )
        )
    note = say("Parts are shown to be seen, not to be compared: no comparison was planned, so no p-values are given.")
    caption = say("{label}, by part of the population", label=label(one, say))
    return Table(caption, head, tuple(rows), (1, 2, 3, 4), (3, 0.8, 1, 3.5, 1.4), note)


def _sensitivity(one: EndpointFacts, say: Say) -> list[Block]:
    blocks: list[Block] = []
    if one.sensitivity:
        head = (say("Had it been otherwise"), say("Estimate at {when}", when=horizon(one.horizon_days, say)))
        rows = (
            (Cell(say("as reported")), estimate_cell(one.horizon, say)),
            *(
                (Cell(say(other.code), under=say(other.text)), estimate_cell(other.horizon, say))
                for other in one.sensitivity
            ),
        )
        blocks.append(Table(say("{label}: sensitivity", label=label(one, say)), head, rows, (1,), (3, 2)))
    if one.imputed and len(one.imputed) <= MANY:
        said = " ".join(say("Participant {number}: {text}", number=number, text=text) for number, text in one.imputed)
        blocks.append(Paragraph(say("Dates known in part: {said}", said=said), "note"))
    return blocks


def _followed(one: EndpointFacts, say: Say) -> str:
    """How long they were followed, and the median time to the event."""
    followed = one.followed
    said = [say("Follow-up: {n} without an event", n=followed.event_free)]
    if followed.shortest is not None and followed.longest is not None:
        said[0] += say(", {shortest} to {longest} days", shortest=followed.shortest, longest=followed.longest)
    if followed.median.estimate is not None:
        said.append(say("median {months} months (reverse Kaplan-Meier)", months=say.months(followed.median.estimate)))
    else:
        said.append(say("the median cannot be estimated"))
    if one.median is not None:
        said.append(_median(one, say))
    return say.joined(said) + say(".")


def _median(one: EndpointFacts, say: Say) -> str:
    median = one.median
    if median is None or median.estimate is None:
        return say("median time to the event not reached")
    low = say.months(median.lower) if median.lower is not None else say("not reached")
    high = say.months(median.upper) if median.upper is not None else say("not reached")
    return say(
        "median time to the event {months} months (95 % interval {low} to {high})",
        months=say.months(median.estimate),
        low=low,
        high=high,
    )


def everybody(model: ReportModel, say: Say) -> Section | None:
    """One line per participant; None where there are too many to see, or nobody."""
    if not 0 < len(model.swims) <= MANY:
        return None
    horizon_days = model.primary.horizon_days if model.primary else TWO_YEARS
    alive = sum(swim.ended == "alive" for swim in model.swims)
    title = say("{alive} of {n} were alive at last contact", alive=alive, n=len(model.swims))
    svg = swimmer_figure(model.swims, horizon_days, say, id="swimmer", finding=title)
    caption = say("One line per participant, longest follow-up first. Dashed: {when}.", when=horizon(horizon_days, say))
    figure = Figure("swimmer", svg, title + say("."), caption, data=_swim_table(model.swims, say))
    return Section("everybody", say("Every participant"), (figure,))


def _swim_table(swims: tuple[Swim, ...], say: Say) -> Table:
    head = (
        say("No."),
        say("In remission, days"),
        say("Infusions, day"),
        say("Relapse, day"),
        say("Transplant, day"),
        say("Last, day"),
        say("Then"),
    )
    rows = tuple(
        (
            Cell(str(one.number)),
            Cell(f"{one.remission[0]:g} – {one.remission[1]:g}" if one.remission else "–"),
            Cell(", ".join(f"{day:g}" for day in one.infusions) or "–"),
            Cell(f"{one.relapse:g}" if one.relapse is not None else "–"),
            Cell(f"{one.transplant:g}" if one.transplant is not None else "–"),
            Cell(f"{one.end:g}"),
            Cell(
                say.code("ended", one.ended),
                under=say("a date known in part, taken at its middle") if one.imputed else "",
            ),
        )
        for one in sorted(swims, key=lambda swim: swim.number)
    )
    return Table(say("Every participant, days from enrolment"), head, rows, numbers=(1, 2, 3, 4, 5))
