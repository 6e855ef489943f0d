"""The versions of the study that a ledger adopted, each read from its own text, which the ledger holds.

What was recorded stays under the version it was recorded under: the answers on a form are read with the questions that
were asked then. What is computed (windows, estimates, lists) is computed under the version in force.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from trialwright.errors import FormatError
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import Adopted
from trialwright.ledger.trial import Trial
from trialwright.study import Study, StudyFile, read_study


def study_file_of(adoption: "Entry[Adopted]") -> StudyFile | None:
    """The study file that an entry adopted; None where its text is not the one that was sealed by its hash."""
    return _read(adoption.what.text, adoption.what.sha256)


def study_of(trial: Trial, entry: AnyEntry) -> Study | None:
    """The study under which an entry was recorded; None where the ledger does not hold a text of it that can be read.

    A correction is recorded under its own day's version, and its first entry under that of its own.
    """
    for adoption in trial.adoptions:
        if adoption.what.sha256 == entry.study_sha256:
            file = study_file_of(adoption)
            return file.study if file else None
    return None


def studies_of(trial: Trial) -> Mapping[str, Study]:
    """Every version that can be read, by the SHA-256 of its text, oldest first."""
    read = ((adoption.what.sha256, study_file_of(adoption)) for adoption in trial.adoptions)
    return {sha: file.study for sha, file in read if file is not None}


@lru_cache(maxsize=32)
def read_once(text: str) -> StudyFile:
    """`read_study`, with the last texts remembered. Raises StudyErrors as it does."""
    return read_study(text)


def _read(text: str, expected: str) -> StudyFile | None:
    if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != expected:
        return None
    try:
        return read_once(text)
    except FormatError:  # written under rules of a file that this version of the program knows no more
        return None
