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
        for bad in ("faktura", [None]):
            with pytest.raises(EstimationError, match="list of words"):
                labels.watch(self.table, {"sv": bad})


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
        return labels.train(*written(np.random.default_rng(1), 600, 0.5), language="sv")

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
        for kind, most, least in (("lexicon", "cues: complaint", "cues: praise"), ("word", None, None)):
            some = words[words["kind"] == kind]
            assert some.iloc[0]["weight"] > 0 > some.iloc[-1]["weight"]
            assert most is None or (most in some["word"].tolist()[:3] and least in some["word"].tolist()[-3:])
        assert set(words["kind"]) == {"lexicon", "word"}
        with pytest.raises(EstimationError, match="n=0"):
            model.words(0)
        again = labels.train(*written(np.random.default_rng(1), 600, 0.5), language="sv")
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
        with pytest.raises(EstimationError, match="method='guess'"):
            model.prevalence(["a"], method="guess")
        with pytest.raises(EstimationError, match="say something of their own"):
            labels.train(["jag klagar"] * 30 + ["tack"] * 30, [True] * 30 + [False] * 30)

    def test_labels_and_texts_that_teach_nothing(self):
        for bad, words in (
            (([], []), "label at least 20"),
            (("jag klagar", [True]), "is one str"),
            ((["a"] * 40, ["yes"] * 40), "label at row 0 is 'yes'"),
            ((["a"] * 40, [2] * 40), "label at row 0 is 2"),
            (([f"{chr(97 + i % 26)}{i}" for i in range(40)], [True, False] * 20), "no word stands in two"),
            ((["?" * (i + 1) for i in range(40)], [True, False] * 20), "no word stands in two"),
        ):
            with pytest.raises(EstimationError, match=words):
                labels.train(*bad, language="sv")

    def test_a_language_without_a_lexicon_says_so(self, model):
        texts, truth = written(np.random.default_rng(1), 200, 0.5)
        plain = labels.train(texts, truth, language="fo")
        assert plain.features == "TF-IDF of words and parts of words alone: no lexicon of fo"
        assert set(plain.words()["kind"]) == {"word"}
        assert "the lexicon of sv" in model.features
        danish = labels.train(texts, truth, language="da")
        assert "the lexicon of da (3 entries)" in danish.features

    def test_bayesian_agrees(self, model):
        texts, truth = written(np.random.default_rng(5), 800, 0.3)
        one, other = (model.prevalence(texts, method=name) for name in ("rogan-gladen", "bayesian"))
        assert one.estimate == pytest.approx(other.estimate, abs=0.02)
        assert other.ci_low <= truth.mean() <= other.ci_high

    def test_texts_that_were_learned_are_judged_by_who_did_not_learn_them(self, model):
        # a memory of the labelled texts would find all their complaints; the measured error says how many are found
        texts, truth = written(np.random.default_rng(1), 600, 0.5)
        n_called, n, _ = model.count(texts)
        assert n == 600
        expected = truth.sum() * model.accuracy.sensitivity + (~truth).sum() * (1 - model.accuracy.specificity)
        assert n_called == pytest.approx(expected, abs=1)

    def test_repeats_are_seen(self, model):
        texts, _ = written(np.random.default_rng(6), 200, 0.4)
        assert model.count(texts)[2] == pytest.approx(1, abs=0.05)
        thrice = [f"@anna {text.upper()} https://ekonet.example/{k}" for text in texts for k in range(3)]
        assert model.count(thrice)[2] == pytest.approx(3, abs=0.1)


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

    @given(st.integers(0, 300), st.integers(0, 50), st.integers(0, 50), st.floats(1, 20))
    @settings(max_examples=60, deadline=None)
    def test_is_a_share(self, called, found, passed, repeats):
        accuracy = Accuracy(found, 50, passed, 50, min(repeats, 50), 1)
        for estimate in (labels.corrected_prevalence, labels.bayesian_prevalence):
            one = estimate(called, 300, accuracy, repeats=repeats)
            assert one.reason or 0 <= one.ci_low <= one.estimate <= one.ci_high <= 1
            assert one.reason or one.ci_low < one.ci_high

    def test_calls_that_the_error_cannot_explain(self):
        # 2 in 5 are called complaints wrongly, so that 1 in 200 called cannot be
        for estimate in (labels.corrected_prevalence, labels.bayesian_prevalence):
            assert "unlike those counted" in estimate(5, 1000, Accuracy(160, 200, 180, 300)).reason
            assert "unlike those counted" in estimate(995, 1000, Accuracy(160, 200, 280, 300)).reason
        # just below what the error makes of none: cut at 0, with an interval that has width
        one = labels.corrected_prevalence(60, 1000, Accuracy(180, 200, 270, 300))
        assert (one.estimate, one.ci_low) == (0, 0)
        assert one.ci_high > 0.003

    def test_repeats_are_less_evidence(self):
        accuracy = Accuracy(160, 200, 270, 300)
        once, thrice = (labels.corrected_prevalence(300, 1000, accuracy, repeats=r) for r in (1, 3))
        assert once.estimate == thrice.estimate
        assert thrice.ci_high - thrice.ci_low > 1.15 * (once.ci_high - once.ci_low)
        measured = labels.corrected_prevalence(300, 1000, Accuracy(160, 200, 270, 300, 4.0, 4.0))
        assert measured.ci_high - measured.ci_low > 1.15 * (once.ci_high - once.ci_low)
        with pytest.raises(EstimationError, match="repeats=0"):
            labels.corrected_prevalence(300, 1000, accuracy, repeats=0)
        with pytest.raises(EstimationError, match="no texts"):
            labels.repeats_of(np.array([]))

    def test_accuracy_needs_both_kinds(self):
        with pytest.raises(EstimationError, match="both kinds"):
            labels.accuracy_of(np.array([True, True]), np.array([True, False]))
        with pytest.raises(EstimationError, match="one each a text"):
            labels.accuracy_of(np.array([True, False]), np.array([True]))


