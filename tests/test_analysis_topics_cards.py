from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scsr import schema
from scsr.analysis import topics
from scsr.analysis.topics.corpora import known_writers

WORDS = {
    "sv": (["faktura", "avgift", "betala", "inkasso", "kostnad", "ränta"], ["paket", "leverans", "post", "frakt", "brev", "bud"]),
    "nb": (["faktura", "gebyr", "betale", "inkasso", "kostnad", "rente"], ["pakke", "levering", "post", "frakt", "brev", "bud"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> tuple[topics.LanguageTopics, ...]:
    """Two matters in two languages, bills first by phone and then by mail."""
    rng = np.random.default_rng(1)
    tables = []
    for language, matters in WORDS.items():
        lemmas = [[str(rng.choice(matters[n % 2])) for _ in range(8)] for n in range(240)]
        rows = pd.DataFrame({"utterance_id": [f"{language}{n}" for n in range(240)], "language": language})
        rows["text"], rows["lemmas"] = [" ".join(some) for some in lemmas], lemmas
        rows["channel"] = ["phone" if n % 2 else "email" for n in range(240)]
        rows["published_at"] = pd.to_datetime(["2020-01-15" if n < 120 else "2020-02-15" for n in range(240)], utc=True)
        tables.append(schema.conform(rows, "utterances"))
    return topics.topics_by_language(pd.concat(tables, ignore_index=True), n_topics=2, n_refits=3)


def test_cards_show_each_topic_in_every_language(found: tuple[topics.LanguageTopics, ...]) -> None:
    table = topics.cards(found, topics.common_space(found))
    assert len(table) == 4
    assert table["kind"].eq("shared").all()
    assert table.groupby("common_topic")["language"].apply(sorted).tolist() == [["nb", "sv"]] * 2
    bills = table[["faktura" in terms.split(", ")[:6] for terms in table["terms"]]]
    assert len(bills) == 2
    assert bills["common_topic"].nunique() == 1
    assert table[["share", "recurrence", "likeness"]].notna().all(axis=None)


def test_shares_by_channel_are_parts_of_the_whole(found: tuple[topics.LanguageTopics, ...]) -> None:
    estimates = found[0].prevalence("channel", found[0].rows["channel"].tolist())
    assert sorted(round(one.estimate or 0) for one in estimates) == [0, 0, 1, 1]
    for whole in found[0].named("topic_share"):
        parts = [one for one in estimates if dict(one.by)["topic"] == dict(whole.by)["topic"]]
        assert sum((one.estimate or 0) * one.n for one in parts) == pytest.approx((whole.estimate or 0) * whole.n)


def test_a_topic_of_few_writers_has_no_share(found: tuple[topics.LanguageTopics, ...]) -> None:
    model, rows = found[0].model, found[0].rows
    assert model is not None
    whole = found[0].named("topic_share")
    rows = rows.assign(speaker_id=[f"p{min(n, 3) if topic else n}" for n, topic in enumerate(model.dominant)])
    first, second = known_writers(whole, model, rows)
    assert first == whole[0]
    assert "fewer than 5 people" in second.reason
    assert known_writers(whole, model, rows.drop(columns="speaker_id")) == whole


def test_a_language_without_topics_has_no_card(found: tuple[topics.LanguageTopics, ...]) -> None:
    empty = topics.LanguageTopics("is", 3, "too few")
    space = topics.common_space([*found, empty])
    assert {language for one in space for language, _ in one.topics} == {"sv", "nb"}
    with pytest.raises(AssertionError, match="is has no topics: too few"):
        empty.prevalence("channel", [])
