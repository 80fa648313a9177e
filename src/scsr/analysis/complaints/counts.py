"""Complaints counted against those who could have complained, without counting anyone twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns, check_numbers, check_periods
from scsr.analysis.complaints.codes import distinct, weights
from scsr.analysis.complaints.tally import CATEGORIES, COUNTS, joined, match, month_number, plain, tally
from scsr.errors import EstimationError

__all__ = ["CATEGORIES", "STOCK_UNITS", "CountTable", "complaint_counts", "month_number"]

# units that stand at a level (so that rates are per unit and month) rather than pass by (so that they are per unit)
STOCK_UNITS = (
    "customers",
    "subscribers",
    "subscriptions",
    "members",
    "policies",
    "accounts",
    "households",
    "persons",
)
SAID = ("kind", "source", "speaker_id", "published_at", *CATEGORIES)
EXPOSED = ("period_start", "period_end", "n_exposed", "exposure_unit", *CATEGORIES)


@dataclass(frozen=True)
class CountTable:
    """Complaints and exposure by group.

    Parameters
    ----------
    frame : DataFrame
        One row a group (and ``period``): the categories of ``by``, ``n_complaints``, ``n_complainers``
        (distinct speakers), ``n_without_speaker`` (complaints whose speaker is unknown), ``n_squared`` (sum
        over speakers of their squared complaints, which tells how they repeat), ``n_squared_month`` (the same over
        speakers and months), ``n_person_months`` (months in which a speaker complained, over speakers),
        ``month_dispersion`` (see
        :func:`scsr.analysis.complaints.clusters.month_dispersion`; missing where it cannot be told), ``n_exposed``
        (mean number at any time for a stock such as customers; the sum for a flow such as contacts) and ``exposure``
        (unit-months, or units).
    total : mapping
        The same counts over all groups, with speakers distinct over the whole.
    by : tuple of str
        Categories of the groups.
    unit : str
        What is exposed, such as ``customers``.
    stock : bool
        Whether the unit stands at a level, so that exposure is unit-months.
    freq : {None, "month"}
        Whether the rows are split by calendar month in UTC.
    unmatched : mapping of str to int
        Complaints left out, by reason.
    n_kind_not_stated : int
        Utterances of sources that do not say which are complaints; they can neither count nor not count.
    n_exposure_rows_unused : int
        Rows of exposure that restate what other rows already hold.
    n_months : int
        Calendar months touched by the exposure.
    reason : str
        Why there is no count at all; empty when there is.
    """

    frame: pd.DataFrame
    total: Mapping[str, float]
    by: tuple[str, ...]
    unit: str
    stock: bool
    freq: Literal["month"] | None = None
    unmatched: Mapping[str, int] = field(default_factory=dict)
    n_kind_not_stated: int = 0
    n_exposure_rows_unused: int = 0
    n_months: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        for table in (self.frame, pd.DataFrame([dict(self.total)])):
            check_numbers(
                table, [name for name in ("n_complaints", "n_exposed", "exposure") if name in table], "counts"
            )

    @property
    def groups(self) -> list[str]:
        """Columns that tell rows apart."""
        return [*self.by, *(["period"] if self.freq else [])]

    @property
    def n_unmatched(self) -> int:
        """Complaints that no exposure stands beside."""
        return sum(self.unmatched.values())

    @property
    def n_complaints(self) -> int:
        """Complaints counted."""
        return int(self.total.get("n_complaints", 0))

    def group_of(self, row: Mapping[Any, Any]) -> dict[str, str]:
        """Return a row's group as an estimate wants it; a period is written as ``2023-04``."""
        return {
            name: f"{row[name]:%Y-%m}" if name == "period" else str(row[name]) for name in self.groups
        }  # fmt: skip


