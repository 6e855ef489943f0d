"""The days on which somebody is known to have been alive, kind of entry by kind of entry."""

from datetime import date
from typing import Any

import pytest
from endpoints_story import entry_of, on

from trialwright.endpoints import days_alive
from trialwright.ledger import kinds, trial_so_far

DAY = "2026-03-05"
DRUG = {"drug": "cytarabine", "dose": "100 mg/m2", "days": "1-7"}


def days_of(what: kinds.What, occurred: str = DAY) -> list[date]:
    enrolled = entry_of(0, kinds.Enrolled(1, "relapsed", "induction", False), "S-1", on(0).isoformat())
    trial = trial_so_far([enrolled, entry_of(1, what, "S-1", occurred)])
    return sorted(set(days_alive(trial.casebooks["S-1"])) - {on(0)})


@pytest.mark.parametrize(
    ("what", "days"),
    [
        (kinds.Consented("main", "1.0", "zh", "participant", "DR-1"), [5]),
        (kinds.FactsRecorded(({"concept": "anc", "on": "2026-03-02"}, {"concept": "sex"})), [2]),
        (kinds.ChemotherapyGiven(1, "7+3", "2026-03-11", (DRUG,)), [5, 11]),
        (kinds.Premedicated(1, ()), [5]),
        (kinds.ProphylaxisGiven(1, ()), [5]),
        (kinds.Infused(1, 1, "L-1", 1, "2026-03-06T00:10+08:00[Asia/Shanghai]", None, None, None), [5, 6]),
        (kinds.Visited("d7"), [5]),
        (kinds.Contacted("telephone"), [5]),
        (kinds.ResponseAssessed("NR"), [5]),
        (kinds.Relapsed("haematological"), [5]),
        (kinds.OtherTherapyStarted("venetoclax"), [5]),
        (kinds.Transplanted(), [5]),
        (kinds.CrsAssessed({"oxygen": "none"}, "1", "ASTCT 2019 CRS"), [5]),
        (kinds.AcuteGvhdAssessed({"skin": "1"}, "I", "MAGIC 2016"), [5]),
        (kinds.ConditionFound("Anemia", 2), [5]),
        (kinds.Withdrew("visits"), [5]),
        (kinds.FoundAgain("telephone"), [5]),
        (kinds.VitalsTaken(1, "5 min", "36.8"), [5]),
    ],
    ids=lambda value: value.kind if isinstance(value, kinds.What) else "",
)
def test_seen_spoken_to_sampled_or_treated_is_alive(what: kinds.What, days: list[int]) -> None:
    assert days_of(what) == [date(2026, 3, day) for day in days]


NOT_SEEN: tuple[Any, ...] = (
    kinds.Visited("d7", mode="missed"),
    kinds.Contacted("told by the family", alive=False),
    kinds.ResponseAssessed("NE"),
    kinds.AdverseEventReported("Fever", 2, False, {}, resolved_on="2026-03-09"),
    kinds.AdverseEventFollowed("k1", grade=3),
    kinds.ValueMarked("f1#1", "alt", "212", "U/L", False),
    kinds.PregnancyReported("partner"),
    kinds.PregnancyFollowed("k1", "ongoing"),
    kinds.FormRowRecorded("medications", 1, {"drug": "ciclosporin"}, "2026-03-01"),
    kinds.ReportSent("k1", "site", "first report", "ethics committee"),
    kinds.Died("leukaemia", "hospital record"),
    kinds.LostToFollowUp(),
    kinds.FollowUpTransferred("BJ"),
    kinds.Judged("screening", "yes", DAY, ()),
    kinds.ScreeningEnded("failed"),
    kinds.Rescreened(2, "new marrow"),
    kinds.GoDecided(1, "go"),
    kinds.NotInfused("progression"),
    kinds.TreatmentStopped("progression"),
    kinds.DeviationRecorded(None, "a late visit"),
    kinds.Retracted(),
    kinds.Redacted("e0", "a name", ("a", "b")),
    kinds.Unreadable("later", 9),
    kinds.Collected("D-1", "peripheral blood"),
    kinds.Paused("rule", "reason"),
)


@pytest.mark.parametrize("what", NOT_SEEN, ids=lambda what: what.kind)
def test_a_decision_a_result_or_what_others_say_is_not_having_seen_somebody(what: kinds.What) -> None:
    assert days_of(what) == []


def test_of_a_date_known_in_part_only_the_first_day_is_certain() -> None:
    assert days_of(kinds.Contacted("letter"), "2026-03") == [date(2026, 3, 1)]
