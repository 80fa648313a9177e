from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scsr.numbers import number, percent
from scsr.reports.languages import decimal
from scsr.reports.languages import percent as said_percent


@given(st.floats(allow_nan=True, allow_infinity=True, width=32) | st.integers(-(10**9), 10**9))
@example(999.5)
@example(-0.0)
def test_english_is_written_alike_everywhere(value: float) -> None:
    said = number(value)
    assert said == decimal(value)
    assert "nan" not in said.lower()
    assert "-" not in said


@given(st.floats(0, 1))
@example(0.995)
@example(0.99999999)
def test_shares_are_written_alike_everywhere(share: float) -> None:
    assert percent(share) == said_percent(share)


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_what_is_not_known_is_a_dash(unknown: float | None) -> None:
    assert number(unknown) == percent(unknown) == "–"
