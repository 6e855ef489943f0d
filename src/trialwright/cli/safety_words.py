"""How the views of safety read at the shell."""

import shlex
import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialwright.safety.next_steps import Step
    from trialwright.safety.view_parts import AutoGradeView, EventView, PregnancyView, ReportView, ValueView
    from trialwright.safety.views import (
        DecisionView,
        DltView,
        OpenValues,
        PauseView,
        PersonView,
        RuleView,
        SafetyView,
        ScaleView,
        TriggerView,
    )

FIRST, FEW = 3, 5
"""So many events of one person, and so many values, are told on the screen of the whole trial; the rest are counted."""
WIDTH = 118
TOGETHER = "\u00a0"  # between a code and its number: no line is broken there


def safety_text(view: "SafetyView") -> str:
    """The whole trial on one screen: paused or not, the stopping rule, reports, what is open, what was decided."""
    parts = [f"Safety as of {_spoken(view.at)}", *_pauses(view.pauses)]
    parts += [_rule(view.rule)] if view.rule else ["The study has no stopping rule."]
    parts += _titled("OVERDUE REPORTS", _reports(view.overdue))
    later = [f"  {_counted(view.later, 'more report')} due after that"] if view.later else []
    parts += _titled("REPORTS DUE IN THE NEXT 15 DAYS", [*_reports(view.due), *later])
    parts += _titled("SERIOUS EVENTS NOT RESOLVED", [f"  {_event_line(one)}" for one in view.serious])
    parts += _titled("PREGNANCIES FOLLOWED", [f"  {_pregnancy(one)}" for one in view.pregnancies])
    parts += _titled("TRIGGERS", [line for one in view.triggers for line in _trigger(one)])
    parts += _titled("VALUES OUTSIDE THEIR RANGE, WAITING FOR A SIGNED MARK", _open_values(view.waiting))
    parts += _titled("GRADES THAT NOBODY HAS CONFIRMED", _open_values(view.unconfirmed))
    parts += _titled("OTHER EVENTS NOT RESOLVED", _by_person(view.open_events))
    parts += _titled("DECISIONS", [f"  {_decision(one)}" for one in view.decisions])
    if not (view.overdue or view.due or view.later):
        parts.append("No report is due.")
    return "\n\n".join([*parts, *_hint(view)])


def person_text(view: "PersonView") -> str:
    """One person: what to do next, then everything that is known."""
    number = "donor" if view.sort == "donor" else f"participant {view.number}" if view.number else "not enrolled"
    head = [f"{view.code} ({number}), safety as of {_spoken(view.at)}"]
    if view.baselines:
        head.append("Baselines: " + "; ".join(_baseline(one.which, one.number, one.at) for one in view.baselines) + ".")
    head += [f"New events are collected until {view.until}."] if view.until else []
    parts = ["\n".join(head)]
    parts += _titled("HELD BACK", [f"  ! {_pause(one)}" for one in view.pauses])
    parts += _titled("TO DO NEXT", _steps(view.steps))
    parts += [_dlt(view.dlt)] if view.dlt else []
    parts += _titled("Events", [line for one in view.events for line in _event(one)])
    for stands, title in (
        ("waits for a mark", "Values that wait for a signed mark"),
        ("grade not confirmed", "Values whose grade nobody has confirmed"),
    ):
        found = [one for one in view.values if one.stands == stands]
        parts += _titled(title, [line for one in found for line in _value(one)])
    parts += _looked_at(view.values)
    parts += _titled("Assessed", [line for one in view.scales for line in _scale(one)])
    had = [f"  {one.term}, grade {one.grade}, found {_spoken(one.on)} ({one.id})" for one in view.conditions]
    parts += _titled("Had before treatment", had)
    parts += _titled("Pregnancies", [f"  {_pregnancy(one)}" for one in view.pregnancies])
    parts += _titled("Reports", _reports(view.reports))
    return "\n\n".join(parts if len(parts) > 1 else [*parts, "Nothing is recorded of events, values or reports."])


# --- the whole trial --------------------------------------------------------------------------------------------------


def _pauses(pauses: "Sequence[PauseView]") -> list[str]:
    if not pauses:
        return ["Not paused: enrolment and infusion go on."]
    who = " or the ".join(pauses[0].decides)
    lines = ["PAUSED: enrolment and infusion stand still.", *(f"  ! {_pause(one)}" for one in pauses)]
    return ["\n".join([*lines, f"    → the {who} decides (act resume --decided-by ... --decision ...)"])]


def _pause(pause: "PauseView") -> str:
    since = f", since {_spoken(pause.since)}" if pause.since else ""
    return f"{pause.rule}{since}: {pause.reason}"


