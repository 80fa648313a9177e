"""Complaints found in text: a classifier for each language that has labels, and the share of complaints it implies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.disclosure import smallest_cell
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.labels.agreement import settled
from scsr.analysis.labels.classify import LEAST, ComplaintClassifier, most_telling, train
from scsr.analysis.labels.lexicon import own_language
from scsr.analysis.labels.prevalence import NAME, WORDS, bayesian_prevalence, corrected_prevalence, repeats_of
from scsr.analysis.labels.sample import design_effect, sample_note
from scsr.analysis.labels.sheet import classifiable
from scsr.errors import EstimationError

__all__ = ["TextComplaints", "text_complaints"]

COLUMNS = ("utterance_id", "language", "language_detail", "speaker_id", "speaker_role", "text")
SHOWN = ["language", "word", "kind", "weight", "n_speakers"]
N_WORDS = 10
N_JUDGED = 5_000  # texts of a sample, by language: what more would add drowns in the classifier's own error


@dataclass(frozen=True)
class TextComplaints:
    """Complaints found in text.

    Parameters
    ----------
    estimates : tuple of Estimate
        By language ``complaint_prevalence, complaint_prevalence_bayesian, sensitivity, specificity``; a single
        ``complaint_prevalence`` that says why where a language has too few labels, or none has any.
    words : DataFrame
        ``language, word, kind, weight, n_speakers``: what speaks most for and against a complaint
        (as :meth:`ComplaintClassifier.words`), of what enough people's labelled texts hold to be shown.
    """

    estimates: tuple[Estimate, ...]
    words: pd.DataFrame


def text_complaints(
    utterances: pd.DataFrame,
    codes: pd.DataFrame,
    level: float = 0.95,
    languages: Sequence[str] = ("sv", "nb", "nn", "is"),
    seed: int = 1,
    labelled: pd.DataFrame | None = None,
) -> TextComplaints:
    """Estimate the share of complaints among texts of each language, found by a classifier and corrected for its error.

    The classifier of a language learns from what coders labelled alike, and is counted on the other texts that are not by
    the firm. Of a sample of conversations (see :func:`sampled`) it judges about 5,000 texts in each language.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    codes : DataFrame
        ``utterance_id, coder, label`` (bool), such as from :func:`scsr.corpus.inputs.read_labels`.
    level : float
        Confidence, or credibility, of the intervals.
    languages : sequence of str
        One classifier each, whether there are labels or not; any other language gets one where it has labels.
    seed : int
        Of the folds of the cross-validation.
    labelled : DataFrame, optional
        Labelled utterances to learn from besides, where ``utterances`` is a sample (see :func:`sampled`).

    Returns
    -------
    TextComplaints

    Raises
    ------
    EstimationError
        If a column is missing, a label is not true or false, or a coder gave two different labels to one utterance.

    Examples
    --------
    >>> said = pd.DataFrame({"utterance_id": ["a"], "text": ["Hej"], "language": "sv", "language_detail": None,
    ...                      "speaker_id": ["x"], "speaker_role": "customer"})
    >>> text_complaints(said, pd.DataFrame(columns=["utterance_id", "coder", "label"])).estimates[0].reason
    'no utterance has been labelled by hand; scsr label draws some'
    """
    check_columns(utterances, COLUMNS, "utterances", "complaints found in text")
    labels, n_disputed = settled(codes)
    note = sample_note(utterances, "counted ")
    pool = classifiable(utterances)
    if labelled is not None:
        more = classifiable(labelled[~labelled["utterance_id"].isin(utterances["utterance_id"])])
        parts = [part[[*COLUMNS, "conversation_id"]].astype("string") for part in (pool, more)]
        pool = pd.concat(parts) if len(more) else pool
    pool = pool.reset_index(drop=True)
    lang = own_language(pool)
    truth = pool["utterance_id"].map(labels)
    if not truth.notna().any():
        reason = "no utterance has been labelled by hand; scsr label draws some"
        if len(labels):
            reason = "none of the labelled utterances is among these"
        none = not_estimable(NAME, WORDS, "share", reason, level=level)
        return TextComplaints((none,), pd.DataFrame(columns=SHOWN))
    made: list[Estimate] = []
    tables = [pd.DataFrame(columns=SHOWN)]
    for one in dict.fromkeys([*languages, *sorted(lang[truth.notna()].dropna().unique())]):
        here = lang.eq(one).fillna(False)
        known, rest = pool[here & truth.notna()], pool[here & truth.isna()]
        given = truth[known.index].astype(bool)
        try:
            model = learned(known, given, rest, one, seed)
        except EstimationError as error:
            group = {"language": one}
            made.append(not_estimable(NAME, WORDS, "share", str(error), n=len(given), by=group, level=level))
            continue
        made += in_language(model, first_conversations(rest, N_JUDGED) if note else rest, level, clustered=bool(note))
        tables.append(shown_words(model, known))
    notes = [f"{n_disputed} utterances that coders labelled differently are left out"] if n_disputed else []
    notes += [f"{note}, at most about {N_JUDGED:,} texts a language"] if note else []
    made = [replace(one, assumptions=(*one.assumptions, *notes)) for one in made] if notes else made
    return TextComplaints(tuple(made), pd.concat([t for t in tables if len(t)] or tables, ignore_index=True))


def first_conversations(rest: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return whole conversations with about ``n`` texts: those of the lowest ids, which are random numbers."""
    ids = rest["conversation_id"].fillna(rest["utterance_id"])
    return rest if len(rest) <= n else rest[ids <= ids.sort_values().iloc[n - 1]]


