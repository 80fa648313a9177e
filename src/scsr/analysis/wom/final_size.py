"""The final size of a cascade from its first hours, and how far off such predictions are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level, clopper_pearson, percentile
from scsr.analysis.wom.events import Events, events_of
from scsr.analysis.wom.frailty import fit_frailty
from scsr.analysis.wom.hawkes import fit_memory, make_memory
from scsr.analysis.wom.ids import MOST_TIMED, some_cascades
from scsr.analysis.wom.memory import Memory, expected_growth
from scsr.errors import EstimationError

__all__ = ["METHODS", "FinalSize", "final_size"]

METHODS = ("early size", "log-linear", "self-exciting")
LEAST = 30
PARTS = (
    ("final_size_error", "factor by which a predicted final size is typically off (root mean squared log error)",
     "times"),
    ("final_size_covered", "share of cascades whose final size lies in its prediction interval", "share"),
)  # fmt: skip
ASSUMPTIONS = (
    "cascades are independent, and those to come go as those seen",
    "each was predicted by a model fitted without it",
)


@dataclass(frozen=True)
class FinalSize:
    """Predictions of final size, each made without the cascade that it is for.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``final_size_error`` and ``final_size_covered`` by method, and ``final_size_error_ratio``: mean squared log
        error with the self-exciting process over that of the log-linear rule (below 1 it is nearer).
    frame : DataFrame
        A row a group of cascades alike in predicted size: ``predicted`` (mean of the group, by the self-exciting
        process)``, ci_low, ci_high`` (of the predictions)``, final`` (mean size reached)``, n``.
    predictions : DataFrame
        ``cascade_id, early_size, final_size``, then ``<method>, <method> low, <method> high``; a row a cascade, not
        for publication.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["predicted", "ci_low", "ci_high", "final", "n"])
    )
    predictions: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Early:
    """Cascades at an early hour: sizes then and in the end, and what is left of their shares at each rate."""

    events: Events
    size: np.ndarray
    final: np.ndarray
    followed: np.ndarray


