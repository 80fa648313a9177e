"""Whether an outcome had come by a horizon: logistic, for outcomes that are known as yes or no."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level, of_sample
from scsr.analysis.loyalty.episodes import covariates, days, follow_up
from scsr.analysis.loyalty.fit import MIN_EVENTS, clusters, covariate_columns, drop_dependent
from scsr.errors import EstimationError

__all__ = ["outcome_by_horizon"]

ODDS, DIFFERENCE = "outcome_odds_ratio", "outcome_share_difference"
UNITS = {ODDS: "ratio", DIFFERENCE: "share"}
METHODS = {
    ODDS: "logistic regression (Cox 1958); {}",
    DIFFERENCE: "logistic regression, standardised to all cases compared (Lane & Nelder 1982), delta method; {}",
}
VARIANCE = {
    "customer": "one case a customer and firm, variance of the model",
    "firm": "sandwich variance clustered by firm",
}
ASSUMPTIONS = (
    "an association: firms choose what to answer; what they saw beyond severity, urgency, channel and firm is not "
    "adjusted for",
    "customers whose window ends before the horizon are like the others",
)
UNDATED = (
    "some of these outcomes have no time: they count by the end of the window, and may have come before the answer"
)


def outcome_by_horizon(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str = "repurchase",
    within_h: float = 24.0,
    horizon_days: float = 180.0,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """Estimate how an outcome that came or did not goes with having been answered in time.

    Each customer's first case with a firm counts. The clock starts when the promised hours are over, among those for
    whom the outcome had not come by then, so that nobody has to survive until the answer. Where an outcome is known
    to have happened, but not when, all count by the end of their windows, whose length is then adjusted for.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract.
    outcome : str
        Any that is an event: ``churn``, ``repurchase``, ``recontact``, ``visit``.
    within_h : float
        Answered within so many hours counts as in time; above 0.
    horizon_days : float
        Days after those hours by which the outcome must have come; above 0.
    level : float
        Confidence level.

    Returns
    -------
    tuple of Estimate
        ``outcome_odds_ratio`` and ``outcome_share_difference`` (standardised), both answered in time against not.
        Not estimable, with the reason, where either group lacks 5 customers with the outcome or 5 without.

    Raises
    ------
    EstimationError
        On a score, hours, days or a level out of range, or missing columns.

    References
    ----------
    Cox, D. R. (1958). The regression analysis of binary sequences. *JRSS B* 20, 215–242. Lane, P. W. & Nelder, J. A.
    (1982). Analysis of covariance and standardization as instances of prediction. *Biometrics* 38, 613–621.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=1, scale=0.3, text=False)
    >>> [one.unit for one in outcome_by_horizon(market.cases, market.outcomes, "churn")]
    ['ratio', 'share']
    """
    check_level(level)
    if outcome in ("csat", "nps"):
        raise EstimationError(f"outcome {outcome!r} is a score; use score_on_response(outcome={outcome!r})")
    if not (within_h > 0 and horizon_days > 0):
        raise EstimationError(f"within_h {within_h!r} and horizon_days {horizon_days!r} must be above 0")
    people, undated = followed(cases, outcomes, outcome, within_h, horizon_days)
    by_when = "by the end of their window" if undated else f"within {horizon_days:g} days after that"
    compared = f"of cases answered within {within_h:g} h {{}} that of others"
    words = {
        ODDS: f"odds of {outcome} {by_when}, {compared.format('relative to')}",
        DIFFERENCE: f"share with {outcome} {by_when}, {compared.format('minus')}",
    }
    reason = too_few(people, outcome)
    if reason:
        return tuple(
            not_estimable(
                name, text, UNITS[name], reason, n=len(people), method=METHODS[name].format("not fitted"), level=level
            )
            for name, text in words.items()
        )
    return of_sample(fitted(people, words, undated, level), cases)


def followed(
    cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str, within_h: float, horizon_days: float
) -> tuple[pd.DataFrame, bool]:
    """Return first cases: ``in_time, event, length`` (days followed), ``customer`` and the covariates; whether undated."""
    table, _ = follow_up(cases, outcomes, outcome)
    table = table.drop_duplicates(["speaker_id", "company"])
    landmark = within_h / 24
    event, until = days(table["event_at"] - table["opened_at"]), days(table["window_until"] - table["opened_at"])
    unknown = (table["undated"] & table["event_at"].isna()).to_numpy(bool)
    here = (days(table["window_from"] - table["opened_at"]) <= landmark) & ~(event <= landmark)
    here &= until > landmark if unknown.any() else until >= landmark + horizon_days
    last = until if unknown.any() else np.full(len(table), landmark + horizon_days)
    answer = days(table["first_response_at"].where(table["answered"]) - table["opened_at"])
    made = pd.DataFrame(
        {
            "in_time": answer <= landmark, "event": unknown | (event <= last), "length": last - landmark,
            "customer": table["speaker_id"].to_numpy(object),
        }
    )  # fmt: skip
    return made.assign(**covariates(table))[here].reset_index(drop=True), bool(unknown.any())


def too_few(people: pd.DataFrame, outcome: str) -> str:
    """Return why the groups cannot be compared; empty where they can."""
    if not len(people):
        return f"no case could be linked to an outcome {outcome!r} and followed so long"
    for group, words in ((True, "answered in time"), (False, "not answered in time")):
        events = people.loc[people["in_time"] == group, "event"]
        for count, what in ((int(events.sum()), "with"), (int((~events).sum()), "without")):
            if count < MIN_EVENTS:
                return f"{count} customers {words} {what} {outcome}; it takes {MIN_EVENTS}"
    return ""


def fitted(people: pd.DataFrame, words: dict[str, str], undated: bool, level: float) -> tuple[Estimate, ...]:
    """Fit the regression and return both estimates."""
    import statsmodels.api as sm
    from scipy.special import expit
    from scipy.stats import norm

    row = np.arange(len(people))
    columns, names, notes = covariate_columns(people, row, people["event"].to_numpy(float))
    exposures = [people["in_time"].to_numpy(float)]
    exposures += [np.log(people["length"].to_numpy(float))] if undated else []
    kept, _ = drop_dependent([*exposures, *columns], [("in_time", ""), ("length", "")][: len(exposures)] + names)
    design = np.column_stack([np.ones(len(people)), *kept])
    member, clustered_by = clusters(people)
    robust = {"cov_type": "cluster", "cov_kwds": {"groups": member}} if clustered_by == "firm" else {}
    model = sm.GLM(people["event"].to_numpy(float), design, family=sm.families.Binomial()).fit(**robust)
    beta, covariance = np.asarray(model.params), np.asarray(model.cov_params())
    answered, other = design.copy(), design.copy()
    answered[:, 1], other[:, 1] = 1, 0
    share, without = expit(answered @ beta), expit(other @ beta)
    slope = ((share * (1 - share))[:, None] * answered - (without * (1 - without))[:, None] * other).mean(axis=0)
    errors = {ODDS: np.sqrt(covariance[1, 1]), DIFFERENCE: np.sqrt(slope @ covariance @ slope)}
    assumptions = (*ASSUMPTIONS, *((UNDATED,) if undated else ()), *(f"too few events: {note}" for note in notes))
    half = norm.ppf(0.5 + level / 2)
    made = []
    for name, value in ((ODDS, beta[1]), (DIFFERENCE, float((share - without).mean()))):
        ends = (value, value - half * errors[name], value + half * errors[name])
        method = METHODS[name].format(VARIANCE[clustered_by])
        if not np.isfinite(ends).all() or errors[name] > 20:
            reason = "the events separate the groups compared completely"
            made.append(
                not_estimable(name, words[name], UNITS[name], reason, n=len(people), method=method, level=level)
            )
            continue
        point, low, high = np.exp(ends) if name == ODDS else np.clip(ends, -1, 1)
        made.append(
            Estimate(name, words[name], UNITS[name], point, low, high, len(people), method, (), assumptions, level)
        )
    return tuple(made)
