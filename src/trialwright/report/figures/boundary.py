"""The stopping boundary with the path walked so far, and where one more participant would take it."""

from typing import TYPE_CHECKING, Any, Final

from trialwright.report.figures.canvas import POINT
from trialwright.report.figures.look import CURVE, EDGE, FULL_MM, GRID, INK, drawing, inches, text_width
from trialwright.report.figures.svg import finished_svg, marked
from trialwright.report.stopping_facts import BoundaryFacts
from trialwright.report.words import Say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ZONE, STRIPES, PAUSED = "#ebe3e6", "#c9aeb8", "#5a1730"
LEFT, RIGHT, TOP, FOOT, HEIGHT = 40.0, 12.0, 8.0, 36.0, 205.0
LAST_STEPS: Final = 1  # free units right of the last participant and above the highest bound


def boundary_figure(facts: BoundaryFacts, say: Say, *, id: str, finding: str) -> str:
    """The SVG: participants evaluable to the right, with a toxicity upwards; the area in which the trial pauses."""
    from matplotlib.figure import Figure

    with drawing():
        width, height = inches(FULL_MM), (TOP + HEIGHT + FOOT) * POINT
        figure = Figure(figsize=(width, height))
        across = width / POINT
        axes = figure.add_axes(
            (
                LEFT / across,
                FOOT * POINT / height,
                (across - LEFT - _right(facts, say)) / across,
                HEIGHT * POINT / height,
            )
        )
        _frame(axes, facts, say)
        _draw_zone(axes, facts, say)
        _draw_path(axes, facts, say)
        return finished_svg(figure, id, finding, _described(facts, say))


def _size(facts: BoundaryFacts) -> tuple[int, int]:
    """Participants and events up to which the figure reaches."""
    n = max(len(facts.rule.lowest), facts.evaluable + len(facts.pending[:1]))
    bounds = [bound for bound in facts.rule.lowest if bound is not None]
    return n, max([*bounds, facts.events, 1]) + LAST_STEPS


def _frame(axes: "Axes", facts: BoundaryFacts, say: Say) -> None:
    n, top = _size(facts)
    axes.set_xlim(0, n + 0.5)
    axes.set_ylim(0, top)
    step, rise = max(1, -(-n // 20)), max(1, -(-top // 10))
    axes.set_xticks(range(step, n + 1, step), [str(at) for at in range(step, n + 1, step)])
    axes.set_yticks(range(0, top + 1, rise), [str(at) for at in range(0, top + 1, rise)])
    axes.set_xlabel(say("participants evaluable for DLT"), labelpad=3)
    axes.set_ylabel(say("participants with a DLT"), labelpad=5)
    axes.xaxis.label.set_gid(marked("t-ink"))
    axes.yaxis.label.set_gid(marked("t-ink"))
    axes.grid(True, axis="y", color=GRID)


def _draw_zone(axes: "Axes", facts: BoundaryFacts, say: Say) -> None:
    """The hatched area from the bound upwards, half a unit below each count, so that a point lies clearly in or out."""
    _, top = _size(facts)
    reached = [(at, bound) for at, bound in enumerate(facts.rule.lowest, 1) if bound is not None]
    if not reached:
        return
    xs = [edge for at, _ in reached for edge in (at - 0.5, at + 0.5)]
    ys = [bound - 0.5 for _, bound in reached for _ in (0, 1)]
    style: dict[str, Any] = {"facecolor": ZONE, "edgecolor": STRIPES, "hatch": "///", "linewidth": 0}
    axes.fill_between(xs, ys, top, gid=marked("z-pause"), zorder=1.5, **style)
    axes.plot(xs, ys, color=PAUSED, linewidth=1.5, gid=marked("e-pause"), zorder=2)
    axes.annotate(
        say("Enrolment and infusion pause"),
        (xs[0], top),
        xytext=(10, -12),
        textcoords="offset points",
        va="center",
        fontsize=10,
        fontweight=600,
        color=PAUSED,
        bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.35", "gid": marked("f-sur")},
        gid=marked("t-pause"),
        zorder=6,
    )


def _draw_path(axes: "Axes", facts: BoundaryFacts, say: Say) -> None:
    steps = [(0, 0), *((step.evaluable, step.events) for step in facts.path)]
    xs, ys = [x for x, _ in steps], [y for _, y in steps]
    axes.plot(xs, ys, color=CURVE, gid=marked("curve"), clip_on=False, zorder=4)
    here = steps[-1]
    if facts.pending:
        _draw_ends(axes, facts, here, say)
    dots: dict[str, Any] = {"marker": "o", "markersize": 7, "linestyle": "none"}
    axes.plot(
        xs[1:], ys[1:], color=CURVE, markeredgecolor="white", gid=marked("f-1 s-sur"), clip_on=False, zorder=5, **dots
    )
    if facts.path:
        words = say("{events} of {n}", events=facts.events, n=facts.evaluable)
        place: dict[str, Any] = {"xytext": (5, -12) if here[1] else (-2, 12), "textcoords": "offset points"}
        place["ha"] = "left" if here[1] else "right"
        axes.annotate(words, here, va="center", fontweight=600, color=INK, gid=marked("t-b"), zorder=7, **place)


def _ends(facts: BoundaryFacts, say: Say) -> tuple[str, str]:
    """Who the open points are about: without a toxicity, and with one."""
    name = facts.pending[0].code if len(facts.pending) == 1 else say("the next")
    return say("{who}, without a DLT", who=name), say("{who}, with a DLT", who=name)


def _right(facts: BoundaryFacts, say: Say) -> float:
    """The free points right of the axes: room for the words beside the open points, where these stand far right."""
    n, _ = _size(facts)
    if not facts.pending or facts.evaluable + 1 <= n * 0.72:
        return RIGHT
    return max(RIGHT, *(text_width(words, 10) + 16 for words in _ends(facts, say)))


def _draw_ends(axes: "Axes", facts: BoundaryFacts, here: tuple[int, int], say: Say) -> None:
    """What the answer of one more participant would make of it: an open point with, one without a toxicity."""
    x, y = here
    for rise, words in enumerate(_ends(facts, say)):
        axes.plot([x, x + 1], [y, y + rise], color=EDGE, linewidth=1.2, dashes=(4, 3), gid=marked("s-edge"), zorder=3)
        axes.plot(
            [x + 1], [y + rise], marker="o", markersize=7, linestyle="none", markerfacecolor="white",
            markeredgecolor=EDGE, markeredgewidth=1.2, gid=marked("f-sur s-edge"), clip_on=False, zorder=5,
        )  # fmt: skip
        axes.annotate(
            words, (x + 1, y + rise), xytext=(8, 0), textcoords="offset points", ha="left", va="center", zorder=7,
            gid=marked("t-2"),
            bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "round,pad=0.15", "gid": marked("f-sur")},
        )  # fmt: skip


def _described(facts: BoundaryFacts, say: Say) -> str:
    """The figure in words, for those who cannot see it."""
    said = say("{events} of {n} evaluable participants had a DLT.", events=facts.events, n=facts.evaluable)
    if facts.pauses_at is not None:
        said += say.gap + say("The rule pauses at {bound} of {n}.", bound=facts.pauses_at, n=facts.evaluable)
    return said
