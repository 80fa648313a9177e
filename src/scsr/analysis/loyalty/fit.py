"""The discrete-time hazard model: design, folding of thin levels and periods, clustered fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.episodes import COVARIATES, MONTH

__all__ = ["MIN_EVENTS", "Fit", "fit_hazard"]

MIN_EVENTS = 5


@dataclass(frozen=True)
class Fit:
    """Coefficients of one model, log hazard ratios, the exposure first."""

    names: list[tuple[str, str]]
    coefficients: np.ndarray
    errors: np.ndarray
    merged: tuple[str, ...]


def fold_levels(values: np.ndarray, events: np.ndarray, name: str) -> tuple[np.ndarray, list[str], str]:
    """Fold levels with too few events into the commonest; return values, levels (reference first) and a note.

    A level without events has no finite coefficient; folding it keeps its person-time in the model.
    """
    levels, inverse = np.unique(values.astype(str), return_inverse=True)
    n_events = np.bincount(inverse, events, len(levels))
    size = np.bincount(inverse, minlength=len(levels))
    order = sorted(range(len(levels)), key=lambda i: (-size[i], levels[i]))
    reference = order[0]
    rare = [i for i in order[1:] if n_events[i] < MIN_EVENTS]
    folded = np.where(np.isin(inverse, rare), reference, inverse)
    kept = [str(levels[i]) for i in order if i not in rare]
    note = ""
    if rare:
        thin = ", ".join(sorted(str(levels[i]) for i in rare))
        note = f"{name}: {thin} (under {MIN_EVENTS} events) counted with {levels[reference]}"
    return levels[folded].astype(object), kept, note


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


def fit_hazard(episodes: pd.DataFrame, pieces: pd.DataFrame, exposure: np.ndarray, name: str) -> Fit:
    """Fit the hazard on an exposure and the covariates of the episodes, by period.

    Parameters
    ----------
    episodes, pieces : DataFrame
        From :func:`scsr.analysis.loyalty.episodes.link` and :func:`~scsr.analysis.loyalty.episodes.split`.
    exposure : array
        Value of the exposure in each piece.
    name : str
        Name of the exposure.
    """
    row, event = pieces["row"].to_numpy(), pieces["event"].to_numpy(float)
    columns, names, notes = [exposure.astype(float)], [(name, "")], []
    episode_events = np.bincount(row, event, len(episodes))
    for covariate in COVARIATES:
        values, levels, note = fold_levels(episodes[covariate].to_numpy(object), episode_events, covariate)
        notes.extend([note] if note else [])
        for level in levels[1:]:
            columns.append((values == level).astype(float)[row])
            names.append((covariate, level))
    columns, names = drop_dependent(columns, names)
    period = fold_periods(pieces["period"].to_numpy(), event)
    length = (pieces["stop"] - pieces["start"]).to_numpy() / MONTH
    coefficients, covariance = cloglog(
        np.column_stack(columns), period, event, np.log(length), pd.factorize(episodes["customer"])[0][row]
    )
    return Fit(names, coefficients, np.sqrt(np.diag(covariance)), tuple(notes))


def drop_dependent(
    columns: list[np.ndarray], names: list[tuple[str, str]]
) -> tuple[list[np.ndarray], list[tuple[str, str]]]:
    """Drop columns that others determine, such as a not stated severity that is a not stated urgency."""
    gram = np.column_stack([np.ones(len(columns[0])), *columns])
    gram = gram.T @ gram
    kept = [0]
    for index in range(1, len(columns) + 1):
        block = gram[np.ix_([*kept, index], [*kept, index])]
        scale = np.sqrt(np.diag(block))
        if (scale > 0).all() and np.linalg.matrix_rank(block / np.outer(scale, scale), tol=1e-9, hermitian=True) == len(
            block
        ):
            kept.append(index)
    return [columns[i - 1] for i in kept[1:]], [names[i - 1] for i in kept[1:]]


def cloglog(
    covariates: np.ndarray, period: np.ndarray, event: np.ndarray, offset: np.ndarray, cluster: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a binomial model with complementary log-log link and a level for each period, by Newton steps.

    Agrees with statsmodels' ``GLM(Binomial(CLogLog()))`` and its cluster covariance; sparse and with halved steps,
    because nearly all columns are indicators, and pieces of a few hours send undamped steps astray.

    Parameters
    ----------
    covariates : array, rows × coefficients
    period, cluster : array of int
        Period and cluster of each row.
    event : array of 0 and 1
    offset : array
        Log length of each row.

    Returns
    -------
    coefficients, covariance : array
        Of the covariates only; the covariance is a sandwich over clusters, NaN where the fit does not converge.
    """
    from scipy import sparse

    level, at = np.unique(period, return_inverse=True)
    n, k = covariates.shape
    baseline = sparse.csr_matrix((np.ones(n), (np.arange(n), at)), shape=(n, len(level)))
    design = sparse.hstack([sparse.csr_matrix(covariates), baseline], format="csr")
    beta = np.zeros(design.shape[1])
    time = np.bincount(at, np.exp(offset))
    beta[k:] = np.log(np.maximum(np.bincount(at, event), 0.5) / time)
    likelihood, score, information = evaluate(design, beta, event, offset)
    for _ in range(100):
        gradient = design.T @ score
        try:
            step = np.linalg.solve((design.T @ design.multiply(information[:, None])).toarray(), gradient)
        except np.linalg.LinAlgError:
            break
        if gradient @ step < 1e-10:
            return beta[:k], sandwich(design, score, information, cluster)[:k, :k]
        for halving in range(40):
            tried = beta + step / 2**halving
            found = evaluate(design, tried, event, offset)
            if found[0] >= likelihood - 1e-12:
                break
        beta = tried
        likelihood, score, information = found
    return beta[:k], np.full((k, k), np.nan)


def evaluate(
    design: Any, beta: np.ndarray, event: np.ndarray, offset: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log-likelihood, and score and observed information of each row's linear predictor."""
    hazard = np.exp(np.clip(design @ beta + offset, -700, 300))
    probability = np.maximum(-np.expm1(-hazard), 1e-300)
    likelihood = float(np.sum(np.where(event > 0, np.log(probability), -hazard)))
    score = hazard * (event / probability - 1)
    # never below 0, because the log-likelihood is concave; rounding may say otherwise
    information = np.maximum(0.0, event * np.exp(-hazard) * (hazard / probability) ** 2 - score)
    return likelihood, score, information


def sandwich(design: Any, score: np.ndarray, information: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Return the covariance clustered by customer (Liang & Zeger 1986), with G / (G - 1) for G clusters."""
    from scipy import sparse

    bread = np.linalg.inv((design.T @ design.multiply(information[:, None])).toarray())
    clusters, member = np.unique(cluster, return_inverse=True)
    n = len(clusters)
    sums = sparse.csr_matrix((score, (member, np.arange(len(member)))), shape=(n, len(member))) @ design
    meat = (sums.T @ sums).toarray() * (n / max(1, n - 1))
    return np.asarray(bread @ meat @ bread)
