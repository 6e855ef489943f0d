"""The JSON Schema of a study file, which editors use to complete and to check while one types."""

from typing import Any

from trialwright.study.reader import study_adapter


def study_schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) that every study file fits; what the lint finds it does not know."""
    schema = study_adapter().json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://trialwright.invalid/study.schema.json",
        **schema,
        "title": "trialwright study",
    }
