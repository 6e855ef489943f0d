"""What an entry says once it is corrected: whole, and what is computed in it computed anew."""

from dataclasses import asdict, replace
from typing import Any

from trialwright.conduct.answers import check_row, row_form
from trialwright.conduct.assessing import assessed, check_numbers
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.amending import entry_named
from trialwright.conduct.gates.harm import term_of
from trialwright.conduct.gates.values import grades_given, value_of
from trialwright.conduct.grading import SCALES, grade_findings
from trialwright.conduct.marking import Mark, looked_at
from trialwright.conduct.rows import began_and_ended
from trialwright.conduct.vitals import check_signs
from trialwright.conduct.vitals_plan import check_moment
from trialwright.conduct.words import check_changed, read_words
from trialwright.errors import FormatError
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    AdverseEventReported,
    ConditionFound,
    FormRowRecorded,
    ResponseAssessed,
    ValueMarked,
    VitalsTaken,
    What,
)

PARTS = ("findings", "related")
"""Tables of which a correction names only the lines that change: what it leaves out stays."""


def whole_content(deed: Deed[Any]) -> Any:
    """The whole new content of the entry that the deed corrects.

    A grade that follows from findings follows from the new ones; so does the category that the rules give; an event
    has its term in CTCAE's own spelling; a mark holds the value as it is now.
    Raises FormatError for a word, date or number that nobody can read, UsageError for an id that is none.
    """
    target = entry_named(deed)
    kind: type[What] = type(target.what)
    name = f"correct {target.what.kind}"
    old = asdict(target.what)
    changes = {field.replace("-", "_"): value for field, value in deed.what.content.items()}
    for part in PARTS:
        if isinstance(old.get(part), dict) and isinstance(changes.get(part), dict):
            changes[part] = old[part] | changes[part]
    content = read_words(name, kind, old | changes)
    check_changed(name, target.what.kind, content, changes)
    return _computed_anew(deed, target, content)


def asked_of(deed: Deed[Any], target: Entry[Any], content: Any) -> Deed[Any]:
    """The deed of the corrected entry, as if it were done again with the new content on the day that is now right."""
    return Deed(
        f"correct {target.what.kind}",
        deed.study,
        deed.trial,
        deed.actor,
        target.about,
        content,
        deed.what.occurred or target.occurred,
        deed.second,
        target.told,
        deed.site,
        deed.now,
        itself=target,
    )


def _computed_anew(deed: Deed[Any], target: Entry[Any], content: Any) -> Any:
    kind, again = type(content), asked_of(deed, target, content)
    if kind in SCALES:
        findings, grade = grade_findings(again.act, kind, content.findings)
        return replace(content, findings=findings, grade=grade.text, scale=grade.scale, because=grade.because)
    if isinstance(content, AdverseEventReported | ConditionFound):
        term = term_of(again)
        return content if term is None else replace(content, term=term.name, soc=term.soc)
    if isinstance(content, ValueMarked):
        marked = asked_of(deed, target, mark_of(again.act, content))
        return replace(content, **looked_at(value_of(marked), grades_given(marked)))
    if isinstance(content, FormRowRecorded):
        form = row_form(deed.study, content.form)
        check_row(form, content.answers, whole=False)
        began, ended = began_and_ended(form, content.answers)
        return replace(content, began=began, ended=ended)
    if isinstance(content, VitalsTaken):
        check_moment(deed.study, content.moment)
        check_signs(again.act, content)
        return content
    if isinstance(content, ResponseAssessed):
        check_numbers(again.act, content)
        asked = target.what.computed is not None
        return replace(content, computed=(assessed(again).computed or None) if asked else None)
    return content


def mark_of(act: str, marked: ValueMarked) -> Mark:
    """The words that such a mark would be made with: the grades a person gave. Raises FormatError for other lines."""
    for one in marked.grades:
        if not isinstance(one.get("term"), str) or one.get("confirmed") is None:
            raise FormatError(f"{act}: grades: {one!r} was given; each line names its term and what is confirmed.")
    given = {one["term"]: str(one["confirmed"]) for one in marked.grades if one["confirmed"] != one.get("computed")}
    return Mark(marked.fact, marked.significant, given, marked.flags, marked.event, note=marked.note)
