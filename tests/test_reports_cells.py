"""Cells on few people, and totals that give them away, are found in every kind of published file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scsr.errors import GateError
from scsr.reports import cells, display
from scsr.reports.results import MIME, Table, record

FRAME = pd.DataFrame({"company": ["Ekonet", "Björklada", "total"], "n": [90, 30, 120], "share": [0.75, 0.25, 1.0]})
SMALL = FRAME.assign(n=[117, 3, 120])
TOLD = FRAME.assign(n=[90, 28, 120])  # a company of two is not shown
FEW, LEFT = "rests on fewer than 5 people", "leaves fewer than 5 people"


def plain(frame: pd.DataFrame) -> dict[str, Any]:
    """Word a frame as a recorded table, as if nothing were withheld."""
    columns = [{"name": name, "type": "text" if name == "company" else "number"} for name in frame]
    rows = [[str(a), int(b), float(c)] for a, b, c in frame.itertuples(index=False)]
    return {
        "kind": "table",
        "name": "t",
        "caption": "T",
        "columns": columns,
        "rows": rows,
        "people": ["n"],
        "withheld": 0,
    }


def notebook(*outputs: dict[str, Any]) -> str:
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "execution_count": 1,
        "source": "x",
        "outputs": list(outputs),
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}, ensure_ascii=False)


def display_of(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def figure(frame: pd.DataFrame) -> dict[str, Any]:
    return {"kind": "figure", "name": "f", "title": "F", "description": "F", "svg": "<svg/>", "table": plain(frame)}


def written(kind: str, frame: pd.DataFrame) -> tuple[str, str]:
    """Write a table as one kind of published file; return its name and text."""
    html = frame.to_html(index=False)
    printed = {"output_type": "stream", "name": "stdout", "text": frame.to_string() + "\n"}
    series = frame.set_index("company")["n"]
    results = {"tables": [plain(frame)], "figures": [], "estimates": []}
    return {
        "html": ("index.html", f"<html><body><p>x</p>{html}</body></html>"),
        "html of ours": ("index.html", display.table_html(plain(frame), "T")),
        "html with an index": ("index.html", frame.to_html()),
        "failure page": ("failed/index.html", html),
        "csv": ("tables/t.csv", frame.to_csv(index=False)),
        "results": ("results.json", json.dumps(results)),
        "results of a figure": ("results.json", json.dumps(results | {"tables": [], "figures": [figure(frame)]})),
        "records": ("other.json", frame.to_json(orient="records")),
        "columns": ("other.json", json.dumps({"data": frame.to_dict(orient="list")})),
        "recorded": ("notebook.ipynb", notebook(display_of(**{MIME: plain(frame)}))),
        "recorded figure": ("notebook.ipynb", notebook(display_of(**{MIME: figure(frame)}))),
        "displayed": ("notebook.ipynb", notebook(display_of(**{"text/html": html, "text/plain": "x"}))),
        "displayed series": ("notebook.ipynb", notebook(display_of(**{"text/plain": repr(series)}))),
        "printed": ("failed/notebook.ipynb", notebook(printed)),
        "log": ("render.log", f"reading\n{frame.to_string()}\ndone\n"),
        "log of events": ("events.jsonl", "\n".join(json.dumps(row) for row in plain_rows(frame))),
    }[kind]


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(frame.to_json(orient="records"))


KINDS = (
    "html", "html of ours", "html with an index", "failure page", "csv", "results", "results of a figure", "records",
    "columns", "recorded", "recorded figure", "displayed", "displayed series", "printed", "log",
)  # fmt: skip


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_small_cells_and_what_gives_them_away_stop_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    for frame, said in ((SMALL, FEW), (TOLD, LEFT)):
        name, text = written(kind, frame)
        put(tmp_path, name, text)
        with pytest.raises(GateError, match=rf"^{name}, .*{said}") as caught:
            cells.check(tmp_path, 5)
        assert "Björklada" not in str(caught.value)
    put(tmp_path, *written(kind, FRAME))
    cells.check(tmp_path, 5)
    put(tmp_path, *written(kind, SMALL))
    cells.check(tmp_path, 3)


def test_the_places_of_rows_are_no_counts(tmp_path: Path) -> None:
    head = "<thead><tr><td>&nbsp;</td><th>n</th></tr></thead>"
    styled = f"<table>{head}<tr><th>0</th><td>9</td></tr><tr><th>1</th><td>8</td></tr></table>"
    put(tmp_path, "index.html", styled)
    put(tmp_path, "other.html", FRAME.to_html())
    cells.check(tmp_path, 5)


def test_events_on_few_people_stop_a_log(tmp_path: Path) -> None:
    put(tmp_path, *written("log of events", SMALL))
    with pytest.raises(GateError, match=f"events.jsonl, .*{FEW}"):
        cells.check(tmp_path, 5)


def test_a_recorded_table_says_what_counts_people_wherever_it_is_shown(tmp_path: Path) -> None:
    table = record(Table("tried", "Tried", pd.DataFrame({"topics": [2, 4], "score": [0.5, 0.25]}), people=()))
    put(tmp_path, "results.json", json.dumps({"tables": [table], "figures": [], "estimates": []}))
    put(tmp_path, "index.html", display.table_html(table, "Tried"))
    put(tmp_path, "tables/tried.csv", "topics,score\n2,0.5\n4,0.25\n")
    put(tmp_path, "notebook.ipynb", notebook(display_of(**{MIME: table, "text/html": display.table_html(table)})))
    cells.check(tmp_path, 5)
    put(tmp_path, "tables/other.csv", "tries,score\n2,0.5\n")
    with pytest.raises(GateError, match=r"tables/other\.csv, the table, row 1, column 'tries'"):
        cells.check(tmp_path, 5)


def estimate(n: int, withheld: bool = False, **by: str) -> dict[str, Any]:
    told = {"withheld": True} if withheld else {}
    return {"name": "kept", "by": by, "n": n, "status": "not_estimable" if withheld else "ok"} | told


def test_estimates_on_few_people_or_less_their_groups_stop_a_report() -> None:
    def check(*estimates: dict[str, Any]) -> None:
        cells.check_results({"estimates": list(estimates)}, 5)

    with pytest.raises(GateError, match="estimate 'kept': rests on fewer than 5"):
        check(estimate(4))
    groups = [estimate(60, company="a"), estimate(0, True, company="b"), estimate(37, company="c")]
    with pytest.raises(GateError, match="less its groups it leaves fewer than 5 people"):
        check(estimate(100), *groups)
    check(estimate(140), *groups)
    check(*groups)
    check(estimate(100), groups[0], groups[2])  # nothing withheld: numbers of other units may be near each other
    within = [one | {"by": one["by"] | {"country": "SE"}} for one in groups]
    with pytest.raises(GateError, match="less its groups"):
        check(estimate(100, country="SE"), *within)
    check(estimate(100, country="NO"), *within)


def test_a_row_of_no_group_is_a_total_where_rows_are_withheld() -> None:
    table = plain(FRAME.assign(n=[90, 28, 120]))
    table["rows"][2][0] = None
    results = {"tables": [table], "figures": []}
    cells.check_results(results, 5)
    table["withheld"] = 2
    with pytest.raises(GateError, match=LEFT):
        cells.check_results(results, 5)


def test_margins_of_a_table_of_two_keys_are_read() -> None:
    rows = [
        ("bank", "mail", 20),
        ("bank", "all", 23),
        ("energy", "mail", 9),
        ("energy", "phone", 8),
        ("energy", "all", 17),
    ]
    sheet = cells.Sheet("t", ("sector", "channel", "n"), tuple(rows), ("n",))
    with pytest.raises(GateError, match=f"row 2, column 'n': .*{LEFT}"):
        cells.check_sheet(sheet, 5, "x")
    cells.check_sheet(cells.Sheet("t", sheet.columns, sheet.rows[2:], ("n",)), 5, "x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two  words\nthree  words  more",
        "0  a\n1  b",
        '{"event": "cell", "share": 0.5}',
        "{not JSON",
        "x    1.5\ny    2.5\ndtype: float64",
    ],
)
def test_what_is_no_count_passes(tmp_path: Path, text: str) -> None:
    put(tmp_path, "render.log", text)
    put(tmp_path, "index.html", "<table><tr><td>a</td></tr><tr><td colspan=2>b</td></tr></table><table></table>")
    put(tmp_path, "empty.csv", "")
    put(tmp_path, "shares.csv", "who,share,none\na,3.5,\nb,1.0,\n")
    cells.check(tmp_path, 5)
