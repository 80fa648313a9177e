"""Changes of level in monthly rates: against all divisions tried, simulated truth, and seasons."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from scsr.analysis import complaints
from scsr.analysis.complaints import CountTable, summary
from scsr.analysis.complaints.changes import SHORTEST, partition, successive_dispersion
from scsr.analysis.estimates import unique
from scsr.errors import EstimationError


def monthly(counts, exposure=1000.0) -> CountTable:
    months = pd.date_range("2021-01-01", periods=len(counts), freq="MS", tz="UTC")
    frame = pd.DataFrame({"period": months, "n_complaints": counts, "exposure": exposure})
    return CountTable(frame, {}, (), "customers", True, "month")


@given(st.lists(st.integers(0, 30), min_size=6, max_size=12), st.floats(0, 20))
@settings(max_examples=40, deadline=None)
def test_partition_is_the_best_of_all(counts, penalty):
    observed, expected = np.array(counts, float), np.linspace(1, 2, len(counts))

    def cost(starts: tuple[int, ...]) -> float:
        bounds = [*starts, len(counts)]
        parts = [slice(a, b) for a, b in pairwise(bounds)]
        gain = sum(special.xlogy(observed[p].sum(), observed[p].sum() / expected[p].sum()) for p in parts)
        return penalty * (len(starts) - 1) - 2 * gain

    allowed = [
        (0, *inner)
        for size in range(len(counts) // SHORTEST)
        for inner in combinations(range(1, len(counts)), size)
        if all(b - a >= SHORTEST for a, b in zip((0, *inner), (*inner, len(counts)), strict=True))
    ]
    assert cost(tuple(partition(observed, expected, penalty))) == pytest.approx(min(map(cost, allowed)))


def test_a_change_is_found_where_it_is_and_covered():
    hits, covered, n = 0, 0, 40
    for seed in range(n):
        rng = np.random.default_rng(seed)
        size = rng.uniform(800, 1500, 36)
        counts = rng.poisson(size * np.repeat([0.03, 0.048], [20, 16]))
        found = complaints.rate_changes(monthly(counts, size), n_draws=99, seed=seed)
        near = [one for one in found.estimates if one.group in ("2022-08", "2022-09", "2022-10")]
        hits += len(found.estimates) == 1 and len(near) == 1
        covered += bool(near) and near[0].ci_low < 1.6 < near[0].ci_high
        assert unique(found.estimates)
    assert hits >= 0.85 * n
    assert covered >= 0.8 * n


@pytest.mark.parametrize("dispersion", [1, 4])
def test_chance_changes_nothing(dispersion):
    p_values, n_found = [], 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        mean = 30.0
        counts = rng.poisson(mean * rng.gamma(mean / 3, 3 / mean, 24)) if dispersion > 1 else rng.poisson(mean, 24)
        found = complaints.rate_changes(monthly(counts), n_draws=99, seed=seed)
        p_values.append(found.p_value)
        n_found += bool(found.estimates)
    assert np.mean(np.array(p_values) < 0.05) <= 0.12
    assert 0.3 <= np.mean(p_values) <= 0.7
    assert n_found <= 4


def test_seasons_are_no_changes():
    t = np.arange(36)
    counts = np.random.default_rng(3).poisson(60 * np.exp(0.5 * np.cos(2 * np.pi * (t - 3) / 12)))
    table = monthly(counts)
    trend = complaints.rate_trend(table)
    assert trend.estimates[1].extra["p_value"] < 0.001
    assert complaints.rate_changes(table, n_draws=99).estimates
    steady = complaints.rate_changes(table, n_draws=99, season=trend.season)
    assert not steady.estimates
    assert "No change of level" in steady.sentence
    assert steady.frame["level"].std() > 0  # the level swings with the season
    flat = complaints.rate_trend(monthly(np.random.default_rng(4).poisson(60, 36)))
    assert flat.estimates[1].extra["p_value"] > 0.05
    assert flat.season is None


def test_dispersion_looks_past_changes_of_level():
    rng = np.random.default_rng(1)
    counts = rng.poisson(np.repeat([20.0, 80.0], 200)).astype(float)
    assert successive_dispersion(counts, np.ones(400)) == pytest.approx(1, abs=0.25)
    assert successive_dispersion(np.zeros(20), np.ones(20)) == 1


def test_the_found_is_said():
    found = complaints.rate_changes(monthly([20] * 12 + [45] * 12), n_draws=99)
    assert found.sentence.startswith("The level of the rate changed in 2022-01 (p = 0.01 ")
    assert found.frame["level"].tolist() == pytest.approx([0.02] * 12 + [0.045] * 12)
    assert found.penalty == pytest.approx(3 * np.log(24))
    assert "2022-01" in summary.change_summary(found).set_index("item")["value"]["found"]
    lines = summary.rate_months(monthly([20] * 12 + [45] * 12), changes=found).groupby("group").size()
    assert lines.to_dict() == {"all": 24, "level": 24}
    silent = complaints.rate_changes(monthly([0] * 12 + [30] * 12), n_draws=99)
    assert silent.estimates[0].ci_low > 1


def test_what_cannot_be_told():
    short = complaints.rate_changes(monthly([9] * 8))
    assert "8 months are too few" in short.estimates[0].reason
    assert "cannot be told" in short.sentence
    assert summary.change_summary(short)["item"].tolist() == ["found"]
    assert list(short.frame.columns) == ["period", "n_complaints", "exposure", "rate", "level"]
    assert "3 complaints are too few" in complaints.rate_changes(monthly([1, 1, 1] + [0] * 20)).estimates[0].reason
    none = CountTable(pd.DataFrame(), {}, (), "customers", True, "month", reason="no exposure was given")
    assert complaints.rate_changes(none).estimates[0].reason == "no exposure was given"
    months = monthly([9] * 24)
    with pytest.raises(EstimationError, match="freq='month'"):
        complaints.rate_changes(CountTable(pd.DataFrame(), {}, (), "customers", True))
    with pytest.raises(EstimationError, match="alpha=2"):
        complaints.rate_changes(months, alpha=2)
    with pytest.raises(EstimationError, match="n_draws=3"):
        complaints.rate_changes(months, n_draws=3)
    for season in (np.ones(3), np.zeros(24), np.full(24, np.nan)):
        with pytest.raises(EstimationError, match="season must hold"):
            complaints.rate_changes(months, season=season)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([0.0, 1e-300, 0.5, 1e3, 1e7])), min_size=1, max_size=30)
)
@settings(max_examples=25, deadline=None)
def test_never_a_silent_nan(rows):
    counts, exposure = (list(column) for column in zip(*rows, strict=True))
    found = complaints.rate_changes(monthly(counts, exposure), n_draws=99)
    assert all(one.ok or one.reason for one in found.estimates)
    assert found.p_value is None or 0 < found.p_value <= 1
    assert found.p_value is None or found.frame["level"].notna().all()
