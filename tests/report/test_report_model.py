"""The report's facts: R's numbers, the ledger's counts, every assumption of the reference study.

Expected estimates: tests/data/reference/celltherapy/endpoints_15.json (R 4.2.2, survival 3.5-3, cmprsk 2.2-11, six
digits); the story of the tests tells that table's fifteen people. Counts are counted by hand from the story.
"""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from report_story import CUT_OFF, TABLE, entries, model, study_file

from trialwright.conduct.outcome import Reason
from trialwright.conduct.possible import PossibleDeviation
from trialwright.ledger import trial_so_far
from trialwright.ledger.kinds import Paused, Resumed
from trialwright.report import report_json, report_model
from trialwright.study.check import check_study

EXPECTED: dict[str, Any] = json.loads(TABLE.with_suffix(".json").read_text())


@pytest.mark.parametrize(("measure", "day"), [("os", "730"), ("os", "365"), ("dfs", "365"), ("cir", "365")])
def test_estimates_are_those_of_r(measure: str, day: str) -> None:
    one = model().endpoint(measure)
    assert one is not None
    wanted = {"730": 730.5, "365": 365.25}[day]  # nothing happens between the two in this table
    found = next(reading for reading in one.readings if reading.day == wanted)
    expected = EXPECTED[measure]["at"][day]
    assert one.n == EXPECTED[measure]["n"]
    assert found.estimate == pytest.approx(expected["estimate"], abs=1e-6)
    if "lower" in expected:
        assert (found.lower, found.upper) == pytest.approx((expected["lower"], expected["upper"]), abs=1e-6)


def test_disease_free_survival_relapse_and_death_add_to_one_at_every_step() -> None:
    found = model()
    assert found.stacked is not None
    dfs = found.endpoint("dfs")
    assert dfs is not None
    assert dfs.curve is not None
    curves = found.stacked.curves
    for relapse, death, free in zip(curves.relapse, curves.death, dfs.curve.steps, strict=True):
        assert relapse.value + death.value + free.value == pytest.approx(1.0, abs=1e-12)


def test_death_without_relapse_is_the_same_stacked_and_as_an_endpoint_of_its_own() -> None:
    found = model()
    cid = found.endpoint("cid")
    assert cid is not None
    assert cid.horizon is not None
    assert found.stacked is not None
    assert found.stacked.curves.death_reading.estimate == cid.horizon.estimate


def test_the_flow_adds_up() -> None:
    flow = model().flow
    assert (flow.approached, flow.declined, flow.consented) == (20, 3, 17)
    assert flow.consented == flow.failed + flow.withdrew_in_screening + flow.in_screening + flow.enrolled
    assert flow.enrolled == flow.completed + flow.left + flow.followed == 15


def test_every_place_is_there_and_says_how_its_participant_is() -> None:
    places = model().places
    assert [place.number for place in places] == list(range(1, 16))
    assert sum(place.standing == "died" for place in places) == 7  # seven deaths in the table


def test_places_not_yet_taken_are_free() -> None:
    early = model(cut_off=date(2023, 3, 15))  # day 72: participants 1 to 3 are enrolled, every 30 days
    assert early.enrolled == 3
    assert [place.standing for place in early.places[3:]] == ["free"] * 12


def test_every_assumption_of_the_reference_study_is_listed_with_its_basis() -> None:
    written = list(_assumed(yaml.safe_load(study_file().text)))
    listed = model().assumptions
    assert len(listed) == len(written) > 50
    assert [one.basis for one in listed if not one.basis] == []
    assert sorted(" ".join(one.basis.split()) for one in listed) == sorted(" ".join(basis.split()) for basis in written)


def _assumed(node: Any) -> list[str]:
    """The bases of everything marked as an assumption in the raw file, read without our reader."""
    if isinstance(node, list):
        return [basis for part in node for basis in _assumed(part)]
    if not isinstance(node, dict):
        return []
    own = [str(node.get("basis", ""))] if node.get("source") == "assumption" or "assumes" in node else []
    return own + [basis for part in node.values() for basis in _assumed(part)]


