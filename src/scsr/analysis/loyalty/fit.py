"""The piecewise exponential hazard model: design, folding of thin levels and periods, clustered fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.design import Design, dense, design_of, independent
from scsr.analysis.loyalty.episodes import COVARIATES, MONTH

__all__ = [
    "MIN_EVENTS",
    "Fit",
    "clusters",
    "covariate_columns",
    "covariate_design",
    "fit_hazard",
    "natural_spline",
    "newton",
    "piecewise_exponential",
]

MIN_EVENTS = 5
#: So many firms are enough to cluster by firm (Cameron & Miller 2015); with fewer, firms are terms of the model.
MANY_FIRMS = 40
REST = "other levels"
MOST_LEVERAGE = 0.9


@dataclass(frozen=True)
class Fit:
    """Coefficients of one model, log hazard ratios, the exposures first.

    Parameters
    ----------
    names : list of (term, level)
    coefficients : array
    covariance : array
        Robust, clustered by customer, or by firm where there are many.
    merged : tuple of str
        Levels counted together, in words.
    clustered_by : {"customer", "firm"}
    """

    names: list[tuple[str, str]]
    coefficients: np.ndarray
    covariance: np.ndarray
    merged: tuple[str, ...]
    clustered_by: str = "customer"

    @property
    def errors(self) -> np.ndarray:
        """Standard errors."""
        return np.sqrt(np.diag(self.covariance))


def fold_levels(values: np.ndarray, events: np.ndarray, name: str) -> tuple[np.ndarray, list[str], str]:
    """Put levels with too few events together; return values, levels (reference first) and a note.

    A level without events has no finite coefficient; folding it keeps its person-time in the model. Levels that are
    too thin even together count with the commonest.
    """
    code, kept, note = fold_codes(values, events, name)
    return np.array(kept, dtype=object)[code], kept, note


def fold_codes(values: Any, events: np.ndarray, name: str) -> tuple[np.ndarray, list[str], str]:
    """Do the same, and return each row's place among the levels."""
    of, found = pd.factorize(pd.Series(values))
    levels = np.asarray(found).astype(str)
    sorting = np.argsort(levels, kind="stable")
    levels, inverse = levels[sorting], np.argsort(sorting, kind="stable")[of]
    n_events = np.bincount(inverse, events, len(levels))
    size = np.bincount(inverse, minlength=len(levels))
    order = sorted(range(len(levels)), key=lambda i: (-size[i], levels[i]))
    rare = [i for i in order[1:] if n_events[i] < MIN_EVENTS]
    kept = [str(levels[i]) for i in order if i not in rare]
    named = levels.astype(object)
    note = ""
    if rare:
        joined = REST if n_events[rare].sum() >= MIN_EVENTS else str(levels[order[0]])
        named[rare] = joined
        kept += [REST] * (joined == REST)
        thin = ", ".join(sorted(str(levels[i]) for i in rare))
        with_whom = "together" if joined == REST else f"with {joined}"
        note = f"{name}: {thin} (under {MIN_EVENTS} events) counted {with_whom}"
    place = {level: index for index, level in enumerate(kept)}
    return np.array([place[level] for level in named], dtype=int)[inverse], kept, note


