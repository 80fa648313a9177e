"""Days with far more openings than usual, and how long people waited then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import among, check_level, group_codes, group_names, groups, instants, need, tidy
from scsr.errors import EstimationError

__all__ = ["Surges", "surges"]

METHOD = (
    "predictive distribution of a Poisson count from the days around it (gamma–Poisson), Holm's correction (Holm 1979)"
)
N_DRAWS = 500
MANY = 100_000
RATIO_METHOD = "ratio of medians, bootstrap percentile interval over days"


@dataclass(frozen=True)
class Surges:
    """Surge days.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``surge_response_ratio``: median wait of openings on surge days relative to other days of those groups.
    table : DataFrame
        The surge days: group columns, ``day, n_opened, n_expected, p_value`` (corrected), ``median_wait_h`` (of the
        answered; null where none was), ``share_answered``.
    days : DataFrame
        All days: group columns, ``day, n_opened, n_expected, median_wait_h, surge``.
    """

    estimates: tuple[Estimate, ...]
    table: pd.DataFrame
    days: pd.DataFrame


def surges(
    cases: pd.DataFrame,
    by: str | tuple[str, ...] = ("company", "country"),
    window_days: int = 45,
    alpha: float = 0.01,
    level: float = 0.95,
    seed: int = 0,
) -> Surges:
    """Find days on which a group had more openings than the days around let expect.

    Cases of sources that were sampled on having a reply are left out. A day is a UTC day. It is compared with the
    ``window_days`` before and after it, itself left out; the probability of as many openings takes into account how
    little those days may tell. Holm's correction over all days of all groups keeps the probability of any false surge
    at ``alpha``, if counts within a group are Poisson.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    by : str or tuple of str
        Columns that make the groups; those that the table lacks are an error.
    window_days : int
        Days to each side; at least 7.
    alpha : float
        Probability of any false surge.
    level : float
        Confidence level of the ratio of waits.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Surges

    Raises
    ------
    EstimationError
        On missing columns or a parameter out of range.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal of Statistics* 6,
    65–70. Gelman, A. et al. (2013). *Bayesian Data Analysis*, 3rd ed., section 2.6 (gamma–Poisson prediction).

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=1, text=False)
    >>> found = surges(market.cases)
    >>> len(found.table) >= 5
    True
    """
    check_level(level)
    if window_days < 7 or not 0 < alpha < 1:
        raise EstimationError(f"window_days {window_days!r} must be at least 7 and alpha {alpha!r} between 0 and 1")
    need(cases, ("opened_at", "first_response_h"), "cases", "surges")
    names = group_names(by)
    need(cases, names, "cases", "grouping")
    cases = tidy(cases[[*names, *(c for c in ("opened_at", "first_response_h", "sampling") if c in cases)]], "cases")
    known = cases["opened_at"].notna().to_numpy(bool)
    if "sampling" in cases:  # a file of answered openings does not say how many there were
        known &= ~among(cases["sampling"], ("replies",))
    dated = cases if known.all() else cases[known]
    columns = [*names, "day", "n_opened", "n_expected", "p_value", "median_wait_h", "share_answered"]
    parts = [daily(rows, window_days).assign(**labels) for labels, rows in groups(dated, by) if len(rows)]
    if not parts:
        empty = pd.DataFrame({name: pd.Series(dtype=float) for name in columns})
        return Surges((wait_ratio(dated, empty, names, level, seed),), empty, empty.assign(surge=pd.Series(dtype=bool)))
    every = pd.concat(parts, ignore_index=True)
    every["p_value"] = holm(every["p_value"].to_numpy())
    every["surge"] = every["p_value"] < alpha
    every = every[[*columns, "surge"]]
    table = every[every["surge"]].drop(columns="surge").reset_index(drop=True)
    return Surges((wait_ratio(dated, table, names, level, seed),), table, every)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return p-values corrected so that the probability of any false rejection stays below the level."""
    order = np.argsort(p_values, kind="stable")
    steps = np.maximum.accumulate(p_values[order] * (len(p_values) - np.arange(len(p_values))))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1.0, steps)
    return corrected


