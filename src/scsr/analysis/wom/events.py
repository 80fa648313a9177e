"""Shares in the order and the form that a self-exciting process is fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns, check_numbers
from scsr.analysis.wom.ids import order_of, plain_ids
from scsr.errors import EstimationError

__all__ = ["Events", "events_of"]


@dataclass(frozen=True)
class Events:
    """Shares in order of cascade and time, as the likelihood needs them.

    Parameters
    ----------
    cascade : ndarray of int
        Number of the cascade.
    t, gap, ahead : ndarray
        Hours since the root, since the share before, and to the end of observation.
    first : ndarray of bool
        Whether it is the root.
    followers : ndarray
        Followers plus one; ones where followers are left out.
    names : ndarray
        ``cascade_id`` of each cascade.
    rows : ndarray of int
        Position of each share in the table that it came from.
    """

    cascade: np.ndarray
    t: np.ndarray
    gap: np.ndarray
    ahead: np.ndarray
    first: np.ndarray
    followers: np.ndarray
    names: np.ndarray
    rows: np.ndarray

    @property
    def n_cascades(self) -> int:
        """How many cascades."""
        return len(self.names)

    @property
    def longest(self) -> int:
        """Shares in the largest cascade."""
        return int(np.bincount(self.cascade).max())

    def pull(self, exponent: float) -> np.ndarray:
        """Return how many reshares each share attracts relative to the mean reshare, by its followers."""
        if exponent == 0:
            return np.ones(len(self.t))
        raw = self.followers**exponent
        return np.asarray(raw / raw[~self.first].mean())


def events_of(shares: pd.DataFrame, until_h: float | None = None, followers: bool = False) -> Events | str:
    """Return shares as events, or the reason why they cannot be.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares``.
    until_h : float, optional
        Hours for which every cascade was followed; later shares are left out. Where the table states an earlier end,
        that one holds.
    followers : bool
        Whether followers are needed.

    Raises
    ------
    EstimationError
        If ``until_h`` is not above 0, followers are fewer than 0, or a share comes after the end that the table states.
    """
    if until_h is not None and not (np.isfinite(until_h) and until_h > 0):
        raise EstimationError(f"until_h={until_h} is no number of hours above 0")
    needs = ("share_id", "cascade_id", "parent_id", "t_h", "observed_until_h", *(["n_followers"] if followers else []))
    check_columns(shares, needs, "shares", "cascades as events")
    if shares.empty:
        return "there are no shares"
    check_numbers(shares, ["t_h"], "shares")
    stated = shares["observed_until_h"].astype(float)
    late = shares["t_h"].gt(stated)
    if late.any():
        raise EstimationError(
            f"{int(late.sum())} shares come after the end of their observation; correct observed_until_h"
        )
    if until_h is None and stated.isna().any():
        return "the end of observation is not stated for some cascades; give until_h, the hours each was followed"
    if followers and shares["n_followers"].lt(0).any():
        raise EstimationError(f"{int(shares['n_followers'].lt(0).sum())} sharers have fewer than 0 followers")
    if followers and shares["n_followers"].isna().any():
        return f"the followers of {int(shares['n_followers'].isna().sum())} sharers are not stated"
    end = stated if until_h is None else stated.fillna(np.inf).clip(upper=until_h)
    table = pd.DataFrame(
        {
            "cascade": order_of(shares["cascade_id"]), "t": shares["t_h"].to_numpy(float),
            "end": end.to_numpy(float), "reshare": shares["parent_id"].notna().to_numpy(),
            "id": order_of(shares["share_id"]), "row": np.arange(len(shares)),
            "followers": shares["n_followers"].to_numpy(float, na_value=0) + 1 if followers else 1.0,
        }
    )  # fmt: skip
    table = table[table["t"] <= table["end"]].sort_values(["cascade", "t", "reshare", "id"], kind="stable")
    cascade, _ = pd.factorize(table["cascade"])
    t = table["t"].to_numpy()
    first = np.append(True, cascade[1:] != cascade[:-1])
    gap = np.where(first, 0.0, np.diff(t, prepend=t[0]))
    ahead = table["end"].to_numpy() - t
    row = table["row"].to_numpy()
    names = plain_ids(shares["cascade_id"].iloc[row[first]])
    return Events(cascade, t, gap, ahead, first, table["followers"].to_numpy(float), names, row)
