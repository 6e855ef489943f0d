"""Where each value of a JSON text stands. Asked only once something is wrong, so that reading stays quick."""

import json
import re
from dataclasses import dataclass, field

from trialwright.errors import Place

LONGEST_NUMBER = 60
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')
_NO_VALUES = ("NaN", "Infinity", "-Infinity")


@dataclass(slots=True)
class _Block:
    """An open object or list: its path, and which key or position comes next."""

    path: str
    is_list: bool
    position: int = 0
    key: str | None = None
    keys: set[str] = field(default_factory=set)

    def inner(self) -> str:
        if self.is_list:
            return f"{self.path}[{self.position}]"
        return f"{self.path}.{self.key}" if self.path else str(self.key)


@dataclass(slots=True)
class JsonPlaces:
    """The offsets of keys and values by path (`facts[3].unit`), and what no FACTS.json may hold, in order."""

    name: str
    text: str
    keys: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def place(self, at: int) -> Place:
        line = self.text.count("\n", 0, at) + 1
        return Place(self.name, line, at - self.text.rfind("\n", 0, at))

    def of(self, message: str) -> Place:
        """The place of what a message begins with: the longest path of the text that it names."""
        told = [
            path for path in self.values if message.startswith(path) and message[len(path) :][:1] in (":", ".", "[")
        ]
        if not told:
            return Place(self.name)
        path = max(told, key=len)
        unknown = message.startswith(f"{path}: there is no such key")
        return self.place(self.keys[path] if unknown else self.values[path])


def json_places(text: str, name: str) -> JsonPlaces:
    """The places in a text that is JSON, but for NaN, keys given twice and numbers too long, which are its faults."""
    found, open_blocks = JsonPlaces(name, text), [_Block("", is_list=True)]
    for token in _TOKEN.finditer(text):
        word, at, block = token.group(), token.start(), open_blocks[-1]
        if word in "]}":
            open_blocks.pop()
        elif word == ",":
            block.position, block.key = block.position + 1, None
        elif word == ":":
            continue
        elif not block.is_list and block.key is None:
            _key(found, block, word, at)
        else:
            path = block.inner() if len(open_blocks) > 1 else ""
            found.values[path] = at
            if word in "[{":
                open_blocks.append(_Block(path, is_list=word == "["))
            else:
                _atom(found, word, at)
    return found


def _key(found: JsonPlaces, block: _Block, word: str, at: int) -> None:
    block.key = json.loads(word)
    if block.key in block.keys:
        found.faults.append((at, f"the key {block.key[:60]!r} stands twice in one object. Keep one of them."))
    block.keys.add(str(block.key))
    found.keys.setdefault(block.inner(), at)


def _atom(found: JsonPlaces, word: str, at: int) -> None:
    if word in _NO_VALUES:
        found.faults.append((at, f"{word} is not a value. Leave out what is not known."))
    elif len(word) > LONGEST_NUMBER and not word.startswith('"'):
        found.faults.append((at, f"a number of {len(word)} characters; no laboratory prints one. Correct it."))
