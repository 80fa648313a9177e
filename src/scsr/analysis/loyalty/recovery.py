"""The recovery paradox: customers whose complaint was handled well against customers with no failure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.analysis.loyalty.common import check_level, need, of_sample, tidy
from scsr.analysis.loyalty.episodes import Link, days, link, windows
from scsr.errors import EstimationError

__all__ = ["RecoveryComparison", "recovery_paradox"]

WELL, OTHERS, NONE = "answered in time", "not answered in time", "no case"
METHOD = "difference of two shares, Newcombe's hybrid score interval (Newcombe 1998, method 10)"
METHOD_BY = "difference of shares standardised to the firms of the recovered; normal interval"
METHOD_CSAT = "difference of means, Welch's interval (Welch 1947)"
ASSUMPTIONS = (
    "an association: nobody chose by lot who has a failure and whose is handled well",
    "customers without a case are taken as without a failure; silent failures among them make them look less loyal",
)


@dataclass(frozen=True)
class RecoveryComparison:
    """Loyalty after a good recovery against no failure.

    Parameters
    ----------
    estimates : tuple of Estimate
        The differences, recovered minus no case, then what each group did.
    table : DataFrame
        ``group, n, n_events, share, ci_low, ci_high``; for scores ``group, n, mean``.
    """

    estimates: tuple[Estimate, ...]
    table: pd.DataFrame


def recovery_paradox(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str = "churn",
    within_h: float = 24.0,
    horizon_days: float = 180.0,
    level: float = 0.95,
    linked: Link | None = None,
) -> RecoveryComparison:
    """Compare customers whose first case was answered in time with customers who have no case.

    The clock of a case starts when the promised hours are over, among those still customers then, so that
    nobody has to survive until the answer to count as recovered; that of the others at the start of their window.
    Only customers who could be followed over the whole horizon count.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract; outcomes of customers without a case are the no-failure group.
    outcome : {"churn", "repurchase", "recontact", "visit", "csat", "nps"}
    within_h : float
        Answered within so many hours counts as well handled.
    horizon_days : float
        Follow-up, for events.
    level : float
        Confidence level.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    RecoveryComparison
        ``recovery_paradox_difference`` (share; below 0 for churn is the paradox),
        ``recovery_paradox_difference_by_company`` (standardised) and ``outcome_share`` of each group; for scores
        ``recovery_paradox_score_difference``. Not estimable without a no-failure group.

    Raises
    ------
    EstimationError
        On missing columns, hours, days or a level that are out of range.

    References
    ----------
    McCollough, M. A. & Bharadwaj, S. G. (1992). The recovery paradox. In *Marketing Theory and Applications*, 119.
    de Matos, C. A., Henrique, J. L. & Rossi, C. A. V. (2007). Service recovery paradox: a meta-analysis. *Journal of
    Service Research* 10, 60–77. Newcombe, R. G. (1998). *Statistics in Medicine* 17, 873–890.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=1, scale=0.2, text=False)
    >>> recovery_paradox(market.cases, market.outcomes).estimates[0].unit
    'share'
    """
    check_level(level)
    if not (within_h > 0 and horizon_days > 0):
        raise EstimationError(f"within_h {within_h!r} and horizon_days {horizon_days!r} must be above 0")
    need(outcomes, ("speaker_id", "outcome", "value"), "outcomes", "the recovery paradox")
    need(cases, ("speaker_id", "company", "opened_at", "first_response_at"), "cases", "the recovery paradox")
    cases, outcomes = tidy(cases, "cases"), tidy(outcomes, "outcomes")
    if outcome in ("csat", "nps"):
        return compare_scores(cases, outcomes, outcome, within_h, level)
    people = followed(cases, outcomes, outcome, within_h, horizon_days, linked)
    estimand = (
        f"share with {outcome} within {horizon_days:g} days: first case answered within {within_h:g} h minus no case"
    )
    size = people["group"].value_counts()
    names = {"recovery_paradox_difference": METHOD, "recovery_paradox_difference_by_company": METHOD_BY}
    reason = no_comparison(size, horizon_days)
    if reason:
        found = [
            not_estimable(name, estimand, "share", reason, n=len(people), method=how, level=level)
            for name, how in names.items()
        ]
    else:
        found = [crude_difference(people, estimand, level), standardised_difference(people, estimand, level)]
    shares = group_shares(people, outcome, horizon_days, level)
    columns = ["group", "n", "n_events", "share", "ci_low", "ci_high"]
    rows = [[dict(s.by)["group"], s.n, s.extra["n_with"], s.estimate, s.ci_low, s.ci_high] for s in shares]
    return RecoveryComparison(of_sample((*found, *shares), cases), pd.DataFrame(rows, columns=columns))


def no_comparison(size: pd.Series, horizon_days: float) -> str:
    """Return why there is nothing to compare; empty where there is."""
    if not size.get(NONE, 0):
        return (
            "the outcomes hold no customer without a case who could be followed "
            f"{horizon_days:g} days, and without a no-failure group the paradox cannot be seen"
        )
    if not size.get(WELL, 0):
        return f"no customer with a case answered in time could be followed {horizon_days:g} days"
    return ""


def followed(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    outcome: str,
    within_h: float,
    horizon_days: float,
    linked: Link | None = None,
) -> pd.DataFrame:
    """Return customers with full follow-up: ``group, company, event``."""
    linked = linked or link(cases, outcomes, outcome)
    window = windows(outcomes, outcome)
    wide = window.assign(key=window["speaker_id"] + "\x1f" + window["company"])
    episodes = linked.episodes[linked.episodes["first"]]
    first = episodes.assign(customer=episodes["customer"].astype("string")).merge(
        wide, left_on="customer", right_on="key", suffixes=("", "_w")
    )
    # episodes end at the next case; here the customer is followed on, so go back to the customer's own window
    table = cases[cases["speaker_id"].notna() & cases["opened_at"].notna()]
    keys = table["speaker_id"].astype("string") + "\x1f" + table["company"].astype("string").fillna("")
    opened = table.groupby(keys)["opened_at"].min()
    start = opened.reindex(first["customer"]).reset_index(drop=True)
    event = days(first["event_at"].reset_index(drop=True) - start)
    until = days(first["window_until"].reset_index(drop=True) - start)
    landmark = within_h / 24
    here = (until >= landmark + horizon_days) & (first["entry"].to_numpy() <= landmark) & ~(event <= landmark)
    with_case = pd.DataFrame(
        {
            "group": np.where(first["answer"].to_numpy() <= landmark, WELL, OTHERS),
            "company": first["company"].to_numpy(object),
            "event": event <= landmark + horizon_days,
        }
    )[here]
    strangers = window[~window["speaker_id"].isin(cases["speaker_id"].dropna().astype("string"))]
    strangers = strangers[strangers["event_at"].notna() | ~strangers["undated"]]
    long = days(strangers["window_until"] - strangers["window_from"]) >= horizon_days
    wait = days(strangers["event_at"] - strangers["window_from"])
    without = pd.DataFrame(
        {"group": NONE, "company": strangers["company"].to_numpy(object), "event": wait <= horizon_days}
    )[long]
    return pd.concat([with_case, without], ignore_index=True)


def crude_difference(people: pd.DataFrame, estimand: str, level: float) -> Estimate:
    """Return the difference of the shares with Newcombe's interval."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    (k1, n1), (k0, n0) = (counts(people[people["group"] == group]) for group in (WELL, NONE))
    low, high = confint_proportions_2indep(k1, n1, k0, n0, method="newcomb", compare="diff", alpha=1 - level)
    point = k1 / n1 - k0 / n0
    name = "recovery_paradox_difference"
    return Estimate(
        name, estimand, "share", point, min(low, point), max(high, point), n1 + n0, METHOD, (), ASSUMPTIONS, level
    )


