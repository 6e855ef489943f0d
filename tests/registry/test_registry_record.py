"""Reading a registry's record: real ones whole, and broken ones refused with the place and the way out."""

import json
from pathlib import Path

import pytest

from trialwright.errors import FormatError
from trialwright.registry import read_record

RECORDS = Path(__file__).parents[1] / "data" / "registry"
CORPUS = Path(__file__).parents[1] / "errors" / "registry"
BROKEN = sorted(CORPUS.glob("*.json"))


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.stem)
def test_a_real_record_is_kept_whole(path: Path) -> None:
    """The judge is the standard library's reader, with its own floats."""
    record = read_record(path)
    assert record.nct == path.stem
    assert json.loads(json.dumps(record.whole, default=float)) == json.loads(path.read_text(encoding="utf-8"))


GOOD = '{"protocolSection": {"identificationModule": {"nctId": "NCT05333705"}}}'


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_record_is_answered_word_for_word(path: Path) -> None:
    with pytest.raises(FormatError) as refused:
        read_record(path)
    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_no_message_stands_alone() -> None:
    assert {path.stem for path in BROKEN} == {path.stem for path in CORPUS.glob("*.txt")}
    assert len(BROKEN) >= 18


HUGE = {
    "100,000 brackets": b"[" * 100_000,
    "5,000 digits": GOOD.replace("{", '{"x": ' + "9" * 5000 + ", ", 1).encode(),
    "an exponent": GOOD.replace("{", '{"x": 1' + "e" + "9" * 50 + ", ", 1).encode(),
}


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE.keys())
def test_a_record_made_to_exhaust_us_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"record\.json: "):
        read_record(path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_record(path).nct == "NCT05333705"


def test_a_file_too_large_for_any_record_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialwright.registry.record.MAX_BYTES", 50)
    path = tmp_path / "record.json"
    path.write_text(GOOD)
    with pytest.raises(FormatError, match="more than 50 bytes"):
        read_record(path)


@pytest.mark.parametrize("what", ["missing", "a folder"])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path if what == "a folder" else tmp_path / "none.json"
    with pytest.raises(FormatError, match="Give the path of a record saved as JSON"):
        read_record(path)
