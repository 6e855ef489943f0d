"""The first page: the places, the primary estimate large, its curve, and what it does not know yet."""

from typing import Final

from trialwright.report.blocks import Banner, Block, Cell, Figure, Headline, Paragraph, Places, Square, Standing, Table
from trialwright.report.curves import Step
from trialwright.report.figures.survival import survival_figure
from trialwright.report.model import EndpointFacts, ReportModel
from trialwright.report.sections.board_front import pause_banners
from trialwright.report.sections.phrases import MANY, events, finding, horizon, label, limits, ran_out, who
from trialwright.report.words import MONTH_DAYS, Say

_MEANINGS: Final[dict[Standing, str]] = {
    "treated": "infused, alive without relapse",
    "relapsed": "alive after relapse",
    "died": "died",
    "left": "follow-up ended",
    "waiting": "enrolled, not yet infused",
    "free": "place free",
}


def front(model: ReportModel, say: Say) -> tuple[Block, ...]:
    """What everybody reads, even those who read nothing else."""
    blocks: list[Block] = []
    blocks += pause_banners(model.stopping, say)
    if model.asked.unreadable:
        blocks.append(
            Banner(
                "note",
                say("{count} entries cannot be read by this version.", count=model.asked.unreadable),
                say("What they say is not in this report."),
            )
        )
    if len(model.places) <= MANY and not model.study.historical:
        blocks.append(places(model, say))
    if model.primary:
        blocks.append(headline(model.primary, model.interim, say))
        if model.primary.curve:
            blocks.append(curve_figure(model.primary, model.interim, say))
    if model.interim is None and model.enrolled:
        blocks.append(Paragraph(say("Everybody has been followed for two years, or until death or leaving."), "note"))
    return tuple(blocks)


def places(model: ReportModel, say: Say) -> Places:
    """The strip of squares with the meaning of those that occur."""
    squares = tuple(Square(one.number, one.standing, say(_MEANINGS[one.standing])) for one in model.places)
    seen = {one.standing for one in model.places}
    key = tuple((standing, say(words)) for standing, words in _MEANINGS.items() if standing in seen)
    return Places(squares, key, "")


def headline(one: EndpointFacts, interim: str | None, say: Say) -> Headline:
    """The estimate large; if there is none, that and why."""
    reading = one.horizon
    name = f"{label(one, say)} · {say.code('role', one.role)}"
    rests = say("{n} participants, {events}; {who}", n=one.n, events=events(one, say), who=who(one, say))
    if reading is None or reading.estimate is None:
        why = say.note(reading.note) if reading else say.note((one.note or "").removeprefix("not estimable: "))
        return Headline(say("Could not be estimated"), why, rests, name, interim_words(interim, say))
    at_risk = say("{count} at risk at {when}", count=reading.at_risk, when=horizon(one.horizon_days, say))
    interval = say(
        "95 % interval {interval} ({method})",
        interval=say.interval(reading.lower, reading.upper),
        method=reading.interval,
    )
    if reading.lower is None:
        interval = limits(reading, say)
    if reading.bpcp and reading.interval != "BPCP":
        interval += say("; {interval} (BPCP)", interval=say.interval(*reading.bpcp))
    return Headline(
        say.percent(reading.estimate, 1), interval, say.joined((rests, at_risk)), name, interim_words(interim, say)
    )


def interim_words(interim: str | None, say: Say) -> str:
    """The interim sentence as a sentence."""
    return "" if interim is None else say.interim(interim)


def curve_figure(one: EndpointFacts, interim: str | None, say: Say, *, half: bool = False) -> Figure:
    """The endpoint's Kaplan-Meier curve, with every step of it as a table."""
    assert one.curve is not None
    title = finding(one, say)
    across = say.code("months since", one.origin) if one.origin else say("months")
    alive = one.measure in ("os", "os_infused")
    svg = survival_figure(
        one.curve,
        one.risk,
        say,
        id=f"curve-{one.id}",
        finding=title,
        across=across,
        up=say("alive, %") if alive else say("without an event, %"),
        event=say("Died") if alive else say("Had an event"),
        half=half,
    )
    caption = say(
        "Kaplan-Meier; band: 95 % log-log interval ({variance}); ticks: follow-up ended; "
        "dashed where fewer than three are at risk.",
        variance=say.code("variance", one.variance),
    )
    caption = say.gap.join(part for part in (caption, ran_out(one, say), interim_words(interim, say)) if part)
    return Figure(one.id, svg, title + say("."), caption, "half" if half else "full", steps_table(one, say))


def steps_table(one: EndpointFacts, say: Say) -> Table:
    """Every day on which the curve steps or somebody's follow-up ended; month by month where they are many."""
    assert one.curve is not None
    head = (say("Day"), say("At risk"), say("Events"), say("Estimate"), say("95 % log-log interval"))
    rows = tuple(
        (
            Cell(f"{step.day:g}"),
            Cell(str(step.at_risk)),
            Cell(str(step.events)),
            Cell(say.percent(step.value, 1)),
            Cell(say.interval(step.lower, step.upper)),
        )
        for step in few_steps(one.curve.steps)
    )
    return Table(say("{label}: the curve in steps", label=label(one, say)), head, rows, numbers=(1, 2, 3, 4))


def few_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """All steps while they are few; of many the last one of each month."""
    if len(steps) <= 2 * MANY:
        return steps
    return tuple({int(step.day // MONTH_DAYS): step for step in steps}.values())


def title(model: ReportModel, say: Say) -> str:
    """The report's title: the primary endpoint's finding."""
    if model.enrolled == 0:
        return say("Nobody is enrolled yet")
    return finding(model.primary, say) if model.primary else model.study.title
