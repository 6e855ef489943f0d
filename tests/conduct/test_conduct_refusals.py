"""Every refusal: its message, that it opens no side door, and that after the deed it is a deviation instead."""

import re
from pathlib import Path

import pytest
from conduct_refusals import FILES, SCENARIOS, message_of, story_of
from conduct_story import TOLD, Scenario

import trialwright.conduct
from trialwright.conduct import ACTS, Refusal
from trialwright.conduct.act import IMPORTANT
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger import Mood
from trialwright.ledger.kinds import DeviationRecorded

NO_REFUSALS = {
    "chemotherapy.lifetime_limit",
    "infusion.past_expiry",
    "premedication.minutes",
    "process.days",
    "visit.missed",
    "visit.outside_window",
}
"""Gates of deviations that acts write without being refused."""
LISTED_ONLY = {"study.not_at_hand"}
"""Said of past acts, never against a new one."""
BARRED = {"role.not_allowed", "occurred.in_future", "code.misread", "casebook.frozen", "study.locked"}
"""Refused before the deed and after it: who writes, tomorrow, a code that nobody has, and a record that rests."""
BY_CODE = [pytest.param(scenario, id=scenario.code) for scenario in SCENARIOS]


def told(scenario: Scenario) -> bool:
    return not ACTS[scenario.line.split()[1]].of_ledger and scenario.code not in BARRED


@pytest.mark.parametrize("scenario", BY_CODE)
def test_the_message_is_the_one_on_file(scenario: Scenario) -> None:
    """Regression: the text as people see it. `python tests/conduct/conduct_refusals.py` writes the files anew."""
    assert message_of(scenario) == (FILES / f"{scenario.code}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("scenario", BY_CODE)
def test_the_act_is_refused_for_this_reason(scenario: Scenario) -> None:
    assert scenario.code in story_of(scenario).codes(scenario.line)


@pytest.mark.parametrize("scenario", [p for p in BY_CODE if told(p.values[0])])  # type: ignore[arg-type]
def test_told_after_the_deed_the_same_act_is_written_with_its_deviations(scenario: Scenario) -> None:
    story = story_of(scenario)
    refusal = story.refused(scenario.line)
    entries = story.do(f"{scenario.line} told")
    gates = [e.what.gate for e in entries if isinstance(e.what, DeviationRecorded) and e.what.gate not in NO_REFUSALS]
    certain = [reason.code for reason in refusal.reasons]
    assert set(gates) <= set(certain)
    assert len(gates) == len(set(gates))  # one for each gate, however many reasons it had
    # Where days leave the order open, what holds an act back beforehand is no deviation afterwards.
    assert scenario.code in gates or scenario.code in {
        "trial.paused",
        "treatment.stopped",
        "infusion.decided_against",
        "resume.before_news",
    }
    assert all(entry.mood is Mood.HAPPENED and entry.told == TOLD for entry in entries)
    assert not isinstance(entries[0].what, DeviationRecorded) or scenario.line.split()[1] == "record_deviation"


@pytest.mark.parametrize("scenario", [p for p in BY_CODE if not told(p.values[0])])  # type: ignore[arg-type]
def test_what_concerns_the_ledger_the_writer_or_tomorrow_is_refused_after_the_deed_too(scenario: Scenario) -> None:
    assert isinstance(story_of(scenario).ask(f"{scenario.line} told"), Refusal)


@pytest.mark.parametrize("scenario", [p for p in BY_CODE if told(p.values[0])])  # type: ignore[arg-type]
def test_a_told_deviation_is_settled_and_not_listed_as_possible(scenario: Scenario) -> None:
    story = story_of(scenario)
    kept = {entry.id for entry in story.do(f"{scenario.line} told")}
    listed = possible_deviations(story.study, story.trial)
    assert [one for one in listed if one.entry.id in kept] == []


def test_every_code_in_the_source_has_a_story_and_every_story_a_file() -> None:
    paths = Path(trialwright.conduct.__file__).parent.rglob("*.py")
    # What an edit check asks is a query of its own, never a refusal.
    source = "".join(path.read_text() for path in paths if path.parent.name != "checks")
    codes = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', source)) - NO_REFUSALS - LISTED_ONLY
    told_for = {scenario.code for scenario in SCENARIOS}
    assert codes == told_for
    assert {path.stem for path in FILES.glob("*.txt")} == told_for


def test_important_gates_are_gates() -> None:
    assert {scenario.code for scenario in SCENARIOS} >= IMPORTANT


@pytest.mark.parametrize("scenario", BY_CODE)
def test_every_reason_says_what_was_found_and_what_to_do(scenario: Scenario) -> None:
    for reason in story_of(scenario).refused(scenario.line).reasons:
        assert reason.text.endswith((".", "?")), reason.text
        assert reason.way_out.endswith("."), reason.way_out
        assert not re.search(r"[{}]|None", (reason.text + reason.way_out).replace("{EU}", ""))