def complaint_counts(
    utterances: pd.DataFrame,
    exposure: pd.DataFrame,
    by: Sequence[str] = ("company",),
    unit: str = "customers",
    freq: Literal["month"] | None = None,
) -> CountTable:
    """Count complaints, as their source states them, against an exposure.

    A null category of an exposure row means *all*. Rows that restate what coarser rows already hold (parts
    of a stated total, or another cut of the same customers) are left out, so that nobody is exposed twice.
    A complaint counts where exactly one row that is used holds its categories and its time (periods are
    half-open).

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    exposure : DataFrame
        Table ``exposure``.
    by : sequence of {"company", "sector", "country", "channel"}
        Categories of the groups; empty for the whole.
    unit : str
        Value of ``exposure_unit``. Units in :data:`STOCK_UNITS` stand at a level and give unit-months.
    freq : {None, "month"}
        Split the groups by calendar month, in UTC.

    Returns
    -------
    CountTable
        With ``reason`` set, and no rows, where nothing can be counted.

    Raises
    ------
    EstimationError
        On an unknown category, a category that the exposure never states, or two rows of exposure with the
        same categories and overlapping periods.

    Examples
    --------
    >>> from scsr import schema
    >>> exposed = pd.DataFrame({"company": ["Ekonet"], "period_start": ["2023-01-01"], "period_end": ["2023-03-01"],
    ...                         "n_exposed": [500.0], "exposure_unit": ["customers"]})
    >>> said = pd.DataFrame({"kind": ["complaint"], "company": ["Ekonet"], "published_at": ["2023-02-28"],
    ...                      "speaker_id": ["a"]})
    >>> counts = complaint_counts(schema.conform(said, "utterances"), schema.conform(exposed, "exposure"))
    >>> counts.frame[["company", "n_complaints", "n_exposed", "exposure"]].to_dict("records")
    [{'company': 'Ekonet', 'n_complaints': 1, 'n_exposed': 500.0, 'exposure': 1000.0}]
    """
    by = check_by(by, freq)
    check_columns(utterances, SAID, "utterances", "counting complaints")
    check_columns(exposure, EXPOSED, "exposure", "counting complaints")
    stock = unit in STOCK_UNITS
    rows = exposure.loc[exposure["exposure_unit"].astype("string").eq(unit)].reset_index(drop=True)
    check_numbers(rows, ["n_exposed"], "exposure")
    check_periods(rows)
    stated, n_not_stated = complaints_stated(utterances)
    if rows.empty or stated is None:
        known = ", ".join(sorted(exposure["exposure_unit"].astype("string").dropna().unique())) or "none"
        reason = (
            ("no exposure was given" if exposure.empty else f"no exposure in {unit} was given (units given: {known})")
            if rows.empty
            else "no source states which of its utterances are complaints"
        )  # fmt: skip
        empty = pd.DataFrame(columns=[*by, *(["period"] if freq else []), *COUNTS])
        return CountTable(empty, {}, by, unit, stock, freq, {}, n_not_stated, reason=reason)
    disjoint, n_unused = disjoint_rows(rows, by)
    if disjoint.empty:
        raise EstimationError(
            f"exposure in {unit} never states {' and '.join(by)} together; give such rows or group by less"
        )
    matched, unmatched = match(stated, disjoint)
    pieces = pieces_of(disjoint, stock, freq)
    groups = [*by, *(["period"] if freq else [])]
    by_month = pieces if freq else pieces_of(disjoint, stock, "month")
    frame = tally(matched, pieces, by_month, groups, stock)
    total = {str(k): float(v) for k, v in tally(matched, pieces, by_month, [], stock).iloc[0].items()}
    n_months = int(np.ceil(pieces["stop"].max()) - np.floor(pieces["start"].min()))
    return CountTable(frame, total, by, unit, stock, freq, unmatched, n_not_stated, n_unused, n_months)


def check_by(by: Sequence[str], freq: str | None) -> tuple[str, ...]:
    """Return the categories as a tuple, or say which is none."""
    by = (by,) if isinstance(by, str) else tuple(by)
    unknown = [name for name in by if name not in CATEGORIES]
    if unknown or len(set(by)) < len(by):
        raise EstimationError(f"by={by} must name each of {', '.join(CATEGORIES)} at most once")
    if freq not in (None, "month"):
        raise EstimationError(f"freq={freq!r} is unknown; give None or 'month'")
    return by


def complaints_stated(utterances: pd.DataFrame) -> tuple[pd.DataFrame | None, int]:
    """Return the complaints of the sources that state complaints, and how many utterances have no such source."""
    rows, row = distinct(utterances, ["kind", "source"])
    n = np.bincount(row, weights(utterances), minlength=len(rows))
    complains = rows["kind"].eq("complaint").fillna(False).to_numpy(dtype=bool)
    if not complains.any():
        return None, int(n.sum())
    source = rows["source"].fillna("")
    states = source.isin(source[complains].unique())
    return utterances.loc[complains[row]], int(n[~states].sum())


