"""Gates of corrections about cells: the chain of identity is not rewritten, and volumes still add up."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import doses_of, lots_of_donor, parts_of
from trialwright.cells.volumes import left_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.amending import entry_named
from trialwright.conduct.gates.release import hands_of, result_said
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import different_people, person_key
from trialwright.facts import parse_decimal, parse_occurred
from trialwright.facts.order import minutes_between, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    AlertAnswered,
    BedsideChecked,
    Collected,
    Discarded,
    Divided,
    DonorAssigned,
    DonorConsented,
    DonorJudged,
    DonorRegistered,
    DonorWithdrew,
    DoseMade,
    Infused,
    InfusionEnded,
    Issued,
    LotAssigned,
    LotMade,
    Processed,
    Recalled,
    Rejected,
    Released,
    ReleaseTested,
    Sampled,
    What,
)
from trialwright.ledger.trial import Trial

KEPT: Final[Mapping[type[What], tuple[tuple[str, ...], str]]] = {
    Collected: (("donor", "source"), "Take it back (act retract) while nothing is made of it, and collect anew."),
    LotMade: (("recipient", "collection"), "Give the lot to another recipient (act reassign_lot)."),
    LotAssigned: (("recipient", "previous", "judged"), "Reassign the lot (act reassign_lot)."),
    ReleaseTested: (("test",), "Take the result back (act retract), and record it under its own test."),
    Released: (("how", "judged", "pending"), "Release it anew, with the gates of a release (act release)."),
    Issued: (("recipient", "giver", "taker", "judged"), "Let the dose come back, and issue it anew."),
    DonorAssigned: (("donor", "recipient"), "Assign the donor anew (act assign_donor), with the reason."),
    AlertAnswered: (("holds_on",), "Answer the alert anew (act answer_alert)."),
    DonorWithdrew: (("after_conditioning",), "It follows from the dates."),
    DoseMade: (("lot", "number", "parent", "volume_ml"), "A dose stays what it was; discard it and divide anew."),
    Divided: (("doses", "rest_ml"), "The doses of a division stay; discard what is wrong."),
    Infused: (
        ("lot", "dose", "doses", "verified_by"),
        "Take it back (act retract), and tell what was given (act infuse --happened).",
    ),
}
"""What a correction never changes, and what to do instead: who gets which cells is decided by acts with their gates."""

BY_TWO: Final = (
    DonorConsented,
    DonorWithdrew,
    DonorJudged,
    DonorAssigned,
    Collected,
    Processed,
    LotMade,
    ReleaseTested,
    Released,
    Rejected,
    LotAssigned,
    Recalled,
    DoseMade,
    Divided,
    Issued,
)
"""What decides whether cells may be given, or to whom: amended by two people."""
BY_QUALITY: Final = (ReleaseTested, Released, Rejected, Recalled)
"""What only quality assurance amends: somebody who had no hand in the lot."""


def amended_by_two(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody alone rewrites what decides whether cells are given; of tests and releases quality assurance does it."""
    target = entry_named(deed)
    if not isinstance(target.what, BY_TWO):
        return
    named = target.what.kind.replace("_", " ")
    if len(different_people((deed.actor.id, deed.second.id if deed.second else None))) < 2:
        yield Reason(
            "amend.one_person",
            f"Entry {target.seq} ({named}) decides whether cells are given; {deed.actor.id} was to amend it alone.",
            "Let a second person look, and amend it with you (--with CODE).",
        )
    lot = deed.lot(target.about or "") if isinstance(target.what, BY_QUALITY) else None
    hand = hands_of(deed, lot).get(person_key(deed.actor.id)) if lot else None
    if hand is not None:
        yield Reason(
            "amend.own_work",
            f"{deed.actor.id} {hand}; entry {target.seq} ({named}) is amended by quality assurance, another person.",
            "Let somebody amend it who had no hand in the lot.",
        )


def descent_kept(deed: Deed[Any]) -> Iterable[Reason]:
    """A correction changes no recipient and no descent: that would go around the gates."""
    target = entry_named(deed)
    names, instead = KEPT.get(type(target.what), ((), ""))
    for name, value in deed.what.content.items():
        field = name.replace("-", "_")
        if field in names and _plain(value) != _plain(getattr(target.what, field)):
            yield Reason(
                "correct.descent",
                f"Entry {target.seq} ({target.what.kind.replace('_', ' ')}): {field} is never corrected.",
                instead,
            )


def _plain(value: Any) -> str:
    """A value to compare, whether it was typed as a list or is kept as one."""
    return str(list(value) if isinstance(value, (list, tuple)) else value)


def result_still_readable(deed: Deed[Any]) -> Iterable[Reason]:
    """A corrected result says what its test can say, as a first one does."""
    what = entry_named(deed).what
    if isinstance(what, ReleaseTested):
        said = asdict(what) | {name.replace("-", "_"): value for name, value in deed.what.content.items()}
        unit = said["unit"]
        yield from result_said(deed, str(said["test"]), str(said["value"]), None if unit is None else str(unit))


def volumes_fit(deed: Deed[Any]) -> Iterable[Reason]:
    """After the correction there is still no more in the parts than in the whole."""
    target = entry_named(deed)
    changes = {name.replace("-", "_"): value for name, value in deed.what.content.items()}
    for code, more in _changes(deed.trial, target, changes):
        left, where = left_of(deed.trial, code), whereabouts(deed.trial, code)
        if left is not None and more and where is not None and where.gone == "divided" and left + more != 0:
            yield Reason(
                "correct.divided",
                f"{code} was divided, and all of it has its place; its volumes would then be "
                f"{abs(left + more):f} mL off.",
                "Discard what is wrong and divide anew.",
            )
        elif left is not None and left + more < 0:
            yield Reason(
                "correct.volume",
                f"By what is recorded, {-(left + more):f} mL more would then have been taken of {code} than it held.",
                "Check the volume; correct the other volumes of these cells first.",
            )


