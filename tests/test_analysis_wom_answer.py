"""The firm's answer in a cascade: simulated hazard ratios, the traps, and what cannot be said."""

from __future__ import annotations

import heapq

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import draw_cascades
from scsr.analysis.wom import cascade_table, early_answer, without_answers
from scsr.analysis.wom.trees import parents_of, with_descendants
from scsr.errors import EstimationError


def answered(
    seed: int, ratio: float, n: int = 150, at_third: bool = False, until: float = 30.0
) -> tuple[pd.DataFrame, pd.Series]:
    """Cascades whose hazard is multiplied from the answer on; with ``at_third`` only a burst is answered."""
    rng, rows, answers = np.random.default_rng(seed), [], {}
    top = max(1.0, ratio)
    for c in range(n):
        answer = rng.exponential(5.0) if not at_third and rng.uniform() < 0.6 else np.inf
        waiting, n_shares = [0.0], 0
        while waiting:
            t = heapq.heappop(waiting)
            # drawn at the higher rate, and thinned to the one that holds
            if n_shares and rng.uniform() > (ratio if t > answer else 1.0) / top:
                continue
            n_shares += 1
            rows.append((f"c{c}", t))
            if at_third and n_shares == 3:
                answer = t + rng.exponential(0.5)
            for s in rng.exponential(3.0, rng.poisson(0.6 * top)):
                if t + s <= until:
                    heapq.heappush(waiting, t + s)
        if answer < until:
            answers[f"c{c}"] = answer
    table = pd.DataFrame(rows, columns=["cascade_id", "t_h"])
    table["share_id"] = [f"s{i}" for i in range(len(table))]
    shares = schema.conform(table.assign(source="log", observed_until_h=until), "shares")
    return shares, pd.Series(answers, dtype=float)


@pytest.mark.parametrize("ratio", [1.0, 0.5])
def test_truth_is_covered(ratio):
    found = [early_answer(*answered(seed, ratio, 200), memory="exponential").estimates[0] for seed in range(8)]
    assert sum(one.ci_low <= ratio <= one.ci_high for one in found) >= 6
    assert np.mean([np.log(one.estimate) for one in found]) == pytest.approx(np.log(ratio), abs=0.25)


def test_an_answer_to_a_burst_is_not_credited_with_its_waning():
    # the firm answers after the third share and changes nothing; shares per hour fall all the same
    naive, ours = [], []
    for seed in range(4):
        shares, answers = answered(seed, 1.0, at_third=True)
        at = shares["cascade_id"].map(answers)
        hours = answers.sum(), (30.0 - answers).sum()
        counts = (shares["t_h"].gt(0) & shares["t_h"].le(at)).sum(), shares["t_h"].gt(at).sum()
        naive.append(np.log(counts[1] / hours[1] / (counts[0] / hours[0])))
        ours.append(np.log(early_answer(shares, answers, memory="exponential").estimates[0].estimate))
    assert np.exp(np.mean(naive)) < 0.4
    assert np.mean(ours) == pytest.approx(0, abs=0.3)


def test_the_firms_own_shares_are_the_answer_and_no_outcome():
    shares, answers = answered(1, 1.0)
    acts = pd.DataFrame(
        {
            "share_id": [f"f{c}" for c in answers.index], "cascade_id": answers.index, "t_h": answers.to_numpy(),
            "speaker_role": "firm", "observed_until_h": 30.0, "source": "log",
        }
    )  # fmt: skip
    passed_on = acts.assign(
        share_id="g" + acts["cascade_id"], parent_id=acts["share_id"], t_h=(acts["t_h"] + 0.1).clip(upper=30),
        speaker_role="other",
    )  # fmt: skip
    whole = pd.concat([shares, schema.conform(acts, "shares"), schema.conform(passed_on, "shares")], ignore_index=True)
    known, seen = early_answer(shares, answers, "exponential"), early_answer(whole, memory="exponential")
    assert seen.estimates[0].estimate == pytest.approx(known.estimates[0].estimate)
    assert seen.estimates[1].estimate == pytest.approx(answers.median())
    assert seen.frame.equals(known.frame)
    assert "association" in seen.estimates[0].estimand


@pytest.mark.parametrize("at_size", [1, 3])
def test_truth_is_covered_where_parents_are_known(at_size):
    # reshares as uneven as can be; answers at random, or to the cascades that grow
    design = Design(n_cascades=250, cascades_answered=0.8, answer_hazard_ratio=0.6, answer_at_size=at_size)
    found = [early_answer(draw_cascades(design, np.random.default_rng(seed))).estimates[0] for seed in range(16)]
    assert all("direct reshares" in one.method for one in found)
    assert sum(one.ci_low <= 0.6 <= one.ci_high for one in found) >= 13
    assert np.mean([np.log(one.estimate) for one in found]) == pytest.approx(np.log(0.6), abs=0.2)


