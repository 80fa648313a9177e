from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scsr import schema
from scsr.analysis import topics
from scsr.analysis.topics.recurrence import mean_recurrence
from scsr.errors import EstimationError

MATTERS = {
    "leverans": ["paket", "leverans", "bud", "försening", "adress", "ombud"],
    "faktura": ["faktura", "avgift", "ränta", "betalning", "påminnelse", "autogiro"],
    "väntan": ["telefonkö", "väntetid", "minut", "samtal", "svar", "handläggare"],
}


def drawn(n: int = 240, length: int = 9, seed: int = 1) -> tuple[list[list[str]], np.ndarray]:
    """Documents of known topic: each draws most of its words from one matter, a few from any."""
    rng = np.random.default_rng(seed)
    words = list(MATTERS.values())
    truth = rng.integers(0, len(words), n)
    every = [word for matter in words for word in matter]
    documents = [
        [str(rng.choice(words[k])) if rng.random() < 0.9 else str(rng.choice(every)) for _ in range(length)]
        for k in truth
    ]
    return documents, truth


@pytest.mark.parametrize("engine", ["lda", "nmf", "gensim_lda", "gensim_nmf"])
def test_known_topics_are_recovered(engine: topics.model.Engine) -> None:
    documents, truth = drawn()
    model = topics.fit_topics(documents, 3, engine=engine)
    found = [set(terms) for terms in model.top_terms(6)]
    for matter in MATTERS.values():
        assert max(len(set(matter) & terms) for terms in found) >= 5
    table = pd.crosstab(truth, model.dominant)
    assert table.max(axis=1).sum() / len(documents) >= 0.9


@pytest.mark.parametrize("engine", ["lda", "nmf"])
def test_rows_are_shares_and_the_same_seed_gives_the_same_model(engine: topics.model.Engine) -> None:
    documents, _ = drawn()
    one, other = (topics.fit_topics(documents, 3, engine=engine, seed=4) for _ in range(2))
    assert np.allclose(one.term_weights.sum(axis=1), 1)
    assert np.allclose(one.doc_topic_matrix.sum(axis=1), 1)
    assert (one.term_weights == other.term_weights).all()
    assert 0 < one.diversity <= 1


def test_a_document_without_known_words_has_no_topic() -> None:
    documents, _ = drawn()
    documents += [["hapax"], []]
    model = topics.consensus_topics(documents, 3, n_runs=3)
    assert model.dominant[-2:].tolist() == [-1, -1]
    estimates = topics.topic_shares(model, documents)
    assert sum(one.estimate for one in estimates) == pytest.approx(1)
    assert {one.n for one in estimates} == {len(documents) - 2}


def test_the_engine_answers_to_the_length_of_the_documents() -> None:
    assert topics.choose_engine([5, 5, 0, 0]) == "lda"
    assert topics.choose_engine([90, 90, 3]) == "nmf"
    assert topics.choose_engine([]) == "lda"


