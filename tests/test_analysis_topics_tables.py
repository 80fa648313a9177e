from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scsr import schema
from scsr.analysis import topics
from scsr.analysis.disclosure import smallest_cell
from scsr.analysis.topics.places import places, word_distances
from scsr.analysis.topics.tables import COLUMNS, hidden_cells
from scsr.errors import EstimationError

WORDS = {
    "sv": (["faktura", "avgift", "betala", "inkasso", "kostnad", "ränta"], ["paket", "leverans", "post", "frakt", "brev", "bud"]),
    "nb": (["faktura", "gebyr", "betale", "inkasso", "kostnad", "rente"], ["pakke", "levering", "post", "frakt", "brev", "bud"]),
}  # fmt: skip
N = 240


@pytest.fixture(scope="module")
def found() -> tuple[topics.LanguageTopics, ...]:
    """Two matters in two languages: each through channels of its own, and letters of two people."""
    rng = np.random.default_rng(1)
    tables = []
    for language, matters in WORDS.items():
        lemmas = [[str(rng.choice(matters[n % 2])) for _ in range(8)] for n in range(N)]
        rows = pd.DataFrame({"utterance_id": [f"{language}{n:03}" for n in range(N)], "language": language})
        rows["text"], rows["lemmas"] = [" ".join(some) for some in lemmas], lemmas
        rows["channel"] = ["letter" if n > 200 else ("phone", "email", "chat", "forum")[n % 4] for n in range(N)]
        rows["speaker_id"] = [
            f"{language} letter writer {n % 2}" if n > 200 else f"{language}{n // 2}" for n in range(N)
        ]
        rows["published_at"] = pd.to_datetime(["2020-01-15" if n < 120 else "2020-02-15" for n in range(N)], utc=True)
        tables.append(schema.conform(rows, "utterances"))
    return topics.topics_by_language(pd.concat(tables, ignore_index=True), n_topics=2, n_refits=3)


@pytest.fixture(scope="module")
def tables(found: tuple[topics.LanguageTopics, ...]) -> topics.TopicTables:
    return topics.topic_tables(found, topics.common_space(found))


def test_every_table_has_its_columns_and_every_topic(tables: topics.TopicTables) -> None:
    for name, columns in COLUMNS.items():
        assert list(getattr(tables, name).columns) == columns, name
    assert tables.topics[["language", "topic"]].value_counts().to_dict() == {
        (language, topic): 1 for language in WORDS for topic in ("1", "2")
    }
    assert tables.languages.set_index("language")["n_topics"].to_dict() == {"sv": 2, "nb": 2}
    assert (tables.topics["ci_low"] < tables.topics["share"]).all()
    assert tables.topics["share"].between(0.4, 0.6).all()


def test_exclusivity_is_that_of_the_topic_and_its_terms_are_in_order(
    found: tuple[topics.LanguageTopics, ...], tables: topics.TopicTables
) -> None:
    one = found[0]
    assert one.model is not None
    means = tables.of(one.language).terms.groupby("topic")["exclusivity"].mean()
    assert np.allclose(means, topics.exclusivity(one.model))
    assert tables.terms.groupby(["language", "topic"])["weight"].is_monotonic_decreasing.all()
    bills = tables.terms[tables.terms["term"] == "faktura"].set_index("language")["exclusivity"]
    assert (bills > 0.5).any()


def test_runs_give_the_recurrence(found: tuple[topics.LanguageTopics, ...], tables: topics.TopicTables) -> None:
    assert found[0].model is not None
    back = tables.runs.groupby(["language", "topic"])["back"].mean()
    assert np.allclose(tables.topics.set_index(["language", "topic"])["recurrence"].sort_index(), back.sort_index())
    assert len(tables.runs) == 4 * found[0].model.n_runs
    assert tables.runs["words_in_common"].between(0, 10).all()


def test_partners_point_at_each_other(tables: topics.TopicTables) -> None:
    there = {tuple(row) for row in tables.partners[["language", "topic", "partner_language", "partner"]].to_numpy()}
    assert len(there) == 4
    assert there == {(language, topic, its, mine) for its, mine, language, topic in there}
    assert tables.topics["kind"].eq("shared").all()


