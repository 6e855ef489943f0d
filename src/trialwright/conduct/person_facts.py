"""What a casebook knows of a person, as facts; and what of it may enter the ledger at all.

The ledger keeps the year of birth and the completed years, never the birthday: exact dates of birth belong to the
identity vault. What a judgement needs to know of the birthday within its year is whether it had passed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from trialwright.criteria import Person, read_facts
from trialwright.errors import FormatError
from trialwright.facts import Occurred, PartialDate, completed_years, parse_occurred, parse_partial_date
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import Consented, FactsRecorded
from trialwright.ledger.trial import Casebook

HERE = "with this judgement"
"""The evidence id of a fact recorded in the same act as the judgement, which has no entry id yet."""


def check_facts(where: str, what: Any) -> None:
    """Raises FormatError for facts that nobody could judge later: an unknown key, a date that is none."""
    document = {"facts": list(what.facts)}
    document |= {name: value for name in ("born", "sex") if (value := getattr(what, name)) is not None}
    try:
        read_facts(document)
    except FormatError as fault:
        raise FormatError(f"{where}: {fault.message}") from None


def without_birthday(what: FactsRecorded, on: Occurred) -> FactsRecorded:
    """The facts as they may be kept: the year of birth, with the years completed on that day where they are known."""
    if what.born is None or len(what.born) == 4:
        return what
    fewest, most = completed_years(parse_partial_date(what.born), on.latest)
    years = what.completed_years if what.completed_years is not None else (fewest if fewest == most else None)
    return replace(what, born=what.born[:4], completed_years=years)


def known_person(book: Casebook, on: date, *, new: FactsRecorded | None = None) -> Person:
    """The person as of a day: all facts of the casebook in force and, if given, new ones, each with its evidence id.

    The id is that of the entry and the fact's place in it: `a7f#2`. The ledger's consents are facts too.
    """
    recorded = [(entry.id, _occurred(entry), entry.what) for entry in book.all(FactsRecorded)]
    if new is not None:
        recorded.append((HERE, PartialDate.of(on), new))
    facts: list[dict[str, Any]] = [
        {"signed": "consent", "on": consent.occurred, "id": consent.id}
        for consent in book.all(Consented)
        if consent.occurred
    ]
    for source, _, what in recorded:
        facts += [{**fact, "id": f"{source}#{place}"} for place, fact in enumerate(what.facts, 1)]
    document: dict[str, Any] = {"facts": facts}
    sex = next((what.sex for _, _, what in reversed(recorded) if what.sex), None)
    person = read_facts(document | ({"sex": sex} if sex else {}))
    return replace(person, born=_born(recorded, on))


def _born(recorded: Iterable[tuple[str, Occurred | None, FactsRecorded]], on: date) -> PartialDate | None:
    """A birth date that answers as the true one would: the year, narrowed by what is known of completed years.

    Whoever had their birthday by the day they were asked, has had it later in that year; whoever had not, had not
    before. Then any day on that side stands for the true one.
    """
    known = [(asked, what) for _, asked, what in recorded if what.born]
    if not known:
        return None
    born = parse_partial_date(known[-1][1].born or "")
    for asked, what in known:
        if what.completed_years is None or asked is None or not asked.exact or born.month is not None:
            continue
        passed = what.completed_years >= asked.latest.year - born.year
        if passed and on.year == asked.latest.year and on >= asked.latest:
            return PartialDate(born.year, 1, 1)
        if not passed and on.year == asked.latest.year and on <= asked.latest:
            return PartialDate(born.year, 12, 31)
    return born


def _occurred(entry: Entry[Any]) -> Occurred | None:
    return parse_occurred(entry.occurred) if entry.occurred else None
