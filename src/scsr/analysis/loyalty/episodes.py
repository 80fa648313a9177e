"""Cases linked to the outcomes of their customers, and follow-up cut into periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.common import EXACT, NOT_STATED, among, instants, labels_of, need, sample_note, tidy
from scsr.errors import EstimationError

__all__ = ["Link", "covariates", "grid", "link", "split"]

MONTH = 30.4375
EARLY = (1.0, 3.0, 7.0, 14.0)
LINKED = ("case_id", "speaker_id", "opened_at", "answered", "first_response_at", "date_precision")
COVARIATES = ("severity", "urgent", "channel", "company")


@dataclass(frozen=True)
class Link:
    """Follow-up of each case, in days since its opening.

    Parameters
    ----------
    episodes : DataFrame
        ``customer, entry, exit, event, answer`` (days; answer infinite where none came before the end of
        observation), the covariates as strings, ``first`` (whether it is the customer's first case), ``case`` (its
        place in the table of cases), ``until, left`` (days to the event or the end of the window, whatever the
        customer opened meanwhile, and whether it was the event).
    n_dropped : dict of str to int
        Cases without follow-up, by reason.
    no_outcomes : bool
        Whether there is no outcome of this kind at all.
    sample : tuple of str
        Of how many cases these are a sample, in words; empty where they are all.
    """

    episodes: pd.DataFrame
    n_dropped: dict[str, int]
    no_outcomes: bool = False
    sample: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the cases are a sample of, and what was left out, in words."""
        left_out = (f"{count:,} cases left out: {reason}" for reason, count in self.n_dropped.items() if count)
        return (*self.sample, *left_out)


def days(span: pd.Series) -> np.ndarray:
    """Return time spans as days."""
    return (span.dt.total_seconds() / 86400).to_numpy(float)


