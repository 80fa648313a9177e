"""Curves of waiting, quantiles and shares, with their intervals: numbers in, numbers out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scsr.analysis.loyalty.common import Waits

__all__ = ["CURVE", "at_times", "crossing", "curve_of", "kaplan_meier", "order_statistics", "restricted_mean", "steps"]

CURVE = ["timeline_h", "share_answered", "ci_low", "ci_high", "n_at_risk"]


def kaplan_meier(durations: np.ndarray, event_observed: np.ndarray, level: float) -> pd.DataFrame:
    """Return the share answered by each time with its band, and how many still wait just before.

    The band is log-log (Kalbfleisch & Prentice) and carries on beyond its last finite value.
    """
    from lifelines import KaplanMeierFitter

    fitter = KaplanMeierFitter(alpha=1 - level).fit(durations, event_observed)
    band = fitter.confidence_interval_survival_function_.to_numpy()
    survival = fitter.survival_function_.to_numpy()[:, 0]
    low, high = np.where(survival >= 1, 1.0, band[:, 0]), np.where(survival >= 1, 1.0, band[:, 1])
    low, high = np.where(survival <= 0, 0.0, low), np.where(survival <= 0, np.nan, high)
    high = pd.Series(high).ffill().fillna(1.0).to_numpy()
    at_risk = fitter.event_table["at_risk"].to_numpy()
    columns = [fitter.survival_function_.index.to_numpy(float), 1 - survival, 1 - high, 1 - low, at_risk]
    return pd.DataFrame(dict(zip(CURVE, columns, strict=True)))


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
    times, inverse = np.unique(np.minimum(durations, tau), return_inverse=True)
    events = np.bincount(inverse, event_observed & (durations <= tau), len(times))
    at_risk = len(durations) - np.concatenate([[0], np.cumsum(np.bincount(inverse, minlength=len(times)))[:-1]])
    survival = np.cumprod(1 - events / at_risk)
    edges = np.append(times, tau)
    widths = np.diff(edges)
    after = np.cumsum((survival * widths)[::-1])[::-1]
    mean = float(times[0] + after[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        jumps = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
    return mean, float(np.sqrt(np.sum(after**2 * jumps)))
