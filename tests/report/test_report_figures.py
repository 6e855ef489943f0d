"""Figures: the numbers under them are those of stats, no curve goes on without people, the same every time."""

import json
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from report_reading import SVG
from report_story import entries, model, study_file

from trialwright.endpoints import AfterInfusion, Found, Median, Persistence, estimate_all
from trialwright.ledger import trial_so_far
from trialwright.report.blocks import Figure
from trialwright.report.curves import Reading, RiskColumn, Step, SurvivalCurve, Swim
from trialwright.report.figures.canvas import labelled_days, month_ticks
from trialwright.report.figures.persistence import persistence_figure
from trialwright.report.figures.survival import survival_figure
from trialwright.report.figures.swimmer import swimmer_figure
from trialwright.report.pdf import figures
from trialwright.report.wording import document
from trialwright.report.words import MONTH_DAYS, Say
from trialwright.stats import numbers_at_risk

SAY = Say("en")
ALL = {figure.id: figure for figure in figures(document(model()))}


@pytest.fixture(params=sorted(ALL))
def figure(request: pytest.FixtureRequest) -> Figure:
    return ALL[request.param]


def test_every_figure_of_a_trial_is_there() -> None:
    names = [
        "boundary",
        "chains",
        "dfs",
        "efs",
        "flow",
        "os",
        "os-infused",
        "persistence-donor-chimerism",
        "stacked",
        "swimmer",
    ]
    assert sorted(ALL) == names


def test_a_figure_says_its_finding_to_those_who_cannot_see_it(figure: Figure) -> None:
    root = ET.fromstring(figure.svg)
    assert root.get("role") == "img"
    named = {part.get("id"): part.text for part in root if part.tag in (f"{SVG}title", f"{SVG}desc")}
    assert set((root.get("aria-labelledby") or "").split()) == set(named)
    assert all(named.values())
    assert figure.data is not None
    assert figure.data.rows


def test_a_figure_has_no_style_no_script_no_outside_and_no_stray_id(figure: Figure) -> None:
    root = ET.fromstring(figure.svg)
    ids = [part.get("id") for part in root.iter() if part.get("id")]
    assert len(ids) == len(set(ids))
    for part in root.iter():
        assert "style" not in part.attrib
        assert part.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "g", "path", "text", "use", "defs", "clipPath", "rect", "pattern",
        }  # fmt: skip
        assert all(not name.startswith("on") for name in part.attrib)
        assert part.get("href", "#").removeprefix("#") in {*ids, ""}


def test_figures_are_the_same_every_time() -> None:
    again = {figure.id: figure for figure in figures(document(model()))}
    assert again == ALL


@pytest.mark.parametrize("measure", ["os", "dfs"])
def test_numbers_at_risk_under_a_figure_are_those_of_stats(measure: str) -> None:
    result = next(
        one
        for one in estimate_all(study_file().study, trial_so_far(entries()), model().asked.cut_off)
        if one.endpoint.measure == measure
    )
    assert result.curve is not None
    days = labelled_days(result.curve.table.last_time, 730.5)
    expected = numbers_at_risk(result.curve.table, days)
    facts = model().endpoint(measure)
    assert facts is not None
    assert [(c.at_risk, c.events[0], c.censored) for c in facts.risk] == [
        (c.at_risk, c.events, c.censored) for c in expected
    ]
    drawn = _texts(ALL[measure].svg)
    assert [str(column.at_risk) for column in expected] == drawn[drawn.index("At risk") + 1 :][: len(expected)]


def test_relapses_and_deaths_under_the_stacked_curves_add_to_the_events() -> None:
    found = model().stacked
    assert found is not None
    assert found.risk[0].at_risk == 13
    assert found.risk[-1].events == (5, 2)  # five relapses and two deaths without: the table's


@pytest.mark.parametrize("id", ["os", "dfs"])
def test_a_curve_ends_at_the_last_person_at_risk(id: str) -> None:
    curve = next(one for one in model().endpoints if one.id == id).curve
    assert curve is not None
    root = ET.fromstring(ALL[id].svg)
    right = max(x for part in root.iter() if "curve" in part.get("class", "").split() for x in _xs(part.get("d", "")))
    ticks = {text.text: float(text.get("x", "0")) for text in root.iter(f"{SVG}text") if text.get("y") == _axis_y(root)}
    per_month = (ticks["24"] - ticks["0"]) / 24
    assert right == pytest.approx(ticks["0"] + per_month * curve.last_day / MONTH_DAYS, abs=0.05)


def _axis_y(root: ET.Element) -> str | None:
    return next(text.get("y") for text in root.iter(f"{SVG}text") if text.text == "24")


