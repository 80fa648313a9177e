"""What a researcher sees: every result of an analysis can end a cell."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

import scsr
from scsr import analysis
from scsr.analysis.complaints import Rates
from scsr.analysis.complaints.counts import CountTable
from scsr.figures import figure
from scsr.reports import shown
from scsr.reports.explorer import Explorer, Section


def one(n: int = 100, **by: str) -> scsr.Estimate:
    return scsr.Estimate("kept", "share kept", "share", 0.5, 0.4, 0.6, n, "Wilson", by)


def results() -> Iterator[type]:
    """Classes of results that the analyses offer: those that hold estimates or tables."""
    for found in pkgutil.walk_packages(analysis.__path__, "scsr.analysis."):
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            kind = getattr(module, name)
            if dataclasses.is_dataclass(kind) and any(
                word in str(field.type) for field in dataclasses.fields(kind) for word in ("DataFrame", "Estimate")
            ):
                yield kind  # type: ignore[misc]


def test_every_result_is_shown() -> None:
    known = {f"scsr.{module}.{name}" for module, names in shown.RESULTS.items() for name in names}
    inner = ("simulate.light", "simulate.traps", "complaints.tally")  # of benchmarks, and steps on the way
    missing = {
        f"{kind.__module__}.{kind.__name__}" for kind in results() if not kind.__module__.endswith(inner)
    } - known
    assert not missing, "name them in scsr.reports.shown.RESULTS, so that they show themselves in a notebook"
    for name in known:
        module, _, kind = name.rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), kind), type)


def test_an_estimate_is_a_sentence() -> None:
    assert shown.text(one(country="SE")) == "share kept (SE): 50% (95% interval 40% to 60%; n = 100)"
    assert "&lt;b&gt;" in shown.html(one(country="<b>"))
    few = shown.text(one(n=2))
    assert "fewer than 5" in few
    assert "50%" not in few


def test_a_result_shows_its_estimates_and_tables() -> None:
    rates = Rates((one(country="SE"), one(country="NO")))
    assert shown.html(rates).count("<tr>") == 3
    assert shown.text(rates).splitlines()[1] == "  share kept (SE): 50% (95% interval 40% to 60%; n = 100)"
    cells = pd.DataFrame({"company": ["<i>"] * 12, "n_complaints": range(10, 22), "exposure": 1e3})
    made = CountTable(cells, {}, ("company",), "customers", True)
    html = shown.html(made)
    assert "12 rows, the first 10 shown" in html
    assert "&lt;i&gt;" in html
    assert "<i>" not in html
    assert "unit customers" in shown.text(made)


@dataclass(frozen=True)
class Bare:
    """Holds nothing to see."""

    inner: Any = None


def test_what_a_notebook_records_shows_itself_without_being_recorded() -> None:
    drawn = figure("bars", pd.Series({"sv": 30, "is": 10}, name="utterances"), name="a", title="Tongues")
    table = scsr.Table("t", "Numbers", pd.DataFrame({"x": [0.5]}))
    explored = Explorer("e", "Choose", ("k",), (Section(("A",), "", "A", ()),), ())
    for thing, words in ((drawn, "Tongues"), (table, "Numbers"), (scsr.Answer("Yes."), "Yes."), (explored, "Choose")):
        assert words in shown.html(thing)
        assert words in shown.text(thing)
    assert "<svg" in shown.html(drawn)
    assert shown.text(Bare()) == "Bare: Holds nothing to see."


def test_a_notebook_is_told_when_the_package_is_imported() -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import scsr
one = scsr.Estimate("kept", "share kept", "share", .5, .4, .6, 100, "Wilson")
formats, _ = shell.display_formatter.format(one)
print(formats["text/html"])
print(shell.display_formatter.format([one, one])[0]["text/plain"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = "share kept: 50% (95% interval 40% to 60%; n = 100)"
    assert done.stdout.splitlines() == [f'<p title="Wilson">{said}</p>', f"[{said},", f" {said}]"]


@pytest.mark.parametrize("name", sorted(scsr.__all__))
def test_every_name_explains_itself(name: str) -> None:
    thing = getattr(scsr, name)
    assert name == "__version__" or (thing.__doc__ or "").strip()