def learned(known: pd.DataFrame, given: pd.Series, rest: pd.DataFrame, lang: str, seed: int) -> ComplaintClassifier:
    """Return the classifier of a language, or say why there is none."""
    rarer = int(min(given.sum(), (~given).sum()))
    if rarer < LEAST:
        raise EstimationError(
            f"{len(given)} labels, {rarer} of the rarer kind: a classifier learns from {LEAST} of each"
        )
    if rest.empty:
        raise EstimationError("all texts have been labelled by hand")
    return train(known["text"].astype(str), given, seed=seed, language=lang)


def in_language(model: ComplaintClassifier, rest: pd.DataFrame, level: float, clustered: bool) -> list[Estimate]:
    """Return the estimates of a language, each saying what its classifier reads."""
    share, said = model.judged(rest["text"].astype(str))
    n_called, n, repeats = float(share.sum()), len(share), repeats_of(said)
    if clustered:  # whole conversations were drawn
        repeats = max(repeats, design_effect(share, rest["conversation_id"]))
    made = [
        estimate(n_called, n, model.accuracy, level, repeats)
        for estimate in (corrected_prevalence, bayesian_prevalence)
    ]
    made += model.accuracy.estimates(level)
    return [
        replace(one, by={"language": model.language}, method=f"{one.method}; classifier: {model.features}")
        if one.ok
        else replace(one, by={"language": model.language})
        for one in made
    ]


def shown_words(model: ComplaintClassifier, known: pd.DataFrame) -> pd.DataFrame:
    """Return what speaks most for and against, of what enough people wrote; unknown people count as one."""
    from scipy import sparse

    holds = model.pipeline[0].transform(known["text"].astype(str).tolist()).tocsc() > 0
    person = pd.factorize(known["speaker_id"].astype("string").fillna(""))[0]
    texts_of = sparse.csr_matrix((np.ones(len(person)), (person, np.arange(len(person)))))
    people = np.asarray(((texts_of @ holds) > 0).sum(axis=0)).ravel()
    weights = model.weights()
    weights = weights.assign(n_speakers=people[weights["column"]], language=model.language)
    return most_telling(weights[weights["n_speakers"] >= smallest_cell()], N_WORDS)[SHOWN]
