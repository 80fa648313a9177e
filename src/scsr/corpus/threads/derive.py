"""Cases of prepared utterances, however many: conversation partition by conversation partition.

The utterances are read once and spread over files by their conversation's id, each file small enough to be worked on in
memory and by any process. What comes out is put back into the order of the utterances while these are read a second
time, so that neither the number of partitions nor who works on them shows in the result.

A parent may stand in another conversation, where a source says so: such conversations are worked on together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from scsr.corpus.store.folder import Folder
from scsr.corpus.store.parts import PART_ROWS, read_part
from scsr.corpus.threads.coding import COPIED, RULED, coded, instants, microseconds, observed_until
from scsr.corpus.threads.partitions import Partitions, ordered, read
from scsr.corpus.threads.turns import NEVER
from scsr.schema import DATE_PRECISIONS, DERIVED, ROLES

__all__ = ["PARTITION_ROWS", "derive_cases", "derive_partition"]

PARTITION_ROWS = 500_000
"""Utterances of one partition, which are held in memory at once."""

BLOCK_ROWS = 2 * PART_ROWS
"""Utterances that are spread at once."""

Part = Mapping[str, Any]


def derive_cases(
    folder: str | Path | Folder,
    parts: Sequence[Part],
    scratch: Path,
    stated: Mapping[str, str] | None = None,
    n_partitions: int | None = None,
    run: Callable[..., Iterable[pa.Array]] = map,
) -> Iterator[tuple[str, str, pa.Table]]:
    """Derive the tables of :data:`scsr.schema.DERIVED` from prepared utterances.

    Parameters
    ----------
    folder : str, Path or Folder
        Of the prepared tables.
    parts : sequence of mapping
        Parts of the utterances in order, as the manifest lists them.
    scratch : Path
        An empty folder on this machine for what is between; it takes about 200 bytes an utterance.
    stated : mapping, optional
        Source to the instant until which it was watched.
    n_partitions : int, optional
        As many as keep a partition near :data:`PARTITION_ROWS` unless given; it does not show in the result.
    run : callable
        ``map``, or that of an executor of processes on this machine.

    Yields
    ------
    table, source : str
    rows : pyarrow.Table
        At most :data:`~scsr.corpus.store.parts.PART_ROWS` of a source, in the order of the utterances.

    Raises
    ------
    TableError
        If an utterance does not say how precise its time is.

    Notes
    -----
    Time grows with the number of utterances, memory does not, but by conversations that answer each other.
    """
    folder = Folder.of(folder)
    n_rows = sum(part["n_rows"] for part in parts)
    partitions = Partitions(scratch, n_partitions or max(1, round(n_rows / PARTITION_ROWS)))
    last = spread(folder, parts, partitions)
    made = [scratch / f"{number}.cases" for number in range(len(partitions.groups))]
    lost = pa.concat_arrays(list(run(derive_partition, partitions.groups, made))).unique()
    if partitions.join(lost):
        list(run(derive_partition, partitions.groups, made))
    yield from collected(folder, parts, [read(file) for file in made], observed_until(last, stated or {}))


def spread(folder: Folder, parts: Sequence[Part], partitions: Partitions) -> dict[str, int]:
    """Read the utterances once; return the last instant of each source."""
    last: dict[str, int] = {}
    with partitions.writing() as opened:
        waiting: list[pa.Table] = []
        for part in parts:
            rows = read_part(folder, "utterances", part["name"], list(RULED))
            seen = int(microseconds(rows["published_at"]).max(initial=NEVER))
            last[part["source"]] = max(last.get(part["source"], NEVER), seen)
            waiting.append(plain(rows))
            if sum(map(len, waiting)) >= BLOCK_ROWS:
                partitions.add(pa.concat_tables(waiting), opened)
                waiting = []
        if waiting:
            partitions.add(pa.concat_tables(waiting), opened)
    return last


def plain(rows: pa.Table) -> pa.Table:
    """Write categories out as text."""
    return pa.table(
        {
            name: rows[name].cast(pa.string()) if pa.types.is_dictionary(rows[name].type) else rows[name]
            for name in rows.column_names
        }
    )


def derive_partition(files: Sequence[Path], out: Path) -> pa.Array:
    """Apply the rules to the utterances of one partition.

    Parameters
    ----------
    files : sequence of Path
        Its group in :class:`~scsr.corpus.threads.partitions.Partitions`.
    out : Path
        Arrow file to write: for each case the row of its opening, and what is derived, as numbers.

    Returns
    -------
    pyarrow.Array
        Ids that are answered in the partition but do not stand in it.
    """
    rows = ordered(pa.concat_tables([read(file) for file in files]))
    turns = coded(rows)
    made: dict[str, Any] = {
        "row": rows["row"].to_numpy()[turns.openings],
        "n_turns": turns.n_turns.astype(np.int32),
        "closed_at": turns.closed_at,
    }
    for table, responders in DERIVED.items():
        found = turns.responses(responders)
        made |= {f"{table}.when": found.when, f"{table}.hours": found.hours}
        made |= {f"{table}.role": found.role.astype(np.int8), f"{table}.precision": found.precision.astype(np.int8)}
    derived = pa.table(made)
    with pa.ipc.new_file(str(out), derived.schema) as writer:
        writer.write_table(derived)
    return rows["reply_to"].filter(pa.array(turns.answers & (turns.parent < 0))).combine_chunks()


def collected(
    folder: Folder, parts: Sequence[Part], derived: Sequence[pa.Table], ends: Mapping[str, int]
) -> Iterator[tuple[str, str, pa.Table]]:
    """Read the openings, put what was derived beside them, and cut it into parts."""
    waiting: dict[str, list[pa.Table]] = {table: [] for table in DERIVED}
    start, source = 0, ""
    for part in parts:
        if part["source"] != source:
            yield from flushed(waiting, source, 1)
            source = part["source"]
        columns = ["utterance_id", "published_at", *COPIED]
        rows = plain(read_part(folder, "utterances", part["name"], columns))
        of_part = ordered(pa.concat_tables([within(one, start, start + len(rows)) for one in derived]))
        opened = rows.take(pa.array(of_part["row"].to_numpy() - start))
        start += len(rows)
        for table in DERIVED:
            waiting[table].append(case_rows(opened, of_part, table, ends[source]))
        yield from flushed(waiting, source, PART_ROWS)
    yield from flushed(waiting, source, 1)


def within(derived: pa.Table, start: int, stop: int) -> pa.Table:
    """Cases that are opened in some rows."""
    first, last = np.searchsorted(derived["row"].to_numpy(), [start, stop])
    return derived.slice(first, last - first)


def flushed(waiting: dict[str, list[pa.Table]], source: str, least: int) -> Iterator[tuple[str, str, pa.Table]]:
    """Give out what waits, where it is enough for a part; at the end of a source everything is."""
    for table, rows in waiting.items():
        n = sum(map(len, rows))
        if n < least or not n:
            continue
        whole = pa.concat_tables(rows)
        full = n - n % PART_ROWS if least > 1 else n
        for start in range(0, full, PART_ROWS):
            yield table, source, whole.slice(start, min(PART_ROWS, full - start))
        waiting[table] = [whole.slice(full)]


def case_rows(opened: pa.Table, derived: pa.Table, table: str, end: int) -> pa.Table:
    """Make rows of a derived table."""
    role, closed = derived[f"{table}.role"].to_numpy(), derived["closed_at"].to_numpy()
    made = {name: opened[name] for name in COPIED} | {
        "case_id": opened["utterance_id"],
        "opened_at": opened["published_at"],
        "date_precision": pa.array(DATE_PRECISIONS).take(derived[f"{table}.precision"]),
        "first_response_at": instants(derived[f"{table}.when"].to_numpy()),
        "first_response_h": pa.array(derived[f"{table}.hours"].to_numpy(), from_pandas=True),
        "answered": pa.array(role >= 0),
        "answered_by": pa.array(ROLES).take(pa.array(role, mask=role < 0)),
        "n_turns": derived["n_turns"],
        "closed_at": instants(closed),
        # a case that is seen to go on was watched at least that long
        "observed_until": instants(np.maximum(closed, end)),
    }
    return pa.table(made)
