"""What the views of safety hold, on trials told through the acts."""

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from conduct_story import ZONE, Story, consents, enrolled, enrols, facts, infused, small_study

from trialwright.facts import LocalTime, parse_occurred
from trialwright.safety.views import PersonView, SafetyView, person_view, safety_view
from trialwright.study.reporting import Regime, Reporting
from trialwright.study.safety import (
    DoseLimitingToxicity,
    Pregnancies,
    Prior,
    Safety,
    StoppingRule,
    Toxicity,
    Trigger,
)

SAFETY = Safety(
    dlt=DoseLimitingToxicity(
        days_after_first_infusion=28,
        items=(Toxicity(id="organ", text="grade 4 or more", scale="CTCAE", grade_at_least=4),),
    ),
    stopping_rule=StoppingRule(
        prior=Prior(a=Decimal("0.6"), b=Decimal("1.4")), p0=Decimal("0.30"), cut=Decimal("0.80"), first_look=3
    ),
    triggers=(Trigger(id="gvhd-3", text="a second of grade III", happens="acute GVHD", grade_at_least=3, count=2),),
    pregnancy=Pregnancies(no_infusion_after=("participant",)),
    reporting=Reporting(initiated_by="investigator", regimes=("site", "ICH_E2A", "pregnancy")),
)
RELATED = """related='{"nk_cells":"related","chemotherapy":"not related","premedication":"not related"}'"""
SERIOUS = f"term=Sepsis grade=4 serious=yes seriousness=hospitalisation {RELATED} aware_at=2026-01-22T09:00{ZONE}"
ALT = '[{"concept":"alt","value":"310","unit":"U/L","on":"%s","range":{"high":"50","unit":"U/L"}}]'


@pytest.fixture
def story() -> Story:
    return Story(study=replace(small_study(), safety=SAFETY))


def at(moment: str) -> LocalTime:
    found = parse_occurred(moment + ZONE)
    assert isinstance(found, LocalTime)
    return found


def whole(story: Story, moment: str = "2026-01-24T12:00") -> SafetyView:
    return safety_view(story.study, story.trial, at(moment))


def person(story: Story, code: str = "S-001", moment: str = "2026-01-24T12:00") -> PersonView:
    found = person_view(story.study, story.trial, code, at(moment))
    assert found is not None
    return found


def plain(value: Any) -> bool:
    """Whether a view holds nothing but plain values, as the page at the site and JSON need it."""
    if is_dataclass(value) and not isinstance(value, type):
        return all(plain(getattr(value, one.name)) for one in fields(value))
    if isinstance(value, tuple):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, float, bool)


# --- the trial --------------------------------------------------------------------------------------------------------


def test_a_trial_in_which_nothing_happened_is_empty_and_not_paused(story: Story) -> None:
    view = whole(story)
    empty = ("pauses", "overdue", "due", "waiting", "unconfirmed", "serious", "open_events", "pregnancies", "triggers")
    assert [getattr(view, name) for name in empty] == [()] * len(empty)
    assert view.rule is not None
    assert (view.rule.events, view.rule.evaluable, view.rule.pauses_at, view.rule.pending) == (0, 0, None, ())
    assert view.rule.bounds == (None, 2, 2)  # of three participants: the first look is at the third


def test_a_study_without_rules_has_none(story: Story) -> None:
    without_rules = replace(small_study(), safety=Safety())
    bare = safety_view(without_rules, infused(story).trial, at("2026-01-24T12:00"))
    assert (bare.rule, bare.overdue, bare.due, bare.later) == (None, (), (), 0)
    one = person_view(without_rules, story.trial, "S-001", at("2026-01-24T12:00"))
    assert one is not None
    assert one.dlt is None


def test_reports_are_overdue_due_soon_or_counted_as_later(story: Story) -> None:
    later = Regime(id="slow", label="slow", by="investigator", to=("board",), when="serious", other_days=20)
    reporting = replace(SAFETY.reporting or Reporting(initiated_by="investigator"), own_regimes=(later,))
    story.study = replace(story.study, safety=replace(SAFETY, reporting=reporting))
    infused(story).do(f"2026-01-22 report_adverse_event S-001 {SERIOUS}")
    view = whole(story)
    assert [(one.regime, one.to, one.stands) for one in view.overdue] == [
        ("site", "ethics committee", "overdue"),
        ("site", "institution", "overdue"),
    ]
    assert [(one.regime, one.due) for one in view.due] == [("ICH_E2A", "2026-02-06")]
    assert view.later == 1
    soon = whole(story, "2026-02-01T12:00")
    assert (len(soon.due), soon.later) == (2, 0)
    assert {one.entry for one in (*view.overdue, *view.due)} == {story.trial.casebooks["S-001"].adverse_events[0].id}


