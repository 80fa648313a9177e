"""Topics of several languages in one space, their prevalence, their use on new documents, and content features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scsr.analysis import topics
from scsr.analysis.intervals import wilson
from scsr.analysis.topics.crossing import joined, matched_concepts
from scsr.analysis.topics.prevalence import dominant_by_run
from scsr.errors import EstimationError
from scsr.text import concepts

LANGUAGES = ("sv", "nb", "nn", "is")
THEMES = (
    ("invoice", "hidden_fee", "payment"),
    ("delivery", "parcel", "order"),
    ("queue", "waiting_time", "phone_line"),
    ("flight", "luggage", "booking"),
    ("repair", "warranty", "defect"),
)


def planted(language: str, n: int = 300, seed: int = 1) -> tuple[list[list[str]], np.ndarray, list[str], np.ndarray]:
    """Documents of known topics: a third of a topic's words are in the lexicon, the others in no other language."""
    rng = np.random.default_rng(seed)
    lexicon = concepts.lexicon(language)
    known = [[lemma for lemma, claimed in lexicon.items() if set(claimed) & set(theme)] for theme in THEMES]
    own = [[f"{language}{topic}x{word:02d}" for word in range(25)] for topic in range(len(THEMES))]
    words = sorted({word for group in (*known, *own) for word in group})
    place = {word: column for column, word in enumerate(words)}
    truth = np.full((len(THEMES), len(words)), 0.1 / len(words))
    for topic in range(len(THEMES)):
        truth[topic, [place[w] for w in known[topic]]] += 0.3 * rng.dirichlet(np.ones(len(known[topic])))
        truth[topic, [place[w] for w in own[topic]]] += 0.6 * rng.dirichlet(np.ones(25))
    drawn = rng.integers(0, len(THEMES), n)
    documents = [[words[w] for w in rng.choice(len(words), 15, p=truth[topic])] for topic in drawn]
    return documents, drawn, words, truth


@pytest.fixture(scope="module")
def four() -> dict[str, tuple[list[list[str]], np.ndarray, topics.ConsensusModel, np.ndarray]]:
    """Four languages: documents, their true topics, the model, and the true topic of each of its topics."""
    found = {}
    for seed, language in enumerate(LANGUAGES):
        documents, drawn, words, truth = planted(language, seed=seed)
        model = topics.consensus_topics(documents, len(THEMES), n_runs=4)
        weights = np.zeros_like(truth)
        weights[:, [words.index(lemma) for lemma in model.vocabulary]] = model.term_weights
        cosine = (weights @ truth.T) / np.outer(np.linalg.norm(weights, axis=1), np.linalg.norm(truth, axis=1))
        assert cosine.max(axis=1).min() >= 0.9
        found[language] = (documents, drawn, model, cosine.argmax(axis=1))
    return found


def test_planted_topics_are_recovered_in_each_language(four) -> None:  # type: ignore[no-untyped-def]
    for documents, drawn, model, meant in four.values():
        assert sorted(meant) == list(range(len(THEMES)))
        assert (meant[model.dominant] == drawn).mean() >= 0.9
        assert len(documents) == len(drawn)


def test_planted_topics_are_matched_across_languages(four) -> None:  # type: ignore[no-untyped-def]
    space = topics.match_topics({k: v[2] for k, v in four.items()}, {k: v[0] for k, v in four.items()})
    pairs = [
        four[a][3][i] == four[b][3][j]
        for one in space
        for place, (a, i) in enumerate(one.topics)
        for b, j in one.topics[:place]
    ]
    assert len(pairs) >= 0.95 * len(THEMES) * 6
    assert np.mean(pairs) >= 0.95
    assert sorted(member for one in space for member in one.topics) == sorted(
        (language, topic) for language in LANGUAGES for topic in range(len(THEMES))
    )
    for one in space[: len(THEMES)]:
        assert one.shared
        theme = THEMES[four[one.topics[0][0]][3][one.topics[0][1]]]
        assert set(one.concepts) & set(theme)


