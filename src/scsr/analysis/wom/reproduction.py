"""How many further shares a share brings about: the reproduction number, three ways, by what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from scsr.analysis.checks import check_columns, check_numbers
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import bootstrap_mean, check_level, garwood
from scsr.analysis.wom.given import check_resamples, row_of_numbers
from scsr.analysis.wom.ids import order_of
from scsr.analysis.wom.trees import parents_of
from scsr.errors import EstimationError

__all__ = ["chain_likelihood", "mean_cumulative", "reproduction_number"]

NAME, UNIT = "reproduction_number", "direct reshares per share"
NEEDS = ("share_id", "cascade_id", "parent_id", "t_h", "observed_until_h")
SIZES = (np.log(1e-3), np.log(1e3))  # bounds of the log size parameter; reshares are nearly Poisson at the upper
LEAST = 10  # cascades behind any interval, and shares at risk behind the last step of a mean cumulative function


def reproduction_number(
    shares: pd.DataFrame,
    by: Sequence[str] = (),
    method: Literal["auto", "cumulative", "chains", "bootstrap"] = "auto",
    rng: np.random.Generator | int = 1,
    n_bootstrap: int = 2000,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """Estimate the mean number of direct reshares per share.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.
    by : sequence of {"valence", "speaker_role", "source"}
        Groups of cascades, by what their root states; the whole is returned first in any case.
    method : {"auto", "cumulative", "chains", "bootstrap"}
        ``cumulative`` needs parents and the end of observation, and corrects for reshares still to come:
        Nelson's mean cumulative function by the age of a share. ``chains`` needs sizes only, and takes
        every cascade as finished: 1 - cascades / shares, with the likelihood of chain sizes under negative
        binomial reshares. ``bootstrap`` is the same number with cascades resampled. ``auto`` is the first
        that the data allow.
    rng : Generator or int
        Source of randomness for the bootstrap, or a seed for it.
    n_bootstrap : int
        Resamples.
    level : float
        Confidence of the interval.

    Returns
    -------
    tuple of Estimate
        ``reproduction_number`` of the whole, then of each group.

    Raises
    ------
    EstimationError
        On an unknown method or group, a reshare before its parent, or where the method asked for lacks its
        columns.

    References
    ----------
    Blumberg, S. & Lloyd-Smith, J. O. (2013). Inference of R0 and transmission heterogeneity from the size
    distribution of stuttering chains. *PLoS Computational Biology*, 9, e1002993.
    Lawless, J. F. & Nadeau, C. (1995). Some simple robust methods for the analysis of recurrent events.
    *Technometrics*, 37, 158-168.

    Examples
    --------
    >>> from scsr import schema
    >>> ids = [f"s{i}" for i in range(40)]
    >>> rows = pd.DataFrame({"share_id": ids, "cascade_id": ids[:20] * 2, "t_h": [0.0] * 20 + [1.0] * 20})
    >>> reproduction_number(schema.conform(rows, "shares"))[0].estimate
    0.5
    """
    if method not in ("auto", "cumulative", "chains", "bootstrap"):
        raise EstimationError(f"method={method!r} is none of auto, cumulative, chains, bootstrap")
    by = (by,) if isinstance(by, str) else tuple(by)
    unknown = [name for name in by if name not in ("valence", "speaker_role", "source")]
    if unknown:
        raise EstimationError(f"cascades cannot be grouped by {unknown[0]!r}; use valence, speaker_role or source")
    check_level(level)
    check_resamples(n_bootstrap)
    check_columns(shares, (*NEEDS, *by), "shares", "the reproduction number")
    check_numbers(shares, ["t_h"], "shares")
    rng = np.random.default_rng(rng)
    whole = one_group(shares, {}, method, rng, n_bootstrap, level)
    if not by or shares.empty:
        return (whole,)
    cascade, first = first_shares(shares)
    stated = shares[list(by)].iloc[first].astype("string").fillna("not stated").reset_index(drop=True)
    made = [whole]
    for key, members in stated.groupby(list(by), sort=True).indices.items():
        values = key if isinstance(key, tuple) else (key,)
        group = dict(zip(by, map(str, values), strict=True))
        wanted = np.zeros(len(first), dtype=bool)
        wanted[members] = True
        made.append(one_group(shares[wanted[cascade]], group, method, rng, n_bootstrap, level))
    return tuple(made)


def first_shares(shares: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each share's cascade and the row of each cascade's first share, those without a parent first."""
    cascade = np.unique(order_of(shares["cascade_id"]), return_inverse=True)[1]
    t = shares["t_h"].to_numpy(float)
    earliest = np.full(int(cascade.max()) + 1, np.inf)
    np.minimum.at(earliest, cascade, t)
    early = np.flatnonzero(t == earliest[cascade])
    early = early[np.lexsort((order_of(shares["parent_id"].iloc[early]), cascade[early]))]
    return cascade, early[np.unique(cascade[early], return_index=True)[1]]


