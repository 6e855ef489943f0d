"""Every refusal about the ward's own forms, under `small_study.yaml`: rows, vital signs. See conduct_refusals.py."""

from conduct_story import Scenario, cover, lot
from harm_refusals import INFUSED, TREATED

DRUG = """answers='{"drug":"artemether","began_on":"2026-01-21"}'"""
ROW = f"2026-01-21 record_row S-001 form=medications {DRUG}"
VITALS = "take_vitals S-001 temperature_c=37.0 pulse=80"

WARD_SCENARIOS = tuple(
    Scenario(*row)
    for row in (
        (
            "row.unknown",
            f"{INFUSED}{ROW}\n",
            """2026-01-22 follow_row S-001 form=medications row=3 answers='{"dose":"5"}'""",
        ),
        ("row.twice", f"{INFUSED}{ROW}\n", ROW),
        ("vitals.no_infusion", f"{TREATED}{lot()}{cover('S-001')}", f"2026-01-20T14:35 {VITALS}"),
        ("vitals.before_start", INFUSED, f"2026-01-20T09:00 {VITALS}"),
        ("vitals.not_ended", INFUSED, f"2026-01-20T15:30 {VITALS} moment='end + 1 h'"),
        (
            "vitals.taken",
            f"{INFUSED}2026-01-20T14:45 {VITALS} moment='15 min'\n",
            f"2026-01-20T14:46 {VITALS} moment='15 min'",
        ),
    )
)
