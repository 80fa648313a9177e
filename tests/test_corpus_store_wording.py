"""Runs of words are kept beside the parts that they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from scsr.corpus.prepare import prepare
from scsr.corpus.store import manifest
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.wording import FOLDER, Wording, name_of, write_wording
from scsr.text.runs import word_runs

STATED = (
    '[[source]]\nname = "log"\npath = "log.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = true\nlanguage = "nb"\n'
)
SAID = "Jeg har ventet i elleve dager på svar om faktura {} som var feil"


def raw_folder(folder: Path, *numbers: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "sources.toml").write_text(STATED, "utf-8")
    (folder / "log.csv").write_text("title,text\n" + "".join(f"Hei {n},{SAID.format(n)}\n" for n in numbers), "utf-8")
    return folder


def wording(out: Path) -> Wording:
    return Wording(Folder.of(out), [part["name"] for part in manifest(out).tables["utterances"]["files"]])


def test_prepare_keeps_the_runs_of_what_it_publishes_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw_folder(tmp_path / "raw", 4711, 4712), out)
    first = wording(out)
    assert [name_of(part) for part in first.parts] == [path.name for path in (out / FOLDER).iterdir()]
    assert first.holding(word_runs([SAID.format(4711), SAID.format(4712)])).all()
    prepare(raw_folder(tmp_path / "raw", 4713), out)
    assert [name_of(part) for part in wording(out).parts] == [path.name for path in (out / FOLDER).iterdir()]
    gone = word_runs([SAID.format(4711)])
    assert len(gone) == 7
    assert wording(out).holding(gone).sum() == 3  # those that stop before the number


def test_what_is_missing_is_made_again_or_read_from_the_part(tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw_folder(tmp_path / "raw", 4711), out)
    theirs = word_runs([SAID.format(4711)])
    kept = next((out / FOLDER).iterdir())
    contents = kept.read_bytes()
    kept.unlink()
    assert wording(out).holding(theirs).all()
    assert not kept.exists()
    assert wording(out).complete().holding(theirs).all()
    assert kept.read_bytes() == contents
    assert wording(out).holding(theirs[:0]).tolist() == []


def test_titles_and_texts_count_and_nothing_missing_does(tmp_path: Path) -> None:
    rows = pa.table({"title": ["a b c d e f g h i", None], "text": ["j k l m n o p q", "kort"]})
    runs = write_wording(Folder.of(tmp_path), "part-x.parquet", rows)
    assert np.array_equal(runs, word_runs(["a b c d e f g h i", "j k l m n o p q"]))
