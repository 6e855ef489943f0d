"""What may follow, in a reader's words: "a unit, a window, `and`, `or` or the end", never twenty terminal names."""

from collections.abc import Set as AbstractSet

_BEGINNINGS = frozenset(
    {"IF", "NOT", "LPAR", "NO", "OPINION", "SIGNED", "ACTIVE", "PRIOR", "CURRENT", "NEW", "AT", "NAME"}
    | {"DIAGNOSIS", "MEDICATION", "PROCEDURE", "ALLERGY", "THERAPY"}
    | {"LATEST", "EARLIEST", "ANY", "ALL", "HIGHEST", "LOWEST", "MEAN"}
)
_WINDOWS = frozenset({"WITHIN", "EVER", "FOR", "AT", "BEFORE", "AFTER", "OF", "AROUND"})
_COMPARISONS = frozenset({"CMP", "IN", "IS", "BETWEEN", "NUMBER"})
_STATES = frozenset({"ACTIVE", "PRIOR", "CURRENT", "NEW"})
_DOMAINS = frozenset({"DIAGNOSIS", "MEDICATION", "PROCEDURE", "ALLERGY", "THERAPY"})

# Each group: the terminal that shows we are there, all that then belong to it, and what we call them.
# The first that fits takes its terminals; the order is the order of the sentence.
_GROUPS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("OPINION", _BEGINNINGS, "a criterion"),
    ("CMP", _COMPARISONS, "a comparison (<=, >=, <, >, =, !=, in, is, between, a range)"),
    ("ACTIVE", _STATES, "active, prior, current or new"),
    ("DIAGNOSIS", _DOMAINS, "diagnosis, medication, procedure, allergy or therapy"),
    ("UNIT", frozenset({"UNIT", "X", "×", "ULN", "LLN", "BASELINE", "NADIR"}), "a unit"),
    ("WITHIN", _WINDOWS, "a window"),
    ("AROUND", frozenset({"BEFORE", "AFTER", "OF", "AROUND"}), "before, after, of or around"),
    ("SINCE", frozenset({"SINCE", "AFTER"}), "`since`"),
    ("DUNIT", frozenset({"DUNIT"}), "hours, days, weeks, months or years"),
    ("NAME", frozenset({"NAME"}), "a name"),
    ("NUMBER", frozenset({"NUMBER"}), "a number"),
    ("STRING", frozenset({"STRING"}), "a text in quotation marks"),
    ("ABSENT", frozenset({"ABSENT", "COMPLETE", "UNKNOWN"}), "absent, complete or unknown"),
    ("ULN", frozenset({"ULN", "LLN", "BASELINE", "NADIR"}), "ULN, LLN, baseline or nadir"),
)
_SIGNS = {
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "COMMA": "`,`",
    "VBAR": "`|`",
    "SLASH": "`/`",
    "__ANON_0": "`..`",
    "__ANON_1": "`..`",
    "$END": "the end",
}
_LAST = ("AND", "OR", "$END")


def expected_words(terminals: AbstractSet[str]) -> str:
    """The terminals a parser would accept, grouped by kind, as the end of "expected …"."""
    left = set(terminals)
    words: list[str] = []
    for sign, members, name in _GROUPS:
        if sign in left:
            words.append(name)
            left -= members
    rest = sorted(left - set(_LAST)) + [name for name in _LAST if name in left]
    words += [_SIGNS.get(name, f"`{name.lower()}`") for name in rest]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