def _rule(rule: "RuleView") -> str:
    names = f" ({', '.join(rule.toxic)})" if rule.toxic else ""
    lines = [
        f"STOPPING RULE: {rule.events} of {rule.evaluable} evaluable participants{names} had a dose-limiting toxicity."
    ]
    if rule.posterior is not None:
        percent = format((Decimal(rule.p0) * 100).normalize(), "f")
        lines.append(f"  P(rate > {percent} %) is {rule.posterior:.8f}; more than {rule.cut} pauses.")
    lines += [f"  pauses now at {rule.pauses_at} of {rule.evaluable}"] if rule.pauses_at is not None else []
    steps = [(bound, max(n for n, one in enumerate(rule.bounds, 1) if one == bound)) for bound in _bounds(rule)]
    among = ", ".join(f"{bound} of up to {most}" for bound, most in steps)
    lines.append(f"  pauses at {among} evaluable participants" if among else "  no number of events pauses the trial")
    waiting: dict[tuple[str, ...], list[str]] = {}
    for one in rule.pending:
        waiting.setdefault(one.waits_for, []).append(_named(one.code, one.number))
    lines += [f"  pending: {', '.join(codes)}: {'; '.join(why)}" for why, codes in waiting.items()]
    lines += [f"  not evaluable: {', '.join(rule.not_evaluable)}"] if rule.not_evaluable else []
    return "\n".join(lines)


def _bounds(rule: "RuleView") -> list[int]:
    return sorted({bound for bound in rule.bounds if bound is not None})


def _open_values(people: "Sequence[OpenValues]") -> list[str]:
    """The worst few values of the whole trial with their ids, and how many each person has."""
    listed = [(one.code, value) for one in people for value in one.values]
    worst = sorted(listed, key=lambda pair: -max((grade.lowest for grade in pair[1].grades), default=0))[:FEW]
    lines = [f"  {code}: {_value_line(value)} ({value.id})" for code, value in worst]
    if len(listed) > len(worst):
        counts = ", ".join(f"{one.code}{TOGETHER}{len(one.values)}" for one in people)
        wrapped = textwrap.wrap(f"{len(listed)} in all: {counts}", WIDTH - 4, subsequent_indent="  ")
        lines += [f"  {line.replace(TOGETHER, ' ')}" for line in wrapped]
    return lines


def _by_person(events: "Sequence[EventView]") -> list[str]:
    lines = []
    for about, group in groupby(sorted(events, key=lambda one: one.about), key=lambda one: one.about):
        found = list(group)
        said = "; ".join(f"{one.term}, grade {one.grade} ({one.id})" for one in found[:FIRST])
        more = f"; and {len(found) - FIRST} more" if len(found) > FIRST else ""
        lines.append(f"  {about}: {said}{more}")
    return lines


def _trigger(trigger: "TriggerView") -> list[str]:
    stands = "decided" if trigger.decided else "FIRED" if trigger.reached else f"{len(trigger.happened)} so far"
    return [f"  {trigger.id}, {trigger.text}: {stands}", *(f"    {said}" for said in trigger.happened)]


def _decision(one: "DecisionView") -> str:
    about = f" on {', '.join(one.about)}" if one.about else ""
    exempt = f", for {', '.join(one.exempt)}" if one.exempt else ""
    return f"{_spoken(one.on)}, {one.decided_by}{about}: {one.decision} ({one.scope}{exempt})"


def _hint(view: "SafetyView") -> list[str]:
    """How what is open is answered; only the acts that are needed now."""
    lines = []
    if view.overdue or view.due:
        lines.append("  act send_report WHO --entry ID --regime REGIME --what WHAT --to WHOM")
    if view.waiting or view.unconfirmed:
        lines.append("  act mark_value WHO --fact ID --significant yes|no")
    if view.serious or view.open_events:
        lines.append("  act follow_adverse_event WHO --event ID --grade ... --resolved-on ... --outcome ...")
    if view.pregnancies:
        lines.append("  act follow_pregnancy WHO --pregnancy ID --outcome ...")
    return _titled("Answered by (ids stand in brackets or before the colon; one person's steps: safety DIR WHO)", lines)


# --- parts of both ----------------------------------------------------------------------------------------------------


def _reports(reports: "Iterable[ReportView]") -> list[str]:
    """Reports under the event they are about; those to several recipients that stand alike in one line."""
    about: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for one in reports:
        alike = about.setdefault(f"  {one.about}, {one.subject} ({one.entry})", {})
        alike.setdefault((one.what, one.regime, one.due, one.stands, one.says), []).append(one.to)
    lines = []
    for event, alike in about.items():
        lines.append(event)
        for (what, regime, due, stands, says), to in alike.items():
            mark = "!" if stands == "overdue" else " "
            when = f" (due {_spoken(due)})" if stands in ("due", "overdue") else ""
            lines.append(f"    {mark} {what} to {_and(tuple(dict.fromkeys(to)))}, {regime}: {says}{when}")
    return lines


def _event_line(event: "EventView") -> str:
    why = f", {', '.join(event.seriousness)}" if event.seriousness else ""
    return f"{event.about}, {event.term}, grade {event.grade} ({event.id}), since {_spoken(event.onset)}{why}"