class TestBayesian:
    @pytest.mark.parametrize(("called", "n"), [(200, 1000), (5, 60), (300, 300), (0, 10)])
    def test_quadrature_is_what_draws_give(self, called, n):
        accuracy, rng, size = Accuracy(80, 100, 180, 200), np.random.default_rng(1), 300_000
        se, sp, share = rng.beta(80.5, 20.5, size), rng.beta(180.5, 20.5, size), rng.uniform(size=size)
        p = share * se + (1 - share) * (1 - sp)
        log_weight = called * np.log(p) + (n - called) * np.log1p(-p)
        weight = np.exp(log_weight - log_weight.max())
        order = np.argsort(share)
        below = np.cumsum(weight[order]) / weight.sum()
        ends = share[order][np.searchsorted(below, [0.025, 0.975])]
        one = labels.bayesian_prevalence(called, n, accuracy)
        if one.ok:
            assert one.estimate == pytest.approx((weight * share).sum() / weight.sum(), abs=0.004)
            assert (one.ci_low, one.ci_high) == pytest.approx(ends, abs=0.008)
        else:
            assert called == n == 300

    @pytest.mark.parametrize("truth", [0.05, 0.5])
    def test_truth_is_covered(self, truth):
        rng, hits = np.random.default_rng(9), []
        for _ in range(40):
            accuracy = Accuracy(rng.binomial(100, 0.8), 100, rng.binomial(150, 0.9), 150)
            one = labels.bayesian_prevalence(rng.binomial(500, truth * 0.8 + (1 - truth) * 0.1), 500, accuracy)
            hits.append(one.ci_low <= truth <= one.ci_high)
        assert np.mean(hits) >= 0.87

    def test_chance_leaves_everything_open(self):
        one = labels.bayesian_prevalence(50, 100, Accuracy(11, 20, 10, 20))
        assert one.ci_high - one.ci_low > 0.85
        assert "better than chance" in labels.bayesian_prevalence(50, 100, Accuracy(8, 20, 10, 20)).reason

    def test_large_counts_are_no_matter(self):
        small, large = (labels.bayesian_prevalence(3 * n, 10 * n, Accuracy(800, 1000, 900, 1000)) for n in (1e3, 1e8))
        assert large.estimate == pytest.approx(small.estimate, abs=0.003)


