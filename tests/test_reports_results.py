from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.errors import RenderError, ScsrError
from scsr.figures import Figure
from scsr.reports import display, results
from scsr.reports.results import MIME, Answer, Table, collect, record, table_data, withhold


def rate(n: int = 50, **by: str) -> Estimate:
    return Estimate("rate", "complaints per customer", "share", 0.2, 0.1, 0.3, n, "Wilson (1927)", by, ("independent",))


def executed(*payloads: dict[str, Any]) -> SimpleNamespace:
    cells = [SimpleNamespace(cell_type="code", outputs=[{"data": {MIME: one}}]) for one in payloads]
    return SimpleNamespace(cells=[SimpleNamespace(cell_type="markdown"), *cells])


def test_recorded_results_come_back_in_order() -> None:
    found = collect(
        executed(
            record(Answer("Yes.", ("rate",))),
            record(rate(company="Ekonet"), headline=True),
            record([rate(company="Fjelltel"), not_estimable("silent", "silent customers", "", "no survey")]),
            record(Table("firms", "Firms", pd.DataFrame({"company": ["Ekonet"], "n": [7]}))),
        )
    )
    assert found.answer == "Yes."
    assert [one["by"] for one in found.estimates] == [{"company": "Ekonet"}, {"company": "Fjelltel"}, {}]
    assert [one["by"] for one in found.headline] == [{"company": "Ekonet"}]
    assert found.tables[0]["rows"] == [["Ekonet", 7]]


def test_several_things_at_once() -> None:
    assert [one["kind"] for one in record(Answer("a"), rate())] == ["answer", "estimates"]


def test_a_figure_is_known_by_its_parts() -> None:
    figure = SimpleNamespace(name="f", title="T", description="D", table=pd.DataFrame({"n": [0, 9, 12]}), svg="<svg/>")
    data = record(figure)
    assert data["kind"] == "figure"
    assert data["table"]["rows"] == [[0], [9], [12]]
    html = display.payload_html(data)
    assert 'role="img" aria-labelledby="figure-f-title" aria-describedby="figure-f-words"' in html


def test_a_figure_that_draws_few_people_is_refused() -> None:
    table = pd.DataFrame({"utterances": [2, 9, 12]})
    with pytest.raises(ScsrError, match=r"figure 'f' draws 2 rows that rest on fewer than 5 people"):
        record(Figure("f", "T", "D", table, "<svg/>"))
    theirs = record(SimpleNamespace(name="f", title="T", description="D", table=table, svg="<svg/>"))
    assert theirs["table"]["rows"] == [[12]]
    runs = record(SimpleNamespace(name="f", title="T", description="D", table=table, svg="<svg/>", people=()))
    assert runs["table"]["rows"] == [[2], [9], [12]]


def test_whole_numbers_count_people_unless_a_table_says_what_does() -> None:
    frame = pd.DataFrame({"company": list("abcd"), "complaints": [40, 3, 9, 20], "share": [0.5, 0.1, 0.2, 0.2]})
    assert [row[0] for row in record(Table("t", "c", frame))["rows"]] == ["a", "d"]
    assert len(record(Table("t", "c", frame, people=()))["rows"]) == 4
    more = frame.assign(n_people=[9, 9, 2, 9])
    assert [row[0] for row in record(Table("t", "c", more, people=("n_people",)))["rows"]] == ["b", "d"]


def test_an_estimate_that_would_give_another_away_is_withheld() -> None:
    made = record([rate(n=n, by={"company": str(n)}) for n in (90, 3, 40)])["estimates"]
    assert [one["status"] for one in made] == ["ok", "not_estimable", "not_estimable"]
    assert made[1]["reason"].startswith("it rests on fewer than 5")
    assert made[2]["reason"].startswith("it would give away another that rests on fewer than 5")
    assert [one.get("withheld") for one in made] == [None, True, True]


@pytest.mark.parametrize("thing", [3, "text", [1], pd.DataFrame()])
def test_other_things_are_refused(thing: object) -> None:
    with pytest.raises(ScsrError, match="record takes an Estimate"):
        record(thing)


@pytest.mark.parametrize("name", ["a/b", "", "å", "../x", "a.b"])
def test_a_name_that_cannot_name_a_file_is_refused(name: str) -> None:
    with pytest.raises(ScsrError, match="names a file"):
        record(Table(name, "", pd.DataFrame()))


def test_the_same_estimate_twice_is_refused() -> None:
    with pytest.raises(RenderError, match="recorded twice"):
        collect(executed(record(rate()), record(rate())))
    with pytest.raises(RenderError, match="unknown kind"):
        collect(executed({"kind": "song"}))


def test_an_estimate_on_few_is_withheld() -> None:
    one = record(rate(n=4))["estimates"][0]
    assert one["status"] == "not_estimable"
    assert one["estimate"] is one["ci_low"] is None
    assert "fewer than 5" in one["reason"]
    assert record(rate(n=5))["estimates"][0]["estimate"] == 0.2


