"""What a text is known by without its words: hashes for the searches of duplicates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from scsr.corpus.prepare.passages import passages_of
from scsr.corpus.prepare.shingled import N_BANDS, bands_of, shingles_of
from scsr.corpus.prepare.words import words_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["endings_of", "exact_of", "sign"]

ENDING = re.compile(r"(?s:.*)(?:\n|[.!?…][\"”’»)\]]*\s)\s*([^\n]*\w[^\n]*)\s*$")
FIGURES = re.compile(r"\d+")
LONGEST = 60
"""Characters of the longest sign-off, and what stands before it."""


def sign(texts: Sequence[str]) -> pa.Table:
    """Sign texts.

    Parameters
    ----------
    texts : sequence of str, n

    Returns
    -------
    pyarrow.Table
        n rows: ``_exact`` (uint64: the text as it is), ``_bands`` (32 uint32: its MinHash signature; null where it is
        too short), ``_shingles`` (list of uint32: its word 3-grams), ``_ending`` (uint64: its last line or sentence;
        0 where there is none), and ``_heads`` (list of uint64), ``_wholes`` (list of uint32) and ``_flags`` (list of
        uint8): its passages.

    Examples
    --------
    >>> signed = sign(["En mening om svar som är åtta ord lång", "Kort svar"])
    >>> signed.num_rows, signed["_bands"].null_count, [len(one) for one in signed["_heads"].to_pylist()]
    (2, 1, [1, 0])
    """
    import pyarrow as pa

    words = words_of(texts)
    shingles, first = shingles_of(words)
    found = passages_of(texts, words)
    bounds = np.searchsorted(found.text, np.arange(len(texts) + 1))
    columns = {
        "_exact": pa.array(exact_of(texts)),
        "_bands": banded(bands_of((shingles, first)), np.diff(first) > 0),
        "_shingles": listed(first, shingles),
        "_ending": pa.array(endings_of(texts)),
        "_heads": listed(bounds, found.head),
        "_wholes": listed(bounds, found.whole),
        "_flags": listed(bounds, found.flags),
    }
    return pa.table(columns)


def banded(bands: NDArray[np.uint32], signed: NDArray[np.bool_]) -> pa.Array:
    """Put the bands of the texts that are signed beside nulls of the others."""
    import pyarrow as pa

    spread = np.zeros((len(signed), N_BANDS), dtype=np.uint32)
    spread[signed] = bands
    return pa.FixedSizeListArray.from_arrays(pa.array(spread.ravel()), N_BANDS, mask=pa.array(~signed))


def listed(first: NDArray[np.int64], values: NDArray[np.generic]) -> pa.Array:
    """Put values into lists, of which the k-th begins at ``first[k]``."""
    import pyarrow as pa

    return pa.ListArray.from_arrays(pa.array(first.astype(np.int32)), pa.array(values))


def exact_of(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Hash texts as they are.

    Examples
    --------
    >>> one, other = exact_of(["Hej", "Hej"])
    >>> bool(one == other)
    True
    """
    digests = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def endings_of(texts: Sequence[str]) -> NDArray[np.uint64]:
    r"""Hash the last line or sentence of each text, whatever its figures.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    array of uint64, shape (n,)
        0 where there is nothing before it, or where it is longer than a sign-off.

    Examples
    --------
    >>> one, other, whole = endings_of(["Hej! Skickat från min iPhone 4", "Tack.\nSkickat från min iPhone 5", "Tack."])
    >>> bool(one == other), int(whole)
    (True, 0)
    """
    found = np.zeros(len(texts), dtype=np.uint64)
    for at, text in enumerate(texts):
        last = ENDING.match(text[-LONGEST:])
        if last is not None and len(text) > len(last[1]):
            words = " ".join(FIGURES.sub("0", last[1].casefold()).split())
            found[at] = int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big") | 1
    return found