def _event(event: "EventView") -> list[str]:
    steps = ", ".join(f"{one.grade} from {_spoken(one.since)}" for one in event.grades)
    over = f"; resolved {event.resolved_on}" if event.resolved_on else "; not resolved"
    over = f"; {event.outcome}" + (f" {event.resolved_on}" if event.resolved_on else "") if event.outcome else over
    serious = f"serious ({', '.join(event.seriousness)})" if event.serious else "not serious"
    related = ", ".join(f"{cause} {judged}" for cause, judged in event.related) or "nobody asked"
    lines = [
        f"  {event.id}: {event.term} (CTCAE {event.ctcae}): grade {steps}{over}",
        f"      {serious}; expected: {event.expected}; dose-limiting: {event.dose_limiting}",
        f"      related: {related}",
    ]
    beside = (("action", event.action), ("treatment", event.treatment))
    lines += [f"      {name}: {said}" for name, said in beside if said]
    lines += [f"      {_spoken(on)}: {said}" for on, said in event.narrative]
    for one in event.against:
        than = "worse" if one.worse else "not worse"
        lines.append(f"      {_baseline(one.which, one.number, one.at)}: grade {one.before}, since {one.since}: {than}")
    return lines if event.collected else [*lines, "      began after the days in which events are collected"]


def _baseline(which: str, number: int, at: str) -> str:
    return f"before {'treatment' if which == 'treatment' else f'infusion {number}'} ({_spoken(at)})"


def _value_line(value: "ValueView") -> str:
    grades = [f"{one.term} grade {one.text}" for one in value.grades if one.highest > 0]
    return "; ".join([f"{value.concept} {value.value} of {_spoken(value.on)}, {value.why}", *grades])


def _looked_at(values: "Sequence[ValueView]") -> list[str]:
    """The values that were found significant, and how many nobody need look at any more."""
    marked = [(one, one.mark) for one in values if one.mark is not None]
    lines = []
    for value, mark in marked:
        if mark.significant:
            grades = "".join(f", {term} grade {grade}" for term, grade in mark.grades if grade != "0")
            event = f", event {mark.event}" if mark.event else ""
            said = f"{value.concept} {value.value} of {_spoken(value.on)}: by {mark.by}{grades}{event}"
            lines.append(f"  {value.id}: {said}")
    rest = [
        (len(marked) - len(lines), "marked not significant"),
        (sum(one.stands == "nothing to do" for one in values), "with nothing to do"),
    ]
    said_of = " and ".join(f"{_counted(number, 'value')} {how}" for number, how in rest if number)
    told = [f"{said_of}: --json lists them with their ids."] if said_of else []
    return [*_titled("Values marked significant", lines), *told]


def _value(value: "ValueView") -> list[str]:
    lines = [f"  {value.id}: {value.concept} {value.value} of {_spoken(value.on)}: {value.why}"]
    return lines + [line for grade in value.grades if grade.highest > 0 for line in _grade(grade)]


def _grade(grade: "AutoGradeView") -> list[str]:
    lines = [f"      {grade.term}: grade {grade.text}{f', {grade.rule}' if grade.rule else ''}"]
    lines.append(f"        from {', '.join(grade.inputs)}")
    return lines + [f"        {said}" for said in (*grade.reasons, *grade.notes)]


def _scale(one: "ScaleView") -> list[str]:
    found = ", ".join(f"{name} {said}" for name, said in one.findings)
    event = f"; event {one.event}" if one.event else ""
    lines = [f"  {_spoken(one.on)}: {one.of} grade {one.grade} ({one.scale}){event} ({one.id})"]
    lines += [f"      found: {found}"] if found else []
    return lines + ([f"      because: {'; '.join(one.because)}"] if one.because else [])


def _dlt(dlt: "DltView") -> str:
    window = f" (window {_spoken(dlt.starts)} to {dlt.ends})" if dlt.starts else ""
    return "\n".join([f"Dose-limiting toxicity: {dlt.answer}{window}", *(f"  {said}" for said in dlt.because)])


def _pregnancy(one: "PregnancyView") -> str:
    due = f", due {one.due_on}" if one.due_on else ""
    known = f": {one.outcome}" if one.outcome else ": no outcome yet"
    return f"{one.about}, pregnancy of the {one.of} ({one.id}), {_spoken(one.on)}{due}{known}"


def _steps(steps: "Iterable[Step]") -> list[str]:
    """Each thing to do once, where it first stands, with every act that does it."""
    acts: dict[str, dict[str, None]] = {}
    for one in steps:
        words = " ".join(f"--{name.replace('_', '-')} {_typed(said)}" for name, said in one.words)
        acts.setdefault(one.says, {})[f"      act {one.act} {one.who} {words}"] = None
    return [line for says, typed in acts.items() for line in (f"  → {says}", *typed)]


def _typed(said: str) -> str:
    return "..." if said == "…" else shlex.quote(said)


def _named(code: str, number: int | None) -> str:
    return f"{code} (participant {number})" if number else code


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return ["\n".join([f"{title}:", *lines])] if lines else []


def _spoken(occurred: str | None) -> str:
    from trialwright.facts.order import spoken

    return spoken(occurred)
