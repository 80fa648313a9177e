"""The classic traps of this literature: data that hold one, the naive estimate, and ours.

Each trap draws a data set whose truth is known and returns what a hurried reader would report beside what this package
reports. :func:`trap_coverage` counts how often each interval holds the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from scsr.analysis.complaints import complaint_rates, rate_regression
from scsr.analysis.estimates import Estimate
from scsr.analysis.intervals import garwood, wilson
from scsr.analysis.labels import Accuracy, corrected_prevalence
from scsr.analysis.loyalty import loyalty_on_response, recovery_paradox
from scsr.analysis.simulate.coverage import Calibration, calibrate
from scsr.analysis.simulate.design import MONTH_DAYS, Design
from scsr.analysis.simulate.light import complaint_table, draw_cascades, draw_cases, draw_complaints, draw_counted
from scsr.analysis.wom import reproduction_number
from scsr.errors import ParameterError

__all__ = ["TRAPS", "Sprung", "Trap", "spring", "trap_coverage"]

WITHIN_H, HORIZON_DAYS = 24.0, 180.0
GROUPS = ("answered in time", "not answered in time")


@dataclass(frozen=True)
class Sprung:
    """One data set of a trap: the truth, what a hurried reader reports, and what we report."""

    truth: float
    naive: Estimate
    ours: Estimate


@dataclass(frozen=True)
class Trap:
    """A trap.

    Parameters
    ----------
    name, title : str
    naive, ours : str
        What each of the two does, in words.
    design : Design
        What the data are drawn from.
    draw : callable
        From design and generator to :class:`Sprung`.
    """

    name: str
    title: str
    naive: str
    ours: str
    design: Design
    draw: Callable[[Design, np.random.Generator], Sprung]


def named(found: tuple[Estimate, ...], name: str) -> Estimate:
    """Return the estimate of that name for the whole."""
    return next(one for one in found if one.name == name and not one.by)


def immortal_time(design: Design, rng: np.random.Generator) -> Sprung:
    """Answer nobody who has left: whoever is answered must have stayed until then."""
    drawn = draw_cases(design, rng)
    found = loyalty_on_response(drawn.cases, drawn.outcomes).estimates
    return Sprung(
        design.loyalty_hazard_ratio,
        named(found, "loyalty_hazard_ratio_naive"), named(found, "loyalty_hazard_ratio"),
    )  # fmt: skip


def severity(design: Design, rng: np.random.Generator) -> Sprung:
    """Answer grave matters first, whose customers leave sooner."""
    drawn = draw_cases(design, rng)
    blind = drawn.cases.assign(severity=pd.array([pd.NA] * len(drawn.cases), dtype="Int64"))
    naive, ours = (loyalty_on_response(cases, drawn.outcomes).estimates for cases in (blind, drawn.cases))
    return Sprung(
        design.loyalty_hazard_ratio, named(naive, "loyalty_hazard_ratio"), named(ours, "loyalty_hazard_ratio")
    )


def paradox(design: Design, rng: np.random.Generator) -> Sprung:
    """Follow complainers only: the badly handled pass for customers without a failure."""
    drawn = draw_cases(design, rng)
    kept = drawn.outcomes["speaker_id"].str.startswith("c")
    result = recovery_paradox(drawn.cases, drawn.outcomes[kept], within_h=WITHIN_H, horizon_days=HORIZON_DAYS)
    return Sprung(paradox_truth(design), share_difference(result.table), result.estimates[0])


def paradox_controlled(design: Design, rng: np.random.Generator) -> Sprung:
    """Follow customers without a failure as well."""
    drawn = draw_cases(design, rng)
    result = recovery_paradox(drawn.cases, drawn.outcomes, within_h=WITHIN_H, horizon_days=HORIZON_DAYS)
    return Sprung(paradox_truth(design), share_difference(result.table), result.estimates[0])


def paradox_truth(design: Design) -> float:
    """Return the share leaving within the horizon: answered in time, minus customers without a failure.

    Exact where answer, severity and speed do not change who is at risk: one firm, one severity, no speed effect.
    """
    monthly = design.churn_hazard_month / MONTH_DAYS
    recovered = monthly * design.failure_hazard_ratio * design.loyalty_hazard_ratio
    return float(np.exp(-monthly * HORIZON_DAYS) - np.exp(-recovered * HORIZON_DAYS))


def share_difference(table: pd.DataFrame) -> Estimate:
    """Return answered in time minus not in time, by the normal interval of two shares."""
    rows = table.set_index("group")
    k1, k0 = (float(rows["n_events"][g]) for g in GROUPS)
    n1, n0 = (int(rows["n"][g]) for g in GROUPS)
    one, other = k1 / n1, k0 / n0
    half = float(stats.norm.isf(0.025) * np.sqrt(one * (1 - one) / n1 + other * (1 - other) / n0))
    words = "well handled minus badly handled, passed off as the paradox"
    return Estimate("naive", words, "share", one - other, one - other - half, one - other + half, n1 + n0, "Wald")


def truncated(design: Design, rng: np.random.Generator) -> Sprung:
    """End collection while cascades still grow: sizes are lower bounds."""
    shares = draw_cascades(design, rng)
    naive, ours = (reproduction_number(shares, method=method)[0] for method in ("chains", "auto"))
    return Sprung(design.reproduction_number, naive, ours)


def misclassified(design: Design, rng: np.random.Generator) -> Sprung:
    """Let a classifier count that errs."""
    drawn = draw_counted(design, rng)
    share, ends = drawn.n_called / drawn.n, wilson(drawn.n_called, drawn.n)
    naive = Estimate("naive", "share called complaints", "share", share, *ends, drawn.n, "Wilson (1927)")
    accuracy = Accuracy(drawn.n_found, drawn.n_positive, drawn.n_passed, drawn.n_negative)
    return Sprung(design.prevalence, naive, corrected_prevalence(drawn.n_called, drawn.n, accuracy))


def repeats(design: Design, rng: np.random.Generator) -> Sprung:
    """Let one furious customer complain many times: fewer independent complaints than there seem."""
    drawn = draw_complaints(design, rng)
    counts = complaint_table(drawn)
    exposed = counts.total["exposure"] / 1000
    low, high = (end / exposed for end in garwood(counts.n_complaints))
    naive = Estimate(
        "naive", "complaints as if each were somebody else's", "rate", counts.n_complaints / exposed, low, high,
        counts.n_complaints, "Garwood (1936)",
    )  # fmt: skip
    return Sprung(drawn.rate, naive, complaint_rates(counts).overall)


def unbalanced(design: Design, rng: np.random.Generator) -> Sprung:
    """Give one market the sector that everybody complains about: markets differ by their mix."""
    drawn = draw_complaints(design, rng)
    counts = complaint_table(drawn, ("company", "country"), "month")
    # held against the first country whichever has more customers
    pooled = counts.frame.groupby("country")[["n_complaints", "exposure"]].sum().loc[["SE", "NO"]]
    ratio = np.divide(*(pooled["n_complaints"] / pooled["exposure"]).to_numpy()[::-1])
    half = stats.norm.isf(0.025) * np.sqrt((1 / pooled["n_complaints"]).sum())
    low, high = ratio * np.exp(-half), ratio * np.exp(half)
    naive = Estimate("naive", "pooled", "ratio", ratio, low, high, int(pooled["n_complaints"].sum()), "Wald")
    model = rate_regression(counts, ("company", "country"))
    ours = next(one for one in model.estimates if "country" in dict(one.by))
    truth = design.country_rate_ratio if dict(ours.by)["country"] == "NO" else 1 / design.country_rate_ratio
    if dict(ours.by)["country"] == "SE":
        naive = replace(naive, estimate=1 / ratio, ci_low=1 / high, ci_high=1 / low)
    return Sprung(truth, naive, ours)


ALIKE = Design(
    n_firms=1, n_cases=800, n_without_case=800, open_days=250, end_days=500, churn_hazard_month=0.05,
    failure_hazard_ratio=2.0, loyalty_hazard_ratio=0.6, longest_answer_h=WITHIN_H, ever_answered=0.7,
    first_response_median_h=4.0,
)  # fmt: skip
FURIOUS = Design(complaints_per_complainer=3.0)
TRAPS = {
    trap.name: trap
    for trap in (
        Trap(
            "immortal_time", "Immortal time", "ever against never answered", "answered from the answer on",
            Design(n_cases=600, answered_after_churn=0.0, first_response_median_h=240.0, churn_hazard_month=0.3),
            immortal_time,
        ),
        Trap(
            "severity", "Confounding by severity", "severity left out", "severity adjusted",
            Design(
                n_cases=800, severity_response_ratio=0.5, severity_answered_odds_ratio=2.0, severity_hazard_ratio=1.6,
                first_response_median_h=48.0,
            ),
            severity,
        ),
        Trap(
            "paradox", "Recovery paradox without controls", "well against badly handled", "refused", ALIKE, paradox,
        ),
        Trap(
            "paradox_controlled", "Recovery paradox with controls", "well against badly handled",
            "against customers with no failure", ALIKE, paradox_controlled,
        ),
        Trap(
            "truncated", "Truncated cascades", "1 - cascades / shares", "corrected for the end of observation",
            Design(n_cascades=300, cascade_window_h=24.0, staggered=True), truncated,
        ),
        Trap(
            "misclassified", "Misclassified complaints", "counting what the classifier calls so",
            "corrected for its measured error", Design(prevalence=0.15), misclassified,
        ),
        Trap(
            "repeats", "Dependent repeats", "every complaint as if by somebody else",
            "count divided by what repeats add to its variance", FURIOUS, repeats,
        ),
        Trap(
            "unbalanced", "Unbalanced exposure", "crude ratio of two markets", "regression with firms",
            Design(country_share=0.15, sector_rate_ratio=2.5), unbalanced,
        ),
    )
}  # fmt: skip


def spring(name: str, seed: int = 1) -> Sprung:
    """Draw one data set of a trap.

    Parameters
    ----------
    name : str
        One of :data:`TRAPS`.
    seed : int

    Raises
    ------
    ParameterError
        If there is no such trap.

    Examples
    --------
    >>> one = spring("misclassified")
    >>> one.naive.ci_low > one.truth, one.ours.ci_low < one.truth < one.ours.ci_high
    (True, True)
    """
    if name not in TRAPS:
        raise ParameterError(f"there is no trap {name!r}; choose one of {', '.join(TRAPS)}")
    return TRAPS[name].draw(TRAPS[name].design, np.random.default_rng(seed))


def trap_coverage(name: str, n: int = 1000, seed: int = 1) -> tuple[Calibration, Calibration]:
    """Return how often the naive interval, and ours, hold the truth of a trap.

    Parameters
    ----------
    name : str
        One of :data:`TRAPS`.
    n : int
        Data sets.
    seed : int
        Of the first; the others follow it.

    Returns
    -------
    tuple of Calibration
        Naive and ours.

    Examples
    --------
    >>> naive, ours = trap_coverage("misclassified", n=50)
    >>> naive.coverage < 0.2, ours.coverage > 0.85
    (True, True)
    """
    found = [spring(name, seed + i) for i in range(n)]
    return calibrate((one.naive, one.truth) for one in found), calibrate((one.ours, one.truth) for one in found)