def counts(people: pd.DataFrame) -> tuple[int, int]:
    """Return events and people."""
    return int(people["event"].sum()), len(people)


def standardised_difference(people: pd.DataFrame, estimand: str, level: float) -> Estimate:
    """Return the difference within firms, weighted by the firms of the recovered customers."""
    from scipy.stats import norm

    both = people[people["group"].isin([WELL, NONE])].assign(company=lambda t: t["company"].astype(str))
    table = both.pivot_table(index="company", columns="group", values="event", aggfunc=["sum", "count"], fill_value=0)
    n1, n0 = table[("count", WELL)].to_numpy(float), table[("count", NONE)].to_numpy(float)
    shared = (n1 > 1) & (n0 > 1)
    name = "recovery_paradox_difference_by_company"
    if not shared.any():
        reason = "no firm has customers of both groups"
        return not_estimable(name, estimand, "share", reason, n=len(both), method=METHOD_BY, level=level)
    n1, n0 = n1[shared], n0[shared]
    k1, k0 = table[("sum", WELL)].to_numpy(float)[shared], table[("sum", NONE)].to_numpy(float)[shared]
    weight = n1 / n1.sum()
    # one event more of each kind keeps a firm without events from claiming no variance (Agresti & Caffo 2000)
    q1, q0 = (k1 + 1) / (n1 + 2), (k0 + 1) / (n0 + 2)
    error = np.sqrt(np.sum(weight**2 * (q1 * (1 - q1) / (n1 + 2) + q0 * (1 - q0) / (n0 + 2))))
    point, half = float(np.sum(weight * (k1 / n1 - k0 / n0))), norm.ppf(0.5 + level / 2) * error
    notes = (*ASSUMPTIONS, f"over {int(shared.sum())} firms with customers of both groups")
    return Estimate(
        name,
        estimand + ", standardised by firm",
        "share",
        point,
        point - half,
        point + half,
        int((n1 + n0).sum()),
        METHOD_BY,
        (),
        notes,
        level,
    )


