"""Readers: every raw record is yielded once, as a record or as a reject, and nothing is guessed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scsr.corpus.readers import READERS, RawRecord, Reject, Source, choose_sources, load_sources, matching_files, read
from scsr.corpus.readers.files import looks_binary
from scsr.corpus.readers.records import conversations
from scsr.corpus.readers.table import delimiter_of
from scsr.errors import ScsrError, SourceError

STATED = """
[[source]]
name = "log"
path = "*.csv"
reader = "table"
licence = "MIT"
synthetic = true
"""


def sources(tmp_path: Path, text: str) -> list[Source]:
    file = tmp_path / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return load_sources(file, READERS)


def table(tmp_path: Path, content: bytes | str, name: str = "a.csv", **more: object) -> list[RawRecord | Reject]:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(Source("log", name, "table", **more), tmp_path))


def texts(found: list[RawRecord | Reject]) -> list[str]:
    return [record.values.get("text", "") for record in found if isinstance(record, RawRecord)]


def reasons(found: list[RawRecord | Reject]) -> list[str]:
    return [reject.reason for reject in found if isinstance(reject, Reject)]


# sources.toml


def test_a_source_states_defaults_columns_and_values(tmp_path: Path) -> None:
    (source,) = sources(
        tmp_path,
        STATED
        + 'language = "sv"\ncollected_at = 2012-09-11\ntimezone = "Europe/Stockholm"\nspeakers = "crm"\n'
        + '[source.columns]\ntext = "Omdöme"\nutterance_id = "nr"\n[source.values.valence]\n"1" = "positive"\n',
    )
    assert source.defaults == {"language": "sv"}
    assert source.columns == {"text": "Omdöme", "utterance_id": "nr"}
    assert source.values == {"valence": {"1": "positive"}}
    assert (source.collected_at, source.namespace) == ("2012-09-11", "crm")
    assert pickle.loads(pickle.dumps(source)) == source


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('lisence = "x"', "unknown key 'lisence'; did you mean 'licence'"),
        ('table = "utterence"', "did you mean 'utterances'"),
        ('table = "rejects"', "no source can feed table 'rejects'"),
        ('language = "no"', "nb or nn, never no"),
        ('language = "svenska"', "must be one of sv"),
        ('channel = "blogg"', "did you mean 'blog'"),
        ('speaker_role = "kund"', "choose one of customer"),
        ('timezone = "Stockholm"', "IANA"),
        ('encoding = "utf8000"', "unknown"),
        ('saved_at = "i går"', "ISO 8601"),
        ('delimiter = "::"', "one character"),
        ("country = 46", "must be text"),
        ('columns = "text"', "must be a table"),
        ('exposure_unit = "customers"', "no column of table"),
        ('[source.columns]\ntxt = "a"', "did you mean 'text'"),
        ("[source.columns]\ntext = 3", "must be text"),
        ('[source.columns]\nsource = "a"', "cannot take from a file"),
        ("[source.values]\nvalence = 3", "must be a table"),
        ("[source.values.valence]\na = 3", "must be text"),
        (STATED, "stands twice"),
        (STATED.replace("log", "b").replace("true", "false"), "prepare them apart"),
    ],
)
def test_a_mistake_in_a_source_is_named_with_its_remedy(tmp_path: Path, change: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        sources(tmp_path, STATED + change)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "states no source"),
        ("[source]\n", "write"),
        ("source = 3", "must be a list"),
        ("sources = 1", "unknown key"),
        ("name = ", "is not TOML"),
        (STATED.replace('"table"', '"tabel"'), "did you mean 'table'"),
        (STATED.replace('path = "*.csv"', 'path = "../x.csv"'), "below the raw folder"),
        (STATED.replace('path = "*.csv"', 'path = "/x.csv"'), "below the raw folder"),
        (STATED.replace('name = "log"', 'name = " "'), "name is empty"),
        (STATED.replace("synthetic = true\n", ""), "'synthetic' is missing"),
        (STATED.replace("true", '"yes"'), "must be true or false"),
    ],
)
def test_a_broken_sources_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        sources(tmp_path, text)


def test_a_missing_sources_file_and_a_glob_without_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        load_sources(tmp_path / "none.toml", READERS)
    with pytest.raises(SourceError, match="matches no file"):
        matching_files(Source("log", "*.csv", "table"), tmp_path)


# tables


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_as_the_world_writes_it(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    rows = [["text", "n"], ["Fått vänta på svar, åter; igen", "1"], ["Það\när æði", "2"], ['"Nei", sa hun', "3"]]
    rows = [[cell.replace("ð", "d") for cell in row] for row in rows] if encoding == "windows-1252" else rows
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    found = table(tmp_path, (end.join(quoted) + end).encode(encoding))
    assert texts(found) == [row[0] for row in rows[1:]]
    assert [record.locator for record in found] == ["row 1", "row 2", "row 3"]


def test_a_lone_carriage_return_ends_no_row(tmp_path: Path) -> None:
    found = table(tmp_path, b"id,text\n1,start\r\rend\n2,b\n")
    assert texts(found) == ["start\n\nend", "b"]


def test_the_delimiter_that_gives_the_wanted_columns_wins(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("omdöme;betyg\nEn, två, tre;4\nFyra, fem, sex;5\n")
    assert delimiter_of(tmp_path / "a.csv", None, {"omdöme"}) == ";"
    (tmp_path / "b.csv").write_text("text\nEn; två\n")
    assert texts(list(read(Source("log", "b.csv", "table", delimiter=","), tmp_path))) == ["En; två"]


def test_rows_of_another_width_are_rejects(tmp_path: Path) -> None:
    found = table(tmp_path, "text,n\na,1\nb\nc,1,,\nd,1,x\n\n,\ne,2\n")
    assert texts(found) == ["a", "c", "e"]
    assert reasons(found) == ["uneven row", "uneven row"]
    assert "cells" in found[1].detail


def test_columns_are_mapped_and_values_translated(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "nr,Omdöme,betyg,language\n7,Bra,1.0,sv\n8,Dåligt,9,sv\n9,Sådär,0,\n",
        columns={"utterance_id": "nr", "text": "Omdöme", "valence": "betyg"},
        values={"valence": {"1.0": "positive", "0": ""}},
    )
    assert [dict(record.values) for record in found] == [
        {"utterance_id": "7", "text": "Bra", "valence": "positive", "language": "sv"},
        {"utterance_id": "8", "text": "Dåligt", "valence": "9", "language": "sv"},
        {"utterance_id": "9", "text": "Sådär"},
    ]


def test_a_column_that_is_not_there_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no column 'omdome' for 'text'; did you mean 'omdöme'"):
        table(tmp_path, "omdöme,n\na,1\n", columns={"text": "omdome"})
    with pytest.raises(SourceError, match="no column holds the text"):
        table(tmp_path, "a,b\n1,2\n")


def test_answers_find_their_conversation(tmp_path: Path) -> None:
    found = table(tmp_path, "utterance_id,reply_to,text\n1,,a\n2,1,b\n3,2,c\n4,9,d\n,,e\n")
    assert [record.values.get("conversation_id") for record in found] == ["1", "1", "1", "9", None]
    assert dict(conversations({"a": "b", "b": "a"})).keys() == {"a", "b"}


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    lines = [json.dumps({"text": "Hæ", "meta": {"id": 3}}), "", "[1]", "{", '{"text": null}', '{"text": "b"}']
    found = table(tmp_path, "\n".join(lines), name="a.jsonl", columns={"text": "text", "utterance_id": "meta.id"})
    assert texts(found) == ["Hæ", "", "b"]
    assert found[0].values["utterance_id"] == "3"
    assert reasons(found) == ["broken line", "broken line"]
    frame = pd.DataFrame({"text": ["a", None], "utterance_id": [1.0, None], "at": pd.to_datetime(["2012-09-11", None])})
    frame.to_parquet(tmp_path / "b.parquet")
    source = Source("log", "b.parquet", "table", columns={"text": "text", "published_at": "at"})
    first, second = read(source, tmp_path)
    assert dict(first.values) == {"text": "a", "utterance_id": "1", "published_at": "2012-09-11T00:00:00"}
    assert dict(second.values) == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"  \n", "empty file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text"),
        (b"PK\x03\x04" + bytes(200), "compressed"),
        (b"%PDF-1.4 text", "not text"),
        (b"PAR1 cut off", "broken Parquet file"),
    ],
)
def test_what_is_no_table_is_a_reject(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reasons(table(tmp_path, content)) == [reason]


def test_a_wrong_statement_of_the_encoding_is_a_reject(tmp_path: Path) -> None:
    found = table(tmp_path, "text\nhållö\n".encode("windows-1252"), encoding="utf-8")
    assert reasons(found) == ["undecodable"]
    assert "hållö" not in repr(found)


def test_a_cell_beyond_all_bounds_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.delimited.MAX_FIELD", 1000)
    found = table(tmp_path, 'text,n\na,1\n"' + "b" * 2000 + "\n", delimiter=",")
    assert texts(found) == ["a"]
    assert reasons(found) == ["broken quoting"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300), head=st.sampled_from([b"", b"text,n\n", b'{"text": "a"}\n', b"PAR1", b"<html>"])
)
def test_any_bytes_give_records_or_rejects_or_a_stated_error(tmp_path: Path, content: bytes, head: bytes) -> None:
    (tmp_path / "x").write_bytes(head + content)
    for reader in ("table", "page", "twcs"):
        try:
            found = list(read(Source("s", "x", reader), tmp_path))
        except ScsrError:
            continue
        assert all(isinstance(one, RawRecord | Reject) for one in found)


@pytest.mark.skipif(not hasattr(Path, "symlink_to"), reason="no symbolic links here")
def test_a_link_out_of_the_raw_folder_is_a_reject(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "secret.csv").write_text("text\nx\n")
    (raw / "a.csv").symlink_to(tmp_path / "secret.csv")
    assert reasons(list(read(Source("log", "*.csv", "table"), raw))) == ["outside the raw folder"]


def test_another_source_may_take_some_of_the_files(tmp_path: Path) -> None:
    for name in ("blog-a", "blog-b", "forum-c"):
        (tmp_path / f"{name}.txt").write_text("Hej")
    source = Source("log", "*.txt", "page", exclude="forum-*")
    assert [path.stem for path in matching_files(source, tmp_path)] == ["blog-a", "blog-b"]
    with pytest.raises(SourceError, match="exclude '/x' must be a glob"):
        sources(tmp_path, STATED + 'exclude = "/x"')


def test_files_are_read_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.csv").write_text(f"text,n\n{name},1\n")
    assert texts(list(read(Source("log", "*.csv", "table"), tmp_path))) == ["a", "b", "c"]


# twcs


TWEETS = """tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id
1,Brand,False,Tue Oct 31 22:10:47 +0000 2017,@7 Hi,,2.0
2,7,True,Tue Oct 31 22:08:27 +0000 2017,@Brand help,1,
3,8,True,Tue Oct 31 22:09:27 +0000 2017,@Brand @Other both,"4,5",99
4,Brand,False,Tue Oct 31 22:11:27 +0000 2017,@8 one,,3
5,Other,False,Tue Oct 31 22:12:27 +0000 2017,@8 two,,3
6,8,maybe,Tue Oct 31 22:12:27 +0000 2017,x,,
"""


def test_tweets_find_conversation_parent_role_and_company(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TWEETS)
    source = Source("twcs", "t.csv", "twcs")
    found = list(read(source, tmp_path))
    one, two, three, four, _, bad = found
    assert isinstance(bad, Reject)
    assert one.values["reply_to"] == "2"
    assert (one.values["speaker_role"], two.values["speaker_role"]) == ("firm", "customer")
    assert {record.values.get("sampling") for record in found[:5]} == {"replies"}
    assert (two.values["conversation_id"], two.values["company"]) == ("2", "Brand")
    assert "kind" not in two.values
    # the tweet that 3 answers is lost: it names the conversation, and 3 is no opening
    assert (three.values["conversation_id"], three.values["kind"]) == ("99", "reply")
    assert "reply_to" not in three.values
    assert "company" not in three.values  # two brands speak
    assert four.values["company"] == "Brand"
    complete = Source("twcs", "t.csv", "twcs", defaults={"sampling": "complete"})
    assert "sampling" not in next(read(complete, tmp_path)).values


def test_a_file_of_other_columns_is_no_twcs(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("tweet_id,text\n1,a\n")
    with pytest.raises(SourceError, match="no column 'author_id'"):
        list(read(Source("twcs", "t.csv", "twcs"), tmp_path))
    (tmp_path / "t.csv").write_bytes(b"")
    assert reasons(list(read(Source("twcs", "t.csv", "twcs"), tmp_path))) == ["empty file"]


# cascades


def test_cascades_become_shares_in_hours(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("magnitude,time,user,cascade\n58,0.0,2984,1\n10,1800,,1\n3,soon,1,2\n4\n")
    found = list(read(Source("c", "c.csv", "cascades", table="shares"), tmp_path))
    assert dict(found[0].values) == {"cascade_id": "1", "t_h": "0.0", "n_followers": "58", "speaker_id": "2984"}
    assert dict(found[1].values) == {"cascade_id": "1", "t_h": "0.5", "n_followers": "10"}
    assert reasons(found) == ["bad value", "uneven row"]
    with pytest.raises(SourceError, match="feeds table 'shares'"):
        list(read(Source("c", "c.csv", "cascades"), tmp_path))
    (tmp_path / "c.csv").write_text("time,user\n1,2\n")
    with pytest.raises(SourceError, match="no column 'cascade'"):
        list(read(Source("c", "c.csv", "cascades", table="shares"), tmp_path))


# pages


def test_a_page_is_read_whole_in_its_own_encoding(tmp_path: Path) -> None:
    html = '<html><head><meta charset="iso-8859-1"><link rel="canonical" href="http://example.com/p/1"></head><p>Blåbær</p>'
    (tmp_path / "a.htm").write_bytes(html.encode("latin-1"))
    (tmp_path / "b.txt").write_text("Hvað er að frétta?\n", encoding="utf-8-sig")
    (tmp_path / "c.txt").write_bytes(b"\0\1\2")
    (tmp_path / "d.txt").write_bytes(b"")
    first, second, third, fourth = read(Source("p", "*", "page"), tmp_path)
    assert "Blåbær" in first.markup
    assert (first.is_html, second.is_html) == (True, False)
    assert first.values == {"url": "http://example.com/p/1"}
    assert second.markup.startswith("Hvað")
    assert (third.reason, fourth.reason) == ("not text", "empty file")


def test_a_page_too_large_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.files.MAX_PAGE", 10)
    (tmp_path / "a.txt").write_text("x" * 11)
    assert reasons(list(read(Source("p", "*", "page"), tmp_path))) == ["too large"]


def test_large_files_of_old_encodings_are_read_as_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scsr.corpus.readers.files.MAX_EVIDENCE", 400)
    rows = "".join(f"{i};blåbärssås och smörgås\n" for i in range(40))
    found = table(tmp_path, ("nr;text\n" + rows).encode("windows-1252"))
    assert texts(found) == ["blåbärssås och smörgås"] * 40


# chosen by content


def test_readers_are_chosen_by_content(tmp_path: Path) -> None:
    for name, content in {
        "deep/page.html": "<html><p>Hej</p></html>",
        "page.txt": "Hej\n",
        "wrong.csv": "<!DOCTYPE html><html><p>Hej</p></html>",
        "tweets.dat": TWEETS,
        "rt.csv": "magnitude,time,user,cascade\n58,0.0,2984,1\n",
        "reviews.csv": "Review;stars\nBra;5\n",
        "more.csv": "Review;stars\nUsel;1\n",
        "lines.jsonl": '{"text": "Hei"}\n',
        "out.csv": "speaker_id,outcome,observed_from,observed_until\n1,churn,2012-01-01,2013-01-01\n",
        "base.csv": "n_exposed,period_start,period_end\n1,2012-01-01,2013-01-01\n",
        "sh.csv": "cascade_id,t_h\n1,0\n",
        "numbers.csv": "a,b\n1,2\n",
        "README.md": "no data",
        ".hidden": "x",
        "binary.csv": "\0\0\0",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    chosen = {choice.source.name: choice for choice in choose_sources(tmp_path)}
    files = {name: [file.name for file in choice.files] for name, choice in chosen.items()}
    reviews = next(name for name, found in files.items() if "reviews.csv" in found)
    assert files[reviews] == ["more.csv", "reviews.csv"]
    assert chosen[reviews].source.columns == {"text": "Review"}
    assert files["pages"] == ["page.html", "page.txt", "wrong.csv"]
    assert files["twcs"] == ["tweets.dat"]
    assert files["unread"] == ["binary.csv", "numbers.csv"]
    assert {chosen[name].source.table for name in ("outcomes", "exposure", "shares", "cascades")} == {
        "outcomes", "exposure", "shares",
    }  # fmt: skip
    unread = chosen["unread"]
    assert reasons(list(read(unread.source, tmp_path, list(unread.files)))) == ["not text", "no reader"]


def test_binary_is_told_from_text() -> None:
    assert looks_binary(b"\x1f\x8b\x08compressed")
    assert not looks_binary("Þetta er texti".encode())


@pytest.mark.real_data
def test_the_example_of_real_sources_fits_the_real_files(real_data: Path, root: Path) -> None:
    found = load_sources(root / "examples" / "real-data" / "sources.toml", READERS)
    counts = {source.name: len(list(read(source, real_data))) for source in found}
    assert counts == {
        "sv-reviews": 2500, "nb-media-reviews": 700, "no-tweets": 106, "is-reviews": 600, "is-headlines": 999,
        "twcs": 5000, "airline-tweets": 1500, "auspol-cascades": 5348, "saved-pages": 2,
    }  # fmt: skip
