"""Who writes to whom, when, where and about what: exposure and the openings of the cases."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from scsr.analysis.simulate.parameters import COUNTRIES, FIRMS, TOPICS, Parameters

__all__ = ["draw_exposure", "draw_openings", "log_logistic"]

PUBLIC = ("facebook", "twitter", "forum", "review")


def draw_exposure(p: Parameters, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the customers of each firm, country and month.

    Returns
    -------
    DataFrame
        One row for each cell: ``firm, country, month`` (indices), ``period_start, period_end, n_exposed``.
    """
    starts = pd.date_range(p.start, periods=p.n_months + 1, freq="MS", tz="UTC")
    firm, country, month = (
        axis.ravel() for axis in np.meshgrid(range(len(FIRMS)), range(len(COUNTRIES)), range(p.n_months), indexing="ij")
    )
    size = np.array([f.size for f in FIRMS])[firm] * np.array([p.n_customers[c] for c in COUNTRIES])[country]
    level = size * scale * (1 + p.customer_growth) ** month * np.exp(rng.normal(0, 0.01, len(month)))
    return pd.DataFrame(
        {
            "firm": firm,
            "country": country,
            "month": month,
            "period_start": starts[month],
            "period_end": starts[month + 1],
            "n_exposed": np.maximum(1, np.round(level)),
        }
    )


def season(p: Parameters, month: np.ndarray) -> np.ndarray:
    """Return the seasonal ratio of each month index, with mean 1 over a year."""
    calendar = np.arange(12) + pd.Timestamp(p.start).month
    wave = np.exp(p.season_amplitude * np.cos(2 * np.pi * (calendar - p.season_peak_month) / 12))
    return (wave / wave.mean())[month % 12]


def expected_complaints(p: Parameters, exposure: pd.DataFrame) -> np.ndarray:
    """Return the expected number of complaints of each cell."""
    rate = np.array([p.complaint_rate[f.name] for f in FIRMS])[exposure["firm"]]
    country = np.array([p.country_rate_ratio[c] for c in COUNTRIES])[exposure["country"]]
    return np.asarray(exposure["n_exposed"] / 1000 * rate * country * season(p, exposure["month"].to_numpy()))


