"""The firm's answers in cascades: when they come, and what they leave of the sharing after them."""

from __future__ import annotations

import numpy as np

__all__ = ["answer_hours", "reproduction_with_answers", "surviving", "thinned"]


def surviving(parent: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return which shares are there when one is gone with all that was shared from it.

    Parameters
    ----------
    parent : ndarray of int
        Position of each share's parent; -1 at roots.
    kept : ndarray of bool
        Whether a share would be there if its parent were.

    Examples
    --------
    >>> surviving(np.array([-1, 0, 1, 0]), np.array([True, False, True, True])).tolist()
    [True, False, False, True]
    """
    alive = np.asarray(kept, dtype=bool)
    while True:
        fewer = alive & ((parent < 0) | alive[parent])
        if np.array_equal(fewer, alive):
            return alive
        alive = fewer


def answer_hours(cascade: np.ndarray, t_h: np.ndarray, at_size: int, delay_h: np.ndarray) -> np.ndarray:
    """Return the hours of each cascade's answer: a delay after the share that brings it to some size.

    Parameters
    ----------
    cascade, t_h : ndarray
        Number of the cascade and hours since its root, of each share.
    at_size : int
        1 for the root itself. A cascade that stays smaller gets no answer (infinite).
    delay_h : ndarray
        Of each cascade; infinite where none comes in any case.

    Examples
    --------
    >>> answer_hours(np.array([0, 0, 1]), np.array([0.0, 2.0, 0.0]), 2, np.array([1.0, 1.0])).tolist()
    [3.0, inf]
    """
    order = np.lexsort((t_h, cascade))
    size = np.bincount(cascade, minlength=len(delay_h))
    first = np.cumsum(size) - size
    reached = np.flatnonzero(size >= at_size)
    hours = np.full(len(delay_h), np.inf)
    hours[reached] = t_h[order][first[reached] + at_size - 1] + delay_h[reached]
    return hours


def thinned(
    cascade: np.ndarray, parent: np.ndarray, t_h: np.ndarray, delay_h: np.ndarray, ratio: float,
    rng: np.random.Generator, at_size: int = 1,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Let the firm answer cascades that were drawn as if it never did, or at the higher rate where answers fan them.

    Parameters
    ----------
    cascade, parent, t_h : ndarray
        Of each share of trees whose mean reshares are those without an answer times the ratio or 1, whichever is more.
    delay_h, at_size
        See :func:`answer_hours`.
    ratio : float
        Hazard of a new share after the answer as a multiple of that without one.
    rng : Generator

    Returns
    -------
    tuple of ndarray
        Which shares are there, and the hours of each cascade's answer.

    References
    ----------
    Lewis, P. A. W. & Shedler, G. S. (1979). Simulation of nonhomogeneous Poisson processes by thinning. *Naval
    Research Logistics Quarterly*, 26, 403-413.
    """
    luck = np.where(parent < 0, 0.0, rng.random(len(parent))) * max(1.0, ratio)
    without = surviving(parent, luck < 1)
    hours = answer_hours(cascade[without], t_h[without], at_size, delay_h)
    return surviving(parent, luck < np.where(t_h > hours[cascade], ratio, 1.0)), hours


def reproduction_with_answers(reproduction: float, ratio: float, answer_h: np.ndarray, delay_h: np.ndarray) -> float:
    """Return the mean direct reshares of a share where cascades are answered after hours that do not hang on them.

    Parameters
    ----------
    reproduction : float
        Without an answer; below 1, and so with the ratio.
    ratio : float
        Hazard after the answer as a multiple.
    answer_h : ndarray
        Draws of the hours from the root to the answer; infinite for none.
    delay_h : ndarray, draws by generations
        Draws of the hours from a share to its reshare, a column a generation.

    References
    ----------
    Harris, T. E. (1963). *The Theory of Branching Processes*. Springer, chapter VI.

    Examples
    --------
    >>> never, at_once = np.full(9, np.inf), np.zeros(9)
    >>> delays = np.ones((9, 200))
    >>> [round(reproduction_with_answers(0.5, 0.6, hours, delays), 6) for hours in (never, at_once)]
    [0.5, 0.3]
    """
    shares = np.arange(1, delay_h.shape[1] + 1)
    # shares by the answer: generation k has reproduction ** k of them, less those that are later
    by_answer = 1 + ((np.cumsum(delay_h, axis=1) <= answer_h[:, None]) * reproduction**shares).sum(axis=1).mean()
    # of the reshares that these bring, those to come at the answer; each begins a tree of its own
    to_come = reproduction * by_answer - (by_answer - 1)
    return float(1 - 1 / (by_answer + ratio * to_come / (1 - ratio * reproduction)))
