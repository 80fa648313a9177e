"""How fast answers come when more write than hands can answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import (
    NOT_STATED,
    Waits,
    check_level,
    group_codes,
    instants,
    need,
    sampling_of,
    tidy,
    waits,
)
from scsr.analysis.loyalty.curves import crossing, kaplan_meier
from scsr.analysis.loyalty.episodes import COVARIATES, covariates, split
from scsr.analysis.loyalty.fit import MIN_EVENTS, fit_hazard
from scsr.analysis.loyalty.hazard import ratio_estimate
from scsr.errors import EstimationError

__all__ = ["HANDS", "LoadEffect", "hands", "wait_by_load"]

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
SAMPLED = "fitted to a random sample of {:,} of the {:,} openings (seed {}), with the loads of all; the interval holds its error"
STAFF = ("firm", "employee")
#: Columns of the utterances that hands are counted from.
HANDS = ("speaker_id", "speaker_role", "company", "country", "published_at")
NEEDED = (
    "case_id", "company", "country", "opened_at", "answered", "first_response_at", "first_response_h", "observed_until",
    "date_precision",
)  # fmt: skip
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


def hands(utterances: pd.DataFrame | Iterable[Any]) -> pd.DataFrame:
    """Count the hands of each firm, country and day: the names under which the firm or an employee wrote.

    Parameters
    ----------
    utterances : DataFrame or iterable of Arrow record batches
        Columns ``speaker_id, speaker_role, company, country, published_at`` of the table, whole or batch by batch.

    Returns
    -------
    DataFrame
        ``company, country`` (null as *not stated*), ``day`` (UTC, days since 1970), ``n_hands``.

    Raises
    ------
    EstimationError
        On missing columns.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> list(hands(simulate(seed=1, scale=0.1, text=False).utterances))
    ['company', 'country', 'day', 'n_hands']
    """
    import pyarrow as pa

    if isinstance(utterances, pd.DataFrame):
        need(utterances, HANDS, "utterances", "hands")
        rows = tidy(utterances[list(HANDS)], "utterances")
        utterances = pa.Table.from_pandas(rows, preserve_index=False).to_batches()
    parts = [staff_days(batch) for batch in utterances]
    names = ["company", "country", "day"]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in (*names, "n_hands")})
    seen = pa.concat_tables(parts).group_by([*names, "speaker_id"]).aggregate([])
    counted = seen.group_by(names).aggregate([([], "count_all")]).rename_columns([*names, "n_hands"])
    return counted.to_pandas().sort_values(names, ignore_index=True)


def staff_days(batch: Any) -> Any:
    """Return, as an Arrow table, who of the staff wrote for which firm and country on which day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = {name: batch.column(name).cast(pa.string()) for name in HANDS[:-1]}
    at = batch.column(HANDS[-1])
    staff = pc.and_(
        pc.is_in(text["speaker_role"], pa.array(STAFF)), pc.and_(at.is_valid(), text["speaker_id"].is_valid())
    )
    day = pc.cast(at, pa.timestamp("us", "UTC")).cast(pa.timestamp("us")).cast(pa.date32(), safe=False).cast(pa.int32())
    made = {name: pc.fill_null(text[name], NOT_STATED) for name in ("company", "country")}
    table = pa.table(made | {"day": day, "speaker_id": text["speaker_id"]}).filter(staff)
    return table.group_by(table.column_names).aggregate([])


def wait_by_load(
    cases: pd.DataFrame, utterances: pd.DataFrame, level: float = 0.95, n_sample: int = 200_000, seed: int = 0
) -> LoadEffect:
    """Estimate how the rate of being answered goes with the openings per answering hand of the day.

    Parameters
    ----------
    cases : DataFrame
        Table of the contract.
    utterances : DataFrame
        Table of the contract, of the same sources, or what :func:`hands` made of it.
    level : float
        Confidence level.
    n_sample : int
        The model is fitted to a random sample of about so many openings, where there are more; the loads and the table
        are those of all. Above 0.
    seed : int
        Of the sample.

    Returns
    -------
    LoadEffect
        Not estimable where the source was sampled on replies, nobody who answers has a name, or the load never
        differs.

    Raises
    ------
    EstimationError
        On missing columns, a negative wait, an impossible level or sample.

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
    if not n_sample > 0:
        raise EstimationError(f"n_sample {n_sample!r} is not above 0")
    need(cases, ("company", "country"), "cases", "waits by load")
    at_work = utterances if "n_hands" in utterances else hands(utterances)
    shown = [name for name in dict.fromkeys((*NEEDED, *COVARIATES)) if name in cases]
    sampling, cases = sampling_of(cases), tidy(cases[shown], "cases")
    wait = waits(cases)
    load, day = openings_per_hand(cases[["company", "country", "opened_at"]].iloc[wait.place], at_work)
    reason = no_load(wait, load, len(at_work), sampling)
    n = len(np.unique(day))
    if reason:
        refused = not_estimable(NAME, ESTIMAND, "ratio", reason, n=n, method=METHOD, level=level)
        return LoadEffect(refused, by_load(wait, load, day) if len(at_work) else by_load(wait, load[:0], day[:0]))
    table, notes = by_load(wait, load, day), (*NOTES, *wait.notes)
    if len(load) > n_sample:
        drawn = np.random.default_rng(seed).random(len(load)) < n_sample / len(load)
        notes = (*notes, SAMPLED.format(int(drawn.sum()), len(load), seed))
        wait, load, day = wait.kept(drawn), load[drawn], day[drawn]
    episodes = pd.DataFrame(
        {
            "customer": day,
            "entry": 0.0,
            "exit": np.maximum(wait.durations, 1 / 60) / 24,
            "event": wait.event_observed,
            "answer": np.inf,
        }
    ).assign(**covariates(cases.iloc[wait.place]))
    longest = float(episodes["exit"].max())
    pieces = split(episodes, np.append(ENDS_DAYS[longest > ENDS_DAYS], longest))
    fit = fit_hazard(episodes, pieces, np.log2(load)[pieces["row"]], "doubling of load")
    return LoadEffect(ratio_estimate(NAME, ESTIMAND, fit, n, level, notes, method=METHOD), table)


def day_of(times: pd.Series) -> np.ndarray:
    """Return UTC days since 1970."""
    return instants(times).astype("datetime64[D]").astype(np.int64)


def openings_per_hand(cases: pd.DataFrame, at_work: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return for each case the openings per hand of its firm, country and day, and a number of that day."""
    labels, place = group_codes(cases, ("company", "country"))
    day = day_of(cases["opened_at"])
    first, n_days = (int(day.min()), int(np.ptp(day)) + 1) if len(day) else (0, 1)
    key = place * n_days + day - first
    n_hands = np.ones(max(1, len(labels)) * n_days)
    number = {(each["company"], each["country"]): index for index, each in enumerate(labels)}
    of = np.array(
        [number.get(pair, -1) for pair in zip(at_work["company"], at_work["country"], strict=True)], dtype=int
    )
    then = at_work["day"].to_numpy(np.int64) - first
    known = (of >= 0) & (then >= 0) & (then < n_days)
    n_hands[of[known] * n_days + then[known]] = at_work["n_hands"].to_numpy(float)[known]
    return (np.bincount(key, minlength=len(n_hands)) / n_hands)[key], key


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
        n_days = int(np.count_nonzero(np.bincount(day[mine])))
        rows.append([low, high, n_days, int(mine.sum()), n_answered, median if np.isfinite(median) else np.nan])
    names = ["load_from", "load_to", "n_days", "n_opened", "n_answered", "median_wait_h"]
    return pd.DataFrame(rows, columns=names)
