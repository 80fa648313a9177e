"""What the analyses of answers share: groups, waiting times and why a case is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate
from scsr.errors import EstimationError

__all__ = [
    "COUNTED",
    "FOLLOWED",
    "NOT_STATED",
    "Waits",
    "among",
    "check_level",
    "group_codes",
    "group_names",
    "grouped_waits",
    "groups",
    "hours_between",
    "instants",
    "labels_of",
    "need",
    "of_sample",
    "sample_note",
    "sampling_of",
    "share_table",
    "tidy",
    "waits",
]

NOT_STATED = "not stated"
#: Columns of the cases that shares, curves and surges rest on; numbers and categories only.
COUNTED = (
    "company", "country", "channel", "language", "opened_at", "date_precision", "first_response_at", "first_response_h",
    "answered", "observed_until", "severity", "urgent", "sampling",
)  # fmt: skip
#: Columns of the cases that models rest on, which follow customers.
FOLLOWED = ("case_id", "speaker_id", *COUNTED, "answered_by", "topic")
EXACT = ("second", "minute")
DAY_H = 24.0
UTC = "datetime64[us, UTC]"
TIMES = ("opened_at", "first_response_at", "closed_at", "observed_from", "observed_until", "at", "published_at")
EXCLUDED = (
    "time known only to the month or coarser",
    "opening or answer without a time",
    "unanswered, with no end of observation",
)
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

    The columns that are right already are shared with the table, not copied.

    Raises
    ------
    EstimationError
        On a time that is none, or an *answered* that is neither true nor false.
    """
    made: dict[str, Any] = {column: table[column].array for column in table.columns}
    for column in TIMES:
        if column in table and str(table[column].dtype) != UTC:
            try:
                made[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]").array
            except (ValueError, TypeError) as error:
                raise EstimationError(
                    f"table {name!r}, column {column!r} holds something that is no time: {error}"
                ) from error
    if "answered" in table and table["answered"].dtype != bool:
        try:
            made["answered"] = table["answered"].astype("boolean").fillna(False).astype(bool).array
        except (ValueError, TypeError) as error:
            raise EstimationError(f"table {name!r}, column 'answered' must be true or false: {error}") from error
    shared = pd.DataFrame(made, index=pd.RangeIndex(len(table)), columns=table.columns, copy=False)
    shared.attrs = dict(table.attrs)
    return shared


def check_level(level: float) -> float:
    """Refuse a level that is no probability."""
    if not 0 < level < 1:
        raise EstimationError(f"level {level!r} is not between 0 and 1; give .95 for 95 %")
    return level


