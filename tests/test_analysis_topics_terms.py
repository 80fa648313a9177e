from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scsr.analysis import topics
from scsr.analysis.topics.counts import corpus_hash, doc_term_matrix, join_phrases
from scsr.analysis.topics.engines import fold_in, inverse_document_frequency, weighted
from scsr.analysis.topics.terms import association, diversity_of, list_terms, windows

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


def test_association_is_high_for_what_stands_together_and_low_for_what_never_does() -> None:
    documents = [["a", "b"]] * 50 + [["c", "d"]] * 50
    present = windows(documents, ("a", "b", "c", "d"))
    found = association(present, np.arange(4))
    assert found[0, 1] > 0.8
    assert found[0, 2] < -0.3
    assert (np.diag(found) == 0).all()
    assert np.allclose(found, found.T)


def test_one_chance_meeting_of_rare_terms_proves_little() -> None:
    documents = [["rare", "other"]] + [["common", "word"]] * 200 + [[]] * 100
    present = windows(documents, ("common", "other", "rare", "word"))
    found = association(present, np.arange(4))
    assert present.shape[0] == 201
    assert np.isfinite(found).all()


def test_a_term_that_keeps_no_company_is_listed_later() -> None:
    documents = [["a", "b", "c"]] * 40 + [["x"]] * 40
    present = windows(documents, ("a", "b", "c", "x"))
    listed = list_terms(np.array([[0.2, 0.25, 0.25, 0.3]]), present)
    assert listed[0, -1] == 3


def test_terms_are_spread_where_all_topics_would_list_the_same() -> None:
    rng = np.random.default_rng(1)
    weights = np.full((4, 60), 1e-4)
    weights[:, :10] = 1
    for topic in range(4):
        weights[topic, 10 + 10 * topic : 20 + 10 * topic] = 0.5 + 0.01 * rng.random(10)
    weights += 1e-3 * rng.random(weights.shape)
    weights /= weights.sum(axis=1, keepdims=True)
    present = csr_matrix(np.ones((3, 60)))
    assert diversity_of(list_terms(weights, present)[:, :10]) >= 0.7


@pytest.mark.parametrize("engine", ["lda", "nmf"])
def test_folding_documents_in_gives_what_the_fit_gave(engine: topics.model.Engine) -> None:
    documents = drawn()
    model = topics.fit_topics(documents, 3, engine=engine)
    counts = doc_term_matrix([*documents, []], model.vocabulary)
    matrix = counts if engine == "lda" else weighted(counts, inverse_document_frequency(counts))
    again = fold_in(matrix, model.term_weights, engine)
    assert (again[:-1].argmax(axis=1) == model.dominant).mean() > 0.97
    assert again[-1].tolist() == [0, 0, 0]


def test_phrases_are_joined_and_the_rest_is_left() -> None:
    texts = [["long", "queue"], ["parcel", "lost", "today"]] * 30
    joined = join_phrases(texts, threshold=0.5)
    assert "parcel_lost" in joined[1]
    assert join_phrases([["a", "b"]]) == [["a", "b"]]


def test_the_hash_answers_to_order_and_to_the_borders_of_documents() -> None:
    assert corpus_hash([["a"], ["b"]]) == corpus_hash([["a"], ["b"]])
    assert len({corpus_hash(one) for one in ([["a"], ["b"]], [["b"], ["a"]], [["a", "b"]], [["ab"]])}) == 4


def test_exclusivity_and_held_out_gain() -> None:
    documents = drawn()
    model = topics.fit_topics(documents[:180], 3)
    assert ((topics.exclusivity(model) > 0.5) & (topics.exclusivity(model) <= 1)).all()
    gain = topics.held_out_gain(model, documents[180:])
    assert gain > 0.5
    shuffled = [[model.vocabulary[i] for i in np.random.default_rng(n).integers(0, 18, 9)] for n in range(60)]
    assert topics.held_out_gain(model, shuffled) < gain / 2
    assert np.isnan(topics.held_out_gain(model, [["unknown"], []]))
