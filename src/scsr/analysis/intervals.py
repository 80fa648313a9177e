"""Intervals for counts and shares, each by one accepted method, computed without rounding."""

from __future__ import annotations

import numpy as np
from scipy import stats

from scsr.errors import EstimationError

__all__ = ["bootstrap_mean", "bootstrap_ratio", "clopper_pearson", "garwood", "percentile", "wilson"]

LEAST_ERROR = 0.5
MOST_DISTINCT = 50_000


def check_level(level: float) -> None:
    """Refuse a level that is no probability."""
    if not isinstance(level, int | float | np.number) or not 0 < level < 1:
        raise EstimationError(f"level {level} is not between 0 and 1; give .95 for a 95% interval")


def check_share(successes: float, n: float) -> None:
    """Refuse counts that make no share."""
    if not (0 < n < np.inf and 0 <= successes <= n):
        raise EstimationError(f"{successes} of {n} is no share; it needs 0 <= successes <= n and n > 0, not infinite")


def wilson(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share.

    Parameters
    ----------
    successes, n : float
        How many of how many; ``n`` need not be whole, since exposure is a mean.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    tuple of float
        Ends of the interval, each between 0 and 1.

    Raises
    ------
    EstimationError
        If the counts make no share.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(15, 50)]
    [0.191, 0.4375]
    """
    check_level(level)
    check_share(successes, n)
    z = stats.norm.isf((1 - level) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # rounding must not push an end past the share itself when nobody or everybody did
    return float(min(max(0.0, centre - half), share)), float(max(min(1.0, centre + half), share))


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share.

    References
    ----------
    Clopper, C. & Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of
    the binomial. *Biometrika*, 26, 404-413.

    Examples
    --------
    >>> [round(end, 4) for end in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    check_level(level)
    check_share(successes, n)
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else stats.beta.ppf(tail, successes, n - successes + 1)
    high = 1.0 if successes == n else stats.beta.isf(tail, successes + 1, n - successes)
    return float(low), float(high)


def garwood(count: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of the mean of a Poisson count.

    Parameters
    ----------
    count : float
        Events seen; need not be whole, so that a count scaled for dependence can be given.
    level : float
        Confidence, between 0 and 1.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. *Biometrika*, 28, 437-442.

    Examples
    --------
    >>> [round(end, 3) for end in garwood(10)]
    [4.795, 18.39]
    """
    check_level(level)
    if not (np.isfinite(count) and count >= 0):
        raise EstimationError(f"count {count} is no number of events; it must be 0 or more")
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else stats.chi2.ppf(tail, 2 * count) / 2
    return float(low), float(stats.chi2.isf(tail, 2 * (count + 1)) / 2)


def percentile(draws: np.ndarray, estimate: float, level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of bootstrap draws, widened where needed to hold the estimate itself.

    Examples
    --------
    >>> [round(end, 3) for end in percentile(np.linspace(0, 1, 101), .5)]
    [0.025, 0.975]
    """
    check_level(level)
    draws = draws[np.isfinite(draws)]
    if not len(draws):
        raise EstimationError("no bootstrap draw gave a number; give more data or more draws")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(min(low, estimate)), float(max(high, estimate))


def bootstrap_mean(
    values: np.ndarray, rng: np.random.Generator, n: int = 2000, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the mean of values of at least 0 with its bootstrap-t interval, made on the log scale.

    Skewed values, such as sizes of cascades, make other intervals of a mean too narrow above. The error of a resample is
    taken as at least half that of the data, so that resamples without spread do not make it endless.

    Parameters
    ----------
    values : array
        At least 0; where all are 0 the interval is 0 to 0.
    rng : Generator
        Source of randomness.
    n : int
        Resamples.
    level : float
        Confidence level.

    Returns
    -------
    mean, low, high : float

    References
    ----------
    DiCiccio, T. J. & Efron, B. (1996). Bootstrap confidence intervals. *Statistical Science* 11, 189-228.

    Examples
    --------
    >>> sizes = np.array([1, 1, 1, 2, 2, 3, 4, 20])
    >>> [round(end, 1) for end in bootstrap_mean(sizes, np.random.default_rng(1))]
    [4.2, 1.5, 39.2]
    """
    if not values.any():
        return 0.0, 0.0, 0.0
    return bootstrap_ratio(values, np.ones(1), rng, n, level)


def bootstrap_ratio(
    values: np.ndarray, others: np.ndarray, rng: np.random.Generator, n: int = 2000, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the ratio of two means that are above 0 with its bootstrap-t interval; see :func:`bootstrap_mean`.

    Examples
    --------
    >>> ratio, low, high = bootstrap_ratio(np.array([2.0, 4, 6]), np.array([1.0, 2, 3]), np.random.default_rng(1))
    >>> ratio, low < 2 < high
    (2.0, True)
    """
    check_level(level)
    (top, top_error), (under, under_error) = (log_means(part, rng, n) for part in (values, others))
    ratio, errors = float(values.mean() / others.mean()), np.hypot(top_error, under_error)
    error = float(errors[0])
    if not error > 0:
        return ratio, ratio, ratio
    with np.errstate(invalid="ignore"):  # a resample whose mean is 0 has no log and is left out
        scores = (top - under - (top[0] - under[0])) / np.fmax(errors, LEAST_ERROR * error)
    scores = scores[1:][np.isfinite(scores[1:])]
    high, low = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return ratio, ratio * float(np.exp(-max(low, 0) * error)), ratio * float(np.exp(-min(high, 0) * error))


def log_means(values: np.ndarray, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the log of the mean and its standard error, of the values and then of each resample.

    Where there are more distinct values than :data:`MOST_DISTINCT`, groups of values put together by chance are
    resampled in their place: means and errors are those of all values, and only their chance error is that of so many.
    """
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) > MOST_DISTINCT:
        return log_means_of_groups(values, rng, n)
    drawn = np.vstack([counts, rng.multinomial(len(values), counts / len(values), size=n)])
    means, squares = drawn @ distinct / len(values), drawn @ distinct.astype(float) ** 2 / len(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(means), np.sqrt(np.maximum(squares - means**2, 0) / len(values)) / means


def log_means_of_groups(values: np.ndarray, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return :func:`log_means` with whole groups resampled, into which the values fall by chance."""
    group = np.arange(len(values)) % MOST_DISTINCT
    shuffled = rng.permutation(values).astype(float)
    sums = np.column_stack([np.bincount(group), np.bincount(group, shuffled), np.bincount(group, shuffled**2)])
    whole, made = np.ones(MOST_DISTINCT), np.empty((n + 1, 3))
    for row in range(n + 1):
        drawn = rng.multinomial(MOST_DISTINCT, whole / MOST_DISTINCT) if row else whole
        made[row] = drawn @ sums
    means, squares = made[:, 1] / made[:, 0], made[:, 2] / made[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(means), np.sqrt(np.maximum(squares - means**2, 0) / made[:, 0]) / means
