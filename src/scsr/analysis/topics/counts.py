"""Documents as counts: gensim's dictionary, phrases, and the document-term matrix that every engine reads."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gensim.corpora import Dictionary

__all__ = ["Documents", "corpus_hash", "doc_term_matrix", "join_phrases", "make_dictionary", "quiet", "term_order"]

Documents = Sequence[Sequence[str]]

MIN_DOCUMENTS, MAX_SHARE, MAX_TERMS = 5, 0.5, 20_000


@contextmanager
def quiet(*names: str) -> Iterator[None]:
    """Keep progress messages of a library out of a notebook's output."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def make_dictionary(
    documents: Documents, min_documents: int = MIN_DOCUMENTS, max_share: float = MAX_SHARE
) -> Dictionary:
    """Return gensim's dictionary without rare lemmas and lemmas that stand in most documents."""
    from gensim.corpora import Dictionary

    with quiet("gensim"):
        dictionary = Dictionary(list(documents))
        dictionary.filter_extremes(no_below=min_documents, no_above=max_share, keep_n=MAX_TERMS)
        dictionary.compactify()
    return dictionary


def term_order(dictionary: Dictionary) -> list[str]:
    """Return lemmas alphabetically, so that the same documents in another order give the same columns."""
    return sorted(dictionary.token2id)


def join_phrases(documents: Documents, *, min_count: int = 10, threshold: float = 0.5) -> list[list[str]]:
    """Join lemmas that mostly stand together, such as *kort_tid*, into one term.

    Parameters
    ----------
    documents : sequence of sequences of str
    min_count : int
        Rarer pairs are left alone.
    threshold : float
        Normalised pointwise mutual information from which a pair is a phrase, -1 to 1.

    Returns
    -------
    list of list of str

    References
    ----------
    Bouma (2009), *Normalized (pointwise) mutual information in collocation extraction*, GSCL; gensim's Phrases.

    Examples
    --------
    >>> texts = [["long", "queue", "again"], ["parcel", "lost"], ["price", "up"]] * 20
    >>> join_phrases(texts, threshold=0.9)[1]
    ['parcel_lost']
    """
    from gensim.models.phrases import Phrases

    with quiet("gensim"):
        phrases = Phrases(list(documents), min_count=min_count, threshold=threshold, scoring="npmi")
        return [list(phrases[list(document)]) for document in documents]


def doc_term_matrix(documents: Documents, vocabulary: Sequence[str]) -> Any:
    """Return how often each lemma stands in each document.

    Parameters
    ----------
    documents : sequence of sequences of str
    vocabulary : sequence of str
        The columns; other lemmas are not counted.

    Returns
    -------
    scipy.sparse.csr_matrix of float, shape (n_documents, n_terms)

    Examples
    --------
    >>> doc_term_matrix([["a", "b", "a"], ["c"]], ["a", "b"]).toarray().tolist()
    [[2.0, 1.0], [0.0, 0.0]]
    """
    from scipy.sparse import csr_matrix

    column = {term: place for place, term in enumerate(vocabulary)}
    kept = [[column[lemma] for lemma in document if lemma in column] for document in documents]
    ends = np.cumsum([0, *map(len, kept)])
    places = np.fromiter(chain.from_iterable(kept), dtype=np.int64, count=ends[-1])
    matrix = csr_matrix((np.ones(len(places)), places, ends), shape=(len(kept), len(column)))
    matrix.sum_duplicates()
    return matrix


def corpus_hash(documents: Documents) -> str:
    """Return a short hash of the documents in their order.

    Examples
    --------
    >>> corpus_hash([["a"], ["b"]]) == corpus_hash([["a", "b"]])
    False
    """
    seen = sha256()
    for document in documents:
        seen.update("\x1f".join(document).encode())
        seen.update(b"\x1e")
    return seen.hexdigest()[:16]
