from __future__ import annotations

import pandas as pd
import pytest

from scsr import schema
from scsr.analysis import coverage
from scsr.analysis.intervals import wilson
from scsr.errors import EstimationError


def utterances() -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "utterance_id": list("abcde"),
            "source": ["log", "log", "log", "pages", "pages"],
            "company": ["Ekonet", None, "Ekonet", None, None],
            "language": ["sv", "sv", "nb", "sv", "is"],
            "language_confidence": [0.99, 0.5, 0.9, 0.95, 1.0],
            "published_at": ["2023-01-05", "2023-03-05", "2023-03-09", None, "2023-01-31"],
            "date_precision": ["minute", "day", "second", "none", "month"],
        }
    )
    return schema.conform(rows, "utterances")


def test_contents_count_what_is_not_stated_too() -> None:
    counts = coverage.contents(utterances(), "company")
    assert counts.to_dict() == {"not stated": 3, "Ekonet": 2}
    assert counts.sum() == 5


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(EstimationError, match="'likes'"):
        coverage.contents(utterances(), "likes")


def test_shares_are_counts_over_all_with_wilson_intervals() -> None:
    repeats = pd.DataFrame(
        {"utterance_id": ["e", "gone", "b"], "duplicate_of": ["a"] * 3, "how": ["near", "exact", "quoted"]}
    )
    repeated, dated, sure = coverage.corpus_shares(utterances(), repeats)
    assert [one.estimate for one in (repeated, dated, sure)] == [0.2, 0.6, 0.8]
    assert (repeated.ci_low, repeated.ci_high) == wilson(1, 5)
    assert {one.n for one in (repeated, dated, sure)} == {5}


def test_nothing_gives_no_share_but_the_reason() -> None:
    nothing = schema.empty("utterances")
    assert [one.reason for one in coverage.corpus_shares(nothing, schema.empty("duplicates"))] == [
        "there are no utterances"
    ] * 3
    assert coverage.missing_values(nothing).empty
    assert coverage.monthly(nothing).empty


def test_each_source_says_how_much_it_states() -> None:
    table = coverage.missing_values(utterances(), ["company", "published_at"])
    assert table.to_dict("records") == [
        {"source": "log", "n": 3, "company": pytest.approx(2 / 3), "published_at": 1.0},
        {"source": "pages", "n": 2, "company": 0.0, "published_at": 0.5},
    ]


def test_months_without_utterances_count_as_none() -> None:
    table = coverage.monthly(utterances())
    swedish = table[table["group"] == "sv"]
    assert swedish["estimate"].tolist() == [1, 0, 1]
    assert table["estimate"].sum() == 4
    assert str(swedish["period_start"].iloc[1].date()) == "2023-02-01"
