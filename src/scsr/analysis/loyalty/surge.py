"""Days with far more openings than usual, and how long people waited then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level, group_names, groups, need, tidy
from scsr.errors import EstimationError

__all__ = ["Surges", "surges"]

METHOD = (
    "predictive distribution of a Poisson count from the days around it (gamma–Poisson), Holm's correction (Holm 1979)"
)
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
    names, cases = group_names(by), tidy(cases, "cases")
    dated = cases[cases["opened_at"].notna()]
    if "sampling" in cases:  # a file of answered openings does not say how many there were
        dated = dated[dated["sampling"].astype("string").ne("replies").fillna(True)]
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

    day = rows["opened_at"].dt.floor("D")
    span = pd.date_range(day.min(), day.max(), freq="D")
    grouped = rows.groupby(day)
    count = grouped.size().reindex(span, fill_value=0).to_numpy(float)
    total = np.concatenate([[0.0], np.cumsum(count)])
    index = np.arange(len(count))
    low, high = np.maximum(0, index - window_days), np.minimum(len(count), index + window_days + 1)
    around, n_days = total[high] - total[low] - count, (high - low - 1).astype(float)
    # Jeffreys' prior: the predictive count given `around` openings in `n_days` days
    p_value = nbinom.sf(count - 1, around + 0.5, n_days / (n_days + 1))
    wait = grouped["first_response_h"].median().reindex(span).to_numpy(float)
    answered = rows["first_response_h"].notna().groupby(day).mean().reindex(span).to_numpy(float)
    return pd.DataFrame(
        {
            "day": span,
            "n_opened": count.astype(int),
            "n_expected": around / np.maximum(n_days, 1.0),
            "p_value": np.where(n_days > 0, p_value, 1.0),
            "median_wait_h": wait,
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
    keys = [cases[column].astype("string").fillna("not stated") for column in names]
    group = pd.Series("", index=cases.index, dtype="string")
    wanted = pd.Series("", index=table.index, dtype="string")
    for key, column in zip(keys, names, strict=True):
        group, wanted = group + "\x1f" + key, wanted + "\x1f" + table[column].astype("string")
    day = cases["opened_at"].dt.floor("D")
    on_surge = (group + "\x1f" + day.astype("string")).isin(set(wanted + "\x1f" + table["day"].astype("string")))
    answered = cases["first_response_h"].notna() & group.isin(set(wanted))
    inside, outside = (cases[answered & side] for side in (on_surge, ~on_surge))
    if len(table) < 2 or not len(inside) or not len(outside):
        reason = "fewer than two surge days" if len(table) < 2 else "no answered opening on one of the sides"
        return not_estimable(name, estimand, "ratio", reason, n=len(inside), method=RATIO_METHOD, level=level)
    if not outside["first_response_h"].median() > 0:
        reason = "half of the answers on other days took no time"
        return not_estimable(name, estimand, "ratio", reason, n=len(inside), method=RATIO_METHOD, level=level)
    rng = np.random.default_rng(seed)
    blocks = [
        part["first_response_h"].to_numpy(float)
        for _, part in inside.groupby(group[inside.index] + day[inside.index].astype("string"))
    ]
    rest = outside["first_response_h"].to_numpy(float)
    point = np.median(np.concatenate(blocks)) / np.median(rest)
    draws = []
    for _ in range(500):
        chosen = rng.integers(len(blocks), size=len(blocks))
        draws.append(np.median(np.concatenate([blocks[i] for i in chosen])) / np.median(rng.choice(rest, len(rest))))
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    notes = ("answered openings only; days are independent of each other", f"{len(blocks)} surge days")
    return Estimate(
        name, estimand, "ratio", point, min(low, point), max(high, point), len(inside), RATIO_METHOD, (), notes, level
    )
