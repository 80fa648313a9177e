"""Small tables that say how complaints were counted and modelled."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.complaints.changes import RateChanges
from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.complaints.regression import RateModel
from scsr.analysis.disclosure import smallest_cell
from scsr.analysis.intervals import check_level, garwood, wilson
from scsr.errors import EstimationError

__all__ = [
    "account",
    "change_summary",
    "channel_table",
    "model_summary",
    "rate_months",
    "stated_categories",
    "varying_terms",
]

OTHERS = "others, few people each"


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


def change_summary(changes: RateChanges) -> pd.DataFrame:
    """Say what was found about changes of level, and by which measure.

    Returns
    -------
    DataFrame
        ``item, value``, both text.
    """
    rows = [("found", changes.sentence)]
    if changes.p_value is not None:
        rows += [
            ("p value of a rate that never changed its level", f"{changes.p_value:.2g}"),
            ("penalty of a change, in twice the log-likelihood over the dispersion", f"{changes.penalty:.3g}"),
            ("dispersion (variance of a month over a Poisson count's)", f"{changes.dispersion:.3g}"),
        ]
    return pd.DataFrame(rows, columns=["item", "value"])


def rate_months(
    counts: CountTable, per: float = 1000, level: float = 0.95, changes: RateChanges | None = None
) -> pd.DataFrame:
    """Return the rate of all groups together by month, with exact Poisson intervals.

    Parameters
    ----------
    counts : CountTable
        With ``freq="month"``.
    per : float
        Exposure that the rate is given for.
    level : float
    changes : RateChanges, optional
        Whose level is added as a line of its own, where any change was found.

    Returns
    -------
    DataFrame
        ``group, period_start, estimate, ci_low, ci_high``; empty where there is no exposure.
    """
    made = pd.DataFrame(columns=["group", "period_start", "estimate", "ci_low", "ci_high"])
    if not counts.reason and counts.freq != "month":
        raise EstimationError("rates by month need months; count with freq='month'")
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
        if changes is not None and any(one.ok for one in changes.estimates):
            steps = changes.frame["level"].astype(float) * per
            line = {"group": "level", "period_start": changes.frame["period"], "estimate": steps}
            made = pd.concat([made, pd.DataFrame(line)], ignore_index=True)
    made.attrs["y"] = f"complaints per {per:,g} {counts.unit}"
    return made


def channel_table(utterances: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Say which channels the stated complaints of each sector take.

    Channels through which fewer people complained than may be shown are put together within their sector, with the next
    smallest where they are still too few, so that none can be had back by subtraction.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    level : float
        Confidence of the intervals.

    Returns
    -------
    DataFrame
        ``sector, channel, complaints, share, ci_low, ci_high, n``: ``share`` of the sector's complaints with Wilson's
        interval, people who repeat their complaint counting as less than its number (see
        :func:`scsr.analysis.complaints.complaint_rates`); ``n`` the distinct speakers. Rows in the order of the names.

    Raises
    ------
    EstimationError
        If ``level`` is no probability.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212.

    Examples
    --------
    >>> said = pd.DataFrame({"kind": "complaint", "sector": "bank", "channel": ["email"] * 6 + ["phone"] * 6,
    ...                      "speaker_id": list("abcdefghijkl")})
    >>> channel_table(said)[["channel", "complaints", "share"]].to_dict("records")
    [{'channel': 'email', 'complaints': 6, 'share': 0.5}, {'channel': 'phone', 'complaints': 6, 'share': 0.5}]
    """
    check_level(level)
    check_columns(utterances, ("kind", "sector", "channel", "speaker_id"), "utterances", "a table of channels")
    stated = utterances[utterances["kind"].astype("string").eq("complaint").fillna(False)]
    columns = ["sector", "channel", "complaints", "share", "ci_low", "ci_high", "n"]
    keys = {name: stated[name].astype("string").fillna("not stated") for name in ("sector", "channel")}
    # a complaint of an unknown speaker stands for a speaker of its own
    unknown = pd.Series([f"?{place}" for place in range(len(stated))], index=stated.index, dtype="string")
    rows = pd.DataFrame({**keys, "speaker": stated["speaker_id"].astype("string").fillna(unknown)})
    made = []
    for sector, part in rows.groupby("sector", sort=True):
        part = part.assign(channel=part["channel"].replace(few_together(part)))
        size = part.groupby("speaker").size()
        repeats, total = float((size**2).sum() / size.sum()), len(part)
        for channel, some in part.groupby("channel", sort=True):
            low, high = wilson(len(some) / repeats, total / repeats, level)
            made.append((sector, channel, len(some), len(some) / total, low, high, some["speaker"].nunique()))
    return pd.DataFrame(made, columns=columns)


def few_together(part: pd.DataFrame) -> dict[str, str]:
    """Return a common name for the channels that too few people used to be shown by themselves."""
    people = part.groupby("channel", sort=True)["speaker"].nunique().sort_values(kind="stable")
    limit, few = smallest_cell(), [str(name) for name in people.index[people < smallest_cell()]]
    if not few or len(people) == 1:
        return {}
    while len(few) < len(people) and part.loc[part["channel"].isin(few), "speaker"].nunique() < limit:
        few.append(str(people.index[len(few)]))
    return dict.fromkeys(few, OTHERS)
