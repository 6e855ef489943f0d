"""When a code lies under another."""

import pytest

from trialwright.facts import FALSE, TRUE, UNKNOWN, Code, Truth


@pytest.mark.parametrize(
    ("code", "parent", "expected"),
    [
        (("ICD-10", "C92.0"), ("ICD-10", "C92.0"), TRUE),
        (("ICD-10", "C9200"), ("ICD-10", "C92.0"), TRUE),
        (("ICD-10", "C92.000"), ("ICD-10", "C92.0"), TRUE),
        (("ICD-10", "c92.000x001"), ("ICD-10", "C92.0"), TRUE),
        (("ICD-10", "C92.0"), ("ICD-10", "C92"), TRUE),
        (("ICD-10", "C92"), ("ICD-10", "C92.0"), UNKNOWN),
        (("ICD-10", "C92.1"), ("ICD-10", "C92.0"), FALSE),
        (("http://hl7.org/fhir/sid/icd-10", "C92.0"), ("ICD-10", "C92.0"), TRUE),
        (("icd-10-cm", "C92.00"), ("ICD-10", "C92.0"), TRUE),
        (("SNOMED", "C92.0"), ("ICD-10", "C92.0"), FALSE),
        (("SNOMED", "918610091"), ("http://snomed.info/sct", "91861009"), FALSE),
        (("SNOMED", "91861009"), ("http://snomed.info/sct", "91861009"), TRUE),
        (("ATC", "L01DB06"), ("ATC", "L01DB"), TRUE),
        (("ATC", "L01"), ("ATC", "L01DB"), UNKNOWN),
        (("our own", "A1"), ("our own", "A"), FALSE),
    ],
)
def test_a_longer_code_lies_under_a_shorter_one_of_its_system(
    code: tuple[str, str], parent: tuple[str, str], expected: Truth
) -> None:
    assert Code(*code).under(Code(*parent)) is expected
