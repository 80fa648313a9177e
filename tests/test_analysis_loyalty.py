"""Response times and loyalty: published numbers, independent implementations, known truth, refusals."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scsr import schema
from scsr.analysis import loyalty
from scsr.analysis.loyalty.curves import order_statistics, restricted_mean
from scsr.analysis.loyalty.episodes import grid, link, split
from scsr.analysis.loyalty.fit import fit_hazard, piecewise_exponential
from scsr.analysis.loyalty.surge import holm
from scsr.analysis.simulate import Simulated, simulate
from scsr.errors import EstimationError

START = pd.Timestamp("2022-01-01", tz="UTC")
# Freireich et al. (1963), weeks in remission; a plus is censored
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"


def make_cases(hours: list[float], answered: list[bool], **columns: object) -> pd.DataFrame:
    """Cases that waited so many hours."""
    wait = pd.to_timedelta(pd.Series(hours, dtype=float), unit="h")
    opened = pd.Series(START, index=range(len(hours)))
    yes = pd.Series(answered, dtype=bool)
    frame = pd.DataFrame(
        {
            "case_id": [f"u{i}" for i in range(len(hours))],
            "conversation_id": "k",
            "speaker_id": [f"c{i}" for i in range(len(hours))],
            "company": "Ekonet",
            "language": "sv",
            "opened_at": opened,
            "first_response_at": (opened + wait).where(yes),
            "first_response_h": pd.Series(hours, dtype=float).where(yes),
            "answered": yes,
            "date_precision": "minute",
            "n_turns": 1,
            "observed_until": (opened + wait).where(~yes, START + pd.Timedelta(days=400)),
            "sampling": "complete",
        }
        | columns
    )
    return schema.conform(frame, "cases")


def weeks(text: str) -> tuple[list[float], list[bool]]:
    words = text.split()
    return [float(word.rstrip("+")) for word in words], [not word.endswith("+") for word in words]


@pytest.fixture(scope="module")
def freireich() -> pd.DataFrame:
    (a, a_seen), (b, b_seen) = weeks(PLACEBO), weeks(TREATED)
    return make_cases(a + b, a_seen + b_seen, channel=["email"] * len(a) + ["phone"] * len(b))


@pytest.fixture(scope="module")
def market() -> Simulated:
    return simulate(seed=11, text=False)


@pytest.fixture(scope="module")
def model(market: Simulated) -> loyalty.LoyaltyModel:
    return loyalty.loyalty_on_response(market.cases, market.outcomes)


def named(estimates: tuple, name: str, **by: str):
    found = [one for one in estimates if one.name == name and dict(one.by) == by]
    assert len(found) == 1
    return found[0]


# time to first response


def test_medians_of_freireich(freireich: pd.DataFrame) -> None:
    """Published: 8 weeks on placebo, 23 on 6-mercaptopurine (Freireich et al. 1963, Blood 21)."""
    times = loyalty.first_response(freireich, "channel")
    assert named(times.estimates, "first_response_median_h", channel="email").estimate == 8
    assert named(times.estimates, "first_response_median_h", channel="phone").estimate == 23


def test_log_rank_of_freireich(freireich: pd.DataFrame) -> None:
    """Published: chi-squared 16.79 on 1 degree of freedom."""
    compared = loyalty.response_groups(freireich, "channel", tau_h=35)
    assert compared.statistic == pytest.approx(16.79, abs=0.01)
    assert compared.degrees_of_freedom == 1
    assert compared.p_value == pytest.approx(4.17e-5, rel=0.01)
    treated, placebo = (named(compared.estimates, "first_response_mean_h", channel=c) for c in ("phone", "email"))
    assert placebo.estimate == pytest.approx(8.667, abs=0.001)  # all had relapsed by 23 weeks: a plain mean
    assert treated.estimate == pytest.approx(23.287, abs=0.001)  # mean up to 35 weeks, as R's survival prints it


def test_a_short_group_does_not_cut_the_others_short(freireich: pd.DataFrame) -> None:
    compared = loyalty.response_groups(freireich, "channel", tau_h=36)
    assert named(compared.estimates, "first_response_mean_h", channel="email").ok
    assert "observed for 35 h at most" in named(compared.estimates, "first_response_mean_h", channel="phone").reason
    few = loyalty.response_groups(freireich.groupby("channel", observed=True).head(3), "channel", tau_h=10)
    assert {one.reason for one in few.estimates} == {"3 cases are too few for a normal interval; it takes 5"}


def test_interval_of_the_median_is_that_of_lifelines(freireich: pd.DataFrame) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    hours, seen = weeks(TREATED)
    expected = median_survival_times(KaplanMeierFitter().fit(hours, seen).confidence_interval_).to_numpy()[0]
    ours = named(loyalty.first_response(freireich, "channel").estimates, "first_response_median_h", channel="phone")
    assert [ours.ci_low, ours.ci_high] == expected.tolist()


def test_the_curve_is_kaplan_meier_by_hand() -> None:
    cases = make_cases([1, 2, 2, 3, 4], [True, True, False, True, False])
    curve = loyalty.first_response(cases).curve.set_index("timeline_h")
    assert curve.loc[1, "share_answered"] == pytest.approx(1 - 4 / 5)
    assert curve.loc[2, "share_answered"] == pytest.approx(1 - 4 / 5 * 3 / 4)
    assert curve.loc[3, "share_answered"] == pytest.approx(1 - 4 / 5 * 3 / 4 * 1 / 2)
    assert curve.loc[3, "n_at_risk"] == 2
    assert (curve["ci_low"] <= curve["share_answered"]).all()
    assert (curve["share_answered"] <= curve["ci_high"]).all()


def test_milestones_read_the_curve(market: Simulated) -> None:
    times = loyalty.first_response(market.cases)
    row = times.milestones.set_index("timeline_h").loc[24.0]
    kept = loyalty.promise_kept(market.cases, hours=24).estimates[0]
    assert row["share_answered"] == pytest.approx(kept.estimate)
    waiting = (market.cases["first_response_h"].fillna(math.inf) >= 24).sum()
    # those censored before 24 h are no longer at risk
    assert waiting - 40 <= row["n_at_risk"] <= waiting


def test_a_source_sampled_on_replies_gives_times_among_the_answered() -> None:
    hours = np.random.default_rng(0).lognormal(1, 1, 101)
    cases = make_cases([*hours, 900.0], [True] * 101 + [False], sampling="replies")
    times = loyalty.first_response(cases)
    median = named(times.estimates, "first_response_median_h")
    assert times.conditional
    assert "among answered openings" in median.estimand
    assert median.estimate == pytest.approx(float(pd.Series(hours).median()))
    assert median.n == 101
    share = loyalty.answered_share(cases).estimates[0]
    assert not share.ok
    assert "sampled on having a reply" in share.reason
    kept = loyalty.promise_kept(cases, hours=3).estimates[0]
    assert kept.estimate == pytest.approx((hours <= 3).mean())


def test_unknown_sampling_is_an_assumption() -> None:
    cases = make_cases([1, 2, 3], [True, True, True], sampling=None)
    assert any(
        "does not say how it was sampled" in note for note in loyalty.answered_share(cases).estimates[0].assumptions
    )
    assert any("does not say" in note for note in loyalty.first_response(cases).estimates[0].assumptions)


def test_months_are_left_out_and_counted() -> None:
    cases = make_cases([1, 2, 3, 24], [True] * 4, date_precision=["minute", "second", "minute", "month"])
    times = loyalty.first_response(cases)
    assert times.n_excluded["time known only to the month or coarser"] == 1
    assert named(times.estimates, "first_response_median_h").n == 3
    months = loyalty.first_response(make_cases([24.0], [True], date_precision="month"))
    assert not months.estimates[0].ok
    assert "only to the month" in months.estimates[0].reason


def test_never_half_answered_is_not_estimable_but_the_quarter_is() -> None:
    cases = make_cases([1, 2, 3, 50, 50, 50, 50, 50, 50, 50], [True] * 3 + [False] * 7)
    times = loyalty.first_response(cases)
    assert named(times.estimates, "first_response_q25_h").estimate == 3
    median = named(times.estimates, "first_response_median_h")
    assert median.reason == "only 30% were answered within the observation of at most 50 h"


def test_negative_wait_is_refused_with_its_case() -> None:
    cases = make_cases([1, 2], [True, True])
    cases.loc[1, ["first_response_h", "first_response_at"]] = [-3.0, START - pd.Timedelta(hours=3)]
    with pytest.raises(EstimationError, match=r"case u1: the wait of -3 h is negative"):
        loyalty.first_response(cases)


@pytest.mark.parametrize("cases", [schema.empty("cases"), make_cases([5.0], [False])])
def test_nothing_answered_gives_reasons(cases: pd.DataFrame) -> None:
    for one in loyalty.first_response(cases).estimates:
        assert one.reason
    compared = loyalty.response_groups(cases, "company")
    assert compared.p_value is None
    assert loyalty.promise_kept(cases, hours=24).estimates[0].reason
    assert len(loyalty.first_response(cases).curve.columns) == 5


def test_columns_levels_and_hours_are_checked(freireich: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="needs column 'answered'"):
        loyalty.first_response(freireich.drop(columns="answered"))
    with pytest.raises(EstimationError, match="not between 0 and 1"):
        loyalty.first_response(freireich, level=95)
    with pytest.raises(EstimationError, match="above 0"):
        loyalty.promise_kept(freireich, hours=0)
    with pytest.raises(EstimationError, match="at least one column"):
        loyalty.response_groups(freireich, ())
    with pytest.raises(EstimationError, match="tau_h"):
        loyalty.response_groups(freireich, "channel", tau_h=-1)


waiting = st.lists(st.tuples(st.floats(0, 1e4, allow_subnormal=False), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=20, deadline=None)
@given(waiting, st.sampled_from(["complete", "replies"]), st.randoms(use_true_random=False))
def test_times_are_ordered_finite_and_do_not_depend_on_row_order(rows: list, sampling: str, random) -> None:
    times = loyalty.first_response(make_cases(*map(list, zip(*rows, strict=True)), sampling=sampling))
    shuffled = rows.copy()
    random.shuffle(shuffled)
    again = loyalty.first_response(make_cases(*map(list, zip(*shuffled, strict=True)), sampling=sampling))
    assert [one.estimate for one in times.estimates] == [one.estimate for one in again.estimates]
    found = [one.estimate for one in times.estimates if one.ok]
    assert found == sorted(found)
    assert not times.curve[["share_answered", "ci_low", "ci_high"]].isna().any(axis=None)
    kept = loyalty.promise_kept(
        make_cases(*map(list, zip(*rows, strict=True)), sampling=sampling), hours=100
    ).estimates[0]
    assert kept.reason or 0 <= kept.ci_low <= kept.ci_high <= 1


# shares


def test_answered_share_is_wilson() -> None:
    """Wilson's interval of 15 of 20: .5313 to .8881 (worked by the formula of Wilson 1927)."""
    share = loyalty.answered_share(make_cases([1.0] * 20, [True] * 15 + [False] * 5)).estimates[0]
    assert (share.ci_low, share.ci_high) == (pytest.approx(0.5313, abs=5e-4), pytest.approx(0.8881, abs=5e-4))


