"""Loyalty on response in depth: published numbers, other implementations, known truth, refusals."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import loyalty
from scsr.analysis.loyalty.cox import cox
from scsr.analysis.loyalty.episodes import grid, link, split
from scsr.analysis.loyalty.fit import clusters, fit_hazard, fold_levels, natural_spline
from scsr.analysis.loyalty.ordinal import proportional_odds
from scsr.analysis.loyalty.scores import each_cut
from scsr.analysis.loyalty.weights import answer_model
from scsr.analysis.simulate import Simulated, simulate
from scsr.errors import EstimationError

Z = 1.96


@pytest.fixture(scope="module")
def market() -> Simulated:
    return simulate(seed=31, scale=0.5, text=False)


@pytest.fixture(scope="module")
def checks(market: Simulated) -> loyalty.Sensitivity:
    return loyalty.sensitivity(market.cases, market.outcomes)


def named(estimates: tuple, name: str, **by: str):
    found = [one for one in estimates if one.name == name and dict(one.by) == by]
    assert len(found) == 1
    return found[0]


# the Cox model


def test_cox_of_rossi() -> None:
    """Fox (2002) from Rossi, Berk & Lenihan (1980): fin −0.3794 (SE 0.1914), log-likelihood −658.75; to the digit."""
    from lifelines.datasets import load_rossi

    data = load_rossi()
    covariates = data[["fin", "age", "race", "wexp", "mar", "paro", "prio"]].to_numpy(float)
    fit = cox(covariates, np.zeros(len(data)), data["week"].to_numpy(float), data["arrest"] == 1, data.index.to_numpy())
    assert fit.coefficients[0] == pytest.approx(-0.3794, abs=5e-5)
    assert math.sqrt(fit.covariance[0, 0]) == pytest.approx(0.1914, abs=5e-5)
    assert fit.log_likelihood == pytest.approx(-658.75, abs=5e-3)


def test_cox_of_stanford_heart_transplants() -> None:
    """Crowley & Hu (1977) data, time-varying, adjusted for year and surgery: age 0.0272, transplant −0.0103."""
    from lifelines.datasets import load_stanford_heart_transplants

    data = load_stanford_heart_transplants()
    covariates = data[["age", "year", "surgery", "transplant"]].to_numpy(float)
    start, stop = (data[name].to_numpy(float) for name in ("start", "stop"))
    fit = cox(covariates, start, stop, data["event"] == 1, data["id"].to_numpy())
    assert fit.coefficients[0] == pytest.approx(0.0272, abs=5e-5)
    assert fit.coefficients[3] == pytest.approx(-0.0103, abs=5e-5)


def test_robust_variance_of_cox_is_that_of_statsmodels_and_lifelines() -> None:
    from lifelines import CoxPHFitter
    from statsmodels.duration.hazard_regression import PHReg

    rng = np.random.default_rng(0)
    n = 300
    covariates = rng.normal(size=(n, 2))
    time, end = rng.exponential(np.exp(-covariates @ [0.5, -0.3])), rng.exponential(2, n)
    event, time = time < end, np.minimum(time, end)
    cluster = rng.integers(0, 60, n)
    ours = cox(covariates, np.zeros(n), time, event, cluster)
    theirs = PHReg(time, covariates, status=event, ties="efron").fit(groups=cluster)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.robust)) / math.sqrt(60 / 59), theirs.bse, rtol=2e-3)
    alone = cox(covariates, np.zeros(n), time, event, np.arange(n))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.DataFrame(covariates, columns=["a", "b"]).assign(t=time, e=event)
        lifelines = CoxPHFitter().fit(frame, "t", "e", robust=True)
    errors = np.sqrt(np.diag(alone.robust)) / math.sqrt(n / (n - 1))
    np.testing.assert_allclose(errors, lifelines.standard_errors_, rtol=1e-3)


def test_cox_refuses_what_is_no_follow_up() -> None:
    one = np.ones(3)
    for stop, event, message in ((one * 0, one > 0, "must stop after"), (one, one < 0, "needs an event")):
        with pytest.raises(EstimationError, match=message):
            cox(one[:, None], np.zeros(3), stop, event, np.arange(3))
    assert np.isnan(cox(one[:, None], np.zeros(3), one, one > 0, np.arange(3)).covariance).all()


# the parts of the models


def test_natural_splines_span_those_of_patsy() -> None:
    from patsy import dmatrix

    rng = np.random.default_rng(1)
    values, knots = rng.uniform(0, 10, 100), np.array([1.0, 3.0, 6.0, 9.0])
    ours = np.column_stack([np.ones(100), natural_spline(values, knots)])
    theirs = np.asarray(
        dmatrix("cr(x, knots=k, lower_bound=1, upper_bound=9)", {"x": values, "k": knots[1:-1]}, return_type="matrix")
    )
    assert np.linalg.matrix_rank(np.column_stack([ours, theirs]), tol=1e-6) == ours.shape[1] == 4


def test_thin_levels_go_together_and_not_to_the_commonest() -> None:
    values = np.array(["a"] * 50 + ["b"] * 4 + ["c"] * 4 + ["d"] * 20, dtype=object)
    folded, levels, note = fold_levels(values, np.ones(78), "channel")
    assert levels == ["a", "d", "other levels"]
    assert set(folded[50:58]) == {"other levels"}
    assert "b, c (under 5 events) counted together" in note
    _, levels, note = fold_levels(values[:54], np.ones(54), "channel")
    assert levels == ["a"]
    assert "counted with a" in note


def test_many_firms_are_the_clusters() -> None:
    few = pd.DataFrame({"company": ["a", "b"] * 50, "customer": [f"c{i}" for i in range(100)]})
    assert clusters(few)[1] == "customer"
    many = few.assign(company=[f"f{i % 45}" for i in range(100)])
    codes, by = clusters(many)
    assert by == "firm"
    assert codes.max() == 44


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10_000))
def test_weights_of_one_change_nothing(scale: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 80
    episodes = pd.DataFrame(
        {"entry": 0.0, "exit": rng.exponential(40, n) + 0.1, "event": rng.random(n) < 0.7,
         "answer": rng.exponential(15, n), "customer": np.arange(n).astype(str)}
        | {name: rng.choice(["x", "y"], n).astype(object) for name in ("severity", "urgent", "channel", "company")}
    )  # fmt: skip
    pieces = split(episodes, grid(10, float(episodes["exit"].max())))
    answered = pieces["answered"].to_numpy(bool)
    plain = fit_hazard(episodes, pieces, answered, "answered")
    same = fit_hazard(episodes, pieces, answered, "answered", weight=np.full(len(pieces), float(scale)))
    if np.isfinite(plain.errors).all():
        np.testing.assert_allclose(plain.coefficients, same.coefficients, atol=1e-4)
        np.testing.assert_allclose(plain.errors, same.errors, rtol=1e-3)


# checks of loyalty on response


def test_other_adjustments_find_the_truth(market: Simulated, checks: loyalty.Sensitivity) -> None:
    truth = market.truth["expected"]["loyalty_hazard_ratio"]
    for which in ("weighted", "spline", "cox", "overlap"):
        one = named(checks.estimates, f"loyalty_hazard_ratio_{which}")
        assert one.ci_low <= truth <= one.ci_high, which
    assert checks.weights["largest_kept"] <= checks.weights["largest"]
    assert 0 < checks.weights["truncated_share"] <= 0.0201
    assert checks.weights["effective_cases"] < len(market.cases)
    assert 0.5 < named(checks.estimates, "overlap_share").estimate < 1


def test_the_answer_model_predicts_what_happens(market: Simulated, checks: loyalty.Sensitivity) -> None:
    table = checks.overlap[checks.overlap["n"] > 50]
    assert (table["expected_share"] - table["answered_share"]).abs().max() < 0.12
    assert checks.overlap["n"].sum() <= len(market.cases)
    episodes = link(market.cases, market.outcomes, "churn").episodes
    model = answer_model(episodes.assign(answer=np.maximum(episodes["answer"], 1e-3)))
    days = np.linspace(0, 30, 20)
    hazard = model.hazard(np.zeros(20, dtype=int), days)
    assert hazard[0] == 0
    assert (np.diff(hazard) >= 0).all()


def test_without_confounding_weights_leave_the_plain_ratio() -> None:
    """One firm and one channel, nothing stated: all answers come alike, and every weight is 1."""
    alike = simulate(seed=5, scale=0.3, text=False)
    cases = alike.cases.assign(company="A", channel=None, severity=pd.NA, urgent=pd.NA)
    outcomes = alike.outcomes.assign(company="A")
    found = loyalty.sensitivity(cases, outcomes)
    assert found.weights["mean"] == pytest.approx(1)
    assert found.weights["sd"] == pytest.approx(0, abs=1e-9)
    plain = loyalty.loyalty_on_response(cases, outcomes).estimates[0]
    weighted = named(found.estimates, "loyalty_hazard_ratio_weighted")
    assert weighted.estimate == pytest.approx(plain.estimate, rel=0.02)


def test_e_value_as_published() -> None:
    """VanderWeele & Ding (2017): risk ratio 3.9 (1.8 to 8.7) has E-value 7.26, and 3.0 for the limit."""
    point, near, _ = loyalty.e_value(3.9, 1.8, 8.7, common=False)
    assert (point, near) == (pytest.approx(7.26, abs=0.005), pytest.approx(3.0, abs=0.005))
    assert loyalty.e_value(1.2, 0.9, 1.5, common=True)[1] == 1
    with pytest.raises(EstimationError, match="no ratio with its interval"):
        loyalty.e_value(0.5, 0.6, 0.7, common=False)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 20), st.floats(1.01, 3), st.booleans())
def test_e_values_are_symmetric_and_ordered(ratio: float, width: float, common: bool) -> None:
    point, near, far = loyalty.e_value(ratio, ratio / width, ratio * width, common)
    assert 1 <= near <= point + 1e-9 <= far + 2e-9
    turned = loyalty.e_value(1 / ratio, 1 / (ratio * width), width / ratio, common)
    assert turned == pytest.approx((point, near, far), rel=1e-6)


def test_checks_are_refused_with_the_reason(market: Simulated) -> None:
    found = loyalty.sensitivity(market.cases, schema.empty("outcomes"))
    assert {one.reason for one in found.estimates} == {"these data hold no outcome 'churn'"}
    assert found.overlap.empty
    assert not found.weights
    with pytest.raises(EstimationError, match="truncate"):
        loyalty.sensitivity(market.cases, market.outcomes, truncate=(0.9, 0.1))


# speed


def test_speed_of_urgent_and_other_matters(market: Simulated) -> None:
    urgent, other, ratio = loyalty.speed_by_urgency(market.cases, market.outcomes)
    assert (urgent.group, other.group) == ("urgent", "not urgent")
    assert ratio.estimate == pytest.approx(urgent.estimate / other.estimate)
    assert abs(ratio.extra["log_ratio"]) < 3 * ratio.extra["standard_error"]  # the market's customers mind it alike
    stated = market.cases.assign(urgent=True)
    assert "among the urgent or" in loyalty.speed_by_urgency(stated, market.outcomes)[0].reason


def test_the_curve_of_speed_has_its_reference_and_no_jump(market: Simulated) -> None:
    found = loyalty.speed_curve(market.cases, market.outcomes, n_draws=300)
    assert not found.reason
    nearest = found.curve.iloc[(found.curve["hours"] - found.reference_h).abs().argmin()]
    assert nearest["hazard_ratio"] == pytest.approx(1, abs=0.05)
    assert (found.curve["ci_low"] <= found.curve["hazard_ratio"]).all()
    assert (found.curve["hazard_ratio"] <= found.curve["ci_high"]).all()
    assert 0 <= found.p_curved <= 1
    assert found.p_threshold > 0.01
    assert found.p_threshold >= found.thresholds["p_value"].min() - 0.1  # looking at all costs
    again = loyalty.speed_curve(market.cases, market.outcomes, n_draws=300)
    assert again.p_threshold == found.p_threshold


def test_a_jump_is_found_and_no_jump_is_not() -> None:
    """Twice the hazard after 24 h: found. The corrected p-value without a jump is below .1 in about a tenth."""
    rng = np.random.default_rng(6)

    def table(jump: float) -> tuple[pd.DataFrame, pd.DataFrame]:
        n = 1200
        hours = 2 ** rng.uniform(0, 8, n)
        opened = pd.Series(pd.Timestamp("2022-01-01", tz="UTC"), index=range(n))
        days = hours / 24 + rng.exponential(np.where(hours > 24, 200 / jump, 200.0))
        cases = pd.DataFrame(
            {"case_id": [f"u{i}" for i in range(n)], "conversation_id": "k", "language": "sv", "answered": True,
             "speaker_id": [f"c{i}" for i in range(n)], "company": "A", "opened_at": opened, "date_precision": "minute",
             "first_response_at": opened + pd.to_timedelta(hours, unit="h"), "first_response_h": hours, "n_turns": 2,
             "observed_until": opened + pd.Timedelta(days=300)}
        )  # fmt: skip
        left = days < 300
        outcomes = pd.DataFrame(
            {"speaker_id": cases["speaker_id"], "company": "A", "outcome": "churn", "value": left.astype(float),
             "at": (opened + pd.to_timedelta(days, unit="D")).where(left), "observed_from": opened,
             "observed_until": opened + pd.Timedelta(days=300)}
        )  # fmt: skip
        return schema.conform(cases, "cases"), schema.conform(outcomes, "outcomes")

    found = loyalty.speed_curve(*table(2.5), n_draws=300)
    assert found.p_threshold < 0.02
    assert found.thresholds.set_index("threshold_h")["statistic"].abs().idxmax() == 24
    assert found.estimates[0].ci_low > 1.5
    p_values = [loyalty.speed_curve(*table(1.0), n_draws=100).p_threshold for _ in range(8)]
    assert sum(p < 0.1 for p in p_values) <= 4


def test_speed_is_refused_with_the_reason(market: Simulated) -> None:
    at_once = market.cases.assign(first_response_at=market.cases["opened_at"], first_response_h=0.0, answered=True)
    found = loyalty.speed_curve(at_once, market.outcomes)
    assert found.reason == "all answers took the same time"
    assert found.curve.empty
    assert found.p_threshold is None
    nobody = loyalty.speed_by_urgency(market.cases, schema.empty("outcomes"))
    assert {one.reason for one in nobody} == {"these data hold no outcome 'churn'"}
    with pytest.raises(EstimationError, match="promise_h"):
        loyalty.speed_curve(market.cases, market.outcomes, promise_h=0)


# who answers


def test_central_and_decentral_answers_do_alike(market: Simulated) -> None:
    central, other, contrast = loyalty.loyalty_by_answerer(market.cases, market.outcomes)
    assert central.ci_low <= 0.6 <= central.ci_high
    assert other.ci_low <= 0.6 <= other.ci_high
    assert contrast.estimate == pytest.approx(other.estimate / central.estimate)
    assert contrast.ci_low < 1 < contrast.ci_high
    together = loyalty.loyalty_by_answerer(market.cases, market.outcomes, {"anybody": ("firm", "employee")})
    plain = loyalty.loyalty_on_response(market.cases, market.outcomes).estimates[0]
    assert len(together) == 1
    assert together[0].estimate == pytest.approx(plain.estimate)


def test_answerers_without_answers_say_so(market: Simulated) -> None:
    staff, peers, contrast = loyalty.loyalty_by_answerer(market.cases, market.outcomes, loyalty.PEERS)
    assert staff.ok
    assert peers.reason == contrast.reason == "no first answer came from peers"
    nothing = loyalty.loyalty_by_answerer(market.cases, schema.empty("outcomes"))
    assert {one.reason for one in nothing} == {"these data hold no outcome 'churn'"}
    none = market.cases.assign(answered=False, first_response_at=pd.NaT, answered_by=None)
    assert "no time at risk answered" in loyalty.loyalty_by_answerer(none, market.outcomes)[0].reason
    with pytest.raises(EstimationError, match="each role in one"):
        loyalty.loyalty_by_answerer(market.cases, market.outcomes, {"a": ("firm",), "b": ("firm",)})


def test_coming_back_is_counted_from_the_answer() -> None:
    start = pd.Timestamp("2022-01-01", tz="UTC")
    day = pd.Timedelta(days=1)
    rows = [("a", 0, 1, "billing"), ("a", 5, 6, "fault"), ("a", 20, 21, "billing"), ("b", 0, 1, "billing")]
    cases = pd.DataFrame(
        [
            {"case_id": f"u{i}", "speaker_id": who, "company": "A", "opened_at": start + opened * day, "topic": topic,
             "first_response_at": start + answer * day, "observed_until": start + 100 * day}
            for i, (who, opened, answer, topic) in enumerate(rows)
        ]
    )  # fmt: skip
    back, same, acted = loyalty.came_back(cases, within_days=30)
    assert (back.estimate, back.n) == (pytest.approx(0.5), 4)
    assert same.estimate == pytest.approx(0.25)
    assert not acted.ok
    assert "whether anything was changed" in acted.reason
    assert loyalty.came_back(cases, within_days=500)[0].reason == "no answer was followed for 500 days"
    assert "named customer" in loyalty.came_back(cases.assign(speaker_id=None))[0].reason
    assert "a stated topic" in loyalty.came_back(cases.assign(topic=None))[1].reason
    with pytest.raises(EstimationError, match="within_days"):
        loyalty.came_back(cases, within_days=0)


# scores


def test_proportional_odds_are_those_of_statsmodels() -> None:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    rng = np.random.default_rng(3)
    design = rng.normal(size=(300, 2))
    code = np.digitize(design @ [0.8, -0.4] + rng.logistic(size=300), [-1, 0.5, 2])
    ours, robust = proportional_odds(design, code, np.arange(300))
    fitted = OrderedModel(code, design, distr="logit").fit(method="bfgs", disp=0, cov_type="HC0")
    np.testing.assert_allclose(ours, fitted.params[:2], rtol=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(robust)) / math.sqrt(300 / 299), fitted.bse[:2], rtol=5e-3)
    cuts, p_value = each_cut(design, code, np.arange(4.0), np.arange(300), 0.95)
    assert len(cuts) == 6
    assert p_value > 0.01
    with pytest.raises(EstimationError, match="it takes two"):
        proportional_odds(design, np.zeros(300, dtype=int), np.arange(300))


def test_scores_that_separate_the_groups_are_refused(market: Simulated) -> None:
    scores = market.outcomes[market.outcomes["outcome"] == "csat"]
    plain = market.cases.assign(company="A", channel=None, severity=pd.NA, urgent=pd.NA)
    silent = plain[~plain["answered"]]["speaker_id"]
    parted = scores.assign(company="A", value=np.where(scores["speaker_id"].isin(silent), 1.0, 5.0))
    parted = parted[parted["speaker_id"].isin(plain["speaker_id"])].drop_duplicates("speaker_id")
    once = plain.drop_duplicates("speaker_id", keep=False)
    found = loyalty.score_on_response(once, parted).estimates
    assert {one.reason for one in found[:2]} == {"the scores separate the groups completely"}
    assert found[2].estimate == pytest.approx(4)


def test_scores_rise_with_an_answer(market: Simulated) -> None:
    model = loyalty.score_on_response(market.cases, market.outcomes)
    timely = named(model.estimates, "score_mean_difference", answered="in time")
    assert timely.ci_low <= 1.2 <= timely.ci_high + 0.2  # 3.5 against 2.3 before rounding to 1 to 5
    assert named(model.estimates, "score_odds_ratio", answered="later").ci_low > 1
    assert set(model.cuts["answered"]) == {"in time", "later"}
    assert 0 <= model.p_proportional <= 1
    assert model.n_scores + sum(model.n_dropped.values()) == (market.outcomes["outcome"] == "csat").sum()
    recommend = market.outcomes.assign(
        outcome=market.outcomes["outcome"].astype("string").replace("csat", "nps"), value=market.outcomes["value"] * 2
    )
    assert named(
        loyalty.score_on_response(market.cases, recommend, "nps").estimates, "score_odds_ratio", answered="in time"
    ).ok


def test_scores_are_refused_with_the_reason(market: Simulated) -> None:
    scores = market.outcomes[market.outcomes["outcome"] == "csat"]
    for outcomes, cases, reason in (
        (schema.empty("outcomes"), market.cases, "0 csat scores follow a case"),
        (scores.assign(value=3.0), market.cases, "all csat scores are the same"),
        (scores, market.cases.assign(answered=False, first_response_at=pd.NaT), "fewer than 5 csat scores"),
    ):
        model = loyalty.score_on_response(cases, outcomes)
        assert all(reason in one.reason for one in model.estimates), reason
        assert model.p_proportional is None
    with pytest.raises(EstimationError, match="is no score"):
        loyalty.score_on_response(market.cases, scores, "churn")
    with pytest.raises(EstimationError, match="within_h"):
        loyalty.score_on_response(market.cases, scores, within_h=0)


# load


def test_answers_are_slower_on_loaded_days(market: Simulated) -> None:
    found = loyalty.wait_by_load(market.cases, market.utterances)
    assert found.estimate.ci_high < 1
    assert found.table["n_opened"].sum() == len(market.cases)
    assert found.table["median_wait_h"].iloc[-1] > found.table["median_wait_h"].iloc[0]
    quiet = simulate(seed=7, scale=0.3, text=False, n_surges=0)
    calm = loyalty.wait_by_load(quiet.cases, quiet.utterances).estimate
    assert calm.ci_low < 1 < calm.ci_high


def test_load_is_refused_with_the_reason(market: Simulated) -> None:
    few = market.cases.head(60)
    for cases, utterances, reason in (
        (few.assign(sampling="replies"), market.utterances, "sampled on having a reply"),
        (few, market.utterances.assign(speaker_id=None), "nobody who writes for a firm has a name"),
        (few.assign(answered=False, first_response_at=pd.NaT), market.utterances, "fewer than 5 openings"),
        (schema.empty("cases"), market.utterances, "fewer than 5 openings"),
    ):
        assert reason in loyalty.wait_by_load(cases, utterances).estimate.reason


# outcomes whose time is unknown


def test_what_happened_nobody_knows_when_is_left_out_and_counted(market: Simulated) -> None:
    undated = market.outcomes.assign(at=pd.NaT)
    model = loyalty.loyalty_on_response(market.cases, undated)
    assert model.n_dropped["it happened, but not known when"] > 50
    assert not model.estimates[0].ok


@pytest.mark.parametrize("column", ["opened_at", "answered"])
def test_what_cannot_be_read_is_named(market: Simulated, column: str) -> None:
    wrong = market.cases.head(3).astype({column: object})
    wrong.loc[wrong.index[1], column] = "soon"
    with pytest.raises(EstimationError, match=column):
        loyalty.first_response(wrong)


# outcomes that are known as yes or no


def bought(n: int = 400, seed: int = 1, ratio: float = 2.0, dated: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases of one firm and purchases whose odds an answer within a day multiplies."""
    rng = np.random.default_rng(seed)
    opened = pd.Timestamp("2023-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 1000, n), unit="h")
    quick = rng.random(n) < 0.5
    severity = rng.integers(1, 4, n)
    answer = opened + pd.to_timedelta(np.where(quick, 5, 50), unit="h")
    log_odds = 0.5 * (severity - 2) + np.log(ratio) * quick - 0.5
    yes = rng.random(n) < 1 / (1 + np.exp(-log_odds))
    ids = [f"p{i}" for i in range(n)]
    cases = pd.DataFrame(
        {
            "case_id": ids, "speaker_id": ids, "company": "A", "opened_at": opened, "answered": True,
            "first_response_at": answer, "severity": severity, "date_precision": "second",
        }
    )  # fmt: skip
    outcomes = pd.DataFrame(
        {
            "speaker_id": ids, "company": "A", "outcome": "repurchase", "value": yes.astype(float),
            "at": (opened + pd.Timedelta(days=100)).where(yes & dated), "observed_from": opened,
            "observed_until": opened + pd.Timedelta(days=300),
        }
    )  # fmt: skip
    return schema.conform(cases, "cases"), schema.conform(outcomes, "outcomes")


def test_odds_and_shares_by_the_horizon_are_those_of_statsmodels() -> None:
    import statsmodels.formula.api as smf

    cases, outcomes = bought()
    odds, difference = loyalty.outcome_by_horizon(cases, outcomes)
    table = pd.DataFrame(
        {
            "yes": outcomes["value"].astype(float), "severity": cases["severity"].astype(str),
            "quick": (cases["first_response_at"] - cases["opened_at"] <= pd.Timedelta(days=1)).astype(int),
        }
    )  # fmt: skip
    model = smf.logit("yes ~ quick + severity", table).fit(disp=0)
    low, high = model.conf_int().loc["quick"]
    assert (odds.estimate, odds.ci_low, odds.ci_high) == pytest.approx(np.exp([model.params["quick"], low, high]))
    margins = model.get_margeff(dummy=True).summary_frame().loc["quick"]
    assert difference.estimate == pytest.approx(margins["dy/dx"])
    assert difference.ci_low == pytest.approx(margins["Conf. Int. Low"], abs=1e-6)
    assert any("no time" in one for one in odds.assumptions)


def test_dated_outcomes_count_by_the_horizon() -> None:
    cases, outcomes = bought(dated=True)
    inside, _ = loyalty.outcome_by_horizon(cases, outcomes, horizon_days=120)
    assert inside.estimate == pytest.approx(loyalty.outcome_by_horizon(*bought())[0].estimate)
    assert not any("no time" in one for one in inside.assumptions)
    early, _ = loyalty.outcome_by_horizon(cases, outcomes, horizon_days=50)
    assert not early.ok
    assert "0 customers answered in time with repurchase" in early.reason
    late, _ = loyalty.outcome_by_horizon(cases, outcomes, horizon_days=400)
    assert not late.ok
    assert "followed so long" in late.reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outcome": "csat"}, "score"),
        ({"within_h": 0}, "above 0"),
        ({"horizon_days": -1}, "above 0"),
        ({"level": 1}, "1"),
    ],
)
def test_a_horizon_that_makes_no_sense_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        loyalty.outcome_by_horizon(*bought(40), **options)  # type: ignore[arg-type]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_swapping_yes_and_no_turns_the_odds_around(seed: int, n: int) -> None:
    cases, outcomes = bought(n, seed)
    swapped = outcomes.assign(value=1 - outcomes["value"])
    one, other = (loyalty.outcome_by_horizon(cases, table)[0] for table in (outcomes, swapped))
    assert one.ok == other.ok
    if one.ok and not any("too few" in words for words in (*one.assumptions, *other.assumptions)):
        assert one.estimate * other.estimate == pytest.approx(1, rel=1e-6)
