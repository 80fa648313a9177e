"""How heavy the tail of cascade sizes is: a discrete power law against its rivals, never a line on log axes.

Written over the distinct sizes instead of calling the package ``powerlaw``, whose fits the tests compare with
these: a bootstrap needs hundreds of fits, and its discrete truncated fit takes seconds each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import integrate, optimize, special, stats

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level, percentile
from scsr.analysis.wom.given import check_resamples, row_of_numbers
from scsr.errors import EstimationError

__all__ = ["TailFit", "size_distribution"]

N_LEAST, TAIL_LEAST = 50, 10
LOOKED = 24  # sizes at which every start of the tail is tried first
WORDS = "exponent of a power law in the tail of cascade sizes (share of cascades of size x falls as x to its minus)"


@dataclass(frozen=True)
class TailFit:
    """A fitted tail.

    Parameters
    ----------
    estimates : tuple of Estimate
        ``tail_exponent``, and ``tail_start`` (smallest size of the tail).
    alternatives : DataFrame
        ``alternative, log_ratio`` (above 0 favours the power law)``, statistic, p_value, favours`` (``power
        law``, the alternative, or ``neither`` at 10%).
    frame : DataFrame
        ``size, survival`` (share of cascades at least as large) and ``fitted`` (in the tail), for drawing.
    alpha, xmin, n_tail, distance : float, int, int, float
        The fit: exponent, start, cascades in the tail, Kolmogorov-Smirnov distance.
    p_value : float or None
        Of the goodness of fit by bootstrap; small where the power law itself is implausible.
    """

    estimates: tuple[Estimate, ...]
    alternatives: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["alternative", "log_ratio", "statistic", "p_value", "favours"])
    )
    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["size", "survival", "fitted"]))
    alpha: float | None = None
    xmin: int | None = None
    n_tail: int = 0
    distance: float | None = None
    p_value: float | None = None


def size_distribution(
    sizes: np.ndarray | pd.Series,
    rng: np.random.Generator | int,
    n_bootstrap: int = 200,
    n_fit: int = 0,
    xmin: int | None = None,
    level: float = 0.95,
) -> TailFit:
    """Fit a discrete power law to the tail of sizes and hold it against log-normal, truncated and exponential.

    Parameters
    ----------
    sizes : array of int
        Sizes of cascades, 1 or more.
    rng : Generator or int
        Source of randomness, or a seed for it.
    n_bootstrap : int
        Resamples of cascades behind the intervals; the start of the tail is sought again in each.
    n_fit : int
        Synthetic data sets behind the goodness of fit; 0 leaves it out. 2,500 give a p value within .01.
    xmin : int, optional
        Start of the tail, when it is known; else it is chosen by the smallest Kolmogorov-Smirnov distance.
    level : float
        Confidence of the intervals.

    Returns
    -------
    TailFit
        Not estimable with fewer than 50 sizes or when no tail holds 10 of them.

    Raises
    ------
    EstimationError
        If a size, or the start given, is below 1 or not whole, or there are no resamples.

    References
    ----------
    Clauset, A., Shalizi, C. R. & Newman, M. E. J. (2009). Power-law distributions in empirical data.
    *SIAM Review*, 51, 661-703.
    Vuong, Q. H. (1989). Likelihood ratio tests for model selection and non-nested hypotheses.
    *Econometrica*, 57, 307-333.

    Examples
    --------
    >>> sizes = np.random.default_rng(3).zipf(2.5, 2000)
    >>> fit = size_distribution(sizes, 1, n_bootstrap=50)
    >>> fit.estimates[0].ci_low < 2.5 < fit.estimates[0].ci_high
    True
    """
    check_level(level)
    check_resamples(n_bootstrap)
    check_resamples(n_fit, "n_fit", 0)
    if xmin is not None:
        check_resamples(xmin, "xmin")
    rng = np.random.default_rng(rng)
    values, counts = checked(sizes)
    n = int(counts.sum())
    reason = f"{n} cascades are too few; it takes {N_LEAST}" if n < N_LEAST else ""
    best = None if reason else fit_tail(values, counts, xmin)
    if not reason and best is None:
        reason = f"no tail holds {TAIL_LEAST} cascades of differing size"
    if best is None:
        return TailFit((not_estimable("tail_exponent", WORDS, "exponent", reason, n=n, level=level),))
    alpha, start, distance = best
    tail = values >= start
    n_tail = int(counts[tail].sum())
    draws = bootstrap(values, counts, xmin, n_bootstrap, rng)
    estimates = estimates_of(alpha, start, draws, n_tail, n, xmin is None, level)
    p_value = goodness(values, counts, best, xmin, n_fit, rng) if n_fit else None
    fitted = special.zeta(alpha, values[tail]) / special.zeta(alpha, start) * n_tail / n
    survival = np.concatenate(([1.0], 1 - np.cumsum(counts)[:-1] / n))
    frame = pd.DataFrame({"size": values, "survival": survival, "fitted": np.nan})
    frame.loc[tail, "fitted"] = fitted
    alternatives = compare(values[tail], counts[tail], alpha, start)
    return TailFit(estimates, alternatives, frame, alpha, start, n_tail, distance, p_value)


def checked(sizes: np.ndarray | pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct sizes and how often each stands."""
    return np.unique(row_of_numbers(sizes, "sizes of cascades", 1, whole=True), return_counts=True)


