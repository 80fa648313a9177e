"""Who hears whom, and how a message spreads there when each hearer passes it on by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.errors import EstimationError

__all__ = ["Network", "observed_network", "spread", "stated_network"]


@dataclass(frozen=True)
class Network:
    """Who hears whom.

    Parameters
    ----------
    n_people : int
    heard_by, hears : ndarray of int
        One pair for each tie: what the first says, the second hears.
    role : ndarray of object
        Role of each person; None where unknown.
    origin : str
        Where the network comes from, in words.
    """

    n_people: int
    heard_by: np.ndarray
    hears: np.ndarray
    role: np.ndarray
    origin: str

    def followers(self) -> np.ndarray:
        """Return how many hear each person."""
        return np.bincount(self.heard_by, minlength=self.n_people)


def stated_network(
    n_people: int, mean_followers: float, sigma: float, seed: np.random.Generator | int = 1,
    roles: Mapping[str, float] | None = None,
) -> Network:  # fmt: skip
    """Draw a network in which numbers of followers are log-normal and who follows whom is chance.

    Parameters
    ----------
    n_people : int
        At least 10.
    mean_followers : float
        Mean number of people who hear a person; above 0 and below ``n_people``.
    sigma : float
        Standard deviation of log followers; 0 makes all alike.
    seed : Generator or int
    roles : mapping of role to float, optional
        Shares of roles, which sum to 1.

    Raises
    ------
    EstimationError
        If a number is out of range.

    Examples
    --------
    >>> network = stated_network(1000, 8.0, 1.2, seed=1)
    >>> bool(abs(network.followers().mean() - 8) < 1)
    True
    """
    if n_people < 10 or not 0 < mean_followers < n_people or not 0 <= sigma <= 4:
        raise EstimationError(
            f"n_people={n_people}, mean_followers={mean_followers}, sigma={sigma}: give at least 10 people, a mean "
            "between 0 and their number, and a sigma from 0 to 4"
        )
    rng = np.random.default_rng(seed)
    weight = np.exp(sigma * rng.normal(size=n_people) - sigma**2 / 2)
    followers = np.minimum(rng.poisson(mean_followers * weight), n_people - 1)
    heard_by = np.repeat(np.arange(n_people), followers)
    # somebody else, drawn with equal chance; the same tie twice counts once
    hears = (heard_by + rng.integers(1, n_people, len(heard_by))) % n_people
    ties = np.unique(np.column_stack([heard_by, hears]), axis=0)
    role = np.full(n_people, None, dtype=object)
    if roles:
        names, shares = list(roles), np.array(list(roles.values()), dtype=float)
        if (shares < 0).any() or abs(shares.sum() - 1) > 1e-6:
            raise EstimationError(f"roles {dict(roles)}: shares must be 0 or more and sum to 1")
        role = np.array(names, dtype=object)[rng.choice(len(names), n_people, p=shares)]
    origin = f"a stated network of {n_people:,} people with {mean_followers:g} followers on average (sigma {sigma:g})"
    return Network(n_people, ties[:, 0], ties[:, 1], role, origin)


def observed_network(shares: pd.DataFrame) -> Network:
    """Return who was seen to share from whom.

    Only ties that carried a share are seen, so that the network is thinner than the true one.

    Parameters
    ----------
    shares : DataFrame
        Table ``shares`` with ``parent_id`` and ``speaker_id``.

    Raises
    ------
    EstimationError
        If fewer than 10 ties between known speakers are seen.

    Examples
    --------
    >>> from scsr import schema
    >>> ids = [f"s{i}" for i in range(12)]
    >>> rows = pd.DataFrame({"share_id": ids, "cascade_id": "k", "parent_id": [None] + ids[:-1], "t_h": range(12),
    ...                      "speaker_id": [f"p{i}" for i in range(12)], "speaker_role": "customer"})
    >>> observed_network(schema.conform(rows, "shares")).n_people
    12
    """
    check_columns(shares, ("share_id", "parent_id", "speaker_id", "speaker_role"), "shares", "a network")
    known = shares[shares["speaker_id"].notna()]
    ties = known.merge(
        known[["share_id", "speaker_id"]], left_on="parent_id", right_on="share_id", suffixes=("", "_of")
    )
    ties = ties.loc[ties["speaker_id"] != ties["speaker_id_of"], ["speaker_id_of", "speaker_id"]].drop_duplicates()
    if len(ties) < 10:
        raise EstimationError(
            f"{len(ties)} ties between speakers are seen; a network takes 10: parent_id and speaker_id must be known"
        )
    people = pd.Index(sorted(known["speaker_id"].astype(str).unique()))
    roles = known.assign(id=known["speaker_id"].astype(str)).drop_duplicates("id").set_index("id")["speaker_role"]
    role = np.array([None if pd.isna(one) else str(one) for one in roles.reindex(people)], dtype=object)
    said, heard = (people.get_indexer(pd.Index(ties[name].astype(str))) for name in ("speaker_id_of", "speaker_id"))
    return Network(len(people), said, heard, role, f"the {len(ties):,} ties that carried a share in these data")


def spread(
    network: Network, seeds: np.ndarray, passing: np.ndarray, rng: np.random.Generator | int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Let a message spread once by independent cascades.

    Parameters
    ----------
    network : Network
    seeds : ndarray of int
        Who starts.
    passing : ndarray
        For each tie, the probability that who hears passes it on.
    rng : Generator or int

    Returns
    -------
    tuple of ndarray of bool
        Who passes it on (seeds included), and who hears it (seeds included).

    Raises
    ------
    EstimationError
        If a probability is none, or a seed is nobody.

    References
    ----------
    Kempe, D., Kleinberg, J. & Tardos, É. (2003). Maximizing the spread of influence through a social network.
    *Proceedings of KDD 2003*, 137-146.

    Examples
    --------
    >>> line = Network(3, np.array([0, 1]), np.array([1, 2]), np.full(3, None), "a line")
    >>> spread(line, np.array([0]), np.ones(2))[0].tolist()
    [True, True, True]
    """
    seeds, passing = np.asarray(seeds, dtype=int), np.asarray(passing, dtype=float)
    if len(passing) != len(network.heard_by) or not ((passing >= 0) & (passing <= 1)).all():
        raise EstimationError(f"give a probability from 0 to 1 for each of {len(network.heard_by)} ties")
    if len(seeds) and not (seeds.min() >= 0 and seeds.max() < network.n_people):
        raise EstimationError(f"a seed is none of {network.n_people} people")
    # each tie is tried once at most, so that its outcome can be drawn beforehand
    open_tie = np.random.default_rng(rng).uniform(size=len(passing)) < passing
    passed = np.zeros(network.n_people, dtype=bool)
    passed[seeds] = True
    while True:
        fresh = network.hears[open_tie & passed[network.heard_by]]
        fresh = fresh[~passed[fresh]]
        if not len(fresh):
            break
        passed[fresh] = True
    heard = passed.copy()
    heard[network.hears[passed[network.heard_by]]] = True
    return passed, heard
