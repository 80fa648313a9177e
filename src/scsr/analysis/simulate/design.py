"""What light tables are drawn from: few parameters, each an estimand or what biases one, and the truths they imply.

The full market of :func:`scsr.analysis.simulate.simulate` looks like a firm's own data. Here the truth of every
estimand is known exactly, and a data set costs milliseconds, so that a thousand can be drawn to see whether an
interval covers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy import integrate, optimize

from scsr.errors import ParameterError

__all__ = ["MONTH_DAYS", "Design", "answered_by", "answered_share", "median_h", "restricted_mean_h"]

SEVERITIES = np.arange(1, 6)
GRID = 200
MONTH_DAYS = 30.4375
DELAYS = ("log-normal", "exponential", "power law")


@dataclass(frozen=True)
class Design:
    """Parameters of light tables.

    Parameters
    ----------
    n_firms : int
        Firms; those of the second half make the second sector.
    n_months : int
        Months of exposure.
    n_customers : float
        Customers of a firm on average.
    size_spread : float
        Largest deviation of a firm's size from the mean, as a share of it.
    complaint_rate : float
        Complaints per 1,000 customers and month, in the first sector and country, averaged over firms.
    firm_spread : float
        Coefficient of variation of the firms' rates, which are drawn anew from a gamma for each data set.
    sector_rate_ratio, country_rate_ratio : float
        Rate of the second sector and country relative to the first.
    country_share : float
        Share of customers in the second country, of firms in the first sector; the second sector has the rest.
    complaint_dispersion : float
        Over-dispersion alpha of a firm's monthly count: variance = mean + alpha mean².
    complaints_per_complainer : float
        Mean number of complaints of those who complain; geometric, 1 for no repeats.
    yearly_trend : float
        Rate a year later as a multiple.
    season_ratio : float
        Rate in the highest month of the yearly wave as a multiple of the lowest.
    prevalence, sensitivity, specificity : float
        Share of texts that are complaints, and how a classifier reads them.
    n_texts, n_labelled : int
        Texts counted by the classifier, and labelled ones (half of them complaints) behind its error.
    n_cases : int
        Customers with one case each, spread evenly over the firms.
    first_response_median_h, response_shape : float
        Log-logistic hours to the first answer of those who get one, at severity 3.
    severity_response_ratio, severity_answered_odds_ratio : float
        Hours to the answer, and odds of ever getting one, for each step of severity.
    ever_answered : float
        Probability of ever being answered at severity 3.
    longest_answer_h : float
        Hours after which no answer comes any more: slower ones never come.
    open_days, end_days : float
        Cases open evenly over the first days; observation ends on the last.
    churn_hazard_month, firm_hazard_ratio, severity_hazard_ratio : float
        Hazard of leaving at severity 3 of the middle firm, that of the last firm relative to the first, and for each
        step of severity.
    loyalty_hazard_ratio, speed_hazard_ratio, urgent_interaction : float
        Hazard after the answer relative to before it, its further ratio for each doubling of the hours waited, and its
        further ratio in urgent cases.
    answered_after_churn : float
        Probability that a firm still answers when the customer has left.
    n_without_case : int
        Customers without a failure whose leaving is followed as well.
    failure_hazard_ratio : float
        Hazard of leaving after a failure relative to none.
    n_cascades : int
        Cascades.
    reproduction_number, offspring_dispersion : float
        Mean direct reshares of a share, and the size of their negative binomial (infinite: Poisson).
    reshare_delay : {"log-normal", "exponential", "power law"}
        Distribution of the hours from a share to its reshare.
    reshare_delay_median_h, reshare_delay_sigma, reshare_delay_exponent : float
        Median of these hours, spread of their logs if log-normal, exponent of the survival of a power law (Lomax).
    cascade_window_h : float
        Hours after the root at which collection ends at the latest; each cascade's end is even between 0 and this
        where ``staggered``.
    staggered : bool
        Whether cascades are watched for different times.
    cascades_answered : float
        Probability that the firm answers a cascade that it could.
    answer_delay_median_h : float
        Median of the exponential hours from the share that moves the firm to its answer.
    answer_at_size : int
        Shares that move the firm: 1 for the root, so that answers do not hang on how a cascade goes.
    answer_hazard_ratio : float
        Hazard of a new share after the answer as a multiple of that without one.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    n_firms: int = 9
    n_months: int = 24
    n_customers: float = 1000.0
    size_spread: float = 0.6
    complaint_rate: float = 3.0
    firm_spread: float = 0.0
    sector_rate_ratio: float = 1.0
    country_rate_ratio: float = 1.0
    country_share: float = 0.5
    complaint_dispersion: float = 0.0
    complaints_per_complainer: float = 1.0
    yearly_trend: float = 1.0
    season_ratio: float = 1.0
    prevalence: float = 0.3
    sensitivity: float = 0.8
    specificity: float = 0.9
    n_texts: int = 1000
    n_labelled: int = 300
    n_cases: int = 500
    first_response_median_h: float = 12.0
    response_shape: float = 1.2
    severity_response_ratio: float = 1.0
    severity_answered_odds_ratio: float = 1.0
    ever_answered: float = 0.8
    longest_answer_h: float = float("inf")
    open_days: float = 300.0
    end_days: float = 500.0
    churn_hazard_month: float = 0.08
    firm_hazard_ratio: float = 2.0
    severity_hazard_ratio: float = 1.0
    loyalty_hazard_ratio: float = 0.6
    speed_hazard_ratio: float = 1.0
    urgent_interaction: float = 1.0
    answered_after_churn: float = 1.0
    n_without_case: int = 0
    failure_hazard_ratio: float = 1.0
    n_cascades: int = 200
    reproduction_number: float = 0.6
    offspring_dispersion: float = 0.8
    reshare_delay: str = "log-normal"
    reshare_delay_median_h: float = 2.0
    reshare_delay_sigma: float = 1.0
    reshare_delay_exponent: float = 1.0
    cascade_window_h: float = 336.0
    staggered: bool = False
    cascades_answered: float = 0.0
    answer_delay_median_h: float = 3.0
    answer_at_size: int = 1
    answer_hazard_ratio: float = 1.0

    def __post_init__(self) -> None:
        shares = (
            "country_share",
            "prevalence",
            "sensitivity",
            "specificity",
            "ever_answered",
            "answered_after_churn",
            "cascades_answered",
        )
        if self.reshare_delay not in DELAYS:
            raise ParameterError(f"parameter 'reshare_delay': {self.reshare_delay!r} is none of {', '.join(DELAYS)}")
        for name in (one.name for one in fields(self) if one.name != "reshare_delay"):
            value = getattr(self, name)
            if name in shares and not 0 <= value <= 1:
                raise ParameterError(f"parameter {name!r}: {value!r} is not between 0 and 1")
            if not value >= 0:
                raise ParameterError(f"parameter {name!r}: {value!r} is not 0 or more")
        if self.reproduction_number >= 1:
            raise ParameterError(f"parameter 'reproduction_number': {self.reproduction_number!r} would never end")
        if self.cascades_answered > 0 and self.reproduction_number * self.answer_hazard_ratio >= 1:
            raise ParameterError(f"parameter 'answer_hazard_ratio': {self.answer_hazard_ratio!r} would never end")
        if self.answer_at_size < 1:
            raise ParameterError("parameter 'answer_at_size': a cascade has its root at least; give 1 or more")
        if self.complaints_per_complainer < 1:
            raise ParameterError("parameter 'complaints_per_complainer': who complains does so at least once")
        if self.end_days < self.open_days:
            raise ParameterError(f"parameter 'end_days': {self.end_days!r} is before 'open_days' {self.open_days!r}")


