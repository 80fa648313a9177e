"""Response and loyalty on many cases: counted, collapsed and drawn, with the same answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis import loyalty
from scsr.analysis.loyalty.common import labels_of
from scsr.analysis.loyalty.compare import log_rank
from scsr.analysis.loyalty.curves import MOST_STEPS, kaplan_meier, thinned
from scsr.analysis.loyalty.design import design_of
from scsr.analysis.loyalty.episodes import split
from scsr.analysis.loyalty.jumps import multiplied
from scsr.analysis.loyalty.sample import numbers
from scsr.analysis.loyalty.surge import drawn_ratios, repeated_median
from scsr.analysis.simulate import Simulated, simulate
from scsr.errors import EstimationError

seeds = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def market() -> Simulated:
    return simulate(seed=5, scale=0.5, text=False)


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 60), st.booleans())
def test_kaplan_meier_is_that_of_lifelines(seed: int, n: int, at_once: bool) -> None:
    from lifelines import KaplanMeierFitter

    rng = np.random.default_rng(seed)
    hours, seen = rng.integers(0 if at_once else 1, 20, n) / 3, rng.random(n) < 0.7
    curve = kaplan_meier(hours, seen, 0.9)
    fitter = KaplanMeierFitter(alpha=0.1).fit(hours, seen)
    survival = fitter.survival_function_.to_numpy()[:, 0]
    np.testing.assert_allclose(1 - curve["share_answered"], survival, atol=1e-12)
    np.testing.assert_allclose(curve["timeline_h"], fitter.survival_function_.index)
    np.testing.assert_allclose(curve["n_at_risk"], fitter.event_table["at_risk"])
    inside = (survival > 0) & (survival < 1)
    band = 1 - fitter.confidence_interval_survival_function_.to_numpy()[inside][:, ::-1]
    np.testing.assert_allclose(curve.loc[inside, ["ci_low", "ci_high"]], band, atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(2, 4))
def test_the_log_rank_test_is_that_of_lifelines(seed: int, n_groups: int) -> None:
    from lifelines.statistics import multivariate_logrank_test

    rng = np.random.default_rng(seed)
    hours, seen, group = rng.integers(1, 15, 80), rng.random(80) < 0.8, np.arange(80) % n_groups
    parts = []
    for place in range(n_groups):
        mine, n = group == place, int((group == place).sum())
        parts.append(loyalty.common.Waits(hours[mine] * 1.0, seen[mine], np.arange(n), {}, hours[mine], hours[mine]))
    test = multivariate_logrank_test(hours, group, seen)
    assert log_rank(parts) == pytest.approx((test.test_statistic, test.p_value), rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_design_of_cells_is_the_matrix_it_stands_for(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, q = 40, 5
    own, codes = rng.normal(size=(n, 2)), [rng.integers(-1, 3, n), rng.integers(3, 5, n)]
    full = np.column_stack([own, *(sum((code == index).astype(float) for code in codes) for index in range(q))])
    design = design_of(list(own.T), codes, n, q)
    weight, beta, member = rng.random(n), rng.normal(size=2 + q), rng.integers(0, 6, n)
    np.testing.assert_allclose(design.predict(beta), full @ beta)
    np.testing.assert_allclose(design.gradient(weight), full.T @ weight)
    np.testing.assert_allclose(design.information(weight), full.T @ (full * weight[:, None]), atol=1e-12)
    sums = np.zeros((6, 2 + q))
    np.add.at(sums, member, full * weight[:, None])
    np.testing.assert_allclose(design.cluster_sums(weight, member, 6), sums, atol=1e-12)
    np.testing.assert_allclose(design.along(sums, member), (full * sums[member]).sum(axis=1), atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_pieces_of_an_episode_stand_in_order_and_leave_nothing_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    entry = rng.uniform(0, 5, 12)
    answer = np.where(rng.random(12) < 0.5, rng.uniform(0, 30, 12), np.inf)
    episodes = pd.DataFrame(
        {"entry": entry, "exit": entry + rng.uniform(0.1, 20, 12), "event": rng.random(12) < 0.5, "answer": answer}
    )
    pieces = split(episodes, np.array([1.0, 7.0, 14.0]))
    assert pieces.equals(pieces.sort_values(["row", "start"], kind="stable", ignore_index=True))
    length = (pieces["stop"] - pieces["start"]).groupby(pieces["row"]).sum()
    np.testing.assert_allclose(length, episodes["exit"] - episodes["entry"])
    assert (pieces["answered"] == (pieces["start"] >= answer[pieces["row"]])).all()
    assert pieces["event"].sum() == episodes["event"].sum()


def test_labels_are_texts_in_order_and_null_is_not_stated() -> None:
    for column in (
        pd.Series(["b", None, "a"], dtype="category"),
        pd.Series(["b", None, "a"], dtype="string"),
        pd.Series([2, None, 1], dtype="Int64").map({1: "a", 2: "b"}),
    ):
        code, words = labels_of(column)
        assert words[code].tolist() == ["b", "not stated", "a"]
        assert words.tolist() == ["a", "b", "not stated"]


def test_a_long_curve_is_thinned_to_its_ends() -> None:
    curve = pd.DataFrame({"timeline_h": np.arange(3.0 * MOST_STEPS)})
    kept = thinned(curve)
    assert len(kept) == MOST_STEPS
    assert kept["timeline_h"].iloc[[0, -1]].tolist() == [0.0, 3.0 * MOST_STEPS - 1]
    assert thinned(kept) is kept


def test_customers_are_drawn_whole_whatever_the_order_and_the_table(market: Simulated) -> None:
    cases, outcomes = market.cases, market.outcomes
    draw = loyalty.draw_customers(len(cases), len(cases) // 3, seed=4)
    some = draw.of(cases, "cases")
    assert 0.25 < len(some) / len(cases) < 0.42
    assert f"{len(some):,} of {len(cases):,} cases" in some.attrs["sample"]
    turned = draw.of(cases.iloc[::-1], "cases")
    assert set(turned["case_id"]) == set(some["case_id"])
    theirs = cases["speaker_id"].isin(some["speaker_id"])
    assert cases.loc[theirs, "case_id"].tolist() == some["case_id"].tolist()
    batches = pa.Table.from_pandas(outcomes, preserve_index=False).to_batches(max_chunksize=500)
    streamed, whole = draw.of(batches, "outcomes"), draw.of(outcomes, "outcomes")
    pd.testing.assert_frame_equal(streamed[list(whole)], whole, check_categorical=False)
    assert set(whole["speaker_id"]) & set(cases["speaker_id"]) <= set(some["speaker_id"])
    other = loyalty.draw_customers(len(cases), len(cases) // 3, seed=5).of(cases, "cases")
    assert set(other["case_id"]) != set(some["case_id"])


def test_where_there_are_few_cases_everybody_is_drawn(market: Simulated) -> None:
    draw = loyalty.draw_customers(len(market.cases))
    assert draw.of(market.cases, "cases") is market.cases
    batches = pa.Table.from_pandas(market.cases, preserve_index=False).to_batches()
    assert len(draw.of(batches, "cases")) == len(market.cases)
    assert draw.of([], "cases").empty
    for wrong in ({"n_sample": 0}, {"seed": -1}):
        with pytest.raises(EstimationError):
            loyalty.draw_customers(10, **wrong)
    with pytest.raises(EstimationError, match="speaker_id"):
        draw.of(market.cases.drop(columns="speaker_id"), "cases")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), min_size=1, max_size=20), seeds)
def test_the_number_of_a_name_depends_on_nothing_else(names: list[str | None], seed: int) -> None:
    together = numbers(pa.array(names, pa.string()), seed)
    alone = [numbers(pa.array([name], pa.string()), seed)[0] for name in names]
    assert together.tolist() == alone


def test_numbers_of_names_are_even() -> None:
    found = numbers(pa.array([f"{place:032x}" for place in range(20_000)]), 1) / 2.0**64
    assert np.histogram(found, 10, (0, 1))[0] == pytest.approx([2000] * 10, rel=0.1)


def test_estimates_say_that_they_are_of_a_sample(market: Simulated) -> None:
    draw = loyalty.draw_customers(len(market.cases), 2 * len(market.cases) // 3, seed=1)
    some, outcomes = draw.of(market.cases, "cases"), draw.of(market.outcomes, "outcomes")
    linked = loyalty.link(some, outcomes, "churn")
    found = [
        *loyalty.loyalty_on_response(some, outcomes, linked=linked).estimates,
        loyalty.speed_effect(some, outcomes, linked=linked),
        *loyalty.loyalty_by_answerer(some, outcomes, linked=linked),
        *loyalty.outcome_by_horizon(some, outcomes, "churn"),
        *loyalty.recovery_paradox(some, outcomes, linked=linked).estimates,
        *loyalty.score_on_response(some, outcomes).estimates,
        *loyalty.came_back(some),
        *loyalty.answer_or_leaving(some, outcomes).estimates,
    ]
    assert sum(one.ok for one in found) > 10
    assert all(any("random sample of customers" in note for note in one.assumptions) for one in found if one.ok)
    again = loyalty.loyalty_on_response(some, outcomes).estimates
    assert again == tuple(found[: len(again)])


def test_a_sample_of_customers_finds_the_whole() -> None:
    market = simulate(seed=8, scale=1.5, text=False)
    whole = loyalty.loyalty_on_response(market.cases, market.outcomes).estimates[0]
    near = 0
    for seed in range(6):
        draw = loyalty.draw_customers(len(market.cases), len(market.cases) // 2, seed)
        one = loyalty.loyalty_on_response(draw.of(market.cases, "cases"), draw.of(market.outcomes, "outcomes"))
        near += one.estimates[0].ci_low <= whole.estimate <= one.estimates[0].ci_high
    assert near >= 5


def test_hands_are_the_same_batch_by_batch(market: Simulated) -> None:
    rows = market.utterances
    whole = loyalty.hands(rows)
    batches = pa.Table.from_pandas(rows[list(loyalty.HANDS)], preserve_index=False).to_batches(max_chunksize=700)
    pd.testing.assert_frame_equal(loyalty.hands(batches), whole)
    staff = rows[rows["speaker_role"].isin(["firm", "employee"]) & rows["speaker_id"].notna()]
    keys = ["company", "country", staff["published_at"].dt.floor("D")]
    assert whole["n_hands"].sum() == staff.groupby(keys, observed=True)["speaker_id"].nunique().sum()
    assert loyalty.hands([]).empty
    direct, counted = loyalty.wait_by_load(market.cases, rows), loyalty.wait_by_load(market.cases, whole)
    assert direct.estimate == counted.estimate


def test_the_load_model_takes_a_sample_and_the_table_all(market: Simulated) -> None:
    whole = loyalty.wait_by_load(market.cases, market.utterances)
    some = loyalty.wait_by_load(market.cases, market.utterances, n_sample=len(market.cases) // 2, seed=3)
    pd.testing.assert_frame_equal(whole.table, some.table)
    assert any("random sample" in note for note in some.estimate.assumptions)
    assert some.estimate.ci_low <= whole.estimate.estimate <= some.estimate.ci_high
    with pytest.raises(EstimationError, match="n_sample"):
        loyalty.wait_by_load(market.cases, market.utterances, n_sample=0)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=9).filter(any), seeds)
def test_a_repeated_median_is_that_of_the_repeated_values(times: list[int], seed: int) -> None:
    ordered = np.sort(np.random.default_rng(seed).random(len(times)))
    assert repeated_median(ordered, np.array(times)) == pytest.approx(np.median(np.repeat(ordered, times)))


def test_the_median_of_many_is_drawn_as_that_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    inside, block, rest = rng.exponential(5, 300), np.arange(300) % 12, rng.exponential(3, 2001)
    drawn = drawn_ratios(inside, block, rest, np.random.default_rng(1))
    monkeypatch.setattr("scsr.analysis.loyalty.surge.MANY", 100)
    placed = drawn_ratios(inside, block, rest, np.random.default_rng(1))
    assert np.quantile(placed, [0.05, 0.5, 0.95]) == pytest.approx(np.quantile(drawn, [0.05, 0.5, 0.95]), rel=0.06)


def test_sums_over_many_clusters_are_drawn_as_those_over_few(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = np.random.default_rng(3).normal(size=(500, 3)) @ np.array([[1.0, 0.5, 0], [0, 1, 0.5], [0, 0, 1]])
    few = multiplied(scores, 4000, np.random.default_rng(1))
    monkeypatch.setattr("scsr.analysis.loyalty.jumps.MANY_CLUSTERS", 100)
    many = multiplied(scores, 4000, np.random.default_rng(1))
    np.testing.assert_allclose(np.cov(many.T), np.cov(few.T), rtol=0.12, atol=20)


def test_opening_hours_are_those_of_each_row(market: Simulated) -> None:
    from zoneinfo import ZoneInfo

    opened = loyalty.opening_hours(market.cases)
    zones = loyalty.hours.TIME_ZONES
    some = opened.sample(60, random_state=1)
    for at, country, hour in zip(some["opened_at"], some["country"], some["opened_hour"], strict=True):
        assert hour == at.tz_convert(ZoneInfo(zones[country])).hour