def group_shares(people: pd.DataFrame, outcome: str, horizon_days: float, level: float) -> list[Estimate]:
    """Return the share with the outcome in each group that has customers."""
    found = []
    for group in (WELL, OTHERS, NONE):
        k, n = counts(people[people["group"] == group])
        if n:
            low, high = wilson(k, n, level)
            estimand = f"share of customers with {outcome} within {horizon_days:g} days"
            found.append(
                Estimate(
                    "outcome_share",
                    estimand,
                    "share",
                    k / n,
                    low,
                    high,
                    n,
                    "Wilson score interval (Wilson 1927)",
                    {"group": group},
                    (),
                    level,
                    extra={"n_with": k},
                )
            )
    return found


def compare_scores(
    cases: pd.DataFrame, outcomes: pd.DataFrame, outcome: str, within_h: float, level: float
) -> RecoveryComparison:
    """Compare mean scores of recovered customers and customers without a case."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    scores = outcomes[(outcomes["outcome"].astype("string") == outcome) & outcomes["value"].notna()]
    wait = (cases["first_response_at"] - cases["opened_at"]).dt.total_seconds() / 3600
    first = cases.assign(key=customer_key(cases), good=np.where(wait <= within_h, WELL, OTHERS))
    first = first[cases["speaker_id"].notna()].sort_values("opened_at", kind="stable").drop_duplicates("key")
    # a customer with cases at other firms only belongs to neither side
    elsewhere = set(first["speaker_id"].astype("string"))
    stranger = ~scores["speaker_id"].astype("string").isin(elsewhere)
    key = customer_key(scores)
    group = key.map(first.set_index("key")["good"]).where(~stranger, NONE)
    scores = scores.assign(key=key, group=group)[group.notna()]
    mean_of_person = scores.groupby(["group", "key"])["value"].mean()
    values = {name: mean_of_person.loc[name].to_numpy(float) for name in sorted(set(scores["group"]))}
    table = pd.DataFrame(
        [[name, len(v), float(v.mean())] for name, v in values.items()], columns=["group", "n", "mean"]
    )
    estimand = f"mean {outcome}: first case answered within {within_h:g} h minus no case"
    name, n = "recovery_paradox_score_difference", len(mean_of_person)
    short = [group for group in (WELL, NONE) if len(values.get(group, ())) < 2 or np.ptp(values[group]) == 0]
    if short:
        reason = f"fewer than 2 customers with differing {outcome} in the group: {', '.join(short)}"
        return RecoveryComparison(
            (not_estimable(name, estimand, "points", reason, n=n, method=METHOD_CSAT, level=level),), table
        )
    compared = CompareMeans(DescrStatsW(values[WELL]), DescrStatsW(values[NONE]))
    low, high = compared.tconfint_diff(alpha=1 - level, usevar="unequal")
    point = values[WELL].mean() - values[NONE].mean()
    one = Estimate(
        name,
        estimand,
        "points",
        point,
        low,
        high,
        len(values[WELL]) + len(values[NONE]),
        METHOD_CSAT,
        (),
        ASSUMPTIONS,
        level,
    )
    return RecoveryComparison(of_sample((one,), cases), table)


def customer_key(table: pd.DataFrame) -> pd.Series:
    """Return customer and company as one key."""
    return table["speaker_id"].astype("string") + "\x1f" + table["company"].astype("string").fillna("")
