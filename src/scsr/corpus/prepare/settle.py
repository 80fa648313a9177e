"""Make ids unique in reading order: equal records are told apart, a repeated one is a reject.

Two records of a source without an id of their own may be equal in title, date and text, such as the same page saved
twice: the second gets an id from the first one's and its number among equals, so neither path nor position enters it.
Two records that bear the same id of their own are one record.

Repetitions are looked for in one share of the ids at a time, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scsr.corpus.prepare.drafts import Draft, read_counts, read_draft, write_draft
from scsr.corpus.prepare.pool import Pool
from scsr.corpus.prepare.work import Counts
from scsr.corpus.readers.records import Reject
from scsr.corpus.store.folder import Folder
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["settle"]

NAMED = {"utterances": "utterance_id", "shares": "share_id"}
POINTING = ("conversation_id", "reply_to")

SHARE_ROWS = 500_000
"""Rows whose ids are held at a time, about."""

Repeats = dict[int, list[tuple[int, int]]]
"""Number of a draft to rows of it and how many of the same id stand before each."""


def settle(folder: Folder, drafts: Sequence[Draft], key: bytes, pool: Pool) -> Iterator[tuple[int, Draft, Counts]]:
    """Make ids unique.

    Parameters
    ----------
    folder : Folder
    drafts : sequence of Draft
        Of one table, in reading order.
    key : bytes
        Pseudonym key.
    pool : Pool

    Yields
    ------
    number, draft, counts
        Of each draft that changes: its number, the draft in its place, and what was added to its counts.
    """
    n_shares = 1 + sum(draft.n_rows for draft in drafts) // SHARE_ROWS
    repeats: Repeats = {}
    for found in pool.map(repeated, [(folder, tuple(drafts), share, n_shares) for share in range(n_shares)]):
        for number, rows in found.items():
            repeats.setdefault(number, []).extend(rows)
    numbers = sorted(repeats)
    jobs = ((folder, drafts[number], tuple(sorted(repeats[number])), key) for number in numbers)
    for number, (draft, counts) in zip(numbers, pool.map(changed, jobs), strict=True):
        yield number, draft, counts


def repeated(job: tuple[Folder, tuple[Draft, ...], int, int]) -> Repeats:
    """Find the rows of one share of the ids that repeat an earlier one."""
    folder, drafts, share, n_shares = job
    digests, rows = [np.zeros((0, 2), dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    start = 0
    for draft in drafts:
        own = digests_of(folder, draft)
        here = np.flatnonzero(own[:, 0] % np.uint64(n_shares) == share)
        digests.append(own[here])
        rows.append(here + start)
        start += draft.n_rows
    row, digest = np.concatenate(rows), np.concatenate(digests)
    order = np.lexsort((row, digest[:, 1], digest[:, 0]))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (digest[order][1:] != digest[order][:-1]).any(axis=1)
    at_first = np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
    before = np.arange(len(order)) - at_first
    again = before > 0
    ends = np.cumsum([draft.n_rows for draft in drafts])
    made: Repeats = {}
    for at, n in zip(row[order][again].tolist(), before[again].tolist(), strict=True):
        number = int(np.searchsorted(ends, at, side="right"))
        made.setdefault(number, []).append((at - int(ends[number]) + drafts[number].n_rows, n))
    return made


def digests_of(folder: Folder, draft: Draft) -> NDArray[np.uint64]:
    """Digests of 128 bits of what must be unique in a draft, shape (n, 2)."""
    named = NAMED.get(draft.table)
    if named is not None:
        packed = bytes.fromhex("".join(read_draft(folder, draft.name, [named]).column(0).to_pylist()))
    else:
        rows = read_draft(folder, draft.name, list(TABLES[draft.table].key))
        columns = zip(*(column.to_pylist() for column in rows.columns), strict=True)
        packed = b"".join(hashlib.blake2b(repr(values).encode(), digest_size=16).digest() for values in columns)
    return np.frombuffer(packed, dtype=">u8").astype(np.uint64).reshape(-1, 2)


def changed(job: tuple[Folder, Draft, tuple[tuple[int, int], ...], bytes]) -> tuple[Draft, Counts]:
    """Write a draft without repeated records, and with new ids for equal ones."""
    folder, draft, repeats, key = job
    rows, rejects = unique(read_draft(folder, draft.name), draft.table, dict(repeats), key)
    before, _ = Counts.from_text(read_counts(folder, draft.name))
    whole = replace(before, rejects=[*before.rejects, *rejects])
    digest = hashlib.blake2b(repr((draft.name, repeats)).encode(), digest_size=16).hexdigest()
    write_draft(folder, f"settled-{digest}", rows, whole.to_text(rows.num_rows))
    return replace(draft, name=f"settled-{digest}", n_rows=rows.num_rows), Counts(rejects=rejects)


def unique(rows: pa.Table, table: str, repeats: dict[int, int], key: bytes) -> tuple[pa.Table, list[Reject]]:
    """Reject or rename the rows that repeat an id."""
    import pyarrow as pa

    files, locators = rows.column("_file").to_pylist(), rows.column("_locator").to_pylist()
    if table not in NAMED:
        why = f"a row of the same {', '.join(TABLES[table].key)} stands before"
        rejects = [Reject(files[at], locators[at], "repeated key", why) for at in sorted(repeats)]
        return rows.take(pa.array([at for at in range(rows.num_rows) if at not in repeats], pa.int64())), rejects
    column = NAMED[table]
    ids, native = rows.column(column).to_pylist(), rows.column("_native").to_pylist()
    pointing = {name: rows.column(name).to_pylist() for name in POINTING if name in rows.column_names}
    kept: list[int] = []
    rejects = []
    renamed: dict[str, str] = {}
    file = ""
    for at, own in enumerate(ids):
        if files[at] != file:
            file, renamed = files[at], {}
        if at in repeats and native[at]:
            rejects.append(Reject(file, locators[at], "repeated id", "a record with this id stands before"))
            continue
        if at in repeats:
            ids[at] = renamed[own] = numbered(key, own, repeats[at])
        kept.append(at)
        for values in pointing.values():
            values[at] = renamed.get(values[at], values[at])
    for name, values in {column: ids, **pointing}.items():
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values, type=pa.string()))
    return rows.take(pa.array(kept, pa.int64())), rejects


def numbered(key: bytes, own: str, number: int) -> str:
    """Id of the n-th repetition of an equal record."""
    from scsr.text.privacy import keyed_id

    return str(keyed_id(key, "equal", own, str(number)))
