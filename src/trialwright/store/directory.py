"""A trial's place: a directory with `study.yaml`, the working copy of the plan, and `ledger.db`; or a database's URL.

Acts run under the study that the ledger adopted last, as it stands inside the lock. While the working copy says
something else, or the lint finds an error, every act is refused: nobody must believe that the file in front of them is
the one in force when it is not. Two copies are no mistake: the text of an amendment that waits for approval, and, once
it is adopted, the version that was in force before, which is then replaced by the new one. Under a URL there is no
working copy: the study in force is the ledger's alone.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from trialwright.conduct.act import Act
from trialwright.conduct.amendment.acts import approve_amendment, propose_amendment, reject_amendment
from trialwright.conduct.amendment.proposals import open_amendment
from trialwright.conduct.amendment.versions import read_once
from trialwright.conduct.outcome import Outcome, Reason, Refusal
from trialwright.errors import IntegrityError, UsageError
from trialwright.facts.text import decode_text
from trialwright.ledger import Actor, Entry, Told, Trial
from trialwright.ledger.instants import format_instant
from trialwright.ledger.kinds import Adopted
from trialwright.ledger.verify import Verification
from trialwright.store.check import check_file
from trialwright.store.export import export_jsonl
from trialwright.store.opening import open_ledger
from trialwright.store.perform import Kept, create, perform
from trialwright.store.read import entries, trial
from trialwright.store.store import Store
from trialwright.store.url import is_url
from trialwright.study import StudyFile, check_study, read_study

STUDY_NAME = "study.yaml"
LEDGER_NAME = "ledger.db"
CONCERNED = ("lot", "collection", "recipient", "donor", "doses")
"""Words of an act that name somebody or something else it touches: what others did to it makes a form stale."""

LONGEST_ASKED = 2000
AMENDING = frozenset(act.name for act in (propose_amendment, approve_amendment, reject_amendment))
"""Acts that are possible beside any working copy: they are how another one comes into force."""


@dataclass(frozen=True)
class TrialDirectory:
    """An open trial: the study in force, as the ledger adopted it, and the ledger."""

    path: Path | None
    """None under a database's URL: there is no working copy then."""
    store: Store

    @property
    def study_file(self) -> StudyFile:
        """The study in force now: the newest text adopted in the ledger, not the working copy."""
        return self.study_as_of(self.trial())

    def study_as_of(self, trial: Trial) -> StudyFile:
        """The study that was in force where a fold of the ledger ends."""
        return read_once(trial.adopted.what.text)

    def trial(self, *, as_of: date | None = None, known_at: int | str | None = None) -> Trial:
        found = trial(self.store, as_of=as_of, known_at=known_at)
        if known_at is None and not found.adoptions:
            raise IntegrityError(
                f"{self.store.where} holds no entry any more; the first one adopts the study. Keep the file as it is, "
                "and go on with the last good copy."
            )
        return found

    def entries(self) -> tuple[Entry[Any], ...]:
        return entries(self.store)

    def export(self, out: Path) -> tuple[int, bytes]:
        """Write the ledger as JSON lines; gives how many entries, and the head."""
        return export_jsonl(self.store, out)

    def site(self, wanted: str | None) -> str:
        """The site meant: the one named, or the only one. Raises UsageError if that leaves it open."""
        sites = list(self.trial().adopted.what.time_zones)
        if wanted is None and len(sites) == 1:
            return sites[0]
        if wanted in sites:
            return wanted
        found = f"there is no site {wanted[:60]!r}" if wanted else "the study has several sites: name one with --site"
        raise UsageError(f"{found}. Sites: {', '.join(sites)}.")

    def zone(self, site: str) -> str:
        return self.trial().adopted.what.time_zones[site]

    @property
    def standstill(self) -> tuple[Reason, ...]:
        """Why no act at all is possible now: the working copy differs from the study in force, or has errors."""
        return self.standstill_at(self.trial())

    def standstill_at(self, trial: Trial, *, replacing: bool = False) -> tuple[Reason, ...]:
        """The same where a fold of the ledger ends. An amendment's own acts are possible all the same.

        replacing  an earlier version may still stand there: whoever adopted the new one is about to replace it
        """
        file = self.study_as_of(trial)
        if self.path is None:
            return _errors_of(file.sha256, file.text)
        copy = self.path / STUDY_NAME
        if not copy.is_file():
            text = f"{copy} is missing; acts run only beside the study they run under."
            return (Reason("study.missing", text, "Put the adopted study file back."),)
        if _sha256_of(copy) not in _expected(trial, replacing=replacing):
            text = f"{copy} is not the study that this ledger adopted (version {file.study.version})."
            way_out = (
                f"See what differs: `trialwright study diff {self.path} {copy}`. Put the adopted file back: its text "
                f"is in the ledger (`trialwright ledger show {self.path} --kind adopted --json`). If it is a new "
                f"version, propose it: `trialwright act {self.path} propose_amendment --why …`."
            )
            return (Reason("study.differs", text, way_out),)
        return _errors_of(file.sha256, file.text)

    def follow_adoption(self) -> bool:
        """Write the study in force over the working copy where that is an earlier version, word for word.

        True if it was written. What was there is in the ledger; any other copy is somebody's work and stays.
        """
        if self.path is None:
            return False
        trial, copy = self.trial(), self.path / STUDY_NAME
        older = {one.what.sha256 for one in trial.adoptions} - {trial.adopted.what.sha256}
        if not older or not copy.is_file() or _sha256_of(copy) not in older:
            return False
        _replace(copy, trial.adopted.what.text)
        return True

    def perform(
        self,
        act: "Act[Any]",
        *,
        actor: Actor,
        who: str | None,
        what: Any,
        on: str | None,
        site: str,
        id: str,
        at: datetime | None = None,
        second: Actor | None = None,
        told: Told | None = None,
        seen: int | None = None,
    ) -> Kept | Refusal:
        """Do an act under the study's lock; what happened is written down, a refusal too.

        The study is the one in force inside the lock, whatever was when this directory was opened.
        """
        try:
            self.follow_adoption()
            followed = True
        except OSError:  # the copy cannot be written here: then an earlier version in it is a reason to stop
            followed = False
        before = self.trial()
        now = format_instant(at if before.simulated and at is not None else self.store.clock())

        def decide(trial: Trial) -> Outcome:
            # A repeat is decided on the trial of its own day: what the copy says today is nothing to it.
            newest = trial.size == self.store.fold.size
            if newest and act.name not in AMENDING and (against := self.standstill_at(trial, replacing=followed)):
                return Refusal(act.name, who, against)
            study = self.study_as_of(trial).study
            return act(study, trial, actor, who, what, on, second=second, told=told, site=site, now=now)

        outcome = perform(
            self.store,
            decide,
            act=act.name,
            about=_code(before, who),
            actor=actor,
            second=second,
            site=site,
            at=at,
            id=id,
            seen=seen,
            concerns=tuple(_concerned(what)),
            asked=_asked(who, what, on),
        )
        if isinstance(outcome, Kept) and any(isinstance(entry.what, Adopted) for entry in outcome.entries):
            with suppress(OSError):  # what is adopted is adopted; the next act says that the copy is another
                self.follow_adoption()
        return outcome


