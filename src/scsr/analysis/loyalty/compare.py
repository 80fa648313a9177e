"""Waiting times of groups against each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import Waits, check_level, group_names, groups, sampling_of, share_table, waits
from scsr.analysis.loyalty.curves import restricted_mean
from scsr.analysis.loyalty.response import CENSORING, INDEPENDENT, REPLIES
from scsr.errors import EstimationError

__all__ = ["GroupComparison", "response_groups"]

METHOD = "restricted mean of the Kaplan–Meier curve (Royston & Parmar 2013)"

LEAST = 5


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

    parts = [(labels, waits(rows), sampling_of(rows)) for labels, rows in groups(cases, by)]
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
        shown = wait.event_observed if sampling == "replies" else np.ones(n, dtype=bool)
        if not shown.any():
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
        mean, _ = restricted_mean(wait.durations[shown], wait.event_observed[shown], tau)
        shortest, error_low = restricted_mean(wait.lower[shown], wait.event_observed[shown], tau)
        longest, error_high = restricted_mean(wait.upper[shown], wait.event_observed[shown], tau)
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
    from lifelines.statistics import multivariate_logrank_test

    durations = np.concatenate([wait.durations for wait in parts])
    event_observed = np.concatenate([wait.event_observed for wait in parts])
    label = np.repeat(np.arange(len(parts)), [len(wait.durations) for wait in parts])
    test = multivariate_logrank_test(durations, label, event_observed)
    return float(test.test_statistic), float(test.p_value)
