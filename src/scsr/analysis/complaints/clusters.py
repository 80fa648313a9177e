"""How much more complaints vary than independent events would: people repeat, and months differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["dependence", "month_dispersion"]

DF_LEAST = 10


def dependence(row: Mapping[Any, Any]) -> tuple[float, str]:
    """Return how many times the variance of a count is a Poisson count's, and why.

    Repeats within a month are in the dispersion of the months already (Cameron, Gelbach & Miller's inclusion and
    exclusion). What sets people off in one month brings their complaints in other months with it.

    Parameters
    ----------
    row : mapping
        Counts of :class:`~scsr.analysis.complaints.counts.CountTable`: ``n_complaints`` and ``n_squared`` at least.

    Examples
    --------
    >>> dependence({"n_complaints": 10, "n_squared": 30})
    (3.0, 'people who repeat')
    """
    n = int(row["n_complaints"])
    if not n:
        return 1.0, ""
    repeats, months = row["n_squared"] / n, row.get("month_dispersion", 1.0)
    months = months if months == months else 1.0
    shock = max(0.0, months - row.get("n_squared_month", row["n_squared"]) / n)
    people = row.get("n_complainers", 0) + row.get("n_without_speaker", 0)
    spread = max(1.0, row.get("n_person_months", n) / people) if people else 1.0
    both = repeats + shock * spread**2
    if max(repeats, months, both) <= 1:
        return 1.0, ""
    if repeats >= both and repeats >= months:
        return repeats, "people who repeat"
    if months >= both:
        return months, "months that differ more than chance"
    return both, "people who repeat and months that differ more than chance"


def month_dispersion(matched: pd.DataFrame, pieces: pd.DataFrame, groups: Sequence[str]) -> pd.Series:
    """Return the variance of a group's count as a multiple of a Poisson count's.

    Each row of exposure is followed over its months, and its monthly counts are held against its own mean rate: what a
    breakdown or a campaign sets off shows as months far from it. Rows are taken as independent of each other; a season
    that all share is counted as variation, which errs on the wide side.

    Parameters
    ----------
    matched : DataFrame
        Complaints, with ``cell`` (the row of exposure) and ``period`` (month); a row of ``n`` complaints where it has
        that column.
    pieces : DataFrame
        Exposure by ``cell`` and ``period``, with the columns of ``groups`` and ``exposure``.
    groups : sequence of str
        Columns that make groups, the same for all pieces of a cell.

    Returns
    -------
    Series
        By group; missing where fewer than 10 degrees of freedom or no complaints are behind it.

    References
    ----------
    McCullagh, P. & Nelder, J. A. (1989). *Generalized linear models*, 2nd ed. Chapman & Hall, section 6.2.3.

    Examples
    --------
    >>> pieces = pd.DataFrame({"cell": "a", "period": range(12), "exposure": 1.0, "all": ""})
    >>> matched = pd.DataFrame({"cell": "a", "period": [0] * 6 + [6] * 6})
    >>> month_dispersion(matched, pieces, ["all"]).round(2).tolist()
    [5.45]
    """
    months = pieces.groupby(["cell", "period", *groups], sort=True)["exposure"].sum().reset_index()
    seen = matched.assign(seen=matched.get("n", 1)).groupby(["cell", "period"])["seen"].sum().reset_index()
    months = months.merge(seen, on=["cell", "period"], how="left").fillna({"seen": 0})
    cell = months.groupby("cell")
    n, total, exposed = cell["seen"].transform("size"), cell["seen"].transform("sum"), cell["exposure"].transform("sum")
    expected = (months["exposure"] * total / exposed).where(exposed > 0, 0.0)
    squared = (months["seen"] - expected) ** 2 * n / (n - 1).clip(lower=1)
    sums = pd.DataFrame({"squared": squared, "seen": months["seen"].where(n > 1, 0), "df": (n - 1) / n})
    sums = sums.groupby([months[name] for name in groups], sort=True).sum()
    enough = (sums["df"] >= DF_LEAST - 1e-9) & (sums["seen"] > 0)
    return (sums["squared"] / sums["seen"]).where(enough, np.nan)
