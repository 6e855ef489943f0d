"""Gates of custody: one place and one holder at a time, hand-overs between two people, times that never go back."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from trialwright.cells.custody import Whereabouts, custody_of, whereabouts
from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import different_people, person_key
from trialwright.facts import parse_decimal, parse_occurred
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.kinds import Processed, Sampled
from trialwright.study import Temperatures


def where_is(deed: Deed[Any], code: str | None = None) -> Whereabouts | None:
    """Where the cells of the deed (or of `code`) were just before it."""
    return whereabouts(deed.trial, code or deed.who or "", deed.was_before)


def made(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells exist: they were collected, made into a lot, or divided into this dose."""
    if where_is(deed) is None:
        yield Reason(
            "cells.unknown",
            f"Nothing is recorded under {deed.who}.",
            "Scan the code again. If it exists, first record how it came to be (acts collect, make_lot, divide).",
        )


def still_there(deed: Deed[Any], code: str | None = None) -> Iterable[Reason]:
    """The cells of the deed (or of `code`) are still there: not given, divided or discarded."""
    where = where_is(deed, code)
    if where is not None and where.gone is not None:
        yield Reason(
            "cells.gone",
            f"{code or deed.who} was {where.gone} on {spoken(where.since)}.",
            "Check the code: what was given, divided or discarded is there no more.",
        )


