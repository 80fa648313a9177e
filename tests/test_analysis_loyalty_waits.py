"""Waits known by date only, competing ends of a wait, and the local hour of the opening."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import loyalty
from scsr.analysis.loyalty.common import waits
from scsr.analysis.loyalty.competing import cumulative_incidence
from scsr.analysis.simulate import Simulated, simulate
from scsr.errors import EstimationError

START = pd.Timestamp("2022-01-03", tz="UTC")


def by_date(wait_h: np.ndarray, clock_h: np.ndarray, **columns: object) -> pd.DataFrame:
    """Cases opened at some hour of a day and answered after a wait, of which only the dates are kept."""
    opened = pd.Series(START, index=range(len(wait_h)))
    true = pd.to_timedelta(pd.Series(clock_h + wait_h), unit="h")
    answered = (opened + true).dt.floor("D")
    frame = {
        "case_id": [f"u{i}" for i in range(len(wait_h))], "conversation_id": "k", "language": "sv",
        "speaker_id": [f"c{i}" for i in range(len(wait_h))], "company": "Ekonet", "opened_at": opened,
        "first_response_at": answered, "first_response_h": (answered - opened).dt.total_seconds() / 3600,
        "answered": True, "date_precision": "day", "n_turns": 2, "observed_until": START + pd.Timedelta(days=90),
        "sampling": "complete",
    }  # fmt: skip
    return schema.conform(pd.DataFrame(frame | columns), "cases")


@pytest.fixture(scope="module")
def market() -> Simulated:
    return simulate(seed=21, scale=0.5, text=False)


def test_a_wait_between_dates_lies_within_a_day_of_their_difference() -> None:
    wait = waits(by_date(np.array([1.0, 20.0, 30.0]), np.array([8.0, 8.0, 20.0])))
    assert wait.durations.tolist() == [0.0, 24.0, 48.0]
    assert wait.upper.tolist() == [24.0, 48.0, 72.0]
    assert wait.lower == pytest.approx([0.0, 0.0, 24.0])
    assert wait.lower[2] > 24
    assert not wait.exact
    assert "known by their dates only" in wait.notes[-1]


def test_dates_are_no_turnbull_intervals() -> None:
    """Half answered after 2.4 h, half after 26.4 h: Turnbull's estimator from dates says 90 % in a day."""
    from lifelines.fitters.npmle import npmle

    rng = np.random.default_rng(1)
    wait = np.repeat([2.4, 26.4], 300)
    cases = by_date(wait, rng.uniform(0, 24, 600))
    bounds = waits(cases)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = npmle(np.round(bounds.lower), bounds.upper, verbose=False)
    turnbull = sum(mass for mass, span in zip(found[0], found[1], strict=True) if span.right <= 24)
    assert turnbull > 0.8
    kept = loyalty.promise_kept(cases, hours=24).estimates[0]
    assert kept.ci_low < 0.5 < kept.ci_high
    median = loyalty.first_response(cases).estimates[1]
    assert median.ci_low <= 14.4 <= median.ci_high


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 23.9)), min_size=1, max_size=30), st.booleans())
def test_what_is_known_by_date_never_excludes_what_is_known_to_the_minute(rows: list, replies: bool) -> None:
    wait, clock = (np.array(column) for column in zip(*rows, strict=True))
    dates = by_date(wait, clock, sampling="replies" if replies else "complete")
    opened = START + pd.to_timedelta(pd.Series(clock), unit="h")
    exact = dates.assign(
        opened_at=opened, first_response_at=opened + pd.to_timedelta(pd.Series(wait), unit="h"),
        first_response_h=wait, date_precision="minute",
    )  # fmt: skip
    for coarse, fine in zip(
        loyalty.first_response(dates).estimates, loyalty.first_response(exact).estimates, strict=True
    ):
        assert coarse.ci_low <= fine.ci_low + 1e-9
        assert coarse.ci_high >= fine.ci_high - 1e-9
    kept = [loyalty.promise_kept(table, hours=48).estimates[0] for table in (dates, exact)]
    assert kept[0].ci_low <= kept[1].ci_low + 1e-9
    assert kept[0].ci_high >= kept[1].ci_high - 1e-9
    curve = loyalty.first_response(dates).curve
    assert (curve["ci_low"] <= curve["share_answered"] + 1e-12).all()
    assert (curve["share_answered"] <= curve["ci_high"] + 1e-12).all()
    assert curve["n_at_risk"].is_monotonic_decreasing