def odds_shift(share: float, ratio: np.ndarray) -> np.ndarray:
    """Return a share after its odds are multiplied."""
    return np.asarray(share * ratio / (1 - share + share * ratio))


def answered_by(design: Design, hours: float | np.ndarray) -> np.ndarray:
    """Return the share of cases answered within some hours, if observation never ended.

    Examples
    --------
    >>> answered_by(Design(ever_answered=0.8, first_response_median_h=12), 12).round(6).tolist()
    0.4
    """
    hours = np.minimum(np.asarray(hours, dtype=float), design.longest_answer_h)[..., None]
    step = SEVERITIES - 3.0
    ever = odds_shift(design.ever_answered, design.severity_answered_odds_ratio**step)
    ratio = (hours / (design.first_response_median_h * design.severity_response_ratio**step)) ** design.response_shape
    return np.asarray((ever * ratio / (1 + ratio)).mean(axis=-1))


def answered_share(design: Design) -> float:
    """Return the share of cases answered before observation ends."""
    middle = (np.arange(GRID) + 0.5) / GRID
    return float(answered_by(design, 24 * (design.end_days - design.open_days * middle)).mean())


def median_h(design: Design) -> float:
    """Return the hours by which half of all cases are answered."""
    return float(optimize.brentq(lambda h: float(answered_by(design, h)) - 0.5, 1e-3, 1e6))


def restricted_mean_h(design: Design, tau_h: float) -> float:
    """Return the mean hours waited, counting at most tau."""
    return float(integrate.quad(lambda h: 1 - float(answered_by(design, h)), 0, tau_h, limit=200)[0])
