"""A seeded market whose truth is known: cases, customers, churn and cascades drawn from stated parameters.

The parameters are the quantities that the analyses estimate (:class:`Parameters`), so that a test can ask
whether an analysis finds what was put in. Everything is invented: firms, people, words.

References
----------
Bender, R., Augustin, T. & Blettner, M. (2005). Generating survival times to simulate Cox proportional
hazards models. *Statistics in Medicine* 24, 1713–1723. Austin, P. C. (2012). Generating survival times to
simulate Cox proportional hazards models with time-varying covariates. *Statistics in Medicine* 31,
3946–3958.
Harris, T. E. (1963). *The Theory of Branching Processes*. Springer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scsr import schema
from scsr.analysis.simulate import cascades, churn, openings, truth, turns
from scsr.analysis.simulate.parameters import COUNTRIES, FIRMS, Firm, Parameters, parameters
from scsr.analysis.simulate.writer import write
from scsr.errors import ParameterError

__all__ = ["FIRMS", "Firm", "Parameters", "Simulated", "parameters", "simulate", "write"]


@dataclass(frozen=True)
class Simulated:
    """Tables of the data contract and the truth that they were drawn from.

    Parameters
    ----------
    utterances, cases, exposure, outcomes, shares : DataFrame
        As :data:`scsr.schema.TABLES` describes them; ``cases`` is what :func:`scsr.cases` derives.
        Without texts (``text=False``) the column ``text`` is empty.
    truth : mapping
        ``seed, scale, parameters, expected`` (what the analyses should find) and ``realised`` (counts).
    parameters : Parameters
    """

    utterances: pd.DataFrame
    cases: pd.DataFrame
    exposure: pd.DataFrame
    outcomes: pd.DataFrame
    shares: pd.DataFrame
    truth: Mapping[str, Any]
    parameters: Parameters = field(repr=False)


def simulate(seed: int = 1, scale: float = 1.0, *, text: bool = True, **changes: Any) -> Simulated:
    """Draw a market.

    Parameters
    ----------
    seed : int
        The same seed gives the same tables. Parts have streams of their own: other parameters of the cascades
        leave the cases as they are.
    scale : float
        Multiplies the numbers of customers; 1 gives about 5,000 cases and 12,000 utterances.
    text : bool
        Whether to compose texts; without them a study of many simulated markets is faster.
    **changes
        Fields of :class:`Parameters`, such as ``loyalty_hazard_ratio=1.0``.

    Returns
    -------
    Simulated

    Raises
    ------
    ParameterError
        On an unknown parameter, or one that is out of range.

    Examples
    --------
    >>> small = simulate(seed=7, scale=0.02, text=False, loyalty_hazard_ratio=0.5)
    >>> small.truth["parameters"]["loyalty_hazard_ratio"], len(small.exposure)
    (0.5, 648)
    """
    if not scale > 0:
        raise ParameterError(f"parameter 'scale': {scale!r} is not above 0")
    p = parameters(**changes)
    streams = [np.random.default_rng([seed, part]) for part in range(8)]
    origin = pd.Timestamp(p.start, tz="UTC")
    end = (pd.Timestamp(p.observed_until, tz="UTC") - origin).total_seconds() / 60
    if end < (origin + pd.DateOffset(months=p.n_months) - origin).total_seconds() / 60:
        raise ParameterError(f"parameter 'observed_until': {p.observed_until} is before the end of {p.n_months} months")
    exposure = openings.draw_exposure(p, scale, streams[0])
    drawn = openings.draw_openings(p, scale, exposure, streams[1])
    openings.add_responses(drawn, p, streams[2])
    churn.draw_churn(drawn, p, streams[3])
    drawn["expected_answer"] = openings.answer_probability(drawn, p)
    turn_table = turns.draw_turns(drawn, end, streams[4])
    texts = turns.write_texts(turn_table, drawn, streams[5]) if text else [""] * len(turn_table)
    outcomes = churn.draw_outcomes(p, scale, drawn, exposure, end, streams[3])
    shares, cascade_counts = cascades.draw_shares(p, drawn, end, streams[6], streams[7])
    clock = Clock(origin, end)
    utterances = utterance_table(turn_table, drawn, texts, clock)
    return Simulated(
        utterances=utterances,
        cases=case_table(turn_table, drawn, clock),
        exposure=exposure_table(exposure),
        outcomes=outcome_table(outcomes, clock),
        shares=share_table(shares, drawn, clock),
        truth=truth.truth(seed, scale, p, drawn, exposure, outcomes, len(utterances), cascade_counts, end),
        parameters=p,
    )


@dataclass(frozen=True)
class Clock:
    """Turns minutes since the start into instants."""

    origin: pd.Timestamp
    end: float

    def at(self, minutes: Any) -> pd.Series:
        """Return instants; minutes that are not finite become null."""
        values = np.asarray(minutes, dtype=float)
        # by hand: pandas rounds uninitialised memory where a float is missing, and now and then warns of it
        span = np.full(len(values), np.timedelta64("NaT"), dtype="timedelta64[us]")
        known = np.isfinite(values)
        span[known] = np.round(values[known] * 60e6).astype("timedelta64[us]")
        return self.origin + pd.Series(span)


def firm_columns(firm: Any, country: Any) -> dict[str, np.ndarray]:
    """Return company, sector and country of indices."""
    return {
        "company": np.array([f.name for f in FIRMS], dtype=object)[np.asarray(firm, dtype=int)],
        "sector": np.array([f.sector for f in FIRMS], dtype=object)[np.asarray(firm, dtype=int)],
        "country": np.array(COUNTRIES, dtype=object)[np.asarray(country, dtype=int)],
    }


def finish(columns: dict[str, Any], table: str, source: str) -> pd.DataFrame:
    """Give the columns the shape of a table of the contract."""
    plain = {name: getattr(values, "array", values) for name, values in columns.items()}
    frame = schema.conform(pd.DataFrame(plain), table)
    frame["source"] = pd.Series(source, index=frame.index, dtype="string")
    frame["synthetic"] = pd.Series(True, index=frame.index, dtype="boolean")
    return frame


def utterance_ids(turn_table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the id of every utterance, and that of the opening of every case."""
    ids = np.array([f"u{turns.base36(i)}" for i in range(len(turn_table))], dtype=object)
    opening = np.flatnonzero(turn_table["turn"] == "opening")
    of_case = np.empty(len(opening), dtype=object)
    of_case[turn_table["case"].to_numpy()[opening]] = ids[opening]
    return ids, of_case


