"""Light tables: within the contract, true to their design, and the traps that they hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis.complaints import CountTable, complaint_counts, complaint_rates
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import garwood
from scsr.analysis.simulate.coverage import calibrate
from scsr.analysis.simulate.design import Design, answered_by, answered_share, median_h, restricted_mean_h
from scsr.analysis.simulate.light import (
    complaint_table,
    complaint_tables,
    draw_cascades,
    draw_cases,
    draw_complaints,
    draw_counted,
)
from scsr.analysis.simulate.traps import TRAPS, spring, trap_coverage
from scsr.errors import EstimationError, ParameterError

SMALL = Design(n_customers=60, n_months=4, n_firms=3, n_cases=60, n_without_case=20, n_cascades=25)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_light_tables_keep_the_contract() -> None:
    drawn = draw_cases(SMALL, rng())
    schema.validate(drawn.cases, "cases")
    schema.validate(drawn.outcomes, "outcomes")
    schema.validate(draw_cascades(SMALL, rng()), "shares")
    _, exposure = complaint_tables(draw_complaints(SMALL, rng()), rng())
    schema.validate(exposure.assign(source="light", synthetic=True).astype({"synthetic": "boolean"}), "exposure")


def test_the_same_seed_draws_the_same() -> None:
    pd.testing.assert_frame_equal(draw_cascades(SMALL, rng(4)), draw_cascades(SMALL, rng(4)))
    pd.testing.assert_frame_equal(draw_cases(SMALL, rng(4)).cases, draw_cases(SMALL, rng(4)).cases)
    assert not draw_cascades(SMALL, rng(4)).equals(draw_cascades(SMALL, rng(5)))


@pytest.mark.parametrize(("by", "freq"), [(("company",), None), (("company", "country"), "month"), ((), None)])
def test_counts_drawn_at_once_are_those_counted_from_the_tables(by, freq) -> None:
    design = replace(SMALL, complaint_rate=30, complaint_dispersion=0.5, complaints_per_complainer=2, n_months=12)
    drawn = draw_complaints(design, rng(3))
    counted = complaint_counts(*complaint_tables(drawn, rng()), by, freq=freq)
    at_once = complaint_table(drawn, by, freq)
    assert at_once.total == pytest.approx(counted.total)
    if by:
        pd.testing.assert_frame_equal(at_once.frame, counted.frame, check_dtype=False, check_categorical=False)


def test_complaints_have_the_rate_and_repeats_of_the_design() -> None:
    design = Design(n_customers=20_000, complaints_per_complainer=2.0, complaint_rate=3.0, sector_rate_ratio=2.0)
    drawn = draw_complaints(design, rng())
    counts = complaint_table(drawn)
    assert counts.total["n_complaints"] / counts.total["exposure"] * 1000 == pytest.approx(drawn.rate, rel=0.05)
    assert counts.total["n_complaints"] / counts.total["n_complainers"] == pytest.approx(2.0, rel=0.05)
    assert drawn.firm_rate.tolist() == [3.0] * 5 + [6.0] * 4


@pytest.mark.parametrize(("within", "factor"), [(100, 4.0), (200, 3.0)])
def test_repeats_count_on_top_of_months_but_for_those_within_a_month(within: int, factor: float) -> None:
    total = {
        "n_complaints": 100, "n_squared": 200, "n_squared_month": within, "month_dispersion": 3.0, "exposure": 1e5,
    }  # fmt: skip
    one = complaint_rates(CountTable(pd.DataFrame(), total, (), "customers", True)).overall
    assert one.ci_high == pytest.approx(factor * garwood(100 / factor)[1] / 100)


def test_truths_of_waiting_are_what_many_cases_show() -> None:
    design = Design(n_cases=100_000, severity_response_ratio=0.7, severity_answered_odds_ratio=1.5, end_days=320)
    cases = draw_cases(design, rng()).cases
    hours = cases["first_response_h"].fillna(np.inf).to_numpy()
    assert np.median(hours) == pytest.approx(median_h(design), rel=0.03)
    assert (hours <= 24).mean() == pytest.approx(float(answered_by(design, 24)), abs=0.006)
    assert cases["answered"].mean() == pytest.approx(answered_share(design), abs=0.006)
    assert np.minimum(hours, 168).mean() == pytest.approx(restricted_mean_h(design, 168), rel=0.02)


def test_leaving_follows_the_hazards() -> None:
    design = Design(n_cases=60_000, n_firms=1, ever_answered=1, first_response_median_h=0.01, loyalty_hazard_ratio=0.5)
    days = draw_cases(design, rng()).drawn["churn_day"]
    assert days.mean() == pytest.approx(30.4375 / (0.08 * 0.5), rel=0.02)
    never = replace(design, ever_answered=0)
    assert draw_cases(never, rng()).drawn["churn_day"].mean() == pytest.approx(30.4375 / 0.08, rel=0.02)


def test_nobody_who_has_left_is_answered_where_firms_do_not() -> None:
    drawn = draw_cases(Design(n_cases=2000, answered_after_churn=0, first_response_median_h=400), rng()).drawn
    assert not (drawn["answer_day"].replace(np.inf, -1) > drawn["churn_day"]).any()


def test_cascades_reproduce_as_the_design_says() -> None:
    shares = draw_cascades(Design(n_cascades=4000, cascade_window_h=1e6, reproduction_number=0.5), rng())
    assert shares["parent_id"].notna().mean() == pytest.approx(0.5, abs=0.02)
    assert shares["parent_id"].dropna().isin(shares["share_id"]).all()
    cut = draw_cascades(Design(n_cascades=400, cascade_window_h=5, staggered=True), rng())
    assert (cut["t_h"] <= cut["observed_until_h"]).all()
    assert cut["parent_id"].dropna().isin(cut["share_id"]).all()


def test_a_classifier_that_never_errs_counts_right() -> None:
    drawn = draw_counted(Design(sensitivity=1, specificity=1, prevalence=0.3, n_texts=50_000), rng())
    assert drawn.n_called / drawn.n == pytest.approx(0.3, abs=0.01)
    assert (drawn.n_found, drawn.n_passed) == (drawn.n_positive, drawn.n_negative)


@settings(max_examples=6, deadline=None)
@given(
    firms=st.integers(1, 4), cases=st.integers(1, 12), cascades=st.integers(1, 5), customers=st.floats(0.0, 30.0),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_tiny_designs_draw_without_failing(firms, cases, cascades, customers, seed) -> None:
    tiny = replace(SMALL, n_firms=firms, n_cases=cases, n_cascades=cascades, n_customers=customers)
    assert len(draw_cases(tiny, rng(seed)).cases) == cases
    assert draw_cascades(tiny, rng(seed))["cascade_id"].nunique() == cascades
    assert complaint_table(draw_complaints(tiny, rng(seed))).frame["exposure"].gt(0).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"prevalence": 1.5}, {"n_cases": -1}, {"reproduction_number": 1.0}, {"complaints_per_complainer": 0.5},
        {"end_days": 1.0}, {"complaint_rate": float("nan")},
    ],
)  # fmt: skip
def test_designs_out_of_range_are_refused(changes) -> None:
    with pytest.raises(ParameterError, match=next(iter(changes))):
        Design(**changes)


def interval(point: float, low: float, high: float) -> Estimate:
    return Estimate("x", "", "", point, low, high, 9, "by hand")


class TestCalibrate:
    def test_counts_what_holds_the_truth(self) -> None:
        found = calibrate([(interval(1, 0, 2), 1.5), (interval(3, 2, 4), 1.5), (not_estimable("x", "", "", "no"), 1.5)])
        assert (found.n_sets, found.n_estimated, found.coverage) == (3, 2, 0.5)
        assert found.not_estimable == pytest.approx(1 / 3)
        assert found.bias == pytest.approx(0.5 / np.sqrt(2))

    def test_judges_ratios_by_factors(self) -> None:
        assert calibrate([(interval(2, 1, 3), 1.0), (interval(0.5, 0, 1), 1.0)], "log").bias == pytest.approx(0)

    def test_leaves_a_ratio_of_0_out_of_the_bias_only(self) -> None:
        found = calibrate([(interval(0, 0, 3), 1.0), (interval(2, 1, 3), 1.0), (interval(0.5, 0, 1), 1.0)], "log")
        assert found.coverage == 1
        assert found.bias == pytest.approx(0)

    def test_says_nothing_where_nothing_was_estimated(self) -> None:
        found = calibrate([(not_estimable("x", "", "", "no"), 1.0)])
        assert (found.coverage, found.bias, found.not_estimable) == (None, None, 1.0)

    def test_refuses_no_data_and_unknown_scales(self) -> None:
        with pytest.raises(EstimationError, match="at least one"):
            calibrate([])
        with pytest.raises(EstimationError, match="neither"):
            calibrate([(interval(1, 0, 2), 1.0)], "root")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(TRAPS))
def test_a_trap_catches_the_naive_and_not_us(name: str) -> None:
    n = {"misclassified": 100, "truncated": 30, "repeats": 30}.get(name, 4)
    naive, ours = trap_coverage(name, n)
    if name == "paradox":
        assert ours.n_estimated == 0
        assert "no customer without a case" in spring(name).ours.reason
    else:
        assert ours.coverage is not None
        assert ours.coverage >= (0.85 if n > 4 else 0.5)
    assert naive.coverage is not None
    assert naive.coverage <= (0.8 if name in ("repeats", "truncated") else 0.25)


def test_there_is_no_other_trap() -> None:
    with pytest.raises(ParameterError, match="immortal_time"):
        spring("quicksand")
