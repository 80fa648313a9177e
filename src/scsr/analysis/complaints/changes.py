"""Months in which a complaint rate changed its level: segmentation with a stated penalty, tested against no change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import special, stats

from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.errors import EstimationError

__all__ = ["RateChanges", "rate_changes"]

LEAST_MONTHS = 12
SHORTEST = 3  # months between two changes
TINY = 1e-9
WORDS = "complaint rate from this month to the next change as a multiple of the rate before"


@dataclass(frozen=True)
class RateChanges:
    """The levels of a rate over time.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``rate_change`` for each month in which the level changed (group ``month``); empty where none was found; one
        that gives the reason where it cannot be told.
    frame : DataFrame
        ``period, n_complaints, exposure, rate, level`` by month, rates per unit of exposure.
    p_value : float or None
        Of the test that the rate never changed its level.
    penalty : float
        What a change must gain in twice the log-likelihood, over the dispersion.
    dispersion : float
        Variance of a month's count over a Poisson count's, from months that follow each other.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame
    p_value: float | None = None
    penalty: float = 0.0
    dispersion: float = 1.0

    @property
    def sentence(self) -> str:
        """Say in words what was found."""
        if self.p_value is None:
            return f"Whether the rate changed its level cannot be told: {self.estimates[0].reason}."
        tested = f"p = {self.p_value:.2g} for a rate that never changed its level"
        if not self.estimates:
            return f"No change of level stands out from chance ({tested})."
        months = ", ".join(dict(one.by)["month"] for one in self.estimates)
        return f"The level of the rate changed in {months} ({tested})."


def rate_changes(
    counts: CountTable,
    level: float = 0.95,
    alpha: float = 0.05,
    n_draws: int = 999,
    seed: int = 1,
    season: np.ndarray | None = None,
) -> RateChanges:
    """Find the months in which the level of a rate changed.

    Months are summed over groups. The best division into stretches of constant rate is found by optimal partitioning of
    the Poisson likelihood, each change costing ``3 log(months)`` times the dispersion; the dispersion is learned from
    months that follow each other, so that changes of level do not pass for it. Whether there is any change is tested
    first, by the largest gain of a single change among draws of the same total over the months in proportion to their
    exposure, as dispersed as the months are (with no over-dispersion, an exact conditional test but for the draws).

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts` with ``freq="month"``.
    level : float
        Confidence of the intervals of the ratios.
    alpha : float
        No change is reported where the test's p value is this or larger.
    n_draws, seed : int
        Draws of the test and their seed.
    season : ndarray, optional
        A factor for each month with exposure, such as :attr:`RateTrend.season`, that the exposure is multiplied by, so
        that seasons do not pass for changes.

    Returns
    -------
    RateChanges
        Not estimable with fewer than 12 months or 10 complaints.

    Raises
    ------
    EstimationError
        If the counts are not by month, or the other values make no sense.

    References
    ----------
    Jackson, B. et al. (2005). An algorithm for optimal partitioning of data on an interval. *IEEE Signal Processing
    Letters*, 12, 105-108.
    Zhang, N. R. & Siegmund, D. O. (2007). A modified Bayes information criterion with applications to the analysis of
    comparative genomic hybridization data. *Biometrics*, 63, 22-32 (the penalty, to first order).

    Examples
    --------
    >>> months = pd.date_range("2022-01-01", periods=24, freq="MS", tz="UTC")
    >>> cells = pd.DataFrame({"period": months, "n_complaints": [20] * 12 + [40] * 12, "exposure": 1000.0})
    >>> found = rate_changes(CountTable(cells, {}, (), "customers", True, "month"))
    >>> [(one.group, round(one.estimate, 2)) for one in found.estimates]
    [('2023-01', 2.0)]
    """
    if not counts.reason and counts.freq != "month":
        raise EstimationError("rate_changes needs months; count with freq='month'")
    if not 0 < alpha < 1 or n_draws < 99:
        raise EstimationError(f"alpha={alpha} must lie between 0 and 1, and n_draws={n_draws} be 99 or more")
    months = pd.DataFrame(columns=["period", "n_complaints", "exposure", "rate", "level"])
    if not counts.reason:
        sums = counts.frame.groupby("period", sort=True)[["n_complaints", "exposure"]].sum().reset_index()
        # an exposure that is nothing beside the largest is none: rates of it overflow
        months = sums[sums["exposure"] > TINY * sums["exposure"].max()].reset_index(drop=True)
    reason = counts.reason
    if not reason and len(months) < LEAST_MONTHS:
        reason = f"{len(months)} months are too few to see a change of level; it takes {LEAST_MONTHS}"
    if not reason and months["n_complaints"].sum() < 10:
        reason = f"{int(months['n_complaints'].sum())} complaints are too few to see a change of level; it takes 10"
    if reason:
        none = not_estimable("rate_change", WORDS, "ratio", reason, n=len(months), level=level)
        return RateChanges((none,), months.reindex(columns=["period", "n_complaints", "exposure", "rate", "level"]))
    observed, exposure = months["n_complaints"].to_numpy(float), months["exposure"].to_numpy(float)
    factor = np.ones(len(months)) if season is None else np.asarray(season, dtype=float)
    if len(factor) != len(months) or not (np.isfinite(factor) & (factor > 0)).all():
        raise EstimationError(f"season must hold a factor above 0 for each of the {len(months)} months with exposure")
    expected = exposure * factor
    dispersion = float(successive_dispersion(observed, expected))
    p_value = no_change_test(observed, expected, dispersion, n_draws, np.random.default_rng(seed))
    penalty = 3 * np.log(len(months))
    starts = partition(observed, expected, penalty * dispersion) if p_value < alpha else [0]
    bounds = [*starts, len(months)]
    rates = [observed[a:b].sum() / expected[a:b].sum() for a, b in pairwise(bounds)]
    levels = np.repeat(rates, np.diff(bounds)) * factor
    estimates = tuple(
        change(months, observed, expected, tuple(bounds[place - 1 : place + 2]), dispersion, p_value, level)
        for place in range(1, len(starts))
    )
    table = months.assign(rate=observed / exposure, level=levels)
    return RateChanges(estimates, table, p_value, float(penalty), dispersion)


