"""What a corpus holds and what it lacks: the ground that every other answer stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from scsr.analysis.disclosure import few_together, withhold
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.errors import EstimationError

__all__ = ["contents", "corpus_shares", "missing_values", "monthly"]

#: Below this confidence the language of a text is a guess.
UNSURE = 0.8
WITHIN = ("the corpus is read as a sample of the texts that could have been collected in the same way",)


def contents(utterances: pd.DataFrame, column: str) -> pd.Series:
    """Count utterances by a column's values, most first; what is not stated is counted as such.

    Values that too few people stand behind to be shown by themselves are put together (see
    :func:`scsr.analysis.disclosure.few_together`), where the rows say who wrote them.

    Examples
    --------
    >>> contents(pd.DataFrame({"channel": ["blog", None, "blog"]}), "channel").to_dict()
    {'blog': 2, 'not stated': 1}
    """
    if column not in utterances:
        raise EstimationError(f"utterances have no column {column!r}")
    values = utterances[column].astype("string").fillna("not stated")
    if "speaker_id" in utterances:
        values = few_together(values, utterances["speaker_id"])
    counts = values.value_counts().rename("utterances").reset_index()
    ordered = counts.sort_values(["utterances", column], ascending=[False, True]).set_index(column)["utterances"]
    return ordered.astype(int)


def missing_values(
    utterances: pd.DataFrame,
    columns: Sequence[str] = (
        "company",
        "country",
        "published_at",
        "kind",
        "valence",
        "speaker_id",
        "n_followers",
    ),
) -> pd.DataFrame:
    """Return for each source the share of utterances that state each column, 0 to 1.

    Sources that too few people wrote in to be shown by themselves are put together, as in :func:`contents`.

    Examples
    --------
    >>> said = pd.DataFrame({"source": ["a", "a"], "company": ["Ekonet", None]})
    >>> missing_values(said, ["company"]).to_dict("records")
    [{'source': 'a', 'n': 2, 'company': 0.5}]
    """
    if utterances.empty:
        return pd.DataFrame(columns=["source", "n", *columns])
    source = utterances["source"].astype(str)
    if "speaker_id" in utterances:
        source = few_together(source, utterances["speaker_id"])
    stated = utterances[list(columns)].notna().groupby(source, sort=True).mean()
    size = utterances.groupby(source, sort=True).size().rename("n")
    return pd.concat([size, stated], axis=1).rename_axis("source").reset_index()


def corpus_shares(utterances: pd.DataFrame, duplicates: pd.DataFrame, *, level: float = 0.95) -> tuple[Estimate, ...]:
    """Estimate what share of utterances repeats another, has a date, and has a language that is sure.

    Parameters
    ----------
    utterances, duplicates : DataFrame
        Tables of those names.
    level : float
        Confidence of the Wilson intervals.

    Returns
    -------
    tuple of Estimate
        ``duplicate_share``, ``dated_share`` and ``language_sure_share``.
    """
    n = len(utterances)
    whole = duplicates.loc[duplicates["how"].isin(["exact", "near"]), "utterance_id"]  # who quotes says more than that
    repeated = utterances["utterance_id"].isin(set(whole))
    parts = (
        ("duplicate_share", "share of utterances that repeat an earlier one, exactly or nearly", repeated),
        ("dated_share", "share of utterances whose day of publication is known",
         utterances["date_precision"].astype("string").isin(["second", "minute", "day"])),
        ("language_sure_share", f"share of utterances whose language is identified with a confidence of {UNSURE:g} or more",
         utterances["language_confidence"].ge(UNSURE)),
    )  # fmt: skip
    made = []
    for name, estimand, hit in parts:
        if not n:
            made.append(not_estimable(name, estimand, "share", "there are no utterances", level=level))
            continue
        share = float(hit.mean())
        low, high = wilson(int(hit.sum()), n, level)
        made.append(
            Estimate(
                name, estimand, "share", share, low, high, n,
                "Wilson score interval (Wilson 1927)", (), WITHIN, level,
            )
        )  # fmt: skip
    return tuple(made)


def monthly(utterances: pd.DataFrame, group: str = "language", most: int = 6) -> pd.DataFrame:
    """Count dated utterances by calendar month (UTC) and group, months without any included.

    Where too few people wrote in a month and group, or where their number could be had back from a total, the month
    has no number: a missing value, not nought.

    Parameters
    ----------
    utterances : DataFrame
    group : str
        Column that tells the lines apart.
    most : int
        Only the largest groups are kept.

    Returns
    -------
    DataFrame
        ``group, period_start, estimate``; empty where nothing is dated.
    """
    dated = utterances.loc[utterances["published_at"].notna()]
    made = pd.DataFrame(columns=["group", "period_start", "estimate"])
    if len(dated):
        names = dated[group].astype("string").fillna("not stated")
        if "speaker_id" in dated:
            names = few_together(names, dated["speaker_id"])
        kept = sorted(names.value_counts().head(most).index)
        month = dated["published_at"].dt.tz_localize(None).dt.to_period("M")
        counts = cells(month, names, kept, "size", dated.index.to_series())
        if "speaker_id" in dated:
            people = cells(month, names, kept, "nunique", dated["speaker_id"].astype("string"))
            seen, _ = withhold(people.assign(month=people["month"].astype(str)))
            counts["n"] = counts["n"].where(counts.index.isin(seen.index)).astype(float)
        made = counts.rename(columns={"month": "period_start", "n": "estimate"})
        made["period_start"] = made["period_start"].dt.to_timestamp().dt.tz_localize("UTC")
        made = made[["group", "period_start", "estimate"]]
    made.attrs["y"] = "utterances a month"
    return made


def cells(month: pd.Series, names: pd.Series, kept: Sequence[str], how: str, values: pd.Series) -> pd.DataFrame:
    """Count values by month and group, one row each, empty ones included: ``month, group, n``."""
    counted = values.groupby([month.rename("month"), names.rename("group")]).agg(how)
    months = pd.period_range(month.min(), month.max(), freq="M")
    order: list[Any] = ["group", "month"]
    every = pd.MultiIndex.from_product([list(kept), months], names=order)
    return pd.DataFrame(counted.reorder_levels(order).reindex(every, fill_value=0).rename("n").reset_index())
