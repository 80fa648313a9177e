"""How much more complaints vary from month to month than independent events would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["at_first_complaint", "month_dispersion"]

DF_LEAST = 10


def at_first_complaint(matched: pd.DataFrame, groups: Sequence[str] = ()) -> pd.DataFrame:
    """Return complaints moved to where and when their speaker first complained.

    What sets many people off in one month brings their later complaints with it, in whatever month these come: held
    against :func:`month_dispersion`, complaints so moved show both at once.

    Parameters
    ----------
    matched : DataFrame
        Complaints with ``cell``, ``period`` and ``speaker`` (null where unknown, and then left in their place).
    groups : sequence of str
        Columns within which a speaker is the same.

    Examples
    --------
    >>> said = pd.DataFrame({"cell": ["a", "b", "b"], "period": [2, 7, 8], "speaker": ["x", "x", None]})
    >>> at_first_complaint(said)[["cell", "period"]].to_numpy().tolist()
    [['a', 2], ['a', 2], ['b', 8]]
    """
    known = matched[matched["speaker"].notna()]
    first = known.sort_values("period", kind="stable").groupby([*groups, "speaker"], sort=False)[["cell", "period"]]
    moved = matched.copy()
    moved.loc[known.index, ["cell", "period"]] = first.transform("first").reindex(known.index)
    return moved


def month_dispersion(matched: pd.DataFrame, pieces: pd.DataFrame, groups: Sequence[str]) -> pd.Series:
    """Return the variance of a group's count as a multiple of a Poisson count's.

    Each row of exposure is followed over its months, and its monthly counts are held against its own mean rate: what a
    breakdown or a campaign sets off shows as months far from it. Rows are taken as independent of each other; a season
    that all share is counted as variation, which errs on the wide side.

    Parameters
    ----------
    matched : DataFrame
        Complaints, with ``cell`` (the row of exposure) and ``period`` (month).
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
    seen = matched.groupby(["cell", "period"]).size().rename("seen").reset_index()
    months = months.merge(seen, on=["cell", "period"], how="left").fillna({"seen": 0})
    cell = months.groupby("cell")
    n, total, exposed = cell["seen"].transform("size"), cell["seen"].transform("sum"), cell["exposure"].transform("sum")
    expected = (months["exposure"] * total / exposed).where(exposed > 0, 0.0)
    squared = (months["seen"] - expected) ** 2 * n / (n - 1).clip(lower=1)
    sums = pd.DataFrame({"squared": squared, "seen": months["seen"].where(n > 1, 0), "df": (n - 1) / n})
    sums = sums.groupby([months[name] for name in groups], sort=True).sum()
    enough = (sums["df"] >= DF_LEAST - 1e-9) & (sums["seen"] > 0)
    return (sums["squared"] / sums["seen"]).where(enough, np.nan)
