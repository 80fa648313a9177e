"""What a corpus holds and what it lacks: the ground that every other answer stands on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.errors import EstimationError

__all__ = ["contents", "corpus_shares", "missing_values", "monthly"]

#: Below this confidence the language of a text is a guess.
UNSURE = 0.8
WITHIN = ("the corpus is read as a sample of the texts that could have been collected in the same way",)


def contents(utterances: pd.DataFrame, column: str) -> pd.Series:
    """Count utterances by a column's values, most first; what is not stated is counted as such.

    Examples
    --------
    >>> contents(pd.DataFrame({"channel": ["blog", None, "blog"]}), "channel").to_dict()
    {'blog': 2, 'not stated': 1}
    """
    if column not in utterances:
        raise EstimationError(f"utterances have no column {column!r}")
    values = utterances[column].astype("string").fillna("not stated")
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

    Examples
    --------
    >>> said = pd.DataFrame({"source": ["a", "a"], "company": ["Ekonet", None]})
    >>> missing_values(said, ["company"]).to_dict("records")
    [{'source': 'a', 'n': 2, 'company': 0.5}]
    """
    if utterances.empty:
        return pd.DataFrame(columns=["source", "n", *columns])
    stated = utterances[list(columns)].notna().groupby(utterances["source"].astype(str), sort=True).mean()
    size = utterances.groupby(utterances["source"].astype(str), sort=True).size().rename("n")
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
    dated = utterances.loc[utterances["published_at"].notna(), ["published_at", group]]
    made = pd.DataFrame(columns=["group", "period_start", "estimate"])
    if len(dated):
        names = dated[group].astype("string").fillna("not stated")
        kept = sorted(names.value_counts().head(most).index)
        month = dated["published_at"].dt.tz_localize(None).dt.to_period("M")
        counts = pd.crosstab(month, names)[kept]
        counts = counts.reindex(pd.period_range(month.min(), month.max(), freq="M"), fill_value=0)
        made = (
            counts.rename_axis("period_start")
            .reset_index()
            .melt("period_start", var_name="group", value_name="estimate")
        )
        made["period_start"] = made["period_start"].dt.to_timestamp().dt.tz_localize("UTC")
        made = made[["group", "period_start", "estimate"]]
    made.attrs["y"] = "utterances a month"
    return made
