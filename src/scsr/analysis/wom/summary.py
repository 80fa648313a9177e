"""What a set of cascades amounts to: typical sizes, reach, and bad news beside good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import bootstrap_mean, bootstrap_ratio, check_level, clopper_pearson, percentile
from scsr.analysis.wom.cascades import cascade_table
from scsr.errors import EstimationError

__all__ = ["Valence", "cascade_summary", "compare_valence", "median_interval", "reach"]

LEAST = 10
INDEPENDENT = "cascades are independent of each other"


def median_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Return the median with its exact interval by order statistics.

    References
    ----------
    David, H. A. & Nagaraja, H. N. (2003). *Order statistics*, 3rd ed. Wiley, section 7.1.

    Examples
    --------
    >>> median_interval(np.arange(1, 101.0))
    (50.5, 40.0, 61.0)
    """
    check_level(level)
    ordered = np.sort(np.asarray(values, dtype=float))
    if ordered.ndim != 1 or not np.isfinite(ordered).all():
        raise EstimationError("a median needs a row of finite numbers, none missing")
    n = len(ordered)
    if not n:
        raise EstimationError("a median needs at least one value")
    rank = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    if rank < 1:
        return float(np.median(ordered)), -np.inf, np.inf
    return float(np.median(ordered)), float(ordered[rank - 1]), float(ordered[n - rank])


def cascade_summary(
    cascades: pd.DataFrame, rng: np.random.Generator | int = 1, n_bootstrap: int = 2000, level: float = 0.95,
    window_h: float | None = None,
) -> tuple[Estimate, ...]:  # fmt: skip
    """Estimate typical sizes and shapes of cascades.

    Parameters
    ----------
    cascades : DataFrame
        From :func:`cascade_table`.
    rng : Generator or int
        Source of randomness for the bootstrap, or a seed for it.
    window_h : float, optional
        Hours since the root to which the cascades were cut (:func:`within`), for the words of the estimands.

    Returns
    -------
    tuple of Estimate
        ``cascade_size_median``, ``cascade_size_mean``, ``cascade_depth_mean``, ``cascade_breadth_mean`` and
        ``structural_virality`` (means over cascades, virality over those with a reshare) and ``time_to_half_median_h``.
        Shapes are not estimable where parents are unknown in more than 1 of 20 cascades.

    Examples
    --------
    >>> table = pd.DataFrame({"cascade_size": [1, 2, 3] * 10, "cascade_depth": None, "cascade_breadth": None,
    ...                       "structural_virality": np.nan, "time_to_half_h": 1.0, "parents_known": False})
    >>> [one.ok for one in cascade_summary(table)]
    [True, True, False, False, False, True]
    """
    rng = np.random.default_rng(rng)
    # where parents are unknown only lone roots have a known shape, and they would pass for all
    n_blind = int((~cascades["parents_known"].astype(bool)).sum())
    blind = f"the parents of shares are unknown in {n_blind} of {len(cascades)} cascades"
    parts: tuple[tuple[str, str, str, str, str], ...] = (
        ("cascade_size_median", "median", "cascade_size", "shares", "median size of a cascade, its root with it"),
        ("cascade_size_mean", "mean", "cascade_size", "shares", "mean size of a cascade, its root with it"),
        ("cascade_depth_mean", "mean", "cascade_depth", "links", "mean depth of a cascade"),
        ("cascade_breadth_mean", "mean", "cascade_breadth", "shares", "mean breadth of a cascade, most at one depth"),
        ("structural_virality", "mean", "structural_virality", "links",
         "mean structural virality of cascades with a reshare"),
        ("time_to_half_median_h", "median", "time_to_half_h", "h",
         "median time until a cascade with a reshare reaches half of its size"),
    )  # fmt: skip
    cut = "cascades are complete" if window_h is None else f"only the first {window_h:g} h of each cascade count"
    made = []
    for name, kind, column, unit, words in parts:
        values = pd.to_numeric(cascades[column]).dropna().to_numpy(float)
        shapeless = column in ("cascade_depth", "cascade_breadth", "structural_virality") and n_blind > 0.05 * len(
            cascades
        )
        if len(values) < LEAST or shapeless:
            reason = blind if shapeless else f"{len(values)} cascades are too few; it takes {LEAST}"
            made.append(not_estimable(name, words, unit, reason, n=len(values), level=level))
            continue
        if kind == "median":
            numbers, how = median_interval(values, level), "median, exact interval by order statistics"
            assumptions: tuple[str, ...] = (INDEPENDENT, cut)
        else:
            numbers = bootstrap_mean(values, rng, n_bootstrap, level)
            how = f"mean, bootstrap-t of its log over cascades ({n_bootstrap})"
            assumptions = (INDEPENDENT, cut, "the tail is light enough for a mean to settle; see the tail's exponent")
        made.append(Estimate(name, words, unit, *numbers, len(values), how, (), assumptions, level))
    return tuple(made)


