"""Exact and near duplicates: found over the whole corpus, listed, never dropped.

References
----------
Broder (1997), *On the resemblance and containment of documents*, SEQUENCES. Leskovec, Rajaraman & Ullman
(2020), *Mining of Massive Datasets*, chapter 3 (banding).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["N_BANDS", "SIMILARITY", "exact_pairs", "near_pairs", "shingles", "signatures", "similarity"]

N_PERM = 128
N_BANDS = 32
SHINGLE = 3
MIN_WORDS = 5
SIMILARITY = 0.8
"""Jaccard similarity of word 3-grams from which two texts count as the same words."""

SEED = 20120911
MAX_LEADERS = 16
"""Different texts that one bucket may hold before later ones are no longer compared within it."""

WORD = re.compile(r"\w+")

Ids = NDArray[np.int64]


def shingles(text: str) -> list[str]:
    """Word 3-grams of a text, lower case; none where it is shorter than five words.

    Examples
    --------
    >>> shingles("Vi har väntat i tre")
    ['vi har väntat', 'har väntat i', 'väntat i tre']
    >>> shingles("Tack så mycket!")
    []
    """
    words = WORD.findall(text.lower())
    if len(words) < MIN_WORDS:
        return []
    return [" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)]


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the word 3-grams of two texts; 0 where one is too short.

    Examples
    --------
    >>> similarity("a b c d e f", "a b c d e f"), similarity("a b c d e f", "g h i j k l")
    (1.0, 0.0)
    """
    a, b = set(shingles(one)), set(shingles(other))
    return len(a & b) / len(a | b) if a and b else 0.0


def signatures(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Sign texts for the two searches.

    Parameters
    ----------
    texts : sequence of str, n

    Returns
    -------
    exact : array of uint64, shape (n,)
        Hash of the text as it is.
    bands : array of uint64, shape (n, 32)
        Hash of each band of the MinHash signature; all 0 for texts under five words.
    """
    from rensa import RMinHash

    exact = np.array(
        [int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "big") for t in texts], dtype=np.uint64
    )
    bands = np.zeros((len(texts), N_BANDS), dtype=np.uint64)
    grams = [shingles(text) for text in texts]
    long = [i for i, gram in enumerate(grams) if gram]
    if long:
        digests = RMinHash.digests_from_token_sets([grams[i] for i in long], num_perm=N_PERM, seed=SEED)
        rows = np.asarray(digests, dtype=np.uint64).reshape(len(long), N_BANDS, N_PERM // N_BANDS)
        with np.errstate(over="ignore"):  # the wrap-around is the hash
            mixed = np.full(rows.shape[:2], 14695981039346656037, dtype=np.uint64)
            for k in range(rows.shape[2]):
                mixed = (mixed ^ rows[:, :, k]) * np.uint64(1099511628211)
                mixed ^= mixed >> np.uint64(29)
        bands[long] = mixed | np.uint64(1)
    return exact, bands


def exact_pairs(exact: NDArray[np.uint64]) -> tuple[Ids, Ids]:
    """Find texts that are the same.

    Parameters
    ----------
    exact : array of uint64, shape (n,)

    Returns
    -------
    later, first : arrays of int
        Positions: each later one with the first of its words.

    Examples
    --------
    >>> later, first = exact_pairs(np.array([7, 9, 7, 7], dtype=np.uint64))
    >>> later.tolist(), first.tolist()
    ([2, 3], [0, 0])
    """
    _, first, inverse = np.unique(exact, return_index=True, return_inverse=True)
    of = first[inverse.ravel()]
    later = np.flatnonzero(of != np.arange(len(exact)))
    return later, of[later]


def near_pairs(
    bands: NDArray[np.uint64], skip: Ids, texts_at: Callable[[Ids], dict[int, str]]
) -> Iterator[tuple[int, int]]:
    """Find texts of nearly the same words.

    Parameters
    ----------
    bands : array of uint64, shape (n, 32)
        As :func:`signatures` makes them.
    skip : array of int
        Positions left out, because they are exact duplicates of others.
    texts_at : callable
        Gives the texts at sorted positions; called once, for the candidates alone.

    Yields
    ------
    (int, int)
        A later position and the first one whose similarity with it, computed and not estimated, reaches
        :data:`SIMILARITY`; in order.
    """
    usable = np.ones(len(bands), dtype=bool)
    usable[skip] = False
    if len(bands):
        usable &= bands[:, 0] != 0
    rows = np.flatnonzero(usable)
    # texts that are alike share many bands: the same bucket comes again and again
    distinct = {bucket.tobytes(): bucket for band in range(N_BANDS) for bucket in buckets_of(bands[rows, band], rows)}
    buckets = list(distinct.values())
    if not buckets:
        return
    grams = {at: frozenset(shingles(text)) for at, text in texts_at(np.unique(np.concatenate(buckets))).items()}
    first: dict[int, int] = {}
    compared: dict[tuple[int, int], bool] = {}

    def alike(one: int, other: int) -> bool:
        if (one, other) not in compared:
            a, b = grams[one], grams[other]
            compared[one, other] = len(a & b) >= SIMILARITY * len(a | b)
        return compared[one, other]

    for bucket in buckets:
        leaders: list[int] = []
        for at in bucket.tolist():
            leader = next((leader for leader in leaders if alike(leader, at)), None)
            if leader is not None:
                first[at] = min(leader, first.get(at, leader))
            elif len(leaders) < MAX_LEADERS:
                leaders.append(at)
    yield from sorted(first.items())


def buckets_of(keys: NDArray[np.uint64], rows: Ids) -> Iterator[Ids]:
    """Group two or more rows that share a key; the rows of each in order."""
    order = np.argsort(keys, kind="stable")
    grouped = rows[order]
    edges = np.concatenate(([0], np.flatnonzero(np.diff(keys[order])) + 1, [len(rows)]))
    for group in np.flatnonzero(np.diff(edges) > 1).tolist():
        yield grouped[edges[group] : edges[group + 1]]
