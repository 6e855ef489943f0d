"""`trialwright safety`: where the trial stands on safety, what is known of one person, and the report for the board."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.cells import moment_at, plain_values
from trialwright.cli.in_force import note_other_copy
from trialwright.cli.reporting import at_cut_off, check_out, known_by
from trialwright.cli.safety_words import person_text, safety_text
from trialwright.cli.say import answer, shown
from trialwright.cli.tracing import code_misread
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.facts import LocalTime
    from trialwright.ledger import Trial
    from trialwright.store.directory import TrialDirectory
    from trialwright.study import Study


def safety(
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    who: Annotated[
        str | None, typer.Argument(metavar="WHO", help="A participant or donor; without: the whole trial.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MOMENT", help="As it stood then: what was due, what overdue. Default: now."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Directory to write safety.html and safety.pdf to.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The report's cut-off; default: today.")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="SEQ|INSTANT", help="The report counts only entries recorded by then."),
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="The report's language: en (default) or zh.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Whether the trial is paused, how near the stopping rule is, who must be told by when, what is open."""
    if out is not None:
        if who is not None:
            raise UsageError(f"--out writes the report of the whole trial. Leave {shown(who)} out, or leave out --out.")
        document, paths = write(directory, out, at=at, as_of=as_of, known_at=known_at, lang=lang or "en")
        answer(document, "\n".join(map(str, paths)), as_json=as_json)
        return
    for option, given in (("--as-of", as_of), ("--known-at", known_at), ("--lang", lang)):
        if given is not None:
            raise UsageError(f"{option} goes with --out, the written report. What stood at a moment is asked by --at.")
    view, text = _looked_up(directory, who, at)
    answer(plain_values(view), text, as_json=as_json)


def write(
    directory: Path | str,
    out: Path,
    *,
    at: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
    lang: str = "en",
) -> tuple[Any, tuple[Path, ...]]:
    """Write the safety report of a trial's directory; gives its numbers as JSON knows them, and the paths written."""
    from trialwright.store.directory import open_trial

    check_out(out, lang, "safety")
    known = known_by(known_at)
    with open_trial(directory, read_only=True) as opened:
        trial, then, cut_off = at_cut_off(opened, as_of, known)
        now = _now(opened, at) if at is not None or as_of is None else None
        from trialwright.report import safety_json, safety_model, write_safety_report

        model = safety_model(opened.study_as_of(trial), trial, cut_off, then=then, now=now)
    return safety_json(model), write_safety_report(model, out, lang="zh" if lang == "zh" else "en")


def _looked_up(directory: str, who: str | None, at: str | None) -> tuple[Any, Callable[[], str]]:
    """The view of the trial, or of one person, and how it reads. Raises UsageError for a code that nobody has."""
    from trialwright.safety.views import person_view, safety_view
    from trialwright.store.directory import open_trial

    with open_trial(directory, read_only=True) as opened:
        now = _now(opened, at)
        note_other_copy(opened)
        whole, study = opened.trial(), opened.study_file.study
        trial = opened.trial(as_of=now.latest) if at else whole
    if who is None:
        view = safety_view(study, trial, now)
        return view, lambda: safety_text(view)
    code = who.strip()
    person = person_view(study, trial, code, now)
    if person is None:
        raise UsageError(_unknown(study, whole, code, now))
    return person, lambda: person_text(person)


def _now(opened: "TrialDirectory", at: str | None) -> "LocalTime":
    return moment_at(at, next(iter(opened.trial().adopted.what.time_zones.values())))


def _unknown(study: "Study", whole: "Trial", code: str, now: "LocalTime") -> str:
    """Why nothing is known of a person by that code. No code like it is proposed: it would be somebody else's."""
    if whole.casebook(code) is not None or code in whole.donors:
        return f"nothing is recorded of {shown(code)} up to {now.latest}. Ask for a later day (--at)."
    fault = code_misread(study, code)
    return fault or f"{shown(code)} is no participant and no donor of this trial. Type the code whole."
