"""`trialwright init` and `trialwright study`: from a record or a file to a plan that can run."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.people import actor_from
from trialwright.cli.say import answer, note
from trialwright.cli.words import plain
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.study import Finding

app = typer.Typer(help="Check the plan; its JSON Schema.", no_args_is_help=True)

LEVELS = ("error", "warning", "note")
NOTHING_CHANGES = "amendment.nothing_changes"  # an answer to the question, no fault of the file
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def init(
    source: Annotated[Path, typer.Option("--from", metavar="RECORD.json|study.yaml", help="What to begin from.")],
    directory: Annotated[Path | None, typer.Option("--dir", help="The new trial's directory.")] = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="A PostgreSQL database instead, by its owner's URL.")
    ] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", help="With --db: who may read and append; default trialwright_app, made if missing."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who adopts the study, CODE:ROLE.")] = None,
    as_json: JsonOption = False,
) -> None:
    """A new trial directory from a registry record or a study file; with --db a ledger in a database."""
    if db is not None:
        if directory is not None:
            raise UsageError("--dir and --db name two places. Keep one: a trial has one ledger.")
        _init_database(source, db, role, by, as_json=as_json)
    elif directory is None:
        raise UsageError("name the place: --dir for a new directory, or --db for a database.")
    elif role is not None:
        raise UsageError("--role goes with --db: in a directory the rights are those of the file.")
    else:
        _init_directory(source, directory, by, as_json=as_json)


def _init_database(source: Path, db: str, role: str | None, by: str | None, *, as_json: bool) -> None:
    from trialwright.store.directory import begin_trial, read_study_file
    from trialwright.store.url import EXPECTED, is_url, shown_place
    from trialwright.study import check_study

    if not is_url(db):
        raise UsageError(f"--db: {EXPECTED}.")
    if source.suffix.lower() == ".json":
        raise UsageError(f"{source} is a record: a draft is written first, into a directory. Use --dir.")
    study_file = read_study_file(source)
    errors = [found for found in check_study(study_file) if found.level == "error"]
    if errors:
        standing = "error stands" if len(errors) == 1 else "errors stand"
        raise UsageError(f"{len(errors)} {standing} in {source}; see them: `trialwright study check {source}`.")
    begin_trial(db, study_file, actor=actor_from(by), role=role)
    shown, study = shown_place(db), study_file.study.id
    told = f"{shown}: the study {study} is adopted and its ledger begun.\nNext: trialwright act URL --help"
    answer({"database": shown, "study": study}, told, as_json=as_json)


def _init_directory(source: Path, directory: Path, by: str | None, *, as_json: bool) -> None:
    from trialwright.store.directory import LEDGER_NAME, STUDY_NAME, begin_trial, read_study_file, write_once
    from trialwright.study import check_study, read_study

    questions: tuple[str, ...] = ()
    target = directory / STUDY_NAME
    if (directory / LEDGER_NAME).exists():
        raise UsageError(f"{directory} already holds a ledger. Choose another directory.")
    if source.suffix.lower() == ".json":
        from trialwright.registry import draft_study, read_record

        draft = draft_study(read_record(source))
        questions = tuple(question.text for question in draft.questions)
        text = draft.study_text
    else:
        text = read_study_file(source).text
    study_file = read_study(text, str(target))
    errors = [f for f in check_study(study_file) if f.level == "error"]
    actor = None if errors else actor_from(by)  # asked before anything is written
    ours, made = False, [one for one in (directory, *directory.parents) if not one.exists()]
    try:
        ours = source.resolve() != target.resolve() and write_once(target, text)
        ledger = None if actor is None else begin_trial(directory, study_file, actor=actor)
    except BaseException:  # a full disk: nothing half begun stays, and nothing goes that was there before
        if ours:
            target.unlink(missing_ok=True)
        for one in made:
            with suppress(OSError):
                one.rmdir()
        raise
    document: dict[str, Any] = {"directory": str(directory), "study": str(target), "ledger": ledger and str(ledger)}
    document |= {"errors": len(errors), "questions": list(questions)}
    answer(document, lambda: _init_text(directory, ledger, errors, questions), as_json=as_json)


def _init_text(directory: Path, ledger: Path | str | None, errors: list["Finding"], questions: tuple[str, ...]) -> str:
    if ledger is not None:
        return f"{directory}: the study is adopted and its ledger begun.\nNext: trialwright act {directory} --help"
    lines = [f"{directory}: a draft was written. No act is possible until it has no error."]
    lines += [f"  ? {question}" for question in questions]
    standing = "error stands" if len(errors) == 1 else "errors stand"
    lines += [
        f"{len(errors)} {standing} in it: trialwright study check {directory / 'study.yaml'}",
        f"When it has none: trialwright init --from {directory / 'study.yaml'} --dir {directory}",
    ]
    return "\n".join(lines)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The study file.")],
    as_json: JsonOption = False,
) -> None:
    """Lint a study: errors, warnings, notes, each with its place. Exit 1 if there is an error."""
    from trialwright.store.directory import read_study_file
    from trialwright.study import check_study

    findings = check_study(read_study_file(file))
    document = {"findings": [_finding(found) for found in findings]}
    answer(document, lambda: _findings_text(file, findings), as_json=as_json)
    if any(found.level == "error" for found in findings):
        raise typer.Exit(1)


@app.command("schema")
def schema(as_json: JsonOption = True) -> None:
    """The JSON Schema of a study file, for editors; with and without --json the same document."""
    from trialwright.study import study_schema

    answer(study_schema(), "", as_json=as_json)


@app.command("draft")
def draft(
    record: Annotated[Path, typer.Argument(metavar="RECORD.json", help="A registry record (API v2).")],
    as_json: JsonOption = False,
) -> None:
    """A first study file from a registry record, on standard output; its questions on standard error."""
    from trialwright.registry import draft_study, read_record

    found = draft_study(read_record(record))
    questions = [question.text for question in found.questions]
    for question in [] if as_json else questions:
        note(f"? {question}")
    answer({"study": found.study_text, "questions": questions}, found.study_text, as_json=as_json)


@app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A study file, a trial's directory, or a database's URL.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A study file.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="As of which day; default: today.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What an amendment changes and, of a trial, whom it touches: a dry run. Exit 1 if it could not be adopted."""
    from trialwright.conduct.amendment.lines import plan_changes
    from trialwright.store.directory import read_study_file
    from trialwright.store.url import is_url
    from trialwright.study import check_study

    after = read_study_file(new)
    errors = [found for found in check_study(after) if found.level == "error"]
    document: dict[str, Any]
    if is_url(old) or Path(old).is_dir():
        document, text, fits = _dry_run(old, new, on)
    else:
        changes = plan_changes(read_study_file(Path(old)).study, after.study)
        document = {"changes": [plain(change) for change in changes]}
        text = "\n".join([*(change.text for change in changes), f"{len(changes)} changes."])
        fits = True
    document["errors"] = [_finding(found) for found in errors]
    lint = (
        [f"{found}" for found in errors] if not is_url(old) and Path(old).is_file() else []
    )  # a dry run names them among what speaks against
    answer(document, lambda: "\n".join([text, *lint]), as_json=as_json)
    if errors or not fits:
        raise typer.Exit(1)


