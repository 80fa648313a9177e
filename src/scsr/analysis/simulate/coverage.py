"""Whether intervals hold the truth: coverage, bias and its error over many simulated data sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scsr.analysis.estimates import Estimate
from scsr.errors import EstimationError

__all__ = ["Calibration", "calibrate", "scaled"]


@dataclass(frozen=True)
class Calibration:
    """How an estimate does over simulated data sets.

    Parameters
    ----------
    n_sets : int
        Data sets (times groups, where there is one estimate for each group).
    n_estimated : int
        Those in which there was an estimate.
    coverage : float or None
        Share of intervals that hold the truth, of those estimated; None where none was.
    coverage_error : float or None
        Monte-Carlo standard error of the coverage.
    bias : float or None
        Mean deviation from the truth in standard deviations of the estimate.
    bias_error : float or None
        Monte-Carlo standard error of the bias.
    """

    n_sets: int
    n_estimated: int
    coverage: float | None
    coverage_error: float | None
    bias: float | None
    bias_error: float | None

    @property
    def not_estimable(self) -> float:
        """Share of data sets without an estimate."""
        return 1 - self.n_estimated / self.n_sets


def scaled(values: np.ndarray, scale: str) -> np.ndarray:
    """Return values on the scale on which bias is judged.

    Examples
    --------
    >>> scaled(np.array([1.0]), "log").tolist()
    [0.0]
    """
    if scale == "plain":
        return values
    if scale != "log":
        raise EstimationError(f"scale {scale!r} is neither 'plain' nor 'log'")
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


def calibrate(pairs: Iterable[tuple[Estimate, float]], scale: Literal["plain", "log"] = "plain") -> Calibration:
    """Hold estimates against the truths that their data were drawn from.

    Parameters
    ----------
    pairs : iterable of (Estimate, float)
        The estimate of each data set, and its truth.
    scale : {"plain", "log"}
        Scale of the bias; ``log`` for ratios. An estimate at the end of the scale (a ratio of 0) has no place on it
        and is left out of the bias.

    Returns
    -------
    Calibration

    Raises
    ------
    EstimationError
        Without any data set, or on an unknown scale.

    References
    ----------
    Morris, T. P., White, I. R. & Crowther, M. J. (2019). Using simulation studies to evaluate statistical methods.
    *Statistics in Medicine* 38, 2074–2102.

    Examples
    --------
    >>> one = Estimate("share", "", "share", .5, .4, .6, 100, "Wilson")
    >>> calibrate([(one, .5), (one, .7)]).coverage
    0.5
    """
    every = list(pairs)
    if not every:
        raise EstimationError("a calibration needs at least one simulated data set")
    found = [(one, truth) for one, truth in every if one.ok]
    n = len(found)
    if not n:
        return Calibration(len(every), 0, None, None, None, None)
    point, low, high = (
        np.array([getattr(one, name) for one, _ in found], dtype=float) for name in ("estimate", "ci_low", "ci_high")
    )
    truth = np.array([value for _, value in found], dtype=float)
    slack = 1e-9 * np.abs(truth)  # an interval that ends at the truth holds it, whatever the last bit says
    coverage = float(((low <= truth + slack) & (truth - slack <= high)).mean())
    error = float(np.sqrt(coverage * (1 - coverage) / n))
    placed = scaled(point, scale)
    deviation = (placed - scaled(truth, scale))[np.isfinite(placed)]
    spread = float(deviation.std(ddof=1)) if len(deviation) > 1 else 0.0
    bias, bias_error = (float(deviation.mean()) / spread, len(deviation) ** -0.5) if spread > 0 else (None, None)
    return Calibration(len(every), n, coverage, error, bias, bias_error)
