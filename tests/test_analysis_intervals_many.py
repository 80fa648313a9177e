"""Intervals of means over more distinct values than are resampled one by one."""

from __future__ import annotations

import numpy as np
import pytest

from scsr.analysis import intervals


def test_groups_of_many_values_give_nearly_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).lognormal(1, 1.2, 20_000)
    one_by_one = intervals.bootstrap_mean(values, np.random.default_rng(2), 400)
    monkeypatch.setattr(intervals, "MOST_DISTINCT", 2_000)
    grouped = intervals.bootstrap_mean(values, np.random.default_rng(2), 400)
    assert grouped[0] == one_by_one[0]
    width = one_by_one[2] - one_by_one[1]
    assert grouped[1:] == pytest.approx(one_by_one[1:], abs=0.1 * width)
    assert grouped == intervals.bootstrap_mean(values, np.random.default_rng(2), 400)
