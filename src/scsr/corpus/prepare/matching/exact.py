"""Texts that are the same, found by their hashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scsr.corpus.prepare.matching.groups import Corpus, Group, Mapper, read_group
from scsr.corpus.prepare.matching.runs import Run, Slices, read_slices, share_bounds, slices, write_run

__all__ = ["PAIR", "exact"]

SHARE_ROWS = 2**18
KEYED = np.dtype([("key", "<u8"), ("at", "<i8")])
PAIR = np.dtype([("later", "<i8"), ("earlier", "<i8")])
"""Positions of two texts."""


def exact(corpus: Corpus, groups: Sequence[Group], pool: Mapper) -> list[Run]:
    """Find each text that stands before, with the first of its words.

    Returns
    -------
    list of Run
        Of :data:`PAIR`, sorted by later; a share for each group of the later ones.
    """
    n_shares = corpus.n_shares(SHARE_ROWS)
    runs = list(pool.map(scatter, ((corpus, group, n_shares) for group in groups)))
    return list(pool.map(gather, ((corpus, share, slices(runs, share)) for share in range(n_shares))))


def scatter(job: tuple[Corpus, Group, int]) -> Run:
    """Sort the hashes of one group."""
    corpus, group, n_shares = job
    keys = read_group(corpus.drafts, group, ["_exact"]).column(0).to_numpy()
    order = np.argsort(keys, kind="stable")
    records = np.empty(len(keys), dtype=KEYED)
    records["key"], records["at"] = keys[order], order + group.start
    return write_run(corpus.scratch, f"exact-{group.number}", records, share_bounds(keys[order], n_shares))


def gather(job: tuple[Corpus, int, Slices]) -> Run:
    """Find the first text of each hash of one share."""
    corpus, share, wanted = job
    records = read_slices(corpus.scratch, wanted, KEYED)
    keys, at = np.ascontiguousarray(records["key"]), np.ascontiguousarray(records["at"])
    order = np.argsort(keys, kind="stable")  # slices come in the order of the texts
    keys, at = keys[order], at[order]
    again = np.flatnonzero(keys[1:] == keys[:-1]) + 1
    fresh = np.ones(len(keys), dtype=bool)
    fresh[again] = False
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(keys)), 0))
    pairs = np.empty(len(again), dtype=PAIR)
    pairs["later"], pairs["earlier"] = at[again], at[start[again]]
    pairs = pairs[np.argsort(pairs["later"], kind="stable")]
    return write_run(corpus.scratch, f"same-{share}", pairs, corpus.bounds(pairs["later"]))