def test_a_pause_has_its_numbers_and_who_decides_and_a_decision_is_shown_with_it(story: Story) -> None:
    infused(story).do("2026-01-21 pause by_rule=board reason='a death elsewhere'")
    (pause,) = whole(story).pauses
    assert (pause.rule, pause.since, pause.reason, pause.decides) == (
        "board",
        "2026-01-21",
        "a death elsewhere",
        ("safety board",),
    )
    assert [one.rule for one in person(story).pauses] == ["board"]
    story.do("2026-01-22 resume decided_by=board decision='go on' by li:safety_board")
    view = whole(story)
    assert view.pauses == ()
    assert [(one.on, one.scope, one.about) for one in view.decisions] == [("2026-01-22", "trial", ("board",))]


def test_who_is_pending_is_named_with_what_is_waited_for(story: Story) -> None:
    infused(story)
    rule = whole(story).rule
    assert rule is not None
    assert [(one.code, one.waits_for, one.until) for one in rule.pending] == [
        ("S-001", ("watched until 2026-02-17",), "2026-02-17")
    ]
    story.do(f"2026-01-22 report_adverse_event S-001 {SERIOUS}")
    rule = whole(story).rule
    assert rule is not None
    assert (rule.toxic, rule.pending, rule.events, rule.evaluable) == (("S-001",), (), 1, 1)
    assert [(one.code, one.on, one.events) for one in rule.path] == [("S-001", "2026-01-22", 1)]


def test_somebody_never_infused_is_not_evaluable(story: Story) -> None:
    enrolled(story).do("2026-01-12 not_infused S-001 reason='patient unfit'")
    rule = whole(story).rule
    assert rule is not None
    assert (rule.not_evaluable, rule.pending) == (("S-001",), ())


def test_a_trigger_tells_what_happened_before_it_fires(story: Story) -> None:
    infused(story).do("2026-01-24 assess_acute_gvhd S-001 skin=4 liver=0 upper_gi=0 lower_gi=3")
    (trigger,) = whole(story).triggers
    assert (trigger.id, trigger.count, len(trigger.happened), trigger.reached, trigger.decided) == (
        "gvhd-3",
        2,
        1,
        False,
        False,
    )


def test_events_are_open_until_their_end_is_recorded_the_worst_first(story: Story) -> None:
    infused(story).tell(
        f"""
        2026-01-21 report_adverse_event S-001 term=Fatigue grade=1 serious=no {RELATED}
        2026-01-22 report_adverse_event S-001 term=Nausea grade=2 serious=no {RELATED}
        2026-01-22 report_adverse_event S-001 {SERIOUS}
        """
    )
    view = whole(story)
    assert [one.term for one in view.serious] == ["Sepsis"]
    assert [one.term for one in view.open_events] == ["Nausea", "Fatigue"]
    event = view.serious[0].id
    story.do(f"2026-01-24 follow_adverse_event S-001 event={event} outcome=resolved resolved_on=2026-01-24")
    assert whole(story).serious == ()


# --- values -----------------------------------------------------------------------------------------------------------


def test_a_value_outside_its_range_waits_until_it_is_marked(story: Story) -> None:
    infused(story).do(f"2026-01-23 record_facts S-001 facts='{ALT % '2026-01-23'}'")
    ((found,),) = (one.values for one in whole(story).waiting)
    (grade,) = found.grades
    assert (found.value, found.range, found.outside, found.why) == ("310 U/L", "<= 50 U/L", "yes", "above 50 U/L")
    assert (grade.text, grade.rule) == ("3", "> 5 - 20 x ULN (baseline normal)")
    assert grade.inputs == ("value 310 U/L", "ULN 50 U/L", "no baseline", "compared in U/L")
    story.do(f"2026-01-24 mark_value S-001 fact={found.id} significant=no by inv:investigator")
    assert whole(story).waiting == ()
    (marked,) = (one for one in person(story).values if one.id == found.id)
    assert marked.mark is not None
    assert (marked.stands, marked.mark.significant, marked.mark.grades) == ("marked", False, ((grade.term, "3"),))


def test_a_grade_that_hangs_on_a_missing_range_waits_to_be_confirmed(story: Story) -> None:
    no_range = ALT.replace(',"range":{"high":"50","unit":"U/L"}', "")
    infused(story).do(f"2026-01-23 record_facts S-001 facts='{no_range % '2026-01-23'}'")
    view = whole(story)
    assert view.waiting == ()
    ((value,),) = (one.values for one in view.unconfirmed)
    assert (value.outside, value.stands) == ("unknown", "grade not confirmed")
    assert value.grades[0].lowest < value.grades[0].highest
    assert value.grades[0].reasons


# --- one person -------------------------------------------------------------------------------------------------------


