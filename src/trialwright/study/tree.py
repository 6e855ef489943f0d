"""YAML text -> a plain tree that remembers where each thing stands. YAML 1.2 core schema, and only its safe part.

`no` is a word, `12:30` is a word, `010` is ten. Not read at all: tags, anchors and aliases, merge keys, keys given
twice, keys that are not words, a second document, more than `MAX_BYTES`, deeper than `MAX_DEPTH`. The depth is
counted while the events come in, so 100,000 brackets cost no more than the first forty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import yaml

from trialwright.errors import FormatError, Place
from trialwright.study.scalars import Scalar, line_and_column

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40
MAX_DIGITS = 40

Path: TypeAlias = tuple[str | int, ...]

_CORE = "tag:yaml.org,2002:"
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {
    word: value for value, words in ((True, "true True TRUE"), (False, "false False FALSE")) for word in words.split()
}
_INT = re.compile(r"[-+]?[0-9]+\Z|0o(?P<octal>[0-7]+)\Z|0x(?P<hex>[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_BREAKS = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Tree:
    """What the text says, and where: `places` by path, `keys` the place of each key, `scalars` the text as written."""

    value: Any
    places: dict[Path, Place]
    keys: dict[Path, Place]
    scalars: dict[Path, Scalar]
    faults: tuple[FormatError, ...]
    complete: bool


@dataclass(slots=True)
class _Block:
    """A mapping or a list still being read."""

    path: Path
    items: dict[str, Any] | list[Any]
    key: str | None = None  # the key whose value comes next
    skip: bool = False  # that key was given before: its value is read, and dropped


@dataclass(slots=True)
class _Reading:
    """The state of one pass over the events."""

    text: str
    name: str
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    scalars: dict[Path, Scalar] = field(default_factory=dict)
    faults: list[FormatError] = field(default_factory=list)
    stack: list[_Block] = field(default_factory=list)
    value: Any = None

    def fault(self, message: str, mark: Any) -> FormatError:
        """A fault at a mark of the parser: raised where nothing after it can be read, else noted."""
        return FormatError(message, self.place(mark))

    def note(self, message: str, mark: Any) -> None:
        """A fault after which reading goes on."""
        self.faults.append(self.fault(message, mark))

    def place(self, mark: Any) -> Place:
        return Place(self.name, mark.line + 1, mark.column + 1)


def nearest_place(places: Mapping[Path, Place], path: Path, name: str) -> Place:
    """Where a line stands; for one that is not written, the block it would stand in; failing that, the file."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, Place(name))


def read_tree(text: str, name: str) -> Tree:
    """The tree of a YAML text.

    name    what to call the file in messages.
    Gives   Tree; `faults` holds everything wrong that was met. Some end the reading (broken YAML, too big, too deep,
            an alias): then `complete` is False, and `value` is None.
    """
    reading = _Reading(text, name)
    try:
        _check_characters(text, name)
        for event in yaml.parse(text, Loader=yaml.CLoader):
            _take(reading, event)
        complete = True
    except FormatError as fault:
        reading.faults.append(fault)
        complete = False
    except yaml.MarkedYAMLError as broken:
        reading.faults.append(_broken(broken, name))
        complete = False
    except yaml.reader.ReaderError as broken:
        odd = f"a character that no text file should hold: {broken.reason}. Delete it."
        reading.faults.append(FormatError(odd, _place_at(text, broken.position, name)))
        complete = False
    value = reading.value if complete else None
    return Tree(value, reading.places, reading.keys, reading.scalars, tuple(reading.faults), complete)


