"""Response time v. loyalty: how long until the first answer, and whether an answer keeps the customer."""

from __future__ import annotations

from scsr.analysis.loyalty.compare import GroupComparison, response_groups
from scsr.analysis.loyalty.competing import CompetingEnds, answer_or_leaving
from scsr.analysis.loyalty.hazard import LoyaltyModel, loyalty_on_response
from scsr.analysis.loyalty.hours import opening_hours
from scsr.analysis.loyalty.recovery import RecoveryComparison, recovery_paradox
from scsr.analysis.loyalty.response import ResponseTimes, first_response
from scsr.analysis.loyalty.shares import ResponseShares, answered_share, promise_kept
from scsr.analysis.loyalty.speed import SpeedCurve, speed_by_urgency, speed_curve, speed_effect
from scsr.analysis.loyalty.surge import Surges, surges

__all__ = [
    "CompetingEnds",
    "GroupComparison",
    "LoyaltyModel",
    "RecoveryComparison",
    "ResponseShares",
    "ResponseTimes",
    "SpeedCurve",
    "Surges",
    "answer_or_leaving",
    "answered_share",
    "first_response",
    "loyalty_on_response",
    "opening_hours",
    "promise_kept",
    "recovery_paradox",
    "response_groups",
    "speed_by_urgency",
    "speed_curve",
    "speed_effect",
    "surges",
]
