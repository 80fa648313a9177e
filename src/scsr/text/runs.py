"""Runs of words: what a search engine would find a writer by, as hashes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from scsr.text.remember import Remembered

__all__ = ["LONGEST_RUN", "seen", "word_runs"]

LONGEST_RUN = 7
"""Words of somebody's text that may stand in a row elsewhere."""

WORD = re.compile(r"[^\W_]+")
PLACEHOLDER = re.compile(r"<[a-z_]+:[0-9a-f]+>")
#: Characters that a reader does not see: soft hyphens, joiners, marks of direction.
UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
BLOCK = 1_000_000

Runs = NDArray[np.uint64]


def word_hash(word: str) -> int:
    """Return a number for a word, the same in every run."""
    return int.from_bytes(blake2b(word.encode("utf-8"), digest_size=8).digest(), "big")


HASHES = Remembered(word_hash)


def word_runs(texts: Iterable[str], length: int = LONGEST_RUN + 1) -> Runs:
    """Return the hashes of all runs of words in texts, sorted and unique.

    Parameters
    ----------
    texts : iterable of str
        A run never goes over the end of a text. Case, punctuation and placeholders do not count.
    length : int
        Words in a run.

    Returns
    -------
    ndarray of uint64

    Examples
    --------
    >>> runs = word_runs(["Ett två tre fyra."], length=3)
    >>> len(runs), bool(np.isin(word_runs(["två, TRE: fyra"], 3), runs).all())
    (2, True)
    """
    parts: list[Runs] = []
    values: list[int] = []
    sizes: list[int] = []
    for text in texts:
        if "<" in text:
            text = PLACEHOLDER.sub(" ", text)
        words = WORD.findall(seen(text).casefold())
        if len(words) >= length:
            values.extend(map(HASHES.__getitem__, words))
            sizes.append(len(words))
        if len(values) > BLOCK:
            parts.append(rolled(values, sizes, length))
            values, sizes = [], []
    parts.append(rolled(values, sizes, length))
    runs = np.sort(np.concatenate(parts))
    fresh = np.ones(len(runs), dtype=bool)
    fresh[1:] = runs[1:] != runs[:-1]
    return runs[fresh]


def seen(text: str) -> str:
    r"""Return a text as its reader sees it, whatever characters it is made of.

    Examples
    --------
    >>> seen("va\u0308n\u00adtade") == "väntade"
    True
    """
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return UNSEEN.sub("", text)


def rolled(values: list[int], sizes: list[int], length: int) -> Runs:
    """Hash each window of words that lies within one text."""
    if len(values) < length:
        return np.empty(0, np.uint64)
    words = np.array(values, np.uint64)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    n_windows = len(words) - length + 1
    runs = np.zeros(n_windows, np.uint64)
    for shift in range(length):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + words[shift : shift + n_windows]
        runs ^= runs >> np.uint64(29)
    return runs[owner[:n_windows] == owner[length - 1 :]]
