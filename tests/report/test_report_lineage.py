"""The chains of cells in a report: every code once, inside the drawing, for no chain, one, thirty; both languages."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from report_reading import SVG, page
from report_story import model, study_file

from trialwright.cells.states import Disposition, State
from trialwright.conduct.roles import Role
from trialwright.facts.check_character import check_character
from trialwright.ledger import Actor, Entry, Trial, kinds, trial_so_far
from trialwright.report.blocks import Figure, Group, Section, Table
from trialwright.report.cell_facts import CellFacts, cell_facts
from trialwright.report.figures.lineage import PAGE, WIDTH, chain_sheets, lineage_figure
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


def section_of(facts: CellFacts, say: Say = EN) -> Section:
    section = cells_section(facts, say)
    assert section is not None
    return section


def texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))


def codes_of(facts: CellFacts) -> list[str]:
    """Every code that the chains hold, each as often as it names something."""
    lots = facts.lots
    return [
        *(donor.code for donor in facts.donors),
        *(each.code for donor in facts.donors for each in donor.collections),
        *(lot.code for lot in lots),
        *(dose.code for lot in lots for dose in lot.doses),
        *(given.code for lot in lots for given in lot.infusions),
    ]


THIRTY = [entry for at in range(1, 31) for entry in chain(at, doses=1 + at % 3)]
TRIALS = {"none": [], "one": list(chain(1)), "whole": whole_trial(), "thirty": THIRTY}


@pytest.fixture(params=sorted(TRIALS))
def facts(request: pytest.FixtureRequest) -> CellFacts:
    return facts_of(TRIALS[request.param])


@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
def test_a_figure_names_every_code_once_and_its_table_names_it_too(facts: CellFacts, say: Say) -> None:
    svg = lineage_figure(facts.donors, say, id="x", finding="f")
    drawn = Counter(text.text for text in texts(svg))
    assert {code: drawn[code] for code in codes_of(facts)} == dict.fromkeys(codes_of(facts), 1)
    section = cells_section(facts, say)
    tables = [block.data for block in (section.blocks if section else ()) if isinstance(block, Figure) and block.data]
    rows = [row for table in tables for row in table.rows]
    said = {cell.text for row in rows if isinstance(row, tuple) for cell in row}
    said |= {re.split("[,，]", row.text)[0] for row in rows if isinstance(row, Group)}
    assert set(codes_of(facts)) <= said


@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
def test_no_text_runs_out_of_the_drawing_or_into_another(facts: CellFacts, say: Say) -> None:
    with drawing():
        boxes = [_box(one) for one in texts(lineage_figure(facts.donors, say, id="x", finding="f"))]
    assert all(0 <= left < right <= WIDTH for left, _, right, _ in boxes)
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def _box(text: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a line of text; the strong cut is a little wider than what is measured."""
    x, y, size = (float(text.get(key, 0)) for key in ("x", "y", "font-size"))
    wide = 1.05 if text.get("font-weight") else 1
    return x, y - 0.75 * size, x + text_width(text.text or "", size) * wide, y + 0.2 * size


def test_a_figure_is_inert_says_its_finding_and_is_the_same_every_time(facts: CellFacts) -> None:
    svg = lineage_figure(facts.donors, EN, id="x", finding="What it shows")
    assert svg == lineage_figure(facts.donors, EN, id="x", finding="What it shows")
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert [part.text for part in root if part.tag == f"{SVG}title"] == ["What it shows"]
    for part in root.iter():
        assert part.tag.removeprefix(SVG) in {"svg", "title", "desc", "path", "text", "rect"}
        assert not {"style", "href"} & set(part.attrib)


def test_every_shape_has_a_class_by_which_dark_mode_recolours_it(facts: CellFacts) -> None:
    root = ET.fromstring(lineage_figure(facts.donors, EN, id="x", finding="f"))
    shapes = [part for part in root.iter() if part.tag.removeprefix(SVG) in ("path", "rect", "text")]
    css = "".join(part.text or "" for part in page(document(model())).iter() if part.tag == "style")
    known = {name for part in shapes for name in part.get("class", "").split()}
    assert all(part.get("class") for part in shapes)
    assert [name for name in known - {"t-2"} if f".fig .{name} " not in css and f".fig .{name}," not in css] == []