def exponents(values: np.ndarray, counts: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the maximum-likelihood exponent of the tail from each start, all by golden section at once."""
    logs = counts * np.log(values)
    behind = np.cumsum(logs[::-1])[::-1]
    number = np.cumsum(counts[::-1])[::-1]
    first = np.searchsorted(values, starts)
    mean_log = behind[first] / number[first]
    low, high = np.full(len(starts), 1.0001), np.full(len(starts), 12.0)
    golden = (np.sqrt(5) - 1) / 2

    def loss(alpha: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(special.zeta(alpha, starts)) + alpha * mean_log)

    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(38):  # 12 * .618 ** 38 is 1e-7
        down = at_left < at_right
        high, low = np.where(down, right, high), np.where(down, low, left)
        fresh = np.where(down, high - golden * (high - low), low + golden * (high - low))
        at_fresh = loss(fresh)
        left, right = np.where(down, fresh, right), np.where(down, left, fresh)
        at_left, at_right = np.where(down, at_fresh, at_right), np.where(down, at_left, at_fresh)
    return (low + high) / 2


def fit_tail(values: np.ndarray, counts: np.ndarray, xmin: int | None = None) -> tuple[float, int, float] | None:
    """Return exponent, start and distance of the best tail; None where there is no tail to fit."""
    number = np.cumsum(counts[::-1])[::-1]
    several = np.arange(len(values)) < len(values) - 1
    starts = values[(number >= TAIL_LEAST) & several] if xmin is None else np.array([float(xmin)])
    if xmin is not None and ((values >= xmin).sum() < 2 or counts[values >= xmin].sum() < TAIL_LEAST):
        return None
    if not len(starts):
        return None
    alphas = exponents(values, counts, starts)
    best, distance = nearest(values, counts, starts, alphas)
    return float(alphas[best]), int(starts[best]), distance


def nearest(values: np.ndarray, counts: np.ndarray, starts: np.ndarray, alphas: np.ndarray) -> tuple[int, float]:
    """Return which start's tail lies nearest to its fit, and how far (Kolmogorov-Smirnov).

    A tail that is farther off at a few sizes than another is at its worst need not be looked at any further.
    """
    some = np.unique(np.linspace(0, len(values) - 1, LOOKED).astype(int))
    first, upto = np.searchsorted(values, starts), np.cumsum(counts)
    ahead = (upto - counts)[first]
    seen = (upto[some] - ahead[:, None]) / (upto[-1] - ahead)[:, None]
    whole = special.zeta(alphas, starts)[:, None]
    gaps = np.abs(seen - (1 - special.zeta(alphas[:, None], values[some] + 1) / whole))
    bounds = np.where(some >= first[:, None], gaps, 0.0).max(axis=1)
    best, least = -1, np.inf
    for place in np.argsort(bounds, kind="stable").tolist():
        if bounds[place] > least:
            break
        far = distance_to(values[first[place] :], counts[first[place] :], float(starts[place]), float(alphas[place]))
        if far < least or (far == least and place < best):
            best, least = place, far
    return best, least


def distance_to(values: np.ndarray, counts: np.ndarray, start: float, alpha: float) -> float:
    """Return how far a tail lies from a power law at its worst."""
    seen = np.cumsum(counts) / counts.sum()
    whole = special.zeta(alpha, start)
    upto = 1 - special.zeta(alpha, values + 1) / whole
    # between two sizes seen, the model grows on while the data stand still: look on both sides of each step
    before = 1 - special.zeta(alpha, values) / whole
    return float(max(np.abs(seen - upto).max(), np.abs(np.append(0, seen[:-1]) - before).max()))


def bootstrap(values: np.ndarray, counts: np.ndarray, xmin: int | None, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return exponent and start in resamples of the cascades, one row each."""
    draws = []
    for drawn in rng.multinomial(counts.sum(), counts / counts.sum(), size=n):
        some = drawn > 0
        fit = fit_tail(values[some], drawn[some], xmin)
        if fit is not None:
            draws.append(fit[:2])
    if not draws:
        raise EstimationError(f"none of {n} resamples had a tail; give n_bootstrap above 0 and more cascades")
    return np.array(draws)


def estimates_of(
    alpha: float, start: int, draws: np.ndarray, n_tail: int, n: int, chosen: bool, level: float
) -> tuple[Estimate, ...]:
    """Return exponent and start with their intervals."""
    method = f"discrete power law by maximum likelihood (Clauset et al. 2009), bootstrap of cascades ({len(draws)})"
    assumptions = ("cascades are complete and independent", f"sizes from {start} follow a power law")
    exponent = Estimate(
        "tail_exponent", WORDS, "exponent", alpha, *percentile(draws[:, 0], alpha, level), n_tail, method, (),
        assumptions, level,
    )  # fmt: skip
    if not chosen:
        return (exponent,)
    begin = Estimate(
        "tail_start", "smallest cascade size of the power-law tail", "shares", start,
        *percentile(draws[:, 1], start, level), n, f"{method}, smallest Kolmogorov-Smirnov distance", (),
        assumptions[:1], level,
    )  # fmt: skip
    return exponent, begin


def goodness(
    values: np.ndarray, counts: np.ndarray, best: tuple[float, int, float], xmin: int | None, n: int,
    rng: np.random.Generator,
) -> float:  # fmt: skip
    """Return the share of synthetic data sets that lie further from their own fit than the data from theirs."""
    alpha, start, distance = best
    total, n_tail = int(counts.sum()), int(counts[values >= start].sum())
    body, body_counts = values[values < start], counts[values < start]
    worse = 0
    for _ in range(n):
        from_tail = rng.binomial(total, n_tail / total)
        drawn = [draw_tail(alpha, start, from_tail, rng)]
        if total > from_tail:
            drawn.append(rng.choice(body, total - from_tail, p=body_counts / body_counts.sum()))
        fit = fit_tail(*np.unique(np.concatenate(drawn), return_counts=True), xmin)
        worse += fit is not None and fit[2] >= distance
    return worse / n


def draw_tail(alpha: float, start: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw sizes from the fitted power law by searching its survival function."""
    goal = rng.uniform(size=n)
    low, high = np.full(n, float(start)), np.full(n, float(start) * 2)
    whole = special.zeta(alpha, start)
    for _ in range(200):
        short = (special.zeta(alpha, high) / whole >= goal) & (high < 1e15)
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, high * 2, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        beyond = special.zeta(alpha, middle) / whole >= goal
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    return low


def compare(values: np.ndarray, counts: np.ndarray, alpha: float, start: int) -> pd.DataFrame:
    """Test the power law against each alternative on the same tail."""
    power = -alpha * np.log(values) - np.log(special.zeta(alpha, start))
    rows = []
    for name, fit in ALTERNATIVES.items():
        other = fit(values, counts, start, alpha)
        difference = power - other
        ratio = float((counts * difference).sum())
        n = counts.sum()
        spread = np.sqrt((counts * (difference - ratio / n) ** 2).sum())
        if name == "truncated power law":  # it holds the power law as a case, so that the ratio is never above 0
            ratio = min(ratio, 0.0)
            statistic, p_value = 2 * -ratio, float(stats.chi2.sf(2 * -ratio, 1))
        else:
            statistic = ratio / spread if spread > 0 else 0.0
            p_value = float(2 * stats.norm.sf(abs(statistic)))
        favours = "neither" if p_value >= 0.1 else ("power law" if ratio > 0 else name)
        rows.append((name, ratio, float(statistic), p_value, favours))
    return pd.DataFrame(rows, columns=["alternative", "log_ratio", "statistic", "p_value", "favours"])


def exponential(values: np.ndarray, counts: np.ndarray, start: int, alpha: float) -> np.ndarray:
    """Return log probabilities of the best discrete exponential, which is a shifted geometric."""
    del alpha
    mean = (counts * (values - start)).sum() / counts.sum()
    stop = 1 / (1 + mean)
    return np.asarray(np.log(stop) + (values - start) * np.log1p(-stop))


def lognormal(values: np.ndarray, counts: np.ndarray, start: int, alpha: float) -> np.ndarray:
    """Return log probabilities of the best log-normal, rounded to whole sizes and cut at the start."""

    # slope and curvature on log-log axes at the start, because mean and variance run off together when the tail is
    # nearly straight
    def log_p(parameters: np.ndarray) -> np.ndarray:
        curvature = np.exp(parameters[1])
        mu, sigma = np.log(start) - (parameters[0] - 1) / curvature, 1 / np.sqrt(curvature)
        upper = (np.log(values + 0.5) - mu) / sigma
        lower = (np.log(values - 0.5) - mu) / sigma
        # in the upper half, work with survival so that small differences keep their digits
        flip = lower > 0
        a = stats.norm.logcdf(np.where(flip, -lower, upper))
        b = stats.norm.logcdf(np.where(flip, -upper, lower))
        with np.errstate(divide="ignore"):
            inside = a + np.log1p(-np.exp(np.minimum(b - a, 0)))
        return np.asarray(inside - stats.norm.logsf((np.log(start - 0.5) - mu) / sigma))

    def loss(parameters: np.ndarray) -> float:
        value = -(counts * log_p(parameters)).sum()
        return float(value) if np.isfinite(value) else 1e300

    bounds = [(-50.0, 50.0), (np.log(1e-4), np.log(1e4))]
    tries = [
        optimize.minimize(loss, first, method="Nelder-Mead", bounds=bounds, options={"maxiter": 2000})
        for first in ([alpha, np.log(0.01)], [alpha - 0.5, np.log(0.3)], [1.0, 0.0])
    ]
    return log_p(min(tries, key=lambda result: result.fun).x)


def truncated(values: np.ndarray, counts: np.ndarray, start: int, alpha: float) -> np.ndarray:
    """Return log probabilities of the best power law with an exponential cut-off."""
    head = np.arange(start, start + 2000, dtype=float)
    logs, log_head = np.log(values), np.log(head)

    def log_sum(exponent: float, rate: float) -> float:
        """Sum the head, and take the rest as an integral (Euler-Maclaurin)."""
        edge = head[-1] + 1
        at_edge = np.exp(-exponent * np.log(edge) - rate * edge)
        rest = integrate.quad(lambda u: np.exp((1 - exponent) * u - rate * np.exp(u)), np.log(edge), 60, limit=200)[0]
        slope = at_edge * (exponent / edge + rate)
        return float(np.log(np.exp(-exponent * log_head - rate * head).sum() + rest + at_edge / 2 + slope / 12))

    def log_p(parameters: np.ndarray) -> np.ndarray:
        exponent, rate = parameters[0], np.exp(parameters[1])
        return np.asarray(-exponent * logs - rate * values - log_sum(exponent, rate))

    def loss(parameters: np.ndarray) -> float:
        return float(-(counts * log_p(parameters)).sum())

    bounds = [(0.1, 12.0), (-25.0, 1.0)]
    top = np.log(1 / values.max())
    tries = [
        optimize.minimize(loss, first, method="Nelder-Mead", bounds=bounds, options={"maxiter": 400})
        for first in ([alpha, top], [max(0.2, alpha - 0.5), top + 2])
    ]
    best = min(tries, key=lambda result: result.fun)
    plain = -alpha * logs - np.log(special.zeta(alpha, start))
    # the power law itself is the case without a cut-off
    return log_p(best.x) if -best.fun > (counts * plain).sum() else np.asarray(plain)


ALTERNATIVES: dict[str, Callable[[np.ndarray, np.ndarray, int, float], np.ndarray]] = {
    "log-normal": lognormal,
    "truncated power law": truncated,
    "exponential": exponential,
}
