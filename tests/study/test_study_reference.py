"""The studies that ship: the reference study NCT05333705, whole and honest, and the study for tables of the past."""

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.criteria import Kind
from trialwright.study import StudyErrors, StudyFile, check_study, criteria_of, read_study, study_schema

HOME = files("trialwright.studies")
TEXT = HOME.joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
RECORD = json.loads(HOME.joinpath("nct05333705/NCT05333705.json").read_text(encoding="utf-8"))
OBSERVED = HOME.joinpath("observed/study.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reference() -> StudyFile:
    return read_study(TEXT, "study.yaml")


def leaves(value: Any) -> Iterator[Any]:
    """Every value in a tree that holds no other."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def test_every_line_of_the_registry_record_is_in_the_reference_study_word_for_word(reference: StudyFile) -> None:
    """Value for value and as often as the record has it; nothing shortened, nothing tidied."""
    assert reference.study.record is not None
    ours = Counter(leaves(dataclasses.asdict(reference.study.record)))
    theirs = Counter(leaves(RECORD))
    assert not theirs - ours
    assert sum(theirs.values()) == 31
    # and nothing stands under the registry's name that the registry did not say
    assert set((ours - theirs).elements()) <= {None, "registry", "ClinicalTrials.gov"}
    assert reference.study.record.source == "registry"


def test_each_fact_of_the_record_stands_under_its_own_key(reference: StudyFile) -> None:
    """The rows of the registry's public page, against the record's fields."""
    record = reference.study.record
    assert record is not None
    section = RECORD["protocolSection"]
    design, eligibility = section["designModule"], section["eligibilityModule"]
    assert record.nct == section["identificationModule"]["nctId"]
    assert record.org_id == section["identificationModule"]["orgStudyIdInfo"]["id"]
    assert record.title == reference.study.title == section["identificationModule"]["briefTitle"]
    assert record.sponsor == section["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
    assert record.status == section["statusModule"]["overallStatus"]
    assert list(record.phases) == design["phases"]
    assert record.masking == design["designInfo"]["maskingInfo"]["masking"]
    assert record.allocation == design["designInfo"]["allocation"]
    assert record.enrolment is not None
    assert reference.study.enrolment.target == record.enrolment.count == design["enrollmentInfo"]["count"] == 15
    assert record.brief_summary == section["descriptionModule"]["briefSummary"]
    assert record.detailed_description == section["descriptionModule"]["detailedDescription"]
    assert record.eligibility_text == eligibility["eligibilityCriteria"]
    assert (record.minimum_age, record.maximum_age) == (eligibility["minimumAge"], eligibility["maximumAge"])
    assert record.healthy_volunteers is eligibility["healthyVolunteers"] is False


def test_each_criterion_keeps_words_of_the_record(reference: StudyFile) -> None:
    words = RECORD["protocolSection"]["eligibilityModule"]
    inclusion, exclusion = words["eligibilityCriteria"].split("Exclusion Criteria:")
    for line in reference.study.eligibility.criteria:
        if line.bullet == "ages":
            assert line.text == f"{words['minimumAge']} to {words['maximumAge']}"
        else:
            assert line.text in (inclusion if line.kind == "inclusion" else exclusion)
        assert line.source == "registry"


def test_the_rules_are_those_the_design_settles_on(reference: StudyFile) -> None:
    """From the reference study's paragraph in the design of the criteria, windows as proposed there."""
    rules = {line.id: line.rule for line in reference.study.eligibility.criteria}
    assert list(rules.values()) == [
        "diagnosis in AML",
        'opinion "disease status fits the study" by investigator',
        "lvef >= 50 % within 28 days before enrolment",
        "alt <= 2.5 ULN within 14 days before enrolment",
        "ast <= 2.5 ULN within 14 days before enrolment",
        "bilirubin <= 2 ULN within 14 days before enrolment",
        "creatinine <= 3.0 mg/dL | 260 umol/L within 14 days before enrolment",
        "signed consent before screening",
        "age 18..80 years",
        "active diagnosis in SevereInfection",
        "diagnosis in OtherMalignancy ever",
        "female and (pregnant within 7 days before enrolment or lactating)",
        'opinion "unsuitable" by investigator',
    ]
    confirmed = {line.confirmed.by for line in reference.study.eligibility.criteria if line.confirmed}
    assert confirmed == {"reference"}
    assert [each.kind for each in criteria_of(reference.study.eligibility)].count(Kind.EXCLUSION) == 4


def test_what_the_record_leaves_open_is_marked_as_our_assumption_with_its_basis(reference: StudyFile) -> None:
    study = reference.study
    assert study.treatment.infusion is not None
    assert study.treatment.premedication is not None
    assert study.treatment.gvhd_prophylaxis is not None
    assert study.product is not None
    assert study.safety.dlt is not None
    assert study.safety.stopping_rule is not None
    assert study.enrolment.stagger is not None
    ours: list[Any] = [study.treatment.infusion, study.treatment.premedication, study.treatment.gvhd_prophylaxis]
    ours += [study.product, *study.product.release_tests, study.safety.dlt, study.safety.stopping_rule]
    ours += [study.enrolment.stagger, study.response, *study.sites, *study.consent, *study.safety.triggers]
    ours += [visit for visit in study.visits if visit.id != "infusion"]
    for noun in ours:
        assert noun.source == "assumption", noun
        assert noun.basis, noun


def test_a_window_the_record_does_not_name_is_said_to_be_assumed(reference: StudyFile) -> None:
    for line in reference.study.eligibility.criteria:
        if "within" in line.rule or "ever" in line.rule or "active" in line.rule:
            assert line.assumes, line.id
            assert line.basis, line.id


def test_the_reference_study_has_no_error_and_every_other_finding_is_noted(reference: StudyFile) -> None:
    findings = check_study(reference)
    assert [str(finding) for finding in findings if finding.level == "error"] == []
    assert [str(finding) for finding in findings if finding.noted is None] == []
    assert {finding.code for finding in findings} == {
        "consolidation-without-anthracycline",
        "demonstration-only",
        "efficacy-in-phase-1",
        "left-out-group",
        "normal-above-range",
        "not-a-rule",
        "limits-disagree",
        "unnamed-cohort",
        "which-edition",
    }


def test_creatinine_of_3_milligrams_is_265_micromoles(reference: StudyFile) -> None:
    """3.0 mg/dL x 10 / 113.12 g/mol x 1000 = 265.2 umol/L: the number in the project's design, and by hand."""
    finding = next(each for each in check_study(reference) if each.code == "limits-disagree")
    assert "3.0 mg/dL is 265.2 umol/L, but the same line allows 260 umol/L" in finding.meaning
    line = TEXT.split("\n")[(finding.place.line or 0) - 1]
    assert line[(finding.place.column or 0) - 1 :].startswith("260 umol/L")


def test_the_estimands_are_those_of_the_reference_table(reference: StudyFile) -> None:
    """OS, DFS, CIR, CID, EFS: who, from when, event, competing, censored; two years are 730.5 days."""
    table = {
        each.id: (each.population, each.origin, each.events, each.competing, each.censor_at)
        for each in reference.study.endpoints
    }
    assert table == {
        "os": ("enrolled", "enrolment", ("death",), (), "last_known_alive"),
        "os-infused": ("infused", "first_infusion", ("death",), (), "last_known_alive"),
        "dfs": ("remission", "remission", ("relapse", "death"), (), "last_disease_assessment"),
        "cir": ("remission", "remission", ("relapse",), ("death_without_relapse",), "last_disease_assessment"),
        "cid": ("remission", "remission", ("death_without_relapse",), ("relapse",), "last_disease_assessment"),
        "efs": ("enrolled", "enrolment", ("no_remission", "relapse", "death"), (), "last_disease_assessment"),
    }
    assert {each.horizon_days for each in reference.study.endpoints} == {Decimal("730.5")}
    assert [each.id for each in reference.study.endpoints if each.role == "primary"] == ["os"]


def test_studies_compare_by_what_they_say(reference: StudyFile) -> None:
    again = read_study("# another comment\n" + TEXT, "elsewhere.yaml")
    assert again.study == reference.study
    assert hash(again.study) == hash(reference.study)
    assert again.sha256 != reference.sha256
    other = read_study(TEXT.replace("target: 15", "target: 16"), "other.yaml")
    assert other.study != reference.study


def test_a_place_of_a_line_not_written_is_the_block_it_would_stand_in(reference: StudyFile) -> None:
    lines = TEXT.split("\n")
    written = reference.place("safety", "stopping_rule", "cut")
    assert lines[(written.line or 0) - 1].strip() == "cut: 0.80"
    assert reference.place("safety", "stopping_rule", "nothing") == reference.place("safety", "stopping_rule")
    assert reference.place_within("sites", 0, offset=3) == reference.place("sites", 0)


@pytest.mark.parametrize("text", [TEXT, OBSERVED], ids=["reference", "observed"])
def test_the_shipped_studies_fit_their_json_schema(text: str) -> None:
    """The judge is jsonschema, Draft 2020-12."""
    schema = study_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(_plain(text))] == []


