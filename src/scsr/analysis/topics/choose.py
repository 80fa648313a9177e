"""How many topics: coherence, diversity, exclusivity, held-out fit and stability of each number, and one rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.topics.consensus import consensus_topics
from scsr.analysis.topics.counts import Documents
from scsr.analysis.topics.measures import coherence, exclusivity, held_out_gain, term_overlap
from scsr.analysis.topics.model import TopicModel, known_terms
from scsr.errors import EstimationError

__all__ = ["SEARCH_COLUMNS", "TopicSearch", "choose_n_topics"]

#: Documents that the search looks at; the chosen number is then fitted to all.
SEARCHED = 2_000
#: Fewer documents than this for each topic, and a number is not tried.
DOCUMENTS_PER_TOPIC = 40
#: Every so manieth document is held out.
HELD_OUT = 5
SEARCH_RUNS, SEARCH_SWEEPS = 5, 60
SEARCH_COLUMNS = ["n_topics", "c_npmi", "c_v", "diversity", "exclusivity", "held_out_gain", "stability"]
#: A number is looked at when its stability is at least this share of the steadiest number's.
STEADY = 0.7
#: Numbers this close to the most coherent, in c_npmi, count as equal.
CLOSE = 0.02
RULE = (
    "of the numbers whose stability is at least seven tenths of the best, those within .02 of the most coherent "
    "(c_npmi), and of these the smallest"
)


@dataclass(frozen=True)
class TopicSearch:
    """The numbers of topics tried, what each scored, and the one chosen.

    Parameters
    ----------
    table : DataFrame
        One row for each number: ``n_topics, c_npmi, c_v, diversity, exclusivity, held_out_gain, stability``.
    n_topics : int
        The choice.
    rule : str
        How it was chosen, in words.
    """

    table: pd.DataFrame
    n_topics: int
    rule: str = RULE


def resample(documents: Documents, rng: np.random.Generator) -> list[Sequence[str]]:
    """Draw as many documents with replacement."""
    return [documents[place] for place in rng.integers(0, len(documents), len(documents))]


def choose_n_topics(
    documents: Documents, candidates: Sequence[int] = (4, 8, 12, 16, 24), *, n_runs: int = SEARCH_RUNS, seed: int = 1
) -> TopicSearch:
    """Choose the number of topics by stability and coherence.

    Each number is fitted to four fifths of the documents (of a random 2,000 of them where there are more) and, under
    another seed, to a bootstrap resample of these, each time as a small consensus. Stability is the mean Jaccard
    overlap of the two; the last fifth is held out. The rule: of the numbers whose stability is at least seven tenths of the
    best, those within .02 of the most coherent (c_npmi), and of these the smallest. The held-out fit is reported and not
    used: it goes on growing with topics that no reader could tell apart.

    Parameters
    ----------
    documents : sequence of sequences of str
    candidates : sequence of int
        Numbers to try; those that the corpus is too small for are left out.
    n_runs : int
        Runs of each small consensus.
    seed : int

    Returns
    -------
    TopicSearch

    Raises
    ------
    EstimationError
        If the corpus is too small for the smallest candidate.
    """
    kept = [document for document in documents if document]
    tried = sorted({n for n in candidates if DOCUMENTS_PER_TOPIC * n <= min(len(kept), SEARCHED)})
    if not tried:
        raise EstimationError(
            f"{len(kept)} documents with content are too few for topics: {DOCUMENTS_PER_TOPIC * min(candidates)} are "
            f"needed for {min(candidates)}"
        )
    rng = np.random.default_rng(seed)
    chosen = [kept[place] for place in np.sort(rng.permutation(len(kept))[:SEARCHED])]
    vocabulary = known_terms(chosen, tried[0])
    held_out = chosen[::HELD_OUT]
    fitted = [document for place, document in enumerate(chosen) if place % HELD_OUT]
    drawn = resample(fitted, rng)
    rows = []
    for n_topics in tried:
        model, again = (
            consensus_topics(some, n_topics, n_runs=n_runs, n_sweeps=SEARCH_SWEEPS, seed=one, vocabulary=vocabulary)
            for some, one in ((fitted, seed), (drawn, seed + 1))
        )
        rows.append(scores(model, again, fitted, held_out, seed))
    table = pd.DataFrame(rows, columns=SEARCH_COLUMNS)
    return TopicSearch(table, best(table))


def scores(
    model: TopicModel, again: TopicModel, documents: Documents, held_out: Documents, seed: int
) -> dict[str, float]:
    """Measure one number of topics."""
    return {
        "n_topics": model.n_topics,
        "c_npmi": float(coherence(model, documents).mean()),
        "c_v": float(coherence(model, documents, "c_v").mean()),
        "diversity": model.diversity,
        "exclusivity": float(exclusivity(model).mean()),
        "held_out_gain": held_out_gain(model, held_out, seed=seed),
        "stability": float(term_overlap(model, again).mean()),
    }


def best(table: pd.DataFrame) -> int:
    """Apply the rule.

    Examples
    --------
    >>> best(pd.DataFrame({"n_topics": [4, 8, 12, 16], "c_npmi": [0.1, 0.19, 0.2, 0.3],
    ...                    "stability": [0.4, 0.4, 0.4, 0.2]}))
    8
    """
    steady = table[table["stability"] >= STEADY * table["stability"].max()]
    return int(steady.loc[steady["c_npmi"] >= steady["c_npmi"].max() - CLOSE, "n_topics"].min())
