"""How often customers complain: rates, shares, comparisons between firms, and those who keep silent."""

from scsr.analysis.complaints.changes import RateChanges, rate_changes
from scsr.analysis.complaints.condense import READ, condensed
from scsr.analysis.complaints.counts import CATEGORIES, STOCK_UNITS, CountTable, complaint_counts
from scsr.analysis.complaints.ranking import (
    Funnel,
    Shrunken,
    exact_limits,
    funnel,
    interpolated_limits,
    marshall,
    shrunken_rates,
)
from scsr.analysis.complaints.rates import (
    Rates,
    complainer_shares,
    complaint_rates,
    complaint_shares,
    rate_unit,
)
from scsr.analysis.complaints.regression import RateModel, dispersion_test, rate_regression
from scsr.analysis.complaints.silent import Silence, published_shares, silent_share
from scsr.analysis.complaints.trend import RateTrend, rate_trend
from scsr.analysis.complaints.turning import turning_readiness, turning_share, turning_values

__all__ = [
    "CATEGORIES",
    "READ",
    "STOCK_UNITS",
    "CountTable",
    "Funnel",
    "RateChanges",
    "RateModel",
    "RateTrend",
    "Rates",
    "Shrunken",
    "Silence",
    "complainer_shares",
    "complaint_counts",
    "complaint_rates",
    "complaint_shares",
    "condensed",
    "dispersion_test",
    "exact_limits",
    "funnel",
    "interpolated_limits",
    "marshall",
    "published_shares",
    "rate_changes",
    "rate_regression",
    "rate_trend",
    "rate_unit",
    "shrunken_rates",
    "silent_share",
    "turning_readiness",
    "turning_share",
    "turning_values",
]
