"""Gates of preparation: what must have come since the previous infusion, for every infusion anew."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.judging import anchors_of
from trialwright.conduct.outcome import Reason
from trialwright.conduct.person_facts import known_person
from trialwright.criteria import Anchors, Criterion, Judged, Judgement, Kind, judge
from trialwright.facts import parse_occurred, parse_partial_date
from trialwright.facts.order import certainly_before, days_between, minutes_between, newest, spoken, spoken_distance
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    ChemotherapyGiven,
    GoDecided,
    Infused,
    Premedicated,
    ProphylaxisGiven,
    What,
)
from trialwright.study import library_of


def previous_infusion(deed: Deed[Any]) -> Entry[Infused] | None:
    """The last infusion before this one."""
    earlier = [e for e in deed.earlier(Infused) if deed.recorded_first(e) or deed.follows(e)]
    return max(earlier, key=lambda entry: newest(entry.occurred, deed.zone), default=None)


def since_previous(deed: Deed[Any], kind: type[What]) -> list[Entry[Any]]:
    """Entries of a kind that may lie between the previous infusion and this one."""
    previous = previous_infusion(deed)
    found: list[Entry[Any]] = list(deed.earlier(kind))
    if previous is None or previous.occurred is None:
        return found
    start = parse_occurred(previous.occurred)
    return [e for e in found if not (e.occurred and certainly_before(parse_occurred(e.occurred), start))]


def chemotherapy_in_window(deed: Deed[Any]) -> Iterable[Reason]:
    """This cycle's chemotherapy ended within the study's days before the infusion."""
    rule = deed.study.treatment.infusion
    cycle = deed.what.cycle
    given = [entry for entry in deed.earlier(ChemotherapyGiven) if entry.what.cycle == cycle]
    if deed.study.treatment.chemotherapy is None and not given:
        return
    if not given:
        yield Reason(
            "infusion.no_chemotherapy",
            f"No chemotherapy of cycle {cycle} is recorded for {deed.number}.",
            "Check the cycle; record its chemotherapy first (act give_chemotherapy).",
        )
        return
    ended = parse_partial_date(given[-1].what.ended_on)
    fewest, most = days_between(ended, deed.when)
    low = rule.min_days_after_chemotherapy if rule else None
    high = rule.max_days_after_chemotherapy if rule else None
    if (low is not None and most < low) or (high is not None and fewest > high):
        off = most if low is not None and most < low else fewest
        opens = ended.earliest + timedelta(days=low or 0)
        closes = f" to {ended.latest + timedelta(days=high)}" if high is not None else " on"
        yield Reason(
            "infusion.chemotherapy_window",
            f"Chemotherapy of cycle {cycle} ended on {ended}; {deed.dated} is {spoken_distance(off)} it. "
            f"The study infuses from {opens}{closes}.",
            "Choose a day inside, or correct the last day of the chemotherapy if it is wrong.",
        )


def premedicated(deed: Deed[Any]) -> Iterable[Reason]:
    """One agent of every group of anti-allergic medication was given since the previous infusion."""
    rule = deed.study.treatment.premedication
    if rule is None:
        return
    given = {str(agent.get("group")) for e in since_previous(deed, Premedicated) for agent in e.what.agents}
    for group in rule.groups:
        if group not in given:
            yield Reason(
                "infusion.no_premedication",
                f"No {group} is recorded for {deed.number} since the previous infusion.",
                "Give and record it first (act premedicate).",
            )


def minutes_off(deed: Deed[Any]) -> Iterable[str]:
    """Premedication outside its minutes: said, recorded as a minor deviation, never a reason to refuse."""
    rule = deed.study.treatment.premedication
    given = since_previous(deed, Premedicated) if rule else []
    if rule is None or not given:
        return
    moments = [moment for entry in given if (moment := entry.occurred) and "T" in moment]
    if not moments:
        return
    minutes = minutes_between(parse_occurred(max(moments, key=lambda moment: newest(moment, deed.zone))), deed.when)
    low, high = rule.min_minutes_before, rule.max_minutes_before
    if minutes is not None and ((low is not None and minutes < low) or (high is not None and minutes > high)):
        yield f"Premedication {minutes} minutes before the infusion; the study asks for {low or 0} to {high or '...'}."


def prophylaxis_given(deed: Deed[Any]) -> Iterable[Reason]:
    """Prophylaxis of graft versus host disease was given since the previous infusion."""
    if deed.study.treatment.gvhd_prophylaxis is None:
        return
    if not any(entry.what.agents for entry in since_previous(deed, ProphylaxisGiven)):
        yield Reason(
            "infusion.no_gvhd_prophylaxis",
            f"No prophylaxis of graft versus host disease is recorded for {deed.number} since the previous infusion.",
            "Give and record it first (act give_gvhd_prophylaxis).",
        )


def go_signed(deed: Deed[Any]) -> Iterable[Reason]:
    """The newest decision for this cycle is a signed go."""
    if not deed.study.treatment.go_no_go:
        return
    decisions = [entry for entry in since_previous(deed, GoDecided) if entry.what.cycle == deed.what.cycle]
    if not decisions:
        yield Reason(
            "infusion.no_go",
            f"No go or no-go of cycle {deed.what.cycle} is recorded for {deed.number}.",
            "Go through the checks and let an investigator sign (act decide_go).",
        )
    elif decisions[-1].what.decision != "go" or not decisions[-1].what.signed_by:
        yield Reason(
            "infusion.no_go",
            f"The decision of {spoken(decisions[-1].occurred)} for {deed.number} is {decisions[-1].what.decision}.",
            "Do not infuse. If the checks are passed now, an investigator decides anew (act decide_go).",
        )


def checks_passed(deed: Deed[Any]) -> Iterable[Reason]:
    """A go needs every check of the study's list answered yes."""
    if deed.what.decision != "go":
        return
    answers = {str(check.get("id", check.get("check"))): str(check.get("answer", "")) for check in deed.what.checks}
    for check in deed.study.treatment.go_no_go:
        answer = answers.get(check.id, "")
        if answer.lower() not in ("yes", "true", "not applicable"):
            yield Reason(
                "go.check_open",
                f"{check.label}: {answer or 'not answered'}.",
                "A go needs yes (or not applicable) to every check; otherwise decide no-go.",
            )
    for failed in checks_failed(deed):
        yield Reason(
            "go.check_failed",
            f"{failed.criterion.text} ({failed.criterion.rule}) does not hold on what is recorded: {failed.found}.",
            "Decide no-go, or correct the value if it is wrong.",
        )


def checks_failed(deed: Deed[Any]) -> Iterable[Judged]:
    """The checks with a rule that the person's own facts contradict. What is unknown is left to who answers."""
    judgement = checks_judged(deed)
    return judgement.barring if judgement is not None else ()


def checks_judged(deed: Deed[Any]) -> Judgement | None:
    """The rules of the study's checks on the person's own facts, each by its check's id; None where none has a rule."""
    rules = {check.id: (check.label, check.rule) for check in deed.study.treatment.go_no_go if check.rule}
    criteria = [
        Criterion(id, Kind.INCLUSION, label, rule or "", "study", "study") for id, (label, rule) in rules.items()
    ]
    if not criteria:
        return None
    moments = anchors_of(deed.book, deed.when, infusion=deed.when)
    person = known_person(deed.book, deed.when.latest)
    return judge(criteria, person, Anchors(moments), deed.when.latest, library_of(deed.study.eligibility))