@pytest.mark.parametrize(
    ("documents", "n_topics", "words"),
    [
        ([["a", "b"]] * 30, 1, "needs 2 or more"),
        ([["a", "b"]] * 30, 2, "too few for 2 topics"),
        ([[f"w{i}"] for i in range(100)], 2, "lemmas stand in 5 documents"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_the_reason(
    documents: list[list[str]], n_topics: int, words: str
) -> None:
    with pytest.raises(EstimationError, match=words):
        topics.fit_topics(documents, n_topics)


def test_overlap_is_one_with_itself_and_small_with_another_corpus() -> None:
    documents, _ = drawn()
    model = topics.fit_topics(documents, 3)
    assert topics.term_overlap(model, model).tolist() == [1, 1, 1]
    other = topics.fit_topics([[word[::-1] for word in document] for document in documents], 3)
    assert topics.term_overlap(model, other).max() < 0.2


def test_clear_topics_come_back_and_noise_does_not() -> None:
    documents, _ = drawn()
    whole, *each = topics.recurrence(topics.consensus_topics(documents, 3, n_runs=4, seed=2))
    assert whole.name == "topics_recurring"
    assert whole.estimate == 1
    assert [one.estimate for one in each] == [1, 1, 1]
    rng = np.random.default_rng(5)
    noise = [[f"w{i}" for i in rng.integers(0, 400, 9)] for _ in range(300)]
    accident = topics.consensus_topics(noise, 6, n_runs=4, seed=2)
    assert (topics.recurrence(accident)[0].estimate or 0) < 0.5


def test_the_mean_recurrence_has_a_t_interval_inside_of_0_and_1() -> None:
    one = mean_recurrence(np.array([0.5, 0.75, 1.0]), 0.95)
    assert one.estimate == pytest.approx(0.75)
    assert one.ci_low == pytest.approx(0.75 - 4.3027 * 0.25 / np.sqrt(3), abs=1e-3)
    assert one.ci_high == 1


def test_coherence_agrees_with_counting_by_hand() -> None:
    documents, _ = drawn(n=120)
    model = topics.fit_topics(documents, 3)
    by_gensim = topics.coherence(model, documents)
    sets = [set(document) for document in documents]  # documents fit in one window of ten words

    def share(*words: str) -> float:
        return sum(all(word in one for word in words) for one in sets) / len(sets)

    for topic, terms in enumerate(model.top_terms()):
        scores = []
        for i, a in enumerate(terms):
            for b in terms[:i]:
                joint = share(a, b) + 1e-12
                scores.append(np.log(joint / (share(a) * share(b))) / -np.log(joint))
        assert by_gensim[topic] == pytest.approx(np.mean(scores), abs=1e-6)


def test_the_number_of_topics_is_chosen_by_the_stated_rule() -> None:
    rng = np.random.default_rng(2)
    weights = rng.dirichlet(np.full(150, 0.08), 4)
    documents = [
        [f"w{term}" for term in rng.choice(150, 12, p=0.8 * weights[rng.integers(4)] + 0.2 / 150)] for _ in range(300)
    ]
    search = topics.choose_n_topics(documents, (2, 4, 7, 400), n_runs=3)
    assert search.table["n_topics"].tolist() == [2, 4, 7]
    assert search.n_topics == 4
    assert (search.table["held_out_gain"] > 0.1).all()
    for column in ("diversity", "exclusivity", "stability"):
        assert search.table[column].between(0, 1).all()
    with pytest.raises(EstimationError, match="too few for topics"):
        topics.choose_n_topics(documents[:20])


def corpus(language: str = "sv", n: int = 240) -> pd.DataFrame:
    documents, _ = drawn(n)
    rows = pd.DataFrame({"utterance_id": [f"{language}{i}" for i in range(n)], "language": language})
    rows["text"] = [" ".join(document) for document in documents]
    rows["lemmas"] = documents
    return schema.conform(rows, "utterances")


def test_each_language_has_its_own_topics_or_says_why_not() -> None:
    both = pd.concat([corpus(), corpus("is", 30)], ignore_index=True)
    swedish, icelandic = topics.topics_by_language(both, n_refits=2, n_topics=3)
    assert swedish.language == "sv"
    assert swedish.model is not None
    assert swedish.terms.groupby("topic").size().tolist() == [10, 10, 10]
    assert swedish.search is None
    assert [dict(one.by)["language"] for one in swedish.named("topics_recurring")] == ["sv"]
    assert icelandic.model is None
    assert "too few" in icelandic.reason
    table = topics.overview([swedish, icelandic])
    assert table["topics"].tolist() == [3, 0]
    assert topics.searches([swedish, icelandic]).empty
    label = swedish.labelled("topic_share")[0].group
    assert label.startswith("1: ")


def test_repeats_of_the_same_words_count_once() -> None:
    rows = corpus(n=100)
    chain = pd.concat([rows, *[rows.head(1)] * 60], ignore_index=True)
    assert topics.topics_by_language(chain, n_refits=2, n_topics=3)[0].n_documents == 100


def test_the_search_is_shown_where_the_number_was_chosen() -> None:
    (swedish,) = topics.topics_by_language(corpus(), n_refits=2)
    table = topics.searches([swedish])
    assert table["chosen"].isin(["yes", ""]).all()
    assert table.loc[table["chosen"].eq("yes"), "n_topics"].item() == swedish.model.n_topics  # type: ignore[union-attr]


def test_words_are_shown_as_the_corpus_writes_them() -> None:
    forms = topics.written_forms(["Fakturan kom.", "Var är fakturan?", "En faktura!"], "sv")
    assert forms["faktura"] == "fakturan"
