"""Agreement between coders: published worked examples, other code, and codes of known agreement."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis import labels
from scsr.analysis.estimates import unique
from scsr.analysis.labels.agreement import code_table
from scsr.errors import EstimationError


def crossed(table: list[list[int]]) -> tuple[pd.Series, pd.Series]:
    """The codes behind a table of the first coder's labels by the second's."""
    counts = np.array(table)
    pairs = np.repeat(np.argwhere(counts >= 0), counts.ravel(), axis=0)
    return pd.Series(pairs[:, 0]), pd.Series(pairs[:, 1])


class TestKappa:
    def test_published_table(self):
        # Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, table 18.1: two raters, 100 subjects
        one = labels.cohen_kappa(*crossed([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
        assert one.estimate == pytest.approx(0.68, abs=0.005)
        assert one.extra["observed_agreement"] == pytest.approx(0.89)
        assert one.extra["expected_agreement"] == pytest.approx(0.66)
        assert (one.n, one.name) == (100, "cohen_kappa")
        # their standard error of .087 gives .51 to .85
        assert (one.ci_low, one.ci_high) == pytest.approx((0.51, 0.85), abs=0.03)

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=8, max_size=60))
    @settings(max_examples=25, deadline=None)
    def test_is_scikit_learns(self, pairs):
        from sklearn.metrics import cohen_kappa_score

        first, second = (pd.Series(column) for column in zip(*pairs, strict=True))
        one = labels.cohen_kappa(first, second, n_resamples=100)
        if one.ok:
            assert one.estimate == pytest.approx(cohen_kappa_score(first, second))
            assert one.ci_low <= one.estimate <= one.ci_high
        else:
            assert first.nunique() == second.nunique() == 1

    def test_interval_covers(self):
        rng, hits = np.random.default_rng(1), 0
        for seed in range(200):
            truth = rng.uniform(size=150) < 0.4
            first, second = (pd.Series(np.where(rng.uniform(size=150) < 0.9, truth, ~truth)) for _ in range(2))
            one = labels.cohen_kappa(first, second, n_resamples=300, seed=seed)
            # each is wrong in a tenth: they agree in .82; by chance in .42 ** 2 + .58 ** 2
            hits += one.ci_low <= (0.82 - 0.5128) / (1 - 0.5128) <= one.ci_high
        assert 0.90 <= hits / 200 <= 0.98

    def test_perfect_agreement_is_not_certainty(self):
        codes = pd.Series([0, 1] * 10)
        one = labels.cohen_kappa(codes, codes)
        assert (one.estimate, one.ci_high) == (1, 1)
        assert 0.4 < one.ci_low < 0.9
        assert "Wilson" in one.method

    def test_what_cannot_be_told(self):
        one = labels.cohen_kappa(pd.Series([1] * 9), pd.Series([1] * 9))
        assert "all codes are the same" in one.reason
        few = labels.cohen_kappa(pd.Series([1, 0, None, 1]), pd.Series([1, 0, 1, None]))
        assert "2 units" in few.reason
        with pytest.raises(EstimationError, match="9 and 8 codes"):
            labels.cohen_kappa(pd.Series([1] * 9), pd.Series([1] * 8))
        with pytest.raises(EstimationError, match="n_resamples=5"):
            labels.cohen_kappa(pd.Series([1, 0] * 9), pd.Series([1, 0] * 9), n_resamples=5)


class TestAlpha:
    # Krippendorff 2011, Computing Krippendorff's alpha-reliability: example C (four observers, twelve units, codes missing)
    four = pd.DataFrame(
        {
            "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
            "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
            "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
            "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
        }
    )

    def test_published_examples(self):
        one = labels.krippendorff_alpha(self.four)
        assert one.estimate == pytest.approx(0.743, abs=0.0005)
        assert one.n == 11  # one unit was coded once
        two = pd.DataFrame({"A": list("0100000010"), "B": list("1110010000")})
        assert labels.krippendorff_alpha(two).estimate == pytest.approx(0.095, abs=0.0005)
        nominal = pd.DataFrame({"A": list("aabbdcccedda"), "B": list("babbbccceddd")})
        assert labels.krippendorff_alpha(nominal).estimate == pytest.approx(0.692, abs=0.0005)

    @given(st.lists(st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=3, max_size=3), min_size=6, max_size=25))
    @settings(max_examples=25, deadline=None)
    def test_is_the_coincidence_matrix(self, rows):
        codes = pd.DataFrame(rows, columns=list("xyz"), dtype=object)
        one = labels.krippendorff_alpha(codes, n_resamples=100)
        matrix = pd.DataFrame(0.0, index=list("abc"), columns=list("abc"))
        for row in rows:
            given_codes = [code for code in row if code is not None]
            for i, first in enumerate(given_codes):
                for j, second in enumerate(given_codes):
                    if i != j:
                        matrix.loc[first, second] += 1 / (len(given_codes) - 1)
        sums, n = matrix.sum(), matrix.to_numpy().sum()
        if one.ok:
            differ = n - np.trace(matrix)
            chance = (n * n - (sums**2).sum()) / (n - 1)
            assert one.estimate == pytest.approx(1 - differ / chance)
            assert one.ci_low <= one.estimate <= one.ci_high <= 1
        else:
            assert one.n < 5 or (sums > 0).sum() < 2

    def test_same_seed_same_interval(self):
        first, again, other = (labels.krippendorff_alpha(self.four, seed=seed) for seed in (1, 1, 2))
        assert first == again
        assert (first.ci_low, first.ci_high) != (other.ci_low, other.ci_high)


class TestCodes:
    codes = pd.DataFrame(
        {
            "utterance_id": [*"abcdefgh", *"abcdefgh", "a", "z"],
            "coder": ["ida"] * 8 + ["per"] * 8 + ["siv"] * 2,
            "label": [True, False] * 4 + [True, False, True, False, True, True, True, False] + [True, False],
        }
    )

    def test_all_and_each_pair(self):
        made = unique(labels.coder_agreement(self.codes))
        assert [(one.name, one.group) for one in made] == [
            ("krippendorff_alpha", "all"), ("cohen_kappa", "ida and per"), ("cohen_kappa", "ida and siv"),
            ("cohen_kappa", "per and siv"),
        ]  # fmt: skip
        assert made[1].estimate == pytest.approx(0.75)
        assert [one.group for one in labels.coder_agreement(self.codes, named=False)][1] == "1 and 2"
        assert not made[2].ok

    def test_words(self):
        lines = labels.describe_labels(self.codes, 2)
        assert lines[0] == "ida: 8 utterances labelled, 4 as a complaint"
        assert "2 rows still without a label" in lines
        assert any(line.startswith("agreement of two coders beyond chance") and "0.75" in line for line in lines)
        assert "no labels yet" in labels.describe_labels(self.codes.iloc[:0])[0]

    def test_what_is_settled(self):
        settled, n_disputed = labels.settled(self.codes)
        assert n_disputed == 1
        assert settled.to_dict() == dict(
            zip("abcdeghz", [True, False, True, False, True, True, False, False], strict=True)
        )

    def test_two_labels_of_one_coder(self):
        twice = pd.concat([self.codes, pd.DataFrame({"utterance_id": ["a"], "coder": ["ida"], "label": [False]})])
        with pytest.raises(EstimationError, match="coder 'ida' gave utterance 'a' two labels"):
            labels.coder_agreement(twice)
        same = pd.concat([self.codes, self.codes.iloc[:1]])
        pd.testing.assert_frame_equal(code_table(same), code_table(self.codes))
        with pytest.raises(EstimationError, match="no column 'coder'"):
            labels.coder_agreement(self.codes.drop(columns="coder"))
