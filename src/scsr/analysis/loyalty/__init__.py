"""Response time v. loyalty: how long until the first answer, and whether an answer keeps the customer."""

from __future__ import annotations

from scsr.analysis.loyalty.compare import GroupComparison, response_groups
from scsr.analysis.loyalty.hazard import LoyaltyModel, loyalty_on_response, speed_effect
from scsr.analysis.loyalty.recovery import RecoveryComparison, recovery_paradox
from scsr.analysis.loyalty.response import (
    ResponseShares,
    ResponseTimes,
    answered_share,
    first_response,
    promise_kept,
)
from scsr.analysis.loyalty.surge import Surges, surges

__all__ = [
    "GroupComparison",
    "LoyaltyModel",
    "RecoveryComparison",
    "ResponseShares",
    "ResponseTimes",
    "Surges",
    "answered_share",
    "first_response",
    "loyalty_on_response",
    "promise_kept",
    "recovery_paradox",
    "response_groups",
    "speed_effect",
    "surges",
]
