"""Every chain of cells from left to right: who gave, what was taken, the lots made of it, their doses, who got them.

A petrol line is the way of cells that reached somebody; a thin grey one ends before. A lot's sign, its frame and its
words say together what became of it, so that none of the three is needed to read the other two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import Final
from xml.etree import ElementTree as ET

from trialwright.cells.states import Disposition, State
from trialwright.report.cell_facts import (
    EXCEPTION,
    CollectionFacts,
    DonorFacts,
    DoseFacts,
    GivenFacts,
    LotFacts,
    Mark,
)
from trialwright.report.figures.look import CURVE, EDGE, FAMILIES, GRID, INK, INK_2, INK_3, RELAPSE, drawing, text_width
from trialwright.report.figures.svg import SVG, finished
from trialwright.report.words import Say

WIDTH: Final = 493.0  # points, as every full figure
PAGE: Final = 615.0  # points of a figure's height that a sheet of A4 holds under a heading, with its caption
DONOR, COLLECTION, LOT, DOSE, GIVEN = 0.0, 101.0, 187.0, 298.0, 392.0
LOT_WIDTH, SIGN, INDENT = 97.0, 18.0, 9.0
SIZE, SMALL, DAY, LEADING, ROW, LOT_MIN = 9.0, 8.5, 8.0, 10.5, 12.75, 25.5
BETWEEN_LOTS, BETWEEN_DONORS, HEAD = 4.5, 6.0, 20.0
OURS: Final = frozenset(("peripheral blood", "cord blood", *State, *Disposition))
"""Words of ours for sources and states, which have their Chinese; a study may have others."""
MANY_ROWS: Final = 36
"""Rows of one lot beyond which the rest is told in one line: what no sheet holds."""

BOLDER: Final = 1.05
"""How much wider the strong cut of our font is than the plain one."""
_HEADS: Final = ("Donor", "Collection", "Lot", "Dose", "Participant, infusion")
_WAY: Final = ("curve", CURVE, 1.3)
_STOP: Final = ("ax", EDGE, 0.8)
_BLOOD: Final = ("M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0", "curve", CURVE)
_CORD: Final = ("M-4 2.6C-1.6 -5.4 1.6 6.6 4 -2.6", "curve", CURVE)
"""Signs of where cells come from: a cell, for blood of a donor; a cord."""
_FRAMES: Final[dict[Mark, tuple[str, str, str, str]]] = {
    "given": ("f-accs", "#dfeced", CURVE, ""),
    "failed": ("f-sur s-ink", "#ffffff", INK, ""),
    "waiting": ("f-sur s-edge", "#ffffff", EDGE, "3 2.4"),
    "expired": ("f-sunk", "#eeece5", "#dedad0", ""),
    "rejected": ("f-sunk", "#eeece5", "#dedad0", ""),
    "recalled": ("f-sunk", "#eeece5", "#dedad0", ""),
    "discarded": ("f-sunk", "#eeece5", "#dedad0", ""),
}
"""Class, ground, edge and dashes of a lot's frame."""
_SIGNS: Final[dict[Mark, tuple[str, str, str]]] = {
    "given": ("M-4 .4l2.7 2.7l5.3 -6", "curve", CURVE),
    "waiting": ("M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0", "ax", EDGE),
    "expired": ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M0 -2.4V.3L1.8 1.6", "ref", INK_3),
    "rejected": ("M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2", "s-ink", INK),
    "recalled": ("M4 3V1.5a2.5 2.5 0 0 0 -2.5 -2.5H-4M-1.4 -3.6L-4 -1L-1.4 1.6", "ref", INK_3),
    "discarded": ("M-3.6 0H3.6", "ref", INK_3),
}
"""Stroke, class and colour of each sign around its middle; a lot that failed has a filled triangle instead."""
_WARNING: Final = "M0 -4.4L4.9 4H-4.9z"


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a lot: a dose, an infusion of no dose in particular, or how many more there are."""

    dose: DoseFacts | None = None
    given: GivenFacts | None = None
    more: int = 0


def chain_sheets(donors: Sequence[DonorFacts]) -> tuple[tuple[DonorFacts, ...], ...]:
    """The donors in groups, each of which a sheet of paper holds; one who fills more than a sheet stands on several."""
    sheets: list[list[DonorFacts]] = []
    left = 0.0
    for piece in (piece for donor in donors for piece in _pieces(donor)):
        height = _donor_height(piece) + BETWEEN_DONORS
        if not sheets or height > left:
            sheets.append([])
            left = PAGE - HEAD + BETWEEN_DONORS
        sheets[-1].append(piece)
        left -= height
    return tuple(tuple(sheet) for sheet in sheets)


def lineage_figure(donors: Sequence[DonorFacts], say: Say, *, id: str, finding: str) -> str:
    """The SVG of the chains, one row per dose, grouped by donor; codes only."""
    pen = _Pen(ET.Element(f"{{{SVG}}}svg"), say)
    y = HEAD
    with drawing():
        for x, words in zip((DONOR, COLLECTION, LOT, DOSE, GIVEN), _HEADS, strict=True):
            pen.text(x, SIZE, say(words), WIDTH - x, size=SMALL)
        pen.path(f"M0 {HEAD - 8:g}H{WIDTH:g}", "ax", EDGE, 0.7)
        for at, donor in enumerate(donors):
            if at:
                pen.path(f"M0 {y - BETWEEN_DONORS / 2:g}H{WIDTH:g}", "gr", GRID, 0.7)
            _draw_donor(pen, donor, y)
            y += _donor_height(donor) + BETWEEN_DONORS
        if not donors:
            pen.text(DONOR, y + SIZE, say("No cells are recorded yet."), WIDTH)
            y += LOT_MIN
    pen.root.set("viewBox", f"0 0 {WIDTH:g} {y - BETWEEN_DONORS + 2:g}")
    return finished(pen.root, id, finding, say("The table has the same chains, with every date and volume."))


# --- how high each part is --------------------------------------------------------------------------------------------


def _pieces(donor: DonorFacts) -> Iterator[DonorFacts]:
    """The donor, or where no sheet holds all, the donor again and again with one lot each."""
    if _donor_height(donor) <= PAGE - HEAD:
        yield donor
        return
    for collection in donor.collections:
        for at in range(max(len(collection.lots), 1)):
            yield replace(donor, collections=(replace(collection, lots=collection.lots[at : at + 1]),))


def _lines(lot: LotFacts) -> list[_Line]:
    """The rows of a lot: its doses, then infusions that name none of them."""
    lines = [_Line(dose, dose.given) for dose in lot.doses] + [_Line(given=given) for given in lot.given]
    if len(lines) > MANY_ROWS:
        return [*lines[: MANY_ROWS - 1], _Line(more=len(lines) - MANY_ROWS + 1)]
    return lines


def _lot_height(lot: LotFacts) -> float:
    return max(LOT_MIN, len(_lines(lot)) * ROW)


def _collection_height(collection: CollectionFacts) -> float:
    return max(LOT_MIN, _stacked([_lot_height(lot) for lot in collection.lots]))


def _donor_height(donor: DonorFacts) -> float:
    lines = 2 + _is_exception(donor) + donor.withdrew
    return max(LOT_MIN, LEADING * lines + 2, _stacked([_collection_height(one) for one in donor.collections]))


def _stacked(heights: Sequence[float]) -> float:
    return sum(heights) + BETWEEN_LOTS * max(len(heights) - 1, 0)


def _is_exception(donor: DonorFacts) -> bool:
    return (donor.eligibility or "").startswith("ineligible")


# --- the same in words ------------------------------------------------------------------------------------------------


def ours(words: str, say: Say) -> str:
    """A word of ours in the report's language; any other as it was typed."""
    return say(words) if words in OURS else words


