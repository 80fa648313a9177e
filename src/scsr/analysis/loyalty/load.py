"""How fast answers come when more write than hands can answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import Waits, check_level, need, sampling_of, tidy, waits
from scsr.analysis.loyalty.curves import crossing, kaplan_meier
from scsr.analysis.loyalty.episodes import covariates, split
from scsr.analysis.loyalty.fit import MIN_EVENTS, fit_hazard
from scsr.analysis.loyalty.hazard import ratio_estimate

__all__ = ["LoadEffect", "wait_by_load"]

NAME = "answer_rate_ratio_load"
ESTIMAND = (
    "rate of being answered for each doubling of the openings per hand on the day of the opening, within firm, channel, "
    "severity and urgency (ratio, an association; below 1 is slower)"
)
METHOD = (
    "rate of answers constant within periods, as a Poisson model of answers per time waited (Friedman 1982); sandwich "
    "variance clustered by firm and day"
)
NOTES = (
    "a hand is a name under which the firm or an employee wrote that day; several people may share one",
    "a day is a UTC day; days on which nobody wrote for the firm count as one hand",
)
EDGES = (0.0, 1.0, 2.0, 4.0, 8.0, np.inf)
ENDS_DAYS = np.array([0.25, 0.5, 1, 2, 4, 8, 12, 24, 48, 72, 168, 336, 720]) / 24


@dataclass(frozen=True)
class LoadEffect:
    """Waits against openings per hand.

    Parameters
    ----------
    estimate : Estimate
        ``answer_rate_ratio_load``.
    table : DataFrame
        ``load_from, load_to`` (openings per hand on the day), ``n_days, n_opened, n_answered, median_wait_h`` (by
        Kaplan–Meier; null where half were never answered).
    """

    estimate: Estimate
    table: pd.DataFrame


def wait_by_load(cases: pd.DataFrame, utterances: pd.DataFrame, level: float = 0.95) -> LoadEffect:
    """Estimate how the rate of being answered goes with the openings per answering hand of the day.

    Parameters
    ----------
    cases, utterances : DataFrame
        Tables of the contract, of the same sources.
    level : float
        Confidence level.

    Returns
    -------
    LoadEffect
        Not estimable where the source was sampled on replies, nobody who answers has a name, or the load never
        differs.

    Raises
    ------
    EstimationError
        On missing columns, a negative wait or an impossible level.

    References
    ----------
    Friedman, M. (1982). *Annals of Statistics* 10, 101–113. Brown, L. et al. (2005). Statistical analysis of
    a telephone call center: a queueing-science perspective. *JASA* 100, 36–50.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=1, scale=0.5, text=False)
    >>> found = wait_by_load(market.cases, market.utterances)
    >>> found.estimate.unit, list(found.table)[:2]
    ('ratio', ['load_from', 'load_to'])
    """
    check_level(level)
    need(cases, ("company", "country"), "cases", "waits by load")
    need(utterances, ("speaker_id", "speaker_role", "company", "country", "published_at"), "utterances", "hands")
    wait, utterances = waits(cases), tidy(utterances, "utterances")
    staff = utterances[
        utterances["speaker_role"].astype("string").isin(["firm", "employee"])
        & utterances["speaker_id"].notna()
        & utterances["published_at"].notna()
    ]
    load, day = openings_per_hand(wait.cases, staff)
    reason = no_load(wait, load, len(staff), sampling_of(cases))
    n = len(pd.unique(day))
    if reason:
        refused = not_estimable(NAME, ESTIMAND, "ratio", reason, n=n, method=METHOD, level=level)
        return LoadEffect(refused, by_load(wait, load, day) if len(staff) else by_load(wait, load[:0], day[:0]))
    episodes = pd.DataFrame(
        {
            "customer": day,
            "entry": 0.0,
            "exit": np.maximum(wait.durations, 1 / 60) / 24,
            "event": wait.event_observed,
            "answer": np.inf,
        }
    ).assign(**covariates(wait.cases))
    longest = float(episodes["exit"].max())
    pieces = split(episodes, np.append(ENDS_DAYS[longest > ENDS_DAYS], longest))
    fit = fit_hazard(episodes, pieces, np.log2(load)[pieces["row"]], "doubling of load")
    made = ratio_estimate(NAME, ESTIMAND, fit, n, level, (*NOTES, *wait.notes), method=METHOD)
    return LoadEffect(made, by_load(wait, load, day))


def openings_per_hand(cases: pd.DataFrame, staff: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return for each case the openings per hand of its firm, country and day, and a name of that day."""

    def where(table: pd.DataFrame, at: str) -> pd.Series:
        place = table[["company", "country"]].astype("string").fillna("")
        return place["company"] + "\x1f" + place["country"] + "\x1f" + table[at].dt.strftime("%Y-%m-%d")

    day = where(cases, "opened_at")
    hands = staff["speaker_id"].groupby(where(staff, "published_at")).nunique()
    load = day.map(day.value_counts()).astype(float) / day.map(hands).astype(float).fillna(1.0)
    return load.to_numpy(float), day.to_numpy(object)


def no_load(wait: Waits, load: np.ndarray, n_staff: int, sampling: str | None) -> str:
    """Return why waits cannot be held against the load; empty where they can."""
    if sampling == "replies":
        return "the source was sampled on having a reply, so that unanswered openings are missing from it"
    if not n_staff:
        return "nobody who writes for a firm has a name in these data"
    if wait.event_observed.sum() < MIN_EVENTS:
        return "; ".join((f"fewer than {MIN_EVENTS} openings were answered", *wait.notes))
    if np.ptp(load) == 0:
        return "every day had the same openings per hand"
    return ""


def by_load(wait: Waits, load: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    """Return the median wait at each stretch of the load."""
    rows = []
    for low, high in pairwise(EDGES):
        mine = (load > low) & (load <= high)
        if not mine.any():
            continue
        curve = kaplan_meier(wait.durations[mine], wait.event_observed[mine], 0.95)
        median = crossing(curve["timeline_h"].to_numpy(), curve["share_answered"].to_numpy(), 0.5)
        n_answered = int(wait.event_observed[mine].sum())
        n_days = len(pd.unique(day[mine]))
        rows.append([low, high, n_days, int(mine.sum()), n_answered, median if np.isfinite(median) else np.nan])
    names = ["load_from", "load_to", "n_days", "n_opened", "n_answered", "median_wait_h"]
    return pd.DataFrame(rows, columns=names)