def test_promise_censors_the_shortly_observed() -> None:
    cases = make_cases([1, 10, 30, 5], [True, False, False, True])
    kept = loyalty.promise_kept(cases, hours=24).estimates[0]
    assert kept.estimate == pytest.approx(0.5)
    short = make_cases([1, 10], [True, False])
    assert "observed for 24 h" in loyalty.promise_kept(short, hours=24).estimates[0].reason


@pytest.mark.parametrize(("answered", "expected"), [(True, (0.6915, 1.0)), (False, (0.0, 0.3085))])
def test_promise_always_or_never_kept_has_an_exact_interval(answered: bool, expected: tuple[float, float]) -> None:
    hours = [1.0] * 10 if answered else [100.0] * 10
    kept = loyalty.promise_kept(make_cases(hours, [answered] * 10), hours=24).estimates[0]
    assert (kept.ci_low, kept.ci_high) == (pytest.approx(expected[0], abs=1e-4), pytest.approx(expected[1], abs=1e-4))


def test_order_statistic_interval_covers() -> None:
    rng = np.random.default_rng(3)
    truth = math.log(2)
    covered = [
        low <= truth <= high
        for _, low, high in (order_statistics(rng.exponential(size=25), 0.5, 0.95) for _ in range(1000))
    ]
    assert np.mean(covered) >= 0.94


