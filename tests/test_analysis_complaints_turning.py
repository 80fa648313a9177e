"""Where conclusions turn, which channels sectors use, and the published example of shrinkage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis import complaints
from scsr.analysis.complaints import CountTable, summary
from scsr.analysis.estimates import Estimate, not_estimable, unique
from scsr.analysis.intervals import wilson
from scsr.errors import EstimationError


def share(hits: int, n: int, company: str = "A") -> Estimate:
    return Estimate("complainer_share", "", "share", hits / n, *wilson(hits, n), n, "Wilson", {"company": company})


class TestTurning:
    def test_share_against_a_target(self):
        one = complaints.turning_share(share(20, 1000), 0.1)
        low, high = wilson(20, 1000)
        assert (one.estimate, one.ci_low, one.ci_high) == pytest.approx((0.2, 10 * low, 10 * high))
        assert one.by == (("company", "A"),)
        # half of what is unhappy complains: at the turning share, silence of as many makes the target
        assert 0.02 / one.estimate == pytest.approx(0.1)
        assert "it is passed" in complaints.turning_share(share(200, 1000), 0.1).reason
        assert "nobody complained" in complaints.turning_share(share(0, 1000), 0.1).reason
        assert complaints.turning_share(not_estimable("s", "", "", "nothing"), 0.1).reason == "nothing"
        with pytest.raises(EstimationError, match="target=0"):
            complaints.turning_share(share(2, 10), 0)

    def test_readiness_covers(self):
        rng, hits = np.random.default_rng(1), 0
        for _ in range(400):
            a, b = share(rng.binomial(4000, 0.03), 4000), share(rng.binomial(2000, 0.02), 2000, "B")
            one = complaints.turning_readiness(a, b)
            hits += one.ci_low <= 1.5 <= one.ci_high
        assert 0.93 <= hits / 400 <= 0.98

    def test_readiness_is_near_the_textbook(self):
        from statsmodels.stats.proportion import confint_proportions_2indep

        one = complaints.turning_readiness(share(60, 2000), share(30, 1500, "B"))
        ends = confint_proportions_2indep(60, 2000, 30, 1500, compare="ratio", method="log-adjusted")
        assert one.estimate == pytest.approx(1.5)
        assert (one.ci_low, one.ci_high) == pytest.approx(ends, rel=0.03)

    def test_the_loudest_is_held_against_each_other(self):
        made = unique(complaints.turning_values([share(9, 300, "A"), share(20, 300, "B"), share(0, 300, "C")]))
        assert [one.group for one in made] == ["B, A"]
        lonely = complaints.turning_values([share(9, 300), share(0, 300, "C")])
        assert "it takes two" in lonely[0].reason
        assert not complaints.turning_readiness(share(3, 90), share(0, 90, "B")).ok
        other = Estimate("complainer_share", "", "share", 0.1, 0.05, 0.2, 9, "", {"company": "B"}, level=0.9)
        with pytest.raises(EstimationError, match="give one level"):
            complaints.turning_readiness(share(3, 90), other)

    @given(st.integers(0, 40), st.integers(40, 90), st.integers(0, 40), st.integers(40, 90))
    @settings(max_examples=60, deadline=None)
    def test_turning_is_symmetric(self, a, n, b, m):
        one, other = (complaints.turning_readiness(*pair) for pair in (
            (share(a, n), share(b, m, "B")), (share(b, m, "B"), share(a, n)),
        ))  # fmt: skip
        assert one.ok == other.ok == (a > 0 and b > 0)
        if one.ok:
            assert one.estimate == pytest.approx(1 / other.estimate)
            assert one.ci_low == pytest.approx(1 / other.ci_high)


class TestChannels:
    def table(self, **people: int) -> pd.DataFrame:
        rows = [(sector, channel, f"{sector}{channel}{i}") for key, n in people.items()
                for sector, channel in [key.split("_")] for i in range(n)]  # fmt: skip
        return pd.DataFrame(rows, columns=["sector", "channel", "speaker_id"]).assign(kind="complaint")

    def test_shares_within_sectors(self):
        made = summary.channel_table(self.table(bank_email=30, bank_phone=10, telecom_chat=8))
        assert made["share"].tolist() == pytest.approx([0.75, 0.25, 1.0])
        assert tuple(made.loc[0, ["ci_low", "ci_high"]]) == pytest.approx(wilson(30, 40))
        assert made.groupby("sector")["share"].sum().tolist() == pytest.approx([1, 1])

    def test_people_who_repeat_widen(self):
        said = self.table(bank_email=30, bank_phone=10)
        once = summary.channel_table(said)
        thrice = summary.channel_table(pd.concat([said] * 3, ignore_index=True))
        assert thrice["n"].tolist() == once["n"].tolist()
        assert thrice["ci_low"].tolist() == pytest.approx(once["ci_low"].tolist())

    def test_few_people_are_put_together(self):
        made = summary.channel_table(self.table(bank_email=30, bank_phone=3, bank_chat=1, bank_letter=8, bank_forum=9))
        # phone and chat are 4 people, so letters join them
        assert made.set_index("channel")["complaints"].to_dict() == {
            "email": 30, "forum": 9, summary.OTHERS: 12,
        }  # fmt: skip
        assert (made["n"] >= 5).all()
        single = summary.channel_table(self.table(bank_email=30, bank_phone=4))
        assert single["complaints"].tolist() == [34]
        assert summary.channel_table(self.table(bank_email=3))["n"].tolist() == [3]  # withheld when recorded
        assert summary.channel_table(self.table(bank_email=3).assign(kind="post")).empty

    @given(st.dictionaries(st.sampled_from(["b_x", "b_y", "b_z", "t_x", "t_y"]), st.integers(1, 12), min_size=1))
    @settings(max_examples=30, deadline=None)
    def test_every_complaint_is_in_one_row(self, people):
        made = summary.channel_table(self.table(**people))
        assert made["complaints"].sum() == sum(people.values())
        assert ((made["ci_low"] >= 0) & (made["ci_low"] <= made["share"]) & (made["share"] <= made["ci_high"])).all()
        sizes = made.groupby("sector")["n"]
        assert ((made["n"] >= 5) | (sizes.transform("size") == 1)).all()


class TestShrinkage:
    """Efron, B. & Morris, C. (1975), Data analysis using Stein's estimator and its generalizations. *Journal of the American
    Statistical Association*, 70, 311-319, table 1: batting averages of 18 players in 1970, the first 45 at bats and the
    remainder of the season, as printed.
    """

    first = np.array(
        [0.400, 0.378, 0.356, 0.333, 0.311, 0.311, 0.289, 0.267, 0.244, 0.244, 0.222, 0.222, 0.222, 0.222, 0.222,
         0.200, 0.178, 0.156]
    )  # fmt: skip
    rest = np.array(
        [0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256, 0.303, 0.264, 0.226,
         0.285, 0.316, 0.200]
    )  # fmt: skip

    def test_james_and_steins_estimator(self):
        # total squared error .075 to .021 from three decimals; the paper, from more, .077 to .022
        mean = self.first.mean()
        spread = ((self.first - mean) ** 2).sum()
        kept = 1 - (len(self.first) - 3) * mean * (1 - mean) / 45 / spread
        shrunk = mean + kept * (self.first - mean)
        assert mean == pytest.approx(0.265, abs=0.0005)
        assert ((self.first - self.rest) ** 2).sum() == pytest.approx(0.075, abs=0.0005)
        assert ((shrunk - self.rest) ** 2).sum() == pytest.approx(0.021, abs=0.0005)

    def test_ours_shrinks_as_well(self):
        hits = np.round(45 * self.first).astype(int)
        frame = pd.DataFrame({"company": [f"player {i:02}" for i in range(18)], "n_complaints": hits, "exposure": 45.0})
        table = complaints.shrunken_rates(CountTable(frame, {}, ("company",), "contacts", False), per=1).frame
        # counts of a Poisson vary a little more than hits of 45, so that ours draws a little closer to the mean
        assert ((table["shrunken"] - self.rest) ** 2).sum() < 0.0235
        assert ((table["ci_low"] < self.rest) & (self.rest < table["ci_high"])).all()
