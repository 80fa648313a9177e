"""Curves of waiting, quantiles and shares, with their intervals: numbers in, numbers out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scsr.analysis.loyalty.common import Waits

__all__ = [
    "CURVE",
    "at_times",
    "crossing",
    "curve_of",
    "kaplan_meier",
    "order_statistics",
    "restricted_mean",
    "steps",
    "tally",
    "thinned",
    "waiting",
]

MOST_STEPS = 50_000
CURVE = ["timeline_h", "share_answered", "ci_low", "ci_high", "n_at_risk"]


def kaplan_meier(durations: np.ndarray, event_observed: np.ndarray, level: float) -> pd.DataFrame:
    """Return the share answered by each time with its band, and how many still wait just before.

    The band is log-log (Kalbfleisch & Prentice) and carries on beyond its last finite value.
    """
    from scipy.stats import norm

    times, n, events = tally(durations, event_observed)
    if not len(times) or times[0] > 0:
        times, n, events = (np.append(0, each) for each in (times, n, events))
    at_risk = waiting(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.cumsum(np.log((at_risk - events) / at_risk))
        error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        half = norm.ppf(0.5 + level / 2) * error / log
        low, high = (np.exp(-np.exp(np.log(-log) - sign * half)) for sign in (1, -1))
    survival = np.exp(log)
    low, high = np.where(survival >= 1, 1.0, low), np.where(survival >= 1, 1.0, high)
    low, high = np.where(survival <= 0, 0.0, low), np.where(survival <= 0, np.nan, high)
    high = pd.Series(high).ffill().fillna(1.0).to_numpy()
    columns = [times.astype(float), 1 - survival, 1 - high, 1 - low, at_risk]
    return pd.DataFrame(dict(zip(CURVE, columns, strict=True)))


def tally(durations: np.ndarray, event_observed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct times in order, how many waits end at each, and how many of these with the event.

    Times have a finite resolution, so that millions of waits leave far fewer of them.

    Examples
    --------
    >>> [each.tolist() for each in tally(np.array([2.0, 1.0, 2.0]), np.array([True, False, False]))]
    [[1.0, 2.0], [1, 2], [0, 1]]
    """
    times, n = np.unique(durations, return_counts=True)
    seen, count = np.unique(durations[event_observed.astype(bool)], return_counts=True)
    events = np.zeros(len(times), dtype=np.int64)
    events[np.searchsorted(times, seen)] = count
    return times, n, events


def waiting(n: np.ndarray) -> np.ndarray:
    """Return how many are still waiting just before each time, from how many waits end at each.

    Examples
    --------
    >>> waiting(np.array([1, 2])).tolist()
    [3, 2]
    """
    return np.asarray(np.cumsum(n[::-1])[::-1])


def thinned(curve: pd.DataFrame) -> pd.DataFrame:
    """Return a curve with at most 50,000 steps, evenly taken, its ends included."""
    if len(curve) <= MOST_STEPS:
        return curve
    return curve.iloc[np.unique(np.linspace(0, len(curve) - 1, MOST_STEPS).round().astype(int))]


def steps(timeline: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Read a step function that starts at its first time.

    Examples
    --------
    >>> steps(np.array([0.0, 2.0]), np.array([0.0, 0.5]), np.array([1.0, 2.0, 9.0])).tolist()
    [0.0, 0.5, 0.5]
    """
    return np.asarray(values[np.maximum(0, np.searchsorted(timeline, at, side="right") - 1)])


def curve_of(wait: Waits, level: float) -> pd.DataFrame:
    """Return the share answered by each time, as :func:`kaplan_meier`; the band holds all that dates leave open.

    Where waits lie between bounds, the band reaches from the lower end for the longest possible waits to the upper end
    for the shortest ones, and the curve takes the difference of the dates.
    """
    curve = kaplan_meier(wait.durations, wait.event_observed, level)
    if wait.exact:
        return curve
    slow = kaplan_meier(wait.upper, wait.event_observed, level)
    fast = kaplan_meier(wait.lower, wait.event_observed, level)
    last = curve["timeline_h"].iloc[-1]
    parts = [one["timeline_h"].to_numpy() for one in (curve, slow, fast)]
    times = np.unique(np.concatenate(parts))
    times = times[times <= last]
    read = {
        "timeline_h": times,
        "share_answered": steps(parts[0], curve["share_answered"].to_numpy(), times),
        "ci_low": steps(parts[1], slow["ci_low"].to_numpy(), times),
        "ci_high": steps(parts[2], fast["ci_high"].to_numpy(), times),
        "n_at_risk": len(wait.durations) - np.searchsorted(np.sort(wait.durations), times, side="left"),
    }
    return pd.DataFrame(read)[CURVE]


def crossing(timeline: np.ndarray, share: np.ndarray, portion: float) -> float:
    """Return the first time by which a share has been reached; infinite where it never is."""
    reached = np.flatnonzero(share >= portion - 1e-12)
    return float(timeline[reached[0]]) if len(reached) else float("inf")


def order_statistics(values: np.ndarray, portion: float, level: float) -> tuple[float, float, float]:
    """Return a quantile with its exact interval: distribution-free, coverage at least the level.

    Examples
    --------
    >>> order_statistics(np.arange(1.0, 11.0), 0.5, 0.95)
    (5.5, 2.0, 9.0)
    """
    from scipy.stats import binom

    ordered, n, tail = np.sort(values), len(values), (1 - level) / 2
    below, above = int(binom.ppf(tail, n, portion)), int(binom.ppf(1 - tail, n, portion)) + 1
    low = float(ordered[below - 1]) if below >= 1 else 0.0
    high = float(ordered[above - 1]) if above <= n else float("inf")
    return float(np.quantile(ordered, portion)), low, high


def at_times(curve: pd.DataFrame, hours: tuple[float, ...]) -> pd.DataFrame:
    """Read a curve at some hours that lie within the observation."""
    times = curve["timeline_h"].to_numpy()
    inside = np.array([hour for hour in hours if hour <= times[-1]])
    rows = curve.iloc[np.searchsorted(times, inside, side="right") - 1].reset_index(drop=True)
    waiting = np.searchsorted(times, inside, side="left")
    return rows.assign(timeline_h=inside, n_at_risk=curve["n_at_risk"].to_numpy()[np.minimum(waiting, len(times) - 1)])


def restricted_mean(durations: np.ndarray, event_observed: np.ndarray, tau: float) -> tuple[float, float]:
    """Return the mean wait up to tau hours and its standard error (Klein & Moeschberger 2003, section 4.5)."""
    times, n, events = tally(np.minimum(durations, tau), event_observed & (durations <= tau))
    at_risk = waiting(n)
    survival = np.cumprod(1 - events / at_risk)
    edges = np.append(times, tau)
    widths = np.diff(edges)
    after = np.cumsum((survival * widths)[::-1])[::-1]
    mean = float(times[0] + after[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        jumps = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
    return mean, float(np.sqrt(np.sum(after**2 * jumps)))