def test_restricted_mean_without_censoring_is_the_mean() -> None:
    hours = np.random.default_rng(4).exponential(10, 500)
    mean, error = restricted_mean(hours, np.ones(500, dtype=bool), 1e9)
    assert mean == pytest.approx(hours.mean())
    assert error == pytest.approx(hours.std() / math.sqrt(500), rel=1e-6)


def test_restricted_mean_is_that_of_lifelines(market: Simulated) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    cases = market.cases
    hours = cases["first_response_h"].fillna((cases["observed_until"] - cases["opened_at"]).dt.total_seconds() / 3600)
    seen = cases["answered"].to_numpy(bool)
    fitter = KaplanMeierFitter().fit(hours, seen)
    assert restricted_mean(hours.to_numpy(float), seen, 168.0)[0] == pytest.approx(
        restricted_mean_survival_time(fitter, 168.0)
    )


def test_response_truth_is_recovered(market: Simulated) -> None:
    truth = market.truth["expected"]
    median = named(loyalty.first_response(market.cases).estimates, "first_response_median_h")
    assert median.ci_low <= truth["first_response_median_h"] <= median.ci_high
    kept = loyalty.promise_kept(market.cases).estimates[0]
    assert kept.ci_low <= truth["promise_kept_share"] <= kept.ci_high
    share = loyalty.answered_share(market.cases).estimates[0]
    assert share.ci_low <= truth["answered_share"] <= share.ci_high
    firms = loyalty.first_response(market.cases, "company").estimates
    hits = 0
    for firm, expected in truth["first_response_median_h_by_company"].items():
        one = named(firms, "first_response_median_h", company=firm)
        hits += one.ci_low <= expected <= one.ci_high
    assert hits >= 7


