"""How many complaints there are when a classifier counts them and errs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level, check_share, wilson
from scsr.errors import EstimationError

__all__ = ["Accuracy", "accuracy_of", "bayesian_prevalence", "corrected_prevalence", "repeats_of"]

NAME, WORDS = "complaint_prevalence", "share of texts that are complaints, corrected for the classifier's error"
UNLIKE = (
    "fewer or more are called complaints than the measured error allows whatever their share; the labelled texts are "
    "unlike those counted, so label some of these"
)
ASSUMPTIONS = (
    "the texts behind the classifier's measured error are like those counted",
    "its error does not depend on how many complaints there are",
)


@dataclass(frozen=True)
class Accuracy:
    """How often a classifier is right, on texts that it did not learn from.

    Parameters
    ----------
    n_found, n_positive : int
        Complaints called so, of all complaints.
    n_passed, n_negative : int
        Other texts not called complaints, of all other texts.
    repeats_positive, repeats_negative : float
        How many complaints, or others, say the same as one of them, itself included, on average (see
        :func:`repeats_of`): so many times less do they tell than their number says.

    Raises
    ------
    EstimationError
        If the counts make no share.

    Examples
    --------
    >>> Accuracy(80, 100, 180, 200).sensitivity, Accuracy(80, 100, 180, 200).specificity
    (0.8, 0.9)
    """

    n_found: int
    n_positive: int
    n_passed: int
    n_negative: int
    repeats_positive: float = 1.0
    repeats_negative: float = 1.0

    def __post_init__(self) -> None:
        check_share(self.n_found, self.n_positive)
        check_share(self.n_passed, self.n_negative)
        check_repeats(self.repeats_positive, self.n_positive)
        check_repeats(self.repeats_negative, self.n_negative)

    @property
    def sensitivity(self) -> float:
        """Share of complaints that are found."""
        return self.n_found / self.n_positive

    @property
    def specificity(self) -> float:
        """Share of other texts that are passed over."""
        return self.n_passed / self.n_negative

    @property
    def independent(self) -> tuple[float, float, float, float]:
        """The four counts as so many independent texts as they are worth."""
        positive, negative = self.repeats_positive, self.repeats_negative
        return self.n_found / positive, self.n_positive / positive, self.n_passed / negative, self.n_negative / negative

    def estimates(self, level: float = 0.95) -> tuple[Estimate, ...]:
        """Return ``sensitivity`` and ``specificity`` with Wilson's intervals."""
        found, positive, passed, negative = self.independent
        method = "cross-validation, Wilson score interval (Wilson 1927) of the texts less their repeats"
        assumptions = ("the labels are right", "the labelled texts are like those to be classified")
        parts = (
            ("sensitivity", "share of labelled complaints that the classifier finds", found, positive, self.n_positive),
            ("specificity", "share of other labelled texts that it passes over", passed, negative, self.n_negative),
        )
        return tuple(
            Estimate(name, words, "share", hits / n, *wilson(hits, n, level), whole, method, (), assumptions, level)
            for name, words, hits, n, whole in parts
        )


def check_repeats(repeats: float, n: float) -> None:
    """Refuse what cannot be a mean number of texts that say the same."""
    if not 1 <= repeats <= max(n, 1) * (1 + 1e-9):
        raise EstimationError(f"repeats={repeats} of {n} texts is no mean; it lies between 1 and their number")


def repeats_of(groups: np.ndarray) -> float:
    """Return in how large a group a text stands on average: the sum of the squared sizes over the sum of the sizes.

    Texts that say the same are judged the same, so that n of them tell as much as n divided by this (Kish's design effect
    where all of a group are alike).

    Parameters
    ----------
    groups : ndarray
        Which group each text belongs to.

    References
    ----------
    Kish, L. (1965). *Survey sampling*. Wiley, section 8.2.

    Examples
    --------
    >>> repeats_of(np.array(["thanks", "thanks", "late"]))
    1.6666666666666667
    """
    sizes = np.unique(np.asarray(groups), return_counts=True)[1]
    if not len(sizes):
        raise EstimationError("there are no texts")
    return float((sizes.astype(float) ** 2).sum() / sizes.sum())


def accuracy_of(labels: np.ndarray, called: np.ndarray, groups: np.ndarray | None = None) -> Accuracy:
    """Count a classifier's hits against the labels.

    Parameters
    ----------
    labels, called : ndarray of bool
        What the texts are, and what they were called.
    groups : ndarray, optional
        Which texts say the same; each its own unless given.

    Raises
    ------
    EstimationError
        If the lengths differ or one of the two kinds is missing.

    Examples
    --------
    >>> accuracy_of(np.array([True, True, False]), np.array([True, False, False]))
    Accuracy(n_found=1, n_positive=2, n_passed=1, n_negative=1, repeats_positive=1.0, repeats_negative=1.0)
    """
    labels, called = np.asarray(labels, dtype=bool), np.asarray(called, dtype=bool)
    groups = np.arange(len(labels)) if groups is None else np.asarray(groups)
    if not len(labels) == len(called) == len(groups):
        raise EstimationError(
            f"{len(labels)} labels, {len(called)} calls and {len(groups)} groups; give one each a text"
        )
    if not labels.any() or labels.all():
        raise EstimationError("all labels are the same; sensitivity and specificity need texts of both kinds")
    return Accuracy(
        int((labels & called).sum()), int(labels.sum()), int((~labels & ~called).sum()), int((~labels).sum()),
        repeats_of(groups[labels]), repeats_of(groups[~labels]),
    )  # fmt: skip


