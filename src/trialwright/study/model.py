"""The nouns of a study: what should happen, as frozen pydantic dataclasses, one per block of `study.yaml`.

Every field is written in the file under its own name, in lower_snake. `source` says where a line comes from
(`registry`, `assumption` or `person`); an assumption carries its `basis` in our own words, and what we add to the
registry's words stands in `assumes`. Blocks a study does not have are None or empty: a study without criteria,
treatment and safety (`studies/observed`) is a few lines long. Lengths are days unless the name says otherwise; numbers
with a fraction are `Decimal`, never float.
"""

from dataclasses import field
from typing import Literal

from pydantic.dataclasses import dataclass

from trialwright.study.documents import ConsentDocument
from trialwright.study.eligibility import Eligibility
from trialwright.study.product import Product
from trialwright.study.published import Published
from trialwright.study.safety import Safety
from trialwright.study.shapes import (
    CLOSED,
    Above0,
    Code,
    Count,
    Day,
    Days,
    Horizon,
    Landmark,
    Minutes,
    Name,
    Number,
    Percent,
    Positive,
    Source,
    Text,
    Years,
    YesNo,
    Zone,
)
from trialwright.study.ward import Call, VitalsPlan

# --- where and who ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class NormalRange:
    """A site's own reference range of a concept, for values that carry none. An end left out is no limit.

    Ages are completed years, both ends belong to the range; an age left out is any.
    """

    concept: Name
    low: Number | None = None
    high: Number | None = None
    unit: Text
    sex: Literal["male", "female", "any"] = "any"
    from_age_years: Count | None = None
    to_age_years: Count | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Site:
    """A hospital that takes part. Its days and windows are those of its own time zone."""

    code: Code
    name: Text
    city: Text | None = None
    country: Text | None = None
    time_zone: Zone
    ranges: tuple[NormalRange, ...] = ()
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Stagger:
    """Participant k + 1 waits `days` after participant k's first infusion, for k = 1 .. `first`."""

    days: Days
    first: Positive
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Enrolment:
    """How many take part, and in which order."""

    target: Positive | None = None
    sequential: YesNo = False
    stagger: Stagger | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class DiseaseStatus:
    """How the leukaemia stands at enrolment. `in_remission` decides who is followed for relapse from day 0."""

    id: Code
    label: Text
    in_remission: YesNo
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Phase:
    """The part of treatment a participant is in when enrolled: induction, consolidation."""

    id: Code
    label: Text
    source: Source | None = None
    basis: Text | None = None


# --- treatment --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Anthracycline:
    """One anthracycline, and how many mg of daunorubicin one mg of it counts as, for the lifetime sum."""

    drug: Text
    daunorubicin_equivalent: Above0
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Drug:
    """One drug of a regimen, its dose as prescribed and the days of the cycle."""

    drug: Text
    dose: Text
    days: Text


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Regimen:
    """A chemotherapy course that a site may choose."""

    id: Code
    label: Text
    phase: Code | None = None
    drugs: tuple[Drug, ...] = ()
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Chemotherapy:
    """The chemotherapy before each infusion."""

    text: Text | None = None
    regimens: tuple[Regimen, ...] = ()
    anthracycline_expected: YesNo = False
    anthracyclines: tuple[Anthracycline, ...] = ()
    lifetime_limit_mg_m2: Above0 | None = None  # daunorubicin equivalents; passing it warns, never refuses
    assumes: Text | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class DoseWindow:
    """Cells per kilogram of body weight, both ends allowed."""

    low: Above0
    high: Above0
    unit: Literal["cells/kg"] = "cells/kg"
    cells: Text = "viable CD3-CD56+ NK cells"


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Infusion:
    """When, how much and how often cells are given, and who must have looked first."""

    min_days_after_chemotherapy: Days | None = None  # from the last day of this cycle's chemotherapy
    max_days_after_chemotherapy: Days | None = None
    max_infusions: Positive | None = None
    dose: DoseWindow | None = None
    verifiers: Positive = 2
    weight_tolerance_percent: Percent | None = None  # the weight used for the dose against today's
    bedside_check_minutes: Minutes | None = None  # both codes are scanned at most so long before the start
    vitals: VitalsPlan | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Premedication:
    """What protects from an allergic reaction: one agent of every group, in these minutes before the infusion."""

    groups: tuple[Code, ...]
    agents: tuple[Text, ...] = ()
    min_minutes_before: Minutes | None = None
    max_minutes_before: Minutes | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Prophylaxis:
    """What protects from graft versus host disease. Required since the previous infusion."""

    agents: tuple[Text, ...] = ()
    text: Text | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Check:
    """One line of the go or no-go list, read aloud before an infusion. `rule` is in the criteria language."""

    id: Code
    label: Text
    rule: Text | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Treatment:
    """What a participant is given, and in which order."""

    chemotherapy: Chemotherapy | None = None
    infusion: Infusion | None = None
    premedication: Premedication | None = None
    gvhd_prophylaxis: Prophylaxis | None = None
    go_no_go: tuple[Check, ...] = ()


# --- the schedule -----------------------------------------------------------------------------------------------------

