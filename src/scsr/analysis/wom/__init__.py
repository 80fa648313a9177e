"""How far word of mouth spreads: cascades, their sizes and shapes, reproduction, pace, valence, reach, adoption."""

from scsr.analysis.wom.answer import AnswerEffect, early_answer
from scsr.analysis.wom.bass import BassFit, bass, bass_share
from scsr.analysis.wom.cascades import (
    begun_by,
    cascade_table,
    common_window,
    within,
    without_answers,
)
from scsr.analysis.wom.final_size import FinalSize, final_size
from scsr.analysis.wom.hawkes import HawkesFit, hawkes
from scsr.analysis.wom.ids import SHARE_COLUMNS, numbered, some_cascades
from scsr.analysis.wom.network import Network, observed_network, spread, stated_network
from scsr.analysis.wom.reproduction import chain_likelihood, mean_cumulative, reproduction_number
from scsr.analysis.wom.scenario import Carrier, Scenario, equal_cost
from scsr.analysis.wom.summary import Valence, cascade_summary, compare_valence, median_interval, reach
from scsr.analysis.wom.tails import TailFit, size_distribution
from scsr.analysis.wom.trees import structural_virality

__all__ = [
    "SHARE_COLUMNS",
    "AnswerEffect",
    "BassFit",
    "Carrier",
    "FinalSize",
    "HawkesFit",
    "Network",
    "Scenario",
    "TailFit",
    "Valence",
    "bass",
    "bass_share",
    "begun_by",
    "cascade_summary",
    "cascade_table",
    "chain_likelihood",
    "common_window",
    "compare_valence",
    "early_answer",
    "equal_cost",
    "final_size",
    "hawkes",
    "mean_cumulative",
    "median_interval",
    "numbered",
    "observed_network",
    "reach",
    "reproduction_number",
    "size_distribution",
    "some_cascades",
    "spread",
    "stated_network",
    "structural_virality",
    "within",
    "without_answers",
]
