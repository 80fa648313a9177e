"""The top terms of topics, as small multiples of bars.

The result is a DataFrame with the columns ``topic, term, weight``; ``topic`` is a label.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import pandas as pd

from scsr.figures.theme import PALETTE

__all__ = ["describe", "draw", "height", "table"]

COLUMNS = 3


def height(terms: pd.DataFrame) -> float:
    """Room for rows of small panels, in inches."""
    longest = int(terms.groupby("topic", observed=True).size().max()) if len(terms) else 1
    return (0.55 + 0.17 * longest) * ceil(max(1, terms["topic"].nunique()) / COLUMNS)


def draw(terms: pd.DataFrame, ax: Any) -> Any:
    """Draw one panel a topic, terms from heaviest to lightest."""
    figure = ax.figure
    ax.remove()
    topics = list(terms.groupby("topic", sort=False, observed=True))
    panels = figure.subplots(ceil(len(topics) / COLUMNS), COLUMNS, squeeze=False, sharex=True)
    for panel, (topic, rows) in zip(panels.flat, topics, strict=False):
        panel.barh(range(len(rows)), rows["weight"], color=PALETTE[0], height=0.7, linewidth=0)
        panel.set_yticks(range(len(rows)), rows["term"])
        panel.invert_yaxis()
        panel.set_title(str(topic), loc="left")
        panel.tick_params(left=False, labelbottom=False, bottom=False, labelsize=8)
        panel.spines[["left", "bottom"]].set_visible(False)
    for panel in list(panels.flat)[len(topics) :]:
        panel.set_axis_off()
    return panels


def describe(terms: pd.DataFrame) -> str:
    """Say each topic's terms, heaviest first."""
    if terms.empty:
        return "No topic to draw."
    said = "; ".join(
        f"{topic}: {', '.join(rows['term'])}" for topic, rows in terms.groupby("topic", sort=False, observed=True)
    )
    return f"Bars of the heaviest terms of each topic. {said}."


def table(terms: pd.DataFrame) -> pd.DataFrame:
    """Return the bars as a table."""
    return terms.reset_index(drop=True)
