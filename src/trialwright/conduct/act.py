"""The frame of every act: one shape for asking before the deed and for telling after it.

An act is a function from a deed to the entries it writes, with its gates named above it. Before the deed, any reason
makes a refusal, with all reasons at once. Told afterwards, nothing is refused: the entries are written as they
happened, and each gate that was not open becomes a deviation beside them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from trialwright.cells.codes import SORTS
from trialwright.conduct.at_rest import at_rest
from trialwright.conduct.coded import CELL_SUBJECTS, misread, next_cell_code, read_cell_code
from trialwright.conduct.deed import Deed, find_casebook, next_screening_code
from trialwright.conduct.importance import IMPORTANT
from trialwright.conduct.outcome import Outcome, Reason, Refusal
from trialwright.conduct.roles import Role, read_role
from trialwright.conduct.words import HAPPENED, check_code, check_words
from trialwright.errors import UsageError
from trialwright.facts import LocalTime, Occurred, parse_occurred
from trialwright.facts.order import spoken
from trialwright.ledger.entry import Actor, Mood, NewEntry, Told
from trialwright.ledger.instants import local_day, parse_instant
from trialwright.ledger.kinds import Consented, DeviationRecorded, Died, Enrolled, What
from trialwright.ledger.trial import Trial
from trialwright.study.model import Study

W = TypeVar("W")
Gate = Callable[[Deed[Any]], Iterable[Reason]]
Subject = Literal["person", "donor", "collection", "lot", "dose", "cells", "labelled", "study", "anybody"]
NEW = "new"
"""Instead of a code: open a casebook for somebody who has none, or give a donor, collection or lot the next code."""


@dataclass(frozen=True)
class Act(Generic[W]):
    """One thing a person does in the trial. Call it: study, trial, actor, who, what, on -> entries or a refusal.

    fields    the dataclass of the act's own words: a form has one question for each
    needs_on  whether it must be said when it happened
    coded     the act opens the chapter of a donor, collection or lot; `new` gives it the next code
    of_ledger an act on the ledger itself (a correction, a table taken over): no deed in the world, so it is never
              told after it, and its gates always hold
    writes    the kind of entry by which a past deed of this act is found again
    """

    name: str
    summary: str
    fields: type[W]
    roles: frozenset[Role]
    gates: tuple[Gate, ...]
    makes: Callable[[Deed[W]], tuple[NewEntry, ...]]
    subject: Subject = "person"
    two_person: bool = False
    opens: bool = False
    needs_on: bool = True
    coded: bool = False
    of_ledger: bool = False
    writes: type[What] | None = None

    @property
    def needs_who(self) -> bool:
        return self.subject not in ("study", "anybody") and not self.opens

    def __call__(
        self,
        study: Study,
        trial: Trial,
        actor: Actor,
        who: str | None,
        what: W,
        on: str | None,
        *,
        second: Actor | None = None,
        told: Told | None = None,
        site: str | None = None,
        now: str | None = None,
    ) -> Outcome:
        """The entries to be written, or the refusal with every reason.

        With `told` the entries always, unless the actor's role may not write them, the day has not come, a code was
        misread, or the record rests (frozen, locked).
        told  who says that the deed was already done, where it is written, why it comes late
        site  where it happens, if the study has several; now: the instant of asking, UTC
        Raises UsageError or FormatError for words that cannot be read: an unknown casebook, a date that is none.
        """
        if not isinstance(what, self.fields):
            raise UsageError(f"{self.name} takes a {self.fields.__name__}, not a {type(what).__name__}.")
        code = self._code(study, trial, who, on, told, site)
        deed = Deed(self.name, study, trial, actor, code, what, on, second, told, site, now)
        if self.needs_on or on is not None:
            deed.check_clock()
        check_words(self.name, what)
        resting, outlived = at_rest(deed)
        barred = (*_role(self, actor), *_not_in_future(deed), *resting)
        if unknown := tuple(misread(study, trial, code, what)):
            return Refusal(self.name, code, barred + unknown)  # of a code nobody has, the gates know nothing
        reasons = barred + outlived + self.reasons(deed)
        if reasons and (told is None or self.of_ledger):
            return Refusal(self.name, code, reasons)
        if barred:
            return Refusal(self.name, code, barred)
        entries = _noting_unknown_order(deed, self.makes(deed))
        if told is None or self.of_ledger:
            return entries
        return _as_told(deed, entries + _deviations(deed, reasons, entries[0].about if entries else None))

    def reasons(self, deed: Deed[W]) -> tuple[Reason, ...]:
        """Everything that speaks against the deed, each reason once, in the order of the gates."""
        return tuple(dict.fromkeys(reason for gate in self.gates for reason in gate(deed)))

    def role_reasons(self, actor: Actor) -> tuple[Reason, ...]:
        """Why the actor's role may not write the act; nothing where it may."""
        return tuple(_role(self, actor))

    def _code(
        self, study: Study, trial: Trial, who: str | None, on: str | None, told: Told | None, site: str | None
    ) -> str | None:
        if self.subject == "study" or (self.subject == "anybody" and not who):
            return None
        if self.coded and who == NEW:
            return next_cell_code(study, trial, self.subject, site, on)
        if self.subject in CELL_SUBJECTS:
            return read_cell_code(self.name, self.subject, who)
        if self.subject in ("anybody", "labelled") and who and who[:2] in SORTS:
            check_code(self.name, who)
            return who
        if who is None or who == NEW:
            if self.opens or told is not None:
                return next_screening_code(trial)
            raise UsageError(f"{self.name}: say of whom, by screening code (S-007) or participant's number (7).")
        return find_casebook(trial, who)


