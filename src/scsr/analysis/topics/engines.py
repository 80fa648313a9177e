"""The engines: what turns counts into topics, each on one thread and repeatable under its seed.

NMF and LDA (Gibbs sampling by tomotopy) are what :func:`scsr.analysis.topics.fit_topics` chooses from; gensim's LDA
and NMF are there to compare with, since neither leads on long or on short texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from scsr.analysis.topics.counts import quiet

__all__ = [
    "ENGINES",
    "EngineName",
    "choose_engine",
    "fold_in",
    "inverse_document_frequency",
    "refit",
    "shares",
    "weighted",
]

EngineName = Literal["nmf", "lda", "gensim_lda", "gensim_nmf"]

#: Below this median number of content lemmas a document is short, and LDA is fitted; from it on, NMF.
SHORT_DOCUMENT = 30
#: Gibbs sweeps; on short messages coherence is the same after 100 as after 1,000.
SWEEPS = 100
#: Priors of LDA: topics in a document, terms in a topic. A larger one of terms gives topics that come back more often.
ALPHA, ETA = 0.1, 0.05
FOLD_IN_SWEEPS, FOLD_IN_ROWS = 30, 5_000


def choose_engine(lengths: Sequence[int] | np.ndarray) -> Literal["nmf", "lda"]:
    """Return the engine for documents of these lengths, in content lemmas.

    LDA where the median document that has any is shorter than 30 content lemmas, else NMF: the ranking of the two in
    coherence turns with length.

    Examples
    --------
    >>> choose_engine([2, 3, 0]), choose_engine([80])
    ('lda', 'nmf')
    """
    some = np.asarray(lengths)
    some = some[some > 0]
    return "lda" if len(some) == 0 or np.median(some) < SHORT_DOCUMENT else "nmf"


def shares(matrix: np.ndarray) -> np.ndarray:
    """Divide each row by its sum; rows of zeros stay."""
    totals = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, totals, out=np.zeros_like(matrix, dtype=float), where=totals > 0)


def inverse_document_frequency(counts: Any) -> np.ndarray:
    """Return the smoothed inverse document frequency of each term, shape (n_terms,)."""
    n_documents = counts.shape[0]
    containing = np.asarray((counts > 0).sum(axis=0)).ravel()
    return np.asarray(np.log((1 + n_documents) / (1 + containing)) + 1)


def weighted(counts: Any, idf: np.ndarray) -> Any:
    """Return TF-IDF with rows of length 1, sparse."""
    from sklearn.preprocessing import normalize

    return normalize(counts.multiply(idf).tocsr())


def fit_nmf(counts: Any, vocabulary: Sequence[str], n_topics: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Factorise the TF-IDF matrix; the start by singular vectors makes the seed matter little."""
    del vocabulary
    from sklearn.decomposition import NMF

    model = NMF(n_topics, init="nndsvda", random_state=seed, max_iter=400, tol=5e-3)
    weights = model.fit_transform(weighted(counts, inverse_document_frequency(counts)))
    return shares(model.components_), shares(weights * model.components_.sum(axis=1))


def spelt_out(counts: Any, vocabulary: Sequence[str]) -> list[list[str]]:
    """Spell rows of counts out as words again; the order of words does not matter to a bag of words."""
    words = np.array(vocabulary, dtype=object)[np.repeat(counts.indices, counts.data.astype(int))].tolist()
    ends = np.concatenate([[0], np.cumsum(counts.data.astype(int))])[counts.indptr]
    return [words[a:b] for a, b in pairwise(ends.tolist())]


def sample_lda(
    counts: Any, vocabulary: Sequence[str], n_topics: int, seed: int, *, sweeps: int = SWEEPS, eta: float = ETA
) -> tuple[np.ndarray, Any]:
    """Sample LDA; one worker, because several give results that differ between processors.

    Returns
    -------
    ndarray, shape (n_topics, n_terms)
        Rows sum to 1.
    tomotopy.LDAModel
        With one document for each row that holds any word.
    """
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, seed=seed, alpha=ALPHA, eta=eta)
    for document in spelt_out(counts, vocabulary):
        if document:
            model.add_doc(document)
    model.train(sweeps, workers=1, show_progress=False)
    column = {term: place for place, term in enumerate(vocabulary)}
    term_weights = np.zeros((n_topics, len(vocabulary)))
    term_weights[:, [column[term] for term in model.used_vocabs]] = [
        model.get_topic_word_dist(topic) for topic in range(n_topics)
    ]
    return shares(term_weights), model


