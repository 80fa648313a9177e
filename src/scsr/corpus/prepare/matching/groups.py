"""Groups of drafts: as many utterances as one task takes, known by the positions of their rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.drafts import Draft, read_draft
from scsr.corpus.store.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow as pa

__all__ = [
    "Corpus",
    "Group",
    "Mapper",
    "corpus_of",
    "fixed",
    "groups_of",
    "hexadecimal",
    "ids_of",
    "lists_of",
    "read_group",
]

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_ROWS = 2**16
LEAST_ROWS = 2**13
GROUPS = 8
"""Groups of a corpus of middling size, so that several workers find work."""

ID_LENGTH = 32


class Mapper(Protocol):
    """What applies a function to items, such as :class:`scsr.corpus.prepare.pool.Pool`."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results in the order of the items."""
        ...


@dataclass(frozen=True)
class Group:
    """Some drafts that follow each other.

    Parameters
    ----------
    number : int
    start : int
        Position of the first row: its number over the rows of all drafts.
    names : tuple of str
        Files of the drafts.
    sizes, sources : tuple of int
        Rows of each draft, and the number of its source.
    """

    number: int
    start: int
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    sources: tuple[int, ...]

    @property
    def n_rows(self) -> int:
        """Rows of all its drafts."""
        return sum(self.sizes)


@dataclass(frozen=True)
class Corpus:
    """What every task must know.

    Parameters
    ----------
    drafts, scratch : Folder
    starts : array of int64, shape (n_groups + 1,)
        Position at which each group starts, and the number of rows.
    """

    drafts: Folder
    scratch: Folder
    starts: NDArray[np.int64]

    @property
    def n_rows(self) -> int:
        """Rows of all groups."""
        return int(self.starts[-1])

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.starts) - 1

    def bounds(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Cut sorted positions by groups: a share for each."""
        return np.searchsorted(positions, self.starts).astype(np.int64)

    def n_shares(self, size: int) -> int:
        """Count the shares of `size` rows, about."""
        return 1 + self.n_rows // size


def corpus_of(
    folder: Folder, drafts: Sequence[Draft], scratch: Folder, rows: int | None = None
) -> tuple[Corpus, list[Group]]:
    """Cut a corpus into groups, with a scratch folder of its own.

    Tasks of an earlier run that was killed may still be at work on a cluster: they write elsewhere, or the same.
    """
    groups = groups_of(drafts, rows)
    digest = hashlib.blake2b(repr([(one.names, one.sizes) for one in groups]).encode(), digest_size=8).hexdigest()
    starts = np.array([*(one.start for one in groups), sum(draft.n_rows for draft in drafts)], dtype=np.int64)
    return Corpus(folder, scratch / digest, starts), groups


def groups_of(drafts: Sequence[Draft], rows: int | None = None) -> list[Group]:
    """Put drafts together.

    Parameters
    ----------
    drafts : sequence of Draft
        Of utterances, in reading order.
    rows : int, optional
        Rows of a group, about; chosen by the size of the corpus unless given.

    Returns
    -------
    list of Group

    Examples
    --------
    >>> three = [Draft(name, 0, "utterances", 60) for name in "abc"]
    >>> [(group.start, group.names) for group in groups_of(three, rows=100)]
    [(0, ('a', 'b')), (120, ('c',))]
    """
    total = sum(draft.n_rows for draft in drafts)
    rows = rows or min(max(total // GROUPS, LEAST_ROWS), MOST_ROWS)
    made: list[Group] = []
    held: list[Draft] = []
    start = 0
    for draft in drafts:
        held.append(draft)
        n_held = sum(one.n_rows for one in held)
        if n_held >= rows:
            made.append(group_of(held, len(made), start))
            start, held = start + n_held, []
    return [*made, group_of(held, len(made), start)] if held else made


def group_of(drafts: list[Draft], number: int, start: int) -> Group:
    """Make a group of drafts."""
    columns = zip(*((draft.name, draft.n_rows, draft.source) for draft in drafts), strict=True)
    return Group(number, start, *columns)


def read_group(folder: Folder, group: Group, columns: Sequence[str]) -> pa.Table:
    """Read columns of the drafts of a group, one behind the other."""
    import pyarrow as pa

    return pa.concat_tables([read_draft(folder, name, columns) for name in group.names]).combine_chunks()


def lists_of(column: pa.ChunkedArray) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Values of a column of lists, and where each list begins, shape (n + 1,)."""
    whole = column.combine_chunks()
    return whole.flatten().to_numpy(), np.concatenate([[0], np.cumsum(whole.value_lengths().to_numpy())])


def ids_of(column: pa.ChunkedArray) -> NDArray[np.bytes_]:
    """Ids of 32 characters each as an array of bytes."""
    import pyarrow as pa

    whole = column.cast(pa.binary()).cast(pa.binary(ID_LENGTH)).combine_chunks()
    held = whole.buffers()[1]
    start = whole.offset * ID_LENGTH
    return np.frombuffer(held or b"", dtype=f"S{ID_LENGTH}", count=len(whole), offset=start if held else 0)


def hexadecimal(column: pa.ChunkedArray) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Numbers of the first 16 hexadecimal digits, and whether there are any.

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers, known = hexadecimal(pa.chunked_array([["00000000000000ff00", None, ""]]))
    >>> numbers.tolist(), known.tolist()
    ([255, 0, 0], [True, False, False])
    """
    import pyarrow.compute as pc

    digits = pc.utf8_slice_codeunits(pc.fill_null(column, ""), 0, 16)
    known = pc.not_equal(digits, "")
    digits = "".join(pc.if_else(known, digits, "0" * 16).to_pylist())
    return np.frombuffer(bytes.fromhex(digits), dtype=">u8").astype(np.uint64), np.asarray(known, dtype=bool)


def fixed(values: NDArray[np.bytes_]) -> pa.Array:
    """Column of strings of ids as bytes."""
    import pyarrow as pa

    held = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(ID_LENGTH), len(values), [None, pa.py_buffer(np.ascontiguousarray(values).tobytes())]
    )
    return held.cast(pa.binary()).cast(pa.string())
