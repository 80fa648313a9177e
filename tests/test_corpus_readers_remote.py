"""Raw files of a store are read as those of a folder, one at a time."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from scsr.corpus.prepare import prepare
from scsr.corpus.readers import read
from scsr.corpus.readers.remote import Nearby, at_hand
from scsr.corpus.readers.source import Source
from scsr.corpus.store import load, manifest
from scsr.corpus.store.folder import Folder
from scsr.errors import SourceError

STATED = (
    '[[source]]\nname = "log"\npath = "**/*.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = true\n'
    'language = "sv"\n[source.columns]\nutterance_id = "id"\nspeaker_id = "who"\n'
)


@pytest.fixture
def store() -> Iterator[Folder]:
    folder = Folder(f"memory://{uuid.uuid4().hex}/raw")
    yield folder
    folder.clear()


def fill(store: Folder, raw: Path | None = None) -> None:
    """Put the same files into a store and a folder."""
    files = {f"y{n}/log.csv": f"id,who,text\n{n},p{n},Faktura {n} är fel och ingen svarar mig\n" for n in range(3)}
    files["y9/empty.csv"] = ""
    files["sources.toml"] = STATED
    for name, text in files.items():
        store.put(name, text.encode())
        if raw is not None:
            (raw / name).parent.mkdir(parents=True, exist_ok=True)
            (raw / name).write_text(text, "utf-8")


def test_a_store_gives_the_same_tables_as_a_folder(store: Folder, tmp_path: Path) -> None:
    fill(store, tmp_path / "raw")
    expected = prepare(tmp_path / "raw", tmp_path / "one")
    assert prepare(store.path, tmp_path / "two") == expected
    assert manifest(tmp_path / "two").to_json() == expected.to_json()
    assert len(load("utterances", data=tmp_path / "two")) == 3
    shutil.copy(tmp_path / "raw" / "sources.toml", tmp_path / "stated.toml")
    store.remove("sources.toml")
    assert prepare(store.path, f"{store.parent.path}/out", tmp_path / "stated.toml").tables == expected.tables


def test_files_are_here_only_while_they_are_read(store: Folder) -> None:
    fill(store)
    source = Source("log", "**/*.csv", "table", columns={"utterance_id": "id", "speaker_id": "who"})
    with at_hand(store.path) as near:
        assert near.folder.name == "raw"
        held = []
        for record in read(source, near.folder, near=near):
            held.append(record.file)
            there = [p.relative_to(near.folder).as_posix() for p in near.folder.rglob("*.csv") if p.stat().st_size]
            assert set(there) <= {record.file}
        assert held == ["y0/log.csv", "y1/log.csv", "y2/log.csv", "y9/empty.csv"]
    assert not near.folder.exists()


def test_a_corpus_is_brought_with_what_lies_beside_it(store: Folder) -> None:
    for name in ("utterances.jsonl", "speakers.json", "other.txt"):
        store.put(f"corpus/{name}", name.encode())
    store.put("sources.toml", b"")
    with at_hand(store.path) as near, near.holding(near.folder / "corpus" / "utterances.jsonl"):
        held = {path.name: path.read_text() for path in (near.folder / "corpus").iterdir()}
    assert held == {"utterances.jsonl": "utterances.jsonl", "speakers.json": "speakers.json", "other.txt": ""}


def test_a_folder_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("words")
    with at_hand(tmp_path) as near, near.holding(tmp_path / "a"):
        assert near == Nearby(tmp_path)
    assert (tmp_path / "a").read_text() == "words"


def test_what_is_missing_in_a_store_is_said(store: Folder) -> None:
    with pytest.raises(SourceError, match="is no folder that holds files"), at_hand(store.path):
        pass
    store.put("a.csv", b"id,text\n")
    with (
        pytest.raises(SourceError, match=r"has no sources\.toml; write one there, or give --sources a file"),
        at_hand(store.path),
    ):
        pass
    with at_hand(store.path, stated=True) as near:
        assert [path.name for path in near.folder.iterdir()] == ["a.csv"]
