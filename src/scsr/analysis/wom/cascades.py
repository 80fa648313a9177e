"""Cascades of sharing as trees: how large, how deep, how branching, how fast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.wom.ids import plain_ids
from scsr.analysis.wom.trees import in_order, parents_of, root_rows, tree_of, trees_known, with_descendants
from scsr.errors import EstimationError

__all__ = [
    "begun_by",
    "cascade_table",
    "common_window",
    "within",
    "without_answers",
]

COLUMNS = (
    "cascade_id", "cascade_size", "cascade_depth", "cascade_breadth", "structural_virality", "duration_h", "time_to_half_h",
    "root_at", "root_followers", "root_role", "valence", "n_followers_reached", "n_speakers", "parents_known",
    "observed_until_h", "complete",
)  # fmt: skip


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
    check_seen(shares)
    cascade, order, first = in_order(shares)
    n, parent, t = len(first), parents_of(shares), shares["t_h"].to_numpy(float)
    depth, below = tree_of(cascade, parent)
    size = np.bincount(cascade)
    known = trees_known(shares, cascade, parent)
    root = root_rows(cascade, parent, known, order[first])
    links = np.bincount(cascade, np.where(parent >= 0, below * (size[cascade] - below), 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        virality = np.where(known & (size > 1), 2 * links / (size * (size - 1.0)), np.nan)
    # the share that makes half of the final number, counted from the root
    half = t[order[first + (size + 1) // 2 - 1]]
    roots = shares.iloc[root]
    table = pd.DataFrame(
        {
            "cascade_id": plain_ids(shares["cascade_id"].iloc[root]), "cascade_size": size,
            "cascade_depth": pd.arrays.IntegerArray(largest(cascade, depth, n), ~known),
            "cascade_breadth": pd.arrays.IntegerArray(breadth(cascade, depth, n), ~known),
            "structural_virality": virality,
            "duration_h": t[order[first + size - 1]], "time_to_half_h": np.where(size > 1, half, np.nan),
            "root_at": roots["root_at"].to_numpy() if "root_at" in shares else pd.NaT,
            "root_followers": roots["n_followers"].to_numpy(),
            "root_role": roots["speaker_role"].astype(object).to_numpy(),
            "valence": roots["valence"].astype(object).to_numpy(),
            "n_followers_reached": np.bincount(cascade, shares["n_followers"].to_numpy(float, na_value=np.nan)),
            "n_speakers": n_speakers(shares, cascade, n), "parents_known": known,
            "observed_until_h": last_hours(shares, cascade, n),
        }
    )  # fmt: skip
    table["complete"] = table["observed_until_h"].notna()
    return table[list(COLUMNS)]


def check_seen(shares: pd.DataFrame) -> None:
    """Refuse a share that is seen after the end of observation."""
    late = shares["t_h"].gt(shares["observed_until_h"])
    if late.any():
        row = shares[late].sort_values(["cascade_id", "t_h", "share_id"], kind="stable").iloc[0]
        raise EstimationError(
            f"share {row['share_id']} at {row['t_h']} h comes after the end of observation "
            f"({row['observed_until_h']} h); correct observed_until_h"
        )


def largest(cascade: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Return the largest value in each of n cascades."""
    found = np.zeros(n, dtype=values.dtype)
    np.maximum.at(found, cascade, values)
    return found


def breadth(cascade: np.ndarray, depth: np.ndarray, n: int) -> np.ndarray:
    """Return the most shares at one depth in each of n cascades."""
    levels = int(depth.max()) + 1
    level, at_level = np.unique(cascade * levels + depth, return_counts=True)
    return largest(level // levels, at_level, n)


def n_speakers(shares: pd.DataFrame, cascade: np.ndarray, n: int) -> np.ndarray | pd.api.extensions.ExtensionArray:
    """Return how many different people share in each of n cascades; missing where the table does not name them."""
    if "speaker_id" not in shares:
        return pd.array([pd.NA] * n, dtype="Int64")
    who, names = pd.factorize(shares["speaker_id"])
    pairs = np.unique((cascade * max(len(names), 1) + who)[who >= 0])
    return np.bincount(pairs // max(len(names), 1), minlength=n)


def last_hours(shares: pd.DataFrame, cascade: np.ndarray, n: int) -> np.ndarray:
    """Return the latest end of observation that each of n cascades states; missing where none does."""
    ends = shares["observed_until_h"].to_numpy(float, na_value=np.nan)
    found = np.full(n, -np.inf)
    np.maximum.at(found, cascade, np.where(np.isnan(ends), -np.inf, ends))
    return np.where(np.isinf(found), np.nan, found)


def begun_by(shares: pd.DataFrame, role: str | None) -> pd.DataFrame:
    """Return the cascades whose root is of a role; all of them where none is given.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.
    role : str or None
        ``speaker_role`` of the root.

    Examples
    --------
    >>> rows = pd.DataFrame({"share_id": list("abc"), "cascade_id": list("kkl"), "parent_id": [None, "a", None],
    ...                      "t_h": [0.0, 1, 0], "speaker_role": ["customer", "firm", "firm"]})
    >>> begun_by(rows, "customer")["share_id"].tolist()
    ['a', 'b']
    """
    check_columns(shares, ("share_id", "cascade_id", "parent_id", "t_h", "speaker_role"), "shares", "roles of roots")
    if role is None or shares.empty:
        return shares
    cascade, order, first = in_order(shares)
    parent = parents_of(shares)
    root = root_rows(cascade, parent, trees_known(shares, cascade, parent), order[first])
    wanted = shares["speaker_role"].iloc[root].astype("string").eq(role).fillna(False).to_numpy(bool)
    return shares[wanted[cascade]]


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
    return shares[~with_descendants(parents_of(shares), firm & ~own)]


def acts_of_firm(shares: pd.DataFrame) -> np.ndarray:
    """Return which shares are the firm's own."""
    return np.asarray(shares["speaker_role"].astype("string").eq("firm").fillna(False).to_numpy(bool))
