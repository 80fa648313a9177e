"""Hostile input: a reject with a reason, in bounded time and memory; never a crash, and no error but the family's."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import os
import resource
import socket
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scsr.corpus.prepare import prepare
from scsr.corpus.readers import READERS, RawRecord, Reject, Source, choose_sources, matching_files, read
from scsr.corpus.readers.files import printable
from scsr.corpus.readers.markup import plain_text
from scsr.errors import SourceError


def table(tmp_path: Path, content: bytes | str, name: str = "a.csv", **more: object) -> list[RawRecord | Reject]:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(Source("log", name, "table", **more), tmp_path))


def texts(found: list[RawRecord | Reject]) -> list[str]:
    return [record.values.get("text", "") for record in found if isinstance(record, RawRecord)]


def reasons(found: list[RawRecord | Reject]) -> list[str]:
    return [reject.reason for reject in found if isinstance(reject, Reject)]


@pytest.fixture
def bounded() -> Iterator[None]:
    """At most ten seconds of the processor, and 1 GB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    yield
    assert time.process_time() - started < 10
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 1 << 30


def prepared(raw: Path, tmp_path: Path) -> tuple[dict[str, int], list[str]]:
    """Rows by table, and reasons of rejects, of a folder whose readers are chosen by content."""
    made = prepare(raw, tmp_path / "out", key=bytes(range(32)))
    for account in made.sources:
        assert account["n_read"] == account["n_rows"] + account["n_rejects"]
    rejected = [reason for account in made.sources for reason, n in account["rejected"].items() for _ in range(n)]
    return {name: made.tables[name]["n_rows"] for name in made.tables if made.tables[name]["n_rows"]}, sorted(rejected)


# compressed and binary files, wrong names


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 20_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content", [gzip.compress(b"text\n" + b"0" * 20_000_000), bomb(), b"7z\xbc\xaf\x27\x1c", b"BZh91AY"]
)
@pytest.mark.parametrize("reader", sorted(READERS))
def test_compressed_files_are_never_unpacked(tmp_path: Path, content: bytes, reader: str, bounded: None) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    source = Source("s", "a.csv", reader, table="shares" if reader == "cascades" else "utterances")
    (reject,) = read(source, tmp_path)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.locator) == ("compressed", "file")
    assert "unpack it" in reject.detail


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    frame = pd.DataFrame({"text": ["Hvor er pakken min?"]})
    frame.to_parquet(raw / "a.csv")
    (raw / "b.parquet").write_text("text;n\nHvor er varene mine?;1\n")
    (raw / "c.jsonl").write_text("<html><body><h1>Hei</h1><p>Hvor er brevet mitt, spør vi oss alle.</p></body></html>")
    (raw / "d.html").write_text('{"text": "Hvor er fakturaen min?"}\n')
    (raw / "e.csv").write_bytes(b"\x7fELF\x02\x01\x01\0\0\0\0\0")
    rows, rejected = prepared(raw, tmp_path)
    assert rows["utterances"] >= 3
    assert "not text" in rejected


# size


def test_a_line_of_200_mb_is_a_reject(tmp_path: Path) -> None:
    chunk = b"x" * (1 << 20)
    for name, start, end in (
        ("a.csv", b"text,n\na,1\n", b"\nb,2\n"),
        ("a.jsonl", b'{"text": "a"}\n{"text": "', b'"}\n{"text": "b"}\n'),
    ):
        with (tmp_path / name).open("wb") as stream:
            stream.write(start)
            for _ in range(200):
                stream.write(chunk)
            stream.write(end)
        started = time.process_time()
        found = list(read(Source("log", name, "table"), tmp_path))
        assert time.process_time() - started < 10
        assert texts(found) == ["a", "b"]
        assert reasons(found) == ["line too long"]


def test_a_page_of_one_line_is_bounded(tmp_path: Path, bounded: None) -> None:
    (tmp_path / "a.html").write_bytes(b"<html><p>" + b"y " * (20 << 20))
    assert reasons(list(read(Source("p", "a.html", "page"), tmp_path))) == ["too large"]


def test_images_in_a_page_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(
        b'<html><p>Hei</p><img src="data:image/png;base64,' + b"A" * (9 << 20) + b'"></html>'
    )
    (page,) = read(Source("p", "a.html", "page"), tmp_path)
    assert isinstance(page, RawRecord)
    assert len(page.markup or "") < 200