# loyalty on response


def test_rossi_recidivism() -> None:
    """Cox: fin −0.3794, SE 0.1914 (Rossi, Berk & Lenihan 1980; Fox 2002). Grouped weeks come close."""
    from lifelines.datasets import load_rossi

    data = load_rossi()
    episodes = pd.DataFrame(
        {"entry": 0.0, "exit": data["week"].astype(float), "event": data["arrest"] == 1, "answer": math.inf}
    )
    pieces = split(episodes, np.arange(1.0, 53.0))
    row = pieces["row"].to_numpy()
    event = pieces["event"].to_numpy(float)
    covariates = data[["fin", "age", "race", "wexp", "mar", "paro", "prio"]].to_numpy(float)[row]
    period = pieces["period"].to_numpy()
    kept = np.isin(period, period[event == 1])  # weeks without an arrest say nothing about the coefficients
    coefficients, covariance = piecewise_exponential(
        covariates[kept], period[kept], event[kept], np.zeros(kept.sum()), row[kept]
    )
    assert coefficients[0] == pytest.approx(-0.3794, abs=0.005)
    assert math.sqrt(covariance[0, 0]) == pytest.approx(0.1914, abs=0.01)


def test_the_fit_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    n = 3000
    covariates, period, cluster = rng.normal(size=(n, 2)), rng.integers(4, size=n), rng.integers(900, size=n)
    offset = np.log(rng.uniform(0.01, 1, n))
    hazard = np.exp(covariates @ [0.5, -0.3] - 1 + 0.2 * period + offset)
    event = rng.poisson(hazard).clip(max=1).astype(float)
    ours, covariance = piecewise_exponential(covariates, period, event, offset, cluster)
    design = np.column_stack([covariates, period[:, None] == np.arange(4)]).astype(float)
    family = sm.families.Poisson()
    fitted = sm.GLM(event, design, family=family, offset=offset).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    np.testing.assert_allclose(ours, fitted.params[:2], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), fitted.bse[:2], rtol=0.005)  # leverage makes ours larger


