"""A random trial in which people come to harm: what may befall them, and what may be recorded wrong or decided."""

import json
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from safety_hands import AMEND, BOARD, Hands, written
from safety_watch import DAY, Line, Moment

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


class RandomTrial(Hands):
    """Acts, each of which takes its choices from `rng`."""

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
        limiting = rng.choice(("no", "yes")) if rng.random() < 0.15 else "unknown"
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

    def follow(self, rng: Random, event: Line, about: str, when: Moment | None = None, grade: int = 0) -> None:
        when = when or (min(self.today, event.when[0] + rng.randrange(12) * DAY), None)
        said: dict[str, Any] = {"event": event.id}
        if about == "grade":
            said["grade"] = grade or rng.choice(GRADES)
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

    def from_before(self, rng: Random) -> None:
        """An event that had begun before the cells, and goes on, or gets worse, or better and worse again."""
        who = self.unhurt(rng)
        if window := self.watch.window(who):
            start = window[0][0]
            onset = rng.choice(((start - 2 * DAY, None), (start, 10), (start, None)))
            event = self.event(rng, who, rng.choice(TERMS), rng.choice((2, 3, 3)), onset)
            for days in rng.choice(((1,), (-1, 3), (2, 9), (0, 1))):
                self.today = max(self.today, start + days * DAY)
                if event is not None:
                    about = rng.choice(("grade", "grade", "over"))
                    self.follow(rng, event, about, (start + days * DAY, None), rng.choice((2, 3, 3, 4)))

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
        findings, highest = rng.choice(GVHD)
        who, joined = self.patient(rng, "Immune system disorders - Other, specify")
        self.gvhd_found(rng, who, self.ago(rng)[0], findings, highest, joined)

    def gvhd_found(
        self, rng: Random, who: str, day: date, findings: str, highest: int, joined: str | None = None
    ) -> None:
        refractory = rng.choice(("yes", "no", "unknown", "unknown"))
        more = f"steroid_refractory={refractory}" + (f" event={joined}" if joined else "")
        said = {"highest": highest, "event": joined, "refractory": refractory}
        self.do(f"assess_acute_gvhd {who} {findings} {more}", "gvhd", who, (day, None), **said)

    def worse_after_a_look(self, rng: Random) -> None:
        """An event with a scale of its own is assessed, and then has a higher grade; perhaps it is looked at again."""
        who, term = self.unhurt(rng), rng.choice(TERMS[3:])
        if window := self.watch.window(who):
            day = window[0][0] + rng.randrange(1, 20) * DAY
            self.today = max(self.today, day + 4 * DAY)
            event = self.event(rng, who, term, 1, (day, None))
            looks = (1, rng.choice((2, 3))) if rng.random() < 0.3 else (1,)
            for days in looks if event else ():
                if term == TERMS[3]:
                    self.crs_found(who, (day + days * DAY, None), *CRS[0], event.id)
                else:
                    self.gvhd_found(rng, who, day + days * DAY, *GVHD[1], event.id)
            if event:
                self.follow(rng, event, "grade", (day + 2 * DAY, None), rng.choice((3, 4)))

    def gvhd_two(self, rng: Random) -> None:
        """Grade II in the window, perhaps looked at again: whether steroids control it is said, or is not."""
        who = self.unhurt(rng)
        if window := self.watch.window(who):
            day = window[0][0] + rng.randrange(29) * DAY
            self.today = max(self.today, day + 3 * DAY)
            self.gvhd_found(rng, who, day, *(GVHD[3] if rng.random() < 0.8 else GVHD[8]))
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
        """Not long ago, or about the end of the days in which events are collected."""
        if rng.random() < 0.4:
            who, cause = self.somebody(rng, "infused", "enrolled"), rng.choice(DEATHS)
            day, given = self.ago(rng, 4)[0], self.watch.of(who, "infused")
            if given and rng.random() < 0.6:
                day = given[-1].when[0] + rng.choice((3, 28, 30, 31, 33)) * DAY
                self.today = max(self.today, day)
            self.do(f"record_death {who} cause={cause} how_known=ward", "died", who, (day, None), cause=cause)

    def died_of_something_else(self, rng: Random) -> None:
        """A fatal event, which is the cells' doing or is not, and the death recorded with it."""
        if rng.random() < 0.5:
            who, day = self.unhurt(rng), self.today
            cells = rng.choice(("not related", "not related", "unknown"))
            said = {"term": "Sepsis", "grade": 5, "related": {"nk_cells": cells}, "death": True}
            words = f"grade=5 serious=yes seriousness=death related='{json.dumps(said['related'])}'"
            self.do(f"report_adverse_event {who} term=Sepsis {words}", "event", who, (day, None), **said)
            cause = rng.choice(("infection", "unknown"))
            self.do(f"record_death {who} cause={cause} how_known=ward", "died", who, (day, None), cause=cause)

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

    def worse_after_transplant(self, rng: Random) -> None:
        """A transplant in the window, and an event on its day or after it."""
        who = self.unhurt(rng)
        if (window := self.watch.window(who)) and rng.random() < 0.6:
            day = window[0][0] + rng.randrange(1, 20) * DAY
            self.today = max(self.today, day + 2 * DAY)
            self.do(f"transplant {who}", "transplant", who, (day, None))
            self.event(rng, who, "Sepsis", 4, (day + rng.choice((0, 1, 2)) * DAY, None))

    def fewer_without(self, rng: Random) -> None:
        """After a decision, somebody counted without a toxicity turns out not to be evaluable."""
        without = [who for who, answer in self.watch.answers(self.today).items() if answer == "no"]
        if without and self.watch.crossed(self.today)[2]:
            if rng.random() < 0.7:
                self.decided(rng)
            self.treated_otherwise(rng, rng.choice(without), "therapy")

    def judged_by_a_person(self, rng: Random) -> None:
        """A mild event in the window that somebody calls dose-limiting, perhaps later, perhaps no more."""
        who = self.unhurt(rng)
        if window := self.watch.window(who):
            day = window[0][0] + rng.randrange(1, 25) * DAY
            self.today = max(self.today, day + DAY)
            event = self.event(rng, who, "Fever", rng.choice((1, 2)), (day, None))
            if event:
                self.follow(rng, event, "limiting", (day + DAY, None))

    def lost_and_found(self, rng: Random) -> None:
        """Nobody reaches somebody in the window; perhaps they come back."""
        if rng.random() < 0.6:
            who = self.unhurt(rng)
            if window := self.watch.window(who):
                day = window[0][0] + rng.choice((10, 27, 28, 40)) * DAY
                self.today = max(self.today, day + 2 * DAY)
                self.do(f"lose_to_follow_up {who} attempts=3", "lost", who, (day, None))
                if rng.random() < 0.6:
                    self.do(f"find_again {who} how=telephone", "found", who, (day + 2 * DAY, None))

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
        no_news = all(any(halt.settled_by(other) for other in known) for halt in there)
        if on == self.today or not allowed or not no_news:
            assert (entry is not None) == (allowed and no_news)
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


