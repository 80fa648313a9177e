"""A topic model of one language's documents.

gensim prunes the dictionary and measures coherence; the engine is chosen by the length of the documents,
because the ranking of engines turns with it: non-negative matrix factorisation of TF-IDF (Lee & Seung 1999,
*Nature* 401) leads on long texts, Gibbs-sampled latent Dirichlet allocation (Blei, Ng & Jordan 2003; Griffiths
& Steyvers 2004) on short ones. A topic model is a reading aid: a topic counts as found when it comes back under
resampling, and each carries the share of refits in which it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from scsr.analysis.topics.counts import (
    MIN_DOCUMENTS,
    Documents,
    doc_term_matrix,
    make_dictionary,
    term_order,
)
from scsr.analysis.topics.engines import ENGINES, choose_engine, inverse_document_frequency
from scsr.analysis.topics.terms import TOP_TERMS, diversity_of, list_terms, windows
from scsr.errors import EstimationError

__all__ = ["Engine", "TopicModel", "fit_topics", "known_terms"]

Engine = Literal["auto", "nmf", "lda", "gensim_lda", "gensim_nmf"]

#: Fewer documents than this for each topic, and there is no telling a topic from an accident.
DOCUMENTS_PER_TOPIC = 10
#: Fewer documents than this, and no number of topics is fitted.
FEWEST_DOCUMENTS = 50


@dataclass(frozen=True)
class TopicModel:
    """A fitted topic model.

    Parameters
    ----------
    engine : str
    seed : int
    vocabulary : tuple of str
        Lemmas, in the order of the columns of `term_weights`.
    term_weights : ndarray, shape (n_topics, n_terms)
        Share of each term in each topic; rows sum to 1.
    doc_topic_matrix : ndarray, shape (n_documents, n_topics)
        Share of each topic in each document; rows sum to 1, or to 0 where no word of the document is in the
        vocabulary.
    listed : ndarray of int, shape (n_topics, n_listed)
        The terms that stand for each topic, as columns of `term_weights`, by
        :func:`scsr.analysis.topics.terms.list_terms`.
    idf : ndarray, shape (n_terms,)
        Inverse document frequencies of the documents that it was fitted to, for those to come.
    """

    engine: str
    seed: int
    vocabulary: tuple[str, ...]
    term_weights: np.ndarray
    doc_topic_matrix: np.ndarray
    listed: np.ndarray
    idf: np.ndarray

    @property
    def n_topics(self) -> int:
        """Number of topics."""
        return len(self.term_weights)

    @property
    def dominant(self) -> np.ndarray:
        """Topic with the largest share of each document, -1 where the document has none; shape (n_documents,)."""
        return np.where(self.doc_topic_matrix.sum(axis=1) > 0, self.doc_topic_matrix.argmax(axis=1), -1)

    def top_terms(self, n: int = TOP_TERMS) -> list[list[str]]:
        """Return the lemmas that stand for each topic, up to thirty, first the one to name first."""
        return [[self.vocabulary[term] for term in row] for row in self.listed[:, :n]]

    @property
    def diversity(self) -> float:
        """Share of distinct lemmas among all topics' top ten (Dieng, Ruiz & Blei 2020)."""
        return diversity_of(self.listed[:, :TOP_TERMS])


def known_terms(documents: Documents, n_topics: int, min_documents: int = MIN_DOCUMENTS) -> tuple[str, ...]:
    """Return the lemmas to fit topics to, or say why the documents are too few for this number of topics.

    Raises
    ------
    EstimationError
        If there are fewer than 50 documents or 10 a topic, or no lemma common enough to tell topics by.
    """
    if n_topics < 2:
        raise EstimationError(f"n_topics is {n_topics}: a topic model needs 2 or more")
    enough = sum(1 for document in documents if document)
    needed = max(FEWEST_DOCUMENTS, DOCUMENTS_PER_TOPIC * n_topics)
    if enough < needed:
        raise EstimationError(
            f"{enough} documents with content are too few for {n_topics} topics: {needed} are needed "
            f"({DOCUMENTS_PER_TOPIC} a topic, {FEWEST_DOCUMENTS} at the least); ask for fewer topics or give more documents"
        )
    vocabulary = term_order(make_dictionary(documents, min_documents))
    if len(vocabulary) < max(2 * n_topics, TOP_TERMS):
        raise EstimationError(
            f"only {len(vocabulary)} lemmas stand in {min_documents} documents or more and in at most half of them: "
            f"too few to tell {n_topics} topics by; give more or longer documents"
        )
    return tuple(vocabulary)


def fit_topics(
    documents: Documents,
    n_topics: int,
    *,
    engine: Engine = "auto",
    seed: int = 1,
    min_documents: int = MIN_DOCUMENTS,
    vocabulary: Sequence[str] | None = None,
) -> TopicModel:
    """Fit topics to documents of one language.

    Parameters
    ----------
    documents : sequence of sequences of str
        Content lemmas of each document.
    n_topics : int
        Number of topics, 2 or more; so many come out.
    engine : {"auto", "nmf", "lda", "gensim_lda", "gensim_nmf"}
        ``auto`` takes LDA where the median document has fewer than 30 content lemmas, else NMF.
    seed : int
        The same seed and documents give the same model on every run.
    min_documents : int
        A lemma in fewer documents is left out.
    vocabulary : sequence of str, optional
        The lemmas to use, where not those that the documents themselves give; for refits on resamples.

    Returns
    -------
    TopicModel

    Raises
    ------
    EstimationError
        If there are fewer than 50 documents or 10 a topic, or no lemma common enough to tell topics by.

    References
    ----------
    Blei, Ng & Jordan (2003), *Journal of Machine Learning Research* 3. Lee & Seung (1999), *Nature* 401.

    Examples
    --------
    >>> matters = [["refund", "money", "bill", "fee", "price"], ["train", "late", "wait", "seat", "delay"]]
    >>> model = fit_topics(matters * 40, 2, seed=3)
    >>> sorted(sorted(terms) for terms in model.top_terms(3))  # doctest: +SKIP
    """
    terms = tuple(vocabulary) if vocabulary is not None else known_terms(documents, n_topics, min_documents)
    counts = doc_term_matrix(documents, terms)
    if engine == "auto":
        engine = choose_engine([len(document) for document in documents])
    term_weights, doc_topic_matrix = ENGINES[engine](counts, terms, n_topics, seed)
    return complete(engine, seed, terms, term_weights, doc_topic_matrix, windows(documents, terms), counts)


def complete(
    engine: str,
    seed: int,
    vocabulary: tuple[str, ...],
    term_weights: np.ndarray,
    doc_topic_matrix: np.ndarray,
    present: Any,
    counts: Any,
    shown: np.ndarray | None = None,
) -> TopicModel:
    """Put a model together, its terms listed by their weights, or by those to be `shown`, none of them put back."""
    listed = list_terms(term_weights, present) if shown is None else list_terms(shown, present, diverse=0)
    idf = inverse_document_frequency(counts)
    return TopicModel(engine, seed, vocabulary, term_weights, doc_topic_matrix, listed, idf)