def test_few_dates_among_minutes_widen_the_interval_a_little(market: Simulated) -> None:
    exact = loyalty.response_groups(market.cases, "urgent").estimates
    some = market.cases.assign(date_precision=np.where(np.arange(len(market.cases)) % 50 == 0, "day", "minute"))
    mixed = loyalty.response_groups(some, "urgent").estimates
    for one, other in zip(exact, mixed, strict=True):
        assert other.ci_low <= one.ci_low
        assert one.ci_high <= other.ci_high
        assert other.ci_high - other.ci_low < 1.5 * (one.ci_high - one.ci_low)


def test_dates_that_run_backwards_are_refused() -> None:
    cases = by_date(np.array([1.0]), np.array([8.0]))
    cases["first_response_h"] = -48.0
    with pytest.raises(EstimationError, match="the wait of -48 h is negative"):
        loyalty.first_response(cases)


# competing ends


def test_cumulative_incidence_is_that_of_lifelines_and_statsmodels() -> None:
    from lifelines import AalenJohansenFitter
    from statsmodels.duration.survfunc import CumIncidenceRight

    rng = np.random.default_rng(2)
    durations, cause = rng.exponential(10, 200), rng.integers(0, 3, 200)
    for of in (1, 2):
        ours = cumulative_incidence(durations, cause, of)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = AalenJohansenFitter().fit(durations, cause, event_of_interest=of)
        ends = theirs.confidence_interval_cumulative_density_.to_numpy()[1:]
        here = ours.iloc[1:]
        np.testing.assert_allclose(here["share_answered"], theirs.cumulative_density_.to_numpy()[1:, 0], atol=1e-12)
        inside = here["share_answered"].between(1e-9, 1 - 1e-9).to_numpy()
        inside[-1] = False  # lifelines divides by nobody at the last time
        np.testing.assert_allclose(here[["ci_low", "ci_high"]].to_numpy()[inside], ends[inside], atol=1e-9)
        other = CumIncidenceRight(durations, cause)
        np.testing.assert_allclose(np.unique(here["share_answered"])[-5:], np.unique(other.cinc[of - 1])[-5:])


def test_without_leaving_it_is_kaplan_meier(market: Simulated) -> None:
    wait = waits(market.cases)
    curve = cumulative_incidence(wait.durations, wait.event_observed.astype(int), 1)
    share = loyalty.first_response(market.cases).curve
    np.testing.assert_allclose(curve["share_answered"], share["share_answered"])


ends = st.lists(st.tuples(st.floats(0, 100), st.integers(0, 2)), min_size=1, max_size=40)


@settings(max_examples=20, deadline=None)
@given(ends)
@example([(1.0, 1)] * 39 + [(0.5, 1), (3.0, 1)])
def test_the_causes_add_up_to_the_share_that_ended(rows: list) -> None:
    durations, cause = (np.array(column) for column in zip(*rows, strict=True))
    one, two = (cumulative_incidence(durations, cause, of) for of in (1, 2))
    whole = cumulative_incidence(durations, (cause > 0).astype(int), 1)
    np.testing.assert_allclose(one["share_answered"] + two["share_answered"], whole["share_answered"], atol=1e-12)
    for curve in (one, two):
        assert curve["share_answered"].is_monotonic_increasing
        assert (curve["ci_low"] <= curve["share_answered"] + 1e-12).all()
        assert (curve["share_answered"] <= curve["ci_high"] + 1e-12).all()


