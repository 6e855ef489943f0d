"""Every finding of the lint: on the reference study with the fault put in, and not on the one without it.

Each row edits the text of the reference study. `faulty` puts the fault in, `sound` takes it out (empty: the reference
study itself has not got it), and `at` is how the place that the finding names reads on.
"""

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

import trialwright.study
from trialwright.study import Finding, StudyFile, check_study, library_of, read_study

TEXT = files("trialwright.studies").joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    code: str
    level: str
    faulty: Edits
    at: str
    subject: str
    sound: Edits = ()
    says: str = ""


def block(name: str) -> str:
    """A block of the outermost level, up to the next."""
    found = re.search(rf"^{name}:.*?(?=^\w|^# What|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[0]


def inner(name: str, indent: int = 2) -> str:
    """A block within another."""
    found = re.search(rf"^ {{{indent}}}{name}:.*?(?=^ {{0,{indent}}}\S|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[0]


MAINLY = "Those who achieved CR after chemotherapy are mainly included. Refractory/relapsed AML can also be enrolled."
NORMAL = "text: normal liver function(ALT and AST ≤ 2.5 times the upper limit of normal value\n      rule: alt"
NCCN = "text: anthracycline-based chemotherapy according to NCCN guidelines"
OS_TEXT = "text: To determine the rate of overall survival at 2 years of Interventional cohort"
LIMITS = "creatinine <= 3.0 mg/dL | 260 umol/L within"
HAA = "        phase: induction\n        drugs:\n          - {drug: homoharringtonine"
AGE = "      rule: age 18..80 years\n      source: registry\n"
CONFIRMED = "      confirmed: {by: reference}\n"
OS_INFUSED = TEXT[TEXT.index("  - id: os-infused") : TEXT.index("  - id: dfs")]
DFS = TEXT[TEXT.index("  - id: dfs") : TEXT.index("  - id: cir")]
DFS_ORIGIN = (
    "text: To determine the rate of disease-free survival at 2 years.\n    population: remission\n    origin: remission"
)
FIRST = '    version: "1.0"\n    languages: [zh, en]\n'
EARLIER = '    version: "0.9"\n    languages: [zh]\n    valid_from: 2021-01-01\n  - id: consent\n'
AGAIN = "    reconsent: {}\n"
RENEWED = EARLIER + FIRST + AGAIN
MEDICATIONS = TEXT[TEXT.index("  - id: medications") : TEXT.index("  - id: survival\n")]
BOARD = "decided_by: [safety board]"
RECOVERY = TEXT[TEXT.index("        recovery: {") : TEXT.index("  stopping_rule:\n")]
ICANS = "scale: ICANS, grade_at_least: 3"
PRIOR = "prior: {a: 0.6, b: 1.4}"
RULE = f"    {PRIOR}\n    p0: 0.30\n    cut: 0.80\n    first_look: 3\n"
POCOCK = "    method: pocock\n    p0: 0.30\n    alpha: 0.05\n    first_look: 3\n"
REGIMES = "    regimes: [site, CN_IIT, pregnancy]\n"
OWN = (
    "    own_regimes:\n      - {id: board, label: to the board, by: investigator, to: [safety board], "
    "when: serious, hours: 48}\n"
)
VERSIONS = (
    '    reference_information:\n      - {version: "1.0", valid_from: 2026-01-01, expected: [Fever]}\n'
    '      - {version: "2.0", valid_from: 2027-01-01}\n'
)

RANGES = TEXT[TEXT.index("    ranges:\n") : TEXT.index("enrolment:\n  target")]


def ranges(*lines: str) -> Edits:
    """The reference study with other reference ranges of its site."""
    return ((RANGES, "    ranges:\n" + "".join(f"      - {{{line}}}\n" for line in lines) + "\n"),)


ALT = "concept: alt, low: 9, high: 50, unit: U/L"
ROWS = (
    # the frame
    Row("repeated-id", "error", (("  - code: XA\n", "  - {code: XA, name: again, time_zone: UTC}\n  - code: XA\n"),),
        "code: XA", "XA"),
    Row("unknown-reference", "error", (("forms: [infusion, vitals, harm]", "forms: [infusions, vitals, harm]"),),
        "infusions", "infusion", says="asks for the form `infusions`"),
    Row("unknown-reference", "error", ((HAA, HAA.replace("phase: induction", "phase: salvage")),), "salvage", "HAA"),
    Row("no-site", "error", ((block("sites"), ""),), "id: nct05333705", "sites"),
    Row("no-target", "error", (("  target: 15\n", ""),), "sequential", "enrolment", says="how many"),
    Row("no-consent-document", "error", ((block("consent"), ""),), "id: nct05333705", "consent"),
    Row("no-disease-status", "error", ((block("disease_status"), ""),), "id: nct05333705", "disease_status"),
    Row("open-question", "error", (("noted:\n", "questions: [{subject: dose, text: How many cells?}]\n\nnoted:\n"),),
        "{subject: dose", "dose", says="How many cells?"),
    Row("assumption-without-basis", "warning", (("source: assumption, basis: a reserve for an infusion reaction",
                                                 "source: assumption"),),
        "{id: oxygen", "oxygen"),
    Row("nobody-approves", "error", (("[administrator, data manager, safety board]", "[]"),), "[]", "amendments"),
    Row("renewal-of-nothing", "error", ((FIRST, FIRST + AGAIN),), "{}", "consent 1.0", ((FIRST, RENEWED),)),
    Row("empty-renewal", "warning", ((FIRST, f"{EARLIER}{FIRST}    reconsent: {{who: []}}\n"),), "[]", "consent 1.0"),
    Row("target-differs", "warning", (("target: 15", "target: 18"),), "18", "enrolment", says="registry says 15"),
    # the names
    Row("library-version", "warning", (('library: "2026.1"', 'library: "1999.1"'),), '"1999.1"', "library"),
    Row("undefined-concept", "error", (("rule: lvef >=", "rule: lvfe >="),), "lvfe", "inc-2-lvef",
        says="Did you mean `lvef`?"),
    Row("undefined-value-set", "error", (("diagnosis in AML\n", "diagnosis in Aml\n"),), "Aml", "inc-1-diagnosis"),
    Row("undefined-anchor", "error", (("signed consent before screening", "signed consent before screning"),),
        "before screning", "inc-3-consent", says="anchor `screning`"),
    Row("undefined-concept", "error", (("concept: ferritin", "concept: feritin"),), "feritin", "ferritin"),
    Row("unit", "error", (("endotoxin <= 5 {EU}/kg", "endotoxin <= 5 XU/kg"),), "5 XU/kg", "endotoxin"),
    Row("unit", "error", (("lvef >= 50 %", "lvef >= 50"),), "50 within", "inc-2-lvef", says="5000 %"),
    Row("unit", "error", (("concept: crp, unit: mg/L", "concept: crp, unit: mgs/L"),), "mgs/L", "crp"),
    Row("unit", "error", (("lvef >= 50 %", "lvef >= 50 mg/dL"),), "50 mg/dL", "inc-2-lvef"),
    Row("unknown-word", "error", (("gram_stain is negative", "gram_stain is sterile"),), "gram_stain", "gram"),
    Row("undefined-concept", "error", (("temperature, label: Temperature below 38.0 Cel,",
                                   'temperature, label: warm, rule: "temprature < 38.0 Cel",'),),
        "temprature", "temperature"),
    Row("undefined-concept", "error", (("rule: age 18..80 years", "rule: age 18..80 years and alt / asd < 2"),),
        "alt / asd", "inc-age", says="`asd`"),
    Row("undefined-anchor", "error",
        (("rule: age 18..80 years", "rule: age 18..80 years and at least 14 days since chemo"),), "at least 14",
        "inc-age", says="anchor `chemo`"),
    Row("undefined-value-set", "error", (("value_set: SevereInfection", "value_set: Infections"),), "Infections",
        "severe_infection"),
    Row("unit", "error", (("rule: age 18..80 years", "rule: age 18..80 yers"),), "18..80", "inc-age"),
    Row("unit", "error", (("viability >= 70 %", "viability 70..100"),), "70..100", "viability", says="7000 %"),
    Row("unit", "error", (("lvef >= 50 %", "lvef >= 0.5"),), "0.5 within", "inc-2-lvef", says="Write `50.0 %`"),
    Row("opinion-of-nobody", "warning", (('rule: opinion "unsuitable" by investigator', 'rule: opinion "unsuitable"'),),
        'opinion "unsuitable"', "exc-3-investigator"),
    # the site's reference ranges
    Row("undefined-concept", "error", ranges("concept: alat, high: 50, unit: U/L"), "alat", "alat", ranges(ALT),
        says="neither library nor study has such a concept"),
    Row("range-of-no-quantity", "error", ranges("concept: pregnant, high: 1, unit: '1'"), "pregnant", "pregnant",
        says="a word has no range"),
    Row("unit", "error", ranges("concept: alt, high: 50, unit: U/Litre"), "U/Litre", "alt", ranges(ALT),
        says="such as U/L"),
    Row("unit", "error", ranges("concept: wbc, low: 3.5, high: 9.5, unit: K/uL"), "K/uL", "wbc",
        ranges("concept: wbc, low: 3.5, high: 9.5, unit: 10*3/uL"), says="kelvin"),
    Row("unit", "error", ranges("concept: alt, high: 50, unit: mg/dL"), "mg/dL", "alt",
        ranges("concept: alt, high: 50, unit: IU/L"), says="is measured in U/L"),
    Row("unit", "error", ranges("concept: triglycerides, high: 150, unit: mg/dL"), "mg/dL", "triglycerides",
        ranges("concept: creatinine, high: 1.2, unit: mg/dL"), says="or in a unit of the same kind"),
    Row("range-without-ends", "error", ranges("concept: alt, unit: U/L"), "{concept: alt", "alt",
        ranges("concept: alt, high: 50, unit: U/L")),
    Row("reversed-limits", "error", ranges("concept: alt, low: 50, high: 9, unit: U/L"), "{concept: alt", "alt",
        ranges(ALT), says="the lower limit, 50, is above the upper limit, 9"),
    Row("reversed-limits", "error", ranges(f"{ALT}, from_age_years: 60, to_age_years: 18"), "{concept: alt", "alt",
        ranges(f"{ALT}, from_age_years: 18, to_age_years: 18"), says="begins at 60 years and ends at 18"),
    Row("repeated-range", "error", ranges(ALT, f"{ALT}, sex: female"), "{concept: alt", "alt",
        ranges(f"{ALT}, sex: male", f"{ALT}, sex: female"), says="for some of the same people"),
    Row("repeated-range", "error", ranges(f"{ALT}, to_age_years: 60", f"{ALT}, from_age_years: 60"), "{concept: alt",
        "alt", ranges(f"{ALT}, to_age_years: 59", f"{ALT}, from_age_years: 60")),
    # the criteria
    Row("no-criteria", "error", ((inner("criteria"), ""),), "library", "eligibility"),
    Row("unconfirmed", "error", ((AGE + CONFIRMED, AGE),), "id: inc-age", "inc-age"),
    Row("demonstration-only", "note", (), "- id: inc-1-diagnosis", "criteria",
        sound=(("{by: reference}", "{by: an investigator, on: 2026-11-20}"),)),
    Row("if-in-exclusion", "error", (("rule: female and (pregnant within 7 days before enrolment or lactating)",
                                             "rule: if female then pregnant within 7 days before enrolment"),),
        "if female", "exc-2-pregnancy", says="and"),
    Row("limits-disagree", "warning", (), "260 umol/L", "inc-2-creatinine",
        sound=((LIMITS, "creatinine <= 260 umol/L within"),), says="265.2 umol/L"),
    Row("limits-disagree", "warning", ((LIMITS + " 14 days before enrolment", 'opinion "kidneys" by investigator'),),
        "260 µmol /L", "inc-2-creatinine", sound=((LIMITS, "creatinine <= 260 umol/L within"),), says="265.2 umol/L"),
    Row("no-window", "warning", (("alt <= 2.5 ULN within 14 days before enrolment", "alt <= 2.5 ULN"),), "alt <=",
        "inc-2-alt", says="within 14 days before enrolment"),
    Row("no-window", "warning", (("lvef >= 50 % within 28 days before enrolment", "lvef >= 50 %"),), "lvef >=",
        "inc-2-lvef", says="within 28 days before enrolment"),
    Row("no-window", "warning", (("pregnant within 7 days before enrolment", "pregnant"),), "pregnant or",
        "exc-2-pregnancy", says="within 7 days before enrolment"),
    Row("no-window", "warning", (("rule: bilirubin <= 2 ULN within 14 days before enrolment",
                                  'rule: opinion "bilirubin" by investigator'),),
        "bilirubin ≤", "inc-2-bilirubin", says="14 days"),
    Row("normal-above-range", "warning", (), "normal liver", "inc-2-alt",
        sound=((NORMAL, NORMAL.replace("normal liver", "liver")),), says="2.5 x ULN"),
    Row("normal-above-range", "warning", (), "normal renal", "inc-2-creatinine",
        sound=(("text: normal renal function", "text: renal function"),), says="3.0 mg/dL"),
    Row("normal-above-range", "warning", (("rule: alt <= 2.5 ULN within 14 days before enrolment",
                                           'rule: opinion "liver" by investigator'),),
        "normal liver", "inc-2-alt", says="2.5 times the upper limit",
        sound=((NORMAL, NORMAL.replace("2.5 times", "1 times")), ("rule: alt <= 2.5 ULN", "rule: alt <= 1 ULN"))),
    Row("age-differs", "warning", (("age 18..80 years", "age 18..75 years"),), "75 years", "inc-age", says="80 Years"),
    Row("criterion-without-item", "warning", (("concept: lvef, ", ""),), "lvef >=", "inc-2-lvef"),
    Row("criterion-without-item", "warning", ((", opinion: unsuitable", ""),), "opinion", "exc-3-investigator"),
    # the words
    Row("not-a-rule", "warning", (), "mainly", "inc-1-status", sound=(("are mainly included", "are included"),)),
    Row("which-edition", "warning", (), "NCCN", "chemotherapy", sound=((NCCN, NCCN + ", version 2.2026"),)),
    Row("which-edition", "warning", (), "Guidelines of", "inc-1-diagnosis",
        sound=(("        Guidelines of AML\".", "        Guidelines of AML\" (2021)."),)),
    Row("unnamed-cohort", "warning", (), "Interventional cohort", "os",
        sound=((OS_TEXT, OS_TEXT.replace("Interventional cohort", "all enrolled")),
               ("2 years of Interventional cohort\n\n", "2 years\n\n"))),
    Row("left-out-group", "warning", (), "{id: induction", "first induction",
        sound=(("brief_summary: >-\n", "brief_summary: >-\n    Newly diagnosed patients may enter.\n"),)),
    # the treatment
    Row("no-dose", "error", ((inner("dose", 4), ""),), "min_days", "infusion"),
    Row("no-infusion-count", "error", (("    max_infusions: 3\n", ""),), "min_days", "infusion"),
    Row("no-infusion-days", "error", (("    max_days_after_chemotherapy: 11\n", ""),), "min_days", "infusion"),
    Row("no-release-tests", "error", ((inner("release_tests"), ""),), "name: cultured", "product"),
    Row("no-expiry", "error", (("  expiry_hours: 24\n", ""),), "name: cultured", "product"),
    Row("no-premedication", "error", ((inner("premedication"), ""),), "chemotherapy:", "premedication"),
    Row("no-prophylaxis", "error", ((inner("gvhd_prophylaxis"), ""),), "chemotherapy:", "gvhd_prophylaxis"),
    Row("one-verifier", "warning", (("verifiers: 2", "verifiers: 1"),), "1", "infusion"),
    Row("reversed-limits", "error", (("min_minutes_before: 30", "min_minutes_before: 90"),), "groups:",
        "premedication"),
    Row("reversed-limits", "error", (("low: 5e6", "low: 5e8"),), "{low: 5e8", "dose"),
    Row("reversed-limits", "error", (("min_days_after_chemotherapy: 2", "min_days_after_chemotherapy: 20"),),
        "min_days", "infusion"),
    Row("steroid-near-infusion", "warning", (("promethazine, paracetamol]", "dexamethasone, paracetamol]"),),
        "dexamethasone", "premedication"),
    Row("steroid-near-infusion", "warning", (("agents: [ciclosporin]", "agents: [methylprednisolone]"),),
        "methylprednisolone", "gvhd_prophylaxis"),
    Row("consolidation-without-anthracycline", "warning", (), "text: anthracycline", "chemotherapy",
        sound=(("anthracycline_expected: true", "anthracycline_expected: false"),)),
    Row("consolidation-without-anthracycline", "warning", ((inner("chemotherapy"), ""),), "anthracycline-based",
        "chemotherapy", sound=(("anthracycline_expected: true", "anthracycline_expected: false"),)),
    # the cells
    Row("no-donors", "error", ((inner("donors"), ""),), "name: cultured", "product"),
    Row("codes-unchecked", "warning", (("  codes: checked\n", ""), ("    bedside_check_minutes: 60\n", "")),
        "name: cultured", "product"),
    Row("no-labels", "warning", ((inner("labels"), ""), ("    bedside_check_minutes: 60\n", "")),
        "name: cultured", "product"),
    Row("no-bedside-check", "warning", (("    bedside_check_minutes: 60\n", ""),), "min_days", "infusion"),
    Row("nothing-to-scan", "error", (("  codes: checked\n", ""),), "60", "infusion"),
    Row("no-cell-count", "warning", (('rule: "viable_cells >= 1e6 /mL"', 'rule: "feeder_cells <= 1 %"'),),
        "- {id: cell-count", "product"),
    Row("no-making-days", "warning", ((", min_days: 12, max_days: 18", ""),), "name: cultured", "product"),
    Row("reversed-limits", "error", (("min_days: 12", "min_days: 20"),), "{id: culture", "culture"),
    Row("reversed-limits", "error", (("low_c: 2, high_c: 8", "low_c: 9, high_c: 8"),), "{id: refrigerator",
        "refrigerator"),
    Row("reversed-limits", "error", (("transport: {low_c: 2, high_c: 25}", "transport: {low_c: 30, high_c: 25}"),),
        "{low_c: 30", "transport"),
    # the ward
    Row("moments-out-of-order", "error", (("minutes: [0, 5, 15, 30]", "minutes: [5, 0, 15, 30]"),), "[5, 0", "vitals"),
    Row("moments-out-of-order", "error", (("[1, 2, 3, 4, 24]", "[1, 2, 2, 4, 24]"),), "[1, 2, 2", "vitals"),
    Row("rows-without-items", "error", ((MEDICATIONS, re.sub(r"    items:\n( {6,}.*\n)+", "", MEDICATIONS)),),
        "id: medications", "medications"),
    Row("days-of-a-row", "error", (("    repeats: true\n", ""),), "began", "began_on", says="has no rows"),
    Row("days-of-a-row", "error", (("label: Begun on, type: date", "label: Begun on, type: text"),), "began",
        "began_on", says="its type is text"),
    Row("days-of-a-row", "error", (("asks: ended", "asks: began"),), "began", "ended_on", says="two items"),
    # the endpoints
    Row("no-endpoint", "error", ((block("endpoints"), ""),), "id: nct05333705", "endpoints"),
    Row("one-primary", "warning", (("    measure: os\n    role: primary", "    measure: os\n    role: secondary"),),
        "- id: os", "endpoints"),
    Row("remission-denominator", "error",
        ((DFS_ORIGIN, DFS_ORIGIN.replace("population: remission", "population: enrolled")),),
        "id: dfs", "dfs", says="not the 15 enrolled"),
    Row("remission-denominator", "error", ((DFS_ORIGIN, DFS_ORIGIN.replace("origin: remission", "origin: enrolment")),),
        "id: dfs", "dfs"),
    Row("no-denominator", "error", (("    population: infused\n", ""),), "id: os-infused", "os-infused"),
    Row("no-origin", "error", (("    origin: first_infusion\n", ""),), "id: os-infused", "os-infused"),
    Row("no-censoring", "error", ((OS_INFUSED, OS_INFUSED.replace("    censor_at: last_known_alive\n", "")),),
        "id: os-infused", "os-infused"),
    Row("no-horizon", "error", ((OS_INFUSED, OS_INFUSED.replace("    horizon_days: 730.5\n", "")),),
        "id: os-infused", "os-infused"),
    Row("no-competing", "error", (("    competing: [death_without_relapse]\n", ""),), "id: cir", "cir"),
    Row("no-landmark", "error", (("  efs_landmark_days: 100\n", ""),), "id: efs", "efs"),
    Row("relapse-alone", "warning", (("    events: [death_without_relapse]\n    competing: [relapse]",
                                      "    events: [relapse, death]\n    competing: [death_without_relapse]"),),
        "id: cir", "cir"),
    Row("unequal-rules", "warning", ((DFS, DFS.replace("last_disease_assessment", "last_known_alive")),),
        "id: dfs", "dfs", says="censor_at"),
    Row("efficacy-in-phase-1", "warning", (), "id: os", "os", sound=(("phases: [PHASE1]", "phases: [PHASE2]"),)),
    Row("efficacy-in-phase-1", "warning", ((block("endpoints"), ""),), "To determine the rate of", "primary endpoint",
        sound=(("phases: [PHASE1]", "phases: [PHASE3]"),)),
    Row("endpoint-not-fed", "error", (("    feeds: [survival]\n", ""),), "id: os", "os", says="survival"),
    Row("horizon-after-last-visit", "warning", (("anchor: first_infusion, day: 731, before: 0",
                                                 "anchor: first_infusion, day: 731, before: 28"),),
        "id: os-infused", "os-infused", says="day 703"),
    Row("horizon-after-last-visit", "warning", (("anchor: remission, day: 731", "anchor: enrolment, day: 731"),),
        "id: dfs", "dfs", says="is none"),
    # safety
    Row("no-dlt", "error", ((inner("dlt"), ""),), "objective", "safety"),
    Row("no-stopping-rule", "error", ((inner("stopping_rule"), ""),), "objective", "safety"),
    Row("impossible-probability", "error", (("    cut: 0.80\n", "    cut: 80\n"),), "80", "stopping_rule"),
    Row("first-look-too-late", "error", (("first_look: 3", "first_look: 16"),), "16", "stopping_rule",
        (("first_look: 3", "first_look: 15"),), says="15 are enrolled"),
    Row("empty-range", "error", (("rule: age 18..80 years", "rule: age 80..18 years"),), "80..18", "inc-age"),
    Row("impossible-probability", "error", ((RULE, POCOCK.replace("0.05", "5")),), "5", "stopping_rule"),
    Row("stops-after-one", "error", ((PRIOR, "prior: {a: 1, b: 1}"), ("first_look: 3", "first_look: 1")), "1",
        "stopping_rule", (("first_look: 3", "first_look: 1"),), says="participant 1, is 1 event and"),
    Row("stops-after-one", "error", ((PRIOR, "prior: {a: 3, b: 1}"),), "3", "stopping_rule",
        ((PRIOR, "prior: {a: 1, b: 1}"),), says="participant 3, is 1 event and"),
    Row("stops-after-one", "error", ((PRIOR, "prior: {a: 30, b: 1}"),), "3", "stopping_rule",
        says="is 0 events and holds before it too: an event in nobody"),
    Row("stops-after-one", "error", (("  target: 15\n", ""), (PRIOR, "prior: {a: 3, b: 1}")), "3", "stopping_rule",
        (("  target: 15\n", ""),)),
    Row("stops-after-one", "error", ((RULE, POCOCK.replace("0.30", "0.01").replace("look: 3", "look: 1")),), "1",
        "stopping_rule", ((RULE, POCOCK.replace("look: 3", "look: 1")),), says="Lower `alpha`"),
    Row("cannot-stop", "error", (("    cut: 0.80\n", "    cut: 0.99999999999\n"),), "prior:", "stopping_rule",
        (("    cut: 0.80\n", "    cut: 0.99999\n"),), says="even 15 events among 15 participants"),
    Row("cannot-stop", "error", ((RULE, POCOCK.replace("0.05", "0.00000001")),), "method:", "stopping_rule",
        ((RULE, POCOCK),), says="Raise `alpha`"),
    Row("no-bounds", "error", (("target: 15", "target: 1001"),), "prior:", "stopping_rule",
        (("target: 15", "target: 1000"),), says="expected 1 to 1000"),
    Row("stopping-rule-incomplete", "error", ((f"    {PRIOR}\n", ""),), "p0:", "stopping_rule", says="needs `prior`"),
    Row("stopping-rule-incomplete", "error", (("    cut: 0.80\n", ""),), "prior:", "stopping_rule",
        says="needs `cut`"),
    Row("stopping-rule-incomplete", "error", ((RULE, POCOCK.replace("    alpha: 0.05\n", "")),), "method:",
        "stopping_rule", ((RULE, POCOCK),), says="the pocock rule needs `alpha`"),
    Row("stopping-rule-unheeded", "error", (("    cut: 0.80\n", "    cut: 0.80\n    alpha: 0.05\n"),), "0.05",
        "stopping_rule", says="does not heed `alpha`"),
    Row("stopping-rule-unheeded", "error", ((RULE, POCOCK + "    cut: 0.80\n"),), "0.80", "stopping_rule",
        ((RULE, POCOCK),), says="the pocock rule does not heed `cut`"),
    # reporting
    Row("no-reporting", "warning", ((inner("reporting"), ""),), "objective", "safety",
        says="who is told of a serious event"),
    Row("no-regimes", "error", (("    regimes: [site, CN_IIT, pregnancy]\n", ""),), "initiated_by", "reporting",
        says="US_312.32"),
    Row("not-every-serious-event", "warning", (("[site, CN_IIT, pregnancy]", "[CN_IIT, pregnancy]"),), "initiated_by",
        "reporting", (("[site, CN_IIT, pregnancy]", "[site_to_sponsor]"),), says="when: serious"),
    Row("unknown-regime", "error", (("[site, CN_IIT,", "[site, CN_ITT,"),), "CN_ITT", "CN_ITT",
        says="Did you mean `CN_IIT`?"),
    Row("unknown-regime", "error", (("[site, CN_IIT,", "[site, Order818,"),), "Order818", "Order818",
        says="or write it under `own_regimes`"),
    Row("repeated-regime", "error", (("[site, CN_IIT,", "[site, site,"),), "site, pregnancy", "site",
        says="named twice"),
    Row("repeated-regime", "error", ((REGIMES, REGIMES.replace("site,", "site, board,") + OWN),), "board", "board",
        ((REGIMES, REGIMES + OWN),), says="apply without being named"),
    Row("repeated-regime", "error", ((REGIMES, REGIMES + OWN.replace("id: board", "id: EU_CTR")),), "{id: EU_CTR",
        "EU_CTR", ((REGIMES, REGIMES + OWN),), says="one name would mean two"),
    Row("no-limit", "error", ((REGIMES, REGIMES + OWN.replace(", hours: 48", "")),), "{id: board", "board",
        ((REGIMES, REGIMES + OWN),)),
    Row("hours-and-days", "error", ((REGIMES, REGIMES + OWN.replace("hours: 48", "hours: 48, other_days: 3")),),
        "{id: board", "board", ((REGIMES, REGIMES + OWN),)),
    Row("reference-information-order", "error", ((REGIMES, REGIMES + VERSIONS.replace("2027", "2025")),), "2025-01-01",
        "2.0", ((REGIMES, REGIMES + VERSIONS),), says="cannot be told which is in force"),
    Row("reference-information-order", "error", ((REGIMES, REGIMES + VERSIONS.replace('"2.0"', '"1.0"')),),
        '"1.0", valid_from: 2027', "1.0", ((REGIMES, REGIMES + VERSIONS),), says="stands twice"),
    # what is too much harm
    Row("toxicity-unclear", "error", ((ICANS, "scale: ICANS"),), "{id: icans", "icans",
        says="from which grade on"),
    Row("toxicity-unclear", "error", ((ICANS, "scale: ICANS, grade_at_least: 5"),),
        "{id: icans", "icans", says="ends at grade 4"),
    Row("toxicity-unclear", "error", ((ICANS, f"{ICANS}, or_refractory: 2"),), "{id: icans", "icans",
        says="`or_refractory` means nothing"),
    Row("toxicity-unclear", "error", ((RECOVERY, ""),), "id: aplasia", "aplasia"),
    Row("unknown-term", "error", (("terms: [Infusion related reaction]", "terms: [Infusion related reacton]"),),
        "[Infusion related reacton]", "infusion-reaction", says="Did you mean `Infusion related reaction`?"),
    Row("unknown-term", "error", (("without_end: [Graft versus host disease]", "without_end: [Gvhd]"),), "[Gvhd]",
        "collection"),
    Row("trigger-unclear", "error", (("happens: death,\n       due_to: [nk_cells, chemotherapy, premedication], count",
                                      "happens: death,\n       count"),), "{id: treatment-death", "treatment-death"),
    Row("trigger-unclear", "error", (("happens: acute GVHD, grade_at_least: 4", "happens: acute GVHD"),), "{id: gvhd-4",
        "gvhd-4"),
    Row("trigger-unclear", "error", (("contamination: true", "contamination: false"),), "{id: contamination",
        "contamination"),
    Row("nobody-decides", "error", ((BOARD, "decided_by: [monitor]"),), "monitor", "decided_by"),
    Row("nobody-decides", "error", ((BOARD, "decided_by: []"),), "objective", "decided_by"),
    # what is noted
    Row("noted-nothing", "warning", (("noted:\n", "noted:\n  - {code: no-dose, reason: it is not missing}\n"),),
        "{code: no-dose", "no-dose"),
    Row("noted-error", "warning",
        (("noted:\n", "noted:\n  - {code: no-dlt, reason: never mind}\n"), (inner("dlt"), "")),
        "{code: no-dlt", "no-dlt"),
)  # fmt: skip


def edited(edits: Edits) -> StudyFile:
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return read_study(text, "study.yaml")


def found(file: StudyFile, row: Row) -> list[Finding]:
    return [each for each in check_study(file) if (each.code, each.subject) == (row.code, row.subject)]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.code}-{row.subject}-{index}" for index, row in enumerate(ROWS)])
def test_the_lint_finds_the_fault_at_its_place(row: Row) -> None:
    file = edited(row.faulty)
    findings = found(file, row)
    assert findings, [str(each) for each in check_study(file)]
    first = findings[0]
    assert first.level == row.level
    assert row.says in f"{first.meaning} {first.what_to_do}"
    there = file.text.split("\n")[(first.place.line or 0) - 1][(first.place.column or 0) - 1 :]
    assert there.startswith(row.at), (row.at, there)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.code}-{row.subject}-{index}" for index, row in enumerate(ROWS)])
