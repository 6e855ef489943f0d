"""What the criteria are asked about: the person as the casebook knows them, and the moments time is counted from."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from trialwright.conduct.order import certainly_before
from trialwright.criteria import (
    Anchors,
    Judgement,
    Library,
    Person,
    judge,
    judgement_as_json,
    read_facts,
)
from trialwright.facts import Occurred, parse_occurred
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    ChemotherapyGiven,
    Consented,
    Enrolled,
    FactsRecorded,
    Infused,
    Judged,
    Relapsed,
    Transplanted,
)
from trialwright.ledger.trial import Casebook
from trialwright.study import criteria_of, library_of
from trialwright.study.model import Study

HERE = "with this judgement"
"""The evidence id of a fact recorded in the same act as the judgement, which has no entry id yet."""


def judge_person(study: Study, person: Person, on: date, anchors: Anchors | None = None) -> Judgement:
    """The study's criteria asked of one person as of a day. Anchors that have not happened are left out."""
    return judge(criteria_of(study.eligibility), person, anchors or Anchors(), on, study_library(study))


def judge_casebook(
    study: Study,
    book: Casebook,
    on: date,
    anchors: Mapping[str, Occurred],
    *,
    new: FactsRecorded | None = None,
) -> Judgement:
    """The study's criteria asked of a casebook's facts in force and, if given, of new ones."""
    return judge_person(study, read_facts(facts_document(book, new=new)), on, Anchors(dict(anchors)))


def study_library(study: Study) -> Library:
    """The library of concepts that the study names, with the study's own definitions over it."""
    return library_of(study.eligibility)


def facts_document(book: Casebook, *, new: FactsRecorded | None = None) -> dict[str, Any]:
    """All facts of the casebook in force, in the shape of FACTS.json; each with the id of the entry it stands in.

    A signed consent is a fact too: the ledger's own consents are added as such.
    """
    recorded = [(entry.id, entry.what) for entry in book.all(FactsRecorded)]
    if new is not None:
        recorded.append((HERE, new))
    facts: list[dict[str, Any]] = [
        {"signed": "consent", "on": consent.occurred, "id": consent.id}
        for consent in book.all(Consented)
        if consent.occurred
    ]
    for source, what in recorded:
        facts += [{**fact, "id": f"{source}#{place}"} for place, fact in enumerate(what.facts, 1)]
    document: dict[str, Any] = {"facts": facts}
    born = next((what.born for _, what in reversed(recorded) if what.born), None)
    sex = next((what.sex for _, what in reversed(recorded) if what.sex), None)
    return document | ({"born": born} if born else {}) | ({"sex": sex} if sex else {})


def anchors_of(book: Casebook, up_to: Occurred, **now: Occurred) -> dict[str, Occurred]:
    """The moments of the casebook that may have come by then; `now` adds or moves one by name."""
    moments: dict[str, Occurred | None] = {
        "consent": _first(book.all(Consented)),
        "screening": _first(entry for entry in book.all(Judged) if entry.what.episode == book.episode),
        "enrolment": _first(book.all(Enrolled)),
        "relapse": _last(book.all(Relapsed)),
        "transplant": _last(book.all(Transplanted)),
    }
    for entry in book.all(ChemotherapyGiven):
        moments[f"cycle_{entry.what.cycle}"] = _first([entry])
    for infused in book.all(Infused):
        moments[f"infusion_{infused.what.infusion}"] = _first([infused])
    if book.enrolment and book.enrolment.what.remission_on:
        moments["remission"] = parse_occurred(book.enrolment.what.remission_on)
    come = {name: moment for name, moment in moments.items() if moment and not certainly_before(up_to, moment)}
    return come | now


def judged_entry(judgement: Judgement, purpose: str, episode: int) -> Judged:
    """The judgement in the ledger's plain words: ids, statuses, texts, and what they rest on."""
    plain = judgement_as_json(judgement)
    return Judged(
        purpose=purpose,
        eligible=plain["eligible"],
        as_of=plain["on"],
        criteria=tuple(plain["criteria"]),
        value_sets=plain["value_sets"],
        episode=episode,
    )


def _first(entries: Iterable[Entry[Any]]) -> Occurred | None:
    return next((parse_occurred(entry.occurred) for entry in entries if entry.occurred), None)


def _last(entries: Iterable[Entry[Any]]) -> Occurred | None:
    return _first(reversed(tuple(entries)))
