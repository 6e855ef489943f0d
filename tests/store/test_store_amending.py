"""A trial's directory while its study is amended: acts run under the version in force inside the lock."""

import hashlib
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from trialwright.conduct import ACTS, read_what
from trialwright.conduct.outcome import Refusal
from trialwright.errors import UsageError
from trialwright.ledger import Actor
from trialwright.ledger.kinds import Refused
from trialwright.store import Kept
from trialwright.store.check import check_file
from trialwright.store.directory import TrialDirectory, begin_trial, open_trial, read_study_file
from trialwright.store.redact import redact

FIRST = files("trialwright.studies").joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
SECOND = (
    FIRST.replace('version: "1.0"', 'version: "1.1"', 1)
    .replace("lvef >= 50 %", "lvef >= 45 %")
    .replace("  target: 15\n", "  target: 16\n")
)
THIRD = SECOND.replace('version: "1.1"', 'version: "1.2"', 1)
INV, ADM, NURSE = Actor("wang", "investigator"), Actor("zhang", "administrator"), Actor("li", "coordinator")
CONSENT = {
    "document": "consent",
    "document_version": "1.0",
    "language": "zh",
    "signer": "participant",
    "explained_by": "wang",
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "T"
    path.mkdir()
    (path / "study.yaml").write_text(FIRST, encoding="utf-8")
    begin_trial(path, read_study_file(path / "study.yaml"), actor=INV)
    return path


@pytest.fixture
def trial(directory: Path) -> Iterator[TrialDirectory]:
    with open_trial(directory) as opened:
        yield opened


def do(opened: TrialDirectory, name: str, by: Actor, words: dict[str, Any] | None = None, id: str = "") -> Any:
    act = ACTS[name]
    on = {"consent": "2026-01-05T09:00+08:00[Asia/Shanghai]", "decline": None}.get(name, "2026-01-06")
    return opened.perform(
        act,
        actor=by,
        who=None,
        what=read_what(act, words or {}),
        on=on,
        site="XA",
        id=id or f"{name}-{by.id}-{len(opened.entries())}",
    )


def proposed(opened: TrialDirectory, text: str = SECOND) -> Kept:
    kept = do(opened, "propose_amendment", INV, {"text": text, "why": "heart", "ethics_approval": "EC-1"})
    assert isinstance(kept, Kept), kept
    return kept


def adopted(opened: TrialDirectory, text: str = SECOND) -> None:
    proposed(opened, text)
    for by in (INV, ADM):
        assert isinstance(do(opened, "approve_amendment", by), Kept)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_second_open_directory_acts_under_what_the_first_adopted(directory: Path, trial: TrialDirectory) -> None:
    with open_trial(directory) as other:
        assert other.study_file.study.version == "1.0"
        adopted(trial)
        kept = do(other, "consent", NURSE, CONSENT)
        assert isinstance(kept, Kept)
        assert kept.entries[0].study_sha256 == sha(SECOND)
        assert (other.study_file.study.version, other.study_file.study.enrolment.target) == ("1.1", 16)
        assert other.standstill == trial.standstill == ()


def test_an_act_decided_inside_the_lock_sees_the_adoption_that_came_first(
    directory: Path, trial: TrialDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process adopts while this one has read everything and waits for the lock."""
    with open_trial(directory) as other:
        proposed(other)
        assert isinstance(do(other, "approve_amendment", INV), Kept)
        perform_module = sys.modules["trialwright.store.directory"]
        write = perform_module.perform  # type: ignore[attr-defined]

        def late(*words: Any, **more: Any) -> Any:
            monkeypatch.setattr(perform_module, "perform", write)
            monkeypatch.setattr(TrialDirectory, "follow_adoption", lambda self: False)  # it has not come to it yet
            assert isinstance(do(other, "approve_amendment", ADM), Kept)
            return write(*words, **more)

        monkeypatch.setattr(perform_module, "perform", late)
        kept = do(trial, "consent", NURSE, CONSENT)
        assert isinstance(kept, Kept), kept
        assert kept.entries[0].study_sha256 == sha(SECOND)


def test_the_header_of_every_entry_names_the_version_in_force(directory: Path, trial: TrialDirectory) -> None:
    do(trial, "consent", NURSE, CONSENT)
    adopted(trial)
    do(trial, "consent", NURSE, CONSENT)
    by_kind = [(entry.what.kind, entry.study_sha256 == sha(SECOND)) for entry in trial.entries()]
    assert by_kind == [
        ("adopted", False),
        ("consented", False),
        ("amendment_proposed", False),
        ("amendment_approved", False),
        ("amendment_approved", False),
        ("adopted", True),
        ("consented", True),
    ]
    assert check_file(directory / "ledger.db").ok


def test_the_working_copy_may_be_the_proposed_text_while_it_waits(directory: Path, trial: TrialDirectory) -> None:
    copy = directory / "study.yaml"
    copy.write_text(SECOND, encoding="utf-8")
    refused = do(trial, "decline", NURSE)
    assert isinstance(refused, Refusal)
    assert [reason.code for reason in refused.reasons] == ["study.differs"]
    proposed(trial)
    assert isinstance(do(trial, "decline", NURSE), Kept)
    assert trial.study_file.study.version == "1.0"
    rejected = do(trial, "reject_amendment", INV, {"reason": "no"})
    assert isinstance(rejected, Kept)
    assert [reason.code for reason in trial.standstill] == ["study.differs"]


def test_the_door_writes_the_new_text_where_the_old_one_stood(directory: Path, trial: TrialDirectory) -> None:
    adopted(trial)
    assert (directory / "study.yaml").read_text(encoding="utf-8") == SECOND
    assert sorted(path.name for path in directory.iterdir() if not path.name.startswith("ledger.db")) == ["study.yaml"]


def test_somebodys_unfinished_work_is_never_written_over(directory: Path, trial: TrialDirectory) -> None:
    copy = directory / "study.yaml"
    proposed(trial)
    copy.write_text(THIRD, encoding="utf-8")
    for by in (INV, ADM):
        assert isinstance(do(trial, "approve_amendment", by), Kept)
    assert copy.read_text(encoding="utf-8") == THIRD
    assert [reason.code for reason in trial.standstill] == ["study.differs"]
    proposed(trial, THIRD)
    assert trial.standstill == ()


def test_an_old_copy_left_by_a_crash_is_replaced_by_the_next_act(directory: Path, trial: TrialDirectory) -> None:
    adopted(trial)
    (directory / "study.yaml").write_text(FIRST, encoding="utf-8")
    assert [reason.code for reason in trial.standstill] == ["study.differs"]
    assert isinstance(do(trial, "decline", NURSE), Kept)
    assert (directory / "study.yaml").read_text(encoding="utf-8") == SECOND


def test_the_same_request_again_is_answered_as_it_was_under_its_version(trial: TrialDirectory) -> None:
    first = do(trial, "consent", NURSE, CONSENT, id="once")
    adopted(trial)
    size = len(trial.entries())
    assert do(trial, "consent", NURSE, CONSENT, id="once") == first
    assert len(trial.entries()) == size


def test_a_refused_proposal_keeps_the_hash_of_its_text_and_not_the_text(trial: TrialDirectory) -> None:
    refused = do(trial, "propose_amendment", INV, {"text": FIRST + "\n# more\n", "why": "x"})
    assert isinstance(refused, Refusal)
    (kept,) = trial.trial().of_study.all(Refused)
    assert kept.what.asked["text"] == f"sha256 {sha(FIRST + chr(10) + '# more' + chr(10))}"


def test_what_was_adopted_or_proposed_is_never_redacted(trial: TrialDirectory) -> None:
    kept = proposed(trial)
    with pytest.raises(UsageError):
        redact(
            trial.store,
            kept.entries[0].id,
            justification="x",
            approved_by=("a", "b"),
            actor=ADM,
            site="XA",
            id="r",
        )