def test_an_event_is_compared_with_both_baselines(story: Story) -> None:
    enrolled(story).tell(
        f"""
        2026-01-09 record_condition S-001 term=Fatigue grade=2
        2026-01-09 report_adverse_event S-001 term=Nausea grade=1 serious=no {RELATED}
        """
    )
    begun = Story(study=story.study)
    infused(begun)
    begun.tell(
        f"""
        2026-01-09 record_condition S-001 term=Fatigue grade=2
        2026-01-21 report_adverse_event S-001 term=Fatigue grade=2 serious=no {RELATED}
        2026-01-12 report_adverse_event S-001 term=Nausea grade=1 serious=no {RELATED}
        2026-01-22 follow_adverse_event S-001 event=a{begun.acts + 3} grade=3
        """
    )
    assert all(not one.against for one in person(story).events)  # nothing was given yet
    shown = person(begun)
    found = {
        (event.term, one.which): (one.before, one.since, one.worse) for event in shown.events for one in event.against
    }
    assert found == {
        ("Fatigue", "treatment"): (2, 2, False),
        ("Fatigue", "infusion"): (2, 2, False),
        ("Nausea", "treatment"): (0, 3, True),
        ("Nausea", "infusion"): (1, 3, True),
    }
    assert [(one.term, one.grade) for one in shown.conditions] == [("Fatigue", 2)]
    assert [(one.which, one.number) for one in shown.baselines] == [("treatment", 0), ("infusion", 1)]


def test_the_steps_begin_with_what_is_overdue(story: Story) -> None:
    unknown = RELATED.replace('"chemotherapy":"not related"', '"chemotherapy":"unknown"')
    infused(story).tell(
        f"""
        2026-01-22 report_adverse_event S-001 {SERIOUS.replace(RELATED, unknown)}
        2026-01-23 report_adverse_event S-001 term='Cytokine release syndrome' grade=1 serious=no {RELATED}
        2026-01-23 record_facts S-001 facts='{ALT % "2026-01-23"}'
        2026-01-23 report_pregnancy S-001 of=participant aware_at=2026-01-23T10:00{ZONE}
        """
    )
    steps = person(story).steps
    assert steps[0].act == "send_report"
    assert [step.act for step in steps if step.act != "send_report"] == [
        "follow_adverse_event",
        "assess_crs",
        "mark_value",
        "follow_adverse_event",
        "follow_pregnancy",
    ]
    assert steps[0].says == "send the first report on Sepsis, grade 4 (site): overdue since 27 hours"
    judged = next(step for step in steps if step.act == "follow_adverse_event")
    assert judged.says == "judge whether Sepsis is related to chemotherapy"


def test_a_scale_that_was_assessed_is_shown_with_what_decides_it(story: Story) -> None:
    infused(story).do("2026-01-24 assess_acute_gvhd S-001 skin=2 liver=0 upper_gi=0 lower_gi=1")
    (scale,) = person(story).scales
    assert (scale.of, scale.grade, scale.on) == ("acute GVHD", "II", "2026-01-24")
    assert ("lower_gi", "1") in scale.findings
    assert scale.because


def test_an_unknown_code_has_no_view_and_a_number_finds_its_participant(story: Story) -> None:
    enrolled(story)
    assert person_view(story.study, story.trial, "S-099", at("2026-01-24T12:00")) is None
    assert person(story, "1").code == "S-001"
    assert person(story, "1").until is None


def test_somebody_not_enrolled_has_no_answer_about_a_toxicity(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    assert person(story).dlt is None
    story.do(enrols("S-001"))
    dlt = person(story).dlt
    assert dlt is not None
    assert (dlt.answer, dlt.because, dlt.starts) == ("not yet evaluable", ("not infused yet",), None)


def test_a_donor_has_events_and_reports_and_never_a_recipient(story: Story) -> None:
    infused(story)
    story.do("2026-01-04 register_donor D-1 source='peripheral blood' tested=donor by nurse:coordinator")
    said = "narrative='gave for S-001, participant 1'"
    collection = 'related=\'{"collection":"related"}\''
    story.do(
        f"2026-01-20T08:00 report_donor_event D-1 term=Syncope grade=3 serious=yes seriousness=hospitalisation "
        f"{collection} {said} aware_at=2026-01-20T09:00{ZONE}"
    )
    view = person(story, "D-1")
    assert (view.sort, view.number, view.dlt, view.values) == ("donor", None, None, ())
    assert [one.term for one in view.events] == ["Syncope"]
    assert view.events[0].narrative == (("2026-01-20T08:00" + ZONE, "gave for a participant, a participant"),)
    assert {one.about for one in view.reports} == {"D-1"}
    assert "S-001" not in str(view)
    assert person(story).events == ()
    assert "S-001" not in str([one for one in whole(story).serious if one.about == "D-1"])


def test_views_are_plain_values(story: Story) -> None:
    infused(story).tell(
        f"""
        2026-01-22 report_adverse_event S-001 {SERIOUS}
        2026-01-23 record_facts S-001 facts='{ALT % "2026-01-23"}'
        2026-01-23 report_pregnancy S-001 of=partner aware_at=2026-01-23T10:00{ZONE}
        2026-01-24 assess_acute_gvhd S-001 skin=4 liver=0 upper_gi=0 lower_gi=3
        2026-01-24 pause by_rule=board reason='a death elsewhere'
        """
    )
    assert plain(whole(story))
    assert plain(person(story))
    assert [one.open for one in whole(story).pregnancies] == [True]
