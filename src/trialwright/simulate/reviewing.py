"""The record of a story is looked after: a monitor compares, questions are asked and settled, investigators sign.

Some of it is left undone on purpose: a list of what is open shows something only if there is something in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from trialwright.ledger.entry import Actor
from trialwright.simulate.step import (
    COORDINATOR,
    DATA_MANAGER,
    INVESTIGATOR,
    MONITOR,
    SECOND_INVESTIGATOR,
    Desk,
    Step,
    after,
)

PRINTED: Final[Mapping[Actor, str]] = {INVESTIGATOR: "Wang Jian", SECOND_INVESTIGATOR: "Gong Min"}
"""The names under the signatures; invented, like everybody here."""
COMPARED: Final = ("d1", "d3", "d7", "d14", "d21", "d28")
MONITORED: Final = 6  # of so many participants the monitor compares the first four weeks
DIFFERS, CORRECTED = 3, 2  # the monitor finds a difference in the third, and the second is corrected later
MONITOR_DAYS, SIGNS_DAYS = 45, 60
ASKED: Final = (
    ("S-001", "d28", "laboratory.creatinine", "The report of the laboratory is dated a day later. Which day is it?"),
    ("S-002", "m6", "survival.how", "Seen at the visit, yet the sheet speaks of a call. Which is right?"),
    ("S-005", "d56", "disease.relapse", "Was a blood count looked at before the answer was no?"),
    ("S-006", "d100", "survival.on", "Is the last day known alive that of the visit?"),
)
"""Questions of the data manager: of whom, which visit, which item, what."""
ANSWERS: Final = (
    "The sample is of the visit; the report was printed on the next morning.",
    "Seen at the visit. The call was to make the appointment; the sheet is now clear about it.",
    "Yes: counts of the same morning, without blasts.",
)
"""What the site answers, in the order of the questions; the last has none yet."""


def no_marrow(who: str, visit: str, day: date, desk: Desk) -> Iterator[Step]:
    """The record asks why no marrow was examined; the site says why, and the data manager is content.

    visit  the id of its entry
    """
    key, on = f"visit.form_missing:{who}:{visit}:marrow", day.isoformat()
    said = {
        "query": key,
        "answer": "No marrow was taken: the disease is back, and another puncture would change nothing.",
    }
    yield Step(desk.at(after(day, 3), 10, 15), "answer_query", who, on, COORDINATOR, said)
    closed = {"query": key, "reason": "explained"}
    yield Step(desk.at(after(day, 9), 11, 30), "close_query", who, on, DATA_MANAGER, closed)


def reviewing(steps: list[Step], desk: Desk) -> Iterator[Step]:
    """What is done about the record of a story, beside its steps; not in order."""
    yield from _compared(steps, desk)
    yield from _asked(steps, desk)
    yield from _not_enrolled(steps, desk)
    yield from _casebooks(steps, desk)


def _dated(step: Step) -> Step:
    """The step, occurring on the day on which it is entered."""
    return replace(step, on=step.at.date().isoformat())


def _compared(steps: list[Step], desk: Desk) -> Iterator[Step]:
    """The monitor compares the first four weeks of the first participants with the charts."""
    seen: dict[str, list[Step]] = {}
    for step in steps:
        if step.act == "visit" and step.id and step.words["visit"] in COMPARED:
            seen.setdefault(step.who or "", []).append(step)
    for place, who in enumerate(sorted(seen)[:MONITORED], 1):
        visits = sorted(seen[who], key=lambda step: step.at)
        ids = tuple(id for step in visits for id in (step.id or "", f"{step.id}.2"))
        at = desk.at(after(visits[-1].at.date(), MONITOR_DAYS), 10, 5)
        words: dict[str, Any] = {
            "entries": list(ids),
            "finding": "agrees",
            "source": "ward chart and laboratory reports",
        }
        key = f"compared:{who}"
        if place == DIFFERS:
            words |= {"finding": "differs", "text": "The chart of day 1 says 97 % oxygen where the record says 98 %."}
        yield _dated(Step(at, "verify_source", who, "", MONITOR, words, id=key, shows=ids))
        if place == DIFFERS:
            said = {
                "query": f"{key}.2",
                "answer": "97 % was an hour before the visit, 98 % at it; both are in the chart.",
            }
            yield _dated(Step(at + timedelta(days=6), "answer_query", who, "", COORDINATOR, said))
            closed = {"query": f"{key}.2", "reason": "seen in the chart"}
            yield _dated(Step(at + timedelta(days=40), "close_query", who, "", MONITOR, closed))
        if place == CORRECTED:
            words = {"entry": visits[2].id, "reason_code": "source corrected", "content": {"mode": "home"}}
            words["why"] = "a nurse came to the house; the sheet of the visit was found"
            yield _dated(Step(at + timedelta(days=12), "correct", None, "", COORDINATOR, words))


def _asked(steps: list[Step], desk: Desk) -> Iterator[Step]:
    """Questions of the data manager: answered and closed, answered, open."""
    days = {(step.who, step.words["visit"]): step.at.date() for step in steps if step.act == "visit"}
    for place, (who, visit, item, text) in enumerate(ASKED):
        if (who, visit) not in days:
            continue
        at = desk.at(after(days[who, visit], 20), 14, 25)
        key = f"asked:{who}"
        words = {"visit": visit, "item": item, "text": text}
        yield _dated(Step(at, "raise_query", who, "", DATA_MANAGER, words, id=key))
        if place < len(ANSWERS):
            said = {"query": key, "answer": ANSWERS[place]}
            yield _dated(Step(at + timedelta(days=8), "answer_query", who, "", COORDINATOR, said))
        if place < len(ANSWERS) - 1:
            closed = {"query": key, "reason": "the answer agrees with the sheet"}
            yield _dated(Step(at + timedelta(days=15), "close_query", who, "", DATA_MANAGER, closed))


def _not_enrolled(steps: list[Step], desk: Desk) -> Iterator[Step]:
    """The judgement of those who were not enrolled is signed; the last one still waits."""
    ended = [step for step in steps if step.act == "end_screening"]
    for step in sorted(ended, key=lambda step: step.at)[:-1]:
        at = desk.at(after(step.at.date(), 1), 17, 40)
        ids = (f"screening:{step.who}.2",)
        yield _signs(at, step.who, "eligibility", INVESTIGATOR, ids)


def _casebooks(steps: list[Step], desk: Desk) -> Iterator[Step]:
    """The casebooks of the first who died are signed; one is frozen, one is corrected after its signature."""
    deaths = sorted((step for step in steps if step.act == "record_death"), key=lambda step: step.at)
    whole = [step for step in deaths if _signed_on(step, desk) > _last(steps, step.who)]
    for place, death in enumerate(whole[:4]):
        at = _signed_on(death, desk)
        yield _signs(at, death.who, "casebook", SECOND_INVESTIGATOR, ())
        if place == 0:
            reason = {"reason": "complete and signed"}
            yield _dated(Step(at + timedelta(days=2), "freeze_casebook", death.who, "", DATA_MANAGER, reason))
        seen = [step for step in steps if step.act == "visit" and step.who == death.who and step.id]
        if place == 1 and seen:
            words = {"entry": seen[-1].id, "reason_code": "source corrected", "content": {"mode": "telephone"}}
            words["why"] = "the sheet of the visit was found: it was a call"
            yield _dated(Step(at + timedelta(days=9), "correct", None, "", COORDINATOR, words))


def _signed_on(death: Step, desk: Desk) -> datetime:
    return desk.at(after(death.at.date(), SIGNS_DAYS), 16, 10)


def _last(steps: list[Step], who: str | None) -> datetime:
    """When the last step about somebody is entered."""
    return max(step.at for step in steps if step.who == who)


def _signs(at: datetime, who: str | None, meaning: str, by: Actor, ids: tuple[str, ...]) -> Step:
    words: dict[str, Any] = {"meaning": meaning, "printed_name": PRINTED[by], "authenticated": "password and code"}
    words |= {"entries": list(ids), "nonce": f"page:{who}:{meaning}"}
    return _dated(Step(at, "sign", who, "", by, words, id=f"signed:{who}:{meaning}", shows=ids))