Anchor = Literal["consent", "enrolment", "chemotherapy", "infusion", "first_infusion", "remission", "relapse"]
Feeds = Literal["eligibility", "survival", "disease", "response", "safety", "treatment"]
ItemType = Literal["quantity", "count", "choice", "yes_no", "date", "date_time", "text", "code", "signature"]


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Item:
    """One question of a form. `concept`, `value_set`, `opinion` or `signed` name the fact its answer becomes.

    `asks: relapse` marks the question whether the disease came back: "no" at a visit is a disease assessment.
    `asks: alive` and `asks: adverse event` mark the questions that a death or an event recorded must bear out.
    `asks: began` and `asks: ended` mark the days between which a row of a repeating form holds.
    """

    id: Code
    label: Text
    type: ItemType
    concept: Text | None = None
    value_set: Text | None = None
    opinion: Text | None = None
    signed: Text | None = None
    asks: Literal["relapse", "alive", "adverse event", "began", "ended"] | None = None
    unit: Text | None = None
    choices: tuple[Text, ...] = ()
    required: YesNo = True


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Form:
    """A page to fill in. `feeds` says what its answers are used for, `text` how and how often it is filled in.

    `repeats`: a form of rows, such as medications; each row is recorded by itself, at any time, and followed.
    """

    id: Code
    label: Text
    text: Text | None = None
    repeats: YesNo = False
    feeds: tuple[Feeds, ...] = ()
    items: tuple[Item, ...] = ()
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Visit:
    """A planned visit: `day` counted from the anchor (day 0), and the days it may be early or late.

    `each`: after the first such anchor only, or after every one (every infusion, every relapse).
    """

    id: Code
    label: Text
    anchor: Anchor
    day: Day
    before: Days = 0
    after: Days = 0
    each: Literal["first", "every"] = "first"
    mode: Literal["on site", "telephone", "home", "any"] = "on site"
    forms: tuple[Code, ...] = ()
    source: Source | None = None
    basis: Text | None = None


# --- what is measured -------------------------------------------------------------------------------------------------

Approver = Literal["administrator", "data manager", "safety board"]
Happening = Literal["death", "relapse", "molecular_relapse", "death_without_relapse", "no_remission"]


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Response:
    """How response is judged, and by when a remission must have come for event-free survival."""

    criteria: Text = "ELN 2022"
    cri_literal_or: YesNo = False
    efs_landmark_days: Landmark | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Endpoint:
    """What is measured, for whom, from when, until when.

    `origin: remission` is the later of enrolment and the remission that counts. `transplant` says what a transplant
    does to the time: nothing, ends it, or competes. `horizon_days`: where the estimate is read, 730.5 for two years.
    """

    id: Code
    label: Text
    role: Literal["primary", "secondary", "sensitivity", "ours"]
    kind: Literal["survival", "incidence"]
    population: Literal["enrolled", "infused", "remission"] | None = None
    origin: Literal["enrolment", "first_infusion", "remission"] | None = None
    events: tuple[Happening, ...]
    competing: tuple[Happening, ...] = ()
    censor_at: Literal["last_known_alive", "last_disease_assessment"] | None = None
    transplant: Literal["ignore", "censor", "competing"] = "ignore"
    horizon_days: Horizon | None = None
    also_at_days: tuple[Horizon, ...] = ()
    measure: Literal["os", "os_infused", "dfs", "cir", "cid", "efs"] | None = None
    text: Text | None = None  # the record's own words
    assumes: Text | None = None
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Amending:
    """Who approves a new version of this file: an investigator, and somebody else of one of these roles."""

    second_approval: tuple[Approver, ...] = ("administrator", "data manager", "safety board")
    source: Source | None = None
    basis: Text | None = None


# --- the study itself -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Noted:
    """A finding that stays true and is accepted, with the reason. `subject` narrows it to one line."""

    code: Code
    reason: Text
    subject: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Question:
    """Something a person must answer before the study can run."""

    subject: Text
    text: Text


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Study:
    """The plan of a trial, whole. Two studies are equal when they say the same."""

    id: Code
    title: Text
    version: Text
    historical: YesNo = False  # a table of the past: no gates, no criteria, nothing to give
    retention_years: Years = 30
    record: Published | None = None
    sites: tuple[Site, ...] = ()
    enrolment: Enrolment = field(default_factory=Enrolment)
    consent: tuple[ConsentDocument, ...] = ()
    eligibility: Eligibility = field(default_factory=Eligibility)
    disease_status: tuple[DiseaseStatus, ...] = ()
    phases: tuple[Phase, ...] = ()
    treatment: Treatment = field(default_factory=Treatment)
    calls: tuple[Call, ...] = ()
    product: Product | None = None
    forms: tuple[Form, ...] = ()
    visits: tuple[Visit, ...] = ()
    response: Response = field(default_factory=Response)
    endpoints: tuple[Endpoint, ...] = ()
    safety: Safety = field(default_factory=Safety)
    amendments: Amending = field(default_factory=Amending)
    noted: tuple[Noted, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def asks_codes(self) -> bool:
        """Whether every code of cells carries a check character, and with it the whole chain is asked for."""
        return self.product is not None and self.product.codes == "checked"