def utterance_table(turn_table: pd.DataFrame, cases: pd.DataFrame, texts: list[str], clock: Clock) -> pd.DataFrame:
    """Return the utterances as the contract has them."""
    ids, of_case = utterance_ids(turn_table)
    row = turn_table["case"].to_numpy()
    opening = (turn_table["turn"] == "opening").to_numpy()
    parent = turn_table["parent"].to_numpy()
    follow = np.where(turn_table["role"].isin(["firm", "employee"]), "reply", "comment")
    stated = {
        name: cases[name].astype(object).where(cases[name].notna()).to_numpy(object)[row]
        for name in ("topic", "severity", "urgent", "valence")
    }
    n = len(turn_table)
    return finish(
        {
            "utterance_id": ids,
            "conversation_id": of_case[row],
            "reply_to": pd.Series(ids[np.maximum(parent, 0)] if n else ids).where(parent >= 0),
            "speaker_id": turn_table["speaker"].to_numpy(object),
            "speaker_role": turn_table["role"].to_numpy(object),
            **firm_columns(cases["firm"].to_numpy()[row], cases["country"].to_numpy()[row]),
            "channel": cases["channel"].to_numpy(object)[row],
            "kind": np.where(opening, cases["kind"].to_numpy(object)[row], follow),
            "published_at": clock.at(turn_table["minute"]),
            "date_precision": "minute",
            "language": cases["language"].to_numpy(object)[row],
            "language_confidence": 1.0,
            "text": texts,
            "lemmas": [[] for _ in range(n)],
            **{name: pd.Series(values).where(opening) for name, values in stated.items()},
            "sampling": "complete",
        },
        "utterances",
        "simulated-cases",
    )


