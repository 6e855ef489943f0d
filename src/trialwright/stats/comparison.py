"""Do the groups differ? The log-rank test, and Gray's test where causes compete."""

from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from trialwright.stats.checks import check_length, checked_events, checked_times
from trialwright.stats.intervals import Floats
from trialwright.stats.risk import CENSORED, RiskTable, competing_risk_table, just_before, risk_table

_SINGULAR = 1e-10  # a direction with less than this share of the largest variance carries no information


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One group in a test: its people, its events, and the events it would have had if all groups were alike."""

    group: Hashable
    n: int
    observed: float
    expected: float


@dataclass(frozen=True, slots=True)
class GroupTest:
    """A chi-squared test between groups; chisq and p are None where nothing can be compared, and the note says why."""

    chisq: float | None
    df: int
    p: float | None
    groups: tuple[GroupCount, ...]
    note: str | None = None


def logrank(
    times: ArrayLike, event: ArrayLike, group: ArrayLike | Sequence[Hashable], *, rho: float = 0.0
) -> GroupTest:
    """Do k groups share one survival curve? Fleming & Harrington's family of log-rank tests.

    times  (n,) numbers >= 0; event (n,) bool, or 0 and 1; group (n,) any names, two or more.
    rho    weight S(t-)^rho: 0 the log-rank test, 1 Peto & Peto's Wilcoxon; observed and expected are weighted too.
    Raises ValueError if lengths differ or there are fewer than two groups.
    Source Harrington & Fleming 1982. Agrees with R survival::survdiff, tests/data/reference.

    >>> logrank([1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"]).df
    1
    """
    checked = checked_times(times)
    happened = checked_events(event, len(checked))
    names, members = _groups(group, len(checked))
    pooled = risk_table(checked, happened)
    at_risk, failures = _aligned(pooled, [risk_table(checked[who], happened[who]) for who in members])
    n, d = pooled.at_risk.astype(np.float64), pooled.events
    weight = just_before(np.cumprod(1.0 - d / np.maximum(n, 1.0), dtype=np.float64), first=1.0) ** rho
    share = at_risk / np.maximum(n, 1.0)[:, np.newaxis]
    observed, expected = weight @ failures[..., 0], (weight * d) @ share
    spread = weight**2 * d * (n - d) / np.maximum(n - 1.0, 1.0)
    variance = np.diag(spread @ share) - (share * spread[:, np.newaxis]).T @ share
    return _group_test(names, members, observed, expected, variance)


def gray(
    times: ArrayLike,
    cause: ArrayLike | Sequence[Hashable],
    group: ArrayLike | Sequence[Hashable],
    *,
    of: Hashable,
    rho: float = 0.0,
    censored: Hashable = CENSORED,
) -> GroupTest:
    """Do k groups share one cumulative incidence of `of`, other causes competing?

    times  (n,) numbers >= 0; cause (n,) as in `cumulative_incidence`; group (n,) any names, two or more.
    rho    weight (1 - F(t-))^rho.
    Raises ValueError if lengths differ or there are fewer than two groups.
    Source Gray, Ann Stat 1988;16:1141. Agrees with R cmprsk::cuminc, tests/data/reference.
    """
    checked = checked_times(times)
    causes = list(cause.tolist() if isinstance(cause, np.ndarray) else cause)  # type: ignore[arg-type]
    pooled = competing_risk_table(checked, causes, censored=censored)
    names, members = _groups(group, len(checked))
    tables = [competing_risk_table(checked[who], [causes[at] for at in who], censored=censored) for who in members]
    at_risk, failures = _aligned(pooled, tables, of)
    observed, expected, variance = _gray_scores(at_risk.astype(np.float64), failures.astype(np.float64), rho)
    return _group_test(names, members, observed, expected, variance)


def _gray_scores(n: Floats, failures: Floats, rho: float) -> tuple[Floats, Floats, Floats]:
    """Observed and expected per group and the covariance of their difference, over rows where anyone failed.

    n         (m, g) at risk; failures (m, g, 2): from the cause, from any other.
    `share` is a group's people at risk for the subdistribution, the dead of other causes counted in.
    """
    rows = failures.sum(axis=(1, 2)) > 0
    n, own, other = n[rows], failures[rows, :, 0], failures[rows, :, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        free: Floats = np.cumprod(np.where(n > 0, 1.0 - (own + other) / n, 1.0), axis=0, dtype=np.float64)
        free_before = just_before(free, first=1.0)
        failed_before = just_before(np.cumsum(np.where(n > 0, free_before * own / n, 0.0), axis=0))
        share = np.where(n > 0, n / free_before, 0.0)
    total, all_own = share.sum(axis=1), own.sum(axis=1)
    incidence = np.cumsum(all_own / total)
    left = 1.0 - just_before(incidence)
    weight = np.maximum(left, 0.0) ** rho
    still = share * (1.0 - failed_before)
    expected = (weight * all_own / still.sum(axis=1)) @ still
    score = (weight[:, None] * share)[:, :, None] * (np.eye(n.shape[1]) - (share / total[:, None])[:, None, :])
    with np.errstate(divide="ignore", invalid="ignore"):
        # `left` may fall to 0 before the last failure, when only one group is left; its score is then exactly 0.
        drift = np.cumsum(np.where(score != 0, score * (all_own / (total * left))[:, None, None], 0.0), axis=0)
    variance = _gray_variance(n, own, other, free, free_before, total, 1.0 - incidence, score, drift)
    return weight @ own, expected, variance


def _gray_variance(
    n: Floats,
    own: Floats,
    other: Floats,
    free: Floats,
    free_before: Floats,
    total: Floats,
    left: Floats,
    score: Floats,
    drift: Floats,
) -> Floats:
    """Each failure, of the cause or of another, moves the scores at once (`jump`) and by all that follows (`tail`)."""
    all_own = own.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(free > 0, left[:, None] / free, 0.0)
        own_ties = np.where(all_own > 1, 1.0 - (all_own - 1.0) / (total[:, None] * free_before - 1.0), 1.0)
        own_size = np.where(n > 0, own_ties * free_before * all_own / (total[:, None] * n), 0.0)
        other_ties = np.where(other > 1, 1.0 - (other - 1.0) / (n - 1.0), 1.0)
        other_size = np.where((n > 0) & (free > 0), other_ties * free_before**2 * other / n**2, 0.0)
    last = drift[-1] if len(drift) else np.zeros((n.shape[1], n.shape[1]))
    own_tail, other_tail = 1.0 - ratio, -ratio
    own_jump = score + own_tail[:, None, :] * (last - drift)
    other_jump = other_tail[:, None, :] * (last - drift)
    return np.asarray(
        np.einsum("mik,mjk,mk->ij", own_jump, own_jump, own_size)
        + np.einsum("mik,mjk,mk->ij", other_jump, other_jump, other_size)
    )


def _groups(group: Any, n: int) -> tuple[list[Hashable], list[NDArray[np.intp]]]:
    """The names of the groups, sorted where they can be, and the positions of each one's people."""
    values = group.tolist() if isinstance(group, np.ndarray) else list(group)
    check_length("group", values, n)
    names: list[Any] = list(dict.fromkeys(values))
    if len(names) < 2:
        raise ValueError(f"group holds {len(names)} group(s): a comparison needs at least two")
    with suppress(TypeError):  # names of different kinds keep the order in which they came
        names.sort()
    rank = {name: at for at, name in enumerate(names)}
    codes = np.array([rank[value] for value in values])
    return names, [np.flatnonzero(codes == at) for at in range(len(names))]


def _aligned(
    pooled: RiskTable, tables: Sequence[RiskTable], of: Hashable = True
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """At risk (m, g) and failures (m, g, 2: from `of`, from any other cause) of each group at the pooled times."""
    m, g = len(pooled.times), len(tables)
    at_risk, failures = np.zeros((m, g), dtype=np.int64), np.zeros((m, g, 2), dtype=np.int64)
    for at, table in enumerate(tables):
        rows = np.searchsorted(table.times, pooled.times, side="left")
        at_risk[:, at] = np.append(table.at_risk, 0)[rows]
        own = table.of(of)
        failures[np.searchsorted(pooled.times, table.times), at] = np.stack((own, table.events - own), axis=1)
    return at_risk, failures


def _group_test(
    names: Sequence[Hashable],
    members: Sequence[NDArray[np.intp]],
    observed: Floats,
    expected: Floats,
    variance: Floats,
) -> GroupTest:
    """The quadratic form in all k differences; they add up to 0, so at most k - 1 directions count."""
    groups = tuple(
        GroupCount(name, len(who), float(o), float(e))
        for name, who, o, e in zip(names, members, observed, expected, strict=True)
    )
    if not np.isfinite(variance).all() or np.linalg.eigvalsh(variance)[0] < -_SINGULAR * abs(variance).max():
        # Gray's correction for ties overshoots when hardly anybody is left: a negative variance is no variance.
        return GroupTest(None, 0, None, groups, "the variance cannot be computed: too few people at risk together")
    rank = int(np.linalg.matrix_rank(variance, rtol=_SINGULAR, hermitian=True))
    if rank == 0:
        return GroupTest(None, 0, None, groups, "no event was seen while two groups were at risk: nothing to compare")
    score = observed - expected
    chisq = float(score @ np.linalg.pinv(variance, rcond=_SINGULAR, hermitian=True) @ score)
    return GroupTest(chisq, rank, float(chdtrc(rank, chisq)), groups)