def test_the_lint_is_silent_where_the_fault_is_not(row: Row) -> None:
    assert found(edited(row.sound), row) == []


def test_every_code_of_the_lint_has_its_rows() -> None:
    home = Path(trialwright.study.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in (*home.glob("checks/*.py"), home / "finding.py"))
    written = set(
        re.findall(
            r"""Finder\(\s*file,\s*"([a-z0-9-]+)",|\(\s*"([a-z0-9]+-[a-z0-9-]+)",\s*(?:"(?:warning|error)"|f")""",
            source,
        )
    )
    codes = {code for pair in written for code in pair if code}
    assert len(codes) > 45
    assert codes - {row.code for row in ROWS} == set()


def test_a_finding_says_what_it_means_and_what_to_do_in_sentences() -> None:
    for row in ROWS:
        for finding in check_study(edited(row.faulty)):
            assert finding.meaning.endswith((".", "?")), finding
            assert finding.what_to_do.endswith((".", "?")), finding
            assert finding.place.file == "study.yaml"
            assert finding.place.line


def test_a_noted_finding_is_shown_with_its_reason_and_an_error_cannot_be_noted_away() -> None:
    row = next(row for row in ROWS if row.code == "noted-error")
    findings = check_study(edited(row.faulty))
    error = next(each for each in findings if each.code == "no-dlt")
    assert (error.level, error.noted) == ("error", None)
    hedge = next(each for each in findings if each.code == "not-a-rule")
    assert (
        hedge.noted
        == "It stays an opinion that the investigator signs; the shares of each disease status are reported."
    )