def test_typical_documents_are_about_the_topic_and_of_different_writers(
    found: tuple[topics.LanguageTopics, ...], tables: topics.TopicTables
) -> None:
    one = found[0]
    assert one.model is not None
    rows = one.rows.reset_index(drop=True)
    assert tables.typical.groupby(["language", "topic"]).size().eq(5).all()
    for topic, some in tables.of(one.language).typical.groupby("topic"):
        theirs = rows[rows["utterance_id"].isin(some["utterance_id"])]
        assert theirs["speaker_id"].is_unique
        assert set(one.model.dominant[theirs.index]) == {int(str(topic)) - 1}
        assert some["share"].is_monotonic_decreasing


def test_a_group_of_few_people_is_hidden_and_what_would_tell_it(tables: topics.TopicTables) -> None:
    """Letters are two people's; with one more channel hidden, theirs cannot be had back from the topic's total."""
    by = tables.groups[tables.groups["by"] == "channel"]
    assert "letter" not in set(by["group"])
    assert by["group"].nunique() < 4
    assert len(by)
    assert tables.languages["n_cells_withheld"].gt(0).all()
    assert not tables.groups["n_people"].between(1, smallest_cell() - 1).any()


def test_periods_are_months_where_these_have_enough_people(tables: topics.TopicTables) -> None:
    assert set(tables.languages["period"]) == {"month"}
    assert set(tables.periods["period"]) == {"2020-01", "2020-02"}
    assert sorted(tables.periods["start"].unique()) == [pd.Timestamp("2020-01-01"), pd.Timestamp("2020-02-01")]


def test_thin_months_become_quarters_or_years(found: tuple[topics.LanguageTopics, ...]) -> None:
    days = pd.to_datetime("2020-01-01", utc=True) + pd.to_timedelta(np.arange(N) * 3, unit="D")
    thin = replace(found[0], rows=found[0].rows.assign(published_at=days))
    made = topics.topic_tables([thin], topics.common_space([thin]))
    assert set(made.languages["period"]) == {"quarter"}
    assert made.periods["period"].str.fullmatch(r"202\d quarter [1-4]").all()
    assert made.periods["start"].dt.month.isin([1, 4, 7, 10]).all()


def test_a_topic_of_few_people_is_in_no_table(found: tuple[topics.LanguageTopics, ...]) -> None:
    one = found[0]
    assert one.model is not None
    who = np.where(one.model.dominant == 1, "one busy writer", one.rows["speaker_id"].astype(str))
    lonely = replace(one, rows=one.rows.assign(speaker_id=who))
    made = topics.topic_tables([lonely], topics.common_space([lonely]))
    assert made.languages["n_withheld"].tolist() == [2], "the other topic would tell it"
    assert not any(len(getattr(made, name)) for name in COLUMNS if name != "languages")


def test_people_must_be_countable(found: tuple[topics.LanguageTopics, ...]) -> None:
    nameless = replace(found[0], rows=found[0].rows.drop(columns="speaker_id"))
    with pytest.raises(EstimationError, match="speaker_id"):
        topics.topic_tables([nameless], topics.common_space([nameless]))


def test_without_topics_the_tables_are_empty() -> None:
    made = topics.topic_tables([topics.LanguageTopics("is", 3, "too few")], ())
    assert all(list(getattr(made, name).columns) == columns for name, columns in COLUMNS.items())
    assert made.topics.empty


@given(arrays(int, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 12)))
def test_no_hidden_cell_stands_alone(counts: np.ndarray) -> None:
    hidden = hidden_cells(counts)
    assert hidden[(counts > 0) & (counts < smallest_cell())].all()
    for lines in (hidden, hidden.T):
        assert all(line.sum() != 1 or len(line) == 1 for line in lines)
    if not ((counts > 0) & (counts < smallest_cell())).any():
        assert not hidden.any()


@given(arrays(float, st.tuples(st.integers(2, 6), st.just(2)), elements=st.floats(-5, 5)))
def test_points_of_a_plane_keep_their_distances(points: np.ndarray) -> None:
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    where, kept = places(apart)
    assert np.allclose(np.linalg.norm(where[:, None] - where[None], axis=2), apart, atol=1e-5)
    assert kept == pytest.approx(1, abs=1e-6)


def test_places_do_not_answer_to_the_sign_of_an_axis() -> None:
    apart = word_distances(np.random.default_rng(3).dirichlet(np.ones(30), 6))
    where, kept = places(apart)
    assert 0 < kept < 1
    assert np.allclose(places(apart[::-1, ::-1])[0][::-1], where)
    assert np.allclose(apart, apart.T)
    assert (apart <= 1).all()