def one_group(
    shares: pd.DataFrame,
    group: Mapping[str, str],
    method: str,
    rng: np.random.Generator,
    n_bootstrap: int,
    level: float,
) -> Estimate:
    """Estimate the reproduction number of some cascades."""
    sizes = shares.groupby("cascade_id", observed=True).size().to_numpy()
    if len(sizes) < LEAST:
        words, reason = "direct reshares per share", f"{len(sizes)} cascades are too few; it takes {LEAST}"
        return not_estimable(NAME, words, UNIT, reason, n=len(sizes), by=group, level=level)
    parent = parents_of(shares)
    gaps = missing_for_cumulative(shares, parent)
    if method == "cumulative" and gaps:
        raise EstimationError(f"method='cumulative' cannot be used: {gaps}; use 'chains', or give them")
    if method == "cumulative" or (method == "auto" and not gaps):
        return cumulative(shares, parent, group, level)
    return chains(sizes, truncation(shares), group, method, rng, n_bootstrap, level)


def missing_for_cumulative(shares: pd.DataFrame, parent: np.ndarray) -> str:
    """Say what the mean cumulative function lacks; empty where it lacks nothing."""
    cascade, _ = pd.factorize(shares["cascade_id"])
    if (np.bincount(cascade, parent < 0) != 1).any():
        return "some cascades have shares whose parent is unknown"
    if shares["observed_until_h"].isna().any():
        return "the end of observation is unknown for some cascades"
    return ""


def truncation(shares: pd.DataFrame) -> str:
    """Say what is known of how complete the cascades are."""
    ends = shares.drop_duplicates("cascade_id")["observed_until_h"]
    if ends.isna().any():
        return (
            f"cascades are complete (the end of observation is not stated for {int(ends.isna().sum())} of {len(ends)})"
        )
    late = (shares["t_h"] > 0.9 * shares["observed_until_h"]).mean()
    return f"cascades are complete ({late:.1%} of shares came in the last tenth of their observation)"


def cumulative(shares: pd.DataFrame, parent: np.ndarray, group: Mapping[str, str], level: float) -> Estimate:
    """Estimate by the mean cumulative function of reshares by age."""
    steps = cumulated(shares, parent)
    n = int(shares["cascade_id"].nunique())
    within = float(steps["age_h"].max()) if len(steps) else 0.0
    words = f"direct reshares per share within {within:.4g} h of it, corrected for the end of observation"
    assumptions = (
        "the end of observation has nothing to do with how a cascade goes",
        "cascades are independent of each other", f"few reshares come more than {within:.4g} h after their parent",
    )  # fmt: skip
    method = (
        "maximum likelihood, negative binomial reshares thinned by the end of observation (delays by the mean "
        "cumulative function, Nelson 1988), profile interval"
    )
    if not len(steps):
        high = garwood(0, level)[1] / len(shares)
        return Estimate(
            NAME, "direct reshares per share", UNIT, 0, 0, high, n,
            "no reshare seen; exact Poisson limit (Garwood 1936)", group, assumptions[:2], level,
        )  # fmt: skip
    reshares, expected = offspring(shares, parent, steps)
    value, low, high = offspring_interval(reshares, expected, level)
    return Estimate(NAME, words, UNIT, value, low, high, n, method, group, assumptions, level)


