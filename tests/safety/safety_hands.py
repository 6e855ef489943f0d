"""Hands for a random trial in which people come to harm: every act is asked, done if it may be, and told to the watch.

Days of treatment are told after the deed, as nothing of cells is looked at here.
"""

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from conduct_story import SMALL, Story, chemotherapy, consents, enrols, facts
from safety_watch import DAY, Halt, Line, Moment, Watch

from trialwright.conduct import Refusal
from trialwright.ledger import Actor, Entry, NewEntry
from trialwright.ledger.kinds import What
from trialwright.safety.stopping.boundary import boundary
from trialwright.safety.stopping.pauses import Pause, pauses
from trialwright.study import Study, read_study

FIRST_DAY = date(2026, 1, 20)
SAFETY = Path(__file__).parents[1] / "data" / "safety" / "paused_study.yaml"
BOARD = "by b:safety_board"
AMEND = "reason_code=other why=w"


@cache
def study() -> Study:
    """The small study with six places, nobody waiting for the one before, and a safety part of its own."""
    text = SMALL.read_text(encoding="utf-8")
    whole = text[: text.index("\nsafety:")] + "\n" + SAFETY.read_text(encoding="utf-8")
    read = read_study(whole, "paused_study.yaml").study
    return replace(read, enrolment=replace(read.enrolment, target=6, sequential=False, stagger=None))


def as_told(pause: Pause) -> Halt:
    return Halt(pause.rule, frozenset(pause.about), pause.without)


def written(moment: Moment) -> str:
    return moment[0].isoformat() + ("" if moment[1] is None else f"T{moment[1]:02d}:00")


class Clocked(Story):
    """A story whose entries are written down at noon of the day it has come to."""

    day = FIRST_DAY

    def keep(self, entries: tuple[NewEntry, ...], actor: Actor) -> list[Entry[What]]:
        kept = []
        self.acts += 1
        for place, new in enumerate(entries, 1):
            entry = Entry(
                seq=self.fold.size,
                id=f"a{self.acts}" if place == 1 else f"a{self.acts}.{place}",
                study="small",
                study_sha256=self.sha256,
                site="XA",
                actor=actor,
                recorded_at=f"{self.day}T04:00:{self.acts % 60:02d}.000Z",
                **{name: getattr(new, name) for name in NewEntry.__slots__},
            )
            self.fold.add(entry)
            kept.append(entry)
        return kept


