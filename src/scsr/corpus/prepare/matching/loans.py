"""What a task needs of texts that stand in other groups: it asks, and their groups lend it.

An asker writes the positions of the texts that it needs, sorted, as a run with a share for each group. Each group
reads what is asked of it and writes one run with a share for each asker. So everything is read in its order, and the
values that an asker gets, group by group, are in the order of its positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.matching.groups import Corpus, Group, Mapper, ids_of, lists_of, read_group
from scsr.corpus.prepare.matching.runs import Run, Slices, read_slices, slices, write_run
from scsr.corpus.prepare.shingled import Shingles

__all__ = ["ID", "ask", "borrowed_ids", "borrowed_shingles", "chosen", "lend_ids", "lend_shingles"]

ID = np.dtype("S32")
POSITION = np.dtype("<i8")
NUMBER = np.dtype("<u4")

Loans = list[tuple[Run, ...]]


def ask(corpus: Corpus, kind: str, number: int, positions: NDArray[np.int64]) -> Run:
    """Ask for the texts at some positions.

    Parameters
    ----------
    corpus : Corpus
    kind : str
        What for.
    number : int
        Of the group that asks.
    positions : array of int64
        Sorted, each once.

    Returns
    -------
    Run
    """
    return write_run(corpus.scratch, f"ask-{kind}-{number}", positions, corpus.bounds(positions))


def lend_ids(corpus: Corpus, groups: Sequence[Group], asked: Sequence[Run], pool: Mapper) -> Loans:
    """Lend the ids of utterances."""
    return list(pool.map(ids, ((corpus, group, *asked_of(asked, group.number)) for group in groups)))


def lend_shingles(corpus: Corpus, groups: Sequence[Group], asked: Sequence[Run], pool: Mapper) -> Loans:
    """Lend the hashed 3-grams of texts."""
    return list(pool.map(shingles, ((corpus, group, *asked_of(asked, group.number)) for group in groups)))


def asked_of(asked: Sequence[Run], group: int) -> tuple[Slices, NDArray[np.int64]]:
    """Say what is asked of a group, and how many positions up to each asker."""
    sizes = [int(run.bounds[group + 1] - run.bounds[group]) for run in asked]
    return slices(asked, group), np.cumsum([0, *sizes])


def ids(job: tuple[Corpus, Group, Slices, NDArray[np.int64]]) -> tuple[Run, ...]:
    """Write the ids that are asked of one group."""
    corpus, group, wanted, bounds = job
    if not wanted:
        return (Run("", bounds),)
    rows = read_slices(corpus.scratch, wanted, POSITION) - group.start
    own = ids_of(read_group(corpus.drafts, group, ["utterance_id"]).column(0))
    return (write_run(corpus.scratch, f"ids-{group.number}", own[rows], bounds),)


def shingles(job: tuple[Corpus, Group, Slices, NDArray[np.int64]]) -> tuple[Run, ...]:
    """Write the 3-grams that are asked of one group: how many each text has, and these."""
    corpus, group, wanted, bounds = job
    if not wanted:
        return Run("", bounds), Run("", bounds)
    rows = read_slices(corpus.scratch, wanted, POSITION) - group.start
    values, first = chosen(lists_of(read_group(corpus.drafts, group, ["_shingles"]).column(0)), rows)
    sizes = np.diff(first).astype(NUMBER)
    return (
        write_run(corpus.scratch, f"sizes-{group.number}", sizes, bounds),
        write_run(corpus.scratch, f"shingles-{group.number}", values, first[bounds]),
    )


def chosen(
    lists: tuple[NDArray[Any], NDArray[np.int64]], rows: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Choose lists by their rows.

    Examples
    --------
    >>> values, first = chosen((np.array([7, 8, 9]), np.array([0, 2, 3])), np.array([1, 0, 1]))
    >>> values.tolist(), first.tolist()
    ([9, 7, 8, 9], [0, 1, 3, 4])
    """
    values, first = lists
    sizes = first[rows + 1] - first[rows]
    made = np.concatenate([[0], np.cumsum(sizes)])
    at = np.arange(made[-1]) + np.repeat(first[rows] - made[:-1], sizes)
    return values[at], made


def borrowed_ids(corpus: Corpus, loan: Slices) -> NDArray[np.bytes_]:
    """Read the ids that a group asked for."""
    return read_slices(corpus.scratch, loan, ID)


def borrowed_shingles(corpus: Corpus, sizes: Slices, values: Slices) -> Shingles:
    """Read the 3-grams that a group asked for."""
    counts = read_slices(corpus.scratch, sizes, NUMBER).astype(np.int64)
    return read_slices(corpus.scratch, values, NUMBER), np.concatenate([[0], np.cumsum(counts)])
