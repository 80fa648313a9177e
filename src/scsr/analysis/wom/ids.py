"""Shares whose ids are numbers: what ten million of them are counted and sorted by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scsr.analysis.compact import mixed, plain_column, ranks, whole_table, words_of
from scsr.errors import EstimationError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MOST_TIMED", "SHARE_COLUMNS", "draws_of", "numbered", "order_of", "plain_ids", "some_cascades"]

SHARE_COLUMNS = (
    "share_id", "cascade_id", "parent_id", "t_h", "observed_until_h", "n_followers", "speaker_role", "valence",
)  # fmt: skip
"""What the report on word of mouth needs of the table ``shares``."""
DRAW = "cascade_draw"
MOST_TIMED = 100_000
"""Shares that models of the time of each share are fitted to at most, unless told otherwise."""


def numbered(batches: Iterable[pa.RecordBatch | pa.Table]) -> pd.DataFrame:
    """Return shares with numbers for ids, in the order of the ids.

    Text costs eighty bytes and a comparison letter by letter where a number costs eight bytes. Every function here takes
    either and gives the same estimates.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Of the table ``shares``, with ``share_id, cascade_id, parent_id`` among the columns.

    Returns
    -------
    DataFrame
        The columns given; ``share_id`` and ``parent_id`` are numbers of one row, ``cascade_id`` of another, and
        ``cascade_draw`` is a number by chance for each cascade, made of its id, for :func:`some_cascades`.

    Raises
    ------
    EstimationError
        If one of the three ids is missing among the columns.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"share_id": ["b", "a"], "cascade_id": ["k", "k"], "parent_id": ["a", None]})
    >>> numbered([table])[["share_id", "cascade_id", "parent_id"]].values.tolist()
    [[1, 0, 0], [0, 0, <NA>]]
    """
    import pyarrow as pa

    whole = whole_table(batches)
    for name in ("share_id", "cascade_id", "parent_id"):
        if name not in whole.column_names:
            raise EstimationError(f"shares have no column {name!r}; read it with the others")
    share, parent = whole["share_id"], whole["parent_id"]
    known = np.asarray(parent.is_valid())
    both = ranks(words_of(pa.chunked_array([*share.chunks, *parent.drop_null().chunks], type=share.type)))
    above = np.zeros(len(known), dtype=np.int64)
    above[known] = both[len(known) :]
    made: dict[str, Any] = {"share_id": both[: len(known)], "parent_id": pd.arrays.IntegerArray(above, ~known)}
    del share, parent, both
    words = words_of(whole["cascade_id"])
    made["cascade_id"], made[DRAW] = ranks(words), mixed(words)
    whole = whole.drop_columns(["share_id", "parent_id", "cascade_id"])
    del words
    for name in whole.column_names:
        made[name] = plain_column(whole[name])
    del whole
    pa.default_memory_pool().release_unused()
    return pd.DataFrame(made, copy=False)


def order_of(ids: pd.Series) -> np.ndarray:
    """Return a number for each id, in the order of the ids; -1 where there is none.

    Examples
    --------
    >>> order_of(pd.Series(["b", None, "a", "b"])).tolist()
    [1, -1, 0, 1]
    """
    import pyarrow as pa

    known = ids.notna().to_numpy()
    found = np.full(len(ids), -1, dtype=np.int64)
    some = ids if known.all() else ids[known]
    if pd.api.types.is_integer_dtype(ids.dtype):
        found[known] = some.to_numpy(np.int64)
    else:
        found[known] = ranks(words_of(pa.chunked_array([pa.array(some.astype(str), type=pa.string())])))
    return found


def plain_ids(ids: pd.Series) -> np.ndarray:
    """Return ids as numbers where they are, else as plain text."""
    whole = pd.api.types.is_integer_dtype(ids.dtype)
    return ids.to_numpy(np.int64) if whole else ids.astype(str).to_numpy(object)


def draws_of(shares: pd.DataFrame) -> np.ndarray:
    """Return a number by chance for each share, the same for all of a cascade, made of the cascade's id."""
    import pyarrow as pa

    if DRAW in shares:
        return shares[DRAW].to_numpy(np.uint64)
    return mixed(words_of(pa.chunked_array([pa.array(shares["cascade_id"].astype(str), type=pa.string())])))


def some_cascades(shares: pd.DataFrame, most: int | None, seed: int = 1) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return whole cascades of at most so many shares in all, drawn by chance, and how they were drawn.

    The draw goes by the ids of the cascades, so that the same cascades are drawn again whatever else the table holds,
    and a larger sample holds the smaller.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.
    most : int or None
        Shares to keep at most, but one cascade at least; None keeps all.
    seed : int
        Another seed draws others.

    Returns
    -------
    DataFrame
        The table itself where it is no larger.
    tuple of str
        For the assumptions of what is estimated; empty where all were kept.

    Raises
    ------
    EstimationError
        If ``most`` is below 1.

    Examples
    --------
    >>> rows = pd.DataFrame({"cascade_id": ["a", "a", "b", "c"], "t_h": [0.0, 1, 0, 0]})
    >>> some, how = some_cascades(rows, 2)
    >>> len(some) <= 2, how[0].endswith("of 3 cascades")
    (True, True)
    """
    if most is not None and most < 1:
        raise EstimationError(f"most={most}: give a number of shares from 1, or None for all")
    if most is None or len(shares) <= most:
        return shares, ()
    draws = draws_of(shares)
    draws = mixed(np.column_stack([draws, np.full(len(draws), seed + 1, dtype=np.uint64)]))
    drawn, size = np.unique(draws, return_counts=True)
    n = max(1, int(np.searchsorted(np.cumsum(size), most, side="right")))
    some = shares[draws <= drawn[n - 1]]
    return some, (f"{n:,} cascades of {len(some):,} shares, drawn at random, stand for all of {len(drawn):,} cascades",)
