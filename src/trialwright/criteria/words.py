"""The words a laboratory or a ward writes instead of a number, in English and Chinese, each under one name."""

import re

from trialwright.facts.units import fold

YES = frozenset({"yes", "positive"})
NO = frozenset({"no", "negative"})
NOT_APPLICABLE = "not applicable"
NOT_KNOWN = frozenset({"unknown", "not known"})
BORDERLINE = (
    "weak positive"  # neither positive nor negative: whoever asks `is negative` hears no, `is positive` unknown
)

_WORDS = {
    "阴性": "negative",
    "阴": "negative",
    "(-)": "negative",
    "-": "negative",
    "neg": "negative",
    "阳性": "positive",
    "阳": "positive",
    "(+)": "positive",
    "+": "positive",
    "pos": "positive",
    "弱阳性": BORDERLINE,
    "可疑阳性": BORDERLINE,
    "±": BORDERLINE,
    "(±)": BORDERLINE,
    "+-": BORDERLINE,
    "weakly positive": BORDERLINE,
    "weak_positive": BORDERLINE,
    "borderline": BORDERLINE,
    "equivocal": BORDERLINE,
    "indeterminate": BORDERLINE,
    "是": "yes",
    "有": "yes",
    "true": "yes",
    "present": "yes",
    "否": "no",
    "无": "no",
    "false": "no",
    "absent": "no",
    "不适用": NOT_APPLICABLE,
    "n/a": NOT_APPLICABLE,
    "na": NOT_APPLICABLE,
    "未知": "unknown",
    "不详": "unknown",
    "正常": "normal",
    "异常": "abnormal",
    "男": "male",
    "女": "female",
}
_ARROWS = re.compile(r"[↑↓]")


def read_word(text: str) -> str:
    """The word a text says: known spellings under one name, any other as it stands, spaces tidied.

    >>> read_word(" 弱阳性 "), read_word("Negative"), read_word("CR")
    ('weak positive', 'negative', 'CR')
    """
    plain = " ".join(_ARROWS.sub("", fold(text)).split())
    lowered = plain.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    return lowered if lowered in _KNOWN else plain


def same_word(one: str, other: str) -> bool:
    """Whether two words are the same but for case: CR and cr are."""
    return one == other or one.casefold() == other.casefold()


_KNOWN = frozenset(_WORDS.values())
