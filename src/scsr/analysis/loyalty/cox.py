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
    who = Risk(start, stop, event)
    likelihood, gradient, information = at(beta, centred, who)
    for _ in range(50):
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        if gradient @ step < 1e-10:
            bread = np.linalg.inv(information)
            residuals = score_residuals(beta, centred, who)
            clusters, member = np.unique(cluster, return_inverse=True)
            sums = np.column_stack([np.bincount(member, column, len(clusters)) for column in residuals.T])
            n = len(clusters)
            return CoxFit(beta, bread, bread @ (sums.T @ sums) @ bread * (n / max(1, n - 1)), likelihood)
        for halving in range(40):
            tried = beta + step / 2**halving
            found = at(tried, centred, who)
            if found[0] >= likelihood - 1e-12:
                break
        beta = tried
        likelihood, gradient, information = found
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


class Risk:
    """Who is at risk at each time of an event: pieces sorted once by their edges.

    Parameters
    ----------
    start, stop : array of float
        A piece is at risk after its start until its stop, that included.
    event : array of bool
    """

    def __init__(self, start: np.ndarray, stop: np.ndarray, event: np.ndarray) -> None:
        self.event = event
        self.times, self.place = np.unique(stop[event], return_inverse=True)
        n_tied = np.bincount(self.place)
        # Efron: of d events at one time, each takes part with l / d of the tied ones already gone
        self.moment = np.repeat(np.arange(len(self.times)), n_tied)
        self.gone = (np.arange(len(self.place)) - np.repeat(np.cumsum(n_tied) - n_tied, n_tied)) / n_tied[self.moment]
        self.n_tied = n_tied
        self.began, self.ended = (np.searchsorted(self.times, edge, side="right") for edge in (start, stop))

    def at_risk(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the values of the pieces at risk at each time."""
        n = len(self.times) + 1
        change = np.bincount(self.ended, values, n) - np.bincount(self.began, values, n)
        return np.asarray(np.cumsum(change[::-1])[::-1][1:])

    def tied(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of the values of the pieces that end with an event at each time."""
        return np.bincount(self.place, values[self.event], len(self.times))

    def by_time(self, values: np.ndarray) -> np.ndarray:
        """Return sums over the moments of each time."""
        return np.column_stack([np.bincount(self.moment, column, len(self.times)) for column in values.T])

    def passed(self, values: np.ndarray, taken: np.ndarray) -> np.ndarray:
        """Return what each piece went through while at risk; in its own event, less what was taken."""
        total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
        found = total[self.ended] - total[self.began]
        found[self.event] -= taken[self.place]
        return np.asarray(found)


def at(beta: np.ndarray, covariates: np.ndarray, who: Risk) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log partial likelihood, gradient and information."""
    predictor, weight, mean = means(beta, covariates, who)
    risk, event = np.exp(predictor), who.event
    whole, lost = (who.by_time(values[:, None]) for values in (1 / weight, who.gone / weight))
    share = who.passed(whole, lost)[:, 0]
    information = covariates.T @ (covariates * (risk * share)[:, None]) - mean.T @ mean
    likelihood = float(predictor[event].sum() - np.log(weight).sum())
    return likelihood, covariates[event].sum(axis=0) - mean.sum(axis=0), information


def means(beta: np.ndarray, covariates: np.ndarray, who: Risk) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the linear predictor of each piece, and at each event the weight and the mean of those at risk."""
    predictor = np.clip(covariates @ beta, -300, 300)
    risk = np.exp(predictor)

    def left(values: np.ndarray) -> np.ndarray:
        return np.asarray(who.at_risk(values)[who.moment] - who.gone * who.tied(values)[who.moment])

    weight = left(risk)
    return predictor, weight, np.column_stack([left(risk * column) / weight for column in covariates.T])


def score_residuals(beta: np.ndarray, covariates: np.ndarray, who: Risk) -> np.ndarray:
    """Return what each piece adds to the gradient (Lin & Wei 1989)."""
    predictor, weight, mean = means(beta, covariates, who)
    whole, lost = (who.by_time(values[:, None]) for values in (1 / weight, who.gone / weight))
    in_mean, lost_mean = (
        who.by_time(values) for values in (mean / weight[:, None], mean * (who.gone / weight)[:, None])
    )
    share = who.passed(whole, lost)[:, 0]
    residuals = -np.exp(predictor)[:, None] * (covariates * share[:, None] - who.passed(in_mean, lost_mean))
    residuals[who.event] += covariates[who.event] - (who.by_time(mean) / who.n_tied[:, None])[who.place]
    return np.asarray(residuals)
