from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.corpus.store import load
from scsr.errors import GateError
from scsr.reports import gate
from scsr.reports.published import texts_of
from scsr.reports.results import MIME
from scsr.text import runs

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
    monkeypatch.setattr(runs, "BLOCK", 10)
    assert np.array_equal(gate.word_runs(texts), whole)


def page(inner: str) -> str:
    return f"<!DOCTYPE html><html><head><title>x</title></head><body>{inner}</body></html>"


def notebook(*outputs: dict[str, object], source: str = "x") -> str:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": source, "outputs": outputs}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}, ensure_ascii=False)


def stream(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def shown(**data: object) -> dict[str, object]:
    names = {"html": "text/html", "plain": "text/plain", "svg": "image/svg+xml", "scsr": MIME}
    return {"output_type": "display_data", "metadata": {}, "data": {names[name]: one for name, one in data.items()}}


#: Every place of every kind of file that a reader, a screen reader or a program meets, ``@`` where the text stands.
PLACES = [
    ("index.html", page("<p>@</p>")),
    ("index.html", page("<h1>@</h1>")),
    ("index.html", page("<img alt='@' src='data:,'>")),
    ("index.html", page("<p title='@'>x</p>")),
    ("index.html", page("<div role='img' aria-label='@'></div>")),
    ("index.html", page("<div aria-description='@'></div>")),
    ("index.html", page("<div data-words='@'></div>")),
    ("index.html", page("<div onclick='@'></div>")),
    ("index.html", page("<a href='https://example.org/?q=@'>x</a>")),
    ("index.html", page("<input placeholder='@'>")),
    ("index.html", page("<svg><text x='1'>@</text></svg>")),
    ("index.html", page("<svg><title>@</title><desc>x</desc></svg>")),
    ("index.html", page("<svg><title>x</title><desc>@</desc></svg>")),
    ("index.html", page("<!-- @ -->")),
    ("index.html", page("<details><summary>Code</summary><pre><code># @</code></pre></details>")),
    ("index.html", page("<script type='application/json'>[\"@\"]</script>")),
    ("index.html", page("<table><tr><td>@</td></tr></table>")),
    ("failed/index.html", page("<pre>ValueError: @</pre>")),
    ("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'><text>@</text></svg>"),
    ("tables/t.csv", 'a,b\n9,"@"\n'),
    ("tables/t.csv", '"@",b\n9,x\n'),
    ("results.json", '{"answer": "@"}'),
    ("results.json", '{"by": {"@": 9}}'),
    ("other.json", '{"rows": [["x", "<b>@</b>"]]}'),
    ("failed/failure.json", '{"reason": "Cell 3 raised ValueError: @"}'),
    ("notebook.ipynb", notebook(stream("one\n@\n"))),
    ("notebook.ipynb", notebook(source="said = '@'")),
    ("notebook.ipynb", notebook(shown(html="<p>@</p>", plain="x"))),
    ("notebook.ipynb", notebook(shown(plain="@"))),
    ("notebook.ipynb", notebook(shown(svg="<svg><text>@</text></svg>"))),
    ("notebook.ipynb", notebook(shown(scsr={"kind": "answer", "text": "@", "estimates": []}))),
    ("notebook.ipynb", notebook({"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["a", "@"]})),
    ("failed/notebook.ipynb", notebook(stream("@"))),
    ("render.log", "one\n@\n"),
    ("events.jsonl", '{"event": "failed", "reason": "@"}\n'),
]


@pytest.mark.parametrize(("name", "text"), PLACES)
def test_every_place_of_every_kind_of_file_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    for planted, kind in ((EIGHT, "quotes more than 7 words"), ("kari@example.com", "personal identifier .email")):
        path.write_text(text.replace("@", planted), "utf-8")
        with pytest.raises(GateError, match=rf"^{re.escape(name)}, .*{kind}") as caught:
            check(tmp_path, own_words=[planted])
        assert "elva" not in str(caught.value)
        assert "kari" not in str(caught.value)
    path.write_text(text.replace("@", SEVEN), "utf-8")
    check(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "<p>and <em>väntade på svar</em> om faktura 3 i elva dagar</p>",
        "<p>väntade på svar<br>om faktura 3<br>i elva</p>",
        "<svg><text><tspan x='1'>väntade på svar</tspan><tspan x='1'>om faktura 3 i elva</tspan></text></svg>",
        "<p>v&auml;ntade p&#229; svar om fak&shy;tura 3 i el\u200bva</p>",
        "<p>va\u0308ntade på svar om faktura 3 i elva</p>",
        "<a href='https://example.org/?q=v%C3%A4ntade%20p%C3%A5%20svar%20om%20faktura%203%20i%20elva'>x</a>",
        "<p>väntade på svar <!-- a --> om faktura <b>3</b> i elva</p>",
    ],
)
def test_a_quotation_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.html").write_text(page(text), "utf-8")
    with pytest.raises(GateError, match="quotes more than 7 words"):
        check(tmp_path)
    (tmp_path / "index.html").write_text(page(text.replace("elva", "tolv").replace("el\u200bva", "tolv")), "utf-8")
    check(tmp_path)


def test_lines_of_a_text_are_read_on(tmp_path: Path) -> None:
    (tmp_path / "render.log").write_text("väntade på svar\nom faktura 3 i elva\n", "utf-8")
    with pytest.raises(GateError, match="lines taken together"):
        check(tmp_path)


@pytest.mark.parametrize(("name", "data"), [("a.png", b"\x89PNG\xff"), ("a.json", b"{"), ("a.csv", b"\xff")])
def test_what_cannot_be_read_is_not_published(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GateError, match=f"{name}: cannot be read"):
        check(tmp_path)


def test_the_name_of_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "kari@example.com.txt").write_text("x", "utf-8")
    with pytest.raises(GateError, match="personal identifier"):
        check(tmp_path)


def test_words_in_cells_side_by_side_are_no_quotation(tmp_path: Path) -> None:
    words = EIGHT.split()
    (tmp_path / "t.csv").write_text(",".join(words) + "\n", "utf-8")
    (tmp_path / "index.html").write_text("".join(f"<td>{word}</td>" for word in words), "utf-8")
    check(tmp_path)


def test_what_an_author_copied_is_still_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<pre>{EIGHT}</pre>", "utf-8")
    with pytest.raises(GateError, match="quotes"):
        check(tmp_path, own_words=[f"prose: {EIGHT}"])


def test_names_after_an_at_pass_in_an_authors_code(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<pre>@interactive\nx = 1</pre>", "utf-8")
    check(tmp_path, own_words=["@interactive\nx = 1"])
    with pytest.raises(GateError, match="handle"):
        check(tmp_path)


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


def test_the_corpus_of_a_folder(tiny: Path) -> None:
    texts = load("utterances", ["text"], data=tiny)["text"].tolist()
    theirs = gate.word_runs(texts)
    assert len(theirs) > 100
    assert gate.phrases(tiny).holding(theirs).all()
    assert not gate.phrases(tiny).holding(gate.word_runs(["Dessa ord står i ingen text av dem som prövas här"])).any()


def test_empty_pages_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(" ")
    assert list(texts_of(tmp_path / "index.html")) == []
    gate.check(tmp_path, gate.word_runs([]))


def test_a_log_keeps_what_may_be_published() -> None:
    log = f"ValueError: no row\n{EIGHT}\n  mail kari@example.com\nend"
    withheld = "(withheld: what must not be published)"
    assert gate.cleared(log, CORPUS).splitlines() == ["ValueError: no row", withheld, withheld, "end"]
    assert gate.cleared("väntade på svar\nom faktura 3 i elva", CORPUS) == withheld
