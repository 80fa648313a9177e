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


@pytest.fixture
def anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show numbers that rest on anybody."""
    monkeypatch.setenv("SCSR_SMALLEST_CELL", "1")


def test_contents_count_what_is_not_stated_too(anybody: None) -> None:
    counts = coverage.contents(utterances(), "company")
    assert counts.to_dict() == {"not stated": 3, "Ekonet": 2}
    assert counts.sum() == 5


def written(**people: int) -> pd.DataFrame:
    """So many people wrote two utterances each in each language, in January 2023, and one in March."""
    rows = [(language, f"{language}{n}", f"2023-0{month}-05") for language, size in people.items()
            for n in range(size) for month in (1, 1, 3)[: 3 if n == 0 else 2]]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["language", "speaker_id", "published_at"])
    return frame.assign(published_at=pd.to_datetime(frame["published_at"], utc=True), source=frame["language"])


def test_few_people_are_counted_with_others_and_nothing_is_lost() -> None:
    counts = coverage.contents(written(sv=40, nb=20, nn=6, other=3), "language")
    assert counts.to_dict() == {"sv": 81, "nb": 41, "nn, other": 20}
    counts = coverage.contents(written(a=40, b=2, c=2, d=2, e=2), "language")
    assert counts.to_dict() == {"a": 81, "others, few people each": 20}
    table = coverage.missing_values(written(sv=40, nb=6, nn=2), ["published_at"])
    assert table.to_dict("records") == [
        {"source": "nb, nn", "n": 18, "published_at": 1.0},
        {"source": "sv", "n": 81, "published_at": 1.0},
    ]


def test_months_of_few_people_have_no_number() -> None:
    table = coverage.monthly(written(sv=40, nb=20)).pivot_table("estimate", "group", "period_start", dropna=False)
    assert table.loc["sv"].isna().tolist() == [True, False, True]
    assert table["2023-02-01"].tolist() == [0, 0]


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


def test_each_source_says_how_much_it_states(anybody: None) -> None:
    table = coverage.missing_values(utterances(), ["company", "published_at"])
    assert table.to_dict("records") == [
        {"source": "log", "n": 3, "company": pytest.approx(2 / 3), "published_at": 1.0},
        {"source": "pages", "n": 2, "company": 0.0, "published_at": 0.5},
    ]


def test_months_without_utterances_count_as_none(anybody: None) -> None:
    table = coverage.monthly(utterances())
    swedish = table[table["group"] == "sv"]
    assert swedish["estimate"].tolist() == [1, 0, 1]
    assert table["estimate"].sum() == 4
    assert str(swedish["period_start"].iloc[1].date()) == "2023-02-01"