def group_names(by: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the names of the grouping columns."""
    return (by,) if isinstance(by, str) else tuple(by)


def labels_of(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's place among the values as text, and these in order; null is *not stated*."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        of, values = column.cat.codes.to_numpy(), column.cat.categories.to_series()
    else:
        of, found = pd.factorize(column)
        values = pd.Series(found)
    words = [*values.astype("string").fillna(NOT_STATED).tolist(), NOT_STATED]  # the last is that of -1
    known = sorted(set(words))
    place = {word: index for index, word in enumerate(known)}
    code = np.array([place[word] for word in words], dtype=np.int64)[of]
    used = np.flatnonzero(np.bincount(code, minlength=len(known)))
    number = np.zeros(len(known), dtype=np.int64)
    number[used] = np.arange(len(used))
    return number[code], np.array(known, dtype=object)[used]


def among(column: pd.Series, words: tuple[str, ...]) -> np.ndarray:
    """Return whether each row's value is one of the words."""
    code, found = labels_of(column)
    return np.isin(found.astype(str), words)[code] if len(found) else np.zeros(0, dtype=bool)


def group_codes(
    table: pd.DataFrame, by: str | tuple[str, ...] | list[str], name: str = "cases"
) -> tuple[list[dict[str, str]], np.ndarray]:
    """Return the labels of each group, in order, and the group of each row."""
    names = group_names(by)
    need(table, names, name, "grouping")
    key, sizes, words = np.zeros(len(table), dtype=np.int64), [], []
    for column in names:
        code, found = labels_of(table[column])
        key = key * max(1, len(found)) + code
        sizes.append(len(found))
        words.append(found)
    present, code = np.unique(key, return_inverse=True) if len(names) > 1 else (np.unique(key), key)
    places = np.unravel_index(present, sizes) if names and len(present) else ()
    labels = [
        {column: str(found[place[index]]) for column, found, place in zip(names, words, places, strict=True)}
        for index in range(len(present))
    ]
    return labels, code


def members(code: np.ndarray, n: int) -> Iterator[np.ndarray | slice]:
    """Yield the places of each group's rows, in order."""
    if n < 2:
        yield from [slice(None)] * n
        return
    narrow = code.astype(np.int16) if n < 2**15 else code  # numpy sorts short numbers by counting
    order, ends = np.argsort(narrow, kind="stable"), np.cumsum(np.bincount(code, minlength=n))
    for start, end in zip(np.append(0, ends[:-1]), ends, strict=True):
        yield order[start:end]


def groups(
    table: pd.DataFrame, by: str | tuple[str, ...] | list[str], name: str = "cases"
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield each group with its labels, in order; all rows where ``by`` is empty. Null is a group of its own."""
    table = tidy(table, name)
    if not group_names(by):
        yield {}, table
        return
    labels, code = group_codes(table, by, name)
    for each, rows in zip(labels, members(code, len(labels)), strict=True):
        yield each, table.iloc[rows]


def sampling_of(cases: pd.DataFrame) -> str | None:
    """Return ``replies`` if any case was sampled on having a reply, ``complete`` if all are, else None."""
    if "sampling" not in cases:
        return None
    found = labels_of(cases["sampling"])[1]
    if "replies" in found:
        return "replies"
    return "complete" if found.tolist() == ["complete"] else None


@dataclass(frozen=True)
class Waits:
    """Hours from opening to first answer or, unanswered, to the end of observation.

    Parameters
    ----------
    durations : array of float
        Hours.
    event_observed : array of bool
        Whether the wait ended with an answer.
    place : array of int
        Rows of the table that the waits belong to.
    n_excluded : dict of str to int
        Cases left out, by reason.
    lower, upper : array of float
        Hours between which the wait lies: the wait itself, or a day to each side where only dates are known.
    """

    durations: np.ndarray
    event_observed: np.ndarray
    place: np.ndarray
    n_excluded: dict[str, int]
    lower: np.ndarray
    upper: np.ndarray

    @property
    def exact(self) -> bool:
        """Whether every wait is known to the minute."""
        return self.lower is self.upper or bool((self.lower == self.upper).all())

    def kept(self, which: np.ndarray, n_excluded: dict[str, int] | None = None) -> Waits:
        """Return some of the waits."""
        lower = upper = durations = self.durations[which]
        if not self.exact:
            lower, upper = self.lower[which], self.upper[which]
        left_out = self.n_excluded if n_excluded is None else n_excluded
        return Waits(durations, self.event_observed[which], self.place[which], left_out, lower, upper)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out and what is known to the day only, in words."""
        left_out = [f"{count:,} cases left out: {reason}" for reason, count in self.n_excluded.items() if count]
        n_days = 0 if self.exact else int((self.lower < self.upper).sum())
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
    return next(grouped_waits(cases, ()))[1]


def grouped_waits(
    cases: pd.DataFrame, by: str | tuple[str, ...] | list[str]
) -> Iterator[tuple[dict[str, str], Waits, str | None]]:
    """Yield the labels of each group, its waits, and how it was sampled; see :func:`waits` and :func:`sampling_of`."""
    need(cases, ("opened_at", "answered", "first_response_at", "observed_until"), "cases", "time to first response")
    cases = tidy(cases, "cases")
    every, why = measured(cases)
    if not group_names(by):
        yield {}, left_in(every, why), sampling_of(cases)
        return
    labels, code = group_codes(cases, by)
    for each, rows in zip(labels, members(code, len(labels)), strict=True):
        sampled = cases[["sampling"]].iloc[rows] if "sampling" in cases else cases[[]]
        yield each, left_in(every.kept(np.arange(len(cases))[rows]), why[rows]), sampling_of(sampled)


def left_in(wait: Waits, why: np.ndarray) -> Waits:
    """Return the waits without those that are left out, and how many were for which reason."""
    count = np.bincount(why, minlength=len(EXCLUDED) + 1)
    excluded = {reason: int(count[place + 1]) for place, reason in enumerate(EXCLUDED)}
    return replace(wait, n_excluded=excluded) if count[0] == len(why) else wait.kept(why == 0, excluded)


def measured(cases: pd.DataFrame) -> tuple[Waits, np.ndarray]:
    """Return the wait of every case, and why it is left out: 0 is not, else the place among the reasons, from 1."""
    answered = cases["answered"].to_numpy(bool)
    opened, until = instants(cases["opened_at"]), instants(cases["observed_until"])
    hours = hours_between(opened, np.where(answered, instants(cases["first_response_at"]), until))
    if "first_response_h" in cases:
        stated = cases["first_response_h"].to_numpy(float)
        hours = np.where(answered & ~np.isnan(stated), stated, hours)
    by_date, coarse = precision_of(cases)
    undated = (np.isnat(opened) | (answered & np.isnan(hours))) & ~coarse
    endless = ~answered & np.isnat(until) & ~coarse & ~undated
    why = np.select([coarse, undated, endless], [1, 2, 3], 0).astype(np.int8)
    wrong = (why == 0) & ((hours < np.where(by_date, -DAY_H, 0.0)) | np.isinf(hours))
    if wrong.any():
        place = int(np.argmax(wrong))
        where = cases["case_id"].iloc[place] if "case_id" in cases else place
        what = "endless" if np.isinf(hours[place]) else "negative"
        raise EstimationError(
            f"table 'cases', case {where}: the wait of {hours[place]:g} h is {what}; "
            "mend the times of opening, answer or end of observation"
        )
    kept = np.maximum(0.0, hours)
    lower = upper = kept
    if by_date.any():
        # the span is open at its start: two days apart is more than 24 h
        lower = np.maximum(0.0, np.where(by_date, np.nextafter(hours - DAY_H, np.inf), hours))
        upper = np.maximum(0.0, np.where(by_date & answered, hours + DAY_H, hours))
    return Waits(kept, answered, np.arange(len(cases)), {}, lower, upper), why


def instants(column: pd.Series) -> np.ndarray:
    """Return times of UTC as NumPy has them."""
    return column.to_numpy("datetime64[us]")


def hours_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return hours; not a number where a time is unknown."""
    span = end - start
    return np.asarray(np.where(np.isnat(span), np.nan, span.astype(np.int64) / 1e6 / 3600))


def precision_of(cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Say of each case whether its times are known by date only, and whether not even so."""
    if "date_precision" not in cases:
        return np.zeros(len(cases), dtype=bool), np.zeros(len(cases), dtype=bool)
    by_date = among(cases["date_precision"], ("day",))
    return by_date, ~by_date & ~among(cases["date_precision"], EXACT)


def sample_note(cases: pd.DataFrame) -> tuple[str, ...]:
    """Return what cases are a sample of, in words; see :class:`scsr.analysis.loyalty.Draw`."""
    note = cases.attrs.get("sample", "")
    return (note,) if note else ()


def of_sample(found: Iterable[Estimate], cases: pd.DataFrame) -> tuple[Estimate, ...]:
    """Return estimates that say what their cases are a sample of."""
    note = sample_note(cases)
    return tuple(
        replace(one, assumptions=(*note, *one.assumptions)) if note and note[0] not in one.assumptions else one
        for one in found
    )


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
