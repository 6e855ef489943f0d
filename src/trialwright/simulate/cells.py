"""The cells of one invented person: from the donor to a bag in the refrigerator, and what comes of it later."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from trialwright.cells.codes import label_code
from trialwright.facts.check_character import check_character
from trialwright.simulate.chain import (
    CULTURE_DAYS,
    EXCEPTION,
    GROWS,
    LOT_ML,
    NEVER_GIVEN,
    OLD_REAGENT,
    SAMPLE_ML,
    WITHDREW,
    Chain,
    LotPlan,
)
from trialwright.simulate.fate import Fate
from trialwright.simulate.harm import donor_harm
from trialwright.simulate.step import (
    COORDINATOR,
    INVESTIGATOR,
    LABORATORY,
    NURSE,
    QUALITY,
    TESTER,
    Desk,
    Step,
    after,
)
from trialwright.simulate.toxic import CONTAMINATION

CELLS_PER_KG = 12_500_000
COURIER = "bank-courier"
BEADS = {"name": "CD3 beads", "lot": "B3-2207", "expires_on": "2026-12-31"}
OLD_BEADS = {"name": "CD3 beads", "lot": "B3-1904", "expires_on": "2022-09-30"}
CYTOKINE = {"name": "interleukin 2", "lot": "IL2-88", "expires_on": "2026-12-31"}
CENTRIFUGE = {"code": "centrifuge-2", "calibrated_until": "2026-12-31"}
CABINET = {"code": "cabinet-1", "calibrated_until": "2026-12-31"}
NEGATIVE = {"hiv": "negative", "hbv": "negative", "hcv": "negative", "syphilis": "negative", "htlv": "negative"}


def cells(chain: Chain, fate: Fate, who: str, desk: Desk) -> Iterator[Step]:
    """Donor, collection, culture, lots, tests, release; and the late results."""
    begun = after(chain.day, -CULTURE_DAYS)
    yield from _donor(chain, who, desk, begun)
    yield from _collection(chain, desk, begun)
    yield from _making(chain, desk, begun)
    for place, lot in enumerate(chain.lots):
        yield from _lot(chain, lot, fate, who, desk, place)
    yield from _afterwards(chain, fate, desk)


# --- the donor --------------------------------------------------------------------------------------------------------


def _donor(chain: Chain, who: str, desk: Desk, begun: date) -> Iterator[Step]:
    registered = desk.at(after(begun, -3), 10, 0)
    day = registered.date().isoformat()
    if chain.cord:
        words = {
            "source": "cord blood",
            "tested": "mother",
            "bank": "cord blood bank",
            "bank_unit": f"U-{chain.number}",
        }
    else:
        words = {"source": "peripheral blood", "tested": "donor"}
    yield Step(registered, "register_donor", chain.donor, day, COORDINATOR, words)
    yield from _donor_agrees(chain, desk, registered)
    positive = "positive" if chain.number == EXCEPTION else "negative"
    sampled = _born(chain) if chain.cord else after(begun, -2)
    tests = NEGATIVE | {"hbv": positive, "cmv": "positive" if chain.number % 3 == 0 else "negative"}
    decided = {"eligibility": "eligible", "tests": tests, "sampled_on": sampled.isoformat()}
    if chain.number == EXCEPTION:
        decided |= {"eligibility": "ineligible with exception", "exception": "first degree relative"}
    at = desk.at(after(begun, -1), 16, 0)
    on = _born(chain).isoformat() if chain.cord else at.date().isoformat()
    yield Step(at, "decide_donor_eligibility", chain.donor, on, LABORATORY, decided, second=INVESTIGATOR)
    at = desk.at(begun, 8, 0)
    yield Step(at, "assign_donor", who, desk.moment(at), COORDINATOR, {"donor": chain.donor})
    if chain.number == WITHDREW:
        at = desk.at(after(chain.day, 60), 11, 0)
        words = {"reason": "does not want to be asked again"}
        yield Step(at, "withdraw_donor_consent", chain.donor, desk.moment(at), COORDINATOR, words)


def _donor_agrees(chain: Chain, desk: Desk, registered: datetime) -> Iterator[Step]:
    words: dict[str, Any] = {"document": "donation", "document_version": "1.0", "language": "zh", "signer": "donor"}
    words["explained_by"] = INVESTIGATOR.id
    on = desk.moment(registered.replace(hour=11))
    if chain.cord:
        words |= {"document": "cord-donation", "signer": "bank", "reference": f"bank file {chain.number}"}
        del words["explained_by"]
        on = _born(chain).isoformat()
    yield Step(registered.replace(hour=11), "record_donor_consent", chain.donor, on, COORDINATOR, words)


def _born(chain: Chain) -> date:
    """The day on which a cord blood was taken, years before."""
    return date(2021, 1 + chain.number % 12, 9)


# --- collection and culture -------------------------------------------------------------------------------------------


def _collection(chain: Chain, desk: Desk, begun: date) -> Iterator[Step]:
    at = desk.at(begun, 9, 30)
    if chain.cord:
        number = f"A999921{chain.number:06d}"
        words = {"source": "cord blood", "volume_ml": "95", "donation_number": number + check_character(number)}
        words |= {"place": "cord blood bank", "collected_by": COURIER}
        yield Step(
            at, "collect", chain.collection, _born(chain).isoformat(), LABORATORY, words | {"donor": chain.donor}
        )
        giver, temperature, seal = COURIER, "-152", "intact"
    else:
        words = {"donor": chain.donor, "source": "peripheral blood", "volume_ml": "60", "anticoagulant": "ACD-A"}
        words |= {"started_at": desk.moment(desk.at(begun, 8, 40)), "place": "apheresis"}
        yield Step(at, "collect", chain.collection, desk.moment(at), COORDINATOR, words)
        yield from donor_harm(chain, begun, desk)
        giver, temperature, seal = COORDINATOR.id, "20", "none"
    at = desk.at(begun, 11, 0)
    words = {"giver": giver, "taker": LABORATORY.id, "place": "cell laboratory", "condition": "good", "seal": seal}
    yield Step(at, "receive", chain.collection, desk.moment(at), LABORATORY, words | {"temperature_c": temperature})


def _making(chain: Chain, desk: Desk, begun: date) -> Iterator[Step]:
    code = chain.collection

    def step(at: datetime, act: str, words: dict[str, Any]) -> Step:
        return Step(at, act, code, desk.moment(at), LABORATORY, words)

    equipment = [CENTRIFUGE, CABINET]
    yield step(desk.at(begun, 12, 30), "process", {"step": "separation", "equipment": equipment})
    depletion: dict[str, Any] = {"step": "cd3-depletion", "equipment": [CABINET]}
    if chain.number == OLD_REAGENT:
        yield step(desk.at(begun, 13, 50), "process", depletion | {"reagents": [OLD_BEADS]})
    yield step(desk.at(begun, 14, 10), "process", depletion | {"reagents": [BEADS]})
    yield step(desk.at(begun, 15, 0), "put_in_storage", {"place": "incubator", "temperature_c": "37.0"})
    yield step(desk.at(chain.day, 3, 50), "take_out_of_storage", {"place": "incubator"})
    started = desk.moment(desk.at(begun, 15, 0))
    culture = {"step": "culture", "started_at": started, "reagents": [CYTOKINE], "equipment": [CABINET]}
    yield step(desk.at(chain.day, 4, 0), "process", culture)
    yield step(desk.at(chain.day, 4, 30), "process", {"step": "wash", "equipment": equipment})


# --- the lot ----------------------------------------------------------------------------------------------------------


def _lot(chain: Chain, lot: LotPlan, fate: Fate, who: str, desk: Desk, place: int) -> Iterator[Step]:
    """One lot: made, sampled, divided, labelled, tested, and released or rejected."""
    day = chain.day

    def step(
        at: datetime, act: str, code: str, words: dict[str, Any], by: Any = LABORATORY, second: Any = None
    ) -> Step:
        return Step(at, act, code, desk.moment(at), by, words, second=second)

    made: dict[str, Any] = {"collection": chain.collection, "volume_ml": str(LOT_ML)}
    made["expires_at"] = desk.moment(desk.at(day, 23, 0))
    if not chain.cord:
        made["recipient"] = who
    yield step(desk.at(day, 5, place), "make_lot", lot.code, made)
    sample = {"sample": f"QC-{chain.number}-{place + 1}", "volume_ml": str(SAMPLE_ML), "tests": ["all release tests"]}
    yield step(desk.at(day, 5, 10 + place), "take_sample", lot.code, sample)
    volumes = {"volumes_ml": [str(ml) for _, ml in lot.bags]}
    yield step(desk.at(day, 5, 20 + place), "divide", lot.code, volumes)
    for at, (bag, _) in enumerate(lot.bags):
        yield step(desk.at(day, 5, 30 + 2 * place + at), "print_label", bag, {})
        stored = {"place": "refrigerator", "temperature_c": "4"}
        yield step(desk.at(day, 5, 40 + 2 * place + at), "put_in_storage", bag, stored)
    for test, value, unit in _results(chain.number, fate, passes=lot.passes):
        result = {"test": test, "value": value, "analyst": TESTER.id, "sample": sample["sample"]}
        result |= {"unit": unit} if unit else {}
        yield step(desk.at(day, 7, 10), "record_release_test", lot.code, result, TESTER)
    if not lot.passes:
        yield step(desk.at(day, 7, 30), "reject_lot", lot.code, {"reason": "Gram stain shows organisms"}, QUALITY)
        for bag, _ in lot.bags:
            yield step(desk.at(day, 7, 40), "discard", bag, {"reason": "lot rejected"}, QUALITY, LABORATORY)
        return
    weight = {"weight_kg": fate.laboratory["weight"][0]}
    yield step(desk.at(day, 8, 0), "release", lot.code, {"how": "conditional"} | weight, QUALITY, INVESTIGATOR)
    if chain.cord:
        words = {"recipient": who} | weight
        yield step(desk.at(day, 8, 30), "assign_lot", lot.code, words, QUALITY, INVESTIGATOR)
        for bag, _ in lot.bags:
            yield step(desk.at(day, 8, 35), "print_label", bag, {"reason": "new recipient"})


def _results(number: int, fate: Fate, *, passes: bool) -> list[tuple[str, str, str | None]]:
    """What the laboratory measures: per millilitre, and in percent of the viable cells."""
    spread = (number * 7) % 10
    weight, volume = float(fate.laboratory["weight"][0]), LOT_ML - SAMPLE_ML
    purity = 74 + spread * 2
    viable = CELLS_PER_KG * weight / volume / (purity / 100)

    def percent(per_kg: float) -> str:
        return f"{per_kg * weight / volume / viable * 100:.2g}"

    return [
        ("cell-count", f"{viable:.3g}".replace("e+0", "e"), "/mL"),
        ("viability", f"{86 + spread}", "%"),
        ("purity", f"{purity}", "%"),
        ("identity", "confirmed", None),
        ("t-cells", percent((4 + spread) * 1e4), "%"),
        ("b-cells", percent((1 + spread * 0.8) * 1e4), "%"),
        ("gram", "negative" if passes else "positive", None),
        ("mycoplasma", "negative", None),
        ("endotoxin", f"{(0.4 + spread / 30) * weight / volume:.2g}", "{EU}/mL"),
        ("potency", f"{38 + spread * 2}", "%"),
        ("rapid-culture", "negative", None),
    ]


# --- afterwards -------------------------------------------------------------------------------------------------------


def _afterwards(chain: Chain, fate: Fate, desk: Desk) -> Iterator[Step]:
    """The cultures' results, and what follows from them; or the end of cells that nobody was given."""
    lot = chain.given
    if chain.number == NEVER_GIVEN:
        at = desk.at(after(chain.day, 1), 9, 30)
        for bag, _ in lot.bags:
            words = {"place": "refrigerator"}
            yield Step(at, "take_out_of_storage", bag, desk.moment(at), QUALITY, words)
            at = at.replace(minute=40)
            words = {"reason": "expired; the recipient had an infection"}
            yield Step(at, "discard", bag, desk.moment(at), QUALITY, words, second=LABORATORY)
        return
    grew = chain.number == GROWS
    ready = desk.at(after(chain.day, 14), 9, 0)
    sterile = {"test": "sterility", "value": "positive" if grew else "negative", "analyst": TESTER.id}
    key, pauses = f"culture:{lot.code}", CONTAMINATION if grew else None
    yield Step(ready, "record_release_test", lot.code, desk.moment(ready), TESTER, sterile, id=key, pauses=pauses)
    if grew:
        yield from _grew(lot, desk, ready)
        return
    ready = desk.at(after(chain.day, 28), 9, 0)
    culture = {"test": "mycoplasma-culture", "value": "negative", "analyst": TESTER.id}
    yield Step(ready, "record_release_test", lot.code, desk.moment(ready), TESTER, culture)
    at = ready.replace(hour=15)
    full = {"how": "full", "weight_kg": fate.laboratory["weight"][0]}
    yield Step(at, "release", lot.code, desk.moment(at), QUALITY, full, second=INVESTIGATOR)