def reach(
    shares: pd.DataFrame, by: Sequence[str] = (), rng: np.random.Generator | int = 1, n_bootstrap: int = 2000,
    level: float = 0.95,
) -> tuple[Estimate, ...]:  # fmt: skip
    """Describe how many followers the sharers of a cascade have between them.

    A sum of followers counts people who follow two sharers twice, and many never see the message: it is an
    upper bound of those who could have.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.
    by : sequence of {"root_role", "valence"}
        Groups of cascades.

    Returns
    -------
    tuple of Estimate
        ``reach_mean``: mean over cascades whose sharers' followers are all known; the whole first.

    Examples
    --------
    >>> from scsr import schema
    >>> rows = pd.DataFrame({"share_id": [str(i) for i in range(12)], "cascade_id": [str(i) for i in range(12)],
    ...                      "t_h": 0.0, "n_followers": [10] * 12})
    >>> reach(schema.conform(rows, "shares"))[0].estimate
    10.0
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    unknown = [name for name in by if name not in ("root_role", "valence")]
    if unknown:
        raise EstimationError(f"reach cannot be grouped by {unknown[0]!r}; use root_role or valence")
    rng = np.random.default_rng(rng)
    cascades = cascade_table(shares)
    groups: list[tuple[dict[str, str], pd.DataFrame]] = [({}, cascades)]
    if by and len(cascades):
        keys = cascades[list(by)].astype("string").fillna("not stated")
        for key, index in keys.groupby(list(by), sort=True).groups.items():
            names = key if isinstance(key, tuple) else (key,)
            groups.append((dict(zip(by, map(str, names), strict=True)), cascades.loc[index]))
    words = "mean of the sharers' followers, summed over a cascade; an upper bound of who could have seen it"
    made = []
    for group, rows in groups:
        values = rows["n_followers_reached"].dropna().to_numpy(float)
        if len(values) < LEAST:
            reason = (
                "the sharers' followers are not stated" if not len(values)
                else f"{len(values)} cascades are too few; it takes {LEAST}"
            )  # fmt: skip
            made.append(not_estimable("reach_mean", words, "followers", reason, n=len(values), by=group, level=level))
            continue
        numbers = bootstrap_mean(values, rng, n_bootstrap, level)
        how = f"mean, bootstrap-t of its log over cascades ({n_bootstrap})"
        made.append(
            Estimate("reach_mean", words, "followers", *numbers, len(values), how, group, (INDEPENDENT,), level)
        )
    return tuple(made)


@dataclass(frozen=True)
class Valence:
    """Negative beside positive: the ratios, and ``frame`` with one row a valence for drawing.

    ``frame`` holds ``valence, n_cascades, n_shares, size_mean, size_median, time_to_half_median_h``.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame


