"""What each column of a table means: `MAP.yaml`, read strictly, every fault with its line and column.

    day_0: 2000-01-01                    # the day of enrolment; or {date: column}. Days are counted from it
    code: {column: id, prefix: AML-}     # what a person is called
    disease_status: active               # one word for all; or {column: c, values: {1: CR1, 2: relapsed}}
    dates:
      remission: {days: crtime}          # whole days after day 0; or {date: column}
      death: {days: futime, where: {death: 1}}
      last_assessed: {days: futime, where: {death: 0, rltime: missing}}
    strata: {arm: {column: trt}}
    missing: ["", NA]                    # what stands for "nothing here"

A condition names the words of a column that make it true; `missing` and `given` are such words too. A column that
decides something may hold no word that the map does not mention: `words: {d2: [0, 1]}` mentions what is left.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, Literal

from trialwright.errors import FormatError, Place
from trialwright.exchange.faults import TableErrors, shown
from trialwright.study.tree import Path, Tree, nearest_place, read_tree

MISSING: Final = "missing"
GIVEN: Final = "given"
WORDS: Final = ("disease_status", "phase", "sex", "born", "remission_category", "relapse_how", "death_cause")
PEOPLE: Final = ("code", "day_0", *WORDS, "in_remission", "dates", "strata", "facts")
SEXES: Final = ("female", "male", "other", "unknown")
BIRTH_YEAR: Final = re.compile("[12][0-9]{3}")
KEYS: Final = (*PEOPLE, "words", "missing", "delimiter", "encoding", "source")
DATES: Final = ("remission", "relapse", "transplant", "death", "last_assessed", "last_contact", "lost")


@dataclass(frozen=True, slots=True)
class Condition:
    """True where the column holds one of these words (`missing`, `given`: nothing, anything)."""

    column: str
    words: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class DateRule:
    """A day: so many days after day 0, or a date as written. Only where every condition holds."""

    column: str
    unit: Literal["days", "date"]
    where: tuple[Condition, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class WordRule:
    """A word: the same for all, or what a column holds, put into the study's words by `values`."""

    constant: str | None
    column: str | None
    values: dict[str, str] | None
    place: Place


@dataclass(frozen=True, slots=True)
class FactRule:
    """A fact of FACTS.json, known on day 0: its concept, and the column with the value as typed."""

    concept: str
    column: str
    unit: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class TableMap:
    """What each column of a table means."""

    name: str
    code: str
    prefix: str
    day_0: date | DateRule
    day_0_place: Place
    in_remission: bool | None
    words: dict[str, WordRule]
    dates: dict[str, DateRule]
    strata: dict[str, WordRule]
    facts: tuple[FactRule, ...]
    may_hold: dict[str, frozenset[str]]  # column -> words mentioned, for columns that decide something
    missing: frozenset[str]
    delimiter: str
    encoding: str
    source: str
    columns: dict[str, Place] = field(default_factory=dict)  # every column named, and where first


def read_map(text: str, name: str) -> TableMap:
    """The map that a YAML text describes. Raises TableErrors with every fault that could be told apart."""
    try:
        tree = read_tree(text, name)
    except FormatError as broken:
        raise TableErrors((broken,)) from None
    reader = _Reader(tree, name, list(tree.faults))
    found = reader.read()
    if reader.faults or found is None:
        raise TableErrors(tuple(reader.faults))
    return found


