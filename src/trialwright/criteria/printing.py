"""A rule written out the one canonical way: ASCII, single spaces, brackets only where they are needed."""

import re
from decimal import Decimal

from trialwright.criteria.language import (
    And,
    Asked,
    AtLeast,
    Between,
    Compare,
    Comparison,
    Condition,
    Duration,
    Elapsed,
    Ever,
    Flag,
    Gap,
    Lasting,
    Not,
    Or,
    Policy,
    Presence,
    Rule,
    Side,
    SignedDocument,
    Threshold,
    When,
    Window,
    Within,
)
from trialwright.criteria.parse import keywords

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def format_rule(rule: Rule) -> str:
    """The rule as text; `parse_rule(format_rule(rule)) == rule`.

    >>> from trialwright.criteria.parse import parse_rule
    >>> format_rule(parse_rule("creatinine ≤ 260 µmol/L and(not pregnant)"))
    'creatinine <= 260 umol/L and not pregnant'
    """
    match rule:
        case When():
            return f"if {_inner(rule.condition, When)} then {format_rule(rule.consequence)}"
        case Or():
            return " or ".join(_inner(part, When, Or) for part in rule.parts)
        case And():
            return " and ".join(_inner(part, When, Or, And) for part in rule.parts)
        case Not():
            return f"not {_inner(rule.part, When, Or, And)}"
        case AtLeast():
            return f"at least {rule.count} of ({', '.join(format_rule(part) for part in rule.parts)})"
        case Compare():
            return _compare(rule)
        case Presence():
            return _presence(rule)
        case Asked():
            return f"opinion {_quoted(rule.question)}" + (f" by {rule.by}" if rule.by else "")
        case SignedDocument():
            return f"signed {rule.document}" + _windows((rule.window,) if rule.window else ())
        case Elapsed():
            return f"at {'least' if rule.least else 'most'} {_duration(rule.duration)} since {rule.anchor}"
        case Flag():
            return rule.name + _windows(rule.windows)


def format_threshold(threshold: Threshold) -> str:
    """`3.0 mg/dL`, `2.5 ULN`."""
    return f"{_number(threshold.number)} {threshold.unit}".strip()


def format_window(window: Window) -> str:
    """`within 14 days before enrolment`."""
    match window:
        case Within():
            return f"within {_duration(window.duration)} {window.side} {window.anchor}"
        case Gap():
            return f"at least {_duration(window.duration)} {window.side} {window.anchor}"
        case Side():
            return f"{window.side} {window.anchor}"
        case Ever():
            return "ever"
        case Lasting():
            return f"for at least {_duration(window.duration)}"


def _inner(rule: Rule, *bracketed: type) -> str:
    return f"({format_rule(rule)})" if isinstance(rule, bracketed) else format_rule(rule)


def _compare(rule: Compare) -> str:
    measure = f"{rule.name} / {rule.over}" if rule.over else rule.name
    picked = f"{rule.pick} {measure}" if rule.pick else measure
    return f"{picked} {_condition(rule.condition)}{_windows(rule.windows)}{_policy(rule.policy)}"


def _condition(condition: Condition) -> str:
    match condition:
        case Comparison():
            return f"{condition.comparator} " + " | ".join(format_threshold(each) for each in condition.alternatives)
        case Between(low, high) if low.unit == high.unit:
            return f"{_number(low.number)}..{format_threshold(high)}"
        case Between(low, high):
            return f"between {format_threshold(low)} and {format_threshold(high)}"
        case _ if len(condition.values) == 1:
            return f"is {_literal(condition.values[0])}"
        case _:
            return "in {" + ", ".join(_literal(value) for value in condition.values) + "}"


def _presence(rule: Presence) -> str:
    words = ["no"] if rule.absent else []
    words += [rule.state] if rule.state else []
    words += [rule.domain, "in", rule.value_set]
    words += [f"with {each.name} {each.comparator} {format_threshold(each.threshold)}" for each in rule.qualifiers]
    return " ".join(words) + _windows(rule.windows) + _policy(rule.policy)


def _windows(windows: tuple[Window, ...]) -> str:
    return "".join(f" {format_window(window)}" for window in windows)


def _policy(policy: Policy | None) -> str:
    return f" assuming {policy}" if policy else ""


def _duration(duration: Duration) -> str:
    return f"{duration.number} {duration.unit}{'' if duration.number == 1 else 's'}"


def _literal(value: Decimal | str) -> str:
    if isinstance(value, Decimal):
        return _number(value)
    return value if _NAME.match(value) and value not in keywords() else _quoted(value)


def _number(number: Decimal) -> str:
    return str(number).replace("E+", "e").replace("E", "e")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
