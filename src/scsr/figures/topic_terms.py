"""The terms of each topic of one language: a bar for the weight, a dot for how far the term is the topic's own.

The result is a :class:`scsr.analysis.topics.TopicTables` of one language.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from scsr.figures.panels import WIDTH, fitted, sheet, text
from scsr.figures.theme import MUTED, PALETTE, number, percent

__all__ = ["describe", "draw", "height", "table"]

COLUMNS, GUTTER, ROW, TITLE, LEGEND = 2, 16.0, 15.0, 19.0, 42.0
#: Width of the strip from 0 to 1 on which exclusivity is read.
STRIP = 34.0
#: Topics up to which all ten terms are drawn, and how many are where there are more.
FEW_TOPICS, FIRST = 8, 6


def drawn(tables: Any) -> pd.DataFrame:
    """Return the terms that are drawn: all of a few topics, the first of many."""
    n = 10 if len(tables.topics) <= FEW_TOPICS else FIRST
    return pd.DataFrame(tables.terms.groupby("topic", sort=False).head(n))


def panel_height(tables: Any) -> float:
    """Return the height of a topic's panel in points."""
    return TITLE + ROW * int(drawn(tables).groupby("topic").size().max()) + 10


def height(tables: Any) -> float:
    """Room for two columns of panels, in inches."""
    if tables.topics.empty:
        return 1.0
    return (LEGEND + panel_height(tables) * -(-len(tables.topics) // COLUMNS)) / 72


def draw(tables: Any, ax: Any) -> Any:
    """Draw one panel a topic, terms from heaviest to lightest; all bars are on one scale."""
    tall = sheet(ax)
    if tables.topics.empty:
        text(ax, WIDTH / 2, tall / 2, "no topic to draw", ha="center")
        return ax
    rows = drawn(tables)
    heaviest, step, wide = float(rows["weight"].max()), panel_height(tables), (WIDTH - GUTTER) / COLUMNS
    legend(ax, heaviest)
    for place, topic in enumerate(tables.topics.itertuples()):
        left, top = (place % COLUMNS) * (wide + GUTTER), LEGEND + (place // COLUMNS) * step
        text(ax, left, top + TITLE / 2, f"{topic.topic}: {percent(topic.share)} of documents", weight="bold")
        panel(ax, rows[rows["topic"] == topic.topic], left, top + TITLE, wide, heaviest)
    return ax


def panel(ax: Any, rows: pd.DataFrame, left: float, top: float, wide: float, heaviest: float) -> None:
    """Draw the terms of one topic over their bars, and their exclusivity to the right."""
    from matplotlib.colors import to_rgba

    room, right = wide - STRIP - 8, left + wide - STRIP
    middles = [top + ROW * (line + 0.5) for line in range(len(rows))]
    ax.barh(
        middles, rows["weight"] / heaviest * room, height=ROW - 3, left=left, color=to_rgba(PALETTE[0], 0.36), linewidth=0
    )  # fmt: skip
    ax.hlines(middles, right, right + STRIP - 3, color=MUTED, linewidth=0.6)
    ax.plot(right + rows["exclusivity"] * (STRIP - 3), middles, "o", color=PALETTE[1], markersize=5.5)
    for y, term in zip(middles, rows["term"], strict=True):
        text(ax, left + 3, y, fitted(term, room - 3))


def legend(ax: Any, heaviest: float) -> None:
    """Say what bar and dot mean."""
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((0, 4), 16, ROW - 3, color=PALETTE[0], alpha=0.36, linewidth=0))
    text(ax, 22, 10, f"weight of the term in the topic, at most {percent(heaviest)}")
    ax.hlines([28], 0, STRIP - 3, color=MUTED, linewidth=0.6)
    ax.plot([STRIP * 0.6], [28], "o", color=PALETTE[1], markersize=5.5)
    text(ax, STRIP + 4, 28, "part of the term that is the topic's, from 0 to 1")


def describe(tables: Any) -> str:
    """Say each topic's terms, heaviest first, with the one that is most the topic's own."""
    if tables.topics.empty:
        return "No topic to draw."
    said = []
    for topic, rows in drawn(tables).groupby("topic", sort=False):
        most = rows.loc[rows["exclusivity"].idxmax()]
        said.append(
            f"{topic}: {', '.join(rows['term'])} (most its own {most['term']}, {number(float(most['exclusivity']))})"
        )
    return (
        f"Bars of the heaviest terms of {len(tables.topics)} topics with a dot for how much of the term's weight in all "
        f"topics is this topic's, from 0 to 1. {'; '.join(said)}."
    )


def table(tables: Any) -> pd.DataFrame:
    """Return all terms as a table."""
    return pd.DataFrame(tables.terms[["topic", "term", "weight", "exclusivity"]])
