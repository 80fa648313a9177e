from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr import schema
from scsr.errors import TableError


def share(**values: object) -> pd.DataFrame:
    row = {"share_id": "a", "cascade_id": "c", "t_h": 0.0, "source": "log", "synthetic": False} | values
    return schema.conform(pd.DataFrame([row]), "shares")


@pytest.mark.parametrize("name", list(schema.TABLES))
def test_an_empty_table_keeps_the_contract(name: str) -> None:
    frame = schema.validate(schema.empty(name), name)
    assert tuple(frame.columns) == schema.TABLES[name].names


@pytest.mark.parametrize("name", list(schema.TABLES))
def test_every_column_says_what_it_means(name: str) -> None:
    for column in schema.TABLES[name].columns:
        assert column.meaning
        assert column.kind in schema.DTYPES


@pytest.mark.parametrize("name", list(schema.TABLES))
def test_tables_survive_arrow(name: str) -> None:
    import pyarrow as pa

    table = pa.Table.from_pandas(schema.empty(name), schema=schema.TABLES[name].arrow(), preserve_index=False)
    assert table.column_names == list(schema.TABLES[name].names)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"t_h": -2.0}, ["'shares'", "'t_h'", "row 0", "-2.0", "below 0"]),
        ({"t_h": float("inf")}, ["'t_h'", "infinite"]),
        ({"t_h": None}, ["'t_h'", "is missing"]),
        ({"t_h": "soon"}, ["'t_h'", "row 0", "'soon'", "is no float"]),
        ({"valence": "angry"}, ["'valence'", "row 0", "'angry'", "negative, neutral, positive"]),
        ({"root_at": "the day before"}, ["'root_at'", "row 0", "is no timestamp"]),
        ({"n_followers": 3.5}, ["'n_followers'", "row 0", "3.5", "is no int"]),
        ({"n_followers": -1}, ["'n_followers'", "-1", "below 0"]),
        ({"cascade_id": None}, ["'cascade_id'", "row 0"]),
    ],
)
def test_a_bad_value_is_named_with_table_column_row_and_value(values: dict[str, object], words: list[str]) -> None:
    with pytest.raises(TableError) as error:
        schema.validate(share(**values), "shares")
    for word in words:
        assert word in str(error.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match=r"'shares', column 't_h': is missing; add it: hours since the root"):
        schema.validate(share().drop(columns="t_h"), "shares")


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(TableError, match="'likes'"):
        schema.conform(pd.DataFrame({"likes": [3]}), "shares")


def test_an_unknown_table_is_named() -> None:
    with pytest.raises(TableError, match="'tweets'.*choose one of utterances"):
        schema.empty("tweets")


def test_a_key_that_stands_twice_is_named() -> None:
    with pytest.raises(TableError, match=r"share_id.*'a' stands twice"):
        schema.validate(pd.concat([share(), share()], ignore_index=True), "shares")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("exposure", {"n_exposed": 9, "exposure_unit": "customers", "period_start": "2024-02-01", "period_end": "2024-01-01"}),
        ("outcomes", {"speaker_id": "s", "outcome": "churn", "observed_from": "2024-02-01", "observed_until": "2024-01-01"}),
    ],
)  # fmt: skip
def test_a_period_that_ends_before_it_starts_is_refused(table: str, row: dict[str, object]) -> None:
    frame = schema.conform(pd.DataFrame([row | {"source": "x", "synthetic": True}]), table)
    with pytest.raises(TableError, match="is not after"):
        schema.validate(frame, table)


def test_lemmas_must_be_lists_of_strings() -> None:
    row = {
        "utterance_id": "u", "speaker_role": "customer", "date_precision": "none", "language": "sv",
        "language_confidence": 1.0, "text": "hej", "lemmas": "hej", "source": "s", "synthetic": True,
    }  # fmt: skip
    with pytest.raises(TableError, match="is no list of strings"):
        schema.validate(schema.conform(pd.DataFrame([row]), "utterances"), "utterances")
    good = schema.validate(schema.conform(pd.DataFrame([row | {"lemmas": ["hej"]}]), "utterances"), "utterances")
    assert good.loc[0, "lemmas"] == ["hej"]


@given(st.lists(st.floats(min_value=0, max_value=1e6), max_size=20))
def test_validation_neither_adds_nor_loses_nor_changes_a_row(hours: list[float]) -> None:
    rows = pd.DataFrame({"share_id": [str(i) for i in range(len(hours))], "cascade_id": "c", "t_h": hours})
    frame = schema.conform(rows.assign(source="s", synthetic=True), "shares")
    assert schema.validate(frame, "shares")["t_h"].tolist() == hours


def test_conforming_twice_changes_nothing() -> None:
    once = share(valence="negative", n_followers=3)
    pd.testing.assert_frame_equal(once, schema.conform(once, "shares"))


@given(st.lists(st.one_of(st.none(), st.text("aåbB1 ", max_size=2)), max_size=12), st.integers(0, 12))
def test_categories_are_made_by_their_codes_as_by_their_texts(values: list, start: int) -> None:
    column = schema.Column("topic", "category", "")
    coded = pd.Series(values, dtype="object", name="topic").astype("category").iloc[start:]
    by_texts = schema.cast_column(coded.astype("string"), column, "cases")
    pd.testing.assert_series_equal(schema.cast_column(coded, column, "cases"), by_texts)
