"""How long people live, how many relapse, and how sure we can be: the estimators behind every figure and table."""

from trialwright.stats.comparison import GroupCount, GroupTest, gray, logrank
from trialwright.stats.estimate import Estimate, Interval, Quantile, RestrictedMean
from trialwright.stats.hazard import (
    CumulativeHazardOf,
    Hazard,
    OneSampleLogrank,
    exponential_control,
    nelson_aalen,
    one_sample_logrank,
)
from trialwright.stats.incidence import (
    INCIDENCE_INTERVALS,
    VARIANCES,
    Incidence,
    IncidenceInterval,
    Variance,
    cumulative_incidence,
    incidence_curve,
)
from trialwright.stats.risk import (
    CENSORED,
    NumberAtRisk,
    Outcome,
    RiskTable,
    competing_risk_table,
    numbers_at_risk,
    risk_table,
)
from trialwright.stats.small_sample import clopper_pearson, wilson
from trialwright.stats.survival import (
    SURVIVAL_INTERVALS,
    Survival,
    SurvivalInterval,
    kaplan_meier,
    restricted_mean,
    reverse_kaplan_meier,
    survival_curve,
)

__all__ = [
    "CENSORED",
    "INCIDENCE_INTERVALS",
    "SURVIVAL_INTERVALS",
    "VARIANCES",
    "CumulativeHazardOf",
    "Estimate",
    "GroupCount",
    "GroupTest",
    "Hazard",
    "Incidence",
    "IncidenceInterval",
    "Interval",
    "NumberAtRisk",
    "OneSampleLogrank",
    "Outcome",
    "Quantile",
    "RestrictedMean",
    "RiskTable",
    "Survival",
    "SurvivalInterval",
    "Variance",
    "clopper_pearson",
    "competing_risk_table",
    "cumulative_incidence",
    "exponential_control",
    "gray",
    "incidence_curve",
    "kaplan_meier",
    "logrank",
    "nelson_aalen",
    "numbers_at_risk",
    "one_sample_logrank",
    "restricted_mean",
    "reverse_kaplan_meier",
    "risk_table",
    "survival_curve",
    "wilson",
]
