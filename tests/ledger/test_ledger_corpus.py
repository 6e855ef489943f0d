"""Old entries stay readable: the corpus of every version ever written."""

from pathlib import Path

from ledger_story import digest, picture

from trialwright.ledger import read_entry, trial_so_far
from trialwright.ledger.content import NEVER_WRITTEN
from trialwright.ledger.jsonl import check_lines, parse_line
from trialwright.ledger.kinds import KINDS, Removed, Unreadable
from trialwright.ledger.verify import check_ledger

CORPUS = Path(__file__).resolve().parent.parent / "data" / "ledger_corpus"


def lines() -> list[bytes]:
    return (CORPUS / "v1.jsonl").read_bytes().splitlines(keepends=True)


def test_the_corpus_of_version_1_verifies() -> None:
    assert check_lines(lines()).faults == ()
    assert check_ledger(map(parse_line, lines()), canonical=False).ok


def test_the_corpus_holds_every_kind_and_all_of_it_is_read() -> None:
    entries = [read_entry(parse_line(line)) for line in lines()]
    assert {entry.what.kind for entry in entries} >= set(KINDS) - NEVER_WRITTEN
    assert not any(isinstance(entry.what, Unreadable) for entry in entries)
    assert [entry.id for entry in entries if isinstance(entry.what, Removed)] == ["f1"]


def test_the_fold_of_the_corpus_is_what_it_was() -> None:
    """A regression test: the number is ours alone, pinned when the corpus was written."""
    trial = trial_so_far(read_entry(parse_line(line)) for line in lines())
    assert digest(trial) == (CORPUS / "v1.digest").read_text().strip(), picture(trial)
