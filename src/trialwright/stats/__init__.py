"""How long people live, how many relapse, and how sure we can be: the estimators behind every figure and table."""

from trialwright.stats.estimate import Estimate, Interval, Quantile, RestrictedMean
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
from trialwright.stats.survival import (
    SURVIVAL_INTERVALS,
    Survival,
    SurvivalInterval,
    kaplan_meier,
    restricted_mean,
    survival_curve,
)

__all__ = [
    "CENSORED",
    "INCIDENCE_INTERVALS",
    "SURVIVAL_INTERVALS",
    "VARIANCES",
    "Estimate",
    "Incidence",
    "IncidenceInterval",
    "Interval",
    "NumberAtRisk",
    "Outcome",
    "Quantile",
    "RestrictedMean",
    "RiskTable",
    "Survival",
    "SurvivalInterval",
    "Variance",
    "competing_risk_table",
    "cumulative_incidence",
    "incidence_curve",
    "kaplan_meier",
    "numbers_at_risk",
    "restricted_mean",
    "risk_table",
    "survival_curve",
]
