"""What a public registry published about the study, in the order its page shows it, word for word.

Every line of this block is the registry's: `source: registry` stands once, for all of it. What the record holds and
the page does not show is kept under `rest`, in the record's own structure and names, so that nothing is lost.
"""

from dataclasses import field
from typing import Any, Literal

from pydantic.dataclasses import dataclass

from trialwright.study.shapes import CLOSED, Count, Text, YesNo


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Arm:
    """A group of participants, as the record names it. `interventions` are written TYPE: name."""

    label: Text
    type: Text | None = None
    description: Text | None = None
    interventions: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Intervention:
    """Something that is given or done, as the record names it."""

    type: Text | None = None
    name: Text
    description: Text | None = None
    arms: tuple[Text, ...] = ()
    other_names: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Contact:
    """Whom the record names to ask about the trial."""

    name: Text | None = None
    role: Text | None = None
    phone: Text | None = None
    phone_ext: Text | None = None
    email: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class EnrolmentCount:
    """How many participants the record gives, and whether that is a plan or a count."""

    count: Count | None = None
    type: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Published:
    """A registry record's facts. Codes (RECRUITING, PHASE1, NA) are the registry's; absent means not stated."""

    source: Literal["registry"] = "registry"
    registry: Text = "ClinicalTrials.gov"
    nct: Text
    org_id: Text | None = None
    title: Text | None = None
    official_title: Text | None = None
    sponsor: Text | None = None
    sponsor_class: Text | None = None
    status: Text | None = None
    study_type: Text | None = None
    phases: tuple[Text, ...] = ()
    allocation: Text | None = None
    model: Text | None = None
    masking: Text | None = None
    purpose: Text | None = None
    conditions: tuple[Text, ...] = ()
    keywords: tuple[Text, ...] = ()
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    brief_summary: Text | None = None
    detailed_description: Text | None = None
    enrolment: EnrolmentCount | None = None
    sex: Text | None = None
    minimum_age: Text | None = None
    maximum_age: Text | None = None
    healthy_volunteers: YesNo | None = None
    eligibility_text: Text | None = None
    contacts: tuple[Contact, ...] = ()
    rest: dict[str, Any] = field(default_factory=dict, hash=False)
