"""What holds of prevalence, agreement, watch lists and the classifier whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr import schema
from scsr.analysis import labels
from scsr.analysis.labels import Accuracy
from scsr.analysis.labels.classify import wording
from scsr.analysis.labels.lexicon import entries_of

quick = settings(max_examples=20, deadline=None)
slow = settings(max_examples=6, deadline=None)
ESTIMATES = (labels.corrected_prevalence, labels.bayesian_prevalence)


@given(st.integers(0, 300), st.integers(60, 100), st.integers(70, 100), st.floats(1, 5))
@quick
def test_other_texts_are_the_mirror_of_complaints(called, found, passed, repeats):
    accuracy, mirror = Accuracy(found, 100, passed, 100), Accuracy(passed, 100, found, 100)
    for estimate in ESTIMATES:
        one, other = (
            estimate(called, 300, accuracy, repeats=repeats),
            estimate(300 - called, 300, mirror, repeats=repeats),
        )
        assert one.ok == other.ok
        if one.ok:
            assert one.estimate == pytest.approx(1 - other.estimate, abs=1e-3)
            assert one.ci_low == pytest.approx(1 - other.ci_high, abs=1e-3)


@given(st.integers(0, 250), st.integers(1, 50), st.integers(60, 100), st.integers(70, 100))
@quick
def test_more_calls_are_more_complaints(called, more, found, passed):
    accuracy = Accuracy(found, 100, passed, 100)
    for estimate in ESTIMATES:
        few, many = estimate(called, 300, accuracy), estimate(called + more, 300, accuracy)
        if few.ok and many.ok:
            assert few.estimate <= many.estimate + 1e-4
            assert few.ci_high <= many.ci_high + 1e-2  # the interval's shape turns where it is cut


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=2, max_size=40),
    st.randoms(use_true_random=False),
)
@quick
def test_accuracy_goes_by_no_order(rows, random):
    if len({label for label, _, _ in rows}) == 2:
        one = labels.accuracy_of(*(np.array(column) for column in zip(*rows, strict=True)))
        random.shuffle(rows)
        assert labels.accuracy_of(*(np.array(column) for column in zip(*rows, strict=True))) == one
        for low, middle, high in ((e.ci_low, e.estimate, e.ci_high) for e in one.estimates()):
            assert 0 <= low <= middle <= high <= 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 5))
@quick
def test_repeats_lie_between_one_and_all(groups, times):
    repeats = labels.repeats_of(np.array(groups))
    assert 1 <= repeats <= len(groups)
    assert labels.repeats_of(np.array(groups * times)) == pytest.approx(repeats * times)
    assert labels.repeats_of(np.array([f"text {g}" for g in groups], dtype=object)) == pytest.approx(repeats)


CODES = st.lists(st.tuples(*[st.sampled_from([True, False, None])] * 3), min_size=5, max_size=30)


@given(CODES)
@quick
def test_agreement_goes_by_no_order_and_no_name(rows):
    codes = pd.DataFrame(rows, columns=list("abc"), dtype=object)
    renamed = codes.replace({True: "complaint", False: "none"})[::-1][["c", "a", "b"]]
    one, other = (labels.krippendorff_alpha(table, n_resamples=100) for table in (codes, renamed))
    assert one.ok == other.ok
    assert not one.ok or one.estimate == pytest.approx(other.estimate)
    first, second = (
        labels.cohen_kappa(codes["a"], codes["b"], n_resamples=100),
        labels.cohen_kappa(codes["b"], codes["a"], n_resamples=100),
    )
    assert first.ok == second.ok
    assert not first.ok or first.estimate == pytest.approx(second.estimate)


WORDS = ["faktura", "fakturan", "räkning", "tack", "hej", "klagar"]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=4), min_size=1, max_size=15), st.randoms(use_true_random=False)
)
@slow
def test_watch_lists_go_by_no_order_and_add_up(texts, random):
    n = len(texts)
    said = pd.DataFrame(
        {"utterance_id": [f"u{i}" for i in range(n)], "language": "sv", "text": [" ".join(t) for t in texts]}
    )
    said = schema.conform(said, "utterances")
    both = labels.watch(said, {"sv": ["faktura", "klag*"]})
    order = list(range(n))
    random.shuffle(order)
    again = labels.watch(said.iloc[order], {"sv": ["faktura", "klag*"]})
    assert again.estimates == both.estimates
    assert set(again.hits["utterance_id"]) == set(both.hits["utterance_id"])
    alone = [labels.watch(said, {"sv": [term]}).estimates[0].estimate for term in ("faktura", "klag*")]
    assert max(alone) - 1e-9 <= both.estimates[0].estimate <= sum(alone) + 1e-9
    quiet = said.assign(utterance_id=[f"v{i}" for i in range(n)], text="hej och tack")
    more = labels.watch(pd.concat([said, quiet], ignore_index=True), {"sv": ["faktura", "klag*"]})
    assert more.estimates[0].estimate == pytest.approx(both.estimates[0].estimate / 2)


@given(st.lists(st.sampled_from([*WORDS, "@ida", "!", "Besviken"]), max_size=8))
@quick
def test_what_is_said_goes_by_no_case(words):
    text = " ".join(words)
    assert wording(text.upper()) == wording(text) or not any(word.isalpha() for word in words)
    assert wording(wording(text)) == wording(text)
    assert entries_of(text.upper(), "sv") == entries_of(text, "sv")


@pytest.fixture(scope="module")
def model() -> labels.ComplaintClassifier:
    said = [f"{word} {i}" for i in range(30) for word in ("jag klagar på fakturan", "stort tack för hjälpen")]
    return labels.train(said, [True, False] * 30, language="sv")


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
@slow
def test_each_text_is_judged_by_itself(model, texts, random):
    frame = model.predict(pd.Series(texts))
    order = list(range(len(texts)))
    random.shuffle(order)
    again = model.predict(pd.Series(texts).iloc[order])
    assert again["complaint"].sort_index().tolist() == frame["complaint"].tolist()
    assert again["complaint_probability"].sort_index().tolist() == pytest.approx(
        frame["complaint_probability"].tolist()
    )
    assert frame["complaint_probability"].between(0, 1).all()
    assert model.count(texts)[:2] == pytest.approx(model.count([texts[i] for i in order])[:2])
