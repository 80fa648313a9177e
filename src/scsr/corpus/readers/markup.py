"""Markup inside a record, such as a post of an export, to text."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["plain_text"]

UNSEEN = frozenset(("script", "style", "noscript", "template", "head", "title", "svg", "math", "iframe", "object",
                    "video", "audio", "textarea", "select", "button"))  # fmt: skip
PARAGRAPHS = frozenset(("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "table", "pre",
                        "figure", "figcaption", "section", "article", "header", "footer", "aside", "hr", "form",
                        "details", "address", "center"))  # fmt: skip
LINES = frozenset(("br", "li", "dt", "dd", "tr", "summary", "caption"))
CELLS = frozenset(("td", "th"))


class Collector:
    """Target of lxml's parser: it keeps no tree, so that no depth of nesting costs anything."""

    def __init__(self, lines: bool) -> None:
        self.lines = lines
        self.parts: list[str] = []
        self.unseen = 0
        self.kept = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """Open an element."""
        if tag in UNSEEN:
            self.unseen += 1
        elif tag in PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in LINES:
            self.parts.append("\n")
        elif tag in CELLS:
            self.parts.append("\t")
        self.kept += tag == "pre"

    def end(self, tag: str) -> None:
        """Close an element."""
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in PARAGRAPHS:
            self.parts.append("\n\n")
        self.kept = max(0, self.kept - (tag == "pre"))

    def data(self, text: str) -> None:
        """Add text."""
        if not self.unseen:
            self.parts.append(text if self.lines or self.kept else re.sub(r"[ \t\r\n\f]+", " ", text))

    def comment(self, text: str) -> None:
        """Leave comments out, WordPress' block marks among them."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Leave processing instructions out."""

    def close(self) -> str:
        """Return the text."""
        return "".join(self.parts)


def plain_text(markup: str, lines: bool = False) -> str:
    r"""Take the text out of a piece of HTML.

    Parameters
    ----------
    markup : str
        A fragment; anything goes, however broken or deep.
    lines : bool
        Whether line ends in it are line ends of the text, as in what WordPress stores, or mere layout.

    Returns
    -------
    str
        Paragraphs set apart by an empty line; no markup, scripts or embedded media.

    Examples
    --------
    >>> plain_text("<p>Takk &amp; hei<br>du</p><ul><li>en<li>to</ul><script>x</script>")
    'Takk & hei\ndu\n\nen\nto'
    """
    from lxml import etree

    if "<" in markup or "&" in markup:
        parser = etree.HTMLParser(target=Collector(lines), encoding="utf-8", recover=True, huge_tree=True)
        try:
            text = str(etree.fromstring(f"<div>{markup}".encode("utf-8", "replace"), parser))
        except etree.XMLSyntaxError:
            text = re.sub(r"<[^<>]*>", " ", markup)
    else:
        text = markup if lines else re.sub(r"[ \t\r\n\f]+", " ", markup)
    text = re.sub(r"[ \t\r\f]*\n[ \t\r\f]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