def _xs(path: str) -> list[float]:
    words = path.replace("M", " ").replace("L", " ").replace("z", " ").split()
    return [float(x) for x in words[0::2]]


def _texts(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_donor_cells_have_a_line_for_each_infusion_and_a_hollow_sign_for_each_value_below_the_limit() -> None:
    (found, nk_cells) = model().persistence
    assert nk_cells.courses == ()
    root = ET.fromstring(ALL["persistence-donor-chimerism"].svg)
    lines = [path for path in root.iter(f"{SVG}path") if path.get("class") == "curve"]
    assert len(lines) == len(found.courses) > 0
    hollow = [use for use in root.iter(f"{SVG}use") if use.get("class") == "f-sur curve"]
    filled = [use for use in root.iter(f"{SVG}use") if use.get("class") == "f-1 curve"]
    values = [one for course in found.courses for one in course.found]
    assert len(hollow) == sum(one.below for one in values) > 0
    assert len(filled) == sum(not one.below for one in values) > 0
    texts = _texts(ALL["persistence-donor-chimerism"].svg)
    assert texts[texts.index("Values") + 1 :][: len(found.visits)] == [str(one.n) for one in found.medians]
    at_0, at_7 = (next(one for one in found.medians if one.visit == day) for day in (0, 7))
    assert (at_0.below, texts[texts.index("Median") + 1]) == (True, "<0.1")
    assert texts[texts.index("Median") + 2] == str(at_7.value)


def test_a_nought_has_no_place_on_the_scale_and_stands_hollow_at_its_foot() -> None:
    course = AfterInfusion("S-1", 1, 1, (Found(-1, Decimal(0), visit=0), Found(7, Decimal(8), visit=7)))
    found = Persistence("donor_chimerism", "x", "%", (0, 7), (course,), (Median(0, 1, Decimal(0)), Median(7, 0, None)))
    root = ET.fromstring(persistence_figure(found, "up", SAY, id="x", finding="f"))
    assert len([use for use in root.iter(f"{SVG}use") if use.get("class") == "f-sur curve"]) == 1
    assert persistence_figure(replace(found, courses=()), "up", SAY, id="x", finding="f")


def test_what_cannot_be_estimated_is_said_in_the_figure_not_drawn() -> None:
    reading = Reading(730.5, None, None, None, 0, "log-log", note="730.5 is after the end of follow-up at 60")
    curve = SurvivalCurve(1, (Step(0, 1, 0, 1.0, None, None), Step(60, 1, 0, 1.0, None, None)), (60.0,), 60.0, reading)
    risk = [RiskColumn(day, 1 if day <= 60 else 0, (0,), 0) for day in labelled_days(60.0, 730.5)]
    svg = survival_figure(curve, risk, SAY, id="x", finding="f", across="m", up="%", event="Died")
    assert "Could not be estimated at 24 months" in _texts(svg)
    assert "f-1 s-sur" not in svg


@pytest.mark.parametrize("last", [1, 200, 900, 2500, 10_000, 40_000])
def test_an_axis_never_has_more_than_nine_labels_and_always_begins_at_0(last: float) -> None:
    ticks = month_ticks(last, 730.5)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 9


def test_a_line_of_the_swimmer_plot_ends_as_the_person_did() -> None:
    swims = (
        Swim(1, 400.0, "died", (0.0, 200.0), 200.0, None, (14.0,)),
        Swim(2, 800.0, "alive", None, None, 100.0, ()),
        Swim(3, 90.0, "left", None, None, None, ()),
    )
    texts = _texts(swimmer_figure(swims, 730.5, SAY, id="s", finding="f"))
    assert {"died", "alive", "follow-up ended", "transplant", "relapse", "infusion"} <= set(texts)
    assert texts.count("→") == 2  # one in the key, one at the line of the person who is alive


def test_a_figure_holds_the_estimate_that_the_model_holds() -> None:
    primary = model().primary
    assert primary is not None
    assert primary.horizon is not None
    assert primary.horizon.estimate is not None
    assert f"{primary.horizon.estimate:.0%}".replace("%", "\u00a0%") in " ".join(_texts(ALL["os"].svg))
    assert json.dumps(primary.horizon.estimate)


def test_a_sign_used_often_takes_its_colour_from_each_use() -> None:
    root = ET.fromstring(ALL["swimmer"].svg)
    used = {use.get("href", "")[1:] for use in root.iter(f"{SVG}use")}
    signs = [path for path in root.iter(f"{SVG}path") if path.get("id") in used]
    assert signs
    assert not [sign for sign in signs if "fill" in sign.attrib or "stroke" in sign.attrib]
