"""Reading a registry's record: real ones whole, and broken ones refused with the place and the way out."""

import json
from pathlib import Path

import pytest

from trialwright.errors import FormatError
from trialwright.registry import read_record

RECORDS = Path(__file__).parents[1] / "data" / "registry"


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json")), ids=lambda path: path.stem)
def test_a_real_record_is_kept_whole(path: Path) -> None:
    """The judge is the standard library's reader, with its own floats."""
    record = read_record(path)
    assert record.nct == path.stem
    assert json.loads(json.dumps(record.whole, default=float)) == json.loads(path.read_text(encoding="utf-8"))


GOOD = '{"protocolSection": {"identificationModule": {"nctId": "NCT05333705"}}}'
BROKEN = [
    ("cut off", GOOD[:40].encode(), "1:22: not JSON: Unterminated string starting at. The file seems cut off"),
    ("cut after a colon", b'{"protocolSection":\n', "2:1: not JSON: Expecting value. The file seems cut off"),
    ("empty", b"", "1:1: not JSON: Expecting value. Expected a JSON file."),
    ("not JSON", b"NCT05333705\n", "1:1: not JSON: Expecting value. Expected a JSON file."),
    ("YAML", b"id: x\ntitle: y\n", "1:1: not JSON: Expecting value. Expected a JSON file."),
    ("UTF-16", GOOD.encode("utf-16"), "1:1: not UTF-8: this looks like UTF-16. Save the record as UTF-8."),
    ("Latin-1", b'{\n "a": "\xe9"}', "2:8: not UTF-8: byte 0xe9. Save the record as UTF-8."),
    ("a list", f"[{GOOD}]".encode(), "a list of 1; a record of ClinicalTrials.gov has"),
    ("another format", b'{"resourceType": "ResearchStudy"}', "a block with `resourceType`; a record of"),
    ("a number", b"5", "5; a record of ClinicalTrials.gov has"),
    ("null", b"null", "null; a record of ClinicalTrials.gov has"),
    ("no number", b'{"protocolSection": {}}', "the NCT number is nothing; expected NCT and eight"),
    ("a wrong number", GOOD.replace("NCT0", "ABC0").encode(), "the NCT number is 'ABC05333705'; expected"),
    ("Arabic digits", GOOD.replace("05333705", "٠٥٣٣٣٧٠٥").encode(), "the NCT number is "),
    ("a module that is a list", b'{"protocolSection": {"identificationModule": {"nctId": "NCT05333705"}, "x": []}}',
     "`protocolSection.x` is a list of 0; expected a block."),
    ("a key twice", b'{"protocolSection": 1, "protocolSection": 2}', "`protocolSection` is given twice in one block."),
    ("NaN", GOOD.replace("{", '{"x": NaN, ', 1).encode(), "NaN is no JSON number."),
    ("Infinity", GOOD.replace("{", '{"x": -Infinity, ', 1).encode(), "-Infinity is no JSON number."),
    ("5,000 digits", GOOD.replace("{", '{"x": ' + "9" * 5000 + ", ", 1).encode(), "5000 digits long, is no"),
    ("100,000 brackets", b"[" * 100_000, "nested deeper than any record."),
    ("deep but closed", GOOD.replace("{", '{"x": ' + "[" * 200 + "]" * 200 + ", ", 1).encode(), "nested deeper"),
    ("half a surrogate pair", GOOD.replace("{", '{"x": "\\ud800", ', 1).encode(), "half of a surrogate"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "says"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_record_is_refused_and_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(content)
    with pytest.raises(FormatError) as refused:
        read_record(path)
    message = str(refused.value)
    assert message.startswith("record.json:")
    assert says in message
    assert message.rstrip("…").endswith((".", "?")) or message.endswith("NCT…")


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