def test_limits_without_a_unit_are_right_where_the_concept_is_a_score_or_a_multiple() -> None:
    file = edited(
        (("rule: age 18..80 years", "rule: age 18..80 years and ecog <= 2 and alt <= 3 ULN and alt / ast < 2"),)
    )
    found = {each.code for each in check_study(file)} - {each.code for each in check_study(edited(()))}
    assert found <= {"no-window"}, "only how old the values may be is left to say"


def test_a_study_may_bring_its_own_concepts_and_value_sets() -> None:
    own = (
        "  value_sets:\n    - {name: Mine, version: '1', codes: [{system: ICD-10, codes: [C92]}],\n"
        "       excluding: [{system: ICD-10, codes: [C92.4]}], basis: a test}\n  concepts:\n"
    )
    file = edited((("diagnosis in AML\n", "diagnosis in Mine\n"), ("  concepts:\n", own)))
    assert "undefined-value-set" not in {each.code for each in check_study(file)}
    mine = library_of(file.study.eligibility).value_sets["Mine"]
    assert [str(code) for code in (*mine.codes, *mine.excluding)] == ["ICD-10 C92", "ICD-10 C92.4"]
    assert library_of(file.study.eligibility) is library_of(file.study.eligibility)
    assert library_of(file.study.eligibility).concepts["mrd"].words == ("negative", "positive", "not done")


def test_a_finding_prints_as_one_line_with_its_place() -> None:
    finding = next(each for each in check_study(edited(())) if each.code == "not-a-rule")
    assert str(finding).startswith(f'study.yaml:{finding.place.line}:54: warning not-a-rule: "mainly" is no rule')


def test_findings_come_in_the_order_of_the_file() -> None:
    places = [(each.place.line or 0, each.place.column or 0) for each in check_study(edited(()))]
    assert places == sorted(places)


def test_a_study_of_the_past_needs_no_gates() -> None:
    bare = 'id: past\ntitle: A table\nversion: "1"\nhistorical: true\nsites: [{code: T, name: T, time_zone: UTC}]\n'
    assert {each.code for each in check_study(read_study(bare))} == {"no-endpoint"}
