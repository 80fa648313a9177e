"""Cascades of sharing as trees: how large, how deep, how branching, how fast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.wom.given import row_of_numbers
from scsr.errors import EstimationError

__all__ = ["cascade_table", "common_window", "structural_virality", "tree_of", "within", "without_answers"]

COLUMNS = (
    "cascade_id", "cascade_size", "cascade_depth", "cascade_breadth", "structural_virality", "duration_h", "time_to_half_h",
    "root_at", "root_followers", "root_role", "valence", "n_followers_reached", "n_speakers", "parents_known",
    "observed_until_h", "complete",
)  # fmt: skip


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
    order = np.argsort(parent, kind="stable")
    sorted_parent = parent[order]
    depth = np.full(len(parent), -1)
    layers = [np.flatnonzero(~has)]
    while len(layers[-1]):
        layer = layers[-1]
        depth[layer] = len(layers) - 1
        first = np.searchsorted(sorted_parent, layer, side="left")
        last = np.searchsorted(sorted_parent, layer, side="right")
        count = last - first
        offset = np.repeat(first - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        layers.append(order[np.arange(count.sum()) + offset])
    ring = np.flatnonzero(depth < 0)
    if len(ring):
        raise EstimationError(f"share at row {ring[0]} is its own ancestor; correct parent_id")
    below = np.ones(len(parent), dtype=np.int64)
    for layer in layers[:0:-1]:
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


def cascade_table(shares: pd.DataFrame) -> pd.DataFrame:
    """Sum up each cascade in a row.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.

    Returns
    -------
    DataFrame
        In order of ``cascade_id``: ``cascade_size`` (shares with the root), ``cascade_depth``, ``cascade_breadth``
        (most shares at one depth) and ``structural_virality`` (null where a parent is unknown; virality also for a
        lone root),
        ``duration_h`` (to the last share seen), ``time_to_half_h`` (until half of the final shares were
        made; null for a lone root), ``root_at``, ``root_followers``, ``root_role``, ``valence``,
        ``n_followers_reached`` (sum over sharers; null where any is unknown), ``n_speakers``,
        ``parents_known``, ``observed_until_h`` and ``complete`` (whether the end of observation is known).

    Raises
    ------
    EstimationError
        If a share is seen after the end of observation, or parents make no tree.

    Examples
    --------
    >>> from scsr import schema
    >>> rows = pd.DataFrame({"share_id": list("abc"), "cascade_id": "k", "parent_id": [None, "a", "b"],
    ...                      "t_h": [0, 1.0, 5.0]})
    >>> one = cascade_table(schema.conform(rows, "shares")).iloc[0]
    >>> int(one["cascade_size"]), int(one["cascade_depth"]), float(one["time_to_half_h"])
    (3, 2, 1.0)
    """
    if shares.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    shares = shares.sort_values(["cascade_id", "t_h", "share_id"], kind="stable").reset_index(drop=True)
    late = shares["t_h"].gt(shares["observed_until_h"])
    if late.any():
        row = shares[late].iloc[0]
        raise EstimationError(
            f"share {row['share_id']} at {row['t_h']} h comes after the end of observation "
            f"({row['observed_until_h']} h); correct observed_until_h"
        )
    cascade, names = pd.factorize(shares["cascade_id"], sort=True)
    parent = parents_of(shares)
    depth, below = tree_of(cascade, parent)
    size = np.bincount(cascade)
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    # a tree is known when just one share has no parent, and it is no gap in the record
    unknown = (parent < 0) & shares["parent_id"].notna().to_numpy()
    known = (np.bincount(cascade, parent < 0) == 1) & (np.bincount(cascade, unknown) == 0)
    root = np.where(known, root_rows(cascade, parent, len(size)), first)
    links = np.bincount(cascade, np.where(parent >= 0, below * (size[cascade] - below), 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        virality = np.where(known & (size > 1), 2 * links / (size * (size - 1.0)), np.nan)
    deepest = np.zeros(len(size), dtype=int)
    np.maximum.at(deepest, cascade, depth)
    broadest = np.zeros(len(size), dtype=int)
    level, at_level = np.unique(np.column_stack([cascade, depth]), axis=0, return_counts=True)
    np.maximum.at(broadest, level[:, 0], at_level)
    # the share that makes half of the final number, counted from the root
    half = shares["t_h"].to_numpy()[first + (size + 1) // 2 - 1]
    grouped = shares.groupby(cascade, sort=True)
    roots = shares.iloc[root]
    followers = shares["n_followers"].astype("Float64")
    table = pd.DataFrame(
        {
            "cascade_id": np.asarray(names, dtype=object), "cascade_size": size,
            "cascade_depth": pd.array(deepest, dtype="Int64"),
            "cascade_breadth": pd.array(broadest, dtype="Int64"), "structural_virality": virality,
            "duration_h": grouped["t_h"].max().to_numpy(), "time_to_half_h": np.where(size > 1, half, np.nan),
            "root_at": roots["root_at"].to_numpy(), "root_followers": roots["n_followers"].to_numpy(),
            "root_role": roots["speaker_role"].astype(object).to_numpy(),
            "valence": roots["valence"].astype(object).to_numpy(),
            "n_followers_reached": followers.groupby(cascade).agg(lambda v: v.sum(skipna=False)).to_numpy(),
            "n_speakers": grouped["speaker_id"].nunique().to_numpy(), "parents_known": known,
            "observed_until_h": grouped["observed_until_h"].max().to_numpy(),
        }
    )  # fmt: skip
    table.loc[~known, ["cascade_depth", "cascade_breadth"]] = pd.NA
    table["complete"] = table["observed_until_h"].notna()
    return table[list(COLUMNS)]


def parents_of(shares: pd.DataFrame) -> np.ndarray:
    """Return the position of each share's parent; -1 at roots and where the parent is not in the table."""
    index = pd.Index(shares["share_id"])
    if not index.is_unique:
        raise EstimationError("share_id stands twice in shares; ids must be unique")
    named = shares["parent_id"].notna().to_numpy()
    parent = np.full(len(shares), -1)
    parent[named] = index.get_indexer(shares.loc[named, "parent_id"])
    return parent