def final_size(
    shares: pd.DataFrame,
    early_h: float,
    until_h: float,
    followers: bool = False,
    memory: str = "power law",
    folds: int = 5,
    rng: np.random.Generator | int = 1,
    level: float = 0.95,
    n_bootstrap: int = 2000,
    most: int | None = MOST_TIMED,
    seed: int = 1,
) -> FinalSize:
    """Predict the final size of cascades from their first hours, by cross-validation.

    Three methods stand beside each other: the size so far, as if nothing more came; the log of the final size as a
    straight line of the log of the size so far (Szabo & Huberman 2010), the base line; and the same line with the log
    growth that a self-exciting process expects beside it, because an expectation alone is drawn up by the few cascades
    that grow large (Mishra et al. 2016). The process gives each cascade a branching factor of its own, drawn towards
    that of all, as Zhao et al. (2015) let infectiousness differ.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``; parents are not needed.
    early_h, until_h : float
        Hours after which the prediction is made, and that it is for. Cascades that the table says were followed for
        less are left out; where it does not say, all count as followed for so long.
    followers : bool
        Whether the process counts followers.
    memory : {"power law", "exponential"}
        Of the process.
    folds : int
        Parts of the cross-validation, at least 2; as many as there are cascades leaves one out at a time.
    rng : Generator or int
        Source of randomness for the folds and the bootstrap, or a seed for it.
    level : float
        Of the prediction intervals, and confidence of the intervals of the estimates.
    n_bootstrap : int
        Resamples of cascades behind the interval of the ratio.
    most, seed : int, optional
        Shares to fit to at most, of cascades drawn by :func:`some_cascades`; None fits to all.

    Returns
    -------
    FinalSize
        For cascades with at least one reshare by the early hour. Not estimable with fewer than 30 of them.

    Raises
    ------
    EstimationError
        If the hours, folds, level or memory make no sense.

    References
    ----------
    Mishra, S., Rizoiu, M.-A. & Xie, L. (2016). Feature driven and point process approaches for popularity prediction.
    *Proceedings of CIKM 2016*, 1069-1078.
    Szabo, G. & Huberman, B. A. (2010). Predicting the popularity of online content. *Communications of the ACM*,
    53(8), 80-88.
    Zhao, Q., Erdogdu, M. A., He, H. Y., Rajaraman, A. & Leskovec, J. (2015). SEISMIC: a self-exciting point process
    model for predicting tweet popularity. *Proceedings of KDD 2015*, 1513-1522.
    Lei, J., G'Sell, M., Rinaldo, A., Tibshirani, R. J. & Wasserman, L. (2018). Distribution-free predictive inference
    for regression. *Journal of the American Statistical Association*, 113, 1094-1111.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> ids = [f"s{i}" for i in range(200)]
    >>> rows = pd.DataFrame({"share_id": ids, "cascade_id": [f"c{i % 50}" for i in range(200)], "parent_id": None,
    ...                      "t_h": [0.0] * 50 + list(rng.exponential(2, 150)), "observed_until_h": 60.0})
    >>> [one.ok for one in final_size(rows, 2.0, 48.0, folds=2).estimates][:3]
    [True, True, True]
    """
    check(early_h, until_h, memory, folds, level)
    check_columns(shares, ("share_id", "cascade_id", "parent_id", "t_h", "observed_until_h"), "shares", "a final size")
    rng = np.random.default_rng(rng)
    shares, drawn = some_cascades(shares, most, seed)
    early = early_cascades(shares, early_h, until_h, followers)
    n = 0 if isinstance(early, str) else int((early.size >= 2).sum())
    reason = early if isinstance(early, str) else ""
    if not reason and n < LEAST:
        reason = f"{n} cascades had a reshare by {early_h:g} h and were followed for {until_h:g} h; it takes {LEAST}"
    if reason or isinstance(early, str):
        by = [{"method": method} for method in METHODS]
        none = [
            not_estimable(name, words, unit, reason, n=n, by=g, level=level) for name, words, unit in PARTS for g in by
        ]
        return FinalSize((*none, not_estimable(*RATIO, reason, n=n, level=level)))
    table = predictions(early, early_h, until_h, followers, memory, min(folds, n), rng, level)
    assumed: tuple[str, ...] = (*ASSUMPTIONS, *drawn)
    if shares["observed_until_h"].isna().any():
        assumed += (f"every cascade was followed for {until_h:g} h, which the data do not state for all",)
    estimates = summarise(
        table, f"predicted at {early_h:g} h for {until_h:g} h, cross-validated", assumed, rng, n_bootstrap, level
    )
    return FinalSize(estimates, grouped(table), table)


RATIO = (
    "final_size_error_ratio",
    "mean squared log error with the self-exciting process as a multiple of the log-linear rule's", "ratio",
)  # fmt: skip


def check(early_h: float, until_h: float, memory: str, folds: int, level: float) -> None:
    """Refuse what makes no sense."""
    if not (np.isfinite([early_h, until_h]).all() and 0 < early_h < until_h):
        raise EstimationError(f"early_h={early_h}, until_h={until_h}: give 0 < early_h < until_h, in hours")
    if memory not in ("power law", "exponential"):
        raise EstimationError(f"memory={memory!r} is none of power law, exponential")
    if folds < 2:
        raise EstimationError(f"folds={folds}: cross-validation needs at least 2")
    check_level(level)


def early_cascades(shares: pd.DataFrame, early_h: float, until_h: float, followers: bool) -> Early | str:
    """Return the cascades that were followed long enough, cut at the later hour, or why there are none."""
    kept = shares[~shares["observed_until_h"].astype(float).lt(until_h)]
    if kept.empty:
        return f"no cascade was followed for {until_h:g} h"
    events = events_of(kept, until_h, followers)
    if isinstance(events, str):
        return events
    n = events.n_cascades
    size = np.bincount(events.cascade, events.t <= early_h, minlength=n)
    return Early(events, size, np.bincount(events.cascade, minlength=n), np.flatnonzero(size >= 2))


