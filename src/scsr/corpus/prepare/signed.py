"""What a text is known by without its words: hashes for the searches of duplicates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scsr.corpus.prepare.duplicates import signatures
from scsr.corpus.prepare.quotes import Passages, passages_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Signatures", "sign"]


@dataclass
class Signatures:
    """Hashes of n texts.

    Parameters
    ----------
    exact : array of uint64, shape (n,)
        Of the text as it is.
    bands : array of uint64, shape (n, bands)
        Of the bands of its MinHash signature.
    passages : Passages
        Of its sentences and paragraphs.
    endings : array of uint64, shape (n,)
        Of its last line or sentence; 0 where that is the whole text, or too long to be a sign-off.
    """

    exact: NDArray[np.uint64]
    bands: NDArray[np.uint64]
    passages: Passages
    endings: NDArray[np.uint64]

    def take(self, kept: Sequence[int]) -> Signatures:
        """Signatures of some of the texts, given by rising positions.

        Examples
        --------
        >>> two = sign(["En mening om svar som är åtta ord lång", "Kort svar"])
        >>> two.take([1]).passages.text.tolist(), two.take([0]).passages.text.tolist()
        ([], [0])
        """
        import numpy as np

        if len(kept) == len(self.exact):
            return self
        to = np.full(len(self.exact), -1, dtype=np.int32)
        to[list(kept)] = np.arange(len(kept), dtype=np.int32)
        passages = self.passages.take(to[self.passages.text] >= 0, to)
        return Signatures(self.exact[list(kept)], self.bands[list(kept)], passages, self.endings[list(kept)])


ENDING = re.compile(r"(?s:.*)(?:\n|[.!?…][\"”’»)\]]*\s)\s*([^\n]*\w[^\n]*)\s*$")
FIGURES = re.compile(r"\d+")
LONGEST = 60
"""Characters of the longest sign-off, and what stands before it."""


def sign(texts: Sequence[str]) -> Signatures:
    """Sign texts.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    Signatures

    Examples
    --------
    >>> sign(["Hej", "Hej"]).exact.tolist()[0] == sign(["Hej"]).exact.tolist()[0]
    True
    """
    exact, bands = signatures(texts)
    return Signatures(exact, bands, passages_of(texts), endings_of(texts))


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
    import numpy as np

    found = np.zeros(len(texts), dtype=np.uint64)
    for at, text in enumerate(texts):
        last = ENDING.match(text[-LONGEST:])
        if last is not None and len(text) > len(last[1]):
            words = " ".join(FIGURES.sub("0", last[1].casefold()).split())
            found[at] = int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big") | 1
    return found
