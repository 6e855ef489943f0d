"""Certificates of release: everything the release rests on, and none for a lot that may not be given."""

import json
from dataclasses import replace
from typing import Any

import pytest
import typst
from release_story import (
    COLLECTION,
    DONOR,
    DOSES,
    LATE,
    LOT,
    QUALITY,
    RESULTS,
    WHO,
    WRITTEN_AT,
    adopted,
    at,
    collected,
    donor,
    lot_made,
    lot_tested,
    released,
    study,
    told,
)
from report_reading import pdf_words

from trialwright.errors import UsageError
from trialwright.ledger import Actor, Told, kinds
from trialwright.report.certificate import (
    TEMPLATE,
    AfterDeed,
    Certificate,
    Dose,
    Signature,
    certificate_files,
    certificate_of,
    format_certificate,
)
from trialwright.report.figures.look import FONTS

FULL = [*lot_tested(LATE, "31"), *released("full", "31", "10:00")]


def of(**changes: Any) -> Certificate:
    return certificate_of(study(), told(**changes), LOT)


def elements(certificate: Certificate, selector: str) -> list[Any]:
    """What typst lays out of one kind, in reading order."""
    files: Any = certificate_files(certificate)
    found: list[Any] = json.loads(typst.query(files, selector, font_paths=[str(FONTS)], ignore_system_fonts=True))
    return found


def words(certificate: Certificate, selector: str = "table") -> str:
    return " ".join(pdf_words(element) for element in elements(certificate, selector))


def pages(certificate: Certificate) -> int:
    files: Any = certificate_files(certificate)
    made = typst.compile(files, format="png", ppi=30, font_paths=[str(FONTS)], ignore_system_fonts=True)
    return len(made) if isinstance(made, list) else 1


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_conditional_release_names_what_is_pending() -> None:
    found = of()
    assert (found.how, found.pending) == ("conditional", ("Mycoplasma culture", "14-day sterility culture"))
    assert [test.id for test in found.tests if test.status == "pending"] == ["mycoplasma-culture", "sterility"]
    assert json.loads(certificate_files(found)["certificate.json"])["pending"] == list(found.pending)


def test_a_full_release_has_every_test_met() -> None:
    found = of(more=FULL)
    assert (found.how, found.pending) == ("full", ())
    assert {test.status for test in found.tests} == {"met"}
    assert found.quality.meaning == "released for infusion"


def test_every_test_of_the_study_stands_there_with_its_limit() -> None:
    assert study().product is not None
    tests = study().product.release_tests
    assert [(test.id, test.label, test.rule) for test in of().tests] == [(one.id, one.label, one.rule) for one in tests]
    assert all(test.assumed for test in of().tests)


def test_every_result_stands_there_with_method_people_and_sample() -> None:
    table = words(of())
    for test, value, unit, method in RESULTS:
        result = next(one for one in of().tests if one.id == test).results[0]
        assert (result.method, result.analyst, result.reviewer, result.sample) == (method, "LAB-4", "LAB-5", "Q-1")
        assert result.value == (f"{value} {unit.replace('{', '').replace('}', '')}" if unit else value)
        assert result.value in table
        assert method in table
    assert "LAB-4 / LAB-5" in table


def test_a_result_recorded_after_the_release_says_so() -> None:
    again = kinds.ReleaseTested("viability", "91", "%"), LOT, at("31", "09:00")
    found = of(more=[again, *lot_tested(LATE, "31")])
    viability = next(test for test in found.tests if test.id == "viability")
    assert [(one.value, one.late) for one in viability.results] == [("93 %", False), ("91 %", True)]
    assert words(found).count("(recorded after the release)") == 3
    assert found.pending == ("Mycoplasma culture", "14-day sterility culture")  # as it was released


def test_limits_per_kg_say_for_which_weight() -> None:
    weights = {test.id: test.weight_kg for test in of().tests if test.weight_kg}
    assert weights == {"t-cells": "68.5", "b-cells": "68.5", "endotoxin": "68.5"}
    assert "for 68.5 kg: 17500 /kg" in words(of())


def test_a_lot_assigned_anew_is_judged_for_the_new_recipient() -> None:
    other = kinds.Consented("main", "1.0", "zh", "participant", "DR-1"), "S-008", "2026-01-05"
    line = {"test": "t-cells", "rule": "cd3_per_kg < 2e5 /kg", "status": "met", "found": "20000 /kg", "weight_kg": "60"}
    found = of(more=[other, (kinds.LotAssigned("S-008", WHO, "relapse", (line,)), LOT, "2026-01-20")])
    assert (found.recipient, found.recipient_number) == ("S-008", None)
    by_id = {test.id: test for test in found.tests}
    assert (by_id["t-cells"].weight_kg, by_id["t-cells"].found) == ("60", "20000 /kg")
    assert by_id["b-cells"].weight_kg == "68.5"


