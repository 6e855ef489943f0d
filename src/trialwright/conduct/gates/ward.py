"""Gates of the ward's own forms: rows of a repeating form, vital signs at an infusion."""

from collections.abc import Iterable, Mapping
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.vitals_plan import UNPLANNED, hours_after_end, last_infusion, when_ended
from trialwright.facts import parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import FormRowRecorded, Infused, VitalsTaken


def row_there(deed: Deed[Any]) -> Iterable[Reason]:
    """The row that is followed was recorded."""
    form, row = deed.what.form, deed.what.row
    numbers = sorted({one.what.row for one in deed.all(FormRowRecorded) if one.what.form == form})
    if row not in numbers:
        listed = f"{'row' if len(numbers) == 1 else 'rows'} {', '.join(map(str, numbers))}"
        there = f"It has {listed}." if numbers else "It has no row yet."
        yield Reason(
            "row.unknown",
            f"The form {form} of {deed.number} has no row {row}. {there}",
            "Check the number; a new row is recorded by act record_row.",
        )


def row_not_the_same(deed: Deed[Any]) -> Iterable[Reason]:
    """A new row says something that no row in force says already, word for word."""
    form, answers = deed.what.form, _said(deed.what.answers)
    for entry in deed.all(FormRowRecorded):
        if entry.what.form == form and deed.was_before(entry) and _said(entry.what.answers) == answers:
            yield Reason(
                "row.twice",
                f"Row {entry.what.row} of the form {form} of {deed.number} says the same, word for word.",
                "Nothing to do. If it was given a second time, its days differ: write them.",
            )


def _said(answers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(answer) for name, answer in answers.items() if answer not in (None, "")}


def infusion_for_vitals(deed: Deed[Any]) -> Iterable[Reason]:
    """The vital signs are those of an infusion that was started before they were taken."""
    given = _infusion(deed)
    if given is None:
        yield Reason(
            "vitals.no_infusion",
            f"No infusion {deed.what.infusion or 1} of {deed.number} is recorded.",
            "Record its start first (act infuse); vital signs of another day belong to a visit (act visit).",
        )
    elif given.occurred and certainly_before(deed.when, parse_occurred(given.occurred)):
        yield Reason(
            "vitals.before_start",
            f"The infusion of {deed.number} was started at {spoken(given.occurred)}; these are of {deed.dated}.",
            "Check the time; what was measured before the start belongs to the visit before the infusion (act visit).",
        )


def moment_has_come(deed: Deed[Any]) -> Iterable[Reason]:
    """A moment counted from the end needs the end."""
    given, hours = _infusion(deed), hours_after_end(deed.what.moment)
    if given is not None and hours is not None and when_ended(deed.book, given) is None:
        yield Reason(
            "vitals.not_ended",
            f"{deed.what.moment} was given, and no end of the infusion of {deed.number} is recorded.",
            "Record the end first (act end_infusion), or take these as unplanned.",
        )


def moment_not_taken(deed: Deed[Any]) -> Iterable[Reason]:
    """Every planned moment is taken once; another set beside it is unplanned."""
    given = _infusion(deed)
    if given is None or deed.what.moment == UNPLANNED:
        return
    for taken in deed.all(VitalsTaken):
        same = (taken.what.infusion, taken.what.moment) == (given.what.infusion, deed.what.moment)
        if same and deed.was_before(taken):
            yield Reason(
                "vitals.taken",
                f"Vital signs of {deed.number} at {deed.what.moment} were taken at {spoken(taken.occurred)}.",
                f"Take these as {UNPLANNED}; if the others are wrong, correct them (act correct).",
            )


def _infusion(deed: Deed[Any]) -> Entry[Infused] | None:
    """The infusion that is meant: the one named, else the last."""
    return last_infusion([one for one in deed.all(Infused) if deed.was_before(one)], deed.what.infusion)
