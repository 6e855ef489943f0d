"""The chains of cells in a report: every code once, inside the drawing, for no chain, one, thirty; both languages."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from report_reading import SVG, cells, page, words_of
from report_story import model, study_file

from trialwright.cells.states import Fate, State
from trialwright.conduct.roles import Role
from trialwright.facts.check_character import check_character
from trialwright.ledger import Actor, Entry, Trial, kinds, trial_so_far
from trialwright.report.blocks import Figure, Section, Table
from trialwright.report.cell_facts import CellFacts, cell_facts
from trialwright.report.figures.lineage import GIVEN, PAGE, WIDTH, chain_sheets, lineage_figure
from trialwright.report.figures.look import drawing, text_width
from trialwright.report.pdf import format_pdf
from trialwright.report.sections.cells import cells as cells_section
from trialwright.report.sections.cells import chains_finding
from trialwright.report.wording import document
from trialwright.report.words import Say, chinese

EN, ZH = Say("en"), Say("zh")
Told = tuple[kinds.What, str | None, str | None]


def coded(letter: str, number: int) -> str:
    body = f"XA26{number:06d}"
    return f"{letter}-{body}{check_character(letter + body)}"


def fold(told: list[Told]) -> Trial:
    """A ledger of these entries after the study's adoption, one a minute."""
    file = study_file()
    adopted = kinds.Adopted(file.text, file.sha256, "1.0", True, 15, {"XA": "Asia/Shanghai"})
    actor = Actor("LAB-1", "cell laboratory")
    return trial_so_far(
        [
            Entry(seq, f"e{seq}", "s", "0" * 64, "XA", actor, f"2026-06-30T{seq // 60:02d}:{seq % 60:02d}:00.000Z",
                  what, who, on, hash=bytes([seq % 256]) * 32)
            for seq, (what, who, on) in enumerate([(adopted, None, "2025-12-01"), *told])
        ]
    )  # fmt: skip


def chain(at: int, doses: int = 1, source: str = "peripheral blood", given: bool = True) -> Iterator[Told]:
    """One donor, one collection, one lot, its doses, each given to one participant as an infusion of its own."""
    who, donor, taken, lot = f"S-{at:03d}", coded("D", at), coded("C", at), coded("L", at)
    day = f"2026-{1 + at % 12:02d}-{1 + at % 28:02d}"
    yield kinds.Consented("consent", "1.0", "zh", "participant", "DR-1"), who, "2026-01-01"
    yield kinds.Enrolled(at, "CR1", "consolidation", True), who, "2026-01-02"
    yield kinds.DonorRegistered(source, "mother" if source == "cord blood" else "donor"), donor, "2026-01-03"
    yield kinds.DonorJudged("eligible"), donor, "2026-01-03"
    yield kinds.Collected(donor, source, "180"), taken, day
    yield kinds.LotMade(taken, f"{day}T20:00+08:00[Asia/Shanghai]", who, "100", doses=doses), lot, day
    codes = tuple(coded("B", 10 * at + part) for part in range(doses))
    if doses:
        yield kinds.Divided(codes), lot, day
    for part, code in enumerate(codes, start=1):
        yield kinds.DoseMade(lot, part, str(100 // doses)), code, day
    yield kinds.Released("conditional", (), ("sterility",)), lot, day
    for part, code in enumerate(codes, start=1):
        if given:
            what = kinds.Infused(part, 1, lot, part, None, "50", f"{at}.5e6", "60", (), None, (code,))
            yield what, who, f"{day}T10:00+08:00[Asia/Shanghai]"


def whole_trial() -> list[Told]:
    """Fifteen participants, eighteen lots, of every fate there is."""
    told: list[Told] = []
    for at in range(1, 16):
        source = "cord blood" if at in (3, 8, 12) else "peripheral blood"
        told += chain(at, doses=1 + at % 2, source=source, given=at not in (9, 14))
    told += second_lots()
    told.append((kinds.Rejected("sterility positive"), coded("L", 9), "2026-10-12"))
    told.append((kinds.ReleaseTested("sterility", "positive"), coded("L", 4), "2026-06-20"))
    told.append((kinds.Rejected("sterility positive", True), coded("L", 4), "2026-06-21"))
    alert = kinds.AlertRaised("14-day culture positive", ("investigator", "safety board"), "See the participant", True)
    told.append((alert, coded("L", 4), "2026-06-21"))
    told.append((kinds.AlertAnswered(f"e{len(told)}", "Seen, no fever"), coded("L", 4), "2026-06-22"))
    told.append(
        (kinds.AlertRaised("Lot is short", ("cell laboratory",), "Say if a dose is enough"), "S-014", "2026-06")
    )
    judged = kinds.DonorJudged("ineligible with exception", {"hbv": "positive"}, exception="urgent medical need")
    told.append((judged, coded("D", 5), "2026-02-01"))
    told.append((kinds.DonorWithdrew("moved"), coded("D", 11), "2026-12-01"))
    return told


def second_lots() -> Iterator[Told]:
    """Three donors gave for a second lot, one of them from the same collection; one dose was divided again."""
    for at, taken in ((2, coded("C", 2)), (6, coded("C", 26)), (10, coded("C", 30))):
        lot, dose, who = coded("L", at + 20), coded("B", 10 * (at + 20)), f"S-{at:03d}"
        if taken != coded("C", at):
            yield kinds.Collected(coded("D", at), "peripheral blood", "200"), taken, "2026-11-02"
        yield kinds.LotMade(taken, "2026-11-20T20:00+08:00[Asia/Shanghai]", who, "100"), lot, "2026-11-19"
        if at == 10:
            continue
        yield kinds.DoseMade(lot, 1, "100"), dose, "2026-11-19"
        if at == 6:
            parts = (coded("B", 10 * (at + 20) + 1), coded("B", 10 * (at + 20) + 2))
            yield kinds.Divided(parts), dose, "2026-11-19"
            for number, part in enumerate(parts, start=2):
                yield kinds.DoseMade(lot, number, "50", dose), part, "2026-11-19"
            given = kinds.Infused(2, 2, lot, 2, None, "100", "9e6", "60", (), None, parts)
            yield given, who, "2026-11-20T10:00+08:00[Asia/Shanghai]"


EXPIRED = {coded("L", 22): "conditionally released, expired, not given"}


def facts_of(told: list[Told]) -> CellFacts:
    return cell_facts(study_file().study, fold(told), EXPIRED)
