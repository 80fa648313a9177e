"""How long until the first answer, how many are answered, and whether a promise is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.analysis.loyalty.common import Waits, check_level, group_names, groups, need, sampling_of, share_table, waits
from scsr.analysis.loyalty.curves import CURVE, at_times, crossing, kaplan_meier, order_statistics
from scsr.errors import EstimationError

__all__ = [
    "ResponseShares",
    "ResponseTimes",
    "answered_share",
    "first_response",
    "promise_kept",
]

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
        Group columns, ``timeline_h, share_answered, ci_low, ci_high, n_at_risk``: a step at each answer.
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


def censored_quantiles(
    wait: Waits, by: Mapping[str, str], level: float, notes: tuple[str, ...]
) -> tuple[list[Estimate], pd.DataFrame]:
    """Return quartiles of the time to first answer, unanswered as censored, and the curve."""
    curve = kaplan_meier(wait.durations, wait.event_observed, level)
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
    answered = wait.durations[wait.event_observed]
    found = []
    for name, portion in QUARTILES.items():
        estimand = f"time to first response among answered openings: hours until {PORTION[portion]} have it"
        point, low, high = order_statistics(answered, portion, level)
        found.append(
            Estimate(
                name, estimand, "h", point, low, high, len(answered), ORDER, by, (REPLIES, INDEPENDENT, *notes), level
            )
        )
    return found, kaplan_meier(answered, np.ones(len(answered), dtype=bool), level)


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
    unanswered are unknown: then the times are of answered openings, and the estimand says so. Cases whose times
    are known to the day only are left out, and counted.

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
    for labels, rows in groups(cases, by):
        wait = waits(rows)
        excluded = {reason: excluded.get(reason, 0) + count for reason, count in wait.n_excluded.items()}
        if not wait.event_observed.any():
            estimates.extend(no_times(labels, wait, level))
            continue
        sampling = sampling_of(rows)
        notes = (*wait.notes, *((UNKNOWN,) if sampling is None else ()))
        quantiles = conditional_quantiles if sampling == "replies" else censored_quantiles
        found, curve = quantiles(wait, labels, level, notes)
        conditional |= sampling == "replies"
        estimates.extend(found)
        curves.append(curve.assign(**labels))
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
    for labels, rows in groups(cases, by):
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
        k = int(rows["answered"].fillna(False).sum())
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
    for labels, rows in groups(cases, by):
        wait = waits(rows)
        sampling = sampling_of(rows)
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
    method, answered = "Wilson score interval (Wilson 1927)", wait.durations[wait.event_observed]
    n, k = len(answered), int((answered <= hours).sum())
    if not n:
        reason = "; ".join(wait.notes) or "no opening was answered"
        return not_estimable("promise_kept_share", estimand, "share", reason, method=method, by=by, level=level)
    low, high = wilson(k, n, level)
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
    in_time = wait.event_observed & (wait.durations <= hours)
    k = int(in_time.sum())
    row = kaplan_meier(np.minimum(wait.durations, hours), in_time, level).iloc[-1]
    point, low, high = float(row["share_answered"]), float(row["ci_low"]), float(row["ci_high"])
    if k in (0, n):  # the log-log band has no width there; the exact binomial one does
        from statsmodels.stats.proportion import proportion_confint

        known = int(((wait.durations >= hours) | in_time).sum())
        low, high = proportion_confint(known if k else 0, known, alpha=1 - level, method="beta")
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