class TestReaction:
    def talk(self, waits: list[float | None], until: str = "2023-02-01") -> pd.DataFrame:
        start = pd.Timestamp("2023-01-01", tz="UTC")
        rows = []
        for i, wait in enumerate(waits):
            rows.append((f"q{i}", f"c{i}", "customer", start + pd.Timedelta(hours=i), "Fakturan är fel"))
            if wait is not None:
                rows.append((f"r{i}", f"c{i}", "firm", start + pd.Timedelta(hours=i + wait), "Vi ser på fakturan"))
        frame = pd.DataFrame(rows, columns=["utterance_id", "conversation_id", "speaker_role", "published_at", "text"])
        table = utterances(**frame.assign(language="sv", date_precision="minute").to_dict("list"))
        table.attrs["observed_until"] = {"log": until}
        return table

    def found(self, table: pd.DataFrame) -> labels.WatchResult:
        return labels.watch(table, {"sv": ["faktura"]})

    def test_is_lifelines_own(self):
        from lifelines import KaplanMeierFitter
        from lifelines.utils import median_survival_times

        rng = np.random.default_rng(1)
        waits = [float(w) if w < 60 else None for w in rng.exponential(30, 80)]
        table = self.talk(waits, "2023-01-05")
        seen = labels.waits(table, self.found(table))
        assert len(seen) == 80 - sum(i > 96 for i in range(80))
        median, share = labels.reaction_times(table, self.found(table))
        fit = KaplanMeierFitter().fit(seen["duration_h"], seen["event_observed"])
        assert median.estimate == fit.median_survival_time_
        ends = median_survival_times(fit.confidence_interval_survival_function_).to_numpy().ravel()
        assert (median.ci_low, median.ci_high) == pytest.approx(tuple(sorted(ends)))
        assert share.estimate == pytest.approx(1 - fit.predict(24))
        assert share.ci_low < share.estimate < share.ci_high

    def test_who_still_waits_is_censored(self):
        table = self.talk([1.0] * 12 + [None] * 12, "2023-01-10")
        seen = labels.waits(table, self.found(table))
        assert seen["event_observed"].sum() == 12
        assert seen.loc[~seen["event_observed"], "duration_h"].min() == pytest.approx(9 * 24 - 23)
        _, share = labels.reaction_times(table, self.found(table))
        assert share.estimate == pytest.approx(0.5)

    def test_reactions_after_the_end_are_not_seen(self):
        table = self.talk([100.0] * 12, "2023-01-02")
        assert "no reaction" in labels.reaction_times(table, self.found(table))[0].reason
        table.attrs.clear()  # then until the last posting
        assert labels.reaction_times(table, self.found(table))[0].ok

    def test_the_index_is_no_matter(self):
        table = self.talk([float(i) for i in range(1, 20)])
        twice = table.set_axis([0] * len(table))
        assert labels.reaction_times(twice, self.found(table)) == labels.reaction_times(table, self.found(table))

    def test_everybody_at_once(self):
        median, share = labels.reaction_times((table := self.talk([2.0] * 15)), self.found(table))
        assert median.estimate == 2
        assert share.estimate == 1
        assert 0.7 < share.ci_low < 1

    def test_what_cannot_be_told(self):
        few = self.talk([1.0] * 5)
        assert all("it takes 10" in one.reason for one in labels.reaction_times(few, self.found(few)))
        slow = self.talk([30.0] * 3 + [None] * 12, "2023-01-02 20:00")
        median, share = labels.reaction_times(slow, self.found(slow), within_h=240)
        assert "fewer than half" in median.reason
        assert "nobody was observed for 240 h" in share.reason
        with pytest.raises(EstimationError, match="within_h=0"):
            labels.reaction_times(few, self.found(few), within_h=0)
        with pytest.raises(EstimationError, match="none of the utterances"):
            labels.waits(few.iloc[3:], self.found(few))

    def test_speakers_who_repeat_widen_the_hits(self):
        table = self.talk([None] * 60)
        one = labels.watch(table.assign(speaker_id=[f"s{i}" for i in range(60)]), {"sv": ["faktura"]}).estimates[0]
        few = labels.watch(table.assign(speaker_id=[f"s{i % 6}" for i in range(60)]), {"sv": ["faktura"]}).estimates[0]
        assert few.ci_low < one.ci_low
        assert "speakers who repeat" in few.method


class TestLists:
    def test_each_list_by_its_name(self):
        table = TestReaction().talk([2.0] * 12 + [None] * 3).assign(speaker_id=[f"s{i}" for i in range(27)])
        table.attrs["observed_until"] = {"log": "2023-02-01"}
        lists = {"bills": {"sv": ["faktura"]}, "glass": {"sv": ["glas"], "nb": ["glass"]}}
        estimates, terms = labels.watch_lists(table, lists)
        assert [(one.name, one.group) for one in unique(estimates)][:3] == [
            ("watch_hits", "bills"), ("watch_hits", "glass"), ("watch_reaction_median_h", "bills"),
        ]  # fmt: skip
        alone = labels.watch(table, lists["bills"])
        assert estimates[0].estimate == alone.estimates[0].estimate == 1000
        assert estimates[2].estimate == labels.reaction_times(table, alone)[0].estimate == 2
        assert terms.to_dict("records") == [
            {"list": "bills", "language": "sv", "term": "faktura", "n_utterances": 27, "n_speakers": 27}
        ]
        with pytest.raises(EstimationError, match="no watch list"):
            labels.watch_lists(table, {})
        with pytest.raises(EstimationError, match="empty"):
            labels.watch_lists(table, {"none": {"sv": []}})


