"""How often each topic of a consensus comes back, as estimates."""

from __future__ import annotations

import numpy as np
from scipy import stats

from scsr.analysis.estimates import Estimate
from scsr.analysis.intervals import wilson
from scsr.analysis.topics.consensus import ConsensusModel

__all__ = ["recurrence"]

EXCHANGEABLE = ("documents are exchangeable",)
#: Jaccard similarity of top-ten terms from which a topic counts as come back: 4 of 10 terms in common.
ALIKE = 0.25


def recurrence(model: ConsensusModel, *, alike: float = ALIKE, level: float = 0.95) -> tuple[Estimate, ...]:
    """Count in how many runs on resampled documents each topic comes back.

    Parameters
    ----------
    model : ConsensusModel
    alike : float
        Jaccard similarity of top-ten terms from which a topic counts as come back; .25 is 4 of 10 terms in common.
    level : float

    Returns
    -------
    tuple of Estimate
        ``topics_recurring``, the share of topics that a run brings back, then ``topic_recurrence`` for each topic:
        the share of runs, with a Wilson interval for their number.
    """
    back = model.overlaps >= alike
    how = (
        f"bootstrap of documents, topics of each run matched by top-ten terms (Jaccard of {alike:g} or more); "
        "Wilson interval for the number of runs"
    )
    estimates = []
    for topic, count in enumerate(back.sum(axis=0)):
        low, high = wilson(int(count), model.n_runs, level)
        estimates.append(
            Estimate(
                "topic_recurrence", "share of refits on resampled documents in which the topic comes back", "share",
                int(count) / model.n_runs, low, high, model.n_runs, how, {"topic": str(topic + 1)}, EXCHANGEABLE, level,
            )
        )  # fmt: skip
    return (mean_recurrence(back.mean(axis=1), level), *estimates)


def mean_recurrence(found: np.ndarray, level: float) -> Estimate:
    """Estimate the share of topics that a run brings back, runs being the units."""
    mean, n = float(found.mean()), len(found)
    half = float(stats.t.isf((1 - level) / 2, n - 1) * found.std(ddof=1) / np.sqrt(n)) if n > 1 else 1.0
    return Estimate(
        "topics_recurring", "share of topics that a refit on resampled documents brings back", "share", mean,
        max(0.0, mean - half), min(1.0, mean + half), n, "mean over runs with t interval", (), EXCHANGEABLE, level,
    )  # fmt: skip
