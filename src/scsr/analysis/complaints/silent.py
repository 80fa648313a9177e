"""Customers who are unhappy and say nothing: scenarios, never a measurement.

Nothing in a table of complaints says how many kept silent. A share that complains must come from outside;
what comes out is an interval over what one may believe; :mod:`scsr.analysis.complaints.turning` says where a
conclusion turns.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.errors import EstimationError

__all__ = ["Silence", "published_shares", "silent_share"]


@dataclass(frozen=True)
class Silence:
    """Scenarios of the silent.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``silent_share`` under the range given, then one ``silent_share`` for each published figure (group
        ``scenario``).
    frame : DataFrame
        ``scenario, title, complains_low, complains_high, unhappy_low, unhappy_high, silent_low, silent_high,
        possible, source``; shares of all customers. ``possible`` is False where more would be unhappy than
        there are.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame


@cache
def published_shares() -> tuple[dict[str, object], ...]:
    """Return the published figures, each with ``name, title, low, high, source``.

    Where a source gives both who complained and who kept silent, the share is computed from them.

    Examples
    --------
    >>> [round(figure["low"], 3) for figure in published_shares() if figure["name"] == "ski_2012"]
    [0.769]
    """
    data = tomllib.loads((files("scsr.analysis") / "resources" / "silent_share.toml").read_text("utf-8"))
    made = []
    for figure in data["figure"]:
        if "complained" in figure:
            low = high = figure["complained"] / (figure["complained"] + figure["silent"])
        else:
            low, high = figure["complains"]
        made.append({k: figure[k] for k in ("name", "title", "source")} | {"low": low, "high": high})
    return tuple(made)


def silent_share(complaining_share: Estimate, share_that_complains: tuple[float, float]) -> Silence:
    """Work out how many are unhappy and silent, if a given share of the unhappy complains.

    unhappy = complaining / share that complains, and silent = unhappy - complaining.

    Parameters
    ----------
    complaining_share : Estimate
        Share of customers who complained, such as from :func:`complainer_shares`.
    share_that_complains : tuple of float
        Lowest and highest share of the unhappy who complain that one is willing to believe; above 0, at
        most 1.

    Returns
    -------
    Silence

    Raises
    ------
    EstimationError
        If the shares are no shares.

    References
    ----------
    Manski, C. F. (2003). *Partial identification of probability distributions*. Springer.

    Examples
    --------
    >>> complained = Estimate("complainer_share", "", "share", .02, .018, .022, 9000, "Wilson")
    >>> result = silent_share(complained, (.5, .8))
    >>> round(result.estimates[0].ci_low, 4), round(result.estimates[0].ci_high, 3)
    (0.0045, 0.022)
    """
    if len(share_that_complains) != 2 or not 0 < share_that_complains[0] <= share_that_complains[1] <= 1:
        raise EstimationError(
            f"share_that_complains={share_that_complains} must be two shares above 0, the lower first, at most 1"
        )
    low, high = share_that_complains
    own = {
        "name": "range given",
        "title": "range given",
        "source": "given by the reader",
        "low": low,
        "high": high,
    }
    scenarios = [own, *published_shares()]
    estimates = tuple(
        scenario_estimate(complaining_share, one, {} if one is own else {"scenario": str(one["name"])})
        for one in scenarios
    )
    rows = [] if not complaining_share.ok else [scenario_row(complaining_share, one) for one in scenarios]
    columns = [
        "scenario", "title", "complains_low", "complains_high", "unhappy_low", "unhappy_high", "silent_low",
        "silent_high", "possible", "source",
    ]  # fmt: skip
    return Silence(estimates, pd.DataFrame(rows, columns=columns))


def bounds(complaining: Estimate, scenario: dict[str, object]) -> tuple[float, float, float, float]:
    """Return the lowest and highest complaining share and share that complains."""
    few, many = float(complaining.ci_low or 0), float(complaining.ci_high or 0)
    return few, many, float(str(scenario["low"])), float(str(scenario["high"]))


def scenario_row(complaining: Estimate, scenario: dict[str, object]) -> dict[str, object]:
    """Return one scenario as a row; its ends hold both the range and the sampling error."""
    few, many, low, high = bounds(complaining, scenario)
    return {
        "scenario": scenario["name"], "title": scenario["title"], "complains_low": low, "complains_high": high,
        "unhappy_low": few / high, "unhappy_high": min(1.0, many / low),
        "silent_low": few / high - few, "silent_high": min(1.0, many / low) - many,
        "possible": float(complaining.estimate or 0) / high <= 1, "source": scenario["source"],
    }  # fmt: skip


def scenario_estimate(complaining: Estimate, scenario: dict[str, object], group: dict[str, str]) -> Estimate:
    """Return the silent share under one scenario, on top of the complaining share's own group."""
    words = "share of customers who are unhappy and did not complain, if the share that complains is as assumed"
    group = dict(complaining.by) | group
    if not complaining.ok:
        return not_estimable("silent_share", words, "share", complaining.reason, by=group, level=complaining.level)
    few, many, low, high = bounds(complaining, scenario)
    share = float(complaining.estimate or 0)
    if share / low > 1:
        reason = (
            f"if {low:.3g} of the unhappy complain, a complaining share of {share:.3g} would make more customers "
            "unhappy than there are"
        )
        return not_estimable("silent_share", words, "share", reason, n=complaining.n, by=group, level=complaining.level)
    middle = (share / high + share / low) / 2 - share
    source = str(scenario["source"])
    ends = few / high - few, min(1.0, many / low) - min(many, 1.0)
    return Estimate(
        "silent_share", words, "share", middle, min(ends[0], middle), max(ends[1], middle), complaining.n,
        "bounds over the assumed range and the interval of the complaining share (Manski 2003); the point is only "
        "their middle", group,
        (f"between {low:.3g} and {high:.3g} of the unhappy complain ({source})", "only the unhappy complain"),
        complaining.level,
    )  # fmt: skip
