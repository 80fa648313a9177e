"""Texts of nearly the same words, found by the bands of their MinHash signatures and proven by their 3-grams.

Texts of one bucket, which share a band, are compared with the first of the bucket and with a few before them there: so
the work grows with the corpus and not with its square, whatever many texts have in common. Each text is listed with the
first of those that prove to be alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.matching.exact import PAIR
from scsr.corpus.prepare.matching.groups import Corpus, Group, Mapper, lists_of, read_group
from scsr.corpus.prepare.matching.loans import ask, borrowed_shingles, chosen, lend_shingles
from scsr.corpus.prepare.matching.runs import Run, Slices, read_slices, slices, write_run
from scsr.corpus.prepare.shingled import N_BANDS, SIMILARITY, alike

__all__ = ["Alike", "near"]

SHARE_ROWS = 2**19
BEFORE = 4
"""Texts before it in a bucket that each text is compared with, and with the first."""

BLOCK = 2**20
"""3-grams that are compared at a time."""

KEYED = np.dtype("<u8")
"""A band's hash in the upper half, the row within its group in the lower."""


class Alike:
    """Groups of near duplicates.

    Parameters
    ----------
    pairs : array of :data:`PAIR`
        Sorted by later.

    Examples
    --------
    >>> pairs = np.array([(4, 2), (7, 4), (9, 7)], dtype=PAIR)
    >>> Alike(pairs).of(np.array([1, 2, 4, 7, 9])).tolist()
    [1, 2, 2, 2, 2]
    """

    def __init__(self, pairs: NDArray[np.void]) -> None:
        self.later = np.ascontiguousarray(pairs["later"])
        self.first = np.ascontiguousarray(pairs["earlier"])
        while True:  # each round doubles the links of a chain that are followed
            followed = self.of(self.first)
            if (followed == self.first).all():
                break
            self.first = followed

    def of(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """First text of the group of each text; itself where it is like none before."""
        if not len(self.later):
            return positions
        at = np.minimum(np.searchsorted(self.later, positions), len(self.later) - 1)
        return np.where(self.later[at] == positions, self.first[at], positions)


def near(corpus: Corpus, groups: Sequence[Group], same: Sequence[Run], pool: Mapper) -> list[Run]:
    """Find near duplicates among texts that are not exact ones.

    Parameters
    ----------
    corpus : Corpus
    groups : sequence of Group
    same : sequence of Run
        As :func:`scsr.corpus.prepare.matching.exact.exact` makes them.
    pool : Mapper

    Returns
    -------
    list of Run
        Of :data:`PAIR`, one for each group, sorted by later.
    """
    n_shares = corpus.n_shares(SHARE_ROWS)
    jobs = ((corpus, group, slices(same, group.number), n_shares) for group in groups)
    runs = list(pool.map(scatter, jobs))
    size = max(1, min(N_BANDS // 4, SHARE_ROWS * n_shares // (2 * max(1, corpus.n_rows))))
    shares = np.array_split(np.arange(N_BANDS * n_shares), -(-N_BANDS * n_shares // size))
    found = list(pool.map(gather, ((corpus, i, buckets(corpus, runs, own)) for i, own in enumerate(shares))))
    wanted = [slices(found, group.number) for group in groups]
    asked = list(pool.map(collect, ((corpus, group, own) for group, own in zip(groups, wanted, strict=True))))
    loans = lend_shingles(corpus, groups, [run for _, run in asked], pool)
    sizes, values = zip(*loans, strict=True)
    proofs = (
        (corpus, group, pairs, slices(sizes, group.number), slices(values, group.number))
        for group, (pairs, _) in zip(groups, asked, strict=True)
    )
    return list(pool.map(prove, proofs))


def scatter(job: tuple[Corpus, Group, Slices, int]) -> Run:
    """Sort the bands of one group, but for exact duplicates."""
    corpus, group, same, n_shares = job
    column = read_group(corpus.drafts, group, ["_bands"]).column(0).combine_chunks()
    rows = np.flatnonzero(np.asarray(column.is_valid()))
    bands = column.flatten().to_numpy().reshape(-1, N_BANDS)
    usable = ~np.isin(rows + group.start, read_slices(corpus.scratch, same, PAIR)["later"])
    rows, bands = rows[usable].astype(np.uint64), bands[usable]
    keyed = np.ascontiguousarray(bands.T, dtype=np.uint64)
    keyed <<= np.uint64(32)
    keyed |= rows
    keyed.sort(axis=1)
    edges = np.array([(share << 64) // n_shares for share in range(n_shares)], dtype=np.uint64)
    bounds = np.concatenate([np.searchsorted(own, edges) + band * len(rows) for band, own in enumerate(keyed)])
    return write_run(corpus.scratch, f"bands-{group.number}", keyed.ravel(), np.append(bounds, keyed.size))


Bucketed = tuple[tuple[tuple[int, Slices], ...], ...]
"""For each share: the start of each group that has something in it, and its slice."""


def buckets(corpus: Corpus, runs: Sequence[Run], shares: NDArray[np.int64]) -> Bucketed:
    """Say where the bands of some shares stand."""
    starts = corpus.starts.tolist()
    per_share = ([(starts[k], slices([run], share)) for k, run in enumerate(runs)] for share in shares.tolist())
    return tuple(tuple((start, own) for start, own in one if own) for one in per_share)


def gather(job: tuple[Corpus, int, Bucketed]) -> Run:
    """Pair the texts that share a band."""
    corpus, number, shares = job
    pairs = distinct(np.concatenate([np.empty(0, dtype=PAIR), *(paired(corpus, share) for share in shares)]))
    return write_run(corpus.scratch, f"candidates-{number}", pairs, corpus.bounds(pairs["later"]))


def paired(corpus: Corpus, share: tuple[tuple[int, Slices], ...]) -> NDArray[np.void]:
    """Pair each text of a bucket with the first and with some before it."""
    read = [(read_slices(corpus.scratch, own, KEYED), start) for start, own in share]
    if not read:
        return np.empty(0, dtype=PAIR)
    keyed = np.concatenate([own for own, _ in read])
    at = np.concatenate([(own & np.uint64(0xFFFFFFFF)).astype(np.int64) + start for own, start in read])
    # by band, then by position, because slices come in the order of the texts
    keyed = np.sort(keyed & ~np.uint64(0xFFFFFFFF) | np.arange(len(keyed), dtype=np.uint64))
    at, band = at[(keyed & np.uint64(0xFFFFFFFF)).astype(np.int64)], keyed >> np.uint64(32)
    fresh = np.ones(len(band), dtype=bool)
    fresh[1:] = band[1:] != band[:-1]
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(band)), 0))
    again = np.flatnonzero(~fresh)
    found = [pairs_of(at[again], at[first[again]])]
    while len(found) <= BEFORE and len(again):
        found.append(pairs_of(at[again], at[again - len(found)]))
        again = again[again - len(found) >= first[again]]
    return distinct(np.concatenate(found))


def pairs_of(later: NDArray[np.int64], earlier: NDArray[np.int64]) -> NDArray[np.void]:
    """Put positions side by side."""
    pairs = np.empty(len(later), dtype=PAIR)
    pairs["later"], pairs["earlier"] = later, earlier
    return pairs


def distinct(pairs: NDArray[np.void]) -> NDArray[np.void]:
    """Sort pairs by later, then earlier, and keep each once."""
    pairs = pairs[np.lexsort((pairs["earlier"], pairs["later"]))]
    fresh = np.ones(len(pairs), dtype=bool)
    fresh[1:] = (np.diff(pairs["later"]) != 0) | (np.diff(pairs["earlier"]) != 0)
    return pairs[fresh]


def collect(job: tuple[Corpus, Group, Slices]) -> tuple[Run, Run]:
    """Put the pairs of one group together, and ask for the earlier texts."""
    corpus, group, wanted = job
    pairs = distinct(read_slices(corpus.scratch, wanted, PAIR))
    whole = np.array([0, len(pairs)])
    asked = ask(corpus, "near", group.number, np.unique(pairs["earlier"]))
    return write_run(corpus.scratch, f"pairs-{group.number}", pairs, whole), asked


def prove(job: tuple[Corpus, Group, Run, Slices, Slices]) -> Run:
    """Keep for each later text of one group the first of the earlier ones that are alike."""
    corpus, group, run, sizes, values = job
    pairs = read_slices(corpus.scratch, slices([run], 0), PAIR)
    if len(pairs):
        own = lists_of(read_group(corpus.drafts, group, ["_shingles"]).column(0))
        lent = borrowed_shingles(corpus, sizes, values)
        later, earlier = pairs["later"] - group.start, np.unique(pairs["earlier"], return_inverse=True)[1]
        n_own, n_lent = np.diff(own[1])[later], np.diff(lent[1])[earlier]
        possible = np.flatnonzero(np.minimum(n_own, n_lent) >= SIMILARITY * np.maximum(n_own, n_lent))
        found = [
            at[alike(chosen(own, later[at]), chosen(lent, earlier[at]))]
            for at in blocks(possible, (n_own + n_lent)[possible])
        ]
        pairs = pairs[np.concatenate([possible[:0], *found])]
    pairs = pairs[np.diff(pairs["later"], prepend=-1) != 0]
    return write_run(corpus.scratch, f"near-{group.number}", pairs, np.array([0, len(pairs)]))


def blocks(pairs: NDArray[np.int64], sizes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Cut pairs into blocks of about :data:`BLOCK` 3-grams."""
    return np.split(pairs, np.flatnonzero(np.diff(np.cumsum(sizes) // BLOCK)) + 1)