def test_chains_of_a_whole_trial_stand_on_one_sheet_and_more_go_on_the_next() -> None:
    assert len(chain_sheets(facts_of(whole_trial()).donors)) == 1
    many = facts_of(THIRTY)
    sheets = chain_sheets(many.donors)
    assert len(sheets) == 2
    assert tuple(donor for sheet in sheets for donor in sheet) == many.donors
    for sheet in sheets:
        assert _height(lineage_figure(sheet, EN, id="x", finding="f")) <= PAGE + 2


def _height(svg: str) -> float:
    return float((ET.fromstring(svg).get("viewBox") or "").split()[-1])


def test_a_donor_of_more_lots_than_a_sheet_holds_stands_on_several() -> None:
    one = facts_of(list(chain(1)))
    lots = tuple(replace(one.lots[0], code=f"L-{at}") for at in range(60))
    donor = replace(one.donors[0], collections=(replace(one.donors[0].collections[0], lots=lots),))
    sheets = chain_sheets([donor])
    drawn = [each.code for sheet in sheets for donor in sheet for part in donor.collections for each in part.lots]
    assert drawn == [lot.code for lot in lots]
    assert all(_height(lineage_figure(sheet, EN, id="x", finding="f")) <= PAGE + 2 for sheet in sheets)


def test_a_lot_given_to_more_people_than_a_sheet_holds_says_how_many_more_there_are() -> None:
    told = [entry for at in range(1, 61) for entry in given_of_one_lot(at)]
    svg = lineage_figure(facts_of(told).donors, EN, id="x", finding="f")
    assert "and 25 more, in the table" in [one.text for one in texts(svg)]
    assert _height(svg) <= PAGE


def given_of_one_lot(at: int) -> Iterator[Told]:
    yield kinds.Infused(1, 1, "L-1", at, None, None, None, None), f"S-{at:03d}", "2026-05-05"


def test_a_lot_of_which_nothing_but_its_infusions_is_recorded_hangs_on_nobody() -> None:
    facts = facts_of(list(given_of_one_lot(1)))
    assert [(donor.code, donor.source) for donor in facts.donors] == [("", "")]
    drawn = [one.text for one in texts(lineage_figure(facts.donors, EN, id="x", finding="f"))]
    assert drawn.count("not recorded") == 2  # neither its donor nor its collection
    assert drawn.index("S-001#1") > drawn.index("L-1")


def test_every_fate_of_a_lot_has_its_own_frame_sign_and_words() -> None:
    one = facts_of(list(chain(1)))
    states = ("released", "failed after infusion", "rejected", "recalled", "released, expired, not given", "quarantine")
    looks = set()
    for state in states:
        facts = cell_facts(study_file().study, fold(list(chain(1, given=state == "released"))), {coded("L", 1): state})
        root = ET.fromstring(lineage_figure(facts.donors, EN, id="x", finding="f"))
        frame = next(part for part in root.iter(f"{SVG}rect"))
        sign = next(part.get("d") for part in root.iter(f"{SVG}path") if "translate(19" in part.get("transform", ""))
        looks.add(sign)
        assert frame.get("class")
        assert any((one.text or "") in state for one in root.iter(f"{SVG}text"))
    assert len(looks) == len(states)
    assert one.lots[0].mark == "given"


def test_cord_blood_is_told_from_blood_and_an_exception_is_marked() -> None:
    told = [*chain(1), *chain(2, source="cord blood"), *chain(3)]
    judged = kinds.DonorJudged("ineligible with exception", exception="urgent medical need")
    told.append((judged, coded("D", 3), "2026-01-04"))
    root = ET.fromstring(lineage_figure(facts_of(told).donors, EN, id="x", finding="f"))
    drawn = [one.text for one in root.iter(f"{SVG}text")]
    assert (drawn.count("cord blood"), drawn.count("peripheral blood")) == (1, 2)
    assert drawn.count("ineligible, exception") == 1
    signs = [part.get("d") for part in root.iter(f"{SVG}path") if part.get("transform", "").startswith("translate(4 ")]
    assert Counter(Counter(signs).values()) == Counter({2: 1, 1: 2})  # two of blood, one cord, one triangle


