"""How far word of mouth spreads: cascades, their sizes and shapes, reproduction, valence, reach, adoption."""

from scsr.analysis.wom.bass import BassFit, bass, bass_share
from scsr.analysis.wom.cascades import cascade_table, structural_virality
from scsr.analysis.wom.reproduction import chain_likelihood, mean_cumulative, reproduction_number
from scsr.analysis.wom.summary import Valence, cascade_summary, compare_valence, median_interval, reach
from scsr.analysis.wom.tails import TailFit, size_distribution

__all__ = [
    "BassFit",
    "TailFit",
    "Valence",
    "bass",
    "bass_share",
    "cascade_summary",
    "cascade_table",
    "chain_likelihood",
    "compare_valence",
    "mean_cumulative",
    "median_interval",
    "reach",
    "reproduction_number",
    "size_distribution",
    "structural_virality",
]
