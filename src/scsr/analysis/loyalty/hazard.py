"""Loyalty on response: the hazard of leaving after an answer against before it.

Target trial: at the opening of a case, answer it or leave it; follow the customer until churn. The data are
observational, so the answer is entered at the time at which it came (no time is credited to an answer before
there was one), and severity, urgency, channel and firm are adjusted for. What remains is an association.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level
from scsr.analysis.loyalty.episodes import MONTH, Link, grid, link, split
from scsr.analysis.loyalty.fit import MIN_EVENTS, Fit, fit_hazard
from scsr.errors import EstimationError

__all__ = ["ASSUMPTIONS", "METHOD", "LoyaltyModel", "loyalty_on_response", "ratio_estimate", "refusal"]

TIMED = ("churn", "repurchase", "recontact", "visit")
METHOD = (
    "hazard constant within periods, as a Poisson model of events per time at risk (Friedman 1982); "
    "sandwich variance clustered by customer, by firm where there are 40 or more"
)
ASSUMPTIONS = (
    "an association: firms choose what to answer; what they saw beyond severity, urgency, channel and firm is "
    "not adjusted for",
    "hazards are proportional, and constant within a period",
    "the end of observation and the customer's next case say nothing about the outcome",
)
ESTIMAND = "hazard of {} after the first answer relative to before it or without one (ratio, an association)"
NAIVE = "hazard of {} of ever answered relative to never answered cases: credits the wait to the answer (immortal time)"
LANDMARK = "hazard of {} from day {:g} on, of cases answered by then relative to cases not answered by then"


@dataclass(frozen=True)
class LoyaltyModel:
    """Loyalty on response.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``loyalty_hazard_ratio`` first, then ``_naive`` and ``_landmark``.
    coefficients : DataFrame
        ``term, level, hazard_ratio, ci_low, ci_high`` of the model with the answer in its time; empty where there
        is none.
    periods : DataFrame
        ``day_from, day_to, n_cases`` at risk, ``n_events, share_answered`` of the time at risk,
        ``hazard_month_answered, hazard_month_unanswered`` (raw events per 30.4 days at risk; null where none is).
    n_cases, n_customers, n_events : int
    n_dropped : mapping of str to int
        Cases without follow-up, by reason.
    """

    estimates: tuple[Estimate, ...]
    coefficients: pd.DataFrame
    periods: pd.DataFrame
    n_cases: int
    n_customers: int
    n_events: int
    n_dropped: Mapping[str, int]


def ratio_estimate(
    name: str,
    estimand: str,
    fit: Fit,
    n: int,
    level: float,
    notes: tuple[str, ...] = (),
    contrast: tuple[float, ...] = (1.0,),
    by: Mapping[str, str] | None = None,
    method: str = METHOD,
) -> Estimate:
    """Return the hazard ratio of an exposure, or of a contrast of the first ones, or why there is none."""
    from scipy.stats import norm

    c = np.array(contrast)
    log_ratio = float(c @ fit.coefficients[: len(c)])
    variance = float(c @ fit.covariance[: len(c), : len(c)] @ c)
    error = float(np.sqrt(variance)) if variance >= 0 else float("nan")
    by = by or {}
    if not np.isfinite([log_ratio, error]).all() or abs(log_ratio) > 15 or error > 20 or error == 0:
        reason = "the events separate the groups compared completely"
        return not_estimable(name, estimand, "ratio", reason, n=n, method=method, by=by, level=level)
    half = norm.ppf(0.5 + level / 2) * error
    low, high = np.exp([log_ratio - half, log_ratio + half])
    merged = tuple(f"too few events: {note}" for note in fit.merged)
    assumptions = (*ASSUMPTIONS, *merged, *notes)
    extra = {"log_ratio": log_ratio, "standard_error": error}
    return Estimate(
        name, estimand, "ratio", np.exp(log_ratio), low, high, n, method, by, assumptions, level, extra=extra
    )


def refusal(linked: Link, outcome: str) -> str:
    """Return why no hazard can be estimated from the linked cases; empty where it can."""
    episodes = linked.episodes
    if outcome not in TIMED:
        return f"{outcome} is a score, not an event in time; compare its means by recovery_paradox(outcome={outcome!r})"
    if not len(episodes):
        if linked.no_outcomes:
            return f"these data hold no outcome {outcome!r}"
        return "no case could be linked to an outcome of its customer" + "".join(f"; {note}" for note in linked.notes)
    if not episodes["event"].any():
        return f"none of the {len(episodes):,} linked cases was followed by {outcome}"
    n_events = int(episodes["event"].sum())
    if n_events < MIN_EVENTS:
        return f"only {n_events} of the linked cases were followed by {outcome}; at least {MIN_EVENTS} are needed"
    return ""


def one_sided(pieces: pd.DataFrame, exposure: np.ndarray, what: str = "answered") -> str:
    """Return why an exposure of 0 and 1 has no hazard ratio: one side without time at risk or without events."""
    event = pieces["event"].to_numpy(bool)
    for side, word in ((exposure, what), (~exposure, f"not {what}")):
        if not side.any():
            return f"there is no time at risk {word}"
        if not event[side].any():
            return f"no event fell into the time {word} (separation)"
    return ""


def loyalty_on_response(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str = "churn",
    interval: str | float = "month",
    landmark_days: float = 7.0,
    level: float = 0.95,
    linked: Link | None = None,
) -> LoyaltyModel:
    """Estimate how the hazard of leaving changes with the first answer.

    Cases are linked to outcomes by customer and company. *Answered* switches on when the answer comes. The
    naive comparison (ever answered, as if known at the opening) and a landmark analysis are given beside it.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract.
    outcome : {"churn", "repurchase", "recontact", "visit"}
        What is an event.
    interval : "month" or float
        Periods of the baseline hazard; a number is days. See :func:`scsr.analysis.loyalty.episodes.grid`.
    landmark_days : float
        Days after the opening at which the landmark analysis looks back.
    level : float
        Confidence level.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    LoyaltyModel
        Each estimate marked not estimable, with the reason, where there is no outcome, no link, no event, or
        complete separation.

    Raises
    ------
    EstimationError
        On missing columns, an impossible level, interval or landmark, or times that contradict each other.

    References
    ----------
    Friedman, M. (1982). Piecewise exponential models for survival data with covariates. *Annals of Statistics* 10,
    101–113. Suissa, S. (2008). Immortal time bias in pharmacoepidemiology.
    *American Journal of Epidemiology* 167, 492–499. Anderson, J. R., Cain, K. C. & Gelber, R. D. (1983). Analysis
    of survival by tumor response. *Journal of Clinical Oncology* 1, 710–719 (landmark). Hernán, M. A. & Robins,
    J. M. (2016). Using big data to emulate a target trial. *American Journal of Epidemiology* 183, 758–764.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=3, scale=0.2, text=False)
    >>> model = loyalty_on_response(market.cases, market.outcomes)
    >>> [one.name for one in model.estimates]
    ['loyalty_hazard_ratio', 'loyalty_hazard_ratio_naive', 'loyalty_hazard_ratio_landmark']
    """
    check_level(level)
    if not landmark_days > 0:
        raise EstimationError(f"landmark_days {landmark_days!r} is not above 0")
    linked = linked or link(cases, outcomes, outcome)
    episodes = linked.episodes
    estimands = {
        "loyalty_hazard_ratio": ESTIMAND.format(outcome),
        "loyalty_hazard_ratio_naive": NAIVE.format(outcome),
        "loyalty_hazard_ratio_landmark": LANDMARK.format(outcome, landmark_days),
    }
    n = int(episodes["customer"].nunique())
    reason = refusal(linked, outcome)
    if reason:
        refused = tuple(
            not_estimable(k, v, "ratio", reason, n=n, method=METHOD, level=level) for k, v in estimands.items()
        )
        grid(interval, 1.0)
        return LoyaltyModel(
            refused, no_coefficients(), no_periods(), len(episodes), n, int(episodes["event"].sum()), linked.n_dropped
        )
    ends = grid(interval, float(episodes["exit"].max()))
    pieces = split(episodes, ends)
    found, main = [], None
    for name, estimand in estimands.items():
        kept, parts, exposure = episodes, pieces, pieces["answered"].to_numpy(bool)
        if name.endswith("_naive"):
            exposure = np.isfinite(episodes["answer"].to_numpy())[pieces["row"]]
        elif name.endswith("_landmark"):
            kept = episodes[episodes["exit"] > landmark_days].reset_index(drop=True)
            kept = kept.assign(entry=np.maximum(kept["entry"], landmark_days))
            parts = split(kept, ends)
            exposure = (kept["answer"].to_numpy() <= landmark_days)[parts["row"]]
        reason = one_sided(parts, exposure) or (
            "" if parts["event"].sum() >= MIN_EVENTS else f"fewer than {MIN_EVENTS} events"
        )
        if reason:
            found.append(not_estimable(name, estimand, "ratio", reason, n=n, method=METHOD, level=level))
            continue
        fit = fit_hazard(kept, parts, exposure, "answered")
        main = fit if name == "loyalty_hazard_ratio" else main
        found.append(ratio_estimate(name, estimand, fit, int(kept["customer"].nunique()), level, linked.notes))
    table = coefficient_table(main, level) if main else no_coefficients()
    return LoyaltyModel(
        tuple(found),
        table,
        period_table(pieces, ends),
        len(episodes),
        n,
        int(episodes["event"].sum()),
        linked.n_dropped,
    )


def no_coefficients() -> pd.DataFrame:
    """Return a table of coefficients without rows."""
    return pd.DataFrame({"term": [], "level": [], "hazard_ratio": [], "ci_low": [], "ci_high": []})


def no_periods() -> pd.DataFrame:
    """Return a table of periods without rows."""
    names = [
        "day_from",
        "day_to",
        "n_cases",
        "n_events",
        "share_answered",
        "hazard_month_answered",
        "hazard_month_unanswered",
    ]
    return pd.DataFrame({name: pd.Series(dtype=float) for name in names})


def coefficient_table(fit: Fit, level: float) -> pd.DataFrame:
    """Return hazard ratios with intervals."""
    from scipy.stats import norm

    half = norm.ppf(0.5 + level / 2) * fit.errors
    with np.errstate(over="ignore"):  # an end that is beyond numbers is endless
        ends = [np.exp(fit.coefficients + sign * half) for sign in (0, -1, 1)]
    return pd.DataFrame(
        {
            "term": [term for term, _ in fit.names],
            "level": [value for _, value in fit.names],
            **dict(zip(("hazard_ratio", "ci_low", "ci_high"), ends, strict=True)),
        }
    )


def period_table(pieces: pd.DataFrame, ends: np.ndarray) -> pd.DataFrame:
    """Return risk, events and time answered, by period."""
    length = pieces["stop"] - pieces["start"]
    work = pieces.assign(
        time=length,
        time_answered=length * pieces["answered"],
        event_answered=pieces["event"] & pieces["answered"],
        event=pieces["event"].astype(int),
    )
    table = work.groupby("period").agg(
        n_cases=("row", "nunique"),
        n_events=("event", "sum"),
        time=("time", "sum"),
        time_answered=("time_answered", "sum"),
        event_answered=("event_answered", "sum"),
    )
    starts = np.concatenate([[0.0], ends])
    waiting, other = table["time"] - table["time_answered"], table["n_events"] - table["event_answered"]
    return pd.DataFrame(
        {
            "day_from": starts[table.index],
            "day_to": np.append(ends, np.inf)[table.index],
            "n_cases": table["n_cases"].to_numpy(),
            "n_events": table["n_events"].to_numpy(),
            "share_answered": (table["time_answered"] / table["time"]).to_numpy(),
            "hazard_month_answered": (
                table["event_answered"] / table["time_answered"].where(table["time_answered"] > 0) * MONTH
            ).to_numpy(),
            "hazard_month_unanswered": (other / waiting.where(waiting > 0) * MONTH).to_numpy(),
        }
    )