def disjoint_rows(rows: pd.DataFrame, by: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """Choose rows of exposure that state ``by`` and hold no customer twice: coarse rows before their parts."""
    table = plain(rows, CATEGORIES).assign(
        start=month_number(rows["period_start"]), stop=month_number(rows["period_end"]),
        period_start=rows["period_start"], period_end=rows["period_end"], n_exposed=rows["n_exposed"],
    )  # fmt: skip
    table = table[(table[list(by)] != "").all(axis=1)] if by else table
    if table.empty:
        return table, len(rows)
    # `sector` says nothing that `company` does not, so it does not make a row finer
    pattern = table[list(CATEGORIES)] != ""
    fineness = pattern["company"] * 1 + pattern["country"] * 1 + pattern["channel"] * 1
    fineness += pattern["sector"] & ~pattern["company"]
    # of two patterns as fine, the one that names the company first
    table = table.assign(fineness=fineness, pattern=joined((~pattern).astype(int).astype(str), CATEGORIES))
    kept: list[pd.DataFrame] = []
    for _, part in table.sort_values("start").groupby(["fineness", "pattern"], sort=True):
        check_overlap(part)
        fresh = part
        for earlier in kept:
            fresh = fresh[~overlaps(fresh, earlier)]
        if len(fresh):
            kept.append(fresh)
    chosen = pd.concat(kept, ignore_index=True) if kept else table.iloc[:0]
    return chosen, len(rows) - len(chosen)


def check_overlap(part: pd.DataFrame) -> None:
    """Refuse rows with the same categories whose periods overlap: which one holds cannot be told."""
    ordered = part.sort_values([*CATEGORIES, "start", "stop"])
    key = joined(ordered, CATEGORIES)
    late = (key == key.shift()) & (ordered["stop"].shift() > ordered["start"])
    if late.any():
        row = ordered[late].iloc[0]
        where = ", ".join(row[name] for name in CATEGORIES if row[name]) or "all"
        raise EstimationError(
            f"exposure of {where}: the period from {row['period_start']:%Y-%m-%d} overlaps the one before; "
            "keep one row for each time, or another exposure_unit"
        )


def overlaps(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Say which rows share a customer and an instant with any other, a null category being all."""
    found = np.zeros(len(rows), dtype=bool)
    others = others.drop_duplicates([*CATEGORIES, "start", "stop"])
    for start in range(0, len(rows), 512):  # in blocks, so that long tables do not fill memory
        block = rows.iloc[start : start + 512]
        meet = (block["start"].to_numpy()[:, None] < others["stop"].to_numpy()) & (
            block["stop"].to_numpy()[:, None] > others["start"].to_numpy()
        )
        for name in CATEGORIES:
            mine, theirs = block[name].to_numpy()[:, None], others[name].to_numpy()
            meet &= (mine == theirs) | (mine == "") | (theirs == "")
        found[start : start + 512] = meet.any(axis=1)
    return pd.Series(found, index=rows.index)


def pieces_of(rows: pd.DataFrame, stock: bool, freq: str | None) -> pd.DataFrame:
    """Return the rows as pieces of time with their exposure, cut at the turns of months when asked."""
    if freq == "month":
        months = [
            np.arange(np.floor(a), np.ceil(b)) for a, b in zip(rows["start"], rows["stop"], strict=True)
        ]  # fmt: skip
        pieces = rows.loc[rows.index.repeat([len(m) for m in months])].reset_index(drop=True)
        pieces["period"] = np.concatenate(months)
        whole = pieces["stop"] - pieces["start"]
        pieces["start"] = np.maximum(pieces["start"], pieces["period"])
        pieces["stop"] = np.minimum(pieces["stop"], pieces["period"] + 1)
    else:
        pieces = rows.assign(period=0.0)
        whole = pieces["stop"] - pieces["start"]
    length = pieces["stop"] - pieces["start"]
    return pieces.assign(exposure=pieces["n_exposed"] * (length if stock else length / whole))
