"""What the analyses of answers share: groups, waiting times and why a case is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate
from scsr.errors import EstimationError

__all__ = [
    "NOT_STATED",
    "Waits",
    "check_level",
    "group_names",
    "groups",
    "need",
    "sampling_of",
    "share_table",
    "tidy",
    "waits",
]

NOT_STATED = "not stated"
EXACT = ("second", "minute")
DAY_H = 24.0
UTC = "datetime64[us, UTC]"
TIMES = ("opened_at", "first_response_at", "closed_at", "observed_from", "observed_until", "at", "published_at")
BY_DATE = (
    "{:,} waits are known by their dates only: each lies within a day of the difference of the dates, and the interval "
    "holds wherever in that span they are"
)


def need(table: pd.DataFrame, columns: tuple[str, ...], name: str, what_for: str) -> None:
    """Refuse a table without the columns that an analysis rests on."""
    missing = [column for column in columns if column not in table]
    if missing:
        has = ", ".join(map(str, table.columns)) or "none"
        raise EstimationError(f"{what_for} needs column {missing[0]!r} of table {name!r}; it has {has}")


def tidy(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give rows numbers, and times and *answered* their types, wherever the table comes from.

    Raises
    ------
    EstimationError
        On a time that is none, or an *answered* that is neither true nor false.
    """
    table = table.reset_index(drop=True)
    made: dict[str, pd.Series] = {}
    for column in TIMES:
        if column in table and str(table[column].dtype) != UTC:
            try:
                made[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
            except (ValueError, TypeError) as error:
                raise EstimationError(
                    f"table {name!r}, column {column!r} holds something that is no time: {error}"
                ) from error
    if "answered" in table:
        try:
            made["answered"] = table["answered"].astype("boolean").fillna(False).astype(bool)
        except (ValueError, TypeError) as error:
            raise EstimationError(f"table {name!r}, column 'answered' must be true or false: {error}") from error
    return table.assign(**made)


def check_level(level: float) -> float:
    """Refuse a level that is no probability."""
    if not 0 < level < 1:
        raise EstimationError(f"level {level!r} is not between 0 and 1; give .95 for 95 %")
    return level


def group_names(by: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the names of the grouping columns."""
    return (by,) if isinstance(by, str) else tuple(by)


def groups(
    table: pd.DataFrame, by: str | tuple[str, ...] | list[str], name: str = "cases"
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield each group with its labels, in order; all rows where ``by`` is empty. Null is a group of its own."""
    names, table = group_names(by), tidy(table, name)
    if not names:
        yield {}, table
        return
    need(table, names, name, "grouping")
    labels = [table[column].astype("string").fillna(NOT_STATED).to_numpy(object) for column in names]
    for key, rows in table.groupby(labels, sort=True):
        yield dict(zip(names, map(str, key), strict=True)), rows


def sampling_of(cases: pd.DataFrame) -> str | None:
    """Return ``replies`` if any case was sampled on having a reply, ``complete`` if all are, else None."""
    if "sampling" not in cases:
        return None
    stated = cases["sampling"].astype("string")
    if stated.eq("replies").fillna(False).any():
        return "replies"
    return "complete" if len(stated) and stated.eq("complete").fillna(False).all() else None


@dataclass(frozen=True)
class Waits:
    """Hours from opening to first answer or, unanswered, to the end of observation.

    Parameters
    ----------
    durations : array of float
        Hours.
    event_observed : array of bool
        Whether the wait ended with an answer.
    cases : DataFrame
        The cases that are left, in the same order.
    n_excluded : dict of str to int
        Cases left out, by reason.
    lower, upper : array of float
        Hours between which the wait lies: the wait itself, or a day to each side where only dates are known.
    """

    durations: np.ndarray
    event_observed: np.ndarray
    cases: pd.DataFrame
    n_excluded: dict[str, int]
    lower: np.ndarray
    upper: np.ndarray

    @property
    def exact(self) -> bool:
        """Whether every wait is known to the minute."""
        return bool((self.lower == self.upper).all())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out and what is known to the day only, in words."""
        left_out = [f"{count:,} cases left out: {reason}" for reason, count in self.n_excluded.items() if count]
        n_days = int((self.lower < self.upper).sum())
        return (*left_out, *([BY_DATE.format(n_days)] if n_days else []))


def waits(cases: pd.DataFrame) -> Waits:
    """Work out how long each case waited, and between which bounds where only dates are known.

    Two dates that lie d days apart leave a wait between d - 1 and d + 1 days. No distribution within that span is
    assumed: Turnbull's (1976) estimator would take the span to say nothing about where in it the wait lies, which
    dates contradict (an answer within the hour mostly has the date of its opening).

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.

    Raises
    ------
    EstimationError
        If a wait is negative.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated data.
    *JRSS B* 38, 290–295. Manski, C. F. (2003). *Partial Identification of Probability Distributions*, ch. 1. Springer.
    """
    need(cases, ("opened_at", "answered", "first_response_at", "observed_until"), "cases", "time to first response")
    cases = tidy(cases, "cases")
    answered = cases["answered"].to_numpy(bool)
    opened = cases["opened_at"]
    until = cases["first_response_at"].where(answered, cases["observed_until"])
    hours = ((until - opened).dt.total_seconds() / 3600).to_numpy(float)
    if "first_response_h" in cases:
        stated = cases["first_response_h"].to_numpy(float)
        hours = np.where(answered & ~np.isnan(stated), stated, hours)
    by_date, coarse = precision_of(cases)
    undated = (opened.isna() | (answered & np.isnan(hours))).to_numpy(bool) & ~coarse
    endless = ~answered & cases["observed_until"].isna().to_numpy(bool) & ~coarse & ~undated
    keep = ~(coarse | undated | endless)
    wrong = keep & ((hours < np.where(by_date, -DAY_H, 0.0)) | np.isinf(hours))
    if wrong.any():
        place = cases.index[wrong][0]
        where = cases["case_id"].loc[place] if "case_id" in cases else place
        what = "endless" if np.isinf(hours[wrong][0]) else "negative"
        raise EstimationError(
            f"table 'cases', case {where}: the wait of {hours[wrong][0]:g} h is {what}; "
            "mend the times of opening, answer or end of observation"
        )
    excluded = {
        "time known only to the month or coarser": int(coarse.sum()),
        "opening or answer without a time": int(undated.sum()),
        "unanswered, with no end of observation": int(endless.sum()),
    }
    # the span is open at its start: two days apart is more than 24 h
    lower = np.where(by_date, np.nextafter(hours - DAY_H, np.inf), hours)
    upper = np.where(by_date & answered, hours + DAY_H, hours)
    hours, lower, upper = (np.maximum(0.0, each[keep]) for each in (hours, lower, upper))
    return Waits(hours, answered[keep], cases[keep], excluded, lower, upper)


def precision_of(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Say of each case whether its times are known by date only, and whether not even so."""
    if "date_precision" not in cases:
        return np.zeros(len(cases), dtype=bool), np.zeros(len(cases), dtype=bool)
    stated = cases["date_precision"].astype("string").fillna("none")
    by_date = stated.eq("day").to_numpy(bool)
    return by_date, ~by_date & ~stated.isin(EXACT).to_numpy(bool)


def share_table(found: list[Estimate], names: tuple[str, ...]) -> pd.DataFrame:
    """Return shares as a table, one row for each group."""
    columns = [*names, "share", "ci_low", "ci_high", "n", "n_with"]
    rows = [
        dict(one.by)
        | {
            "share": one.estimate,
            "ci_low": one.ci_low,
            "ci_high": one.ci_high,
            "n": one.n,
            "n_with": one.extra.get("n_with"),
        }
        for one in found
    ]
    return pd.DataFrame(rows, columns=columns).astype(
        {"share": float, "ci_low": float, "ci_high": float, "n_with": "Int64"}
    )
