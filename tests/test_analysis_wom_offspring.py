"""The hazard of direct reshares: against Cox regression of another package, sums by hand, and impossible trees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scsr.analysis.simulate.design import Design
from scsr.analysis.simulate.light import draw_cascades
from scsr.analysis.wom import early_answer, mean_cumulative, without_answers
from scsr.analysis.wom.events import events_of
from scsr.analysis.wom.offspring import clock, fit_offspring, parents_in
from scsr.analysis.wom.trees import parents_of
from scsr.errors import EstimationError

POISSON = Design(n_cascades=250, offspring_dispersion=np.inf, cascades_answered=0.6, answer_hazard_ratio=0.5)


def spells(shares: pd.DataFrame) -> pd.DataFrame:
    """Ages at which each share could be reshared, cut at its reshares and at the answer."""
    firm = shares["speaker_role"].eq("firm").to_numpy()
    hours = shares[firm].set_index("cascade_id")["t_h"]
    kept = shares[~firm].reset_index(drop=True)
    parent = parents_of(kept)
    rows = []
    for i, (t, until, answer) in enumerate(
        zip(kept["t_h"], kept["observed_until_h"], kept["cascade_id"].map(hours), strict=True)
    ):
        ages = np.sort(kept["t_h"].to_numpy()[parent == i] - t)
        cut = answer - t if answer - t > 0 else np.nan
        ends = np.unique(np.append(ages, [until - t, *([cut] if cut < until - t else [])]))
        start = 0.0
        for end in ends:
            if end > start:
                rows.append((start, end, float(end in ages), float(start >= answer - t)))
            start = end
    return pd.DataFrame(rows, columns=["start", "stop", "event", "after"])


def test_ratio_is_that_of_cox_regression_where_sharers_are_alike():
    from statsmodels.duration.hazard_regression import PHReg

    shares = draw_cascades(POISSON, np.random.default_rng(1))
    rows = spells(shares)
    cox = PHReg(rows["stop"], rows[["after"]], status=rows["event"], entry=rows["start"]).fit()
    ours = early_answer(shares).estimates[0]
    assert ours.estimate == pytest.approx(np.exp(cox.params[0]), rel=0.04)


def test_clock_is_the_mean_cumulative_function():
    shares = draw_cascades(Design(n_cascades=80, cascade_window_h=40, staggered=True), np.random.default_rng(2))
    steps = mean_cumulative(shares)
    events = events_of(shares)
    parent = parents_in(events, parents_of(shares))
    child = parent >= 0
    told = clock(events.t[child] - events.t[parent[child]], events.ahead)
    assert told(steps["age_h"].to_numpy()) == pytest.approx(steps["mean"].to_numpy())
    assert told(np.zeros(1))[0] == 0


def test_expected_reshares_add_up_to_those_seen():
    shares = draw_cascades(POISSON, np.random.default_rng(3))
    kept = without_answers(shares)
    events = events_of(kept)
    parent = parents_in(events, parents_of(kept))
    hours = np.where(np.arange(events.n_cascades) % 2, 2.0, np.inf)
    after = ~events.first & (events.t > hours[events.cascade])
    fit = fit_offspring(events, parent, hours, after, np.zeros(events.n_cascades, dtype=int))
    ratio = np.exp(fit.x[-1])
    assert fit.due[0].sum() + ratio * fit.due[1].sum() == pytest.approx((parent >= 0).sum(), rel=1e-2)
    assert ratio * fit.due[1].sum() == pytest.approx(after.sum(), rel=1e-2)
    assert len(fit.likelihoods(fit.x)) == events.n_cascades


def test_parents_unknown_or_impossible():
    shares = draw_cascades(Design(n_cascades=20), np.random.default_rng(1))
    unknown = shares.assign(parent_id=pd.NA)
    assert parents_in(events_of(unknown), parents_of(unknown)) is None
    child = shares["parent_id"].notna()
    late = shares.assign(t_h=shares["t_h"].mask(child & shares["share_id"].isin(shares["parent_id"]), 300.0))
    with pytest.raises(EstimationError, match="before its parent"):
        early_answer(late, pd.Series(1.0, index=shares["cascade_id"].unique()))
