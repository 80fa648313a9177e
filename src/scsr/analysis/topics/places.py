"""Where topics lie beside each other: distances of their words, and two axes that keep most of them."""

from __future__ import annotations

import numpy as np

__all__ = ["places", "word_distances"]


def word_distances(term_weights: np.ndarray) -> np.ndarray:
    """Return how differently topics use words.

    Parameters
    ----------
    term_weights : ndarray, shape (n_topics, n_terms)
        Rows sum to 1.

    Returns
    -------
    ndarray, shape (n_topics, n_topics)
        Square root of the Jensen-Shannon divergence in bits: 0 (the same words) to 1 (no word in common).

    References
    ----------
    Endres & Schindelin (2003), *A new metric for probability distributions*, IEEE Transactions on Information Theory 49.

    Examples
    --------
    >>> word_distances(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])).round(2).tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    from scipy.spatial.distance import pdist, squareform

    found = np.nan_to_num(pdist(term_weights, "jensenshannon"))  # rounding may take a root of less than nothing
    return np.asarray(squareform(found) / np.sqrt(np.log(2)))


def places(distances: np.ndarray) -> tuple[np.ndarray, float]:
    """Lay points out on two axes that keep as much of their distances as two can (classical scaling).

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Symmetric, 0 on the diagonal.

    Returns
    -------
    ndarray, shape (n, 2)
        Positions; on each axis the point farthest out is on the positive side.
    float
        Share of the squared distances that the two axes keep, 0 to 1; 1 where all points are one.

    References
    ----------
    Torgerson (1952), *Multidimensional scaling: I. Theory and method*, Psychometrika 17; Gower (1966), *Biometrika* 53.

    Examples
    --------
    >>> line = np.abs(np.subtract.outer([0.0, 1.0, 3.0], [0.0, 1.0, 3.0]))
    >>> where, kept = places(line)
    >>> (where[:, 0].max() - where[:, 0].min()).round(6).item(), round(kept, 6)
    (3.0, 1.0)
    """
    squared = np.asarray(distances, dtype=float) ** 2
    centred = -0.5 * (squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean())
    values, vectors = np.linalg.eigh(centred)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    where = np.zeros((len(squared), 2))
    n_axes = min(2, len(squared))
    where[:, :n_axes] = vectors[:, :n_axes] * np.sqrt(values[:n_axes])
    farthest = where[np.abs(where).round(9).argmax(axis=0), [0, 1]]
    total = float(values.sum())
    return where * np.where(farthest < 0, -1, 1), float(values[:2].sum() / total) if total > 1e-12 else 1.0
