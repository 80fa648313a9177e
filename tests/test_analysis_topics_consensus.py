from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scsr.analysis import topics
from scsr.analysis.topics import consensus
from scsr.analysis.topics.consensus import Run, cluster, fit_runs, lift, pair
from scsr.errors import EstimationError

MATTERS = (
    ["paket", "leverans", "bud", "försening", "adress", "ombud"],
    ["faktura", "avgift", "ränta", "betalning", "påminnelse", "autogiro"],
    ["telefonkö", "väntetid", "minut", "samtal", "svar", "handläggare"],
)


def drawn(n: int = 240, seed: int = 1) -> list[list[str]]:
    """Documents of nine words, nine in ten of them from one matter."""
    rng = np.random.default_rng(seed)
    every = [word for matter in MATTERS for word in matter]
    return [
        [str(rng.choice(MATTERS[k] if rng.random() < 0.9 else every)) for _ in range(9)] for k in rng.integers(0, 3, n)
    ]


@pytest.mark.parametrize("engine", ["lda", "nmf"])
def test_a_consensus_has_exactly_the_number_asked_for_and_each_topic_its_recurrence(
    engine: topics.model.Engine,
) -> None:
    documents = drawn()
    model = topics.consensus_topics(documents, 5, n_runs=3, engine=engine)
    assert model.n_topics == 5
    assert len(model.top_terms()) == 5
    assert model.overlaps.shape == (3, 5)
    assert (np.sort(model.run_labels, axis=1) == np.arange(5)).all()
    assert np.allclose(model.term_weights.sum(axis=1), 1)
    assert np.allclose(model.doc_topic_matrix.sum(axis=1), 1)


def test_topics_stand_by_size() -> None:
    documents = drawn()
    sizes = topics.consensus_topics(documents, 3, n_runs=3).doc_topic_matrix.sum(axis=0)
    assert (np.diff(sizes) <= 0).all()


@pytest.mark.slow
def test_one_and_two_workers_give_the_same_topics() -> None:
    documents = drawn(120)
    one, two = (topics.consensus_topics(documents, 3, n_runs=2, workers=workers) for workers in (1, 2))
    assert (one.term_weights == two.term_weights).all()
    assert one.top_terms() == two.top_terms()


@pytest.mark.parametrize(
    ("arguments", "words"), [({"n_runs": 1}, "2 runs or more"), ({"engine": "gensim_lda"}, "made by")]
)
def test_what_makes_no_consensus_is_refused(arguments: dict[str, object], words: str) -> None:
    documents = drawn(80)
    with pytest.raises(EstimationError, match=words):
        topics.consensus_topics(documents, 3, **arguments)  # type: ignore[arg-type]


def test_clusters_answer_to_what_tells_topics_apart() -> None:
    common = np.array([0.6, 0.4, 0, 0, 0])
    stacked = np.array([common * 0.8 + 0.2 * np.eye(5)[place] for place in (2, 3, 4, 2, 3, 4)])
    labels = cluster(stacked, 3)
    assert labels[:3].tolist() == labels[3:].tolist()
    assert len(set(labels)) == 3
    assert lift(stacked, stacked.mean(axis=0))[0].argmax() == 2


def test_each_run_gives_one_topic_to_each_cluster_whatever_its_order() -> None:
    rng = np.random.default_rng(5)
    true = rng.dirichlet(np.full(40, 0.1), 6)
    orders = np.array([rng.permutation(6) for _ in range(8)])
    runs = np.array([0.8 * true[order] + 0.2 * rng.dirichlet(np.full(40, 0.1), 6) for order in orders])
    labels = pair(runs, 6)
    # two topics share a label wherever they come from the same true topic, and nowhere else
    assert len({(int(a), int(b)) for a, b in zip(orders.ravel(), labels.ravel(), strict=True)}) == 6


def test_a_run_draws_no_more_documents_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_rows: list[int] = []

    def watched(counts: Any, *_: object, **__: object) -> tuple[np.ndarray, None]:
        drawn_rows.append(counts.shape[0])
        return np.eye(2), None

    monkeypatch.setattr(consensus, "sample_lda", watched)
    monkeypatch.setattr(consensus, "DRAWN", 7)
    fit_runs(Run(csr_matrix(np.ones((20, 2))), ("a", "b"), 2, "lda", 1), [1, 2])
    fit_runs(Run(csr_matrix(np.ones((5, 2))), ("a", "b"), 2, "lda", 1), [1])
    assert drawn_rows == [7, 7, 5]


def test_disjoint_groups_of_runs_agree_more_than_single_runs() -> None:
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.full(300, 0.05), 6)
    documents = [
        [f"w{term:03d}" for term in rng.choice(300, 12, p=0.7 * weights[rng.integers(6)] + 0.3 / 300)]
        for _ in range(400)
    ]
    single = topics.term_overlap(*(topics.fit_topics(documents, 6, seed=seed) for seed in (1, 2))).mean()
    many = topics.term_overlap(*(topics.consensus_topics(documents, 6, n_runs=10, seed=s) for s in (1, 2))).mean()
    assert many >= single
    assert many > 0.7
