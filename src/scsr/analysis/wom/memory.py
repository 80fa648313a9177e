"""How long a share goes on bringing others: memory as a mixture of exponentials.

An exponential memory is one exponential. A power law (Lomax) is a mixture of exponentials whose rates follow a gamma
distribution, written here as a sum over a fixed grid of rates. A sum of exponentials can be carried along a cascade
from share to share, so that nothing is computed for each pair of shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from scsr.errors import EstimationError

__all__ = ["Memory", "decayed_sums", "expected_growth", "exponential_memory", "mixed_sums", "power_law_memory"]


@dataclass(frozen=True)
class Memory:
    """A density of delays from a share to its direct reshares.

    Parameters
    ----------
    kind : {"exponential", "power law"}
    scale_h : float
        Mean delay in hours of the exponential; the shift *c* of the power law.
    exponent : float or None
        Of the power law: the share of reshares that take longer than *s* is (1 + s / c) to its minus.
    weights, rates : ndarray
        The mixture: the density at a delay *s* is the sum of ``weights * rates * exp(-rates * s)``.
    """

    kind: str
    scale_h: float
    exponent: float | None
    weights: np.ndarray
    rates: np.ndarray

    def share_by(self, hours: np.ndarray) -> np.ndarray:
        """Return the share of direct reshares that come within some hours."""
        if self.exponent is None:
            return np.asarray(-np.expm1(-hours / self.scale_h))
        return np.asarray(-np.expm1(-self.exponent * np.log1p(hours / self.scale_h)))

    def median_h(self) -> float:
        """Return the delay within which half of the direct reshares come, in hours."""
        if self.exponent is None:
            return float(np.log(2) * self.scale_h)
        return float(self.scale_h * np.expm1(np.log(2) / self.exponent))


def exponential_memory(mean_h: float) -> Memory:
    """Return an exponential memory.

    Parameters
    ----------
    mean_h : float
        Mean delay, hours.

    Raises
    ------
    EstimationError
        If it is not above 0.

    Examples
    --------
    >>> round(exponential_memory(2.0).median_h(), 3)
    1.386
    """
    if not (np.isfinite(mean_h) and mean_h > 0):
        raise EstimationError(f"mean delay {mean_h} h is not above 0")
    return Memory("exponential", mean_h, None, np.ones(1), np.array([1 / mean_h]))


def power_law_memory(scale_h: float, exponent: float, longest_h: float) -> Memory:
    """Return a power-law memory, with the mixture that stands for it up to a longest delay.

    Parameters
    ----------
    scale_h, exponent : float
        Shift *c* in hours, and exponent (at most 6).
    longest_h : float
        Delay up to which the mixture is good to about five digits.

    Raises
    ------
    EstimationError
        If a number is out of range.

    References
    ----------
    Bochud, T. & Challet, D. (2007). Optimal approximations of power laws with exponentials. *Quantitative
    Finance*, 7, 585-589.

    Examples
    --------
    >>> memory = power_law_memory(0.5, 0.8, 100.0)
    >>> density = float((memory.weights * memory.rates * np.exp(-memory.rates * 3)).sum())
    >>> round(density, 4), round(.8 / .5 * (1 + 3 / .5) ** -1.8, 4)
    (0.0482, 0.0482)
    """
    if not (np.isfinite([scale_h, exponent, longest_h]).all() and scale_h > 0 and 0 < exponent <= 6 and longest_h > 0):
        raise EstimationError(f"a power law with shift {scale_h} h, exponent {exponent}, up to {longest_h} h: give "
                              "numbers above 0, and an exponent of at most 6")  # fmt: skip
    # trapezoid rule over log rates, which converges geometrically for a gamma density
    step = 0.65 / (1 + exponent) ** 0.25
    low = -np.log1p(longest_h / scale_h) - 14 / (1 + exponent)
    high = np.log(special.gammainccinv(1 + exponent, 1e-10))
    logs = np.arange(low, high + step, step)
    weights = step * np.exp(exponent * logs - np.exp(logs) - special.gammaln(exponent))
    return Memory("power law", scale_h, exponent, weights, np.exp(logs) / scale_h)


def decayed_sums(
    gap: np.ndarray, add: np.ndarray, first: np.ndarray, rate: float | np.ndarray, longest: int
) -> np.ndarray:
    """Return what is left, just before each share, of all that earlier shares of its cascade added.

    Parameters
    ----------
    gap : ndarray
        Hours since the share before, shares sorted by cascade and time.
    add : ndarray
        What each share adds.
    first : ndarray of bool
        Whether a share is the first of its cascade.
    rate : float or ndarray
        Of the exponential decay, per hour; a row of the result for each of several.
    longest : int
        Shares in the largest cascade.

    Examples
    --------
    >>> decayed_sums(np.array([0, 1.0, 1.0]), np.ones(3), np.array([True, False, False]), np.log(2), 3).tolist()
    [0.0, 0.5, 0.75]
    """
    keep = np.where(first, 0.0, np.exp(np.multiply.outer(-np.asarray(rate), gap)))
    total = keep * np.concatenate(([0.0], add[:-1]))
    step = 1
    while step < longest:  # a prefix scan: after each round a sum reaches twice as far back
        total[..., step:] += keep[..., step:] * total[..., :-step]
        keep[..., step:] = keep[..., step:] * keep[..., :-step]
        step *= 2
    return total


def mixed_sums(
    gap: np.ndarray, add: np.ndarray, first: np.ndarray, weights: np.ndarray, rates: np.ndarray, longest: int
) -> np.ndarray:
    """Return :func:`decayed_sums` at several rates, weighted and added up, a few rates at a time to spare memory.

    Examples
    --------
    >>> mixed_sums(np.array([0, 1.0]), np.ones(2), np.array([True, False]), np.array([1.0, 2]), np.zeros(2), 2).tolist()
    [0.0, 3.0]
    """
    made, block = np.zeros(len(gap)), max(1, 2**18 // max(len(gap), 1))
    for start in range(0, len(rates), block):
        some = slice(start, start + block)
        made += weights[some] @ decayed_sums(gap, add, first, rates[some], longest)
    return made


def expected_growth(memory: Memory, branching: float, left: np.ndarray, hours: np.ndarray) -> np.ndarray:
    """Return how many shares a cascade is expected to gain, its reshares' reshares included.

    Parameters
    ----------
    memory : Memory
    branching : float
        Mean direct reshares of a share.
    left : ndarray, cascades by rates
        What is left of earlier shares now, at each rate of the memory, in shares.
    hours : ndarray
        Time ahead, one for each cascade.

    Returns
    -------
    ndarray
        Expected further shares.

    Raises
    ------
    EstimationError
        If a number is missing, infinite or below 0.

    References
    ----------
    Dassios, A. & Zhao, H. (2011). A dynamic contagion process. *Advances in Applied Probability*, 43, 814-846.

    Examples
    --------
    >>> memory = exponential_memory(1.0)
    >>> expected_growth(memory, .5, np.ones((1, 1)), np.array([1e9])).round(6).tolist()  # .5 + .25 + ... = 1
    [1.0]
    """
    if not (np.isfinite(branching) and branching >= 0 and np.isfinite(left).all()):
        raise EstimationError(f"branching={branching} with what is left of earlier shares: give finite numbers from 0")
    if not (np.isfinite(hours).all() and (hours >= 0).all()):
        raise EstimationError("hours ahead must be finite and 0 or more")
    root = np.sqrt(memory.weights * memory.rates)
    # the mean of what is left moves by -rates + branching * ones * root²; scaled by root, the matrix is symmetric
    values, vectors = np.linalg.eigh(branching * np.outer(root, root) - np.diag(memory.rates))
    start = (left * root) @ vectors
    span = values[None, :] * hours[:, None]
    steady = np.abs(span) < 1e-12
    grown = np.where(steady, hours[:, None], np.expm1(span) / np.where(values == 0, 1.0, values)[None, :])
    return np.asarray(branching * (start * grown) @ (vectors.T @ root))
