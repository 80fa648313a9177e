"""What functions of word of mouth say of bare numbers, tables and answers that they cannot take."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.analysis import wom
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import draw_cascades
from scsr.analysis.wom.events import events_of
from scsr.analysis.wom.frailty import fit_frailty
from scsr.analysis.wom.given import check_resamples, known_numbers, row_of_numbers
from scsr.analysis.wom.hawkes import log_likelihoods
from scsr.analysis.wom.memory import expected_growth, exponential_memory
from scsr.errors import EstimationError

SHARES = draw_cascades(Design(n_cascades=30), np.random.default_rng(1))
ANSWERS = pd.Series(1.0, index=SHARES["cascade_id"].unique())
CASCADES = wom.cascade_table(SHARES)


def spoilt_answers(value: object) -> Any:
    return wom.early_answer(SHARES, pd.Series(value, index=ANSWERS.index), "exponential")


HALVES = CASCADES.assign(valence=["negative", "positive"] * 15)
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "likelihood of missing sizes": (lambda: wom.chain_likelihood([1, np.nan], [1, 1], 0.5, 1.0), "sizes, row 1"),
    "likelihood of no size": (lambda: wom.chain_likelihood([0, 1], [1, 1], 0.5, 1.0), "sizes, row 0"),
    "likelihood of counts below 0": (lambda: wom.chain_likelihood([1, 2], [1, -1], 0.5, 1.0), "counts, row 1"),
    "likelihood of unlike lengths": (lambda: wom.chain_likelihood([1, 2, 3], [1, 1], 0.5, 1.0), "do not belong"),
    "likelihood at no mean": (lambda: wom.chain_likelihood([1], [1], np.nan, 1.0), "mean=nan"),
    "likelihood at no spread": (lambda: wom.chain_likelihood([1], [1], 0.5, 0.0), "size=0"),
    "cumulative without an end": (
        lambda: wom.mean_cumulative(SHARES.assign(observed_until_h=np.nan)), "'observed_until_h', row 0"
    ),
    "adoption without innovation": (lambda: wom.bass_share([1.0], 0.0, 0.4), "p=0.0"),
    "adoption at no time": (lambda: wom.bass_share([np.nan], 0.1, 0.4), "times, row 0"),
    "a tail from nowhere": (lambda: wom.size_distribution(np.arange(1, 90), 1, xmin=0), "xmin=0"),
    "a tail from a fraction": (lambda: wom.size_distribution(np.arange(1, 90), 1, xmin=1.5), "xmin=1.5"),  # type: ignore
    "a tail without resamples": (lambda: wom.size_distribution(np.arange(1, 90), 1, n_bootstrap=0), "n_bootstrap=0"),
    "a tail of words": (lambda: wom.size_distribution(np.array(["a"] * 60), 1), "one row of numbers"),
    "a summary without resamples": (lambda: wom.cascade_summary(CASCADES, n_bootstrap=0), "n_bootstrap=0"),
    "a summary of endless sizes": (lambda: wom.cascade_summary(CASCADES.assign(cascade_size=np.inf)), "'cascade_size'"),
    "a summary of shares": (lambda: wom.cascade_summary(SHARES), "needs column 'parents_known'"),
    "a comparison of shares": (lambda: wom.compare_valence(SHARES), "needs column 'cascade_size'"),
    "a comparison of endless times": (lambda: wom.compare_valence(HALVES.assign(time_to_half_h=np.inf)), "'time_to_half_h'"),
    "a comparison at no level": (lambda: wom.compare_valence(HALVES, level=0), "level 0"),
    "a reach without resamples": (lambda: wom.reach(SHARES, n_bootstrap=-1), "n_bootstrap=-1"),
    "a reproduction without resamples": (lambda: wom.reproduction_number(SHARES, n_bootstrap=0), "n_bootstrap=0"),
    "a process of negative followers": (
        lambda: wom.hawkes(SHARES.assign(n_followers=-5), "exponential", followers=True), "fewer than 0"
    ),
    "answers that are words": (lambda: spoilt_answers("soon"), "'soon'"),
    "answers before the root": (lambda: spoilt_answers(-1.0), "0 or more"),
    "answers that are no series": (lambda: wom.early_answer(SHARES, [1.0]), "must be a Series"),  # type: ignore[arg-type]
    "a window of words": (lambda: wom.within(SHARES, "long"), "no number of hours"),  # type: ignore[arg-type]
    "growth of nothing": (
        lambda: expected_growth(exponential_memory(1.0), np.nan, np.ones((1, 1)), np.ones(1)), "branching=nan"
    ),
    "growth for endless hours": (
        lambda: expected_growth(exponential_memory(1.0), 0.5, np.ones((1, 1)), np.array([np.inf])), "hours ahead"
    ),
    "a frailty of nothing": (lambda: fit_frailty(np.zeros(2), np.zeros(2)), "no frailty"),
    "a frailty of missing counts": (lambda: fit_frailty(np.array([np.nan]), np.ones(1)), "reshares seen, row 0"),
    "a process without branching": (
        lambda: log_likelihoods(events_of(SHARES), exponential_memory(1.0), 0.0), "branching=0.0"  # type: ignore[arg-type]
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_word_of_mouth_says_what_is_wrong_with_bare_numbers(what: str) -> None:
    call, said = REFUSED[what]
    with pytest.raises(EstimationError, match=re.escape(said)):
        call()


class TestGiven:
    @given(st.lists(st.one_of(st.floats(), st.integers(-3, 9), st.none()), max_size=8))
    def test_a_row_is_finite_or_refused(self, values):
        fine = all(one is not None and np.isfinite(one) and one >= 1 for one in values)
        if fine:
            assert row_of_numbers(values, "sizes", 1).tolist() == values
        else:
            with pytest.raises(EstimationError, match="sizes, row"):
                row_of_numbers(values, "sizes", 1)

    @pytest.mark.parametrize("values", [["a"], np.ones((2, 2)), 3.0, "text", [object()]])
    def test_no_row_of_numbers(self, values):
        with pytest.raises(EstimationError, match="one row of numbers"):
            row_of_numbers(values, "sizes")

    def test_known_numbers_and_resamples(self):
        with pytest.raises(EstimationError, match="'cascade_size' of the cascades, row 1"):
            known_numbers(pd.DataFrame({"cascade_size": [1.0, np.inf]}), "cascade_size")
        with pytest.raises(EstimationError, match=r"n_fit=1\.5"):
            check_resamples(1.5, "n_fit", 0)
