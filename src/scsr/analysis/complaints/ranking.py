"""Firms beside each other without a league table: shrunken rates and the funnel plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.complaints.rates import rate_unit
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level
from scsr.errors import EstimationError

__all__ = [
    "Funnel",
    "Shrunken",
    "exact_limits",
    "funnel",
    "interpolated_limits",
    "marshall",
    "shrunken_rates",
]


@dataclass(frozen=True)
class Shrunken:
    """Rates drawn towards their mean: ``estimates`` ``shrunken_rate`` by group, and ``frame`` beside the raw rates.

    ``frame`` holds the group's columns, ``n_complaints, exposure, rate, shrunken, ci_low, ci_high`` (per
    ``per``) and ``probability_above``, that the group's rate is above the mean of all groups' rates.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame


def marshall(observed: np.ndarray, exposure: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Return Marshall's moment estimates of a prior mean and variance, and the rates shrunk with them.

    Parameters
    ----------
    observed, exposure : ndarray
        Events and exposure, one a group.

    Returns
    -------
    tuple of float, float, ndarray
        Mean and variance between groups (0 where they differ no more than chance), and the shrunken rates.

    Raises
    ------
    EstimationError
        If there are no groups, an event count is no number of events, or an exposure is not above 0.

    References
    ----------
    Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes estimators.
    *Applied Statistics*, 40, 283-294.

    Examples
    --------
    >>> mean, variance, rates = marshall(np.array([1, 9]), np.array([10.0, 10.0]))
    >>> float(mean), float(rates[0]) > .1
    (0.5, True)
    """
    check_cells(observed, exposure)
    rates = observed / exposure
    mean = observed.sum() / exposure.sum()
    spread = (exposure * (rates - mean) ** 2).sum() / exposure.sum()
    between = max(0.0, spread - mean / exposure.mean())
    weight = between / (between + mean / exposure) if mean > 0 else np.zeros(len(rates))
    return float(mean), float(between), mean + weight * (rates - mean)


def check_cells(observed: np.ndarray, exposure: np.ndarray) -> None:
    """Refuse counts and what stands under them where they give no ratio."""
    if not len(exposure) or np.shape(observed) != np.shape(exposure):
        raise EstimationError(
            f"{np.size(observed)} counts over {np.size(exposure)}; give one count for each, and at least one"
        )
    if not (np.isfinite(observed).all() and np.min(observed) >= 0):
        raise EstimationError("a count is missing, infinite or below 0; leave its group out or give its number")
    if not (np.isfinite(exposure).all() and np.min(exposure) > 0):
        raise EstimationError("an exposure or expectation is missing, infinite or not above 0; leave its group out")


def shrunken_rates(counts: CountTable, per: float = 1000, level: float = 0.95) -> Shrunken:
    """Estimate the groups' rates as draws from a common gamma distribution.

    A rate that rests on little is drawn towards the others. The gamma's mean and spread are not fixed at
    their best values but averaged over by their marginal likelihood (negative binomial), so that few groups
    give wider intervals, which plain empirical Bayes forgets.

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts` with groups, without ``freq``.
    per : float
        Exposure that rates are given for.
    level : float
        Credibility of the intervals.

    Returns
    -------
    Shrunken
        Not estimable with fewer than 3 groups or without complaints.

    References
    ----------
    Clayton, D. & Kaldor, J. (1987). Empirical Bayes estimates of age-standardized relative risks for use in
    disease mapping. *Biometrics*, 43, 671-681. Kass, R. E. & Steffey, D. (1989). Approximate Bayesian
    inference in conditionally independent hierarchical models (parametric empirical Bayes models). *Journal
    of the American Statistical Association*, 84, 717-726.

    Examples
    --------
    >>> cells = pd.DataFrame({"company": list("ABC"), "n_complaints": [0, 10, 12], "exposure": [100., 1000., 1000.]})
    >>> table = shrunken_rates(CountTable(cells, {}, ("company",), "customers", True)).frame
    >>> bool(table.loc[0, "rate"] == 0 < table.loc[0, "shrunken"])
    True
    """
    check_level(level)
    unit = rate_unit(counts, per)
    words = f"{unit}, groups taken as draws from one distribution"
    cells = counts.frame
    if not counts.reason:
        cells = cells.loc[cells["exposure"] > 0].reset_index(drop=True)
    reason = counts.reason
    if not reason and (not counts.by or len(cells) < 3):
        reason = f"{len(cells)} groups are too few to learn how groups differ; it takes 3"
    if not reason and not cells["n_complaints"].sum():
        reason = "there are no complaints"
    if reason:
        columns = [
            *counts.groups,
            "n_complaints",
            "exposure",
            "rate",
            "shrunken",
            "ci_low",
            "ci_high",
            "probability_above",
        ]
        return Shrunken(
            (not_estimable("shrunken_rate", words, unit, reason, level=level),), pd.DataFrame(columns=columns)
        )
    observed, exposure = cells["n_complaints"].to_numpy(float), cells["exposure"].to_numpy(float)
    shape, scale_rate, weight = hyper_grid(observed, exposure)
    middle, low, high, above = mixture(observed, exposure, shape, scale_rate, weight, level)
    table = cells[[*counts.groups, "n_complaints", "exposure"]].assign(
        rate=observed / exposure * per, shrunken=middle * per, ci_low=low * per, ci_high=high * per,
        probability_above=above,
    )  # fmt: skip
    estimates = tuple(
        Estimate(
            "shrunken_rate", words, unit, row["shrunken"], row["ci_low"], row["ci_high"], row["n_complaints"],
            "gamma-Poisson model, its mean and spread averaged over their marginal likelihood (Clayton & Kaldor 1987)",
            counts.group_of(row), ("the groups' rates come from one gamma distribution",), level,
        )
        for row in table.to_dict("records")
    )  # fmt: skip
    return Shrunken(estimates, table)


def hyper_grid(observed: np.ndarray, exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return gamma shapes and rates on a grid, with their posterior weights.

    The prior is flat on the log mean and on the coefficient of variation between groups (0 to 3).
    """
    mean = observed.sum() / exposure.sum()
    edges = np.linspace(0, 3, 61)
    spread = (edges[1:] + edges[:-1]) / 2
    # for each spread, a grid of means as wide as its own uncertainty
    error = np.sqrt(1 / observed.sum() + spread**2 / len(observed))
    step = np.linspace(-4.5, 4.5, 25)
    means = mean * np.exp(error[:, None] * step)
    shape = np.repeat(1 / spread**2, len(step))
    rate = shape / means.ravel()
    log_likelihood = np.zeros(len(shape))
    for y, e in zip(observed, exposure, strict=True):
        log_likelihood += (
            special.gammaln(y + shape) - special.gammaln(shape) - special.gammaln(y + 1)
            + shape * np.log(rate / (rate + e)) + y * np.log(e / (rate + e))
        )  # fmt: skip
    weight = np.exp(log_likelihood - log_likelihood.max()) * np.repeat(error, len(step))
    weight /= weight.sum()
    keep = weight > 1e-7
    return shape[keep], rate[keep], weight[keep] / weight[keep].sum()


def mixture(
    observed: np.ndarray,
    exposure: np.ndarray,
    shape: np.ndarray,
    rate: np.ndarray,
    weight: np.ndarray,
    level: float,
) -> tuple[np.ndarray, ...]:
    """Return mean, interval and probability above the prior mean of each group's mixture of gammas."""
    tail = (1 - level) / 2
    a, b = shape + observed[:, None], rate + exposure[:, None]
    above = (weight * special.gammaincc(a, b * shape / rate)).sum(axis=1)
    ends = []
    for p in (tail, 1 - tail):
        # the mixture's quantile lies between those of its parts; bisect all groups at once
        low, high = (edge(special.gammaincinv(a, p) / b, axis=1) for edge in (np.min, np.max))
        for _ in range(45):
            middle = (low + high) / 2
            short = (weight * special.gammainc(a, b * middle[:, None])).sum(axis=1) < p
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        ends.append((low + high) / 2)
    return (weight * a / b).sum(axis=1), *ends, above


@dataclass(frozen=True)
class Funnel:
    """A funnel plot's numbers.

    Parameters
    ----------
    frame : DataFrame
        One row a group: its columns, ``n_complaints, exposure, expected, ratio`` (observed over expected),
        ``z`` and ``outside`` (the highest level whose limits it lies outside of, 0 where inside).
    limits : DataFrame
        ``expected, level, low, high`` of the ratio along the axis, for drawing.
    rate : float
        The common rate that ``expected`` rests on, per unit of exposure.
    dispersion : float
        Winsorised mean of squared z; above 1 the groups differ more than chance.
    tau : float
        Standard deviation between groups of the square root of the ratio (additive over-dispersion).
    drawn : str
        Which limits these are, in words.
    estimates : tuple of Estimate
        Empty, or the reason why there is no funnel.
    """

    frame: pd.DataFrame
    limits: pd.DataFrame
    rate: float
    dispersion: float
    tau: float
    drawn: str
    estimates: tuple[Estimate, ...] = ()


def exact_limits(expected: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return exact limits of observed over expected, by chi-square, as the R package FunnelPlotR draws them.

    Raises
    ------
    EstimationError
        If an expectation is not above 0, or the level is none.

    Examples
    --------
    >>> [end.round(4).tolist() for end in exact_limits(np.array([15.0, 30.0]), .95)]
    [[0.5597, 0.6747], [1.6493, 1.4276]]
    """
    check_level(level)
    check_cells(np.zeros_like(expected), expected)
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * expected) / 2
    return low / expected, stats.chi2.isf(tail, 2 * (expected + 1)) / 2 / expected


def interpolated_limits(expected: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Spiegelhalter's limits: Poisson quantiles, interpolated so that they do not jump.

    Raises
    ------
    EstimationError
        If an expectation is not above 0, or too large for quantiles (about 1e10), or the level is none.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance.
    *Statistics in Medicine*, 24, 1185-1202, appendix A.1.1.

    Examples
    --------
    >>> [end.round(4).tolist() for end in interpolated_limits(np.array([15.0, 30.0]), .95)]
    [[0.4907, 0.6411], [1.5055, 1.3572]]
    """
    check_level(level)
    check_cells(np.zeros_like(expected), expected)
    ends = []
    for probability in ((1 - level) / 2, (1 + level) / 2):
        quantile = stats.poisson.ppf(probability, expected)
        upto = stats.poisson.cdf(quantile, expected)
        part = (upto - probability) / stats.poisson.pmf(quantile, expected)
        ends.append(np.maximum(0.0, quantile - part) / expected)
    if not np.isfinite(ends).all():
        raise EstimationError(
            f"an expectation of {np.max(expected):.3g} is too large for these limits; take exact_limits"
        )
    return ends[0], ends[1]


def funnel(
    counts: CountTable,
    level: float | Sequence[float] = (0.95, 0.998),
    overdispersion: str = "none",
    winsorise: float = 0.1,
) -> Funnel:
    """Compare each group's count with what the common rate expects, with limits that narrow as more is expected.

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts` with groups.
    level : float or sequence of float
        Levels of the limits.
    overdispersion : {"none", "additive", "multiplicative"}
        ``none`` draws exact limits; the others widen limits on the square-root scale for what the groups
        differ beyond chance, additive for real differences between groups, multiplicative for clustered
        complaints.
    winsorise : float
        Share of z values at each end that are drawn in before the dispersion is estimated.

    Returns
    -------
    Funnel
        With ``estimates`` giving the reason, and no rows, where there is nothing to compare.

    Raises
    ------
    EstimationError
        On an unknown kind of over-dispersion, or a level that is none.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance.
    *Statistics in Medicine*, 24, 1185-1202.

    Examples
    --------
    >>> cells = pd.DataFrame({"company": list("ABC"), "n_complaints": [10, 10, 40], "exposure": [1000.0] * 3})
    >>> funnel(CountTable(cells, {}, ("company",), "customers", True)).frame["outside"].tolist()
    [0.95, 0.95, 0.998]
    """
    if overdispersion not in ("none", "additive", "multiplicative"):
        raise EstimationError(f"overdispersion={overdispersion!r} is none of none, additive, multiplicative")
    levels = sorted([level] if isinstance(level, float) else level)
    if not levels or not 0 < levels[0] <= levels[-1] < 1:
        raise EstimationError(f"level={tuple(levels)} must hold numbers between 0 and 1")
    cells = counts.frame
    if not counts.reason:
        cells = cells.loc[cells["exposure"] > 0].reset_index(drop=True)
    reason = counts.reason or ("fewer than two groups" if not counts.groups or len(cells) < 2 else "")
    if not reason and not cells["n_complaints"].sum():
        reason = "there are no complaints"
    if reason:
        frame = pd.DataFrame(
            columns=[*counts.groups, "n_complaints", "exposure", "expected", "ratio", "z", "outside"]
        )  # fmt: skip
        none = not_estimable("funnel_dispersion", "spread of the groups beyond chance", "ratio", reason)
        return Funnel(frame, pd.DataFrame(columns=["expected", "level", "low", "high"]), 0.0, 0.0, 0.0, "", (none,))
    rate = cells["n_complaints"].sum() / cells["exposure"].sum()
    expected = cells["exposure"].to_numpy(float) * rate
    ratio = cells["n_complaints"].to_numpy(float) / expected
    z = 2 * np.sqrt(expected) * (np.sqrt(ratio) - 1)
    dispersion, tau = spread_of(z, expected, winsorise)
    outside = np.zeros(len(cells))
    for one in levels:
        low, high = limits_of(expected, one, overdispersion, dispersion, tau)
        outside[(ratio < low) | (ratio > high)] = one
    frame = cells[[*counts.groups, "n_complaints", "exposure"]].assign(
        expected=expected, ratio=ratio, z=z, outside=outside
    )
    axis = np.geomspace(max(expected.min() / 2, 0.5), expected.max() * 1.2, 100)
    curves = []
    for one in levels:
        low, high = limits_of(axis, one, overdispersion, dispersion, tau)
        curves.append(pd.DataFrame({"expected": axis, "level": one, "low": low, "high": high}))
    drawn = {
        "none": "exact Poisson limits by chi-square, without over-dispersion",
        "additive": "limits on the square-root scale, widened by the spread between groups (additive)",
        "multiplicative": "limits on the square-root scale, widened by a common factor (multiplicative)",
    }[overdispersion]
    return Funnel(frame, pd.concat(curves, ignore_index=True), float(rate), dispersion, tau, drawn)


def spread_of(z: np.ndarray, expected: np.ndarray, winsorise: float) -> tuple[float, float]:
    """Return the winsorised dispersion and the standard deviation between groups (DerSimonian & Laird's)."""
    if not 0 <= winsorise < 0.5:
        raise EstimationError(f"winsorise={winsorise} must be at least 0 and below .5")
    low, high = np.quantile(z, [winsorise, 1 - winsorise])
    dispersion = float((np.clip(z, low, high) ** 2).mean())
    weight = 4 * expected  # one over the variance of the square root of the ratio
    n = len(z)
    if n * dispersion <= n - 1:
        return dispersion, 0.0
    tau = (n * dispersion - (n - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return dispersion, float(np.sqrt(tau))


def limits_of(
    expected: np.ndarray, level: float, overdispersion: str, dispersion: float, tau: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of the ratio at given expectations."""
    if overdispersion == "none":
        return exact_limits(expected, level)
    z = stats.norm.isf((1 - level) / 2)
    error = 1 / (2 * np.sqrt(expected))
    half = z * (np.sqrt(error**2 + tau**2) if overdispersion == "additive" else error * np.sqrt(max(1.0, dispersion)))
    return np.maximum(0.0, 1 - half) ** 2, (1 + half) ** 2
