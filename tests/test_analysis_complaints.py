"""Complaint counts, rates and comparisons: against published numbers, other code, and simulated truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scsr import schema
from scsr.analysis import complaints
from scsr.analysis.complaints import CountTable, complaint_counts, summary
from scsr.analysis.estimates import Estimate, unique
from scsr.analysis.intervals import clopper_pearson, garwood, percentile, wilson
from scsr.errors import EstimationError


def exposure(*rows: tuple, unit: str = "customers") -> pd.DataFrame:
    """Rows of company, country, channel, start, end, n."""
    names = ["company", "country", "channel", "period_start", "period_end", "n_exposed"]
    return schema.conform(pd.DataFrame(rows, columns=names).assign(exposure_unit=unit), "exposure")


def said(*rows: tuple, kind: str = "complaint") -> pd.DataFrame:
    """Rows of company, country, channel, time, speaker."""
    names = ["company", "country", "channel", "published_at", "speaker_id"]
    frame = pd.DataFrame(rows, columns=names).assign(kind=kind, source="log", speaker_role="customer")
    return schema.conform(frame, "utterances")


def cells(**columns: list) -> CountTable:
    """A count table by the columns that are no counts, everybody complaining once."""
    frame = pd.DataFrame(columns)
    for name in ("n_complainers", "n_squared"):
        frame[name] = frame.get(name, frame["n_complaints"])
    frame["n_without_speaker"] = 0
    frame["n_exposed"] = frame.get("n_exposed", frame["exposure"])
    by = tuple(name for name in complaints.CATEGORIES if name in frame)
    counts = ["n_complaints", "n_complainers", "n_squared", "n_without_speaker", "n_exposed", "exposure"]
    return CountTable(frame, frame[counts].sum().to_dict(), by, "customers", True)


YEAR = ("2023-01-01", "2024-01-01")


class TestIntervals:
    def test_wilson_is_statsmodels(self):
        from statsmodels.stats.proportion import proportion_confint

        for k, n in ((0, 10), (3, 10), (10, 10), (81, 263)):
            assert wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)
            assert clopper_pearson(k, n) == pytest.approx(proportion_confint(k, n, method="beta"), abs=1e-12)

    def test_garwood_published(self):
        # Garwood 1936, table: 95% limits for counts of 0, 5 and 50
        assert garwood(0) == pytest.approx((0, 3.69), abs=0.005)
        assert garwood(5) == pytest.approx((1.62, 11.67), abs=0.005)
        assert garwood(50) == pytest.approx((37.11, 65.92), abs=0.005)

    @given(st.integers(0, 400), st.integers(1, 400), st.floats(0.01, 0.99))
    @settings(max_examples=60, deadline=None)
    def test_share_lies_within(self, k, n, level):
        k = min(k, n)
        for low, high in (wilson(k, n, level), clopper_pearson(k, n, level)):
            assert 0 <= low <= k / n <= high <= 1

    def test_bad_input(self):
        with pytest.raises(EstimationError, match="no share"):
            wilson(3, 2)
        with pytest.raises(EstimationError, match="no number of events"):
            garwood(-1)
        with pytest.raises(EstimationError, match="between 0 and 1"):
            garwood(3, 95)
        with pytest.raises(EstimationError, match="no bootstrap draw"):
            percentile(np.array([np.nan]), 1)


class TestCounts:
    def test_totals_are_never_added_to_their_parts(self):
        table = exposure(
            ("A", None, None, *YEAR, 100), ("A", "SE", None, *YEAR, 60), ("A", "NO", None, *YEAR, 40),
            (None, None, None, *YEAR, 150), ("B", "SE", None, *YEAR, 30), ("B", "NO", None, *YEAR, 20),
        )  # fmt: skip
        utterances = said(("A", "SE", "email", "2023-05-01", "x"), ("B", "NO", "email", "2023-05-02", "y"))
        by_firm = complaint_counts(utterances, table).frame.set_index("company")
        assert by_firm["n_exposed"].to_dict() == {"A": 100, "B": 50}
        assert by_firm["exposure"].to_dict() == {"A": 1200, "B": 600}
        whole = complaint_counts(utterances, table, by=())
        assert whole.total["n_exposed"] == 150
        assert whole.n_complaints == 2
        assert whole.n_exposure_rows_unused == 5
        both = complaint_counts(utterances, table, by=("company", "country")).frame
        assert both["n_exposed"].tolist() == [40, 60, 20, 30]
        assert both["n_complaints"].tolist() == [0, 1, 1, 0]

    def test_other_cuts_of_the_same_customers_are_left_out(self):
        table = exposure(("A", None, None, *YEAR, 100), (None, "SE", None, *YEAR, 100))
        counts = complaint_counts(said(("A", "SE", None, "2023-05-01", "x")), table, by=())
        assert counts.total["n_exposed"] == 100

    def test_periods_are_half_open_and_what_is_outside_is_counted(self):
        utterances = said(
            ("A", None, None, "2023-01-01", "x"), ("A", None, None, "2024-01-01", "x"),
            ("C", None, None, "2023-05-01", "x"), ("A", None, None, None, "x"),
        )  # fmt: skip
        counts = complaint_counts(utterances, exposure(("A", None, None, *YEAR, 10)))
        assert counts.n_complaints == 1
        assert counts.unmatched == {"no time stated": 1, "outside of the exposure given": 2}
        assert counts.n_unmatched == 3
        assert counts.n_months == 12

    def test_speakers_are_distinct_over_the_whole(self):
        table = exposure(("A", None, None, *YEAR, 10), ("B", None, None, *YEAR, 10))
        utterances = said(
            ("A", None, None, "2023-02-01", "x"), ("B", None, None, "2023-02-01", "x"),
            ("B", None, None, "2023-03-01", None),
        )  # fmt: skip
        counts = complaint_counts(utterances, table)
        assert counts.frame["n_complainers"].tolist() == [1, 1]
        assert counts.total["n_complainers"] == 1
        assert counts.total["n_squared"] == 5  # 2 squared, and one of an unknown speaker
        assert counts.total["n_without_speaker"] == 1

    def test_months_split_a_year(self):
        utterances = said(("A", None, None, "2023-02-28 23:59", "x"))
        stock = complaint_counts(utterances, exposure(("A", None, None, *YEAR, 10)), freq="month")
        assert stock.frame["exposure"].tolist() == [10.0] * 12
        assert stock.frame["n_complaints"].tolist() == [0, 1] + [0] * 10
        assert stock.group_of(stock.frame.iloc[1]) == {"company": "A", "period": "2023-02"}
        flow = complaint_counts(
            utterances, exposure(("A", None, None, *YEAR, 120), unit="contacts"), unit="contacts", freq="month"
        )
        assert flow.frame["exposure"].tolist() == pytest.approx([10.0] * 12)
        assert not flow.stock

    def test_customers_who_change_are_averaged(self):
        table = exposure(
            ("A", None, None, "2023-01-01", "2023-02-01", 10), ("A", None, None, "2023-02-01", "2023-04-01", 40)
        )
        row = complaint_counts(said(("A", None, None, "2023-02-01", "x")), table).frame.iloc[0]
        assert row["exposure"] == pytest.approx(90)
        assert row["n_exposed"] == pytest.approx(30)

    def test_overlapping_periods_are_refused(self):
        table = exposure(("A", None, None, *YEAR, 10), ("A", None, None, "2023-06-01", "2023-07-01", 10))
        with pytest.raises(EstimationError, match="exposure of A: the period from 2023-06-01 overlaps"):
            complaint_counts(said(("A", None, None, "2023-02-01", "x")), table)

    def test_a_complaint_without_sector_is_its_companys(self):
        table = exposure(("A", None, None, *YEAR, 10)).assign(sector="bank")
        counts = complaint_counts(said(("A", None, None, "2023-02-01", "x")), table, by=("sector",))
        assert counts.frame[["sector", "n_complaints"]].to_dict("records") == [{"sector": "bank", "n_complaints": 1}]

    def test_nothing_to_count_is_said(self):
        one = said(("A", None, None, "2023-02-01", "x"))
        none = complaint_counts(one, schema.empty("exposure"))
        assert none.reason == "no exposure was given"
        other = complaint_counts(one, exposure(("A", None, None, *YEAR, 9), unit="flights"))
        assert "flights" in other.reason
        posts = complaint_counts(
            said(("A", None, None, "2023-02-01", "x"), kind="post"), exposure(("A", None, None, *YEAR, 9))
        )
        assert "no source states" in posts.reason
        assert posts.n_kind_not_stated == 1
        for counts in (none, other, posts):
            for result in (
                complaints.complaint_rates(counts), complaints.complainer_shares(counts),
                complaints.rate_regression(counts, ["company"]), complaints.shrunken_rates(counts),
                complaints.funnel(counts), complaints.rate_trend(counts),
            ):  # fmt: skip
                assert all(not one.ok and one.reason == counts.reason for one in result.estimates)

    def test_bad_input(self):
        one = said(("A", None, None, "2023-02-01", "x"))
        with pytest.raises(EstimationError, match="at most once"):
            complaint_counts(one, schema.empty("exposure"), by=("firm",))
        with pytest.raises(EstimationError, match="freq='week'"):
            complaint_counts(one, schema.empty("exposure"), freq="week")
        with pytest.raises(EstimationError, match="never states company and channel"):
            complaint_counts(one, exposure(("A", None, None, *YEAR, 9)), by=("company", "channel"))

    @given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["SE", "NO"]), st.integers(0, 400)), max_size=30))
    @settings(max_examples=8, deadline=None)
    def test_every_complaint_is_counted_once_or_unmatched(self, rows):
        start = pd.Timestamp("2022-12-15")
        utterances = said(*[(a, b, None, start + pd.Timedelta(days=d), str(i)) for i, (a, b, d) in enumerate(rows)])
        table = exposure(
            ("A", "SE", None, *YEAR, 60), ("A", "NO", None, *YEAR, 40), ("A", None, None, *YEAR, 100),
            ("B", None, None, "2023-03-01", "2023-09-01", 50),
        )  # fmt: skip
        for by in ((), ("company",), ("company", "country")):
            for freq in (None, "month"):
                counts = complaint_counts(utterances, table, by, freq=freq)
                if counts.reason:
                    continue
                assert counts.n_complaints + counts.n_unmatched == len(rows)
                assert counts.frame["n_complaints"].sum() == counts.n_complaints
                assert counts.frame["exposure"].sum() == pytest.approx(counts.total["exposure"])


class TestRates:
    def test_interval_is_the_exact_one(self):
        rates = complaints.complaint_rates(cells(company=["A", "B"], n_complaints=[10, 0], exposure=[1000.0, 500.0]))
        assert [one.group for one in rates.estimates] == ["all", "A", "B"]
        assert rates.groups[0].ci_high == pytest.approx(18.39, abs=0.01)
        assert rates.groups[1].estimate == 0
        assert rates.groups[1].ci_high == pytest.approx(3.689 / 0.5, abs=0.01)
        assert unique(rates.estimates)
        assert rates.frame["company"].tolist() == ["A", "B"]

    def test_repeats_widen_and_cover(self):
        rng = np.random.default_rng(1)
        truth, hits, naive = 0.06, 0, 0
        for _ in range(400):
            times = rng.geometric(0.5, rng.poisson(0.03 * 3000))  # people complain twice each on average
            counts = cells(n_complaints=[times.sum()], n_squared=[(times**2).sum()], exposure=[3000.0])
            one = complaints.complaint_rates(counts, per=1).overall
            low, high = garwood(times.sum())
            hits += one.ci_low <= truth <= one.ci_high
            naive += low / 3000 <= truth <= high / 3000
        assert 0.92 <= hits / 400 <= 0.99
        assert naive / 400 < 0.88

    def test_months_that_differ_widen(self):
        rng, hits, naive = np.random.default_rng(2), 0, 0
        table = exposure(("A", None, None, "2022-01-01", "2024-01-01", 1000))
        start = pd.date_range("2022-01-01", periods=24, freq="MS")
        for _ in range(25):
            n = rng.poisson(5 * rng.gamma(0.6, 1 / 0.6, 24))  # true rate 5 per 1,000 and month
            rows = [("A", None, None, at, f"{at}{i}") for at, many in zip(start, n, strict=True) for i in range(many)]
            counts = complaint_counts(said(*rows), table)
            one = complaints.complaint_rates(counts).overall
            hits += one.ci_low <= 5 <= one.ci_high
            low, high = garwood(counts.n_complaints)
            naive += low <= 120 <= high
        assert hits >= 20
        assert naive < 18
        assert "months that differ" in one.method
        assert np.isnan(complaint_counts(said(*rows), table, freq="month").frame["month_dispersion"]).all()

    def test_no_exposure_no_rate(self):
        rates = complaints.complaint_rates(cells(company=["A", "B"], n_complaints=[1, 1], exposure=[0.0, 5.0]))
        assert rates.groups[0].reason == "the exposure is 0"
        with pytest.raises(EstimationError, match="above 0"):
            complaints.complaint_rates(cells(n_complaints=[1], exposure=[5.0]), per=0)

    def test_complainer_shares(self):
        shares = complaints.complainer_shares(
            cells(company=["A", "B"], n_complaints=[30, 9], n_complainers=[20, 9], exposure=[900.0, 8.0])
        )
        assert shares.groups[0].estimate == pytest.approx(20 / 900)
        assert (shares.groups[0].ci_low, shares.groups[0].ci_high) == wilson(20, 900)
        assert "more than the 8 customers" in shares.groups[1].reason
        flow = CountTable(
            pd.DataFrame(), {"n_complainers": 1, "n_without_speaker": 0, "n_exposed": 9.0}, (), "contacts", False
        )
        assert "pass by" in complaints.complainer_shares(flow).overall.reason
        nameless = CountTable(
            pd.DataFrame(), {"n_complainers": 0, "n_without_speaker": 2, "n_exposed": 9.0}, (), "customers", True
        )
        assert "who made it" in complaints.complainer_shares(nameless).overall.reason

    def test_corpus_shares_leave_out_sources_that_state_nothing(self):
        log = said(*[("A", None, None, "2023-01-01", "x")] * 3)
        praise = said(*[("B", None, None, "2023-01-01", "x")] * 1, kind="review")
        blog = said(*[("A", None, None, "2023-01-01", "x")] * 9, kind="post").assign(source="blog")
        rates = complaints.complaint_shares(pd.concat([log, praise, blog], ignore_index=True), by=("company",))
        whole = rates.estimates[0]
        assert (whole.name, whole.estimate, whole.n) == ("complaint_share", 0.75, 4)
        assert rates.estimates[1].reason == "no source states a valence"
        assert [(one.group, one.estimate) for one in rates.estimates[2:]] == [("A", 1.0), ("B", 0.0)]
        with pytest.raises(EstimationError, match="no column 'firm'"):
            complaints.complaint_shares(log, by="firm")


class TestRegression:
    def test_two_firms_by_hand(self):
        model = complaints.rate_regression(
            cells(company=["A", "B"], n_complaints=[40, 10], exposure=[2000.0, 1000.0]), "company"
        )
        (one,) = model.estimates
        assert one.estimate == pytest.approx(0.5)
        # the textbook interval of a rate ratio: exp(log ratio +- z sqrt(1/a + 1/b))
        assert one.ci_high == pytest.approx(0.5 * np.exp(1.959964 * np.sqrt(1 / 40 + 1 / 10)), rel=1e-5)
        assert model.family == "Poisson"
        assert "as many parameters as cells" in model.why
        assert dict(model.reference) == {"company": "A"}

    def test_recovers_simulated_ratios_and_finds_overdispersion(self):
        rng = np.random.default_rng(5)
        firm, country = np.repeat(list("ABCDEFGHI"), 3 * 8), np.tile(np.repeat(["IS", "NO", "SE"], 8), 9)
        size = rng.uniform(2000, 9000, len(firm))
        mean = 0.004 * size * np.where(firm == "B", 2.0, 1.0) * np.where(country == "NO", 1.5, 1.0)
        frame = pd.DataFrame({"company": firm, "country": country, "exposure": size})
        plain = complaints.rate_regression(cells(**frame.assign(n_complaints=rng.poisson(mean)).to_dict("list")))
        assert plain.family == "Poisson"
        assert plain.p_value > 0.05
        wild = rng.poisson(mean * rng.gamma(2, 0.5, len(mean)))
        model = complaints.rate_regression(cells(**frame.assign(n_complaints=wild).to_dict("list")))
        assert model.family == "negative binomial"
        assert model.alpha == pytest.approx(0.5, abs=0.2)
        ratio = {one.group: one for one in model.estimates}
        reference_is_b = model.reference["company"] == "B"
        assert not reference_is_b
        assert ratio["B"].ci_low < 2 < ratio["B"].ci_high
        if model.reference["country"] != "NO":
            assert ratio["NO"].ci_low < 1.5 < ratio["NO"].ci_high
        assert len(model.estimates) == 10

    def test_negative_binomial_of_the_rand_experiment(self):
        # RAND health insurance experiment in statsmodels; its documentation gives alpha 1.2933 for these covariates
        from statsmodels.datasets import randhie

        from scsr.analysis.complaints.regression import dispersion_test, fit_negative_binomial

        data = randhie.load_pandas()
        design = np.column_stack([np.asarray(data.exog, dtype=float), np.ones(len(data.exog))])
        observed = np.asarray(data.endog, dtype=float)
        start = np.zeros(design.shape[1])
        start[-1] = np.log(observed.mean())
        fit = fit_negative_binomial(observed, np.ones(len(observed)), design, start)
        assert fit["alpha"] == pytest.approx(1.293, abs=0.002)
        _, p_value = dispersion_test(observed, np.full(len(observed), observed.mean()), len(observed) - 1)
        assert p_value < 1e-6

    def test_a_firm_without_complaints_is_no_ratio(self):
        model = complaints.rate_regression(
            cells(company=["A", "B", "C"], n_complaints=[9, 5, 0], exposure=[900.0, 900.0, 2000.0]), ["company"]
        )
        by_group = {one.group: one for one in model.estimates}
        assert by_group["B"].ok
        assert "C has no complaints" in by_group["C"].reason
        lonely = complaints.rate_regression(
            cells(company=["A", "B"], n_complaints=[9, 0], exposure=[9.0, 9.0]), ["company"]
        )
        assert [one.ok for one in lonely.estimates] == [False]
        none = complaints.rate_regression(
            cells(company=["A", "B"], n_complaints=[0, 0], exposure=[9.0, 9.0]), ["company"]
        )
        assert none.estimates[0].reason == "there are no complaints"
        single = complaints.rate_regression(cells(company=["A"], n_complaints=[4], exposure=[9.0]), ["company"])
        assert single.estimates[0].reason == "only one level has complaints"

    def test_bad_terms(self):
        counts = cells(
            company=["A", "B", "C"], sector=["x", "x", "y"], n_complaints=[9, 9, 9], exposure=[9.0, 9.0, 9.0]
        )
        with pytest.raises(EstimationError, match="one determines another"):
            complaints.rate_regression(counts, ["company", "sector"])
        with pytest.raises(EstimationError, match="count by each term first"):
            complaints.rate_regression(counts, ["country"])

    def test_falls_back_to_scaled_intervals(self, monkeypatch):
        from scsr.analysis.complaints import regression

        monkeypatch.setattr(regression, "fit_negative_binomial", lambda *_: None)
        counts = cells(
            company=["A"] * 6 + ["B"] * 6, n_complaints=[1, 90, 3, 60, 2, 80, 5, 99, 1, 70, 2, 66], exposure=[9.0] * 12
        )
        model = complaints.rate_regression(counts, ["company"])
        assert model.family == "quasi-Poisson"
        assert model.estimates[0].ci_low < 1 < model.estimates[0].ci_high


class TestTrend:
    def make(self, mean: np.ndarray, seed: int) -> CountTable:
        months = pd.date_range("2022-01-01", periods=len(mean), freq="MS", tz="UTC")
        counts = np.random.default_rng(seed).poisson(mean)
        frame = pd.DataFrame({"period": months, "n_complaints": counts, "exposure": 1000.0})
        return CountTable(frame, {}, (), "customers", True, "month")

    def test_recovers_trend_and_season(self):
        t = np.arange(36)
        hits = []
        for seed in range(60):
            trend = complaints.rate_trend(
                self.make(80 * 1.2 ** (t / 12) * np.exp(0.3 * np.cos(2 * np.pi * (t - 3) / 12)), seed)
            )
            yearly, season = trend.estimates
            hits.append((yearly.ci_low < 1.2 < yearly.ci_high, season.ci_low < np.exp(0.6) < season.ci_high))
        assert np.mean(hits, axis=0) == pytest.approx([0.95, 0.95], abs=0.07)
        assert "month 4" in season.assumptions[1]
        assert len(trend.frame) == 36

    def test_short_series(self):
        yearly, season = complaints.rate_trend(self.make(np.full(12, 50), 1)).estimates
        assert yearly.ok
        assert "24" in season.reason
        assert "too few" in complaints.rate_trend(self.make(np.full(3, 50), 1)).estimates[0].reason
        assert "no complaints" in complaints.rate_trend(self.make(np.zeros(12), 1)).estimates[0].reason
        with pytest.raises(EstimationError, match="freq='month'"):
            complaints.rate_trend(cells(n_complaints=[1], exposure=[5.0]))


class TestRanking:
    def test_marshall_against_the_text(self):
        # Marshall 1991, equations 5 to 7, worked by hand
        y, e = np.array([2, 8, 30]), np.array([10.0, 20.0, 30.0])
        mean, between, rates = complaints.marshall(y, e)
        assert mean == pytest.approx(40 / 60)
        spread = (10 * (0.2 - mean) ** 2 + 20 * (0.4 - mean) ** 2 + 30 * (1 - mean) ** 2) / 60
        assert between == pytest.approx(spread - mean / 20)
        assert 0.2 < rates[0] < mean
        same = complaints.marshall(np.array([5, 5]), np.array([10.0, 10.0]))
        assert same[1] == 0
        assert same[2].tolist() == [0.5, 0.5]

    def test_shrinking_is_nearer_the_truth_and_covers(self):
        rng = np.random.default_rng(3)
        errors, hits = [], []
        for _ in range(60):
            true = rng.gamma(8, 0.002 / 8, 9)  # nine firms
            size = rng.uniform(1000, 20000, 9)
            counts = cells(company=list("ABCDEFGHI"), n_complaints=rng.poisson(true * size), exposure=size)
            if not counts.frame["n_complaints"].sum():
                continue
            table = complaints.shrunken_rates(counts, per=1).frame
            errors.append((((table["rate"] - true) ** 2).sum(), ((table["shrunken"] - true) ** 2).sum()))
            hits.append(((table["ci_low"] <= true) & (true <= table["ci_high"])).mean())
        raw, shrunk = np.mean(errors, axis=0)
        assert shrunk < 0.8 * raw
        assert 0.92 <= np.mean(hits) <= 0.99

    def test_integrated_shrinkage_is_near_marshalls(self):
        rng = np.random.default_rng(4)
        size = rng.uniform(500, 5000, 60)
        counts = cells(
            company=[f"f{i:02}" for i in range(60)],
            n_complaints=rng.poisson(rng.gamma(4, 0.005, 60) * size),
            exposure=size,
        )
        ours = complaints.shrunken_rates(counts, per=1).frame["shrunken"].to_numpy()
        theirs = complaints.marshall(counts.frame["n_complaints"].to_numpy(), size)[2]
        assert np.corrcoef(ours, theirs)[0, 1] > 0.99
        assert ours == pytest.approx(theirs, rel=0.12)

    def test_too_few_groups(self):
        two = cells(company=["A", "B"], n_complaints=[1, 2], exposure=[9.0, 9.0])
        assert "it takes 3" in complaints.shrunken_rates(two).estimates[0].reason
        none = cells(company=["A", "B", "C"], n_complaints=[0, 0, 0], exposure=[9.0] * 3)
        assert "no complaints" in complaints.shrunken_rates(none).estimates[0].reason
        assert "no complaints" in complaints.funnel(none).estimates[0].reason

    def test_published_funnel_limits(self):
        # exact as FunnelPlotR draws them; interpolated as in Spiegelhalter 2005
        low, high = complaints.exact_limits(np.array([15.0, 30.0]), 0.95)
        assert low == pytest.approx([0.5597, 0.6747], abs=5e-5)
        assert high == pytest.approx([1.6493, 1.4276], abs=5e-5)
        low, high = complaints.interpolated_limits(np.array([15.0, 30.0]), 0.95)
        assert low == pytest.approx([0.4907, 0.6411], abs=5e-5)
        assert high == pytest.approx([1.5055, 1.3572], abs=5e-5)

    def test_overdispersion_widens(self):
        rng = np.random.default_rng(6)
        size = rng.uniform(5000, 50000, 40)
        y = rng.poisson(0.004 * size * rng.gamma(10, 0.1, 40))
        counts = cells(company=[f"f{i:02}" for i in range(40)], n_complaints=y, exposure=size)
        outside = {}
        for kind in ("none", "additive", "multiplicative"):
            plot = complaints.funnel(counts, overdispersion=kind)
            outside[kind] = (plot.frame["outside"] > 0).sum()
            assert set(plot.limits["level"]) == {0.95, 0.998}
            assert (plot.limits["low"] <= 1).all()
            assert kind in plot.drawn or kind == "none"
        assert outside["none"] > 8
        assert outside["additive"] <= 5
        # the square root of a gamma of shape 10 varies by about sqrt(.1)/2
        assert plot.tau == pytest.approx(np.sqrt(0.1) / 2, rel=0.4)

    def test_chance_alone_is_inside(self):
        rng = np.random.default_rng(7)
        size = rng.uniform(5000, 50000, 200)
        counts = cells(company=[f"f{i:03}" for i in range(200)], n_complaints=rng.poisson(0.004 * size), exposure=size)
        plot = complaints.funnel(counts)
        assert 0.0 <= (plot.frame["outside"] > 0).mean() <= 0.06
        assert plot.dispersion < 1  # winsorised
        assert plot.tau == 0

    def test_bad_input(self):
        counts = cells(company=["A", "B"], n_complaints=[1, 2], exposure=[9.0, 9.0])
        with pytest.raises(EstimationError, match="none of none"):
            complaints.funnel(counts, overdispersion="some")
        with pytest.raises(EstimationError, match="numbers between"):
            complaints.funnel(counts, level=(95,))
        with pytest.raises(EstimationError, match="winsorise"):
            complaints.funnel(counts, winsorise=0.5)


class TestSilence:
    share = Estimate("complainer_share", "", "share", 0.02, 0.018, 0.022, 9000, "Wilson", {"company": "A"})

    def test_published_figures(self):
        shares = {one["name"]: (one["low"], one["high"]) for one in complaints.published_shares()}
        assert shares["ski_2012"] == pytest.approx((10 / 13, 10 / 13))
        assert shares["ski_2013"] == pytest.approx((12 / 18, 12 / 18))
        assert shares["tarp_small_headquarters"] == (0.04, 0.04)
        assert all(one["source"] for one in complaints.published_shares())

    def test_arithmetic(self):
        result = complaints.silent_share(self.share, (0.5, 0.8))
        own = result.estimates[0]
        assert (own.ci_low, own.ci_high) == pytest.approx((0.018 / 0.8 - 0.018, 0.022 / 0.5 - 0.022))
        assert own.by == (("company", "A"),)
        ski = next(one for one in result.estimates if dict(one.by).get("scenario") == "ski_2012")
        assert ski.estimate == pytest.approx(0.02 * 0.3)
        assert unique(result.estimates)
        assert len(result.frame) == 1 + len(complaints.published_shares())

    def test_more_unhappy_than_customers_is_no_answer(self):
        loud = Estimate("complainer_share", "", "share", 0.3, 0.28, 0.32, 900, "Wilson")
        result = complaints.silent_share(loud, (0.1, 0.2))
        assert "than there are" in result.estimates[0].reason
        assert not result.frame.iloc[0]["possible"]

    def test_no_share_no_silence(self):
        none = complaints.complainer_shares(
            CountTable(pd.DataFrame(), {}, (), "customers", True, reason="nothing")
        ).overall
        result = complaints.silent_share(none, (0.1, 0.2))
        assert {one.reason for one in result.estimates} == {"nothing"}
        assert result.frame.empty

    def test_bad_shares(self):
        for bad in ((0, 0.5), (0.6, 0.5), (0.5, 1.2)):
            with pytest.raises(EstimationError, match="share_that_complains"):
                complaints.silent_share(self.share, bad)

    @given(st.floats(0.001, 0.2), st.floats(0.3, 1), st.floats(0.3, 1))
    @settings(max_examples=40, deadline=None)
    def test_fewer_who_complain_means_more_who_are_silent(self, share, a, b):
        low, high = sorted((a, b))
        one = Estimate("complainer_share", "", "share", share, share * 0.9, share * 1.1, 900, "")
        many = complaints.silent_share(one, (low, low)).estimates[0]
        few = complaints.silent_share(one, (high, high)).estimates[0]
        assert few.estimate <= many.estimate + 1e-12


def test_simulated_rate_is_covered():
    """The headline: the overall rate of nine firms in three countries, from tables as they are stored."""
    rng = np.random.default_rng(8)
    months = pd.date_range("2023-01-01", periods=13, freq="MS")
    rows = [
        (f"f{i}", country, None, months[m], months[m + 1], 500)
        for i in range(9) for country in ("SE", "NO", "IS") for m in range(12)
    ]  # fmt: skip
    table, rate, hits = exposure(*rows), 0.002, 0
    assert stats.poisson.mean(rate * 500 * len(rows)) > 300
    for _ in range(20):
        n = rng.poisson(rate * 500, len(rows))
        drawn = [
            (row[0], row[1], "email", row[3] + pd.Timedelta(days=float(rng.uniform(0, 28))), f"s{k}.{j}")
            for k, (row, many) in enumerate(zip(rows, n, strict=True)) for j in range(many)
        ]  # fmt: skip
        counts = complaint_counts(said(*drawn), table)
        assert counts.n_unmatched == 0
        one = complaints.complaint_rates(counts).overall
        hits += one.ci_low <= 2 <= one.ci_high
    assert hits >= 17


@pytest.fixture(scope="module")
def market() -> tuple[pd.DataFrame, pd.DataFrame]:
    from scsr.analysis.simulate import simulate

    drawn = simulate(seed=5, scale=0.1, text=False)
    return drawn.utterances, drawn.exposure


class TestSummary:
    def test_only_what_the_exposure_states_tells_rates_apart(self, market):
        assert summary.stated_categories(market[1], ("company", "country", "channel")) == ("company", "country")
        assert summary.stated_categories(schema.empty("exposure"), ("company",)) == ()

    def test_terms_with_one_value_are_no_terms(self, market):
        utterances, exposed = (table[table["country"] == "SE"] for table in market)
        counts = complaint_counts(utterances, exposed, by=("company", "country"))
        assert summary.varying_terms(counts) == ("company",)

    def test_the_account_holds_every_complaint(self, market):
        utterances, exposed = market
        early = exposed[exposed["period_start"] < "2023-01-01"]
        table = summary.account(complaint_counts(utterances, early)).set_index("what")["complaints"]
        assert table["counted against exposure"] > 0
        assert table["left out: outside of the exposure given"] > 0
        left_out = table[table.index.str.startswith(("counted", "left out"))]
        assert left_out.sum() == (utterances["kind"] == "complaint").sum()

    def test_the_model_is_said_with_family_and_reason(self, market):
        counts = complaint_counts(*market, by=("company", "country"), freq="month")
        model = complaints.rate_regression(counts, terms=("company", "country"))
        table = summary.model_summary(model).set_index("item")["value"]
        assert table["family"] == model.family
        assert table["why"] == model.why
        assert all(level in table["reference levels"] for level in model.reference.values())
        nothing = complaints.rate_regression(complaint_counts(market[0], schema.empty("exposure")), terms=("company",))
        assert summary.model_summary(nothing).empty

    def test_months_are_rates_of_all_groups_together(self, market):
        counts = complaint_counts(*market, by=("company",), freq="month")
        months = summary.rate_months(counts)
        assert len(months) == 24
        first = counts.frame[counts.frame["period"] == counts.frame["period"].min()]
        assert months["estimate"].iloc[0] == pytest.approx(1000 * first["n_complaints"].sum() / first["exposure"].sum())
        assert (months["ci_low"] < months["estimate"]).all()
        assert summary.rate_months(complaint_counts(market[0], schema.empty("exposure"), freq="month")).empty

    def test_channels_count_complaints_and_people(self, market):
        table = summary.channel_table(market[0])
        assert table["complaints"].sum() == (market[0]["kind"] == "complaint").sum()
        assert (table["n"] <= table["complaints"]).all()
        assert table["sector"].is_monotonic_increasing


def test_repeats_that_follow_a_shock_count_with_it():
    """Ten people set off in one month who each complain again in another: more alike than either measure says."""
    from scsr.analysis.complaints.clusters import dependence

    shared = {"n_complaints": 20, "n_squared": 40, "n_squared_month": 20, "n_complainers": 10, "n_without_speaker": 0}
    calm, _ = dependence({**shared, "n_person_months": 20, "month_dispersion": 1.0})
    shaken, why = dependence({**shared, "n_person_months": 20, "month_dispersion": 1.5})
    within, _ = dependence({**shared, "n_squared_month": 40, "n_person_months": 10, "month_dispersion": 1.5})
    assert (calm, shaken, within) == (2.0, 2.0 + 0.5 * 4, 2.0)
    assert why == "people who repeat and months that differ more than chance"
    assert dependence({"n_complaints": 0, "n_squared": 0}) == (1.0, "")