def state_words(state: str, say: Say) -> str:
    """A lot's state and what became of it, each in the report's language where it is a word of ours."""
    if state in OURS:
        return say(state)
    state, _, disposition = state.partition(", ")
    return say.joined((ours(state, say), ours(disposition, say)), ", ")


def _short_state(lot: LotFacts, say: Say) -> str:
    """The one of the two that the sign stands for, in words that the frame holds."""
    state, _, disposition = lot.state.partition(", ")
    said = disposition if disposition and lot.mark in ("expired", "discarded") else state
    return say("conditional release") if said == State.CONDITIONAL else ours(said, say)


def donor_words(donor: DonorFacts, say: Say) -> list[str]:
    """What is said of a donor: where the cells come from, and what a reader must not overlook."""
    says = [ours(donor.source, say)] if donor.source else []
    if _is_exception(donor):
        says.append(say("ineligible, exception") if donor.eligibility == EXCEPTION else say("ineligible"))
    return [*says, say("consent withdrawn")] if donor.withdrew else says


def meant_for(lot: LotFacts, say: Say) -> str:
    """What there is to say of a lot of which nothing was given."""
    if lot.mark != "waiting":
        return say("not given")
    return say("not yet given, for {who}", who=lot.recipient) if lot.recipient else say("not yet given")


# --- what is drawn ----------------------------------------------------------------------------------------------------