def successive_dispersion(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the variance of counts over a Poisson count's, from the differences of months that follow each other.

    Counts may be many series, the months on the last axis. At least 1.

    References
    ----------
    von Neumann, J. (1941). Distribution of the ratio of the mean square successive difference to the variance.
    *Annals of Mathematical Statistics*, 12, 367-395.
    """
    first, second = observed[..., :-1] / expected[:-1], observed[..., 1:] / expected[1:]
    shared = (observed[..., :-1] + observed[..., 1:]) / (expected[:-1] + expected[1:])
    spread = shared * (1 / expected[:-1] + 1 / expected[1:])
    ratio = np.divide((first - second) ** 2, spread, out=np.zeros_like(spread), where=spread > 0)
    return np.asarray(np.maximum(1.0, ratio.sum(axis=-1) / np.maximum(1, (spread > 0).sum(axis=-1))))


def gains(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return twice the log-likelihood that one change gains, at each month that it could be in, for many series."""
    seen, due = observed.cumsum(axis=-1)[..., :-1], expected.cumsum()[:-1]
    total, whole = observed.sum(axis=-1, keepdims=True), expected.sum()
    both = seen, total - seen
    parts = special.xlogy(both[0], both[0] / due) + special.xlogy(both[1], both[1] / (whole - due))
    gain = 2 * (parts - special.xlogy(total, total / whole))
    return np.asarray(gain[..., SHORTEST - 1 : observed.shape[-1] - SHORTEST])


def no_change_test(
    observed: np.ndarray, expected: np.ndarray, dispersion: float, n_draws: int, rng: np.random.Generator
) -> float:
    """Return the p value of the largest gain of a single change, against draws from a rate that never changes."""
    total, share = int(observed.sum()), expected / expected.sum()
    if dispersion > 1.001:
        # Dirichlet shares give the multinomial counts a variance of `dispersion` times their own
        weight = max((total - dispersion) / (dispersion - 1), 1e-3)
        shares = rng.dirichlet(np.maximum(weight * share, 1e-6), n_draws)
    else:
        shares = np.broadcast_to(share, (n_draws, len(share)))
    drawn = rng.multinomial(total, shares).astype(float)
    null = gains(drawn, expected).max(axis=-1) / successive_dispersion(drawn, expected)
    own = gains(observed, expected).max() / dispersion
    return float((1 + (null >= own * (1 - 1e-12)).sum()) / (n_draws + 1))


def partition(observed: np.ndarray, expected: np.ndarray, penalty: float) -> list[int]:
    """Return where the stretches of the best division start, a stretch being at least 3 months long."""
    n = len(observed)
    seen, due = (np.concatenate([[0.0], values.cumsum()]) for values in (observed, expected))
    best, before = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=int)
    best[0] = -penalty
    for stop in range(SHORTEST, n + 1):
        start = np.arange(0, stop - SHORTEST + 1)
        count = seen[stop] - seen[start]
        cost = best[start] + penalty - 2 * special.xlogy(count, count / (due[stop] - due[start]))
        before[stop], best[stop] = start[cost.argmin()], cost.min()
    starts, stop = [], n
    while stop > 0:
        stop = int(before[stop])
        starts.append(stop)
    return starts[::-1]


def change(
    months: pd.DataFrame,
    observed: np.ndarray,
    expected: np.ndarray,
    bounds: tuple[int, ...],
    dispersion: float,
    p_value: float,
    level: float,
) -> Estimate:
    """Estimate the ratio of the rates after and before one change; a half is added to a count of none."""
    start, middle, stop = bounds
    month = f"{months['period'].iloc[middle]:%Y-%m}"
    before, after = observed[start:middle].sum(), observed[middle:stop].sum()
    counts = np.maximum([before, after], 0.5)
    ratio = counts[1] / expected[middle:stop].sum() / (counts[0] / expected[start:middle].sum())
    half = stats.norm.isf((1 - level) / 2) * np.sqrt(dispersion * (1 / counts).sum())
    return Estimate(
        "rate_change", WORDS, "ratio", ratio, ratio * np.exp(-half), ratio * np.exp(half), int(before + after),
        f"optimal partitioning of Poisson counts (Jackson et al. 2005), a change costing 3 log(months); Wald interval on "
        f"the log scale (dispersion {dispersion:.3g}); p = {p_value:.2g} for no change at all", {"month": month},
        (
            "the rate is constant between changes", "months vary independently around their level",
            "the month is taken as if known beforehand, so that the ratio is a little too far from 1",
        ),
        level, extra={"p_value": p_value},
    )  # fmt: skip
