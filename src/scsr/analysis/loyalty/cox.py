"""The Cox model for follow-up in pieces, with Efron's treatment of ties and a variance clustered as one likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.fit import Fit, clusters, covariate_columns, drop_dependent
from scsr.errors import EstimationError

__all__ = ["CoxFit", "cox", "fit_cox"]


@dataclass(frozen=True)
class CoxFit:
    """A Cox model.

    Parameters
    ----------
    coefficients : array
        Log hazard ratios.
    covariance : array
        Inverse of the information; NaN where the fit does not converge.
    robust : array
        Sandwich over clusters.
    log_likelihood : float
        Partial, at the maximum.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    robust: np.ndarray
    log_likelihood: float


def cox(covariates: np.ndarray, start: np.ndarray, stop: np.ndarray, event: np.ndarray, cluster: np.ndarray) -> CoxFit:
    """Fit a Cox model to pieces of follow-up; a piece is at risk after its start until its stop, that included.

    Parameters
    ----------
    covariates : array, pieces × coefficients
        Values during the piece, so that they may change between pieces.
    start, stop : array of float
    event : array of bool
        Whether the piece ended with the event.
    cluster : array of int
        Pieces of one cluster may depend on each other.

    Raises
    ------
    EstimationError
        On a piece that stops before it starts, numbers that are none, or no event.

    References
    ----------
    Cox, D. R. (1972). Regression models and life-tables. *JRSS B* 34, 187–220. Efron, B. (1977). The efficiency of
    Cox's likelihood function for censored data. *JASA* 72, 557–565. Lin, D. Y. & Wei, L. J. (1989). The robust
    inference for the Cox proportional hazards model. *JASA* 84, 1074–1078.

    Examples
    --------
    >>> one = cox(np.array([[1.0], [1.0], [0.0], [0.0]]), np.zeros(4), np.array([1.0, 3, 2, 4]), np.ones(4, bool),
    ...           np.arange(4))
    >>> bool(one.coefficients[0] > 0)
    True
    """
    event = event.astype(bool)
    if not (stop > start).all() or not np.isfinite(covariates).all():
        raise EstimationError("each piece of follow-up must stop after it starts, and its covariates be numbers")
    if not event.any():
        raise EstimationError("a Cox model needs an event")
    k = covariates.shape[1]
    centred = covariates - covariates.mean(axis=0)
    beta, step = np.zeros(k), np.zeros(k)
    likelihood, gradient, information, _ = at(beta, centred, start, stop, event)
    for _ in range(50):
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        if gradient @ step < 1e-10:
            bread = np.linalg.inv(information)
            residuals = at(beta, centred, start, stop, event)[3]
            clusters, member = np.unique(cluster, return_inverse=True)
            sums = np.column_stack([np.bincount(member, column, len(clusters)) for column in residuals.T])
            n = len(clusters)
            return CoxFit(beta, bread, bread @ (sums.T @ sums) @ bread * (n / max(1, n - 1)), likelihood)
        for halving in range(40):
            tried = beta + step / 2**halving
            found = at(tried, centred, start, stop, event)
            if found[0] >= likelihood - 1e-12:
                break
        beta = tried
        likelihood, gradient, information, _ = found
    unknown = np.full((k, k), np.nan)
    return CoxFit(beta, unknown, unknown, likelihood)


def fit_cox(episodes: pd.DataFrame, pieces: pd.DataFrame, exposure: np.ndarray, name: str) -> Fit:
    """Fit the hazard on an exposure and the covariates of the episodes, at the same instant since the opening.

    Parameters
    ----------
    episodes, pieces, exposure, name
        As for :func:`scsr.analysis.loyalty.fit.fit_hazard`.
    """
    row, event = pieces["row"].to_numpy(), pieces["event"].to_numpy(bool)
    more, words, notes = covariate_columns(episodes, row, event.astype(float))
    columns, names = drop_dependent([exposure.astype(float), *more], [(name, ""), *words])
    member, clustered_by = clusters(episodes)
    start, stop = pieces["start"].to_numpy(), pieces["stop"].to_numpy()
    found = cox(np.column_stack(columns), start, stop, event, member[row])
    return Fit(names, found.coefficients, found.robust, tuple(notes), clustered_by)


def at(
    beta: np.ndarray, covariates: np.ndarray, start: np.ndarray, stop: np.ndarray, event: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Return log partial likelihood, gradient, information, and the score residual of each piece."""
    predictor = np.clip(covariates @ beta, -300, 300)
    risk = np.exp(predictor)
    times, place = np.unique(stop[event], return_inverse=True)
    n_tied = np.bincount(place)
    # Efron: of d events at one time, each takes part with l / d of the tied ones already gone
    moment = np.repeat(np.arange(len(times)), n_tied)
    gone = (np.arange(len(place)) - np.repeat(np.cumsum(n_tied) - n_tied, n_tied)) / n_tied[moment]

    def at_risk(values: np.ndarray) -> np.ndarray:
        return from_on(stop, values, times) - from_on(start, values, times)

    def tied(values: np.ndarray) -> np.ndarray:
        return np.bincount(place, values[event], len(times))

    weight = at_risk(risk)[moment] - gone * tied(risk)[moment]
    mean = np.column_stack(
        [(at_risk(risk * column)[moment] - gone * tied(risk * column)[moment]) / weight for column in covariates.T]
    )
    whole, lost, in_mean, lost_mean = (
        np.column_stack([np.bincount(moment, column, len(times)) for column in values.T])
        for values in (1 / weight[:, None], gone[:, None] / weight[:, None], mean / weight[:, None],
                       mean * (gone / weight)[:, None])
    )  # fmt: skip
    began, ended = (np.searchsorted(times, edge, side="right") for edge in (start, stop))

    def passed(values: np.ndarray, taken: np.ndarray) -> np.ndarray:
        total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
        found = total[ended] - total[began]
        found[event] -= taken[place]
        return found

    share = passed(whole, lost)[:, 0]
    residuals = -risk[:, None] * (covariates * share[:, None] - passed(in_mean, lost_mean))
    average = np.column_stack([np.bincount(moment, column, len(times)) for column in mean.T]) / n_tied[:, None]
    residuals[event] += covariates[event] - average[place]
    information = covariates.T @ (covariates * (risk * share)[:, None]) - mean.T @ mean
    likelihood = float(predictor[event].sum() - np.log(weight).sum())
    return likelihood, covariates[event].sum(axis=0) - mean.sum(axis=0), information, residuals


def from_on(edges: np.ndarray, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the sum of the values whose edge is at or after each time."""
    order = np.argsort(edges, kind="stable")
    total = np.append(np.cumsum(values[order][::-1])[::-1], 0.0)
    return np.asarray(total[np.searchsorted(edges[order], times, side="left")])