def only(events: Events, cascades: np.ndarray) -> Events:
    """Return the events of some cascades, numbered anew."""
    keep = np.isin(events.cascade, cascades)
    _, cascade = np.unique(events.cascade[keep], return_inverse=True)
    return Events(
        cascade, events.t[keep], events.gap[keep], events.ahead[keep], events.first[keep], events.followers[keep],
        events.names[np.sort(cascades)], events.rows[keep],
    )  # fmt: skip


def left_at(events: Events, memory: Memory, pull: np.ndarray, hour: float, n: int) -> np.ndarray:
    """Return what is left at an hour of each cascade's earlier shares, at each rate of the memory."""
    before = events.t <= hour
    made = np.empty((n, len(memory.rates)))
    for column, rate in enumerate(memory.rates):
        decayed = np.where(before, pull * np.exp(-rate * np.maximum(hour - events.t, 0)), 0.0)
        made[:, column] = np.bincount(events.cascade, decayed, minlength=n)
    return made


def predictions(
    early: Early, early_h: float, until_h: float, followers: bool, memory: str, folds: int, rng: np.random.Generator,
    level: float,
) -> pd.DataFrame:  # fmt: skip
    """Predict each cascade by models fitted to the other folds."""
    events, n = early.events, early.events.n_cascades
    fold = rng.permutation(np.arange(n) % folds)
    # folds hold like numbers of the cascades that are predicted, whatever the others
    fold[early.followed] = rng.permutation(np.arange(len(early.followed)) % folds)
    point = {method: np.full(n, np.nan) for method in METHODS}
    low, high = ({method: np.full(n, np.nan) for method in METHODS} for _ in range(2))
    log_size = np.log(np.maximum(early.size, 1))
    for k in range(folds):
        train, test = early.followed[fold[early.followed] != k], early.followed[fold[early.followed] == k]
        growth = log_growth(early, np.flatnonzero(fold != k), early_h, until_h, followers, memory)
        columns = {
            "early size": None,
            "log-linear": np.column_stack([log_size]),
            "self-exciting": np.column_stack([log_size, growth]),
        }
        for method, features in columns.items():
            fitted = log_size if features is None else line(features, np.log(early.final), train)
            fitted = np.maximum(fitted, log_size)
            ends = interval(np.log(early.final[train]) - fitted[train], level)
            point[method][test] = np.exp(fitted[test])
            # sizes are whole numbers; rounding must not shut one out that lies on an end
            low[method][test] = np.ceil(np.exp(np.maximum(fitted[test] + ends[0], log_size[test])) - 1e-6)
            high[method][test] = np.floor(np.exp(np.maximum(fitted[test] + ends[1], log_size[test])) + 1e-6)
    which = early.followed
    table = pd.DataFrame(
        {
            "cascade_id": events.names[which],
            "early_size": early.size[which].astype(int),
            "final_size": early.final[which],
        }
    )
    for method in METHODS:
        table[method] = point[method][which]
        table[f"{method} low"], table[f"{method} high"] = low[method][which], high[method][which]
    return table


