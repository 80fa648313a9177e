"""Topics that recur: many runs on resampled documents, their topics clustered, each with its recurrence.

A single run's topics change with the seed and with the documents that happen to be there. Here a model is fitted many
times, each time to a bootstrap resample under a seed of its own; the topics of all runs are clustered, each run giving
one topic to each cluster, and the published topic is the mean of its cluster, fitted once more to all documents. What
only one run saw is averaged away; what most runs saw stays.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from scsr.analysis.topics.counts import MIN_DOCUMENTS, Documents, doc_term_matrix
from scsr.analysis.topics.engines import (
    fit_nmf,
    fold_in,
    inverse_document_frequency,
    refit,
    sample_lda,
    shares,
    weighted,
)
from scsr.analysis.topics.measures import list_overlap
from scsr.analysis.topics.model import Engine, TopicModel, complete, known_terms
from scsr.analysis.topics.terms import TOP_TERMS, list_terms, windows
from scsr.errors import EstimationError

__all__ = ["ConsensusModel", "consensus_topics", "fit_runs"]

#: Runs behind a consensus. More make it steadier and cost in proportion.
N_RUNS = 200
#: Sweeps of a single run of LDA. Below 60 runs have not settled, and then no number of them makes up for it.
N_SWEEPS = 100
#: Documents that a run draws at most, so that the cost of a run does not grow with the corpus.
DRAWN = 10_000
#: Prior of terms of a single run: smoother than that of a fit on its own, because runs are averaged.
RUN_ETA = 0.1
#: How much of a term's standing in a topic is its share there, the rest being how far that exceeds its usual share
#: (Sievert & Shirley's lambda): at 1 topics repeat common terms, below .7 their top terms change from sample to sample.
RELEVANCE = 0.9
#: How much of a topic is the mean of its cluster fitted once more to all documents, the rest being the mean itself: the
#: first has the more distinct terms, the second comes back the better from another sample.
REFITTED = 0.7
#: Rounds of matching; a handful are needed.
MATCHINGS = 20
SMALLEST = 1e-9


@dataclass(frozen=True, kw_only=True)
class ConsensusModel(TopicModel):
    """A topic model made of many.

    Parameters
    ----------
    n_runs : int
        Runs on resampled documents.
    overlaps : ndarray, shape (n_runs, n_topics)
        Jaccard similarity of the topic's top ten terms with those of its partner in each run, topics of a run and of
        the consensus paired one to one.
    run_topics : ndarray of float32, shape (n_runs, n_topics, n_terms)
        The topics of each run.
    run_labels : ndarray of int, shape (n_runs, n_topics)
        The topic of the consensus that each of them belongs to.
    """

    n_runs: int
    overlaps: np.ndarray
    run_topics: np.ndarray
    run_labels: np.ndarray


@dataclass(frozen=True)
class Run:
    """What all runs have in common; called with a seed it fits one resample.

    Parameters
    ----------
    counts : sparse matrix, shape (n_documents, n_terms)
    vocabulary : tuple of str
    n_topics : int
    engine : str
    n_sweeps : int
    """

    counts: Any
    vocabulary: tuple[str, ...]
    n_topics: int
    engine: str
    n_sweeps: int

    def __call__(self, seed: int) -> np.ndarray:
        """Return the topics of one resample, shape (n_topics, n_terms)."""
        n = self.counts.shape[0]
        drawn = self.counts[np.sort(np.random.default_rng(seed).integers(0, n, min(n, DRAWN)))]
        drawn.sort_indices()
        if self.engine == "lda":
            return sample_lda(drawn, self.vocabulary, self.n_topics, seed, sweeps=self.n_sweeps, eta=RUN_ETA)[0]
        return fit_nmf(drawn, self.vocabulary, self.n_topics, seed)[0]


_SHARED: list[Run] = []


def share(run: Run) -> None:
    """Keep in a worker what all its runs have in common."""
    _SHARED[:] = [run]


def shared_run(seed: int) -> np.ndarray:
    """Fit one resample of what the worker keeps."""
    return _SHARED[0](seed)


def fit_runs(run: Run, seeds: list[int], workers: int = 1) -> np.ndarray:
    """Return the topics of one run for each seed, in the order of the seeds.

    Returns
    -------
    ndarray, shape (n_runs, n_topics, n_terms)
        The same on any number of workers.
    """
    if workers == 1:
        return np.array([run(seed) for seed in seeds])
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=share, initargs=(run,)) as pool:
        return np.array(list(pool.map(shared_run, seeds)))


def lift(topics: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return by how much each topic exceeds the usual share of each term, rows of length 1.

    Clusters then answer to what tells topics apart, not to the words that all share.
    """
    ratio = np.log(np.maximum(topics, SMALLEST) / np.maximum(usual, SMALLEST))
    above = np.maximum(topics * ratio, 0)
    return np.asarray(above / np.maximum(np.linalg.norm(above, axis=1, keepdims=True), SMALLEST))


def cluster(topics: np.ndarray, n_topics: int) -> np.ndarray:
    """Return the cluster of each topic, by Ward's method on :func:`lift`; shape (len(topics),)."""
    from sklearn.cluster import AgglomerativeClustering

    return np.asarray(AgglomerativeClustering(n_topics, linkage="ward").fit_predict(lift(topics, topics.mean(axis=0))))


