"""What if: who should carry a message at equal cost. A scenario on a network, never an estimate.

The numbers here follow from assumptions that somebody states: who follows whom, how often a message is passed on, what
each carrier costs. Their spread is that of chance in the scenario; it says nothing of how far the assumptions are from
the world. For that reason a scenario is no :class:`~scsr.analysis.estimates.Estimate` and has no confidence interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.wom.network import Network, spread
from scsr.errors import EstimationError

__all__ = ["BANNER", "Carrier", "Scenario", "equal_cost"]

BANNER = "Scenario, not an estimate"


@dataclass(frozen=True)
class Carrier:
    """Who carries a message, and what is assumed of them.

    Parameters
    ----------
    name : str
        In words, such as ``influencers``.
    cost : float
        Of one of them, in the currency of the budget; above 0.
    trust : float
        How likely a follower is to pass on what they say, relative to an ordinary customer.
    most_followed : bool
        Whether the most followed are taken; else anybody is.
    role : str, optional
        ``speaker_role`` of those who may be taken; None takes everybody.
    """

    name: str
    cost: float
    trust: float = 1.0
    most_followed: bool = False
    role: str | None = None


@dataclass(frozen=True)
class Scenario:
    """What follows from the assumptions.

    Parameters
    ----------
    frame : DataFrame
        ``carriers, n_carriers, cost, passed_on`` (mean over runs of people who pass the message on, carriers
        included)``, low, high`` (range of 90% of runs)``, heard`` (mean of people who hear it)``, heard_per_cost``.
    assumptions : tuple of str
    n_runs : int
    banner : str
        What must stand beside it wherever it is shown.
    """

    frame: pd.DataFrame
    assumptions: tuple[str, ...]
    n_runs: int
    banner: str = BANNER

    def sentence(self) -> str:
        """Say the scenario as one.

        Examples
        --------
        >>> from scsr.analysis.wom.network import stated_network
        >>> network = stated_network(300, 5.0, 1.0, seed=1)
        >>> equal_cost(network, [Carrier("customers", 1.0)], 10.0, .05, seed=1).sentence().startswith("Scenario, not")
        True
        """
        best = self.frame.sort_values(["heard", "carriers"], ascending=[False, True]).iloc[0]
        rest = "; ".join(
            f"{row['carriers']}: {row['n_carriers']:,} of them, heard by {row['heard']:,.0f}"
            for row in self.frame.to_dict("records")
        )
        return (
            f"{self.banner}: under the stated assumptions, the same money reaches most people through "
            f"{best['carriers']} ({rest})."
        )


def equal_cost(
    network: Network,
    carriers: Sequence[Carrier],
    budget: float,
    passing: float,
    n_runs: int = 200,
    seed: int = 1,
) -> Scenario:
    """Compare who carries a message when each group costs the same in all.

    Parameters
    ----------
    network : Network
    carriers : sequence of Carrier
    budget : float
        What each group may cost.
    passing : float
        Probability that who hears an ordinary customer passes it on. What carriers say is passed on with this times
        their trust, what others say with this.
    n_runs : int
        Runs of each group.
    seed : int
        Of who is taken and of chance in the network.

    Returns
    -------
    Scenario
        A group whose budget buys nobody, or whose role nobody has, has 0 carriers and reaches nobody.

    Raises
    ------
    EstimationError
        If a cost or the budget is not above 0, a probability is none, names stand twice or nothing is to be run.

    References
    ----------
    Kempe, D., Kleinberg, J. & Tardos, É. (2003), as in :func:`~scsr.analysis.wom.network.spread`.
    Bakshy, E., Hofman, J. M., Mason, W. A. & Watts, D. J. (2011). Everyone's an influencer: quantifying influence on
    Twitter. *Proceedings of WSDM 2011*, 65-74.

    Examples
    --------
    >>> from scsr.analysis.wom.network import stated_network
    >>> network = stated_network(500, 6.0, 1.5, seed=2)
    >>> groups = [Carrier("customers", 1.0), Carrier("influencers", 20.0, most_followed=True)]
    >>> made = equal_cost(network, groups, 40.0, .03, n_runs=20)
    >>> made.frame["n_carriers"].tolist()
    [40, 2]
    """
    check(carriers, budget, passing, n_runs)
    order = np.lexsort((np.arange(network.n_people), -network.followers()))
    rows = []
    for number, group in enumerate(carriers):
        rng = np.random.default_rng([seed, number])
        may = np.ones(network.n_people, bool) if group.role is None else network.role == group.role
        n = int(min(may.sum(), budget // group.cost))
        passed, heard = np.zeros(n_runs), np.zeros(n_runs)
        for run in range(n_runs if n else 0):
            seeds = order[may[order]][:n] if group.most_followed else rng.choice(np.flatnonzero(may), n, replace=False)
            trust = np.ones(network.n_people)
            trust[seeds] = group.trust
            chance = np.minimum(passing * trust[network.heard_by], 1.0)
            who = spread(network, seeds, chance, rng)
            passed[run], heard[run] = who[0].sum(), who[1].sum()
        low, high = np.quantile(passed, [0.05, 0.95])
        cost = n * group.cost
        rows.append(
            (group.name, n, cost, passed.mean(), low, high, heard.mean(), heard.mean() / cost if cost else np.nan)
        )
    columns = ["carriers", "n_carriers", "cost", "passed_on", "low", "high", "heard", "heard_per_cost"]
    return Scenario(pd.DataFrame(rows, columns=columns), stated(network, carriers, budget, passing), n_runs)


def check(carriers: Sequence[Carrier], budget: float, passing: float, n_runs: int) -> None:
    """Refuse what makes no scenario."""
    if not (np.isfinite(budget) and budget > 0) or n_runs < 1:
        raise EstimationError(f"budget={budget}, n_runs={n_runs}: give a budget above 0 and at least one run")
    if not 0 <= passing <= 1:
        raise EstimationError(f"passing={passing} is no probability")
    names = [group.name for group in carriers]
    if not names or len(set(names)) != len(names):
        raise EstimationError(f"carriers {names}: give at least one, each under a name of its own")
    for group in carriers:
        if not (np.isfinite(group.cost) and group.cost > 0) or not (np.isfinite(group.trust) and group.trust >= 0):
            raise EstimationError(
                f"carriers {group.name!r}: cost {group.cost} must be above 0, trust {group.trust} 0 or more"
            )


def stated(network: Network, carriers: Sequence[Carrier], budget: float, passing: float) -> tuple[str, ...]:
    """Say the assumptions."""
    each = "; ".join(
        f"{group.name} cost {group.cost:g} each, with {group.trust:g} times the trust of an ordinary customer"
        + (", the most followed" if group.most_followed else "")
        for group in carriers
    )
    return (
        f"people hear each other as in {network.origin}",
        f"who hears it passes it on with probability {passing:g}, once, whatever they have heard before",
        f"each group may cost {budget:g}: {each}",
    )