def line(features: np.ndarray, y: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Return what least squares on some rows predicts for all."""
    design = np.column_stack([np.ones(len(features)), features])
    coefficients = np.linalg.lstsq(design[train], y[train], rcond=None)[0]
    return np.asarray(design @ coefficients)


def log_growth(
    early: Early, train: np.ndarray, early_h: float, until_h: float, followers: bool, memory: str
) -> np.ndarray:
    """Return by what log factor a self-exciting process, fitted to some cascades, expects each to grow."""
    events, n = early.events, early.events.n_cascades
    x, branching, _ = fit_memory(only(events, train), memory, followers)
    delays = make_memory(memory, x, until_h)
    pull = events.pull(float(x[-1]) if followers else 0.0)
    whole = branching * np.bincount(events.cascade, pull * delays.share_by(events.ahead), minlength=n)
    frailty = fit_frailty(early.final[train] - 1, whole[train])
    by_now = np.where(events.t <= early_h, pull * delays.share_by(np.maximum(early_h - events.t, 0)), 0.0)
    own = branching * frailty.of(early.size - 1, branching * np.bincount(events.cascade, by_now, minlength=n))
    left = left_at(events, delays, pull, early_h, n)
    ahead = np.array([until_h - early_h])
    made = np.zeros(n)
    for one in early.followed:
        made[one] = np.log1p(expected_growth(delays, own[one], left[[one]], ahead)[0] / early.size[one])
    return made


def interval(errors: np.ndarray, level: float) -> tuple[float, float]:
    """Return the ends of a conformal interval from the errors in training; infinite where they are too few."""
    n, tail = len(errors), (1 - level) / 2
    ordered = np.concatenate(([-np.inf], np.sort(errors), [np.inf]))
    above = min(int(np.ceil((1 - tail) * (n + 1))), n + 1)
    return float(ordered[int(np.floor(tail * (n + 1)))]), float(ordered[above])


def summarise(
    table: pd.DataFrame,
    how: str,
    assumptions: tuple[str, ...],
    rng: np.random.Generator,
    n_bootstrap: int,
    level: float,
) -> tuple[Estimate, ...]:
    """Return errors and coverage of each method, and how the process compares with the base line."""
    n, final = len(table), table["final_size"].to_numpy(float)
    squared = {method: np.log(table[method].to_numpy() / final) ** 2 for method in METHODS}
    draws = rng.multinomial(n, np.full(n, 1 / n), size=n_bootstrap)
    bootstrap = f"{how}; percentile bootstrap of cascades ({n_bootstrap})"
    made = []
    for method in METHODS:
        value = float(np.exp(np.sqrt(squared[method].mean())))
        ends = percentile(np.exp(np.sqrt(draws @ squared[method] / n)), value, level)
        made.append(Estimate(*PARTS[0], value, *ends, n, bootstrap, {"method": method}, assumptions, level))
    for method in METHODS:
        inside = int(table["final_size"].between(table[f"{method} low"], table[f"{method} high"]).sum())
        made.append(
            Estimate(
                *PARTS[1], inside / n, *clopper_pearson(inside, n, level), n,
                f"{how}; conformal intervals of {level:.0%} from the errors in training; exact interval "
                "(Clopper & Pearson 1934)", {"method": method}, assumptions, level,
            )
        )  # fmt: skip
    base = draws @ squared["log-linear"]
    if squared["log-linear"].sum() <= 0:
        return (*made, not_estimable(*RATIO, "the log-linear rule makes no error", n=n, level=level))
    ratio = float(squared["self-exciting"].sum() / squared["log-linear"].sum())
    ends = percentile((draws @ squared["self-exciting"])[base > 0] / base[base > 0], ratio, level)
    return (*made, Estimate(*RATIO, ratio, *ends, n, bootstrap, (), assumptions, level))


def grouped(table: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """Return cascades grouped by predicted size, at least ten in a group."""
    method = "self-exciting"
    ordered = table.sort_values([method, "cascade_id"], kind="stable").reset_index(drop=True)
    n_groups = max(1, min(most, len(ordered) // 10))
    group = np.arange(len(ordered)) * n_groups // len(ordered)
    parts = ordered.groupby(group)
    return pd.DataFrame(
        {
            "predicted": parts[method].mean(), "ci_low": parts[f"{method} low"].mean(),
            "ci_high": parts[f"{method} high"].mean(), "final": parts["final_size"].mean(), "n": parts.size(),
        }
    ).reset_index(drop=True)  # fmt: skip