def _draw_donor(pen: "_Pen", donor: DonorFacts, top: float) -> None:
    """The donor with everything that came of it, in the middle of its children."""
    inside = _stacked([_collection_height(one) for one in donor.collections])
    y = top + max(_donor_height(donor) - inside, 0) / 2
    targets: list[_Target] = []
    for collection in donor.collections:
        targets.append(_draw_collection(pen, collection, y))
        y += _collection_height(collection) + BETWEEN_LOTS
    middle = _middle(targets, top + _donor_height(donor) / 2)
    says = donor_words(donor, pen.say)
    first = middle - len(says) * LEADING / 2
    if donor.code and donor.source:
        pen.path(*(_CORD if donor.cord else _BLOOD), 1.6, at=(DONOR + 4, first))
    if _is_exception(donor):
        pen.warn(DONOR + 4, first + 2 * LEADING)
    ends = pen.label(DONOR + 12, middle, donor.code or pen.say("not recorded"), says, COLLECTION - DONOR - 24)
    pen.fork(ends + 4, middle, targets)


def _draw_collection(pen: "_Pen", one: CollectionFacts, top: float) -> "_Target":
    """A collection with its lots; gives where a line to it ends, and whether anybody received cells of it."""
    inside = _stacked([_lot_height(lot) for lot in one.lots])
    y = top + max(_collection_height(one) - inside, 0) / 2
    targets: list[_Target] = []
    for lot in one.lots:
        targets.append(_Target(LOT, y + _lot_height(lot) / 2, bool(lot.infusions)))
        _draw_lot(pen, lot, targets[-1].y)
        y += _lot_height(lot) + BETWEEN_LOTS
    middle = _middle(targets, top + LOT_MIN / 2)
    says = [pen.say.date(one.on)] if one.on else []
    ends = pen.label(COLLECTION, middle, one.code or pen.say("not recorded"), says, LOT - COLLECTION - 12)
    pen.fork(ends + 4, middle, targets)
    return _Target(COLLECTION - 3, middle, any(target.reached for target in targets))


def _draw_lot(pen: "_Pen", lot: LotFacts, y: float) -> None:
    """The lot in its frame with its sign, and a row for each of its doses."""
    pen.frame(LOT, y - 12.5, LOT_WIDTH, 25.0, _FRAMES[lot.mark])
    if lot.mark == "failed":
        pen.warn(LOT + SIGN / 2 + 1, y)
    else:
        pen.path(*_SIGNS[lot.mark], 1.5, at=(LOT + SIGN / 2 + 1, y))
    pen.label(LOT + SIGN + 1, y, lot.code, [_short_state(lot, pen.say)], LOT_WIDTH - SIGN - 4)
    lines = _lines(lot)
    ys = [y + ROW * (at - (len(lines) - 1) / 2) for at in range(len(lines))]
    targets = [
        _Target((DOSE if line.dose else GIVEN) - 3, row, line.given is not None or _reaches(lot, line.dose))
        for row, line in zip(ys, lines, strict=True)
        if not line.more and not (line.dose and line.dose.depth)
    ]
    pen.fork(LOT + LOT_WIDTH, y, targets)
    for row, line in zip(ys, lines, strict=True):
        _draw_line(pen, line, row)
    _draw_infusions(pen, lot, list(zip(ys, lines, strict=True)))
    if not lines:
        pen.text(DOSE, y + 3, meant_for(lot, pen.say), WIDTH - DOSE, size=SMALL)


def _draw_line(pen: "_Pen", line: _Line, y: float) -> None:
    """A dose, and the line to whom it was given, or the word for what became of it."""
    if line.more:
        pen.text(DOSE, y + 3, pen.say("and {n} more, in the table", n=line.more), WIDTH - DOSE, size=SMALL)
    if line.dose is None:
        return
    dose, x = line.dose, DOSE + INDENT * line.dose.depth
    if dose.depth:
        pen.path(f"M{x - 5:g} {y - ROW + 5:g}V{y:g}H{x - 2:g}", *(_WAY if line.given else _STOP))
    ends = pen.text(x, y + 3, dose.code, GIVEN - x - 14, strong=True)
    if line.given:
        pen.path(f"M{ends + 4:g} {y:g}H{GIVEN - 9:g}", *_WAY)
    elif dose.end != "divided":
        pen.path(f"M{ends + 4:g} {y:g}H{GIVEN - 6:g}M{GIVEN - 6:g} {y - 3:g}V{y + 3:g}", *_STOP)
        pen.text(GIVEN, y + 3, pen.say(dose.end), WIDTH - GIVEN, size=SMALL)


