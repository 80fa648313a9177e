"""Satisfaction (CSAT) and recommendation (NPS) after an answer: ordinal, and as means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level, need, of_sample, tidy
from scsr.analysis.loyalty.episodes import covariates
from scsr.analysis.loyalty.fit import clusters, covariate_columns, drop_dependent
from scsr.analysis.loyalty.ordinal import proportional_odds
from scsr.errors import EstimationError

__all__ = ["ScoreModel", "score_on_response"]

SCORES = ("csat", "nps")
LEAST = 30
#: A log odds ratio beyond this is on its way to infinity.
SEPARATED = 15.0
GROUPS = ("in time", "later")
NPS_GROUPS = (7.0, 9.0)
METHOD = "proportional-odds logit (McCullagh 1980), sandwich variance clustered by customer"
METHOD_MEAN = "least squares, sandwich variance clustered by customer"
ASSUMPTIONS = (
    "an association: firms choose what to answer, and customers whether to answer the survey",
    "the odds ratio is the same at every cut of the scale",
)
ODDS = "odds of a higher {} of cases answered {}, relative to cases not answered when the score was given"
MEAN = "mean {} of cases answered {}, minus that of cases not answered when the score was given"


@dataclass(frozen=True)
class ScoreModel:
    """Scores after an answer.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``score_odds_ratio`` and ``score_mean_difference`` of answers in time and later ones.
    cuts : DataFrame
        The check of proportional odds: ``answered, cut`` (the score from which on), ``n_above, odds_ratio, ci_low,
        ci_high`` of a logit at each cut.
    p_proportional : float or None
        That the odds ratios are the same at every cut (Brant 1990).
    n_scores : int
    n_dropped : dict of str to int
        Scores left out, by reason.
    """

    estimates: tuple[Estimate, ...]
    cuts: pd.DataFrame
    p_proportional: float | None
    n_scores: int
    n_dropped: dict[str, int]


def score_on_response(
    cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str = "csat", within_h: float = 24.0, level: float = 0.95
) -> ScoreModel:
    """Estimate how scores go with having been answered by the time the score was given.

    A score belongs to the customer's last case with the firm before it. NPS (0–10) is taken in its three groups. The
    model adjusts for severity, urgency, channel and firm.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract.
    outcome : {"csat", "nps"}
    within_h : float
        Hours within which an answer is in time; above 0.
    level : float
        Confidence level.

    Returns
    -------
    ScoreModel
        Not estimable, with the reason, on under 30 scores, a group without any, or fewer than two scores that differ.

    Raises
    ------
    EstimationError
        On another outcome, hours or a level out of range, or missing columns.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. *JRSS B* 42, 109–142. Brant, R. (1990). Assessing
    proportionality in the proportional odds model for ordinal logistic regression. *Biometrics* 46, 1171–1178.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=1, scale=0.3, text=False)
    >>> [one.group for one in score_on_response(market.cases, market.outcomes).estimates]
    ['in time', 'later', 'in time', 'later']
    """
    check_level(level)
    if outcome not in SCORES:
        raise EstimationError(f"outcome {outcome!r} is no score; choose one of {', '.join(SCORES)}")
    if not within_h > 0:
        raise EstimationError(f"within_h {within_h!r} is not above 0")
    scored, dropped = scores_of_cases(cases, outcomes, outcome, within_h)
    reason = too_few(scored, outcome)
    found: list[Estimate] = []
    if reason:
        for name, words, unit, method in (
            ("score_odds_ratio", ODDS, "ratio", METHOD),
            ("score_mean_difference", MEAN, "points", METHOD_MEAN),
        ):
            found += [
                not_estimable(
                    name, words.format(outcome, group), unit, reason, n=len(scored), method=method,
                    by={"answered": group}, level=level,
                )
                for group in GROUPS
            ]  # fmt: skip
        return ScoreModel(tuple(found), no_cuts(), None, len(scored), dropped)
    design = design_of(scored)
    levels, code = np.unique(grouped(scored["value"].to_numpy(float), outcome), return_inverse=True)
    member = clusters(scored)[0]
    found += odds(design, code, member, outcome, level)
    found += means(design, scored["value"].to_numpy(float), member, outcome, level)
    cuts, p_value = each_cut(design, code, levels, member, level)
    return ScoreModel(of_sample(found, cases), cuts, p_value, len(scored), dropped)


def scores_of_cases(
    cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str, within_h: float
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return each score with its case: ``value, customer, answered`` (in time · later · not) and the covariates."""
    need(cases, ("speaker_id", "company", "opened_at", "first_response_at"), "cases", "scores")
    need(outcomes, ("speaker_id", "company", "at", "outcome", "value"), "outcomes", "scores")
    cases, outcomes = tidy(cases, "cases"), tidy(outcomes, "outcomes")
    rows = outcomes[outcomes["outcome"].astype("string").eq(outcome).fillna(False)]
    usable = rows["value"].notna() & rows["at"].notna() & rows["speaker_id"].notna()
    rows = rows[usable].assign(key=customer_key(rows[usable]))
    named = cases[cases["speaker_id"].notna() & cases["opened_at"].notna()]
    named = named.assign(key=customer_key(named)).sort_values("opened_at", kind="stable")
    scored = pd.merge_asof(
        rows[["key", "at", "value"]].sort_values("at", kind="stable"), named, by="key", left_on="at", right_on="opened_at",
    )  # fmt: skip
    without = int(scored["opened_at"].isna().sum())
    scored = scored[scored["opened_at"].notna()].reset_index(drop=True)
    wait = (scored["first_response_at"] - scored["opened_at"]).dt.total_seconds() / 3600
    before = scored["first_response_at"].notna() & (scored["first_response_at"] <= scored["at"])
    answered = np.where(~before, "not answered", np.where(wait <= within_h, *GROUPS))
    made = pd.DataFrame({"value": scored["value"], "customer": scored["key"], "answered": answered})
    return made.assign(**covariates(scored)), {
        "no score, time or customer": int((~usable).sum()),
        "the customer had no case with the firm before": without,
    }