def test_a_million_columns_are_no_table(tmp_path: Path, bounded: None) -> None:
    content = ",".join(f"c{n}" for n in range(400_000)) + ",text\n" + "1," * 400_000 + "a\n"
    with pytest.raises(SourceError, match="columns; above 10,000"):
        table(tmp_path, content)
    found = table(tmp_path, content, chosen=True)
    assert reasons(found) == ["bad header"]
    wide = ",".join(["a"] * 1_000_000)
    assert reasons(table(tmp_path, f"{wide}\n{wide}\n", chosen=True)) == ["bad header"]


def test_a_text_beyond_all_bounds_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.table.MAX_TEXT", 100)
    assert reasons(table(tmp_path, "text,n\n" + "a" * 101 + ",1\n")) == ["too large"]


def test_a_quotation_mark_without_a_partner_swallows_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.delimited.MAX_SPAN", 50)
    found = table(tmp_path, 'text,n\na,1\n"b,2\n' + "c,3\n" * 100 + '","4"\nd,5\n')
    assert texts(found) == ["a", "d"]
    assert reasons(found) == ["broken quoting"]


# depth


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<blockquote>"])
def test_markup_nested_100000_deep(tmp_path: Path, tag: str, bounded: None) -> None:
    deep = tag * (100_000 // tag.count("<")) + "Hvor er pakken min?"
    assert plain_text(deep).endswith("Hvor er pakken min?")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.html").write_text(f"<html><body>{deep}</body></html>")
    (raw / "b.xml").write_text(
        f"<rss><channel><item><description><![CDATA[{deep}]]></description></item></channel></rss>"
    )
    (raw / "c.xml").write_text(f"<rss><channel><item><description>{deep}</description></item></channel></rss>")
    rows, _ = prepared(raw, tmp_path)
    assert rows["utterances"] >= 1


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, '{"text": ' + "[" * 50_000 + "]" * 50_000 + "}"])
def test_json_nested_100000_deep(tmp_path: Path, content: str, bounded: None) -> None:
    found = table(tmp_path, content + "\n", "a.jsonl", chosen=True)
    assert texts(found) == []
    assert reasons(found)


# letters that are none


def test_nuls_and_lone_surrogates(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.jsonl").write_text(
        '{"text": "Hvor \\ud800 er \\u0000 pakken?", "utterance_id": "\\udfff", "speaker_id": "\\ud83d"}\n'
    )
    (raw / "b.csv").write_bytes(
        b"text;n\nHvor er \0 alle varene mine?;1\n" * 1 + b"Hei p\xe5 dere alle sammen;2\n" * 30
    )
    (raw / "c.txt").write_bytes("Hvor er pakken?\n\ud800\n".encode("utf-8", "surrogatepass"))
    rows, _ = prepared(raw, tmp_path)
    assert rows["utterances"] >= 1


