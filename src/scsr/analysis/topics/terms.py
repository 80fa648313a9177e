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
#: Share of distinct terms below which repeated terms are put back.
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


def list_terms(term_weights: np.ndarray, present: Any, *, diverse: float = DIVERSE) -> np.ndarray:
    """Order each topic's thirty heaviest terms by weight and company.

    A term scores the logarithm of its share of the topic, plus five times its mean association with the topic's other
    candidates, weighted by their shares. While the top tens of all topics repeat each other (fewer than 70 % distinct
    terms), the repeated term that is least at home is put back, one at a time.

    Parameters
    ----------
    term_weights : ndarray, shape (n_topics, n_terms)
        Rows sum to 1.
    present : sparse matrix of 0 and 1, shape (n_windows, n_terms)
        By :func:`windows`.
    diverse : float
        Share of distinct terms in the top tens below which repeated terms are put back; 0 leaves all where they are.

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
    scores = spread(candidates, scores, np.take_along_axis(rank, candidates, axis=1), diverse)
    return np.take_along_axis(candidates, np.argsort(-scores, axis=1, kind="stable"), axis=1)


def spread(candidates: np.ndarray, scores: np.ndarray, ranked: np.ndarray, diverse: float) -> np.ndarray:
    """Put repeated terms behind all others, one at a time, until the top tens are diverse.

    Parameters
    ----------
    candidates, scores, ranked : ndarray, shape (n_topics, n_candidates)
        The terms, what they score, and the place of the topic among all topics of the term by its weight there.
    diverse : float
        Where to stop.

    Returns
    -------
    ndarray, shape (n_topics, n_candidates)
        The scores, those of terms that were put back lowered beyond all others.
    """
    scores = scores.copy()
    behind, room = np.ptp(scores) + 1, np.full(len(scores), scores.shape[1] - TOP_TERMS)
    for _ in range(scores.size):
        top = np.argsort(-scores, axis=1, kind="stable")[:, :TOP_TERMS]
        terms = np.take_along_axis(candidates, top, axis=1)
        if diversity_of(terms) >= diverse:
            break
        distinct, counts = np.unique(terms, return_counts=True)
        repeated = np.isin(terms, distinct[counts > 1]) & (room > 0)[:, None]
        if not repeated.any():
            break
        # the repeat in the topic where the term is least at home; of equals the lowest score
        found = np.lexsort(
            (np.take_along_axis(scores, top, axis=1).ravel(), -np.take_along_axis(ranked, top, axis=1).ravel(),
             ~repeated.ravel())
        )[0]  # fmt: skip
        topic, place = divmod(int(found), top.shape[1])
        scores[topic, top[topic, place]] -= behind
        room[topic] -= 1
    return scores


def diversity_of(listed: np.ndarray) -> float:
    """Return the share of distinct terms among all topics' lists (Dieng, Ruiz & Blei 2020).

    Examples
    --------
    >>> diversity_of(np.array([[1, 2], [1, 3]]))
    0.75
    """
    return len(np.unique(listed)) / max(1, listed.size)