def _grew(lot: LotPlan, desk: Desk, ready: datetime) -> Iterator[Step]:
    """The culture grows: the lot is rejected, the participant seen, the alert answered."""
    at = ready.replace(hour=10)
    reason = "the 14-day culture grew Staphylococcus epidermidis"
    yield Step(at, "reject_lot", lot.code, desk.moment(at), QUALITY, {"reason": reason})
    at = ready.replace(hour=17)
    answer = (
        "seen the same day: no fever, blood cultures taken, antibiotics for five days; reported as a serious event, "
        "because contaminated cells were given"
    )
    words = {"alert": f"culture:{lot.code}.2", "answer": answer}
    yield Step(at, "answer_alert", None, desk.moment(at), INVESTIGATOR, words)


# --- the bedside ------------------------------------------------------------------------------------------------------


def issued(chain: Chain, fate: Fate, who: str, desk: Desk, hour: int, *, by_hand: bool = True) -> Iterator[Step]:
    """Each bag is taken out of the refrigerator and given to the nurse."""
    weight = fate.laboratory["weight"][0]
    for place, (bag, _) in enumerate(chain.given.bags):
        at = desk.at(chain.day, hour, 10 + place)
        if by_hand:
            yield Step(at, "take_out_of_storage", bag, desk.moment(at), QUALITY, {"place": "refrigerator"})
        at = desk.at(chain.day, hour, 16 + place)
        words = {"recipient": who, "taker": NURSE.id, "place": "ward", "weight_kg": weight}
        yield Step(at, "issue", bag, desk.moment(at), QUALITY, words)


def scans(who: str, bag: str, *, band: int = 1, label: int = 1) -> dict[str, str]:
    """What the scanner reads off the wristband and off a bag."""
    return {"wristband": label_code(who, band), "dose_label": label_code(bag, label)}