class TestFound:
    def test_each_language_with_labels(self):
        texts, truth = written(np.random.default_rng(7), 700, 0.4)
        ids = [f"u{i}" for i in range(700)]
        table = utterances(utterance_id=ids, text=texts, language=["sv"] * 650 + ["nb"] * 50, speaker_role="customer")
        codes = pd.DataFrame({"utterance_id": ids[:250] + ids[660:670], "coder": "ida"})
        codes["label"] = [*truth[:250], *truth[660:670]]
        disputed = pd.DataFrame({"utterance_id": ["u0"], "coder": ["per"], "label": [not truth[0]]})
        found = labels.text_complaints(table, pd.concat([codes, disputed], ignore_index=True))
        made = unique(found.estimates)
        by_key = {(one.name, one.group): one for one in made}
        one = by_key["complaint_prevalence", "sv"]
        assert one.ci_low <= truth[250:650].mean() <= one.ci_high
        assert one.n == 401  # the disputed text is counted, not learned from
        assert by_key["complaint_prevalence_bayesian", "sv"].ok
        assert by_key["sensitivity", "sv"].n == truth[1:250].sum()
        assert "10 labels" in by_key["complaint_prevalence", "nb"].reason
        assert "0 labels" in by_key["complaint_prevalence", "is"].reason
        assert any("labelled differently" in note for note in one.assumptions)

    def test_other_languages_and_what_tells(self):
        texts, truth = written(np.random.default_rng(8), 240, 0.5)
        ids = [f"u{i}" for i in range(240)]
        people = [f"s{i % 40}" for i in range(240)]
        table = utterances(
            utterance_id=ids,
            text=texts,
            language="other",
            language_detail="da",
            speaker_role="customer",
            speaker_id=people,
        )
        codes = pd.DataFrame({"utterance_id": ids[:150], "coder": "ida", "label": truth[:150]})
        found = labels.text_complaints(table.set_axis([5] * 240), codes, languages=["sv"])
        sv, da, *_ = found.estimates
        assert "0 labels" in sv.reason
        assert (da.group, da.n) == ("da", 90)
        assert "the lexicon of da (3 entries)" in da.method
        words = found.words
        assert set(words["kind"]) == {"lexicon", "word"}
        assert words["n_speakers"].between(5, 40).all()
        shy = labels.text_complaints(table.assign(speaker_id=None), codes, languages=[])
        assert shy.words.empty

    def test_what_cannot_be_learned_is_a_reason(self):
        ids = [f"u{i}" for i in range(60)]
        table = utterances(utterance_id=ids, text=["Fel!"] * 30 + ["Tack"] * 30, language="sv", speaker_role="customer")
        codes = pd.DataFrame({"utterance_id": ids[5:55], "coder": "ida", "label": [True] * 25 + [False] * 25})
        assert "say something of their own" in labels.text_complaints(table, codes).estimates[0].reason
        words = codes.assign(label="maybe")
        with pytest.raises(EstimationError, match="label 'maybe'"):
            labels.text_complaints(table, words)
        with pytest.raises(EstimationError, match="language_detail"):
            labels.text_complaints(table.drop(columns="language_detail"), codes)

    def test_without_labels_nothing_is_said(self):
        table = utterances(utterance_id=["a"], text=["Hej"], language=["sv"], speaker_role=["customer"])
        none = pd.DataFrame(columns=["utterance_id", "coder", "label"])
        assert "no utterance has been labelled" in labels.text_complaints(table, none).estimates[0].reason
        other = pd.DataFrame({"utterance_id": ["z"], "coder": ["ida"], "label": [True]})
        assert "among these" in labels.text_complaints(table, other).estimates[0].reason
        few = pd.DataFrame({"utterance_id": ["a"], "coder": ["ida"], "label": [True]})
        assert "1 labels" in labels.text_complaints(table, few, languages=["sv"]).estimates[0].reason


@pytest.mark.real_data
def test_real_labelled_tweets(real_data):
    """A short run of benchmarks/labels.py, which gives coverage and error over 200 halves."""
    data = pd.read_csv(real_data / "tweets_labelled_complaints.csv", encoding="latin-1").dropna(subset=["finalLabel"])
    texts, truth = data["text"].to_numpy(dtype=object), data["finalLabel"].to_numpy() > 0
    hits, errors = [], []
    for seed in (2,):
        rng = np.random.default_rng(seed)
        learn, test = np.array_split(rng.permutation(len(data)), 2)
        model = labels.train(list(texts[learn]), truth[learn])
        assert model.accuracy.sensitivity + model.accuracy.specificity > 1.4
        for share in (0.1, 0.6):
            n_true = round(share * len(test))
            drawn = rng.choice(test[truth[test]], n_true), rng.choice(test[~truth[test]], len(test) - n_true)
            some = np.concatenate(drawn)
            called, n, repeats = model.count(list(texts[some]))
            assert repeats > 1.5  # drawn with replacement
            for estimate in (labels.corrected_prevalence, labels.bayesian_prevalence):
                one = estimate(called, n, model.accuracy, repeats=repeats)
                hits.append(one.ci_low <= share <= one.ci_high)
                errors.append((abs(one.estimate - share), abs(called / n - share)))
    assert sum(hits) >= 3
    corrected, counted = np.mean(errors, axis=0)
    assert corrected < counted