def fold_periods(period: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Join periods with their neighbours until each holds enough events."""
    n_events = np.bincount(period, event)
    group, current, running = np.zeros(len(n_events), dtype=int), 0, 0.0
    for index, count in enumerate(n_events):
        group[index] = current
        running += count
        if running >= MIN_EVENTS:
            current, running = current + 1, 0.0
    if running < MIN_EVENTS and current > 0:
        group[group == current] = current - 1
    return group[period]


def covariate_columns(
    episodes: pd.DataFrame, row: np.ndarray, event: np.ndarray
) -> tuple[list[np.ndarray], list[tuple[str, str]], list[str]]:
    """Return an indicator for each level of the covariates but the commonest, its name, and notes on thin levels."""
    factors, names, notes = covariate_factors(episodes, np.bincount(row, event, len(episodes)))
    of = dict(zip(COVARIATES, factors, strict=True))
    columns = [(of[covariate] == index)[row].astype(float) for index, (covariate, _) in enumerate(names)]
    return columns, names, notes


def covariate_factors(
    episodes: pd.DataFrame, n_events: np.ndarray
) -> tuple[list[np.ndarray], list[tuple[str, str]], list[str]]:
    """Return for each covariate the indicator that each episode has (-1 for the commonest level), names and notes."""
    factors: list[np.ndarray] = []
    names: list[tuple[str, str]] = []
    notes: list[str] = []
    for covariate in COVARIATES:
        code, levels, note = fold_codes(episodes[covariate], n_events, covariate)
        notes.extend([note] if note else [])
        factors.append(np.where(code > 0, code - 1 + len(names), -1))
        names.extend((covariate, level) for level in levels[1:])
    return factors, names, notes


def covariate_design(
    episodes: pd.DataFrame,
    row: np.ndarray,
    n_events: np.ndarray,
    columns: list[np.ndarray],
    names: list[tuple[str, str]],
    period: np.ndarray | None = None,
    basis: np.ndarray | None = None,
    adjusted: bool = True,
) -> tuple[Design, list[tuple[str, str]], list[str]]:
    """Return the design of exposures, covariates and time, without what others determine; names and notes.

    Time is a level for each period, or the columns of a basis, which then stand between exposures and covariates.
    """
    factors, words, notes = covariate_factors(episodes, n_events) if adjusted else ([], [], [])
    if adjusted:
        ones = np.ones(len(row))
        whole = design_of([ones, *columns], [factor[row] for factor in factors], len(row), len(words))
        kept = independent(whole.information(ones))
        own = [index - 1 for index in kept if index <= len(columns)]
        shown = [index - 1 - len(columns) for index in kept if index > len(columns)]
        columns, names = [columns[i] for i in own], [*(names[i] for i in own), *(words[i] for i in shown)]
        number = np.full(len(words) + 1, -1)
        number[shown] = np.arange(len(shown))
        factors, n = [number[factor] for factor in factors], len(shown)
    else:
        n = 0
    of_rows = [factor[row] for factor in factors]
    if period is not None:
        of_rows.append(period + n)
        n += int(period.max()) + 1
    time = [] if basis is None else list(basis.T)
    return design_of([*columns, *time], of_rows, len(row), n), names, notes


def clusters(episodes: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Return the cluster of each episode: its firm where there are many, else its customer."""
    firms = pd.factorize(episodes["company"])[0]
    if firms.max(initial=-1) + 1 >= MANY_FIRMS:
        return firms, "firm"
    return pd.factorize(episodes["customer"])[0], "customer"


def fit_hazard(
    episodes: pd.DataFrame,
    pieces: pd.DataFrame,
    exposure: np.ndarray,
    name: str | Sequence[tuple[str, str]],
    smooth: bool = False,
    weight: np.ndarray | None = None,
    adjusted: bool = True,
) -> Fit:
    """Fit the hazard on exposures and the covariates of the episodes, by time since the opening.

    Parameters
    ----------
    episodes, pieces : DataFrame
        From :func:`scsr.analysis.loyalty.episodes.link` and :func:`~scsr.analysis.loyalty.episodes.split`.
    exposure : array, pieces or pieces × exposures
        Value of the exposures in each piece.
    name : str, or (term, level) of each exposure
    smooth : bool
        Whether time enters as a natural cubic spline of its logarithm instead of a level for each period.
    weight : array, optional
        Weight of each piece.
    adjusted : bool
        Whether the covariates enter.
    """
    row, event = pieces["row"].to_numpy(), pieces["event"].to_numpy(float)
    columns = list(np.atleast_2d(exposure.astype(float).T))
    names = [(name, "")] if isinstance(name, str) else list(name)
    level = dense(fold_periods(pieces["period"].to_numpy(), event))
    basis = time_spline(pieces, event) if smooth else None
    n_events = np.bincount(row, event, len(episodes))
    design, names, notes = covariate_design(
        episodes, row, n_events, columns, names, None if smooth else level, basis, adjusted
    )
    member, clustered_by = clusters(episodes)
    length = ((pieces["stop"] - pieces["start"]) / MONTH).to_numpy()
    own = design.columns.shape[1] - (0 if basis is None else basis.shape[1])
    shown = np.concatenate([np.arange(own), design.columns.shape[1] + np.arange(len(names) - own)]).astype(int)
    time = np.setdiff1d(np.arange(design.n_columns), shown)
    start = np.zeros(design.n_columns)
    start[time] = starting(length, event, level, basis)
    beta, covariance = newton(design, start, event, np.log(length), member[row], weight)
    return Fit(names, beta[shown], covariance[np.ix_(shown, shown)], tuple(notes), clustered_by)


def starting(length: np.ndarray, event: np.ndarray, level: np.ndarray, basis: np.ndarray | None) -> np.ndarray:
    """Return where to start from: the raw hazard of each period, or the overall one."""
    if basis is None:
        return np.asarray(np.log(np.maximum(np.bincount(level, event), 0.5) / np.bincount(level, length)))
    constant = np.ptp(basis, axis=0) == 0
    return np.where(constant, np.log(max(event.sum(), 0.5) / length.sum()), 0.0)


def natural_spline(values: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return a basis of natural cubic splines without the constant: one column fewer than knots.

    References
    ----------
    Harrell, F. E. (2015). *Regression Modeling Strategies*, 2nd ed., section 2.4.5. Springer.

    Examples
    --------
    >>> natural_spline(np.array([0.0, 1.0, 5.0]), np.array([0.0, 1.0, 2.0])).round(3).tolist()
    [[0.0, 0.0], [1.0, 0.25], [5.0, 6.0]]
    """
    first, last, near = knots[0], knots[-1], knots[-2]

    def cubed(knot: float) -> np.ndarray:
        return np.maximum(0.0, values - knot) ** 3

    bends = [
        (cubed(knot) - cubed(near) * (last - knot) / (last - near) + cubed(last) * (near - knot) / (last - near))
        / (last - first) ** 2
        for knot in knots[:-2]
    ]
    return np.column_stack([values, *bends])


def time_spline(pieces: pd.DataFrame, event: np.ndarray) -> np.ndarray:
    """Return constant and natural spline of the log of the days since the opening, five knots by quantiles of events."""
    middle = np.log((pieces["start"] + pieces["stop"]).to_numpy() / 2 + 0.5)
    knots = np.unique(np.quantile(middle[event > 0], [0.05, 0.275, 0.5, 0.725, 0.95]))
    basis = natural_spline(middle, knots) if len(knots) > 2 else middle[:, None]
    return np.column_stack([np.ones(len(basis)), basis])


def drop_dependent(
    columns: list[np.ndarray], names: list[tuple[str, str]]
) -> tuple[list[np.ndarray], list[tuple[str, str]]]:
    """Drop columns that others determine, such as a not stated severity that is a not stated urgency."""
    gram = np.column_stack([np.ones(len(columns[0])), *columns])
    kept = independent(gram.T @ gram)
    return [columns[i - 1] for i in kept], [names[i - 1] for i in kept]


def piecewise_exponential(
    covariates: np.ndarray,
    period: np.ndarray,
    event: np.ndarray,
    offset: np.ndarray,
    cluster: np.ndarray,
    weight: np.ndarray | None = None,
    baseline: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a hazard that is constant within each period: events are Poisson given the time at risk.

    Times of events are used as they are, so that long periods do no harm (a binomial model of the same pieces takes an
    event for one at the end of its piece, and is biased by it). Agrees with statsmodels' ``GLM(Poisson())`` and its
    cluster covariance but for the leverage; sparse and with halved steps, because nearly all columns are indicators,
    and pieces of a few hours send undamped steps astray.

    Parameters
    ----------
    covariates : array, rows × coefficients
    period, cluster : array of int
        Period and cluster of each row.
    event : array of 0 and 1
    offset : array
        Log length of each row.
    weight : array, optional
        Weight of each row.
    baseline : array, rows × columns, optional
        Columns, one of them constant, that stand for time instead of the periods.

    Returns
    -------
    coefficients, covariance : array
        Of the covariates only; the covariance is a sandwich over clusters, NaN where the fit does not converge.

    References
    ----------
    Friedman, M. (1982). Piecewise exponential models for survival data with covariates. *Annals of Statistics* 10,
    101–113. Holford, T. R. (1980). The analysis of rates and of survivorship using log-linear models. *Biometrics* 36,
    299–305.
    """
    k = covariates.shape[1]
    level = np.unique(period, return_inverse=True)[1]
    time = [] if baseline is None else list(baseline.T)
    factors, n = ([level], int(level.max()) + 1) if baseline is None else ([], 0)
    design = design_of([*covariates.T, *time], factors, len(event), n)
    start = np.concatenate([np.zeros(k), starting(np.exp(offset), event, level, baseline)])
    beta, covariance = newton(design, start, event, offset, cluster, weight)
    return beta[:k], covariance[:k, :k]


def newton(
    design: Design, beta: np.ndarray, event: np.ndarray, offset: np.ndarray, cluster: np.ndarray,
    weight: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Climb to the maximum of the likelihood; return coefficients and covariance, NaN where there is none."""
    weight = np.ones(len(event)) if weight is None else weight
    likelihood, score, hazard = evaluate(design, beta, event, offset, weight)
    for _ in range(100):
        gradient, information = design.gradient(score), design.information(hazard)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        if gradient @ step < 1e-10:
            return beta, sandwich(design, score, hazard, np.linalg.inv(information), cluster)
        for halving in range(40):
            tried = beta + step / 2**halving
            found = evaluate(design, tried, event, offset, weight)
            if found[0] >= likelihood - 1e-12:
                break
        beta = tried
        likelihood, score, hazard = found
    return beta, np.full((len(beta), len(beta)), np.nan)


def evaluate(
    design: Design, beta: np.ndarray, event: np.ndarray, offset: np.ndarray, weight: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, and score and observed information of each row's linear predictor."""
    log_hazard = np.clip(design.predict(beta) + offset, -700, 300)
    hazard = np.exp(log_hazard)
    likelihood = float(np.sum(weight * (event * log_hazard - hazard)))
    return likelihood, weight * (event - hazard), weight * hazard


def sandwich(
    design: Design, score: np.ndarray, information: np.ndarray, bread: np.ndarray, cluster: np.ndarray
) -> np.ndarray:
    """Return the covariance clustered by customer or firm, with G / (G - 1) for G clusters.

    Each cluster's score is divided by what the cluster leaves to the others to tell, in the direction of its score, which
    is nearly the jackknife: few events and many coefficients would otherwise look surer than they are.

    References
    ----------
    Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models. *Biometrika* 73,
    13–22. Mancl, L. A. & DeRouen, T. A. (2001). A covariance estimator for GEE with improved small-sample properties.
    *Biometrics* 57, 126–134.
    """
    member, found = pd.factorize(np.asarray(cluster))
    n = len(found)
    sums = design.cluster_sums(score, member, n)
    pull = sums @ bread
    total = np.maximum((sums * pull).sum(axis=1), 1e-300)
    own = np.bincount(member, information * design.along(pull, member) ** 2, n)
    sums = sums / (1 - np.minimum(own / total, MOST_LEVERAGE))[:, None]
    return np.asarray(bread @ (sums.T @ sums) @ bread) * (n / max(1, n - 1))