def _code(trial: Trial, who: str | None) -> str | None:
    """The screening code behind a participant's number; any other word as it is."""
    book = trial.casebook(who) if who is not None else None
    return book.code if book else who


@contextmanager
def open_trial(where: Path | str, *, read_only: bool = False) -> Iterator[TrialDirectory]:
    """A trial's directory or a database's URL, opened; closed again on the way out. Raises UsageError where none is."""
    if isinstance(where, str) and is_url(where):
        with open_ledger(where, read_only=read_only) as store:
            yield TrialDirectory(None, store)
        return
    path = Path(where)
    ledger = path / LEDGER_NAME
    if not ledger.is_file():
        raise UsageError(_no_ledger(path))
    with open_ledger(ledger, read_only=read_only) as store:
        yield TrialDirectory(path, store)


def _no_ledger(path: Path) -> str:
    if not path.is_dir():
        return f"there is no directory {path}. Begin a trial with `trialwright init --from study.yaml --dir {path}`."
    if is_draft(path):
        adopt = f"trialwright init --from {path / STUDY_NAME} --dir {path}"
        return f"{path} holds a draft, and no ledger yet. When `trialwright study check` finds no error: `{adopt}`."
    return f"{path} holds neither {STUDY_NAME} nor {LEDGER_NAME}: it is not a trial's directory."


def is_draft(where: Path | str) -> bool:
    """Whether a directory holds a study that no ledger has adopted yet; a database never does."""
    if is_url(where):
        return False
    path = Path(where)
    return (path / STUDY_NAME).is_file() and not (path / LEDGER_NAME).exists()


