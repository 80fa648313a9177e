"""What must hold of every analysis of answers and loyalty, whatever the data: it is about customers, not about rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import loyalty
from scsr.analysis.estimates import Estimate
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import draw_cases

Analysis = Callable[[pd.DataFrame, pd.DataFrame], Any]
ANALYSES: dict[str, Analysis] = {
    "first_response": lambda c, o: loyalty.first_response(c).estimates,
    "first_response by": lambda c, o: loyalty.first_response(c, by="urgent").estimates,
    "answered_share": lambda c, o: loyalty.answered_share(c).estimates,
    "promise_kept": lambda c, o: loyalty.promise_kept(c, by="severity").estimates,
    "response_groups": lambda c, o: loyalty.response_groups(c, "channel").estimates,
    "came_back": lambda c, o: loyalty.came_back(c),
    "answer_or_leaving": lambda c, o: loyalty.answer_or_leaving(c, o).estimates,
    "loyalty_on_response": lambda c, o: loyalty.loyalty_on_response(c, o).estimates,
    "outcome_by_horizon": lambda c, o: loyalty.outcome_by_horizon(c, o, "churn", within_h=48, horizon_days=90),
    "speed_effect": lambda c, o: [loyalty.speed_effect(c, o)],
    "speed_by_urgency": lambda c, o: loyalty.speed_by_urgency(c, o),
    "recovery_paradox": lambda c, o: loyalty.recovery_paradox(c, o, within_h=48).estimates,
    "score_on_response": lambda c, o: loyalty.score_on_response(c, scored(o), within_h=48).estimates,
}
#: Those that do not count thin levels together, which twice the customers would not be.
COUNTED = ("answered_share", "promise_kept", "response_groups", "came_back", "answer_or_leaving", "recovery_paradox")
SLOW: dict[str, Analysis] = {
    "sensitivity": lambda c, o: loyalty.sensitivity(c, o).estimates,
    "speed_curve": lambda c, o: loyalty.speed_curve(c, o, n_draws=100).estimates,
}
few = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def scored(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Scores that the customers give at the end of their windows, the lower the sooner they left."""
    stay = (outcomes["at"].fillna(outcomes["observed_until"]) - outcomes["observed_from"]).dt.days
    return outcomes.assign(
        outcome="csat", value=1 + (stay // 50).clip(upper=4).astype(float), at=outcomes["observed_until"]
    )


def drawn(seed: int, n: int = 250) -> tuple[pd.DataFrame, pd.DataFrame]:
    design = Design(n_cases=n, n_without_case=60, n_firms=3, first_response_median_h=36, severity_hazard_ratio=1.2)
    made = draw_cases(design, np.random.default_rng(seed))
    return made.cases, made.outcomes


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    return table.sample(frac=1, random_state=seed)


def moved(table: pd.DataFrame, name: str, days: int) -> pd.DataFrame:
    times = [
        column.name for column in schema.TABLES[name].columns if str(table[column.name].dtype).startswith("datetime")
    ]
    return table.assign(**{time: table[time] + pd.Timedelta(days=days) for time in times})


def twice(table: pd.DataFrame) -> pd.DataFrame:
    """The same again, of customers who are others."""
    names = [name for name in ("case_id", "conversation_id", "speaker_id") if name in table]
    others = table.assign(**{name: table[name].astype("string") + "'" for name in names})
    return pd.concat([table, others], ignore_index=True)


def numbers(found: Iterable[Estimate]) -> dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, ...] | str]:
    return {(one.name, tuple(one.by)): (one.estimate, one.ci_low, one.ci_high) if one.ok else "none" for one in found}


def same(before: Iterable[Estimate], after: Iterable[Estimate]) -> None:
    first, second = numbers(before), numbers(after)
    assert first.keys() == second.keys()
    for key, values in first.items():
        if values == "none":
            assert second[key] == "none", key
        else:
            assert second[key] == pytest.approx(values, rel=1e-5, abs=1e-9), key


@pytest.mark.parametrize("name", ANALYSES)
@few
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_says_nothing(name: str, seed: int) -> None:
    cases, outcomes = drawn(seed)
    same(ANALYSES[name](cases, outcomes), ANALYSES[name](shuffled(cases, seed), shuffled(outcomes, seed + 1)))


@pytest.mark.parametrize("name", SLOW)
def test_the_order_of_rows_says_nothing_to_slower_ones(name: str) -> None:
    cases, outcomes = drawn(5)
    same(SLOW[name](cases, outcomes), SLOW[name](shuffled(cases, 1), shuffled(outcomes, 2)))


@pytest.mark.parametrize("name", ANALYSES)
@few
@given(seed=st.integers(0, 10_000), weeks=st.integers(-200, 200))
def test_the_calendar_says_nothing(name: str, seed: int, weeks: int) -> None:
    cases, outcomes = drawn(seed)
    later = moved(cases, "cases", 7 * weeks), moved(outcomes, "outcomes", 7 * weeks)
    same(ANALYSES[name](cases, outcomes), ANALYSES[name](*later))


@pytest.mark.parametrize("name", COUNTED)
@few
@given(seed=st.integers(0, 10_000))
def test_twice_the_customers_say_the_same_more_surely(name: str, seed: int) -> None:
    cases, outcomes = drawn(seed)
    before = numbers(ANALYSES[name](cases, outcomes))
    after = numbers(ANALYSES[name](twice(cases), twice(outcomes)))
    for key, values in before.items():
        doubled = after[key]
        if isinstance(values, str) or isinstance(doubled, str) or not np.isfinite(values).all():
            continue
        assert doubled[0] == pytest.approx(values[0], rel=1e-3, abs=1e-6), key
        assert doubled[2] - doubled[1] <= (values[2] - values[1]) * 1.001, key


@few
@given(seed=st.integers(0, 10_000), n=st.integers(0, 30))
def test_a_surge_is_not_what_few_openings_make(seed: int, n: int) -> None:
    cases, _ = drawn(seed, n)
    assert not len(loyalty.surges(cases, seed=seed).table)