def test_a_column_may_bear_a_name_that_no_encoding_can_write(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.jsonl").write_text('{"kr\\ud800\\udc01\\ud801": "1", "text": "Hvor er pakken min? Svar, takk."}\n')
    rows, _ = prepared(raw, tmp_path)
    assert rows["utterances"] == 1


def test_numbers_of_thousands_of_digits(tmp_path: Path) -> None:
    digits = "9" * 5000
    found = table(
        tmp_path,
        f'{{"text": "a", "n_followers": {digits}}}\n{{"text": "b", "n_followers": 1e999}}\n{{"text": NaN}}\n',
        "a.jsonl",
    )
    assert texts(found) == ["b", ""]
    assert reasons(found) == ["broken line"]


def test_formulas_stay_text(tmp_path: Path) -> None:
    cells = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+47 er landskoden", "-2 grader"]
    content = "text;n\n" + "".join(f'"{cell}";1\n' for cell in cells)
    assert texts(table(tmp_path, content)) == cells


# files that are none


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A raw folder of things that bear the names of files."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "secret.csv").write_text("text;n\nHemmelig;1\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.csv").write_text("text;n\nHemmelig;1\n")
    (raw / "good.csv").write_text("text;n\nHvor er pakken min?;1\n")
    (raw / "out.csv").symlink_to(tmp_path / "secret.csv")
    (raw / "folder.csv").symlink_to(tmp_path / "elsewhere")
    (raw / "broken.csv").symlink_to(tmp_path / "nowhere.csv")
    (raw / "ring.csv").symlink_to(raw / "ring.csv")
    (raw / "device.csv").symlink_to("/dev/zero")
    os.mkfifo(raw / "pipe.csv")
    return raw


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_bears_a_files_name_and_is_none_is_named(
    odd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (odd / "dir.csv").mkdir()
    monkeypatch.chdir(odd)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("talk.csv")
        source = Source("log", "*.csv", "table")
        found = list(read(source, odd, matching_files(source, odd)))
        assert texts(found) == ["Hvor er pakken min?"]
        assert {one.file: one.reason for one in found if isinstance(one, Reject)} == {
            "broken.csv": "unreadable", "device.csv": "outside the raw folder", "folder.csv": "outside the raw folder",
            "out.csv": "outside the raw folder", "pipe.csv": "not a file", "ring.csv": "unreadable", "talk.csv": "not a file",
            "dir.csv": "not a file",
        }  # fmt: skip
        rows, rejected = prepared(odd, tmp_path)
        assert rows["utterances"] == 1
        assert rejected.count("outside the raw folder") == 3
        assert rejected.count("not a file") == 2


def test_a_file_without_permission_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("text;n\na;1\n")
    (tmp_path / "b.csv").write_text("text;n\nb;1\n")
    opened = Path.open

    def refuse(self: Path, *arguments: object, **named: object) -> object:
        if self.name == "a.csv":
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    (first, second) = choose_sources(tmp_path)
    assert (second.source.name, [file.name for file in second.files]) == ("unread", ["a.csv"])
    assert first.source.name != "unread"
    for reader in ("table", "wxr", "atom", "convokit"):
        found = list(read(Source("s", "a.csv", reader), tmp_path))
        assert reasons(found) == ["unreadable"]
    monkeypatch.setattr(Path, "read_bytes", lambda self: refuse(self))
    assert reasons(list(read(Source("s", "a.csv", "page"), tmp_path))) == ["unreadable"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")
def test_names_that_no_terminal_should_see(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in (b"a\xff.csv", b"b\n\x1b[31m.csv", "blå bær ' \" ;.csv".encode(), b"-rf.csv"):
        Path(os.fsdecode(os.fsencode(raw) + b"/" + name)).write_text(f"text;n\nHvor er pakke {name.hex()}?;1\n")
    rows, rejected = prepared(raw, tmp_path)
    assert rows["utterances"] == 4
    assert rejected == []
    assert printable("b\n\x1b[31m.csv") == "b\\n\\x1b[31m.csv"


# Parquet


def test_odd_types_of_parquet(tmp_path: Path) -> None:
    import datetime as dt
    import decimal

    far = pa.array([10**15, 0, None], pa.int64()).cast(pa.timestamp("s"))
    made = pa.table(
        {
            "text": pa.array(["a", "b", "c"]).dictionary_encode(),
            "who": [{"id": 1, "name": {"first": "Jo"}}, None, {"id": 3, "name": None}],
            "at": pa.array([dt.datetime(2012, 9, 11, 13, 5), None, None], pa.timestamp("ns", "Europe/Oslo")),
            "day": pa.array([dt.date(2012, 9, 11), None, None]),
            "value": [decimal.Decimal("1.50"), None, decimal.Decimal("2.25")],
            "raw": [b"\xff", b"hei", None],
            "tags": [["x", "y"], [], None],
        }
    )
    pq.write_table(made, tmp_path / "a.parquet")
    source = Source(
        "log", "a.parquet", "table",
        columns={"speaker_id": "who.id", "published_at": "at", "title": "tags", "topic": "value", "sector": "raw"},
    )  # fmt: skip
    first, second, third = (dict(one.values) for one in read(source, tmp_path))
    assert first["speaker_id"] == "1"
    assert first["published_at"].startswith("2012-09-11T15:05:00+02:00")
    assert (first["title"], first["topic"]) == ("x\ny", "1.50")
    assert second == {"text": "b", "sector": "hei"}
    assert third["topic"] == "2.25"
    pq.write_table(pa.table({"text": ["a", "b", "c"], "at": far}), tmp_path / "b.parquet")
    found = list(read(Source("log", "b.parquet", "table"), tmp_path))
    assert len(found) == 3
    assert reasons(found) == ["bad value"]


def test_a_parquet_file_that_says_it_is_huge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.table.MAX_GROUP", 10)
    pd.DataFrame({"text": ["a" * 100]}).to_parquet(tmp_path / "a.parquet")
    assert reasons(list(read(Source("log", "a.parquet", "table"), tmp_path))) == ["too large"]


# a slice of the fuzzer


@pytest.fixture(scope="module")
def fuzz(root: Path) -> ModuleType:
    """The program beside the tests."""
    spec = importlib.util.spec_from_file_location("fuzz", root / "tests" / "fuzz.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


def test_the_seeds_are_sound(fuzz: ModuleType, tmp_path: Path) -> None:
    for name, (suffix, data) in fuzz.seeds().items():
        (tmp_path / f"{name}{suffix}").write_bytes(data)
        found = list(read(fuzz.source_of(name, f"{name}{suffix}"), tmp_path))
        assert any(isinstance(one, RawRecord) for one in found), name


def test_mutants_are_the_same_again(fuzz: ModuleType) -> None:
    known = fuzz.seeds()
    assert [fuzz.mutant(n, 7, known) for n in range(30)] == [fuzz.mutant(n, 7, known) for n in range(30)]


@pytest.mark.parametrize("start", [0, 250])
def test_mutated_files_give_rows_rejects_or_the_familys_errors(fuzz: ModuleType, tmp_path: Path, start: int) -> None:
    found = fuzz.run_batch(range(start, start + 140), 11, str(tmp_path / "keep"))
    assert found.faults == []
    assert found.n_rows > 50
    assert found.n_rejects > 50


def test_a_fault_is_blamed_on_its_file(fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(fuzz, "prepare", fail)
    found = fuzz.run_batch(range(2), 11, str(tmp_path / "keep"))
    assert len(found.faults) == 4
    assert "ZeroDivisionError: boom" in found.faults[0]
    assert len(list((tmp_path / "keep").iterdir())) == 2


def test_json_files_of_other_makes(tmp_path: Path) -> None:
    rows = [{"text": 'a, [b] {c} "d" \\', "n": [1, {"x": "]"}]}, {"text": "é"}]
    for number, content in enumerate(
        (
            json.dumps(rows),
            json.dumps(rows, indent=2),
            json.dumps({"reviews": rows, "n": 2}, indent=1),
            json.dumps(rows)[:-1] + ",",
        )
    ):
        found = table(tmp_path, content, f"{number}.json")
        assert texts(found) == [row["text"] for row in rows], content
    found = table(tmp_path, json.dumps(rows)[:-12], "cut.json")
    assert texts(found) == [rows[0]["text"]]
    assert reasons(found) == ["broken line"]
    assert reasons(table(tmp_path, '{"text": "a", "text": "b"}\n{"text": "c", "text": "c"}\n', "d.jsonl")) == [
        "broken line"
    ]
    assert texts(table(tmp_path, '{\n "text": "one"\n}\n', "one.json")) == ["one"]


# what the fuzzer found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.xml",
            "<rss><channel><item><title>Hei</title><description>"
            + "<![CDATA[" * 20_000
            + "</description></item></channel></rss>",
        ),
        ("b.html", "<html><body><h2>Hei</h2>" + "\n" * 50_000 + "<p>Hvor er pakken min?</p></body></html>"),
        (
            "c.html",
            '<html><body><h2>Hei</h2><time datetime="2012-09-11T13:95:99">x</time><p>Hvor er pakken min, spør jeg.</p></html>',
        ),
        ("d.csv", "text;n\n" + "hvers " * 3 + "mjög" * 20_000 + ";1\n"),
        ("e.csv", "utterance_id;text\n" + "1;Hvor er pakken min?\n" * 2000),
        ("k.jsonl", '{"\\ud800\\udbff": 1, "text": "Hvor blir det av pakken min?"}\n'),
        ("i.txt", "Tirsdag 11. september 2012\nÅpent igjen\nNå er butikken åpen etter sommeren. " + "null" * 20_000),
        ("j.csv", "utterance_id,text\na,Hvor blir det av pakken min? " + "aNN" * 20_000 + "\n"),
        ("g.csv", "speaker_id,outcome,value,observed_from,observed_until\n1,churn,1,2012-01-01,0013-01-01\n"),
        ("h.csv", "n_exposed,period_start,period_end\n5,2012-01-01,2012-01-01\n"),
        ("f.txt", "2 kommentarer:\n" + "Tirsdag 11. september 2012\n" * 5000),
    ],
)
def test_a_find_is_mended(tmp_path: Path, name: str, content: str, bounded: None) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / name).write_text(content)
    rows, rejected = prepared(raw, tmp_path)
    assert rows or rejected
