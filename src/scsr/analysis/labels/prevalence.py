"""How many complaints there are when a classifier counts them and errs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level, check_share, wilson
from scsr.errors import EstimationError

__all__ = ["Accuracy", "accuracy_of", "corrected_prevalence"]


@dataclass(frozen=True)
class Accuracy:
    """How often a classifier is right, on texts that it did not learn from.

    Parameters
    ----------
    n_found, n_positive : int
        Complaints called so, of all complaints.
    n_passed, n_negative : int
        Other texts not called complaints, of all other texts.

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

    def __post_init__(self) -> None:
        check_share(self.n_found, self.n_positive)
        check_share(self.n_passed, self.n_negative)

    @property
    def sensitivity(self) -> float:
        """Share of complaints that are found."""
        return self.n_found / self.n_positive

    @property
    def specificity(self) -> float:
        """Share of other texts that are passed over."""
        return self.n_passed / self.n_negative

    def estimates(self, level: float = 0.95) -> tuple[Estimate, ...]:
        """Return ``sensitivity`` and ``specificity`` with Wilson's intervals."""
        made = []
        for name, words, hits, n in (
            ("sensitivity", "share of labelled complaints that the classifier finds", self.n_found, self.n_positive),
            ("specificity", "share of other labelled texts that it passes over", self.n_passed, self.n_negative),
        ):
            method = "cross-validation, Wilson score interval (Wilson 1927)"
            assumptions = ("the labels are right", "the labelled texts are like those to be classified")
            ends = wilson(hits, n, level)
            made.append(Estimate(name, words, "share", hits / n, *ends, n, method, (), assumptions, level))
        return tuple(made)


def accuracy_of(labels: np.ndarray, called: np.ndarray) -> Accuracy:
    """Count a classifier's hits against the labels.

    Examples
    --------
    >>> accuracy_of(np.array([True, True, False]), np.array([True, False, False]))
    Accuracy(n_found=1, n_positive=2, n_passed=1, n_negative=1)
    """
    labels, called = np.asarray(labels, dtype=bool), np.asarray(called, dtype=bool)
    return Accuracy(
        int((labels & called).sum()), int(labels.sum()), int((~labels & ~called).sum()), int((~labels).sum())
    )


def corrected_prevalence(n_called: float, n: int, accuracy: Accuracy, level: float = 0.95) -> Estimate:
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

    Returns
    -------
    Estimate
        ``complaint_prevalence``, cut to lie between 0 and 1. Not estimable where the classifier is not surely better
        than chance, that is where the interval of sensitivity + specificity - 1 holds 0.

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
    0.143 share (95% interval 0.074 to 0.205; n = 1,000)"
    """
    check_level(level)
    check_share(n_called, n)
    name, words = "complaint_prevalence", "share of texts that are complaints, corrected for the classifier's error"
    z = float(stats.norm.isf((1 - level) / 2))
    youden = accuracy.sensitivity + accuracy.specificity - 1
    error = np.sqrt(
        adjusted_variance(accuracy.n_found, accuracy.n_positive)
        + adjusted_variance(accuracy.n_passed, accuracy.n_negative)
    )
    if youden - z * error <= 0:
        reason = (
            f"the classifier is not surely better than chance (sensitivity {accuracy.sensitivity:.2f}, specificity "
            f"{accuracy.specificity:.2f}); label more texts"
        )
        return not_estimable(name, words, "share", reason, n=n, level=level)
    raw = (n_called / n + accuracy.specificity - 1) / youden
    low, high = lang_reiczigel(n_called, n, accuracy, z)
    middle = float(np.clip(raw, 0, 1))
    assumptions = (
        "the texts behind the classifier's measured error are like those counted",
        "its error does not depend on how many complaints there are",
    )
    return Estimate(
        name, words, "share", middle, min(low, middle), max(high, middle), n,
        "Rogan & Gladen (1978), interval by Lang & Reiczigel (2014) with the error of both measured",
        (), assumptions, level, extra={"apparent": n_called / n, "uncut": raw},
    )  # fmt: skip


def adjusted_variance(hits: int, n: int) -> float:
    """Return the variance of a share with one success and one failure added."""
    share = (hits + 1) / (n + 2)
    return share * (1 - share) / (n + 2)


def lang_reiczigel(n_called: float, n: int, accuracy: Accuracy, z: float) -> tuple[float, float]:
    """Return the interval of the prevalence, every share drawn a little to the middle as Agresti and Coull do."""
    trials = n + z * z
    apparent = (n_called + z * z / 2) / trials
    n_se, n_sp = accuracy.n_positive + 2, accuracy.n_negative + 2
    se, sp = (accuracy.n_found + 1) / n_se, (accuracy.n_passed + 1) / n_sp
    youden = se + sp - 1
    prevalence = (apparent + sp - 1) / youden
    of_se, of_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    shift = 2 * z * z * (prevalence * of_se - (1 - prevalence) * of_sp)
    variance = apparent * (1 - apparent) / trials + prevalence**2 * of_se + (1 - prevalence) ** 2 * of_sp
    half = z * np.sqrt(variance) / youden
    if not np.isfinite(half):
        raise EstimationError("the interval of the prevalence is not finite; label more texts")
    return float(np.clip(prevalence + shift - half, 0, 1)), float(np.clip(prevalence + shift + half, 0, 1))