def _draw_infusions(pen: "_Pen", lot: LotFacts, rows: list[tuple[float, _Line]]) -> None:
    """Each infusion once, beside the dose or the doses of it that stand together."""
    for given, group in groupby(((y, line) for y, line in rows if line.given), key=lambda row: row[1].given):
        ys = [y for y, _ in group]
        middle = (ys[0] + ys[-1]) / 2
        start = GIVEN - 9
        pen.path(f"M{start:g} {ys[0]:g}V{ys[-1]:g}M{start:g} {middle:g}H{GIVEN - 3:g}", *_WAY)
        pen.path(f"M{GIVEN - 7:g} {middle - 3:g}l4 3l-4 3", *_WAY)
        assert given is not None  # those without were left out above
        ends = pen.text(GIVEN, middle + 3, given.code, WIDTH - GIVEN, strong=True)
        day = pen.say.date(given.on) if given.on else ""
        if day and ends + 4 + text_width(day, DAY) <= WIDTH:
            pen.text(ends + 4, middle + 3, day, WIDTH - ends - 4, size=DAY)


def _middle(targets: "Sequence[_Target]", otherwise: float) -> float:
    return (targets[0].y + targets[-1].y) / 2 if targets else otherwise


def _reaches(lot: LotFacts, dose: DoseFacts | None) -> bool:
    """Whether anything that was made of this dose was given."""
    if dose is None:
        return False
    at = lot.doses.index(dose)
    parts = takewhile(lambda part: part.depth > dose.depth, lot.doses[at + 1 :])
    return any(part.given for part in parts)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a line ends, and whether the cells on it reached somebody."""

    x: float
    y: float
    reached: bool


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws onto one SVG, with the classes that the page's style sheet colours."""

    root: ET.Element
    say: Say

    def text(self, x: float, y: float, words: str, room: float, *, size: float = SIZE, strong: bool = False) -> float:
        """Words on one line, cut to the room there is; gives where they end."""
        shown = _cut(words, room, size)
        look = {"fill": INK if strong else INK_2, "class": "t-b" if strong else "t-2"}
        weight = {"font-weight": "600"} if strong else {}
        family = ", ".join(f"'{one}'" for one in FAMILIES)
        place = {"x": f"{x:.4g}", "y": f"{y:.5g}", "font-size": f"{size:g}", "font-family": family}
        ET.SubElement(self.root, f"{{{SVG}}}text", {**place, **weight, **look}).text = shown
        return x + text_width(shown, size) * (BOLDER if strong else 1)

    def label(self, x: float, y: float, code: str, says: Sequence[str], room: float) -> float:
        """A code with what is said of it below, all around the middle `y`; gives where the widest of them ends."""
        first = y - len(says) * LEADING / 2 + 3
        ends = [self.text(x, first, code, room, strong=True)]
        for at, words in enumerate(says, start=1):
            ends.append(self.text(x, first + at * LEADING, words, room, size=SMALL))
        return max(ends)

    def path(
        self,
        way: str,
        mark: str,
        colour: str,
        width: float,
        *,
        at: tuple[float, float] | None = None,
        fill: str = "none",
    ) -> None:
        look = {"class": mark, "fill": fill, "stroke": "none" if width == 0 else colour}
        moved = {"transform": f"translate({at[0]:g} {at[1]:g})"} if at else {}
        stroke = {"stroke-width": f"{width:g}"} if width else {}
        ET.SubElement(self.root, f"{{{SVG}}}path", {"d": way, **moved, **look, **stroke})

    def warn(self, x: float, y: float) -> None:
        """The triangle beside what needs a second look."""
        self.path(_WARNING, "f-2", RELAPSE, 0, at=(x, y), fill=RELAPSE)

    def frame(self, x: float, y: float, width: float, height: float, look: tuple[str, str, str, str]) -> None:
        mark, fill, stroke, dashes = look
        shape = {"x": x, "y": y, "width": width, "height": height, "rx": 3.0, "stroke-width": 0.8}
        given = {"class": mark, "fill": fill, "stroke": stroke} | ({"stroke-dasharray": dashes} if dashes else {})
        ET.SubElement(self.root, f"{{{SVG}}}rect", {key: f"{value:g}" for key, value in shape.items()} | given)

    def fork(self, x: float, y: float, targets: Sequence[_Target]) -> None:
        """Lines from one point to each target; those along which cells reached somebody are drawn last, on top."""
        for target in sorted(targets, key=lambda one: one.reached):
            bend = min(target.x - 7, x + 9) if target.x - x > 12 else (x + target.x) / 2
            way = f"M{x:g} {y:g}H{bend:g}V{target.y:g}H{target.x:g}" if target.y != y else f"M{x:g} {y:g}H{target.x:g}"
            self.path(way, *(_WAY if target.reached else _STOP))


def _cut(words: str, room: float, size: float) -> str:
    """The words, or as many of their letters as there is room for; the table has them whole."""
    if text_width(words, size) <= room:
        return words
    return next(
        (words[:at] + "…" for at in range(len(words) - 1, 0, -1) if text_width(words[:at] + "…", size) <= room), "…"
    )
