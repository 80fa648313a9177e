"""What a text is known by without its words: hashes for the searches of duplicates."""

from __future__ import annotations

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
    """

    exact: NDArray[np.uint64]
    bands: NDArray[np.uint64]
    passages: Passages

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
        return Signatures(self.exact[list(kept)], self.bands[list(kept)], passages)


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
    return Signatures(exact, bands, passages_of(texts))
