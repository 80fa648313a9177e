"""What is talked about: topics of one language's documents, their number, their stability.

gensim prunes the dictionary and measures coherence; the engine is chosen by the length of the documents,
because the ranking of engines turns with it: non-negative matrix factorisation of TF-IDF (Lee & Seung 1999,
*Nature* 401) leads on long texts, Gibbs-sampled latent Dirichlet allocation (Blei, Ng & Jordan 2003; Griffiths
& Steyvers 2004) on short ones. A topic model is a reading aid: a topic counts as found when it comes back under
resampling, and each carries the share of refits in which it did.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from scsr.errors import EstimationError

if TYPE_CHECKING:
    from gensim.corpora import Dictionary

__all__ = ["Engine", "TopicModel", "choose_engine", "fit_topics"]

Engine = Literal["auto", "nmf", "lda"]

#: Below this median number of content lemmas a document is short, and LDA is fitted; from it on, NMF.
SHORT_DOCUMENT = 30
#: Fewer documents than this for each topic, and there is no telling a topic from an accident.
DOCUMENTS_PER_TOPIC = 20
TOP_TERMS = 10
#: Gibbs sweeps; on short messages coherence and overlap are the same after 200 as after 500.
SWEEPS = 200


@dataclass(frozen=True)
class TopicModel:
    """A fitted topic model.

    Parameters
    ----------
    engine : {"nmf", "lda"}
    seed : int
    vocabulary : tuple of str
        Lemmas, in the order of the columns of `term_weights`.
    term_weights : ndarray, shape (n_topics, n_terms)
        Share of each term in each topic; rows sum to 1.
    doc_topic_matrix : ndarray, shape (n_documents, n_topics)
        Share of each topic in each document; rows sum to 1, or to 0 where no word of the document is in the
        vocabulary.
    """

    engine: str
    seed: int
    vocabulary: tuple[str, ...]
    term_weights: np.ndarray
    doc_topic_matrix: np.ndarray

    @property
    def n_topics(self) -> int:
        """Number of topics."""
        return len(self.term_weights)

    @property
    def dominant(self) -> np.ndarray:
        """Topic with the largest share of each document, -1 where the document has none; shape (n_documents,)."""
        return np.where(self.doc_topic_matrix.sum(axis=1) > 0, self.doc_topic_matrix.argmax(axis=1), -1)

    def top_terms(self, n: int = TOP_TERMS) -> list[list[str]]:
        """Return the heaviest lemmas of each topic, heaviest first."""
        order = np.argsort(-self.term_weights, axis=1, kind="stable")[:, :n]
        return [[self.vocabulary[term] for term in row] for row in order]

    @property
    def diversity(self) -> float:
        """Share of distinct lemmas among all topics' top ten (Dieng, Ruiz & Blei 2020)."""
        terms = self.top_terms()
        return len({term for topic in terms for term in topic}) / max(1, sum(map(len, terms)))


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


def make_dictionary(documents: Sequence[Sequence[str]], min_documents: int = 5, max_share: float = 0.5) -> Dictionary:
    """Return gensim's dictionary without rare lemmas and lemmas that stand in most documents."""
    from gensim.corpora import Dictionary

    with quiet("gensim"):
        dictionary = Dictionary(list(documents))
        dictionary.filter_extremes(no_below=min_documents, no_above=max_share, keep_n=20_000)
        dictionary.compactify()
    return dictionary


def term_order(dictionary: Dictionary) -> list[str]:
    """Lemmas by id: alphabetical, so that the same documents in another order give the same columns."""
    return sorted(dictionary.token2id)