@dataclass(slots=True)
class _Reader:
    """One pass over a map; faults are collected, never thrown."""

    tree: Tree
    name: str
    faults: list[FormatError]
    columns: dict[str, Place] = field(default_factory=dict)
    deciding: dict[str, set[str]] = field(default_factory=dict)

    def read(self) -> TableMap | None:
        if not isinstance(self.tree.value, dict):
            if not self.faults:  # else the text is no YAML, and that is said already
                self.fault((), "no block of lines here; a map begins with `code: …` and `day_0: …`.")
            return None
        self.known((), KEYS, "a map")
        for key in ("code", "day_0", "disease_status"):
            if key not in self.tree.value:
                self.fault((), f"the map has no `{key}`, and needs one. Add a line `{key}: …`.")
        if self.faults:
            return None
        code, prefix = self.code()
        return TableMap(
            name=self.name,
            code=code,
            prefix=prefix,
            day_0=self.day_0(),
            day_0_place=self.place(("day_0",)),
            in_remission=self.yes_no("in_remission"),
            words={key: self.word_rule((key,)) for key in WORDS if key in self.tree.value},
            dates={key: self.date_rule(("dates", key)) for key in self.block("dates", DATES)},
            strata={key: self.word_rule(("strata", key)) for key in self.block("strata", None)},
            facts=tuple(self.facts()),
            missing=frozenset(self.list_of(("missing",))) if "missing" in self.tree.value else frozenset({"", "NA"}),
            delimiter=self.delimiter(),
            encoding=self.encoding(),
            source=self.text_at(("source",)) or "table",
            may_hold=self.may_hold(),
            columns=self.columns,
        )

    # --- the lines of a map -------------------------------------------------------------------------------------------

    def code(self) -> tuple[str, str]:
        if not isinstance(self.tree.value["code"], dict):
            return self.column(("code",)), ""
        self.known(("code",), ("column", "prefix"), "`code`")
        return self.column(("code", "column")), self.text_at(("code", "prefix")) or ""

    def day_0(self) -> date | DateRule:
        if isinstance(self.tree.value["day_0"], dict):
            return self.date_rule(("day_0",))
        written = self.text_at(("day_0",)) or ""
        try:
            return date.fromisoformat(written)
        except ValueError:
            self.fault(
                ("day_0",), f"`day_0` is {shown(written)}; expected a day such as 2000-01-01, or {{date: column}}."
            )
            return date.min

    def date_rule(self, path: Path) -> DateRule:
        value, place = self.value_at(path), self.place(path)
        if not isinstance(value, dict) or ("days" in value) == ("date" in value):
            self.fault(path, f"`{path[-1]}` needs {{days: column}} or {{date: column}}, one of the two.")
            return DateRule("", "days", (), place)
        self.known(path, ("days", "date", "where"), f"`{path[-1]}`")
        unit: Literal["days", "date"] = "days" if "days" in value else "date"
        where = tuple(self.condition((*path, "where", column)) for column in self.sub_block((*path, "where")))
        return DateRule(self.column((*path, unit)), unit, where, place)

    def condition(self, path: Path) -> Condition:
        column = str(path[-1])
        words = tuple(self.list_of(path)) if isinstance(self.value_at(path), tuple) else (self.text_at(path) or "",)
        place = self.tree.keys[path]
        self.columns.setdefault(column, place)
        self.deciding.setdefault(column, set()).update(words)
        return Condition(column, words, place)

    def word_rule(self, path: Path) -> WordRule:
        value, place = self.value_at(path), self.place(path)
        if not isinstance(value, dict):
            word = self.text_at(path)
            if not word:
                self.fault(path, f"`{path[-1]}` is empty; give the word, or {{column: …}}, or leave the line out.")
            self.known_word(path, word or "")
            return WordRule(word, None, None, place)
        self.known(path, ("column", "values"), f"`{path[-1]}`")
        if "column" not in value:
            self.fault(path, f"`{path[-1]}` needs a word, or {{column: …}}.")
            return WordRule("", None, None, place)
        values = {key: self.text_at((*path, "values", key)) or "" for key in self.sub_block((*path, "values"))}
        for key, word in values.items():
            self.known_word((*path, "values", key), word)
        return WordRule(None, self.column((*path, "column")), values if "values" in value else None, place)

    def known_word(self, path: Path, word: str) -> None:
        """Whether the ledger will take a word of the map, asked where the map says it."""
        if path[0] == "sex" and word and word not in SEXES:
            self.fault(path, f"`sex` is {shown(word)}; expected {', '.join(SEXES)}.")
        if path[0] == "born" and word and not BIRTH_YEAR.fullmatch(word):
            self.fault(path, f"`born` is {shown(word)}; expected a birth year alone, such as 1971.")

    def facts(self) -> Iterator[FactRule]:
        value = self.tree.value.get("facts", ())
        if not isinstance(value, tuple):
            self.fault(("facts",), "`facts` is a list; begin each line with `- {concept: …, column: …}`.")
            return
        for at, one in enumerate(value):
            path: Path = ("facts", at)
            if not isinstance(one, dict) or not {"concept", "column"} <= one.keys():
                self.fault(path, "a fact needs {concept: …, column: …}, and a unit where it has one.")
                continue
            self.known(path, ("concept", "column", "unit"), "a fact")
            unit = self.text_at((*path, "unit")) if "unit" in one else None
            yield FactRule(
                self.text_at((*path, "concept")) or "", self.column((*path, "column")), unit, self.place(path)
            )

    def may_hold(self) -> dict[str, frozenset[str]]:
        for column in self.sub_block(("words",)):
            self.columns.setdefault(column, self.tree.keys[("words", column)])
            self.deciding.setdefault(column, set()).update(self.list_of(("words", column)))
        only_presence = {MISSING, GIVEN}
        return {column: frozenset(words) for column, words in self.deciding.items() if words - only_presence}

    def delimiter(self) -> str:
        found = self.tree.value.get("delimiter", ",")
        if found in (",", ";", "\t", "|"):
            return str(found)
        if found == "tab":
            return "\t"
        self.fault(("delimiter",), f'`delimiter` is {shown(str(found))}; expected ",", ";", "|" or tab.')
        return ","

    def encoding(self) -> str:
        found = self.text_at(("encoding",)) if "encoding" in self.tree.value else "utf-8"
        try:
            return codecs.lookup(found or "").name
        except LookupError:
            self.fault(("encoding",), f"no encoding is called {shown(found or '')}; expected utf-8, gb18030, cp1252 …")
            return "utf-8"

    # --- what the lines are made of -----------------------------------------------------------------------------------

    def value_at(self, path: Path) -> Any:
        value = self.tree.value
        for step in path:
            value = value[step]
        return value

    def text_at(self, path: Path) -> str | None:
        """A word as it was typed: 1 and "1" are the same word, and so are no and "no". None if it is not there."""
        scalar = self.tree.scalars.get(path)
        if scalar is None and path in self.tree.places:
            self.fault(path, f"`{path[-1]}` is a block or list; expected one word.")
        return scalar.value if scalar else None

    def column(self, path: Path) -> str:
        found = self.text_at(path) or ""
        if not found:
            self.fault(path, f"`{path[-1]}` names no column. Write its name as in the first line of the table.")
        self.columns.setdefault(found, self.place(path))
        return found

    def list_of(self, path: Path) -> list[str]:
        value = self.value_at(path)
        if not isinstance(value, tuple):
            self.fault(path, f"`{path[-1]}` is no list; write [a, b].")
            return []
        return [self.text_at((*path, at)) or "" for at in range(len(value))]

    def yes_no(self, key: str) -> bool | None:
        found = self.tree.value.get(key)
        if found is None or isinstance(found, bool):
            return found
        self.fault((key,), f"`{key}` is {shown(str(found))}; expected true or false, or leave the line out.")
        return None

    def block(self, key: str, known: tuple[str, ...] | None) -> list[str]:
        if known is not None and key in self.tree.value:
            self.known((key,), known, f"`{key}`")
        return [name for name in self.sub_block((key,)) if known is None or name in known]

    def sub_block(self, path: Path) -> list[str]:
        if path not in self.tree.places:
            return []
        value = self.value_at(path)
        if not isinstance(value, dict):
            self.fault(path, f"`{path[-1]}` is no block; write `key: …` lines under it.")
            return []
        return list(value)

    def known(self, path: Path, keys: tuple[str, ...], where: str) -> None:
        for key in self.sub_block(path) if path else self.tree.value:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(keys)}."
                self.faults.append(FormatError(f"`{key}` is no key of {where}; {hint}", self.tree.keys[(*path, key)]))

    def place(self, path: Path) -> Place:
        return nearest_place(self.tree.places, path, self.name)

    def fault(self, path: Path, message: str) -> None:
        self.faults.append(FormatError(message, self.place(path)))