def test_a_topic_without_a_like_is_its_languages_own(four) -> None:  # type: ignore[no-untyped-def]
    documents = [[f"z{theme}{word}" for word in range(10)] for theme in range(2)] * 40
    model = topics.fit_topics(documents, 2)
    space = topics.match_topics({"sv": four["sv"][2], "nb": model}, {"sv": four["sv"][0], "nb": documents})
    assert not any(one.shared for one in space)
    assert all(np.isnan(one.likeness) for one in space)
    assert topics.match_topics({}, {}) == ()


def test_no_language_stands_twice_in_a_shared_topic() -> None:
    likeness = np.full((4, 4), 0.9)
    assert joined(["sv", "sv", "nb", "nb"], likeness, 0.3) == [[0, 2], [1, 3]]
    assert joined(["sv", "nb"], np.array([[1, 0.2], [0.2, 1]]), 0.3) == [[0], [1]]
    assert matched_concepts(np.zeros(len(concepts.concepts()))) == ()


def test_prevalence_is_right_by_group_and_its_intervals_know_of_the_runs(four) -> None:  # type: ignore[no-untyped-def]
    documents, drawn, model, meant = four["sv"]
    groups = ["a" if topic == 0 else "b" for topic in drawn]
    groups[:5] = ["few"] * 5
    estimates = topics.topic_prevalence(model, documents, groups, by="channel")
    found = {(dict(one.by)["topic"], dict(one.by)["channel"]): one for one in estimates}
    assert len(found) == 3 * model.n_topics
    invoices = str(int(np.flatnonzero(meant == 0)[0]) + 1)
    assert found[invoices, "a"].estimate > 0.9  # type: ignore[operator]
    assert found[invoices, "b"].estimate < 0.1  # type: ignore[operator]
    assert "fewer than 20" in found["1", "few"].reason
    assert all(one.ci_low <= one.estimate <= one.ci_high for one in estimates if one.ok)  # type: ignore[operator]
    assert dominant_by_run(model, [*documents[:3], ["unheard"]])[:, 3].tolist() == [-1] * model.n_runs
    with pytest.raises(EstimationError, match="one for each document"):
        topics.topic_prevalence(model, documents, ["a"])


def test_runs_that_disagree_widen_the_intervals() -> None:
    rng = np.random.default_rng(2)
    noise = [[f"w{i}" for i in rng.integers(0, 60, 12)] for _ in range(400)]
    model = topics.consensus_topics(noise, 3, n_runs=5)
    estimate = topics.topic_shares(model, noise)[0]
    low, high = wilson(round((estimate.estimate or 0) * 400), 400, 0.95)
    assert (estimate.ci_high or 0) - (estimate.ci_low or 0) > high - low
    with pytest.raises(EstimationError, match="fitted to 400 documents, not 399"):
        topics.topic_shares(model, noise[1:])


def test_a_run_that_knows_no_topic_of_a_document_leaves_it_out() -> None:
    documents, _, _, _ = planted("sv")
    model = topics.consensus_topics(documents, 3, n_runs=3, n_sweeps=60)
    runs = dominant_by_run(model, documents)
    runs[1, ::2] = -1
    found = topics.topic_shares(model, documents, dominant=runs)
    assert sum(one.estimate or 0 for one in found) == pytest.approx(1)
    runs[:] = -1
    assert all("no run" in one.reason for one in topics.topic_shares(model, documents, dominant=runs))


