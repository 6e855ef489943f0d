"""Somebody who reads every entry about cells as it is written, keeps books, and says when a promise breaks.

Written from the entries alone: nothing here asks the acts, their gates or the functions that read the cells' way.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from trialwright.ledger import Entry

DONOR_CODE, PERSONS_CODE = re.compile(r"\bD-[A-Z0-9]"), re.compile(r"\bS-[0-9]")
PERSONS_FIELD = re.compile(r"\b(recipient|number|infusion|wristband)=")
CHECK_MINUTES = timedelta(minutes=61)  # the study's sixty, and what is left of the last minute


def at(entry: Entry[Any]) -> datetime:
    """When it happened, on the clock of the only zone in these stories."""
    assert entry.occurred is not None
    return datetime.fromisoformat(entry.occurred[:16])


def ml(text: str | None) -> Decimal:
    return Decimal(text or 0)


def until(entries: list[Entry[Any]], moment: datetime) -> list[Entry[Any]]:
    """Those recorded so far that had happened by then."""
    return [entry for entry in entries if at(entry) <= moment]


@dataclass
class Unit:
    """A collection, a lot or a dose: what it comes of, who has it, where it lies, what was taken of it."""

    code: str
    parent: str
    whole: Decimal | None
    holder: str
    last: datetime
    stored: str | None = None
    out: bool = False
    gone: str | None = None
    taken: Decimal = Decimal(0)
    issued_seq: int = -1


@dataclass
class Watch:
    """The books, and the promises that are looked at with every entry."""

    units: dict[str, Unit] = field(default_factory=dict)
    lots: dict[str, Entry[Any]] = field(default_factory=dict)
    doses: dict[str, Entry[Any]] = field(default_factory=dict)
    chains: list[Entry[Any]] = field(default_factory=list)
    labels: dict[str, dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))  # code -> label -> valid
    of: dict[tuple[str, str], list[Entry[Any]]] = field(default_factory=lambda: defaultdict(list))
    """(kind, code) -> its entries, as recorded."""
    answers: dict[str, list[Entry[Any]]] = field(default_factory=lambda: defaultdict(list))
    given: dict[str, Entry[Any]] = field(default_factory=dict)  # dose -> its infusion
    infusions: list[Entry[Any]] = field(default_factory=list)
    edges: set[tuple[str, str]] = field(default_factory=set)
    count: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def see(self, entries: list[Entry[Any]]) -> None:
        """What was written just now."""
        for entry in entries:
            self.count[entry.what.kind] += 1
            self._private(entry)
            look = getattr(self, f"_{entry.what.kind}", None)
            if look is not None:
                look(entry)
            self.of[entry.what.kind, entry.about or ""].append(entry)

    def _private(self, entry: Entry[Any]) -> None:
        """No donor in a participant's chapter, no participant in a donor's."""
        said = repr((entry.what, entry.why, entry.reason_code))
        if PERSONS_CODE.match(entry.about or ""):
            assert not DONOR_CODE.search(said), said
        elif DONOR_CODE.match(entry.about or ""):
            assert not PERSONS_CODE.search(said), said
            assert not PERSONS_FIELD.search(said), said

    # --- what follows from the books ---

    def donor(self, code: str) -> str:
        """The one donor of a collection, lot or dose."""
        while code in self.units:
            code = self.units[code].parent
        return code

    def above(self, code: str) -> list[str]:
        """The cells themselves, and what they come of up to the collection."""
        found = []
        while code in self.units:
            found.append(code)
            code = self.units[code].parent
        return found

    def recipient(self, lot: str, moment: datetime) -> str | None:
        assigned = until(self.of["lot_assigned", lot], moment)
        found = assigned[-1] if assigned else self.lots[lot]
        return found.what.recipient

    def label(self, code: str) -> int | None:
        valid = [number for number, good in self.labels[code].items() if good]
        assert len(valid) <= 1, (code, valid)
        return valid[0] if valid else None

    def left(self, code: str) -> Decimal | None:
        unit = self.units[code]
        return None if unit.whole is None else unit.whole - unit.taken

    def held(self, code: str, moment: datetime) -> bool:
        """Whether an alert holds back the cells or anything they come of."""
        for above in self.above(code):
            for alert in until(self.of["alert_raised", above], moment):
                answers = until(self.answers[alert.id], moment)
                if alert.what.holds and (not answers or answers[-1].what.holds_on):
                    return True
        return False

    def withdrawn(self, donor: str, moment: datetime, who: str | None = None) -> bool:
        """Whether the donor has taken consent back, for `who`: not where that person was conditioned by then."""
        for withdrawal in until(self.of["donor_withdrew", donor], moment):
            again = [
                consent
                for consent in until(self.of["donor_consented", donor], moment)
                if consent.seq > withdrawal.seq and at(consent) >= at(withdrawal)
            ]
            depends = who is not None and until(self.of["chemotherapy_given", who], at(withdrawal))
            if not again and not depends:
                return True
        return False

    def conditioned(self, donor: str, moment: datetime) -> set[str]:
        """Those who depend on the donor's cells, and whose chemotherapy has begun."""
        now = {chain.what.recipient: chain.what.donor for chain in until(self.chains, moment)}
        people = {who for who, gives in now.items() if gives == donor}
        people |= {self.recipient(lot, moment) or "" for lot in self.lots if self.donor(lot) == donor}
        return {who for who in people if until(self.of["chemotherapy_given", who], moment)}

    # --- donors ---

    def _donor_registered(self, entry: Entry[Any]) -> None:
        assert not self.of["donor_registered", entry.about or ""]

    def _donor_withdrew(self, entry: Entry[Any]) -> None:
        assert entry.what.after_conditioning == bool(self.conditioned(entry.about or "", at(entry)))

    def _donor_assigned(self, entry: Entry[Any]) -> None:
        assert not self.withdrawn(entry.what.donor, at(entry))
        self.chains.append(entry)

    # --- making ---

    def _new(self, entry: Entry[Any], parent: str, volume: str | None) -> None:
        code = entry.about or ""
        assert code not in self.units, f"{code} was made twice"
        self.units[code] = Unit(code, parent, ml(volume) if volume else None, entry.actor.id, at(entry))
        self.edges.add((parent, code))

    def _take(self, code: str, volume: Decimal) -> None:
        """So much of it is gone; what is taken is never more than what was there."""
        unit = self.units[code]
        assert volume >= 0
        unit.taken += volume
        assert unit.whole is None or unit.taken <= unit.whole, f"{unit.taken} mL of {unit.whole} mL of {code}"

    def _moves(self, entry: Entry[Any], *, stored: bool = False) -> Unit:
        """The unit that an entry of custody is about: there, not before its last, in storage or not."""
        unit = self.units[entry.about or ""]
        assert unit.gone is None, f"{entry.what.kind}: {unit.code} was {unit.gone}"
        assert at(entry) >= unit.last, f"{entry.what.kind} of {unit.code} goes back to {at(entry)} from {unit.last}"
        assert stored or unit.stored is None, f"{entry.what.kind}: {unit.code} lies in {unit.stored}"
        unit.last = at(entry)
        return unit

    def _passes(self, entry: Entry[Any], taker: str) -> Unit:
        """From its holder into another person's hands."""
        unit = self._moves(entry)
        assert entry.what.giver == unit.holder, f"{entry.what.giver} gave {unit.code}, which {unit.holder} has"
        assert entry.what.giver != taker
        unit.holder = taker
        return unit

    def _collected(self, entry: Entry[Any]) -> None:
        donor = entry.what.donor
        assert self.of["donor_registered", donor]
        assert until(self.of["donor_consented", donor], at(entry))
        assert until(self.of["donor_judged", donor], at(entry))[-1].what.eligibility.startswith(
            ("eligible", "ineligible w")
        )
        assert not self.withdrawn(donor, at(entry))
        self._new(entry, donor, entry.what.volume_ml)

    def _received(self, entry: Entry[Any]) -> None:
        self._passes(entry, entry.what.taker)

    def _processed(self, entry: Entry[Any]) -> None:
        assert not self._moves(entry).out

    def _sampled(self, entry: Entry[Any]) -> None:
        unit = self.units[entry.about or ""]
        assert unit.gone is None
        assert at(entry) >= unit.last
        self._take(unit.code, ml(entry.what.volume_ml))

    def _lot_made(self, entry: Entry[Any]) -> None:
        collection = self.units[entry.what.collection]
        assert collection.gone is None, f"a lot of {collection.code}, which was {collection.gone}"
        assert collection.stored is None, f"a lot of {collection.code}, which lies in {collection.stored}"
        assert not self.withdrawn(collection.parent, at(entry), entry.what.recipient)
        self._new(entry, collection.code, entry.what.volume_ml)
        self.lots[entry.about or ""] = entry
        self._take(collection.code, ml(entry.what.taken_ml))

    def _divided(self, entry: Entry[Any]) -> None:
        unit = self._moves(entry)
        assert not unit.out
        self._take(unit.code, ml(entry.what.rest_ml))
        unit.gone = "divided"

    def _dose_made(self, entry: Entry[Any]) -> None:
        what = entry.what
        parent = what.parent or what.lot
        assert what.lot in self.lots
        assert self.units[parent].gone == "divided"
        assert entry.about in self.of["divided", parent][-1].what.doses
        if what.parent:
            assert self.doses[what.parent].what.lot == what.lot
        self._new(entry, parent, what.volume_ml)
        self._take(parent, ml(what.volume_ml))
        self.doses[entry.about or ""] = entry

    # --- keeping ---

    def _stored(self, entry: Entry[Any]) -> None:
        unit = self._moves(entry)
        assert not unit.out
        unit.stored, unit.holder = entry.what.place, entry.actor.id

    def _taken_out(self, entry: Entry[Any]) -> None:
        unit = self._moves(entry, stored=True)
        assert unit.stored == entry.what.place
        unit.stored, unit.holder = None, entry.actor.id

    def _handed_over(self, entry: Entry[Any]) -> None:
        self._passes(entry, entry.what.taker)

    def _discarded(self, entry: Entry[Any]) -> None:
        unit = self._moves(entry, stored=True)
        assert not unit.out
        assert entry.what.witness != entry.actor.id
        if entry.what.volume_ml is None:
            unit.gone = "discarded"
            unit.taken = unit.whole or Decimal(0)
        else:
            self._take(unit.code, ml(entry.what.volume_ml))

    def _label_printed(self, entry: Entry[Any]) -> None:
        code = entry.about or ""
        assert self.label(code) is None, f"a second valid label of {code}"
        assert entry.what.label == max(self.labels[code], default=0) + 1
        self.labels[code][entry.what.label] = True

    def _label_voided(self, entry: Entry[Any]) -> None:
        assert self.label(entry.about or "") == entry.what.label
        self.labels[entry.about or ""][entry.what.label] = False

    # --- decisions ---

    def _released(self, entry: Entry[Any]) -> None:
        code = entry.about or ""
        assert not self.of["rejected", code] or at(entry) < at(self.of["rejected", code][0])
        assert not self.held(code, at(entry))

    def _alert_answered(self, entry: Entry[Any]) -> None:
        self.answers[entry.what.alert].append(entry)

    def _lot_assigned(self, entry: Entry[Any]) -> None:
        code = entry.about or ""
        assert entry.what.previous == self.recipient(code, at(entry))
        assert entry.what.previous != entry.what.recipient
        assert not self.withdrawn(self.donor(code), at(entry), entry.what.recipient)
        for dose in self.doses:
            if self.doses[dose].what.lot == code:
                assert not self.units[dose].out
                assert dose not in self.given

    def may_be_given(self, entry: Entry[Any], dose: str, who: str) -> None:
        """What holds at the issue, at the bedside and at the infusion alike."""
        moment, lot = at(entry), self.doses[dose].what.lot
        assert self.recipient(lot, moment) == who, f"{dose} is for {self.recipient(lot, moment)}, not for {who}"
        assert until(self.of["released", lot], moment), f"{lot} is not released"
        assert not until(self.of["rejected", lot], moment), f"{lot} was rejected"
        assert not until(self.of["recalled", lot], moment), f"{lot} was recalled"
        assert not self.held(dose, moment), f"{dose} is held"
        assert moment <= datetime.fromisoformat(self.lots[lot].what.expires_at[:16]), f"{lot} expired"
        assert dose not in self.given, f"{dose} was given"

    def _issued(self, entry: Entry[Any]) -> None:
        dose = entry.about or ""
        assert not self.units[dose].out, f"{dose} was out already"
        unit = self._passes(entry, entry.what.taker)
        self.may_be_given(entry, dose, entry.what.recipient)
        assert not self.withdrawn(self.donor(dose), at(entry), entry.what.recipient)
        assert self.label(dose) is not None
        unit.out, unit.issued_seq = True, entry.seq

    def _returned(self, entry: Entry[Any]) -> None:
        assert self.units[entry.about or ""].out
        self._passes(entry, entry.what.taker).out = False

    # --- the bedside ---

    def _bedside_checked(self, entry: Entry[Any]) -> None:
        what, who = entry.what, entry.about or ""
        assert len({person.casefold() for person in what.checked_by}) >= 2
        assert what.wristband.startswith(f"{who}-{self.label(who) or 0:02d}")
        assert what.dose_label.startswith(f"{what.dose}-{self.label(what.dose) or 0:02d}")
        unit = self.units[what.dose]
        assert unit.out
        assert at(entry) >= unit.last, f"{what.dose} was checked before it came to the ward"
        self.may_be_given(entry, what.dose, who)

    def _infused(self, entry: Entry[Any]) -> None:
        what, who, moment = entry.what, entry.about or "", at(entry)
        assert what.doses
        assert len(set(what.doses)) == len(what.doses), f"one bag twice: {what.doses}"
        assert {self.doses[dose].what.lot for dose in what.doses} == {what.lot}
        assert len({person.casefold() for person in what.verified_by}) >= 2
        self._counted(entry)
        for dose in what.doses:
            unit = self.units[dose]
            assert unit.out, f"{dose} was not issued"
            assert unit.gone is None
            assert moment >= unit.last, f"{dose} was given at {moment}, before it came there at {unit.last}"
            self.may_be_given(entry, dose, who)
            assert not self.withdrawn(self.donor(dose), moment, who)
            checks = [check for check in until(self.of["bedside_checked", who], moment) if check.what.dose == dose]
            since = [check for check in checks if check.seq > unit.issued_seq]
            assert since, f"{dose} was not checked at this bedside since its issue"
            assert moment - at(since[-1]) <= CHECK_MINUTES
            self.edges |= {(dose, f"{who}#{what.infusion}"), (f"{who}#{what.infusion}", who)}
            unit.gone, unit.last = "given", moment
            self.given[dose] = entry
        self.infusions.append(entry)

    def _counted(self, entry: Entry[Any]) -> None:
        """The cells per kilogram are those in what is left of the bags, where only the usual results are known."""
        what = entry.what
        results = {(one.what.test, one.what.value) for one in self.of["release_tested", what.lot]}
        if {one for one in results if one[0] in ("cell-count", "purity")} != {
            ("cell-count", "1.2e7"),
            ("purity", "85"),
        }:
            return
        volume = sum((self.left(dose) or Decimal(0) for dose in what.doses), Decimal(0))
        cells = Decimal("1.2e7") * Decimal("0.85") * volume / Decimal(what.weight_kg)
        assert abs(Decimal(what.nk_cells_per_kg) - cells) <= 1, (what.nk_cells_per_kg, cells)

    def _infusion_ended(self, entry: Entry[Any]) -> None:
        what, who = entry.what, entry.about
        given = next(e for e in self.infusions if e.about == who and e.what.infusion == what.infusion)
        assert at(entry) >= at(given)
        held = [self.left(dose) for dose in given.what.doses]
        assert ml(what.volume_ml) + ml(what.discarded_ml) == sum(one for one in held if one is not None)
        if ml(what.discarded_ml):
            assert what.witness
            assert what.witness != entry.actor.id