def _dry_run(directory: str, new: Path, on: str | None) -> tuple[dict[str, Any], str, bool]:
    """The effect in a trial as JSON and for people, and whether the file could be adopted."""
    from trialwright.cli.amending import effect_document, effect_in, effect_text
    from trialwright.facts import parse_partial_date
    from trialwright.store.directory import open_trial, today_at

    with open_trial(directory, read_only=True) as opened:
        zone = next(iter(opened.trial().adopted.what.time_zones.values()))
        day = parse_partial_date(today_at(zone, datetime.now(UTC)) if on is None else on).latest
        effect = effect_in(opened, new, day)
    fits = not [one for one in effect.against if one.code != NOTHING_CHANGES]
    return effect_document(effect), effect_text(effect), fits


def _finding(found: "Finding") -> dict[str, Any]:
    keys = ("code", "level", "subject", "meaning", "what_to_do", "noted")
    place = {"file": found.place.file, "line": found.place.line, "column": found.place.column}
    return {key: getattr(found, key) for key in keys} | {"place": place}


def _findings_text(file: Path, findings: tuple["Finding", ...]) -> str:
    lines = []
    for found in findings:
        noted = " (noted)" if found.noted else ""
        lines += [f"{found.place}: {found.level} {found.code}{noted}: {found.meaning}"]
        lines += [f"    noted: {found.noted}" if found.noted else f"    → {found.what_to_do}"]
    counts = {level: sum(f.level == level and not f.noted for f in findings) for level in LEVELS}
    accepted = sum(bool(f.noted) for f in findings)
    lines.append(
        f"{file}: {counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes; {accepted} noted."
    )
    return "\n".join(lines)