def test_stanford_heart_transplants() -> None:
    """Time-varying Cox adjusted for year and surgery: age 0.0272, transplant −0.0103 (Crowley & Hu 1977 data)."""
    from lifelines.datasets import load_stanford_heart_transplants

    data = load_stanford_heart_transplants().sort_values(["id", "start"])
    person = data.groupby("id")
    episodes = pd.DataFrame(
        {
            "entry": 0.0,
            "exit": person["stop"].max().astype(float),
            "event": person["event"].max() == 1,
            "answer": data[data["transplant"] == 1]
            .groupby("id")["start"]
            .min()
            .reindex(person.size().index)
            .fillna(math.inf),
        }
    ).reset_index(drop=True)
    first = person[["age", "year", "surgery"]].first().to_numpy(float)
    ends = np.unique(episodes["exit"][episodes["event"]])
    pieces = split(episodes, ends)
    # Cox compares at the instants of death: keep the piece that ends there
    pieces = pieces[np.isin(pieces["stop"], ends)]
    row = pieces["row"].to_numpy()
    covariates = np.column_stack([pieces["answered"].to_numpy(float), first[row]])
    event = pieces["event"].to_numpy(float)
    coefficients, _ = piecewise_exponential(covariates, pieces["stop"].to_numpy(), event, np.zeros(len(row)), row)
    assert coefficients[0] == pytest.approx(-0.0103, abs=0.03)
    assert coefficients[1] == pytest.approx(0.0272, abs=0.002)


def test_agrees_with_the_time_varying_cox_model_of_lifelines(market: Simulated, model: loyalty.LoyaltyModel) -> None:
    from lifelines import CoxTimeVaryingFitter

    episodes = link(market.cases, market.outcomes, "churn").episodes
    pieces = split(episodes, np.array([1e6]))
    covariates = pd.get_dummies(episodes[["severity", "urgent", "channel", "company"]], drop_first=True).astype(float)
    covariates = covariates.drop(columns=["urgent_not stated"])
    table = pd.concat(
        [pieces[["row", "start", "stop", "event"]], covariates.iloc[pieces["row"]].reset_index(drop=True)], axis=1
    )
    table["answered"] = pieces["answered"].astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines warns of pandas' habits, not of the fit
        cox = CoxTimeVaryingFitter().fit(table, id_col="row", start_col="start", stop_col="stop", event_col="event")
    ours = model.estimates[0]
    assert ours.extra["log_ratio"] == pytest.approx(cox.params_["answered"], abs=0.02)
    assert ours.extra["standard_error"] == pytest.approx(cox.standard_errors_["answered"], rel=0.06)


def test_loyalty_truth_is_recovered(market: Simulated, model: loyalty.LoyaltyModel) -> None:
    ratio = named(model.estimates, "loyalty_hazard_ratio")
    assert ratio.ci_low <= market.truth["expected"]["loyalty_hazard_ratio"] <= ratio.ci_high
    assert "association" in ratio.estimand
    speed = loyalty.speed_effect(market.cases, market.outcomes)
    assert speed.ci_low <= market.truth["expected"]["speed_hazard_ratio"] <= speed.ci_high
    urgent = model.coefficients.set_index(["term", "level"]).loc[("urgent", "True")]
    assert urgent["ci_low"] <= 1.2 <= urgent["ci_high"]
    assert model.n_events == model.periods["n_events"].sum()
    assert model.n_cases == model.periods["n_cases"].max()


def test_coverage_of_the_hazard_ratio_in_short() -> None:
    covered, errors = [], []
    for seed in range(20):
        small = simulate(seed=100 + seed, scale=0.4, text=False)
        episodes = link(small.cases, small.outcomes, "churn").episodes
        pieces = split(episodes, grid("month", float(episodes["exit"].max())))
        fit = fit_hazard(episodes, pieces, pieces["answered"].to_numpy(bool), "answered")
        error = (fit.coefficients[0] - math.log(0.6)) / fit.errors[0]
        covered.append(abs(error) < 1.96)
        errors.append(error)
    assert sum(covered) >= 16  # binomial: of 20 draws at 95 %, below 16 once in 400
    assert abs(np.mean(errors)) < 0.6


def test_immortal_time_fools_the_naive_comparison_only() -> None:
    """No effect at all, slow answers, none after leaving: waiting time without churn is credited to the answer."""
    slow = {"email": 200.0, "phone": 200.0, "chat": 200.0, "facebook": 200.0, "twitter": 200.0, "forum": 200.0}
    trap = simulate(
        seed=8, text=False, loyalty_hazard_ratio=1.0, speed_hazard_ratio=1.0, answered_after_churn=0.0,
        channel_response_ratio=slow, n_surges=0,
    )  # fmt: skip
    model = loyalty.loyalty_on_response(trap.cases, trap.outcomes)
    right, naive = (named(model.estimates, f"loyalty_hazard_ratio{which}") for which in ("", "_naive"))
    assert right.ci_low <= 1 <= right.ci_high
    assert naive.ci_high < 0.9
    assert "immortal" in naive.estimand


