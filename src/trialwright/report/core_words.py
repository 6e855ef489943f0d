"""The core's own sentences of stopping, in the report's language: what a person or a study typed stays as it is."""

import re
from collections.abc import Iterable
from typing import Final

from trialwright.report.stopping_facts import BoundaryFacts, PauseFacts
from trialwright.report.words import Say
from trialwright.safety.stopping.boundary import RULE

_ON: Final = r"([0-9]{4}(?:-[0-9]{2}){0,2}(?: [0-9]{2}:[0-9]{2})?|an unknown day)"
_DAY: Final = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_WHY: Final = "(died|was transplanted|began another therapy|withdrew|was lost)"
_FORMS: Final = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        ("not infused yet", "not infused yet"),
        (
            f"not infused: (decided not to be infused|died|withdrew|treatment was stopped) on {_ON}",
            "not infused: {why} on {on}",
        ),
        (f"{_WHY} on {_ON}, before the window's end on {_DAY}", "{why} on {on}, before the window's end on {end}"),
        (
            r"received ([0-9]+) % of the dose; ([0-9.]+) % are needed",
            "received {share} % of the dose; {least} % are needed",
        ),
        (
            f"whether neutrophils have come back to (.+) after {_DAY} is not known",
            "whether neutrophils have come back to {limit} after {end} is not known",
        ),
        (f"watched until {_DAY}", "watched until {end}"),
        (f"last seen on {_ON}; the window ended on {_DAY}", "last seen on {on}; the window ended on {end}"),
        ("how much of the dose was given is not known", "how much of the dose was given is not known"),
        (f"watched to {_DAY} without a dose-limiting toxicity", "watched to {end} without a dose-limiting toxicity"),
        (
            rf"(.+), grade ([1-5]) on {_ON} \((.+)\): whether it is back within ([0-9]+) hours is open",
            "{what}, grade {grade} on {on} ({text}): whether it is back within {hours} hours is open",
        ),
        (rf"(.+), grade ([1-5]) on {_ON} \((.+)\)", "{what}, grade {grade} on {on} ({text})"),
        (f"(.+), grade ([1-5]) on {_ON}, judged dose-limiting", "{what}, grade {grade} on {on}, judged dose-limiting"),
        (
            rf"(.+) grade (.+) \(([^()]+)\) on {_ON} \((.+)\): whether steroids control it is open",
            "{scale} grade {grade} ({version}) on {on} ({text}): whether steroids control it is open",
        ),
        (rf"(.+) grade (.+) \(([^()]+)\) on {_ON} \((.+)\)", "{scale} grade {grade} ({version}) on {on} ({text})"),
        (
            rf"(.+) grade (.+) \(([^()]+)\) from {_ON}: whether it lasts more than ([0-9]+) hours is open",
            "{scale} grade {grade} ({version}) from {on}: whether it lasts more than {hours} hours is open",
        ),
        (
            rf"(.+) grade (.+) \(([^()]+)\) from {_ON}, lasted more than ([0-9]+) hours \((.+)\)",
            "{scale} grade {grade} ({version}) from {on}, lasted more than {hours} hours ({text})",
        ),
        (
            rf"(.+) grade (.+) \(([^()]+)\) from {_ON}, may have lasted more than ([0-9]+) hours \((.+)\)",
            "{scale} grade {grade} ({version}) from {on}, may have lasted more than {hours} hours ({text})",
        ),
        (
            rf"death on {_ON}, (due to treatment|its relation to treatment is not judged) \((.+)\)",
            "death on {on}, {why} ({text})",
        ),
        (r"(.+) of (S-\S+) was fatal, and due to treatment", "{what} of {who} was fatal, and due to treatment"),
        (
            r"(.+) of (S-\S+) was fatal, and may be due to treatment",
            "{what} of {who} was fatal, and may be due to treatment",
        ),
        (
            rf"(\S+) died on {_ON}, (due to treatment|its relation to treatment is not judged)",
            "{who} died on {on}, {why}",
        ),
        (
            r"(\S+) has acute graft versus host disease of grade (.+)",
            "{who} has acute graft versus host disease of grade {grade}",
        ),
        (
            r"(\S+) has (.+) of grade ([1-5]), not assessed by organ",
            "{who} has {what} of grade {grade}, not assessed by organ",
        ),
        (r"lot (\S+), given to (\S+), failed: (.+)", "lot {lot}, given to {who}, failed: {what}"),
        (
            rf"(\S+) was given lot (\S+) on {_ON}, meant for (\S+)",
            "{who} was given lot {lot} on {on}, meant for {meant}",
        ),
    )
)
_PLACES: Final = re.compile(r"\{([a-z]+)\}")


def said(sentence: str, say: Say) -> str:
    """One sentence of the core in the report's language; a form that is not known here stays as it is."""
    for pattern, template in _FORMS:
        found = pattern.fullmatch(sentence)
        if found is None:
            continue
        names = _PLACES.findall(template)
        values = {name: _value(name, text, say) for name, text in zip(names, found.groups(), strict=True)}
        return say(template, **values)
    return sentence


def all_said(sentences: Iterable[str], say: Say) -> str:
    """Several sentences as one text."""
    return say.joined((said(one, say) for one in sentences), "; ")


def _value(name: str, text: str, say: Say) -> str:
    if name in ("on", "end"):
        return say(text) if text == "an unknown day" else say.date(text)
    if name == "scale":
        return say.code("scale", text)
    return say(text) if name == "why" else text


def boundary_words(facts: BoundaryFacts, say: Say) -> str:
    """Where the rule stands, with the numbers."""
    names = ", ".join(one.code for one in facts.toxic)
    words = say("{events} of {n} evaluable participants had a DLT", events=facts.events, n=facts.evaluable)
    if names:
        words += say(" ({names})", names=names)
    if facts.pauses_at is not None:
        words += say("; ") + say("the rule pauses at {bound} of {n}", bound=facts.pauses_at, n=facts.evaluable)
    return words + say(".")


def pause_reason(pause: PauseFacts, boundary: BoundaryFacts | None, say: Say) -> str:
    """Why the trial is paused: by the numbers of its rule, by what a trigger says, or as whoever paused it wrote."""
    if pause.by == RULE and boundary is not None and boundary.crossed:
        return boundary_words(boundary, say)
    opening = f"{pause.label}: "
    if pause.by != pause.label and pause.reason.startswith(opening):
        happened = pause.reason.removeprefix(opening).split("; ")
        return say("{label}: {share}", label=pause.label, share=all_said(happened, say))
    return pause.reason
