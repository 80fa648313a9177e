"""Whether a curve has a jump somewhere: score tests at several thresholds, corrected for having looked at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.design import dense
from scsr.analysis.loyalty.episodes import MONTH
from scsr.analysis.loyalty.fit import clusters, covariate_design, evaluate, fold_periods, newton

__all__ = ["no_thresholds", "thresholds"]

LEAST_SHARE = 0.05
MANY_CLUSTERS = 20_000


def no_thresholds() -> pd.DataFrame:
    """Return a table of thresholds without rows."""
    names = ("threshold_h", "n_within", "n_later", "statistic", "p_value")
    return pd.DataFrame({name: pd.Series(dtype=float) for name in names})


def thresholds(
    episodes: pd.DataFrame,
    pieces: pd.DataFrame,
    hours: np.ndarray,
    basis: np.ndarray,
    thresholds_h: Sequence[float],
    n_draws: int,
    seed: int,
) -> pd.DataFrame:
    """Test a jump at each threshold by its score beside the smooth curve, alone and for having looked at all."""
    from scipy.stats import norm

    share = np.array([(hours > hour).mean() for hour in thresholds_h])
    chosen = np.array(thresholds_h)[(share >= LEAST_SHARE) & (share <= 1 - LEAST_SHARE)]
    if not len(chosen):
        return no_thresholds().assign(p_corrected=pd.Series(dtype=float))
    row, event = pieces["row"].to_numpy(), pieces["event"].to_numpy(float)
    level = dense(fold_periods(pieces["period"].to_numpy(), event))
    names = [("", "")] * basis.shape[1]
    n_events = np.bincount(row, event, len(episodes))
    null, names, _ = covariate_design(episodes, row, n_events, list(basis[row].T), names, level)
    length = ((pieces["stop"] - pieces["start"]) / MONTH).to_numpy()
    member = clusters(episodes)[0][row]
    overall = np.full(int(level.max()) + 1, np.log(event.sum() / length.sum()))
    beta, _ = newton(null, np.concatenate([np.zeros(len(names)), overall]), event, np.log(length), member)
    _, score, information = evaluate(null, beta, event, np.log(length), np.ones(len(event)))
    jumps = (hours[:, None] > chosen)[row].astype(float)
    crossed = np.column_stack([null.gradient(information * jump) for jump in jumps.T])
    try:
        projection = np.linalg.solve(null.information(information), crossed)
    except np.linalg.LinAlgError:  # a group without information: nothing is left to tell a jump by
        return no_thresholds().assign(p_corrected=pd.Series(dtype=float))
    # what a jump tells beyond the curve and the covariates
    beyond = np.column_stack([jump - null.predict(taken) for jump, taken in zip(jumps.T, projection.T, strict=True)])
    of = dense(member)
    efficient = np.column_stack([np.bincount(of, column * score) for column in beyond.T])
    error = np.sqrt((efficient**2).sum(axis=0))
    statistic = efficient.sum(axis=0) / error
    draws = multiplied(efficient, n_draws, np.random.default_rng(seed))
    largest = np.abs(draws / error).max(axis=1)
    return pd.DataFrame(
        {
            "threshold_h": chosen,
            "n_within": (hours[:, None] <= chosen).sum(axis=0),
            "n_later": (hours[:, None] > chosen).sum(axis=0),
            "statistic": statistic,
            "p_value": 2 * norm.sf(np.abs(statistic)),
            "p_corrected": [(1 + (largest >= abs(one)).sum()) / (1 + n_draws) for one in statistic],
        }
    )


def multiplied(scores: np.ndarray, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return draws of the sum of the clusters' scores, each times a standard normal number; draws × scores.

    That sum is normal with the scores' own products as covariance: of many clusters it is drawn from there.
    """
    if len(scores) <= MANY_CLUSTERS:
        return np.vstack([rng.standard_normal(len(scores)) @ scores for _ in range(n_draws)])
    value, direction = np.linalg.eigh(scores.T @ scores)
    return np.asarray((rng.standard_normal((n_draws, len(value))) * np.sqrt(np.maximum(value, 0.0))) @ direction.T)
