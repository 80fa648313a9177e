"""Numbers for ids and categories for words: the order of the ids, and nothing lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis.compact import codes_of, compact, mixed, n_distinct, ranks, whole_table, words_of

FEW = settings(max_examples=60, deadline=None)
#: Ids alike in their first eight letters too, with letters of more than one byte.
IDS = st.lists(st.text("aåz0", max_size=4).map(lambda end: f"shared-start{end}" if len(end) > 1 else end), max_size=30)


@given(IDS)
@FEW
def test_ranks_are_the_order_of_the_ids(ids):
    found = ranks(words_of(pa.array(ids, pa.string())))
    place = {one: number for number, one in enumerate(sorted(set(ids)))}
    assert found.tolist() == [place[one] for one in ids]


@given(IDS, st.integers(1, 7))
@FEW
def test_an_id_has_its_number_whatever_stands_beside_it(ids, cut):
    whole = mixed(words_of(pa.array(ids, pa.string())))
    parts = [mixed(words_of(pa.array(ids[i : i + cut], pa.string()))) for i in range(0, len(ids), cut)]
    assert whole.tolist() == [one for part in parts for one in part.tolist()]
    assert len(set(whole.tolist())) == len(set(ids))


def test_words_of_a_slice_are_those_of_its_rows():
    column = pa.array(["a", "bb", None, "longer than eight"])
    assert words_of(column.slice(1, 1)).tolist() == words_of(pa.array(["bb"])).tolist()
    assert words_of(pa.chunked_array([], pa.string())).shape == (0, 1)
    assert ranks(words_of(pa.array([], pa.string()))).tolist() == []


def test_a_compact_table_says_the_same():
    when = pd.to_datetime(["2023-01-05", None, "2023-02-01"], utc=True).astype("datetime64[us, UTC]")
    table = pa.table(
        {
            "utterance_id": ["u1", "u2", "u3"], "speaker_id": ["p", None, "p"], "language": ["sv", None, "nb"],
            "n_followers": pa.array([1, None, 3]), "published_at": pa.array(when),
        }
    )  # fmt: skip
    made = compact([*table.slice(0, 2).to_batches(), table.slice(2)], ["utterance_id"], ["speaker_id"])
    assert made["utterance_id"].is_unique
    assert made["speaker_id"].cat.codes.tolist() == [0, -1, 0]
    assert made["language"].astype(object).tolist()[::2] == ["sv", "nb"]
    assert made["language"].isna().tolist() == made["n_followers"].isna().tolist() == [False, True, False]
    assert made["published_at"].tolist()[::2] == when.tolist()[::2]
    assert whole_table(table.to_batches()).equals(table)


def test_categories_that_nobody_has_keep_their_place():
    values = pd.Series(pd.Categorical(["b", None], categories=["a", "b"]))
    codes, names = codes_of(values)
    assert codes.tolist() == [1, -1]
    assert names.tolist() == ["a", "b"]


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 6)), max_size=60))
@FEW
def test_people_are_counted_once_in_each_group(rows):
    group, person = np.array(rows, dtype=int).reshape(-1, 2).T
    expected = [len({p for g, p in rows if g == one and p >= 0}) for one in range(5)]
    assert n_distinct(group, 5, person, 7).tolist() == expected


def test_groups_are_counted_a_few_at_a_time_where_people_are_many(monkeypatch):
    monkeypatch.setattr("scsr.analysis.compact.AT_ONCE", 8)
    assert n_distinct(np.array([0, 1, 2, 2]), 3, np.array([0, 3, 1, 2]), 4).tolist() == [1, 1, 2]
