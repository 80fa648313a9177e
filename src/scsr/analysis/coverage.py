"""What a corpus holds and what it lacks: the ground that every other answer stands on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.analysis.compact import categories, codes_of, n_distinct
from scsr.analysis.disclosure import few_together, withhold
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.errors import EstimationError

__all__ = ["COLUMNS", "contents", "corpus_shares", "missing_values", "monthly"]

#: Below this confidence the language of a text is a guess.
UNSURE = 0.8
COLUMNS = (
    "utterance_id", "speaker_id", "source", "language", "language_detail", "language_confidence", "kind", "channel",
    "company", "country", "valence", "published_at", "date_precision", "n_followers",
)  # fmt: skip
"""What these counts need of the table ``utterances``."""
NOT_STATED = "not stated"
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
    values = named(utterances[column])
    if "speaker_id" in utterances:
        values = few_together(values, utterances["speaker_id"])
    tally = values.value_counts()
    tally.index = pd.Index(tally.index.astype("string"), name=column)
    counts = tally[tally > 0].rename("utterances").reset_index()
    ordered = counts.sort_values(["utterances", column], ascending=[False, True]).set_index(column)["utterances"]
    return ordered.astype(int)


def named(values: pd.Series) -> pd.Series:
    """Return values as categories of text, what is not stated among them.

    Examples
    --------
    >>> named(pd.Series(["blog", None])).tolist()
    ['blog', 'not stated']
    """
    codes, found = codes_of(values)
    names = [str(name) for name in found]
    if NOT_STATED not in names:
        names.append(NOT_STATED)
    return categories(np.where(codes < 0, names.index(NOT_STATED), codes), names, values)


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
    source = named(utterances["source"])
    if "speaker_id" in utterances:
        source = few_together(source, utterances["speaker_id"])
    source = source.cat.set_categories(sorted(source.unique()))
    stated = utterances[list(columns)].notna().groupby(source, sort=True, observed=True).mean()
    size = source.groupby(source, sort=True, observed=True).size().rename("n")
    made = pd.concat([size, stated], axis=1).rename_axis("source").reset_index()
    return made.assign(source=made["source"].astype(object))


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
    repeated = utterances["utterance_id"].isin(whole.unique())
    parts = (
        ("duplicate_share", "share of utterances that repeat an earlier one, exactly or nearly", repeated),
        ("dated_share", "share of utterances whose day of publication is known",
         utterances["date_precision"].isin(["second", "minute", "day"])),
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
        names = named(dated[group])
        if "speaker_id" in dated:
            names = few_together(names, dated["speaker_id"])
        tally = names.value_counts()
        kept = sorted(tally[tally > 0].sort_index().sort_values(ascending=False, kind="stable").head(most).index)
        month = dated["published_at"].dt.tz_localize(None).to_numpy("datetime64[M]").astype(np.int64)
        counts = cells(month, names, kept)
        if "speaker_id" in dated:
            people = cells(month, names, kept, dated["speaker_id"])
            seen, _ = withhold(people.assign(month=people["month"].dt.strftime("%Y-%m")))
            counts["n"] = counts["n"].where(counts.index.isin(seen.index)).astype(float)
        made = counts.rename(columns={"month": "period_start", "n": "estimate"})[["group", "period_start", "estimate"]]
    made.attrs["y"] = "utterances a month"
    return made


def cells(month: np.ndarray, names: pd.Series, kept: Sequence[str], people: pd.Series | None = None) -> pd.DataFrame:
    """Count rows, or different people, by group and month, one row each, empty ones included: ``month, group, n``.

    Months are told from the first of 1970 on.
    """
    first, n_months = int(month.min()), int(np.ptp(month)) + 1
    place = np.full(len(names.cat.categories), -1)
    place[names.cat.categories.get_indexer(pd.Index(list(kept)))] = np.arange(len(kept))
    row = place[names.cat.codes]
    cell = np.where(row >= 0, row * n_months + month - first, -1)
    n_cells = len(kept) * n_months
    if people is None:
        n = np.bincount(cell[cell >= 0], minlength=n_cells)
    else:
        who, distinct = codes_of(people)
        n = n_distinct(cell, n_cells, who, len(distinct))
    months = (first + np.arange(n_months)).astype("datetime64[M]").astype("datetime64[ns]")
    start = pd.Series(np.tile(months, len(kept))).dt.tz_localize("UTC")
    return pd.DataFrame({"group": np.repeat(np.asarray(kept, dtype=object), n_months), "month": start, "n": n})
