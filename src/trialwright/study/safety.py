"""How harm is graded and counted, what is too much of it, who is told, and when the trial must pause."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from trialwright.study.reporting import Reporting
from trialwright.study.shapes import CLOSED, Code, Days, Hours, Number, Percent, Positive, Source, Text, Weight

Grade = Annotated[int, Field(strict=True, ge=1, le=5)]
Scale = Literal["CTCAE", "CRS", "ICANS", "acute GVHD", "count recovery"]
Cause = Literal["nk_cells", "chemotherapy", "premedication", "collection", "leukaemia"]
Happening = Literal["death", "acute GVHD", "contamination", "wrong recipient"]


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Lasting:
    """A grade that counts only when it lasts longer than so many hours."""

    grade: Grade
    hours: Hours


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Recovery:
    """Neutrophils that stay low although the marrow holds no leukaemia."""

    neutrophils_below: Number  # 10*9/L
    after_day: Positive  # of the chemotherapy cycle before the first infusion
    blasts_below_percent: Percent
    cellularity_below_percent: Percent


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Toxicity:
    """One line of the definition of a dose-limiting toxicity: which scale, from which grade on, and what excuses it.

    terms             only these CTCAE terms; empty: every term
    without           CTCAE terms and system organ classes that do not count here
    back_to           counts unless the grade is back to this one within the hours
    or_lasting        a lower grade counts as well, if it lasts longer
    or_refractory     a lower grade of graft versus host disease counts as well, if steroids do not control it
    due_to            counts only if one of these is related or not yet judged
    unless_due_to     does not count if the cells are judged not related and one of these is judged related
    """

    id: Code
    text: Text
    scale: Scale
    grade_at_least: Grade | None = None
    terms: tuple[Text, ...] = ()
    without: tuple[Text, ...] = ()
    back_to: Lasting | None = None
    or_lasting: Lasting | None = None
    or_refractory: Grade | None = None
    due_to: tuple[Cause, ...] = ()
    unless_due_to: tuple[Cause, ...] = ()
    recovery: Recovery | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class DoseLimitingToxicity:
    """What counts against the dose, and how long one waits for it: until the later of the two days."""

    days_after_first_infusion: Days
    days_after_chemotherapy_start: Days | None = None
    minimum_dose_percent: Percent | None = None  # below it a participant without the toxicity is not evaluable
    items: tuple[Toxicity, ...]
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Prior:
    """A Beta(a, b) distribution of the probability of a dose-limiting toxicity."""

    a: Weight
    b: Weight


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class StoppingRule:
    """When so many events among n evaluable participants are too many, from `first_look` participants on.

    `beta-binomial` pauses when P(p > p0 | events) > `cut`, and needs `prior` and `cut`. `pocock` pauses when so many
    are as improbable under p0 as the level allows, which stops the trial with probability `alpha` at most over the
    whole target if p0 is true, and needs `alpha`. `trialwright.study.stopping` gives the bounds.
    """

    method: Literal["beta-binomial", "pocock"] = "beta-binomial"
    prior: Prior | None = None
    p0: Number
    cut: Number | None = None
    alpha: Number | None = None
    first_look: Positive
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Trigger:
    """Something that pauses the trial by itself: the `count`-th time it happens.

    due_to  of a death: counts only if one of these is related or not yet judged
    """

    id: Code
    text: Text
    happens: Happening
    grade_at_least: Grade | None = None
    due_to: tuple[Cause, ...] = ()
    count: Positive = 1
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class CollectionPeriod:
    """How long adverse events are collected: from consent to so many days after the last infusion.

    It ends sooner with other therapy or a transplant, where those are named. `without_end`: serious events that may be
    related, and these terms, are collected for ever.
    """

    days_after_last_infusion: Days
    ends_at: tuple[Literal["other therapy", "transplant"], ...] = ()
    without_end: tuple[Text, ...] = ()
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Pregnancies:
    """Whose pregnancy ends the infusions, and in how many hours it is reported."""

    no_infusion_after: tuple[Literal["participant", "partner"], ...]
    hours: Hours = 24
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Safety:
    """How harm is graded and counted, when the trial must pause, and who is told by when.

    decided_by  the roles of whom a paused trial resumes
    """

    objective: Text | None = None
    ctcae: Literal["5.0", "6.0"] = "5.0"
    scales: tuple[Text, ...] = ()
    collection: CollectionPeriod | None = None
    pregnancy: Pregnancies | None = None
    dlt: DoseLimitingToxicity | None = None
    stopping_rule: StoppingRule | None = None
    triggers: tuple[Trigger, ...] = ()
    decided_by: tuple[Text, ...] = ("safety board",)
    reporting: Reporting | None = None
    source: Source | None = None
    basis: Text | None = None
