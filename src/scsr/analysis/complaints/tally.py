"""Complaints put beside the exposure that holds them, and counted: on numbers, not on text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.complaints.clusters import month_dispersion
from scsr.analysis.complaints.codes import Codes, codes, combined, distinct, runs

__all__ = ["CATEGORIES", "COUNTS", "Matched", "joined", "match", "month_number", "plain", "tally"]

CATEGORIES = ("company", "sector", "country", "channel")
COUNTS = (
    "n_complaints", "n_complainers", "n_without_speaker", "n_squared", "n_squared_month", "n_person_months", "month_dispersion",
    "n_exposed", "exposure",
)  # fmt: skip


@dataclass(frozen=True)
class Matched:
    """Complaints that a row of exposure holds.

    Parameters
    ----------
    homes : DataFrame
        The different categories among them, as the exposure words them, and ``cell``: the categories of the row of
        exposure as one key.
    home : ndarray
        The row of ``homes`` of each complaint.
    month : ndarray
        Its calendar month since year 0.
    speaker : ndarray
        A number for who made it; -1 where that is unknown.
    """

    homes: pd.DataFrame
    home: Codes
    month: Codes
    speaker: Codes


def month_number(at: pd.Series) -> pd.Series:
    """Return instants as calendar months since year 0, with the fraction of the month that has passed.

    Examples
    --------
    >>> month_number(pd.to_datetime(pd.Series(["2022-02-01", "2022-02-15"]), utc=True)).tolist()
    [24265.0, 24265.5]
    """
    clock = at.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    day, month = clock.astype("datetime64[D]"), clock.astype("datetime64[M]")
    first, after = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    passed = (clock - day).astype(np.int64) / 1e6 / 86400 + (day - first).astype(np.int64)
    number = month.astype(np.int64) + 1970 * 12.0 + passed / (after - first).astype(np.int64)
    return pd.Series(np.where(np.isnat(clock), np.nan, number), index=at.index)


def plain(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return categories as plain strings, empty where null, so that they compare and group alike."""
    return pd.DataFrame({n: frame[n].astype("string").fillna("").astype(object) for n in names}, index=frame.index)


