"""What is read into text: watch lists, the classifier and its error, corrected prevalence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import labels
from scsr.analysis.estimates import unique
from scsr.analysis.labels import Accuracy
from scsr.errors import EstimationError


def utterances(**columns: object) -> pd.DataFrame:
    return schema.conform(pd.DataFrame(columns).assign(source="log"), "utterances")


class TestWatch:
    table = utterances(
        utterance_id=list("abcdef"),
        language=["sv", "sv", "nb", "is", "sv", "other"],
        text=[
            "Fakturorna var fel igen, ingen svarade mig.", "Tack för snabb hjälp!", "Fakturaen er feil.",
            "Reikningurinn er rangur", "Klagomålet är skickat", "The invoice is wrong",
        ],
        conversation_id=list("uuwxyz"),
        speaker_role=["customer", "firm"] + ["customer"] * 4,
        published_at=["2023-01-01 10:00", "2023-01-01 12:30"] + [None] * 4,
        date_precision=["minute", "minute"] + ["none"] * 4,
    )  # fmt: skip

    def test_inflections_phrases_and_beginnings(self):
        found = labels.watch(
            self.table, {"sv": ["faktura", "ingen svara", "klag*", "paket"], "nb": ["faktura"], "is": ["reikningur"]}
        )
        assert found.hits[["utterance_id", "term"]].to_numpy().tolist() == [
            ["a", "faktura"], ["a", "ingen svara"], ["e", "klag*"], ["c", "faktura"], ["d", "reikningur"],
        ]  # fmt: skip
        assert found.terms.set_index(["language", "term"])["n_utterances"].to_dict()["sv", "paket"] == 0
        whole, sv, nb, _ = unique(found.estimates)
        assert whole.n == 5
        assert whole.estimate == pytest.approx(1000 * 4 / 5)
        assert (sv.group, sv.estimate) == ("sv", pytest.approx(2000 / 3))
        assert nb.ci_low < 1000 <= nb.ci_high

    def test_reaction(self):
        hits = labels.watch(self.table, {"sv": ["faktura", "klagomål"]}).hits
        assert hits["first_reaction_h"].tolist()[0] == 2.5
        assert np.isnan(hits["first_reaction_h"].tolist()[1])

    def test_order_matters_in_a_phrase(self):
        assert labels.watch(self.table, {"sv": ["svara ingen"]}).hits.empty

    def test_nothing_in_that_language(self):
        found = labels.watch(self.table, {"nn": ["feil"]})
        assert "no utterances in nn" in found.estimates[0].reason

    def test_bad_lists(self):
        with pytest.raises(EstimationError, match="empty"):
            labels.watch(self.table, {"sv": []})
        with pytest.raises(EstimationError, match="no word"):
            labels.watch(self.table, {"sv": ["*"]})
        with pytest.raises(EstimationError, match="empty term"):
            labels.watch(self.table, {"sv": ["  "]})


class TestBank:
    def test_groups(self):
        table = utterances(
            utterance_id=[f"q{i}" for i in range(12)] + ["r"],
            speaker_id=[f"s{i}" for i in range(12)] + ["firm"],
            speaker_role=["customer"] * 12 + ["firm"],
            kind=["question"] * 11 + ["post"] + ["reply"],
            language="nb",
            topic=["faktura"] * 5 + [None] * 8,
            lemmas=[[]] * 5 + [["nett", "treg"]] * 5 + [["rar"]] + [["nett"]] * 2,
            conversation_id=[f"k{i}" for i in range(12)] + ["k0"],
            reply_to=[None] * 12 + ["q7"],
            published_at=pd.date_range("2023-01-01", periods=13),
        )
        bank = labels.experience_bank(table)
        assert bank[["about", "stated", "n_utterances", "n_answered"]].to_numpy().tolist() == [
            ["faktura", True, 5, 1], ["nett", False, 5, 1],
        ]  # fmt: skip
        assert bank["first_seen"].tolist()[0] == pd.Timestamp("2023-01-01", tz="UTC")
        assert labels.experience_bank(schema.empty("utterances")).empty
        with pytest.raises(EstimationError, match="at least 1"):
            labels.experience_bank(table, 0)


def written(rng: np.random.Generator, n: int, share: float) -> tuple[list[str], np.ndarray]:
    """Texts whose words only lean towards what they are."""
    truth = rng.uniform(size=n) < share
    bad, good, filler = (
        ["klaga", "fel", "arg", "vänta", "dålig"],
        ["tack", "bra", "fin", "snabb", "nöjd"],
        ["bank", "buss", "nät", "sak", "dag"],
    )
    texts = []
    for is_bad in truth:
        lean = rng.uniform(size=6) < (0.62 if is_bad else 0.38)
        texts.append(" ".join([*(rng.choice(bad if one else good) for one in lean), *rng.choice(filler, 4)]))
    return texts, truth


class TestClassifier:
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> labels.ComplaintClassifier:
        return labels.train(*written(np.random.default_rng(1), 600, 0.5))

    def test_error_measured_is_the_error_made(self, model):
        texts, truth = written(np.random.default_rng(2), 2000, 0.3)
        called = model.predict(texts)["complaint"].to_numpy()
        made = labels.accuracy_of(truth, called)
        for one, seen in zip(model.estimates, (made.sensitivity, made.specificity), strict=True):
            assert one.ci_low - 0.03 < seen < one.ci_high + 0.03
        assert made.sensitivity + made.specificity > 1.3

    def test_probabilities_are_calibrated(self, model):
        texts, truth = written(np.random.default_rng(3), 2000, 0.5)
        probability = model.predict(texts)["complaint_probability"].to_numpy()
        for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
            some = (probability >= low) & (probability <= high)
            assert truth[some].mean() == pytest.approx(probability[some].mean(), abs=0.08)

    def test_corrected_counting_beats_counting(self, model):
        for share in (0.1, 0.6):
            texts, truth = written(np.random.default_rng(4), 2000, share)
            one = model.prevalence(texts)
            assert one.ci_low <= truth.mean() <= one.ci_high
            assert abs(one.estimate - truth.mean()) < abs(one.extra["apparent"] - truth.mean())

    def test_index_words_and_repeat(self, model):
        texts = pd.Series(["klaga fel arg", "tack bra nöjd"], index=[7, 3])
        assert model.predict(texts)["complaint"].to_dict() == {7: True, 3: False}
        words = model.words(3)
        assert words.iloc[0]["weight"] > 0 > words.iloc[-1]["weight"]
        again = labels.train(*written(np.random.default_rng(1), 600, 0.5))
        assert again.accuracy == model.accuracy
        assert model.predict([]).empty

    def test_bad_input(self, model):
        with pytest.raises(EstimationError, match="too few"):
            labels.train(["a"] * 30, [True] * 25 + [False] * 5)
        with pytest.raises(EstimationError, match="one label a text"):
            labels.train(["a"], [True, False])
        with pytest.raises(EstimationError, match="missing"):
            labels.train(["a", "b"], [True, None])
        with pytest.raises(EstimationError, match="row 1"):
            model.predict(["a", None])
        with pytest.raises(EstimationError, match="no texts"):
            model.prevalence([])


class TestPrevalence:
    def test_rogan_gladen_by_hand(self):
        # (apparent + specificity - 1) / (sensitivity + specificity - 1)
        one = labels.corrected_prevalence(200, 1000, Accuracy(80, 100, 180, 200))
        assert one.estimate == pytest.approx((0.2 + 0.9 - 1) / (0.8 + 0.9 - 1))

    @pytest.mark.parametrize("truth", [0.02, 0.1, 0.4, 0.7])
    def test_truth_is_covered(self, truth):
        rng, hits = np.random.default_rng(1), []
        for _ in range(1500):
            accuracy = Accuracy(rng.binomial(100, 0.8), 100, rng.binomial(150, 0.9), 150)
            one = labels.corrected_prevalence(rng.binomial(500, truth * 0.8 + (1 - truth) * 0.1), 500, accuracy)
            hits.append(one.ci_low <= truth <= one.ci_high)
        assert 0.935 <= np.mean(hits) <= 0.985

    def test_interval_is_near_the_bootstraps(self):
        rng = np.random.default_rng(2)
        accuracy = Accuracy(160, 200, 270, 300)
        one = labels.corrected_prevalence(300, 1000, accuracy)
        apparent, se, sp = (
            rng.binomial(1000, 0.3, 20000) / 1000,
            rng.binomial(200, 0.8, 20000) / 200,
            rng.binomial(300, 0.9, 20000) / 300,
        )
        ends = np.quantile((apparent + sp - 1) / (se + sp - 1), [0.025, 0.975])
        assert (one.ci_low, one.ci_high) == pytest.approx(ends, abs=0.012)

    def test_chance_is_no_classifier(self):
        one = labels.corrected_prevalence(50, 100, Accuracy(11, 20, 10, 20))
        assert "better than chance" in one.reason
        with pytest.raises(EstimationError, match="no share"):
            Accuracy(3, 2, 1, 1)

    @given(st.integers(0, 300), st.integers(30, 50), st.integers(30, 50))
    @settings(max_examples=60, deadline=None)
    def test_is_a_share(self, called, found, passed):
        one = labels.corrected_prevalence(called, 300, Accuracy(found, 50, passed, 50))
        if one.ok:
            assert 0 <= one.ci_low <= one.estimate <= one.ci_high <= 1


@pytest.mark.real_data
def test_real_labelled_tweets(real_data):
    data = pd.read_csv(real_data / "tweets_labelled_complaints.csv", encoding="latin-1").dropna(subset=["finalLabel"])
    truth = data["finalLabel"].to_numpy() > 0
    order = np.random.default_rng(1).permutation(len(data))
    learn, test = order[: len(order) // 2], order[len(order) // 2 :]
    model = labels.train(data["text"].iloc[learn], truth[learn])
    one = model.prevalence(data["text"].iloc[test])
    assert one.ci_low <= truth[test].mean() <= one.ci_high
    assert model.accuracy.sensitivity + model.accuracy.specificity > 1.4