def test_without_confounders_adjusted_for_the_answer_looks_worse(
    market: Simulated, model: loyalty.LoyaltyModel
) -> None:
    plain = market.cases.assign(severity=None, urgent=None, channel=None)
    rough = loyalty.loyalty_on_response(plain, market.outcomes).estimates[0]
    assert rough.ok
    assert rough.estimate != model.estimates[0].estimate


def test_every_episode_is_cut_without_loss(market: Simulated) -> None:
    episodes = link(market.cases, market.outcomes, "churn").episodes
    pieces = split(episodes, grid(30, float(episodes["exit"].max())))
    length = (pieces["stop"] - pieces["start"]).groupby(pieces["row"]).sum()
    np.testing.assert_allclose(length, episodes["exit"] - episodes["entry"])
    assert (pieces["stop"] > pieces["start"]).all()
    assert pieces["event"].sum() == episodes["event"].sum()
    answered = (pieces["start"] >= episodes["answer"].to_numpy()[pieces["row"]]).to_numpy()
    assert (answered == pieces["answered"].to_numpy()).all()


def outcome_rows(n: int, churn_days: dict[int, float], **columns: object) -> pd.DataFrame:
    at = [START + pd.Timedelta(days=churn_days[i]) if i in churn_days else pd.NaT for i in range(n)]
    frame = pd.DataFrame(
        {
            "speaker_id": [f"c{i}" for i in range(n)],
            "company": "Ekonet",
            "at": at,
            "outcome": "churn",
            "value": [1.0 if i in churn_days else 0.0 for i in range(n)],
            "observed_from": START,
            "observed_until": START + pd.Timedelta(days=300),
        }
        | columns
    )
    return schema.conform(frame, "outcomes")


HALF = [i % 2 == 0 for i in range(60)]


@pytest.mark.parametrize(
    ("answered", "outcomes", "outcome", "reason"),
    [
        (HALF, schema.empty("outcomes"), "churn", "hold no outcome"),
        (HALF, outcome_rows(60, {}, speaker_id="x"), "churn", "could be linked"),
        (HALF, outcome_rows(60, {}), "churn", "none of the 60 linked cases was followed"),
        (HALF, outcome_rows(60, {1: 9.0, 2: 9.0}), "churn", "only 2 of the linked cases"),
        ([False] * 60, outcome_rows(60, {i: 20.0 + i for i in range(20)}), "churn", "no time at risk answered"),
        (
            HALF,
            outcome_rows(60, {i: 20.0 + i for i in range(0, 40, 2)}),
            "churn",
            "no event fell into the time not answered",
        ),
        (
            HALF,
            outcome_rows(60, {i: 20.0 + i for i in range(1, 40, 2)}),
            "churn",
            "no event fell into the time answered",
        ),
        (HALF, outcome_rows(60, {1: 9.0}), "csat", "is a score"),
    ],
)
def test_loyalty_is_refused_with_the_reason(
    answered: list[bool], outcomes: pd.DataFrame, outcome: str, reason: str
) -> None:
    cases = make_cases([2.0] * 60, answered)
    model = loyalty.loyalty_on_response(cases, outcomes, outcome)
    assert not model.estimates[0].ok
    assert reason in model.estimates[0].reason
    assert not loyalty.speed_effect(cases, outcomes, outcome).ok


def test_all_answered_at_once_has_no_comparison() -> None:
    cases = make_cases([0.0] * 60, [True] * 60)
    outcomes = outcome_rows(60, {i: 20.0 + i for i in range(20)})
    model = loyalty.loyalty_on_response(cases, outcomes)
    assert "no time at risk not answered" in model.estimates[0].reason
    assert loyalty.speed_effect(cases, outcomes).reason == "all answers took the same time"


def test_an_outcome_without_company_counts_for_every_firm() -> None:
    cases = make_cases([2.0] * 4, [True] * 4)
    linked = link(cases, outcome_rows(4, {1: 50.0}, company=[None, None, "Ekonet", "Fjelltel"]), "churn")
    assert len(linked.episodes) == 3
    assert linked.n_dropped["the customer has no such outcome row"] == 1
    assert linked.episodes["event"].sum() == 1


