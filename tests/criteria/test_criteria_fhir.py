"""A FHIR R4 Bundle becomes a person: what is read, what is left out, what is named as unread."""

from decimal import Decimal
from typing import Any

import pytest

from trialwright.criteria import Coded, Observation, Person, read_fhir_bundle, shipped_library
from trialwright.errors import FormatError
from trialwright.facts import Code, LocalTime, PartialDate, Quantity, Range

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1971-05", "gender": "female"}


def bundle(*resources: dict[str, Any], patient: dict[str, Any] = PATIENT) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in (patient, *resources)],
    }


def read(*resources: dict[str, Any], **clock: Any) -> Person:
    return read_fhir_bundle(bundle(*resources), shipped_library(), **clock)


def observation(loinc: str, **parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "effectiveDateTime": "2026-11-20",
        **parts,
    }


CREATININE = observation(
    "2160-0",
    valueQuantity={"value": 2.1, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"},
    referenceRange=[{"low": {"value": 0.5}, "high": {"value": 1.1, "code": "mg/dL"}}],
)


def test_a_patient_and_a_laboratory_value() -> None:
    person = read(CREATININE)
    assert (person.born, person.sex, person.unread) == (PartialDate(1971, 5), "female", ())
    assert person.facts == (
        Observation(
            concept="creatinine",
            value=Quantity(Decimal("2.1"), "mg/dL", "", Range(Decimal("0.5"), Decimal("1.1"), "mg/dL")),
            on=PartialDate(2026, 11, 20),
            id="Observation/o1",
        ),
    )


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "mg/L"}}, Quantity(Decimal(5), "mg/L", "<")),
        ({"valueQuantity": {"value": 5}}, Quantity(Decimal(5))),
        ({"valueString": "<0.5 mg/L"}, Quantity(Decimal("0.5"), "mg/L", "<")),
        ({"valueString": "阴性"}, "negative"),
        ({"valueInteger": 2}, Quantity(Decimal(2))),
        ({"valueBoolean": True}, "yes"),
        ({"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]}}, "negative"),
        ({"valueCodeableConcept": {"text": "Positive"}}, "positive"),
        ({"valueCodeableConcept": {"coding": [{"display": "弱阳性"}]}}, "weak positive"),
    ],
)
def test_each_kind_of_value_is_read(parts: dict[str, Any], value: Any) -> None:
    (fact,) = read(observation("1988-5", **parts)).facts
    assert isinstance(fact, Observation)
    assert fact.value == value


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "unknown"])
def test_what_is_entered_in_error_is_left_out(status: str) -> None:
    assert read({**CREATININE, "status": status}) == read()


def test_ranges_for_different_people_are_no_range() -> None:
    ranges = [{"high": {"value": 1.1}, "appliesTo": [{"text": "men"}]}, {"high": {"value": 0.9}, "age": {}}]
    (fact,) = read({**CREATININE, "referenceRange": ranges}).facts
    assert isinstance(fact, Observation)
    assert isinstance(fact.value, Quantity)
    assert fact.value.range is None


def test_components_are_observations_of_their_own() -> None:
    panel = {
        "resourceType": "Observation",
        "status": "final",
        "effectiveDateTime": "2026-11-20",
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "valueQuantity": {"value": value, "code": "mm[Hg]"},
            }
            for code, value in (("8480-6", 120), ("8462-4", 80))
        ],
    }
    assert [fact.concept for fact in read(panel).facts if isinstance(fact, Observation)] == ["systolic", "diastolic"]


def test_a_time_keeps_the_sites_day() -> None:
    late = {**CREATININE, "effectiveDateTime": "2026-11-20T22:00:00Z"}
    assert read(late).facts[0].on == PartialDate(2026, 11, 20)
    assert read(late, offset_minutes=480).facts[0].on == PartialDate(2026, 11, 21)
    moment = read(late, zone="Asia/Shanghai", offset_minutes=480).facts[0].on
    assert isinstance(moment, LocalTime)
    assert str(moment) == "2026-11-21T06:00+08:00[Asia/Shanghai]"
    shanghai = {**CREATININE, "effectiveDateTime": "2026-11-20T22:00:00.123+08:00"}
    assert read(shanghai).facts[0].on == PartialDate(2026, 11, 20)


