"""One person as a rule sees them: birth date, sex, facts, and the moments time is counted from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from trialwright.facts import Code, Occurred, PartialDate, Quantity

FOR_THE_STUDY = "study"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A concept's value on a day: a quantity, or a word (`negative`, `CR`, `yes`, `no`, `not applicable`).

    source  "study" if it was obtained for the study (then it must not predate consent), "routine" or the
            source document's name otherwise; "" if nobody said
    by      who said it; needed only where somebody's judgement is asked for
    """

    concept: str
    value: Quantity | str
    on: Occurred
    id: str = ""
    source: str = ""
    by: str = ""
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A diagnosis, medication, procedure, allergy or therapy, by its code.

    on      when it began or was found; `until` when it ended, None if that was not said
    status  "active" or "resolved"; "" if nobody said, which is not the same as resolved
    grade   severity, where graded
    """

    domain: str
    code: Code
    on: Occurred
    until: Occurred | None = None
    status: str = ""
    grade: int | None = None
    id: str = ""
    source: str = ""
    by: str = ""
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnswer:
    """Somebody's answer for a whole value set: other malignancies, present or not, as of a day."""

    valueset: str
    present: bool
    on: Occurred
    id: str = ""
    source: str = ""
    by: str = ""
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A judgement asked of a role: `value` is yes, no or not applicable. Unsigned (`by` empty), it decides nothing."""

    opinion: str
    value: str
    on: Occurred
    id: str = ""
    source: str = ""
    by: str = ""
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A document signed by the person, such as the consent."""

    signed: str
    on: Occurred
    id: str = ""
    source: str = ""
    by: str = ""
    entered_in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainComplete:
    """A declaration that every entry of a domain up to a day is here, so that what is absent is not there."""

    domain: str
    complete: bool
    on: Occurred
    id: str = ""
    source: str = ""
    by: str = ""
    entered_in_error: bool = False


Fact = Observation | Coded | SetAnswer | Opinion | Signed | DomainComplete


@dataclass(frozen=True)
class Person:
    """What is known of one person.

    sex     "female", "male", "other", or None if not said
    unread  what was given and could not be placed, in words for whoever gave it
    """

    born: PartialDate | None = None
    sex: str | None = None
    facts: tuple[Fact, ...] = ()
    unread: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[tuple[type, str], tuple[Fact, ...]]:
        """Facts by kind and name, each once: entered-in-error rows and exact repetitions are left out."""
        found: dict[tuple[type, str], list[Fact]] = {}
        seen: set[Fact] = set()
        for fact in self.facts:
            if fact.entered_in_error:
                continue
            bare = _without_id(fact)
            if bare not in seen:
                seen.add(bare)
                found.setdefault((type(fact), name_of(fact)), []).append(fact)
        return {key: tuple(rows) for key, rows in found.items()}


@dataclass(frozen=True)
class Anchors:
    """The moments windows count from, those that have happened: consent, screening, enrolment, infusion_1 …"""

    happened: Mapping[str, Occurred] = field(default_factory=dict)

    def get(self, name: str) -> Occurred | None:
        return self.happened.get(name)


def name_of(fact: Fact) -> str:
    """What a rule calls the fact by: its concept, domain, value set, question or document."""
    match fact:
        case Observation():
            return fact.concept
        case Coded() | DomainComplete():
            return fact.domain
        case SetAnswer():
            return fact.valueset
        case Opinion():
            return fact.opinion
        case Signed():
            return fact.signed


def _without_id(fact: Fact) -> Fact:
    return replace(fact, id="") if fact.id else fact
