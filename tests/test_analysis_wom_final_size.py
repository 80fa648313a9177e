"""Final size from the first hours: against simulated truth, and what cannot be predicted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis.wom import final_size
from scsr.analysis.wom.final_size import METHODS, interval
from scsr.analysis.wom.frailty import Frailty, fit_frailty
from scsr.errors import EstimationError


def bursts(seed: int, n: int = 300, branching: float = 0.75, until: float = 60.0) -> pd.DataFrame:
    """Cascades with Poisson reshares after exponential delays of 3 h on average."""
    rng, rows = np.random.default_rng(seed), []
    for c in range(n):
        waiting = [0.0]
        while waiting:
            t = waiting.pop()
            rows.append((f"c{c}", t))
            waiting.extend(t + s for s in rng.exponential(3.0, rng.poisson(branching)) if t + s <= until)
    table = pd.DataFrame(rows, columns=["cascade_id", "t_h"])
    table["share_id"] = [f"s{i}" for i in range(len(table))]
    return schema.conform(table.assign(source="log", observed_until_h=until), "shares")


def named(found: object) -> dict[str, object]:
    return {one.name + " " + one.group: one for one in found.estimates}


def test_the_process_beats_the_base_line_where_it_is_true():
    ratios = []
    for seed in range(3):
        found = named(final_size(bursts(seed), 12.0, 60.0, memory="exponential", n_bootstrap=200))
        errors = [found[f"final_size_error {method}"].estimate for method in METHODS]
        assert errors[1] < errors[0]
        ratios.append(found["final_size_error_ratio all"].estimate)
    assert np.mean(ratios) < 0.95


def test_prediction_intervals_cover_what_they_say():
    hits = []
    for seed in range(3):
        table = final_size(bursts(seed), 3.0, 60.0, memory="exponential", level=0.8, n_bootstrap=50).predictions
        hits.append([table["final_size"].between(table[f"{m} low"], table[f"{m} high"]).mean() for m in METHODS])
    # sizes are whole and cannot shrink, so that coverage is at least what is stated
    assert np.mean(hits, axis=0).min() > 0.77
    assert np.mean(hits) < 0.95


def test_predictions_are_sizes():
    found = final_size(bursts(1, 90), 3.0, 60.0, memory="power law", folds=2, n_bootstrap=50)
    table = found.predictions
    assert (table["early_size"] >= 2).all()
    for method in METHODS:
        assert (table[method] >= table["early_size"] - 1e-9).all()
        assert (table[f"{method} low"] <= table[f"{method} high"]).all()
        assert (table[f"{method} low"] >= table["early_size"]).all()
    assert found.frame["n"].sum() == len(table)
    assert found.frame["n"].min() >= 10
    assert found.frame["predicted"].is_monotonic_increasing


def test_no_cascade_is_predicted_from_itself():
    # a cascade's own end must not move its own prediction
    rows = bursts(2, 90)
    table = final_size(rows, 3.0, 60.0, memory="exponential", folds=4, n_bootstrap=10).predictions
    one = table["cascade_id"].iloc[0]
    fewer = rows[~(rows["cascade_id"].eq(one) & rows["t_h"].gt(3.0))]
    again = final_size(fewer, 3.0, 60.0, memory="exponential", folds=4, n_bootstrap=10).predictions
    before, after = (t.set_index("cascade_id").loc[one] for t in (table, again))
    assert before["self-exciting"] == pytest.approx(after["self-exciting"], rel=1e-9)
    assert before["log-linear"] == pytest.approx(after["log-linear"], rel=1e-12)


def test_seed_decides():
    rows = bursts(1, 100)
    first, second = (final_size(rows, 3.0, 60.0, memory="exponential", rng=4, n_bootstrap=50) for _ in range(2))
    assert first.estimates == second.estimates


def test_too_little_or_unknown():
    rows = bursts(1, 20)
    assert "it takes 30" in final_size(rows, 3.0, 60.0).estimates[0].reason
    assert "no cascade was followed for 99 h" in final_size(rows, 3.0, 99.0).estimates[0].reason
    unknown = final_size(bursts(1, 90).assign(observed_until_h=np.nan), 3.0, 60.0, memory="exponential", n_bootstrap=9)
    assert "which the data do not state" in unknown.estimates[0].assumptions[-1]
    blind = rows.assign(n_followers=pd.NA)
    assert "followers" in final_size(blind, 3.0, 60.0, followers=True).estimates[-1].reason
    empty = final_size(schema.empty("shares"), 1.0, 2.0)
    assert len(empty.estimates) == 7
    assert not any(one.ok for one in empty.estimates)
    # where nothing grows on, both rules are right, and there is no ratio
    still = bursts(3, 150, until=60.0)
    still = still[still["t_h"] <= 3.0]
    found = named(final_size(still, 3.0, 60.0, memory="exponential", n_bootstrap=20))
    assert found["final_size_error early size"].estimate == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"early_h": 5.0, "until_h": 4.0}, "0 < early_h < until_h"),
        ({"early_h": np.nan, "until_h": 4.0}, "0 < early_h"),
        ({"early_h": 1.0, "until_h": 4.0, "folds": 1}, "at least 2"),
        ({"early_h": 1.0, "until_h": 4.0, "memory": "long"}, "none of power law"),
        ({"early_h": 1.0, "until_h": 4.0, "level": 1.0}, "level 1.0"),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(EstimationError, match=said):
        final_size(schema.empty("shares"), **arguments)


def test_interval_of_few_errors_is_endless():
    assert interval(np.zeros(10), 0.95) == (-np.inf, np.inf)
    low, high = interval(np.linspace(-1, 1, 999), 0.9)
    assert (low, high) == pytest.approx((-0.9, 0.9), abs=0.01)


class TestFrailty:
    @pytest.mark.parametrize("shape", [0.8, 5.0])
    def test_truth_is_found(self, shape):
        rng = np.random.default_rng(1)
        due = rng.uniform(1, 6, 4000)
        fit = fit_frailty(rng.poisson(0.7 * due * rng.gamma(shape, 1 / shape, 4000)), due)
        assert fit.mean == pytest.approx(0.7, rel=0.05)
        assert fit.shape == pytest.approx(shape, rel=0.25)

    @given(st.lists(st.tuples(st.integers(0, 50), st.floats(0.1, 20)), min_size=1, max_size=20), st.floats(0.1, 50))
    @settings(max_examples=50, deadline=None)
    def test_each_lies_between_its_own_and_the_mean(self, pairs, shape):
        seen, due = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
        own = Frailty(shape, 0.7).of(seen, due)
        raw = seen / due
        assert ((own >= np.minimum(raw, 0.7) - 1e-9) & (own <= np.maximum(raw, 0.7) + 1e-9)).all()