def test_a_release_that_kept_no_judgements_says_not_judged() -> None:
    bare = [(kinds.Released("conditional"), LOT, at("20", "09:00"))]
    assert {test.status for test in of(released=bare).tests} == {"not judged"}
    assert "NOT JUDGED" in words(of(released=bare))


def test_a_test_that_the_study_does_not_know_is_shown_all_the_same() -> None:
    extra = kinds.ReleaseTested("colour", "clear"), LOT, at("20", "08:30")
    last = of(divided=[extra]).tests[-1]
    assert (last.id, last.label, last.rule, last.status, last.assumed) == ("colour", "colour", "", "not judged", False)


def test_doses_steps_and_signatures_stand_there() -> None:
    found = of()
    assert found.doses == (Dose(DOSES[0], 1, "49", None), Dose(DOSES[1], 2, "49", None))
    assert [(step.label, step.of) for step in found.steps] == [
        ("Separation of mononuclear cells", COLLECTION),
        ("Depletion of CD3+ cells", COLLECTION),
        ("Culture", COLLECTION),
        ("Washing and suspension", LOT),
    ]
    assert found.steps[0].reagents[1] == ("human albumin 5 %", "HA-22", "2026-09-30")
    assert found.steps[0].equipment == (("CENTRI-2", "2026-06-30"),)
    table = words(found)
    assert "human albumin 5 %: HA-22, 2026-09-30" in table
    assert "CENTRI-2: 2026-06-30" in table
    meaning = "released for infusion, with results pending"
    assert found.quality == Signature("QA-2", "quality assurance", at("20", "09:00"), "2026-02-10 08:00", meaning)
    assert found.physician == Signature("DR-1", "investigator", at("20", "09:00"), "2026-02-10 08:00", meaning)


def test_the_footer_s_ledger_is_the_trial_s() -> None:
    trial = told()
    found = certificate_of(study(), trial, LOT)
    assert (found.entries, found.head) == (trial.size, trial.head.hex()[:16])


def test_a_lot_for_nobody_yet_says_so() -> None:
    assert of(lot=lot_made(None)).recipient is None


def test_a_release_told_after_the_deed_says_so_with_its_deviations() -> None:
    after = Told("batch record 7", "QA-1", "the network was down")
    broken = kinds.DeviationRecorded("release.own_work", "QA-2 made it; quality assurance is another person.")
    other = kinds.DeviationRecorded("process.days", "Culture took 9 days.", "minor")
    beside = [(broken, LOT, at("20", "09:00")), (other, LOT, at("20", "09:01"))]
    found = of(after=after, more=beside)
    assert found.after_deed == AfterDeed(
        "QA-2:quality assurance", "2026-02-10 08:00", "batch record 7", "QA-1", "the network was down"
    )
    assert [one.gate for one in found.deviations] == ["release.own_work"]
    text = words(found, "strong")
    assert "RECORDED AFTER THE RELEASE" in text
    assert "the network was down" in text
    assert "RELEASED WITH A DEVIATION" in text
    assert "QA-2 made it; quality assurance is another person." in text
    assert pages(found) <= 2


def test_a_release_asked_beforehand_with_open_gates_says_nothing_of_it() -> None:
    assert (of().after_deed, of().deviations) == (None, ())
    assert "RECORDED AFTER" not in words(of(), "strong")
    assert "DEVIATION" not in words(of(), "strong")


@pytest.mark.parametrize("second", [None, replace(QUALITY, id=" qa-2", role="investigator")])
def test_one_person_alone_is_no_second_signature(second: Actor | None) -> None:
    found = of(second=second)
    assert found.physician is None
    assert "No second signature is recorded." in words(found, "strong")
    assert "No second signature" not in words(of(), "strong")


# --- the donor --------------------------------------------------------------------------------------------------------


def test_the_donor_is_a_code_with_a_decision() -> None:
    exception = {"exception": "first degree relative", "decided_by": "DR-9", "note": "sister, 1971"}
    found = of(donor=donor("ineligible with exception", **exception))
    assert found.donor is not None
    assert (found.donor.code, found.donor.eligibility) == (DONOR, "ineligible with exception")
    assert (found.donor.decided_by, found.donor.exception) == ("DR-9", "first degree relative")
    assert found.donor.warning is not None
    assert ("Cytomegalovirus", "positive") in found.donor.tests
    assert "sister" not in certificate_files(found)["certificate.json"].decode()


