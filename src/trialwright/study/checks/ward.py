"""Can a ward work by it: forms of rows, moments of vital signs, and whom to call."""

from collections.abc import Iterator

from trialwright.study.finding import Check, Finder, Finding
from trialwright.study.model import Form
from trialwright.study.reader import StudyFile
from trialwright.study.tree import Path

DAYS_OF_ROW = ("began", "ended")


def moments_in_order(file: StudyFile) -> Iterator[Finding]:
    """Moments of vital signs, each once and in their order: a grid is filled in from left to right."""
    infusion = file.study.treatment.infusion
    plan = infusion.vitals if infusion else None
    lists = (("minutes", plan.minutes), ("hours_after_end", plan.hours_after_end)) if plan else ()
    for name, moments in lists:
        if list(moments) != sorted(set(moments)):
            yield Finder(file, "moments-out-of-order", "error")(
                ("treatment", "infusion", "vitals", name),
                "vitals",
                f"{name}: {', '.join(map(str, moments))} are not in order, or one stands there twice.",
                f"Write {', '.join(map(str, sorted(set(moments))))}.",
            )


def rows_sound(file: StudyFile) -> Iterator[Finding]:
    """A form that repeats asks something; only there can a question mark the days of a row, and only with a date."""
    for index, form in enumerate(file.study.forms):
        path: Path = ("forms", index)
        if form.repeats and not form.items:
            yield Finder(file, "rows-without-items", "error")(
                path, form.id, f"the form {form.id} repeats, and asks nothing.", "Add its `items:`."
            )
        yield from _days_of_row(file, path, form)


def _days_of_row(file: StudyFile, path: Path, form: Form) -> Iterator[Finding]:
    find = Finder(file, "days-of-a-row", "error")
    asked: set[str] = set()
    for position, item in enumerate(form.items):
        if item.asks not in DAYS_OF_ROW:
            continue
        at: Path = (*path, "items", position, "asks")
        if not form.repeats:
            yield find(
                at,
                item.id,
                f"the item {item.id} marks the day on which a row {item.asks}, and the form {form.id} has no rows.",
                "Write `repeats: true` at the form, or delete `asks:`.",
            )
        elif item.type != "date":
            yield find(
                at, item.id, f"the item {item.id} marks a day, and its type is {item.type}.", "Write `type: date`."
            )
        elif item.asks in asked:
            yield find(
                at,
                item.id,
                f"two items of the form {form.id} mark the day on which a row {item.asks}.",
                "Keep one of them.",
            )
        asked.add(item.asks)


CHECKS: tuple[Check, ...] = (moments_in_order, rows_sound)