def customer_key(table: pd.DataFrame) -> pd.Series:
    """Return customer and company as one key."""
    return table["speaker_id"].astype("string") + "\x1f" + table["company"].astype("string").fillna("")


def grouped(values: np.ndarray, outcome: str) -> np.ndarray:
    """Return scores as the ordered groups that the model takes: NPS as detractors, passives and promoters."""
    if outcome == "nps":
        return np.asarray(np.where(values >= NPS_GROUPS[1], 9.0, np.where(values >= NPS_GROUPS[0], 7.0, 0.0)))
    return values


def too_few(scored: pd.DataFrame, outcome: str) -> str:
    """Return why scores cannot be compared; empty where they can."""
    if len(scored) < LEAST:
        return f"{len(scored)} {outcome} scores follow a case; it takes {LEAST}"
    if scored["value"].nunique() < 2:
        return f"all {outcome} scores are the same"
    size = scored["answered"].value_counts()
    short = [group for group in (*GROUPS, "not answered") if size.get(group, 0) < 5]
    return f"fewer than 5 {outcome} scores of cases: {', '.join(short)}" if short else ""


def design_of(scored: pd.DataFrame) -> np.ndarray:
    """Return indicators of answers in time and later, then of the covariates, each level with enough scores."""
    row = np.arange(len(scored))
    columns, names, _ = covariate_columns(scored, row, np.ones(len(scored)))
    answered = [scored["answered"].eq(group).to_numpy(float) for group in GROUPS]
    kept, _ = drop_dependent([*answered, *columns], [*(("answered", group) for group in GROUPS), *names])
    return np.column_stack(kept)


def estimate_of(
    name: str, words: str, unit: str, method: str, value: float, error: float, group: str, outcome: str, n: int,
    level: float,
) -> Estimate:  # fmt: skip
    """Return an odds ratio or a difference with its interval."""
    from scipy.stats import norm

    estimand, by = words.format(outcome, group), {"answered": group}
    if not np.isfinite([value, error]).all() or error > 20 or (unit == "ratio" and abs(value) > SEPARATED):
        reason = "the scores separate the groups completely"
        return not_estimable(name, estimand, unit, reason, n=n, method=method, by=by, level=level)
    half = norm.ppf(0.5 + level / 2) * error
    ends = [value, value - half, value + half]
    point, low, high = np.exp(ends) if unit == "ratio" else ends
    return Estimate(name, estimand, unit, point, low, high, n, method, by, ASSUMPTIONS[: 1 + (unit == "ratio")], level)


