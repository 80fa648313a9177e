"""Word of mouth: against published numbers, other code (networkx, powerlaw, scipy), and simulated truth."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import wom
from scsr.analysis.estimates import unique
from scsr.analysis.wom.reproduction import offspring_interval
from scsr.analysis.wom.tails import checked, fit_tail
from scsr.errors import EstimationError


def shares(*rows: tuple, **columns: object) -> pd.DataFrame:
    """Rows of share, cascade, parent, hours."""
    frame = pd.DataFrame(rows, columns=["share_id", "cascade_id", "parent_id", "t_h"])
    return schema.conform(frame.assign(source="log", **columns), "shares")


def grown(seed: int, n: int, mean: float, size: float, end: tuple[float, float] | None = None) -> pd.DataFrame:
    """Cascades of a branching process; ``end`` draws the end of observation, else all is seen."""
    rng, rows = np.random.default_rng(seed), []
    for c in range(n):
        until = rng.uniform(*end) if end else 1e6
        waiting, born = [(f"{c}", None, 0.0)], 0
        while waiting:
            share, parent, t = waiting.pop()
            if t > until:
                continue
            rows.append((share, str(c), parent, t, until))
            for _ in range(rng.negative_binomial(size, size / (size + mean))):
                born += 1
                waiting.append((f"{c}.{born}", share, t + rng.lognormal(0.5, 1)))
    names = ["share_id", "cascade_id", "parent_id", "t_h", "observed_until_h"]
    return schema.conform(pd.DataFrame(rows, columns=names), "shares")


class TestTrees:
    @pytest.mark.parametrize("n", [2, 3, 10, 101])
    def test_star_and_path(self, n):
        # Goel et al. 2016
        assert wom.structural_virality([-1] + [0] * (n - 1)) == pytest.approx(2 * (n - 1) / n)
        assert wom.structural_virality([-1, *range(n - 1)]) == pytest.approx((n + 1) / 3)

    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
    @settings(max_examples=40, deadline=None)
    def test_is_networkx_mean_distance(self, raw):
        import networkx as nx

        parents = [-1] + [value % (i + 1) for i, value in enumerate(raw)]
        graph = nx.Graph([(i, p) for i, p in enumerate(parents) if p >= 0])
        assert wom.structural_virality(parents) == pytest.approx(nx.average_shortest_path_length(graph))

    def test_no_tree(self):
        with pytest.raises(EstimationError, match="2 roots"):
            wom.structural_virality([-1, -1, 0])
        with pytest.raises(EstimationError, match="no position"):
            wom.structural_virality([-1, 5])
        with pytest.raises(EstimationError, match="own ancestor"):
            wom.structural_virality([-1, 2, 1])

    def test_table(self):
        rows = shares(
            ("a", "k", None, 0), ("b", "k", "a", 1), ("c", "k", "b", 4), ("d", "k", "a", 9), ("z", "lone", None, 0),
            observed_until_h=24, n_followers=[5, 1, 1, 1, None], speaker_role="customer", valence="negative",
        )  # fmt: skip
        table = wom.cascade_table(rows).set_index("cascade_id")
        one = table.loc["k"]
        assert (one["cascade_size"], one["cascade_depth"], one["cascade_breadth"], one["duration_h"]) == (4, 2, 2, 9)
        assert one["structural_virality"] == pytest.approx(wom.structural_virality([-1, 0, 1, 0]))
        assert one["time_to_half_h"] == 1
        assert (one["root_followers"], one["n_followers_reached"]) == (5, 8)
        assert table["complete"].all()
        assert table.loc["lone", "cascade_depth"] == 0
        assert np.isnan(table.loc["lone", "structural_virality"])
        assert pd.isna(table.loc["lone", "n_followers_reached"])
        assert wom.cascade_table(rows.sample(frac=1, random_state=1)).equals(wom.cascade_table(rows))

    def test_unknown_parents_are_not_invented(self):
        rows = shares(("a", "k", None, 0), ("b", "k", None, 1), ("c", "j", None, 0), ("d", "j", "gone", 1))
        table = wom.cascade_table(rows)
        assert table["structural_virality"].isna().all()
        assert table["cascade_depth"].isna().all()
        assert not table["parents_known"].any()
        assert not table["complete"].any()
        assert wom.cascade_table(schema.empty("shares")).empty

    def test_a_common_window_undoes_the_cut(self):
        # half of the cascades are cut short; within the window that nearly all were followed for, sizes agree
        whole = grown(1, 300, 0.6, 1.0)
        ends = pd.Series(np.random.default_rng(1).uniform(4, 40, 300), index=[str(i) for i in range(300)])
        cut = whole.assign(observed_until_h=whole["cascade_id"].map(ends))
        cut = cut[cut["t_h"] <= cut["observed_until_h"]]
        hours = wom.common_window(cut, 0.9)
        assert 4 < hours < 12
        seen, true = wom.within(cut, hours), wom.within(whole, hours)
        kept = seen["cascade_id"].unique()
        sizes = wom.cascade_table(seen).set_index("cascade_id")["cascade_size"]
        assert len(kept) == 270
        assert sizes.equals(
            wom.cascade_table(true[true["cascade_id"].isin(kept)]).set_index("cascade_id")["cascade_size"]
        )
        summary = wom.cascade_summary(wom.cascade_table(seen), window_h=hours)
        assert f"only the first {hours:g} h of each cascade count" in summary[0].assumptions

    def test_no_common_window(self):
        rows = grown(1, 20, 0.5, 1.0)
        assert wom.common_window(rows.assign(observed_until_h=pd.NA)) is None
        assert wom.common_window(schema.empty("shares")) is None
        with pytest.raises(EstimationError, match="no share of cascades"):
            wom.common_window(rows, 0)
        with pytest.raises(EstimationError, match="above 0"):
            wom.within(rows, np.nan)

    def test_bad_tables(self):
        with pytest.raises(EstimationError, match="another cascade"):
            wom.cascade_table(shares(("a", "k", None, 0), ("b", "j", "a", 1)))
        with pytest.raises(EstimationError, match="own ancestor"):
            wom.cascade_table(shares(("a", "k", "b", 0), ("b", "k", "a", 1)))
        with pytest.raises(EstimationError, match="after the end of observation"):
            wom.cascade_table(shares(("a", "k", None, 5), observed_until_h=4))
        with pytest.raises(EstimationError, match="stands twice"):
            wom.cascade_table(shares(("a", "k", None, 0), ("a", "k", None, 1)))


@pytest.fixture(scope="module")
def published() -> Path:
    import powerlaw

    return Path(powerlaw.__file__).parent / "reference_data"


class TestTails:
    def test_published_words(self, published):
        # Clauset, Shalizi & Newman 2009, table 6.1: words 1.95, 7; exponential rejected, log-normal not
        fit = wom.size_distribution(np.loadtxt(published / "words.txt"), 1, n_bootstrap=20)
        assert fit.alpha == pytest.approx(1.95, abs=0.005)
        assert fit.xmin == 7
        assert fit.n_tail == 2958
        favours = fit.alternatives.set_index("alternative")["favours"].to_dict()
        assert favours == {"log-normal": "neither", "truncated power law": "neither", "exponential": "power law"}

    def test_published_blackouts(self, published):
        # same table: blackouts 2.3, 230 thousand customers; cut-off ratio -0.382, p .38
        fit = wom.size_distribution(np.loadtxt(published / "blackouts.txt"), 1, n_bootstrap=20)
        assert fit.alpha == pytest.approx(2.27, abs=0.005)
        assert fit.xmin == 230_000
        cut = fit.alternatives.set_index("alternative").loc["truncated power law"]
        assert cut["log_ratio"] == pytest.approx(-0.382, abs=0.005)
        assert cut["p_value"] == pytest.approx(0.38, abs=0.005)

    @pytest.mark.parametrize("seed", [1, 2])
    def test_is_the_package_powerlaw(self, seed):
        import powerlaw

        sizes = np.random.default_rng(seed).zipf(2.3, 1500).clip(max=10**6)
        ours = fit_tail(*checked(sizes))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own notices on its fits
            theirs = powerlaw.Fit(sizes, discrete=True, verbose=0)
            ratio, _ = theirs.distribution_compare("power_law", "exponential")
        assert ours[0] == pytest.approx(theirs.power_law.alpha, abs=0.01)
        assert ours[1] == theirs.power_law.xmin
        fit = wom.size_distribution(sizes, 1, n_bootstrap=5)
        assert fit.alternatives.iloc[2]["log_ratio"] == pytest.approx(ratio, rel=0.02)

    def test_exponent_is_covered(self):
        hits = 0
        for seed in range(30):
            sizes = np.random.default_rng(seed).zipf(2.5, 400)
            one = wom.size_distribution(sizes, seed, n_bootstrap=60, xmin=1).estimates[0]
            hits += one.ci_low <= 2.5 <= one.ci_high
        assert hits >= 26

    def test_geometric_sizes_are_no_power_law(self):
        sizes = np.random.default_rng(1).geometric(0.1, 3000)
        fit = wom.size_distribution(sizes, 1, n_bootstrap=5, n_fit=40, xmin=1)
        assert fit.p_value == 0
        favours = fit.alternatives.set_index("alternative")["favours"]
        assert favours["exponential"] == "exponential"
        assert favours["truncated power law"] == "truncated power law"

    def test_goodness_of_fit_of_a_true_power_law(self):
        sizes = np.random.default_rng(5).zipf(2.5, 800)
        fit = wom.size_distribution(sizes, 1, n_bootstrap=5, n_fit=40)
        assert fit.p_value > 0.1
        assert fit.frame["survival"].is_monotonic_decreasing

    def test_too_little(self):
        few = wom.size_distribution(np.ones(20), 1)
        assert "it takes 50" in few.estimates[0].reason
        alike = wom.size_distribution(np.ones(80), 1)
        assert "differing size" in alike.estimates[0].reason
        beyond = wom.size_distribution(np.random.default_rng(1).zipf(2, 80), 1, xmin=10**9)
        assert not beyond.estimates[0].ok
        for bad in (0, 1.5, np.nan):
            with pytest.raises(EstimationError, match="row 1"):
                wom.size_distribution(np.array([1, bad]), 1)

    def test_seed_decides(self):
        sizes = np.random.default_rng(2).zipf(2.5, 300)
        first, second = (wom.size_distribution(sizes, 7, n_bootstrap=20).estimates for _ in range(2))
        assert first == second


class TestReproduction:
    def test_number_is_one_less_cascades_over_shares(self):
        rows = grown(1, 200, 0.5, 1.0)
        known = wom.reproduction_number(rows)[0]
        blind = wom.reproduction_number(rows.assign(parent_id=pd.NA))[0]
        assert "thinned" in known.method
        assert "chain sizes" in blind.method
        assert "not stated for 200" not in blind.assumptions[0]
        for one in (known, blind):
            assert one.estimate == pytest.approx(1 - 200 / len(rows), abs=1e-4)
        boot = wom.reproduction_number(rows, method="bootstrap")[0]
        assert boot.estimate == pytest.approx(blind.estimate)

    def test_chain_likelihood_is_a_distribution(self):
        # with reshares below one, the probabilities of all sizes sum to one, and their mean is 1 / (1 - R)
        sizes = np.arange(1, 4000)
        p = np.exp([wom.chain_likelihood(np.array([j]), np.array([1]), 0.6, 0.4) for j in sizes])
        assert p.sum() == pytest.approx(1, abs=1e-6)
        assert (p * sizes).sum() == pytest.approx(2.5, rel=1e-3)

    def test_thinned_interval_is_the_negative_binomials(self):
        from statsmodels.discrete.discrete_model import NegativeBinomial

        y = np.random.default_rng(3).negative_binomial(0.5, 0.5, 500)
        value, low, high = offspring_interval(y, np.ones(500), 0.95)
        fit = NegativeBinomial(y, np.ones(500)).fit(disp=False)
        assert value == pytest.approx(y.mean(), rel=1e-4)
        wald = np.exp(fit.params[0] + np.array([-1.96, 1.96]) * fit.bse[0])
        assert (low, high) == pytest.approx(wald, rel=0.03)

    @pytest.mark.parametrize("end", [None, (3, 40)])
    def test_truth_is_covered(self, end):
        found = [wom.reproduction_number(grown(seed, 100, 0.6, 0.5, end))[0] for seed in range(50)]
        assert np.mean([one.ci_low <= 0.6 <= one.ci_high for one in found]) >= 0.86
        assert np.mean([one.estimate for one in found]) == pytest.approx(0.6, abs=0.035)

    def test_truncation_misleads_the_naive_number(self):
        rows = [grown(seed, 300, 0.6, 5.0, (1, 8)) for seed in range(20)]
        naive = [wom.reproduction_number(r, method="chains")[0].estimate for r in rows]
        ours = [wom.reproduction_number(r)[0].estimate for r in rows]
        assert np.mean(naive) < 0.52
        assert abs(np.mean(ours) - 0.6) < abs(np.mean(naive) - 0.6) / 2

    def test_groups(self):
        names = ["share_id", "cascade_id", "parent_id"]
        more = grown(2, 60, 0.7, 1.0)
        more[names] = "n" + more[names]
        rows = pd.concat([grown(1, 60, 0.2, 1.0), more], ignore_index=True)
        rows["valence"] = np.where(rows["cascade_id"].str.startswith("n"), "negative", "positive")
        whole, bad, good = unique(wom.reproduction_number(rows, by="valence"))
        assert (whole.group, bad.group, good.group) == ("all", "negative", "positive")
        assert bad.estimate > good.estimate

    def test_nothing_reshared(self):
        lone = shares(*[(str(i), str(i), None, 0) for i in range(20)])
        one = wom.reproduction_number(lone)[0]
        assert (one.estimate, one.ci_low) == (0, 0)
        assert one.ci_high == pytest.approx(3.689 / 20, abs=1e-3)
        watched = wom.reproduction_number(lone.assign(observed_until_h=5.0))[0]
        assert watched.ci_high == pytest.approx(3.689 / 20, abs=1e-3)
        few = wom.reproduction_number(lone.head(3))[0]
        assert "it takes 10" in few.reason
        assert not wom.reproduction_number(schema.empty("shares"), by="valence")[0].ok

    def test_bad_input(self):
        lone = shares(*[(str(i), str(i), None, 0) for i in range(20)])
        with pytest.raises(EstimationError, match="cannot be used: the end of observation"):
            wom.reproduction_number(lone, method="cumulative")
        with pytest.raises(EstimationError, match="none of auto"):
            wom.reproduction_number(lone, method="best")
        with pytest.raises(EstimationError, match="cannot be grouped"):
            wom.reproduction_number(lone, by="company")
        back = shares(("a", "k", None, 5), ("b", "k", "a", 1), observed_until_h=9)
        with pytest.raises(EstimationError, match="share b comes before its parent"):
            wom.mean_cumulative(back)

    def test_mean_cumulative_by_hand(self):
        # 12 roots watched 3 h and 12 watched 1 h; one reshare after 1/2 h and one after 2 h, both of long-watched roots
        roots = [(f"r{i}", f"r{i}", None, 0) for i in range(24)]
        rows = shares(*roots, ("x", "r0", "r0", 0.5), ("y", "r1", "r1", 2.0))
        rows["observed_until_h"] = [3.0 if c in {f"r{i}" for i in range(12)} else 1.0 for c in rows["cascade_id"]]
        steps = wom.mean_cumulative(rows)
        # at .5 h: 24 roots and both reshares (watched 2.5 h and 1 h); at 2 h: 12 roots and the first
        assert steps["at_risk"].tolist() == [26, 13]
        assert steps["mean"].tolist() == pytest.approx([1 / 26, 1 / 26 + 1 / 13])
        assert (steps["se"] > 0).all()


class TestSummary:
    def test_median_interval_covers(self):
        hits = 0
        for seed in range(300):
            _, low, high = wom.median_interval(np.random.default_rng(seed).exponential(size=25))
            hits += low <= np.log(2) <= high
        assert hits / 300 >= 0.93
        assert wom.median_interval(np.array([1.0, 2.0]))[1] == -np.inf
        with pytest.raises(EstimationError, match="at least one"):
            wom.median_interval(np.array([]))

    def test_summary(self):
        table = wom.cascade_table(grown(1, 120, 0.5, 1.0))
        by_name = {one.name: one for one in wom.cascade_summary(table, 1)}
        assert by_name["cascade_size_mean"].estimate == pytest.approx(table["cascade_size"].mean())
        assert by_name["structural_virality"].ok
        blind = wom.cascade_table(grown(1, 120, 0.5, 1.0).assign(parent_id=pd.NA))
        reasons = {one.name: one.reason for one in wom.cascade_summary(blind, 1) if not one.ok}
        assert set(reasons) == {"cascade_depth_mean", "cascade_breadth_mean", "structural_virality"}
        empty = wom.cascade_summary(wom.cascade_table(schema.empty("shares")))
        assert not any(one.ok for one in empty)

    def test_valence(self):
        rng = np.random.default_rng(1)
        table = pd.DataFrame(
            {
                "valence": ["negative"] * 200 + ["positive"] * 100 + [None] * 50,
                "cascade_size": np.concatenate([rng.geometric(0.2, 200), rng.geometric(0.5, 100), np.ones(50)]),
                "time_to_half_h": np.concatenate([rng.exponential(1, 200), rng.exponential(3, 100), np.ones(50)]),
                "n_followers_reached": np.concatenate([np.full(200, 60), np.full(100, 20), np.ones(50)]),
            }
        )
        result = wom.compare_valence(table, 1)
        volume, size, speed, reach = result.estimates
        assert (reach.estimate, reach.ci_low, reach.ci_high) == (3, 3, 3)
        assert volume.estimate == 2
        assert volume.ci_low < 2 < volume.ci_high
        assert size.ci_low < 2.5 < size.ci_high
        assert speed.ci_low < 1 / 3 < speed.ci_high
        assert result.frame["n_cascades"].tolist() == [200, 100]

    def test_valence_not_stated(self):
        table = wom.cascade_table(grown(1, 20, 0.5, 1.0))
        assert {one.reason for one in wom.compare_valence(table).estimates} == {
            "no source states the valence of a cascade"
        }
        few = table.assign(valence="negative")
        reasons = [one.reason for one in wom.compare_valence(few).estimates]
        assert reasons[0] == "no cascade is stated to be positive"
        assert "0 cascades" in reasons[1]

    def test_reach(self):
        rows = grown(1, 40, 0.5, 1.0)
        rows["n_followers"] = 100
        rows["speaker_role"] = "customer"
        whole, group = wom.reach(rows, by="root_role")
        assert whole.estimate == pytest.approx(100 * len(rows) / 40)
        assert group.group == "customer"
        assert "not stated" in wom.reach(rows.assign(n_followers=pd.NA))[0].reason
        assert "it takes 10" in wom.reach(rows[rows["cascade_id"].isin(["1", "2"])])[0].reason
        with pytest.raises(EstimationError, match="root_role or valence"):
            wom.reach(rows, by="company")


class TestBass:
    # sales in thousands a year; Van den Bulte & Lilien 1997 and Srinivasan & Mason 1986 give these fits
    @pytest.mark.parametrize(
        ("sales", "p", "q", "m"),
        [
            ([96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500], 0.0094, 0.375, 18.7),
            ([106, 319, 492, 635, 737, 890, 1397, 1523, 1294, 1240, 1425, 1260, 1236], 0.0136, 0.327, 16.5),
            ([747, 1480, 2646, 5118, 5777, 5982, 5962, 4631], 0.0185, 0.616, 39.7),
        ],
        ids=["air conditioners", "clothes dryers", "colour television"],
    )
    def test_published(self, sales, p, q, m):
        fit = wom.bass(sales)
        assert [one.estimate for one in fit.estimates] == pytest.approx([p, q, m * 1000], rel=0.006)
        assert all(one.ci_low < one.estimate < one.ci_high for one in fit.estimates)

    def test_simulated_truth_is_covered(self):
        rng = np.random.default_rng(1)
        truth = (0.01, 0.4, 5000)
        mean = 5000 * np.diff(wom.bass_share(np.arange(26), 0.01, 0.4))
        hits = []
        for _ in range(40):
            fit = wom.bass(np.clip(mean + rng.normal(0, 15, 25), 0, None))
            hits.append([one.ci_low <= true <= one.ci_high for one, true in zip(fit.estimates, truth, strict=True)])
        assert np.mean(hits, axis=0) == pytest.approx([0.95] * 3, abs=0.1)

    def test_truncated_series_is_flagged(self):
        mean = 5000 * np.diff(wom.bass_share(np.arange(26), 0.01, 0.4))
        assert not wom.bass(mean).truncated
        early = wom.bass(mean[:9] * (1 + 0.01 * (-1) ** np.arange(9)))
        assert early.truncated
        assert "Van den Bulte" in early.estimates[2].assumptions[-1]

    def test_no_fit(self):
        assert "it takes 6" in wom.bass([1, 2, 3]).estimates[0].reason
        assert "fewer than 4" in wom.bass([0, 0, 0, 0, 0, 5, 9]).estimates[0].reason
        assert "no fit" in wom.bass([1.0, 9, 1, 9, 1, 900, 8000, 70000]).estimates[0].reason
        with pytest.raises(EstimationError, match="adoptions, row 1: -2"):
            wom.bass([1, -2, 3, 4, 5, 6, 7])


@pytest.mark.real_data
def test_real_retweets(real_data):
    import powerlaw

    raw = pd.read_csv(real_data / "retweet_cascades.csv")
    rows = shares(
        *[(str(i), str(c), None, t / 3600) for i, (c, t) in enumerate(zip(raw["cascade"], raw["time"], strict=True))]
    )
    table = wom.cascade_table(rows)
    assert table["cascade_size"].sum() == len(raw)
    one = wom.reproduction_number(rows)[0]
    assert one.estimate == pytest.approx(1 - raw["cascade"].nunique() / len(raw))
    assert one.ci_low < one.estimate < one.ci_high
    sizes = raw.groupby("cascade").size().to_numpy()
    fit = wom.size_distribution(sizes, 1, n_bootstrap=10)
    rivals = ("lognormal", "truncated_power_law", "exponential")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own notices on its fits
        theirs = powerlaw.Fit(sizes, discrete=True, verbose=0)
        compared = [theirs.distribution_compare("power_law", name) for name in rivals]
    assert fit.xmin == theirs.power_law.xmin
    assert fit.alpha == pytest.approx(theirs.power_law.alpha, abs=1e-3)
    assert fit.distance == pytest.approx(theirs.power_law.D, abs=1e-4)
    for ours, (ratio, p_value) in zip(fit.alternatives.to_dict("records"), compared, strict=True):
        assert np.sign(ours["log_ratio"]) == np.sign(ratio)
        assert ours["log_ratio"] == pytest.approx(ratio, rel=1e-3)
        assert ours["p_value"] == pytest.approx(p_value, rel=1e-2)
