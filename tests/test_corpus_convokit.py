"""Corpora for ConvoKit: what is written is what was prepared, and comes back the same."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from scsr.corpus import convokit
from scsr.corpus.prepare import prepare
from scsr.corpus.readers import RawRecord, Source, read
from scsr.corpus.store import load
from scsr.errors import ScsrError, TableError


def test_a_round_trip_keeps_all_that_was_prepared(tiny: Path, tmp_path: Path) -> None:
    before = load("utterances", data=tiny)
    folder = convokit.write(before, tmp_path / "raw" / "corpus", name="tiny")
    rows = [
        one.values for one in read(Source("talk", "corpus", "convokit"), folder.parent) if isinstance(one, RawRecord)
    ]
    assert [row["utterance_id"] for row in rows] == list(before["utterance_id"])
    assert [row["speaker_id"] for row in rows] == list(before["speaker_id"])
    assert [row["text"] for row in rows] == list(before["text"])
    assert list(pd.to_datetime([row["published_at"] for row in rows], utc=True)) == list(before["published_at"])
    for column in ("company", "country", "speaker_role", "date_precision", "language"):
        assert [row[column] for row in rows] == list(before[column].astype(str)), column
    prepare(folder.parent, tmp_path / "out", key=bytes(32))
    after = load("utterances", data=tmp_path / "out")
    for column in ("text", "company", "country", "speaker_role", "published_at", "date_precision", "language", "kind"):
        assert list(after[column].astype(str)) == list(before[column].astype(str)), column
    assert after["speaker_id"].nunique() == before["speaker_id"].nunique()


def test_threads_dates_and_what_is_unknown(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "utterance_id": ["a", "b", "c"],
            "conversation_id": ["a", "a", None],
            "reply_to": [None, "a", None],
            "speaker_id": ["k", None, "k"],
            "text": ["Hvor er pakken?", "På vei", "Hei"],
            "published_at": pd.to_datetime(
                ["2012-09-11T11:05:00Z", "2012-09-12T00:00:00Z", None], utc=True, format="ISO8601"
            ),
            "date_precision": ["minute", "day", "none"],
            "n_followers": [3, None, None],
            "urgent": [True, None, False],
            "lemmas": [["pakke"], [], None],
        }
    )
    folder = convokit.write(rows, tmp_path / "corpus")
    first, second, third = (json.loads(line) for line in (folder / "utterances.jsonl").read_text("utf-8").splitlines())
    assert first["meta"] == {"date_precision": "minute", "n_followers": 3, "urgent": True, "lemmas": ["pakke"]}
    assert (first["timestamp"], second["timestamp"], third["timestamp"]) == (1347361500, 1347408000, None)
    assert (second["reply-to"], second["conversation_id"], second["speaker"]) == ("a", "a", "")
    assert third["conversation_id"] == "c"
    back = [dict(one.values) for one in read(Source("talk", "corpus", "convokit"), tmp_path)]
    assert back[1] == {
        "utterance_id": "b", "conversation_id": "a", "reply_to": "a", "text": "På vei", "date_precision": "day",
        "published_at": "2012-09-12T00:00:00+00:00",
    }  # fmt: skip
    assert "published_at" not in back[2]
    again = convokit.write(rows, tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    rows = pd.DataFrame({"utterance_id": ["a"], "text": ["Hei"]})
    convokit.write(rows, tmp_path / "corpus")
    with pytest.raises(ScsrError, match="exists"):
        convokit.write(rows, tmp_path / "corpus")
    with pytest.raises(ScsrError, match="'text' is missing"):
        convokit.write(rows[["utterance_id"]], tmp_path / "other")
    with pytest.raises(TableError):
        convokit.write(rows.assign(colour="blue"), tmp_path / "other")
