"""The first answer and the customer's leaving as competing ends of the wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level, group_names, groups, sampling_of, tidy
from scsr.analysis.loyalty.curves import CURVE, tally, thinned, waiting
from scsr.analysis.loyalty.episodes import link
from scsr.errors import EstimationError

__all__ = ["CompetingEnds", "answer_or_leaving", "cumulative_incidence"]

ANSWERED, LEFT = 1, 2
NAMES = {ANSWERED: "answered_first_share", LEFT: "left_unanswered_share"}
WORDS = {ANSWERED: "answered", LEFT: "left unanswered"}
ESTIMANDS = {
    ANSWERED: "share of openings answered within {:g} h while the customer was still one",
    LEFT: "share of openings whose customer left within {:g} h and before any answer",
}
METHOD = "Aalen–Johansen with log-log interval (Aalen & Johansen 1978)"
ASSUMPTIONS = (
    "the end of observation says nothing about answer or leaving",
    "leaving is dated: a customer who gives up without a word counts as waiting",
)


@dataclass(frozen=True)
class CompetingEnds:
    """How waits end.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``answered_first_share`` and ``left_unanswered_share``, of each group.
    curve : DataFrame
        Group columns, ``end`` (answered · left unanswered), ``timeline_h, share_answered`` (the share that ended so),
        ``ci_low, ci_high, n_at_risk``.
    """

    estimates: tuple[Estimate, ...]
    curve: pd.DataFrame


def cumulative_incidence(durations: np.ndarray, cause: np.ndarray, of: int, level: float = 0.95) -> pd.DataFrame:
    """Estimate the share that has ended by one of several causes, by each time.

    Parameters
    ----------
    durations : array of float
        Hours until the end or until observation stopped; not negative.
    cause : array of int
        0 where observation stopped first.
    of : int
        The cause asked about.
    level : float

    Returns
    -------
    DataFrame
        Columns of :data:`scsr.analysis.loyalty.curves.CURVE`; the share in ``share_answered``.

    Raises
    ------
    EstimationError
        On no durations, or one that is negative or no number.

    References
    ----------
    Aalen, O. O. & Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains based on
    censored observations. *Scandinavian Journal of Statistics* 5, 141–150. Marubini, E. & Valsecchi, M. G. (1995).
    *Analysing Survival Data from Clinical Trials*, ch. 10 (variance). Wiley.

    Examples
    --------
    >>> cumulative_incidence(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 2, 1, 0]), 1)["share_answered"].tolist()
    [0.0, 0.25, 0.25, 0.5, 0.5]
    """
    from scipy.stats import norm

    check_level(level)
    if not len(durations) or not (durations >= 0).all():
        raise EstimationError("cumulative incidence needs durations, none negative and none missing")
    times, n, every = tally(durations, cause > 0)
    mine, at_risk = tally(durations, cause == of)[2], waiting(n)
    before = np.concatenate([[1.0], np.cumprod(1 - every / at_risk)[:-1]])
    share = np.cumsum(before * mine / at_risk)
    staying = at_risk - every
    jump = np.where(staying > 0, every / (at_risk * np.maximum(staying, 1)), 0.0)
    cross = before * mine / at_risk**2
    variance = (
        share**2 * np.cumsum(jump) - 2 * share * np.cumsum(share * jump) + np.cumsum(share**2 * jump)
        + np.cumsum(before**2 * (at_risk - mine) * mine / at_risk**3)
        - 2 * (share * np.cumsum(cross) - np.cumsum(share * cross))
    )  # fmt: skip
    error = np.sqrt(np.maximum(variance, 0.0))
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    # clipped where the share is so near 1 that its log is no more than rounding
    width = np.clip(norm.ppf(0.5 + level / 2) * error / (safe * np.log(safe)), -50.0, 50.0)
    low, high = (np.where(inside, safe ** np.exp(sign * width), share) for sign in (-1, 1))
    columns = [np.concatenate([[first], rest]) for first, rest in (
        (0.0, times), (0.0, share), (0.0, low), (0.0, high), (len(durations), at_risk),
    )]  # fmt: skip
    table = pd.DataFrame(dict(zip(CURVE, columns, strict=True)))
    return table.iloc[1:].reset_index(drop=True) if times[0] == 0 else table


def answer_or_leaving(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    by: str | tuple[str, ...] = (),
    hours: float = 720.0,
    level: float = 0.95,
) -> CompetingEnds:
    """Estimate how many openings are answered, and how many customers leave before any answer.

    Kaplan–Meier would take those who left as if they could still be answered; here leaving (``churn``) is an end of
    its own. Only cases whose customer has such an outcome row count.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract.
    by : str or tuple of str
        Columns to group by.
    hours : float
        Hours after the opening at which the shares are read; above 0.
    level : float
        Confidence level.

    Returns
    -------
    CompetingEnds

    Raises
    ------
    EstimationError
        On hours or a level out of range, missing columns, or times that contradict each other.

    References
    ----------
    Putter, H., Fiocco, M. & Geskus, R. B. (2007). Tutorial in biostatistics: competing risks and multi-state models.
    *Statistics in Medicine* 26, 2389–2430.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=1, scale=0.1, text=False)
    >>> [one.name for one in answer_or_leaving(market.cases, market.outcomes).estimates]
    ['answered_first_share', 'left_unanswered_share']
    """
    check_level(level)
    if not hours > 0:
        raise EstimationError(f"hours {hours!r} is not above 0")
    estimates: list[Estimate] = []
    curves: list[pd.DataFrame] = []
    for labels, rows in groups(cases, by):
        linked = link(rows, outcomes, "churn")
        ends = linked.episodes[linked.episodes["entry"] == 0]
        durations, cause = first_end(ends, rows)
        reason = no_ends(durations, hours, sampling_of(rows), linked.no_outcomes, linked.notes)
        if reason:
            estimates.extend(
                not_estimable(
                    name, ESTIMANDS[of].format(hours), "share", reason, n=len(durations), method=METHOD, by=labels,
                    level=level,
                )
                for of, name in NAMES.items()
            )  # fmt: skip
            continue
        for of, name in NAMES.items():
            curve = cumulative_incidence(durations, cause, of, level)
            curves.append(thinned(curve).assign(end=WORDS[of], **labels))
            row = curve[curve["timeline_h"] <= hours].iloc[-1]
            extra = {"n_with": int(((cause == of) & (durations <= hours)).sum())}
            estimates.append(
                Estimate(
                    name, ESTIMANDS[of].format(hours), "share", row["share_answered"],
                    *band(row, extra["n_with"], len(durations), level), len(durations), METHOD, labels,
                    (*ASSUMPTIONS, *linked.notes), level, extra=extra,
                )
            )  # fmt: skip
    columns = [*group_names(by), "end", *CURVE]
    empty = pd.DataFrame({name: pd.Series(dtype=float) for name in columns})
    curve = pd.concat(curves, ignore_index=True)[columns] if curves else empty
    curve.attrs["y"] = "share of openings"
    return CompetingEnds(tuple(estimates), curve)


def first_end(episodes: pd.DataFrame, cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return hours until the wait ended and how: by answer, by leaving, or (0) not before observation did."""
    rows = tidy(cases, "cases").iloc[episodes["case"].to_numpy(int)]
    watched = (rows["observed_until"] - rows["opened_at"]).dt.total_seconds().to_numpy(float) / 3600
    answer, until = episodes["answer"].to_numpy() * 24, episodes["until"].to_numpy() * 24
    stop = np.fmin(until, np.where(np.isfinite(answer), np.inf, watched))
    durations = np.minimum(answer, stop)
    left = episodes["left"].to_numpy(bool) & (stop == until)
    return durations, np.where(answer <= stop, ANSWERED, np.where(left, LEFT, 0))


def no_ends(
    durations: np.ndarray, hours: float, sampling: str | None, no_outcomes: bool, notes: tuple[str, ...]
) -> str:
    """Return why the ends of the waits are not known; empty where they are."""
    if sampling == "replies":
        return "the source was sampled on having a reply, so that unanswered openings are missing from it"
    if no_outcomes:
        return "these data hold no outcome 'churn', so that nobody's leaving is known"
    if not len(durations):
        return "; ".join(("no case could be followed from its opening", *notes))
    if durations.max() < hours:
        return f"no case was observed for {hours:g} h"
    return ""


def band(row: pd.Series, k: int, n: int, level: float) -> tuple[float, float]:
    """Return the interval of a share; the exact binomial one where nobody or everybody ended so."""
    from scsr.analysis.intervals import clopper_pearson

    if row["share_answered"] in (0.0, 1.0):
        return clopper_pearson(0 if k == 0 else n, n, level)
    return float(row["ci_low"]), float(row["ci_high"])
