"""`trialwright forms`: blank forms to print, for a day on which the computer is out of reach."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trialwright.cli.say import answer
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.study import StudyFile

LANGUAGES = ("en", "zh")


def forms(
    where: Annotated[Path, typer.Argument(metavar="DIR|STUDY.yaml", help="A trial directory, or a study file.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help="The file to write.")],
    visit: Annotated[
        str | None, typer.Option("--visit", metavar="VISIT", help="One visit; default: all, and forms of rows.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Which language comes first: en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Blank forms as PDF, made from the study file: of one visit, or of all. Nothing is recorded."""
    from trialwright.cli.labels import written
    from trialwright.report.blank_forms import blank_forms, format_blank_forms

    if lang not in LANGUAGES:
        raise UsageError(f"--lang {lang!r} is no language of the forms. One of: {', '.join(LANGUAGES)}.")
    study_file, simulated = _study(where)
    chosen = blank_forms(study_file.study, study_file.sha256, visit, simulated=simulated)
    with written(out) as half:
        made_at = int(datetime.now(UTC).timestamp())
        half.write_bytes(format_blank_forms(chosen, written_at=made_at, lang="zh" if lang == "zh" else "en"))
        half.replace(out)
    visits = [one.id for one in chosen.visits]
    document = {"file": str(out), "study": chosen.study.id, "sha256": chosen.sha256, "visits": visits}
    many = f"{len(visits)} visits" if len(visits) > 1 else f"visit {visits[0]}"
    answer(document, lambda: f"{out}: blank forms of {many}.", as_json=as_json)


def _study(where: Path) -> "tuple[StudyFile, bool]":
    """The study in force in a trial's directory, or that of a file; and whether its trial is simulated."""
    from trialwright.store.directory import is_draft, open_trial, read_study_file

    if where.is_dir() and not is_draft(where):
        with open_trial(where, read_only=True) as opened:
            return opened.study_file, opened.trial().simulated
    return read_study_file(where / "study.yaml" if where.is_dir() else where), False
