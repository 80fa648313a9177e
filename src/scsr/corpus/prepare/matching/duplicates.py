"""Duplicates of a corpus: exact and near ones, and quotations, each text against everything before it.

Nothing here holds the corpus. Tasks that share nothing but a store read the drafts group by group, write runs into a
scratch folder, and read slices of them; the process that hands out the tasks holds 16 bytes for each near duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scsr.corpus.prepare.drafts import Draft
from scsr.corpus.prepare.matching.exact import PAIR, exact
from scsr.corpus.prepare.matching.groups import Corpus, Group, Mapper, corpus_of, fixed, ids_of, read_group
from scsr.corpus.prepare.matching.loans import ask, borrowed_ids, lend_ids
from scsr.corpus.prepare.matching.near import Alike, near
from scsr.corpus.prepare.matching.quotations import QUOTATION
from scsr.corpus.prepare.matching.quoted import quoted
from scsr.corpus.prepare.matching.runs import Run, Slices, read_slices, slices, write_run
from scsr.corpus.store.folder import Folder

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HOW", "listed", "match"]

HOW = ("exact", "near", "quoted")

FOUND = np.dtype([*QUOTATION.descr, ("how", "u1"), ("alike", "<i8")])


def match(
    folder: Folder, drafts: Sequence[Draft], scratch: Folder, pool: Mapper, group_rows: int | None = None
) -> Iterator[pa.Table]:
    """Find the duplicates of all utterances.

    Parameters
    ----------
    folder : Folder
        Of the drafts.
    drafts : sequence of Draft
        Of utterances, in reading order, with the columns of :func:`scsr.corpus.prepare.signed.sign`. The position of an
        utterance is its number over all their rows.
    scratch : Folder
        For what is between; it is removed at the end.
    pool : Pool
        Applies the functions of this package to items.
    group_rows : int, optional
        Rows that one task takes, about.

    Yields
    ------
    pyarrow.Table
        Rows sorted by ``later``, then exact, near and quoted, then by ``earlier``; all those of one later text in one
        table. Columns: ``later``, ``earlier`` (int64: positions), ``utterance_id``, ``duplicate_of`` (string: their
        ids), ``how`` (string), ``head`` (uint64), ``whole`` (uint32: key of a passage that is quoted, one row for each;
        else null), ``alike`` (int64: position of the first text of the group of exact and near duplicates that the
        later text belongs to; null for quotations). What is in no table is alike to itself.
    """
    corpus, groups = corpus_of(folder, drafts, scratch, group_rows)
    try:
        if groups:
            yield from found(corpus, groups, pool)
    finally:
        corpus.scratch.clear()


def found(corpus: Corpus, groups: Sequence[Group], pool: Mapper) -> Iterator[pa.Table]:
    """Find duplicates, kind by kind, and put them together for each group."""
    same = exact(corpus, groups, pool)
    close = near(corpus, groups, same, pool)
    alike = alike_runs(corpus, groups, same, close)
    quotes = quoted(corpus, groups, alike, pool)
    kinds = (
        (corpus, group, slices(same, group.number), slices([one], 0), slices([root], 0), slices(quotes, group.number))
        for group, one, root in zip(groups, close, alike, strict=True)
    )
    collected = list(pool.map(collect, kinds))
    loans = lend_ids(corpus, groups, [asked for _, asked in collected], pool)
    blocks = (
        (corpus, group, slices([run], 0), slices([loan[0] for loan in loans], group.number))
        for group, (run, _) in zip(groups, collected, strict=True)
    )
    for name in pool.map(block, blocks):
        if name:
            yield read_block(corpus.scratch, name)


def alike_runs(corpus: Corpus, groups: Sequence[Group], same: Sequence[Run], close: Sequence[Run]) -> list[Run]:
    """Follow duplicates of duplicates: for each group, pairs of a text and the first of all those like it."""
    near_pairs = Alike(read_slices(corpus.scratch, slices(close, 0), PAIR))
    made = []
    for group, run in zip(groups, close, strict=True):
        wanted = slices(same, group.number), slices([run], 0)
        pairs = np.concatenate([read_slices(corpus.scratch, own, PAIR) for own in wanted])
        pairs = pairs[np.argsort(pairs["later"], kind="stable")]
        pairs["earlier"] = near_pairs.of(pairs["earlier"])
        made.append(write_run(corpus.scratch, f"alike-{group.number}", pairs, np.array([0, len(pairs)])))
    return made


def collect(job: tuple[Corpus, Group, Slices, Slices, Slices, Slices]) -> tuple[Run, Run]:
    """Put together what was found of one group, and ask for the ids of the earlier texts."""
    corpus, group, *pairs, quotes = job
    same, close, alike = (read_slices(corpus.scratch, own, PAIR) for own in pairs)
    alike = alike[np.argsort(alike["later"], kind="stable")]
    kinds = []
    for how, rows in enumerate((same, close, read_slices(corpus.scratch, quotes, QUOTATION))):
        made = np.zeros(len(rows), dtype=FOUND)
        for name in rows.dtype.names or ():
            made[name] = rows[name]
        made["how"] = how
        if rows.dtype == PAIR and len(rows):
            made["alike"] = alike["earlier"][np.searchsorted(alike["later"], rows["later"])]
        kinds.append(made)
    whole = np.concatenate(kinds)
    whole = whole[np.lexsort([whole[name] for name in ("whole", "head", "earlier", "how", "later")])]
    asked = ask(corpus, "ids", group.number, np.unique(whole["earlier"]))
    return write_run(corpus.scratch, f"found-{group.number}", whole, np.array([0, len(whole)])), asked


def block(job: tuple[Corpus, Group, Slices, Slices]) -> str:
    """Write the table of one group; give its name, or nothing where nothing was found."""
    import pyarrow as pa

    corpus, group, wanted, loan = job
    rows = read_slices(corpus.scratch, wanted, FOUND)
    if not len(rows):
        return ""
    own = ids_of(read_group(corpus.drafts, group, ["utterance_id"]).column(0))
    lent = borrowed_ids(corpus, loan)
    earlier = np.unique(rows["earlier"], return_inverse=True)[1]
    by_passage = rows["how"] == HOW.index("quoted")
    table = pa.table(
        {
            "later": pa.array(rows["later"]),
            "earlier": pa.array(rows["earlier"]),
            "utterance_id": fixed(own[rows["later"] - group.start]),
            "duplicate_of": fixed(lent[earlier]),
            "how": pa.DictionaryArray.from_arrays(rows["how"].astype(np.int8), list(HOW)).cast(pa.string()),
            "head": pa.array(rows["head"], mask=~by_passage),
            "whole": pa.array(rows["whole"], mask=~by_passage),
            "alike": pa.array(rows["alike"], mask=by_passage),
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    name = f"block-{group.number}"
    corpus.scratch.put(name, sink.getvalue())
    return name


def read_block(scratch: Folder, name: str) -> pa.Table:
    """Read a table that a task has written."""
    import pyarrow as pa

    with scratch.open(name) as stream:
        return pa.ipc.open_file(stream).read_all()


def listed(rows: pa.Table) -> pa.Table:
    """Rows of the table of duplicates: those of a block without the passages, each pair once.

    Parameters
    ----------
    rows : pyarrow.Table
        As :func:`match` yields them, or some of these rows.

    Returns
    -------
    pyarrow.Table
        ``utterance_id``, ``duplicate_of`` and ``how``.
    """
    kind = np.asarray(rows.column("head").is_null())
    keys = [rows.column(name).to_numpy() for name in ("later", "earlier")]
    fresh = np.ones(rows.num_rows, dtype=bool)
    fresh[1:] = (np.diff(keys[0]) != 0) | (np.diff(keys[1]) != 0) | kind[1:] | kind[:-1]
    return rows.select(["utterance_id", "duplicate_of", "how"]).filter(fresh)
