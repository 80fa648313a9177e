"""How many topics, and which of them come back: coherence, stability, recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from scsr.analysis.estimates import Estimate
from scsr.analysis.intervals import wilson
from scsr.analysis.topics.model import (
    DOCUMENTS_PER_TOPIC,
    TOP_TERMS,
    Engine,
    TopicModel,
    fit_topics,
    make_dictionary,
    quiet,
)
from scsr.errors import EstimationError

__all__ = ["TopicSearch", "choose_n_topics", "coherence", "recurrence", "term_overlap"]

#: Documents that the search looks at; the chosen number is then fitted to all.
SEARCHED = 2_000
EXCHANGEABLE = ("documents are exchangeable",)


@dataclass(frozen=True)
class TopicSearch:
    """The numbers of topics tried, what each scored, and the one chosen.

    Parameters
    ----------
    table : DataFrame
        One row for each number: ``n_topics, c_npmi, diversity, stability``.
    n_topics : int
        The choice.
    rule : str
        How it was chosen, in words.
    """

    table: pd.DataFrame
    n_topics: int
    rule: str


def coherence(
    model: TopicModel, documents: Sequence[Sequence[str]], measure: Literal["c_npmi", "c_v"] = "c_npmi"
) -> np.ndarray:
    """Return the coherence of each topic's ten top terms, by gensim.

    Parameters
    ----------
    model : TopicModel
    documents : sequence of sequences of str
        The documents that the co-occurrences are counted in.
    measure : {"c_npmi", "c_v"}
        Normalised pointwise mutual information in windows of 10 words, from -1 to 1, or c_v in windows of 110.

    Returns
    -------
    ndarray, shape (n_topics,)

    References
    ----------
    Röder, Both & Hinneburg (2015), *Exploring the space of topic coherence measures*, WSDM.
    """
    from gensim.models import CoherenceModel

    with quiet("gensim"):
        scored = CoherenceModel(
            topics=model.top_terms(), texts=list(documents), dictionary=make_dictionary(documents, 1, 1.0),
            coherence=measure, topn=TOP_TERMS, processes=1,
        )  # fmt: skip
        return np.nan_to_num(np.array(scored.get_coherence_per_topic(), dtype=float), nan=0.0)


def term_overlap(one: TopicModel, other: TopicModel) -> np.ndarray:
    """Return how alike the topics of `one` are to their best partners in `other`.

    Topics are paired one to one so that the Jaccard similarity of top-ten terms is largest in all (Greene,
    O'Callaghan & Cunningham 2014, *How many topics?*, ECML PKDD).

    Returns
    -------
    ndarray, shape (one.n_topics,)
        Jaccard similarity with the partner, 0 to 1; 0 where there is no partner.
    """
    from scipy.optimize import linear_sum_assignment

    mine, theirs = ([set(terms) for terms in model.top_terms()] for model in (one, other))
    similarity = np.array([[len(a & b) / len(a | b) for b in theirs] for a in mine])
    rows, columns = linear_sum_assignment(-similarity)
    found = np.zeros(len(mine))
    found[rows] = similarity[rows, columns]
    return found


def resample(documents: Sequence[Sequence[str]], rng: np.random.Generator) -> list[Sequence[str]]:
    """Draw as many documents with replacement."""
    return [documents[place] for place in rng.integers(0, len(documents), len(documents))]


def recurrence(
    model: TopicModel,
    documents: Sequence[Sequence[str]],
    *,
    n_refits: int = 10,
    alike: float = 0.25,
    seed: int = 1,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """Refit on resampled documents and count how often each topic comes back.

    Parameters
    ----------
    model : TopicModel
    documents : sequence of sequences of str
        The documents that it was fitted to.
    n_refits : int
        Bootstrap resamples of the documents, each refitted with a seed of its own.
    alike : float
        Jaccard similarity of top-ten terms from which a topic counts as come back; .25 is 4 of 10 terms in common.
    seed : int
    level : float

    Returns
    -------
    tuple of Estimate
        ``topics_recurring``, the share of topics that a refit brings back, then ``topic_recurrence`` for each topic:
        the share of refits, with a Wilson interval for their number.
    """
    rng = np.random.default_rng(seed)
    overlaps = []
    for _ in range(n_refits):
        engine: Engine = "lda" if model.engine == "lda" else "nmf"
        refit = fit_topics(
            resample(documents, rng), model.n_topics, engine=engine, seed=int(rng.integers(1, 2**31 - 1))
        )
        overlaps.append(term_overlap(model, refit))
    back = np.array(overlaps) >= alike
    how = (
        f"bootstrap of documents, topics matched by top-ten terms (Jaccard of {alike:g} or more); "
        "Wilson interval for the number of refits"
    )
    estimates = []
    for topic, count in enumerate(back.sum(axis=0)):
        low, high = wilson(int(count), n_refits, level)
        share = count / n_refits
        estimates.append(
            Estimate(
                "topic_recurrence", "share of refits on resampled documents in which the topic comes back", "share",
                share, low, high, n_refits, how, {"topic": str(topic + 1)}, EXCHANGEABLE, level,
            )
        )  # fmt: skip
    return (mean_recurrence(back.mean(axis=1), level), *estimates)


def mean_recurrence(found: np.ndarray, level: float) -> Estimate:
    """Estimate the share of topics that a refit brings back, refits being the units."""
    mean, n = float(found.mean()), len(found)
    half = float(stats.t.isf((1 - level) / 2, n - 1) * found.std(ddof=1) / np.sqrt(n)) if n > 1 else 1.0
    return Estimate(
        "topics_recurring", "share of topics that a refit on resampled documents brings back", "share", mean,
        max(0.0, mean - half), min(1.0, mean + half), n, "mean over refits with t interval", (), EXCHANGEABLE, level,
    )  # fmt: skip


def choose_n_topics(
    documents: Sequence[Sequence[str]], candidates: Sequence[int] = (4, 8, 12, 16), *, seed: int = 1
) -> TopicSearch:
    """Choose the number of topics by coherence and stability.

    Each number is fitted to the documents (a random 2,000 of them where there are more) and to one bootstrap
    resample. Stability is the mean Jaccard overlap of the two; coherence is c_npmi. The rule: the largest sum of the
    two measures' ranks, the smaller number on a tie.

    Parameters
    ----------
    documents : sequence of sequences of str
    candidates : sequence of int
        Numbers to try; those that the corpus is too small for are left out.
    seed : int

    Returns
    -------
    TopicSearch

    Raises
    ------
    EstimationError
        If the corpus is too small for the smallest candidate.
    """
    enough = sum(1 for document in documents if document)
    tried = sorted({n for n in candidates if DOCUMENTS_PER_TOPIC * n <= enough})
    if not tried:
        raise EstimationError(
            f"{enough} documents with content are too few for topics: {DOCUMENTS_PER_TOPIC * min(candidates)} are "
            f"needed for {min(candidates)}"
        )
    rng = np.random.default_rng(seed)
    if enough > SEARCHED:
        documents = [documents[place] for place in np.sort(rng.permutation(len(documents))[:SEARCHED])]
        tried = [n for n in tried if DOCUMENTS_PER_TOPIC * n <= SEARCHED]
    drawn = resample(documents, rng)
    rows = []
    for n_topics in tried:
        model = fit_topics(documents, n_topics, seed=seed)
        again = fit_topics(drawn, n_topics, engine="lda" if model.engine == "lda" else "nmf", seed=seed + 1)
        rows.append(
            {
                "n_topics": n_topics,
                "c_npmi": float(coherence(model, documents).mean()),
                "diversity": model.diversity,
                "stability": float(term_overlap(model, again).mean()),
            }
        )
    table = pd.DataFrame(rows)
    score = table["c_npmi"].rank() + table["stability"].rank()
    best = int(table["n_topics"].iloc[score.argmax()])
    return TopicSearch(
        table,
        best,
        "the largest sum of the ranks of coherence (c_npmi) and stability; the smaller number on a tie",
    )
