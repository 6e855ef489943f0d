"""Every message of the study reader, provoked by a file and compared word for word with the one beside it."""

import json
import re
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml

from trialwright.errors import FormatError
from trialwright.study import StudyErrors, read_study, study_schema

CORPUS = Path(__file__).parents[1] / "errors" / "study"
FILES = sorted(CORPUS.glob("*.yaml"))
SHAPE = ("almost-the-word", "bad-code", "below-the-lowest", "days-of-centuries", "empty-list", "empty-text",
         "missing-key", "missing-text", "no-horizon-above-0", "not-a-block", "not-a-list", "number-as-text",
         "number-in-quotes", "text-as-number", "unknown-key", "unknown-key-without-a-guess", "unknown-word",
         "wrong-unit-of-dose")  # fmt: skip


def fault_text(path: Path) -> str:
    with pytest.raises(StudyErrors) as refused:
        read_study(path.read_bytes().decode("utf-8"), path.name)
    return str(refused.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_faulty_study_file_is_answered_word_for_word(path: Path) -> None:
    assert fault_text(path) + "\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_fault_says_where_and_ends_as_a_sentence(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    for fault in fault_text(path).split("\n"):
        found = re.match(rf"{re.escape(path.name)}(?::(\d+):(\d+))?: (.+[.?)])\Z", fault)
        assert found, fault
        if found[1]:
            assert 1 <= int(found[1]) <= len(lines)
            assert 1 <= int(found[2]) <= len(lines[int(found[1]) - 1]) + 1


def test_no_message_stands_alone() -> None:
    assert {path.stem for path in FILES} == {path.stem for path in CORPUS.glob("*.txt")}
    assert len(FILES) > 40


@pytest.mark.parametrize("name", SHAPE)
def test_the_json_schema_refuses_what_the_reader_refuses(name: str) -> None:
    """The judge is jsonschema; the tree comes from PyYAML's own loader, which agrees with ours on these files."""
    tree = yaml.safe_load((CORPUS / f"{name}.yaml").read_text(encoding="utf-8"))
    plain = json.loads(
        json.dumps(tree, default=lambda value: float(value) if isinstance(value, Decimal) else str(value))
    )
    assert not jsonschema.Draft202012Validator(study_schema()).is_valid(plain)


def test_all_faults_come_at_once_and_in_the_order_of_the_lines() -> None:
    with pytest.raises(StudyErrors) as refused:
        read_study((CORPUS / "several.yaml").read_text(encoding="utf-8"))
    places = [(fault.place.line, fault.place.column) for fault in refused.value.faults if fault.place]
    assert len(places) == 7
    assert places == sorted(places)
    assert refused.value.place == refused.value.faults[0].place
    assert isinstance(refused.value, FormatError)
