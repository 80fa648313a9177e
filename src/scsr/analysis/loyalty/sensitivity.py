"""Loyalty on response, checked: other adjustments, overlap, and how strong an unseen confounder would have to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level, of_sample
from scsr.analysis.loyalty.cox import fit_cox
from scsr.analysis.loyalty.episodes import Link, grid, link, split
from scsr.analysis.loyalty.fit import fit_hazard
from scsr.analysis.loyalty.hazard import METHOD, one_sided, ratio_estimate, refusal
from scsr.analysis.loyalty.weights import MINUTE, answer_model, fine_grid, in_words, weights
from scsr.errors import EstimationError

__all__ = ["Sensitivity", "e_value", "sensitivity"]

COMMON = 0.15
EDGE = 0.05
METHOD_WEIGHTED = (
    "hazard constant within periods, weighted by the stabilised inverse probability of the answers as they came "
    "(Hernán, Brumback & Robins 2000); sandwich variance, which takes the weights as known"
)
METHOD_SPLINE = METHOD.replace("constant within periods", "on a natural cubic spline of log time")
METHOD_COX = (
    "time-varying Cox model, Efron's ties (Cox 1972; Efron 1977), sandwich variance clustered by customer (Lin & Wei "
    "1989)"
)
METHOD_E = "E-value (VanderWeele & Ding 2017)"
ESTIMANDS = {
    "loyalty_hazard_ratio_weighted": (
        "hazard of {} after the first answer relative to before it or without one, had answers come at the same times "
        "whatever the matter, channel and firm (ratio, an association)"
    ),
    "loyalty_hazard_ratio_spline": (
        "hazard of {} after the first answer relative to before it or without one, time as a smooth curve "
        "(ratio, an association)"
    ),
    "loyalty_hazard_ratio_cox": (
        "hazard of {} after the first answer relative to before it or without one, at the same instant since the "
        "opening (ratio, an association)"
    ),
    "loyalty_hazard_ratio_overlap": (
        "hazard of {} after the first answer relative to before it or without one, among cases that could have gone "
        "either way (ratio, an association)"
    ),
    "overlap_share": "share of cases whose probability of an answer within {:g} days lies between 5% and 95%",
    "loyalty_e_value": (
        "ratio by which something unseen would have to go with both answer and {}, beyond what is adjusted for, to "
        "explain the association away"
    ),
}


@dataclass(frozen=True)
class Sensitivity:
    """Checks of loyalty on response.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``loyalty_hazard_ratio_weighted``, ``_spline``, ``_cox``, ``_overlap``, ``overlap_share`` and ``loyalty_e_value``, whose
        interval is the E-values of the ends of the hazard ratio's.
    weights : mapping of str to float
        ``mean, sd, largest`` before truncation, ``largest_kept, truncated_share, effective_cases`` after it; empty
        where there are none.
    overlap : DataFrame
        ``expected_low, expected_high`` (probability of an answer by the landmark), ``n`` cases, ``n_answered`` of them
        by then, ``expected_share, answered_share``.
    """

    estimates: tuple[Estimate, ...]
    weights: Mapping[str, float]
    overlap: pd.DataFrame


def e_value(ratio: float, ci_low: float, ci_high: float, common: bool) -> tuple[float, float, float]:
    """Return the E-value of a hazard ratio, of the end of its interval next to 1, and of the other end.

    Parameters
    ----------
    ratio, ci_low, ci_high : float
        Above 0.
    common : bool
        Whether more than 15 % have the event by the end of follow-up; then the hazard ratio is first turned into an
        approximate risk ratio.

    Raises
    ------
    EstimationError
        If the numbers are no ratio with its interval.

    References
    ----------
    VanderWeele, T. J. & Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
    *Annals of Internal Medicine* 167, 268–274. VanderWeele, T. J. (2017). On a square-root transformation of the odds
    ratio for a common outcome. *Epidemiology* 28, e58–e60.

    Examples
    --------
    >>> [round(one, 2) for one in e_value(3.9, 1.8, 8.7, common=False)]
    [7.26, 3.0, 16.88]
    """
    if not 0 < ci_low <= ratio <= ci_high:
        raise EstimationError(f"{ratio!r} ({ci_low!r} to {ci_high!r}) is no ratio with its interval")

    def one(value: float) -> float:
        if common:
            value = (1 - 0.5 ** np.sqrt(value)) / (1 - 0.5 ** np.sqrt(1 / value))
        value = max(value, 1 / value)
        return float(value + np.sqrt(value * (value - 1)))

    near, far = (ci_high, ci_low) if ratio < 1 else (ci_low, ci_high)
    crosses = ci_low <= 1 <= ci_high
    return one(ratio), 1.0 if crosses else one(near), one(far)


def sensitivity(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str = "churn",
    landmark_days: float = 7.0,
    truncate: tuple[float, float] = (0.01, 0.99),
    level: float = 0.95,
    linked: Link | None = None,
) -> Sensitivity:
    """Estimate loyalty on response in other ways, and say how far the data and the unseen could carry it.

    Weighted: each piece of time counts by the inverse of how likely the case's history of answers was, given
    severity, urgency, channel and firm, over how likely it was without them. Spline: time as a smooth curve instead
    of steps; Cox: at each instant of its own. Overlap: cases that were neither nearly sure to be answered by the
    landmark nor nearly sure not to be.

    Parameters
    ----------
    cases, outcomes, outcome, level
        As in :func:`scsr.analysis.loyalty.loyalty_on_response`.
    landmark_days : float
        Days by which the probability of an answer is read; above 0.
    truncate : tuple of float
        Quantiles at which weights are cut.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    Sensitivity

    Raises
    ------
    EstimationError
        As :func:`scsr.analysis.loyalty.loyalty_on_response`; on quantiles that are none.

    References
    ----------
    Hernán, M. A., Brumback, B. & Robins, J. M. (2000). Marginal structural models to estimate the causal effect of
    zidovudine on the survival of HIV-positive men. *Epidemiology* 11, 561–570. Cole, S. R. & Hernán, M. A. (2008).
    Constructing inverse probability weights for marginal structural models. *American Journal of Epidemiology* 168,
    656–664. Crump, R. K. et al. (2009). Dealing with limited overlap in estimation of average treatment effects.
    *Biometrika* 96, 187–199.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=3, scale=0.3, text=False)
    >>> found = sensitivity(market.cases, market.outcomes)
    >>> [one.name for one in found.estimates][-2:]
    ['overlap_share', 'loyalty_e_value']
    """
    check_level(level)
    if not landmark_days > 0 or not 0 <= truncate[0] < truncate[1] <= 1:
        raise EstimationError(
            f"landmark_days {landmark_days!r} must be above 0 and truncate {truncate!r} two quantiles such as (.01, .99)"
        )
    linked = linked or link(cases, outcomes, outcome)
    episodes = linked.episodes
    estimands = {name: words.format(landmark_days if "{:g}" in words else outcome) for name, words in ESTIMANDS.items()}
    reason = refusal(linked, outcome)
    if not reason:
        episodes = episodes.assign(answer=np.maximum(episodes["answer"], MINUTE))
        pieces = split(episodes, fine_grid(float(episodes["exit"].max())))
        reason = one_sided(pieces, pieces["answered"].to_numpy(bool))
    if reason:
        return refused(estimands, reason, int(episodes["customer"].nunique()), level)
    model = answer_model(episodes)
    weight, described = weights(model, episodes, pieces, truncate)
    n, answered = int(episodes["customer"].nunique()), pieces["answered"].to_numpy(bool)
    months = split(episodes, grid("month", float(episodes["exit"].max())))
    plain = fit_hazard(episodes, months, months["answered"].to_numpy(bool), "answered")
    smooth = fit_hazard(episodes, pieces, answered, "answered", smooth=True)
    weighted = fit_hazard(episodes, pieces, answered, "answered", weight=weight, adjusted=False)
    whole = split(episodes, np.array([np.inf]))
    instant = fit_cox(episodes, whole, whole["answered"].to_numpy(bool), "answered")
    main = ratio_estimate("loyalty_hazard_ratio", "", plain, n, level)
    found = [
        ratio_estimate(
            name, estimands[name], fit, n, level, (*more, *linked.notes), method=method
        )
        for name, fit, method, more in (
            ("loyalty_hazard_ratio_weighted", weighted, METHOD_WEIGHTED, (in_words(described, truncate),)),
            ("loyalty_hazard_ratio_spline", smooth, METHOD_SPLINE, ()),
            ("loyalty_hazard_ratio_cox", instant, METHOD_COX, ()),
        )
    ]  # fmt: skip
    expected = 1 - np.exp(-model.hazard(np.arange(len(episodes)), np.full(len(episodes), landmark_days)))
    either = (expected >= EDGE) & (expected <= 1 - EDGE)
    found.append(within_overlap(episodes, either, estimands["loyalty_hazard_ratio_overlap"], level, linked.notes))
    found.append(overlap_share(either, estimands["overlap_share"], level))
    found.append(e_estimate(main, float(episodes["event"].mean()), estimands["loyalty_e_value"], n))
    return Sensitivity(of_sample(found, cases), described, overlap_table(episodes, expected, landmark_days))


def refused(estimands: Mapping[str, str], reason: str, n: int, level: float) -> Sensitivity:
    """Return checks that say why there are none."""
    unit = {"overlap_share": "share"}
    columns = ["expected_low", "expected_high", "n", "n_answered", "expected_share", "answered_share"]
    return Sensitivity(
        tuple(
            not_estimable(name, words, unit.get(name, "ratio"), reason, n=n, level=level)
            for name, words in estimands.items()
        ),
        {},
        pd.DataFrame({name: pd.Series(dtype=float) for name in columns}),
    )


def within_overlap(
    episodes: pd.DataFrame, either: np.ndarray, estimand: str, level: float, notes: tuple[str, ...]
) -> Estimate:
    """Return the hazard ratio among the cases that could have gone either way."""
    name = "loyalty_hazard_ratio_overlap"
    kept = episodes[either].reset_index(drop=True)
    n = int(kept["customer"].nunique())
    reason = "no case could have gone either way" if not len(kept) else ""
    if not reason:
        pieces = split(kept, grid("month", float(kept["exit"].max())))
        answered = pieces["answered"].to_numpy(bool)
        reason = one_sided(pieces, answered)
    if reason:
        return not_estimable(name, estimand, "ratio", reason, n=n, method=METHOD, level=level)
    return ratio_estimate(name, estimand, fit_hazard(kept, pieces, answered, "answered"), n, level, notes)


def overlap_share(either: np.ndarray, estimand: str, level: float) -> Estimate:
    """Return the share of cases that could have gone either way."""
    from scsr.analysis.intervals import wilson

    k, n = int(either.sum()), len(either)
    low, high = wilson(k, n, level)
    method = "Wilson score interval (Wilson 1927), the fitted probabilities taken as known"
    return Estimate("overlap_share", estimand, "share", k / n, low, high, n, method, (), (), level, extra={"n_with": k})


def e_estimate(main: Estimate, share: float, estimand: str, n: int) -> Estimate:
    """Return the E-value of the adjusted hazard ratio, with those of the ends of its interval."""
    if main.estimate is None or main.ci_low is None or main.ci_high is None:
        return not_estimable("loyalty_e_value", estimand, "ratio", main.reason, n=n, method=METHOD_E, level=main.level)
    common = share > COMMON
    point, near, far = e_value(main.estimate, main.ci_low, main.ci_high, common)
    notes = (
        f"{share:.0%} had the event: the hazard ratio is {'turned into' if common else 'read as'} a risk ratio",
        "the lower end is what would move the interval to 1",
    )
    return Estimate(
        "loyalty_e_value", estimand, "ratio", point, min(near, point), max(far, point), n, METHOD_E, (), notes,
        main.level,
    )  # fmt: skip


def overlap_table(episodes: pd.DataFrame, expected: np.ndarray, landmark_days: float) -> pd.DataFrame:
    """Return how many cases were expected to be answered by the landmark, and how many of those followed were."""
    edges = np.array([0.0, EDGE, 0.25, 0.5, 0.75, 1 - EDGE, 1.0])
    answer = episodes["answer"].to_numpy()
    known = (episodes["exit"].to_numpy() >= landmark_days) | (answer <= episodes["exit"].to_numpy())
    place = np.clip(np.searchsorted(edges, expected, side="right") - 1, 0, len(edges) - 2)
    rows = []
    for index in range(len(edges) - 1):
        mine = known & (place == index)
        n, k = int(mine.sum()), int((answer[mine] <= landmark_days).sum())
        share = float(expected[mine].mean()) if n else np.nan
        rows.append([edges[index], edges[index + 1], n, k, share, k / n if n else np.nan])
    return pd.DataFrame(
        rows, columns=["expected_low", "expected_high", "n", "n_answered", "expected_share", "answered_share"]
    )
