"""What researchers give of their own: labels by hand and watch lists."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from scsr import cli
from scsr.corpus.inputs import read_labels, read_watchlists, write_sheet
from scsr.errors import ScsrError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data" / "processed").mkdir(parents=True)
    return tmp_path / "data" / "processed"


def put(data: Path, text: str | bytes, name: str = "ida.csv") -> Path:
    path = data.parent / "config" / "labels" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


class TestLabels:
    sheet = pd.DataFrame(
        {
            "utterance_id": ["a", "b"],
            "language": "sv",
            "title": [None, "=1+1"],
            "text": ["Åh, vänta\nlänge; så", "@x tack"],
        }
    )

    def test_a_sheet_comes_back(self, data):
        path = write_sheet(self.sheet, "ida", data)
        assert path.stat().st_mode & 0o077 == 0  # others' words are nobody else's to read
        empty = read_labels(data)
        assert empty.empty
        assert empty.attrs["n_undecided"] == 2
        text = path.read_text("utf-8-sig")
        assert "'=1+1" in text
        assert "'@x tack" in text
        path.write_text(text.replace("a,ida,", "a,ida,1").replace("b,ida,", "b,ida,no"), "utf-8-sig")
        given = read_labels(data)
        assert given.to_numpy().tolist() == [["a", "ida", True], ["b", "ida", False]]
        assert given["label"].dtype == bool

    def test_work_is_never_written_over(self, data):
        write_sheet(self.sheet, "ida", data)
        with pytest.raises(ScsrError, match=r"ida\.csv exists"):
            write_sheet(self.sheet, "ida", data)
        with pytest.raises(ScsrError, match="cannot name a file"):
            write_sheet(self.sheet, "../ida", data)

    def test_semicolons_and_several_files(self, data):
        put(data, "utterance_id;coder;label;text\na;ida;TRUE;x, y, z\nb;ida;;\n")
        put(data, "utterance_id,coder,label\nb,per,0\n", "per.csv")
        given = read_labels(data)
        assert given["coder"].tolist() == ["ida", "per"]
        assert given.attrs["n_undecided"] == 1

    def test_no_labels(self, data):
        assert read_labels(data).empty

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("utterance_id,label\na,1\n", "ida.csv has no column 'coder'"),
            ("", "ida.csv has no column 'utterance_id'"),
            ("utterance_id,coder,label\na,ida,1\nb,ida,maybe\n", "ida.csv, row 3: label 'maybe' is none; give 1"),
            ("utterance_id,coder,label\n,ida,1\n", "ida.csv, row 2: no utterance_id"),
            ("utterance_id,coder,label\na,,1\n", "ida.csv, row 2: coder '' is no name"),
            ("utterance_id,coder,label\na\n", None),
            (b"utterance_id,coder,label\n\xe5,ida,1\n", "ida.csv is not in UTF-8"),
        ],
    )
    def test_what_is_wrong_is_named(self, data, text, words):
        put(data, text)
        if words is None:
            assert read_labels(data).attrs["n_undecided"] == 1
            return
        with pytest.raises(ScsrError) as raised:
            read_labels(data)
        assert words in str(raised.value)


class TestWatchlists:
    def test_the_projects_own_have_four_languages(self, data):
        lists = read_watchlists(data)
        assert len(lists) >= 3
        for one in lists:
            assert set(one.terms) == {"sv", "nb", "nn", "is"}
            assert one.title
            for words in one.terms.values():
                assert len(set(words)) == len(words) >= 3

    def test_ones_own_take_their_place(self, data):
        (data.parent / "config").mkdir()
        file = data.parent / "config" / "watchlists.toml"
        file.write_text('[[watchlist]]\nname = "mine"\nterms.sv = ["glass"]\n')
        (one,) = read_watchlists(data)
        assert (one.name, one.title, one.terms) == ("mine", "mine", {"sv": ("glass",)})

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "has no [[watchlist]]"),
            ("[[watchlist", "cannot be read"),
            ("[[watchlist]]\nterms.sv = ['a']", "watch list 1: name None is none"),
            ("[[watchlist]]\nname = 'a'", "watch list 'a': no terms"),
            ("[[watchlist]]\nname = 'a'\nterms.sv = 'b'", "terms.sv = 'b' is no list of words"),
            ("[[watchlist]]\nname = 'a'\nterms.sv = ['']", "terms.sv = [''] is no list of words"),
            ("[[watchlist]]\nname = 'a'\ntitle = 3\nterms.sv = ['b']", "title 3 is no text"),
            (
                "[[watchlist]]\nname = 'a'\nterms.sv = ['b']\n[[watchlist]]\nname = 'a'\nterms.sv = ['b']",
                "stands twice",
            ),
        ],
    )
    def test_what_is_wrong_is_named(self, data, text, words):
        (data.parent / "config").mkdir()
        (data.parent / "config" / "watchlists.toml").write_text(text)
        with pytest.raises(ScsrError) as raised:
            read_watchlists(data)
        assert words in str(raised.value)


def test_the_command_draws_and_reads_back(tiny: Path, tmp_path: Path, monkeypatch, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "processed").symlink_to(tiny)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCSR_DATA", raising=False)

    def scsr(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["scsr", "label", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    assert scsr("ida", "--n", "12", "--language", "sv") == 0
    sheet = tmp_path / "data" / "config" / "labels" / "ida.csv"
    frame = pd.read_csv(sheet, dtype=str)
    assert len(frame) == 12
    assert list(frame.columns) == ["utterance_id", "coder", "label", "language", "title", "text"]
    for coder in ("ida", "per"):
        frame.assign(coder=coder, label=["1", "0"] * 6).to_csv(sheet.with_name(f"{coder}.csv"), index=False)
    assert scsr() == 0
    said = capsys.readouterr().out
    assert "ida: 12 utterances labelled, 6 as a complaint" in said
    assert "agreement of all coders beyond chance" in said
    assert scsr("ida") == 2
    assert "ida.csv exists" in capsys.readouterr().err