def odds(design: np.ndarray, code: np.ndarray, member: np.ndarray, outcome: str, level: float) -> list[Estimate]:
    """Return the odds ratios of the proportional-odds model."""
    coefficients, covariance = proportional_odds(design, code, member)
    return [
        estimate_of(
            "score_odds_ratio", ODDS, "ratio", METHOD, coefficients[place], np.sqrt(covariance[place, place]), group,
            outcome, len(code), level,
        )
        for place, group in enumerate(GROUPS)
    ]  # fmt: skip


def means(design: np.ndarray, value: np.ndarray, member: np.ndarray, outcome: str, level: float) -> list[Estimate]:
    """Return the differences of means."""
    import statsmodels.api as sm

    fitted = sm.OLS(value, sm.add_constant(design)).fit(cov_type="cluster", cov_kwds={"groups": member})
    return [
        estimate_of(
            "score_mean_difference", MEAN, "points", METHOD_MEAN, fitted.params[1 + place], fitted.bse[1 + place],
            group, outcome, len(value), level,
        )
        for place, group in enumerate(GROUPS)
    ]  # fmt: skip


def no_cuts() -> pd.DataFrame:
    """Return a table of cuts without rows."""
    names = ("answered", "cut", "n_above", "odds_ratio", "ci_low", "ci_high")
    return pd.DataFrame({name: pd.Series(dtype=float) for name in names})


def each_cut(
    design: np.ndarray, code: np.ndarray, levels: np.ndarray, member: np.ndarray, level: float
) -> tuple[pd.DataFrame, float | None]:
    """Fit a logit at each cut of the scale, and test that the odds ratios are the same at all of them."""
    from scipy.special import expit
    from scipy.stats import chi2, norm

    full = np.column_stack([np.ones(len(design)), design])
    found, influence, rows = [], [], []
    _, of = np.unique(member, return_inverse=True)
    for cut in range(1, len(levels)):
        above = (code >= cut).astype(float)
        coefficients, spread = logit(full, above)
        if not np.isfinite(spread).all() or np.abs(coefficients[1:3]).max() > SEPARATED:
            continue
        score = (above - expit(full @ coefficients))[:, None] * full
        each = np.column_stack([np.bincount(of, column) for column in score.T]) @ spread
        found.append(coefficients[1:3])
        influence.append(each[:, 1:3])
        error = np.sqrt((each[:, 1:3] ** 2).sum(axis=0))
        for place, group in enumerate(GROUPS):
            log, half = coefficients[1 + place], norm.ppf(0.5 + level / 2) * error[place]
            rows.append(
                [group, float(levels[cut]), int(above.sum()), np.exp(log), np.exp(log - half), np.exp(log + half)]
            )
    table = pd.DataFrame(rows, columns=list(no_cuts())) if rows else no_cuts()
    if len(found) < 2:
        return table, None
    every = np.concatenate(influence, axis=1)
    covariance = every.T @ every
    away = np.kron(np.eye(len(found), k=1)[:-1] - np.eye(len(found))[:-1], np.eye(2))
    gap = away @ np.concatenate(found)
    statistic = gap @ np.linalg.pinv(away @ covariance @ away.T) @ gap
    return table, float(chi2.sf(statistic, len(gap)))


def logit(design: np.ndarray, above: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients of a logit and their model covariance; NaN where there is no finite fit."""
    from scipy.special import expit

    beta = np.zeros(design.shape[1])
    for _ in range(50):
        share = expit(design @ beta)
        information = design.T @ (design * (share * (1 - share))[:, None])
        if np.linalg.cond(information) > 1e12:
            break
        step = np.linalg.solve(information, design.T @ (above - share))
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:
            return beta, np.linalg.inv(information)
    return beta, np.full((len(beta), len(beta)), np.nan)