def corrected_prevalence(
    n_called: float, n: int, accuracy: Accuracy, level: float = 0.95, repeats: float = 1.0
) -> Estimate:
    """Estimate the share of complaints from what a classifier called so, corrected for its error.

    Parameters
    ----------
    n_called, n : float, int
        Texts called complaints (a mean where several models count), of all texts classified; none of them among those
        behind ``accuracy``.
    accuracy : Accuracy
        Sensitivity and specificity with the counts that they rest on; both are taken as uncertain.
    level : float
        Confidence of the interval.
    repeats : float
        How many of the texts classified say the same as one of them, on average (:func:`repeats_of`).

    Returns
    -------
    Estimate
        ``complaint_prevalence``, cut to lie between 0 and 1; where it was cut, the interval reaches as far as the Bayesian
        one, so that cutting does not make it short. Not estimable where the classifier is not surely better than chance,
        that is where the interval of sensitivity + specificity - 1 holds 0, or where so few or many are called complaints
        that its measured error cannot be that made on these texts.

    References
    ----------
    Rogan, W. J. & Gladen, B. (1978). Estimating prevalence from the results of a screening test.
    *American Journal of Epidemiology*, 107, 71-76.
    Lang, Z. & Reiczigel, J. (2014). Confidence limits for prevalence of disease adjusted for estimated sensitivity
    and specificity. *Preventive Veterinary Medicine*, 113, 13-22.

    Examples
    --------
    >>> corrected_prevalence(200, 1000, Accuracy(80, 100, 180, 200)).sentence()
    "share of texts that are complaints, corrected for the classifier's error:
    14.3% (95% interval 7.4% to 20.5%; n = 1,000)"
    """
    check_level(level)
    check_share(n_called, n)
    check_repeats(repeats, n)
    z = float(stats.norm.isf((1 - level) / 2))
    found, positive, passed, negative = accuracy.independent
    youden = accuracy.sensitivity + accuracy.specificity - 1
    if youden - z * np.sqrt(adjusted_variance(found, positive) + adjusted_variance(passed, negative)) <= 0:
        return not_estimable(NAME, WORDS, "share", by_chance(accuracy), n=n, level=level)
    raw = (n_called / n + accuracy.specificity - 1) / youden
    low, high = lang_reiczigel(n_called / repeats, n / repeats, accuracy, z)
    if contradicts(n_called / repeats, n / repeats, accuracy):
        return not_estimable(NAME, WORDS, "share", UNLIKE, n=n, level=level)
    middle = float(np.clip(raw, 0, 1))
    if raw != middle or low == high:  # what is left of a cut interval may be next to nothing
        other = bayesian_prevalence(n_called, n, accuracy, level, repeats)
        low, high = min(low, other.ci_low or 0.0), max(high, other.ci_high or 0.0)
    return Estimate(
        NAME, WORDS, "share", middle, min(low, middle), max(high, middle), n,
        "Rogan & Gladen (1978), interval by Lang & Reiczigel (2014) with the error of both measured",
        (), ASSUMPTIONS, level, extra={"apparent": n_called / n, "uncut": raw, "repeats": repeats},
    )  # fmt: skip


def contradicts(n_called: float, n: float, accuracy: Accuracy) -> bool:
    """Say whether no share of complaints explains so few or so many calls, by four standard errors."""
    found, positive, passed, negative = accuracy.independent
    least, most = 1 - (passed + 1) / (negative + 2), (found + 1) / (positive + 2)
    apparent = (n_called + 1) / (n + 2)
    own = adjusted_variance(n_called, n)
    below = (least - apparent) / np.sqrt(own + adjusted_variance(passed, negative))
    above = (apparent - most) / np.sqrt(own + adjusted_variance(found, positive))
    return bool(max(below, above) > 4)


def by_chance(accuracy: Accuracy) -> str:
    """Say that a classifier may be no better than chance."""
    return (
        f"the classifier is not surely better than chance (sensitivity {accuracy.sensitivity:.2f}, specificity "
        f"{accuracy.specificity:.2f}); label more texts"
    )


def adjusted_variance(hits: float, n: float) -> float:
    """Return the variance of a share with one success and one failure added."""
    share = (hits + 1) / (n + 2)
    return share * (1 - share) / (n + 2)


