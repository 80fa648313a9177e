"""Complaints found in text: a classifier for each language that has labels, and the share of complaints it implies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.labels.agreement import settled
from scsr.analysis.labels.classify import LEAST, train
from scsr.analysis.labels.prevalence import NAME, WORDS, bayesian_prevalence, corrected_prevalence
from scsr.analysis.labels.sheet import classifiable

__all__ = ["text_complaints"]


def text_complaints(
    utterances: pd.DataFrame,
    codes: pd.DataFrame,
    level: float = 0.95,
    languages: Sequence[str] = ("sv", "nb", "nn", "is"),
    seed: int = 1,
) -> tuple[Estimate, ...]:
    """Estimate the share of complaints among texts of each language, found by a classifier and corrected for its error.

    The classifier of a language learns from what coders labelled alike, and is counted on the other texts that are not by
    the firm.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    codes : DataFrame
        ``utterance_id, coder, label`` (bool), such as from :func:`scsr.corpus.inputs.read_labels`.
    level : float
        Confidence, or credibility, of the intervals.
    languages : sequence of str
        One classifier each.
    seed : int
        Of the folds of the cross-validation.

    Returns
    -------
    tuple of Estimate
        By language ``complaint_prevalence, complaint_prevalence_bayesian, sensitivity, specificity``; a single
        ``complaint_prevalence`` that says why where a language has too few labels, or none has any.

    Raises
    ------
    EstimationError
        If a column is missing, or a coder gave two different labels to one utterance.

    Examples
    --------
    >>> said = pd.DataFrame({"utterance_id": ["a"], "text": ["Hej"], "language": "sv", "speaker_role": "customer"})
    >>> text_complaints(said, pd.DataFrame(columns=["utterance_id", "coder", "label"]))[0].reason
    'no utterance has been labelled by hand; scsr label draws some'
    """
    labels, n_disputed = settled(codes)
    pool = classifiable(utterances)
    truth = pool["utterance_id"].map(labels)
    if not truth.notna().any():
        reason = "no utterance has been labelled by hand; scsr label draws some"
        if len(labels):
            reason = "none of the labelled utterances is among these"
        return (not_estimable(NAME, WORDS, "share", reason, level=level),)
    made: list[Estimate] = []
    for lang in languages:
        here = pool["language"].astype("string").eq(lang).fillna(False)
        known, rest = pool[here & truth.notna()], pool[here & truth.isna()]
        given = truth[known.index].astype(bool)
        rarer = int(min(given.sum(), (~given).sum()))
        reason = ""
        if rarer < LEAST:
            reason = f"{len(given)} labels, {rarer} of the rarer kind: a classifier learns from {LEAST} of each"
        elif rest.empty:
            reason = "all texts have been labelled by hand"
        group = {"language": lang}
        if reason:
            made.append(not_estimable(NAME, WORDS, "share", reason, n=len(given), by=group, level=level))
            continue
        model = train(known["text"].astype(str), given, seed=seed)
        n_called, n, repeats = model.count(rest["text"].astype(str))
        both = (
            estimate(n_called, n, model.accuracy, level, repeats)
            for estimate in (corrected_prevalence, bayesian_prevalence)
        )
        made += [replace(one, by=group) for one in (*both, *model.accuracy.estimates(level))]
    if n_disputed:
        note = f"{n_disputed} utterances that coders labelled differently are left out"
        made = [replace(one, assumptions=(*one.assumptions, note)) for one in made]
    return tuple(made)