def test_leaving_takes_from_the_answered(market: Simulated) -> None:
    found = loyalty.answer_or_leaving(market.cases, market.outcomes)
    answered, left = found.estimates
    assert answered.n > 1000
    assert 0 < left.ci_low < left.estimate < left.ci_high < 0.2
    kept = loyalty.promise_kept(market.cases, hours=720).estimates[0]
    assert answered.estimate < kept.estimate
    assert set(found.curve["end"]) == {"answered", "left unanswered"}
    by_urgent = loyalty.answer_or_leaving(market.cases, market.outcomes, "urgent")
    assert len(by_urgent.estimates) == 6


def test_leaving_is_refused_with_the_reason(market: Simulated) -> None:
    few = market.cases.head(50)
    for cases, outcomes, hours, reason in (
        (few.assign(sampling="replies"), market.outcomes, 24.0, "sampled on having a reply"),
        (few, schema.empty("outcomes"), 24.0, "no outcome 'churn'"),
        (few, market.outcomes.assign(speaker_id="x"), 24.0, "no case could be followed"),
        (few, market.outcomes, 1e6, "no case was observed for 1e+06 h"),
        (schema.empty("cases"), market.outcomes, 24.0, "no case could be followed"),
    ):
        found = loyalty.answer_or_leaving(cases, outcomes, hours=hours)
        assert all(reason in one.reason for one in found.estimates), reason
        assert found.curve.empty
    with pytest.raises(EstimationError, match="hours 0 is not above 0"):
        loyalty.answer_or_leaving(few, market.outcomes, hours=0)
    for durations in (np.array([]), np.array([1.0, math.nan]), np.array([-1.0])):
        with pytest.raises(EstimationError, match="needs durations"):
            cumulative_incidence(durations, np.ones(len(durations), dtype=int), 1)


def test_nobody_left_has_an_exact_interval(market: Simulated) -> None:
    stayed = market.outcomes.assign(at=pd.NaT, value=0.0)
    left = loyalty.answer_or_leaving(market.cases, stayed).estimates[1]
    assert left.estimate == 0
    assert 0 < left.ci_high < 0.01


# the hour of the opening


def test_office_hours_are_local() -> None:
    at = ["2024-07-05T14:30Z", "2024-07-05T15:30Z", "2024-01-05T15:30Z", "2024-07-06T10:00Z", None]
    rows = pd.DataFrame({"opened_at": pd.to_datetime(at, utc=True), "country": "SE", "source": "log"})
    told = loyalty.opening_hours(rows)
    assert told["opened_hour"].tolist()[:4] == [16, 17, 16, 12]
    assert told["opened_in"].tolist() == [
        "office hours", "outside office hours", "office hours", "outside office hours", "not stated",
    ]  # fmt: skip
    assert told["opened_band"].tolist() == ["12–18", "12–18", "12–18", "12–18", "not stated"]
    iceland = loyalty.opening_hours(rows, {"log": "Atlantic/Reykjavik"})
    assert iceland["opened_hour"].tolist()[:2] == [14, 15]
    nowhere = loyalty.opening_hours(rows.assign(country=None))
    assert set(nowhere["opened_in"]) == {"not stated"}
    dates = loyalty.opening_hours(rows.assign(date_precision="day"))
    assert set(dates["opened_in"]) == {"not stated"}


def test_opening_hours_say_what_is_wrong() -> None:
    rows = pd.DataFrame({"opened_at": pd.to_datetime(["2024-07-05T14:30Z"]), "country": ["SE"]})
    with pytest.raises(EstimationError, match="'Europe/Stokholm' is unknown"):
        loyalty.opening_hours(rows, {"SE": "Europe/Stokholm"})
    with pytest.raises(EstimationError, match="no pair of hours"):
        loyalty.opening_hours(rows, office=(17, 8))
    with pytest.raises(EstimationError, match="needs column 'opened_at'"):
        loyalty.opening_hours(rows[["country"]])


def test_waits_by_opening_hour(market: Simulated) -> None:
    compared = loyalty.response_groups(loyalty.opening_hours(market.cases), "opened_in")
    assert [dict(one.by)["opened_in"] for one in compared.estimates] == ["office hours", "outside office hours"]
    assert compared.degrees_of_freedom == 1
