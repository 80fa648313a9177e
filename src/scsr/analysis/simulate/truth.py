"""What the analyses should find in a simulated market, worked out from its parameters."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.simulate.answers import reproduction_with_answers
from scsr.analysis.simulate.cascades import draw_answer_delays
from scsr.analysis.simulate.openings import expected_complaints, response_median_h
from scsr.analysis.simulate.parameters import COUNTRIES, FIRMS, Parameters

__all__ = ["truth"]


def truth(
    seed: int,
    scale: float,
    p: Parameters,
    cases: pd.DataFrame,
    exposure: pd.DataFrame,
    outcomes: pd.DataFrame,
    n_utterances: int,
    cascade_counts: dict[str, float],
    end: float,
) -> dict[str, Any]:
    """Return parameters, expected values under their estimates' names, and realised counts, as plain data."""
    return {
        "seed": seed,
        "scale": scale,
        "parameters": plain(asdict(p)),
        "expected": expected(p, cases, exposure, end),
        "realised": realised(p, cases, exposure, outcomes, n_utterances, cascade_counts, end),
    }


def plain(value: Any) -> Any:
    """Return data that JSON can hold; infinity becomes null."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, float) and np.isinf(value):
        return None
    return value.item() if hasattr(value, "item") else value


def median_response_h(median: np.ndarray, probability: np.ndarray, shape: float) -> float | None:
    """Return the hours by which half of the cases are expected to be answered; None where they never are."""
    if not len(median) or probability.mean() < 0.5:
        return None
    low, high = 1e-4, 1e7
    for _ in range(80):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if answered_by(middle, median, probability, shape) < 0.5 else (low, middle)
    return float(np.sqrt(low * high))


def answered_by(hours: Any, median: np.ndarray, probability: np.ndarray, shape: float) -> float:
    """Return the expected share of cases answered within some hours (one number, or one for each case)."""
    ratio = (hours / median) ** shape
    return float((probability * ratio / (1 + ratio)).mean())


def expected(p: Parameters, cases: pd.DataFrame, exposure: pd.DataFrame, end: float) -> dict[str, Any]:
    """Work out expected values, given the cases' covariates where they are mixtures over them.

    The answers to customers who have left are counted in: with ``answered_after_churn`` below 1 the median
    and the kept share are of the firm's intent.
    """
    median, probability = response_median_h(cases, p), cases["expected_answer"].to_numpy()
    wait_h = (end - cases["minute"].to_numpy()) / 60
    found: dict[str, Any] = {
        "complaint_rate": float(expected_complaints(p, exposure).sum() / exposure["n_exposed"].sum() * 1000),
        "complaint_rate_ratio": {f.name: p.complaint_rate[f.name] / p.complaint_rate[FIRMS[0].name] for f in FIRMS},
        "first_response_median_h": median_response_h(median, probability, p.response_shape),
        "loyalty_hazard_ratio": p.loyalty_hazard_ratio,
        "speed_hazard_ratio": p.speed_hazard_ratio,
        "share_that_complains": p.share_that_complains,
        "reproduction_number": with_answers(p),
        "answer_hazard_ratio": p.answer_hazard_ratio,
        "answer_delay_median_h": p.cascade_answer_median_h,
    }
    if len(cases):
        found["promise_kept_share"] = answered_by(24.0, median, probability, p.response_shape)
        found["answered_share"] = answered_by(wait_h, median, probability, p.response_shape)
    by_firm = {}
    for index, firm in enumerate(FIRMS):
        mine = (cases["firm"] == index).to_numpy()
        by_firm[firm.name] = median_response_h(median[mine], probability[mine], p.response_shape)
    found["first_response_median_h_by_company"] = by_firm
    return found


def with_answers(p: Parameters, n: int = 20_000) -> dict[str, float]:
    """Return the reproduction number by valence, of all cascades together: the firm answers some negative ones."""
    rng = np.random.default_rng(0)
    hours = draw_answer_delays(p, np.full(n, "negative"), rng)
    made = dict(p.reproduction_number)
    # generations beyond these hold less than a ten-thousandth of the shares
    generations = int(np.ceil(np.log(1e-4) / np.log(max(made["negative"], 0.1))))
    delays = p.reshare_delay_median_h * np.exp(p.reshare_delay_sigma * rng.normal(size=(n, generations)))
    mean = reproduction_with_answers(made["negative"], p.answer_hazard_ratio, hours, delays)
    return made | {"negative": round(mean, 3)}


def realised(
    p: Parameters,
    cases: pd.DataFrame,
    exposure: pd.DataFrame,
    outcomes: pd.DataFrame,
    n_utterances: int,
    cascade_counts: dict[str, float],
    end: float,
) -> dict[str, Any]:
    """Count what was drawn."""
    complaints = cases[cases["kind"] == "complaint"]
    churned = outcomes[(outcomes["outcome"] == "churn") & (outcomes["value"] == 1)]
    surges = cases[cases["surge"]]
    days = (surges["minute"] // 1440).astype(int)
    names = np.array([f.name for f in FIRMS], dtype=object)
    where = zip(days, surges["firm"], surges["country"], strict=True)
    surge_days = sorted({(int(day), str(names[firm]), COUNTRIES[country]) for day, firm, country in where})
    start = pd.Timestamp(p.start)
    return {
        "n_cases": len(cases),
        "n_utterances": n_utterances,
        "n_complaints": len(complaints),
        "n_complainers": int(complaints["customer"].nunique()),
        "n_customers_with_case": int(cases["customer"].nunique()),
        "n_customer_months": float(exposure["n_exposed"].sum()),
        "n_answered": int((cases["minute"] + cases["response_minutes"] <= end).sum()),
        "n_churned": len(churned),
        "surges": [
            {"day": str((start + pd.Timedelta(days=day)).date()), "company": firm, "country": country}
            for day, firm, country in surge_days
        ],
        **cascade_counts,
    }