def ending_adds_up(deed: Deed[Any]) -> Iterable[Reason]:
    """After the correction, what was given and what was discarded is still what the bags held."""
    target = entry_named(deed)
    content = {name.replace("-", "_"): value for name, value in deed.what.content.items()}
    book = deed.trial.casebooks.get(target.about or "")
    if not isinstance(target.what, InfusionEnded) or book is None or not content.keys() & {"volume_ml", "discarded_ml"}:
        return
    given = next((one for one in book.infusions if one.what.infusion == target.what.infusion), None)
    volumes = [left_of(deed.trial, code) for code in given.what.doses] if given else []
    if not volumes or any(volume is None for volume in volumes):
        return
    held = sum((volume for volume in volumes if volume is not None), Decimal(0))
    said = _volume(content.get("volume_ml", target.what.volume_ml))
    rest = _volume(content.get("discarded_ml", target.what.discarded_ml))
    if said + rest != held:
        yield Reason(
            "correct.volume_open",
            f"{said:f} mL given and {rest:f} mL discarded are {said + rest:f} mL; the bags held {held:f} mL.",
            "Correct both volumes together.",
        )


def expiry_still_possible(deed: Deed[Any]) -> Iterable[Reason]:
    """A corrected expiry is held to the study's hours as a first one is, and moves no further once cells are out."""
    target = entry_named(deed)
    hours = deed.study.product.expiry_hours if deed.study.product else None
    if not isinstance(target.what, LotMade) or target.occurred is None or hours is None:
        return
    value = deed.what.content.get("expires_at", deed.what.content.get("expires-at"))
    if value is None and deed.what.occurred is None:
        return
    value = target.what.expires_at if value is None else value
    made, expires = parse_occurred(deed.what.occurred or target.occurred), parse_occurred(str(value))
    minutes = minutes_between(made, expires)
    if minutes is None or minutes < 0 or minutes > hours * 60:
        yield Reason(
            "correct.expiry",
            f"Lot {target.about} was made at {spoken(target.occurred)}; {spoken(str(value))} is not within the study's "
            f"{hours} hours.",
            "Give the true expiry, with its hour.",
        )


def _changes(trial: Trial, target: Entry[Any], content: Mapping[str, Any]) -> Iterable[tuple[str, Decimal]]:
    """Of which cells how much more is left after the correction; negative where there is less."""
    what, about = target.what, target.about or ""

    def grows(field: str) -> Decimal:
        if field not in content:
            return Decimal(0)
        old = getattr(what, field)
        return _volume(content[field]) - (_volume(old) if old is not None else Decimal(0))

    match what:
        case Collected():
            yield about, grows("volume_ml")
        case LotMade():
            yield about, grows("volume_ml")
            yield what.collection, -grows("taken_ml")
        case DoseMade():
            yield about, grows("volume_ml")
            yield what.parent or what.lot, -grows("volume_ml")
        case Sampled() | Discarded():
            yield about, -grows("volume_ml")
        case Divided():
            yield about, -grows("rest_ml")


def _volume(value: Any) -> Decimal:
    return parse_decimal(str(value)) if value not in (None, "") else Decimal(0)


def nothing_made_of_it(deed: Deed[Any]) -> Iterable[Reason]:
    """What other cells came of is not taken back: they would come of nothing."""
    target = entry_named(deed)
    made = _made_of(deed.trial, target)
    if made:
        yield Reason(
            "retract.used",
            f"{', '.join(made)} came of entry {target.seq} ({target.what.kind.replace('_', ' ')}).",
            "Correct what is wrong in it; or take back what came of it first.",
        )


def _made_of(trial: Trial, target: Entry[Any]) -> list[str]:
    about = target.about or ""
    match target.what:
        case DonorRegistered():
            return [code for code, one in trial.collections.items() if one.what.donor == about] or [
                lot.code for lot in lots_of_donor(trial, about)
            ]
        case Collected():
            return [lot.code for lot in trial.lots.values() if lot.made and lot.made.what.collection == about]
        case DonorConsented():
            return [code for code, one in trial.collections.items() if one.what.donor == about]
        case Processed() if about in trial.collections:
            return [lot.code for lot in trial.lots.values() if lot.made and lot.made.what.collection == about]
        case Released() | LotAssigned():
            lot = trial.lots.get(about)
            doses = doses_of(trial, lot) if lot else ()
            out = [dose.about or "" for dose in doses if _went_out(trial, dose.about or "")]
            return out or [f"an infusion of {given.about}" for given in (lot.given if lot else ())]
        case Issued():
            checks = (check for book in trial.casebooks.values() for check in book.all(BedsideChecked))
            return [f"a check at the bedside of {check.about}" for check in checks if check.what.dose == about]
        case LotMade() | Divided():
            return [part.about or "" for part in parts_of(trial, about)]
        case DoseMade():
            lot = trial.lots.get(target.what.lot)
            parts = [part.about or "" for part in parts_of(trial, about)]
            parts += [f"the issue of {about}"] if _went_out(trial, about) else []
            given = [f"an infusion of {one.about}" for one in (lot.given if lot else ()) if about in one.what.doses]
            return parts + given
    return []


def _went_out(trial: Trial, dose: str) -> bool:
    chapter = trial.others.get(dose)
    return chapter is not None and bool(chapter.all(Issued))
