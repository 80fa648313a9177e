"""How long until the first answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import Waits, check_level, group_names, grouped_waits
from scsr.analysis.loyalty.curves import CURVE, at_times, crossing, curve_of, order_statistics, thinned

__all__ = ["ResponseTimes", "first_response"]

MILESTONES_H = (1.0, 4.0, 24.0, 48.0, 168.0, 720.0)
QUARTILES = {"first_response_q25_h": 0.25, "first_response_median_h": 0.5, "first_response_q75_h": 0.75}
PORTION = {0.25: "a quarter", 0.5: "half", 0.75: "three quarters"}
KM = "Kaplan–Meier, log-log band inverted (Kaplan & Meier 1958; Brookmeyer & Crowley 1982)"
ORDER = "sample quantile with exact binomial interval of order statistics (Conover 1999)"
CENSORING = "whether a case is still unanswered when observation ends says nothing about when it would be answered"
INDEPENDENT = "cases are independent of each other; repeated cases of one customer are few"
REPLIES = "the source was sampled on having a reply: among answered openings only"
UNKNOWN = "the source does not say how it was sampled; taken as complete"


@dataclass(frozen=True)
class ResponseTimes:
    """Time to the first answer.

    Parameters
    ----------
    estimates : tuple of Estimate
        Median and quartiles, of each group.
    curve : DataFrame
        Group columns, ``timeline_h, share_answered, ci_low, ci_high, n_at_risk``: a step at each answer, of a group with
        more than 50,000 steps so many of them, evenly.
    milestones : DataFrame
        The same at 1, 4, 24, 48, 168 and 720 hours.
    conditional : bool
        Whether any group is among answered openings only.
    n_excluded : mapping of str to int
        Cases left out, by reason.
    """

    estimates: tuple[Estimate, ...]
    curve: pd.DataFrame
    milestones: pd.DataFrame
    conditional: bool
    n_excluded: Mapping[str, int]


def censored_quantiles(
    wait: Waits, by: Mapping[str, str], level: float, notes: tuple[str, ...]
) -> tuple[list[Estimate], pd.DataFrame]:
    """Return quartiles of the time to first answer, unanswered as censored, and the curve."""
    curve = curve_of(wait, level)
    times, n = curve["timeline_h"].to_numpy(), len(wait.durations)
    assumptions = (CENSORING, INDEPENDENT, *notes)
    found = []
    for name, portion in QUARTILES.items():
        estimand = f"hours until {PORTION[portion]} of the openings have their first answer"
        point = crossing(times, curve["share_answered"].to_numpy(), portion)
        low = crossing(times, curve["ci_high"].to_numpy(), portion)
        high = crossing(times, curve["ci_low"].to_numpy(), portion)
        if np.isinf(point):
            reached = curve["share_answered"].iloc[-1]
            reason = f"only {reached:.0%} were answered within the observation of at most {times[-1]:,.0f} h"
            found.append(
                not_estimable(name, estimand, "h", reason, n=n, method=KM, by=by, assumptions=assumptions, level=level)
            )
            continue
        found.append(
            Estimate(name, estimand, "h", point, min(low, point), max(high, point), n, KM, by, assumptions, level)
        )
    return found, curve


def conditional_quantiles(
    wait: Waits, by: Mapping[str, str], level: float, notes: tuple[str, ...]
) -> tuple[list[Estimate], pd.DataFrame]:
    """Return quartiles among answered openings, and their distribution."""
    wait = wait.kept(wait.event_observed)
    answered = wait.durations
    found = []
    for name, portion in QUARTILES.items():
        estimand = f"time to first response among answered openings: hours until {PORTION[portion]} have it"
        point = order_statistics(answered, portion, level)[0]
        low = order_statistics(wait.lower, portion, level)[1]
        high = order_statistics(wait.upper, portion, level)[2]
        found.append(
            Estimate(
                name, estimand, "h", point, low, high, len(answered), ORDER, by, (REPLIES, INDEPENDENT, *notes), level
            )
        )
    return found, curve_of(wait, level)


def no_times(by: Mapping[str, str], wait: Waits, level: float) -> list[Estimate]:
    """Return estimates that say why there is no time to first response."""
    if not len(wait.durations):
        reason = "; ".join(wait.notes) or "there are no cases"
    else:
        reason = f"none of the {len(wait.durations):,} cases was answered"
    estimand = "hours until {} of the openings have their first answer"
    return [
        not_estimable(
            name, estimand.format(PORTION[portion]), "h", reason, n=len(wait.durations), method=KM, by=by, level=level
        )
        for name, portion in QUARTILES.items()
    ]


def first_response(cases: pd.DataFrame, by: str | tuple[str, ...] = (), level: float = 0.95) -> ResponseTimes:
    """Estimate the time from a customer's opening to the first answer by the firm or an employee.

    Unanswered openings are censored at the end of observation. Where the source was sampled on replies the
    unanswered are unknown: then the times are of answered openings, and the estimand says so. Where only dates are
    known the wait lies within a day of their difference; the intervals hold wherever in that span it is.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    by : str or tuple of str
        Columns to group by, such as ``("company", "urgent")``.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    ResponseTimes
        ``first_response_median_h``, ``first_response_q25_h``, ``first_response_q75_h``; hours.

    Raises
    ------
    EstimationError
        On a negative wait, a missing column or an impossible level.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). *JASA* 53, 457–481. Brookmeyer, R. & Crowley, J. (1982). A confidence
    interval for the median survival time. *Biometrics* 38, 29–41. Conover, W. J. (1999). *Practical
    Nonparametric Statistics*, 3rd ed., section 3.2.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> times = first_response(simulate(seed=1, scale=0.05, text=False).cases)
    >>> [one.name for one in times.estimates]
    ['first_response_q25_h', 'first_response_median_h', 'first_response_q75_h']
    """
    check_level(level)
    estimates: list[Estimate] = []
    curves: list[pd.DataFrame] = []
    milestones: list[pd.DataFrame] = []
    excluded: dict[str, int] = {}
    conditional = False
    for labels, wait, sampling in grouped_waits(cases, by):
        excluded = {reason: excluded.get(reason, 0) + count for reason, count in wait.n_excluded.items()}
        if not wait.event_observed.any():
            estimates.extend(no_times(labels, wait, level))
            continue
        notes = (*wait.notes, *((UNKNOWN,) if sampling is None else ()))
        quantiles = conditional_quantiles if sampling == "replies" else censored_quantiles
        found, curve = quantiles(wait, labels, level, notes)
        conditional |= sampling == "replies"
        estimates.extend(found)
        curves.append(thinned(curve).assign(**labels))
        milestones.append(at_times(curve, MILESTONES_H).assign(**labels))
    columns = [*group_names(by), *CURVE]
    empty = pd.DataFrame({name: pd.Series(dtype=float) for name in columns})
    return ResponseTimes(
        tuple(estimates),
        pd.concat(curves, ignore_index=True)[columns] if curves else empty,
        pd.concat(milestones, ignore_index=True)[columns] if milestones else empty.copy(),
        conditional,
        excluded,
    )
