"""What speaks against an act that is only half said: its gates asked with the words known so far, nothing written.

A gate that would have to read a word nobody has said yet is left unasked, and the word is named; so is one that asks
who acts, or who is the second person, while that is open. What a gate says before it comes to such a word stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from trialwright.conduct.act import Act
from trialwright.conduct.deed import Deed, next_screening_code
from trialwright.conduct.outcome import Reason
from trialwright.ledger.entry import Actor
from trialwright.ledger.trial import Trial
from trialwright.study.model import Study

ACTOR, SECOND = "actor", "second"
"""What is still to be said beside an act's own words: who does it, and who with them."""


class _NotSaid(Exception):
    """A gate asks for a word that nobody has said. No AttributeError: `getattr` with a default must not hide it."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


class _Words:
    """The words of an act as far as they are known; any other of its words is not said yet."""

    def __init__(self, of: type[Any], known: Mapping[str, Any]) -> None:
        self.__dict__.update(known)
        self.__dict__["__dataclass_fields__"] = of.__dataclass_fields__  # so that a gate may list the words
        self.__dict__["_names"] = frozenset(part.name for part in fields(of))

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__["_names"]:
            raise _NotSaid(name)
        raise AttributeError(name)


class _Nobody:
    """Somebody of whom nothing is known yet: every question about them is left open."""

    def __init__(self, word: str) -> None:
        self.__dict__["_word"] = word

    def __getattr__(self, name: str) -> Any:
        raise _NotSaid(self.__dict__["_word"])


@dataclass(frozen=True, slots=True)
class SoFar:
    """What speaks against an act on what is said so far.

    reasons   each once, in the order of the gates; none: nothing yet
    asks      what gates still wait for: words of the act, `actor`, `second`; none: the act may be done as said
    """

    reasons: tuple[Reason, ...]
    asks: tuple[str, ...]


def reasons_so_far(
    act: Act[Any],
    study: Study,
    trial: Trial,
    who: str | None,
    words: Mapping[str, Any],
    on: str,
    *,
    actor: Actor | None = None,
    second: Actor | None = None,
    site: str | None = None,
    now: str | None = None,
) -> SoFar:
    """Why an act could not be done on what is said so far, and what is still to be said. Nothing is written.

    words   those known, as the act takes them (a tuple for a list), not as they are typed
    actor   None: whoever may do it; gates about the person are then left open, and the role is not asked
    """
    acting: Any = actor if actor is not None else _Nobody(ACTOR)
    with_: Any = second if second is not None else _Nobody(SECOND)
    code = who if who is not None or act.subject == "study" else next_screening_code(trial)
    deed = Deed(act.name, study, trial, acting, code, _Words(act.fields, words), on, with_, None, site, now)
    found: dict[Reason, None] = {}
    asks: dict[str, None] = {}
    for reason in act.role_reasons(actor) if actor is not None else ():
        found[reason] = None
    for gate in act.gates:
        try:
            for reason in gate(deed):
                found[reason] = None
        except _NotSaid as missing:
            asks[missing.word] = None
    return SoFar(tuple(found), tuple(asks))
