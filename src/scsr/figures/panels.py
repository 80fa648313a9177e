"""A sheet measured in points, for drawings of many small parts: what stands where is said, not left to a layout."""

from __future__ import annotations

from typing import Any

from scsr.figures.theme import INK, MUTED, WIDTH_INCHES

__all__ = ["SMALL", "WIDTH", "fitted", "sheet", "text", "text_width"]

#: Blank edge at each side, since a drawing may go from edge to edge of a telephone.
EDGE = 6.0
#: Width between the edges, and the smallest text on a sheet: 9 pixels high where it fills a telephone.
WIDTH, SMALL = 72 * WIDTH_INCHES - 2 * EDGE, 10.0


def sheet(ax: Any) -> float:
    """Let the axes fill the drawing and count in points from the top of its left edge; return the height."""
    drawing = ax.figure
    drawing.set_layout_engine("none")
    height = float(72 * drawing.get_figheight())
    ax.set_position((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(-EDGE, WIDTH + EDGE)
    ax.set_ylim(height, 0)
    return height


def text(ax: Any, x: float, y: float, words: str, *, muted: bool = False, **how: Any) -> None:
    """Write words, the middle of their small letters at the height `y`."""
    ax.text(x, y + 0.36 * SMALL, words, fontsize=SMALL, va="baseline", color=MUTED if muted else INK, **how)


def text_width(words: str) -> float:
    """Return the width of words in points, in the font that drawings are measured with, which is wider than most."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    width, _, _ = TextToPath().get_text_width_height_descent(words, FontProperties(size=SMALL), ismath=False)
    return float(width)


def fitted(words: str, width: float) -> str:
    """Shorten words to a width in points, an ellipsis in the place of what is left out.

    Examples
    --------
    >>> fitted("3: faktura, avgift", 60), fitted("short", 60)
    ('3: faktura…', 'short')
    """
    if text_width(words) <= width:
        return words
    while words and text_width(words + "…") > width:
        words = words[:-1].rstrip(" ,")
    return words + "…"
