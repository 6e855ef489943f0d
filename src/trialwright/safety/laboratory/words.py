"""A clause of a laboratory rule in words, as CTCAE prints it: `> 3 - 5 x ULN (baseline normal)`."""

from collections.abc import Sequence
from decimal import Decimal

from trialwright.safety.laboratory.rules import Clause, LabRule, Table

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def clause_words(clause: Clause, table: Table, unit: str) -> str:
    """The band of a clause, from its own limit to the next grade's, with the condition it depends on."""
    when = f" ({clause.when.words})" if clause.when else ""
    shown = {"1": ""}.get(unit, f" x {unit}" if unit.startswith("10*") else f" {unit}")
    return f"{_band(clause, _next(clause, table.clauses), shown)}{when}"


def units_words(rule: LabRule) -> str:
    """The units that CTCAE prints limits in: "g/dL, g/L or mmol/L"."""
    *most, last = ("a plain number" if table.unit == "1" else table.unit or "any unit" for table in rule.tables)
    return f"{', '.join(most)} or {last}" if most else last


def grades_words(lowest: int, highest: int, grades: Sequence[int]) -> str:
    """What the grade may be: "2", "0 or 1", "0 to 4"; only grades that the term has."""
    possible = [grade for grade in grades if lowest <= grade <= highest]
    if len(possible) == 1:
        return str(possible[0])
    return f"{possible[0]} {'or' if len(possible) == 2 else 'to'} {possible[-1]}"


def _band(clause: Clause, following: Clause | None, shown: str) -> str:
    if clause.operand == "drop_abs":
        if clause.factor < 0:  # a negative fall is a rise
            return f"rise from baseline {_FLIPPED[clause.comparator]} {_number(-clause.factor)}{shown}"
        return f"fall from baseline {clause.comparator} {_number(clause.factor)}{shown}"
    start, behind = _number(clause.factor), _behind(clause, shown)
    if following is None:
        limit = clause.reference if clause.factor == 1 and clause.reference in ("ULN", "LLN") else f"{start}{behind}"
        return f"{clause.comparator} {limit}"
    if following.reference != clause.reference:
        start, behind = clause.reference if clause.factor == 1 else f"{start}{behind}", shown
    # Where the next band begins at its limit, this one ends before it: 450 - 480 ms, whole numbers, then 481.
    if "=" not in following.comparator:
        end = _number(following.factor)
    elif following.comparator == ">=":
        end = _number(following.factor - 1)
    else:
        end = f"above {_number(following.factor)}"
    return f"{clause.comparator} {start} - {end}{behind}"


def _behind(clause: Clause, shown: str) -> str:
    """What stands behind a number: its unit, or what it multiplies."""
    if clause.operand == "rise_above_uln":
        return f"{shown} above the ULN"
    return {"abs": shown, "BASE": " x baseline"}.get(clause.reference, f" x {clause.reference}")


def _next(clause: Clause, clauses: Sequence[Clause]) -> Clause | None:
    """The clause that ends this one's band: the next grade's of the same kind, else its absolute limit."""
    if clause.operand == "drop_abs":
        return None
    higher = [
        each
        for each in clauses
        if each.grade > clause.grade
        and each.operand == clause.operand
        and each.comparator[0] == clause.comparator[0]
        and each.when in (clause.when, None)
        and (each.reference == clause.reference or (each.reference == "abs" and clause.reference in ("ULN", "LLN")))
    ]
    return min(higher, key=lambda each: (each.reference != clause.reference, each.grade), default=None)


def _number(factor: Decimal) -> str:
    """A factor without the zeros behind its point, and never as a power of ten."""
    shown = f"{factor:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