def test_shares_are_those_that_documents_were_drawn_with() -> None:
    shares, errors, covered = np.array([0.5, 0.3, 0.2]), [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        weights = rng.dirichlet(np.full(120, 0.1), 3)
        meant = rng.choice(3, 300, p=shares)
        documents = [[f"w{i}" for i in rng.choice(120, 9, p=0.8 * weights[k] + 0.2 / 120)] for k in meant]
        model = topics.consensus_topics(documents, 3, n_runs=8, n_sweeps=60)
        of = [np.bincount(meant[model.dominant == topic]).argmax() for topic in range(3)]
        for topic, one in zip(of, topics.topic_shares(model, documents), strict=True):
            errors.append(abs((one.estimate or 0) - shares[topic]))
            covered.append((one.ci_low or 0) <= shares[topic] <= (one.ci_high or 0))
    assert np.mean(errors) < 0.05
    assert np.mean(covered) > 0.8


@pytest.mark.parametrize("engine", ["lda", "nmf"])
def test_a_saved_model_assigns_new_documents(engine: topics.model.Engine, tmp_path: Path) -> None:
    documents, drawn, _, _ = planted("sv")
    new, meant, _, _ = planted("sv", n=60, seed=1)
    model = topics.fit_topics(documents, len(THEMES), engine=engine)
    path = tmp_path / "model.npz"
    topics.save_topics(model, path, documents=documents, language="sv", parameters={"n_topics": 5})
    first = path.read_bytes()
    topics.save_topics(model, path, documents=documents, language="sv", parameters={"n_topics": 5})
    assert path.read_bytes() == first
    saved = topics.load_topics(path, language="sv", documents=documents)
    assert saved.parameters == {"n_topics": 5}
    assert saved.model.top_terms() == model.top_terms()
    table = pd.crosstab(meant, topics.assign_topics(saved.model, new).argmax(axis=1))
    assert table.max(axis=1).sum() / len(new) >= 0.9
    assert len(drawn) == len(documents)


def test_a_saved_model_refuses_what_it_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents, *_ = planted("sv", n=100)
    model = topics.fit_topics(documents, 2)
    path = tmp_path / "model.npz"
    with pytest.raises(EstimationError, match=r"ends in \.npz"):
        topics.save_topics(model, tmp_path / "model", documents=documents, language="sv")
    with pytest.raises(EstimationError, match="fitted to 100 documents, not 99"):
        topics.save_topics(model, path, documents=documents[1:], language="sv")
    with pytest.raises(EstimationError, match="not a saved topic model"):
        topics.load_topics(path)
    topics.save_topics(model, path, documents=documents, language="sv")
    with pytest.raises(EstimationError, match="language of the documents is another"):
        topics.load_topics(path, language="nb")
    with pytest.raises(EstimationError, match="documents are others"):
        topics.load_topics(path, documents=documents[::-1])
    with monkeypatch.context() as patched:
        patched.setattr(concepts, "fingerprint", lambda _: "another")
        with pytest.raises(EstimationError, match="lexicon or the lemmatiser has changed"):
            topics.load_topics(path)
    with np.load(path) as stored:
        arrays = dict(stored)
    np.savez(path, **(arrays | {"idf": arrays["idf"] + 1}))
    with pytest.raises(EstimationError, match="not those that were saved"):
        topics.load_topics(path)
    np.savez(path, **(arrays | {"about": np.array('{"format": 99}')}))
    with pytest.raises(EstimationError, match="format 99"):
        topics.load_topics(path)


def test_replies_are_coded_and_counted_by_feature() -> None:
    rows = pd.DataFrame(
        {
            "speaker_role": ["firm", "employee", "customer", "firm"],
            "language": ["sv", "nb", "sv", "fi"],
            "company": ["A", "B", "A", "A"],
            "lemmas": [["beklaga", "framtid"], ["love", "rask"], ["lova"], ["lova"]],
        }
    )
    coded = topics.code_replies(rows)
    assert len(coded) == 2
    assert coded["openness"].tolist() == [True, False]
    assert coded["long_term_view"].tolist() == [True, False]
    assert coded["quick_response"].tolist() == [False, True]
    whole = {dict(one.by)["feature"]: one for one in topics.reply_features(rows)}
    assert whole["credibility"].estimate == 0.5
    assert whole["credibility"].n == 2
    grouped = topics.reply_features(rows, by="company")
    assert {dict(one.by)["company"] for one in grouped} == {"A", "B"}
    assert "no replies" in topics.reply_features(rows.iloc[2:])[0].reason
