"""Sharing that excites sharing: a Hawkes process of each cascade, fitted to when shares came.

A root brings reshares, each of these brings reshares, and so on, each after a random delay. Whose reshare a share is
need not be known: every earlier share of the cascade may have brought it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize, stats

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level
from scsr.analysis.wom.events import Events, events_of
from scsr.analysis.wom.ids import MOST_TIMED, some_cascades
from scsr.analysis.wom.memory import Memory, decayed_sums, exponential_memory, mixed_sums, power_law_memory
from scsr.errors import EstimationError

__all__ = [
    "BOUNDS",
    "HawkesFit",
    "covariances",
    "excitement",
    "fit_memory",
    "hawkes",
    "log_likelihoods",
    "make_memory",
    "rescaled",
]

WORDS = "mean number of reshares that a share brings, by a self-exciting process of the times of shares"
UNIT = "direct reshares per share"
LEAST = 10  # cascades, and reshares
BOUNDS = {
    "exponential": ((np.log(1e-3), np.log(1e4)),),
    "power law": ((np.log(3e-4), np.log(1e3)), (np.log(0.05), np.log(6.0))),
}
FOLLOWERS = (-2.0, 3.0)

Kind = Literal["exponential", "power law", "best"]


@dataclass(frozen=True)
class HawkesFit:
    """A fitted self-exciting process.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``branching_factor``, ``reshare_delay_median_h`` and, with followers, ``follower_exponent``.
    memory : Memory or None
        The delays.
    branching, follower_exponent : float
        The fit.
    distance, p_value : float or None
        Kolmogorov-Smirnov test of the rescaled times between shares against the exponential distribution. As the
        parameters come from the same data, the p value is too large: a small one speaks against the model, a large
        one not for it.
    frame : DataFrame
        ``expected, observed``: shares of the rescaled times below a value, for drawing.
    comparison : DataFrame
        ``memory, log_likelihood, aic``, a row for each memory tried.
    """

    estimates: tuple[Estimate, ...]
    memory: Memory | None = None
    branching: float = 0.0
    follower_exponent: float = 0.0
    distance: float | None = None
    p_value: float | None = None
    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["expected", "observed"]))
    comparison: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["memory", "log_likelihood", "aic"])
    )  # fmt: skip


def make_memory(kind: str, logs: np.ndarray, longest_h: float) -> Memory:
    """Return the memory of some log parameters."""
    scale = float(np.exp(logs[0]))
    return exponential_memory(scale) if kind == "exponential" else power_law_memory(scale, np.exp(logs[1]), longest_h)


def log_likelihoods(events: Events, memory: Memory, branching: float, follower_exponent: float = 0.0) -> np.ndarray:
    """Return the log likelihood of each cascade, given its root.

    Raises
    ------
    EstimationError
        If the branching factor is not above 0, or a number not finite.

    References
    ----------
    Ozaki, T. (1979). Maximum likelihood estimation of Hawkes' self-exciting point processes. *Annals of the
    Institute of Statistical Mathematics*, 31, 145-155.

    Examples
    --------
    >>> shares = pd.DataFrame({"share_id": list("ab"), "cascade_id": "k", "parent_id": [None, "a"], "t_h": [0.0, 1.0],
    ...                        "observed_until_h": 2.0, "n_followers": 1})
    >>> log_likelihoods(events_of(shares), exponential_memory(1.0), .5).round(4).tolist()
    [-2.4415]
    """
    if not (np.isfinite([branching, follower_exponent]).all() and branching > 0):
        raise EstimationError(f"branching={branching}, exponent of followers {follower_exponent}: give finite numbers, "
                              "the first above 0")  # fmt: skip
    pull = events.pull(follower_exponent)
    density, due = excitement(events, memory, pull)
    return np.asarray(
        np.bincount(events.cascade, np.where(events.first, 0.0, np.log(branching * density)))
        - branching * np.bincount(events.cascade, due)
    )


def excitement(events: Events, memory: Memory, pull: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the intensity at each share and the part of each share's reshares due by the end, for a branching of 1."""
    density = mixed_sums(
        events.gap, pull, events.first, memory.weights * memory.rates, memory.rates, events.longest
    )  # fmt: skip
    # far beyond any delay of the mixture the intensity may vanish to the last bit
    return np.where(events.first, 1.0, np.maximum(density, 1e-300)), pull * memory.share_by(events.ahead)


def fit_memory(events: Events, kind: str, followers: bool = False) -> tuple[np.ndarray, float, float]:
    """Return log parameters of the memory (then the exponent of followers), branching factor and log likelihood."""
    n = int((~events.first).sum())
    longest_h = float((events.t + events.ahead).max())
    bounds = [*BOUNDS[kind], *([FOLLOWERS] if followers else [])]

    def best_at(x: np.ndarray) -> tuple[float, float]:
        memory = make_memory(kind, x, longest_h)
        density, due = excitement(events, memory, events.pull(float(x[-1]) if followers else 0.0))
        branching = n / due.sum()
        return float(branching), float(n * np.log(branching) - n + np.log(density).sum())

    typical = np.log(np.clip(np.median(events.t[~events.first]), 0.05, 1e3))
    starts = [[typical]] if kind == "exponential" else [[typical - 1, 0.0], [typical + 1, 1.0]]
    tries = [
        optimize.minimize(
            lambda x: -best_at(x)[1] / n, np.array([*start, *([0.0] if followers else [])]), bounds=bounds,
            method="L-BFGS-B", options={"ftol": 1e-10, "gtol": 1e-6},
        )
        for start in starts
    ]  # fmt: skip
    best = min(tries, key=lambda one: one.fun).x
    return best, *best_at(best)


