"""The last hour before one invented person's infusion, and the infusion itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from trialwright.simulate.cells import issued, scans
from trialwright.simulate.chain import CAME_BACK, INTERRUPTED, MISREAD, OLD_LABEL, SWAPPED, Chain
from trialwright.simulate.fate import Fate
from trialwright.simulate.harm import REACTION
from trialwright.simulate.step import NURSE, QUALITY, SECOND_INVESTIGATOR, Desk, Step

ALONE = 7
"""This participant's infusion is first asked for by one person."""
MINUTES = 35


def bedside(chain: Chain, fate: Fate, who: str, desk: Desk, start: datetime) -> Iterator[Step]:
    """Issue, perhaps return and issue again, and the two scans of every bag; some are refused first."""
    if chain.number == MISREAD:
        at, bag = desk.at(chain.day, 13, 5), chain.given.bags[0][0]
        words = {"place": "refrigerator"}
        yield Step(at, "take_out_of_storage", _misread(bag), desk.moment(at), QUALITY, words)
    if chain.number == CAME_BACK:
        yield from issued(chain, fate, who, desk, 10)
        at, bag = desk.at(chain.day, 11, 0), chain.given.bags[0][0]
        words = {"taker": QUALITY.id, "place": "cell laboratory", "reason": "the participant was at the X-ray"}
        words |= {"lowest_c": "4", "highest_c": "9"}
        yield Step(at, "return_dose", bag, desk.moment(at), NURSE, words)
    yield from issued(chain, fate, who, desk, 13, by_hand=chain.number != CAME_BACK)
    valid = 2 if chain.cord else 1
    for place, (bag, _) in enumerate(chain.given.bags):
        at = start - timedelta(minutes=12 - 3 * place)
        if chain.number == SWAPPED:
            yield _check(at - timedelta(minutes=2), who, _exchanged(scans(who, bag)), desk)
        if chain.number == OLD_LABEL:
            yield _check(at - timedelta(minutes=2), who, scans(who, bag, label=1), desk)
        yield _check(at, who, scans(who, bag, label=valid), desk)


def _check(at: datetime, who: str, words: dict[str, str], desk: Desk) -> Step:
    return Step(at, "check_at_bedside", who, desk.moment(at), NURSE, words, second=SECOND_INVESTIGATOR)


def _exchanged(words: dict[str, str]) -> dict[str, str]:
    return {"wristband": words["dose_label"], "dose_label": words["wristband"]}


def _misread(code: str) -> str:
    """The code with two neighbours exchanged, as somebody types it in a hurry."""
    return code[:-3] + code[-2] + code[-3] + code[-1]


def infusion(chain: Chain, fate: Fate, who: str, desk: Desk, start: datetime) -> Iterator[Step]:
    """The start, perhaps an interruption or a second bag, and the end with what was given."""
    bags = [bag for bag, _ in chain.given.bags]
    words: dict[str, Any] = {"cycle": 1, "doses": bags, "weight_kg": fate.laboratory["weight"][0]}
    if chain.number == ALONE:
        early = start - timedelta(minutes=2)
        yield Step(early, "infuse", who, desk.moment(early), NURSE, words)
    key = f"infusion:{who}"
    yield Step(start, "infuse", who, desk.moment(start), SECOND_INVESTIGATOR, words, second=NURSE, id=key)
    if chain.number == INTERRUPTED:
        at = start + timedelta(minutes=10)
        yield Step(at, "interrupt_infusion", who, desk.moment(at), NURSE, {"reason": "rash on the arm"})
        at = start + timedelta(minutes=25)
        yield Step(at, "resume_infusion", who, desk.moment(at), SECOND_INVESTIGATOR, {})
    for bag in bags[1:]:
        at = start + timedelta(minutes=18)
        yield Step(at, "resume_infusion", who, desk.moment(at), NURSE, {"dose_code": bag})
    at = start + timedelta(minutes=MINUTES + (15 if chain.number == INTERRUPTED else 0))
    yield Step(at, "end_infusion", who, desk.moment(at), NURSE, _ending(chain, fate), second=SECOND_INVESTIGATOR)


def reacts(chain: Chain, fate: Fate) -> bool:
    """Whether the infusion is not borne without a reaction."""
    return chain.number == INTERRUPTED or any(harm.term == REACTION for harm in fate.harms)


def _ending(chain: Chain, fate: Fate) -> dict[str, Any]:
    """All of it given; of an interrupted infusion a little is left in the bag."""
    held = sum(ml for _, ml in chain.given.bags)
    if chain.number != INTERRUPTED:
        words = {"how": "complete", "volume_ml": str(held), "reaction": "yes" if reacts(chain, fate) else "no"}
        return words | ({"reaction_text": "flush and chills"} if reacts(chain, fate) else {})
    return {
        "how": "stopped",
        "volume_ml": str(held - 12),
        "discarded_ml": "12",
        "reason": "the rash came back; nearly all was given",
        "reaction": "yes",
        "reaction_text": "rash of the arm that came back when the infusion went on; gone within two hours",
    }
