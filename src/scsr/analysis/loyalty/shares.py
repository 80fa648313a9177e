"""How many openings are answered, and whether a promise is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import clopper_pearson, wilson
from scsr.analysis.loyalty.common import (
    Waits,
    check_level,
    group_names,
    grouped_waits,
    groups,
    need,
    sampling_of,
    share_table,
)
from scsr.analysis.loyalty.curves import kaplan_meier
from scsr.analysis.loyalty.response import CENSORING, INDEPENDENT, REPLIES, UNKNOWN
from scsr.errors import EstimationError

__all__ = ["ResponseShares", "answered_share", "promise_kept"]


@dataclass(frozen=True)
class ResponseShares:
    """A share of the openings, by group.

    Parameters
    ----------
    estimates : tuple of Estimate
    table : DataFrame
        Group columns, ``share, ci_low, ci_high, n, n_with``; null where it is not estimable.
    """

    estimates: tuple[Estimate, ...]
    table: pd.DataFrame


def answered_share(cases: pd.DataFrame, by: str | tuple[str, ...] = (), level: float = 0.95) -> ResponseShares:
    """Estimate the share of openings that were answered before the end of observation.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    by : str or tuple of str
        Columns to group by.
    level : float
        Confidence level.

    Returns
    -------
    ResponseShares
        ``answered_share``; not estimable where the source was sampled on replies.

    Raises
    ------
    EstimationError
        On a missing column or an impossible level.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. *JASA* 22, 209–212.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> shares = answered_share(simulate(seed=1, scale=0.05, text=False).cases)
    >>> bool(0.7 < shares.estimates[0].estimate < 0.9)
    True
    """
    check_level(level)
    need(cases, ("answered",), "cases", "the answered share")
    estimand, method = "share of openings answered before the end of observation", "Wilson score interval (Wilson 1927)"
    found = []
    columns = [column for column in ("answered", "sampling", *group_names(by)) if column in cases]
    for labels, rows in groups(cases[columns], by):
        sampling, n = sampling_of(rows), len(rows)
        reason = ""
        if sampling == "replies":
            reason = "the source was sampled on having a reply, so that unanswered openings are missing from it"
        elif not n:
            reason = "there are no cases"
        if reason:
            found.append(
                not_estimable("answered_share", estimand, "share", reason, n=n, method=method, by=labels, level=level)
            )
            continue
        notes = (INDEPENDENT, *((UNKNOWN,) if sampling is None else ()))
        k = int(rows["answered"].sum())
        low, high = wilson(k, n, level)
        found.append(
            Estimate(
                "answered_share",
                estimand,
                "share",
                k / n,
                low,
                high,
                n,
                method,
                labels,
                notes,
                level,
                extra={"n_with": k},
            )
        )
    return ResponseShares(tuple(found), share_table(found, group_names(by)))


def promise_kept(
    cases: pd.DataFrame, hours: float = 24.0, by: str | tuple[str, ...] = (), level: float = 0.95
) -> ResponseShares:
    """Estimate the share of openings answered within the promised hours.

    Openings whose observation ends before the promised time are censored, not counted as broken.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    hours : float
        The promise; above 0.
    by : str or tuple of str
        Columns to group by.
    level : float
        Confidence level.

    Returns
    -------
    ResponseShares
        ``promise_kept_share``; among answered openings where the source was sampled on replies.

    Raises
    ------
    EstimationError
        On hours that are not above 0, a negative wait, a missing column or an impossible level.

    References
    ----------
    Kalbfleisch, J. D. & Prentice, R. L. (2002). *The Statistical Analysis of Failure Time Data*, 2nd ed., section 1.4.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> kept = promise_kept(simulate(seed=1, scale=0.05, text=False).cases, hours=24)
    >>> kept.estimates[0].unit
    'share'
    """
    check_level(level)
    if not hours > 0:
        raise EstimationError(f"a promise of {hours!r} h cannot be kept; give hours above 0")
    found = []
    for labels, wait, sampling in grouped_waits(cases, by):
        notes = (*wait.notes, *((UNKNOWN,) if sampling is None else ()))
        if sampling == "replies":
            found.append(kept_among_answered(wait, hours, labels, level, notes))
        else:
            found.append(kept_of_all(wait, hours, labels, level, notes))
    return ResponseShares(tuple(found), share_table(found, group_names(by)))


def kept_among_answered(
    wait: Waits, hours: float, by: Mapping[str, str], level: float, notes: tuple[str, ...]
) -> Estimate:
    """Return the share of the answered openings whose answer came in time."""
    estimand = f"share of the answered openings whose first answer came within {hours:g} h"
    method, seen = "Wilson score interval (Wilson 1927)", wait.event_observed
    n, k = int(seen.sum()), int((wait.durations[seen] <= hours).sum())
    if not n:
        reason = "; ".join(wait.notes) or "no opening was answered"
        return not_estimable("promise_kept_share", estimand, "share", reason, method=method, by=by, level=level)
    low = wilson(int((wait.upper[seen] <= hours).sum()), n, level)[0]
    high = wilson(int((wait.lower[seen] <= hours).sum()), n, level)[1]
    assumptions = (REPLIES, INDEPENDENT, *notes)
    return Estimate(
        "promise_kept_share",
        estimand,
        "share",
        k / n,
        low,
        high,
        n,
        method,
        by,
        assumptions,
        level,
        extra={"n_with": k},
    )


def kept_of_all(wait: Waits, hours: float, by: Mapping[str, str], level: float, notes: tuple[str, ...]) -> Estimate:
    """Return the share of all openings that are answered in time, by Kaplan–Meier."""
    estimand, n = f"share of openings answered within {hours:g} h", len(wait.durations)
    method = "Kaplan–Meier with log-log interval (Kalbfleisch & Prentice 2002)"
    if not n or not ((wait.durations >= hours).any() or wait.event_observed.all()):
        reason = "; ".join(wait.notes) or "there are no cases"
        if n:
            reason = f"no case was observed for {hours:g} h"
        return not_estimable("promise_kept_share", estimand, "share", reason, n=n, method=method, by=by, level=level)
    point, low, high, k = share_by(wait.durations, wait.event_observed, hours, level)
    if not wait.exact:
        low = share_by(wait.upper, wait.event_observed, hours, level)[1]
        high = share_by(wait.lower, wait.event_observed, hours, level)[2]
    if k in (0, n):
        method += "; exact binomial (Clopper & Pearson 1934) at 0 and 1"
    assumptions = (CENSORING, INDEPENDENT, *notes)
    return Estimate(
        "promise_kept_share",
        estimand,
        "share",
        point,
        min(low, point),
        max(high, point),
        n,
        method,
        by,
        assumptions,
        level,
        extra={"n_with": k},
    )


def share_by(
    durations: np.ndarray, event_observed: np.ndarray, hours: float, level: float
) -> tuple[float, float, float, int]:
    """Return the Kaplan–Meier share answered within some hours, its interval, and how many were seen to be."""
    in_time = event_observed & (durations <= hours)
    k, n = int(in_time.sum()), len(durations)
    row = kaplan_meier(np.minimum(durations, hours), in_time, level).iloc[-1]
    point, low, high = float(row["share_answered"]), float(row["ci_low"]), float(row["ci_high"])
    if k in (0, n):  # the log-log band has no width there; the exact binomial one does
        known = int(((durations >= hours) | in_time).sum())
        low, high = clopper_pearson(known if k else 0, known, level) if known else (0.0, 1.0)
    return point, low, high, k
