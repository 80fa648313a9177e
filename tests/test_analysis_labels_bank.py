"""The bank of experience: groups that mean something, their counts and intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import labels
from scsr.analysis.intervals import wilson
from scsr.errors import EstimationError


def utterances(**columns: object) -> pd.DataFrame:
    return schema.conform(pd.DataFrame(columns).assign(source="log"), "utterances")


def asked(lemmas: list[list[str]], language: str = "sv", **columns: object) -> pd.DataFrame:
    """Questions, each by somebody else."""
    n = len(lemmas)
    given = {"utterance_id": [f"q{i}" for i in range(n)], "speaker_id": [f"s{i}" for i in range(n)]} | columns
    return utterances(speaker_role="customer", kind="question", language=language, lemmas=lemmas, **given)


def test_groups():
    table = utterances(
        utterance_id=[f"q{i}" for i in range(12)] + ["r"],
        speaker_id=[f"s{i}" for i in range(12)] + ["firm"],
        speaker_role=["customer"] * 12 + ["firm"],
        kind=["question"] * 11 + ["post"] + ["reply"],
        language="nb",
        topic=["billing"] * 5 + [None] * 8,
        lemmas=[["faktura"]] * 5 + [["skjerf", "gå"]] * 5 + [["rar"]] + [["skjerf"]] * 2,
        conversation_id=[f"k{i}" for i in range(12)] + ["k0"],
        reply_to=[None] * 12 + ["q7"],
        published_at=pd.date_range("2023-01-01", periods=13),
    )
    bank = labels.experience_bank(table)
    shown = ["about", "named_by", "words", "n_utterances", "n_answered"]
    assert bank[shown].to_numpy().tolist() == [
        ["billing", "topic", "faktura", 5, 1], ["skjerf", "word", "skjerf", 5, 1],
    ]  # fmt: skip
    assert bank["first_seen"].tolist()[0] == pd.Timestamp("2023-01-01", tz="UTC")
    assert bank["last_seen"].tolist()[1] == pd.Timestamp("2023-01-10", tz="UTC")
    assert tuple(bank.loc[0, ["answered_share", "ci_low", "ci_high"]]) == pytest.approx((0.2, *wilson(1, 5)))
    assert labels.experience_bank(schema.empty("utterances")).empty
    with pytest.raises(EstimationError, match="at least 1"):
        labels.experience_bank(table, 0)
    with pytest.raises(EstimationError, match="level 95"):
        labels.experience_bank(table, level=95)


def test_light_words_name_nothing():
    bank = labels.experience_bank(asked([["gå", "komma", "ta", "dag"]] * 9 + [["gå", "blomkruka"]] * 6))
    assert bank[["about", "words", "n_utterances"]].to_numpy().tolist() == [["blomkruka", "blomkruka", 6]]


def test_concepts_gather_what_words_part():
    bank = labels.experience_bank(asked([["öppettid", "helg"]] * 3 + [["stängningstid"]] * 2 + [["öppettid"]] * 2))
    assert bank["about"].tolist()[0] == "opening hours"
    assert bank["named_by"].tolist()[0] == "concept"
    english = labels.experience_bank(asked([["refund"]] * 5, "other", language_detail="en"))
    assert english[["language", "about"]].to_numpy().tolist() == [["en", "refund"]]


def test_who_asks_again_tells_less():
    lemmas = [["faktura"]] * 24
    ids = [f"k{i}" for i in range(24)]
    once = labels.experience_bank(asked(lemmas, conversation_id=ids))
    again = labels.experience_bank(asked(lemmas, conversation_id=ids, speaker_id=[f"s{i % 6}" for i in range(24)]))
    assert again["n_speakers"].tolist() == [6]
    assert tuple(again.loc[0, ["ci_low", "ci_high"]]) == pytest.approx(wilson(0, 6))
    assert tuple(once.loc[0, ["ci_low", "ci_high"]]) == pytest.approx(wilson(0, 24))


LEMMAS = st.lists(
    st.lists(st.sampled_from(["faktura", "gå", "paket", "blomkruka"]), max_size=3), min_size=1, max_size=25
)


@given(LEMMAS, st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_every_row_stands_once_and_their_order_is_no_matter(lemmas, n_least, random):
    table = asked(lemmas, speaker_id=[f"s{i % 7}" for i in range(len(lemmas))])
    bank = labels.experience_bank(table, n_least)
    assert bank["n_utterances"].sum() <= len(table)
    assert (bank["n_speakers"] >= n_least).all()
    assert bank[["answered_share", "ci_low", "ci_high"]].notna().all(axis=None)
    assert not np.intersect1d(bank["about"], ["gå"]).size
    order = list(range(len(table)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(bank, labels.experience_bank(table.iloc[order], n_least))
    if n_least == 1:
        assert bank["n_utterances"].sum() == sum(bool(set(some) - {"gå"}) for some in lemmas)
