"""The scales' own reasons and findings, in the report's language: what a person typed stays as it is."""

import re
from collections.abc import Mapping
from typing import Final

from trialwright.report.codes import CODES
from trialwright.report.words import Say
from trialwright.safety.scales.icans import ICE_POINTS

NOTHING: Final = ("no", "none")
UNKNOWN: Final = "unknown"

_ORGAN: Final = {
    "upper GI": "upper gut",
    "lower GI": "lower gut",
    "GI": "gut",
    "joints and fascia": "joints",
    "genital tract": "genitals",
    "oedema": "brain oedema",
    "motor": "motor weakness",
}  # as a scale's reason names it -> as its finding is named
_PARTS: Final = "skin|liver|upper GI|lower GI|mouth|eyes|GI|lungs|joints and fascia|genital tract"
_FORMS: Final = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        ("(skin|liver|upper GI|lower GI) stage ([0-4])", "{part} stage {at}"),
        (f"({_PARTS}) score ([0-3])", "{part} score {at}"),
        (f"([0-9]+) organs involved: ((?:{_PARTS})(?:, (?:{_PARTS}))*)", "{n} organs involved: {parts}"),
        ("fever of ([0-9.]+) °C", "fever of {n} °C"),
        ("([0-9]+) vasopressors?", "vasopressors: {n}"),
        ("(oxygen|consciousness|seizure|oedema): (.+)", "{part}: {word}"),
        ("(fever|oxygen|consciousness|seizure|oedema|prophylaxis|skin|liver|upper GI|lower GI) not known",
         "{part} not known"),
        ("ICE ([0-9]+)", "ICE {n}"),
        ("ICE ([0-9]+) to ([0-9]+)", "ICE {n} to {most}"),
        ("prophylaxis for ([0-9.]+) hours", "prophylaxis for {n} hours"),
    )
)  # fmt: skip
_WHOLE: Final = frozenset(
    {
        "every organ stage 0",
        "no organ with a score above 0",
        "hypotension",
        "vasopressin",
        "death",
        "deep focal weakness",
        "ICE 10 and no other finding",
        "no fever now, no hypotension, no oxygen needed",
        "no fever of 38.0 °C or more that nothing else explains, nor one that was masked",
        "no reaction",
        "a reaction",
        "not interrupted",
        "interrupted or treated",
        "interrupted or treated, prompt response",
        "interrupted or treated, no prompt response",
        "prolonged or recurrent",
        "in hospital for it",
        "life-threatening",
    }
)
_PLACES: Final = re.compile(r"\{([a-z]+)\}")


def reason_said(reason: str, say: Say) -> str:
    """One reason of a scale in the report's language; English keeps the scale's own words, and so does what is typed.

    The forms are those of `safety.scales`; a test asks each scale for every reason it has.
    """
    if say.lang == "en":
        return reason
    if reason in _WHOLE:
        return say(reason)
    for pattern, template in _FORMS:
        found = pattern.fullmatch(reason)
        if found is not None:
            names = _PLACES.findall(template)
            values = zip(names, found.groups(), strict=True)
            return say(template, **{name: _value(name, text, say) for name, text in values})
    return reason


def findings_said(findings: Mapping[str, str], say: Say) -> str:
    """What was found, with its value; then by name what was not, and what is not known."""
    found = [_found(name, word, say) for name, word in findings.items() if not _absent(name, word) and word != UNKNOWN]
    absent = [say.code("finding", name) for name, word in findings.items() if _absent(name, word)]
    unknown = [say.code("finding", name) for name, word in findings.items() if word == UNKNOWN]
    parts = [say.joined(found, ", ")]
    if absent:
        parts.append(say("no: {list}", list=say.joined(absent, ", ")))
    if unknown:
        parts.append(say("unknown: {list}", list=say.joined(unknown, ", ")))
    return say.joined(parts, "; ")


def _absent(name: str, word: str) -> bool:
    """Whether a finding is not there; 0 points of the ICE form are the worst, and stand as they are."""
    return word in NOTHING or (word == "0" and name not in (*ICE_POINTS, "ice"))


def _found(name: str, word: str, say: Say) -> str:
    label = say.code("finding", name)
    return label if word == "yes" else f"{label} {word_said('found', word, say)}"


def word_said(group: str, word: str, say: Say) -> str:
    """A word of a scale in the report's language; a number, or what the scale does not know, as it stands."""
    return say.code(group, word) if (group, word) in CODES else word


def _value(name: str, text: str, say: Say) -> str:
    if name == "parts":
        return say.joined((_part(one, say) for one in text.split(", ")), ", ")
    if name == "part":
        return _part(text, say)
    return word_said("found", text, say) if name == "word" else text


def _part(text: str, say: Say) -> str:
    return say(_ORGAN.get(text, text))
