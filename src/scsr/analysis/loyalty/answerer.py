"""Who answers, and whether customers come back with the matter all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.loyalty.common import check_level, need, of_sample, tidy
from scsr.analysis.loyalty.episodes import Link, grid, link, split
from scsr.analysis.loyalty.fit import MIN_EVENTS, fit_hazard
from scsr.analysis.loyalty.hazard import METHOD, one_sided, ratio_estimate, refusal
from scsr.analysis.loyalty.shares import share_by
from scsr.errors import EstimationError

__all__ = ["CENTRAL", "PEERS", "came_back", "loyalty_by_answerer"]

#: Customer service against any other employee.
CENTRAL: Mapping[str, Sequence[str]] = {"customer service": ("firm",), "other employees": ("employee",)}
#: Staff against anybody else in the thread; for cases derived with all of these as responders.
PEERS: Mapping[str, Sequence[str]] = {
    "staff": ("firm", "employee"),
    "peers": ("other", "customer", "author", "ambassador"),
}
ESTIMAND = "hazard of {} after a first answer by {} relative to before any answer or without one (an association)"
CONTRAST = "hazard of {} after a first answer by {} relative to one by {} (ratio, an association)"
BACK = "share of answered openings whose customer opens another case {}with the firm within {:g} days of the answer"
BACK_METHOD = "Kaplan–Meier with log-log interval (Kalbfleisch & Prentice 2002)"
UNKNOWN = (
    "no table says whether anything was changed after an answer; customers who come back with the same matter are the "
    "only trace of it"
)


def loyalty_by_answerer(
    cases: pd.DataFrame,
    outcomes: pd.DataFrame,
    kinds: Mapping[str, Sequence[str]] = CENTRAL,
    outcome: str = "churn",
    level: float = 0.95,
    linked: Link | None = None,
) -> tuple[Estimate, ...]:
    """Estimate how the hazard of leaving changes with a first answer by each kind of answerer.

    One model: each kind's answers switch on when they come, and all are compared with time without an answer.

    Parameters
    ----------
    cases, outcomes : DataFrame
        Tables of the contract. For peers, derive the cases with ``responders`` that include them.
    kinds : mapping of str to roles
        Kind of answerer to the roles in ``answered_by``; each role in one kind. See :data:`CENTRAL`, :data:`PEERS`.
    outcome, level
        As in :func:`scsr.analysis.loyalty.loyalty_on_response`.
    linked : Link, optional
        What :func:`scsr.analysis.loyalty.link` made of the same cases, outcomes and outcome, where it is at hand.

    Returns
    -------
    tuple of Estimate
        ``answerer_hazard_ratio`` of each kind, and with two kinds ``answerer_contrast``, the second relative to the
        first. Answers by roles of no kind are kept apart from both.

    Raises
    ------
    EstimationError
        On no kinds, a role in two of them, or as :func:`scsr.analysis.loyalty.loyalty_on_response`.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> market = simulate(seed=3, scale=0.3, text=False)
    >>> [one.group for one in loyalty_by_answerer(market.cases, market.outcomes)][:2]
    ['customer service', 'other employees']
    """
    check_level(level)
    roles = [role for kind in kinds.values() for role in kind]
    if not kinds or len(set(roles)) < len(roles):
        raise EstimationError(f"kinds {dict(kinds)!r} must name some kinds of answerers, each role in one of them")
    need(cases, ("answered_by",), "cases", "comparing answerers")
    linked = linked or link(cases, outcomes, outcome)
    episodes, names = linked.episodes, list(kinds)
    n, reason = int(episodes["customer"].nunique()), refusal(linked, outcome)
    words = {kind: ESTIMAND.format(outcome, kind) for kind in names}
    contrast = CONTRAST.format(outcome, names[-1], names[0])
    against = {"answered_by": f"{names[-1]} v. {names[0]}"}

    def refuse(which: Mapping[str, str]) -> list[Estimate]:
        return [
            not_estimable(
                "answerer_hazard_ratio", words[kind], "ratio", why, n=n, method=METHOD, by={"answered_by": kind},
                level=level,
            )
            for kind, why in which.items()
        ]  # fmt: skip

    def no_contrast(why: str) -> list[Estimate]:
        if len(names) != 2:
            return []
        return [not_estimable("answerer_contrast", contrast, "ratio", why, n=n, method=METHOD, by=against, level=level)]

    if reason:
        return (*refuse(dict.fromkeys(names, reason)), *no_contrast(reason))
    pieces = split(episodes, grid("month", float(episodes["exit"].max())))
    role = cases["answered_by"].astype("string").fillna("").to_numpy(object)[episodes["case"].to_numpy(int)]
    row, answered = pieces["row"].to_numpy(), pieces["answered"].to_numpy(bool)
    event = pieces["event"].to_numpy(bool)
    after = {kind: answered & np.isin(role[row], list(kinds[kind])) for kind in names}
    thin = {kind: too_thin(event[after[kind]], after[kind], kind) for kind in names}
    usable = [kind for kind in names if not thin[kind]]
    nobody = one_sided(pieces, answered)
    if nobody or not usable:
        why = {kind: nobody or thin[kind] for kind in names}
        return (*refuse(why), *no_contrast(next(iter(why.values()))))
    rest = answered & ~np.any([after[kind] for kind in usable], axis=0)
    shown = [*(after[kind] for kind in usable), *([rest] if event[rest].any() else [])]
    fit = fit_hazard(
        episodes,
        pieces,
        np.column_stack(shown),
        [("first answer by", one) for one in [*usable, "others"][: len(shown)]],
    )
    found = refuse({kind: thin[kind] for kind in names if thin[kind]})
    for place, kind in enumerate(usable):
        only = tuple(float(index == place) for index in range(len(shown)))
        by = {"answered_by": kind}
        found.append(ratio_estimate("answerer_hazard_ratio", words[kind], fit, n, level, linked.notes, only, by))
    found.sort(key=lambda one: names.index(dict(one.by)["answered_by"]))
    if len(usable) < 2:
        return (*found, *no_contrast(next(why for why in thin.values() if why) if len(names) == 2 else ""))
    if len(names) == 2:
        found.append(ratio_estimate("answerer_contrast", contrast, fit, n, level, linked.notes, (-1.0, 1.0), against))
    return tuple(found)


def too_thin(event: np.ndarray, after: np.ndarray, kind: str) -> str:
    """Return why the time after answers of a kind says nothing; empty where it does."""
    if not after.any():
        return f"no first answer came from {kind}"
    if event.sum() < MIN_EVENTS:
        return f"fewer than {MIN_EVENTS} events followed a first answer by {kind}"
    return ""


def came_back(cases: pd.DataFrame, within_days: float = 30.0, level: float = 0.95) -> tuple[Estimate, ...]:
    """Estimate how many customers come back after an answer, the nearest that data come to *nothing changed*.

    Parameters
    ----------
    cases : DataFrame
        Table ``cases`` of the contract.
    within_days : float
        Days after the answer; above 0.
    level : float
        Confidence level.

    Returns
    -------
    tuple of Estimate
        ``came_back_share`` with any matter; ``came_back_same_matter_share`` among openings whose topic is stated; and
        ``acted_on_share``, which these data cannot give.

    Raises
    ------
    EstimationError
        On missing columns, days or a level out of range.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> [one.ok for one in came_back(simulate(seed=1, scale=0.2, text=False).cases)]
    [True, True, False]
    """
    check_level(level)
    if not within_days > 0:
        raise EstimationError(f"within_days {within_days!r} is not above 0")
    columns = ("speaker_id", "company", "opened_at", "first_response_at", "observed_until")
    need(cases, columns, "cases", "coming back")
    cases = tidy(cases, "cases")
    topic = cases["topic"] if "topic" in cases else pd.Series(pd.NA, index=cases.index)
    stated = cases[topic.notna()]
    nothing = "share of answers after which something was changed"
    found = (
        back_share(cases, "came_back_share", BACK.format("", within_days), (), within_days, level),
        back_share(
            stated, "came_back_same_matter_share", BACK.format("on the same matter ", within_days), ("topic",),
            within_days, level,
        ),
        not_estimable("acted_on_share", nothing, "share", UNKNOWN, n=len(cases), level=level),
    )  # fmt: skip
    return of_sample(found, cases)


def back_share(
    cases: pd.DataFrame, name: str, estimand: str, keys: tuple[str, ...], within_days: float, level: float
) -> Estimate:
    """Return the share who open another case that agrees in the keys, by Kaplan–Meier from the answer on."""
    usable = cases[cases["speaker_id"].notna() & cases["opened_at"].notna()]
    key = usable["speaker_id"].astype("string")
    for column in ("company", *keys):
        key = key + "\x1f" + usable[column].astype("string").fillna("")
    usable = usable.assign(key=key)
    answered = usable[usable["first_response_at"].notna() & (usable["observed_until"] > usable["first_response_at"])]
    if not len(answered):
        reason = "no answered opening has a named customer" + (" and a stated topic" if keys else "")
        return not_estimable(name, estimand, "share", reason, method=BACK_METHOD, level=level)
    later = usable[["key", "opened_at"]].rename(columns={"opened_at": "again_at"}).sort_values("again_at")
    found = pd.merge_asof(
        answered.sort_values("first_response_at"), later, by="key", left_on="first_response_at", right_on="again_at",
        direction="forward", allow_exact_matches=False,
    )  # fmt: skip
    again = (found["again_at"] - found["first_response_at"]).dt.total_seconds().to_numpy(float) / 3600
    watched = (found["observed_until"] - found["first_response_at"]).dt.total_seconds().to_numpy(float) / 3600
    hours, n = within_days * 24, len(found)
    if not (watched >= hours).any():
        reason = f"no answer was followed for {within_days:g} days"
        return not_estimable(name, estimand, "share", reason, n=n, method=BACK_METHOD, level=level)
    point, low, high, k = share_by(np.fmin(again, watched), again <= watched, hours, level)
    notes = ("customers are known under one name", "the end of observation says nothing about coming back")
    return Estimate(
        name, estimand, "share", point, min(low, point), max(high, point), n, BACK_METHOD, (), notes, level,
        extra={"n_with": k},
    )  # fmt: skip
