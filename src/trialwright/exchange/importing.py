"""A table comes in: every person through the act `record_history`, all in one go or nobody."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from trialwright.conduct import Reason, Refusal, record_history
from trialwright.conduct.outcome import Outcome
from trialwright.errors import FormatError, UsageError
from trialwright.exchange.faults import TableErrors, shown
from trialwright.exchange.table import Table, read_table
from trialwright.exchange.table_map import TableMap, WordRule, read_map
from trialwright.facts.text import decode_text
from trialwright.ledger import Actor, NewEntry, Trial
from trialwright.ledger.kinds import Enrolled
from trialwright.store import Kept, Store, perform
from trialwright.store import trial as read_trial
from trialwright.study import Study


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: how many people, the entries they became, and the columns the map leaves alone."""

    people: int
    kept: Kept
    unused: tuple[str, ...]


def import_csv(
    store: Store,
    study: Study,
    table: Path,
    map_file: Path,
    *,
    actor: Actor,
    site: str,
    id: str | None = None,
    at: datetime | None = None,
) -> Imported | Refusal:
    """A table becomes entries, every one marked historical; all people or none.

    id       names the import; by default it is made of the table and the map, so that importing the same table
             twice is one import: the second answers as the first and writes nothing.
    Raises   TableErrors with every fault of the map and the table; UsageError if the study is not `historical`;
             OSError where a file is not there. Then nothing was written.
    """
    if not study.historical:
        raise UsageError(
            f"the study {study.id} is not `historical: true`: people from a table would take the places of real "
            "participants. Begin a trial with the shipped study `observed`, or one like it."
        )
    raw, map_raw = table.read_bytes(), map_file.read_bytes()
    table_map = read_map(decode_text(map_raw, str(map_file)), str(map_file))
    today = _today(store, site, at)
    check_map(table_map, study, today)
    read = read_table(raw, str(table), table_map, today=today)
    name = id or "import-" + sha256(sha256(raw).digest() + sha256(map_raw).digest()).hexdigest()[:32]

    def decide(trial: Trial) -> Outcome:
        return record_all(study, trial, actor, read)

    asked = {"table": table.name, "people": str(len(read.histories))}
    answer = perform(
        store, decide, act=record_history.name, about=None, actor=actor, site=site, id=name, at=at, asked=asked
    )
    return answer if isinstance(answer, Refusal) else Imported(len(read.histories), answer, read.unused)


def record_all(study: Study, trial: Trial, actor: Actor, table: Table) -> Outcome:
    """The entries of everyone in a table; or a refusal with the reasons against each of them."""
    entries: list[NewEntry] = []
    reasons: list[Reason] = []
    for history in table.histories:
        outcome = record_history(study, trial, actor, None, history, None)
        if isinstance(outcome, Refusal):
            reasons += [reason for reason in outcome.reasons if reason not in reasons]
            continue
        entries += outcome
        numbers = frozenset(entry.what.number for entry in outcome if isinstance(entry.what, Enrolled))
        trial = replace(trial, numbers_used=numbers or trial.numbers_used)  # the next person takes the next number
    return Refusal(record_history.name, None, tuple(reasons)) if reasons else tuple(entries)


def _today(store: Store, site: str, at: datetime | None) -> date:
    """The day it is at the site, by the clock that the entries are recorded by."""
    adopted = read_trial(store)
    now = at if at is not None and adopted.simulated else store.clock()
    zone = adopted.adopted.what.time_zones.get(site, "UTC")
    return now.astimezone(ZoneInfo(zone)).date()


def check_map(table_map: TableMap, study: Study, today: date) -> None:
    """Raise TableErrors where the map uses a disease status or phase that the study does not have, or a day to come."""
    statuses = [status.id for status in study.disease_status]
    faults = list(_unknown(table_map.words.get("disease_status"), "disease_status", statuses))
    if study.phases:
        faults += _unknown(table_map.words.get("phase"), "phase", [phase.id for phase in study.phases])
    if isinstance(day_0 := table_map.day_0, date) and day_0 > today:
        told = f"`day_0` is {day_0} and lies in the future; a table tells the past. Correct it."
        faults.append(FormatError(told, table_map.day_0_place))
    if faults:
        raise TableErrors(tuple(faults))


def _unknown(rule: WordRule | None, what: str, known: list[str]) -> "list[FormatError]":
    if rule is None or (rule.column is not None and rule.values is None):
        return []
    used = [rule.constant] if rule.constant is not None else list((rule.values or {}).values())
    message = f"the study has no {what} {{}}; it has {', '.join(known) or 'none'}."
    return [FormatError(message.format(shown(word)), rule.place) for word in used if word not in known]
