"""The form of an act: one question for each of its own words, with what may be answered and what was typed.

What an act asks comes from the core (`ACTS`, `conduct.choices`); what the study and the trial offer as answers is in
`offers`. Names of inputs: `w.FIELD`, of a table `w.FIELD.ROW.COLUMN`, of a list by name `w.FIELD.KEY`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

from django.http import QueryDict
from django.utils.translation import gettext

from trialwright.conduct import Act
from trialwright.conduct.choices import choices_of, form_of
from trialwright.conduct.grading import NOT_KNOWN
from trialwright.conduct.words import CAUSES, DATES, MOMENTS, RELATED
from trialwright.web.acts.labels import GROUPS, WIDE, cause_said, label_of, said_of

Sort = Literal["text", "long", "choice", "choices", "yes_no", "count", "day", "moment", "table", "pairs", "list"]
Choice = tuple[str, str]  # the word itself, and how it reads

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "facts": ("concept", "value", "unit", "on"),
    "reagents": ("name", "lot", "expires_on"),
    "equipment": ("code", "calibrated_until"),
    "drugs": ("drug", "dose", "unit", "days", "change", "why"),
    "agents": ("drug", "group", "dose", "unit", "route"),
    "checks": ("id", "answer", "note"),
}
"""Tables of acts -> their columns."""
LONG = frozenset({"narrative", "note", "description", "reason", "why", "decision", "answer", "reaction_text", "child"})
SPARE_ROWS = 4
FEW = 7
"""Up to so many words are shown as buttons to press, more as a list to choose from."""
SHORT_TEXT = 120
"""Letters that such buttons may have together."""
SHORT = 4
"""Up to so many buttons fit beside each other in half the width."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, or one named answer: its name, what it is called, its inputs (name, label, value)."""

    key: str
    label: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form. `value` is what was typed, word for word; `error` what is wrong with it."""

    name: str
    label: str
    sort: Sort
    required: bool
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[Choice, ...] = ()
    value: str = ""
    values: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    error: str = ""

    @property
    def input(self) -> str:
        return f"w.{self.name}"

    @property
    def id(self) -> str:
        return f"w-{self.name}"

    @property
    def few(self) -> bool:
        return len(self.choices) <= FEW and sum(len(said) for _, said in self.choices) <= SHORT_TEXT

    @property
    def wide(self) -> bool:
        return self.sort in WIDE or (self.few and len(self.choices) > SHORT)

    @property
    def with_nothing(self) -> bool:
        """Whether "not said" is a choice of its own: where nothing is needed, and no word says that it is unknown."""
        return not self.required and not ({"unknown", "not known"} & {word for word, _ in self.choices})


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together, under a heading; a form whose questions are few has one group without."""

    name: Any
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """What the study and the trial offer: words to choose from, words to suggest, rows to fill, hidden questions."""

    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    suggestions: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    pairs: Mapping[str, tuple[tuple[str, str, tuple[Choice, ...]], ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as a page names it. (An act itself can be called, and templates call whatever can be.)"""

    name: str
    summary: str
    two_person: bool
    coded: bool

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")

    @property
    def title(self) -> Any:
        return said_of(self.name).title

    @property
    def button(self) -> Any:
        return said_of(self.name).button


def asked(act: Act[Any]) -> Asked:
    """An act for a page."""
    return Asked(act.name, act.summary, act.two_person, act.coded)


def questions(act: Act[Any], typed: QueryDict, offers: Offers, errors: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions of an act, each with what was typed and what is wrong with it."""
    hints = get_type_hints(act.fields)
    return tuple(
        _question(act, part, hints[part.name], typed, offers, errors.get(part.name, ""))
        for part in fields(act.fields)
        if part.name not in offers.hidden
    )


def grouped(act: str, found: tuple[Question, ...]) -> tuple[Group, ...]:
    """The questions in the groups and the order in which a person answers them."""
    by_name = {question.name: question for question in found}
    groups = [
        Group(name, tuple(by_name.pop(field) for field in names if field in by_name))
        for name, names in GROUPS.get(act, ())
    ]
    rest = Group("", tuple(by_name.values()))
    return tuple(group for group in (*groups, rest) if group.questions)


def _question(act: Act[Any], part: Field[Any], hint: Any, typed: QueryDict, offers: Offers, error: str) -> Question:
    name = part.name
    sort = _sort(act, part, hint, offers)
    values = tuple(typed.getlist(f"w.{name}"))
    return Question(
        name=name,
        label=label_of(act.name, name).text,
        sort=sort,
        required=part.default is MISSING and part.default_factory is MISSING and not _optional(hint),
        hint=_hint(act, part, sort),
        choices=_choices(act, name, sort, offers),
        suggestions=offers.suggestions.get(name, ()),
        value=values[0] if values else _default(part, sort),
        values=values,
        rows=_rows(name, sort, typed, offers),
        error=error,
    )


def _sort(act: Act[Any], part: Field[Any], hint: Any, offers: Offers) -> Sort:
    name, kinds = part.name, {hint, *get_args(hint)} - {NoneType}
    if name in COLUMNS:
        return "table"
    if name == "related" or name in offers.pairs:
        return "pairs"
    if name in offers.choices or name in choices_of(act.name):
        return "choices" if _is_list(hint) else "choice"
    if bool in kinds:
        return "yes_no"
    if int in kinds:
        return "count"
    if name in DATES:
        return "day"
    if name in MOMENTS:
        return "moment"
    if _is_list(hint):
        return "list"
    return "long" if name in LONG else "text"


def _is_list(hint: Any) -> bool:
    return str(hint).startswith("tuple[str")


def _optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _default(part: Field[Any], sort: Sort) -> str:
    if part.default in (MISSING, None) or sort == "choices" or isinstance(part.default, tuple):
        return ""
    if isinstance(part.default, bool):
        return "yes" if part.default else "no"
    if sort == "text" and part.default == NOT_KNOWN:
        return ""  # an empty field says the same, and need not be cleared first
    return str(part.default)


def _hint(act: Act[Any], part: Field[Any], sort: Sort) -> str:
    said = label_of(act.name, part.name).hint
    if said or sort in ("choice", "choices", "yes_no", "table", "pairs"):
        return str(said)
    if sort == "list":
        return gettext("Several: separate them with commas.")
    return form_of(act.name, part) or ""


def _choices(act: Act[Any], name: str, sort: Sort, offers: Offers) -> tuple[Choice, ...]:
    if sort == "yes_no":
        return (("yes", "yes"), ("no", "no"))
    if name == "related":
        return tuple((word, word) for word in RELATED)
    return offers.choices.get(name) or tuple((word, word) for word in choices_of(act.name).get(name, ()))


def _rows(name: str, sort: Sort, typed: QueryDict, offers: Offers) -> tuple[Row, ...]:
    if sort == "table":
        return tuple(_table_rows(name, typed, offers.rows.get(name, ())))
    if sort == "pairs":
        pairs = offers.pairs.get(name) or tuple(
            (cause, cause_said(cause), tuple((word, word) for word in RELATED)) for cause in CAUSES
        )
        return tuple(
            Row(key, label, ((f"w.{name}.{key}", label, typed.get(f"w.{name}.{key}", "")),)) for key, label, _ in pairs
        )
    return ()


def _table_rows(name: str, typed: QueryDict, offered: tuple[Mapping[str, str], ...]) -> Iterator[Row]:
    """The rows offered or typed, and a few to spare."""
    columns = COLUMNS[name]
    sent = [key.split(".")[2] for key in typed if key.startswith(f"w.{name}.")]
    highest = max([int(number) for number in sent if number.isdigit()], default=-1)
    for at in range(highest + 1 if sent else len(offered) + SPARE_ROWS):
        given = offered[at] if at < len(offered) else {}
        cells = tuple(
            (f"w.{name}.{at}.{column}", column, typed.get(f"w.{name}.{at}.{column}", given.get(column, "")))
            for column in columns
        )
        yield Row(str(at), given.get("label", ""), cells)


def typed_words(act: Act[Any], typed: QueryDict) -> dict[str, Any]:
    """What was sent, as the act's own words: text, lists of texts, tables. What was left empty is left out."""
    words: dict[str, Any] = {}
    for part in fields(act.fields):
        prefix = f"w.{part.name}"
        if part.name in COLUMNS:
            rows = _sent_rows(prefix, typed)
            if rows:
                words[part.name] = rows
            continue
        pairs = {key[len(prefix) + 1 :]: typed[key] for key in typed if key.startswith(prefix + ".") and typed[key]}
        if pairs:
            words[part.name] = pairs
        sent = [value.strip() for value in typed.getlist(prefix) if value.strip()]
        if sent:
            words[part.name] = sent[0] if len(sent) == 1 else sent
    return words


def _sent_rows(prefix: str, typed: QueryDict) -> list[dict[str, str]]:
    rows: dict[int, dict[str, str]] = {}
    for key, value in typed.items():
        if key.startswith(prefix + ".") and str(value).strip():
            number, _, column = key[len(prefix) + 1 :].partition(".")
            if number.isdigit():
                rows.setdefault(int(number), {})[column] = str(value).strip()
    return [rows[number] for number in sorted(rows)]
