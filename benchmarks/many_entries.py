"""A large simulated ledger, written straight to the store: many participants, each with visits, values and events.

    python benchmarks/many_entries.py DIR PARTICIPANTS ENTRIES

The acts are not asked: what is measured with it is reading, folding and showing, not deciding. Everybody in it is
invented, and the first entry says so.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from trialwright.ledger import Actor, NewEntry
from trialwright.ledger.kinds import (
    Adopted,
    AdverseEventReported,
    ChemotherapyGiven,
    Consented,
    Contacted,
    Enrolled,
    FactsRecorded,
    Infused,
    Visited,
)
from trialwright.stats import MOST_PARTICIPANTS
from trialwright.store import Store, create, perform
from trialwright.study import read_study

LI, WANG = Actor("li", "coordinator"), Actor("wang", "investigator")
DAY_0 = date(2024, 1, 8)
ZONE = "+08:00[Asia/Shanghai]"
DRUGS = ({"drug": "daunorubicin", "dose": "60", "unit": "mg/m2", "days": "1-3"},)
NOBODY = {"nk_cells": "not related", "chemotherapy": "related", "premedication": "not related"}
AT_ONCE = 5_000


def write_large(directory: Path, participants: int, entries: int) -> int:
    """Write study.yaml and ledger.db into a directory; gives how many entries there are."""
    text = (files("trialwright") / "studies" / "nct05333705" / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("  target: 15\n", f"  target: {participants}\n", 1)
    if participants > MOST_PARTICIPANTS:  # no exact bound is reckoned beyond
        text = re.sub(r"\n  stopping_rule:\n(?:    .*\n)+", "\n", text, count=1)
    file = read_study(text, "study.yaml")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "study.yaml").write_text(text, encoding="utf-8")
    adopted = Adopted(
        text=text,
        sha256=sha256(text.encode()).hexdigest(),
        version_label=file.study.version,
        simulated=True,
        target=participants,
        time_zones={"XA": "Asia/Shanghai"},
    )
    begun = datetime(2024, 1, 1, 1, tzinfo=UTC)
    store = create(directory / "ledger.db", adopted, study=file.study.id, site="XA", actor=LI, at=begun, seed=1)
    waiting: list[NewEntry] = []
    with store:
        for at, entry in enumerate(_story(participants, entries - 1)):
            waiting.append(entry)
            if len(waiting) == AT_ONCE:
                _keep(store, waiting, at)
        if waiting:
            _keep(store, waiting, entries)
        return store.fold.size


def _keep(store: Store, waiting: list[NewEntry], at: int) -> None:
    instant = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=at / 1000)
    entries = tuple(waiting)
    perform(store, lambda trial: entries, act="many", about=None, actor=LI, site="XA", id=f"n{at}", at=instant)
    waiting.clear()


def _story(participants: int, entries: int) -> Iterator[NewEntry]:
    """Everybody's arrival and treatment, then visits with values, round after round, until there are enough."""
    left = entries
    for who in range(1, participants + 1):
        for entry in _arrival(who):
            yield entry
            left -= 1
    number = 0
    while left > 0:
        for who in range(1, participants + 1):
            for entry in _visit(who, number):
                if left <= 0:
                    return
                yield entry
                left -= 1
        number += 1


def _start(who: int) -> date:
    return DAY_0 + timedelta(days=who % 700)


def _arrival(who: int) -> Iterator[NewEntry]:
    code, day = f"S-{who:03d}", _start(who)
    at = f"{day + timedelta(days=15)}T14:00{ZONE}"
    yield NewEntry(Consented("consent", "1.0", "zh", "participant", "gong"), code, str(day - timedelta(days=9)))
    yield NewEntry(FactsRecorded((), born="1970", sex="female"), code, str(day - timedelta(days=8)))
    yield NewEntry(Enrolled(who, "CR1", "consolidation", True), code, str(day))
    yield NewEntry(ChemotherapyGiven(1, "7+3", str(day + timedelta(days=7)), DRUGS, "180"), code, str(day))
    yield NewEntry(Infused(1, 1, f"L-{who}", 1, None, "100", "1.8e7", "60", ("a", "b")), code, at)


def _visit(who: int, number: int) -> Iterator[NewEntry]:
    code, day = f"S-{who:03d}", str(_start(who) + timedelta(days=16 + number % 600))
    yield NewEntry(Visited("unscheduled", "on site", {"laboratory.alt": "31", "laboratory.anc": "2.4"}, 0), code, day)
    facts = (
        {"concept": "alt", "value": "31", "unit": "U/L", "on": day},
        {"concept": "anc", "value": "2.4", "unit": "10*9/L", "on": day},
    )
    yield NewEntry(FactsRecorded(facts), code, day)
    if number % 40 == 3:
        soc = "Gastrointestinal disorders"
        yield NewEntry(AdverseEventReported("Nausea", 1, serious=False, related=NOBODY, soc=soc), code, day)
    else:
        yield NewEntry(Contacted("visit"), code, day)


if __name__ == "__main__":
    where, people, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    print(write_large(where, people, count), "entries in", where)