def test_valence_that_moves_the_firm_is_no_effect_of_its_answer():
    ours, blind = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        bad = Design(n_cascades=400, reproduction_number=0.7, cascades_answered=0.7, answer_delay_median_h=0.5)
        good = Design(n_cascades=400, reproduction_number=0.3)
        both = pd.concat([draw_cascades(bad, rng), draw_cascades(good, rng, "positive")], ignore_index=True)
        one = early_answer(both).estimates[0]
        assert "the root's valence" in one.method
        ours.append(np.log(one.estimate))
        blind.append(np.log(early_answer(both.assign(valence=pd.NA)).estimates[0].estimate))
    assert np.mean(ours) == pytest.approx(0, abs=0.15)
    assert np.mean(blind) > 0.25


def test_one_parent_unknown_leaves_the_process_of_times():
    shares = draw_cascades(Design(n_cascades=120, cascades_answered=0.7), np.random.default_rng(1))
    last = shares.index[shares["parent_id"].notna() & shares["speaker_role"].ne("firm")][-1]
    shares.loc[last, "parent_id"] = pd.NA
    assert "Hawkes" in early_answer(shares, memory="exponential").estimates[0].method


def test_without_answers_are_the_cascades_of_the_others():
    shares = draw_cascades(
        Design(n_cascades=60, cascades_answered=1.0, cascade_window_h=30.0), np.random.default_rng(1)
    )
    kept = without_answers(shares)
    assert len(kept) == shares["speaker_role"].ne("firm").sum()
    assert without_answers(kept).equals(kept)
    assert len(cascade_table(kept)) == 60
    # what comes of an answer goes with it; what the firm began itself is sharing like any other
    passed_on = shares.assign(speaker_role=shares["speaker_role"].where(shares["parent_id"].notna(), "firm"))
    assert without_answers(passed_on).equals(passed_on)
    with pytest.raises(EstimationError, match="speaker_role"):
        without_answers(shares.drop(columns="speaker_role"))
    assert without_answers(schema.empty("shares")).empty


def test_frame_adds_up():
    shares, answers = answered(2, 0.5)
    frame = early_answer(shares, answers, "exponential").frame
    assert frame["stretch"].tolist() == ["never answered", "before the answer", "after the answer"]
    assert frame["n_shares"].sum() == shares["t_h"].gt(0).sum()
    assert frame["n_cascades"].tolist() == [150 - len(answers), len(answers), len(answers)]


def test_power_law_memory():
    one = early_answer(*answered(3, 0.5), memory="power law").estimates[0]
    assert one.ci_low < 0.5 < one.ci_high


def test_not_estimable():
    shares, answers = answered(1, 1.0, 40)
    assert "takes part in no cascade" in early_answer(shares).estimates[0].reason
    assert "it takes 10 of each" in early_answer(shares, answers.head(3)).estimates[0].reason
    unknown = shares.assign(observed_until_h=np.nan)
    assert "give until_h" in early_answer(unknown, answers).estimates[0].reason
    assert early_answer(unknown, answers, "exponential", until_h=30.0).estimates[0].n == len(answers)
    assert not early_answer(schema.empty("shares")).estimates[0].ok


def test_bad_input():
    shares, answers = answered(1, 1.0, 20)
    with pytest.raises(EstimationError, match="0 or more"):
        early_answer(shares, answers - 99)
    with pytest.raises(EstimationError, match="stands twice"):
        early_answer(shares, pd.concat([answers, answers]))
    with pytest.raises(EstimationError, match="none of power law"):
        early_answer(shares, memory="best")
    with pytest.raises(EstimationError, match="level 2"):
        early_answer(shares, answers, level=2)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30), st.sets(st.integers(0, 29)))
@settings(max_examples=40, deadline=None)
def test_descendants_are_those_with_a_marked_ancestor(raw, chosen):
    parents = [-1] + [value % (i + 1) for i, value in enumerate(raw)]
    rows = pd.DataFrame(
        {
            "share_id": [f"s{i}" for i in range(len(parents))],
            "parent_id": [f"s{p}" if p >= 0 else None for p in parents],
        }
    )
    marked = np.array([i in chosen for i in range(len(parents))])
    for i, found in enumerate(with_descendants(parents_of(rows), marked)):
        above, p = [], parents[i]
        while p >= 0:
            above.append(p)
            p = parents[p]
        assert found == (marked[i] or any(marked[p] for p in above))
