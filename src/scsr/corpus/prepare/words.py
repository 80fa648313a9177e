"""Words of many texts at once, as numbers: hashes that are the same on every machine and in every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Words", "mixed", "runs", "words_of"]

BASE = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no power of it is zero."""


@dataclass(frozen=True)
class Words:
    """Words of n texts, one after the other.

    Parameters
    ----------
    hashes : array of uint64, shape (n_words,)
    start : array of int64, shape (n_words,)
        Character of the texts, put one behind the other with one character between, at which each word starts.
    first : array of int64, shape (n + 1,)
        Number of the first word of each text, and of all words.
    text_start : array of int64, shape (n,)
        Character at which each text starts.
    """

    hashes: NDArray[np.uint64]
    start: NDArray[np.int64]
    first: NDArray[np.int64]
    text_start: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of words of each text."""
        return np.diff(self.first)


def words_of(texts: Sequence[str]) -> Words:
    r"""Cut texts into words (``\w+``), whatever their case.

    Parameters
    ----------
    texts : sequence of str, n

    Returns
    -------
    Words

    Examples
    --------
    >>> found = words_of(["Tack så mycket!", "", "TACK, tack_8"])
    >>> found.counts.tolist(), found.start.tolist(), bool(found.hashes[0] == found.hashes[3])
    ([3, 0, 2], [0, 5, 8, 17, 23], True)
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    text_start = np.cumsum(lengths + 1) - lengths - 1
    joined = "\n".join(texts).replace("İ", "i").lower()  # the one letter that grows when it is lowered
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    within = word_characters(codes)
    edges = np.diff(within, prepend=0, append=0)
    start, stop = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    characters = mixed(codes[within.view(bool)].astype(np.uint64))
    first = np.concatenate([np.searchsorted(start, text_start), [len(start)]])
    return Words(sums(characters, stop - start), start, first, text_start)


def word_characters(codes: NDArray[np.uint32]) -> NDArray[np.int8]:
    """1 where a character may stand in a word, else 0."""
    present = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.int8)
    present[codes] = 1
    for code in np.flatnonzero(present).tolist():
        present[code] = chr(code).isalnum() or code == ord("_")
    return present[codes]


def runs(hashes: NDArray[np.uint64], start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash runs of words: ``hashes[start[k]:stop[k]]`` for each k; none may be empty.

    Examples
    --------
    >>> hashes = words_of(["en två tre en två"]).hashes
    >>> one, other, turned = runs(hashes, np.array([0, 3, 1]), np.array([2, 5, 3]))
    >>> bool(one == other), bool(one == turned)
    (True, False)
    """
    lengths = stop - start
    at = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths - start, lengths)
    return sums(hashes[at], lengths)


def sums(values: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash runs of values that follow each other, by a polynomial of each."""
    if not len(lengths):
        return np.zeros(0, dtype=np.uint64)
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(values)) - np.repeat(starts, lengths)
    powers = np.full(int(lengths.max()), BASE, dtype=np.uint64)
    return mixed(np.add.reduceat(values * np.multiply.accumulate(powers)[place], starts))


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of numbers (the finaliser of MurmurHash3): each bit of the result rests on all.

    Examples
    --------
    >>> mixed(np.array([1], dtype=np.uint64)).tolist()
    [12994781566227106604]
    """
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values