def test_the_next_case_ends_the_follow_up_of_the_one_before() -> None:
    cases = make_cases([2.0, 2.0], [True, True], speaker_id="c0")
    cases["opened_at"] = [START, START + pd.Timedelta(days=10)]
    cases["first_response_at"] = cases["opened_at"] + pd.Timedelta(hours=2)
    episodes = link(cases, outcome_rows(1, {0: 25.0}), "churn").episodes
    assert episodes["exit"].tolist() == [10.0, 15.0]
    assert episodes["event"].tolist() == [False, True]


def test_contradicting_times_are_errors() -> None:
    cases = make_cases([2.0, 2.0], [True, True])
    cases["first_response_at"] = START - pd.Timedelta(days=1)
    with pytest.raises(EstimationError, match="the answer is before the opening"):
        loyalty.loyalty_on_response(cases, outcome_rows(2, {}))
    backwards = outcome_rows(2, {}, observed_until=START - pd.Timedelta(days=1))
    with pytest.raises(EstimationError, match="observed_until is before observed_from"):
        loyalty.loyalty_on_response(make_cases([2.0], [True]), backwards)
    with pytest.raises(EstimationError, match="interval 'week'"):
        loyalty.loyalty_on_response(make_cases([2.0], [True]), schema.empty("outcomes"), interval="week")
    with pytest.raises(EstimationError, match="landmark_days"):
        loyalty.loyalty_on_response(make_cases([2.0], [True]), schema.empty("outcomes"), landmark_days=0)


# the recovery paradox


def test_recovery_needs_a_no_failure_group() -> None:
    cases = make_cases([2.0] * 10, [True] * 10)
    compared = loyalty.recovery_paradox(cases, outcome_rows(10, {0: 50.0}))
    assert "no-failure group" in compared.estimates[0].reason
    lonely = loyalty.recovery_paradox(schema.empty("cases"), outcome_rows(10, {0: 50.0}))
    assert "no customer with a case answered in time" in lonely.estimates[0].reason


def test_recovery_difference_is_newcombe() -> None:
    """Newcombe (1998), table II (a): 56/70 − 48/80, interval .0524 to .3339 by method 10."""
    churned = dict.fromkeys(range(56), 50.0) | dict.fromkeys(range(70, 118), 50.0)
    cases = make_cases([2.0] * 70, [True] * 70)
    compared = loyalty.recovery_paradox(cases, outcome_rows(150, churned))
    one = named(compared.estimates, "recovery_paradox_difference")
    assert one.estimate == pytest.approx(0.2)
    assert (one.ci_low, one.ci_high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))
    assert compared.table.set_index("group")["n"].to_dict() == {"answered in time": 70, "no case": 80}


def test_recovery_in_the_simulated_market(market: Simulated) -> None:
    compared = loyalty.recovery_paradox(market.cases, market.outcomes)
    share = {dict(one.by)["group"]: one for one in compared.estimates if one.name == "outcome_share"}
    assert share["answered in time"].estimate < share["not answered in time"].estimate
    # in this market a failure costs more than any answer gives back
    assert named(compared.estimates, "recovery_paradox_difference_by_company").ci_low > -0.005
    paradise = simulate(seed=2, text=False, failure_hazard_ratio=((float("inf"), 1.0),), loyalty_hazard_ratio=0.3)
    better = loyalty.recovery_paradox(paradise.cases, paradise.outcomes)
    assert named(better.estimates, "recovery_paradox_difference_by_company").ci_high < 0


def test_recovery_by_score(market: Simulated) -> None:
    compared = loyalty.recovery_paradox(market.cases, market.outcomes, "csat")
    one = compared.estimates[0]
    assert one.name == "recovery_paradox_score_difference"
    assert one.ci_high < 0
    nobody = loyalty.recovery_paradox(market.cases, market.outcomes, "nps")
    assert "fewer than 2" in nobody.estimates[0].reason
    with pytest.raises(EstimationError, match="must be above 0"):
        loyalty.recovery_paradox(market.cases, market.outcomes, within_h=0)


# surges