def root_rows(cascade: np.ndarray, parent: np.ndarray, n: int) -> np.ndarray:
    """Return the position of a parentless share of each cascade."""
    root = np.zeros(n, dtype=int)
    alone = np.flatnonzero(parent < 0)[::-1]
    root[cascade[alone]] = alone
    return root


def common_window(shares: pd.DataFrame, kept: float = 0.9) -> float | None:
    """Return the hours for which a share of the cascades was followed at least; None where some end is unknown.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.
    kept : float
        Share of the cascades, above 0 and at most 1.

    Raises
    ------
    EstimationError
        If ``kept`` is no such share.

    Examples
    --------
    >>> rows = pd.DataFrame({"cascade_id": list("abcd"), "observed_until_h": [10.0, 40, 50, 60]})
    >>> common_window(rows, .75), common_window(rows, 1)
    (40.0, 10.0)
    """
    if not 0 < kept <= 1:
        raise EstimationError(f"kept={kept} is no share of cascades; give a number above 0 and at most 1")
    check_columns(shares, ("cascade_id", "observed_until_h"), "shares", "a common window")
    ends = shares.groupby("cascade_id", observed=True)["observed_until_h"].max().to_numpy(float, na_value=np.nan)
    if not len(ends) or np.isnan(ends).any():
        return None
    return float(np.sort(ends)[int(np.floor((1 - kept) * len(ends) + 1e-9))])


def within(shares: pd.DataFrame, hours: float) -> pd.DataFrame:
    """Return what was shared within some hours of the root, in cascades that were followed for so long.

    All cascades are then seen for the same time, so that none looks small or quick for having been cut short.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``; a cascade whose end of observation is unknown counts as followed for so long.
    hours : float
        Above 0.

    Raises
    ------
    EstimationError
        If ``hours`` is not above 0.

    Examples
    --------
    >>> rows = pd.DataFrame({"cascade_id": list("aab"), "t_h": [0.0, 9, 0], "observed_until_h": [10.0, 10, 4]})
    >>> within(rows, 8.0)[["cascade_id", "t_h", "observed_until_h"]].values.tolist()
    [['a', 0.0, 8.0]]
    """
    if not (isinstance(hours, int | float | np.number) and np.isfinite(hours) and hours > 0):
        raise EstimationError(f"hours={hours} is no number of hours above 0")
    check_columns(shares, ("t_h", "observed_until_h"), "shares", "a common window")
    short = shares["observed_until_h"].astype(float).lt(hours)
    kept = shares[~short & shares["t_h"].le(hours)]
    return kept.assign(observed_until_h=float(hours))


def without_answers(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the shares without what the firm itself shared in cascades that others began, and what came of that.

    A firm that takes part in a cascade answers it; its answer is no share of what is being said about it.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``; without ``speaker_role`` nothing is known to be the firm's.

    Raises
    ------
    EstimationError
        If a column that it takes is missing, or ids are not unique.

    Examples
    --------
    >>> rows = pd.DataFrame({"share_id": list("abcd"), "cascade_id": "k", "parent_id": [None, "a", "b", "a"],
    ...                      "t_h": [0.0, 1, 2, 3], "speaker_role": ["customer", "firm", "other", "other"]})
    >>> without_answers(rows)["share_id"].tolist()
    ['a', 'd']
    """
    check_columns(shares, ("share_id", "cascade_id", "parent_id", "t_h", "speaker_role"), "shares", "answers")
    firm = acts_of_firm(shares)
    own = shares["cascade_id"].isin(shares.loc[firm & shares["t_h"].eq(0).to_numpy(bool), "cascade_id"]).to_numpy()
    answers = firm & ~own
    return shares[~(answers | below(shares, answers))]


def acts_of_firm(shares: pd.DataFrame) -> np.ndarray:
    """Return which shares are the firm's own."""
    return np.asarray(shares["speaker_role"].astype("string").eq("firm").fillna(False).to_numpy(bool))


def below(shares: pd.DataFrame, marked: np.ndarray) -> np.ndarray:
    """Return which shares descend from marked ones."""
    parent = parents_of(shares)
    found = np.zeros(len(shares), dtype=bool)
    for _ in range(len(shares)):
        more = (parent >= 0) & (marked | found)[parent] & ~found
        if not more.any():
            break
        found |= more
    return found
