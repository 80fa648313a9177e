"""Who leaves, when, and how satisfied the others say they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scsr.analysis.simulate.openings import expected_complaints
from scsr.analysis.simulate.parameters import COUNTRIES, FIRMS, Parameters

__all__ = ["draw_churn", "draw_outcomes"]

DAYS_A_MONTH = 30.4375


def failure_knots(p: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Return days since the failure and the cumulative hazard there, for a unit hazard a day."""
    days, cumulative = [0.0], [0.0]
    for until, ratio in p.failure_hazard_ratio:
        end = min(until, 1e5)
        cumulative.append(cumulative[-1] + (end - days[-1]) * ratio)
        days.append(end)
    return np.array(days), np.array(cumulative)


def time_to_churn(
    multiplier: np.ndarray, answer_day: np.ndarray, ratio: np.ndarray, p: Parameters, rng: np.random.Generator
) -> np.ndarray:
    """Draw days from the failure to churn, by inverting the cumulative hazard.

    Parameters
    ----------
    multiplier : array
        Hazard a day of each person, without the shape after a failure.
    answer_day : array
        Day of the answer since the failure; infinite where none comes.
    ratio : array
        Hazard ratio from the answer on.
    """
    days, cumulative = failure_knots(p)
    goal = rng.exponential(size=len(multiplier)) / multiplier
    before = np.interp(answer_day, days, cumulative)
    total = np.where(goal <= before, goal, before + (goal - before) / ratio)
    return np.where(total >= cumulative[-1], np.inf, np.interp(total, cumulative, days))


def daily_hazard(cases: pd.DataFrame, p: Parameters) -> np.ndarray:
    """Return the hazard a day of each case's customer, without the shape after a failure."""
    firm = np.array([p.churn_hazard_month[f.name] for f in FIRMS])[cases["firm"]] / DAYS_A_MONTH
    step = cases["severity"].fillna(3).to_numpy(float) - 3
    urgent = cases["urgent"].fillna(False).to_numpy(bool)
    return firm * p.churn_hazard_ratio_severity**step * np.where(urgent, p.churn_hazard_ratio_urgent, 1.0)


def draw_churn(cases: pd.DataFrame, p: Parameters, rng: np.random.Generator) -> None:
    """Draw when the customer of each case leaves, and hand cases of customers who had left to newcomers.

    A later case of the same customer starts the clock anew. Sets ``churn_minute`` (since the start; infinite
    where the customer opens another case or stays) and may change ``customer`` and ``response_minutes``.
    """
    customer = cases["customer"].to_numpy().copy()
    minute = cases["minute"].to_numpy(float)
    ratio = p.loyalty_hazard_ratio * p.speed_hazard_ratio ** cases["doublings"].to_numpy()
    days = time_to_churn(daily_hazard(cases, p), cases["response_minutes"].to_numpy() / 1440, ratio, p, rng)
    churn = minute + np.maximum(1.0, np.round(days * 1440))
    last: dict[int, int] = {}
    owner: dict[int, int] = {}
    for here in np.flatnonzero(cases["customer"].duplicated(keep=False)):  # in order of time
        person = owner.get(int(customer[here]), int(customer[here]))
        if person in last and churn[last[person]] < minute[here]:
            person = int(here)  # has left and cannot write: the case belongs to a newcomer, named after it
        owner[int(customer[here])] = person
        if person in last:
            churn[last[person]] = np.inf
        last[person] = int(here)
        customer[here] = person
    cases["customer"] = customer
    cases["churn_minute"] = churn
    late = minute + cases["response_minutes"].to_numpy() > churn
    dropped = late & (rng.random(len(cases)) >= p.answered_after_churn)
    cases.loc[dropped, "response_minutes"] = np.inf


