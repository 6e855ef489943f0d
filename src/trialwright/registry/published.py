"""A record's lines, each in its place in a study file; what has no place there stays under `rest`, as it was."""

import copy
from collections.abc import Mapping
from typing import Any

from trialwright.registry.record import Record

LEFT_OUT = ("resultsSection",)
"""Results of a finished trial are no part of a plan for a new one; they stay in the record."""

_TEXTS: tuple[tuple[str, str], ...] = (
    ("org_id", "identificationModule.orgStudyIdInfo.id"),
    ("title", "identificationModule.briefTitle"),
    ("official_title", "identificationModule.officialTitle"),
    ("sponsor", "sponsorCollaboratorsModule.leadSponsor.name"),
    ("sponsor_class", "sponsorCollaboratorsModule.leadSponsor.class"),
    ("status", "statusModule.overallStatus"),
    ("study_type", "designModule.studyType"),
    ("phases", "designModule.phases"),
    ("allocation", "designModule.designInfo.allocation"),
    ("model", "designModule.designInfo.interventionModel"),
    ("masking", "designModule.designInfo.maskingInfo.masking"),
    ("purpose", "designModule.designInfo.primaryPurpose"),
    ("conditions", "conditionsModule.conditions"),
    ("keywords", "conditionsModule.keywords"),
    ("arms", "armsInterventionsModule.armGroups"),
    ("interventions", "armsInterventionsModule.interventions"),
    ("brief_summary", "descriptionModule.briefSummary"),
    ("detailed_description", "descriptionModule.detailedDescription"),
    ("enrolment", "designModule.enrollmentInfo"),
    ("sex", "eligibilityModule.sex"),
    ("minimum_age", "eligibilityModule.minimumAge"),
    ("maximum_age", "eligibilityModule.maximumAge"),
    ("healthy_volunteers", "eligibilityModule.healthyVolunteers"),
    ("eligibility_text", "eligibilityModule.eligibilityCriteria"),
    ("contacts", "contactsLocationsModule.centralContacts"),
)
"""The study's key and where the record keeps it, in the order of the registry's page."""

_INNER: Mapping[str, Mapping[str, str]] = {
    "arms": {"label": "label", "type": "type", "description": "description", "interventionNames": "interventions"},
    "interventions": {
        "type": "type",
        "name": "name",
        "description": "description",
        "armGroupLabels": "arms",
        "otherNames": "other_names",
    },
    "contacts": {"name": "name", "role": "role", "phone": "phone", "phoneExt": "phone_ext", "email": "email"},
}
"""The keys of a line inside a list: the record's and ours."""


def published_lines(record: Record) -> dict[str, Any]:
    """The `record:` block of a study file: plain values, in the order of the page, `rest` last."""
    left = copy.deepcopy(record.protocol)
    lines: dict[str, Any] = {"source": "registry", "registry": "ClinicalTrials.gov", "nct": record.nct}
    del left["identificationModule"]["nctId"]
    for key, path in _TEXTS:
        value = _fitting(key, _at(left, path))
        if value is not None:
            lines[key] = value
            _remove(left, path.split("."))
    for key, value in record.whole.items():
        if key != "protocolSection" and key not in LEFT_OUT:
            left[key] = copy.deepcopy(value)
    if left := _without_empty(left, record.protocol):
        lines["rest"] = left
    return lines


def _at(block: Any, path: str) -> Any:
    for key in path.split("."):
        block = block.get(key) if isinstance(block, dict) else None
    return block


def _fitting(key: str, value: Any) -> Any:
    """The value as the study file holds it, or None if it has not the shape that key has."""
    match key:
        case "phases" | "conditions" | "keywords":
            return value if _is_texts(value) and value else None
        case "arms" | "interventions" | "contacts":
            return _inner_lines(key, value)
        case "enrolment":
            return value if _is_count(value) else None
        case "healthy_volunteers":
            return value if isinstance(value, bool) else None
        case _:
            return value if isinstance(value, str) and value else None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _is_count(value: Any) -> bool:
    if not isinstance(value, dict) or not value or not set(value) <= {"count", "type"}:
        return False
    count, kind = value.get("count", 0), value.get("type", "-")
    return (
        isinstance(count, int) and not isinstance(count, bool) and count >= 0 and isinstance(kind, str) and bool(kind)
    )


def _inner_lines(key: str, value: Any) -> list[dict[str, Any]] | None:
    """The lines of a list under our keys, if the record has only keys and shapes we know in it."""
    if not isinstance(value, list) or not value:
        return None
    names = _INNER[key]
    needed = {"arms": "label", "interventions": "name"}.get(key)
    lines = []
    for each in value:
        if not isinstance(each, dict) or not each or not set(each) <= set(names) or (needed and needed not in each):
            return None
        for theirs, inner in each.items():
            several = names[theirs] in ("interventions", "arms", "other_names")
            if not (_is_texts(inner) and inner if several else isinstance(inner, str) and inner):
                return None
        lines.append({names[theirs]: inner for theirs, inner in each.items()})
    return lines


def _remove(block: dict[str, Any], path: list[str]) -> None:
    """Take a value out, and every block that is empty without it."""
    key, *deeper = path
    if deeper:
        _remove(block[key], deeper)
        if not block[key]:
            del block[key]
    else:
        del block[key]


def _without_empty(left: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """The modules that still hold something, or that were empty in the record already."""
    return {key: value for key, value in left.items() if value not in ({}, None) or original.get(key) == {}}
