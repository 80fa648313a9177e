"""The simulated market: reproducible, within the contract, and true to its parameters."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scsr import schema
from scsr.analysis.simulate import FIRMS, Parameters, Simulated, parameters, simulate, write
from scsr.analysis.simulate.churn import failure_knots, time_to_churn
from scsr.analysis.simulate.compose import PLANS, Composer, voices
from scsr.analysis.simulate.turns import base36
from scsr.errors import ParameterError

TABLES = ("utterances", "cases", "exposure", "outcomes", "shares")


@pytest.fixture(scope="module")
def market() -> Simulated:
    return simulate(seed=1)


@pytest.mark.parametrize("name", TABLES)
def test_each_table_keeps_the_contract(market: Simulated, name: str) -> None:
    schema.validate(getattr(market, name), name)


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path) -> None:
    first = write(simulate(seed=5, scale=0.05), tmp_path / "a")
    again = write(simulate(seed=5, scale=0.05), tmp_path / "b")
    other = write(simulate(seed=6, scale=0.05), tmp_path / "c")
    assert sorted(first) == ["cases", "exposure", "outcomes", "shares", "truth"]
    for name, path in first.items():
        assert path.read_bytes() == again[name].read_bytes()
        assert path.read_bytes() != other[name].read_bytes()


def test_files_read_back_as_the_tables(tmp_path, market: Simulated) -> None:
    written = write(market, tmp_path)
    assert sum(path.stat().st_size for path in written.values()) < 4_000_000
    for name, table in {
        "cases": "utterances",
        "exposure": "exposure",
        "outcomes": "outcomes",
        "shares": "shares",
    }.items():
        back = schema.conform(pd.read_csv(written[name], keep_default_na=False, na_values=[""]), table)
        ours = getattr(market, table)
        assert len(back) == len(ours)
        for column in pd.read_csv(written[name], nrows=0).columns:
            left = back[column].astype("string").reset_index(drop=True)
            pd.testing.assert_series_equal(left, ours[column].astype("string"), check_names=False)
    truth = json.loads(written["truth"].read_text("utf-8"))
    assert truth["expected"]["loyalty_hazard_ratio"] == Parameters().loyalty_hazard_ratio
    assert truth["realised"]["n_cases"] == len(market.cases)


def test_the_tracked_sample_is_what_the_code_writes(tmp_path, sample, market: Simulated) -> None:
    for path in write(market, tmp_path).values():
        assert (sample / "simulated" / path.name).read_bytes() == path.read_bytes(), path.name


def test_size_of_the_default_market(market: Simulated) -> None:
    assert 4_200 < len(market.cases) < 5_800
    assert 10_000 < len(market.utterances) < 14_000
    assert len(market.exposure) == 9 * 3 * 24
    assert set(market.exposure["company"]) == {firm.name for firm in FIRMS}


def test_scale_multiplies_customers() -> None:
    small, large = simulate(scale=0.1, text=False), simulate(scale=0.2, text=False)
    ratio = large.exposure["n_exposed"].sum() / small.exposure["n_exposed"].sum()
    assert ratio == pytest.approx(2, rel=0.01)
    assert 1.6 < len(large.cases) / len(small.cases) < 2.4


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.0005, 0.002, 0.01]))
def test_tiny_markets_keep_the_contract(seed: int, scale: float) -> None:
    tiny = simulate(seed=seed, scale=scale)
    for name in TABLES:
        schema.validate(getattr(tiny, name), name)


def test_parts_are_independent(market: Simulated) -> None:
    calm = simulate(seed=1, text=False, reproduction_number={"negative": 0.1})
    pd.testing.assert_frame_equal(calm.cases, market.cases)
    pd.testing.assert_frame_equal(calm.outcomes, market.outcomes)
    assert len(calm.shares) < len(market.shares)


def test_texts_are_varied_filled_and_in_the_language_of_the_country(market: Simulated) -> None:
    texts = market.utterances["text"]
    assert not texts.str.contains(r"[{}#]").any()
    assert (texts.str.len() > 0).all()
    assert texts.duplicated().mean() < 0.01
    assert near_duplicates(texts.iloc[::2]) < 0.02
    languages = market.utterances.groupby("country", observed=True)["language"].agg(lambda s: sorted(set(s)))
    assert languages.to_dict() == {"IS": ["is"], "NO": ["nb", "nn"], "SE": ["sv"]}
    openings = market.utterances[market.utterances["kind"] == "complaint"]
    assert openings["text"].str.split().str.len().between(5, 90).all()


def near_duplicates(texts: pd.Series) -> float:
    """Share of texts that share at least 80 % of their word 3-grams with an earlier one."""
    index: dict[tuple[str, ...], list[int]] = {}
    grams: list[set[tuple[str, ...]]] = []
    near = 0
    for i, text in enumerate(texts):
        words = re.findall(r"\w+", text.lower())
        mine = {tuple(words[j : j + 3]) for j in range(max(1, len(words) - 2))}
        seen: dict[int, int] = {}
        for gram in mine:
            for j in index.setdefault(gram, []):
                seen[j] = seen.get(j, 0) + 1
            index[gram].append(i)
        near += any(k / (len(mine) + len(grams[j]) - k) >= 0.8 for j, k in seen.items())
        grams.append(mine)
    return near / len(texts)


@pytest.mark.parametrize("language", ["sv", "nb", "nn", "is"])
def test_every_plan_can_be_said_in_every_language(language: str) -> None:
    composer = Composer(np.random.default_rng(0))
    slots, lines = voices(language)
    for kind in PLANS:
        text = composer.text(kind, language, "Ekonet", "billing")
        assert text
        assert not re.search(r"[{}#]", text)
    for group in lines.values():
        for line in group:
            assert set(re.findall(r"\{(\w+)\}", line)) <= {"company", *slots}


def test_cases_are_what_the_utterances_say(market: Simulated) -> None:
    utterances = market.utterances
    opening = utterances[utterances["utterance_id"] == utterances["conversation_id"]].set_index("utterance_id")
    staff = utterances[utterances["speaker_role"].isin(["firm", "employee"])]
    first = staff.groupby("conversation_id")["published_at"].min()
    cases = market.cases.set_index("case_id")
    assert cases.index.tolist() == opening.index.tolist()
    hours = (first - opening["published_at"]).dt.total_seconds() / 3600
    np.testing.assert_allclose(cases["first_response_h"], hours.reindex(cases.index), rtol=1e-9)
    assert (cases["answered"] == cases["first_response_h"].notna()).all()
    turns = utterances.groupby("conversation_id").size()
    assert (cases["n_turns"] == turns.reindex(cases.index)).all()


def test_replies_come_after_what_they_answer(market: Simulated) -> None:
    at = market.utterances.set_index("utterance_id")["published_at"]
    replies = market.utterances.dropna(subset=["reply_to"])
    assert (replies["published_at"].to_numpy() >= at.loc[replies["reply_to"]].to_numpy()).all()


def test_nobody_writes_after_leaving(market: Simulated) -> None:
    churn = market.outcomes[(market.outcomes["outcome"] == "churn") & (market.outcomes["value"] == 1)]
    left = churn.set_index("speaker_id")["at"]
    written = (
        market.utterances[market.utterances["speaker_role"] == "customer"].groupby("speaker_id")["published_at"].max()
    )
    both = left.index.intersection(written.index)
    assert len(both) > 300
    assert (written.loc[both] <= left.loc[both]).all()


def test_outcomes_lie_in_their_windows_and_link(market: Simulated) -> None:
    outcomes = market.outcomes
    dated = outcomes.dropna(subset=["at"])
    assert (dated["at"] <= dated["observed_until"]).all()
    assert (dated["at"] >= dated["observed_from"]).all()
    churn = outcomes[outcomes["outcome"] == "churn"]
    assert churn["speaker_id"].is_unique
    assert set(market.cases["speaker_id"]) <= set(churn["speaker_id"])
    assert (churn["value"].eq(1) == churn["at"].notna()).all()


def test_cascades_are_trees_in_time(market: Simulated) -> None:
    shares = market.shares.set_index("share_id")
    child = shares.dropna(subset=["parent_id"])
    parent = shares.loc[child["parent_id"]]
    assert (parent["cascade_id"].to_numpy() == child["cascade_id"].to_numpy()).all()
    assert (parent["t_h"].to_numpy() <= child["t_h"].to_numpy()).all()
    assert (shares["t_h"] <= shares["observed_until_h"]).all()
    assert shares["parent_id"].isna().sum() == shares["cascade_id"].nunique()


def test_complaint_rates_are_recovered() -> None:
    market = simulate(seed=2, scale=2, text=False)
    complaints = market.utterances[market.utterances["kind"] == "complaint"]
    exposed = market.exposure.groupby("company", observed=True)["n_exposed"].sum()
    rate = complaints.groupby("company", observed=True).size() / exposed * 1000
    ratio = rate / rate["Lyngbanken"]
    # country mix is the same for all firms, so the ratios are those of the parameters
    for firm, expected in market.truth["expected"]["complaint_rate_ratio"].items():
        assert ratio[firm] == pytest.approx(expected, rel=0.35), firm
    overall = len(complaints) / exposed.sum() * 1000
    assert overall == pytest.approx(market.truth["expected"]["complaint_rate"], rel=0.1)


def test_dispersion_and_season_are_recovered() -> None:
    market = simulate(seed=3, scale=4, text=False, season_amplitude=0.5, complaint_dispersion=0.3)
    complaints = market.utterances[market.utterances["kind"] == "complaint"]
    month = complaints["published_at"].dt.strftime("%Y-%m")
    counts = complaints.groupby([complaints["company"], complaints["country"], month], observed=True).size()
    cells = market.exposure.assign(month=market.exposure["period_start"].dt.strftime("%Y-%m"))
    cells = cells.set_index(["company", "country", "month"])["n_exposed"]
    rate = (counts.reindex(cells.index).fillna(0) / cells).rename("rate").reset_index()
    rate["relative"] = rate["rate"] / rate.groupby(["company", "country"], observed=True)["rate"].transform("mean")
    by_month = rate.groupby(rate["month"].str[5:])["relative"].mean()
    assert by_month["01"] / by_month["07"] == pytest.approx(np.exp(1.0), rel=0.3)
    season = rate["month"].str[5:].map(by_month)
    cells_mean = rate.groupby(["company", "country"], observed=True)["rate"].transform("mean") * season
    mean = (cells_mean * cells.to_numpy()).to_numpy()
    observed = counts.reindex(cells.index).fillna(0).to_numpy()
    # method of moments: variance = mean + alpha mean²
    alpha = np.sum((observed - mean) ** 2 - mean) / np.sum(mean**2)
    assert alpha == pytest.approx(0.3, rel=0.35)


def test_reproduction_number_and_ratio_are_recovered() -> None:
    market = simulate(seed=4, scale=3, text=False)
    shares = market.shares[market.shares["speaker_role"] != "firm"]
    for valence, expected in market.truth["expected"]["reproduction_number"].items():
        mine = shares[shares["valence"] == valence]
        assert mine["parent_id"].notna().mean() == pytest.approx(expected, abs=0.04)
    roots = shares[shares["parent_id"].isna()]["valence"].value_counts()
    assert roots["negative"] / roots["positive"] == pytest.approx(3.0, rel=0.2)
    assert shares["n_followers"].median() == pytest.approx(150, rel=0.1)


def test_time_to_churn_follows_the_hazard() -> None:
    p = parameters(failure_hazard_ratio=((10.0, 3.0), (float("inf"), 1.0)))
    n, rng = 20_000, np.random.default_rng(1)
    hazard, answer = 0.02, 5.0
    times = time_to_churn(np.full(n, hazard), np.full(n, answer), np.full(n, 0.5), p, rng)

    def cumulative(t: np.ndarray) -> np.ndarray:
        before = hazard * 3 * np.minimum(t, answer)
        shaken = hazard * 3 * 0.5 * np.clip(t - answer, 0, 10 - answer)
        return before + shaken + hazard * 0.5 * np.clip(t - 10, 0, None)

    assert stats.kstest(times, lambda t: 1 - np.exp(-cumulative(np.asarray(t)))).pvalue > 0.01
    days, total = failure_knots(p)
    assert total[1] == pytest.approx(30)
    assert days[0] == 0


def test_without_answers_after_churn_no_answer_is_later_than_the_leaving() -> None:
    market = simulate(seed=1, text=False, scale=0.5, answered_after_churn=0.0)
    churn = market.outcomes[(market.outcomes["outcome"] == "churn") & (market.outcomes["value"] == 1)]
    joined = market.cases.merge(churn, on="speaker_id")
    late = joined["first_response_at"] > joined["at"]
    assert not late.fillna(False).any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"complaint_rat": {}}, "did you mean 'complaint_rate'"),
        ({"complaint_rate": {"Nobody": 1.0}}, "'Nobody' is not one of Lyngbanken"),
        ({"complaint_rate": 3.0}, "give a mapping"),
        ({"reproduction_number": {"negative": 1.0}}, "would never end"),
        ({"repeat_share": 1.5}, "not between 0 and 1"),
        ({"response_shape": 0.0}, "not above 0"),
        ({"share_that_complains": 0.0}, "leaves no complaints"),
        ({"observed_until": "2022-06-01"}, "before the end"),
        ({"scale": 0}, "not above 0"),
        ({"zzzzzz": 0}, "unknown parameter 'zzzzzz'"),
    ],
)
def test_bad_parameters_are_refused(changes: dict, words: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(words)):
        simulate(**({"scale": 0.01} | changes))


@given(st.integers(0, 10**12))
def test_base36_is_read_back_by_python(number: int) -> None:
    assert int(base36(number), 36) == number
