from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scsr.errors import ParameterError, ScsrError
from scsr.reports import config
from scsr.reports.config import label, variants
from scsr.reports.runner import overrides

NOTEBOOKS = Path(__file__).parent / "notebooks"


def listing(folder: Path, text: str) -> config.Config:
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "notebooks").mkdir(exist_ok=True)
    for name in ("answers", "raises_an_error"):
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder / "notebooks")
    (folder / "reports" / "reports.toml").write_text(text, "utf-8")
    return config.read(config.find(folder / "elsewhere", folder / "notebooks"))


ONE = '[[report]]\nname = "a"\nnotebook = "notebooks/answers.ipynb"\n'
TWO = ONE + '[[report]]\nname = "b"\nnotebook = "notebooks/raises_an_error.ipynb"\n'


def test_a_matrix_is_a_product_less_excluded_and_included(tmp_path: Path) -> None:
    matrix = (
        'inputs = ["utterances"]\nmatrix = { country = ["SE", "NO"], promise_h = [24, 48] }\n'
        'exclude = [{ country = "NO", promise_h = 48 }]\ninclude = [{}, { country = "IS" }, { country = "IS" }]\n'
    )
    (report,) = listing(tmp_path, ONE + matrix).reports
    made = variants(report)
    assert [one.label for one in made] == [
        "country=SE,promise_h=24", "country=SE,promise_h=48", "country=NO,promise_h=24", "all", "country=IS",
    ]  # fmt: skip
    assert made[0].parameters == {"country": "SE", "promise_h": 24.0}
    assert made[3].given == {}
    assert report.heading() == "Who *writes*?"
    assert (report.timeout_s, report.memory_mb, report.smallest_cell) == (900.0, 8000.0, 5)


def test_settings_name_a_variant_of_their_own(tmp_path: Path) -> None:
    (report,) = listing(tmp_path, ONE + "parameters = { promise_h = 48 }\n").reports
    (own,) = variants(report, {"country": "SE"})
    assert own.label == "country=SE"
    assert own.given == {"promise_h": 48.0, "country": "SE"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[reprot]]", "did you mean 'report'"),
        ("x = ", "Invalid"),
        ("[defaults]\ntimeout = 3", "did you mean 'timeout_s'"),
        (ONE + "input = []", "did you mean 'inputs'"),
        (ONE + 'inputs = ["uterances"]', "did you mean 'utterances'"),
        (ONE + "matrix = { country = 3 }", "matrix.country is no list"),
        (ONE + ONE, "stands twice"),
        (ONE + 'memory_mb = "much"', "memory_mb is 'much'; give a number above 0"),
        ("[defaults]\ntimeout_s = 0\n" + ONE, "timeout_s is 0; give a number above 0"),
        ('[[report]]\nname = "a"', "give its 'notebook'"),
        ('[[report]]\nname = "a"\nnotebook = "x.ipynb"', "no notebook 'x.ipynb'"),
        ('[[report]]\nname = "../a"\nnotebook = "x.ipynb"', "it names a folder"),
    ],
)
def test_a_mistake_in_the_list_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ScsrError, match=said):
        listing(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('matrix = { contry = ["SE"] }', "did you mean 'country'"),
        ('parameters = { country = "DK" }', "is not one of"),
        ('matrix = { country = ["SE"] }\nexclude = [{}]', "empty 'exclude'"),
    ],
)
def test_a_mistake_in_parameters_is_named(tmp_path: Path, text: str, said: str) -> None:
    (report,) = listing(tmp_path, ONE + text).reports
    with pytest.raises(ParameterError, match=said):
        variants(report)


def test_settings_go_to_the_reports_that_have_them(tmp_path: Path) -> None:
    reports = listing(tmp_path, TWO).reports
    assert overrides(reports, ["country=NO"], named=False) == {"a": {"country": "NO"}}
    assert overrides(reports, ["country=SE", "promise_h=3"], named=False) == {"a": {"country": "SE", "promise_h": 3.0}}
    for settings, named, said in (
        (["country"], False, "write NAME=VALUE"),
        (["contry=SE"], False, "no report has a parameter 'contry'; did you mean"),
        (["country=SE"], True, "b: no parameter 'country'"),
        (["country=SE", "level=0.9"], False, "no report has all"),
    ):
        with pytest.raises(ParameterError, match=said):
            overrides(reports, settings, named=named)


def test_reports_are_found_by_name(tmp_path: Path) -> None:
    found = listing(tmp_path, TWO)
    assert found.report("b").name == "b"
    with pytest.raises(ScsrError, match="there are: a, b"):
        found.report("zzz")
    with pytest.raises(ScsrError, match=r"no reports\.toml"):
        config.find(tmp_path / "x", Path("/"))


def test_labels_are_safe_names_of_folders() -> None:
    assert label({"topic": "../x", "words": ["å", "b"], "f": 0.5}) == "topic=..%2Fx,words=å+b,f=0.5"
