"""One theme for every figure: colours that colour-blind readers tell apart, on paper, on white and on black.

Ink and grid are drawn in stand-in colours that the SVG turns into the page's own, so that one drawing serves light
and dark pages. The palette is that of Okabe & Ito (2008, *Color Universal Design*), its tones moved so that each has
a contrast of 3:1 or more on both.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scsr.numbers import number, percent

__all__ = ["INK", "MUTED", "PALETTE", "axes", "number", "percent", "to_svg", "wrap"]

PALETTE = ("#2a7ab9", "#c8601a", "#12866b", "#a8578f", "#8a7a12", "#5b6fc4", "#b8443f", "#6b7280")
INK, MUTED, GRID = "#010203", "#040506", "#070809"
CSS_COLOURS = {INK: "currentColor", MUTED: "var(--muted, #6b7280)", GRID: "var(--rule, #d4d7dd)"}

#: Narrow, so that letters stay readable where a drawing fills a telephone: 10 pixels high or more at 320.
WIDTH_INCHES = 4.25
STYLE: dict[str, Any] = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.5,
    "axes.labelsize": 10.5,
    "axes.titlesize": 10.5,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "scsr",
}


@contextmanager
def axes(height: float) -> Iterator[Any]:
    """Give axes in the theme, of the one width and this height in inches; the figure is closed afterwards.

    The figure belongs to no window or notebook, so nothing shows it twice.
    """
    import matplotlib as mpl
    import seaborn as sns
    from cycler import cycler
    from matplotlib.figure import Figure

    with mpl.rc_context(sns.axes_style("ticks") | STYLE | {"axes.prop_cycle": cycler(color=PALETTE)}):
        drawing = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
        yield drawing.add_subplot()


def to_svg(drawing: Any, name: str) -> str:
    """Return a drawing as SVG text that is the same on every run and fits any page.

    Identifiers carry `name`, so that several drawings can stand in one page. Text stays text, in the page's font.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"scsr-{name}"}):
        drawing.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?)\s+width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?)\s+height="[^"]*"', r"\1", svg, count=1)
    for colour, css in CSS_COLOURS.items():
        svg = svg.replace(colour, css)
    svg = re.sub(r"font(-family)?: ([\d.]+px )?'DejaVu Sans'[^;\"]*", font, svg)
    prefix = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r'(href=")#', rf"\1#{prefix}-", svg)
    return svg.replace("url(#", f"url(#{prefix}-")


def font(match: re.Match[str]) -> str:
    """Put the page's font in the place of the one that the text was measured with."""
    size = match.group(2) or ""
    return f"font{match.group(1) or ''}: {size}system-ui, sans-serif"


def wrap(label: str, width: int = 24) -> str:
    """Break a long label over lines."""
    from textwrap import fill

    return fill(label, width)
