"""Adoption by innovation and imitation: the Bass model by nonlinear least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level
from scsr.analysis.wom.given import row_of_numbers
from scsr.errors import EstimationError

__all__ = ["BassFit", "bass", "bass_share"]

PARTS = (
    ("bass_innovation", "p, adoption on one's own, of those who have not yet", "per period"),
    ("bass_imitation", "q, adoption by imitation, of those who have not yet, when all others have", "per period"),
    ("bass_market", "m, adopters in the end", "adopters"),
)


@dataclass(frozen=True)
class BassFit:
    """A fitted Bass model.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``bass_innovation`` (p), ``bass_imitation`` (q), ``bass_market`` (m).
    frame : DataFrame
        ``period`` (1, 2, …), ``adoptions, fitted``.
    peak : float or None
        Period of the highest adoption, by the fit.
    truncated : bool
        Whether the series ends before or soon after its peak: m is then too low and q too high as a rule.
    """

    estimates: tuple[Estimate, ...]
    frame: pd.DataFrame
    peak: float | None = None
    truncated: bool = False


def bass_share(t: np.ndarray, p: float, q: float) -> np.ndarray:
    """Return the share of all adopters who have adopted by a time.

    Parameters
    ----------
    t : ndarray
        Times of 0 or more.
    p, q : float
        Innovation (above 0) and imitation (0 or more), per unit of time.

    Raises
    ------
    EstimationError
        If one is out of range or missing.

    References
    ----------
    Bass, F. M. (1969). A new product growth for model consumer durables. *Management Science*, 15, 215-227.

    Examples
    --------
    >>> bass_share(np.array([0.0, 10.0, 1e3]), .03, .4).round(3).tolist()
    [0.0, 0.835, 1.0]
    """
    if not (np.isfinite([p, q]).all() and p > 0 and q >= 0):
        raise EstimationError(f"p={p}, q={q}: give a finite p above 0 and q of 0 or more")
    return share_at(row_of_numbers(t, "times", 0.0), p, q)


def share_at(t: np.ndarray, p: float, q: float) -> np.ndarray:
    """Return :func:`bass_share` of numbers that were looked through."""
    decay = np.exp(-(p + q) * t)
    return np.asarray((1 - decay) / (1 + q / p * decay))


def bass(adoptions: Sequence[float] | np.ndarray | pd.Series, level: float = 0.95) -> BassFit:
    """Fit the Bass model to adoptions per period from the start.

    Parameters
    ----------
    adoptions : sequence of float
        New adopters in period 1, 2, …
    level : float
        Confidence of the intervals.

    Returns
    -------
    BassFit
        Intervals by Student's t on the log scale. Not estimable with fewer than 6 periods or where no fit
        is found.

    Raises
    ------
    EstimationError
        If a number is negative or missing.

    References
    ----------
    Srinivasan, V. & Mason, C. H. (1986). Nonlinear least squares estimation of new product diffusion models.
    *Marketing Science*, 5, 169-178.
    Van den Bulte, C. & Lilien, G. L. (1997). Bias and systematic change in the parameter estimates of
    macro-level diffusion models. *Marketing Science*, 16, 338-353.

    Examples
    --------
    >>> fit = bass(np.diff(1000 * bass_share(np.arange(16), .02, .4)))
    >>> [round(one.estimate, 3) for one in fit.estimates], fit.truncated
    ([0.02, 0.4, 1000.0], False)
    """
    check_level(level)
    y = row_of_numbers(adoptions, "adoptions", 0.0)
    table = pd.DataFrame({"period": np.arange(1, len(y) + 1), "adoptions": y, "fitted": np.nan})
    reason = f"{len(y)} periods are too few; it takes 6" if len(y) < 6 else ""
    if not reason and (y > 0).sum() < 4:
        reason = "fewer than 4 periods have adoptions"
    fit = None if reason else fit_bass(y)
    if fit is None:
        reason = reason or "no fit was found: the series does not rise and fall as the model does"
        none = tuple(not_estimable(n, w, u, reason, n=len(y), level=level) for n, w, u in PARTS)
        return BassFit(none, table)
    log_parameters, covariance = fit
    p, q, m = np.exp(log_parameters)
    peak = float(max(0.0, np.log(q / p) / (p + q)))
    truncated = len(y) < peak + 1 or y.sum() < 0.75 * m
    assumptions = [
        "every adopter adopts once, and all mix with all", "errors are alike in all periods and independent",
    ]  # fmt: skip
    if truncated:
        assumptions.append(
            "the series ends before or soon after its peak: "
            "m is then too low and q too high (Van den Bulte & Lilien 1997)"
        )
    half = stats.t.isf((1 - level) / 2, len(y) - 3) * np.sqrt(np.diag(covariance))
    estimates = tuple(
        Estimate(
            name, words, unit, np.exp(middle), np.exp(middle - h), np.exp(middle + h), len(y),
            "nonlinear least squares (Srinivasan & Mason 1986), Student's t on the log scale", (),
            tuple(assumptions), level,
        )
        for (name, words, unit), middle, h in zip(PARTS, log_parameters, half, strict=True)
    )  # fmt: skip
    fitted = m * np.diff(share_at(np.arange(len(y) + 1), p, q))
    return BassFit(estimates, table.assign(fitted=fitted), peak, bool(truncated))


def fit_bass(y: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return logs of p, q and m, and their covariance; None where no fit holds."""
    t = np.arange(len(y) + 1)
    scale = y.sum()

    def residuals(logs: np.ndarray) -> np.ndarray:
        p, q, m = np.exp(logs)
        return np.asarray(m * np.diff(share_at(t, p, q)) - y / scale)

    bounds = (np.log([1e-7, 1e-5, 0.2]), np.log([0.9, 10, 1e3]))
    best = None
    for p in (0.001, 0.01, 0.05):
        for q in (0.1, 0.4, 1.0):
            tried = optimize.least_squares(residuals, np.log([p, q, 1.3]), bounds=bounds, xtol=1e-12, ftol=1e-12)
            if best is None or tried.cost < best.cost:
                best = tried
    if best is None or best.active_mask.any():
        return None
    information = best.jac.T @ best.jac
    if np.linalg.cond(information) > 1e12:
        return None
    covariance = np.linalg.inv(information) * 2 * best.cost / (len(y) - 3)
    return best.x + np.array([0, 0, np.log(scale)]), covariance