def draw_outcomes(
    p: Parameters,
    scale: float,
    cases: pd.DataFrame,
    exposure: pd.DataFrame,
    end: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw churn and satisfaction of customers with and without a case.

    Parameters
    ----------
    end : float
        End of observation, minutes since the start.

    Returns
    -------
    DataFrame
        ``customer`` (str), ``firm, country, outcome, value``; minutes ``at, observed_from, observed_until``.
    """
    last = cases.groupby("customer", sort=True).tail(1).sort_values("customer")
    first = cases.groupby("customer", sort=True)["minute"].min()
    since = np.floor(first.to_numpy() * rng.random(len(first)))
    left = last["churn_minute"].to_numpy() <= end
    with_case = pd.DataFrame(
        {
            "customer": [f"c{c}" for c in last["customer"]],
            "firm": last["firm"].to_numpy(),
            "country": last["country"].to_numpy(),
            "outcome": "churn",
            "value": left.astype(float),
            "at": np.where(left, last["churn_minute"], np.nan),
            "observed_from": since,
            "observed_until": end,
        }
    )
    without = draw_without_case(p, scale, exposure, end, rng)
    return pd.concat([with_case, without, draw_csat(p, cases, without, end, rng)], ignore_index=True)


def draw_without_case(
    p: Parameters, scale: float, exposure: pd.DataFrame, end: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw churn of customers who never wrote, some of them after a failure that they kept silent about."""
    n = round(p.n_without_case * scale)
    cells = exposure[exposure["month"] == 0]
    weight = cells["n_exposed"].to_numpy()
    row = rng.choice(len(cells), n, p=weight / weight.sum())
    firm, country = cells["firm"].to_numpy()[row], cells["country"].to_numpy()[row]
    since = np.floor(rng.random(n) * 0.6 * end)
    hazard = np.array([p.churn_hazard_month[f.name] for f in FIRMS])[firm] / DAYS_A_MONTH
    plain = rng.exponential(size=n) / hazard
    failed = time_to_silent_failure(p, exposure, firm, country, rng)
    after = time_to_churn(hazard, np.full(n, np.inf), np.ones(n), p, rng)
    days = np.where(plain < failed, plain, failed + after)
    at = since + np.maximum(1.0, np.round(days * 1440))
    left = at <= end
    return pd.DataFrame(
        {
            "customer": [f"q{i}" for i in range(n)],
            "firm": firm,
            "country": country,
            "outcome": "churn",
            "value": left.astype(float),
            "at": np.where(left, at, np.nan),
            "observed_from": since,
            "observed_until": end,
        }
    )


def time_to_silent_failure(
    p: Parameters, exposure: pd.DataFrame, firm: np.ndarray, country: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw days to a failure that is not complained about."""
    cell = exposure["firm"].to_numpy() * len(COUNTRIES) + exposure["country"].to_numpy()
    complaints = np.bincount(cell, expected_complaints(p, exposure))
    months = np.bincount(cell, exposure["n_exposed"])
    silent = (1 - p.share_that_complains) / p.share_that_complains
    rate = (complaints / months * silent / DAYS_A_MONTH)[firm * len(COUNTRIES) + country]
    return rng.exponential(size=len(firm)) / np.maximum(rate, 1e-12)


def draw_csat(
    p: Parameters, cases: pd.DataFrame, without: pd.DataFrame, end: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the survey: after a case one week after its answer, without a case at some time."""
    asked = cases[rng.random(len(cases)) < p.csat_response_share]
    answered = np.isfinite(asked["response_minutes"].to_numpy())
    mean = np.where(answered, p.csat_answered + p.csat_per_doubling * asked["doublings"], p.csat_unanswered)
    wait = np.where(answered, asked["response_minutes"], 0) + 7 * 1440
    other = without[rng.random(len(without)) < p.csat_response_share]
    at = np.concatenate(
        [
            asked["minute"] + wait,
            other["observed_from"] + np.floor(rng.random(len(other)) * (end - other["observed_from"])),
        ]
    )
    mean = np.concatenate([mean, np.full(len(other), p.csat_no_failure)])
    rows = pd.DataFrame(
        {
            "customer": [f"c{c}" for c in asked["customer"]] + list(other["customer"]),
            "firm": np.concatenate([asked["firm"], other["firm"]]),
            "country": np.concatenate([asked["country"], other["country"]]),
            "outcome": "csat",
            "value": np.clip(np.round(rng.normal(mean, 1.0)), 1, 5),
            "at": at,
            "observed_from": np.concatenate([asked["minute"], other["observed_from"]]).astype(float),
            "observed_until": end,
        }
    )
    gone = np.concatenate([asked["churn_minute"], other["at"].fillna(np.inf)])
    return rows[(at <= end) & (at < gone)]