def fit_lda(counts: Any, vocabulary: Sequence[str], n_topics: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sample LDA, with the shares of topics in documents."""
    term_weights, model = sample_lda(counts, vocabulary, n_topics, seed)
    doc_topic_matrix = np.zeros((counts.shape[0], n_topics))
    doc_topic_matrix[np.diff(counts.indptr) > 0] = [document.get_topic_dist() for document in model.docs]
    return term_weights, shares(doc_topic_matrix)


def bags(counts: Any) -> list[list[tuple[int, float]]]:
    """Return the counts as gensim reads them."""
    ends = counts.indptr
    return [
        [(int(term), float(n)) for term, n in zip(counts.indices[a:b], counts.data[a:b], strict=True)]
        for a, b in pairwise(ends)
    ]


def fit_gensim_lda(counts: Any, vocabulary: Sequence[str], n_topics: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit gensim's variational LDA on one core; its LdaMulticore does not repeat under a fixed seed."""
    from gensim.models import LdaModel

    corpus = bags(counts)
    with quiet("gensim"):
        model = LdaModel(corpus, n_topics, dict(enumerate(vocabulary)), passes=10, random_state=seed)
        mixed, _ = model.inference(corpus)
    mixed[np.diff(counts.indptr) == 0] = 0
    return shares(np.asarray(model.get_topics(), dtype=float)), shares(np.asarray(mixed, dtype=float))


def fit_gensim_nmf(counts: Any, vocabulary: Sequence[str], n_topics: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Fit gensim's online NMF to TF-IDF."""
    from gensim.models import Nmf

    matrix = weighted(counts, inverse_document_frequency(counts))
    with quiet("gensim"):
        model = Nmf(bags(matrix), n_topics, id2word=dict(enumerate(vocabulary)), passes=10, random_state=seed)
    term_weights = shares(np.asarray(model.get_topics(), dtype=float))
    return term_weights, fold_in(matrix, term_weights, "gensim_nmf")


ENGINES: dict[str, Callable[[Any, Sequence[str], int, int], tuple[np.ndarray, np.ndarray]]] = {
    "nmf": fit_nmf,
    "lda": fit_lda,
    "gensim_lda": fit_gensim_lda,
    "gensim_nmf": fit_gensim_nmf,
}


def fold_in(matrix: Any, term_weights: np.ndarray, engine: str) -> np.ndarray:
    """Return the shares of known topics in documents, without touching the topics.

    Parameters
    ----------
    matrix : sparse matrix, shape (n_documents, n_terms)
        Counts for LDA, TF-IDF for NMF.
    term_weights : ndarray, shape (n_topics, n_terms)
        Rows sum to 1.
    engine : str
        For NMF least squares by multiplicative updates (Lee & Seung 1999); for LDA the mixture's expectation and
        maximisation with LDA's prior of topics.

    Returns
    -------
    ndarray, shape (n_documents, n_topics)
        Rows sum to 1, or to 0 where no term is known.
    """
    update = least_squares if engine.endswith("nmf") else mixture
    parts = [
        update(matrix[start : start + FOLD_IN_ROWS], term_weights)
        for start in range(0, max(1, matrix.shape[0]), FOLD_IN_ROWS)
    ]
    found = shares(np.vstack(parts))
    found[np.diff(matrix.indptr) == 0] = 0
    return found


def least_squares(matrix: Any, term_weights: np.ndarray) -> np.ndarray:
    """Find non-negative weights of topics that come closest to the rows."""
    aim, gram = matrix @ term_weights.T, term_weights @ term_weights.T
    weights = np.maximum(aim, 1e-12)
    for _ in range(FOLD_IN_SWEEPS):
        weights *= aim / np.maximum(weights @ gram, 1e-12)
    return np.asarray(weights)


def refit(counts: Any, term_weights: np.ndarray) -> np.ndarray:
    """Fit topics once more to all documents: one step of expectation and maximisation, by LDA's likelihood.

    A mean of topics over runs repeats common terms in many topics; the step gives each word back to the topics that
    its document is about.

    Parameters
    ----------
    counts : sparse matrix, shape (n_documents, n_terms)
    term_weights : ndarray, shape (n_topics, n_terms)
        Rows sum to 1.

    Returns
    -------
    ndarray, shape (n_topics, n_terms)
        Rows sum to 1.
    """
    found = np.full(term_weights.shape, ETA)
    for start in range(0, counts.shape[0], FOLD_IN_ROWS):
        part = counts[start : start + FOLD_IN_ROWS].astype(float)
        mixed = mixture(part, term_weights)
        rows = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        part.data /= np.einsum("ij,ji->i", mixed[rows], np.maximum(term_weights, 1e-12)[:, part.indices])
        found += term_weights * (part.T @ mixed).T
    return shares(found)


def mixture(counts: Any, term_weights: np.ndarray) -> np.ndarray:
    """Find the mixture of topics that makes the rows likeliest."""
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    likely = np.maximum(term_weights[:, counts.indices], 1e-12).T
    mixed = np.full((counts.shape[0], len(term_weights)), 1 / len(term_weights))
    starts = counts.indptr[:-1][np.diff(counts.indptr) > 0]
    filled = np.flatnonzero(np.diff(counts.indptr))
    for _ in range(FOLD_IN_SWEEPS):
        joint = likely * mixed[rows]
        joint *= (counts.data / joint.sum(axis=1))[:, None]
        if len(filled):
            mixed[filled] = shares(np.add.reduceat(joint, starts, axis=0) + ALPHA)
    return mixed
