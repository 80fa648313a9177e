"""Small cells are hidden, and no sum over rows, columns or groups gives one back."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis import disclosure
from scsr.analysis.disclosure import few_together, hidden_estimates, people_columns, withhold
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.errors import ScsrError

counts = st.integers(0, 40)


def cube(cells: list[int], shape: tuple[int, ...]) -> pd.DataFrame:
    keys = list(product(*(range(size) for size in shape)))
    frame = pd.DataFrame([[f"{letter}{k}" for letter, k in zip("abc", key, strict=False)] for key in keys])
    return frame.rename(columns=str).assign(n=cells[: len(keys)])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([(4,), (3, 4), (2, 3, 3)]), st.lists(counts, min_size=18, max_size=18), st.integers(2, 8))
def test_no_total_gives_a_small_cell_back(shape: tuple[int, ...], cells: list[int], limit: int) -> None:
    frame = cube(cells, shape)
    kept, n_withheld = withhold(frame, threshold=limit)
    assert n_withheld == len(frame) - len(kept)
    assert not kept["n"].between(1, limit - 1).any()
    hidden = frame.drop(kept.index)
    keys = [name for name in frame if name != "n"]
    for size in range(len(keys)):
        for some in (list(one) for one in [keys[:size], keys[-size:] if size else []]):
            groups = hidden.groupby(some) if some else [((), hidden)]
            for key, gone in groups:
                gone = gone[gone["n"] > 0]
                if gone.empty:
                    continue
                shown = kept[(kept[some] == list(key)).all(axis=1)] if some else kept
                # what a total less what is shown tells is of two rows and enough people, or nothing is shown
                assert (len(gone) > 1 and gone["n"].sum() >= limit) or not (shown["n"] > 0).any()


@given(st.lists(counts, min_size=2, max_size=9))
def test_nothing_is_hidden_where_nothing_is_small(cells: list[int]) -> None:
    safe = [cell + 5 for cell in cells]
    assert withhold(pd.DataFrame({"who": [str(n) for n in range(len(safe))], "n": safe}), threshold=5)[1] == 0


def test_each_group_and_each_margin_protects_its_own() -> None:
    rows = [("bank", "mail", 3), ("bank", "phone", 20), ("bank", "chat", 30),
            ("energy", "mail", 50), ("energy", "phone", 60), ("energy", "chat", 70)]  # fmt: skip
    kept, n_withheld = withhold(pd.DataFrame(rows, columns=["sector", "channel", "n"]), threshold=5)
    assert kept[["sector", "channel"]].to_numpy().tolist() == [["bank", "chat"], ["energy", "chat"]]
    assert n_withheld == 4


def test_two_small_rows_that_are_few_together_take_a_third() -> None:
    kept, _ = withhold(pd.DataFrame({"n": [1, 2, 30, 90]}), threshold=5)
    assert kept["n"].tolist() == [90]


def test_the_rest_of_a_whole_counts_too() -> None:
    rows = pd.DataFrame({"n": [100, 80, 60], "n_answered": [98, 40, 30]})
    assert withhold(rows, ["n", "n_answered"], threshold=5)[0]["n"].tolist() == [80]
    assert withhold(rows, ["n_answered"], threshold=5)[1] == 0


def test_the_threshold_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"n": [9, 30, 40]})
    assert withhold(rows)[1] == 0
    monkeypatch.setenv("SCSR_SMALLEST_CELL", "10")
    assert withhold(rows)[1] == 2
    assert [disclosure.is_small(n) for n in (0, 9, 10)] == [False, True, False]
    monkeypatch.setenv("SCSR_SMALLEST_CELL", "0")
    with pytest.raises(ScsrError, match="1 or more"):
        withhold(rows)


def test_missing_and_mixed_counts_are_no_people() -> None:
    rows = pd.DataFrame({"n": [None, "x", 9.0, 8.0, float("inf")]}, dtype=object)
    assert withhold(rows, threshold=5)[1] == 0
    assert withhold(pd.DataFrame({"n": pd.array([None, 3, 9], dtype="Int64")}), threshold=5)[0][
        "n"
    ].isna().tolist() == [True]
    with pytest.raises(ScsrError, match="no column 'm'"):
        withhold(rows, ["m"])
    assert withhold(rows.iloc[:0])[1] == 0


def test_columns_of_whole_numbers_are_taken_for_people() -> None:
    frame = pd.DataFrame({"n": [1], "x": [1.0], "yes": [True], "who": ["a"], "m": pd.array([None], dtype="Int64")})
    assert people_columns(frame) == ("n", "m")


def kept(n: int, **by: str) -> Estimate:
    return Estimate("kept", "share kept", "share", 0.5, 0.4, 0.6, n, "Wilson", by)


def test_estimates_are_protected_within_their_family() -> None:
    gone = not_estimable("kept", "share kept", "share", "no rows", by={"company": "d"})
    some = [kept(300), kept(90, company="a"), kept(2, company="b"), kept(30, company="c"), kept(3, country="SE"), gone]
    assert hidden_estimates(some, 5) == [False, False, True, True, True, False]
    assert hidden_estimates([kept(3)], 5) == [True]
    assert hidden_estimates([]) == []


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 20)), min_size=1, max_size=40), st.integers(1, 6))
def test_what_is_put_together_is_enough_people_or_all_there_are(rows: list[tuple[str, int]], limit: int) -> None:
    category = pd.Series([one for one, _ in rows])
    who = pd.Series([str(n) for _, n in rows])
    made = few_together(category, who, limit)
    people = who.groupby(made).nunique()
    assert (people >= limit).all() or len(people) == 1
    assert all(one in put or put == disclosure.OTHERS for one, put in zip(category, made, strict=True))
    assert np.array_equal(made.index, category.index)
