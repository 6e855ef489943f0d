"""A file with one person's facts, at the door: what cannot be read is told by line and column."""

from pathlib import Path
from typing import Any

from trialwright.cli.json_places import json_places
from trialwright.cli.say import MOST_FAULTS, read_json, read_text
from trialwright.errors import FormatError, Place


def read_facts_document(path: Path) -> dict[str, Any]:
    """The object in a FACTS.json, as an act takes it: born, sex, facts. Raises FormatError with every fault's place."""
    from trialwright.criteria import read_facts

    document = read_json(path)
    if isinstance(document, dict) and document.get("resourceType") is not None:
        told = "a FHIR resource; an act takes facts in the form of FACTS.json, with born, sex and facts."
        raise FormatError(f"{told} (`trialwright screen` reads a Bundle.)", Place(str(path)))
    try:
        read_facts(document)
    except FormatError as fault:
        raise in_file(fault, path) from None
    assert isinstance(document, dict)
    return document


def in_file(fault: FormatError, path: Path) -> FormatError:
    """A fault of a file's facts, each of its messages with the line and column it speaks of."""
    messages: tuple[str, ...] = getattr(fault, "faults", (fault.message,))
    places = json_places(read_text(path), str(path))
    lines = [f"{places.of(message)}: {message}" for message in messages[1:MOST_FAULTS]]
    if len(messages) > MOST_FAULTS:
        lines.append(f"… and {len(messages) - MOST_FAULTS} more.")
    return FormatError("\n".join([messages[0], *lines]), places.of(messages[0]))
