"""Complaint rates and shares with their intervals: three quantities that are never mixed.

A *rate* is complaints per exposure, a *complainer share* is distinct people per customer, and a *complaint
share* is what part of a corpus complains, which says nothing about customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.complaints.clusters import dependence
from scsr.analysis.complaints.codes import distinct, weights
from scsr.analysis.complaints.counts import CATEGORIES, CountTable
from scsr.analysis.estimates import Estimate, frame, not_estimable
from scsr.analysis.intervals import garwood, wilson
from scsr.errors import EstimationError

__all__ = ["Rates", "complainer_shares", "complaint_rates", "complaint_shares", "rate_unit"]


@dataclass(frozen=True)
class Rates:
    """Estimates of one quantity: the whole first, then each group."""

    estimates: tuple[Estimate, ...]

    @property
    def overall(self) -> Estimate:
        """The estimate of the whole."""
        return self.estimates[0]

    @property
    def groups(self) -> tuple[Estimate, ...]:
        """The estimates of the groups."""
        return self.estimates[1:]

    @property
    def frame(self) -> pd.DataFrame:
        """The groups as a table, one row each."""
        return frame(self.groups)


def rate_unit(counts: CountTable, per: float) -> str:
    """Return the unit of a rate in words.

    Examples
    --------
    >>> rate_unit(CountTable(pd.DataFrame(), {}, (), "customers", True), 1000)
    'complaints per 1,000 customers and month'
    """
    return f"complaints per {per:,g} {counts.unit}" + (" and month" if counts.stock else "")


def rows_of(counts: CountTable) -> Iterable[tuple[dict[str, str], Mapping[Any, Any]]]:
    """Go through the whole and then the groups, each with its name."""
    yield {}, counts.total
    if counts.groups:
        for row in counts.frame.to_dict("records"):
            yield counts.group_of(row), row


def complaint_rates(counts: CountTable, per: float = 1000, level: float = 0.95) -> Rates:
    """Estimate complaints per exposure, overall and in each group.

    The interval is exact for a Poisson count. Where people repeat their complaints, or months differ more than chance
    (a breakdown sets many off at once), a count holds less information than its size says: the interval is then that of
    the count divided by how many times its variance is a Poisson count's. That is the mean number of complaints by a
    complaint's own speaker (the sum of squares over the sum), plus what the months vary more than repeats within a month
    explain; at least either of them, and 1 when neither is there. What sets people off in one month brings their later
    complaints too: its part is multiplied by the square of the months in which a speaker complained, on average.

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts`.
    per : float
        Exposure that the rate is given for.
    level : float
        Confidence of the intervals.

    Returns
    -------
    Rates
        Estimates ``complaint_rate``; not estimable where there is no exposure.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. *Biometrika*, 28, 437-442.
    Fay, M. P. & Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based
    on the gamma distribution. *Statistics in Medicine*, 16, 791-801 (scaling of the count).
    Cameron, A. C., Gelbach, J. B. & Miller, D. L. (2011). Robust inference with multiway clustering. *Journal of
    Business & Economic Statistics*, 29, 238-249.

    Examples
    --------
    >>> total = {"n_complaints": 10, "n_squared": 10, "exposure": 4000.0}
    >>> rates = complaint_rates(CountTable(pd.DataFrame(), total, (), "customers", True))
    >>> print(rates.overall.sentence())
    complaints, as stated by the source, per customer and month: 2.5 complaints per 1,000 customers and month
    (95% interval 1.2 to 4.6; n = 10)
    """
    if not per > 0:
        raise EstimationError(f"per={per} must be above 0")
    estimand = f"complaints, as stated by the source, per {counts.unit.removesuffix('s')}" + (
        " and month" if counts.stock else ""
    )
    unit = rate_unit(counts, per)
    if counts.reason:
        return Rates((not_estimable("complaint_rate", estimand, unit, counts.reason, level=level),))
    return Rates(tuple(rate(row, group, estimand, unit, per, level) for group, row in rows_of(counts)))


def rate(
    row: Mapping[Any, Any], group: Mapping[str, str], estimand: str, unit: str, per: float, level: float
) -> Estimate:
    """Estimate one rate."""
    n, exposure = int(row["n_complaints"]), float(row["exposure"])
    if not exposure > 0:
        return not_estimable("complaint_rate", estimand, unit, "the exposure is 0", n=n, by=group, level=level)
    clustered, why = dependence(row)
    low, high = (clustered * end * per / exposure for end in garwood(n / clustered, level))
    method = "exact Poisson interval (Garwood 1936)"
    method += f", the count divided by {clustered:.3g} for {why}" if clustered > 1 else ""
    assumptions = (
        "people complain independently of each other, but for repeats and what sets many off in one month",
        "the exposure is known without error",
    )
    return Estimate(
        "complaint_rate", estimand, unit, n * per / exposure, low, high, n, method, group, assumptions, level
    )  # fmt: skip


def complainer_shares(counts: CountTable, level: float = 0.95) -> Rates:
    """Estimate the share of customers who complained at least once in the whole of each group's period.

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts`, in a unit that stands at a level, such as customers.
    level : float
        Confidence of the intervals.

    Returns
    -------
    Rates
        Estimates ``complainer_share``.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212.

    Examples
    --------
    >>> total = {"n_complaints": 9, "n_complainers": 8, "n_without_speaker": 0, "n_exposed": 400.0}
    >>> shares = complainer_shares(CountTable(pd.DataFrame(), total, (), "customers", True))
    >>> shares.overall.estimate, round(shares.overall.ci_high, 4)
    (0.02, 0.039)
    """
    when = "in the month" if counts.freq else "over the periods given"
    estimand = f"share of {counts.unit} who complained at least once {when}"
    if counts.reason:
        return Rates((not_estimable("complainer_share", estimand, "share", counts.reason, level=level),))
    return Rates(tuple(share(row, group, estimand, counts, level) for group, row in rows_of(counts)))


def share(
    row: Mapping[Any, Any], group: Mapping[str, str], estimand: str, counts: CountTable, level: float
) -> Estimate:
    """Estimate one share of complainers."""
    complainers, unknown, exposed = (row[k] for k in ("n_complainers", "n_without_speaker", "n_exposed"))
    reason = ""
    if not counts.stock:
        reason = f"{counts.unit} pass by: one person can be among them many times"
    elif complainers == 0 and unknown > 0:
        reason = "no complaint says who made it"
    elif not exposed >= 1:
        reason = "the exposure is 0" if exposed == 0 else f"the exposure is {exposed:.3g} of one on average"
    elif complainers > exposed:
        reason = f"{complainers:,} people complained, more than the {exposed:,.0f} {counts.unit} there were on average"
    if reason:
        return not_estimable("complainer_share", estimand, "share", reason, n=int(exposed), by=group, level=level)
    assumptions = ["as many customers as there were on average; those who left and came are not followed"]
    if unknown:
        assumptions.append(f"{unknown:,} complaints of unknown people were made by those already counted")
    low, high = wilson(complainers, exposed, level)
    return Estimate(
        "complainer_share", estimand, "share", complainers / exposed, low, high, round(exposed),
        "Wilson score interval (Wilson 1927)", group, tuple(assumptions), level,
    )  # fmt: skip


def complaint_shares(utterances: pd.DataFrame, by: Sequence[str] = (), level: float = 0.95) -> Rates:
    """Estimate what share of a corpus complains, for corpora that have no exposure.

    Two quantities, for what the sources state: ``complaint_share`` of the openings that are not by a firm or its
    employees, in sources that say which are complaints, and ``negative_share`` of the utterances whose valence is
    stated. Neither is a rate: who writes, and what was collected, decide them.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    by : sequence of str
        Columns of the table that make groups, such as ``company`` or ``language``.
    level : float
        Confidence of the intervals.

    Returns
    -------
    Rates
        Both quantities overall, then both by group. Not estimable where no source states them.

    Raises
    ------
    EstimationError
        If the table has no such column.

    Examples
    --------
    >>> from scsr import schema
    >>> said = schema.conform(pd.DataFrame({"valence": ["negative", "positive", "negative", None]}), "utterances")
    >>> complaint, negative = complaint_shares(said).estimates
    >>> complaint.reason, negative.estimate == 2 / 3
    ('no source states which of its utterances are complaints', True)
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    missing = [name for name in by if name not in utterances]
    if missing:
        raise EstimationError(f"utterances have no column {missing[0]!r}; group by {', '.join(CATEGORIES)} or language")
    table, row = distinct(utterances, list(dict.fromkeys(("kind", "speaker_role", "source", "valence", *by))))
    n = pd.Series(np.bincount(row, weights(utterances), minlength=len(table)).astype(int), index=table.index)
    complains = table["kind"].eq("complaint").fillna(False).astype(bool)
    source = table["source"].fillna("")
    states = source.isin(source[complains].unique())
    reply = table["kind"].eq("reply").fillna(False)
    opens = states & table["kind"].notna() & ~reply & ~table["speaker_role"].isin(["firm", "employee"])
    negative, stated = table["valence"].eq("negative").fillna(False).astype(bool), table["valence"].notna()
    parts = (
        ("complaint_share", "share of openings, other than by firms, that their source calls complaints; not a rate per customer",
         opens, complains, "no source states which of its utterances are complaints"),
        ("negative_share", "share of utterances with a stated valence that is negative; not a rate per customer",
         stated, negative, "no source states a valence"),
    )  # fmt: skip
    keys = table[list(by)].fillna("not stated")
    whole, grouped = [], []
    for name, estimand, rows, hit, reason in parts:
        all_, hits = n.where(rows, 0), n.where(rows & hit, 0)
        whole.append(corpus_share(name, estimand, int(all_.sum()), int(hits.sum()), {}, reason, level))
        if by and rows.any():
            for key, index in keys[rows].groupby(list(by), sort=True).groups.items():
                values = key if isinstance(key, tuple) else (key,)
                group = dict(zip(by, map(str, values), strict=True))
                size, hits_here = int(all_.loc[index].sum()), int(hits.loc[index].sum())
                grouped.append(corpus_share(name, estimand, size, hits_here, group, reason, level))
    return Rates((*whole, *grouped))


def corpus_share(
    name: str, estimand: str, n: int, hits: int, group: Mapping[str, str], reason: str, level: float
) -> Estimate:
    """Estimate one share of a corpus."""
    if not n:
        return not_estimable(name, estimand, "share", reason, by=group, level=level)
    low, high = wilson(hits, n, level)
    assumptions = ("the utterances are a sample of what is asked about; what was collected decides the share",)
    return Estimate(
        name, estimand, "share", hits / n, low, high, n, "Wilson score interval (Wilson 1927)", group,
        assumptions, level,
    )  # fmt: skip
