"""Cases: who opened what, who answered first, when."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.corpus.prepare.times import read_stamp
from scsr.corpus.readers import Source, read
from scsr.corpus.threads import cases
from scsr.errors import TableError
from scsr.schema import TABLES, validate

START = pd.Timestamp("2012-09-11T08:00Z")


def talk(*rows: tuple, **more: object) -> pd.DataFrame:
    """Rows of (id, conversation, reply_to, speaker, role, kind, hours or None)."""
    frame = pd.DataFrame(
        rows,
        columns=["utterance_id", "conversation_id", "reply_to", "speaker_id", "speaker_role", "kind", "hours"],
    )
    frame["published_at"] = START + pd.to_timedelta(frame.pop("hours").astype("float64"), unit="h")
    frame["date_precision"] = np.where(frame["published_at"].isna(), "none", "minute")
    return frame.assign(**({"language": "sv", "source": "log", "synthetic": True} | more))


def test_the_first_answer_of_staff_counts_and_peers_are_apart() -> None:
    rows = talk(
        ("a", "a", None, "c", "customer", "question", 0),
        ("b", "a", "a", "p", "other", "reply", 1),
        ("d", "a", "a", "c", "customer", "reply", 2),
        ("e", "a", "a", "f", "employee", "reply", 5),
        ("g", "a", "a", "f", "firm", "reply", 6),
    )
    case = cases(rows).iloc[0]
    assert (case["answered_by"], case["first_response_h"], case["n_turns"]) == ("employee", 5.0, 5)
    assert case["closed_at"] == START + pd.Timedelta(hours=6)
    peers = cases(rows, responders=("other", "customer")).iloc[0]
    assert (peers["answered_by"], peers["first_response_h"]) == ("other", 1.0)
    validate(cases(rows), "cases")


def test_unanswered_is_no_answer_and_observed_until_the_source_ends() -> None:
    rows = talk(
        ("a", "a", None, "c", "customer", None, 0),
        ("b", "b", None, "d", "customer", None, 3),
        ("e", "b", "b", "f", "firm", "reply", 9),
    )
    case = cases(rows).iloc[0]
    assert not case["answered"]
    assert pd.isna(case["first_response_h"])
    assert pd.isna(case["answered_by"])
    assert case["observed_until"] == START + pd.Timedelta(hours=9)
    stated = cases(rows, observed_until={"log": "2013-01-01", "other": "2014-01-01"})
    assert stated["observed_until"].tolist() == [pd.Timestamp("2013-01-01T00:00Z")] * 2
    rows.attrs["observed_until"] = {"log": "2014-01-01T00:00+01:00"}
    assert cases(rows)["observed_until"].iloc[0] == pd.Timestamp("2013-12-31T23:00Z")


def test_a_thread_that_was_cut_at_its_top_has_no_opening() -> None:
    rows = talk(
        ("b", "lost", None, "c", "customer", "reply", 1),
        ("e", "lost", "b", "f", "firm", "reply", 2),
    )
    assert cases(rows).empty
    assert list(cases(rows).columns) == list(TABLES["cases"].names)


def test_two_customers_in_one_thread_are_two_cases() -> None:
    rows = talk(
        ("a", "a", None, "c", "customer", "complaint", 0),
        ("b", "a", "a", "d", "customer", "complaint", 1),
        ("e", "a", "b", "f", "firm", "reply", 2),
        ("g", "a", "a", "f", "firm", "reply", 4),
        ("h", "a", "g", "c", "customer", "complaint", 5),
    )
    made = cases(rows).set_index("case_id")
    assert made["first_response_h"].to_dict() == {"a": 4.0, "b": 1.0}
    assert made["n_turns"].to_dict() == {"a": 3, "b": 2}


def test_an_answer_to_somebody_else_is_no_answer_to_the_customer() -> None:
    rows = talk(
        ("a", "a", None, "c", "customer", None, 0),
        ("b", "a", "a", "p", "customer", "reply", 1),
        ("e", "a", "b", "f", "firm", "reply", 2),
        ("g", "a", "a", "c", "customer", "reply", 3),
        ("h", "a", "g", "f", "firm", "reply", 7),
    )
    assert cases(rows)["first_response_h"].tolist() == [7.0]


def test_where_parents_are_not_known_the_order_decides() -> None:
    rows = talk(
        ("e", "t", None, "f", "firm", None, 0),
        ("a", "t", None, "c", "customer", "question", 1),
        ("g", "t", None, "f", "firm", None, 3),
        ("b", "t", None, "d", "customer", "question", 4),
        ("h", "t", None, "f", "firm", None, 8),
    )
    made = cases(rows).set_index("case_id")
    assert made["first_response_h"].to_dict() == {"a": 2.0, "b": 4.0}


def test_no_conversation_is_a_case_of_its_own_and_names_may_be_missing() -> None:
    rows = talk(
        ("a", None, None, None, "customer", "complaint", 0),
        ("b", None, None, None, "customer", "complaint", 1),
        ("e", None, None, "f", "firm", None, 2),
    )
    assert cases(rows)["answered"].tolist() == [False, False]


def test_days_are_told_from_hours() -> None:
    rows = talk(
        ("a", "a", None, "c", "customer", None, 0),
        ("e", "a", "a", "f", "firm", "reply", 48),
        ("b", "b", None, "d", "customer", None, None),
        ("g", "b", "b", "f", "firm", "reply", None),
    )
    rows.loc[1, "date_precision"] = "day"
    made = cases(rows)
    assert made["date_precision"].tolist() == ["day", "none"]
    assert made["answered"].tolist() == [True, True]
    assert made["first_response_h"].iloc[0] == 48
    assert pd.isna(made["first_response_h"].iloc[1])


def test_mistakes_are_named() -> None:
    rows = talk(("a", "a", None, "c", "customer", None, 0))
    with pytest.raises(TableError, match="'reply_to': is missing"):
        cases(rows.drop(columns="reply_to"))
    with pytest.raises(TableError, match="choose responders"):
        cases(rows, responders=("staff",))
    assert cases(rows.iloc[:0]).empty


def by_hand(rows: pd.DataFrame) -> dict[str, float]:
    """The definition in plain Python, one utterance after the other."""
    parent = {r.utterance_id: r.reply_to for r in rows.itertuples() if isinstance(r.reply_to, str)}
    role = dict(zip(rows["utterance_id"], rows["speaker_role"], strict=True))
    speaker = dict(zip(rows["utterance_id"], rows["speaker_id"], strict=True))
    at = dict(zip(rows["utterance_id"], rows["published_at"], strict=True))
    kind = dict(zip(rows["utterance_id"], rows["kind"], strict=True))
    opened = [u for u in at if role[u] == "customer" and u not in parent and kind[u] != "reply"]
    found: dict[str, float] = {}
    for u in at:
        if role[u] != "firm" or u not in parent:
            continue
        top = u
        while top in parent:
            top = parent[top]
        above = parent[u]
        if top in opened and (speaker[above] == speaker[top] or role[above] == "firm"):
            hours = (at[u] - at[top]).total_seconds() / 3600
            if hours >= 0:
                found[top] = min(hours, found.get(top, np.inf))
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_forest_gives_what_the_definition_says(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 25))
    rows = []
    for i in range(n):
        above = data.draw(st.one_of(st.none(), st.integers(0, i - 1))) if i else None
        firm = data.draw(st.booleans())
        conversation = f"u{i}" if above is None else rows[above][1]
        who = "f" if firm else data.draw(st.sampled_from("abc"))
        role = "firm" if firm else "customer"
        parent, kind = (None, None) if above is None else (f"u{above}", "reply")
        rows.append((f"u{i}", conversation, parent, who, role, kind, float(i)))
    frame = talk(*rows)
    shuffled = frame.sample(frac=1, random_state=n)
    made = cases(shuffled).set_index("case_id")["first_response_h"].dropna().to_dict()
    assert made == pytest.approx(by_hand(frame))


@pytest.mark.real_data
def test_the_twitter_slice_agrees_with_a_direct_computation(real_data: Path) -> None:
    source = Source("twcs", "twcs_slice.csv", "twcs")
    records = [dict(record.values) for record in read(source, real_data)]
    assert len(records) == 5000
    utterances = pd.DataFrame(records).assign(date_precision="second", language="other", source="twcs", synthetic=False)
    stamps = [read_stamp(text, source)[0] for text in utterances["published_at"]]
    utterances["published_at"] = pd.to_datetime(stamps, utc=True)
    utterances = utterances.drop(columns="text")
    derived = cases(utterances).set_index("case_id")

    raw = pd.read_csv(real_data / "twcs_slice.csv", lineterminator="\n")
    raw["at"] = pd.to_datetime(raw["created_at"], format="%a %b %d %H:%M:%S %z %Y")
    inbound = raw["inbound"].astype("string").eq("True")
    opened = raw[inbound & raw["in_response_to_tweet_id"].isna()]
    assert len(derived) == len(opened)
    direct = opened.merge(
        raw[~inbound], left_on="tweet_id", right_on="in_response_to_tweet_id", suffixes=("", "_answer")
    )
    hours = ((direct["at_answer"] - direct["at"]).dt.total_seconds() / 3600).groupby(direct["tweet_id"]).min()
    # answers to the opening itself; ours also counts an answer to the customer's own continuation of it
    answered = derived["first_response_h"].dropna()
    assert len(hours) <= len(answered) <= len(hours) * 1.1
    assert answered.median() == pytest.approx(hours.median(), rel=0.1)
    # the whole definition, by walking each answer to its top
    by_walk = by_hand(utterances.assign(reply_to=utterances["reply_to"].astype("object")))
    assert answered.to_dict() == pytest.approx(by_walk)
    validate(derived.reset_index(), "cases")