def hawkes(
    shares: pd.DataFrame,
    memory: Kind = "best",
    followers: bool = False,
    until_h: float | None = None,
    level: float = 0.95,
    most: int | None = MOST_TIMED,
    seed: int = 1,
) -> HawkesFit:
    """Fit a self-exciting process to the times of shares, all cascades together.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``; parents are not needed.
    memory : {"best", "exponential", "power law"}
        How delays from a share to its reshares are distributed; ``best`` has the lower AIC.
    followers : bool
        Whether a share brings reshares in proportion to a power of its followers plus one.
    until_h : float, optional
        Hours for which every cascade was followed, where the table does not say.
    level : float
        Confidence of the intervals.
    most, seed : int, optional
        Shares to fit to at most, of cascades drawn by :func:`some_cascades`; None fits to all. The cost grows with
        shares, delays of the mixture and steps of the search; intervals are those of the cascades drawn.

    Returns
    -------
    HawkesFit
        Intervals robust to whatever makes shares of one cascade alike. Not estimable where the end of observation (or
        followers, when asked for) is unknown, or with fewer than 10 cascades or 10 reshares.

    Raises
    ------
    EstimationError
        On an unknown memory, a level that is none, or a share after the end of observation.

    References
    ----------
    Hawkes, A. G. & Oakes, D. (1974). A cluster process representation of a self-exciting process. *Journal of Applied
    Probability*, 11, 493-503.
    Mishra, S., Rizoiu, M.-A. & Xie, L. (2016). Feature driven and point process approaches for popularity prediction.
    *Proceedings of CIKM 2016*, 1069-1078.
    Brown, E. N., Barbieri, R., Ventura, V., Kass, R. E. & Frank, L. M. (2002). The time-rescaling theorem and its
    application to neural spike train data analysis. *Neural Computation*, 14, 325-346.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> ids = [f"s{i}" for i in range(60)]
    >>> rows = pd.DataFrame({"share_id": ids, "cascade_id": [f"c{i % 40}" for i in range(60)], "parent_id": None,
    ...                      "t_h": [0.0] * 40 + list(rng.exponential(2, 20)), "observed_until_h": 60.0})
    >>> round(hawkes(rows, "exponential").estimates[0].estimate, 2)  # 20 of 60 shares are reshares
    0.33
    """
    if memory not in ("best", "exponential", "power law"):
        raise EstimationError(f"memory={memory!r} is none of best, exponential, power law")
    check_level(level)
    shares, drawn = some_cascades(shares, most, seed)
    events = events_of(shares, until_h, followers)
    if isinstance(events, str):
        return HawkesFit((not_estimable("branching_factor", WORDS, UNIT, events, level=level),))
    n, n_reshares = events.n_cascades, int((~events.first).sum())
    if n < LEAST or n_reshares < LEAST:
        reason = f"{n} cascades with {n_reshares} reshares are too few; it takes {LEAST} of each"
        return HawkesFit((not_estimable("branching_factor", WORDS, UNIT, reason, n=n, level=level),))
    kinds = ["exponential", "power law"] if memory == "best" else [memory]
    fits = {kind: fit_memory(events, kind, followers) for kind in kinds}
    rows = [(kind, value, 2 * (len(x) + 1) - 2 * value) for kind, (x, _, value) in fits.items()]
    comparison = pd.DataFrame(rows, columns=["memory", "log_likelihood", "aic"])
    kind = str(comparison.loc[comparison["aic"].idxmin(), "memory"])
    x, branching, _ = fits[kind]
    chosen = make_memory(kind, x, float((events.t + events.ahead).max()))
    exponent = float(x[-1]) if followers else 0.0
    times = rescaled(events, chosen, branching, exponent)
    test = stats.kstest(times, "expon")
    grid = np.linspace(0, 1, 101)
    observed = np.searchsorted(np.sort(times), -np.log1p(-grid[:-1]), side="right") / len(times)
    frame = pd.DataFrame({"expected": grid, "observed": np.append(observed, 1.0)})
    estimates = estimates_of(events, kind, x, branching, followers, float(test.pvalue), level, drawn)
    return HawkesFit(
        estimates, chosen, branching, exponent, float(test.statistic), float(test.pvalue), frame, comparison
    )  # fmt: skip