def daily(rows: pd.DataFrame, window_days: int) -> pd.DataFrame:
    """Count the openings of each day and judge each against the days around it."""
    from scipy.stats import nbinom

    day = day_of(rows)
    first, n_days = day.min(), int(day.max() - day.min()) + 1
    span = pd.date_range(np.datetime64(int(first), "D"), periods=n_days, freq="D", tz="UTC", unit="us")
    count = np.bincount(day - first, minlength=n_days).astype(float)
    total = np.concatenate([[0.0], np.cumsum(count)])
    index = np.arange(len(count))
    low, high = np.maximum(0, index - window_days), np.minimum(len(count), index + window_days + 1)
    around, n_around = total[high] - total[low] - count, (high - low - 1).astype(float)
    # Jeffreys' prior: the predictive count given `around` openings in `n_around` days
    p_value = nbinom.sf(count - 1, around + 0.5, n_around / (n_around + 1))
    wait = rows["first_response_h"].to_numpy(float)
    known = ~np.isnan(wait)
    median = pd.Series(wait[known]).groupby(day[known] - first).median().reindex(range(n_days)).to_numpy(float)
    with np.errstate(invalid="ignore"):
        answered = np.bincount(day - first, known, n_days) / count
    return pd.DataFrame(
        {
            "day": span,
            "n_opened": count.astype(int),
            "n_expected": around / np.maximum(n_around, 1.0),
            "p_value": np.where(n_around > 0, p_value, 1.0),
            "median_wait_h": median,
            "share_answered": answered,
        }
    )


def wait_ratio(cases: pd.DataFrame, table: pd.DataFrame, names: tuple[str, ...], level: float, seed: int) -> Estimate:
    """Return the median wait of answered openings on surge days relative to the other days of the same groups."""
    name, estimand = (
        "surge_response_ratio",
        "median hours to first response on surge days relative to other days of the same groups",
    )
    if not len(table):
        reason = "no surge day was found" if len(cases) else "no source says how many openings there were on each day"
        return not_estimable(name, estimand, "ratio", reason, n=len(cases), method=RATIO_METHOD, level=level)
    labels, group = group_codes(cases, names)
    wanted = {tuple(each.values()): place for place, each in enumerate(labels)}
    of = np.array([wanted[tuple(map(str, key))] for key in table[list(names)].to_numpy(object)], dtype=int)
    days = instants(table["day"]).astype("datetime64[D]").astype(np.int64)
    wait, day = cases["first_response_h"].to_numpy(float), day_of(cases)
    answered = ~np.isnan(wait) & np.isin(group, of)
    wait, day, group = wait[answered], day[answered], group[answered]
    stretch = int(max(days.max(), day.max(initial=0))) + 1
    key = group * stretch + day
    on_surge = np.isin(key, of * stretch + days)
    inside, rest, key = wait[on_surge], wait[~on_surge], key[on_surge]
    if len(table) < 2 or not len(inside) or not len(rest):
        reason = "fewer than two surge days" if len(table) < 2 else "no answered opening on one of the sides"
        return not_estimable(name, estimand, "ratio", reason, n=len(inside), method=RATIO_METHOD, level=level)
    if not np.median(rest) > 0:
        reason = "half of the answers on other days took no time"
        return not_estimable(name, estimand, "ratio", reason, n=len(inside), method=RATIO_METHOD, level=level)
    block = np.unique(key, return_inverse=True)[1]
    point = np.median(inside) / np.median(rest)
    draws = drawn_ratios(inside, block, rest, np.random.default_rng(seed))
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    notes = ("answered openings only; days are independent of each other", f"{block.max() + 1} surge days")
    return Estimate(
        name, estimand, "ratio", point, min(low, point), max(high, point), len(inside), RATIO_METHOD, (), notes, level
    )


def day_of(rows: pd.DataFrame) -> np.ndarray:
    """Return the UTC day of each opening, as days since 1970."""
    return instants(rows["opened_at"]).astype("datetime64[D]").astype(np.int64)


def drawn_ratios(inside: np.ndarray, block: np.ndarray, rest: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return ratios of medians of bootstrap samples: of whole surge days, and of the waits of the other days.

    The median of a sample drawn from many values is one of them, at a place with a beta distribution, so that where there
    are many only the place is drawn (David & Nagaraja 2003, *Order Statistics*, section 2.1).
    """
    order = np.argsort(inside, kind="stable")
    inside, block = inside[order], block[order]
    n_blocks, ordered, n = int(block.max()) + 1, np.sort(rest), len(rest)
    draws = np.empty(N_DRAWS)
    for index in range(N_DRAWS):
        times = np.bincount(rng.integers(n_blocks, size=n_blocks), minlength=n_blocks)[block]
        place = 0 if n <= MANY else min(n - 1, int(rng.beta((n + 1) // 2, n // 2 + 1) * n))
        usual = np.median(rng.choice(rest, n)) if n <= MANY else ordered[place]
        draws[index] = repeated_median(inside, times) / usual
    return draws


def repeated_median(ordered: np.ndarray, times: np.ndarray) -> float:
    """Return the median of values in order that are taken so many times each.

    Examples
    --------
    >>> repeated_median(np.array([1.0, 2.0, 9.0]), np.array([1, 0, 3]))
    9.0
    """
    reached = np.cumsum(times)
    middle = [(reached[-1] - 1) // 2, reached[-1] // 2]
    return float(ordered[np.searchsorted(reached, middle, side="right")].mean())