def joined(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Return categories as one key each."""
    key = pd.Series("", index=frame.index, dtype=object)
    for name in names:
        key = key + "\x1f" + frame[name]
    return key


def match(stated: pd.DataFrame, rows: pd.DataFrame) -> tuple[Matched, dict[str, int]]:
    """Put each complaint beside the row of exposure that holds it; count those that none holds, by reason."""
    said, kind = distinct(stated, CATEGORIES)
    said = plain(said, CATEGORIES)
    month = month_number(stated["published_at"]).to_numpy()
    # numpy sorts small numbers by their digits, many times faster
    order = np.argsort(kind.astype(np.min_scalar_type(len(said))), kind="stable")
    edges = np.searchsorted(kind[order], np.arange(len(said) + 1))
    found = np.full(len(stated), -1)
    pattern = joined((rows[list(CATEGORIES)] != "").astype(int).astype(str), CATEGORIES)
    for _, part in rows.groupby(pattern, sort=True):
        names = [name for name in CATEGORIES if part[name].iloc[0]]
        others = [name for name in names if name != "sector"]
        # a complaint that does not say its sector, or says it otherwise, is still the company's
        if "company" in names and part.groupby(joined(part, others))["sector"].nunique().max() == 1:
            names = others
        ordered = part.sort_values("start", kind="stable")
        periods = dict(list(ordered.groupby(joined(ordered, names))))
        for one, key in enumerate(joined(said, names)):
            if key in periods:
                some = order[edges[one] : edges[one + 1]]
                found[some] = np.where((row := row_at(month[some], periods[key])) >= 0, row, found[some])
    n_timeless = int(np.isnan(month).sum())
    unmatched = {
        "no time stated": n_timeless,
        "outside of the exposure given": int((found < 0).sum()) - n_timeless,
    }
    held = found >= 0
    speaker = codes(stated["speaker_id"])[0][held]
    homes, home = homes_of(said, kind[held], rows, found[held])
    return Matched(homes, home, np.floor(month[held]).astype(np.int64), speaker), unmatched


def row_at(month: np.ndarray, periods: pd.DataFrame) -> Codes:
    """Return the label of the period that holds each month, -1 where none does; periods are half-open and in order."""
    last = np.searchsorted(periods["start"].to_numpy(), month, side="right") - 1
    inside = (last >= 0) & (month < periods["stop"].to_numpy()[last])
    return np.where(inside, periods.index.to_numpy()[last], -1)


def homes_of(said: pd.DataFrame, kind: Codes, rows: pd.DataFrame, found: Codes) -> tuple[pd.DataFrame, Codes]:
    """Return the different categories of matched complaints, and which each has: the exposure's own wording first."""
    home, pairs = pd.factorize(combined([kind, found], len(found)))
    width = int(found.max(initial=0)) + 1
    mine, theirs = said.iloc[pairs // width], rows.loc[pairs % width, list(CATEGORIES)]
    homes = {name: np.where(theirs[name] != "", theirs[name], mine[name]) for name in CATEGORIES}
    return pd.DataFrame({**homes, "cell": joined(theirs, CATEGORIES).to_numpy()}), home.astype(np.int64)


def covered(pieces: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return how many months the pieces of each group cover, overlaps counted once."""
    ordered = pieces.sort_values([*keys, "start", "stop"])
    before = ordered.groupby(keys, sort=True)["stop"].cummax().groupby([ordered[k] for k in keys]).shift()
    fresh = ordered["stop"] - np.fmax(ordered["start"], before)
    return fresh.clip(lower=0).groupby([ordered[k] for k in keys], sort=True).sum()


def tally(
    matched: Matched, pieces: pd.DataFrame, by_month: pd.DataFrame, groups: Sequence[str], stock: bool
) -> pd.DataFrame:
    """Count complaints, speakers and exposure in each group that the exposure has."""
    by, monthly = [name for name in groups if name != "period"], "period" in groups
    keys = [*(by or ["all"]), *(["period"] if monthly else [])]
    pieces = pieces.assign(all="")
    table = pieces.groupby(keys, sort=True)["exposure"].sum().to_frame()
    table["n_exposed"] = table["exposure"] / covered(pieces, keys) if stock else table["exposure"]
    cell, cells_named = codes(matched.homes["cell"])
    group = group_of(matched, table.index, by, monthly)
    for name, values in counted(group, matched, cell, len(table)).items():
        table[name] = values
    table["month_dispersion"] = np.nan
    if not monthly:
        place, month, n = runs(cell[matched.home], matched.month)
        seen = pd.DataFrame({"cell": np.asarray(cells_named)[place], "period": month, "n": n})
        cells = by_month.assign(all="", cell=joined(by_month, CATEGORIES))
        table["month_dispersion"] = month_dispersion(seen, cells, keys).reindex(table.index)
    table = table.reset_index()
    if monthly:
        table["period"] = [
            pd.Timestamp(year=int(m // 12), month=int(m % 12) + 1, day=1, tz="UTC") for m in table["period"]
        ]  # fmt: skip
    return table[[*groups, *COUNTS]]


def group_of(matched: Matched, index: pd.Index, by: Sequence[str], monthly: bool) -> Codes:
    """Return the place in the index of each complaint's group, -1 where it has none."""
    homes = matched.homes[list(by)] if by else pd.DataFrame({"all": ""}, index=matched.homes.index)
    months, month = np.unique(matched.month, return_inverse=True) if monthly else (np.zeros(1), 0)
    groups = pd.MultiIndex.from_arrays(
        [*(np.repeat(homes[name].to_numpy(), len(months)) for name in homes), np.tile(months, len(homes))][
            : index.nlevels
        ],
        names=index.names,
    )
    wanted = groups if index.nlevels > 1 else groups.get_level_values(0)
    place = index.get_indexer(wanted)
    return place[matched.home * len(months) + month].astype(np.int64)


def counted(group: Codes, matched: Matched, cell: Codes, n_groups: int) -> dict[str, Codes]:
    """Count complaints and people in each group."""
    unknown = matched.speaker < 0
    inside = group >= 0
    some = np.flatnonzero(inside & ~unknown)
    speaker, mine = matched.speaker[some], group[some]
    n_speakers = int(speaker.max(initial=0)) + 1
    person, _, times_month = runs(mine * n_speakers + speaker, cell[matched.home[some]], matched.month[some])
    first = np.flatnonzero(np.diff(person, prepend=-1))
    group_month, group_all = person // n_speakers, person[first] // n_speakers
    times = np.add.reduceat(times_month, first) if len(first) else times_month

    def summed(groups: Codes, values: Codes | None = None) -> Codes:
        return np.bincount(groups, values, minlength=n_groups).astype(np.int64)

    nameless = summed(group[inside & unknown])
    return {
        "n_complaints": summed(group[inside]),
        "n_without_speaker": nameless,
        "n_complainers": summed(group_all),
        # a complaint of an unknown speaker stands for a speaker of its own
        "n_squared": summed(group_all, times**2) + nameless,
        "n_squared_month": summed(group_month, times_month**2) + nameless,
        "n_person_months": summed(group_month) + nameless,
    }
