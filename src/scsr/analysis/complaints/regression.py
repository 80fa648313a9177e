"""Complaint rates compared by regression: log rates, exposure as offset, over-dispersion tested and met."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from scsr.analysis.complaints.counts import CountTable
from scsr.analysis.complaints.ranking import check_cells
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level
from scsr.errors import EstimationError

__all__ = ["RateModel", "dispersion_test", "rate_regression"]

ESTIMAND = "complaint rate as a multiple of the reference's, other terms held"


@dataclass(frozen=True)
class RateModel:
    """A fitted model of rates.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``rate_ratio`` of each level against its term's reference.
    family : str
        ``Poisson`` or ``negative binomial``; empty where nothing was fitted.
    why : str
        Why this family.
    alpha : float or None
        Dispersion of the negative binomial (variance = mean + alpha x mean squared).
    dispersion : float or None
        Pearson chi-square per degree of freedom of the Poisson model.
    p_value : float or None
        Of the test for over-dispersion; one-sided.
    reference : mapping of str to str
        Reference level of each term: the one with the most exposure that has complaints.
    n_cells : int
        Rows fitted.
    """

    estimates: tuple[Estimate, ...]
    family: str = ""
    why: str = ""
    alpha: float | None = None
    dispersion: float | None = None
    p_value: float | None = None
    reference: Mapping[str, str] = field(default_factory=dict)
    n_cells: int = 0


def dispersion_test(observed: np.ndarray, fitted: np.ndarray, df_resid: int) -> tuple[float, float]:
    """Test Poisson against a variance that grows with the square of the mean.

    Parameters
    ----------
    observed, fitted : ndarray
        Counts and their Poisson means, one a cell.
    df_resid : int
        Cells less parameters.

    Returns
    -------
    tuple of float
        Pearson chi-square per degree of freedom, and the one-sided p value of the auxiliary regression.

    Raises
    ------
    EstimationError
        If a count or a mean is none, or there are no cells to spare.

    References
    ----------
    Cameron, A. C. & Trivedi, P. K. (1990). Regression-based tests for overdispersion in the Poisson model.
    *Journal of Econometrics*, 46, 347-364.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> _, p_value = dispersion_test(rng.negative_binomial(2, .1, 300), np.full(300, 18.), 299)
    >>> p_value < .001
    True
    """
    check_cells(observed, fitted)
    if df_resid < 1 or len(observed) < 2:
        raise EstimationError(f"{len(observed)} cells with {df_resid} to spare; the test takes 2 and 1")
    pearson = float(((observed - fitted) ** 2 / fitted).sum() / df_resid)
    response = ((observed - fitted) ** 2 - observed) / fitted
    slope = (response * fitted).sum() / (fitted**2).sum()
    residual = response - slope * fitted
    variance = (residual**2).sum() / (len(fitted) - 1) / (fitted**2).sum()
    if variance == 0:
        return pearson, 1.0
    return pearson, float(stats.t.sf(slope / np.sqrt(variance), len(fitted) - 1))


def rate_regression(
    counts: CountTable,
    terms: Sequence[str] = ("company", "country"),
    level: float = 0.95,
    alpha_test: float = 0.05,
) -> RateModel:
    """Compare the rates of levels, each held against the others' mix.

    A Poisson model with log-exposure offset is fitted first. Where the cells vary more than it allows
    (Cameron & Trivedi's test, or chi-square), a negative binomial replaces it. Intervals are Wald's on the
    log scale, with Student's t on the cells left over when the dispersion was estimated.

    Parameters
    ----------
    counts : CountTable
        From :func:`complaint_counts` with at least these ``terms`` in ``by``.
    terms : sequence of str
        Categories to compare.
    level : float
        Confidence of the intervals.
    alpha_test : float
        Over-dispersion is met when the test's p value is below this.

    Returns
    -------
    RateModel
        A level without complaints has no finite ratio: it is returned as not estimable, and its cells are
        left out, which is the limit of the maximum-likelihood fit.

    Raises
    ------
    EstimationError
        If the counts are not by these terms, or one term determines another.

    References
    ----------
    Cameron, A. C. & Trivedi, P. K. (2013). *Regression analysis of count data*, 2nd ed. Cambridge.

    Examples
    --------
    >>> cells = pd.DataFrame({"company": ["A", "B"], "n_complaints": [20, 10], "exposure": [1000.0, 1000.0]})
    >>> model = rate_regression(CountTable(cells, {}, ("company",), "customers", True), ["company"])
    >>> model.estimates[0].by, round(model.estimates[0].estimate, 3)
    ((('company', 'B'),), 0.5)
    """
    check_level(level)
    terms = (terms,) if isinstance(terms, str) else tuple(terms)
    if counts.reason:
        return RateModel((not_estimable("rate_ratio", ESTIMAND, "ratio", counts.reason, level=level),))
    missing = [term for term in terms if term not in counts.groups]
    if missing or not terms:
        raise EstimationError(f"counts are by {counts.groups}, not by {list(terms)}; count by each term first")
    cells = counts.frame.loc[counts.frame["exposure"] > 0]
    reference, empty = levels_of(cells, terms)
    none = [lost(term, name, reference.get(term, ""), level) for term, name in empty]
    if not reference:
        why = "there are no complaints" if not cells["n_complaints"].sum() else "no level has complaints"
        return RateModel((not_estimable("rate_ratio", ESTIMAND, "ratio", why, level=level),))
    for term, name in empty:
        cells = cells.loc[cells[term].astype(str) != name]
    design, names = design_of(cells, terms, reference)
    if not names:
        single = not_estimable("rate_ratio", ESTIMAND, "ratio", "only one level has complaints", level=level)
        return RateModel(tuple(none) or (single,), reference=reference, n_cells=len(cells))
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise EstimationError(f"of the terms {', '.join(terms)} one determines another; drop one")
    fit = fit_cells(cells["n_complaints"].to_numpy(float), cells["exposure"].to_numpy(float), design, alpha_test)
    estimates = ratios(fit, names, reference, cells, level)
    return RateModel(
        (*estimates, *none), fit["family"], fit["why"], fit["alpha"], fit["dispersion"], fit["p_value"],
        reference, len(cells),
    )  # fmt: skip


def levels_of(cells: pd.DataFrame, terms: Sequence[str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return the reference level of each term and the levels without complaints."""
    reference, empty = {}, []
    for term in terms:
        sums = (
            cells.assign(**{term: cells[term].astype(str)}).groupby(term, sort=True)[["n_complaints", "exposure"]].sum()
        )
        empty += [(term, str(name)) for name in sums.index[sums["n_complaints"] == 0]]
        alive = sums[sums["n_complaints"] > 0]
        if len(alive):
            reference[term] = str(alive["exposure"].idxmax())
    return reference, empty


def lost(term: str, name: str, reference: str, level: float) -> Estimate:
    """Return the ratio of a level without complaints."""
    reason = f"{name} has no complaints, so that no finite ratio to {reference} fits; see its rate's upper limit"
    return not_estimable("rate_ratio", ESTIMAND, "ratio", reason, by={term: name}, level=level)


def design_of(
    cells: pd.DataFrame, terms: Sequence[str], reference: Mapping[str, str]
) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Return the design matrix with an intercept, and the level behind each further column."""
    columns: list[np.ndarray] = [np.ones(len(cells))]
    names: list[tuple[str, str]] = []
    for term in terms:
        values = cells[term].astype(str)
        for name in sorted(set(values) - {reference[term]}):
            columns.append((values == name).to_numpy(float))
            names.append((term, name))
    return np.column_stack(columns), names


def fit_cells(observed: np.ndarray, exposure: np.ndarray, design: np.ndarray, alpha_test: float) -> dict[str, Any]:
    """Fit the Poisson model, and the negative binomial where the cells ask for it."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings():
        # with as many parameters as cells, a scale that Poisson does not use is divided by no degrees of freedom
        # and the perfect fit is no separation: levels without complaints were taken out before
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        poisson = sm.GLM(observed, design, family=sm.families.Poisson(), exposure=exposure).fit()
    fit: dict[str, Any] = {
        "family": "Poisson", "params": poisson.params, "bse": poisson.bse, "df": np.inf, "alpha": None,
        "dispersion": None, "p_value": None,
    }  # fmt: skip
    df_resid = int(poisson.df_resid)
    if df_resid < 1:
        return fit | {"why": "as many parameters as cells, so that over-dispersion cannot be tested"}
    pearson, p_value = dispersion_test(observed, poisson.mu, df_resid)
    # the auxiliary regression is weak with few cells; Pearson's chi-square then finds what it misses
    p_value = min(1.0, 2 * min(p_value, float(stats.chi2.sf(pearson * df_resid, df_resid))))
    fit |= {"dispersion": pearson, "p_value": p_value}
    if p_value >= alpha_test:
        return fit | {"why": f"the cells vary no more than a Poisson model allows (p = {p_value:.3g})"}
    more = f"the cells vary more than a Poisson model allows (chi-square per degree {pearson:.3g}, p = {p_value:.3g})"
    negative = fit_negative_binomial(observed, exposure, design, poisson.params)
    if negative is None:
        scale = np.sqrt(max(pearson, 1.0))
        return fit | {
            "family": "quasi-Poisson", "bse": poisson.bse * scale, "df": df_resid,
            "why": f"{more}; the negative binomial did not converge, so that intervals are scaled instead",
        }  # fmt: skip
    return fit | negative | {"family": "negative binomial", "df": df_resid, "why": more}


def fit_negative_binomial(
    observed: np.ndarray, exposure: np.ndarray, design: np.ndarray, start: np.ndarray
) -> dict[str, Any] | None:
    """Fit a negative binomial by maximum likelihood; None where it does not converge."""
    from statsmodels.discrete.discrete_model import NegativeBinomial
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, HessianInversionWarning

    with warnings.catch_warnings():
        # convergence is judged below by its flag and by the standard errors
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", HessianInversionWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = NegativeBinomial(observed, design, exposure=exposure)
        result = model.fit(start_params=np.append(start, 0.1), disp=False, maxiter=500)
    good = result.mle_retvals["converged"] and np.isfinite(result.bse).all() and result.params[-1] > 0
    if not good:
        return None
    return {"params": result.params[:-1], "bse": result.bse[:-1], "alpha": float(result.params[-1])}


def ratios(
    fit: Mapping[str, Any],
    names: Sequence[tuple[str, str]],
    reference: Mapping[str, str],
    cells: pd.DataFrame,
    level: float,
) -> list[Estimate]:
    """Return the rate ratios of a fit."""
    critical = stats.t.isf((1 - level) / 2, fit["df"]) if np.isfinite(fit["df"]) else stats.norm.isf((1 - level) / 2)
    df = f", Student's t on {fit['df']} cells left" if np.isfinite(fit["df"]) else ""
    made = []
    for position, (term, name) in enumerate(names, start=1):
        middle, half = fit["params"][position], critical * fit["bse"][position]
        low, ratio, high = np.exp([middle - half, middle, middle + half])
        n = int(cells.loc[cells[term].astype(str) == name, "n_complaints"].sum())
        made.append(
            Estimate(
                "rate_ratio",
                f"{ESTIMAND} (reference {term}: {reference[term]})",
                "ratio",
                ratio,
                low,
                high,
                n,
                f"{fit['family']} regression with log-exposure offset, Wald interval on the log scale{df}",
                {term: name},
                ("terms act on the rate by factors", fit["why"]),
                level,
                extra={"reference": reference[term], "term": term},
            )
        )
    return made
