"""The self-exciting process: against direct sums over pairs, and simulated truth."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scsr import schema
from scsr.analysis.wom import hawkes
from scsr.analysis.wom.events import events_of
from scsr.analysis.wom.hawkes import log_likelihoods, rescaled
from scsr.analysis.wom.memory import (
    Memory,
    decayed_sums,
    expected_growth,
    exponential_memory,
    power_law_memory,
)
from scsr.errors import EstimationError

Delay = Callable[[np.random.Generator, int], np.ndarray]


def exponential(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.exponential(2.0, n)


def power_law(rng: np.random.Generator, n: int) -> np.ndarray:
    return 0.5 * ((1 - rng.uniform(size=n)) ** (-1 / 0.9) - 1)


def branched(
    seed: int, n: int, branching: float, delay: Delay = exponential, until: float = 40.0, exponent: float = 0.0
) -> pd.DataFrame:
    """Cascades as trees of Poisson reshares; followers are log-normal, fertility a power of them with mean 1."""
    rng, rows = np.random.default_rng(seed), []
    mean = np.exp(exponent * 3 + exponent**2 / 2)
    for c in range(n):
        waiting = [0.0]
        while waiting:
            t = heapq.heappop(waiting)
            followers = np.exp(rng.normal(3, 1))
            rows.append((f"c{c}", t, round(followers)))
            for s in delay(rng, rng.poisson(branching * followers**exponent / mean)):
                if t + s <= until:
                    heapq.heappush(waiting, t + s)
    table = pd.DataFrame(rows, columns=["cascade_id", "t_h", "n_followers"])
    table["share_id"] = [f"s{i}" for i in range(len(table))]
    return schema.conform(table.assign(source="log", observed_until_h=until), "shares")


def pairwise(events: object, memory: Memory, branching: float, exponent: float) -> np.ndarray:
    """The same likelihood as the definition has it: a sum over all pairs of shares."""
    pull = events.pull(exponent)
    made = np.zeros(events.n_cascades)
    for c in range(events.n_cascades):
        mine = events.cascade == c
        t, f, ahead = events.t[mine], pull[mine], events.ahead[mine]
        for i in range(1, len(t)):
            s = t[i] - t[:i]
            if memory.exponent is None:
                density = np.exp(-s / memory.scale_h) / memory.scale_h
            else:
                density = memory.exponent / memory.scale_h * (1 + s / memory.scale_h) ** (-1 - memory.exponent)
            made[c] += np.log(branching * (f[:i] * density).sum())
        made[c] -= branching * (f * memory.share_by(ahead)).sum()
    return made


class TestMemory:
    @given(st.floats(0.01, 50), st.floats(0.05, 6), st.lists(st.floats(0, 300), min_size=1, max_size=20))
    @settings(max_examples=60, deadline=None)
    def test_mixture_is_the_power_law(self, scale, exponent, delays):
        memory = power_law_memory(scale, exponent, 300.0)
        s = np.array(delays)
        mixed = (memory.weights * memory.rates * np.exp(-np.outer(s, memory.rates))).sum(axis=1)
        assert mixed == pytest.approx(exponent / scale * (1 + s / scale) ** (-1 - exponent), rel=2e-3)
        gone = (memory.weights * -np.expm1(-np.outer(s, memory.rates))).sum(axis=1)
        assert gone == pytest.approx(memory.share_by(s), abs=2e-4)
        assert memory.share_by(np.array([memory.median_h()]))[0] == pytest.approx(0.5)

    @given(st.lists(st.floats(0, 10), min_size=1, max_size=40), st.floats(1e-3, 50))
    @settings(max_examples=50, deadline=None)
    def test_sums_are_those_of_the_definition(self, gaps, rate):
        gap = np.array(gaps)
        first = np.arange(len(gap)) % 7 == 0
        gap[first] = 0
        add = np.arange(1.0, len(gap) + 1)
        found = decayed_sums(gap, add, first, rate, 7)
        left = 0.0
        for i in range(len(gap)):
            left = 0.0 if first[i] else np.exp(-rate * gap[i]) * (left + add[i - 1])
            assert found[i] == pytest.approx(left, rel=1e-9, abs=1e-12)

    def test_growth_of_an_exponential_process(self):
        # the mean intensity decays at rate (1 - n) / mean delay
        memory, n = exponential_memory(2.0), 0.6
        for hours in (0.5, 3.0, 100.0):
            found = expected_growth(memory, n, np.array([[1.7]]), np.array([hours]))[0]
            decay = (1 - n) / 2.0
            assert found == pytest.approx(n * 1.7 / 2.0 / decay * (1 - np.exp(-decay * hours)))
        # a critical process grows in proportion to time
        assert expected_growth(memory, 1.0, np.ones((1, 1)), np.array([8.0]))[0] == pytest.approx(4.0)

    def test_growth_under_a_power_law_is_that_of_simulated_cascades(self):
        sizes = np.bincount(branched_sizes(1, 4000))
        mean = (np.arange(len(sizes)) * sizes).sum() / sizes.sum()
        memory = power_law_memory(0.5, 0.9, 30.0)
        found = expected_growth(memory, 0.5, np.ones((1, len(memory.rates))), np.array([30.0]))[0]
        assert found == pytest.approx(mean - 1, rel=0.06)

    @pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
    def test_bad_numbers(self, bad):
        with pytest.raises(EstimationError, match="not above 0"):
            exponential_memory(bad)
        with pytest.raises(EstimationError, match="power law"):
            power_law_memory(bad, 1.0, 10.0)
        with pytest.raises(EstimationError, match="at most 6"):
            power_law_memory(1.0, 7.0, 10.0)


def branched_sizes(seed: int, n: int) -> np.ndarray:
    return branched(seed, n, 0.5, power_law, 30.0).groupby("cascade_id").size().to_numpy()


class TestLikelihood:
    @pytest.mark.parametrize("exponent", [0.0, 0.4])
    @pytest.mark.parametrize("memory", [exponential_memory(1.3), power_law_memory(0.4, 0.8, 40.0)])
    def test_is_the_sum_over_pairs(self, memory, exponent):
        events = events_of(branched(3, 40, 0.7), followers=True)
        found = log_likelihoods(events, memory, 0.55, exponent)
        assert found == pytest.approx(pairwise(events, memory, 0.55, exponent), rel=1e-4, abs=1e-4)

    def test_order_of_rows_does_not_matter(self):
        rows = branched(2, 30, 0.6)
        mixed = rows.sample(frac=1, random_state=1)
        memory = exponential_memory(2.0)
        assert (
            log_likelihoods(events_of(rows), memory, 0.5).tolist()
            == log_likelihoods(events_of(mixed), memory, 0.5).tolist()
        )

    def test_times_rescaled_by_the_truth_are_exponential(self):
        events = events_of(branched(5, 300, 0.7, power_law, 60.0))
        times = rescaled(events, power_law_memory(0.5, 0.9, 60.0), 0.7)
        assert len(times) == (~events.first).sum()
        assert stats.kstest(times, "expon").pvalue > 0.01
        wrong = rescaled(events, exponential_memory(20.0), 0.7)
        assert stats.kstest(wrong, "expon").pvalue < 1e-6


class TestHawkes:
    @pytest.mark.parametrize(
        ("delay", "kind", "draws"), [(exponential, "exponential", 20), (power_law, "power law", 5)]
    )
    def test_truth_is_covered(self, delay, kind, draws):
        # branching factor .6, median delay 1.386 h or .580 h; draws of 80 cascades cut at 20 h
        median = {"exponential": 2 * np.log(2), "power law": 0.5 * (2 ** (1 / 0.9) - 1)}[kind]
        fits = [hawkes(branched(seed, 80, 0.6, delay, 20.0), kind).estimates for seed in range(draws)]
        assert sum(one.ci_low <= 0.6 <= one.ci_high for one, _ in fits) >= 0.8 * draws
        assert sum(one.ci_low <= median <= one.ci_high for _, one in fits) >= 0.8 * draws
        assert np.mean([one.estimate for one, _ in fits]) == pytest.approx(0.6, abs=0.06)

    def test_the_cut_is_corrected(self):
        # many reshares come after the end of observation, so that reshares over shares are far below .7
        found, naive = [], []
        for seed in range(6):
            rows = branched(seed, 150, 0.7, exponential, 4.0)
            naive.append(1 - rows["cascade_id"].nunique() / len(rows))
            found.append(hawkes(rows, "exponential").estimates[0].estimate)
        assert np.mean(naive) < 0.58
        assert np.mean(found) == pytest.approx(0.7, abs=0.07)

    def test_memory_is_chosen(self):
        for delay, kind in ((exponential, "exponential"), (power_law, "power law")):
            fit = hawkes(branched(4, 250, 0.6, delay, 60.0))
            assert fit.memory.kind == kind
            assert fit.comparison["memory"].tolist() == ["exponential", "power law"]
            assert fit.p_value > 0.05
            assert fit.frame["observed"].is_monotonic_increasing

    def test_followers(self):
        fit = hawkes(branched(6, 300, 0.6, exponential, 60.0, exponent=0.5), "exponential", followers=True)
        exponent = fit.estimates[2]
        assert exponent.name == "follower_exponent"
        assert exponent.ci_low <= 0.5 <= exponent.ci_high
        assert exponent.ci_low > 0
        assert fit.estimates[0].ci_low <= 0.6 <= fit.estimates[0].ci_high

    def test_a_bad_fit_is_seen(self):
        rows = branched(1, 300, 0.6, power_law, 200.0)
        assert hawkes(rows, "exponential").p_value < 0.001

    def test_the_end_may_be_given(self):
        rows = branched(1, 60, 0.6, exponential, 30.0)
        unknown = rows.assign(observed_until_h=np.nan)
        assert "give until_h" in hawkes(unknown).estimates[0].reason
        cut = hawkes(unknown, "exponential", until_h=10.0).estimates[0]
        same = hawkes(rows[rows["t_h"] <= 10].assign(observed_until_h=10.0), "exponential").estimates[0]
        assert cut.estimate == pytest.approx(same.estimate)
        longer = hawkes(rows, "exponential", until_h=99.0).estimates[0]
        assert longer.estimate == pytest.approx(hawkes(rows, "exponential").estimates[0].estimate)

    def test_too_little_or_unknown(self):
        rows = branched(1, 60, 0.6)
        few = rows[rows["cascade_id"].isin(["c1", "c2", "c3"])]
        assert "too few; it takes 10" in hawkes(few).estimates[0].reason
        lone = rows.drop_duplicates("cascade_id")
        assert "0 reshares" in hawkes(lone).estimates[0].reason
        assert hawkes(schema.empty("shares")).estimates[0].reason == "there are no shares"
        blind = rows.assign(n_followers=pd.NA)
        assert "followers" in hawkes(blind, followers=True).estimates[0].reason
        assert hawkes(blind, "exponential").estimates[0].ok

    def test_bad_input(self):
        rows = branched(1, 20, 0.6)
        with pytest.raises(EstimationError, match="none of best"):
            hawkes(rows, "gamma")
        with pytest.raises(EstimationError, match="level 95"):
            hawkes(rows, level=95)
        with pytest.raises(EstimationError, match="until_h=-1"):
            hawkes(rows, until_h=-1)
        with pytest.raises(EstimationError, match="after the end"):
            hawkes(rows.assign(observed_until_h=0.01))

    @given(
        st.lists(st.tuples(st.integers(0, 14), st.floats(0, 50, allow_nan=False), st.integers(0, 10**6)), max_size=80),
        st.booleans(),
    )
    @settings(max_examples=20, deadline=None)
    def test_any_shares_give_a_number_or_a_reason(self, raw, followers):
        rows = pd.DataFrame(raw, columns=["cascade_id", "t_h", "n_followers"])
        rows["share_id"] = [f"s{i}" for i in range(len(rows))]
        rows = schema.conform(rows.assign(observed_until_h=50.0, source="log"), "shares")
        for one in hawkes(rows, "exponential", followers=followers).estimates:
            assert one.ok or one.reason


@pytest.mark.real_data
def test_real_retweets(real_data):
    raw = pd.read_csv(real_data / "retweet_cascades.csv")
    rows = pd.DataFrame(
        {
            "share_id": [f"s{i}" for i in range(len(raw))], "cascade_id": raw["cascade"].astype(str),
            "t_h": raw["time"] / 3600, "n_followers": raw["magnitude"],
        }
    )  # fmt: skip
    fit = hawkes(schema.conform(rows.assign(source="log"), "shares"), until_h=168.0)
    assert fit.memory.kind == "power law"
    seen = rows[rows["t_h"] <= 168]
    naive = 1 - seen["cascade_id"].nunique() / len(seen)
    assert naive <= fit.estimates[0].estimate < 1
    assert fit.estimates[0].ci_low < fit.estimates[0].ci_high