def windows(outcomes: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return one window for each customer and company.

    Returns
    -------
    DataFrame
        ``speaker_id, company, event_at`` (null: none), ``window_from, window_until, undated`` (whether an event is
        known to have happened, but not when).
    """
    outcomes = tidy(outcomes, "outcomes")
    rows = outcomes[(outcomes["outcome"].astype("string") == outcome) & outcomes["speaker_id"].notna()]
    backwards = rows["observed_until"] < rows["observed_from"]
    if backwards.any():
        raise EstimationError(
            f"table 'outcomes', row {rows.index[backwards][0]}: observed_until is before observed_from; mend the window"
        )
    happened = rows["at"].where(rows["value"].fillna(1) != 0)
    undated = rows["at"].isna() & rows["value"].fillna(0).ne(0)
    table = pd.DataFrame(
        {
            "speaker_id": rows["speaker_id"].astype("string"),
            "company": rows["company"].astype("string").fillna(""),
            "event_at": happened,
            "window_from": rows["observed_from"],
            "window_until": rows["observed_until"],
            "undated": undated,
        }
    )
    merged = table.groupby(["speaker_id", "company"], sort=True)
    how = {"event_at": "min", "window_from": "min", "window_until": "max", "undated": "any"}
    return merged.agg(how).reset_index()


def link(cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str) -> Link:
    """Link cases to outcomes by customer and company, and work out each case's follow-up.

    A case is followed from its opening (or the start of the customer's window, if later) until the event, the
    customer's next case with the firm, or the end of the window.

    Raises
    ------
    EstimationError
        On missing columns or a window that ends before it starts.
    """
    table, dropped = follow_up(cases, outcomes, outcome)
    unclear = (table["undated"] & table["event_at"].isna()).to_numpy(bool)
    dropped["it happened, but not known when"] = int(unclear.sum())
    table = table[~unclear].reset_index(drop=True)
    theirs = outcomes["outcome"].astype("string").eq(outcome).fillna(False) & outcomes["speaker_id"].notna()
    return Link(*follow(table, dropped), no_outcomes=not theirs.any(), sample=sample_note(cases))


def follow_up(cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return cases, by customer, company and opening, beside the window of their customer; and what was left out, by reason.

    Raises
    ------
    EstimationError
        On missing columns or a window that ends before it starts.
    """
    need(cases, ("speaker_id", "company", "opened_at", "answered", "first_response_at"), "cases", "linking")
    need(
        outcomes,
        ("speaker_id", "company", "at", "outcome", "value", "observed_from", "observed_until"),
        "outcomes",
        "linking",
    )
    window = windows(outcomes, outcome)
    shown = [column for column in (*LINKED, *COVARIATES) if column in cases]
    table = tidy(cases[shown], "cases").assign(case=np.arange(len(cases)))
    precise = np.ones(len(table), dtype=bool)
    if "date_precision" in table:
        precise = among(table["date_precision"], EXACT)
    usable = (table["speaker_id"].notna() & table["opened_at"].notna()).to_numpy(bool)
    dropped = {
        "no customer or no time of opening": int((~usable).sum()),
        "time known only to the day or coarser": int((usable & ~precise).sum()),
    }
    table = table[usable & precise].assign(
        speaker_id=lambda t: t["speaker_id"].astype("string"),
        company=lambda t: t["company"].astype("string").fillna(""),
    )
    n_usable = len(table)
    speaker, company, sizes = shared_codes(table, window)
    key, of_window = np.split(speaker * sizes + company[:-1], [n_usable])
    # an outcome without a company speaks of the customer wherever there is none of the company's own
    anywhere = speaker[:n_usable] * sizes + company[-1]
    place = found_at(key, of_window)
    place = np.where(place < 0, found_at(anywhere, of_window), place)
    kept = np.flatnonzero(place >= 0)
    kept = kept[np.lexsort((instants(table["opened_at"])[kept], company[kept], speaker[kept]))]
    beside = window.iloc[place[kept]].drop(columns=["speaker_id", "company"]).reset_index(drop=True)
    table = pd.concat([table.iloc[kept].reset_index(drop=True), beside], axis=1)
    dropped["the customer has no such outcome row"] = n_usable - len(table)
    return table, dropped


def shared_codes(table: pd.DataFrame, window: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, int]:
    """Return codes of customers and companies in text order, of both tables' rows; the last company is the empty one."""
    speakers = pd.concat([table["speaker_id"], window["speaker_id"]], ignore_index=True)
    companies = pd.concat([table["company"], window["company"], pd.Series([""], dtype="string")], ignore_index=True)
    company, names = pd.factorize(companies, sort=True)
    return pd.factorize(speakers, sort=True)[0], company, len(names)


def found_at(key: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return where each key stands among others that are distinct; -1 where it does not."""
    if not len(others):
        return np.full(len(key), -1)
    order = np.argsort(others)
    place = order[np.minimum(np.searchsorted(others, key, sorter=order), len(others) - 1)]
    return np.asarray(np.where(others[place] == key, place, -1))


def follow(table: pd.DataFrame, dropped: dict[str, int]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Turn linked cases into follow-up in days since the opening."""
    customer = customers(table)
    opened = table["opened_at"]
    last = np.append(customer.codes[1:] != customer.codes[:-1], True)[: len(table)]
    following = opened.shift(-1).mask(last)
    happened, until = days(table["event_at"] - opened), days(table["window_until"] - opened)
    leave = np.fmin(np.fmin(happened, days(following - opened)), until)
    answer = days(table["first_response_at"].where(table["answered"]) - opened)
    if (answer < 0).any():
        place = table["case_id"].iloc[int(np.argmax(answer < 0))] if "case_id" in table else int(np.argmax(answer < 0))
        raise EstimationError(f"table 'cases', case {place}: the answer is before the opening; mend its times")
    episodes = pd.DataFrame(
        {
            "customer": customer,
            "entry": np.maximum(0.0, days(table["window_from"] - opened)),
            "exit": leave,
            "event": happened <= leave,
            "answer": np.where(np.isnan(answer), np.inf, answer),
            "first": np.append(True, last[:-1])[: len(table)],
            "case": table["case"].to_numpy(int),
            "until": np.fmin(happened, until),
            "left": happened <= until,
        }
    )
    episodes = episodes.assign(**covariates(table))
    followed = (episodes["exit"] > episodes["entry"]).to_numpy(bool)
    dropped = dropped | {"opened after the event or outside of the window": int((~followed).sum())}
    return episodes[followed].reset_index(drop=True), dropped


def customers(table: pd.DataFrame) -> pd.Categorical:
    """Return customer and company of each row, which stand in order, as one name."""
    speaker, company = (pd.factorize(table[name])[0] for name in ("speaker_id", "company"))
    first = np.append(True, (speaker[1:] != speaker[:-1]) | (company[1:] != company[:-1]))[: len(table)]
    names = table.loc[first, "speaker_id"] + "\x1f" + table.loc[first, "company"]
    code: Any = np.cumsum(first) - 1
    return pd.Categorical.from_codes(code, pd.Index(names.to_numpy(object)))


def covariates(table: pd.DataFrame) -> dict[str, pd.Categorical]:
    """Return severity, urgency, channel and firm of each row as text; what is null is a level of its own."""
    found = {}
    for name in COVARIATES:
        values = table[name] if name in table else pd.Series(pd.NA, index=table.index, dtype="string")
        code, words = labels_of(values)
        named = pd.factorize(np.where(words == "", NOT_STATED, words), sort=True)
        found[name] = pd.Categorical.from_codes(named[0][code], pd.Index(named[1]))
    return found


def grid(interval: str | float, longest: float) -> np.ndarray:
    """Return the ends of the periods, in days.

    ``month`` gives 1, 3, 7, 14 days, then months up to half a year, then quarters; the short first ones keep the
    unanswered hours after an opening from being compared with answered weeks. A number gives equal periods.

    Raises
    ------
    EstimationError
        On another word or a number that is not above 0.

    Examples
    --------
    >>> grid(30, 75).tolist()
    [30.0, 60.0, 90.0]
    """
    if interval == "month":
        months = np.concatenate([np.arange(1, 7), np.arange(9, 12 * 60, 3)]) * MONTH
        ends = np.concatenate([EARLY, months])
    elif isinstance(interval, int | float) and interval > 0:
        ends = np.arange(1, int(np.ceil(longest / interval)) + 1) * float(interval)
    else:
        raise EstimationError(f"interval {interval!r} is neither 'month' nor a number of days above 0")
    last = int(np.searchsorted(ends, longest))
    return ends[: last + 1]


def split(episodes: pd.DataFrame, ends: np.ndarray) -> pd.DataFrame:
    """Cut each episode at the ends of the periods and at its answer.

    Returns
    -------
    DataFrame
        ``row`` (of the episode), ``period, start, stop`` (days), ``answered, event``. An answer takes effect after
        its instant.
    """
    entry, leave = episodes["entry"].to_numpy(), episodes["exit"].to_numpy()
    first, last = np.searchsorted(ends, entry, side="right"), np.searchsorted(ends, leave, side="left")
    count = last - first + 1
    row = np.repeat(np.arange(len(episodes)), count)
    period = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    starts = np.concatenate([[0.0], ends])
    start = np.maximum(starts[period], entry[row])
    stop = np.minimum(np.append(ends, np.inf)[period], leave[row])
    answer = episodes["answer"].to_numpy()[row]
    cut = (answer > start) & (answer < stop)
    # an answer within a piece cuts it in two, the second right after the first
    twice = np.repeat(np.arange(len(row)), 1 + cut)
    second = np.append(False, twice[1:] == twice[:-1])
    row, period, start, stop, answer, halved = (each[twice] for each in (row, period, start, stop, answer, cut))
    final = row != np.append(row[1:], -1)
    return pd.DataFrame(
        {
            "row": row,
            "period": period,
            "start": np.where(second, answer, start),
            "stop": np.where(halved & ~second, answer, stop),
            "answered": second | (answer <= start),
            "event": final & episodes["event"].to_numpy(bool)[row],
        }
    )
