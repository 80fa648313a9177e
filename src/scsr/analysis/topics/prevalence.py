"""How large each topic is, by month, company or channel, with the topics' own uncertainty in the intervals.

Shares given fitted topics have intervals that only know of sampling. Here the consensus says which topic each document
is about, and every run of it says so on its own: an interval widens where the runs draw a topic's border differently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.analysis.topics.consensus import ConsensusModel
from scsr.analysis.topics.counts import Documents, doc_term_matrix
from scsr.analysis.topics.engines import fold_in, inverse_document_frequency, weighted
from scsr.errors import EstimationError

__all__ = ["dominant_by_run", "topic_prevalence", "topic_shares"]

#: Fewer documents than this in a group, and no share is given.
SMALLEST_GROUP = 20
DRAWS = 2_000
#: Runs that each say what every document is about; more tell little more of how much they differ.
RUNS = 20
ESTIMAND = "share of documents in which the topic dominates"
INDEPENDENT = ("documents are independent",)


def dominant_by_run(model: ConsensusModel, documents: Documents) -> np.ndarray:
    """Return which topic dominates each document by the topics of each run.

    Returns
    -------
    ndarray of int, shape (min(n_runs, 20), n_documents)
        A topic of the consensus, or -1 where no lemma of the document is known.
    """
    counts = doc_term_matrix(documents, model.vocabulary)
    matrix = weighted(counts, inverse_document_frequency(counts)) if model.engine == "nmf" else counts
    found = np.full((min(model.n_runs, RUNS), len(documents)), -1)
    for run, (topics, labels) in enumerate(zip(model.run_topics[:RUNS], model.run_labels[:RUNS], strict=True)):
        member = np.eye(model.n_topics)[labels]
        mixed = fold_in(matrix, topics.astype(float), model.engine) @ member
        found[run] = np.where(mixed.sum(axis=1) > 0, mixed.argmax(axis=1), -1)
    return found


def topic_shares(
    model: ConsensusModel,
    documents: Documents,
    *,
    dominant: np.ndarray | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> tuple[Estimate, ...]:
    """Return each topic's share of all documents, as ``topic_share`` by topic; see :func:`topic_prevalence`."""
    if dominant is None:
        dominant = dominant_by_run(model, documents)
    found = estimates_of("topic_share", model, dominant, {}, np.full(len(documents), True), level, seed)
    return tuple(found)


def topic_prevalence(
    model: ConsensusModel,
    documents: Documents,
    groups: Sequence[str],
    *,
    by: str = "group",
    dominant: np.ndarray | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> tuple[Estimate, ...]:
    """Return each topic's share of the documents of each group.

    Parameters
    ----------
    model : ConsensusModel
    documents : sequence of sequences of str
        The documents that it was fitted to.
    groups : sequence of str
        The group of each document, such as its month, company or channel.
    by : str
        What the groups are.
    dominant : ndarray, optional
        By :func:`dominant_by_run`, where several groupings share it.
    level : float
    seed : int

    Returns
    -------
    tuple of Estimate
        ``topic_prevalence`` by topic and group: the share by the consensus; percentiles of draws, each of a run and of
        as many documents from that run's shares, widened to hold Wilson's interval of the consensus's share.

    Raises
    ------
    EstimationError
        If groups and documents are not as many, or the documents not as many as the model was fitted to.

    References
    ----------
    Grimmer & Stewart (2013), *Text as data*, Political Analysis 21 (that topics' own uncertainty belongs in what is
    computed from them); Rubin (1987), *Multiple imputation* (between-fit and within-fit variation).
    """
    if len(groups) != len(documents):
        raise EstimationError(f"{len(groups)} groups for {len(documents)} documents; give one for each document")
    labels = np.array(list(groups), dtype=object)
    if dominant is None:
        dominant = dominant_by_run(model, documents)
    estimates: list[Estimate] = []
    for place, label in enumerate(sorted(set(labels))):
        found = estimates_of("topic_prevalence", model, dominant, {by: label}, labels == label, level, [seed, place])
        estimates += found
    return tuple(estimates)


def estimates_of(
    name: str,
    model: ConsensusModel,
    dominant: np.ndarray,
    group: Mapping[str, str],
    members: np.ndarray,
    level: float,
    seed: int | Sequence[int],
) -> list[Estimate]:
    """Return the share of each topic among the members, a mask of documents."""
    if dominant.shape[1] != len(model.dominant):
        raise EstimationError(
            f"the model was fitted to {len(model.dominant)} documents, not {dominant.shape[1]}; give those"
        )
    members = members & (model.dominant >= 0)
    keys = [{"topic": str(topic + 1)} | dict(group) for topic in range(model.n_topics)]
    n = int(members.sum())
    told = [run[run >= 0] for run in dominant[:, members]]
    by_run = np.array([np.bincount(run, minlength=model.n_topics) / len(run) for run in told if len(run)])
    if n < SMALLEST_GROUP or not len(by_run):
        few = f"{n} documents with known words are fewer than {SMALLEST_GROUP}"
        reason = few if n < SMALLEST_GROUP else "no run finds a topic in these documents"
        return [not_estimable(name, ESTIMAND, "share", reason, by=key, n=n, level=level) for key in keys]
    rng = np.random.default_rng(seed)
    counts = np.bincount(model.dominant[members], minlength=model.n_topics)
    drawn = rng.multinomial(n, by_run[rng.integers(0, len(by_run), DRAWS)]) / n
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    how = f"share by the consensus; percentiles over {len(by_run)} fits to resampled documents, and Wilson's interval"
    estimates = []
    for topic, key in enumerate(keys):
        least, most = wilson(int(counts[topic]), n, level)
        estimates.append(
            Estimate(
                name, ESTIMAND, "share", int(counts[topic]) / n, min(low[topic], least), max(high[topic], most), n, how,
                key, INDEPENDENT, level,
            )
        )  # fmt: skip
    return estimates
