"""Response time v. loyalty: how long until the first answer, and whether an answer keeps the customer."""

from __future__ import annotations

from scsr.analysis.loyalty.answerer import CENTRAL, PEERS, came_back, loyalty_by_answerer
from scsr.analysis.loyalty.common import COUNTED, FOLLOWED
from scsr.analysis.loyalty.compare import GroupComparison, response_groups
from scsr.analysis.loyalty.competing import CompetingEnds, answer_or_leaving
from scsr.analysis.loyalty.episodes import Link, link
from scsr.analysis.loyalty.hazard import LoyaltyModel, loyalty_on_response
from scsr.analysis.loyalty.horizon import outcome_by_horizon
from scsr.analysis.loyalty.hours import opening_hours
from scsr.analysis.loyalty.load import HANDS, LoadEffect, hands, wait_by_load
from scsr.analysis.loyalty.recovery import RecoveryComparison, recovery_paradox
from scsr.analysis.loyalty.response import ResponseTimes, first_response
from scsr.analysis.loyalty.sample import Draw, draw_customers
from scsr.analysis.loyalty.scores import ScoreModel, score_on_response
from scsr.analysis.loyalty.sensitivity import Sensitivity, e_value, sensitivity
from scsr.analysis.loyalty.shares import ResponseShares, answered_share, promise_kept
from scsr.analysis.loyalty.speed import SpeedCurve, speed_by_urgency, speed_curve, speed_effect
from scsr.analysis.loyalty.surge import Surges, surges

__all__ = [
    "CENTRAL",
    "COUNTED",
    "FOLLOWED",
    "HANDS",
    "PEERS",
    "CompetingEnds",
    "Draw",
    "GroupComparison",
    "Link",
    "LoadEffect",
    "LoyaltyModel",
    "RecoveryComparison",
    "ResponseShares",
    "ResponseTimes",
    "ScoreModel",
    "Sensitivity",
    "SpeedCurve",
    "Surges",
    "answer_or_leaving",
    "answered_share",
    "came_back",
    "draw_customers",
    "e_value",
    "first_response",
    "hands",
    "link",
    "loyalty_by_answerer",
    "loyalty_on_response",
    "opening_hours",
    "outcome_by_horizon",
    "promise_kept",
    "recovery_paradox",
    "response_groups",
    "score_on_response",
    "sensitivity",
    "speed_by_urgency",
    "speed_curve",
    "speed_effect",
    "surges",
    "wait_by_load",
]