def _plain(text: str) -> Any:
    """The file as JSON has it, through our own reader's tree."""
    from trialwright.study.tree import read_tree

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, tuple):
            return [plain(inner) for inner in value]
        return float(value) if isinstance(value, Decimal) else value

    return plain(read_tree(text, "study.yaml").value)


def test_the_study_for_tables_of_the_past_is_short_and_has_no_finding() -> None:
    observed = read_study(OBSERVED, "observed.yaml")
    assert check_study(observed) == ()
    assert observed.study.historical
    assert len(OBSERVED.splitlines()) < 70


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 4))
def test_a_damaged_study_file_is_read_or_refused_and_nothing_else(seed: int, changes: int) -> None:
    """Characters deleted, added or replaced anywhere: findings or faults, each with its place."""
    chance = random.Random(seed)
    text = TEXT
    for _ in range(changes):
        at = chance.randrange(len(text))
        text = (
            text[:at]
            + chance.choice(["", "\t", "'", '"', "{", "[", ":", "- ", "\n", "&a ", "*", "#", "9", "é"])
            + text[at + chance.randrange(3) :]
        )
    assert all(each.place is not None for each in _findings_or_faults(text))


def _findings_or_faults(text: str) -> tuple[Any, ...]:
    try:
        return check_study(read_study(text, "study.yaml"))
    except StudyErrors as refused:
        return refused.faults
