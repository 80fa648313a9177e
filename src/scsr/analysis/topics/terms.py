"""Which terms stand for a topic: heavy in it, met together in the texts, and not listed everywhere.

A topic's heaviest terms hold some that are merely common. Of its thirty heaviest the ten are listed that are heavy
and keep company with the rest of the topic, which is what a reader takes a topic for. The topics themselves, and so
the shares of documents, are not touched.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scsr.analysis.topics.counts import Documents, doc_term_matrix

__all__ = ["TOP_TERMS", "association", "diversity_of", "list_terms", "windows"]

TOP_TERMS = 10
#: Terms of a topic that are looked at.
CANDIDATES = 30
#: Words in a window; terms of one window keep company.
WINDOW = 30
#: What an association of 1 weighs against the logarithm of a term's share of its topic.
ASSOCIATION_WEIGHT = 5.0
#: Windows added in which terms meet by chance alone, so that one meeting of two rare terms proves little.
PRIOR_WINDOWS = 5.0
#: Share of distinct terms below which a term is listed in fewer topics.
DIVERSE = 0.7


def windows(documents: Documents, vocabulary: tuple[str, ...]) -> Any:
    """Return which terms stand in which window of 30 words.

    Returns
    -------
    scipy.sparse.csr_matrix of 0 and 1, shape (n_windows, n_terms)
    """
    parts = [document[start : start + WINDOW] for document in documents for start in range(0, len(document), WINDOW)]
    matrix = doc_term_matrix(parts, vocabulary)
    matrix.data[:] = 1
    return matrix


def association(present: Any, columns: np.ndarray) -> np.ndarray:
    """Return the normalised pointwise mutual information of terms over windows, 0 on the diagonal.

    Parameters
    ----------
    present : sparse matrix of 0 and 1, shape (n_windows, n_terms)
    columns : ndarray of int
        The terms that are asked for.

    Returns
    -------
    ndarray, shape (len(columns), len(columns))
        -1 (never together) to 1 (always); shrunk towards 0 where there is little to go by.

    References
    ----------
    Bouma (2009), *Normalized (pointwise) mutual information in collocation extraction*, GSCL.
    """
    chosen = present[:, columns]
    n_windows = present.shape[0]
    together = np.asarray((chosen.T @ chosen).toarray(), dtype=float)
    alone = np.diag(together) / max(1, n_windows)
    by_chance = np.maximum(np.outer(alone, alone), 1e-300)
    seen = np.maximum((together + PRIOR_WINDOWS * by_chance) / (n_windows + PRIOR_WINDOWS), 1e-12)
    found = np.clip(np.log(seen / by_chance) / -np.log(np.minimum(seen, 1 - 1e-12)), -1, 1)
    np.fill_diagonal(found, 0)
    return np.asarray(found)


def list_terms(term_weights: np.ndarray, present: Any) -> np.ndarray:
    """Order each topic's thirty heaviest terms by weight and company.

    A term scores the logarithm of its share of the topic, plus five times its mean association with the topic's other
    candidates, weighted by their shares. Where the top tens of all topics would repeat each other (fewer than 70 %
    distinct terms), a term is listed only in the four, three, two topics, at last the one topic, in which it is
    heaviest.

    Parameters
    ----------
    term_weights : ndarray, shape (n_topics, n_terms)
        Rows sum to 1.
    present : sparse matrix of 0 and 1, shape (n_windows, n_terms)
        By :func:`windows`.

    Returns
    -------
    ndarray of int, shape (n_topics, min(30, n_terms))
        Columns of `term_weights`, first the term to list first.

    References
    ----------
    Alokaili, Aletras & Stevenson (2019), *Re-ranking words to improve interpretability of automatically generated
    topics*, IWCS.
    """
    candidates = np.argsort(-term_weights, axis=1, kind="stable")[:, :CANDIDATES]
    columns, places = np.unique(candidates, return_inverse=True)
    places = places.reshape(candidates.shape)
    associated = association(present, columns)
    scores = np.empty(candidates.shape)
    for topic, terms in enumerate(candidates):
        weights = term_weights[topic, terms]
        company = associated[np.ix_(places[topic], places[topic])] @ weights
        company /= np.maximum(weights.sum() - weights, 1e-300)
        scores[topic] = np.log(np.maximum(weights, 1e-300)) + ASSOCIATION_WEIGHT * company
    rank = np.argsort(np.argsort(-term_weights, axis=0, kind="stable"), axis=0, kind="stable")
    ranked = np.take_along_axis(rank, candidates, axis=1)
    for most in (len(term_weights), 4, 3, 2, 1):
        order = np.lexsort((-scores, ranked >= most), axis=1)
        listed = np.take_along_axis(candidates, order, axis=1)
        if diversity_of(listed[:, :TOP_TERMS]) >= DIVERSE:
            break
    return listed


def diversity_of(listed: np.ndarray) -> float:
    """Return the share of distinct terms among all topics' lists (Dieng, Ruiz & Blei 2020).

    Examples
    --------
    >>> diversity_of(np.array([[1, 2], [1, 3]]))
    0.75
    """
    return len(np.unique(listed)) / max(1, listed.size)
