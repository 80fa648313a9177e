"""Cascades that catch more or less than others: a gamma frailty on counts with a known expectation."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special

from scsr.analysis.wom.given import row_of_numbers
from scsr.errors import EstimationError

__all__ = ["SHAPES", "Frailty", "fit_frailty", "frailty_terms"]

SHAPES = (np.log(0.05), np.log(1e3))


class Frailty:
    """A gamma distribution of what multiplies the expected number of reshares of each cascade, with mean 1.

    Parameters
    ----------
    shape : float
        Large where cascades are alike; the variance is one over it.
    mean : float
        Reshares seen for each that was due, over all cascades.
    """

    def __init__(self, shape: float, mean: float) -> None:
        self.shape, self.mean = shape, mean

    def of(self, seen: np.ndarray, due: np.ndarray) -> np.ndarray:
        """Return each cascade's own multiple, drawn towards the mean of all (empirical Bayes).

        Examples
        --------
        >>> Frailty(1.0, 1.0).of(np.array([0, 9]), np.array([1.0, 1.0])).tolist()
        [0.5, 5.0]
        """
        return np.asarray(self.mean * (self.shape + seen) / (self.shape + self.mean * due))


def frailty_terms(seen: np.ndarray, due: np.ndarray, log_mean: float, log_shape: float) -> np.ndarray:
    """Return the log likelihood of each cascade's count under a gamma frailty, up to what no parameter moves.

    Parameters
    ----------
    seen, due : ndarray
        Reshares of each cascade, and how many were expected for a multiple of one.
    log_mean, log_shape : float
        Logs of the mean multiple and of the shape.
    """
    mean, shape = np.exp(log_mean) * due, np.exp(log_shape)
    terms = special.gammaln(seen + shape) - special.gammaln(shape) - (seen + shape) * np.log1p(mean / shape)
    return np.asarray(terms + seen * (log_mean - log_shape))


def fit_frailty(seen: np.ndarray, due: np.ndarray) -> Frailty:
    """Fit a gamma frailty by maximum likelihood.

    Parameters
    ----------
    seen : ndarray
        Reshares of each cascade.
    due : ndarray
        How many were expected for a multiple of one.

    Raises
    ------
    EstimationError
        If a number is missing or below 0, or nothing was expected.

    References
    ----------
    Efron, B. & Morris, C. (1973). Stein's estimation rule and its competitors. *Journal of the American Statistical
    Association*, 68, 117-130.
    """
    seen, due = row_of_numbers(seen, "reshares seen", 0.0), row_of_numbers(due, "reshares expected", 0.0)
    if len(seen) != len(due) or not due.sum() > 0:
        raise EstimationError(f"{len(seen)} counts with {due.sum():g} expected in {len(due)} cascades give no frailty")
    start = np.log(max(seen.sum(), 0.5) / due.sum())
    best = optimize.minimize(
        lambda x: -float(frailty_terms(seen, due, x[0], x[1]).sum()), [start, 0.0], method="L-BFGS-B",
        bounds=[(start - 5, start + 5), SHAPES],
    )  # fmt: skip
    return Frailty(float(np.exp(best.x[1])), float(np.exp(best.x[0])))
