"""The known truth: every parameter of the market, named as the quantity that an analysis estimates."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from scsr.errors import ParameterError

__all__ = ["FIRMS", "Firm", "Parameters", "parameters"]

COUNTRIES = ("SE", "NO", "IS")
TOPICS = ("waiting", "delivery", "billing", "fault", "staff", "website", "cancelled", "promise")
VOICED = ("sv", "nb", "nn", "is")


@dataclass(frozen=True)
class Firm:
    """An invented firm.

    Parameters
    ----------
    name, sector : str
    size : float
        Customers relative to ``Parameters.n_customers``.
    """

    name: str
    sector: str
    size: float = 1.0


FIRMS = (
    Firm("Lyngbanken", "bank", 1.5),
    Firm("Havskogen", "bank", 1.1),
    Firm("Tryggstein", "insurance", 1.2),
    Firm("Vindkilden", "energy", 1.1),
    Firm("Fjelltel", "telecom", 0.9),
    Firm("Ekonet", "telecom", 0.7),
    Firm("Nordvinge", "airline", 0.6),
    Firm("Skogsbanan", "rail", 0.8),
    Firm("Björklada", "retail", 1.3),
)


def by_firm(*values: float) -> Any:
    """Default of a parameter that has one value for each firm of :data:`FIRMS`."""
    return field(default_factory=lambda: {firm.name: value for firm, value in zip(FIRMS, values, strict=True)})


def table(**values: Any) -> Any:
    """Default of a parameter that is a mapping."""
    return field(default_factory=lambda: dict(values))


@dataclass(frozen=True)
class Parameters:
    """What the simulated tables are drawn from.

    Parameters
    ----------
    start : str
        First day of the period, ISO date.
    n_months : int
        Length of the period in calendar months.
    observed_until : str
        End of observation of answers and churn, ISO date (UTC, 00:00).
    n_customers : mapping of country to float
        Customers of a firm of size 1 at the start.
    customer_growth : float
        Relative growth of the customer base a month.
    complaint_rate : mapping of firm to float
        Complaints per 1,000 customers and month, averaged over the season, in the first country.
    country_rate_ratio : mapping of country to float
        Complaint rate relative to the first country.
    complaint_dispersion : float
        Over-dispersion alpha of the monthly counts of a firm in a country: variance = mean + alpha mean².
    season_amplitude, season_peak_month : float
        Log-amplitude of the yearly cycle of complaints, and its peak (1 = January).
    question_rate, praise_rate, review_rate : float
        Openings of the other kinds per 1,000 customers and month.
    review_negative_share : float
        Share of the reviews that are negative.
    repeat_share : float
        Probability that an opening comes from a customer who has written to the firm before.
    share_that_complains : float
        Share of the customers with a failure who complain; the others stay silent.
    nynorsk_share : float
        Share of the Norwegian customers who write nynorsk.
    channel_mix : mapping of sector to mapping of channel to float
        Share of each channel among the openings.
    urgent_share : mapping of topic to float
        Share of the complaints that are urgent.
    severity_mix : tuple of 5 floats
        Shares of severity 1 to 5; half of the urgent complaints are one step graver.
    first_response_median_h : mapping of firm to float
        Median hours to the first answer among complaints that get one: by e-mail, not urgent, severity 3.
    channel_response_ratio : mapping of channel to float
        Response time relative to e-mail.
    urgent_response_ratio, severity_response_ratio : float
        Response time of urgent matters relative to others, and of each step of severity.
    response_shape : float
        Shape of the log-logistic response time.
    answered_share : mapping of channel to float
        Probability of ever being answered.
    firm_answered_odds_ratio : mapping of firm to float
        Odds of ever being answered, relative to ``answered_share``.
    employee_share : float
        Share of the first answers that an employee outside of customer service gives.
    n_surges, surge_size, surge_delay_ratio : float
        Days on which one firm in one country gets a wave of questions, how many, and how much slower it
        answers.
    churn_hazard_month : mapping of firm to float
        Churn hazard a month of customers without a failure.
    failure_hazard_ratio : tuple of (days, ratio)
        Churn hazard after a failure relative to none, until so many days after it.
    churn_hazard_ratio_severity, churn_hazard_ratio_urgent : float
        Hazard ratio of a step of severity (1 at severity 3), and of urgent complaints.
    loyalty_hazard_ratio : float
        Churn hazard after the answer relative to before it, at the usual response time of the firm,
        channel and urgency.
    speed_hazard_ratio : float
        Further hazard ratio for each doubling of the response time over the usual one.
    answered_after_churn : float
        Probability that a firm still answers when the customer has left; below 1 the naive comparison of
        answered and unanswered is biased by immortal time.
    n_without_case : float
        Customers without an opening whose churn is followed.
    csat_response_share : float
        Share of the customers who answer the survey.
    csat_no_failure, csat_answered, csat_unanswered, csat_per_doubling : float
        Mean satisfaction on 1 to 5 before rounding, and its change for each doubling of the response time.
    cascade_seeds_per_complaint : float
        Cascades of shares that a complaint starts, on average.
    negative_positive_ratio : float
        Negative cascades for each positive one.
    reproduction_number : mapping of valence to float
        Mean number of direct reshares of a share where the firm does not answer; below 1.
    offspring_dispersion : float
        Size k of the negative binomial number of reshares; small is uneven.
    reshare_delay_median_h, reshare_delay_sigma : float
        Log-normal delay from a share to its reshare.
    followers_median, followers_sigma : float
        Log-normal number of followers.
    follower_exponent : float
        Reshares grow with followers to this power.
    share_roles : mapping of role to float
        Who reshares.
    cascade_window_h : float
        Hours after the root until which shares are collected.
    cascade_answered_share : float
        Probability that the firm answers a negative cascade, in the cascade itself.
    cascade_answer_median_h, cascade_answer_sigma : float
        Log-normal hours from the root to that answer, whatever the cascade does.
    answer_hazard_ratio : float
        Hazard of a new share after the firm's answer as a multiple of that without one.
    """

    start: str = "2022-01-01"
    n_months: int = 24
    observed_until: str = "2024-02-01"
    n_customers: Mapping[str, float] = table(SE=2100.0, NO=1650.0, IS=850.0)
    customer_growth: float = 0.004
    complaint_rate: Mapping[str, float] = by_firm(1.6, 2.2, 2.0, 2.5, 4.2, 5.4, 6.0, 4.0, 1.9)
    country_rate_ratio: Mapping[str, float] = table(SE=1.0, NO=1.15, IS=0.85)
    complaint_dispersion: float = 0.15
    season_amplitude: float = 0.2
    season_peak_month: float = 1.0
    question_rate: float = 0.65
    praise_rate: float = 0.3
    review_rate: float = 0.35
    review_negative_share: float = 0.55
    repeat_share: float = 0.12
    share_that_complains: float = 0.35
    nynorsk_share: float = 0.12
    channel_mix: Mapping[str, Mapping[str, float]] = table(
        bank={
            "email": 0.3,
            "phone": 0.3,
            "chat": 0.15,
            "letter": 0.05,
            "facebook": 0.08,
            "twitter": 0.05,
            "forum": 0.03,
            "authority": 0.04,
        },
        insurance={
            "email": 0.33,
            "phone": 0.33,
            "chat": 0.08,
            "letter": 0.08,
            "facebook": 0.06,
            "twitter": 0.03,
            "forum": 0.03,
            "authority": 0.06,
        },
        energy={
            "email": 0.32,
            "phone": 0.33,
            "chat": 0.1,
            "letter": 0.05,
            "facebook": 0.1,
            "twitter": 0.04,
            "forum": 0.03,
            "authority": 0.03,
        },
        telecom={
            "email": 0.2,
            "phone": 0.22,
            "chat": 0.17,
            "facebook": 0.14,
            "twitter": 0.1,
            "forum": 0.14,
            "authority": 0.03,
        },
        airline={
            "email": 0.28,
            "phone": 0.15,
            "chat": 0.1,
            "facebook": 0.14,
            "twitter": 0.22,
            "forum": 0.05,
            "authority": 0.06,
        },
        rail={
            "email": 0.26,
            "phone": 0.14,
            "chat": 0.1,
            "facebook": 0.16,
            "twitter": 0.26,
            "forum": 0.05,
            "authority": 0.03,
        },
        retail={
            "email": 0.35,
            "phone": 0.18,
            "chat": 0.15,
            "facebook": 0.2,
            "twitter": 0.04,
            "forum": 0.05,
            "authority": 0.03,
        },
    )
    urgent_share: Mapping[str, float] = table(
        waiting=0.2,
        delivery=0.15,
        billing=0.15,
        fault=0.4,
        staff=0.05,
        website=0.2,
        cancelled=0.65,
        promise=0.15,
    )
    severity_mix: tuple[float, ...] = (0.15, 0.25, 0.3, 0.2, 0.1)
    first_response_median_h: Mapping[str, float] = by_firm(14.0, 9.0, 20.0, 26.0, 11.0, 32.0, 22.0, 16.0, 6.0)
    channel_response_ratio: Mapping[str, float] = table(
        email=1.0,
        phone=0.15,
        chat=0.05,
        letter=9.0,
        facebook=0.6,
        twitter=0.35,
        forum=1.5,
        review=4.0,
        authority=20.0,
    )
    urgent_response_ratio: float = 0.5
    severity_response_ratio: float = 0.9
    response_shape: float = 1.2
    answered_share: Mapping[str, float] = table(
        email=0.85,
        phone=0.96,
        chat=0.96,
        letter=0.8,
        facebook=0.72,
        twitter=0.66,
        forum=0.5,
        review=0.35,
        authority=0.95,
    )
    firm_answered_odds_ratio: Mapping[str, float] = by_firm(1.5, 1.3, 1.0, 0.8, 0.9, 0.5, 0.7, 0.9, 1.8)
    employee_share: float = 0.2
    n_surges: int = 6
    surge_size: float = 40.0
    surge_delay_ratio: float = 4.0
    churn_hazard_month: Mapping[str, float] = by_firm(0.005, 0.006, 0.006, 0.009, 0.011, 0.014, 0.012, 0.008, 0.012)
    failure_hazard_ratio: tuple[tuple[float, float], ...] = ((30.0, 3.5), (90.0, 2.2), (float("inf"), 1.7))
    churn_hazard_ratio_severity: float = 1.15
    churn_hazard_ratio_urgent: float = 1.2
    loyalty_hazard_ratio: float = 0.6
    speed_hazard_ratio: float = 1.05
    answered_after_churn: float = 1.0
    n_without_case: float = 2200.0
    csat_response_share: float = 0.25
    csat_no_failure: float = 4.0
    csat_answered: float = 3.5
    csat_unanswered: float = 2.3
    csat_per_doubling: float = -0.1
    cascade_seeds_per_complaint: float = 0.28
    negative_positive_ratio: float = 3.0
    reproduction_number: Mapping[str, float] = table(negative=0.7, positive=0.5)
    offspring_dispersion: float = 0.8
    reshare_delay_median_h: float = 2.0
    reshare_delay_sigma: float = 1.3
    followers_median: float = 150.0
    followers_sigma: float = 1.4
    follower_exponent: float = 0.3
    share_roles: Mapping[str, float] = table(customer=0.8, other=0.1, employee=0.05, ambassador=0.05)
    cascade_window_h: float = 336.0
    cascade_answered_share: float = 0.4
    cascade_answer_median_h: float = 3.0
    cascade_answer_sigma: float = 1.0
    answer_hazard_ratio: float = 0.6

    def __post_init__(self) -> None:
        for name in (
            "n_months",
            "complaint_dispersion",
            "response_shape",
            "offspring_dispersion",
            "loyalty_hazard_ratio",
        ):
            if not getattr(self, name) > 0:
                raise ParameterError(f"parameter {name!r}: {getattr(self, name)!r} is not above 0")
        for name in (
            "repeat_share",
            "share_that_complains",
            "nynorsk_share",
            "employee_share",
            "answered_after_churn",
            "cascade_answered_share",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"parameter {name!r}: {getattr(self, name)!r} is not between 0 and 1")
        if self.share_that_complains == 0:
            raise ParameterError("parameter 'share_that_complains': 0 leaves no complaints; give a share above 0")
        if max(self.reproduction_number.values()) >= 1 or min(self.reproduction_number.values()) < 0:
            raise ParameterError(
                f"parameter 'reproduction_number': {dict(self.reproduction_number)} has a value outside "
                "of [0, 1); a cascade that reproduces itself would never end"
            )
        if not 0 <= self.answer_hazard_ratio * max(self.reproduction_number.values()) < 1:
            raise ParameterError(
                f"parameter 'answer_hazard_ratio': {self.answer_hazard_ratio!r} times the reproduction number is outside "
                "of [0, 1); a cascade that reproduces itself would never end"
            )


def parameters(**changes: Any) -> Parameters:
    """Return the default parameters with some changed.

    A mapping may be given in part: ``complaint_rate={"Ekonet": 9.0}`` leaves the other firms as they are.

    Parameters
    ----------
    **changes
        Fields of :class:`Parameters`.

    Returns
    -------
    The parameters.

    Raises
    ------
    ParameterError
        On an unknown name, with the nearest one, or a value out of range.

    Examples
    --------
    >>> parameters(loyalty_hazard_ratio=0.8, complaint_rate={"Ekonet": 9.0}).complaint_rate["Ekonet"]
    9.0
    >>> parameters(loyalty_ratio=1)
    Traceback (most recent call last):
    scsr.errors.ParameterError: unknown parameter 'loyalty_ratio'; did you mean 'loyalty_hazard_ratio'?
    """
    default = Parameters()
    names = [one.name for one in fields(Parameters)]
    merged: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            raise ParameterError(f"unknown parameter {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        old = getattr(default, name)
        if isinstance(old, dict):
            if not isinstance(value, Mapping):
                raise ParameterError(f"parameter {name!r}: give a mapping with some of {', '.join(old)}, not {value!r}")
            strange = [key for key in value if key not in old]
            if strange:
                raise ParameterError(f"parameter {name!r}: {strange[0]!r} is not one of {', '.join(old)}")
            value = {**old, **value}
        merged[name] = value
    return replace(default, **merged)