def test_the_finding_counts_what_was_given_and_names_what_was_not() -> None:
    assert chains_finding(facts_of(whole_trial()), EN) == (
        "Of eighteen lots from fifteen donors, fourteen went to thirteen participants. "
        "One failed a test after being given. Not given: one rejected, one expired, two waiting."
    )
    assert chains_finding(facts_of(list(chain(1))), EN) == "Of one lot from one donor, one went to one participant."
    nothing = chains_finding(facts_of(list(chain(1, given=False))), EN)
    assert nothing == "One lot from one donor: nothing has been given yet."
    assert chains_finding(facts_of(list(chain(1))), ZH) == "1 名供者的 1 个批次中，1 个用于 1 名受试者。"


def test_releases_say_how_by_whom_what_is_open_and_what_fails() -> None:
    table = _table(section_of(facts_of(whole_trial())), "releases")
    rows = {row[0].text: row for row in table.rows if isinstance(row, tuple)}
    assert len(rows) == 18
    failed = rows[coded("L", 4)]
    assert failed[0].under == "collected 5 May 2026"
    assert (failed[2].text, failed[2].under) == ("conditional", "5 May 2026, LAB-1")
    assert failed[4].text == "14-day sterility culture: positive (fails, late, 20 Jun 2026)"
    assert failed[5].text == "failed after infusion, given"
    assert rows[coded("L", 22)][5].text == "conditionally released, expired, not given"
    assert (rows[coded("L", 9)][4].text, rows[coded("L", 9)][5].text) == ("–", "rejected")


def test_a_second_release_stands_above_the_first() -> None:
    told = [*chain(1), (kinds.Released("full"), coded("L", 1), "2026-12-01")]
    row = _table(section_of(facts_of(told)), "releases").rows[0]
    assert isinstance(row, tuple)
    assert (row[2].text, row[2].under) == ("full", "1 Dec 2026, LAB-1; conditional, 2 Feb 2026, LAB-1")


def test_alerts_say_to_whom_and_what_they_answered() -> None:
    table = _table(section_of(facts_of(whole_trial())), "alerts")
    assert table.caption == "2 in all, 1 not answered"
    assert [[cell.text for cell in row] for row in table.rows if isinstance(row, tuple)] == [
        ["21 Jun 2026", coded("L", 4), "14-day culture positive", "investigator, safety board", "Seen, no fever"],
        ["Jun 2026", "S-014", "Lot is short", "cell laboratory", "not answered"],
    ]


def _table(section: Section, part: str) -> Table:
    found = next(each for each in section.parts if each.id == part).blocks[0]
    assert isinstance(found, Table)
    return found


def test_a_trial_without_cells_has_no_section_and_many_lots_have_no_figure() -> None:
    assert cells_section(CellFacts(), EN) is None
    many = facts_of([entry for at in range(1, 91) for entry in chain(at)])
    assert not [block for block in section_of(many).blocks if isinstance(block, Figure)]
    alert = facts_of([(kinds.AlertRaised("Heard of a recall", ("monitor",), "Look"), None, None)])
    assert section_of(alert).blocks


@pytest.mark.parametrize("told", [TRIALS["one"], TRIALS["whole"], [(kinds.DonorRegistered("cord blood"), "D-1", None)]])
def test_every_label_of_the_section_has_its_chinese(told: list[Told]) -> None:
    say = Say("zh")
    section_of(facts_of(told), say)
    assert say.missing == set()


def test_every_word_of_ours_for_a_state_or_a_role_has_its_chinese() -> None:
    assert [word for word in (*State, *Disposition, *Role) if word not in chinese()] == []


def test_the_section_prints_in_both_languages() -> None:
    for lang, say in (("en", EN), ("zh", ZH)):
        told = document(model(), "zh" if lang == "zh" else "en")
        whole = replace(told, front=(), sections=(section_of(facts_of(whole_trial()), say),))
        assert format_pdf(whole).startswith(b"%PDF-")
