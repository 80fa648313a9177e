"""How large each topic is, by month, company or channel, with the topics' own uncertainty in the intervals.

Shares given fitted topics have intervals that only know of sampling. Here every run of the consensus says on its own
which topic each document is about, so that an interval also widens where the runs draw a topic's border differently.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.topics.consensus import ConsensusModel
from scsr.analysis.topics.counts import Documents, doc_term_matrix
from scsr.analysis.topics.engines import fold_in, inverse_document_frequency, weighted
from scsr.errors import EstimationError

__all__ = ["dominant_by_run", "topic_prevalence"]

#: Fewer documents than this in a group, and no share is given.
SMALLEST_GROUP = 20
DRAWS = 2_000
#: Runs that each say what every document is about; more tell little more of how much they differ.
RUNS = 20
ESTIMAND = "share of documents in which the topic dominates"


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
        ``topic_prevalence`` by topic and group: the mean over runs; percentiles of draws, each of a run and of as many
        documents from its shares.

    Raises
    ------
    EstimationError
        If groups and documents are not as many.

    References
    ----------
    Grimmer & Stewart (2013), *Text as data*, Political Analysis 21 (that topics' own uncertainty belongs in what is
    computed from them); Rubin (1987), *Multiple imputation* (between-fit and within-fit variation).
    """
    if len(groups) != len(documents):
        raise EstimationError(f"{len(groups)} groups for {len(documents)} documents; give one for each document")
    rng = np.random.default_rng(seed)
    labels = np.array(list(groups), dtype=object)
    if dominant is None:
        dominant = dominant_by_run(model, documents)
    estimates: list[Estimate] = []
    for label in sorted(set(labels)):
        members = dominant[:, labels == label]
        members = members[:, members[0] >= 0]
        n = members.shape[1]
        if n < SMALLEST_GROUP:
            reason = f"{n} documents with known words are fewer than {SMALLEST_GROUP}"
            for topic in range(model.n_topics):
                key = {"topic": str(topic + 1), by: label}
                estimates.append(not_estimable("topic_prevalence", ESTIMAND, "share", reason, by=key, n=n, level=level))
            continue
        shares = np.array([np.bincount(run, minlength=model.n_topics) for run in members]) / n
        drawn = rng.multinomial(n, shares[rng.integers(0, len(shares), DRAWS)]) / n
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        for topic, share in enumerate(shares.mean(axis=0)):
            estimates.append(
                Estimate(
                    "topic_prevalence", ESTIMAND, "share", share, min(low[topic], share), max(high[topic], share), n,
                    f"mean over {len(dominant)} fits to resampled documents; percentiles over fits and documents",
                    {"topic": str(topic + 1), by: label}, ("documents are independent",), level,
                )
            )  # fmt: skip
    return tuple(estimates)
