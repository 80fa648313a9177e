"""Trees of shares: whose parent is whose, which share is the root, how deep the others lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.analysis.wom.given import row_of_numbers
from scsr.analysis.wom.ids import order_of
from scsr.errors import EstimationError

__all__ = ["in_order", "parents_of", "root_rows", "structural_virality", "tree_of", "trees_known", "with_descendants"]

TWICE = "share_id stands twice in shares; ids must be unique"


def tree_of(cascade: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the depth of each share and the size of the subtree below and with it.

    Parameters
    ----------
    cascade : ndarray of int
        Number of the cascade of each share.
    parent : ndarray of int
        Position of each share's parent; -1 at a root or where unknown.

    Returns
    -------
    tuple of ndarray
        Depth (0 at a root) and subtree size (1 at a leaf).

    Raises
    ------
    EstimationError
        If a parent stands in another cascade, or shares are each other's parents in a ring.

    Examples
    --------
    >>> depth, below = tree_of(np.zeros(4, int), np.array([-1, 0, 1, 0]))
    >>> depth.tolist(), below.tolist()
    ([0, 1, 2, 1], [4, 2, 1, 1])
    """
    has = parent >= 0
    strangers = np.flatnonzero(has & (cascade[parent] != cascade))
    if len(strangers):
        raise EstimationError(f"share at row {strangers[0]} has its parent in another cascade; correct parent_id")
    depth, above = has.astype(np.int64), parent.copy()
    for _ in range(max(1, len(parent)).bit_length()):  # each round looks twice as far up
        on = np.flatnonzero(above >= 0)
        if not len(on):
            break
        depth[on] += depth[above[on]]
        above[on] = above[above[on]]
    ring = np.flatnonzero(above >= 0)
    if len(ring):
        raise EstimationError(f"share at row {ring[0]} is its own ancestor; correct parent_id")
    below = np.ones(len(parent), dtype=np.int64)
    order = np.argsort(depth, kind="stable")
    ends = np.cumsum(np.bincount(depth))
    for first, last in zip(ends[-2::-1], ends[:0:-1], strict=True):  # the deepest first
        layer = order[first:last]
        np.add.at(below, parent[layer], below[layer])
    return depth, below


def structural_virality(parents: Sequence[int]) -> float:
    """Return the mean distance between two shares of one tree.

    Near 2 for a broadcast, in which all follow the root, and growing with the length of chains. Linear in
    the number of shares: each link is crossed by the pairs that it parts.

    Parameters
    ----------
    parents : sequence of int
        Position of each share's parent; -1 at the one root.

    Returns
    -------
    float
        Mean number of links over all pairs.

    Raises
    ------
    EstimationError
        If there are fewer than two shares, or not exactly one root.

    References
    ----------
    Goel, S., Anderson, A., Hofman, J. & Watts, D. J. (2016). The structural virality of online diffusion.
    *Management Science*, 62, 180-196.

    Examples
    --------
    >>> structural_virality([-1, 0, 0, 0])  # a star: 2 (n - 1) / n
    1.5
    >>> structural_virality([-1, 0, 1, 2])  # a path: (n + 1) / 3
    1.6666666666666667
    """
    parent = row_of_numbers(parents, "positions of parents", -1, whole=True).astype(int)
    n = len(parent)
    if n < 2 or (parent < 0).sum() != 1:
        raise EstimationError(
            f"a tree of {n} shares with {(parent < 0).sum()} roots has no virality; it takes one root"
        )
    if parent.max() >= n:
        raise EstimationError(f"parent {parent.max()} is no position among {n} shares")
    _, below = tree_of(np.zeros(n, dtype=int), parent)
    inner = below[parent >= 0]
    return float(2 * (inner * (n - inner)).sum() / (n * (n - 1)))


def in_order(shares: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the number of each share's cascade, the order by cascade, time and id, and where in it each cascade begins."""
    ids = order_of(shares["cascade_id"])
    order = np.lexsort((order_of(shares["share_id"]), shares["t_h"].to_numpy(float), ids))
    fresh = np.append(True, ids[order][1:] != ids[order][:-1])
    cascade = np.empty(len(ids), dtype=np.int64)
    cascade[order] = np.cumsum(fresh) - 1
    return cascade, order, np.flatnonzero(fresh)


def trees_known(shares: pd.DataFrame, cascade: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Return of which cascades the tree is known: just one share has no parent, and it is no gap in the record."""
    unknown = (parent < 0) & shares["parent_id"].notna().to_numpy()
    return np.asarray((np.bincount(cascade, parent < 0) == 1) & (np.bincount(cascade, unknown) == 0))


def root_rows(cascade: np.ndarray, parent: np.ndarray, known: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the row of each cascade's root: the one without a parent where the tree is known, else the first."""
    root = first.copy()
    alone = np.flatnonzero((parent < 0) & known[cascade])
    root[cascade[alone]] = alone
    return root


def parents_of(shares: pd.DataFrame) -> np.ndarray:
    """Return the position of each share's parent; -1 at roots and where the parent is not in the table."""
    ids, above = shares["share_id"], shares["parent_id"]
    named = above.notna().to_numpy()
    parent = np.full(len(shares), -1)
    if pd.api.types.is_integer_dtype(ids.dtype) and len(shares):
        number, wanted = ids.to_numpy(np.int64), above.to_numpy(np.int64, na_value=0)
        # ids made by `numbered` leave few gaps, so that a list of places is the shortest way from id to place
        place = np.full(max(number.max(), wanted.max()) + 1, -1)
        place[number] = np.arange(len(number))
        if (place[number] != np.arange(len(number))).any():
            raise EstimationError(TWICE)
        parent[named] = place[wanted[named]]
        return parent
    index = pd.Index(ids)
    if not index.is_unique:
        raise EstimationError(TWICE)
    parent[named] = index.get_indexer(shares.loc[named, "parent_id"])
    return parent


def with_descendants(parent: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Return which shares are marked, or descend from marked ones."""
    found, above = marked.copy(), parent.copy()
    for _ in range(max(1, len(parent)).bit_length() if marked.any() else 0):  # each round looks twice as far up
        on = np.flatnonzero(above >= 0)
        if not len(on):
            break
        found[on] |= found[above[on]]
        above[on] = above[above[on]]
    return found
