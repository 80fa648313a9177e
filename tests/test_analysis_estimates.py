from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.analysis.estimates import Estimate, frame, not_estimable, unique
from scsr.analysis.intervals import bootstrap_mean
from scsr.errors import EstimationError


def made(estimate: float = 0.5, low: float = 0.4, high: float = 0.6, **options: object) -> Estimate:
    return Estimate("kept", "share kept", "share", estimate, low, high, 100, "Wilson", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((float("nan"), 0, 1), "not finite"),
        ((float("inf"), 0, float("inf")), "not finite"),
        ((0.5, float("nan"), 1), "not finite"),
        ((0.5, 0.6, 0.7), "outside"),
        ((0.5, 0.6, 0.4), "outside"),
        ((0.5, None, 0.7), "must both be given"),
    ],
)
def test_an_estimate_that_could_mislead_is_refused(numbers: tuple[float, float, float], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        made(*numbers)


def test_a_level_must_be_a_probability() -> None:
    with pytest.raises(EstimationError, match="level 95"):
        made(level=95)


def test_what_cannot_be_estimated_must_say_why() -> None:
    with pytest.raises(EstimationError, match="give the reason"):
        not_estimable("rate", "rate", "share", "")


def test_the_order_of_the_group_does_not_matter() -> None:
    one, other = made(by={"a": 1, "b": "x"}), made(by={"b": "x", "a": "1"})
    assert one == other
    assert one.key == other.key


def test_two_of_one_name_and_group_are_refused() -> None:
    assert len(unique([made(), made(by={"company": "Ekonet"})])) == 2
    with pytest.raises(EstimationError, match="'kept' for 'Ekonet' stands twice"):
        unique([made(by={"company": "Ekonet"}), made(0.55, by={"company": "Ekonet"})])


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.floats(0, 1e9) | st.just(float("inf")))
def test_estimates_survive_json(estimate: float, below: float, above: float) -> None:
    one = made(estimate, estimate - below, estimate + above, by={"company": "Björklada"})
    data = json.loads(json.dumps(one.as_dict(), allow_nan=False))
    assert data["by"] == {"company": "Björklada"}
    assert float(data["ci_high"]) == estimate + above
    again = Estimate(**{k: float(v) if k.startswith("ci_") else v for k, v in data.items()})
    assert again == one


def test_the_sentence_says_number_interval_level_and_n() -> None:
    said = made(by={"country": "SE"}, level=0.9).sentence()
    assert said == "share kept (SE): 50% (90% interval 40% to 60%; n = 100)"
    assert "not estimable, because all censored" in not_estimable("r", "rate", "", "all censored").sentence()


def test_a_frame_keeps_groups_apart_and_says_why_there_is_no_number() -> None:
    table = frame(
        [
            made(by={"country": "SE"}),
            not_estimable("kept", "share kept", "share", "no rows", by={"country": "IS"}),
        ]
    )
    assert table["country"].tolist() == ["SE", "IS"]
    assert table["reason"].tolist() == ["", "no rows"]
    assert table["estimate"].isna().tolist() == [False, True]


def test_a_frame_of_nothing_has_its_columns() -> None:
    assert {"estimate", "ci_low", "ci_high", "n", "status", "reason"} <= set(frame([]).columns)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=40), st.integers(0, 5))
def test_a_bootstrap_interval_holds_its_mean(values: list[int], seed: int) -> None:
    mean, low, high = bootstrap_mean(np.array(values), np.random.default_rng(seed), 200)
    assert mean == pytest.approx(np.mean(values))
    assert 0 <= low <= mean <= high < np.inf


def test_a_bootstrap_interval_is_wider_where_values_are_skewed() -> None:
    """Of means of log-normal values the percentile interval holds far fewer; this one is meant to hold 95 %."""
    hit = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        _, low, high = bootstrap_mean(np.exp(rng.normal(size=40)), rng, 400)
        hit.append(low <= np.exp(0.5) <= high)
    assert np.mean(hit) > 0.9