def in_laboratory(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells are not out on the ward."""
    where = where_is(deed)
    if where is not None and where.gone is None and where.issued:
        yield Reason(
            "cells.issued",
            f"{deed.who} was issued: {where.holder} ({where.place}) has had it since {spoken(where.since)}.",
            "Let it come back first (act return_dose).",
        )


AT_HAND = (made, still_there, in_laboratory)
"""The cells can be worked with."""


def after_the_last(deed: Deed[Any], code: str | None = None) -> Iterable[Reason]:
    """Custody goes forward in time: that of the deed's cells, or of `code`."""
    entries = custody_of(deed.trial, code or deed.who or "", deed.was_before)
    for entry in entries[-1:]:
        if entry.occurred and deed.precedes(entry):
            yield Reason(
                "custody.goes_back",
                f"{code or deed.who} was {entry.what.kind.replace('_', ' ')} on {spoken(entry.occurred)}; this would "
                f"be on {deed.dated}, before that.",
                "Check the time; what happened earlier is recorded after the deed (--happened).",
            )


def out_of_storage(deed: Deed[Any], code: str | None = None) -> Iterable[Reason]:
    """What lies in storage is taken out before it is moved or used: the deed's cells, or those of `code`."""
    where = where_is(deed, code)
    if where is not None and where.stored:
        yield Reason(
            "custody.stored",
            f"{code or deed.who} has been in {where.place} since {spoken(where.since)}.",
            "Take it out first (act take_out_of_storage).",
        )


def in_that_storage(deed: Deed[Any]) -> Iterable[Reason]:
    """It is taken out of where it lies."""
    where = where_is(deed)
    if where is not None and not (where.stored and where.place == deed.what.place):
        said = f"is in {where.place}" if where.stored else f"is with {where.holder}, in no storage"
        yield Reason(
            "custody.not_there",
            f"{deed.who} {said}; it was to be taken out of {deed.what.place}.",
            "Check the code and the place.",
        )


def giver_has_it(deed: Deed[Any]) -> Iterable[Reason]:
    """Only who has the cells hands them on."""
    where, giver = where_is(deed), giver_of(deed)
    if where is None or where.holder is None or giver is None or person_key(giver) == person_key(where.holder):
        return
    yield Reason(
        "custody.not_the_holder",
        f"{where.holder} has had {deed.who} since {spoken(where.since)}; {giver} was to hand it over.",
        "Record how it came to this person first (act hand_over).",
    )


def giver_and_taker(deed: Deed[Any]) -> Iterable[Reason]:
    """A hand-over is between two people."""
    people = different_people((giver_of(deed), deed.what.taker))
    if len(people) < 2:
        yield Reason(
            "custody.one_person",
            f"Handed over by {giver_of(deed) or 'nobody'} to {deed.what.taker or 'nobody'}.",
            "Name giver and taker: two different people.",
        )


def giver_of(deed: Deed[Any]) -> str | None:
    """Who gives: as named, else who acts."""
    return getattr(deed.what, "giver", None) or deed.actor.id


def place_known(deed: Deed[Any]) -> Iterable[Reason]:
    """Storage is a place that the study names, where it names any."""
    known = [place.id for place in deed.study.product.storage] if deed.study.product else []
    if known and deed.what.place not in known:
        yield Reason(
            "storage.unknown_place",
            f"{deed.what.place!r} is no storage of the study. It has: {', '.join(known)}.",
            "Choose one of them.",
        )


def temperature_said(deed: Deed[Any]) -> Iterable[Reason]:
    """Where the study limits the temperature on the way, what it was is said: unknown is not well kept.

    From hand to hand in one place there is no way.
    """
    where = where_is(deed)
    if limits_on_the_way(deed) is None or (where is not None and where.place == deed.what.place):
        return
    given = [getattr(deed.what, name, None) for name in ("temperature_c", "lowest_c", "highest_c")]
    if not any(given):
        yield Reason(
            "custody.no_temperature",
            f"The study limits the temperature on the way, and none is given for {deed.who}.",
            "Read the logger and give it (lowest_c and highest_c, or temperature_c).",
        )


def limits_on_the_way(deed: Deed[Any]) -> Temperatures | None:
    """How warm cells may be on the way: a collection as its source travels, everything else as the product."""
    product, collection = deed.study.product, deed.trial.collections.get(deed.who or "")
    if product is None:
        return None
    sources = [source for source in product.sources if collection and source.id == collection.what.source]
    return next((source.transport for source in sources if source.transport), product.transport)


def outside(limits: Temperatures | None, *given: str | None) -> str | None:
    """What was outside the limits, as a sentence says it; None where nothing was."""
    known = [parse_decimal(one) for one in given if one is not None]
    off = [one for one in known if limits is not None and not limits.low_c <= one <= limits.high_c]
    if limits is None or not off:
        return None
    return f"{', '.join(f'{one:f}' for one in off)} °C, outside {limits.low_c:f} to {limits.high_c:f} °C"


def sample_new(deed: Deed[Any]) -> Iterable[Reason]:
    """A sample's name is used once."""
    chapter = deed.trial.chapter(deed.who or "")
    for there in deed.all(Sampled, chapter) if chapter else ():
        if there.what.sample == deed.what.sample:
            yield Reason(
                "sample.exists",
                f"Sample {deed.what.sample} of {deed.who} was taken on {spoken(there.occurred)}.",
                "Give this sample another name.",
            )


def enough_left(deed: Deed[Any]) -> Iterable[Reason]:
    """No more is taken than is there."""
    left, wanted = left_of(deed.trial, deed.who or "", deed.was_before), deed.what.volume_ml
    if left is not None and wanted is not None and parse_decimal(wanted) > left:
        yield Reason(
            "volume.too_much",
            f"{wanted} mL were to be taken of {deed.who}; {left:f} mL are left.",
            "Check the volume; correct an earlier one if it is wrong.",
        )


def volumes_add_up(deed: Deed[Any]) -> Iterable[Reason]:
    """The doses and the rest are what was there: no more, and nothing unaccounted for."""
    left = left_of(deed.trial, deed.who or "", deed.was_before)
    parts = [parse_decimal(volume) for volume in deed.what.volumes_ml]
    rest = parse_decimal(deed.what.rest_ml) if deed.what.rest_ml else Decimal(0)
    if left is None:
        yield Reason(
            "divide.volume_unknown",
            f"The volume of {deed.who} was never recorded.",
            "Correct the entry that made it (volume_ml).",
        )
    elif sum(parts) + rest != left:
        said = " + ".join(deed.what.volumes_ml)
        yield Reason(
            "divide.does_not_add_up",
            f"{said} mL and a rest of {rest:f} mL are {sum(parts) + rest:f} mL; {deed.who} holds {left:f} mL.",
            "Measure again; name what is left over (rest_ml).",
        )


def in_date(deed: Deed[Any]) -> Iterable[Reason]:
    """Reagents are in date and equipment is calibrated on the day; where that is not known, nobody may rely on it."""
    for reagent in deed.what.reagents:
        name = f"{reagent.get('name') or 'A reagent'}, lot {reagent.get('lot') or 'not given'}"
        if not reagent.get("lot") or not reagent.get("expires_on"):
            yield Reason(
                "reagent.not_said",
                f"{name}: {'its expiry' if reagent.get('lot') else 'its lot number'} is not given.",
                "Give name, lot and expires_on of every reagent.",
            )
        elif _over(deed, reagent["expires_on"]):
            yield Reason(
                "reagent.expired",
                f"{name}, expired on {reagent['expires_on']}; the step is of {deed.dated}.",
                "Do not use it. Take one that is in date.",
            )
    for machine in deed.what.equipment:
        name = f"Equipment {machine.get('code') or 'without a code'}"
        if not machine.get("code") or not machine.get("calibrated_until"):
            yield Reason(
                "equipment.not_said",
                f"{name}: {'until when it is calibrated' if machine.get('code') else 'its code'} is not given.",
                "Give code and calibrated_until of all equipment.",
            )
        elif _over(deed, machine["calibrated_until"]):
            yield Reason(
                "equipment.not_calibrated",
                f"{name} was calibrated until {machine['calibrated_until']}; the step is of {deed.dated}.",
                "Do not use it. Have it calibrated, or take another.",
            )


def _over(deed: Deed[Any], until: Any) -> bool:
    """Whether the last good day is certainly past."""
    return parse_occurred(str(until)).latest < deed.when.earliest


def reagent_agrees(deed: Deed[Any]) -> Iterable[Reason]:
    """A reagent's lot has one expiry: two that differ mean that one was misread."""
    known = {
        (str(item.get("name")), str(item.get("lot"))): (str(item.get("expires_on")), entry)
        for chapter in deed.trial.chapters
        for entry in deed.all(Processed, chapter)
        for item in entry.what.reagents
        if deed.was_before(entry)
    }
    for reagent in deed.what.reagents:
        said = known.get((str(reagent.get("name")), str(reagent.get("lot"))))
        if said is not None and reagent.get("expires_on") and said[0] != str(reagent["expires_on"]):
            yield Reason(
                "reagent.disagrees",
                f"{reagent.get('name')}, lot {reagent.get('lot')}: expires on {reagent['expires_on']}; entry "
                f"{said[1].seq} says {said[0]}.",
                "Read the label again; correct the entry that is wrong.",
            )


def step_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The step is one of the study's, where it names any."""
    known = [step.id for step in deed.study.product.steps] if deed.study.product else []
    if known and deed.what.step not in known:
        yield Reason(
            "process.unknown_step",
            f"{deed.what.step!r} is no step of the study. It has: {', '.join(known)}.",
            "Choose one of them.",
        )


def ends_not_before_start(deed: Deed[Any]) -> Iterable[Reason]:
    """What took time begins before it ends."""
    started = deed.what.started_at
    if started is not None and certainly_before(deed.when, parse_occurred(started)):
        yield Reason(
            "process.ends_before_start",
            f"It begins at {spoken(started)} and ends at {deed.dated}.",
            "Check both times.",
        )