def pair(runs: np.ndarray, n_topics: int) -> np.ndarray:
    """Return which topic of the consensus each topic of each run is, every run having each of them once.

    Clusters by Ward's method are the start; then runs are matched to the means of the clusters, so that the sum of
    cosines is largest, and means are taken again until no topic changes its place.

    Parameters
    ----------
    runs : ndarray, shape (n_runs, n_topics, n_terms)

    Returns
    -------
    ndarray of int, shape (n_runs, n_topics)
    """
    from scipy.optimize import linear_sum_assignment

    stacked = runs.reshape(-1, runs.shape[2])
    usual = stacked.mean(axis=0)
    lifted = [lift(topics, usual) for topics in runs]
    labels = cluster(stacked, n_topics).reshape(len(runs), -1)
    for _ in range(MATCHINGS):
        means = lift(means_of(runs, labels, n_topics), usual)
        matched = np.array([np.argsort(linear_sum_assignment(-(means @ topics.T))[1]) for topics in lifted])
        if (matched == labels).all():
            break
        labels = matched
    return labels


def means_of(runs: np.ndarray, labels: np.ndarray, n_topics: int) -> np.ndarray:
    """Return the mean of the topics with each label, shape (n_topics, n_terms)."""
    return np.array([runs[labels == topic].mean(axis=0) for topic in range(n_topics)])


def relevance(term_weights: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Weigh a term's share in a topic with its usual share; rows sum to 1.

    References
    ----------
    Sievert & Shirley (2014), *LDAvis: a method for visualizing and interpreting topics*.
    """
    ratio = np.maximum(term_weights, SMALLEST) / np.maximum(usual, SMALLEST)
    return shares(np.maximum(term_weights, SMALLEST) * ratio ** (1 - RELEVANCE))


def consensus_topics(
    documents: Documents,
    n_topics: int,
    *,
    n_runs: int = N_RUNS,
    n_sweeps: int = N_SWEEPS,
    engine: Engine = "auto",
    seed: int = 1,
    min_documents: int = MIN_DOCUMENTS,
    vocabulary: tuple[str, ...] | None = None,
    workers: int = 1,
) -> ConsensusModel:
    """Fit topics that recur over seeds and resamples of the documents.

    Parameters
    ----------
    documents : sequence of sequences of str
        Content lemmas of each document.
    n_topics : int
        Number of topics, of each run and of the consensus.
    n_runs : int
        Runs, each on a bootstrap resample (of 10,000 documents where there are more) under its own seed; 2 or more.
    n_sweeps : int
        Sweeps of the sampler in each run, for LDA.
    engine : {"auto", "nmf", "lda"}
        ``auto`` takes LDA whatever the length: averaged over runs it is about as coherent as NMF on long texts, and
        comes back more often.
    seed : int
    min_documents : int
        A lemma in fewer documents is left out.
    vocabulary : tuple of str, optional
        The lemmas to use, where not those that the documents themselves give.
    workers : int
        Processes; the topics are the same on any number.

    Returns
    -------
    ConsensusModel
        Topics in the order of their share of the documents, largest first.

    Raises
    ------
    EstimationError
        As :func:`scsr.analysis.topics.fit_topics`; if there are fewer than 2 runs, or the engine has no consensus.

    References
    ----------
    Greene, O'Callaghan & Cunningham (2014), *How many topics? Stability analysis for topic models*, ECML PKDD. Ward
    (1963), *Journal of the American Statistical Association* 58. Bickel, Götze & van Zwet (1997), *Statistica Sinica* 7
    (resamples of fewer documents than there are).

    Examples
    --------
    >>> matters = [["refund", "money", "bill", "fee", "price"], ["train", "late", "wait", "seat", "delay"]]
    >>> model = consensus_topics(matters * 40, 2, n_runs=3)
    >>> model.overlaps.shape  # three runs, two topics
    (3, 2)
    """
    if n_runs < 2:
        raise EstimationError(f"n_runs is {n_runs}: a consensus needs 2 runs or more")
    if engine == "auto":
        engine = "lda"
    if engine not in ("nmf", "lda"):
        raise EstimationError(f"engine is {engine!r}: a consensus is made by 'nmf' or 'lda'")
    terms = vocabulary if vocabulary is not None else known_terms(documents, n_topics, min_documents)
    counts = doc_term_matrix(documents, terms)
    seeds = [int(one) for one in np.random.default_rng(seed).integers(1, 2**31 - 1, n_runs)]
    runs = fit_runs(Run(counts, terms, n_topics, engine, n_sweeps), seeds, workers)
    labels = pair(runs, n_topics)
    term_weights = means_of(runs, labels, n_topics)
    if engine == "lda":
        term_weights = REFITTED * refit(counts, term_weights) + (1 - REFITTED) * term_weights
    idf = inverse_document_frequency(counts)
    doc_topic_matrix = fold_in(counts if engine == "lda" else weighted(counts, idf), term_weights, engine)
    order = np.argsort(-doc_topic_matrix.sum(axis=0), kind="stable")
    present, usual = windows(documents, terms), term_weights.mean(axis=0)
    base = complete(
        engine, seed, terms, term_weights[order], doc_topic_matrix[:, order], present, counts,
        shown=relevance(term_weights, usual)[order],
    )  # fmt: skip
    overlaps = [
        list_overlap(top(base.listed), top(list_terms(relevance(topics, usual), present, diverse=0))) for topics in runs
    ]
    return ConsensusModel(
        **vars(base), n_runs=n_runs, overlaps=np.array(overlaps),
        run_topics=runs.astype(np.float32), run_labels=np.argsort(order)[labels],
    )  # fmt: skip


def top(listed: np.ndarray) -> list[list[int]]:
    """Return the columns of each topic's ten top terms."""
    found: list[list[int]] = listed[:, :TOP_TERMS].tolist()
    return found
