"""From a rule's text to the rule, or to one sentence that says where it stopped making sense and what could follow."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from trialwright.criteria.expected import expected_words
from trialwright.criteria.language import (
    And,
    Asked,
    AtLeast,
    Between,
    Compare,
    Comparison,
    Duration,
    Elapsed,
    Ever,
    Flag,
    Gap,
    Lasting,
    Not,
    OneOf,
    Or,
    Presence,
    Rule,
    Side,
    SignedDocument,
    Threshold,
    When,
    With,
    Within,
)
from trialwright.errors import FormatError
from trialwright.facts import quoted, shortened

if TYPE_CHECKING:
    from lark import Lark

LONGEST_RULE = 4000  # characters; the longest real criterion we read has about 600
DEEPEST_RULE = 60
_ASCII = {"≤": "<=", "≥": ">="}
_ESCAPE = re.compile(r"\\(.)")


class RuleError(FormatError):
    """A rule that cannot be read; `offset` counts characters into it, so that its file can say line and column."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


@lru_cache(maxsize=4096)
def parse_rule(text: str) -> Rule:
    """The rule a text says. Raises RuleError with the offset of the first thing that cannot be.

    >>> parse_rule("creatinine ≤ 3.0 mg/dL").condition.alternatives[0].unit
    'mg/dL'
    """
    from lark.exceptions import UnexpectedInput

    if len(text) > LONGEST_RULE:
        raise RuleError(
            f"The rule has {len(text)} characters, more than {LONGEST_RULE}. Split the criterion.", LONGEST_RULE
        )
    if not text.strip():
        raise RuleError("The rule is empty. Write a criterion, such as `age >= 18 years`.", 0)
    try:
        tree: Any = _parser().parse(text)
    except UnexpectedInput:
        raise _error(text) from None
    return _build(tree.children[0], 0)


@lru_cache(maxsize=1)
def _parser() -> "Lark":
    from lark import Lark  # costs 50 ms: only whoever reads a rule pays it

    return Lark(grammar(), parser="lalr", propagate_positions=True, maybe_placeholders=True)


def grammar() -> str:
    """The grammar's own text."""
    return files("trialwright.criteria").joinpath("criteria.lark").read_text(encoding="utf-8")


def _error(text: str) -> RuleError:
    """What stopped the parser: read again token by token, because only the step before knows all that could follow."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    step: Any = _parser().parse_interactive(text)
    before, last = step, None
    try:
        for token in step.iter_parse():
            before, last = step.copy(), token
            if token.type == "NAME" and token in keywords():
                return RuleError(f"{_found(quoted(str(token)), before.accepts())} {_reserved(token)}", token.start_pos)
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        return RuleError(_found(repr(text[offset]), step.accepts()), offset)
    except UnexpectedToken as error:
        wanted = before.accepts() if error.token is last else step.accepts()
        message, word = _found(quoted(str(error.token)), wanted), str(error.token)
        if word != word.lower() and word.lower() in keywords():
            message += f" Keywords are lower-case: write `{word.lower()}`."
        return RuleError(message, error.token.start_pos or 0)
    return RuleError(_found("the end", step.accepts()), len(text.rstrip()))


def _reserved(word: str) -> str:
    return f'`{word}` is a keyword and cannot be a name; as a text, write "{word}".'


def _found(what: str, wanted: set[str]) -> str:
    return f"found {what}, expected {expected_words(wanted)}."


@lru_cache(maxsize=1)
def keywords() -> frozenset[str]:
    """The grammar's own words, which no name may be."""
    return frozenset(re.findall(r"\"([A-Za-z]{2,})\"", grammar()))


def _build(tree: Any, depth: int) -> Rule:
    if depth > DEEPEST_RULE:
        raise RuleError(f"The rule is nested more than {DEEPEST_RULE} deep. Split the criterion.", tree.meta.start_pos)
    at = tree.meta.start_pos
    children = tree.children
    match tree.data:
        case "and_":
            return And(tuple(_build(child, depth + 1) for child in children), at)
        case "or_":
            return Or(tuple(_build(child, depth + 1) for child in children), at)
        case "negated":
            return Not(_build(children[0], depth + 1), at)
        case "when":
            return When(_build(children[0], depth + 1), _build(children[1], depth + 1), at)
        case "at_least":
            return _at_least(children, at, depth)
        case _:
            return _ATOMS[tree.data](children, at)


def _at_least(children: list[Any], at: int, depth: int) -> AtLeast:
    count, parts = _whole(children[0], "how many of them"), children[1:]
    if not 1 <= count <= len(parts):
        raise RuleError(
            f"`at least {count} of` {len(parts)} rules: write a number from 1 to {len(parts)}.", children[0].start_pos
        )
    return AtLeast(count, tuple(_build(part, depth + 1) for part in parts), at)


