"""Whether slower answers go with more leaving: by doublings, as a curve, at thresholds, and for urgent matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level
from scsr.analysis.loyalty.episodes import Link, grid, link, split
from scsr.analysis.loyalty.fit import (
    MIN_EVENTS,
    fit_hazard,
    natural_spline,
)
from scsr.analysis.loyalty.hazard import METHOD, ratio_estimate, refusal
from scsr.analysis.loyalty.jumps import no_thresholds, thresholds
from scsr.errors import EstimationError

__all__ = ["SpeedCurve", "speed_by_urgency", "speed_curve", "speed_effect"]

SPEED = "hazard of {} after the first answer, for each doubling of the hours waited for it (ratio, an association)"
URGENT = "hazard ratio of {} for each doubling of the hours waited: urgent relative to other matters"
PROMISE = "hazard of {} after an answer later than {:g} h relative to one within (ratio, an association)"
THRESHOLDS_H = (1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 48.0, 72.0, 168.0)
SAME_TIME = "all answers took the same time"


@dataclass(frozen=True)
class SpeedCurve:
    """How the hazard after an answer goes with the hours waited for it.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``promise_hazard_ratio``: later than the promise relative to within.
    curve : DataFrame
        ``hours, hazard_ratio, ci_low, ci_high``, relative to ``reference_h``; empty where not estimable.
    thresholds : DataFrame
        ``threshold_h, n_within, n_later, statistic, p_value``: a jump there beside the smooth curve, each as if it
        were the only one looked at.
    reference_h : float or None
        Median hours waited.
    p_curved : float or None
        That the curve is no straight line on the log–log scale.
    p_threshold : float or None
        That there is no jump at any threshold: corrected for having looked at all.
    reason : str
        Why there is no curve; empty where there is.
    """

    estimates: tuple[Estimate, ...]
    curve: pd.DataFrame
    thresholds: pd.DataFrame
    reference_h: float | None
    p_curved: float | None
    p_threshold: float | None
    reason: str = ""


def after_answer(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str,
    stated: str | None = None,
    linked: Link | None = None,
) -> tuple[Link, np.ndarray, str]:
    """Return the answered episodes from their answer on, the hours waited, and why nothing can be said of them."""
    linked = linked or link(cases, outcomes, outcome)
    every = linked.episodes
    kept = every[np.isfinite(every["answer"]) & (every["exit"] > every["answer"])]
    if stated is not None:
        kept = kept[kept[stated].isin(["True", "False"])]
    kept = kept.assign(entry=np.maximum(kept["entry"], kept["answer"]))
    kept = kept[kept["exit"] > kept["entry"]].reset_index(drop=True)
    narrowed = replace(linked, episodes=kept)
    hours = np.maximum(kept["answer"].to_numpy() * 24, 1 / 60)  # an answer within the minute counts as a minute
    reason = refusal(narrowed, outcome)
    if not reason and len(np.unique(hours)) < 2:
        reason = SAME_TIME
    return narrowed, hours, reason


def speed_effect(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str = "churn",
    interval: str | float = "month",
    level: float = 0.95,
    linked: Link | None = None,
) -> Estimate:
    """Estimate the hazard ratio of leaving for each doubling of the response time, among the answered.

    Follow-up starts at the answer, so that nobody is credited with time before it.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract.
    outcome, interval, level
        As in :func:`scsr.analysis.loyalty.loyalty_on_response`.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    Estimate
        ``speed_hazard_ratio``; above 1 where slower answers go with more leaving.

    Raises
    ------
    EstimationError
        As :func:`scsr.analysis.loyalty.loyalty_on_response`.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=3, scale=0.2, text=False)
    >>> speed_effect(market.cases, market.outcomes).name
    'speed_hazard_ratio'
    """
    check_level(level)
    linked, hours, reason = after_answer(cases, outcomes, outcome, linked=linked)
    kept, estimand = linked.episodes, SPEED.format(outcome)
    n = int(kept["customer"].nunique())
    if reason:
        return not_estimable("speed_hazard_ratio", estimand, "ratio", reason, n=n, method=METHOD, level=level)
    pieces = split(kept, grid(interval, float(kept["exit"].max())))
    fit = fit_hazard(kept, pieces, np.log2(hours)[pieces["row"]], "doubling of hours")
    return ratio_estimate("speed_hazard_ratio", estimand, fit, n, level, linked.notes)


def speed_by_urgency(
    cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str = "churn", level: float = 0.95, linked: Link | None = None
) -> tuple[Estimate, ...]:
    """Estimate whether slowness goes with more leaving in urgent matters than in others.

    Among answered cases whose source says whether they were urgent.

    Parameters
    ----------
    cases, outcomes, outcome, level
        As in :func:`speed_effect`.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    tuple of Estimate
        ``speed_hazard_ratio`` of urgent and of other matters, and ``urgent_speed_interaction``, their ratio.

    Raises
    ------
    EstimationError
        As :func:`scsr.analysis.loyalty.loyalty_on_response`.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=3, scale=0.3, text=False)
    >>> [one.name for one in speed_by_urgency(market.cases, market.outcomes)]
    ['speed_hazard_ratio', 'speed_hazard_ratio', 'urgent_speed_interaction']
    """
    check_level(level)
    linked, hours, reason = after_answer(cases, outcomes, outcome, "urgent", linked)
    kept, n = linked.episodes, int(linked.episodes["customer"].nunique())
    urgent = kept["urgent"].eq("True").to_numpy(bool)
    event = kept["event"].to_numpy(bool)
    if not reason and min(event[urgent].sum(), event[~urgent].sum()) < MIN_EVENTS:
        reason = f"fewer than {MIN_EVENTS} events among the urgent or among the other matters"
    if not reason and min(len(np.unique(hours[side])) for side in (urgent, ~urgent)) < 2:
        reason = SAME_TIME
    parts: tuple[tuple[str, str, dict[str, str], tuple[float, ...]], ...] = (
        ("speed_hazard_ratio", SPEED, {"urgent": "urgent"}, (1.0, 1.0)),
        ("speed_hazard_ratio", SPEED, {"urgent": "not urgent"}, (1.0, 0.0)),
        ("urgent_speed_interaction", URGENT, {}, (0.0, 1.0)),
    )
    if reason:
        return tuple(
            not_estimable(name, words.format(outcome), "ratio", reason, n=n, method=METHOD, by=by, level=level)
            for name, words, by, _ in parts
        )
    pieces = split(kept, grid("month", float(kept["exit"].max())))
    doublings = np.log2(hours) - np.log2(hours).mean()
    exposure = np.column_stack([doublings, doublings * urgent])[pieces["row"]]
    fit = fit_hazard(kept, pieces, exposure, [("doubling of hours", ""), ("doubling of hours, urgent", "")])
    return tuple(
        ratio_estimate(name, words.format(outcome), fit, n, level, linked.notes, contrast, by)
        for name, words, by, contrast in parts
    )


def speed_curve(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str = "churn",
    promise_h: float = 24.0,
    thresholds_h: Sequence[float] = THRESHOLDS_H,
    level: float = 0.95,
    linked: Link | None = None,
    n_draws: int = 2000,
    seed: int = 0,
) -> SpeedCurve:
    """Estimate the hazard after an answer as a smooth curve of the hours waited, and look for a jump in it.

    The curve is a natural cubic spline with four knots on the logarithm of the hours. A jump at each threshold is
    tested by its score beside that curve; because several are looked at, the largest is held against what the largest
    would be by chance, drawn with random signs and sizes of each cluster's own contribution. One threshold stated
    beforehand, the promise, has a hazard ratio of its own.

    Parameters
    ----------
    cases, outcomes, outcome, level
        As in :func:`speed_effect`.
    promise_h : float
        Hours promised; above 0.
    thresholds_h : sequence of float
        Hours to look at; those with under 5 % of the answers on a side are passed over.
    n_draws : int
        Draws of the reference distribution; at least 100.
    seed : int
        Of the draws.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    SpeedCurve

    Raises
    ------
    EstimationError
        As :func:`scsr.analysis.loyalty.loyalty_on_response`; on hours or draws out of range.

    References
    ----------
    Davies, R. B. (1987). Hypothesis testing when a nuisance parameter is present only under the alternative.
    *Biometrika* 74, 33–43. Hansen, B. E. (1996). Inference when a nuisance parameter is not identified under the null
    hypothesis. *Econometrica* 64, 413–430 (the simulated distribution of the supremum).

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=3, scale=0.3, text=False)
    >>> found = speed_curve(market.cases, market.outcomes, n_draws=200)
    >>> bool(0 <= found.p_threshold <= 1)
    True
    """
    check_level(level)
    if not promise_h > 0 or not all(hour > 0 for hour in thresholds_h) or n_draws < 100:
        raise EstimationError(
            f"promise_h {promise_h!r} and thresholds_h {tuple(thresholds_h)!r} must be above 0 and n_draws {n_draws!r} "
            "at least 100"
        )
    linked, hours, reason = after_answer(cases, outcomes, outcome, linked=linked)
    promise = promise_ratio(linked, hours, reason, outcome, promise_h, level)
    knots = np.unique(np.quantile(np.log2(hours), [0.05, 0.35, 0.65, 0.95])) if len(hours) else np.empty(0)
    if not reason and len(knots) < 3:
        reason = "nearly all answers took the same time"
    if reason:
        return SpeedCurve((promise,), no_curve(), no_thresholds(), None, None, None, reason)
    kept = linked.episodes
    pieces = split(kept, grid("month", float(kept["exit"].max())))
    row = pieces["row"].to_numpy()
    basis = natural_spline(np.log2(hours), knots)
    k = basis.shape[1]
    names = [("hours, spline", str(i)) for i in range(k)]
    fit = fit_hazard(kept, pieces, (basis - basis.mean(axis=0))[row], names)
    if not np.isfinite(fit.errors).all():
        return SpeedCurve((promise,), no_curve(), no_thresholds(), None, None, None, "the fit does not converge")
    reference = float(np.median(hours))
    table = thresholds(kept, pieces, hours, basis, thresholds_h, n_draws, seed)
    return SpeedCurve(
        (promise,),
        draw_curve(fit.coefficients[:k], fit.covariance[:k, :k], hours, knots, reference, level),
        table.drop(columns="p_corrected"),
        reference,
        wald(fit.coefficients[1:k], fit.covariance[1:k, 1:k]),
        float(table["p_corrected"].min()) if len(table) else None,
    )


def promise_ratio(
    linked: Link, hours: np.ndarray, reason: str, outcome: str, promise_h: float, level: float
) -> Estimate:
    """Return the hazard ratio of answers later than the promise against those within."""
    kept, estimand = linked.episodes, PROMISE.format(outcome, promise_h)
    n, late = int(kept["customer"].nunique()), hours > promise_h
    event = kept["event"].to_numpy(bool)
    if not reason and min(event[late].sum(), event[~late].sum()) < MIN_EVENTS:
        reason = f"fewer than {MIN_EVENTS} events after answers within {promise_h:g} h or after later ones"
    if reason:
        return not_estimable("promise_hazard_ratio", estimand, "ratio", reason, n=n, method=METHOD, level=level)
    pieces = split(kept, grid("month", float(kept["exit"].max())))
    fit = fit_hazard(kept, pieces, late[pieces["row"]], "later than promised")
    return ratio_estimate("promise_hazard_ratio", estimand, fit, n, level, linked.notes)


def no_curve() -> pd.DataFrame:
    """Return a curve without points."""
    return pd.DataFrame({name: pd.Series(dtype=float) for name in ("hours", "hazard_ratio", "ci_low", "ci_high")})


def draw_curve(
    coefficients: np.ndarray, covariance: np.ndarray, hours: np.ndarray, knots: np.ndarray, reference: float, level: float
) -> pd.DataFrame:  # fmt: skip
    """Return the hazard ratio against the reference over the middle 95 % of the hours, with a pointwise band."""
    from scipy.stats import norm

    low, high = np.quantile(np.log2(hours), [0.025, 0.975])
    at = np.linspace(low, high, 60)
    away = natural_spline(at, knots) - natural_spline(np.array([np.log2(reference)]), knots)
    log_ratio = away @ coefficients
    half = norm.ppf(0.5 + level / 2) * np.sqrt(np.einsum("ij,jk,ik->i", away, covariance, away))
    return pd.DataFrame(
        {
            "hours": 2**at,
            "hazard_ratio": np.exp(log_ratio),
            "ci_low": np.exp(log_ratio - half),
            "ci_high": np.exp(log_ratio + half),
        }
    )


def wald(coefficients: np.ndarray, covariance: np.ndarray) -> float:
    """Return the p-value that all coefficients are 0."""
    from scipy.stats import chi2

    return float(chi2.sf(coefficients @ np.linalg.solve(covariance, coefficients), len(coefficients)))
