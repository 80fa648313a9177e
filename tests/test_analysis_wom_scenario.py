"""Scenarios on networks: against reachability by networkx, closed forms, and what they must not pretend to be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scsr
from scsr import schema
from scsr.analysis.estimates import Estimate
from scsr.analysis.wom import Carrier, Network, equal_cost, observed_network, spread, stated_network
from scsr.errors import EstimationError, ScsrError


def net(n: int, *ties: tuple[int, int]) -> Network:
    pairs = np.array(ties, dtype=int).reshape(-1, 2)
    return Network(n, pairs[:, 0], pairs[:, 1], np.full(n, None, dtype=object), "a test")


@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=60),
    st.sets(st.integers(0, 14), min_size=1, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_certain_passing_reaches_what_networkx_reaches(ties, seeds):
    import networkx as nx

    graph = nx.DiGraph(ties)
    graph.add_nodes_from(range(15))
    passed, heard = spread(net(15, *ties), np.array(sorted(seeds)), np.ones(len(ties)))
    want = set(seeds).union(*(nx.descendants(graph, s) for s in seeds))
    assert set(np.flatnonzero(passed)) == want
    assert set(np.flatnonzero(heard)) == want


def test_no_passing_is_heard_by_followers_alone():
    passed, heard = spread(net(4, (0, 1), (0, 2), (1, 3)), np.array([0]), np.zeros(3))
    assert passed.tolist() == [True, False, False, False]
    assert heard.tolist() == [True, True, True, False]


def test_chance_is_that_of_a_path():
    # on a path of three ties at one half, people who pass it on number 1 + 1/2 + 1/4 + 1/8 on average
    line = net(4, (0, 1), (1, 2), (2, 3))
    rng = np.random.default_rng(1)
    mean = np.mean([spread(line, np.array([0]), np.full(3, 0.5), rng)[0].sum() for _ in range(4000)])
    assert mean == pytest.approx(1.875, abs=0.06)


def test_equal_cost():
    star = net(101, *((0, i) for i in range(1, 101)))
    groups = [Carrier("anybody", 1.0), Carrier("the most followed", 10.0, most_followed=True), Carrier("dear", 99.0)]
    made = equal_cost(star, groups, 10.0, 0.2, n_runs=100)
    frame = made.frame.set_index("carriers")
    assert frame["n_carriers"].tolist() == [10, 1, 0]
    assert frame["cost"].tolist() == [10, 10, 0]
    assert frame.loc["the most followed", "heard"] == 101
    assert frame.loc["the most followed", "passed_on"] == pytest.approx(21, abs=1.5)
    assert frame.loc["dear", "heard"] == 0
    assert np.isnan(frame.loc["dear", "heard_per_cost"])
    assert made.sentence().startswith("Scenario, not an estimate: under the stated assumptions")


def test_trust_works_on_what_the_carriers_say():
    network = stated_network(500, 8.0, 1.0, seed=3)
    groups = [Carrier("trusted", 1.0, 3.0), Carrier("ordinary", 1.0), Carrier("hired", 1.0, 0.0)]
    reached = equal_cost(network, groups, 20.0, 0.05, n_runs=60).frame.set_index("carriers")["passed_on"]
    assert reached["trusted"] > reached["ordinary"] > reached["hired"] == 20


def test_roles_are_kept():
    network = stated_network(300, 5.0, 1.0, seed=1, roles={"employee": 0.05, "customer": 0.95})
    n_employees = int((network.role == "employee").sum())
    frame = equal_cost(network, [Carrier("staff", 1.0, role="employee")], 1e6, 0.0, n_runs=2).frame
    assert frame["n_carriers"].iloc[0] == n_employees
    nobody = equal_cost(network, [Carrier("firms", 1.0, role="firm")], 10.0, 0.1, n_runs=2).frame
    assert nobody["heard"].iloc[0] == 0


def test_a_scenario_is_no_estimate():
    made = equal_cost(stated_network(50, 3.0, 0.5), [Carrier("customers", 1.0)], 5.0, 0.1, n_runs=3)
    assert not isinstance(made, Estimate)
    assert not {"estimate", "ci_low", "ci_high"} & (set(dir(made)) | set(made.frame))
    with pytest.raises(ScsrError, match="not Scenario"):
        scsr.record(made)


def test_seed_decides():
    network = stated_network(200, 4.0, 1.0, seed=5)
    groups = [Carrier("customers", 1.0)]
    first, second, other = (equal_cost(network, groups, 9.0, 0.1, 20, seed).frame for seed in (1, 1, 2))
    assert first.equals(second)
    assert not first.equals(other)


def test_stated_network():
    network = stated_network(3000, 10.0, 1.2, seed=1)
    assert network.followers().mean() == pytest.approx(10, rel=0.15)
    assert network.followers().max() > 60
    assert (network.heard_by != network.hears).all()
    assert len(np.unique(np.column_stack([network.heard_by, network.hears]), axis=0)) == len(network.hears)


def test_observed_network():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"share_id": [f"s{i}" for i in range(60)], "cascade_id": "k", "t_h": np.arange(60.0)})
    rows["parent_id"] = [None] + [f"s{rng.integers(0, i)}" for i in range(1, 60)]
    rows["speaker_id"] = [f"p{i % 30:02d}" for i in range(60)]
    rows["speaker_role"] = "customer"
    network = observed_network(schema.conform(rows.assign(source="log"), "shares"))
    assert network.n_people == 30
    who = dict(zip(rows["share_id"], rows["speaker_id"], strict=True))
    want = {(who[p], s) for p, s in zip(rows["parent_id"], rows["speaker_id"], strict=True) if p and who[p] != s}
    assert {(f"p{a:02d}", f"p{b:02d}") for a, b in zip(network.heard_by, network.hears, strict=True)} == want
    assert set(network.role) == {"customer"}
    with pytest.raises(EstimationError, match="0 ties"):
        observed_network(schema.conform(rows.assign(parent_id=None, source="log"), "shares"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": 0.0}, "budget above 0"),
        ({"budget": np.nan}, "budget above 0"),
        ({"n_runs": 0}, "at least one run"),
        ({"passing": 1.5}, "no probability"),
        ({"carriers": []}, "at least one"),
        ({"carriers": [Carrier("a", 1.0), Carrier("a", 2.0)]}, "name of its own"),
        ({"carriers": [Carrier("a", 0.0)]}, "cost 0.0 must be above 0"),
        ({"carriers": [Carrier("a", 1.0, -1.0)]}, "trust -1.0"),
    ],
)
def test_bad_scenarios(change, said):
    arguments = {"carriers": [Carrier("a", 1.0)], "budget": 5.0, "passing": 0.1, "n_runs": 2} | change
    with pytest.raises(EstimationError, match=said):
        equal_cost(net(3, (0, 1)), **arguments)


def test_bad_networks():
    for n, mean, sigma in ((5, 2.0, 1.0), (50, 0.0, 1.0), (50, 60.0, 1.0), (50, 5.0, -1.0), (50, np.nan, 1.0)):
        with pytest.raises(EstimationError, match="at least 10 people"):
            stated_network(n, mean, sigma)
    with pytest.raises(EstimationError, match="sum to 1"):
        stated_network(50, 5.0, 1.0, roles={"customer": 0.5})
    with pytest.raises(EstimationError, match="each of 1 ties"):
        spread(net(3, (0, 1)), np.array([0]), np.array([2.0]))
    with pytest.raises(EstimationError, match="none of 3 people"):
        spread(net(3, (0, 1)), np.array([7]), np.ones(1))
