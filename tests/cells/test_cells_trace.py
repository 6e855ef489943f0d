"""Where cells came from and went to: both ways inverse, equal to a closure computed from the entries in another way."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.cells.codes import label_code
from trialwright.cells.trace import (
    RANK,
    Key,
    Lineage,
    Thing,
    backwards,
    find_things,
    forwards,
    lineage,
    outcomes,
)
from trialwright.ledger import Actor, Entry, Trial, kinds, trial_so_far

Told = tuple[kinds.What, str | None, str | None] | tuple[kinds.What, str | None, str | None, str]
LOTS_DAY = "2026-02-01T20:00+08:00[Asia/Shanghai]"


def entries_of(told: Sequence[Told]) -> list[Entry[Any]]:
    """A ledger: what, about whom, when, and by whom (LAB-1 unless said)."""
    adopted = kinds.Adopted("id: s\n", "0" * 64, "1.0", True, 15, {"XA": "Asia/Shanghai"})
    entries: list[Entry[Any]] = []
    for seq, (what, about, on, *by) in enumerate([(adopted, None, "2025-12-01"), *told]):
        actor = Actor(by[0] if by else "LAB-1", "cell laboratory")
        at = f"2026-06-30T{seq // 3600:02d}:{seq // 60 % 60:02d}:{seq % 60:02d}.000Z"
        entries.append(Entry(seq, f"e{seq}", "s", "0" * 64, "XA", actor, at, what, about, on))
    return entries


def trial_of(told: Sequence[Told]) -> Trial:
    return trial_so_far(entries_of(told))


IL2 = {"name": "IL-2", "lot": "A77", "expires_on": "2027-01"}
STORY: list[Told] = [
    (kinds.DonorRegistered("peripheral blood"), "D-1", "2026-01-01"),
    (kinds.DonorJudged("ineligible with exception", exception="urgent medical need"), "D-1", "2026-01-02"),
    (kinds.DonorAssigned("D-1", "S-001"), "I-1", "2026-01-02"),
    (
        kinds.Collected("D-1", "peripheral blood", "180", donation_number="G123498654321"),
        "C-1",
        "2026-01-03",
        "NURSE-3",
    ),
    (kinds.Processed("separation", (IL2,), ({"code": "CENT-2", "calibrated_until": "2026-12"},)), "C-1", "2026-01-04"),
    (kinds.LotMade("C-1", LOTS_DAY, "S-001", "100"), "L-1", "2026-01-31"),
    (kinds.Processed("wash", ({"name": "albumin"},)), "L-1", "2026-01-31", "LAB-2"),
    (kinds.ReleaseTested("sterility", "negative", analyst="QC-9"), "L-1", "2026-02-15"),
    (kinds.Divided(("B-1", "B-2")), "L-1", "2026-01-31"),
    (kinds.DoseMade("L-1", 1, "50"), "B-1", "2026-01-31"),
    (kinds.DoseMade("L-1", 2, "50"), "B-2", "2026-01-31"),
    (kinds.DoseMade("L-1", 3, "20", "B-2"), "B-3", "2026-01-31"),
    (kinds.Consented("ICF", "1.0", "zh", "participant", "i1"), "S-001", "2026-01-01"),
    (kinds.Enrolled(7, "CR1", "consolidation", True), "S-001", "2026-01-05"),
    (
        kinds.Infused(1, 1, "L-1", 1, None, "50", "1e7", "60", (), None, ("B-1", "B-3")),
        "S-001",
        "2026-02-01T10:00+08:00[Asia/Shanghai]",
    ),
    (
        kinds.InfusionEnded(1, "stopped", "40", "8e6", "rash", reaction="yes", reaction_text="urticaria"),
        "S-001",
        "2026-02-01T10:30+08:00[Asia/Shanghai]",
    ),
    (kinds.ResponseAssessed("CR", mrd="negative"), "S-001", "2026-03-01"),
    (kinds.AdverseEventReported("Fever", 2, True, {"nk_cells": "related"}), "S-001", "2026-02-02"),
    (kinds.AdverseEventReported("Anaemia", 3, False, {"nk_cells": "not related"}), "S-001", "2026-02-03"),
    (kinds.AdverseEventReported("Rash", 1, False, {}), "S-001", "2026-02-04"),
    (kinds.AlertRaised("Culture of lot L-1 is positive.", ("investigator",), "Look"), "S-001", "2026-02-16"),
    (kinds.AlertAnswered("e21", "No fever."), "S-001", "2026-02-17"),
    (kinds.AlertRaised("Donor fell ill", ("monitor", "investigator"), "Look"), "S-001", "2026-02-20"),
    (kinds.Relapsed("molecular"), "S-001", "2026-08"),
    (kinds.Died("leukaemia", "hospital record"), "S-001", "2026-10-01"),
    (kinds.Consented("ICF", "1.0", "zh", "participant", "i1"), "S-002", "2026-01-01"),
    (kinds.Infused(1, 1, "L-9", 1, None, None, None, None), "S-002", "2026-04-01"),
]


@pytest.fixture(scope="module")
def known() -> Lineage:
    return lineage(trial_of(STORY), {"L-1": "released, given"})


def codes(things: Sequence[Thing], sort: str) -> list[str]:
    return [thing.code for thing in things if thing.sort == sort]


def test_forwards_from_a_donor_reaches_every_dose_infusion_and_participant(known: Lineage) -> None:
    found = forwards(known, Key("donor", "D-1"))
    assert [thing.code for thing in found] == ["C-1", "L-1", "B-1", "B-2", "B-3", "S-001#1", "S-001"]


def test_backwards_from_a_participant_reaches_donor_reagents_instruments_and_people(known: Lineage) -> None:
    found = backwards(known, Key("participant", "S-001"))
    assert codes(found, "donor") == ["D-1"]
    assert codes(found, "reagent") == ["IL-2 A77", "albumin"]
    assert codes(found, "equipment") == ["CENT-2"]
    assert codes(found, "operator") == ["LAB-1", "LAB-2", "NURSE-3", "QC-9"]
    assert [thing.sort for thing in found] == sorted((thing.sort for thing in found), key=lambda sort: RANK[sort])


def test_a_lot_meant_for_somebody_is_joined_to_them_by_nothing_but_an_infusion() -> None:
    meant = lineage(trial_of([*STORY[:6], *STORY[12:14]]))
    assert codes(forwards(meant, Key("lot", "L-1")), "participant") == []


def test_an_infusion_of_no_dose_of_its_lot_hangs_on_the_lot(known: Lineage) -> None:
    assert [thing.code for thing in backwards(known, Key("infusion", "S-002#1"))] == ["L-9", "LAB-1"]
    assert known.things[Key("lot", "L-9")].says == ""  # its chapter holds an infusion and nothing else
    elsewhere = [*STORY, (kinds.Infused(2, 1, "L-9", 2, None, None, None, None, doses=("B-2",)), "S-002", None)]
    both = backwards(lineage(trial_of(elsewhere)), Key("infusion", "S-002#2"))
    assert codes(both, "lot") == ["L-1", "L-9"]  # the bag is of one lot, the entry names another: neither is lost


def test_a_bag_with_which_an_infusion_went_on_belongs_to_it() -> None:
    told = [*STORY, (kinds.InfusionResumed(1, "B-2"), "S-001", None), (kinds.InfusionResumed(1), "S-001", None)]
    assert "B-2" in codes(backwards(lineage(trial_of(told)), Key("infusion", "S-001#1")), "dose")


def test_things_say_their_facts_on_one_line(known: Lineage) -> None:
    says = {thing.code: thing.says for thing in known.things.values()}
    assert says["D-1"] == "peripheral blood, ineligible with exception, exception: urgent medical need"
    assert says["C-1"] == "peripheral blood, 180 mL, donation G123498654321"
    assert says["L-1"] == "released, given, for S-001, 100 mL, expires 2026-02-01 20:00"
    assert says["B-3"] == "dose 3, 20 mL"
    assert says["S-001#1"] == "40 mL, 8e6 NK cells/kg"
    assert says["S-001"] == "participant 7"
    assert says["S-002"] == "not enrolled"
    assert says["IL-2 A77"] == "expires 2027-01"
    assert says["CENT-2"] == "calibrated until 2026-12"
    assert says["LAB-2"] == "cell laboratory"


def test_an_edge_says_what_joins_the_two(known: Lineage) -> None:
    lot = Key("lot", "L-1")
    assert known.edges[Key("collection", "C-1"), lot] == ("made into",)
    assert known.edges[Key("reagent", "IL-2 A77"), Key("collection", "C-1")] == ("used in separation",)
    assert set(known.edges[Key("operator", "LAB-1"), lot]) == {"lot made", "tested sterility", "divided"}


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("D-1", ["D-1"]),
        (" L-1 ", ["L-1"]),
        ("S-001", ["S-001"]),
        ("7", ["S-001"]),
        ("S-001#1", ["S-001#1"]),
        ("G123498654321", ["C-1"]),
        ("G123498654321H", ["C-1"]),  # as printed, with its check character
        ("=G12349865432177", ["C-1"]),  # as scanned
        ("A77", ["IL-2 A77"]),
        ("IL-2 A77", ["IL-2 A77"]),
        ("CENT-2", ["CENT-2"]),
        ("QC-9", ["QC-9"]),
        ("I-1", ["D-1", "S-001"]),
        (label_code("S-001", 1), ["S-001"]),  # a wristband
        ("G123498654321A", []),  # fails its check character
        ("l-1", []),
        ("L-", []),
        ("L-10", []),
        ("8", []),
        ("", []),
    ],
)
def test_a_typed_code_means_exactly_what_it_says(known: Lineage, typed: str, means: list[str]) -> None:
    assert [thing.code for thing in find_things(known, typed)] == means


def test_one_code_may_name_several_things_and_all_are_found() -> None:
    reagents: tuple[dict[str, Any], ...] = ({"name": "a", "lot": "X1"}, {"name": "b", "lot": "X1"}, {})
    told: list[Told] = [
        (kinds.Collected("D-1", "cord blood"), "C-1", None, "X1"),
        (kinds.Processed("wash", reagents, ({"code": "X1"}, {})), "C-1", None),
    ]
    found = find_things(lineage(trial_of(told)), "X1")
    assert [(thing.sort, thing.code) for thing in found] == [
        ("reagent", "a X1"),
        ("reagent", "b X1"),
        ("equipment", "X1"),
        ("operator", "X1"),
    ]


def test_a_second_person_worked_on_it_too() -> None:
    sampled, at = kinds.Sampled("Q-1", "2"), "2026-06-30T00:00:00.000Z"
    entry = Entry(1, "e1", "s", "0" * 64, "XA", Actor("A", "x"), at, sampled, "C-1", None, Actor("B", "x"))
    both = lineage(trial_so_far([*entries_of([]), entry]))
    assert codes(backwards(both, Key("collection", "C-1")), "operator") == ["A", "B"]
    assert both.edges[Key("operator", "B"), Key("collection", "C-1")] == ("took sample Q-1",)


def test_what_was_taken_back_says_so_and_hangs_on_nothing() -> None:
    told: list[Told] = [
        (kinds.DonorRegistered("cord blood"), "D-1", None),
        (kinds.LotMade("C-1", LOTS_DAY), "L-1", None),
        (kinds.Collected("D-2", "cord blood"), "C-2", None),
        (kinds.DoseMade("L-2", 1, "5"), "B-1", None),
    ]
    entries, actor = entries_of(told), Actor("A", "x")
    gone: list[Entry[Any]] = []
    for seq, entry in enumerate(entries[1:], start=5):
        at = f"2026-07-01T00:00:{seq:02d}.000Z"
        taken_back = kinds.Retracted("never made")
        gone.append(Entry(seq, f"r{seq}", "s", "0" * 64, "XA", actor, at, taken_back, entry.about, retracts=entry.id))
    found = lineage(trial_so_far([*entries, *gone]))
    assert {key.code: thing.says for key, thing in found.things.items()} == dict.fromkeys(
        ("D-1", "L-1", "C-2", "B-1"), "retracted"
    )
    assert found.edges == {}


def test_a_trial_says_what_became_of_a_participant(known: Lineage) -> None:
    trial = trial_of(STORY)
    assert outcomes(trial, "7") == outcomes(trial, "S-001") == (
        "2026-02-01 10:00: infusion 1 of B-1, B-3; 50 mL; 1e7 NK cells/kg.",
        "2026-02-01 10:30: infusion 1 ended, stopped; rash; 40 mL; 8e6 NK cells/kg; reaction: yes (urticaria).",
        "2026-02-02: Fever, grade 2; serious; related to the cells.",
        "2026-02-04: Rash, grade 1; not judged whether related to the cells.",
        "2026-02-16: alert to investigator: Culture of lot L-1 is positive; answered: No fever.",
        "2026-02-20: alert to monitor, investigator: Donor fell ill; not answered.",
        "2026-03-01: response CR; residual disease negative.",
        "2026-08: relapse, molecular.",
        "2026-10-01: died, cause: leukaemia.",
    )  # fmt: skip
    assert outcomes(trial, "S-002") == ("2026-04-01: infusion 1 of L-9.",)
    assert outcomes(trial, "S-404") == ()
    assert outcomes(trial_of([*STORY[:1], (kinds.Relapsed("molecular"), "S-003", None)]), "S-003") == (
        "day not recorded: relapse, molecular.",
    )


# --- laws -------------------------------------------------------------------------------------------------------------


@st.composite
def forests(draw: st.DrawFn) -> list[Told]:
    """Donors, collections, lots, doses (of lots and of doses), infusions, steps, in any number and any shape."""

    def some(most: int, letter: str) -> list[str]:
        return [f"{letter}-{at}" for at in range(1, draw(st.integers(0, most)) + 1)]

    donors = some(4, "D") or ["D-1"]
    collections = some(5, "C")
    told: list[Told] = []
    for code in collections:
        told.append((kinds.Collected(draw(st.sampled_from(donors)), "cord blood"), code, None, draw(OPERATORS)))
    lots = some(6, "L") if collections else []
    for code in lots:
        told.append((kinds.LotMade(draw(st.sampled_from(collections)), LOTS_DAY), code, None, draw(OPERATORS)))
    doses: dict[str, str] = {}
    for code in some(9, "B") if lots else []:
        parent = draw(st.sampled_from([None, *doses]))
        lot = doses[parent] if parent else draw(st.sampled_from(lots))
        doses[code] = lot
        told.append((kinds.DoseMade(lot, len(doses), "5", parent), code, None, draw(OPERATORS)))
    for number in range(draw(st.integers(0, 6)) if lots else 0):
        lot = draw(st.sampled_from(lots))
        of_lot = [dose for dose, its in doses.items() if its == lot]
        bags = tuple(draw(st.lists(st.sampled_from(of_lot), unique=True, max_size=3))) if of_lot else ()
        infused = kinds.Infused(number + 1, 1, lot, 1, None, None, None, None, doses=bags)
        told.append((infused, f"S-{draw(st.integers(1, 3))}", None, draw(OPERATORS)))
    for about in draw(st.lists(st.sampled_from([*collections, *lots]), max_size=5)) if collections else []:
        reagent, instrument = f"R{draw(st.integers(1, 3))}", f"M{draw(st.integers(1, 3))}"
        step = kinds.Processed("wash", ({"name": "buffer", "lot": reagent},), ({"code": instrument},))
        told.append((step, about, None, draw(OPERATORS)))
    return draw(st.permutations(told))


OPERATORS = st.sampled_from(["O1", "O2", "O3"])


def naive_pairs(told: Sequence[Told]) -> set[tuple[Key, Key]]:
    """Every ancestor with every descendant, by squaring the relation until it grows no more; read off the entries."""
    pairs: set[tuple[Key, Key]] = set()
    sorts: dict[str, Any] = {"C": "collection", "L": "lot", "B": "dose"}
    for what, about, _, *by in told:
        me = Key(sorts.get(str(about)[0], "participant"), str(about))
        match what:
            case kinds.Collected():
                pairs.add((Key("donor", what.donor), me))
            case kinds.LotMade():
                pairs.add((Key("collection", what.collection), me))
            case kinds.DoseMade():
                pairs.add((Key("dose", what.parent) if what.parent else Key("lot", what.lot), me))
            case kinds.Infused():
                infusion = Key("infusion", f"{about}#{what.infusion}")
                pairs.add((infusion, me))
                pairs |= {(Key("dose", dose), infusion) for dose in what.doses} or {(Key("lot", what.lot), infusion)}
                me = infusion
            case kinds.Processed():
                pairs |= {(Key("reagent", f"buffer {one['lot']}"), me) for one in what.reagents}
                pairs |= {(Key("equipment", one["code"]), me) for one in what.equipment}
        pairs |= {(Key("operator", str(who)), me) for who in by}
    while True:
        longer = {(start, end) for start, middle in pairs for other, end in pairs if middle == other}
        if longer <= pairs:
            return pairs
        pairs |= longer


@settings(max_examples=60, deadline=None)
@given(forests())
def test_both_ways_are_inverse_and_equal_a_closure_made_otherwise(told: list[Told]) -> None:
    found = lineage(trial_of(told))
    down = {(key, thing.key) for key in found.things for thing in forwards(found, key)}
    up = {(thing.key, key) for key in found.things for thing in backwards(found, key)}
    assert down == up == naive_pairs(told)


@settings(max_examples=60, deadline=None)
@given(forests())
def test_every_dose_comes_of_one_donor_one_collection_and_one_lot(told: list[Told]) -> None:
    found = lineage(trial_of(told))
    for key in found.things:
        if key.sort == "dose":
            above = [thing.sort for thing in backwards(found, key)]
            assert [above.count(sort) for sort in ("donor", "collection", "lot")] == [1, 1, 1]


@settings(max_examples=30, deadline=None)
@given(forests())
def test_every_thing_is_found_by_its_own_code(told: list[Told]) -> None:
    found = lineage(trial_of(told))
    assert all(thing in find_things(found, thing.code) for thing in found.things.values())


def test_a_ring_that_somebody_recorded_ends() -> None:
    told = [(kinds.DoseMade("L-1", 1, "5", "B-2"), "B-1", None), (kinds.DoseMade("L-1", 2, "5", "B-1"), "B-2", None)]
    ring = lineage(trial_of(told))
    assert codes(forwards(ring, Key("dose", "B-1")), "dose") == ["B-2"]


def test_a_trial_of_thousands_of_entries_is_read_in_a_moment() -> None:
    told: list[Told] = []
    for at in range(600):
        told += [
            (kinds.Collected(f"D-{at}", "cord blood"), f"C-{at}", None),
            (kinds.LotMade(f"C-{at}", LOTS_DAY), f"L-{at}", None),
            (kinds.Processed("wash", (IL2,)), f"L-{at}", None),
            (kinds.DoseMade(f"L-{at}", 1, "5"), f"B-{at}", None),
            (kinds.Infused(1, 1, f"L-{at}", 1, None, None, None, None, doses=(f"B-{at}",)), f"S-{at}", None),
        ]
    found = lineage(trial_of(told))
    assert len(forwards(found, Key("reagent", "IL-2 A77"))) == 4 * 600
