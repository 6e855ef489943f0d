"""A pause follows from what happened, and ends with a decision or when what caused it is taken back.

Written from DOMAIN.md, section 7 (before the first look its bound holds; the board may exempt a named participant;
follow-up and reports are never paused), and docs/decisions/0016. The rule of these stories is the reference study's:
2 of 3, 3 of 4 to 6 … pause. Entries of the stories are recorded in 2030, long after what they tell.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from conduct_story import Story, consents, enrols
from harm_story import (
    UNRELATED,
    answer,
    arrives,
    conditioned,
    crs,
    decides,
    event,
    follows,
    given,
    gvhd,
    harm_study,
    icans,
    line_of,
    reported,
    tell,
    tell_on,
    treated,
    unharmed,
    visited,
    watched,
)

from trialwright.conduct import ACTS
from trialwright.conduct.gates.pauses import not_paused
from trialwright.ledger.kinds import DeviationRecorded, Resumed
from trialwright.safety.stopping.boundary import Boundary, boundary
from trialwright.safety.stopping.pauses import Pause, all_pauses, pauses, pauses_for

ON = date(2026, 3, 15)
DECIDED = decides("2026-03-10")


def in_force(story: Story, on: date = ON) -> tuple[Pause, ...]:
    return pauses(story.study, story.trial, on)


def rules(story: Story, on: date = ON) -> list[str]:
    return [pause.rule for pause in in_force(story, on)]


def rules_for(story: Story, who: str) -> list[str]:
    book = story.trial.casebooks[who]
    return [pause.rule for pause in pauses_for(story.study, story.trial, book, ON)]


def stands(story: Story, on: date = ON) -> Boundary:
    found = boundary(story.study, story.trial, on)
    assert found is not None
    return found


def harmed(who: str, on: str = "2026-01-25") -> str:
    """Somebody with a toxicity."""
    return treated(who) + event(who=who, on=on)


TWO = harmed("S-001") + harmed("S-002", "2026-01-28")
RULE = ["stopping rule"]

# --- the stopping rule ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "story", "paused"),
    [
        ("nobody", "", []),
        ("1 of 1", harmed("S-001"), []),
        ("2 of 2, before the first look", TWO, RULE),
        ("1 of 3", harmed("S-001") + unharmed("S-002") + unharmed("S-003"), []),
        ("2 of 3", TWO + unharmed("S-003"), RULE),
        ("2 of 4", TWO + unharmed("S-003") + unharmed("S-004"), []),
        ("2 of 2, a third still watched", TWO + treated("S-003"), RULE),
        (
            "2 of 2, a third not infused",
            TWO + conditioned("S-003") + "2026-01-20 not_infused S-003 reason=fever\n",
            RULE,
        ),
        ("2 of 3, one of them without a place", TWO + f"{consents()}\n{given('S-003')}" + event(who="S-003"), RULE),
    ],
)
def test_the_rule_pauses_at_its_bound(rule: str, story: str, paused: list[str]) -> None:
    told = tell(story)
    assert rules(told) == paused, rule
    assert stands(told).crossed is bool(paused)


def test_a_pause_tells_by_which_rule_since_when_and_with_which_numbers() -> None:
    (pause,) = in_force(tell(TWO))
    assert (pause.about, pause.without, str(pause.since)) == (("S-001", "S-002"), 0, "2026-01-28")
    assert pause.sentence.startswith(
        "The trial is paused since 2026-01-28, by stopping rule: 2 of 2 evaluable participants (S-001, S-002) had a "
        "dose-limiting toxicity; the rule pauses at 2 of 2 (the bound of the first look, 3); P(rate > 30 %) is 0.92"
    )
    assert round(stands(tell(TWO)).posterior or 0, 2) == 0.93  # DOMAIN.md, section 7
    assert replace(pause, since=None).sentence.startswith("The trial is paused, by stopping rule")


def test_the_way_so_far_goes_by_the_day_each_answer_stood() -> None:
    story = tell(harmed("S-001", "2026-02-21"), unharmed("S-002"), harmed("S-003"), treated("S-004"))
    found = stands(story)
    assert [(one.code, one.on, one.evaluable, one.events) for one in found.path] == [
        ("S-003", date(2026, 1, 25), 1, 1),
        ("S-002", date(2026, 2, 21), 2, 1),
        ("S-001", date(2026, 2, 21), 3, 2),  # of one day, who had the toxicity comes last
    ]
    assert (found.evaluable, found.events, found.pauses_at, found.pending) == (3, 2, 2, ("S-004",))
    assert "the bound of the first look" not in found.sentence


def test_as_of_an_earlier_day_later_toxicities_are_not_there() -> None:
    story = tell(TWO)
    assert rules(story, date(2026, 1, 26)) == []
    assert rules(story, date(2026, 1, 28)) == RULE


def test_pococks_rule_has_no_posterior_and_no_bound_where_no_number_pauses() -> None:
    study = harm_study()
    rule = study.safety.stopping_rule
    assert rule is not None
    pocock = replace(rule, method="pocock", prior=None, cut=None, alpha=Decimal("0.05"))
    study = replace(study, safety=replace(study.safety, stopping_rule=pocock))
    found = stands(tell(TWO, study=study))
    assert (found.posterior, found.pauses_at, found.crossed) == (None, None, False)
    assert found.sentence == "2 of 2 evaluable participants (S-001, S-002) had a dose-limiting toxicity"


def test_without_a_target_bounds_are_reckoned_all_the_same() -> None:
    study = replace(harm_study(), enrolment=replace(harm_study().enrolment, target=None))
    assert rules(tell(TWO, study=study)) == RULE


# --- decisions --------------------------------------------------------------------------------------------------------


def test_a_decision_settles_what_it_was_about_and_keeps_how_it_stood() -> None:
    story = tell(TWO, unharmed("S-003"), DECIDED)
    assert rules(story) == []
    (decision,) = (entry.what for entry in story.trial.of_study.all(Resumed))
    (kept,) = decision.answers
    assert (kept["rule"], kept["about"], kept["without"]) == ("stopping rule", ["S-001", "S-002"], 1)
    (pause,) = all_pauses(story.study, story.trial, ON)
    assert pause.answer == kept


SETTLED = TWO + unharmed("S-003") + DECIDED


@pytest.mark.parametrize(
    ("rule", "story", "paused"),
    [
        ("the same facts, another event of one of them", event(on="2026-02-01"), []),
        ("another participant without one", unharmed("S-004"), []),
        ("two more, one with a toxicity: 3 of 5", unharmed("S-004") + harmed("S-005"), RULE),
        ("another with a toxicity", harmed("S-004"), RULE),
        ("the one without has one after all", event(who="S-003"), RULE),
        ("fewer without one", "2026-02-20 withdraw S-003 extent='all contact'\n", RULE),
        (
            "one was none after all",
            follows('related=\'{"nk_cells":"not related","chemotherapy":"related"}\'', "2026-03-11"),
            [],
        ),
        ("a pause by hand", "2026-03-12 pause by_rule='safety board' reason='a death elsewhere'\n", ["safety board"]),
        ("grade IV", gvhd("IV", "2026-03-12"), ["gvhd-4"]),
    ],
)
def test_after_a_decision_only_something_new_pauses_again(rule: str, story: str, paused: list[str]) -> None:
    assert rules(tell(SETTLED, story)) == paused, rule


def test_another_death_pauses_again_and_the_same_one_does_not() -> None:
    died = "2026-03-01 record_death {} cause=treatment how_known=ward\n"
    story = tell(unharmed("S-001"), unharmed("S-002"), died.format("S-001"), DECIDED)
    assert rules(story) == []
    tell_on(story, event("Sepsis", 5, "2026-02-28", more="serious=yes seriousness=death", who="S-001"))
    assert rules(story) == []
    tell_on(story, died.format("S-002"))
    assert rules(story) == ["treatment-death"]


def test_what_was_decided_under_one_rule_is_not_decided_under_another() -> None:
    third = gvhd("III", "2026-02-10") + gvhd("III", "2026-02-11", who="S-002")
    rest = "".join(unharmed(f"S-00{number}") for number in range(3, 7))
    story = tell(treated("S-001"), treated("S-002"), rest, third)
    assert rules(story) == ["gvhd-3"]
    tell_on(story, DECIDED, gvhd("IV", "2026-03-12"))
    assert rules(story) == ["gvhd-4"]


def test_a_pause_by_hand_is_settled_once_and_stays_so_when_its_entry_is_corrected() -> None:
    story = tell(treated(), "2026-03-01 pause by_rule='safety board' reason='a death elsewhere'")
    (pause,) = in_force(story)
    assert str(pause.since) == "2026-03-01"
    tell_on(story, DECIDED)
    (id,) = (one.about[0].removeprefix("by hand:") for one in all_pauses(story.study, story.trial, ON))
    content = '{"reason":"a death in another trial"}'
    story.do(
        f"- correct entry={id} reason_code='source corrected' why='read again' content='{content}' by b:safety_board"
    )
    assert rules(story) == []
    tell_on(story, "2026-03-12 pause by_rule='safety board' reason='another'")
    assert rules(story) == ["safety board"]


# --- what is taken back -----------------------------------------------------------------------------------------------

AMEND = "reason_code='source corrected' why='read again'"


def test_correcting_or_retracting_what_caused_a_pause_lifts_it() -> None:
    corrected, retracted = tell(TWO), tell(TWO)
    corrected.do(f'- correct entry={reported(corrected)[1]} {AMEND} content=\'{{"grade":"3"}}\'')
    retracted.do(f"- retract entry={reported(retracted)[1]} reason_code=duplicate why=twice")
    assert (rules(corrected), rules(retracted)) == ([], [])
    assert enrol_codes(corrected) == set()


def test_a_cause_judged_lifts_it_and_judged_again_brings_it_back() -> None:
    excused = '{"nk_cells":"not related","chemotherapy":"related"}'
    story = tell(TWO, follows(f"related='{excused}'", "2026-02-02", which=2))
    assert rules(story) == []
    tell_on(story, follows('related=\'{"nk_cells":"related"}\'', "2026-02-03", which=2))
    assert rules(story) == RULE


# --- who is exempt ----------------------------------------------------------------------------------------------------

WAITING = TWO + conditioned("S-003") + conditioned("S-004")
EXEMPT = "2026-03-10 resume decided_by=board decision='treat' scope=participants exempt={} by b:safety_board\n"


@pytest.mark.parametrize("named", ["S-003", "3"])  # the third place
def test_only_the_named_go_on_until_something_new_happens(named: str) -> None:
    story = tell(WAITING, EXEMPT.format(named))
    assert (rules(story), rules_for(story, "S-003"), rules_for(story, "S-004")) == (RULE, [], RULE)
    tell_on(story, harmed("S-005"))
    assert rules_for(story, "S-003") == RULE


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("S-003", set()),
        ("S-001", {"resume.not_conditioned"}),  # has had the cells
        ("S-005", {"resume.not_conditioned"}),  # has had nothing
        ("S-003,S-001", {"resume.not_conditioned"}),
    ],
)
def test_only_who_is_between_chemotherapy_and_cells_can_be_exempt(named: str, code: set[str]) -> None:
    assert tell(WAITING, arrives("S-005")).codes(EXEMPT.format(named)) == code


def test_an_exemption_settles_nothing_for_the_trial_and_a_decision_for_all_settles_it_for_everybody() -> None:
    story = tell(WAITING, EXEMPT.format("S-003"))
    assert "trial.paused" in enrol_codes(story)
    tell_on(story, DECIDED)
    assert (rules_for(story, "S-003"), rules_for(story, "S-004")) == ([], [])
    assert enrol_codes(story) == set()


# --- when a decision was made -----------------------------------------------------------------------------------------

NOW = "at 2030-01-02T08:00:00.000Z"


def test_a_decision_dated_before_the_news_was_written_down_settles_nothing() -> None:
    story = tell(TWO)
    assert story.codes(decides("2026-03-10", NOW)) == {"resume.before_news"}
    assert story.codes(decides("2030-01-02", NOW)) == set()
    assert story.codes(decides("2030-01-01", NOW)) == set()  # the day on which it was written down


BOTH = "dealt_with=S-001,S-002"


def test_told_from_its_minutes_a_decision_settles_what_had_occurred_by_then_of_those_it_dealt_with() -> None:
    story = tell(TWO)
    tell_on(story, decides("2026-02-01", f"told {BOTH} {NOW}"))
    assert rules(story) == []
    late = tell(TWO)
    tell_on(late, decides("2026-01-26", f"told {BOTH} {NOW}"))
    assert rules(late) == RULE  # the second toxicity was of the 28th


@pytest.mark.parametrize("named", ["", "dealt_with=S-001", "dealt_with=S-003"])
def test_told_later_it_settles_nothing_of_those_whom_its_minutes_do_not_name(named: str) -> None:
    """The toxicities were of January and written down after the decision: nobody could have decided about them."""
    story = tell(TWO)
    tell_on(story, decides("2026-02-01", f"told {named} {NOW}"))
    assert rules(story) == RULE
    deviations = [entry.what.gate for entry in story.trial.of_study.deviations]
    assert deviations[-1] == "resume.before_news"


def test_told_from_its_minutes_it_knew_nothing_of_which_the_site_knew_only_later() -> None:
    aware = "aware_at=2026-02-05T09:00+08:00[Asia/Shanghai]"
    story = tell(harmed("S-001"), treated("S-002"), event(who="S-002", on="2026-01-28", more=aware))
    tell_on(story, decides("2026-02-01", f"told {BOTH} {NOW}"))
    assert rules(story) == RULE
    tell_on(story, decides("2026-02-06", f"told {BOTH} {NOW}"))
    assert rules(story) == []


# --- what a pause holds back ------------------------------------------------------------------------------------------


def enrol_codes(story: Story) -> set[str]:
    """Whether the next participant would be refused for a pause."""
    tell_on(story, consents())
    who = max(story.trial.casebooks)
    return story.codes(enrols(who, "2026-03-15")) & {"trial.paused"}


def test_a_pause_holds_back_enrolment_and_infusion_and_no_other_act() -> None:
    assert {name for name, act in ACTS.items() if not_paused in act.gates} == {"enrol", "infuse"}


def test_enrolment_and_infusion_are_refused_while_the_trial_is_paused() -> None:
    story = tell(WAITING)
    refusal = story.refused(given("S-003", "2026-03-15T14:00").replace("told", ""))
    (reason,) = (one for one in refusal.reasons if one.code == "trial.paused")
    assert "2 of 2 evaluable participants (S-001, S-002)" in reason.text
    assert "safety board" in reason.way_out
    assert enrol_codes(story) == {"trial.paused"}


SEVERE = "serious=yes seriousness=hospitalisation"


@pytest.mark.parametrize(
    "line",
    [
        visited("S-001", "2026-03-15"),
        event(on="2026-03-14"),
        follows("grade=2", "2026-03-14"),
        crs(1, "2026-03-14"),
        icans(8, "2026-03-14"),
        gvhd("I", "2026-03-14"),
        "2026-03-14 record_death S-001 cause=infection how_known=ward",
        "2026-03-14 withdraw S-001 extent='all contact'",
        "2026-03-14 report_pregnancy S-001 of=participant",
        "2026-03-14T10:00 send_report entry=@1 regime=site what='first report' to='ethics committee'",
        "2026-03-14 visit S-001 visit=d7",
        consents(),
    ],
)
def test_follow_up_and_reports_go_on_while_the_trial_is_paused(line: str) -> None:
    story = tell(TWO)
    assert rules(story) == RULE
    assert "trial.paused" not in story.codes(line_of(story, line))


def test_told_after_the_deed_an_infusion_before_the_report_was_written_is_no_deviation() -> None:
    """The entries here are recorded on 2030-01-01: nothing of them was known on 2026-03-15, all of it in 2031."""
    for on, deviates in (("2026-03-15T14:00", False), ("2031-03-15T14:00", True)):
        story = tell(WAITING)
        entries = story.do(given("S-003", on))
        gates = {entry.what.gate for entry in entries if isinstance(entry.what, DeviationRecorded)}
        assert ("trial.paused" in gates) is deviates, on


def test_only_entries_that_count_are_asked() -> None:
    story = tell(TWO, DECIDED)
    known = story.fold.size - 1  # all but the decision
    seen = pauses(story.study, story.trial, ON, lambda entry: entry.order < known)
    assert [pause.rule for pause in seen] == RULE
    by_hand = tell("2026-03-12 pause by_rule='safety board' reason='a death elsewhere'")
    assert pauses(by_hand.study, by_hand.trial, ON, lambda entry: False) == ()


def test_a_study_without_rules_pauses_by_hand_alone() -> None:
    study = harm_study()
    safety = replace(study.safety, dlt=None, stopping_rule=None, triggers=())
    story = tell(TWO, study=replace(study, safety=safety))
    assert rules(story) == []
    tell_on(story, "2026-03-12 pause by_rule=board reason=x")
    assert rules(story) == ["board"]


def test_an_unrelated_story_leaves_the_trial_alone() -> None:
    story = tell(unharmed(), event(grade=3, related=UNRELATED), watched())
    assert (answer(story).answer.value, rules(story)) == ("no", [])
