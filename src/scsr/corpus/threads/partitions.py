"""Files of utterances that are worked on apart from each other: whole conversations, and all that are linked to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scsr.corpus.threads.coding import RULED, STAMP

__all__ = ["Partitions", "ordered", "read"]

SCHEMA = pa.schema(
    [pa.field("row", pa.int64()), *(pa.field(c, STAMP if c == "published_at" else pa.string()) for c in RULED)]
)
"""What the files hold: the row among all utterances, and what the rules look at."""

Numbers = NDArray[np.int64]


class Partitions:
    """Arrow files in a scratch folder, one group of them for each partition.

    Parameters
    ----------
    scratch : Path
        An empty folder on this machine.
    n : int
        Number of partitions.
    """

    def __init__(self, scratch: Path, n: int) -> None:
        self.scratch = scratch
        self.groups: list[tuple[Path, ...]] = [(scratch / f"{number}.arrow",) for number in range(n)]
        self.n_rows = 0

    @contextlib.contextmanager
    def writing(self) -> Iterator[list[pa.RecordBatchFileWriter]]:
        """Open the last file of every group."""
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(pa.ipc.new_file(str(files[-1]), SCHEMA)) for files in self.groups]

    def add(self, rows: pa.Table, opened: Sequence[pa.RecordBatchFileWriter]) -> None:
        """Write the next utterances to the files of their conversations."""
        rows = rows.select(list(RULED))
        rows = rows.add_column(0, "row", pa.array(np.arange(self.n_rows, self.n_rows + len(rows)))).cast(SCHEMA)
        self.n_rows += len(rows)
        split(rows, partition_of(keys(rows), len(self.groups)), opened)

    def join(self, lost: pa.Array) -> bool:
        """Bring conversations together that are linked over the edges of partitions.

        Parameters
        ----------
        lost : pyarrow.Array
            Ids that are answered in a partition where they do not stand.

        Returns
        -------
        bool
            Whether there were any such.
        """
        files = [file for group in self.groups for file in group]
        mask = [pc.is_in(read(file)["utterance_id"], value_set=lost) for file in files] if len(lost) else []
        astray = pa.table(
            {
                "id": stacked([read(f)["utterance_id"].filter(m) for f, m in zip(files, mask, strict=False)]),
                "key": stacked([keys(read(f).filter(m)) for f, m in zip(files, mask, strict=False)]),
            }
        )
        if not len(astray):
            return False
        sides = [links(read(file), astray) for file in files]
        moved, partition = components(stacked([a for a, _ in sides]), stacked([b for _, b in sides]))
        partition %= len(self.groups)
        kept = [self.scratch / f"{number}.kept.arrow" for number in range(len(files))]
        self.groups = [
            (file, self.scratch / f"{number}.moved.arrow") for number, file in enumerate(kept)
        ]  # fmt: skip
        with self.writing() as opened:
            for file, rest in zip(files, kept, strict=True):
                rows = read(file)
                place = pc.index_in(keys(rows), value_set=moved)
                with pa.ipc.new_file(str(rest), SCHEMA) as writer:
                    writer.write_table(rows.filter(pc.is_null(place)))
                split(rows.filter(pc.is_valid(place)), partition[place.drop_null().to_numpy()], opened)
                file.unlink()
        return True


def stacked(chunks: Sequence[pa.ChunkedArray]) -> pa.Array:
    """Join columns of text."""
    return pa.chunked_array([c for one in chunks for c in one.chunks], pa.string()).combine_chunks()


def split(rows: pa.Table, partition: Numbers, opened: Sequence[pa.RecordBatchFileWriter]) -> None:
    """Write each row to the file of its partition."""
    whole = rows.take(pa.array(np.argsort(partition, kind="stable"))) if len(opened) > 1 else rows
    ends = np.cumsum(np.bincount(partition, minlength=len(opened))).tolist()
    for writer, start, end in zip(opened, [0, *ends], ends, strict=False):
        writer.write_table(whole.slice(start, end - start))


def keys(rows: pa.Table) -> pa.ChunkedArray:
    """Id of each row's conversation; marked, that of an utterance which stands in none."""
    if rows["conversation_id"].null_count == 0:
        return rows["conversation_id"]
    return pc.coalesce(rows["conversation_id"], pc.binary_join_element_wise(rows["utterance_id"], "alone", " "))


def partition_of(ids: pa.ChunkedArray, n: int) -> Numbers:
    """Partition of each id, by its first four letters, which are even over the ids that ``prepare`` gives.

    Examples
    --------
    >>> partition_of(pa.chunked_array([["3f00aa", "3f00bb", "b"]]), 8).tolist()
    [4, 4, 3]
    """
    if n == 1:
        return np.zeros(len(ids), dtype=np.int64)
    head = pc.binary_slice(pc.utf8_rpad(ids, 4).cast(pa.binary()), 0, 4).cast(pa.binary(4))
    letters = np.frombuffer(head.combine_chunks().buffers()[1], dtype="<u4", count=len(ids))
    # multiplied by the golden ratio, the upper bits depend on all letters
    mixed = (letters * np.uint32(2_654_435_769)) >> np.uint32(16)
    return (mixed % np.uint32(n)).astype(np.int64)


def read(file: Path) -> pa.Table:
    """Read an Arrow file where it lies."""
    return pa.ipc.open_file(pa.memory_map(str(file))).read_all()


def ordered(rows: pa.Table) -> pa.Table:
    """Put rows into the order of the utterances."""
    row = rows["row"].to_numpy()
    return rows if np.all(row[1:] > row[:-1]) else rows.take(pa.array(np.argsort(row)))


def links(rows: pa.Table, astray: pa.Table) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Find the conversations of a partition of which one answers another, in it or astray."""
    own = keys(rows)
    ids = pa.chunked_array([*rows["utterance_id"].chunks, *astray["id"].chunks])
    homes = pa.chunked_array([*own.chunks, *astray["key"].chunks])
    place = pc.index_in(rows["reply_to"], value_set=ids.combine_chunks())
    known = pc.and_(pc.is_valid(place), pc.is_valid(rows["reply_to"]))
    first, second = own.filter(known), homes.take(place.filter(known))
    apart = pc.not_equal(first, second)
    return first.filter(apart), second.filter(apart)


def components(first: pa.Array, second: pa.Array) -> tuple[pa.Array, Numbers]:
    """Give each group of what is linked a number.

    Examples
    --------
    >>> components(pa.array(["a", "b", "d"]), pa.array(["b", "c", "e"]))[1].tolist()
    [0, 0, 1, 0, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    both = pa.concat_arrays([first, second]).dictionary_encode()
    code, n = both.indices.to_numpy(), len(both.dictionary)
    graph = coo_array((np.ones(len(first)), (code[: len(first)], code[len(first) :])), shape=(n, n))
    return both.dictionary, connected_components(graph, directed=False)[1].astype(np.int64)
