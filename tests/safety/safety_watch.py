"""Books of harm kept by hand beside a random trial: who had a toxicity, who counts, and what pauses the trial.

They rest on what was asked and answered, and on the definition below written out a second time. Nothing of
`trialwright.safety` is used here.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "data" / "reference" / "celltherapy" / "stopping_boundaries_n15.csv"
DESIGN = "Beta(0.6,1.4) p0=0.30 cut>0.80 nmin=3"
WITH_OWN_SCALE = {"Cytokine release syndrome": "crs", "Immune system disorders - Other, specify": "gvhd"}
"""Terms that the definition leaves to a scale; the second is always told here as graft versus host disease."""
SEVERE = ("Sepsis", "Hypotension")
RULE, DEATH, GVHD = "stopping rule", "treatment-death", "gvhd-4"
DAY = timedelta(days=1)

Moment = tuple[date, int | None]  # a day, and the hour where it is known


def bounds() -> tuple[int | None, ...]:
    """The fewest toxicities that pause at 1, 2 … 15, of the published design."""
    rows = csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())
    row = next(row for row in rows if row["design"] == DESIGN)
    return tuple(None if word == "-" else int(word) for word in row["stop_if_events_at_least_n1_to_n15"].split())


BOUNDS = bounds()


@dataclass
class Line:
    """One thing that was told of a person, as it reads now."""

    id: str
    kind: str
    who: str
    when: Moment
    order: int
    recorded: date  # when it was first written down
    said: dict[str, Any]


@dataclass(frozen=True)
class Halt:
    """A pause as the books have it."""

    rule: str
    about: frozenset[str]
    without: int = 0

    def settled_by(self, known: "Halt") -> bool:
        """Whether who knew the other knew all of this, and no fewer without a toxicity."""
        return self.rule == known.rule and self.about <= known.about and self.without >= known.without


@dataclass
class Ruling:
    """A decision: about the trial (nobody named) or about those named, and the pauses it was about."""

    id: str
    on: date
    named: frozenset[str]
    knew: tuple[Halt, ...]


def before(one: Moment, other: Moment) -> bool:
    """Certainly before: by the hour where both have one, else by the day."""
    both = one[1] is not None and other[1] is not None
    return one < other if both else one[0] < other[0]


def place(one: Moment) -> tuple[date, int]:
    return one[0], one[1] or 0


def hours(one: Moment, other: Moment) -> tuple[int, int]:
    """The fewest and most hours from the first to the second."""
    first = [moment[0].toordinal() * 24 + (moment[1] or 0) for moment in (one, other)]
    last = [moment[0].toordinal() * 24 + (24 if moment[1] is None else moment[1]) for moment in (one, other)]
    return max(first[1] - last[0], 0), last[1] - first[0]


def runs(course: list[tuple[Moment, int, Line]]) -> Iterator[tuple[Line, Moment | None]]:
    """Each stretch of grade 2 or more: the line that began it, and when it was next less; None if it was not."""
    began: Line | None = None
    for when, grade, line in course:
        if grade >= 2 and began is None:
            began = line
        elif grade < 2 and began is not None:
            yield began, when
            began = None
    if began is not None:
        yield began, None


class Watch:
    """What was told, line by line, and what follows from it."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.chapters: defaultdict[str, dict[str, Line]] = defaultdict(dict)  # of each person, of the trial under ""
        self.rulings: list[Ruling] = []
        self.order = 0
        self.today = date.min
        self.known_on: date | None = None  # only what was written down by that day counts

    # --- what was told ---

    def tell(self, id: str, kind: str, who: str, when: Moment, **said: Any) -> None:
        self.order += 1
        self.lines[id] = self.chapters[who][id] = Line(id, kind, who, when, self.order, self.today, said)

    def decide(self, id: str, on: date, named: frozenset[str] = frozenset()) -> None:
        """A decision of a day, which knew what had been written down by then."""
        self.rulings.append(Ruling(id, on, named, self.known_by(on)))

    def known_by(self, day: date) -> tuple[Halt, ...]:
        """What pauses the trial on a day, of what was written down by then; pauses by hand count by their dates."""
        self.known_on = day
        found = tuple(self.halts(day, stood=day))
        self.known_on = None
        return found

    def take_back(self, id: str) -> None:
        if line := self.lines.pop(id, None):
            del self.chapters[line.who][id]
        self.rulings = [ruling for ruling in self.rulings if ruling.id != id]

    def of(self, who: str, *kinds: str) -> list[Line]:
        """In the order in which they were told."""
        found = [line for line in self.chapters[who].values() if line.kind in kinds]
        return found if self.known_on is None else [line for line in found if line.recorded <= self.known_on]

    def dated(self, who: str, *kinds: str) -> list[Line]:
        """In the order in which they happened."""
        return sorted(self.of(who, *kinds), key=lambda line: (*place(line.when), line.order))

    @property
    def people(self) -> list[str]:
        return sorted(who for who in self.chapters if who)

    # --- events ---

    def story(self, event: Line) -> list[Line]:
        """The event and what followed, the follow-ups by date."""
        return [event, *(line for line in self.dated(event.who, "followed") if line.said["event"] == event.id)]

    def latest(self, event: Line, name: str) -> Any:
        said = [line.said[name] for line in self.story(event) if line.said.get(name) is not None]
        return said[-1] if said else None

    def cause(self, event: Line, name: str) -> str:
        said = [line.said["related"][name] for line in self.story(event) if name in line.said.get("related", {})]
        return said[-1] if said else "unknown"

    def grades(self, event: Line) -> list[tuple[Moment, int, Line]]:
        return [(line.when, line.said["grade"], line) for line in self.story(event) if line.said.get("grade")]

    def fatal_since(self, event: Line) -> Moment | None:
        said = [line for line in self.story(event) if line.said.get("grade") == 5 or line.said.get("death")]
        return said[0].when if said else None

    def course(self, event: Line) -> list[tuple[Moment, int, Line]]:
        """Its grades, and grade 5 where it was fatal without anybody saying so."""
        grades, fatal = self.grades(event), self.fatal_since(event)
        if fatal is None or any(grade == 5 for _, grade, _ in grades):
            return grades
        died = self.of(event.who, "died")
        return [*grades, (died[-1].when if died else fatal, 5, self.story(event)[-1])]

    def baseline(self, event: Line, start: Moment) -> int:
        """The grade with which it stood when the cells came."""
        earlier = [grade for when, grade, _ in self.grades(event) if before(when, start)]
        over = self.latest(event, "resolved")
        if over is not None and before(over, start):
            again = [when for when, _, _ in self.grades(event) if before(over, when)]
            if all(before(start, when) for when in again):
                return 0
        return earlier[-1] if earlier else 0

    def not_assessed(self, event: Line, since: Moment) -> bool:
        scale = WITH_OWN_SCALE[event.said["term"]]
        its = [line for line in self.of(event.who, scale) if line.said["event"] == event.id]
        return all(before(line.when, since) for line in its)

    # --- the window ---

    def window(self, who: str) -> tuple[Moment, date, date] | None:
        """Its start, its end, and the last day on which something counts."""
        given = self.dated(who, "infused")
        if not given:
            return None
        end = given[0].when[0] + 28 * DAY
        cycles = [line for line in self.of(who, "chemotherapy") if line.said["cycle"] == given[0].said["cycle"]]
        if cycles:
            end = max(end, cycles[-1].when[0] + 36 * DAY)
        start = given[0].when
        grafts = [line.when[0] for line in self.of(who, "transplant") if not before(line.when, start)]
        return start, end, min([end, *grafts])

    def collected_until(self, who: str) -> date | None:
        given = [line.when for line in self.of(who, "infused")]
        ends = [max(day for day, _ in given) + 30 * DAY] if given else []
        for line in self.of(who, "therapy", "transplant"):
            if not any(before(line.when, when) for when in given):
                ends.append(line.when[0])
        return min(ends) if ends else None

    # --- toxicities ---

    def found(self, who: str, on: date) -> list[bool]:
        """For each toxicity up to the day after: whether it counts (True) or is open (False)."""
        window = self.window(who)
        assert window is not None
        start, _, last = window

        def holds(when: Moment) -> bool:
            return not before(when, start) and when[0] <= last

        every = [
            *self.of_scales(who, holds, on),
            *self.of_death(who, holds),
            *(found for event in self.of(who, "event") for found in self.of_event(event, start, holds, on)),
        ]
        return [counts for when, counts in every if when[0] <= on + DAY]

    def of_event(
        self, event: Line, start: Moment, holds: Callable[[Moment], bool], on: date
    ) -> Iterator[tuple[Moment, bool]]:
        term, base = event.said["term"], self.baseline(event, start)
        inside = [(when, grade, line) for when, grade, line in self.course(event) if grade > base and holds(when)]
        if self.latest(event, "dose_limiting") == "yes":
            yield from [(when, True) for when, _, _ in self.course(event) if holds(when)][:1]
        cells, leukaemia = self.cause(event, "nk_cells"), self.cause(event, "leukaemia")
        if term in SEVERE and cells != "not related":
            yield from [(when, True) for when, grade, _ in inside if grade >= 4][:1]
        if cells != "not related":
            yield from [(when, True) for when, grade, _ in inside if grade == 5][:1]
        if term in WITH_OWN_SCALE:
            told = [(when, grade) for when, grade, line in inside if self.not_assessed(event, when)]
            yield from [(when, True) for when, grade in told if grade >= 3][:1]
            if WITH_OWN_SCALE[term] == "crs" and base < 2:
                course = [one for one in self.course(event) if self.not_assessed(event, one[0])]
                for began, end in runs(course):
                    when = next(when for when, _, line in course if line is began)
                    yield from self.too_long(when, end or self.ended_since(event, began), holds, on)
            if WITH_OWN_SCALE[term] == "gvhd":
                own = {when for when, _, _ in self.grades(event)}
                yield from [(when, False) for when, grade in told if grade >= 2 > base and when in own][:1]
        elif not (cells == "not related" and leukaemia == "related"):
            for when, grade, line in inside:
                verdict = self.lasts(event, when, grade, line, on) if grade >= 3 else None
                if verdict is not None:
                    yield when, verdict

    def lasts(self, event: Line, when: Moment, grade: int, line: Line, on: date) -> bool | None:
        """Whether it was not back to grade 2 within 168 hours: True, False while open, None if it was."""
        ends: list[Moment] = []
        story, own = self.story(event), [(one[0], one[2].id) for one in self.grades(event)]
        if (when, line.id) in own and line.said.get("grade") == grade:
            after = story[story.index(line) + 1 :]
            ends = [one.when for one in after if one.said.get("grade") and one.said["grade"] <= 2]
            ends += [end for end in [self.ended_since(event, line)] if end is not None]
        if ends:
            return None if hours(when, min(ends, key=lambda end: end[0]))[1] <= 168 else True
        return not (hours(when, (on, None))[0] < 168 and grade < 5)

    def of_scales(self, who: str, holds: Callable[[Moment], bool], on: date) -> Iterator[tuple[Moment, bool]]:
        for line in self.of(who, "crs"):
            if holds(line.when) and line.said["highest"] >= 3:
                yield line.when, True
        for start, end in runs([(line.when, line.said["highest"], line) for line in self.dated(who, "crs")]):
            ends = [one for one in (end, self.said_over(start)) if one is not None]
            yield from self.too_long(start.when, min(ends, key=lambda one: one[0]) if ends else None, holds, on)
        for line in self.of(who, "gvhd"):
            if holds(line.when) and line.said["highest"] >= 3:
                yield line.when, True
            elif holds(line.when) and line.said["highest"] == 2 and (said := self.refractory(line)) != "no":
                yield line.when, said == "yes"

    def too_long(
        self, start: Moment, end: Moment | None, holds: Callable[[Moment], bool], on: date
    ) -> Iterator[tuple[Moment, bool]]:
        """Grade 2 for more than 72 hours counts, also where it only may have been so long."""
        fewest, most = hours(start, end or (on, None))
        if holds(start) and end is None and fewest <= 72:
            yield start, False
        elif holds(start) and most > 72:
            yield start, True

    def said_over(self, line: Line) -> Moment | None:
        """When the event that was assessed ended, unless it was found of grade 2 again."""
        event = self.lines.get(line.said["event"] or "")
        over = self.latest(event, "resolved") if event and self.fatal_since(event) is None else None
        high = [one.when for one in self.of(line.who, "crs") if one.said["highest"] >= 2]
        return None if over is None or any(before(over, when) for when in high) else over

    def ended_since(self, event: Line, line: Line) -> Moment | None:
        story = self.story(event)
        over = [one.said["resolved"] for one in story[story.index(line) :] if one.said.get("resolved")]
        ends = over and not before(over[-1], line.when) and self.fatal_since(event) is None
        return over[-1] if ends else None

    def refractory(self, line: Line) -> str:
        """As said with it, else at the next look at the same event or at none in particular."""
        event = line.said["event"]
        looks = [one for one in self.dated(line.who, "gvhd") if not before(one.when, line.when)]
        looks = [one for one in looks if one.said["event"] is None or one.said["event"] == event]
        return next((w for one in (line, *looks) if (w := one.said["refractory"]) != "unknown"), "unknown")

    def of_death(self, who: str, holds: Callable[[Moment], bool]) -> Iterator[tuple[Moment, bool]]:
        explained = any(self.fatal_since(event) for event in self.of(who, "event"))
        for line in self.of(who, "died")[-1:]:
            cause = line.said["cause"]
            if holds(line.when) and (cause == "treatment" or (cause != "leukaemia" and not explained)):
                yield line.when, True

    # --- who counts ---

    def answer(self, who: str, on: date) -> str:
        window = self.window(who)
        if window is None:
            return "not evaluable" if self.of(who, "died", "withdrew") else "not yet evaluable"
        start, end, _ = window
        found = self.found(who, on)
        if True in found:
            return "yes"
        if any(line.when[0] <= end for line in self.left(who, start)):
            return "not evaluable"
        seen = [day for day in self.seen_alive(who) if day <= on]
        watched = on > end and max(seen) >= end - 7 * DAY
        return "no" if watched and not found else "not yet evaluable"

    def left(self, who: str, start: Moment) -> list[Line]:
        """What ends the watching: not a withdrawal from treatment alone, nor a loss after which somebody came back.

        Other therapy or a transplant before the cells ended nothing: study treatment went on.
        """
        gone = [line for line in self.of(who, "withdrew") if line.said["extent"] != "treatment"]
        lost, back = self.of(who, "lost"), self.of(who, "found")
        if lost and not (back and back[-1].order > lost[-1].order):
            gone += lost
        other = [line for line in self.of(who, "transplant", "therapy") if not before(line.when, start)]
        return [*self.of(who, "died"), *other, *gone]

    def seen_alive(self, who: str) -> Iterator[date]:
        told = ("consented", "enrolled", "chemotherapy", "infused", "contact", "therapy", "transplant")
        for line in self.of(who, *told, "crs", "gvhd", "withdrew", "found"):
            yield line.when[0]
            if "ended" in line.said:
                yield line.said["ended"]

    def answers(self, on: date) -> dict[str, str]:
        return {who: self.answer(who, on) for who in self.people if self.of(who, "enrolled", "infused")}

    # --- pauses ---

    def crossed(self, on: date, answers: dict[str, str] | None = None) -> tuple[int, int, bool]:
        """How many toxic of how many evaluable, and whether that is too many."""
        said = list((self.answers(on) if answers is None else answers).values())
        toxic, n = said.count("yes"), said.count("yes") + said.count("no")
        bound = BOUNDS[max(n, 3) - 1]
        return toxic, n, bound is not None and toxic >= bound

    def every_halt(self, on: date, stood: date = date.max) -> Iterator[Halt]:
        for line in self.of("", "paused"):
            if line.when[0] > stood:
                continue
            yield Halt(line.said["rule"], frozenset({f"by hand:{line.id}"}))
        answers = self.answers(on)
        toxic, n, crossed = self.crossed(on, answers)
        if crossed:
            names = frozenset(who for who, answer in answers.items() if answer == "yes")
            yield Halt(RULE, names, n - toxic)
        treated = [who for who in self.people if self.of(who, "chemotherapy", "infused")]
        if died := frozenset(f"death:{who}" for who in treated if self.died_of_it(who)):
            yield Halt(DEATH, died)
        if ill := frozenset(f"gvhd:{who}" for who in treated if self.gvhd_four(who)):
            yield Halt(GVHD, ill)

    def died_of_it(self, who: str) -> bool:
        fatal = [event for event in self.of(who, "event") if self.fatal_since(event)]
        if any(self.cause(event, "nk_cells") != "not related" for event in fatal):
            return True
        died = self.of(who, "died")
        if not died or died[-1].said["cause"] == "treatment":
            return bool(died)
        until = self.collected_until(who)
        late = until is not None and died[-1].when[0] > until
        return not fatal and died[-1].said["cause"] != "leukaemia" and not late

    def gvhd_four(self, who: str) -> bool:
        if any(line.said["highest"] >= 4 for line in self.of(who, "gvhd")):
            return True
        events = [e for e in self.of(who, "event") if WITH_OWN_SCALE.get(e.said["term"]) == "gvhd"]
        return any(g >= 4 and self.not_assessed(e, when) for e in events for when, g, _ in self.grades(e))

    def halts(self, on: date, who: str | None = None, stood: date = date.max) -> Iterator[Halt]:
        """Those that no decision has ended; for one person, those that none exempts them from either.

        stood  the day up to which pauses by hand and decisions count: that of the act asked
        """
        rulings = [ruling for ruling in self.rulings if ruling.on <= stood]
        for halt in self.every_halt(on, stood):
            heard = [ruling for ruling in rulings if not ruling.named or (who is not None and who in ruling.named)]
            if not any(halt.settled_by(one) for ruling in heard for one in ruling.knew):
                yield halt
