"""The calibration of the estimates: a shortened run, and the table that ships with the package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from scsr.analysis.calibration import COLUMNS, calibration_rows, calibration_table
from scsr.errors import EstimationError

HEADLINES = (
    "complaint_rate", "first_response_median_h", "loyalty_hazard_ratio", "reproduction_number", "duplicate_share",
    "dated_share", "language_sure_share", "topics_recurring",
)  # fmt: skip


@pytest.fixture(scope="module")
def benchmark(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("calibration_benchmark", root / "benchmarks" / "calibration.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("setting", "estimate", "n"),
    [
        ("rates", "complaint_rate", 20),
        ("rates-few", "complaint_rate", 20),
        ("rates-uneven", "complaint_rate", 20),
        ("waits-few", "first_response_median_h", 15),
        ("hazard-few", "loyalty_hazard_ratio", 6),
        ("reproduction-cut", "reproduction_number", 30),
        ("hawkes", "branching_factor", 20),
        ("answer-large", "answer_hazard_ratio", 15),
        ("prevalence-30", "complaint_prevalence", 200),
        ("recurring", "topics_recurring", 100),
        ("corpus-few", "dated_share", 15),
    ],
)
def test_intervals_of_headlines_hold_the_truth(benchmark: ModuleType, setting: str, estimate: str, n: int) -> None:
    row = next(row for row in benchmark.measure(setting, n) if row["estimate"] == estimate)
    assert row["not_estimable"] == 0
    assert row["coverage"] >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / n)
    assert abs(row["bias"]) < 0.1 + 4 / np.sqrt(n)


def test_a_setting_gives_the_same_whatever_else_runs(benchmark: ModuleType) -> None:
    first, again = (benchmark.measure("prevalence-10", 5)[0] for _ in range(2))
    assert {**first, "seconds": 0} == {**again, "seconds": 0}


def test_the_packaged_table_has_every_headline() -> None:
    table = calibration_rows()
    assert list(table) == COLUMNS
    assert set(HEADLINES) <= set(table["estimate"])
    assert table["n_sets"].gt(0).all()
    assert table["coverage"].dropna().between(0, 1).all()


def test_the_page_shows_the_packaged_table(benchmark: ModuleType) -> None:
    text = benchmark.PAGE.read_text(encoding="utf-8")
    shown = text.split(benchmark.BEGIN)[1].split(benchmark.END)[0]
    assert shown.strip() == benchmark.markdown(calibration_rows())


def test_new_rows_take_the_place_of_old_ones_of_their_setting(benchmark: ModuleType) -> None:
    old = pd.DataFrame(benchmark.measure("prevalence-30", 3) + benchmark.measure("prevalence-10", 3), columns=COLUMNS)
    merged = benchmark.merge(benchmark.measure("prevalence-30", 4), old)
    assert merged["key"].drop_duplicates().tolist() == ["prevalence-10", "prevalence-30"]
    assert merged.loc[merged["key"] == "prevalence-30", "n_sets"].eq(4).all()


def test_a_trap_has_the_naive_coverage_beside_ours(benchmark: ModuleType) -> None:
    (row,) = benchmark.measure_trap("misclassified", 40)
    assert row["naive_coverage"] < 0.2
    assert row["coverage"] > 0.8


@pytest.mark.parametrize(
    ("coverage", "exact", "bar"),
    [(0.95, False, "held"), (0.99, False, "missed"), (0.99, True, "held"), (0.924, False, "held within error")],
)
def test_the_bar(benchmark: ModuleType, coverage: float, exact: bool, bar: str) -> None:
    from scsr.analysis.simulate.coverage import Calibration

    assert benchmark.bar(Calibration(1000, 1000, coverage, 0.007, 0.0, 0.03), exact) == bar


def test_names_are_found_and_others_refused(benchmark: ModuleType) -> None:
    assert benchmark.wanted(["hazard"]) == (["hazard"], [])
    assert "rates" in benchmark.wanted(["complaint_rate"])[0]
    with pytest.raises(SystemExit, match="nothing is called"):
        benchmark.wanted(["nothing"])


def test_a_report_sees_no_traps_and_an_unmeasured_estimate_is_refused() -> None:
    shown = calibration_table("complaint_rate")
    assert shown["coverage of the 95% interval"].notna().all()
    assert not shown["simulated data"].str.startswith("trap").any()
    with pytest.raises(EstimationError, match="has not been calibrated"):
        calibration_rows("luck")