def test_the_lint_s_findings_stand_in_the_report_open_and_noted() -> None:
    told = trial_so_far(entries())
    found = report_model(study_file(), told, CUT_OFF, possible=()).findings
    assert [(one.code, one.noted) for one in found] == [(one.code, one.noted) for one in check_study(study_file())]


def test_both_clocks_size_and_head_are_in_the_report() -> None:
    asked = model().asked
    told = trial_so_far(entries())
    assert asked.cut_off == CUT_OFF
    assert (asked.entries, asked.known_at, asked.head) == (told.size, told.size - 1, told.head.hex())
    assert asked.recorded_at == max(entry.recorded_at for entry in entries())


def test_an_old_report_can_be_made_again_from_a_grown_ledger() -> None:
    told = entries()
    then = report_model(study_file(), trial_so_far(told[:60]), CUT_OFF, findings=(), possible=())
    now = report_model(study_file(), trial_so_far(told, known_at=59), CUT_OFF, findings=(), possible=())
    assert then == now


def test_the_json_has_every_number_and_no_nan() -> None:
    found = model()
    document = report_json(found)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["endpoints"][0]["horizon"]["estimate"] == found.endpoints[0].horizon.estimate  # type: ignore[union-attr]
    assert len(document["swims"]) == 15


def test_an_empty_ledger_makes_a_report_that_knows_nothing() -> None:
    empty = report_model(study_file(), trial_so_far(entries()[:1]), CUT_OFF, findings=(), possible=())
    assert empty.enrolled == 0
    assert all(one.horizon is None or one.horizon.estimate is None for one in empty.endpoints)


def test_harm_by_part_adds_to_the_whole() -> None:
    found = model()
    for by in ("disease status", "phase"):
        parts = [group for group in found.harm_groups if group.by == by]
        assert sum(group.n for group in parts) == found.harm.n == 15
        assert sum(group.any_grade for group in parts) == found.harm.anything.any_grade
        assert sum(group.serious for group in parts) == found.harm.anything.serious


def test_a_past_act_in_question_stands_among_the_possible_deviations() -> None:
    told = trial_so_far(entries())
    infused = next(entry for entry in entries() if entry.what.kind == "infused")
    asked = PossibleDeviation(infused, Reason("lot.expired", "The cells had expired.", "Look at the time."))
    found = report_model(study_file(), told, CUT_OFF, findings=(), possible=(asked,)).deviations
    assert [(one.gate, one.entry) for one in found if one.possible] == [("lot.expired", infused.seq)]
    assert [one.gate for one in found if not one.possible] == ["infusion.window"]


def test_a_refused_act_is_listed_with_its_reasons() -> None:
    (one,) = model().refused
    assert (one.act, one.about, one.reasons) == ("infuse", "S-03", ("The lot is not released.",))


def test_a_pause_in_force_is_on_the_first_page_until_it_is_resumed() -> None:
    told = entries()
    paused = replace(told[-1], seq=len(told), id="p", about=None, what=Paused("stopping rule", "two grade 4 events"))
    about = {"rule": "stopping rule", "about": ["by hand:p"], "without": 0}
    resumed = replace(paused, seq=len(told) + 1, id="r", what=Resumed("safety board", "go on", answers=(about,)))
    found = report_model(study_file(), trial_so_far([*told, paused]), CUT_OFF, findings=(), possible=())
    assert "two grade 4 events" in [pause.reason for pause in found.pauses]
    after = report_model(study_file(), trial_so_far([*told, paused, resumed]), CUT_OFF, findings=(), possible=())
    assert "two grade 4 events" not in [pause.reason for pause in after.pauses]
    assert len(after.pauses) == len(found.pauses) - 1
