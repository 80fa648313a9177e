"""Counting on numbers and on a condensed corpus: the same as the former way on text, row by row."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import complaints
from scsr.analysis.complaints import complaint_counts, complaint_shares, condensed, summary
from scsr.analysis.complaints.codes import codes, combined, distinct, runs
from scsr.analysis.complaints.tally import CATEGORIES, joined, month_number, plain
from scsr.errors import EstimationError

UTTERANCE = st.tuples(
    st.sampled_from(["complaint", "question", "reply", None]),
    st.sampled_from(["log", "blog"]),
    st.sampled_from(["Ekonet", "Fjelltel", "Unknown", None]),
    st.sampled_from(["telecom", "energy", None]),
    st.sampled_from(["SE", "NO", None]),
    st.sampled_from(["email", "phone", "chat", None]),
    st.sampled_from(
        ["2022-12-31 23:59", "2023-01-01 00:00", "2023-01-31 12:00", "2023-02-28 00:00", "2023-06-15 00:00", None]
    ),
    st.sampled_from([*"abcdefgh", None]),
    st.sampled_from(["customer", "firm"]),
    st.sampled_from(["negative", "positive", None]),
    st.sampled_from(["sv", "nb"]),
)
NAMES = [
    "kind", "source", "company", "sector", "country", "channel", "published_at", "speaker_id", "speaker_role", "valence",
    "language",
]  # fmt: skip


def corpus(rows: list[tuple]) -> pd.DataFrame:
    return schema.conform(pd.DataFrame(rows, columns=NAMES), "utterances")


def batches(said: pd.DataFrame, size: int = 3) -> list[pa.RecordBatch]:
    stated = said[list(complaints.READ)]
    stated = stated.astype(dict.fromkeys(stated.select_dtypes("category"), "string"))
    table = pa.Table.from_pandas(stated, preserve_index=False)
    return table.to_batches(max_chunksize=size)


@cache
def exposed() -> pd.DataFrame:
    rows = [
        ("Ekonet", "telecom", "SE", None, "2023-01-01", "2023-02-15", 100.0),
        ("Ekonet", "telecom", "SE", None, "2023-02-15", "2023-07-01", 150.0),
        ("Ekonet", "telecom", "NO", "email", "2023-01-01", "2023-07-01", 80.0),
        ("Fjelltel", "energy", None, None, "2023-01-01", "2023-07-01", 60.0),
    ]
    names = ["company", "sector", "country", "channel", "period_start", "period_end", "n_exposed"]
    return schema.conform(pd.DataFrame(rows, columns=names).assign(exposure_unit="customers"), "exposure")


def former(said: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """Count row by row, as it was done before, against exposure that holds nobody twice."""
    found = []
    given_rows = plain(exposed(), CATEGORIES).assign(
        start=exposed()["period_start"], stop=exposed()["period_end"], cell=joined(plain(exposed(), CATEGORIES), CATEGORIES)
    )  # fmt: skip
    complaining = said[said["kind"].eq("complaint").fillna(False)]
    for place, one in enumerate(complaining.to_dict("records")):
        own = {name: one[name] if isinstance(one[name], str) else "" for name in CATEGORIES}
        for row in given_rows.to_dict("records"):
            same = all(row[name] in ("", own[name]) for name in CATEGORIES if name != "sector")
            if same and pd.notna(one["published_at"]) and row["start"] <= one["published_at"] < row["stop"]:
                speaker = one["speaker_id"] if isinstance(one["speaker_id"], str) else f"?{place}"
                month = one["published_at"].strftime("%Y-%m")
                found.append({**own, **{n: row[n] for n in CATEGORIES if row[n]}, "cell": row["cell"], "month": month,
                              "speaker": speaker, "known": speaker[0] != "?"})  # fmt: skip
    table = pd.DataFrame(found, columns=[*CATEGORIES, "cell", "month", "speaker", "known"])
    made = []
    for key, some in table.groupby(groups):
        times, in_month = some.groupby("speaker").size(), some.groupby(["speaker", "cell", "month"]).size()
        made.append(
            (*key, len(some), some.loc[some["known"], "speaker"].nunique(), int((~some["known"]).sum()),
             int((times**2).sum()), int((in_month**2).sum()), len(in_month))
        )  # fmt: skip
    return pd.DataFrame(made, columns=[*groups, *COUNTED])


COUNTED = ["n_complaints", "n_complainers", "n_without_speaker", "n_squared", "n_squared_month", "n_person_months"]


class TestCounts:
    @settings(max_examples=8, deadline=None)
    @given(st.lists(UTTERANCE, min_size=1, max_size=40))
    def test_as_row_by_row(self, rows):
        said = corpus(rows)
        counts = complaint_counts(said, exposed(), by=("company",), freq="month")
        expected = former(said, ["company", "month"])
        if counts.reason:
            assert not said["kind"].eq("complaint").any()
            return
        frame = counts.frame.assign(month=counts.frame["period"].dt.strftime("%Y-%m"))
        frame = frame[frame["n_complaints"] > 0].reset_index(drop=True)
        pd.testing.assert_frame_equal(frame[["company", "month", *COUNTED]], expected, check_dtype=False)

    @settings(max_examples=8, deadline=None)
    @given(st.lists(UTTERANCE, min_size=1, max_size=40), st.integers(1, 7))
    def test_condensed_counts_alike(self, rows, size):
        said, made = corpus(rows), condensed(batches(corpus(rows), size))
        assert made["n_utterances"].sum() == len(said)
        for by in ((), ("company",)):
            whole, short = (complaint_counts(table, exposed(), by=by) for table in (said, made))
            pd.testing.assert_frame_equal(whole.frame, short.frame)
            assert pd.Series(whole.total).equals(pd.Series(short.total))
            assert (whole.unmatched, whole.n_kind_not_stated) == (short.unmatched, short.n_kind_not_stated)
        assert complaint_shares(said, by=("language", "country")) == complaint_shares(made, by=("language", "country"))
        pd.testing.assert_frame_equal(summary.channel_table(said), summary.channel_table(made))

    def test_a_year_alone(self):
        rows = [("complaint", "log", "Ekonet", None, "SE", None, at, "a", "customer", None, "sv") for at in
                ("2022-12-31 23:59", "2023-01-01 00:00", None)]  # fmt: skip
        assert condensed(batches(corpus(rows)), year=2023)["published_at"].dt.year.tolist() == [2023]

    def test_nothing_read(self):
        assert condensed([]).columns.tolist() == [*complaints.READ, "n_utterances"]

    def test_a_missing_column_is_named(self):
        with pytest.raises(EstimationError, match="'kind'"):
            condensed([pa.record_batch({"source": ["log"]})])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.datetimes(min_value=pd.Timestamp("1970-01-01"), max_value=pd.Timestamp("2200-01-01")), max_size=20))
def test_months_as_pandas_counts_them(times):
    at = pd.to_datetime(pd.Series([*times, None], dtype="datetime64[us]")).dt.tz_localize("UTC")
    passed = (at - at.dt.normalize()).dt.total_seconds() / 86400 + at.dt.day - 1
    expected = at.dt.year * 12.0 + at.dt.month - 1 + passed / at.dt.days_in_month
    np.testing.assert_array_equal(month_number(at), expected)


class TestCodes:
    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", None])), min_size=1))
    def test_distinct_rows_stand_for_the_rows(self, rows):
        for dtype in ("string", "category"):
            frame = pd.DataFrame(rows, columns=["one", "two"], dtype="string").astype(dtype)
            found, place = distinct(frame, ["one", "two"])
            assert not found.duplicated().any()
            pd.testing.assert_frame_equal(found.iloc[place].reset_index(drop=True), frame.astype("string"))

    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**61), st.integers(0, 2**61)), min_size=1))
    def test_runs_are_groups_whatever_the_size_of_numbers(self, rows):
        lead, one, two = np.array(rows, dtype=np.int64).T
        found, _, n = runs(lead, one, two)
        expected = pd.DataFrame(rows).groupby([0, 1, 2]).size()
        assert sorted(zip(found, n, strict=True)) == sorted(
            zip(expected.index.get_level_values(0), expected, strict=True)
        )

    def test_nothing_has_no_runs(self):
        empty = np.empty(0, dtype=np.int64)
        assert [len(part) for part in runs(empty, empty)] == [0, 0, 0]
        assert combined([], 2).tolist() == [0, 0]
        assert codes(pd.Series([], dtype="string"))[0].tolist() == []
