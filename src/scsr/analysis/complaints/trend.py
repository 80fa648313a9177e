"""How a complaint rate moves: its yearly trend and the swing of the seasons."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level
from scsr.errors import EstimationError

__all__ = ["RateTrend", "rate_trend"]


@dataclass(frozen=True)
class RateTrend:
    """How a rate moves: ``rate_trend_yearly`` and ``seasonal_ratio``, and the months with what was fitted.

    ``frame`` holds ``period, n_complaints, exposure, rate, fitted`` (per unit of exposure) and ``season``, the factor of
    the yearly wave (1 where there is none to be told).
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame

    @property
    def season(self) -> np.ndarray | None:
        """The factor of the yearly wave by month with exposure; None unless the joint test finds one (p < .05)."""
        wave = next((one for one in self.estimates if one.name == "seasonal_ratio"), None)
        found = wave is not None and wave.ok and wave.extra["p_value"] < 0.05
        return self.frame["season"].to_numpy(float) if found else None


def rate_trend(counts: CountTable, level: float = 0.95) -> RateTrend:
    """Estimate the yearly trend and the swing of the seasons in monthly rates.

    Months are summed over groups and fitted by quasi-Poisson regression: log rate = trend + one yearly wave
    (only with 24 months or more, since a shorter series cannot tell a season from a trend).

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts` with ``freq="month"``.

    Returns
    -------
    RateTrend
        ``rate_trend_yearly`` (ratio a year) and ``seasonal_ratio`` (highest over lowest month of the wave, with the p
        value of the joint F test of the wave's two terms in ``extra``).

    References
    ----------
    Stolwijk, A. M., Straatman, H. & Zielhuis, G. A. (1999). Studying seasonality by using sine and cosine
    functions in regression analysis. *Journal of Epidemiology & Community Health*, 53, 235-238.

    Examples
    --------
    >>> months = pd.date_range("2022-01-01", periods=24, freq="MS", tz="UTC")
    >>> cells = pd.DataFrame({"period": months, "n_complaints": [10, 12, 9, 11] * 6, "exposure": 1000.0})
    >>> trend = rate_trend(CountTable(cells, {}, (), "customers", True, "month"))
    >>> trend.estimates[0].ci_low < 1 < trend.estimates[0].ci_high
    True
    """
    check_level(level)
    trend_words = "complaint rate a year later as a multiple, seasons held"
    wave_words = "complaint rate in the highest month of the yearly wave as a multiple of the lowest"
    if not counts.reason and counts.freq != "month":
        raise EstimationError("rate_trend needs months; count with freq='month'")
    empty = pd.DataFrame(columns=["period", "n_complaints", "exposure", "rate", "fitted", "season"])
    months = empty
    if not counts.reason:
        months = counts.frame.groupby("period", sort=True)[["n_complaints", "exposure"]].sum().reset_index()
        months = months[months["exposure"] > 0]
    reason = counts.reason
    if not reason and len(months) < 6:
        reason = f"{len(months)} months are too few for a trend; it takes 6"
    if not reason and not months["n_complaints"].sum():
        reason = "there are no complaints"
    if reason:
        no = (
            not_estimable("rate_trend_yearly", trend_words, "ratio a year", reason, n=len(months), level=level),
            not_estimable("seasonal_ratio", wave_words, "ratio", reason, n=len(months), level=level),
        )
        return RateTrend(no, empty)
    return fit_trend(months, trend_words, wave_words, level)


def fit_trend(months: pd.DataFrame, trend_words: str, wave_words: str, level: float) -> RateTrend:
    """Fit trend and wave to monthly sums."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    years = (months["period"].dt.year + (months["period"].dt.month - 1) / 12).to_numpy()
    seasonal = len(months) >= 24
    columns = [np.ones(len(months)), years - years.mean()]
    if seasonal:
        columns += [np.cos(2 * np.pi * years), np.sin(2 * np.pi * years)]
    observed, exposure = months["n_complaints"].to_numpy(float), months["exposure"].to_numpy(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # months that are all alike fit without a rest
        fit = sm.GLM(observed, np.column_stack(columns), family=sm.families.Poisson(), exposure=exposure).fit()
    scale = max(1.0, fit.pearson_chi2 / fit.df_resid)
    covariance = fit.cov_params() * scale
    critical = stats.t.isf((1 - level) / 2, fit.df_resid)
    half = critical * np.sqrt(covariance[1, 1])
    low, ratio, high = np.exp([fit.params[1] - half, fit.params[1], fit.params[1] + half])
    method = f"quasi-Poisson regression of {len(months)} months with log-exposure offset (scale {scale:.3g})"
    assumptions = (
        "the rate changes by the same factor every year",
        "months vary independently around the curve",
    )
    yearly = Estimate(
        "rate_trend_yearly", trend_words, "ratio a year", ratio, low, high, int(observed.sum()), method,
        assumptions=assumptions, level=level,
    )  # fmt: skip
    factor = np.ones(len(months))
    if seasonal:
        wave = fit.params[2:4]
        factor = np.exp(np.column_stack(columns[2:]) @ wave)
        f_value = wave @ np.linalg.solve(covariance[2:4, 2:4], wave) / 2
        p_value = float(stats.f.sf(f_value, 2, fit.df_resid))
        amplitude = float(np.hypot(*wave))
        slope = wave / amplitude if amplitude > 0 else np.array([1.0, 0.0])
        error = critical * np.sqrt(slope @ covariance[2:4, 2:4] @ slope)
        ends = np.exp(2 * np.array([max(0.0, amplitude - error), amplitude, amplitude + error]))
        peak = round((np.arctan2(wave[1], wave[0]) / (2 * np.pi) * 12) % 12) % 12 + 1
        swing = Estimate(
            "seasonal_ratio", wave_words, "ratio", ends[1], ends[0], ends[2], int(observed.sum()),
            f"{method}, one yearly wave (Stolwijk et al. 1999), delta method; joint F test of the wave p = {p_value:.2g}",
            (), ("the season is one smooth wave a year", f"it is highest in month {peak}"), level,
            extra={"p_value": p_value},
        )  # fmt: skip
    else:
        reason = f"{len(months)} months cannot tell a season from a trend; it takes 24"
        swing = not_estimable("seasonal_ratio", wave_words, "ratio", reason, n=len(months), level=level)
    table = months.assign(rate=observed / exposure, fitted=fit.mu / exposure, season=factor).reset_index(drop=True)
    return RateTrend((yearly, swing), table)
