from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.errors import GateError
from scsr.reports import gate

SAID = "Jag väntade på svar om faktura 3 i elva långa dagar och fick aldrig något besked alls."
CORPUS = gate.word_runs([SAID, "kort", ""])
SEVEN = "väntade på svar om faktura 3 i"
EIGHT = "VÄNTADE på svar, om faktura 3 i elva"


def check(folder: Path, **given: object) -> None:
    gate.check(folder, CORPUS, **given)  # type: ignore[arg-type]


def test_seven_words_pass_and_eight_do_not() -> None:
    gate.check_text(SEVEN, CORPUS, "here")
    with pytest.raises(GateError, match=r"^here: quotes more than 7 words") as caught:
        gate.check_text(EIGHT, CORPUS, "here")
    assert "elva" not in str(caught.value)


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=14).map(" ".join), max_size=6))
def test_runs_are_those_of_a_plain_count(texts: list[str]) -> None:
    plain = {tuple(words[i : i + 8]) for words in map(str.split, texts) for i in range(len(words) - 7)}
    assert len(gate.word_runs(texts)) == len(plain)


def test_runs_are_the_same_however_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(f"w{i * j}" for i in range(60)) for j in range(40)]
    whole = gate.word_runs(texts)
    monkeypatch.setattr(gate, "CHUNK", 2)
    assert np.array_equal(gate.word_runs(texts), whole)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.html", "<p>and <em>väntade på svar</em> om faktura 3 i elva dagar</p>"),
        ("index.html", f'<svg><title>x</title></svg><p title="{EIGHT}">x</p>'),
        ("tables/t.csv", f'a,b\n1,"{EIGHT}"\n'),
        ("results.json", json.dumps({"tables": [], "estimates": [], "answer": EIGHT}, ensure_ascii=False)),
        ("other.json", json.dumps({"rows": [["x", "<b>väntade på</b> svar om faktura 3 i elva"]]})),
        ("render.log", f"one\n{EIGHT}\n"),
    ],
)
def test_every_kind_of_file_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    with pytest.raises(GateError, match=f"^{name}, .*quotes more than 7 words"):
        check(tmp_path)
    path.write_text(text.replace("elva", "tolv"), "utf-8")
    check(tmp_path)


def test_words_in_cells_side_by_side_are_no_quotation(tmp_path: Path) -> None:
    words = EIGHT.split()
    (tmp_path / "t.csv").write_text(",".join(words) + "\n", "utf-8")
    (tmp_path / "index.html").write_text("".join(f"<td>{word}</td>" for word in words), "utf-8")
    check(tmp_path)


def test_notebooks_are_read(tmp_path: Path) -> None:
    import nbformat

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text=EIGHT)])]
    )
    nbformat.write(book, tmp_path / "notebook.ipynb")
    with pytest.raises(GateError, match=r"notebook.ipynb, cells\[0\].outputs\[0\].text"):
        check(tmp_path)


def test_the_authors_own_words_pass(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<p>{EIGHT}</p><p>kari@example.com</p>", "utf-8")
    check(tmp_path, own_words=[f"prose: {EIGHT}", "mail kari@example.com"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<p>kari@example.com</p>", "email"),
        ('<a href="mailto:kari@example.com">x</a>', "email"),
        ("<p>hej @karinordmann</p>", "handle"),
        ("<p>tel. +46 70 174 06 05</p>", "phone"),
    ],
)
def test_identifiers_are_found_and_never_said(tmp_path: Path, text: str, kind: str) -> None:
    (tmp_path / "index.html").write_text(text, "utf-8")
    with pytest.raises(GateError, match=f"personal identifier .*{kind}") as caught:
        check(tmp_path)
    assert "kari" not in str(caught.value)
    assert "174" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "1,234,567",
        "0.123 to 0.456",
        "46 701 740 605",
        "a3f0" * 16,
        "2012-09-11",
        "<email:1a2b3c4d>",
        "95% interval 2.91 to 3.14",
    ],
)
def test_numbers_hashes_and_placeholders_are_no_identifiers(text: str) -> None:
    assert gate.identifiers(text) == ()


def test_rows_on_few_people_stop_a_report(tmp_path: Path) -> None:
    table = {"name": "few", "columns": [{"name": "n"}], "people": ["n"], "rows": [[9], [None], [0], [3]]}
    results = {"tables": [table], "figures": [], "estimates": []}
    (tmp_path / "results.json").write_text(json.dumps(results))
    with pytest.raises(GateError, match="'few', row 4: rests on fewer than 5 people"):
        check(tmp_path)
    check(tmp_path, smallest_cell=3)
    results = {"figures": [{"name": "f", "table": table}]}
    (tmp_path / "results.json").write_text(json.dumps(results))
    with pytest.raises(GateError, match="'f', row 4"):
        check(tmp_path)
    results = {"estimates": [{"name": "e", "status": "ok", "n": 4}]}
    (tmp_path / "results.json").write_text(json.dumps(results))
    with pytest.raises(GateError, match="estimate 'e'"):
        check(tmp_path)


def test_the_corpus_of_a_folder(tiny: Path) -> None:
    assert len(gate.phrases(tiny)) > 100
    assert gate.texts_of  # the rest is read file by file


def test_empty_pages_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(" ")
    assert list(gate.texts_of(tmp_path / "index.html")) == []
    gate.check(tmp_path, gate.word_runs([]))
