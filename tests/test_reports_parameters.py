from __future__ import annotations

from pathlib import Path

import pytest

from scsr.errors import ParameterError
from scsr.reports.parameters import check, describe, from_text, parse, read

CELL = '''
"""What may be set."""
country: str | None = None  # market; one of: SE | NO | IS
promise_h: float = 24.0     # promised time; unit: hours; range: >0, <=720
years: list[int] = [2011]   # years; range: >=1990
start: str = "2012-09-11"   # first day; format: date; range: >=2008-01-01
token: str = "abc"          # key; secret: yes
strict: bool = True
seed = 1
'''
NOTEBOOKS = Path(__file__).parent / "notebooks"


def test_a_cell_is_read_without_running_it() -> None:
    country, promise, years, start, token, strict, seed = parse(CELL)
    assert (country.optional, country.allowed, country.description) == (True, ("SE", "NO", "IS"), "market")
    assert (promise.unit, promise.bounds) == ("hours", ((">", "0"), ("<=", "720")))
    assert (years.kind, years.is_list, years.item) == ("list[int]", True, "int")
    assert start.is_date
    assert token.secret
    assert (strict.kind, seed.kind) == ("bool", "int")


def test_values_are_typed() -> None:
    given = {"country": "NO", "promise_h": 12, "years": (2012, 2013)}
    checked = check(parse(CELL), given, "r")
    assert checked["promise_h"] == 12.0
    assert isinstance(checked["promise_h"], float)
    assert checked["years"] == [2012, 2013]
    assert checked["start"] == "2012-09-11"
    assert check(parse(CELL), {"country": None}, "r")["country"] is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"promse_h": 3}, "did you mean 'promise_h'"),
        ({"zzz": 3}, "there are: country"),
        ({"country": "DK"}, "is not one of SE | NO | IS"),
        ({"country": 3}, "is not a str"),
        ({"promise_h": 0}, "is not > 0 hours"),
        ({"promise_h": 721.0}, "is not <= 720"),
        ({"promise_h": float("nan")}, "not a finite number"),
        ({"promise_h": None}, "cannot be left out"),
        ({"promise_h": True}, "is not a float"),
        ({"years": 2011}, r"is not a list\[int\]"),
        ({"years": [2011, 1980]}, "is not >= 1990"),
        ({"years": [2011.5]}, r"is not a list\[int\]"),
        ({"start": "11.9.2012"}, "is not a day"),
        ({"start": "20120911"}, "is not a day"),
        ({"start": "2007-12-31"}, "is not >= 2008-01-01"),
        ({"strict": 1}, "is not a bool"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        check(parse(CELL), given, "r")


def test_a_secret_is_never_said() -> None:
    with pytest.raises(ParameterError) as caught:
        check(parse("key: int = 1  # k; secret: yes"), {"key": "hush"}, "r")
    assert "hush" not in str(caught.value)
    assert "***" in describe(parse(CELL))
    assert "abc" not in describe(parse(CELL))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = f()", "no literal"),
        ("import os", "no 'name: type = literal'"),
        ("x: int", "no 'name: type = literal'"),
        ("x: dict = {}", "type 'dict' is not known"),
        ("x: int | str = 1", "is not known"),
        ("x = = 1", "no Python"),
        ("x: int = 1.5", "is not a int"),
        ("x: int = 0  # at least one; range: >=1", "is not >= 1"),
    ],
)
def test_a_cell_that_declares_badly_is_refused(source: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        parse(source)


def test_words_of_the_command_line() -> None:
    by_name = {one.name: one for one in parse(CELL)}
    assert from_text(by_name["country"], "none", "r") is None
    assert from_text(by_name["country"], "SE", "r") == "SE"
    assert from_text(by_name["promise_h"], "12", "r") == 12.0
    assert from_text(by_name["years"], "[2011, 2012]", "r") == [2011, 2012]
    assert from_text(by_name["strict"], "no", "r") is False
    for name, text in (("strict", "maybe"), ("promise_h", "soon"), ("seed", "1.5")):
        with pytest.raises(ParameterError, match="is not a"):
            from_text(by_name[name], text, "r")


def test_a_comment_keeps_what_is_no_field() -> None:
    (one,) = parse("x: int = 1  # first; second: half; unit: people")
    assert one.description == "first; second: half"
    assert describe([one]) == "x: int = 1  first; second: half; unit: people"


def test_notebooks_are_read(tmp_path: Path) -> None:
    assert [one.name for one in read(NOTEBOOKS / "answers.ipynb")] == ["country", "promise_h"]
    assert read(NOTEBOOKS / "never_ends.ipynb") == []
    assert describe([]) == "no parameters"
    (tmp_path / "x.ipynb").write_text("{}")
    for name in ("x.ipynb", "y.ipynb"):
        with pytest.raises(ParameterError, match="no notebook that can be read"):
            read(tmp_path / name)