def rescaled(events: Events, memory: Memory, branching: float, follower_exponent: float = 0.0) -> np.ndarray:
    """Return the expected numbers of reshares between one reshare and the next, cascades laid end to end.

    When the model holds, they are independent draws from the exponential distribution with mean 1.
    """
    pull = events.pull(follower_exponent)
    undecayed = decayed_sums(events.gap, pull, events.first, 0.0, events.longest)
    left = mixed_sums(events.gap, pull, events.first, memory.weights, memory.rates, events.longest)
    before = memory.weights.sum() * undecayed - left
    whole = np.bincount(events.cascade, pull * memory.share_by(events.ahead))
    start = np.concatenate(([0.0], np.cumsum(whole)[:-1]))
    clock = branching * (before + start[events.cascade])[~events.first]
    return np.maximum(np.diff(clock, prepend=0.0), 0.0)


def covariances(
    per_cascade: Callable[[np.ndarray], np.ndarray], at: np.ndarray, step: float = 1e-3
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sandwich covariance of parameters, and the model's own, from log likelihoods of cascades."""
    k, middle = len(at), per_cascade(at)
    shift = np.eye(k) * step
    up, down = [per_cascade(at + s) for s in shift], [per_cascade(at - s) for s in shift]
    scores = np.column_stack([(u - d) / (2 * step) for u, d in zip(up, down, strict=True)])
    bread = np.empty((k, k))
    for i in range(k):
        bread[i, i] = -(up[i] - 2 * middle + down[i]).sum() / step**2
        for j in range(i):
            both = per_cascade(at + shift[i] + shift[j]).sum() + per_cascade(at - shift[i] - shift[j]).sum()
            mixed = both - (up[i] + down[i] + up[j] + down[j]).sum() + 2 * middle.sum()
            bread[i, j] = bread[j, i] = -mixed / (2 * step**2)
    inverse = np.linalg.pinv(bread, rcond=1e-10, hermitian=True)
    n = len(scores)
    return np.asarray(inverse @ (scores.T @ scores) @ inverse * n / max(n - 1, 1)), np.asarray(inverse)


def estimates_of(
    events: Events, kind: str, x: np.ndarray, branching: float, followers: bool, p_value: float, level: float,
    drawn: tuple[str, ...] = (),
) -> tuple[Estimate, ...]:  # fmt: skip
    """Return branching factor, median delay and the exponent of followers, with robust intervals."""
    longest_h = float((events.t + events.ahead).max())
    bounds = [*BOUNDS[kind], *([FOLLOWERS] if followers else [])]
    free = [i for i, (value, (low, high)) in enumerate(zip(x, bounds, strict=True)) if low + 2e-3 < value < high - 2e-3]

    def unpack(at: np.ndarray) -> np.ndarray:
        full = x.copy()
        full[free] = at[1:]
        return full

    def per_cascade(at: np.ndarray) -> np.ndarray:
        full = unpack(at)
        memory = make_memory(kind, full, longest_h)
        return log_likelihoods(events, memory, float(np.exp(at[0])), float(full[-1]) if followers else 0.0)

    at = np.append(np.log(branching), x[free])
    robust, plain = covariances(per_cascade, at)
    z = stats.t.isf((1 - level) / 2, events.n_cascades - 1)

    def around(value: float, slope: np.ndarray) -> tuple[float, float]:
        # a sandwich of few cascades is too small; it is never taken below the model's own
        half = float(z * np.sqrt(max(slope @ robust @ slope, slope @ plain @ slope, 0.0)))
        return value - half, value + half

    def exp(ends: tuple[float, float]) -> tuple[float, float]:
        return float(np.exp(ends[0])), float(np.exp(ends[1]))

    def log_median(at: np.ndarray) -> float:
        return float(np.log(make_memory(kind, unpack(at), longest_h).median_h()))

    n = events.n_cascades
    method = f"Hawkes process with {kind} memory, maximum likelihood; intervals robust to likeness within cascades"
    assumptions: tuple[str, ...] = (
        "all but the first share of a cascade were brought by earlier shares of it",
        "cascades are independent, and the end of observation has nothing to do with how they go",
        f"times between shares follow the model (time rescaling, Kolmogorov-Smirnov p = {p_value:.2g})",
        *drawn,
    )
    if len(free) < len(x):
        assumptions += ("a parameter of the delays lies at its bound, and is taken as known",)
    unit_vector = np.eye(len(at))
    made = [
        Estimate(
            "branching_factor", WORDS, UNIT, branching, *exp(around(at[0], unit_vector[0])), n, method, (),
            assumptions, level,
        )
    ]  # fmt: skip
    median = log_median(at)
    slope = np.array([(log_median(at + s) - log_median(at - s)) / 2e-4 for s in unit_vector * 1e-4])
    made.append(
        Estimate(
            "reshare_delay_median_h", "median delay from a share to a reshare that it brings, by the same process", "h",
            np.exp(median), *exp(around(median, slope)), n, method, (), assumptions, level,
        )
    )  # fmt: skip
    if followers and len(x) - 1 in free:
        value = float(x[-1])
        made.append(
            Estimate(
                "follower_exponent", "power of followers plus one to which the reshares of a share are proportional",
                "exponent", value, *around(value, unit_vector[-1]), n, method, (), assumptions, level,
            )
        )  # fmt: skip
    return tuple(made)
