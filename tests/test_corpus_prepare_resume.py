"""What a run leaves to the next: drafts of what was cleaned, by content."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scsr.corpus.prepare import prepare, run, work
from scsr.corpus.prepare.chunks import Setup, pack
from scsr.corpus.readers.records import RawRecord
from scsr.corpus.readers.source import Source
from scsr.corpus.store import load

KEY = b"a key of the tests, long enough"
STATED = '[[source]]\nname = "{0}"\npath = "{0}.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = false\nlanguage = "nb"\n'


def raw_folder(folder: Path, **files: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "sources.toml").write_text("".join(STATED.format(name) for name in files), "utf-8")
    for name, n in files.items():
        lines = [f'"{name} {i}","Faktura nummer {i} fra {name} er feil, og ingen svarer på spørsmål {i % 7} om den."'
                 for i in range(n)]  # fmt: skip
        (folder / f"{name}.csv").write_text("utterance_id,text\n" + "\n".join(lines) + "\n", "utf-8")
    return folder


def tables(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".drafts" not in path.parts
    }


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sources of the chunks that were cleaned, one by one."""
    seen: list[str] = []
    real = work.clean

    def counted(chunk: work.Chunk) -> object:
        seen.append(chunk.setup.source.name)
        return real(chunk)

    monkeypatch.setattr(work, "clean", counted)
    monkeypatch.setattr(run, "CHUNK_RECORDS", 10)
    return seen


def test_a_run_broken_off_goes_on_where_it_stopped(
    tmp_path: Path, cleaned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = raw_folder(tmp_path / "raw", log=95)
    whole = prepare(raw, tmp_path / "whole", key=KEY)
    assert cleaned == ["log"] * 10
    real = work.write_draft
    left = [6]

    def broken(*arguments: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(work, "write_draft", broken)
        with pytest.raises(KeyboardInterrupt):
            prepare(raw, tmp_path / "out", key=KEY)
    cleaned.clear()
    assert prepare(raw, tmp_path / "out", key=KEY) == whole
    assert cleaned == ["log"] * 4
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_changed_sources_alone_are_cleaned_again(tmp_path: Path, cleaned: list[str]) -> None:
    raw, out = raw_folder(tmp_path / "raw", log=30, forum=30), tmp_path / "out"
    prepare(raw, out, key=KEY)
    with (raw / "forum.csv").open("a", encoding="utf-8") as stream:
        stream.write('"ny","Faktura nummer 3 fra log er feil, og ingen svarer på spørsmål 3 om den."\n')
    cleaned.clear()
    prepare(raw, out, key=KEY)
    assert cleaned == ["forum"]  # its last records alone: the others stand in chunks that are what they were
    assert load("duplicates", data=out)["how"].tolist() == ["exact"]  # found across sources, old and new
    fresh = tmp_path / "fresh"
    prepare(raw, fresh, key=KEY)
    assert tables(fresh) == tables(out)


def test_what_is_the_same_is_not_written_again(tmp_path: Path, cleaned: list[str]) -> None:
    raw, out = raw_folder(tmp_path / "raw", log=30), tmp_path / "out"
    first = prepare(raw, out, key=KEY)
    parts = {path: path.stat().st_ino for path in out.rglob("part-*")}
    cleaned.clear()
    stated = raw / "sources.toml"
    stated.write_text(stated.read_text("utf-8").replace("MIT", "CC0"), "utf-8")  # no row rests on the licence
    again = prepare(raw, out, key=KEY)
    assert not cleaned
    assert {path: path.stat().st_ino for path in out.rglob("part-*")} == parts
    assert again.tables == first.tables
    assert [source["licence"] for source in again.sources] == ["CC0"]
    assert [source["n_rows"] for source in again.sources] == [30]
    next(iter(parts)).unlink()
    prepare(raw, out, key=KEY)
    assert set(out.rglob("part-*")) == set(parts)


def test_drafts_may_be_removed_and_those_without_use_are(tmp_path: Path, cleaned: list[str]) -> None:
    raw, out = raw_folder(tmp_path / "raw", log=30), tmp_path / "out"
    prepare(raw, out, key=KEY)
    before = tables(out)
    kept = sorted(path.name for path in (out / ".drafts").iterdir())
    assert len(kept) == 3
    shutil.rmtree(out / ".drafts")
    prepare(raw, out, key=KEY)
    assert tables(out) == before
    raw_folder(raw, log=20)
    prepare(raw, out, key=KEY)
    assert sorted(path.name for path in (out / ".drafts").iterdir()) == sorted(
        path.name for path in (out / ".drafts").iterdir() if path.name in kept
    )
    assert len(list((out / ".drafts").iterdir())) == 2


def test_what_a_killed_run_left_between_its_steps_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = raw_folder(tmp_path / "raw", log=30), tmp_path / "out"
    between = []

    def killed(*arguments: object) -> None:
        folder = arguments[2]
        assert isinstance(folder, Path)
        between.append(folder.with_name("cases-of-a-killed-run"))
        between[0].mkdir()
        (between[0] / "rows").write_text("left", "utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "derive_cases", killed)
        with pytest.raises(KeyboardInterrupt):
            prepare(raw, out, key=KEY)
    assert between[0].exists()
    prepare(raw, out, key=KEY)
    assert not between[0].exists()


def test_a_draft_is_known_by_all_that_it_rests_on() -> None:
    source = Source("log", "*.csv", "table", companies=("Nordkraft",), values={"channel": {"a": "b", "c": "d"}})
    same = Source(
        "log", "other/*.csv", "table", "MIT", companies=("Nordkraft",), values={"channel": {"c": "d", "a": "b"}}
    )
    base = Setup(0, source, KEY, "code")
    assert base.digest == Setup(7, same, KEY, "code").digest
    others = [
        Setup(0, source, KEY + b"!", "code"),
        Setup(0, source, KEY, "other code"),
        Setup(0, Source("log", "*.csv", "table", companies=("Annat",)), KEY, "code"),
        Setup(0, source, KEY, "code", speakers=frozenset({"a"})),
        Setup(0, source, KEY, "code", utterances=frozenset({"a"})),
        Setup(0, source, KEY, "code", repeated=frozenset({1})),
    ]
    assert len({base.digest, *(one.digest for one in others)}) == 7
    record = RawRecord("a.csv", "row 1", {"text": "Hei"})
    assert work.Chunk(base, pack((record,))).digest("rows") != work.Chunk(base, pack((record, record))).digest("rows")
    assert work.Chunk(base, pack((record,))).digest("rows") != work.Chunk(base, pack((record,))).digest("edges")