class Hands:
    """A ledger in memory, the day, and whoever watches."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Clocked(study=study(), sha256="paused-1")
        self.watch = Watch()
        self.today = FIRST_DAY
        self.reached: Counter[str] = Counter()
        self.told: list[str] = []
        self.amended = False

    @property
    def today(self) -> date:
        return self.story.day

    @today.setter
    def today(self, day: date) -> None:
        self.story.day = self.watch.today = day

    @property
    def now(self) -> str:
        """In the afternoon, by the site's clock, when what was written down that day is known."""
        return f"at {self.today}T08:00:00.000Z"

    # --- asking ---

    def ask(self, line: str) -> Entry[Any] | None:
        """The first entry that the act of one line wrote; nothing if it was refused."""
        outcome, actor = self.story._done(line)
        if isinstance(outcome, Refusal):
            self.reached["refused"] += 1
            return None
        self.told.append(line)
        return self.story.keep(outcome, actor)[0]

    def do(self, line: str, kind: str, who: str, when: Moment, **said: Any) -> Entry[Any] | None:
        """One act, and the watch told of it if it was done."""
        entry = self.ask(f"{written(when)} {line}")
        if entry is not None:
            self.watch.tell(entry.id, kind, who, when, **said)
        return entry

    def ago(self, rng: Random, most: int = 12) -> Moment:
        """A day not long ago, now and then with its hour: the cells come at 14:00."""
        return self.today - rng.randrange(most) * DAY, rng.choice((None, None, None, 10, 18))

    def some(self, rng: Random, *kinds: str) -> Line | None:
        found = [line for line in self.watch.lines.values() if line.kind in kinds]
        return rng.choice(found) if found else None

    def somebody(self, rng: Random, *kinds: str) -> str:
        return rng.choice(sorted({line.who for line in self.watch.lines.values() if line.kind in kinds}) or ["S-001"])

    def unhurt(self, rng: Random) -> str:
        """Somebody treated, rather one in whom one more finding decides."""
        answers = self.watch.answers(self.today)
        found = [who for who in self.watch.people if self.watch.of(who, "infused") and answers[who] != "yes"]
        return rng.choice(found) if found and rng.random() < 0.8 else self.somebody(rng, "infused")

    # --- people ---

    def consents(self) -> str:
        entry = self.ask(consents())
        assert entry is not None
        who = entry.about or ""
        self.watch.tell(entry.id, "consented", who, (date(2026, 1, 5), 9))
        self.ask(facts(who))
        self.watch.tell(f"facts {who}", "consented", who, (date(2026, 1, 6), None))
        return who

    def arrives(self) -> str:
        """Somebody takes a place, which is told whatever speaks against it."""
        who = self.consents()
        self.do(f"{enrols(who)[11:]} told", "enrolled", who, (date(2026, 1, 8), None))
        return who

    def conditioned(self, who: str, on: date, cycle: int = 1) -> None:
        ended = on + 6 * DAY
        line = chemotherapy(who, ended=ended.isoformat(), cycle=cycle, more="told")[11:]
        self.do(line, "chemotherapy", who, (on, None), cycle=cycle, ended=ended)

    def infused(self, who: str, on: date, cycle: int = 1) -> None:
        line = f"infuse {who} cycle={cycle} lot=L-{who[2:]} weight_kg=70 by nurse:coordinator told"
        self.do(line, "infused", who, (on, 14), cycle=cycle)

    def treated(self, rng: Random, on: date | None = None) -> str:
        who, given = self.arrives(), on or self.today - rng.randrange(20) * DAY
        self.conditioned(who, given - rng.randrange(3, 12) * DAY)
        self.infused(who, given)
        return who

    def begin(self, rng: Random) -> None:
        """One who waits for a place, one between chemotherapy and cells, and some who were treated."""
        self.waiting = self.consents()
        self.between = self.arrives()
        self.conditioned(self.between, self.today - 8 * DAY)
        for _ in range(rng.choice((2, 3, 4, 5))):
            self.treated(rng)

    # --- comparing ---

    def compare(self, days: int = 0) -> None:
        """What the package reads off the ledger is what the books say, as of today or so many days later."""
        on = self.today + days * DAY
        stands, answers = boundary(self.story.study, self.story.trial, on), self.watch.answers(on)
        assert stands is not None
        assert {one.code: str(one.answer) for one in stands.answers} == answers
        assert (stands.events, stands.evaluable, stands.crossed) == self.watch.crossed(on, answers)
        assert self.in_force(on) == set(self.watch.halts(on))
        self.reached["crossed"] += stands.crossed
        self.reached["evaluable"] = max(self.reached["evaluable"], stands.evaluable)

    def in_force(self, on: date) -> set[Halt]:
        return {as_told(pause) for pause in pauses(self.story.study, self.story.trial, on)}

    def compare_gates(self) -> None:
        """Enrolment and infusion asked now are held back by a pause exactly when one is in force for the person.

        Dated back (which is asked now and then) they are held back by what pauses today, too.
        """
        for day in (self.today, self.today - 9 * DAY) if len(self.told) % 5 == 0 else (self.today,):
            for who, line in (
                (self.waiting, enrols(self.waiting, day.isoformat())),
                (self.between, f"{day}T14:00 infuse {self.between} cycle=1 lot=L-1 weight_kg=70"),
            ):
                held = "trial.paused" in self.story.codes(f"{line} {self.now}")
                there = [halt for on in (day, self.today) for halt in self.watch.halts(on, who, stood=day)]
                assert held == bool(there), (who, line)
                self.reached["held"] += held
