"""Small tables that say how complaints were counted and modelled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    if not len(stated):
        return pd.DataFrame(columns=["sector", "channel", "complaints", "share", "ci_low", "ci_high", "n"])
    keys = kinds[["sector", "channel"]].fillna("not stated")
    sector, sectors = pd.factorize(keys["sector"], sort=True)
    part, parts = pd.factorize(pd.MultiIndex.from_frame(keys))
    speaker = codes(utterances["speaker_id"].iloc[stated])[0]
    # a complaint of an unknown speaker stands for a speaker of its own
    speaker = np.where(speaker >= 0, speaker, speaker.max(initial=-1) + 1 + np.arange(len(speaker)))
    of, _, times = runs(sector[row[stated]].astype(np.int64), speaker)
    squared = np.bincount(of, times**2, minlength=len(sectors))
    place, who, times = runs(part[row[stated]].astype(np.int64), speaker)
    made = []
    for number, name in enumerate(sectors):
        here = {str(parts[one][1]): place == one for one in np.unique(part[complains & (sector == number)])}
        if not here:
            continue
        total = sum(int(times[some].sum()) for some in here.values())
        repeats = float(squared[number] / total)
        for channel, some in few_together(dict(sorted(here.items())), who).items():
            n = int(times[some].sum())
            low, high = wilson(n / repeats, total / repeats, level)
            n_people = int(some.sum()) if channel in here else len(np.unique(who[some]))
            made.append((name, channel, n, n / total, low, high, n_people))
    return pd.DataFrame(made, columns=["sector", "channel", "complaints", "share", "ci_low", "ci_high", "n"])


def few_together(parts: dict[str, NDArray[np.bool_]], who: Codes) -> dict[str, NDArray[np.bool_]]:
    """Put channels that too few people used to be shown by themselves under one name, in the order of the names.

    ``parts`` says for each channel which of the people ``who`` used it, each of them once.
    """

    def people(names: Sequence[str]) -> int:
        return len(np.unique(who[np.logical_or.reduce([parts[name] for name in names])]))

    number = pd.Series({name: int(some.sum()) for name, some in parts.items()}).sort_values(kind="stable")
    limit, few = smallest_cell(), [str(name) for name in number.index[number < smallest_cell()]]
    if not few or len(number) == 1:
        return parts
    while len(few) < len(number) and people(few) < limit:
        few.append(str(number.index[len(few)]))
    together = {name: some for name, some in parts.items() if name not in few}
    together[OTHERS] = np.logical_or.reduce([parts[name] for name in few])
    return dict(sorted(together.items()))