def test_the_threshold_is_a_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCSR_SMALLEST_CELL", "20")
    assert record(rate(n=19))["estimates"][0]["status"] == "not_estimable"
    monkeypatch.setenv("SCSR_SMALLEST_CELL", "few")
    with pytest.raises(ScsrError, match="whole number"):
        record(rate())


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_no_small_row_is_left_nor_one_alone_left_out(counts: list[int]) -> None:
    kept, withheld = withhold(pd.DataFrame({"n": counts}), threshold=5)
    assert not kept["n"].between(1, 4).any()
    assert withheld == len(counts) - len(kept)
    if withheld == 1:
        assert not (kept["n"] > 0).any()


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ScsrError, match="no column 'people'"):
        withhold(pd.DataFrame({"n": [1]}), ["people"])
    assert withhold(pd.DataFrame({"n": [1]}), [])[1] == 0


def test_cells_become_plain_data() -> None:
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2012-09-11", None], utc=True),
            "kind": pd.Categorical(["post", None]),
            "x": [float("inf"), float("nan")],
            "whole": pd.array([9, None], dtype="Int64"),
            "sure": [True, False],
            "words": [["a", "b"], ("c",)],
            "other": [{"a": 1}, None],
        }
    )
    data = table_data(frame)
    assert data["rows"][0] == ["2012-09-11", "post", "inf", 9, True, "a, b", "{'a': 1}"]
    assert data["rows"][1] == [None, None, None, None, False, "c", None]
    assert [one["type"] for one in data["columns"]][2:5] == ["number", "number", "text"]


def test_shown_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(results, "in_ipython", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    figure = SimpleNamespace(name="f", title="T", description="D", table=pd.DataFrame({"x": [0.5]}), svg="<svg/>")
    assert record(rate(), figure) is None
    assert set(shown[0]) == {MIME, "text/html", "text/plain"}
    assert "T\nD" in shown[1]["text/plain"]
    assert shown[1]["image/svg+xml"] == "<svg/>"


def test_html_of_everything_is_escaped() -> None:
    bad = '<script>"&'
    one = Estimate("x", bad, bad, 0.5, 0.4, 0.6, 9, bad, {"g": bad}, (bad,))
    many = [Estimate("x", bad, bad, 0.5, 0.4, float("inf"), 9, bad, {bad: str(n)}) for n in range(2)]
    missing = not_estimable("y", bad, "", bad)
    table = Table("t", bad, pd.DataFrame({bad: [bad], "n": [9]}))
    for data in (record(one), record(many), record(missing), record(table), record(Answer(bad))):
        html = display.payload_html(data)
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert display.payload_text(data)
    assert "∞" in display.payload_html(record(many))


def test_a_long_table_says_that_it_is_cut() -> None:
    html = display.payload_html(record(Table("t", "Long", pd.DataFrame({"x": range(500)}), people=())))
    assert "The first 200 of 500 rows." in html
    assert html.count("<tr>") == 201


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (-3, "−3"),
        (-0.5, "−0.5"),
        (float("-inf"), "−∞"),
        ("-inf", "−∞"),
        ("", "–"),
        (1e-9, "1 × 10⁻⁹"),
        (1234.5, "1,234"),
    ],
)
def test_numbers_in_words(value: object, words: str) -> None:
    assert display.number(value) == words


def test_words_of_another_language_say_which() -> None:
    frame = pd.DataFrame(
        {"terms": ["faktura", "sími", "x"], "language": ["sv", "is", "other words"], "note": list("abc")}
    )
    data = record(Table("t", "Terms", frame, foreign={"terms": "language", "note": "nn"}))
    html = display.payload_html(data)
    assert '<th scope="row" lang="sv">faktura</th>' in html
    assert '<th scope="row" lang="is">sími</th>' in html
    assert '<th scope="row">x</th>' in html
    assert '<td lang="nn">a</td>' in html
    drawn = SimpleNamespace(
        name="f", title="T", description="D", table=frame[["terms"]], svg="<svg></svg>", lang="sv"
    )  # fmt: skip
    html = display.payload_html(record(drawn))
    assert '<div class="drawing" role="img" lang="sv"' in html
    assert '<th scope="row" lang="sv">faktura</th>' in html


def rows_of(html: str) -> list[str]:
    return re.findall(r"<tr.*?</tr>", html)


def test_a_quantity_is_named_once_above_its_groups() -> None:
    def estimate(name: str, **by: str) -> Estimate:
        return Estimate(name, f"{name} of firms", "h", 2, 1, 3, 50, "m", by)

    mixed = [estimate("wait", firm="Ekonet"), estimate("wait", firm="Fjelltel"), estimate("mean")]
    html = display.payload_html(record(mixed))
    assert html.count("wait of firms") == 1
    assert '<th scope="rowgroup" colspan="4">wait of firms, in h</th>' in html
    assert '<th scope="row">Ekonet</th><td class="num">2</td>' in html
    assert '<th scope="row">mean of firms</th><td class="num">2 h</td>' in html
    alike = display.payload_html(record(mixed[:2]))
    assert "<caption><span>wait of firms, in h</span></caption>" in alike
    assert len(rows_of(alike)) == 3


def test_the_whole_stands_among_its_groups_as_all() -> None:
    rows = [Estimate("kept", "share kept", "share", 0.5, 0.4, 0.6, 90, "m", by) for by in ({}, {"country": "SE"})]
    html = display.estimates_table([results.payload(one, False)["estimates"][0] for one in rows])
    assert html.count("share kept") == 1
    assert '<th scope="col">country</th>' in html
    assert [part.split("</th>")[0] for part in html.split('<th scope="row">')[1:]] == ["all", "SE"]
