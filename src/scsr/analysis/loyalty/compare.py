"""Waiting times of groups against each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import Waits, check_level, group_names, grouped_waits, share_table
from scsr.analysis.loyalty.curves import restricted_mean, tally, waiting
from scsr.analysis.loyalty.response import CENSORING, INDEPENDENT, REPLIES
from scsr.errors import EstimationError

__all__ = ["GroupComparison", "response_groups"]

METHOD = "restricted mean of the Kaplan–Meier curve (Royston & Parmar 2013)"

LEAST = 5
BLOCK = 500_000


@dataclass(frozen=True)
class GroupComparison:
    """Waiting times of groups against each other.

    Parameters
    ----------
    estimates : tuple of Estimate
        Restricted mean hours of waiting, of each group.
    statistic, p_value : float or None
        Log-rank test of no difference; None where there is only one group or no answer.
    degrees_of_freedom : int
    tau_h : float
        Hours at which waiting is cut off.
    table : DataFrame
        Group columns, ``n, n_answered, restricted_mean_h, ci_low, ci_high``.
    """

    estimates: tuple[Estimate, ...]
    statistic: float | None
    p_value: float | None
    degrees_of_freedom: int
    tau_h: float
    table: pd.DataFrame


def response_groups(
    cases: pd.DataFrame, by: str | tuple[str, ...], tau_h: float = 168.0, level: float = 0.95
) -> GroupComparison:
    """Compare the waits of groups: restricted mean of each, and a log-rank test over all.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    by : str or tuple of str
        Columns that make the groups.
    tau_h : float
        Hours at which waiting is cut off. A group whose last case still waits before then has no such mean.
    level : float
        Confidence level.

    Returns
    -------
    GroupComparison
        ``first_response_mean_h``: mean hours waited, counting at most ``tau_h``.

    Raises
    ------
    EstimationError
        Without a group, on a negative wait or hours that are not above 0.

    References
    ----------
    Mantel, N. (1966). *Cancer Chemotherapy Reports* 50, 163–170. Royston, P. & Parmar, M. K. B. (2013).
    Restricted mean survival time. *BMC Medical Research Methodology* 13, 152.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> compared = response_groups(simulate(seed=1, scale=0.2, text=False).cases, "urgent")
    >>> compared.degrees_of_freedom
    2
    """
    check_level(level)
    if not group_names(by):
        raise EstimationError("comparing groups needs at least one column in 'by', such as 'company'")
    if not tau_h > 0:
        raise EstimationError(f"tau_h {tau_h!r} is not above 0 hours")
    from scipy.stats import norm

    parts = list(grouped_waits(cases, by))
    kept = [(labels, wait, sampling) for labels, wait, sampling in parts if len(wait.durations)]
    tau = float(tau_h)
    z, found = norm.ppf(0.5 + level / 2), []
    for labels, wait, sampling in parts:
        estimand, n = f"mean hours until the first answer, counting at most {tau:g} h", len(wait.durations)
        reason = no_mean(wait, tau)
        if reason:
            found.append(
                not_estimable("first_response_mean_h", estimand, "h", reason, method=METHOD, by=labels, level=level)
            )
            continue
        shown = wait.kept(wait.event_observed) if sampling == "replies" else wait
        if not len(shown.durations):
            found.append(
                not_estimable(
                    "first_response_mean_h",
                    estimand,
                    "h",
                    "no opening was answered",
                    n=n,
                    method=METHOD,
                    by=labels,
                    level=level,
                )
            )
            continue
        mean, error = restricted_mean(shown.durations, shown.event_observed, tau)
        (shortest, error_low), (longest, error_high) = (mean, error), (mean, error)
        if not shown.exact:
            shortest, error_low = restricted_mean(shown.lower, shown.event_observed, tau)
            longest, error_high = restricted_mean(shown.upper, shown.event_observed, tau)
        notes = (CENSORING, INDEPENDENT, *((REPLIES,) if sampling == "replies" else ()), *wait.notes)
        extra = {"n_with": int(wait.event_observed.sum())}
        low, high = max(0.0, shortest - z * error_low), min(tau, longest + z * error_high)
        found.append(
            Estimate(
                "first_response_mean_h",
                estimand,
                "h",
                mean,
                low,
                max(high, mean),
                n,
                METHOD,
                labels,
                notes,
                level,
                extra=extra,
            )
        )
    statistic, p_value = log_rank([wait for _, wait, _ in kept])
    table = share_table(found, group_names(by)).rename(columns={"share": "restricted_mean_h", "n_with": "n_answered"})
    return GroupComparison(tuple(found), statistic, p_value, max(0, len(kept) - 1), tau, table)


def no_mean(wait: Waits, tau: float) -> str:
    """Say why the mean wait up to tau is not known; empty where it is."""
    if not len(wait.durations):
        return "; ".join(wait.notes) or "there are no cases"
    if len(wait.durations) < LEAST:
        return f"{len(wait.durations)} cases are too few for a normal interval; it takes {LEAST}"
    longest = float(wait.durations.max())
    if longest < tau and not wait.event_observed[wait.durations == longest].all():
        return f"its cases were observed for {longest:.4g} h at most, and some were still waiting then"
    return ""


def log_rank(parts: list[Waits]) -> tuple[float | None, float | None]:
    """Return statistic and p-value of the log-rank test; None where there is nothing to test."""
    if len(parts) < 2 or not any(wait.event_observed.any() for wait in parts):
        return None, None
    from scipy.stats import chi2

    counted = [tally(wait.durations, wait.event_observed) for wait in parts]
    times = np.unique(np.concatenate([times[events > 0] for times, _, events in counted]))
    away, spread = np.zeros(len(parts)), np.zeros((len(parts), len(parts)))
    for block in np.array_split(times, len(times) // BLOCK + 1):
        at_risk, events = (
            np.column_stack(each) for each in zip(*(read_at(block, *one) for one in counted), strict=True)
        )
        n, d = at_risk.sum(axis=1), events.sum(axis=1)
        share = at_risk / n[:, None]
        factor = d * (n - d) / np.maximum(n - 1, 1)
        away += (events - d[:, None] * share).sum(axis=0)
        spread += np.diag(factor @ share) - share.T @ (share * factor[:, None])
    statistic = float(away[:-1] @ np.linalg.pinv(spread[:-1, :-1]) @ away[:-1])
    return statistic, float(chi2.sf(statistic, len(parts) - 1))


def read_at(block: np.ndarray, times: np.ndarray, n: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many of a group are at risk at some times, and how many have the event then."""
    place = np.searchsorted(times, block, side="left")
    here = np.minimum(place, len(times) - 1)
    return np.append(waiting(n), 0)[place], np.where(times[here] == block, events[here], 0)
