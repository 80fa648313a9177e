"""What a set of cascades amounts to: typical sizes, reach, and bad news beside good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from scsr.analysis.checks import check_columns
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import bootstrap_mean, check_level, clopper_pearson
from scsr.analysis.wom.cascades import cascade_table
from scsr.analysis.wom.given import check_resamples, known_numbers, row_of_numbers
from scsr.analysis.wom.reproduction import chains
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
    ordered = np.sort(row_of_numbers(values, "values of a median"))
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
    check_level(level)
    check_resamples(n_bootstrap)
    check_columns(cascades, ("parents_known", *(column for _, _, column, _, _ in SHAPES)), "cascades", "a summary")
    rng = np.random.default_rng(rng)
    # where parents are unknown only lone roots have a known shape, and they would pass for all
    n_blind = int((~cascades["parents_known"].astype(bool)).sum())
    blind = f"the parents of shares are unknown in {n_blind} of {len(cascades)} cascades"
    cut = "cascades are complete" if window_h is None else f"only the first {window_h:g} h of each cascade count"
    made = []
    for name, kind, column, unit, words in SHAPES:
        values = known_numbers(cascades, column)
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


SHAPES: tuple[tuple[str, str, str, str, str], ...] = (
    ("cascade_size_median", "median", "cascade_size", "shares", "median size of a cascade, its root with it"),
    ("cascade_size_mean", "mean", "cascade_size", "shares", "mean size of a cascade, its root with it"),
    ("cascade_depth_mean", "mean", "cascade_depth", "links", "mean depth of a cascade"),
    ("cascade_breadth_mean", "mean", "cascade_breadth", "shares", "mean breadth of a cascade, most at one depth"),
    ("structural_virality", "mean", "structural_virality", "links",
     "mean structural virality of cascades with a reshare"),
    ("time_to_half_median_h", "median", "time_to_half_h", "h",
     "median time until a cascade with a reshare reaches half of its size"),
)  # fmt: skip


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
        Table ``shares``, or the cascades that :func:`cascade_table` made of it.
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
    check_level(level)
    check_resamples(n_bootstrap)
    rng = np.random.default_rng(rng)
    cascades = shares if "n_followers_reached" in shares else cascade_table(shares)
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
        ``valence_volume_ratio`` (negative over positive cascades, by Clopper & Pearson), ``valence_size_ratio`` (of mean
        sizes), ``valence_speed_ratio`` (of median times to half; below 1 the negative is faster) and
        ``valence_reach_ratio`` (of mean followers of all sharers). Not estimable where no valence is stated or either
        has fewer than 10 cascades.

    References
    ----------
    Zou, G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
    *Statistics in Medicine*, 27, 1693-1702.

    Examples
    --------
    >>> table = pd.DataFrame({"valence": ["negative", "positive"] * 20, "cascade_size": [4, 2] * 20,
    ...                       "time_to_half_h": [1.0, 2.0] * 20, "n_followers_reached": [90, 30] * 20})
    >>> [one.estimate for one in compare_valence(table).estimates]
    [1.0, 2.0, 0.5, 3.0]
    """
    check_level(level)
    check_resamples(n_bootstrap)
    needs = ("valence", "cascade_size", "time_to_half_h", "n_followers_reached")
    check_columns(cascades, needs, "cascades", "a comparison by valence")
    rng = np.random.default_rng(rng)
    frame = valence_frame(cascades)
    valence = cascades["valence"].astype("string")
    bad, good = (cascades[valence.eq(v).fillna(False)] for v in ("negative", "positive"))
    reason = "" if valence.notna().any() else "no source states the valence of a cascade"
    made = [volume_ratio(len(bad), len(good), reason, level)]
    for name, words, column, statistic, how in RATIOS:
        pair = [known_numbers(rows, column) for rows in (bad, good)]
        n = min(len(values) for values in pair)
        why = reason or (f"the rarer valence has {n} cascades; it takes {LEAST}" if n < LEAST else "")
        if not why and min(float(statistic(values)) for values in pair) <= 0:
            why = "one of the two is 0, so that there is no ratio"
        if why:
            made.append(not_estimable(name, words, "ratio", why, n=n, level=level))
            continue
        if statistic is np.median:
            parts = [median_interval(values, level) for values in pair]
        elif column == "cascade_size":
            parts = [size_interval(values, rng, n_bootstrap, level) for values in pair]
        else:
            parts = [bootstrap_mean(values, rng, n_bootstrap, level) for values in pair]
        method = f"ratio, its interval from those of both (Zou & Donner 2008): {how.format(n_bootstrap)}"
        numbers = ratio_interval(*parts)
        made.append(Estimate(name, words, "ratio", *numbers, n, method, (), (INDEPENDENT,), level))
    return Valence(tuple(made), frame)


RATIOS: tuple[tuple[str, str, str, Callable[..., np.ndarray], str], ...] = (
    ("valence_size_ratio", "mean size of a negative cascade as a multiple of a positive one's", "cascade_size", np.mean,
     "bootstrap-t of logs ({}) or the likelihood of chain sizes, whichever reaches further"),
    ("valence_speed_ratio", "median time to half of a negative cascade as a multiple of a positive one's",
     "time_to_half_h", np.median, "exact by order statistics"),
    ("valence_reach_ratio", "mean followers of the sharers of a negative cascade as a multiple of a positive one's",
     "n_followers_reached", np.mean, "bootstrap-t of logs ({})"),
)  # fmt: skip


def size_interval(
    sizes: np.ndarray, rng: np.random.Generator, n_bootstrap: int, level: float
) -> tuple[float, float, float]:
    """Return the mean size with the wider of two intervals.

    A resample holds no cascade larger than those seen, so that with few cascades the bootstrap ends too low; the
    likelihood of chain sizes knows of larger ones.
    """
    mean, low, high = bootstrap_mean(sizes, rng, n_bootstrap, level)
    chain = chains(sizes, "", {}, "chains", rng, n_bootstrap, level)
    if chain.ci_low is not None:
        low = min(low, 1 / (1 - chain.ci_low))
    if chain.ci_high is not None and chain.ci_high < 1:
        high = max(high, 1 / (1 - chain.ci_high))
    return mean, low, high


def ratio_interval(top: tuple[float, float, float], under: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the ratio of two independent estimates above 0 with its interval, from those of both.

    References
    ----------
    Zou, G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
    *Statistics in Medicine*, 27, 1693-1702.

    Examples
    --------
    >>> [round(end, 3) for end in ratio_interval((4.0, 2.0, 8.0), (2.0, 1.0, 4.0))]
    [2.0, 0.75, 5.33]
    """
    ratio = top[0] / under[0]
    with np.errstate(divide="ignore"):  # an end at 0 is as far as can be on the log scale
        down = np.hypot(*np.abs(np.log(np.array([top[1] / top[0], under[2] / under[0]]))))
        up = np.hypot(*np.abs(np.log(np.array([top[2] / top[0], under[1] / under[0]]))))
    return ratio, ratio * float(np.exp(-down)), ratio * float(np.exp(up))


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
