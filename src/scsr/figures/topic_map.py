"""Topics of one language as circles: near each other where they use words alike, as large as their share of documents.

The result is a :class:`scsr.analysis.topics.TopicTables` of one language.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from scsr.figures.panels import WIDTH, sheet, text, text_width
from scsr.figures.theme import MUTED, PALETTE, percent

__all__ = ["describe", "draw", "height", "table"]

Box = tuple[float, float, float, float]  # left, top, width, height
Circles = tuple[np.ndarray, np.ndarray]  # middles, radii

LARGEST, SMALLEST, MARGIN, FOOT = 26.0, 9.0, 44.0, 44.0
LINE = 12.0
#: Where a label may stand: this far from its circle, in this direction.
GAPS = (2.0, 8.0, 16.0, 26.0, 38.0, 52.0)
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.7), (-0.8, 0.7), (0.8, -0.7), (-0.8, -0.7))


def height(tables: Any) -> float:
    """Room for the circles and the legend, in inches."""
    return 4.6 if len(tables.topics) <= 20 else 5.6


def radii(shares: np.ndarray) -> np.ndarray:
    """Return radii in points whose areas are as the shares, but for topics too small for their number."""
    return np.maximum(LARGEST * np.sqrt(shares / max(float(shares.max()), 1e-12)), SMALLEST)


def spread(where: np.ndarray, radius: np.ndarray, tall: float) -> np.ndarray:
    """Lay positions out on the sheet, in points, circles that cover each other moved apart."""
    low, span = where.min(axis=0), np.ptp(where, axis=0)
    room = np.array([WIDTH - 2 * MARGIN, tall - FOOT - 2 * MARGIN])
    scale = float((room / np.maximum(span, 1e-9)).min()) if span.max() > 1e-9 else 0.0
    at = (where - low - span / 2) * scale + np.array([WIDTH / 2, (tall - FOOT) / 2])
    first, second = np.triu_indices(len(at), 1)
    for _ in range(300):
        apart = at[second] - at[first]
        distance = np.linalg.norm(apart, axis=1)
        short = np.maximum(radius[first] + radius[second] + 2 - distance, 0)
        if not short.any():
            break
        # circles on one spot part sideways
        direction = np.where(distance[:, None] > 1e-6, apart / np.maximum(distance, 1e-6)[:, None], [1.0, 0.0])
        push = direction * short[:, None] / 2
        np.add.at(at, first, -push)
        np.add.at(at, second, push)
        at = np.clip(at, radius[:, None] + 1, [WIDTH, tall - FOOT] - radius[:, None] - 1)
    return np.asarray(at)


def boxes(at: np.ndarray, radius: float, size: tuple[float, float]) -> list[Box]:
    """Return where a label of this size may stand around a circle, the best place first."""
    wide, tall = size
    return [
        (at[0] + dx * (radius + gap) + (np.sign(dx) - 1) * wide / 2,
         at[1] + dy * (radius + gap) + (np.sign(dy) - 1) * tall / 2, wide, tall)
        for gap, (dx, dy) in product(GAPS, DIRECTIONS)
    ]  # fmt: skip


def leader(box: Box, at: np.ndarray, radius: float) -> np.ndarray:
    """Return points from a circle to its label, shape (n, 2); none where they all but touch."""
    end = np.clip(at, box[:2], [box[0] + box[2], box[1] + box[3]])
    apart = float(np.linalg.norm(end - at))
    if apart <= radius + 7:
        return np.empty((0, 2))
    return np.asarray(at + (end - at) * np.linspace(radius / apart, 1, 12)[:, None])


def is_free(box: Box, circles: Circles, own: int, taken: list[Box], floor: float) -> bool:
    """Whether a label lies on the sheet and on no circle or other label, nor the line to it."""
    at, radius = circles
    x, y, wide, tall = box
    if x < 0 or y < 0 or x + wide > WIDTH or y + tall > floor:
        return False
    nearest = np.clip(at, [x, y], [x + wide, y + tall])
    if (np.linalg.norm(nearest - at, axis=1) < radius + 1).any():
        return False
    if any(x < a + c and a < x + wide and y < b + d and b < y + tall for a, b, c, d in taken):
        return False
    line, others = leader(box, at[own], radius[own]), np.arange(len(at)) != own
    if (np.linalg.norm(line[:, None] - at[others], axis=2) < radius[others] + 1).any():
        return False
    return not any((a < px < a + c) and (b < py < b + d) for px, py in line for a, b, c, d in taken)


def draw(tables: Any, ax: Any) -> Any:
    """Draw numbered circles with two terms beside each, where there is room for them."""
    from matplotlib.patches import Circle

    tall = sheet(ax)
    rows = tables.topics
    if rows.empty:
        text(ax, WIDTH / 2, tall / 2, "no topic to draw", ha="center")
        return ax
    radius = radii(rows["share"].to_numpy(float))
    at = spread(rows[["x", "y"]].to_numpy(float), radius, tall)
    shared = (rows["kind"] == "shared").to_numpy()
    terms = [tables.terms.loc[tables.terms["topic"] == topic, "term"].head(2).tolist() for topic in rows["topic"]]
    for place, r, is_shared, topic in zip(at, radius, shared, rows["topic"], strict=True):
        ax.add_patch(Circle(tuple(place), r, **look(is_shared)))
        text(ax, place[0], place[1], topic, ha="center")
    taken: list[Box] = []
    for circle in np.argsort(-radius, kind="stable"):
        size = (max(map(text_width, terms[circle])) + 2, LINE * len(terms[circle]))
        around = boxes(at[circle], radius[circle], size)
        box = next((one for one in around if is_free(one, (at, radius), circle, taken, tall - FOOT)), None)
        if box is not None:
            line = leader(box, at[circle], radius[circle])
            taken += [box, *((px - 1, py - 1, 2.0, 2.0) for px, py in line)]
            write_label(ax, box, line, terms[circle])
    legend(ax, tall, shared, rows["share"].max())
    return ax


def look(shared: bool) -> dict[str, Any]:
    """Return how a circle is drawn: filled where the topic is shared, else a dashed ring."""
    from matplotlib.colors import to_rgba

    colour = PALETTE[0] if shared else PALETTE[1]
    style = {"facecolor": to_rgba(colour, 0.3)} if shared else {"fill": False}
    return {"edgecolor": colour, "linewidth": 1.6, "linestyle": "-" if shared else (0, (3, 2))} | style


def write_label(ax: Any, box: Box, line: np.ndarray, terms: list[str]) -> None:
    """Write a label, with a line to its circle where it stands apart."""
    x, y, wide, _ = box
    if len(line):
        ax.plot(line[[0, -1], 0], line[[0, -1], 1], color=MUTED, linewidth=0.7)
    for place, term in enumerate(terms):
        text(ax, x + wide / 2, y + LINE * (place + 0.5), term, ha="center")


def legend(ax: Any, tall: float, shared: np.ndarray, largest: float) -> None:
    """Say what size and kind of circle mean."""
    from matplotlib.patches import Circle

    y = tall - FOOT + 16
    text(ax, 4, y + 18, f"Area: share of documents, at most {percent(largest)}", muted=True)
    if shared.any():
        x = 4.0
        for is_shared, words in ((True, "also in another language"), (False, "in this language alone")):
            ax.add_patch(Circle((x + 6, y), 5, **look(is_shared)))
            text(ax, x + 16, y, words)
            x += 24 + text_width(words) + 8


def describe(tables: Any) -> str:
    """Say each topic's size and kind, and which lie nearest to and farthest from each other."""
    rows = tables.topics
    if rows.empty:
        return "No topic to draw."
    partners = tables.partners.groupby("topic")["partner_language"].agg(lambda some: ", ".join(sorted(set(some))))
    said = "; ".join(
        f"{row.label} {percent(row.share)}" + (f", shared with {partners[row.topic]}" if row.topic in partners else "")
        for row in rows.sort_values("share", ascending=False, kind="stable").itertuples()
    )
    kept = float(tables.languages["axes_keep"].iloc[0])
    ends = ""
    if len(rows) > 2:
        where = rows[["x", "y"]].to_numpy(float)
        apart = np.linalg.norm(where[:, None] - where[None], axis=2)
        near = np.unravel_index((apart + np.eye(len(apart)) * (apart.max() + 1)).argmin(), apart.shape)
        far = np.unravel_index(apart.argmax(), apart.shape)
        pairs = [" and ".join(rows["topic"].iloc[list(pair)]) for pair in (near, far)]
        ends = f" Nearest to each other lie {pairs[0]}, farthest apart {pairs[1]}."
    return (
        f"Map of {len(rows)} topics; those that use words alike lie near each other, as far as two axes can show it: they "
        f"keep {percent(kept)} of the squared distances. By share of documents: {said}.{ends}"
    )


def table(tables: Any) -> pd.DataFrame:
    """Return the circles as a table."""
    kept = ["topic", "label", "kind", "share", "ci_low", "ci_high", "n_documents", "n_people", "concepts", "x", "y"]
    return pd.DataFrame(tables.topics[kept])
