"""Shares with numbers for ids: the same estimates; and samples of cascades that say what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis import wom
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import draw_cascades
from scsr.errors import EstimationError

DESIGN = Design(n_cascades=120, cascades_answered=0.4)


def arrow(shares: pd.DataFrame) -> list[pa.RecordBatch]:
    plain = {name: shares[name].astype(object) if shares[name].dtype in ("string", "category") else shares[name]
             for name in wom.SHARE_COLUMNS}  # fmt: skip
    return pa.Table.from_pandas(pd.DataFrame(plain), preserve_index=False).to_batches(max_chunksize=50)


@pytest.fixture(scope="module")
def shares() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    both = [draw_cascades(DESIGN, rng, valence) for valence in ("negative", "positive")]
    mixed_up = pd.concat(both, ignore_index=True).sample(frac=1, random_state=1)
    mixed_up.loc[mixed_up.index[::7], "parent_id"] = "a share that is not in the table"
    return mixed_up.reset_index(drop=True)


def test_numbers_give_the_same_cascades_and_estimates(shares):
    numbers = wom.numbered(arrow(shares))
    told, cascades = wom.cascade_table(shares), wom.cascade_table(numbers)
    same = [name for name in told if name not in ("cascade_id", "root_at", "n_speakers")]
    pd.testing.assert_frame_equal(told[same], cascades[same], check_dtype=False)
    assert cascades["n_speakers"].isna().all()  # speakers were not read
    assert wom.without_answers(numbers).index.equals(wom.without_answers(shares).index)
    assert wom.reach(cascades, n_bootstrap=20) == wom.reach(shares, n_bootstrap=20)
    by = ["speaker_role", "valence"]
    assert wom.reproduction_number(numbers, by) == wom.reproduction_number(shares, by)
    assert wom.hawkes(numbers, "exponential").estimates == wom.hawkes(shares, "exponential").estimates
    assert wom.early_answer(numbers).estimates == wom.early_answer(shares).estimates
    options = {"early_h": 2.0, "until_h": 24.0, "folds": 2, "n_bootstrap": 20}
    pd.testing.assert_frame_equal(
        wom.final_size(numbers, **options).predictions.drop(columns="cascade_id"),
        wom.final_size(shares, **options).predictions.drop(columns="cascade_id"),
    )


def test_cascades_begun_by_a_role_are_whole(shares):
    for table in (shares, wom.numbered(arrow(shares))):
        assert wom.begun_by(table, None) is table
        some = wom.begun_by(table, "customer")
        roots = wom.cascade_table(table).set_index("cascade_id")["root_role"]
        assert some.equals(table[table["cascade_id"].map(roots).eq("customer")])
        assert wom.begun_by(table, "ambassador").empty


@given(st.integers(1, 200), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_a_sample_is_of_whole_cascades_and_holds_the_smaller(most, seed):
    shares = draw_cascades(Design(n_cascades=80), np.random.default_rng(2))
    size = shares.groupby("cascade_id").size()
    some, how = wom.some_cascades(shares, most, seed)
    fewer, _ = wom.some_cascades(shares, max(1, most // 2), seed)
    drawn = some.groupby("cascade_id").size()
    assert drawn.equals(size[drawn.index])
    assert len(some) <= most or len(drawn) == 1 or not how
    assert set(fewer.index) <= set(some.index)
    assert bool(how) == (len(some) < len(shares))
    again, _ = wom.some_cascades(wom.numbered(arrow(shares)), most, seed)
    assert again.index.equals(some.index)


def test_estimates_say_what_they_were_fitted_to(shares):
    few = {"most": 300, "seed": 3}
    fits = [
        wom.hawkes(shares, "exponential", **few), wom.early_answer(shares, **few),
        wom.final_size(shares, 2.0, 24.0, folds=2, n_bootstrap=20, **few),
    ]  # fmt: skip
    for fit in fits:
        for one in fit.estimates:
            assert not one.ok or any("drawn at random" in words for words in one.assumptions)
    assert not any("drawn" in words for words in wom.hawkes(shares, "exponential", most=10**6).estimates[0].assumptions)
    assert fits[0].estimates[0].n < shares["cascade_id"].nunique()


def test_what_cannot_be_is_refused(shares):
    with pytest.raises(EstimationError, match="most=0"):
        wom.some_cascades(shares, 0)
    with pytest.raises(EstimationError, match="'parent_id'"):
        wom.numbered([pa.table({"share_id": ["a"], "cascade_id": ["k"]})])
    twice = wom.numbered([pa.table({"share_id": ["a", "a"], "cascade_id": ["k", "k"], "parent_id": [None, "a"]})])
    with pytest.raises(EstimationError, match="twice"):
        wom.without_answers(twice.assign(t_h=0.0, speaker_role="customer"))
