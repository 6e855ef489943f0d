"""What was measured or said of a person: numbers with their units, dates, codes, and yes / no / not known."""

from trialwright.facts.codes import Code, canonical_system, known_systems
from trialwright.facts.dates import (
    LocalTime,
    Occurred,
    PartialDate,
    completed_months,
    completed_years,
    format_occurred,
    parse_occurred,
    parse_partial_date,
)
from trialwright.facts.quantities import (
    Quantity,
    Range,
    format_decimal,
    format_scientific,
    parse_decimal,
    parse_quantity,
    parse_range,
)
from trialwright.facts.text import quoted, shortened
from trialwright.facts.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of
from trialwright.facts.units import Unit, convert, read_unit, unit_hint

__all__ = [
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "Code",
    "LocalTime",
    "Occurred",
    "PartialDate",
    "Quantity",
    "Range",
    "Truth",
    "Unit",
    "all_of",
    "any_of",
    "canonical_system",
    "completed_months",
    "completed_years",
    "convert",
    "format_decimal",
    "format_occurred",
    "format_scientific",
    "known_systems",
    "parse_decimal",
    "parse_occurred",
    "parse_partial_date",
    "parse_quantity",
    "parse_range",
    "quoted",
    "read_unit",
    "shortened",
    "unit_hint",
]