Act = Callable[[RandomTrial, Random], None]
ACTS: tuple[Act, ...] = (
    RandomTrial.time_passes,
    RandomTrial.another_is_treated,
    RandomTrial.given_again,
    RandomTrial.all_watched,
    RandomTrial.reported,
    RandomTrial.followed,
    RandomTrial.recovered,
    RandomTrial.from_before,
    RandomTrial.severe,
    RandomTrial.assessed_crs,
    RandomTrial.grade_two_lasts,
    RandomTrial.assessed_gvhd,
    RandomTrial.gvhd_two,
    RandomTrial.worse_after_a_look,
    RandomTrial.died,
    RandomTrial.died_of_something_else,
    RandomTrial.other_treatment,
    RandomTrial.fewer_without,
    RandomTrial.worse_after_transplant,
    RandomTrial.judged_by_a_person,
    RandomTrial.lost_and_found,
    RandomTrial.left,
    RandomTrial.taken_back,
    RandomTrial.corrected,
    RandomTrial.paused,
    RandomTrial.decided,
    RandomTrial.decided,
    RandomTrial.overturned,
)
AMENDING = (RandomTrial.taken_back, RandomTrial.corrected, RandomTrial.overturned)
DECIDING = (RandomTrial.paused, RandomTrial.decided, RandomTrial.overturned, RandomTrial.fewer_without)


def random_trial(
    seed: int, acts: int = 25, without: tuple[Callable[[RandomTrial, Random], None], ...] = ()
) -> RandomTrial:
    """A trial after so many acts drawn with the seed; the same each time."""
    rng, hands = Random(seed), RandomTrial()
    hands.begin(rng)
    for _ in range(acts):
        rng.choice([act for act in ACTS if act not in without])(hands, rng)
    return hands