def _compare(children: list[Any], at: int) -> Compare:
    pick, measure, condition, *windows, policy = children
    name, over = measure.children
    return Compare(
        name=_name(name),
        over=_name(over) if over else "",
        condition=_CONDITIONS[condition.data](condition.children),
        pick=_word(pick),
        windows=tuple(_window(window) for window in windows),
        policy=_word(policy.children[0]) if policy else None,
        at=at,
    )


def _presence(children: list[Any], at: int) -> Presence:
    no, state, domain, name, *rest, policy = children
    qualifiers = [child for child in rest if child.data == "with"]
    return Presence(
        domain=_word(domain),
        value_set=_name(name),
        absent=no is not None,
        state=_word(state),
        qualifiers=tuple(_with(child) for child in qualifiers),
        windows=tuple(_window(child) for child in rest if child.data != "with"),
        policy=_word(policy.children[0]) if policy else None,
        at=at,
        set_at=name.start_pos,
    )


def _asked(children: list[Any], at: int) -> Asked:
    question, by = children
    return Asked(_unquoted(question), _name(by) if by else "", at)


def _signed(children: list[Any], at: int) -> SignedDocument:
    document, side, anchor = children
    window = Side(_word(side), _name(anchor), side.meta.start_pos) if side else None
    return SignedDocument(_name(document), window, at)


def _flag(children: list[Any], at: int) -> Flag:
    return Flag(_name(children[0]), tuple(_window(child) for child in children[1:]), at)


_ATOMS: dict[str, Callable[[list[Any], int], Rule]] = {
    "compare": _compare,
    "presence": _presence,
    "opinion": _asked,
    "signed": _signed,
    "flag": _flag,
    "elapsed_min": lambda children, at: Elapsed(True, _duration(children[0]), _name(children[2]), at),
    "elapsed_max": lambda children, at: Elapsed(False, _duration(children[0]), _name(children[2]), at),
}


def _comparison(children: list[Any]) -> Comparison:
    comparator, *alternatives = children
    return Comparison(_comparator(comparator), tuple(_threshold(each) for each in alternatives))


def _between(children: list[Any]) -> Between:
    return Between(_threshold(children[0]), _threshold(children[1]))


def _range(children: list[Any]) -> Between:
    low, high, unit = children
    named = _unit(unit)
    return Between(
        Threshold(_number(low), named, low.start_pos),
        Threshold(_number(high), named, high.start_pos),
    )


def _one_of(children: list[Any]) -> OneOf:
    return OneOf(tuple(_literal(child) for child in children))


_CONDITIONS: dict[str, Callable[[list[Any]], Comparison | Between | OneOf]] = {
    "cmp": _comparison,
    "between": _between,
    "range": _range,
    "oneof": _one_of,
    "is_": _one_of,
}


def _window(tree: Any) -> Within | Gap | Side | Ever | Lasting:
    at, children = tree.meta.start_pos if not tree.meta.empty else 0, tree.children
    match tree.data:
        case "within":
            return Within(_duration(children[0]), _word(children[1]), _name(children[2]), at)
        case "gap":
            return Gap(_duration(children[0]), _word(children[1]), _name(children[2]), at)
        case "side_":
            return Side(_word(children[0]), _name(children[1]), at)
        case "lasting":
            return Lasting(_duration(children[0]), at)
        case _:
            return Ever(at)


def _with(tree: Any) -> With:
    name, comparator, threshold = tree.children
    return With(_name(name), _comparator(comparator), _threshold(threshold), name.start_pos)


def _threshold(tree: Any) -> Threshold:
    number, unit = tree.children
    return Threshold(_number(number), _unit(unit), number.start_pos)


def _unit(tree: Any) -> str:
    if tree is None:
        return ""
    return str(tree.children[-1]).replace("µ", "u").replace("μ", "u")


def _duration(tree: Any) -> Duration:
    number, unit = tree.children
    return Duration(_whole(number, "a duration"), str(unit).removesuffix("s"), number.start_pos)  # type: ignore[arg-type]


def _number(token: Any) -> Decimal:
    number = Decimal(str(token))
    if abs(number.adjusted()) > 40 or len(token) > 40:
        raise RuleError(f"{shortened(str(token))} is beyond anything measured. Check the exponent.", token.start_pos)
    return number


def _whole(token: Any, what: str) -> int:
    number = _number(token)
    if number != number.to_integral_value() or number > 10_000:
        raise RuleError(f"{what} needs a whole number up to 10000, not {shortened(token)}.", token.start_pos)
    return int(number)


def _comparator(token: Any) -> Any:
    return _ASCII.get(str(token), str(token))


def _literal(token: Any) -> Decimal | str:
    if token.type == "NUMBER":
        return _number(token)
    return _unquoted(token) if token.type == "STRING" else _name(token)


def _name(token: Any) -> str:
    """A name, which the lexer lets be a keyword wherever that keyword could not stand."""
    if token in keywords():
        raise RuleError(_reserved(token), token.start_pos)
    return str(token)


def _unquoted(token: Any) -> str:
    return _ESCAPE.sub(r"\1", str(token)[1:-1])


def _word(tree: Any) -> Any:
    return None if tree is None else str(tree.children[0])
