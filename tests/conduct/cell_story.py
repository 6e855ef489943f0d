"""Stories of cells: the whole way from a donor to the bedside, in the study `cell_study.yaml`, told through the acts.

The worked example of a dose: 70 kg, 120 mL at 1.2e7 viable cells/mL, 85 % CD3-CD56+, 0.6 % CD3+, 0.5 EU/mL.
"""

from functools import cache
from pathlib import Path

from conduct_story import ZONE, Story, chemotherapy, consents, cover, enrols, facts

from trialwright.cells.codes import CONFUSING, LETTERS, label_code
from trialwright.facts.check_character import check_character
from trialwright.study import Study, read_study

FILE = Path(__file__).parent.parent / "data" / "conduct" / "cell_study.yaml"
MAKER, TESTER, QUALITY = "by lab-1:cell_laboratory", "by lab-2:cell_laboratory", "by lab-3:cell_laboratory"
NURSE = "by nurse:coordinator"


@cache
def cell_study() -> Study:
    return read_study(FILE.read_text(encoding="utf-8"), FILE.name).study


def cell_trial() -> Story:
    """A ledger in memory under the study of the cells' whole way."""
    return Story(study=cell_study(), sha256="cells-1")


def code(sort: str, place: int, year: int = 26) -> str:
    """The code that the acts give to the first, second … of a sort: numbers with a confusing check are left out."""
    number = 0
    while place:
        number += 1
        body = f"XA{year:02d}{number:06d}"
        check = check_character(LETTERS[sort] + body)
        place -= check not in CONFUSING
    return f"{LETTERS[sort]}-{body}{check}"


DONOR, COLLECTION, LOT = code("donor", 1), code("collection", 1), code("lot", 1)
DOSE, SECOND_DOSE = code("dose", 1), code("dose", 2)
TESTS = '{"hiv":"negative","hbv":"negative","cmv":"positive"}'
REAGENTS = '[{"name":"beads","lot":"R-77","expires_on":"2026-06-30"}]'
EQUIPMENT = '[{"code":"centrifuge-2","calibrated_until":"2026-03-31"}]'


def donor(donor: str = DONOR, on: str = "2026-01-04", source: str = "peripheral blood") -> str:
    """A donor, registered, consenting and fit to give."""
    mother = source == "cord blood"
    return f"""
        {on} register_donor {donor} source='{source}' tested={"mother" if mother else "donor"} {NURSE}
        {on}T10:00 record_donor_consent {donor} document=donation document_version=1 language=zh signer={
        "mother" if mother else "donor"
    } explained_by=inv {NURSE}
        {on}T12:00 decide_donor_eligibility {donor} eligibility=eligible tests='{TESTS}' sampled_on={on}
    """


def collected(
    collection: str = COLLECTION, donor: str = DONOR, on: str = "2026-01-08", source: str = "peripheral blood"
) -> str:
    """Taken from the donor, and in the laboratory an hour later."""
    return f"""
        {on}T09:00 collect {collection} donor={donor} source='{source}' volume_ml=60 {NURSE}
        {on}T10:00 receive {
        collection
    } giver=nurse taker=lab-1 place=laboratory condition=good seal=intact temperature_c=20 {MAKER}
    """


def cultured(collection: str = COLLECTION, start: str = "2026-01-08", end: str = "2026-01-20") -> str:
    """Separated on the day, cultured until the morning of the infusion."""
    return f"""
        {start}T12:00 process {collection} step=separation reagents='{REAGENTS}' equipment='{EQUIPMENT}' {MAKER}
        {end}T05:00 process {collection} step=culture started_at={start}T13:00{ZONE} {MAKER}
    """


def lot_made(
    lot: str = LOT, collection: str = COLLECTION, who: str | None = "S-001", on: str = "2026-01-20", ml: str = "120"
) -> str:
    """The lot of the worked example, for one recipient or for nobody yet."""
    recipient = f"recipient={who}" if who else ""
    return f"""
        {on}T06:00 make_lot {lot} collection={collection} {recipient} volume_ml={ml} expires_at={on}T23:00{ZONE} {MAKER}
    """


def results(lot: str = LOT, on: str = "2026-01-20", t_cells: str = "0.6") -> str:
    """Its results, as the laboratory measures them."""
    measured = (
        ("cell-count", "1.2e7 unit=/mL"),
        ("purity", "85 unit=%"),
        ("t-cells", f"{t_cells} unit=%"),
        ("endotoxin", "0.5 unit={EU}/mL"),
        ("gram", "negative"),
    )
    lines = [f"{on}T07:30 record_release_test {lot} test={test} value={value} {TESTER}" for test, value in measured]
    return "\n" + "\n".join(lines) + "\n"


def released(lot: str = LOT, on: str = "2026-01-20") -> str:
    return f"{on}T08:00 release {lot} how=conditional weight_kg=70 {QUALITY} with inv:investigator\n"


def divided(lot: str = LOT, dose: str = DOSE, on: str = "2026-01-20", volumes: str = "120") -> str:
    """One bag with its label, put into the refrigerator."""
    return f"""
        {on}T07:00 divide {lot} volumes_ml={volumes} {MAKER}
        {on}T07:10 print_label {dose} {MAKER}
        {on}T07:15 put_in_storage {dose} place=refrigerator temperature_c=4 {MAKER}
    """


def issued(dose: str = DOSE, who: str = "S-001", on: str = "2026-01-20", at: str = "13:20") -> str:
    """Taken out and given to the nurse."""
    return f"""
        {on}T13:10 take_out_of_storage {dose} place=refrigerator {QUALITY}
        {on}T{at} issue {dose} recipient={who} taker=nurse place=ward weight_kg=70 {QUALITY}
    """


def wristband(who: str = "S-001", on: str = "2026-01-20") -> str:
    return f"{on}T08:00 print_label {who} {NURSE}\n"


def checked(who: str = "S-001", dose: str = DOSE, on: str = "2026-01-20T13:45", label: int = 1, band: int = 1) -> str:
    return (
        f"{on} check_at_bedside {who} wristband={label_code(who, band)} dose_label={label_code(dose, label)} "
        f"{NURSE} with inv:investigator"
    )


def start(who: str = "S-001", doses: str = DOSE, on: str = "2026-01-20T14:00", more: str = "") -> str:
    return f"{on} infuse {who} cycle=1 doses={doses} weight_kg=70 {NURSE} with inv:investigator {more}"


def patient(who: str = "S-001") -> str:
    """Somebody with a place and a cycle of chemotherapy, weighed on the morning."""
    weight = '[{"concept":"weight","value":"70","unit":"kg","on":"2026-01-20"}]'
    return "\n".join(
        (
            consents(),
            facts(who),
            enrols(who),
            chemotherapy(who),
            f"2026-01-20 record_facts {who} facts='{weight}'",
        )
    )


MADE = donor() + collected() + cultured() + lot_made() + divided() + results() + released()
"""From the donor to a released lot of one bag, for S-001."""
AT_THE_BEDSIDE = f"{patient()}\n{MADE}{wristband()}{issued()}{cover('S-001')}{checked()}\n"
"""A minute before the infusion of S-001."""
GIVEN = f"{AT_THE_BEDSIDE}{start()}\n"