def act(
    what: type[W],
    *,
    by: Iterable[Role],
    gates: tuple[Gate, ...] = (),
    subject: Subject = "person",
    two_person: bool = False,
    opens: bool = False,
    needs_on: bool = True,
    coded: bool = False,
    of_ledger: bool = False,
    writes: type[What] | None = None,
) -> Callable[[Callable[[Deed[W]], tuple[NewEntry, ...]]], Act[W]]:
    """Makes an act of a function that writes its entries; its docstring's first line is the act's summary."""

    def make(function: Callable[[Deed[W]], tuple[NewEntry, ...]]) -> Act[W]:
        summary = (function.__doc__ or "").strip().split("\n")[0]
        kind: type[What] | None = writes or (what if issubclass(what, What) else None)
        return Act(
            function.__name__,
            summary,
            what,
            frozenset(by),
            gates,
            function,
            subject,
            two_person,
            opens,
            needs_on,
            coded,
            of_ledger,
            kind,
        )

    return make


def may(actor: Actor, act: Act[Any], site: str | None = None) -> bool:
    """Whether the actor's role may do the act.

    site  unused until people are assigned to sites by the ledger: a role counts everywhere. The door that knows an
          account's site asks for it there.
    """
    del site
    return read_role(actor.role) in act.roles


def _role(act: Act[Any], actor: Actor) -> Iterable[Reason]:
    # Holds in both moods: who may write is not who did the deed. A truth is never lost by this: somebody who may
    # write it tells it, naming who did it.
    if not may(actor, act):
        allowed = " or ".join(sorted(role.value for role in act.roles))
        yield Reason(
            "role.not_allowed",
            f"{actor.id} acts as {actor.role}; {act.name} is written by {allowed}.",
            f"Ask the {allowed} to do or record it.",
        )


def _not_in_future(deed: Deed[Any]) -> Iterable[Reason]:
    # Holds in both moods: nothing has happened tomorrow.
    if deed.now is None:
        return
    said = {name: getattr(deed.what, name, None) for name in HAPPENED}
    if deed.on is not None and not_yet(deed, deed.when):
        yield not_come(deed, deed.dated)
    for name, value in said.items():
        if value and not_yet(deed, parse_occurred(value)):
            yield not_come(deed, f"{name} {spoken(value)}")


def not_yet(deed: Deed[Any], moment: Occurred) -> bool:
    """Whether the moment has not come yet, by the site's calendar; unknown without a clock, and then no."""
    if deed.now is None:
        return False
    ahead = moment.instant > parse_instant(deed.now) if isinstance(moment, LocalTime) else False
    return ahead or moment.earliest.isoformat() > local_day(deed.now, deed.zone)


def not_come(deed: Deed[Any], said: str) -> Reason:
    """The reason against a moment that has not come."""
    return Reason(
        "occurred.in_future",
        f"{said} has not come yet: at the site it is {local_day(deed.now or '', deed.zone)}.",
        "Check the date; record it when it has happened.",
    )


def _deviations(deed: Deed[Any], reasons: tuple[Reason, ...], about: str | None) -> tuple[NewEntry, ...]:
    """One deviation for each gate that was not open, with everything that was found there."""
    found: dict[str, list[str]] = {}
    for reason in reasons:
        found.setdefault(reason.code, []).append(reason.text)
    return tuple(
        deed.entry(
            DeviationRecorded(code, " ".join(texts), "important" if code in IMPORTANT else "not classified"),
            about=about,
        )
        for code, texts in found.items()
    )


def minor_deviation(deed: Deed[Any], gate: str, description: str) -> NewEntry:
    """A departure from the plan that does not hold the act back: written beside it at once."""
    return deed.entry(DeviationRecorded(gate, description, "minor"))


def _as_told(deed: Deed[Any], entries: tuple[NewEntry, ...]) -> tuple[NewEntry, ...]:
    return tuple(replace(entry, mood=Mood.HAPPENED, told=deed.told) for entry in entries)


ORDERED: Mapping[type[What], str] = {Consented: "consent", Enrolled: "enrolment", Died: "death"}


def _noting_unknown_order(deed: Deed[Any], entries: tuple[NewEntry, ...]) -> tuple[NewEntry, ...]:
    """The entries, the first with a note where a partial date hides on which side of a milestone it lies."""
    if deed.on is None or not entries or entries[0].why or deed.who not in deed.trial.casebooks:
        return entries
    notes = [
        f"order unknown against the {word} of {entry.occurred}"
        for kind, word in ORDERED.items()
        for entry in deed.all(kind)[-1:]
        if entry.occurred and not (deed.precedes(entry) or deed.follows(entry))
        if not (deed.when.exact and parse_occurred(entry.occurred).exact)
    ]
    if not notes:
        return entries
    return (replace(entries[0], reason_code="order_unknown", why="; ".join(notes)), *entries[1:])