def refuse_on_draft(where: Path | str, act: str, about: str | None) -> Refusal:
    """Why no act is possible on a draft: the lint's errors, or that nobody has adopted it. It cannot be recorded."""
    path = Path(where)
    reasons = tuple(study_errors(read_study_file(path / STUDY_NAME)))
    adopt = f"trialwright init --from {path / STUDY_NAME} --dir {path}"
    waiting = Reason("study.not_adopted", f"{path} holds a draft that no ledger has adopted.", f"Run `{adopt}`.")
    return Refusal(act, about, reasons or (waiting,))


def read_study_file(path: Path) -> StudyFile:
    """The study in a file. Raises StudyErrors with every fault's place, OSError where there is no file."""
    return read_study(decode_text(path.read_bytes(), str(path)), str(path))


def study_errors(study_file: StudyFile) -> Iterator[Reason]:
    """The lint's errors, as reasons against any act."""
    for found in check_study(study_file):
        if found.level == "error":
            yield Reason(f"study.{found.code}", f"{found.place}: {found.meaning}", found.what_to_do)


@lru_cache(maxsize=8)
def _errors_of(sha256: str, text: str) -> tuple[Reason, ...]:
    """The lint's errors of the study in force, found once for each version."""
    del sha256  # what the memory is kept under; hashing the text each time would be slower
    return tuple(study_errors(read_once(text)))


def _expected(trial: Trial, *, replacing: bool) -> frozenset[str]:
    """Which working copies are no mistake: the study in force, what is proposed, and what is just being replaced."""
    adopted = [one.what.sha256 for one in trial.adoptions]
    found = open_amendment(trial)
    proposed = [found.proposal.what.sha256] if found else []
    return frozenset((adopted if replacing else adopted[-1:]) + proposed)


def _sha256_of(copy: Path) -> str:
    return hashlib.sha256(decode_text(copy.read_bytes(), str(copy)).encode()).hexdigest()


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    half = path.with_name(f"{path.name}.{uuid4().hex}.new")  # two processes may write the same at once
    try:
        half.write_bytes(text.encode())
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def begin_trial(
    where: Path | str,
    study_file: StudyFile,
    *,
    actor: Actor,
    role: str | None = None,
    simulated: bool = False,
    at: datetime | None = None,
    seed: int | None = None,
) -> Path | str:
    """Begin the ledger of a directory, or in a database, by adopting a study; gives the ledger's path or URL.

    where   a directory, or the URL of a database by its owner; then `role` is who may read and append.
    Raises UsageError if the study has no site, or the ledger exists.
    """
    study = study_file.study
    if not study.sites:
        raise UsageError(f"{study_file.name} names no site. Add one under `sites:` with its time zone.")
    adopted = Adopted(
        text=study_file.text,
        sha256=study_file.sha256,
        version_label=study.version,
        simulated=simulated,
        target=study.enrolment.target or 0,
        time_zones={site.code: site.time_zone for site in study.sites},
    )
    ledger = where if is_url(where) else Path(where) / LEDGER_NAME
    first = study.sites[0].code
    with create(ledger, adopted, study=study.id, site=first, actor=actor, role=role, at=at, seed=seed):
        return ledger


def write_once(path: Path, text: str) -> bool:
    """Write a new file whole or not at all; false if it stood there already, word for word.

    Raises UsageError if it is there with other content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        if path.read_bytes() == text.encode():
            return False
        raise UsageError(f"{path} exists already and says something else. Choose another directory or move the file.")
    _replace(path, text)
    return True


def check_ledger_at(where: Path | str) -> Verification:
    """What verification finds in a trial's directory, at a database's URL, or in an exported file."""
    if is_url(where):
        return check_file(where)
    path = Path(where)
    return check_file(path / LEDGER_NAME if path.is_dir() else path)


def today_at(zone: str, now: datetime) -> str:
    """The day it is now at a place."""
    return now.astimezone(ZoneInfo(zone)).date().isoformat()


def _concerned(what: Any) -> Iterator[str]:
    """The codes that an act's words name."""
    for name in CONCERNED:
        code = getattr(what, name, None)
        if isinstance(code, str):
            yield code
        elif isinstance(code, tuple):
            yield from code


def _asked(who: str | None, what: Any, on: str | None) -> Mapping[str, Any]:
    """What was asked for, in plain values, for the record of a refusal."""
    asked = {"who": who, "on": on}
    words = asdict(what) if is_dataclass(what) and not isinstance(what, type) else {}
    if isinstance(words.get("text"), str) and len(words["text"]) > LONGEST_ASKED:  # a whole study file
        words["text"] = "sha256 " + hashlib.sha256(words["text"].encode()).hexdigest()
    return {key: value for key, value in (asked | words).items() if value not in (None, (), {}, "")}