def compare_valence(
    cascades: pd.DataFrame, rng: np.random.Generator | int = 1, n_bootstrap: int = 2000, level: float = 0.95
) -> Valence:
    """Compare negative with positive word of mouth.

    Parameters
    ----------
    cascades : DataFrame
        From :func:`cascade_table`.
    rng : Generator or int
        Source of randomness for the bootstrap, or a seed for it.

    Returns
    -------
    Valence
        ``valence_volume_ratio`` (negative over positive cascades, by Clopper & Pearson),
        ``valence_size_ratio`` (of mean sizes), ``valence_speed_ratio`` (of median times to half; below 1
        the negative is faster) and ``valence_reach_ratio`` (of mean followers of all sharers), each by bootstrap
        within valence. Not estimable where no valence is stated or either has fewer than 10 cascades.

    References
    ----------
    Efron, B. & Tibshirani, R. (1993). *An introduction to the bootstrap*. Chapman & Hall.

    Examples
    --------
    >>> table = pd.DataFrame({"valence": ["negative", "positive"] * 20, "cascade_size": [4, 2] * 20,
    ...                       "time_to_half_h": [1.0, 2.0] * 20, "n_followers_reached": [90, 30] * 20})
    >>> [one.estimate for one in compare_valence(table).estimates]
    [1.0, 2.0, 0.5, 3.0]
    """
    rng = np.random.default_rng(rng)
    frame = valence_frame(cascades)
    valence = cascades["valence"].astype("string")
    bad, good = (cascades[valence.eq(v).fillna(False)] for v in ("negative", "positive"))
    reason = "" if valence.notna().any() else "no source states the valence of a cascade"
    parts: tuple[tuple[str, str, str, Callable[..., np.ndarray]], ...] = (
        ("valence_size_ratio", "mean size of a negative cascade as a multiple of a positive one's",
         "cascade_size", np.mean),
        ("valence_speed_ratio", "median time to half of a negative cascade as a multiple of a positive one's",
         "time_to_half_h", np.median),
        ("valence_reach_ratio", "mean followers of the sharers of a negative cascade as a multiple of a positive one's",
         "n_followers_reached", np.mean),
    )  # fmt: skip
    made = [volume_ratio(len(bad), len(good), reason, level)]
    for name, words, column, statistic in parts:
        pair = [pd.to_numeric(rows[column]).dropna().to_numpy(float) for rows in (bad, good)]
        n = min(len(values) for values in pair)
        why = reason or (f"the rarer valence has {n} cascades; it takes {LEAST}" if n < LEAST else "")
        if not why and min(float(statistic(values)) for values in pair) <= 0:
            why = "one of the two is 0, so that there is no ratio"
        if why:
            made.append(not_estimable(name, words, "ratio", why, n=n, level=level))
            continue
        ratio = float(statistic(pair[0])) / float(statistic(pair[1]))
        if statistic is np.mean:
            ends = bootstrap_ratio(pair[0], pair[1], rng, n_bootstrap, level)[1:]
        else:
            draws = [resample(values, statistic, rng, n_bootstrap) for values in pair]
            positive = draws[1] > 0
            ends = percentile(draws[0][positive] / draws[1][positive], ratio, level)
        kind = "bootstrap-t of logs" if statistic is np.mean else "percentile bootstrap"
        how = f"ratio, {kind} of cascades within valence ({n_bootstrap})"
        made.append(Estimate(name, words, "ratio", ratio, *ends, n, how, (), (INDEPENDENT,), level))
    return Valence(tuple(made), frame)


def resample(values: np.ndarray, statistic: Callable[..., np.ndarray], rng: np.random.Generator, n: int) -> np.ndarray:
    """Return the statistic in resamples, a block at a time to spare memory."""
    block = max(1, 2_000_000 // len(values))
    parts = []
    for start in range(0, n, block):
        rows = rng.integers(0, len(values), size=(min(block, n - start), len(values)))
        parts.append(statistic(values[rows], axis=1))
    return np.concatenate(parts)


def valence_frame(cascades: pd.DataFrame) -> pd.DataFrame:
    """Return the cascades of each valence in a row."""
    stated = cascades[cascades["valence"].notna()]
    grouped = stated.groupby(stated["valence"].astype(str), sort=True)
    return pd.DataFrame(
        {
            "n_cascades": grouped.size(),
            "n_shares": grouped["cascade_size"].sum(),
            "size_mean": grouped["cascade_size"].mean(),
            "size_median": grouped["cascade_size"].median(),
            "time_to_half_median_h": grouped["time_to_half_h"].median(),
        }
    ).reset_index(names="valence")


def volume_ratio(n_bad: int, n_good: int, reason: str, level: float) -> Estimate:
    """Estimate how many negative cascades there are for each positive one."""
    words = "negative cascades for each positive one"
    if not reason and not n_good:
        reason = "no cascade is stated to be positive"
    if reason:
        return not_estimable("valence_volume_ratio", words, "ratio", reason, n=n_bad, level=level)
    low, high = clopper_pearson(n_bad, n_bad + n_good, level)
    return Estimate(
        "valence_volume_ratio", words, "ratio", n_bad / n_good, low / (1 - low),
        high / (1 - high) if high < 1 else np.inf, n_bad + n_good,
        "ratio of counts from the exact interval of the share (Clopper & Pearson 1934)", (),
        (INDEPENDENT, "the collection found negative and positive alike"), level,
    )  # fmt: skip
