from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scsr.errors import ScsrError
from scsr.reports.diff import compare, compare_paths, read, text


def estimate(value: float | None, low: float, high: float, **more: Any) -> dict[str, Any]:
    base = {
        "name": "rate", "by": {}, "estimate": value, "ci_low": low, "ci_high": high, "n": 50, "unit": "share",
        "status": "ok", "reason": "", "method": "Wilson",
    }  # fmt: skip
    return base | more


def results(*estimates: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {
        "report": "r", "variant": "all", "answer": "", "parameters": {}, "made_from": {"notebook": "a"},
        "inputs": {"utterances": {"sha256": "a", "n_rows": 10}}, "synthetic": False, "versions": {"numpy": "2.0"},
    }  # fmt: skip
    return base | {"estimates": list(estimates)} | more


def test_the_same_run_has_no_difference() -> None:
    found = compare(results(estimate(2, 1, 3)), results(estimate(2, 1, 3)))
    assert (found.causes, found.moved, found.same) == ((), (), 1)
    assert "nothing changed" in text(found)


def test_one_cause_is_named_and_two_are_not() -> None:
    old = results(estimate(2, 1, 3))
    new = results(estimate(9, 8, 10), inputs={"utterances": {"sha256": "b", "n_rows": 12}})
    found = compare(old, new)
    assert found.cause == "table utterances: 10 rows to 12 rows"
    assert found.moved[0].beyond
    assert "because of the one thing that changed" in text(found)
    both = compare(old, new | {"versions": {"numpy": "2.1"}})
    assert both.cause == ""
    assert "none of them can be named" in text(both)


def test_every_input_is_compared() -> None:
    new = results(
        inputs={"utterances": {"sha256": "b", "n_rows": 10}, "shares": {"sha256": "c", "n_rows": 1}},
        parameters={"year": 2012}, made_from={"notebook": "b"}, versions={"numpy": "2.1"}, synthetic=True,
    )  # fmt: skip
    assert compare(results(), new).causes == (
        "table shares: no input to 1 rows", "table utterances: other contents", "parameter year: None to 2012",
        "notebook: other contents", "version of numpy: 2.0 to 2.1", "synthetic data in one, real data in the other",
    )  # fmt: skip


def test_a_setting_of_the_list_is_said_and_a_hash_is_not() -> None:
    old = results(made_from={"smallest cell": "5", "package": "a" * 64, "files/x.csv": None})
    new = results(made_from={"smallest cell": "10", "package": "b" * 64, "files/x.csv": "c" * 64})
    assert compare(old, new).causes == (
        "files/x.csv: newly there", "program: other contents", "smallest cell: 5 to 10",
    )  # fmt: skip
    assert compare(new, old).causes[0] == "files/x.csv: no longer there"


def test_methods_and_tables_that_are_others_are_said_but_are_no_causes() -> None:
    old = results(
        estimate(2, 1, 3), tables=[{"name": "t", "rows": [[1]]}], figures=[{"name": "f", "table": {"rows": []}}]
    )
    new = results(
        estimate(2, 1, 3, method="Jeffreys"), tables=[{"name": "t", "rows": [[2]]}, {"name": "provenance", "rows": []}],
        figures=[{"name": "f", "table": {"rows": []}}, {"name": "g", "table": {"rows": []}}],
    )  # fmt: skip
    found = compare(old, new)
    assert (found.methods, found.tables, found.causes, found.cause) == (
        ("rate: Wilson to Jeffreys",),
        ("t", "g"),
        (),
        "",
    )
    assert "method of rate: Wilson to Jeffreys" in text(found)
    assert "other data in the tables and figures t, g" in text(found)


def test_a_report_that_is_in_one_alone_is_said(tmp_path: Path) -> None:
    for out, names in (("old", ("r", "s")), ("new", ("r", "t"))):
        for name in names:
            folder = tmp_path / out / name / "all"
            folder.mkdir(parents=True)
            (folder / "results.json").write_text(json.dumps(results(report=name)))
    found = compare_paths(tmp_path / "old", tmp_path / "new")
    assert [one.report for one in found] == ["r/all", "s/all", "t/all"]
    assert f"only in {tmp_path / 'new'}" in text(found[2])


def test_what_came_went_and_ceased() -> None:
    old = results(estimate(2, 1, 3), estimate(1, 0, 2, name="gone"), estimate(2, 1, "inf", name="other"), answer="Few.")
    new = results(
        estimate(None, None, None, status="not_estimable", reason="no exposure"), estimate(5, 4, 6, by={"c": "SE"}),
        estimate(2.5, 1, "inf", name="other"), answer="None.",
    )  # fmt: skip
    found = compare(old, new)
    assert [(one.name, one.what, one.beyond) for one in found.moved] == [
        ("rate", "moved", None), ("gone", "disappeared", None), ("other", "moved", False), ("rate", "appeared", None),
    ]  # fmt: skip
    words = text(found)
    for part in (
        "not estimable (no exposure)",
        "(SE) appeared: nothing to 5 [4, 6] share",
        "answer was: Few.",
        "within an interval",
    ):
        assert part in words
    json.dumps(found.as_dict(), allow_nan=False)


def test_reports_are_found_in_files_and_folders(tmp_path: Path) -> None:
    for out, value in (("old", 2.0), ("new", 2.5)):
        for variant in ("all", "country=SE"):
            folder = tmp_path / out / "r" / variant
            folder.mkdir(parents=True)
            (folder / "results.json").write_text(json.dumps(results(estimate(value, 1, 3), variant=variant)))
    assert set(read(tmp_path / "old")) == {"r/all", "r/country=SE"}
    assert len(compare_paths(tmp_path / "old", tmp_path / "new")) == 2
    assert len(compare_paths(tmp_path / "old" / "r" / "all", tmp_path / "new/r/country=SE/results.json")) == 1
    with pytest.raises(ScsrError, match=r"no results\.json in"):
        read(tmp_path)
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ScsrError, match="can be read"):
        read(tmp_path / "x.json")
    other = tmp_path / "other" / "s" / "all"
    other.mkdir(parents=True)
    (other / "results.json").write_text(json.dumps(results(report="s")))
    with pytest.raises(ScsrError, match="no report is in both"):
        compare_paths(tmp_path / "old", tmp_path / "other")