def case_table(turn_table: pd.DataFrame, cases: pd.DataFrame, clock: Clock) -> pd.DataFrame:
    """Return the derived cases as the contract has them."""
    _, of_case = utterance_ids(turn_table)
    answer = cases["minute"] + cases["response_minutes"]
    answered = (answer <= clock.end).to_numpy()
    grouped = turn_table.groupby("case")["minute"]
    index = range(len(cases))
    return finish(
        {
            "case_id": of_case,
            "conversation_id": of_case,
            "speaker_id": [f"c{c}" for c in cases["customer"]],
            **firm_columns(cases["firm"], cases["country"]),
            "channel": cases["channel"],
            "language": cases["language"],
            "opened_at": clock.at(cases["minute"]),
            "date_precision": "minute",
            "first_response_at": clock.at(answer.where(answered)),
            "first_response_h": (cases["response_minutes"] / 60).where(answered),
            "answered": answered,
            "answered_by": cases["answered_by"].where(answered),
            "n_turns": grouped.size().reindex(index),
            "closed_at": clock.at(grouped.max().reindex(index)),
            "observed_until": clock.at(np.full(len(cases), clock.end)),
            "topic": cases["topic"],
            "severity": cases["severity"],
            "urgent": cases["urgent"],
            "sampling": "complete",
        },
        "cases",
        "simulated-cases",
    )


def exposure_table(exposure: pd.DataFrame) -> pd.DataFrame:
    """Return the exposure as the contract has it."""
    periods = {name: exposure[name] for name in ("period_start", "period_end", "n_exposed")}
    where = firm_columns(exposure["firm"], exposure["country"])
    return finish({**where, **periods, "exposure_unit": "customers"}, "exposure", "simulated-exposure")


def outcome_table(outcomes: pd.DataFrame, clock: Clock) -> pd.DataFrame:
    """Return the outcomes as the contract has them."""
    company = firm_columns(outcomes["firm"], outcomes["country"])["company"]
    times = {name: clock.at(outcomes[name]) for name in ("at", "observed_from", "observed_until")}
    rest = {"outcome": outcomes["outcome"], "value": outcomes["value"]}
    return finish(
        {"speaker_id": outcomes["customer"], "company": company, **times, **rest},
        "outcomes",
        "simulated-outcomes",
    )


def share_table(shares: pd.DataFrame, cases: pd.DataFrame, clock: Clock) -> pd.DataFrame:
    """Return the shares as the contract has them; the root of a customer's cascade is the customer.

    The firm speaks by the name that its desk has in the cases.
    """
    parent, case = shares["parent"].to_numpy(), shares["case"].to_numpy()
    own = (case >= 0) & (shares["speaker_role"] == "customer").to_numpy()
    customer = cases["customer"].to_numpy()[np.maximum(case, 0)] if len(cases) else case
    speaker = [f"c{c}" if mine else f"s{s}" for c, mine, s in zip(customer, own, shares["share"], strict=True)]
    of_firm = np.flatnonzero(shares["speaker_role"] == "firm")
    about = shares["about"].to_numpy()[of_firm]
    firms, countries = (cases[name].to_numpy()[about] for name in ("firm", "country"))
    for row, firm, country in zip(of_firm, firms, countries, strict=True):
        speaker[row] = f"f{firm}{COUNTRIES[country]}"
    return finish(
        {
            "share_id": [f"s{turns.base36(s)}" for s in shares["share"]],
            "cascade_id": [f"k{turns.base36(k)}" for k in shares["cascade"]],
            "parent_id": [f"s{turns.base36(s)}" if s >= 0 else None for s in parent],
            "t_h": shares["t_h"].round(3),
            "root_at": clock.at(shares["root_minute"]),
            "observed_until_h": shares["observed_until_h"].round(3),
            "n_followers": shares["n_followers"],
            "speaker_id": speaker,
            "speaker_role": shares["speaker_role"],
            "valence": shares["valence"],
        },
        "shares",
        "simulated-shares",
    )
