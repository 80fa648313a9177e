"""What holds of word of mouth whatever the shares: sums, orders, symmetries; a number with its interval, or a reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import wom
from scsr.analysis.estimates import Estimate
from scsr.analysis.wom import tails
from scsr.analysis.wom.summary import ratio_interval

FEW = settings(max_examples=12, deadline=None)
TREE = st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 8), st.booleans()), min_size=1, max_size=5)


@st.composite
def forests(draw: st.DrawFn) -> pd.DataFrame:
    """Shares in trees, watched for differing times; every share stands before the end."""
    rows = []
    for k, tree in enumerate(draw(st.lists(TREE, min_size=1, max_size=30))):
        hours, until = [0.0], draw(st.sampled_from([50.0, 80.0]))
        for i, (raw, delay, _) in enumerate(tree):
            parent = raw % len(hours) if i else None
            hours.append(hours[parent or 0] + delay)
            rows.append((f"k{k}.{i}", f"k{k}", None if parent is None else f"k{k}.{parent}", 0.0, until, tree[0][2]))
            rows[-1] = (*rows[-1][:3], hours[-1] if i else 0.0, *rows[-1][4:])
            hours[-1] = rows[-1][3]
            hours = hours if i else [0.0]
    table = pd.DataFrame(rows, columns=["share_id", "cascade_id", "parent_id", "t_h", "observed_until_h", "bad"])
    table["valence"] = np.where(table.pop("bad"), "negative", "positive")
    table = table.assign(speaker_role="customer", n_followers=7, source="log")
    return schema.conform(table, "shares")


def sound(estimates: tuple[Estimate, ...]) -> None:
    for one in estimates:
        assert one.ok or one.reason
        if one.ok:
            assert np.isfinite(one.estimate)
            assert one.ci_low <= one.estimate <= one.ci_high


@given(forests())
@FEW
def test_cascades_add_up_to_their_shares(shares):
    table = wom.cascade_table(shares)
    assert table["cascade_size"].sum() == len(shares)
    assert (table["cascade_depth"] + table["cascade_breadth"] <= table["cascade_size"] + 1).all()
    assert (table["time_to_half_h"].fillna(0) <= table["duration_h"]).all()
    assert table["structural_virality"].dropna().ge(1).all()
    assert wom.without_answers(shares).equals(shares)


@given(forests(), st.floats(0.1, 1.0))
@FEW
def test_what_is_within_a_common_window_was_followed_for_it(shares, kept):
    hours = wom.common_window(shares, kept)
    seen = wom.within(shares, hours)
    assert seen["t_h"].le(hours).all()
    assert seen["cascade_id"].nunique() >= kept * shares["cascade_id"].nunique() - 1e-9


@given(forests())
@FEW
def test_reproduction_is_sound_and_counts_reshares(shares):
    sound(wom.reproduction_number(shares, by="valence", n_bootstrap=50))
    chains = wom.reproduction_number(shares, method="chains")[0]
    sound((chains,))
    if chains.ok:
        assert chains.estimate == pytest.approx(shares["parent_id"].notna().mean())
    steps = wom.mean_cumulative(shares)
    assert steps["mean"].is_monotonic_increasing
    assert steps["age_h"].is_monotonic_increasing
    assert np.isfinite(steps["se"]).all()


@given(forests(), st.integers(0, 5))
@FEW
def test_answers_leave_a_number_or_a_reason(shares, every):
    names = shares["cascade_id"].unique()[every:]
    for rows in (shares, shares.assign(parent_id=pd.NA)):
        sound(wom.early_answer(rows, pd.Series(1.0, index=names, dtype=float), "exponential").estimates)


@given(forests())
@FEW
def test_valence_turned_round_turns_the_ratios_round(shares):
    table = wom.cascade_table(shares)
    turned = table.assign(valence=table["valence"].map({"negative": "positive", "positive": "negative"}))
    ours, theirs = (wom.compare_valence(t, 1, 50).estimates for t in (table, turned))
    sound(ours + theirs)
    sound(wom.cascade_summary(table, 1, 50))
    for one, other in zip(ours, theirs, strict=True):
        if one.ok and other.ok:
            assert one.estimate == pytest.approx(1 / other.estimate)


@given(st.lists(st.integers(1, 400), max_size=150), st.one_of(st.none(), st.integers(1, 50)))
@FEW
def test_any_sizes_have_a_tail_or_a_reason(sizes, xmin):
    fit = wom.size_distribution(np.array(sizes), 1, n_bootstrap=10, xmin=xmin)
    sound(fit.estimates)
    if fit.alpha is not None:
        assert fit.n_tail == sum(size >= fit.xmin for size in sizes)
        assert fit.frame["survival"].is_monotonic_decreasing


@given(st.integers(0, 99), st.sampled_from([1e-3, 7.0]))
@settings(max_examples=5, deadline=None)
def test_adopters_in_other_units_are_the_same_adoption(seed, unit):
    curve = 1000 * np.diff(wom.bass_share(np.arange(14), 0.02, 0.5))
    series = np.maximum(0, curve + np.random.default_rng(seed).normal(0, 5, 13))
    ours, theirs = (wom.bass(series * of).estimates for of in (1.0, unit))
    sound(ours + theirs)
    numbers = [[one.estimate for one in fit] for fit in (ours, theirs)]
    assert numbers[1] == pytest.approx([numbers[0][0], numbers[0][1], numbers[0][2] * unit], rel=1e-3)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.floats(1e-4, 1), st.floats(0, 3))
@FEW
def test_adopters_are_a_growing_share(times, p, q):
    share = wom.bass_share(np.sort(times), p, q)
    assert ((share >= 0) & (share <= 1)).all()
    assert (np.diff(share) >= -1e-12).all()


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), st.floats(0.1, 5))
@FEW
def test_medians_move_with_their_unit(values, unit):
    ours, theirs = wom.median_interval(np.array(values)), wom.median_interval(np.array(values) * unit)
    assert np.array(ours) * unit == pytest.approx(np.array(theirs))


@given(st.tuples(*[st.floats(0.01, 50)] * 6))
@FEW
def test_a_ratio_upside_down_has_its_interval_upside_down(ends):
    top, under = (tuple(sorted(part)) for part in (ends[:3], ends[3:]))
    top, under = ((part[1], part[0], part[2]) for part in (top, under))
    ratio, low, high = ratio_interval(top, under)
    assert low <= ratio <= high
    assert ratio_interval(under, top) == pytest.approx((1 / ratio, 1 / high, 1 / low))
    assert ratio_interval((2.0, 0.0, 3.0), (1.0, 0.0, 2.0)) == (2.0, 0.0, np.inf)


def all_distances(values: np.ndarray, counts: np.ndarray) -> tuple[float, int, float]:
    """Look at every start of a tail in full."""
    number = np.cumsum(counts[::-1])[::-1]
    starts = values[(number >= tails.TAIL_LEAST) & (np.arange(len(values)) < len(values) - 1)]
    alphas = tails.exponents(values, counts, starts)
    far = [
        tails.distance_to(values[values >= start], counts[values >= start], start, alpha)
        for start, alpha in zip(starts, alphas, strict=True)
    ]
    best = int(np.argmin(far))
    return float(alphas[best]), int(starts[best]), float(far[best])


@given(st.integers(0, 10**6), st.floats(1.5, 3.5), st.integers(60, 3000))
@FEW
def test_the_start_of_the_tail_is_the_best_of_all(seed, exponent, n):
    sizes = np.minimum(np.random.default_rng(seed).zipf(exponent, n), 10**6)
    values, counts = tails.checked(sizes)
    if len(values) > 1:
        assert tails.fit_tail(values, counts) == all_distances(values, counts)
