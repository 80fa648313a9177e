"""Signatures of texts for the search of near duplicates: word 3-grams and their MinHash.

References
----------
Broder (1997), *On the resemblance and containment of documents*, SEQUENCES. Leskovec, Rajaraman & Ullman (2020),
*Mining of Massive Datasets*, chapter 3 (banding). Dietzfelbinger et al. (1997), *A reliable randomized algorithm for the
closest-pair problem*, Journal of Algorithms 25 (multiply-shift hashing).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.words import Words, mixed, runs, words_of

__all__ = ["MIN_WORDS", "N_BANDS", "SIMILARITY", "Shingles", "alike", "bands_of", "shingles_of", "similarity"]

N_BANDS = 32
BAND_ROWS = 4
SHINGLE = 3
MIN_WORDS = 5
"""Words of the shortest text that may be a near duplicate."""

SIMILARITY = 0.8
"""Jaccard similarity of word 3-grams from which two texts count as the same words."""

Shingles = tuple[NDArray[np.uint32], NDArray[np.int64]]
"""Hashes of the 3-grams of n texts, one text after the other, and where each text begins, shape (n + 1,)."""


def shingles_of(words: Words) -> Shingles:
    """Hash the word 3-grams of each text: distinct ones, sorted; none where it is shorter than five words.

    Parameters
    ----------
    words : Words

    Returns
    -------
    hashes : array of uint32
    first : array of int64, shape (n + 1,)

    Examples
    --------
    >>> hashes, first = shingles_of(words_of(["Vi har väntat i tre", "Tack så mycket!"]))
    >>> len(hashes), first.tolist()
    (3, [0, 3, 3])
    """
    counts = np.where(words.counts >= MIN_WORDS, words.counts - SHINGLE + 1, 0)
    text = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    start = np.arange(len(text)) - np.repeat(np.cumsum(counts) - counts - words.first[:-1], counts)
    grams = runs(words.hashes, start, start + SHINGLE)
    keyed = np.sort(text << np.uint64(32) | grams >> np.uint64(32))
    keyed = keyed[np.diff(keyed, prepend=keyed[:1] + np.uint64(1)) != 0]
    first = np.searchsorted(keyed, np.arange(len(counts) + 1, dtype=np.uint64) << np.uint64(32))
    return keyed.astype(np.uint32), first.astype(np.int64)


def bands_of(shingles: Shingles) -> NDArray[np.uint32]:
    """Hash the bands of the MinHash signature of each text that has shingles.

    Parameters
    ----------
    shingles : as :func:`shingles_of` makes them

    Returns
    -------
    array of uint32, shape (m, 32)

    Examples
    --------
    >>> words = words_of(["Vi har väntat i tre veckor", "vi har väntat i tre veckor!", "Nej"])
    >>> one, other = bands_of(shingles_of(words))
    >>> bool((one == other).all())
    True
    """
    hashes, first = shingles
    starts = first[:-1][np.diff(first) > 0]
    bands = np.zeros((N_BANDS, len(starts)), dtype=np.uint64)
    if not len(starts):
        return bands.T.astype(np.uint32)
    drawn = mixed(np.arange(1, N_BANDS * BAND_ROWS + 1, dtype=np.uint64)).reshape(N_BANDS, BAND_ROWS)
    factors, terms = (drawn >> np.uint64(32)).astype(np.uint32) | np.uint32(1), drawn.astype(np.uint32)
    with np.errstate(over="ignore"):  # the wrap-around is the hash
        for band in range(N_BANDS):
            for factor, term in zip(factors[band], terms[band], strict=True):
                least = np.minimum.reduceat(hashes * factor + term, starts)
                bands[band] = mixed(bands[band] << np.uint64(32) ^ bands[band] ^ least)
    return (bands.T >> np.uint64(32)).astype(np.uint32)


def alike(one: Shingles, other: Shingles) -> NDArray[np.bool_]:
    """Whether texts are nearly the same words: the k-th of one with the k-th of the other.

    Examples
    --------
    >>> words = words_of(["a b c d e f", "a b c d e f", "g h i j k l"])
    >>> hashes, first = shingles_of(words)
    >>> alike((hashes[:8], first[:3]), (hashes[4:], first[1:] - 4)).tolist()
    [True, False]
    """
    n = len(one[1]) - 1
    sizes = [np.diff(first) for _, first in (one, other)]
    pair = [np.repeat(np.arange(n, dtype=np.uint64), size) << np.uint64(32) for size in sizes]
    keyed = np.sort(np.concatenate([pair[0] | one[0], pair[1] | other[0]]))
    shared = np.bincount((keyed[1:][keyed[1:] == keyed[:-1]] >> np.uint64(32)).astype(np.int64), minlength=n)
    found: NDArray[np.bool_] = (shared > 0) & (shared >= SIMILARITY * (sizes[0] + sizes[1] - shared))
    return found


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the word 3-grams of two texts; 0 where one is too short.

    Examples
    --------
    >>> similarity("a b c d e f", "A B, c d e f!"), similarity("a b c d e f", "g h i j k l")
    (1.0, 0.0)
    """
    a, b = (set(shingles_of(words_of([text]))[0].tolist()) for text in (one, other))
    return len(a & b) / len(a | b) if a and b else 0.0