def fit_topics(
    documents: Sequence[Sequence[str]],
    n_topics: int,
    *,
    engine: Engine = "auto",
    seed: int = 1,
    min_documents: int = 5,
) -> TopicModel:
    """Fit topics to documents of one language.

    Parameters
    ----------
    documents : sequence of sequences of str
        Content lemmas of each document.
    n_topics : int
        Number of topics, 2 or more.
    engine : {"auto", "nmf", "lda"}
        ``auto`` takes LDA where the median document has fewer than 30 content lemmas, else NMF.
    seed : int
        The same seed and documents give the same model on every run.
    min_documents : int
        A lemma in fewer documents is left out.

    Returns
    -------
    TopicModel

    Raises
    ------
    EstimationError
        If there are fewer than 20 documents a topic, or no lemma common enough to tell topics by.

    References
    ----------
    Blei, Ng & Jordan (2003), *Journal of Machine Learning Research* 3. Lee & Seung (1999), *Nature* 401.

    Examples
    --------
    >>> texts = [["refund", "money", "bill"], ["train", "late", "wait"]] * 40
    >>> model = fit_topics(texts, 2, seed=3)
    >>> sorted(sorted(terms) for terms in model.top_terms(3))
    [['bill', 'money', 'refund'], ['late', 'train', 'wait']]
    """
    if n_topics < 2:
        raise EstimationError(f"n_topics is {n_topics}: a topic model needs 2 or more")
    enough = sum(1 for document in documents if document)
    if enough < DOCUMENTS_PER_TOPIC * n_topics:
        raise EstimationError(
            f"{enough} documents with content are too few for {n_topics} topics: "
            f"{DOCUMENTS_PER_TOPIC} for each are needed; ask for fewer topics or give more documents"
        )
    vocabulary = term_order(make_dictionary(documents, min_documents))
    if len(vocabulary) < TOP_TERMS and len(vocabulary) < 2 * n_topics:
        raise EstimationError(
            f"only {len(vocabulary)} lemmas stand in {min_documents} documents or more and in at most half of them: "
            "too few to tell topics by; give more or longer documents"
        )
    if engine == "auto":
        engine = choose_engine(documents)
    fit = fit_lda if engine == "lda" else fit_nmf
    term_weights, doc_topic_matrix = fit(documents, vocabulary, n_topics, seed)
    return TopicModel(engine, seed, tuple(vocabulary), term_weights, doc_topic_matrix)


def choose_engine(documents: Sequence[Sequence[str]]) -> Literal["nmf", "lda"]:
    """Return the engine for documents of this length.

    Examples
    --------
    >>> choose_engine([["late", "train"]]), choose_engine([["word"] * 80])
    ('lda', 'nmf')
    """
    lengths = [len(document) for document in documents if document]
    return "lda" if np.median(lengths) < SHORT_DOCUMENT else "nmf"


def shares(matrix: np.ndarray) -> np.ndarray:
    """Divide each row by its sum; rows of zeros stay."""
    totals = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, totals, out=np.zeros_like(matrix, dtype=float), where=totals > 0)


def fit_nmf(
    documents: Sequence[Sequence[str]], vocabulary: list[str], n_topics: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Factorise the TF-IDF matrix; the start by singular vectors makes the seed matter little."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=list, vocabulary=vocabulary, sublinear_tf=True)
    doc_term_matrix = vectorizer.fit_transform(documents)
    model = NMF(n_topics, init="nndsvda", random_state=seed, max_iter=400, tol=1e-3)
    weights = model.fit_transform(doc_term_matrix)
    return shares(model.components_), shares(weights * model.components_.sum(axis=1))


def fit_lda(
    documents: Sequence[Sequence[str]], vocabulary: list[str], n_topics: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sample LDA; one worker, because several give results that differ between processors."""
    import tomotopy

    known = set(vocabulary)
    model = tomotopy.LDAModel(k=n_topics, seed=seed, alpha=0.1, eta=0.01)
    places = []
    for place, document in enumerate(documents):
        kept = [lemma for lemma in document if lemma in known]
        if kept:
            model.add_doc(kept)
            places.append(place)
    model.train(SWEEPS, workers=1, show_progress=False)
    column = {term: index for index, term in enumerate(model.used_vocabs)}
    order = [column[term] for term in vocabulary]
    term_weights = np.array([model.get_topic_word_dist(topic) for topic in range(n_topics)], dtype=float)[:, order]
    doc_topic_matrix = np.zeros((len(documents), n_topics))
    doc_topic_matrix[places] = [document.get_topic_dist() for document in model.docs]
    return shares(term_weights), shares(doc_topic_matrix)
