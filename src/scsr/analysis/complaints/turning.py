"""Where a conclusion about silent customers turns: against a target, and between firms."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.errors import EstimationError

__all__ = ["turning_readiness", "turning_share", "turning_values"]

SHARE_WORDS = "share of the unhappy that must complain for as many to be unhappy as the target; if fewer do, more are"
RATIO_WORDS = "times readier that its unhappy must be to complain than the other's for both to have as many unhappy"


def turning_share(complaining_share: Estimate, target: float) -> Estimate:
    """Estimate the share that complains at which as many customers are unhappy as a target.

    Parameters
    ----------
    complaining_share : Estimate
        Share of customers who complained, such as from :func:`complainer_shares`.
    target : float
        A share of unhappy customers to hold against; above 0, at most 1.

    Returns
    -------
    Estimate
        ``turning_share``: below it more are unhappy than the target, above it fewer. Not estimable where more
        customers complained than the target, so that nothing turns.

    Raises
    ------
    EstimationError
        If the target is no share.

    References
    ----------
    Manski, C. F. (2003). *Partial identification of probability distributions*. Springer.

    Examples
    --------
    >>> complained = Estimate("complainer_share", "", "share", .02, .018, .022, 9000, "Wilson")
    >>> round(turning_share(complained, .05).estimate, 3)
    0.4
    """
    if not 0 < target <= 1:
        raise EstimationError(f"target={target} must be a share of customers above 0 and at most 1")
    one = complaining_share
    reason = one.reason
    if one.ok and one.estimate == 0:
        reason = "nobody complained, so that no share says how many are unhappy"
    if one.ok and (one.estimate or 0) > target:
        reason = f"more complained ({one.estimate:.3g}) than the target of {target:g}: whatever share complains, it is passed"
    if reason:
        return not_estimable("turning_share", SHARE_WORDS, "share", reason, n=one.n, by=dict(one.by), level=one.level)
    share, low, high = (float(end or 0) for end in (one.estimate, one.ci_low, one.ci_high))
    return Estimate(
        "turning_share", SHARE_WORDS, "share", share / target, low / target, min(1.0, high / target), one.n,
        "complaining share and its interval over the target", dict(one.by), ("only the unhappy complain",), one.level,
        extra={"target": target},
    )  # fmt: skip


def turning_readiness(first: Estimate, second: Estimate) -> Estimate:
    """Estimate how many times readier the first's unhappy must be to complain for both to be equally unhappy.

    Above this ratio of readiness the order of the two turns. Its interval joins those of the two shares (MOVER, on the
    log scale).

    Parameters
    ----------
    first, second : Estimate
        Shares of customers who complained, of separate customers.

    Returns
    -------
    Estimate
        ``turning_readiness``, grouped by the first's group and ``than``, the second's. An end of the interval is
        infinite where the second's share may be 0.

    Raises
    ------
    EstimationError
        If the levels of the two differ.

    References
    ----------
    Zou, G. Y. & Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
    *Statistics in Medicine*, 27, 1693-1702.

    Examples
    --------
    >>> loud = Estimate("complainer_share", "", "share", .03, .02, .04, 900, "Wilson", {"company": "A"})
    >>> quiet = Estimate("complainer_share", "", "share", .01, .005, .02, 900, "Wilson", {"company": "B"})
    >>> one = turning_readiness(loud, quiet)
    >>> round(one.estimate, 2), round(one.ci_low, 2), round(one.ci_high, 2)
    (3.0, 1.34, 6.35)
    """
    if first.level != second.level:
        raise EstimationError(
            f"shares with intervals of {first.level} and {second.level} cannot be joined; give one level"
        )
    group, n = dict(first.by) | {"than": second.group}, min(first.n, second.n)
    reason = first.reason or second.reason
    if not reason and not (first.estimate and second.estimate):
        reason = "one of the two has no complainers, so that no ratio of readiness makes them equal"
    if reason:
        return not_estimable(
            "turning_readiness", RATIO_WORDS, "ratio", reason, n=n, by=group, level=first.level
        )  # fmt: skip
    a, b = ([float(end or 0) for end in (one.estimate, one.ci_low, one.ci_high)] for one in (first, second))
    ratio = a[0] / b[0]
    down = math.hypot(math.log(a[0] / a[1]), math.log(b[2] / b[0])) if a[1] > 0 else math.inf
    up = math.hypot(math.log(a[2] / a[0]), math.log(b[0] / b[1])) if b[1] > 0 else math.inf
    return Estimate(
        "turning_readiness", RATIO_WORDS, "ratio", ratio, ratio * math.exp(-down), ratio * math.exp(up), n,
        "ratio of the two shares, their intervals joined on the log scale (MOVER; Zou & Donner 2008)", group,
        ("only the unhappy complain", "the two have separate customers"), first.level,
    )  # fmt: skip


def turning_values(groups: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """Hold the group with the highest complaining share against each other, to say when that one would be the worse.

    Parameters
    ----------
    groups : sequence of Estimate
        Complaining shares by group, such as :attr:`Rates.groups`.

    Returns
    -------
    tuple of Estimate
        ``turning_readiness`` of the highest against each other that can be estimated, in the order given; one that says
        why where fewer than two can be.
    """
    usable = [one for one in groups if one.ok and one.estimate]
    if len(usable) < 2:
        reason = f"{len(usable)} groups have a complaining share above 0; it takes two to be compared"
        return (not_estimable("turning_readiness", RATIO_WORDS, "ratio", reason),)
    highest = max(usable, key=lambda one: one.estimate or 0)
    return tuple(turning_readiness(highest, one) for one in usable if one is not highest)
