"""Utterances drawn for people to label."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis import labels
from scsr.analysis.labels.sheet import even_shares, proportional
from scsr.errors import EstimationError


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    n = 120
    return pd.DataFrame(
        {
            "utterance_id": [f"u{i:03}" for i in range(n)],
            "text": [f"text number {i % 110}" for i in range(n)],
            "title": None,
            "language": (["sv"] * 6 + ["nb"] * 5 + ["other"]) * 10,
            "language_detail": ([None] * 11 + ["da"]) * 10,
            "source": ["blog", "log", "log"] * 40,
            "speaker_role": (["customer"] * 9 + ["firm"]) * 12,
        }
    )


def test_same_number_of_each_language_and_nobody_of_the_firm(table):
    sheet = labels.draw_sheet(table, n=40)
    assert sheet["language"].value_counts().to_dict() == {"sv": 20, "nb": 20}
    drawn = table.set_index("utterance_id").loc[sheet["utterance_id"]]
    assert (drawn["speaker_role"] == "customer").all()
    assert not drawn["text"].duplicated().any()
    assert drawn["source"].value_counts()["log"] == pytest.approx(27, abs=3)


def test_the_same_seed_draws_the_same(table):
    first = labels.draw_sheet(table, n=30)
    assert first.equals(labels.draw_sheet(table.sample(frac=1, random_state=3).sort_index(), n=30))
    assert not first.equals(labels.draw_sheet(table, n=30, seed=2))
    assert len(labels.draw_sheet(table, n=10_000)) < 110


def test_nothing_to_draw(table):
    with pytest.raises(EstimationError, match="n=0"):
        labels.draw_sheet(table, n=0)
    with pytest.raises(EstimationError, match="no utterance to label in sv, nb, nn, is; .* is in da"):
        labels.draw_sheet(table[table["language"] == "other"])
    with pytest.raises(EstimationError, match="in xx; .* is in da, nb, sv"):
        labels.draw_sheet(table, languages=["xx"])


def test_other_languages_are_drawn_when_asked_for(table):
    sheet = labels.draw_sheet(table, n=12, languages=["da", "sv"])
    assert sheet["language"].value_counts().to_dict() == {"sv": 6, "da": 6}
    assert labels.draw_sheet(table, n=5, languages="sv")["language"].unique().tolist() == ["sv"]
    assert labels.describe_sheet(sheet).startswith("12 utterances (da 6, sv 6)")


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 60), min_size=1), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_shares_add_up(sizes, n):
    even = even_shares(pd.Series(sizes), n)
    assert sum(even.values()) == min(n, sum(sizes.values()))
    assert all(even[name] <= sizes[name] for name in sizes)
    short = min(n, sum(sizes.values()))
    fair = proportional(pd.Series(sizes), short)
    assert sum(fair.values()) == short
    assert all(fair[name] <= sizes[name] for name in sizes)
