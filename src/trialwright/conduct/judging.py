"""What the criteria are asked about: the person as the casebook knows them, and the moments time is counted from."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from trialwright.conduct.person_facts import known_person
from trialwright.criteria import (
    Anchors,
    Fact,
    Judgement,
    Library,
    Observation,
    Person,
    judge,
    judgement_as_json,
)
from trialwright.facts import Occurred, Quantity, completed_years, parse_occurred, parse_partial_date
from trialwright.facts.order import certainly_before
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
from trialwright.safety.laboratory.out_of_range import range_of
from trialwright.safety.laboratory.values import site_of
from trialwright.study import criteria_of, library_of
from trialwright.study.model import Study
from trialwright.study.ranges import range_for


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
    """The study's criteria asked of a casebook's facts in force and, if given, of new ones.

    A value that carries no reference range of its own is read by the site's, where that is the same for all the
    person could be.
    """
    person = _with_ranges(study, book, known_person(book, on, new=new), on)
    return judge_person(study, person, on, Anchors(dict(anchors)))


def _with_ranges(study: Study, book: Casebook, person: Person, on: date) -> Person:
    site = site_of(study, book)
    if site is None or not site.ranges:
        return person
    years = completed_years(person.born, on) if person.born else (0, 1)
    age = years[0] if years[0] == years[1] else None

    def read(fact: Fact) -> Fact:
        if not isinstance(fact, Observation) or not isinstance(fact.value, Quantity):
            return fact
        limits = range_of(fact.value, range_for(site, fact.concept, person.sex, age))
        return fact if limits == fact.value.range else replace(fact, value=replace(fact.value, range=limits))

    return replace(person, facts=tuple(map(read, person.facts)))


def study_library(study: Study) -> Library:
    """The library of concepts that the study names, with the study's own definitions over it."""
    return library_of(study.eligibility)


def anchors_of(book: Casebook, up_to: Occurred, **now: Occurred) -> dict[str, Occurred]:
    """The moments of the casebook that may have come by then; `now` adds or moves one by name."""
    moments: dict[str, Occurred | None] = {
        "consent": _first(book.all(Consented)),
        "screening": _first(entry for entry in book.all(Judged) if entry.what.episode == book.episode),
        "enrolment": _first(book.all(Enrolled)),
        "relapse": _last(book.all(Relapsed)),
        "transplant": _last(book.all(Transplanted)),
    }
    cycles, infusions = book.all(ChemotherapyGiven), book.all(Infused)
    moments["first_dose"] = _first((*cycles, *infusions))
    moments["infusion"] = _last(infusions)
    moments["last_dose"] = moments["infusion"] or _last(cycles)
    moments["last_chemo"] = parse_partial_date(cycles[-1].what.ended_on) if cycles else None
    moments |= {f"cycle_{entry.what.cycle}": _first([entry]) for entry in cycles}
    moments |= {f"infusion_{entry.what.infusion}": _first([entry]) for entry in infusions}
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
