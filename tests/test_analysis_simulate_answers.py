"""The firm's answers in simulated cascades: what they leave of the sharing, and when they come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis.simulate import simulate
from scsr.analysis.simulate.answers import answer_hours, reproduction_with_answers, surviving, thinned
from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import draw_cascades
from scsr.analysis.simulate.trees import draw_trees
from scsr.errors import ParameterError


@given(st.lists(st.integers(0, 10**6), max_size=30), st.sets(st.integers(0, 30)))
@settings(max_examples=40, deadline=None)
def test_a_share_goes_with_those_above_it(raw, gone):
    parent = np.array([-1] + [value % (i + 1) for i, value in enumerate(raw)])
    kept = np.array([i not in gone for i in range(len(parent))])
    for i, alive in enumerate(surviving(parent, kept)):
        line = [i]
        while parent[line[-1]] >= 0:
            line.append(parent[line[-1]])
        assert alive == kept[line].all()


def test_the_firm_answers_after_the_share_that_moves_it():
    cascade, t = np.array([0, 1, 0, 0, 1]), np.array([0.0, 0.0, 5.0, 3.0, 1.0])
    assert answer_hours(cascade, t, 1, np.array([2.0, np.inf])).tolist() == [2.0, np.inf]
    assert answer_hours(cascade, t, 3, np.array([2.0, 2.0])).tolist() == [7.0, np.inf]


@pytest.mark.parametrize("ratio", [0.0, 0.5, 2.0])
def test_thinning_leaves_the_rate_before_and_changes_it_after(ratio):
    rng = np.random.default_rng(1)
    n, top = 4000, max(1.0, ratio)
    # roots alone, each with Poisson reshares at a steady rate over two hours
    parent = np.append(np.full(n, -1), np.repeat(np.arange(n), rng.poisson(3 * top, n)))
    cascade = np.append(np.arange(n), parent[n:])
    t = np.append(np.zeros(n), rng.uniform(0, 2, len(parent) - n))
    alive, hours = thinned(cascade, parent, t, np.ones(n), ratio, rng)
    assert alive[:n].all()
    assert (hours == 1).all()
    per_hour = [(alive & (t > low) & (t <= low + 1)).sum() / n for low in (0, 1)]
    assert per_hour == pytest.approx([1.5, 1.5 * ratio], abs=0.08)


@pytest.mark.parametrize("ratio", [0.4, 1.3])
def test_reproduction_with_answers_is_what_cascades_show(ratio):
    design = Design(
        n_cascades=8000, reproduction_number=0.6, cascades_answered=0.5, answer_hazard_ratio=ratio, cascade_window_h=1e5
    )
    rng = np.random.default_rng(2)
    shares = draw_cascades(design, rng)
    people = shares[shares["speaker_role"] != "firm"]
    hours = rng.exponential(design.answer_delay_median_h / np.log(2), 20_000)
    hours[rng.random(20_000) < 0.5] = np.inf
    delays = 2.0 * np.exp(rng.normal(size=(20_000, 20)))
    truth = reproduction_with_answers(0.6, ratio, hours, delays)
    assert people["parent_id"].notna().mean() == pytest.approx(truth, abs=0.015)
    assert (truth < 0.6) == (ratio < 1)


def test_light_answers_are_shares_of_the_firm_in_a_tree():
    design = Design(n_cascades=80, cascades_answered=1.0, answer_at_size=2, cascade_window_h=30.0)
    shares = draw_cascades(design, np.random.default_rng(3))
    schema.validate(shares, "shares")
    assert shares["share_id"].is_unique
    firm = shares[shares["speaker_role"] == "firm"]
    second = shares[shares["speaker_role"] != "firm"].sort_values("t_h").groupby("cascade_id")["t_h"].nth(1)
    assert 5 < len(firm) <= len(second)
    assert firm["parent_id"].isin(shares.loc[shares["parent_id"].isna(), "share_id"]).all()
    assert not shares["parent_id"].isin(firm["share_id"]).any()
    assert firm["t_h"].min() > second.min()
    assert (firm["t_h"] <= 30).all()
    # the others stand where they would without the firm, as far as they are still there
    alone = draw_cascades(replace(design, cascades_answered=0.0), np.random.default_rng(3))
    assert len(alone) == len(shares) - len(firm)


@pytest.mark.parametrize("kind", ["log-normal", "exponential", "power law"])
def test_delays_have_their_median(kind):
    design = Design(n_cascades=8000, reshare_delay=kind, reproduction_number=0.9, cascade_window_h=1e9)
    _, parent, t, _ = draw_trees(design, np.random.default_rng(4))
    child = parent >= 0
    assert np.median(t[child] - t[parent[child]]) == pytest.approx(2.0, rel=0.06)


def test_the_market_answers_some_negative_cascades():
    market = simulate(seed=4, scale=1.5, text=False)
    shares, expected = market.shares, market.truth["expected"]
    firm = shares[shares["speaker_role"] == "firm"]
    roots = shares[shares["parent_id"].isna()]
    assert firm["cascade_id"].is_unique
    assert set(firm["valence"]) == {"negative"}
    assert len(firm) / roots["valence"].eq("negative").sum() == pytest.approx(0.4, abs=0.05)
    assert firm["t_h"].median() == pytest.approx(expected["answer_delay_median_h"], rel=0.15)
    assert firm["speaker_id"].isin(market.utterances["speaker_id"]).mean() > 0.9
    assert market.truth["realised"]["n_cascades_answered"] == len(firm)
    assert expected["reproduction_number"]["negative"] < market.parameters.reproduction_number["negative"]
    fanned = simulate(seed=4, scale=0.5, text=False, answer_hazard_ratio=1.3)
    assert fanned.truth["expected"]["reproduction_number"]["negative"] > 0.7


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reshare_delay": "gamma"}, "none of log-normal"), ({"answer_at_size": 0}, "its root at least"),
        ({"cascades_answered": 0.5, "answer_hazard_ratio": 2.0}, "would never end"),
        ({"cascades_answered": 1.5}, "between 0 and 1"),
    ],
)  # fmt: skip
def test_designs_without_sense_are_refused(changes, words):
    with pytest.raises(ParameterError, match=words):
        Design(**changes)


@pytest.mark.parametrize("changes", [{"answer_hazard_ratio": 1.5}, {"cascade_answered_share": -0.1}])
def test_markets_without_sense_are_refused(changes):
    with pytest.raises(ParameterError, match=next(iter(changes))):
        simulate(scale=0.01, **changes)