def coded(kind: str, **parts: Any) -> dict[str, Any]:
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "J18.9"}]}
    return {"resourceType": kind, "id": "c", "code": code, **parts}


CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (coded("Condition", onsetDateTime="2026-11"), ("diagnosis", "2026-11", None, "")),
        (
            coded(
                "Condition",
                recordedDate="2026-11-01",
                clinicalStatus={"coding": [{"system": CLINICAL, "code": "active"}]},
            ),
            ("diagnosis", "2026-11-01", None, "active"),
        ),
        (
            coded(
                "Condition",
                onsetDateTime="2026-11-01",
                abatementDateTime="2026-11-15",
                clinicalStatus={"coding": [{"code": "resolved"}]},
            ),
            ("diagnosis", "2026-11-01", "2026-11-15", "resolved"),
        ),
        (coded("Procedure", performedDateTime="2024", status="completed"), ("procedure", "2024", None, "")),
        (coded("AllergyIntolerance", recordedDate="2024"), ("allergy", "2024", None, "")),
    ],
)
def test_a_coded_resource_keeps_its_dates_and_whether_it_is_active(
    resource: dict[str, Any], expected: tuple[str, str, str | None, str]
) -> None:
    (fact,) = read(resource).facts
    assert isinstance(fact, Coded)
    assert fact.code == Code("ICD-10", "J18.9")
    assert (fact.domain, str(fact.on), fact.until and str(fact.until), fact.status) == expected


def test_a_drug_has_its_period() -> None:
    drug = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": "H02AB06"}]},
        "effectivePeriod": {"start": "2026-10-01", "end": "2026-11-16"},
    }
    (fact,) = read(drug).facts
    assert isinstance(fact, Coded)
    assert (fact.domain, fact.code, str(fact.on), str(fact.until), fact.status) == (
        "medication",
        Code("ATC", "H02AB06"),
        "2026-10-01",
        "2026-11-16",
        "active",
    )


@pytest.mark.parametrize("verified", ["refuted", "entered-in-error"])
def test_a_refuted_diagnosis_is_none(verified: str) -> None:
    resource = coded("Condition", onsetDateTime="2026", verificationStatus={"coding": [{"code": verified}]})
    assert read(resource).facts == ()


@pytest.mark.parametrize(
    ("resource", "says"),
    [
        (coded("Condition"), "it has no date"),
        ({"resourceType": "Condition", "id": "c", "onsetDateTime": "2026"}, "it has no code"),
        (observation("99999-9", valueInteger=1), "no concept of the library has its code LOINC 99999-9"),
        (observation("2160-0"), "it has no value"),
        ({**CREATININE, "effectiveDateTime": "2026-02-30"}, "not a day of the calendar"),
        ({**CREATININE, "effectiveDateTime": "2026-11-20T25:00:00Z"}, "not a moment of the calendar"),
        ({**CREATININE, "effectiveDateTime": 5}, "it has no date"),
        (observation("2160-0", valueQuantity={"value": "x"}), "not a number"),
    ],
)
def test_what_cannot_be_placed_is_named_and_the_rest_is_read(resource: dict[str, Any], says: str) -> None:
    person = read(resource, CREATININE)
    assert len(person.facts) == 1
    (unread,) = person.unread
    assert unread.startswith(f"{resource['resourceType']}/")
    assert says in unread


def test_other_resources_are_passed_over() -> None:
    assert read({"resourceType": "Encounter", "id": "e"}) == read()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "no FHIR Bundle"),
        ({"resourceType": "Patient"}, "no FHIR Bundle"),
        ({"resourceType": "Bundle"}, "holds 0"),
        (bundle(PATIENT), "holds 2"),
        (bundle(patient={**PATIENT, "birthDate": "1971-13"}), "not a day"),
    ],
)
def test_a_bundle_is_one_patients(given: Any, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        read_fhir_bundle(given, shipped_library())


def test_a_bundle_of_nonsense_is_read_without_a_traceback() -> None:
    nonsense = {"resourceType": "Bundle", "entry": [3, {}, {"resource": PATIENT}, {"resource": []}]}
    nonsense["entry"].append({"resource": {"resourceType": "Observation", "code": 3, "component": 4}})
    nonsense["entry"].append({"resource": {"resourceType": "Condition", "code": {"coding": [3, {"code": 4}]}}})
    assert len(read_fhir_bundle(nonsense, shipped_library()).unread) == 2
