"""Small tables that say how complaints were counted and modelled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.complaints.changes import RateChanges
from scsr.analysis.complaints.codes import Codes, codes, distinct, runs
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
    kinds, row = distinct(utterances, ["kind", "sector", "channel"])
    complains = kinds["kind"].eq("complaint").fillna(False).to_numpy(dtype=bool)
    stated = np.flatnonzero(complains[row])
    keys = kinds[["sector", "channel"]].fillna("not stated")
    speaker = codes(utterances["speaker_id"].iloc[stated])[0]
    # a complaint of an unknown speaker stands for a speaker of its own
    speaker = np.where(speaker >= 0, speaker, speaker.max(initial=-1) + 1 + np.arange(len(speaker)))
    made = []
    for sector, part in keys[complains].groupby("sector", sort=True):
        here = np.isin(row[stated], part.index)
        who, kind = speaker[here], row[stated][here]
        channel = part["channel"].reindex(keys.index)
        channel = channel.replace(few_together(channel, kind, who))
        _, times = runs(who)
        repeats, total = float((times**2).sum() / times.sum()), len(who)
        for name, some in channel.dropna().groupby(channel, sort=True):
            mine = who[np.isin(kind, some.index)]
            low, high = wilson(len(mine) / repeats, total / repeats, level)
            made.append((sector, name, len(mine), len(mine) / total, low, high, len(np.unique(mine))))
    return pd.DataFrame(made, columns=["sector", "channel", "complaints", "share", "ci_low", "ci_high", "n"])


def few_together(channel: pd.Series, kind: Codes, who: Codes) -> dict[str, str]:
    """Return a common name for the channels that too few people used to be shown by themselves.

    ``channel`` names each kind of complaint, ``kind`` and ``who`` give each complaint's kind and speaker.
    """
    places = {str(name): some.index for name, some in channel.dropna().groupby(channel, sort=True)}

    def people(names: Sequence[str]) -> int:
        return len(np.unique(who[np.isin(kind, np.concatenate([places[name] for name in names]))]))

    number = pd.Series({name: people([name]) for name in places}).sort_values(kind="stable")
    limit, few = smallest_cell(), [str(name) for name in number.index[number < smallest_cell()]]
    if not few or len(number) == 1:
        return {}
    while len(few) < len(number) and people(few) < limit:
        few.append(str(number.index[len(few)]))
    return dict.fromkeys(few, OTHERS)