def lang_reiczigel(n_called: float, n: float, accuracy: Accuracy, z: float) -> tuple[float, float]:
    """Return the interval of the prevalence, every share drawn a little to the middle as Agresti and Coull do."""
    found, positive, passed, negative = accuracy.independent
    trials = n + z * z
    apparent = (n_called + z * z / 2) / trials
    n_se, n_sp = positive + 2, negative + 2
    se, sp = (found + 1) / n_se, (passed + 1) / n_sp
    youden = se + sp - 1
    prevalence = (apparent + sp - 1) / youden
    of_se, of_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    shift = 2 * z * z * (prevalence * of_se - (1 - prevalence) * of_sp)
    variance = apparent * (1 - apparent) / trials + prevalence**2 * of_se + (1 - prevalence) ** 2 * of_sp
    half = z * np.sqrt(variance) / youden
    if not np.isfinite(half):
        raise EstimationError("the interval of the prevalence is not finite; label more texts")
    return float(np.clip(prevalence + shift - half, 0, 1)), float(np.clip(prevalence + shift + half, 0, 1))


def bayesian_prevalence(
    n_called: float, n: int, accuracy: Accuracy, level: float = 0.95, repeats: float = 1.0
) -> Estimate:
    """Estimate the share of complaints as a posterior: prevalence, sensitivity and specificity all unknown.

    The counts are binomial; the prevalence has a uniform prior, sensitivity and specificity Jeffreys' priors, cut to
    classifiers that are better than chance. The likelihood is integrated over both by Gauss-Legendre quadrature and
    over the prevalence on a grid where its posterior lies, so that nothing is drawn.

    Parameters
    ----------
    n_called, n, accuracy, level, repeats
        As :func:`corrected_prevalence` takes them; ``level`` is the credibility of an interval with equal tails.

    Returns
    -------
    Estimate
        ``complaint_prevalence_bayesian``, the posterior mean. A classifier that may be no better than chance gives an
        interval that is nearly all of 0 to 1; one that did no better on its labelled texts, or whose measured error
        cannot be that made on these texts, gives no estimate.

    References
    ----------
    Gelman, A. & Carpenter, B. (2020). Bayesian analysis of tests with unknown specificity and sensitivity. *Journal of
    the Royal Statistical Society C*, 69, 1269-1283.
    Joseph, L., Gyorkos, T. W. & Coupal, L. (1995). Bayesian estimation of disease prevalence and the parameters of
    diagnostic tests in the absence of a gold standard. *American Journal of Epidemiology*, 141, 263-272.

    Examples
    --------
    >>> one = bayesian_prevalence(200, 1000, Accuracy(80, 100, 180, 200))
    >>> round(one.estimate, 2), round(one.ci_low, 2), round(one.ci_high, 2)
    (0.14, 0.07, 0.2)
    """
    check_level(level)
    check_share(n_called, n)
    check_repeats(repeats, n)
    independent = n_called / repeats, n / repeats
    chance = accuracy.sensitivity + accuracy.specificity <= 1
    if chance or contradicts(*independent, accuracy):
        reason = by_chance(accuracy) if chance else UNLIKE
        return not_estimable(f"{NAME}_bayesian", WORDS, "share", reason, n=n, level=level)
    share, below = posterior(*independent, accuracy)
    mean = float(share[-1] - ((below[1:] + below[:-1]) / 2 * np.diff(share)).sum())
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], below, share)
    return Estimate(
        f"{NAME}_bayesian", WORDS, "share", mean, min(low, mean), max(high, mean), n,
        "posterior mean, uniform prior of the prevalence and Jeffreys priors of sensitivity and specificity "
        "(Gelman & Carpenter 2020), by quadrature",
        (), ASSUMPTIONS, level, extra={"apparent": n_called / n, "repeats": repeats},
    )  # fmt: skip


def posterior(n_called: float, n: float, accuracy: Accuracy) -> tuple[np.ndarray, np.ndarray]:
    """Return a grid of prevalences that holds the posterior, and the probability of lying below each."""
    nodes, weight = np.polynomial.legendre.leggauss(20)
    found, positive, passed, negative = accuracy.independent
    # nodes spread over the quantiles of each posterior, so that no part of it is missed however narrow it is
    se, sp = (
        stats.beta.ppf((nodes + 1) / 2, hits + 0.5, of - hits + 0.5)
        for hits, of in ((found, positive), (passed, negative))
    )
    se, false = (grid.ravel() for grid in np.meshgrid(se, 1 - sp))
    better = se > false
    se, false, weight = se[better], false[better], np.outer(weight, weight).ravel()[better]
    grid = mass = share = np.linspace(0, 1, 301)
    for _ in range(2):  # once to find where it lies, once to see it there
        called = false + share[:, None] * (se - false)
        log_likelihood = special.xlogy(n_called, called) + special.xlog1py(n - n_called, -called)
        density = np.exp(log_likelihood - log_likelihood.max()) @ weight
        below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(share))])
        grid, mass = share, below / below[-1]
        first, last = (int(np.searchsorted(mass, p)) for p in (1e-7, 1 - 1e-7))
        share = np.linspace(grid[max(0, first - 2)], grid[min(len(grid) - 1, last + 1)], 301)
    return grid, mass