def test_a_bank_s_unit_is_not_named_and_its_donation_number_is() -> None:
    registered = kinds.DonorRegistered("cord blood", "mother", "Bank 7", "CBU-1234"), DONOR, "2025-12-29"
    judged = kinds.DonorJudged("eligible", {"hiv": "negative"}), DONOR, "2026-01-03"
    found = of(donor=[registered, judged], collected=collected(donation_number="G123498654321"))
    assert found.donation_number == "G123498654321 H"
    assert found.donor is not None
    assert found.donor.of_mother
    assert "CBU-1234" not in certificate_files(found)["certificate.json"].decode()


def test_a_donor_nobody_registered_is_not_evaluated() -> None:
    found = of(donor=())
    assert found.donor is not None
    assert (found.donor.eligibility, found.donor.tests) == (None, ())
    assert found.donor.warning is not None
    assert format_certificate(found, written_at=WRITTEN_AT)


# --- no certificate ---------------------------------------------------------------------------------------------------

REJECTED = kinds.Rejected("sterility positive"), LOT, at("21", "08:00")
POSITIVE = kinds.ReleaseTested("sterility", "positive"), LOT, at("31", "09:00")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"released": ()}, "is in quarantine"),
        ({"more": [REJECTED]}, r"was rejected on 2026-01-21 08:00: sterility positive"),
        ({"more": [(kinds.Rejected("late", True), LOT, "2026-02-01")]}, "was rejected"),
        ({"more": [(kinds.Recalled("contaminated reagent"), LOT, "2026-01-22")]}, "was recalled on 2026-01-22"),
        ({"more": [POSITIVE]}, "fails sterility"),
        ({"donor": donor("incomplete")}, "fails donor"),
        ({"lot": (), "tested": (), "divided": (), "released": ()}, "is no lot of this trial. Check the code"),
    ],
)
def test_a_lot_that_may_not_be_given_has_no_certificate(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        of(**changes)


def test_a_lot_that_failed_after_it_was_given_has_none() -> None:
    given = kinds.Infused(1, 1, LOT, 1, None, "49", None, "68.5", (), None, DOSES), WHO, at("20", "14:00")
    assert of(more=[given]).how == "conditional"
    with pytest.raises(UsageError, match="fails sterility"):
        of(more=[given, POSITIVE])


def test_a_dose_s_code_is_told_its_lot() -> None:
    with pytest.raises(UsageError, match=f"It is a dose of lot {LOT}"):
        certificate_of(study(), told(), DOSES[0])


# --- printing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"more": FULL}])
def test_the_same_certificate_gives_the_same_bytes(changes: dict[str, Any]) -> None:
    first, second = (format_certificate(of(**changes), written_at=WRITTEN_AT) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"20260120" in first  # written_at, never the clock


def test_it_is_one_page_or_two() -> None:
    assert pages(of()) == 1
    assert pages(of(more=[*lot_tested(LATE, "31"), *lot_tested(day="31")])) == 2


def test_only_a_simulated_trial_s_certificate_bears_the_banner() -> None:
    said = json.loads(certificate_files(of())["certificate.json"])["simulated"]
    assert said == ["SIMULATED PARTICIPANTS", "模拟受试者"]
    real = of(adopted=[adopted(simulated=False)])
    assert json.loads(certificate_files(real)["certificate.json"])["simulated"] is None
    assert format_certificate(real, written_at=WRITTEN_AT) != format_certificate(of(), written_at=WRITTEN_AT)


NASTY = "#panic() *bold* _emph_ $x^2$ @a <b> `raw` \\u{41} //c <script>alert(1)</script> 模拟 𪛖 " + "x" * 300


def test_markup_typed_anywhere_stays_text() -> None:
    step = kinds.Processed("wash", ({"name": NASTY, "lot": NASTY},), ({"code": NASTY},)), LOT, NASTY[:8]
    result = kinds.ReleaseTested("gram", "negative", None, NASTY, NASTY, None, NASTY, NASTY), LOT, at("20", "08:30")
    plain, nasty = of(), of(divided=[(step[0], LOT, at("20", "07:40")), result])
    nasty = replace(nasty, product=NASTY, facility=NASTY, statements=(NASTY,), pending=(NASTY,), additives=(NASTY,))
    files = certificate_files(nasty)
    assert files["main.typ"] == TEMPLATE.read_bytes()
    assert b"eval(" not in files["main.typ"]
    assert len(elements(nasty, "heading")) == len(elements(plain, "heading"))
    assert "#panic() *bold* _emph_ $x^2$ @a <b> `raw` \\u{41} //c <script>alert(1)</script>" in words(nasty)
    assert format_certificate(nasty, written_at=WRITTEN_AT)
