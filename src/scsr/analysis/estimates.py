"""What every analysis returns: an estimate with its interval, method and assumptions.

The layout follows the advice of the ASA statement on p-values (Wasserstein & Lazar 2016,
*The American Statistician* 70(2)): estimate and interval together, the method named, and a result that
cannot be had said so instead of left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd

from scsr.errors import EstimationError
from scsr.numbers import number, percent

__all__ = ["Estimate", "frame", "not_estimable", "unique"]

Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Estimate:
    """One number that a report states, and all that a reader needs to judge it.

    Parameters
    ----------
    name : str
        Identifier, such as ``complaint_rate``; unique together with ``by``.
    estimand : str
        What is estimated, in words: the quantity, its population and its period.
    unit : str
        Unit of ``estimate``, such as ``complaints per 1,000 customers and month``, ``h``, ``share`` or ``ratio``.
    estimate : float or None
        The number; None where it cannot be estimated.
    ci_low, ci_high : float or None
        Ends of the interval, which may be infinite; None where the estimate is.
    n : int
        How many independent units it rests on.
    method : str
        Method and source, such as ``Wilson score interval (Wilson 1927)``.
    by : mapping of str to str
        Group, such as ``{"company": "Lyngbanken"}``; empty for the whole. Kept as sorted pairs.
    assumptions : tuple of str
        What must hold for the interval to mean what it says.
    level : float
        Confidence or credibility of the interval, between 0 and 1.
    status : {"ok", "not_estimable"}
    reason : str
        Why it cannot be estimated.

    Raises
    ------
    EstimationError
        If an ok estimate is not finite or lies outside of its interval, or a group, level or reason is missing.

    Examples
    --------
    >>> Estimate("kept", "share of openings answered within 24 h", "share", .5, .4, .6, 100, "Wilson").ci_low
    0.4
    """

    name: str
    estimand: str
    unit: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    method: str
    by: Any = ()
    assumptions: tuple[str, ...] = ()
    level: float = 0.95
    status: Literal["ok", "not_estimable"] = "ok"
    reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        pairs = self.by.items() if isinstance(self.by, Mapping) else self.by
        object.__setattr__(self, "by", tuple(sorted((str(k), str(v)) for k, v in pairs)))
        object.__setattr__(self, "assumptions", tuple(self.assumptions))
        object.__setattr__(self, "n", int(self.n))
        for name in ("estimate", "ci_low", "ci_high"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else float(value))
        self.check()

    def check(self) -> None:
        """Refuse an estimate that could mislead: a silent NaN, a reversed or missing interval, no reason."""
        if not 0 < self.level < 1:
            raise EstimationError(f"estimate {self.name!r}: level {self.level} is not between 0 and 1")
        if self.status == "not_estimable":
            if not self.reason:
                raise EstimationError(f"estimate {self.name!r} is not estimable: give the reason")
            return
        if self.estimate is None or self.ci_low is None or self.ci_high is None:
            raise EstimationError(f"estimate {self.name!r} {self.by}: estimate and interval must both be given")
        if not math.isfinite(self.estimate) or math.isnan(self.ci_low) or math.isnan(self.ci_high):
            raise EstimationError(
                f"estimate {self.name!r} {self.by}: {self.estimate} [{self.ci_low}, {self.ci_high}] is not finite; "
                "return not_estimable with the reason"
            )
        if not self.ci_low <= self.estimate <= self.ci_high:
            raise EstimationError(
                f"estimate {self.name!r} {self.by}: {self.estimate} lies outside of [{self.ci_low}, {self.ci_high}]"
            )

    @property
    def ok(self) -> bool:
        """Whether there is a number."""
        return self.status == "ok"

    @property
    def key(self) -> tuple[str, Group]:
        """What makes the estimate unique in a report."""
        return self.name, tuple(self.by)

    @property
    def group(self) -> str:
        """The group in words; ``all`` for the whole.

        Examples
        --------
        >>> not_estimable("r", "rate", "", "no rows", by={"country": "SE", "company": "Ekonet"}).group
        'Ekonet, SE'
        """
        return ", ".join(value for _, value in self.by) or "all"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; infinite ends of intervals become the strings ``inf`` and ``-inf``."""
        data = asdict(self)
        data["by"] = dict(self.by)
        data["assumptions"] = list(self.assumptions)
        for end in ("ci_low", "ci_high"):
            if data[end] is not None and math.isinf(data[end]):
                data[end] = "inf" if data[end] > 0 else "-inf"
        if not data["extra"]:
            del data["extra"]
        return data

    def sentence(self) -> str:
        """Say the estimate with its interval.

        Examples
        --------
        >>> Estimate("kept", "share kept", "share", .51234, .4, .6, 100, "Wilson").sentence()
        'share kept: 51.2% (95% interval 40% to 60%; n = 100)'
        >>> not_estimable("rate", "complaints per customer", "", "no exposure was given").sentence()
        'complaints per customer: not estimable, because no exposure was given'
        """
        where = f" ({self.group})" if self.by else ""
        if not self.ok:
            return f"{self.estimand}{where}: not estimable, because {self.reason}"
        write = percent if self.unit == "share" else number
        unit = "" if self.unit in ("share", "ratio", "") else f" {self.unit}"
        return (
            f"{self.estimand}{where}: {write(self.estimate)}{unit} "
            f"({percent(self.level)} interval {write(self.ci_low)} to {write(self.ci_high)}; n = {number(self.n)})"
        )


def not_estimable(
    name: str,
    estimand: str,
    unit: str,
    reason: str,
    *,
    n: int = 0,
    method: str = "",
    by: Group | Mapping[str, Any] = (),
    assumptions: tuple[str, ...] = (),
    level: float = 0.95,
) -> Estimate:
    """Return the estimate that says why there is no number.

    Examples
    --------
    >>> not_estimable("recovery", "loyalty after recovery", "ratio", "no customers without a failure").ok
    False
    """
    return Estimate(
        name, estimand, unit, None, None, None, n, method, by, assumptions, level, "not_estimable", reason
    )  # fmt: skip


def unique(estimates: Iterable[Estimate]) -> list[Estimate]:
    """Return the estimates as a list, or say which name and group stand twice.

    Raises
    ------
    EstimationError
        If two share name and group.
    """
    seen: set[tuple[str, Group]] = set()
    kept = list(estimates)
    for one in kept:
        if one.key in seen:
            raise EstimationError(f"estimate {one.name!r} for {one.group!r} stands twice; give each a name of its own")
        seen.add(one.key)
    return kept


def frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """Return estimates as a table, one row each, group columns first.

    Examples
    --------
    >>> rate = Estimate("rate", "complaints", "per 1,000", 2, 1, 4, 9, "Garwood", {"company": "Ekonet"})
    >>> frame([rate])[["company", "estimate", "ci_high"]].to_dict("records")
    [{'company': 'Ekonet', 'estimate': 2.0, 'ci_high': 4.0}]
    """
    rows = []
    for one in estimates:
        rows.append(
            dict(one.by)
            | {
                "name": one.name, "estimate": one.estimate, "ci_low": one.ci_low, "ci_high": one.ci_high,
                "n": one.n, "unit": one.unit, "status": one.status, "reason": one.reason,
            }
        )  # fmt: skip
    groups = sorted({key for row in rows for key in row if key not in ESTIMATE_COLUMNS})
    table = pd.DataFrame(rows, columns=[*groups, *ESTIMATE_COLUMNS])
    return table.astype({"estimate": float, "ci_low": float, "ci_high": float})


ESTIMATE_COLUMNS = ["name", "estimate", "ci_low", "ci_high", "n", "unit", "status", "reason"]