def _check_characters(text: str, name: str) -> None:
    """Size, and characters that would make our line numbers differ from an editor's."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as odd:
        raise FormatError(
            "half of a surrogate pair; text must be valid UTF-8. Save the file as UTF-8.",
            _place_at(text, odd.start, name),
        ) from None
    if size > MAX_BYTES:
        raise FormatError(
            f"{size:,} bytes; a study file has at most {MAX_BYTES:,}. Is this the right file?", Place(name)
        )
    for control in re.finditer("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise FormatError(
            f"a control character, U+{ord(control[0]):04X}. Delete it.", _place_at(text, control.start(), name)
        )
    if found := _BREAKS.search(text):
        raise FormatError(
            f"an invisible line separator, U+{ord(found[0]):04X}. Delete it, or escape it in double quotes.",
            _place_at(text, found.start(), name),
        )


def _place_at(text: str, index: int, name: str) -> Place:
    return Place(name, *line_and_column(text, index))


def _take(reading: _Reading, event: Any) -> None:
    """One event of the parser."""
    match event:
        case yaml.AliasEvent():
            raise reading.fault(
                f"an alias, *{event.anchor}; a study is read without aliases. Write the block out.", event.start_mark
            )
        case yaml.ScalarEvent():
            _take_scalar(reading, event)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            _open(reading, event)
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            _close(reading)
        case yaml.DocumentStartEvent():
            _check_document(reading, event)


def _check_document(reading: _Reading, event: Any) -> None:
    if reading.places:
        raise reading.fault("a second document begins; a study is one. Delete from this --- on.", event.start_mark)
    if event.version not in (None, (1, 2)):
        wanted = ".".join(str(part) for part in event.version)
        reading.note(f"%YAML {wanted}; a study is read as YAML 1.2. Delete the line.", event.start_mark)
    if event.tags:
        reading.note("a %TAG line; a study is read without tags. Delete the line.", event.start_mark)


def _open(reading: _Reading, event: Any) -> None:
    """A mapping or a list begins."""
    if reading.stack and isinstance(reading.stack[-1].items, dict) and reading.stack[-1].key is None:
        raise reading.fault("a list or block stands where a key was expected. Keys are single words.", event.start_mark)
    if len(reading.stack) >= MAX_DEPTH:
        raise reading.fault(
            f"more than {MAX_DEPTH} levels deep; no study is. Look for brackets never closed.", event.start_mark
        )
    _check_marks(reading, event)
    path = _next_path(reading)
    reading.places[path] = reading.place(event.start_mark)
    reading.stack.append(_Block(path, {} if isinstance(event, yaml.MappingStartEvent) else []))


def _close(reading: _Reading) -> None:
    block = reading.stack.pop()
    _put(reading, block.items if isinstance(block.items, dict) else tuple(block.items))


def _take_scalar(reading: _Reading, event: Any) -> None:
    """A single word or value: a key if a mapping waits for one, else a value."""
    _check_marks(reading, event)
    block = reading.stack[-1] if reading.stack else None
    if block is not None and isinstance(block.items, dict) and block.key is None:
        _take_key(reading, block, event)
        return
    path = _next_path(reading)
    reading.places[path] = reading.place(event.start_mark)
    reading.scalars[path] = Scalar(event.start_mark.index, event.end_mark.index, event.style or "", event.value)
    plain = event.style is None or event.style == ""
    _put(reading, _resolve(reading, event) if plain else event.value)


def _take_key(reading: _Reading, block: _Block, event: Any) -> None:
    key = event.value
    block.key, block.skip = key, False
    place = reading.place(event.start_mark)
    if key == "<<" and not event.style:
        reading.note("a merge key, <<; a study is read without merges. Write the lines out.", event.start_mark)
        block.skip = True
    elif (*block.path, key) in reading.keys:
        first = reading.keys[(*block.path, key)]
        reading.note(f"`{key}` is given twice; the first is on line {first.line}. Keep one.", event.start_mark)
        block.skip = True
    else:
        reading.keys[(*block.path, key)] = place


def _next_path(reading: _Reading) -> Path:
    if not reading.stack:
        return ()
    block = reading.stack[-1]
    if isinstance(block.items, list):
        return (*block.path, len(block.items))
    return (*block.path, f"{block.key} (again)" if block.skip else str(block.key))


def _put(reading: _Reading, value: Any) -> None:
    """Hand a finished value to the block that waits for it."""
    if not reading.stack:
        reading.value = value
        return
    block = reading.stack[-1]
    if isinstance(block.items, list):
        block.items.append(value)
        return
    if not block.skip and block.key is not None:
        block.items[block.key] = value
    block.key = None


def _check_marks(reading: _Reading, event: Any) -> None:
    """Tags and anchors are refused wherever they stand."""
    if event.anchor is not None:
        reading.note(f"an anchor, &{event.anchor}; a study is read without anchors. Delete it.", event.start_mark)
    if event.tag is not None:
        reading.note(
            f"a tag, {event.tag.replace(_CORE, '!!')}; a study is read without tags. Delete it; quotes make a text.",
            event.start_mark,
        )


def _resolve(reading: _Reading, event: Any) -> Any:
    """A plain scalar by the core schema of YAML 1.2: null, true, false, a whole number, a decimal, or else text."""
    word: str = event.value
    if word in _NULL:
        return None
    if word in _BOOL:
        return _BOOL[word]
    if _NOT_FINITE.match(word):
        reading.note(f"{word} is not a number a study can hold. Write the number.", event.start_mark)
        return None
    whole = _INT.match(word)
    if not whole and not _FLOAT.match(word):
        return word
    if len(word) > MAX_DIGITS:
        reading.note(
            f"a number of {len(word)} characters; at most {MAX_DIGITS} make sense. Is a quote missing?",
            event.start_mark,
        )
        return None
    if whole and whole["octal"]:
        return int(whole["octal"], 8)
    if whole and whole["hex"]:
        return int(whole["hex"], 16)
    return int(word) if whole else Decimal(word)


def _broken(broken: yaml.MarkedYAMLError, name: str) -> FormatError:
    """The parser's complaint in our words."""
    mark = broken.problem_mark or broken.context_mark
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
    problem = broken.problem or "not YAML"
    hint = next(
        (ours for theirs, ours in _HINTS.items() if theirs in problem), "Check quotes, colons and indentation here."
    )
    began = broken.context_mark
    since = ""
    if began and mark and broken.context and began.line != mark.line:
        since = f" ({broken.context}, line {began.line + 1})"
    return FormatError(f"not readable as YAML: {problem}{since}. {hint}", place)


_HINTS = {
    "mapping values are not allowed": "A text with a colon and a space in it needs quotes round it.",
    "tab character": "Indent with spaces, never tabs.",
    "cannot start any token": "Indent with spaces, never tabs; put quotes round a text that begins with @, ` or %.",
    "did not find expected key": "Check that this line is indented like its neighbours.",
    "could not find expected ':'": "After a key comes a colon and a space.",
    "unexpected end of stream": "A quote or bracket above is never closed.",
    "expected <block end>": "Check that this line is indented like its neighbours.",
}