def draw_openings(p: Parameters, scale: float, exposure: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the openings of all cases in order of time, with their covariates and a customer each.

    Returns
    -------
    DataFrame
        ``firm, country`` (indices), ``minute`` (since the start), ``kind, channel, topic, severity, urgent,
        valence, surge, language, customer`` (index of a person).
    """
    mean = expected_complaints(p, exposure)
    frailty = rng.gamma(1 / p.complaint_dispersion, p.complaint_dispersion, len(mean))
    per_thousand = exposure["n_exposed"].to_numpy() / 1000
    counts = {
        "complaint": rng.poisson(mean * frailty),
        "question": rng.poisson(per_thousand * p.question_rate),
        "post": rng.poisson(per_thousand * p.praise_rate),
        "review": rng.poisson(per_thousand * p.review_rate),
    }
    blocks = [draw_block(exposure, kind, count, p, rng) for kind, count in counts.items()]
    blocks.append(draw_surges(p, scale, rng))
    cases = pd.concat(blocks, ignore_index=True)
    cases = cases.sort_values(["minute", "firm", "country", "kind"], kind="stable", ignore_index=True)
    add_matter(cases, p, rng)
    cases["customer"] = draw_customers(cases, p, rng)
    cases["language"] = draw_language(cases, p, rng)
    return cases


def minute_of_day(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw minutes of the day (UTC), most in the afternoon."""
    return np.floor(np.clip(rng.normal(14, 4.5, n), 0, 23.99) * 60).astype(np.int64)


def draw_block(
    exposure: pd.DataFrame, kind: str, count: np.ndarray, p: Parameters, rng: np.random.Generator
) -> pd.DataFrame:
    """Spread the openings of one kind over the days of their months."""
    row = np.repeat(np.arange(len(exposure)), count)
    first = (exposure["period_start"] - pd.Timestamp(p.start, tz="UTC")).dt.days.to_numpy()[row]
    length = (exposure["period_end"] - exposure["period_start"]).dt.days.to_numpy()[row]
    day = first + np.floor(rng.random(len(row)) * length).astype(np.int64)
    return pd.DataFrame(
        {
            "firm": exposure["firm"].to_numpy()[row],
            "country": exposure["country"].to_numpy()[row],
            "minute": day * 1440 + minute_of_day(len(row), rng),
            "kind": kind,
            "surge": False,
        }
    )


def draw_surges(p: Parameters, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Draw days on which one firm in one country gets a wave of questions."""
    last = (pd.Timestamp(p.start) + pd.DateOffset(months=p.n_months) - pd.Timestamp(p.start)).days
    size = rng.poisson(p.surge_size * scale, p.n_surges)
    firm, country = rng.integers(len(FIRMS), size=p.n_surges), rng.integers(len(COUNTRIES), size=p.n_surges)
    day = rng.choice(last, p.n_surges, replace=False)
    return pd.DataFrame(
        {
            "firm": np.repeat(firm, size),
            "country": np.repeat(country, size),
            "minute": np.repeat(day, size) * 1440 + minute_of_day(int(size.sum()), rng),
            "kind": "question",
            "surge": True,
        }
    )


def choose(options: list[str], weights: list[float], n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw options with weights, as an object array."""
    share = np.array(weights, dtype=float)
    return np.array(options, dtype=object)[rng.choice(len(options), n, p=share / share.sum())]


def add_matter(cases: pd.DataFrame, p: Parameters, rng: np.random.Generator) -> None:
    """Draw channel, topic, severity, urgency and valence."""
    n = len(cases)
    channel = np.empty(n, dtype=object)
    sectors = np.array([f.sector for f in FIRMS])[cases["firm"]]
    for sector in sorted(p.channel_mix):
        here = sectors == sector
        mix = p.channel_mix[sector]
        channel[here] = choose(list(mix), list(mix.values()), int(here.sum()), rng)
    channel[cases["kind"] == "review"] = "review"
    channel[((cases["kind"] != "complaint") & (channel == "authority")).to_numpy()] = "email"
    complaint = (cases["kind"] == "complaint").to_numpy()
    topic = choose(list(TOPICS), [1.0] * len(TOPICS), n, rng)
    urgent = rng.random(n) < np.array([p.urgent_share[t] for t in topic], dtype=float)
    severity = 1 + rng.choice(5, n, p=np.array(p.severity_mix) / sum(p.severity_mix))
    severity = np.minimum(5, severity + (urgent & (rng.random(n) < 0.5)))
    negative_review = rng.random(n) < p.review_negative_share
    cases["channel"] = channel
    cases["topic"] = pd.Series(topic).where(complaint)
    cases["urgent"] = pd.Series(urgent, dtype="boolean").where(complaint)
    cases["severity"] = pd.Series(severity, dtype="Int64").where(complaint)
    review = np.where(negative_review, "negative", "positive")
    stated = {"complaint": "negative", "post": "positive", "question": "neutral"}
    cases["valence"] = np.where(cases["kind"] == "review", review, cases["kind"].map(stated))


def draw_customers(cases: pd.DataFrame, p: Parameters, rng: np.random.Generator) -> np.ndarray:
    """Draw who writes: a newcomer or, with ``repeat_share``, one who has written to the firm before."""
    n = len(cases)
    cell = (cases["firm"] * len(COUNTRIES) + cases["country"]).to_numpy()
    order = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[order], cell[order])
    rank = np.arange(n) - first
    again = (rng.random(n) < p.repeat_share) & (rank > 0)
    again &= ~cases["surge"].to_numpy()[order]
    pointer = np.where(again, first + np.floor(rng.random(n) * rank).astype(np.int64), np.arange(n))
    while True:  # follow each pointer to the customer's first case; halves the way each time
        further = pointer[pointer]
        if np.array_equal(further, pointer):
            break
        pointer = further
    customer = np.empty(n, dtype=np.int64)
    customer[order] = order[pointer]
    return customer


def draw_language(cases: pd.DataFrame, p: Parameters, rng: np.random.Generator) -> np.ndarray:
    """Return the language of each case: of the customer, who does not change it."""
    nynorsk = rng.random(len(cases)) < p.nynorsk_share
    country = np.array(COUNTRIES, dtype=object)[cases["country"]]
    norwegian = np.where(nynorsk[cases["customer"]], "nn", "nb")
    return np.where(country == "NO", norwegian, np.where(country == "IS", "is", "sv"))


def log_logistic(median: np.ndarray, shape: float, rng: np.random.Generator) -> np.ndarray:
    """Draw log-logistic times with given medians."""
    u = rng.random(len(median))
    return median * (u / (1 - u)) ** (1 / shape)


def expit_shift(share: np.ndarray, odds_ratio: np.ndarray) -> np.ndarray:
    """Shift probabilities by an odds ratio."""
    odds = share / (1 - share) * odds_ratio
    return odds / (1 + odds)


def response_median_h(cases: pd.DataFrame, p: Parameters) -> np.ndarray:
    """Return the median hours to the first answer of each case, among those that get one."""
    firm = np.array([p.first_response_median_h[f.name] for f in FIRMS])[cases["firm"]]
    channel = cases["channel"].map(p.channel_response_ratio).to_numpy(float)
    urgent = cases["urgent"].fillna(False).to_numpy(bool)
    step = cases["severity"].fillna(3).to_numpy(float) - 3
    ratio = np.where(urgent, p.urgent_response_ratio, 1.0) * p.severity_response_ratio**step
    return firm * channel * ratio * np.where(cases["surge"], p.surge_delay_ratio, 1.0)


def answer_probability(cases: pd.DataFrame, p: Parameters) -> np.ndarray:
    """Return the probability of each case of ever being answered."""
    share = cases["channel"].map(p.answered_share).to_numpy(float)
    odds = np.array([p.firm_answered_odds_ratio[f.name] for f in FIRMS])[cases["firm"]]
    return expit_shift(share, odds)


def add_responses(cases: pd.DataFrame, p: Parameters, rng: np.random.Generator) -> None:
    """Draw the minutes to the first answer (infinite where none ever comes) and who answers."""
    n = len(cases)
    median = response_median_h(cases, p)
    hours = log_logistic(median, p.response_shape, rng)
    minutes = np.maximum(1.0, np.round(hours * 60))
    minutes[rng.random(n) >= answer_probability(cases, p)] = math.inf
    cases["doublings"] = np.log2(hours / median)
    cases["response_minutes"] = minutes
    cases["answered_by"] = np.where(rng.random(n) < p.employee_share, "employee", "firm")
