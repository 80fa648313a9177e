"""Samples of conversations: each as likely as another, the same for the same data, their error in the intervals."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from scsr import schema
from scsr.analysis import labels
from scsr.analysis.labels.found import first_conversations
from scsr.analysis.labels.sample import design_effect
from scsr.errors import EstimationError

WORDS = {"sv": ["faktura"]}


def hashed(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


def corpus(n: int, turns: int = 3, shared: bool = False, seed: int = 1) -> pd.DataFrame:
    """Conversations in which a customer writes and the firm replies; a theme is a conversation's own where shared."""
    rng = np.random.default_rng(seed)
    rows = []
    for conversation in range(n):
        theme = rng.random() < 0.3
        for turn in range(turns):
            about = theme if shared else rng.random() < 0.3
            rows.append(
                {
                    "utterance_id": hashed(f"u{conversation}.{turn}"), "conversation_id": hashed(f"c{conversation}"),
                    "speaker_id": hashed(f"s{conversation}.{turn}"), "language": "sv", "source": "log",
                    "speaker_role": "firm" if turn == 2 else "customer", "kind": "question", "lemmas": ["faktura"] * about,
                    "text": "Fakturan är fel" if about else "Tack för hjälpen", "date_precision": "minute",
                    "published_at": pd.Timestamp("2023-01-01", tz="UTC") + pd.Timedelta(hours=conversation + turn * 0.25),
                }
            )  # fmt: skip
    return schema.conform(pd.DataFrame(rows), "utterances")


def batches(said: pd.DataFrame, size: int = 1000) -> list[pa.RecordBatch]:
    texts = said[list(labels.READ)].astype({"published_at": "datetime64[us, UTC]"})
    table = pa.Table.from_pandas(
        texts.astype(dict.fromkeys(texts.select_dtypes("category"), "string")), preserve_index=False
    )
    return table.to_batches(max_chunksize=size)


def test_all_is_read_where_it_is_no_more():
    said = corpus(20)
    read, labelled = labels.sampled(batches(said, 7), len(said), len(said), observed_until={"log": "2024-01-01"})
    assert labels.sample_note(read) == ""
    assert labelled.empty
    assert read.attrs == {"observed_until": {"log": "2024-01-01"}}
    same = [name for name in labels.READ if name != "lemmas"]
    pd.testing.assert_frame_equal(read[same], said[same])
    pd.testing.assert_series_equal(read["lemmas"].map(list), said["lemmas"].map(list))
    whole, drawn = (labels.watch_lists(table, {"bills": WORDS}) for table in (said, read))
    assert whole[0] == drawn[0]


def test_whole_conversations_are_drawn_and_the_same_again():
    said = corpus(2000)
    read, labelled = labels.sampled(batches(said), len(said), 1500, labelled=[said["utterance_id"].iloc[0]])
    again, _ = labels.sampled(batches(said, 77), len(said), 1500)
    assert 1200 < len(read) < 1800
    assert read.groupby("conversation_id").size().eq(3).all()
    pd.testing.assert_frame_equal(read, again)
    assert labelled["utterance_id"].tolist() == [said["utterance_id"].iloc[0]]
    assert pd.Timestamp(read.attrs["observed_until"]["log"]) == said["published_at"].max()
    assert labels.sample_note(read, ", ") == f", in a random sample of conversations, {len(read):,} of 6,000 utterances"


def test_estimates_of_a_sample_say_so_and_hold_its_error():
    said = corpus(3000, shared=True)
    read, _ = labels.sampled(batches(said), len(said), 2000)
    whole, _ = labels.watch_lists(said, {"bills": WORDS})
    drawn, terms = labels.watch_lists(read, {"bills": WORDS})
    for of_all, one in zip(whole, drawn, strict=True):
        assert one.ci_low <= of_all.estimate <= one.ci_high
        assert any("random sample of conversations" in words for words in one.assumptions)
        assert not any("sample" in words for words in of_all.assumptions)
    # all three postings of a conversation hit or none: a third of the utterances tell
    assert "divided by 3 for conversations" in drawn[0].method
    assert terms["n_speakers"].item() == round(drawn[0].estimate * len(read) / 1000)
    bank = labels.experience_bank(read)
    narrow = labels.experience_bank(read.assign())
    assert bank["about"].tolist() == narrow["about"].tolist() == ["invoice"]
    read.attrs.pop("sampled_from")
    plain = labels.experience_bank(read)
    assert (bank["ci_high"] - bank["ci_low"]).gt(plain["ci_high"] - plain["ci_low"]).all()


def test_intervals_of_samples_hold_the_whole():
    said = corpus(800, shared=True, seed=2)
    share = 1000 * said["text"].str.startswith("Fakturan").mean()
    held = []
    for part in range(30):
        names = {one: hashed(f"{part}{one}") for one in said["conversation_id"].unique()}
        drawn = said.assign(conversation_id=said["conversation_id"].map(names).astype("string"))
        read, _ = labels.sampled(batches(drawn, 5000), len(said), 400)
        one = labels.watch(read, WORDS).estimates[0]
        held.append(one.ci_low <= share <= one.ci_high)
    assert np.mean(held) > 0.85


def test_a_classifier_learns_from_labels_outside_the_sample():
    said = corpus(400, seed=3)
    said["text"] += [f" nummer {place}" for place in range(len(said))]
    customers = said[said["speaker_role"] == "customer"].iloc[:120]
    codes = pd.DataFrame({"utterance_id": customers["utterance_id"], "coder": "ida",
                          "label": customers["text"].str.startswith("Fakturan").astype(bool)})  # fmt: skip
    read, labelled = labels.sampled(batches(said), len(said), 300, labelled=codes["utterance_id"])
    found = labels.text_complaints(read, codes, languages=["sv"], labelled=labelled)
    share = next(one for one in found.estimates if one.name == "complaint_prevalence")
    n_rest = (~read["utterance_id"].isin(codes["utterance_id"]) & (read["speaker_role"] == "customer")).sum()
    assert share.n == n_rest
    assert any("random sample of conversations" in words for words in share.assumptions)


def test_of_many_texts_whole_conversations_are_judged():
    said = corpus(50)
    some = first_conversations(said, 20)
    assert len(some) == 21
    assert some["conversation_id"].max() < said.loc[~said.index.isin(some.index), "conversation_id"].min()
    assert first_conversations(said, 500) is said


def test_design_effect_of_clusters():
    hit, cluster = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 0.0]), pd.Series(["a", "a", "b", "b", None, None])
    assert design_effect(hit, cluster) == pytest.approx((1 + 1 + 0.25 + 0.25) / 1.5)
    assert design_effect(np.ones(3), pd.Series(list("aab"))) == 1.0
    assert design_effect(np.empty(0), pd.Series([], dtype="string")) == 1.0


def test_refuses():
    said = corpus(5).assign(conversation_id="thread 1")
    with pytest.raises(EstimationError, match="'thread 1' is no keyed hash"):
        labels.sampled(batches(said), len(said), 3)
    with pytest.raises(EstimationError, match="'utterance_id'"):
        labels.sampled([pa.record_batch({"source": ["log"]})], 1)
    assert labels.sampled([], 0)[0].empty


def test_a_year_alone():
    said = corpus(4).assign(published_at=pd.to_datetime(["2022-12-31", "2023-01-01", None] * 4, utc=True))
    read, _ = labels.sampled(batches(said), 4, year=2023)
    assert len(read) == 4
