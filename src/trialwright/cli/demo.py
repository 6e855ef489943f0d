"""`trialwright demo`: the reference study with fifteen simulated participants."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from trialwright.cli.say import answer, note
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.simulate.step import Step
    from trialwright.store.directory import TrialDirectory

UNTIL = date(2026, 6, 30)
"""The last day of the demonstration: fixed, so that the same seed makes the same files on any day."""
BEGUN = timedelta(days=3)
HERE = Path("demo")
PRACTICE = "practice"
FILES = ("study.yaml", "ledger.db", "ledger.db-wal", "ledger.db-shm", "report.html", "report.pdf")
SITE_FILES = ("site.db", "site.db-wal", "site.db-shm", "site.key")


def demo(
    directory: Annotated[Path, typer.Option("--dir", help="Where to write; an earlier demo is replaced.")] = HERE,
    host: Annotated[str, typer.Option("--host", help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to serve on; 0 takes a free one.")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Write the files and end.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed tells another story.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """The reference study with fifteen simulated participants; then the application on a local port."""
    from trialwright.cli.reporting import write
    from trialwright.cli.serving import open_application
    from trialwright.cli.standing import standing
    from trialwright.web.site import take_port

    _make_way(directory)
    taken = None if no_serve else take_port(host, port)
    note("Playing the trial through its acts …")
    played = play(directory, seed)
    note(f"{played['steps']} steps: {played['done']} done, {played['refused']} refused. Writing the report …")
    write(directory, directory, as_of=UNTIL.isoformat())
    begin_practice(directory / PRACTICE)
    document = {"directory": str(directory), "seed": seed, **played} | standing(directory, UNTIL)
    answer(document, lambda: _text(document), as_json=as_json)
    if taken is not None:
        open_application(directory, taken, host, demo=True)


def play(directory: Path, seed: int) -> dict[str, int]:
    """Begin a simulated trial of the reference study in a directory and play its story; gives the counts of steps."""
    from importlib.resources import files

    import numpy as np

    from trialwright.simulate.step import COORDINATOR, Desk
    from trialwright.simulate.story import story
    from trialwright.store.directory import STUDY_NAME, begin_trial, open_trial, read_study_file, write_once

    source = files("trialwright") / "studies" / "nct05333705" / "study.yaml"
    write_once(directory / STUDY_NAME, source.read_text(encoding="utf-8"))
    study_file = read_study_file(directory / STUDY_NAME)
    steps = story(study_file.study, np.random.default_rng(seed), until=UNTIL)
    desk = Desk(study_file.study.sites[0].time_zone)
    begun = desk.at((steps[0].at - BEGUN).date(), 9)
    begin_trial(directory, study_file, actor=COORDINATOR, simulated=True, at=begun.astimezone(UTC), seed=seed)
    with open_trial(directory) as trial, trial.store.batch():
        outcomes = [_do(trial, step, place) for place, step in enumerate(steps, 1)]
    return {"steps": len(steps), "done": outcomes.count(True), "refused": outcomes.count(False)}


def begin_practice(directory: Path) -> None:
    """An empty simulated trial of the same study beside the demonstration, for whoever wants to try what acts do."""
    from trialwright.simulate.step import COORDINATOR
    from trialwright.store.directory import STUDY_NAME, begin_trial, read_study_file, write_once

    write_once(directory / STUDY_NAME, (directory.parent / STUDY_NAME).read_text(encoding="utf-8"))
    study_file = read_study_file(directory / STUDY_NAME)
    begun = datetime.combine(UNTIL, time(9), ZoneInfo(study_file.study.sites[0].time_zone))
    begin_trial(directory, study_file, actor=COORDINATOR, simulated=True, at=begun.astimezone(UTC), seed=0)


def _do(trial: "TrialDirectory", step: "Step", place: int) -> bool:
    """Ask for one step as a door would; whether it was done."""
    from trialwright.conduct import ACTS, read_what
    from trialwright.simulate.step import words_of
    from trialwright.store import Kept

    act = ACTS[step.act]
    words = words_of(step, trial.trial()) if step.shows is not None else step.words
    outcome: Any = trial.perform(
        act,
        actor=step.by,
        who=step.who,
        what=read_what(act, words),
        on=step.on,
        site=trial.site(None),
        id=step.id or f"step-{place:05d}",
        at=step.at.astimezone(UTC),
        second=step.second,
        told=step.told,
    )
    return isinstance(outcome, Kept)


def _make_way(directory: Path) -> None:
    """Remove an earlier simulated trial; refuse to touch anything else."""
    from trialwright.store.directory import LEDGER_NAME, open_trial

    if (directory / LEDGER_NAME).is_file():
        with open_trial(directory, read_only=True) as trial:
            simulated = trial.trial().simulated
        if not simulated:
            told = f"{directory} holds the ledger of a real trial; the demo replaces none."
            raise UsageError(f"{told} Choose another directory with --dir.")
    elif directory.is_dir() and any(directory.iterdir()):
        raise UsageError(f"{directory} holds other files. Choose an empty directory with --dir.")
    for name in (*FILES, *SITE_FILES):
        (directory / name).unlink(missing_ok=True)
        (directory / PRACTICE / name).unlink(missing_ok=True)


def _text(document: dict[str, Any]) -> str:
    from trialwright.cli.standing import standing_text

    files = ", ".join(name for name in FILES if "-" not in name)
    return f"{standing_text(document)}\n\nWritten to {document['directory']}: {files}."