def test_surges_are_found_and_no_others(market: Simulated) -> None:
    found = loyalty.surges(market.cases)
    days = {(str(row.day.date()), row.company, row.country) for row in found.table.itertuples()}
    put_in = {(one["day"], one["company"], one["country"]) for one in market.truth["realised"]["surges"]}
    assert days == put_in
    ratio = found.estimates[0]
    assert ratio.ci_low <= 4 <= ratio.ci_high * 1.3
    quiet = simulate(seed=12, text=False, n_surges=0)
    assert len(loyalty.surges(quiet.cases).table) <= 1
    assert not loyalty.surges(quiet.cases, by="company", alpha=1e-9).estimates[0].ok


def test_surges_of_nothing_and_bad_parameters(market: Simulated) -> None:
    assert not loyalty.surges(schema.empty("cases")).estimates[0].ok
    with pytest.raises(EstimationError, match="window_days"):
        loyalty.surges(market.cases, window_days=1)
    one_day = loyalty.surges(market.cases.head(1))
    assert len(one_day.table) == 0


def test_holm_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.real_data
def test_twitter_slice_agrees_with_pandas(real_data) -> None:
    path = real_data / "twcs_slice.csv"
    if not path.exists():
        pytest.skip(f"no {path.name}")
    tweets = pd.read_csv(path, dtype={"tweet_id": "string", "in_response_to_tweet_id": "string"})
    at = pd.to_datetime(tweets["created_at"], format="%a %b %d %H:%M:%S %z %Y")
    tweets = tweets.assign(at=at)
    openings = tweets[tweets["inbound"] & tweets["in_response_to_tweet_id"].isna()].set_index("tweet_id")
    answers = tweets[~tweets["inbound"].astype(bool)]
    replies = answers.groupby(answers["in_response_to_tweet_id"].str.removesuffix(".0"))["at"].min()
    hours = ((replies.reindex(openings.index) - openings["at"]).dt.total_seconds() / 3600).dropna()
    cases = make_cases(hours.tolist(), [True] * len(hours), sampling="replies", date_precision="second")
    median = named(loyalty.first_response(cases).estimates, "first_response_median_h")
    assert median.estimate == pytest.approx(float(hours.median()))
    assert stats.binom.cdf((hours < median.ci_low).sum(), len(hours), 0.5) < 0.03


@pytest.mark.real_data
def test_twitter_slice_agrees_with_lifelines_called_directly(real_data) -> None:
    from lifelines import KaplanMeierFitter

    path = real_data / "twcs_slice.csv"
    if not path.exists():
        pytest.skip(f"no {path.name}")
    tweets = pd.read_csv(path, dtype={"tweet_id": "string", "in_response_to_tweet_id": "string"})
    at = pd.to_datetime(tweets["created_at"], format="%a %b %d %H:%M:%S %z %Y")
    parent = tweets["in_response_to_tweet_id"].str.removesuffix(".0")
    opened = at[tweets["inbound"] & parent.isna()].set_axis(tweets["tweet_id"][tweets["inbound"] & parent.isna()])
    answer = at[~tweets["inbound"].astype(bool)].groupby(parent).min().reindex(opened.index)
    hours = ((answer.fillna(at.max()) - opened).dt.total_seconds() / 3600).to_numpy()
    seen = answer.notna().to_numpy()
    keep = hours >= 0
    curve = loyalty.first_response(make_cases(hours[keep].tolist(), seen[keep].tolist())).curve
    fitter = KaplanMeierFitter().fit(hours[keep], seen[keep])
    assert 0 < seen.mean() < 1
    theirs = 1 - fitter.survival_function_at_times(curve["timeline_h"]).to_numpy()
    np.testing.assert_allclose(curve["share_answered"], theirs, atol=1e-9)


def test_data_without_the_outcome_say_so_plainly(freireich: pd.DataFrame) -> None:
    model = loyalty.loyalty_on_response(freireich, schema.empty("outcomes"))
    assert {one.reason for one in model.estimates} == {"these data hold no outcome 'churn'"}


def test_a_file_of_answered_openings_shows_no_surge() -> None:
    cases = simulate(seed=1, scale=0.5, text=False).cases.assign(sampling="replies")
    found = loyalty.surges(cases)
    assert found.table.empty
    assert "how many openings there were" in found.estimates[0].reason
