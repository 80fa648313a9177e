"""Several watch lists at once: what each finds and how soon the firm reacted, texts read a single time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.estimates import Estimate
from scsr.analysis.labels.reaction import reaction_times
from scsr.analysis.labels.reading import read_texts
from scsr.analysis.labels.watch import READ, reaction_hours, watch_read
from scsr.errors import EstimationError

__all__ = ["watch_lists"]


def watch_lists(
    utterances: pd.DataFrame,
    lists: Mapping[str, Mapping[str, Sequence[str]]],
    within_h: float = 24,
    level: float = 0.95,
) -> tuple[tuple[Estimate, ...], pd.DataFrame]:
    """Hold watch lists against a corpus.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    lists : mapping of str to mapping
        Terms by language (as :func:`watch` takes them), by the name of the list.
    within_h : float
        Hours of the share that the firm had reacted to.
    level : float
        Confidence of the intervals.

    Returns
    -------
    tuple of Estimate
        ``watch_hits`` by ``list``, then ``watch_reaction_median_h``, then ``watch_reaction_share``.
    DataFrame
        ``list, language, term, n_utterances, n_speakers``, for the terms that were found, most found first.

    Raises
    ------
    EstimationError
        If a column is missing, there is no list, or one holds no term.

    Examples
    --------
    >>> from scsr import schema
    >>> said = schema.conform(pd.DataFrame({"utterance_id": ["a", "b"], "language": "sv", "speaker_id": ["x", "y"],
    ...                                     "text": ["Fakturorna var fel", "Tack"]}), "utterances")
    >>> estimates, terms = watch_lists(said, {"billing": {"sv": ["faktura"]}})
    >>> estimates[0].group, estimates[0].estimate, terms["n_speakers"].tolist()
    ('billing', 500.0, [1])
    """
    if not lists:
        raise EstimationError("there is no watch list; give at least one")
    check_columns(utterances, READ, "utterances", "a watch list")
    utterances = utterances.reset_index(drop=True)
    read = read_texts(utterances, [lang for terms in lists.values() for lang in terms])
    reacted = reaction_hours(utterances)
    speaker = utterances.drop_duplicates("utterance_id").set_index("utterance_id")["speaker_id"].astype("string")
    estimates: list[Estimate] = []
    tables = []
    for name, terms in lists.items():
        found = watch_read(utterances, read, terms, level, reacted)
        made = (found.estimates[0], *reaction_times(utterances, found, within_h, level))
        estimates += [replace(one, by={"list": name}) for one in made]
        hits = found.hits.assign(list=name, speaker=found.hits["utterance_id"].map(speaker).fillna("?").to_numpy())
        grouped = hits.groupby(["list", "language", "term"], sort=True)
        tables.append(
            grouped.agg(n_utterances=("utterance_id", "size"), n_speakers=("speaker", "nunique")).reset_index()
        )
    order = ["n_utterances", "list", "language", "term"]
    table = pd.concat(tables, ignore_index=True).sort_values(order, ascending=[False, True, True, True])
    ordered = [one for place in range(3) for one in estimates[place::3]]  # one quantity after the other
    return tuple(ordered), table.reset_index(drop=True)