def offspring(shares: pd.DataFrame, parent: np.ndarray, steps: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each share was reshared, and what part of its reshares could be seen by the end."""
    t = shares["t_h"].to_numpy(float)
    child = np.flatnonzero(parent >= 0)
    ages = steps["age_h"].to_numpy()
    child = child[t[child] - t[parent[child]] <= ages[-1]]
    shape = np.append(0, steps["mean"].to_numpy()) / steps["mean"].iloc[-1]
    ends = shares["observed_until_h"].to_numpy(float) - t
    return np.bincount(parent[child], minlength=len(shares)), shape[np.searchsorted(ages, ends + 1e-9, side="right")]


def offspring_interval(reshares: np.ndarray, part: np.ndarray, level: float) -> tuple[float, float, float]:
    """Return mean reshares and its profile interval when each share has thinned negative binomial reshares."""
    # shares alike to four digits are counted together, so that a million shares cost no more than ten thousand
    pairs = reshares[part > 0] * 10_001 + np.rint(part[part > 0] * 1e4).astype(np.int64)
    pairs, counts = np.unique(pairs, return_counts=True)
    reshares, part = (pairs // 10_001).astype(float), np.maximum(pairs % 10_001 / 1e4, 1e-4)

    def loss(log_mean: float, log_size: float) -> float:
        mean, size = np.exp(log_mean) * part, np.exp(log_size)
        terms = special.gammaln(reshares + size) - special.gammaln(size) - (reshares + size) * np.log1p(mean / size)
        return -float((counts * (terms + reshares * (np.log(mean) - log_size))).sum())

    def at(log_mean: float) -> float:
        return float(optimize.minimize_scalar(lambda s: loss(log_mean, s), bounds=SIZES, method="bounded").fun)

    start = np.log((counts * reshares).sum() / (counts * part).sum())
    best = optimize.minimize_scalar(at, bounds=(start - 2, start + 2), method="bounded", options={"xatol": 1e-6})
    ceiling = float(best.fun) + stats.chi2.isf(1 - level, 1) / 2
    ends = []
    for way in (-1, 1):
        reach = 0.2
        while at(best.x + way * reach) < ceiling and reach < 50:
            reach *= 2
        far = best.x + way * reach
        ends.append(optimize.brentq(lambda x: at(x) - ceiling, *sorted((best.x, far))) if reach < 50 else way * np.inf)
    return tuple(float(np.exp(x)) for x in (best.x, *ends))  # type: ignore[return-value]


def mean_cumulative(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the mean number of direct reshares by age of a share.

    A share is at risk of being reshared from its own time to the end of its cascade's observation; ages at
    which fewer than 10 shares are at risk are left out.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares`` with parents and ``observed_until_h`` known.

    Returns
    -------
    DataFrame
        ``age_h, at_risk, mean, se``, one row for each reshare in order of age; ``se`` is robust to whatever
        makes shares of one cascade alike.

    References
    ----------
    Nelson, W. (1988). Graphical analysis of system repair data. *Journal of Quality Technology*, 20, 24-35.

    Examples
    --------
    >>> from scsr import schema
    >>> roots = pd.DataFrame({"share_id": [f"r{i}" for i in range(20)], "t_h": 0.0})
    >>> reshares = pd.DataFrame({"share_id": list("vwxyz"), "t_h": 2.0, "parent_id": roots["share_id"][:5]})
    >>> rows = pd.concat([roots, reshares], ignore_index=True)
    >>> rows["cascade_id"], rows["observed_until_h"] = rows["parent_id"].fillna(rows["share_id"]), 3.0
    >>> mean_cumulative(schema.conform(rows, "shares"))[["age_h", "at_risk", "mean"]].iloc[-1].tolist()
    [2.0, 20.0, 0.25]
    """
    check_columns(shares, NEEDS, "shares", "the mean cumulative function")
    check_numbers(shares, ["t_h", "observed_until_h"], "shares")
    return cumulated(shares, parents_of(shares))


def cumulated(shares: pd.DataFrame, parent: np.ndarray) -> pd.DataFrame:
    """Return :func:`mean_cumulative` of shares that were looked through, with the position of each share's parent."""
    cascade, _ = pd.factorize(shares["cascade_id"])
    t = shares["t_h"].to_numpy(float)
    censor = shares["observed_until_h"].to_numpy(float) - t
    child = np.flatnonzero(parent >= 0)
    age = t[child] - t[parent[child]]
    if (age < 0).any():
        raise EstimationError(
            f"share {shares['share_id'].iloc[child[np.argmin(age)]]} comes before its parent; correct t_h"
        )
    order = np.argsort(age, kind="stable")
    child, age = child[order], age[order]
    # an age and an end that are the same instant may differ by rounding
    at_risk = len(t) - np.searchsorted(np.sort(censor), age - 1e-9, side="left")
    keep = at_risk >= LEAST
    child, age, at_risk = child[keep], age[keep], at_risk[keep]
    mean = np.cumsum(1 / at_risk)
    table = pd.DataFrame({"age_h": age, "at_risk": at_risk, "mean": mean})
    return table.assign(se=robust_error(cascade, parent[child], censor, age, at_risk))


def robust_error(
    cascade: np.ndarray, parent: np.ndarray, censor: np.ndarray, age: np.ndarray, at_risk: np.ndarray
) -> np.ndarray:
    """Return the standard error at the last age, as a column; earlier ages are scaled by the mean's growth."""
    if not len(age):
        return np.array([])
    seen = np.bincount(cascade[parent], 1 / at_risk, minlength=cascade.max() + 1)
    growth = np.append(0, np.cumsum(1 / at_risk**2))
    due = growth[np.searchsorted(age, censor + 1e-9, side="right")]
    residual = seen - np.bincount(cascade, due)
    n = len(residual)
    error = np.sqrt((residual**2).sum() * n / max(n - 1, 1))
    return np.asarray(error * np.sqrt(growth[1:] / growth[-1]))


def chain_likelihood(values: np.ndarray, counts: np.ndarray, mean: float, size: float) -> float:
    """Return the log likelihood of chain sizes when each share has negative binomial reshares.

    Parameters
    ----------
    values, counts : ndarray
        Distinct sizes and how often each stands.
    mean, size : float
        Mean of the reshares, and the size parameter (variance = mean + mean squared / size).

    Raises
    ------
    EstimationError
        If a size is no whole number from 1, a count is below 0, or mean or size parameter are out of range.

    Examples
    --------
    >>> round(float(np.exp(chain_likelihood(np.array([1]), np.array([1]), .5, 1e9))), 4)  # exp(-.5): no Poisson event
    0.6065
    """
    values, counts = row_of_numbers(values, "sizes", 1, whole=True), row_of_numbers(counts, "counts", 0)
    if len(values) != len(counts):
        raise EstimationError(f"{len(values)} sizes and {len(counts)} counts do not belong together")
    if not (np.isfinite([mean, size]).all() and mean >= 0 and size > 0):
        raise EstimationError(f"mean={mean}, size={size}: give a mean of 0 or more and a size above 0, both finite")
    return log_chains(values, counts, mean, size)


def log_chains(values: np.ndarray, counts: np.ndarray, mean: float, size: float) -> float:
    """Return :func:`chain_likelihood` of numbers that were looked through."""
    j = values
    terms = (
        special.gammaln(size * j + j - 1) - special.gammaln(size * j) - special.gammaln(j + 1)
        - (size * j + j - 1) * np.log1p(mean / size)
    )  # fmt: skip
    if mean > 0:
        terms = terms + (j - 1) * np.log(mean / size)
    elif (j > 1).any():
        return -np.inf
    return float((counts * terms).sum())


def profile(values: np.ndarray, counts: np.ndarray, mean: float) -> float:
    """Return the log likelihood at a mean, at the best size parameter."""
    result = optimize.minimize_scalar(
        lambda log_size: -log_chains(values, counts, mean, float(np.exp(log_size))),
        bounds=SIZES,
        method="bounded",
    )  # fmt: skip
    return -float(result.fun)


def chains(
    sizes: np.ndarray, complete: str, group: Mapping[str, str], method: str, rng: np.random.Generator, n_bootstrap: int,
    level: float,
) -> Estimate:  # fmt: skip
    """Estimate from the sizes of finished cascades."""
    n, total = len(sizes), int(sizes.sum())
    value = 1 - n / total
    words = "direct reshares per share, 1 - cascades / shares"
    if total == n:
        return Estimate(
            NAME, words, UNIT, 0, 0, garwood(0, level)[1] / n, n, "no reshare seen; exact Poisson limit (Garwood 1936)",
            group, (complete,), level,
        )  # fmt: skip
    values, counts = np.unique(sizes, return_counts=True)
    if method == "bootstrap":
        low, high = (1 - 1 / end for end in bootstrap_mean(sizes, rng, n_bootstrap, level)[1:])
        how = f"1 - cascades / shares, bootstrap-t of the log mean size of cascades ({n_bootstrap})"
        return Estimate(
            NAME, words, UNIT, value, low, high, n, how, group, (complete, "cascades are independent"), level
        )
    floor = profile(values, counts, value) - stats.chi2.isf(1 - level, 1) / 2

    def above(mean: float) -> float:
        return profile(values, counts, mean) - floor

    low = optimize.brentq(above, value * 1e-6, value) if above(value * 1e-6) < 0 else 0.0
    top = value
    while above(top) > 0 and top < 100:
        top = top * 1.3 + 0.01
    high = optimize.brentq(above, value, top) if top < 100 else np.inf
    how = (
        "maximum likelihood of chain sizes, negative binomial reshares, profile interval (Blumberg & Lloyd-Smith 2013)"
    )
    assumptions = (complete, "cascades are independent, and shares of a cascade are reshared alike")
    return Estimate(NAME, words, UNIT, value, low, high, n, how, group, assumptions, level)
