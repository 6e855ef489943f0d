"""Hands for a random trial in which people come to harm: every act is asked, done if it may be, and told to the watch.

Days of treatment are told after the deed, as nothing of cells is looked at here; harm is recorded by its own acts.
"""

import json
from collections import Counter
from collections.abc import Callable
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
from trialwright.safety.stopping.dlt import dlt_answers
from trialwright.safety.stopping.pauses import Pause, pauses
from trialwright.study import Study, read_study

FIRST_DAY = date(2026, 1, 20)
SAFETY = Path(__file__).parents[1] / "data" / "safety" / "paused_study.yaml"
BOARD = "by b:safety_board"
AMEND = "reason_code=other why=w"
TERMS = ("Sepsis", "Hypotension", "Fever", "Cytokine release syndrome", "Immune system disorders - Other, specify")
GRADES = (1, 2, 3, 3, 3, 4, 4, 5)
CAUSES = ("related", "unknown", "not related", None)
DEATHS = ("leukaemia", "treatment", "infection", "unknown")
FEVER = "temperature_c=39 fever_explained=no masked=no hypotension={} vasopressors={} vasopressin=no oxygen='{}'"
CRS = (
    (FEVER.format("no", "0", "none"), 1),
    (FEVER.format("yes", "0", "none"), 2),
    (FEVER.format("no", "0", "low flow"), 2),
    (FEVER.format("yes", "1", "none"), 3),
    (FEVER.format("no", "0", "high flow"), 3),
    (FEVER.format("yes", "2", "none"), 4),
    (FEVER.format("no", "0", "unknown"), 4),
)
"""Findings and the highest grade that they may be, read off Lee et al. 2019, table 2."""
GVHD = (
    ("skin=0 liver=0 upper_gi=0 lower_gi=0", 0),
    ("skin=2 liver=0 upper_gi=0 lower_gi=0", 1),
    ("skin=1 liver=0 lower_gi=0", 2),
    ("skin=3 liver=0 upper_gi=0 lower_gi=0", 2),
    ("skin=0 liver=1 upper_gi=0 lower_gi=0", 2),
    ("skin=0 liver=3 upper_gi=0 lower_gi=0", 3),
    ("skin=0 liver=0 upper_gi=1 lower_gi=2", 3),
    ("skin=4 liver=0 upper_gi=0 lower_gi=0", 4),
    ("skin=1 upper_gi=0 lower_gi=0", 4),
)
"""Stages and the highest grade that they may be, read off Harris et al. 2016, table 2."""


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

    # --- acts: each takes its choices from `rng` ---

    def time_passes(self, rng: Random) -> None:
        self.today += rng.choice((1, 2, 5, 10, 30)) * DAY

    def another_is_treated(self, rng: Random) -> None:
        if len(self.watch.people) < 9:
            self.treated(rng)

    def given_again(self, rng: Random) -> None:
        who = self.somebody(rng, "infused")
        self.conditioned(who, self.today - 5 * DAY, cycle=2)
        self.infused(who, self.today, cycle=2)

    def watched(self, rng: Random) -> None:
        """Contacts at the end of everybody's window, as far as it has come."""
        for who in self.watch.people:
            window = self.watch.window(who)
            if window and window[1] <= self.today:
                self.contacted(who, window[1] - rng.choice((0, 0, 0, 7, 8)) * DAY)

    def contacted(self, who: str, on: date) -> None:
        self.do(f"contact {who} alive=yes how=visit", "contact", who, (on, None))

    def all_watched(self, rng: Random) -> None:
        """Time until everybody's window is over, and contacts then."""
        ends = [window[1] for who in self.watch.people if (window := self.watch.window(who))]
        if ends and rng.random() < 0.5:
            self.today = max(self.today, max(ends) + DAY)
        self.watched(rng)

    def reported(self, rng: Random) -> None:
        self.event(rng, self.somebody(rng, "infused", "chemotherapy"), rng.choice(TERMS), rng.choice(GRADES))

    def event(self, rng: Random, who: str, term: str, grade: int, when: Moment | None = None) -> Line | None:
        when = when or self.ago(rng)
        related = self.causes(rng)
        death = grade == 5 or rng.random() < 0.05
        limiting = rng.choice(("unknown", "unknown", "no", "yes")) if rng.random() < 0.2 else "unknown"
        words = f"grade={grade} related='{json.dumps(related)}' dose_limiting={limiting}"
        words += " serious=yes seriousness=death" if death else " serious=no"
        words += " specify='graft versus host disease'" if "Other" in term else ""
        said = {"term": term, "grade": grade, "related": related, "death": death, "dose_limiting": limiting}
        entry = self.do(f"report_adverse_event {who} term='{term}' {words}", "event", who, when, **said)
        return self.watch.lines[entry.id] if entry else None

    def causes(self, rng: Random) -> dict[str, str]:
        said = {"nk_cells": rng.choice(CAUSES), "leukaemia": rng.choice(CAUSES)}
        return {name: word for name, word in said.items() if word is not None}

    def followed(self, rng: Random) -> None:
        event = self.some(rng, "event")
        if event is not None:
            self.follow(rng, event, rng.choice(("grade", "grade", "grade", "over", "cause", "limiting")))

    def follow(self, rng: Random, event: Line, about: str, when: Moment | None = None) -> None:
        when = when or (min(self.today, event.when[0] + rng.randrange(12) * DAY), None)
        said: dict[str, Any] = {"event": event.id}
        if about == "grade":
            said["grade"] = rng.choice(GRADES)
            words = f"grade={said['grade']}"
            if said["grade"] == 5:
                said["death"], words = True, f"{words} serious=yes seriousness=death"
        elif about == "over":
            said["resolved"] = (when[0], None)
            words = f"resolved_on={when[0]}"
        elif about == "cause":
            said["related"] = self.causes(rng)
            words = f"related='{json.dumps(said['related'])}'"
        else:
            said["dose_limiting"] = rng.choice(("yes", "no", "unknown"))
            words = f"dose_limiting={said['dose_limiting']}"
        self.do(f"follow_adverse_event event={event.id} {words}", "followed", event.who, when, **said)

    def recovered(self, rng: Random) -> None:
        """An event that is back to grade 1 or over after about a week: just in time, or too late."""
        who = self.unhurt(rng)
        window = self.watch.window(who)
        onset = window[0][0] + rng.randrange(1, 20) * DAY if window else self.today
        if onset + 8 * DAY > self.today:
            self.today = max(self.today, onset + rng.choice((3, 7, 8)) * DAY)
        event = self.event(rng, who, rng.choice(("Fever", "Sepsis")), 3, (onset, None))
        if event is not None and rng.random() < 0.8:
            back = (min(self.today, onset + rng.choice((3, 6, 6, 7)) * DAY), None)
            self.follow(rng, event, rng.choice(("over", "over", "grade")), back)

    def severe(self, rng: Random) -> None:
        """Something that counts for most, at the edges of the window or between them."""
        who = self.unhurt(rng)
        if window := self.watch.window(who):
            (first, _), end, last = window
            day = rng.choice((first, last, last, last + DAY, end, first + rng.randrange(30) * DAY))
            self.today = max(self.today, day)
            if rng.random() < 0.7:
                self.event(rng, who, rng.choice(TERMS), rng.choice((4, 4, 3)), (day, None))
            else:
                self.crs_found(who, (day, None), *rng.choice(CRS[3:]))

    def assessed_crs(self, rng: Random) -> None:
        who, joined = self.patient(rng, "Cytokine release syndrome")
        self.crs_found(who, (self.ago(rng)[0], None), *rng.choice(CRS), joined)

    def crs_found(self, who: str, when: Moment, findings: str, highest: int, joined: str | None = None) -> None:
        more = f"event={joined}" if joined else ""
        self.do(f"assess_crs {who} {findings} {more}", "crs", who, when, highest=highest, event=joined)

    def grade_two_lasts(self, rng: Random) -> None:
        """Cytokine release syndrome of grade 2 for two to five days; perhaps nobody looks again."""
        who = self.unhurt(rng)
        if window := self.watch.window(who):
            began = window[0][0] + rng.randrange(12) * DAY
            over = began + rng.choice((2, 3, 4, 5)) * DAY
            self.today = max(self.today, over)
            self.crs_found(who, (began, None), *CRS[2])
            if rng.random() < 0.7:
                self.crs_found(who, (over, None), *CRS[0])

    def assessed_gvhd(self, rng: Random) -> None:
        findings, highest = rng.choice(GVHD[:7] if rng.random() < 0.8 else GVHD)
        who, joined = self.patient(rng, "Immune system disorders - Other, specify")
        self.gvhd_found(rng, who, self.ago(rng)[0], findings, highest, joined)

    def gvhd_found(
        self, rng: Random, who: str, day: date, findings: str, highest: int, joined: str | None = None
    ) -> None:
        refractory = rng.choice(("yes", "no", "unknown", "unknown"))
        more = f"steroid_refractory={refractory}" + (f" event={joined}" if joined else "")
        said = {"highest": highest, "event": joined, "refractory": refractory}
        self.do(f"assess_acute_gvhd {who} {findings} {more}", "gvhd", who, (day, None), **said)

    def gvhd_two(self, rng: Random) -> None:
        """Grade II in the window, perhaps looked at again: whether steroids control it is said, or is not."""
        who = self.unhurt(rng)
        if window := self.watch.window(who):
            day = window[0][0] + rng.randrange(29) * DAY
            self.today = max(self.today, day + 3 * DAY)
            self.gvhd_found(rng, who, day, *GVHD[3])
            if rng.random() < 0.4:
                self.gvhd_found(rng, who, day + 3 * DAY, *GVHD[1])

    def patient(self, rng: Random, term: str) -> tuple[str, str | None]:
        """Somebody, perhaps with an event of the term that is assessed."""
        events = [line for line in self.watch.lines.values() if line.kind == "event" and line.said["term"] == term]
        if events and rng.random() < 0.7:
            event = rng.choice(events)
            return event.who, event.id
        return self.somebody(rng, "infused", "chemotherapy"), None

    def died(self, rng: Random) -> None:
        if rng.random() < 0.4:
            who, cause = self.somebody(rng, "infused", "enrolled"), rng.choice(DEATHS)
            when = (self.ago(rng, 4)[0], None)
            self.do(f"record_death {who} cause={cause} how_known=ward", "died", who, when, cause=cause)

    def other_treatment(self, rng: Random) -> None:
        if rng.random() < 0.4:
            self.treated_otherwise(rng, self.somebody(rng, "infused"), rng.choice(("transplant", "therapy")))

    def treated_otherwise(self, rng: Random, who: str, kind: str) -> None:
        """A transplant or other therapy about the time of the window."""
        window = self.watch.window(who)
        day = window[0][0] + rng.choice((-1, 0, 5, 10, 20, 27, 28)) * DAY if window else self.today
        self.today = max(self.today, day)
        line = f"transplant {who}" if kind == "transplant" else f"other_therapy {who} therapy=azacitidine"
        self.do(line, kind, who, (day, None))

    def fewer_without(self, rng: Random) -> None:
        """After a decision, somebody counted without a toxicity turns out not to be evaluable."""
        without = [who for who, answer in self.watch.answers(self.today).items() if answer == "no"]
        if without and self.watch.crossed(self.today)[2]:
            if rng.random() < 0.7:
                self.decided(rng)
            self.treated_otherwise(rng, rng.choice(without), "therapy")

    def left(self, rng: Random) -> None:
        """Withdrawn from treatment or from more, lost, or found again."""
        if rng.random() < 0.4:
            who, when = self.somebody(rng, "infused"), (self.ago(rng)[0], None)
            kind = rng.choice(("withdrew", "withdrew", "lost", "lost", "found", "found"))
            if kind == "withdrew":
                extent = rng.choice(("treatment", "visits", "all contact"))
                self.do(f"withdraw {who} extent='{extent}' reason=personal", kind, who, when, extent=extent)
            elif kind == "lost":
                self.do(f"lose_to_follow_up {who} attempts=3", kind, who, when)
            else:
                self.do(f"find_again {who} how=telephone", kind, who, when)

    # --- amending ---

    def taken_back(self, rng: Random) -> None:
        kinds = ("event", "event", "followed", "crs", "gvhd", "died", "therapy", "transplant", "contact", "infused")
        self.take_back(self.some(rng, rng.choice(kinds)))

    def take_back(self, line: Line | None) -> bool:
        if line is None or self.ask(f"- retract entry={line.id} {AMEND}") is None:
            return False
        self.watch.take_back(line.id)
        self.amended = True
        self.reached["taken back"] += 1
        return True

    def corrected(self, rng: Random) -> None:
        """Another day, or another grade, cause or way to die."""
        line = self.some(rng, rng.choice(("event", "event", "followed", "crs", "gvhd", "died", "infused")))
        if line is None:
            return
        if line.kind in ("event", "followed") and line.said.get("grade") not in (None, 5) and rng.random() < 0.6:
            self.correct(line, {"grade": rng.choice((1, 2, 3, 4))})
        elif line.kind == "died" and rng.random() < 0.6:
            self.correct(line, {"cause": rng.choice(DEATHS)})
        elif "resolved" not in line.said:
            self.correct(line, {}, line.when[0] + rng.choice((-9, -2, -1, 1, 2, 9)) * DAY)

    def correct(self, line: Line, said: dict[str, Any], day: date | None = None) -> None:
        if day is not None and day > self.today:
            return
        moment = written((day, line.when[1])) if day else None
        occurred = f"occurred={moment}{'+08:00[Asia/Shanghai]' if 'T' in moment else ''}" if moment else ""
        content = f"content='{json.dumps(said)}'" if said else ""
        if self.ask(f"- correct entry={line.id} {AMEND} {content} {occurred}") is not None:
            line.said |= said
            line.when = (day, line.when[1]) if day else line.when
            self.amended = True
            self.reached["corrected"] += 1

    # --- the trial as a whole ---

    def paused(self, rng: Random) -> None:
        if rng.random() < 0.3:
            rule = rng.choice(("safety board", "sponsor"))
            self.do(f"pause by_rule='{rule}' reason=seen", "paused", "", (self.today, None), rule=rule)

    def decided(self, rng: Random) -> None:
        """A decision about the trial, or about whoever waits for cells, perhaps of some days ago.

        It is refused where nothing was paused then, and where something new was written down since.
        """
        named = frozenset({self.between}) if rng.random() < 0.4 else frozenset()
        scope = f"scope=participants exempt={self.between}" if named else ""
        on = self.today - rng.choice((0, 0, 0, 1, 4)) * DAY
        entry = self.ask(f"{on} resume decided_by=board decision=on {scope} {BOARD} {self.now}")
        known, there = set(self.watch.known_by(on)), set(self.watch.halts(on, stood=on))
        allowed = bool(known) and (not named or not self.watch.of(self.between, "infused"))
        if on == self.today or not allowed or not there <= known:
            assert (entry is not None) == (allowed and there <= known)
        if entry is not None:
            self.watch.decide(entry.id, on, named)
            self.reached["decided"] += 1
            self.reached["decided some days ago"] += on < self.today

    def overturned(self, rng: Random) -> None:
        """A decision, or a pause by hand, is taken back."""
        ids = [ruling.id for ruling in self.watch.rulings] + [line.id for line in self.watch.of("", "paused")]
        if ids and rng.random() < 0.3:
            id = rng.choice(ids)
            if self.ask(f"- retract entry={id} {AMEND} {BOARD}") is not None:
                self.watch.take_back(id)
                self.amended = True

    # --- comparing ---

    def compare(self, days: int = 0) -> None:
        """What the package reads off the ledger is what the books say, as of today or so many days later."""
        on, trial = self.today + days * DAY, self.story.trial
        answers = {one.code: str(one.answer) for one in dlt_answers(self.story.study, trial, on)}
        assert answers == self.watch.answers(on)
        stands = boundary(self.story.study, trial, on)
        assert stands is not None
        assert (stands.events, stands.evaluable, stands.crossed) == self.watch.crossed(on)
        assert self.in_force(on) == set(self.watch.halts(on))
        self.reached["crossed"] += stands.crossed
        self.reached["evaluable"] = max(self.reached["evaluable"], stands.evaluable)

    def in_force(self, on: date) -> set[Halt]:
        return {as_told(pause) for pause in pauses(self.story.study, self.story.trial, on)}

    def compare_gates(self) -> None:
        """Enrolment and infusion asked now are held back by a pause exactly when one is in force for the person.

        Dated back to yesterday (which is asked now and then) they are held back by what pauses today, too.
        """
        for day in (self.today, self.today - DAY) if len(self.told) % 5 == 0 else (self.today,):
            for who, line in (
                (self.waiting, enrols(self.waiting, day.isoformat())),
                (self.between, f"{day}T14:00 infuse {self.between} cycle=1 lot=L-1 weight_kg=70"),
            ):
                held = "trial.paused" in self.story.codes(f"{line} {self.now}")
                there = [halt for on in (day, self.today) for halt in self.watch.halts(on, who, stood=day)]
                assert held == bool(there), (who, line)
                self.reached["held"] += held


ACTS: tuple[Callable[[Hands, Random], None], ...] = (
    Hands.time_passes,
    Hands.another_is_treated,
    Hands.given_again,
    Hands.all_watched,
    Hands.reported,
    Hands.followed,
    Hands.recovered,
    Hands.severe,
    Hands.assessed_crs,
    Hands.grade_two_lasts,
    Hands.assessed_gvhd,
    Hands.gvhd_two,
    Hands.died,
    Hands.other_treatment,
    Hands.fewer_without,
    Hands.left,
    Hands.taken_back,
    Hands.corrected,
    Hands.paused,
    Hands.decided,
    Hands.overturned,
)
AMENDING = (Hands.taken_back, Hands.corrected, Hands.overturned)
DECIDING = (Hands.paused, Hands.decided, Hands.overturned, Hands.fewer_without)


def random_trial(seed: int, acts: int = 25, without: tuple[Callable[[Hands, Random], None], ...] = ()) -> Hands:
    """A trial after so many acts drawn with the seed; the same each time."""
    rng, hands = Random(seed), Hands()
    hands.begin(rng)
    for _ in range(acts):
        rng.choice([act for act in ACTS if act not in without])(hands, rng)
    return hands
