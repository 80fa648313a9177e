"""Numbers for ids and categories for words: what millions of rows are counted and sorted by.

Text costs eighty bytes in a frame, and a comparison letter by letter, where a number costs eight bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "categories", "codes_of", "compact", "mixed", "n_distinct", "plain_column", "ranks", "whole_table", "words_of",
]  # fmt: skip

AT_ONCE = 2**28  # pairs of group and person that are kept in mind at once, a byte each


def compact(
    batches: Iterable[pa.RecordBatch | pa.Table], ids: Sequence[str] = (), people: Sequence[str] = ()
) -> pd.DataFrame:
    """Return a table for counting: a number by chance for each id, categories for other text.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        At least one; it may be empty.
    ids : sequence of str
        Columns whose text only matters as being the same or another. Equal ids have equal numbers in any table; two of
        ten million different ones are given the same number once in 400,000 tables.
    people : sequence of str
        Ids that stand in many rows each, and become categories.

    Returns
    -------
    DataFrame
        With the columns of the batches.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"speaker_id": ["x", None, "x"], "language": ["sv", "sv", None]})
    >>> rows = compact([table], people=["speaker_id"])
    >>> int(rows["speaker_id"].nunique()), rows["language"].astype(object).tolist()
    (1, ['sv', 'sv', nan])
    """
    import pyarrow as pa

    parts = []
    for batch in batches:
        columns = {}
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            if name in ids or name in people:
                hashed = mixed(words_of(values)).view(np.int64)
                columns[name] = pa.array(hashed, mask=np.asarray(values.is_null()))
            else:
                columns[name] = values.dictionary_encode() if is_text(values.type) else values
        parts.append(pa.table(columns))
    whole = pa.concat_tables(parts).unify_dictionaries()
    del parts
    made = {}
    for name in whole.column_names:  # one at a time, each dropped when it is done
        column = plain_column(whole[name])
        whole = whole.drop_columns([name])
        if name in people:
            codes, distinct = pd.factorize(column)
            column = categories(codes, range(len(distinct)), column)
        made[name] = column
    return pd.DataFrame(made, copy=False)


def codes_of(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Return the place of each value among the distinct ones, -1 where there is none, and these.

    Of categories these are all, whether or not a value is one of them.

    Examples
    --------
    >>> codes_of(pd.Series(["b", None, "a", "b"]))[0].tolist()
    [0, -1, 1, 0]
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(np.int64), values.cat.categories
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int64), pd.Index(distinct)


def n_distinct(group: np.ndarray, n_groups: int, person: np.ndarray, n_people: int) -> np.ndarray:
    """Count the different people in each group; a group or person below 0 is none.

    Examples
    --------
    >>> n_distinct(np.array([0, 0, 1, 0]), 2, np.array([3, 3, 1, -1]), 4).tolist()
    [1, 1]
    """
    counts = np.zeros(n_groups, dtype=np.int64)
    step = max(1, AT_ONCE // max(n_people, 1))
    for first in range(0, n_groups, step):
        seen = np.zeros((min(step, n_groups - first), n_people), dtype=bool)
        some = np.flatnonzero((group >= first) & (group < first + step) & (person >= 0))
        seen[group[some] - first, person[some]] = True
        counts[first : first + step] = seen.sum(axis=1)
    return counts


def categories(codes: np.ndarray, names: Sequence[str] | range, like: pd.Series) -> pd.Series:
    """Return a column of categories from their places among the names, with the index and the name of another.

    Examples
    --------
    >>> categories(np.array([1, -1, 0]), ["sv", "nb"], pd.Series([1, 2, 3])).tolist()
    ['nb', nan, 'sv']
    """
    place: Any = codes
    return pd.Series(pd.Categorical.from_codes(place, pd.Index(names)), index=like.index, name=like.name)


def whole_table(batches: Iterable[pa.RecordBatch | pa.Table]) -> pa.Table:
    """Put batches together."""
    import pyarrow as pa

    return pa.concat_tables(
        [batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch]) for batch in batches]
    )


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are text."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def plain_column(values: pa.ChunkedArray) -> pd.Series:
    """Return a column that is no id: text as categories, whole numbers with gaps as such."""
    import pyarrow as pa

    kind = values.type
    if is_text(kind):
        return values.combine_chunks().dictionary_encode().to_pandas()
    if pa.types.is_integer(kind):
        return values.to_pandas(types_mapper=lambda _: pd.Int64Dtype())
    return values.to_pandas()


def words_of(values: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Return texts as rows of numbers of eight bytes each, whose order is that of the texts; shape (n, n_words)."""
    import pyarrow as pa

    whole = values.cast(pa.large_binary())
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], type=pa.large_binary())
    _, offsets, data = whole.buffers()
    n = len(whole)
    if not n or data is None:
        return np.zeros((n, 1), dtype=np.uint64)
    ends = np.frombuffer(offsets, dtype=np.int64)[whole.offset : whole.offset + n + 1]
    letters = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    length = np.diff(ends)
    width = int(-(-max(length.max(), 1) // 8) * 8)
    if (length == width).all():
        rows = letters.reshape(n, width)
    else:
        rows = np.zeros((n, width), dtype=np.uint8)
        rows[np.arange(width) < length[:, None]] = letters
    return np.ascontiguousarray(rows).view(">u8").astype(np.uint64)


def ranks(words: np.ndarray) -> np.ndarray:
    """Return the place of each row among the distinct rows in order, from 0.

    Examples
    --------
    >>> ranks(np.array([[7, 1], [3, 9], [7, 0], [3, 9]], dtype=np.uint64)).tolist()
    [2, 0, 1, 0]
    """
    order = np.argsort(words[:, 0], kind="stable")
    first = words[order, 0]
    torn = (first[1:] == first[:-1]) & ~alike(words[:, 1:], order)
    if torn.any():  # rows alike in the first word only are sorted once more by the others
        group = np.cumsum(np.append(True, first[1:] != first[:-1])) - 1
        mixed_up = np.zeros(int(group[-1]) + 1, dtype=bool)
        mixed_up[group[1:][torn]] = True
        which = np.flatnonzero(mixed_up[group])
        order[which] = order[which[np.lexsort(words[order[which]].T[::-1])]]
    found = np.zeros(len(words), dtype=np.int64)
    found[order[1:]] = np.cumsum(~alike(words, order))
    return found


def alike(words: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return which rows, taken in an order, are the same as the row before; one fewer than there are rows."""
    same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for column in words.T:
        ordered = column[order]
        same &= ordered[1:] == ordered[:-1]
    return same


def mixed(words: np.ndarray) -> np.ndarray:
    """Return a number for each row that looks like chance and depends on nothing but the row.

    References
    ----------
    Steele, G. L., Lea, D. & Flood, C. H. (2014). Fast splittable pseudorandom number generators. *Proceedings of OOPSLA
    2014*, 453-472 (the mixing function).
    """
    state = np.zeros(len(words), dtype=np.uint64)
    for column in words.T:
        made = (state ^ column) + np.uint64(0x9E3779B97F4A7C15)
        made = (made ^ (made >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        made = (made ^ (made >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        # a word of zeros only fills up to the longest id
        state = np.where(column > 0, made ^ (made >> np.uint64(31)), state)
    return state
