"""Small tables that say how complaints were counted and modelled."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.complaints.regression import RateModel
from scsr.analysis.intervals import garwood

__all__ = ["account", "channel_table", "model_summary", "rate_months", "stated_categories", "varying_terms"]


def stated_categories(exposure: pd.DataFrame, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return those of the wanted categories that the exposure states, so that rates can be told apart by them.

    Examples
    --------
    >>> stated_categories(pd.DataFrame({"company": ["Ekonet"], "country": [None]}), ("company", "country"))
    ('company',)
    """
    return tuple(name for name in wanted if exposure[name].notna().any())


def varying_terms(counts: CountTable) -> tuple[str, ...]:
    """Return the categories of which the counts hold more than one value."""
    return tuple(name for name in counts.by if counts.frame[name].nunique() > 1)


def account(counts: CountTable) -> pd.DataFrame:
    """Say what became of every complaint: counted, or left out and why.

    Returns
    -------
    DataFrame
        ``what, complaints``.
    """
    rows = [("counted against exposure", counts.n_complaints)]
    rows += [(f"left out: {reason}", n) for reason, n in counts.unmatched.items()]
    rows += [("utterances whose source does not say whether they complain", counts.n_kind_not_stated)]
    return pd.DataFrame(rows, columns=["what", "complaints"])


def model_summary(model: RateModel) -> pd.DataFrame:
    """Say which regression was fitted and why; empty where none was.

    Returns
    -------
    DataFrame
        ``item, value``, both text.
    """
    if not model.family:
        return pd.DataFrame(columns=["item", "value"])
    reference = ", ".join(f"{term}: {level}" for term, level in model.reference.items())
    rows = [
        ("family", model.family),
        ("why", model.why),
        ("reference levels", reference),
        ("cells", f"{model.n_cells:,}"),
    ]
    if model.alpha is not None:
        rows.append(("dispersion alpha (variance = mean + alpha x mean squared)", f"{model.alpha:.3g}"))
    if model.p_value is not None:
        rows.append(("p value of the test for over-dispersion", f"{model.p_value:.2g}"))
    return pd.DataFrame(rows, columns=["item", "value"])


def rate_months(counts: CountTable, per: float = 1000, level: float = 0.95) -> pd.DataFrame:
    """Return the rate of all groups together by month, with exact Poisson intervals.

    Parameters
    ----------
    counts : CountTable
        With ``freq="month"``.
    per : float
        Exposure that the rate is given for.
    level : float

    Returns
    -------
    DataFrame
        ``group, period_start, estimate, ci_low, ci_high``; empty where there is no exposure.
    """
    made = pd.DataFrame(columns=["group", "period_start", "estimate", "ci_low", "ci_high"])
    if not counts.reason and len(counts.frame):
        months = counts.frame.groupby("period", as_index=False)[["n_complaints", "exposure"]].sum()
        months = months[months["exposure"] > 0]
        ends = [garwood(float(n), level) for n in months["n_complaints"]]
        made = pd.DataFrame(
            {
                "group": "all",
                "period_start": months["period"],
                "estimate": per * months["n_complaints"] / months["exposure"],
                "ci_low": [per * low for low, _ in ends] / months["exposure"],
                "ci_high": [per * high for _, high in ends] / months["exposure"],
            }
        )
    made.attrs["y"] = f"complaints per {per:,g} {counts.unit}"
    return made


def channel_table(utterances: pd.DataFrame) -> pd.DataFrame:
    """Count stated complaints, and the people behind them, by sector and channel.

    Returns
    -------
    DataFrame
        ``sector, channel, complaints, n`` with ``n`` the distinct speakers; rows in the order of the names.
    """
    stated = utterances[utterances["kind"].astype("string").eq("complaint").fillna(False)]
    keys = [stated[name].astype("string").fillna("not stated") for name in ("sector", "channel")]
    grouped = stated.groupby(keys, sort=True)
    table = pd.DataFrame({"complaints": grouped.size(), "n": grouped["speaker_id"].nunique()})
    return table.rename_axis(["sector", "channel"]).reset_index()
