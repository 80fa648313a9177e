"""What becomes of a page on its way to a researcher: without names, as text, wrapped, without blank lines, cut."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any

import lxml.html

NAMES = re.compile(r"\s(?:class|id|itemprop|itemtype|itemscope|rel|role)=(?:\"[^\"]*\"|'[^']*'|[^\s>]+)")
PARAGRAPHS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "dl", "table", "figure")
)
LINES = frozenset((
    "html", "body", "div", "li", "dt", "dd", "tr", "article", "section", "header", "footer", "nav", "aside", "main",
    "form", "fieldset", "legend", "address", "figcaption", "details", "summary", "hr", "center", "caption", "thead",
    "tbody", "tfoot", "option", "hgroup", "menu", "dialog",
))  # fmt: skip
UNSEEN_TAGS = frozenset((
    "script", "style", "noscript", "template", "head", "svg", "iframe", "object", "embed", "video", "audio", "select",
    "datalist", "math", "canvas", "map", "textarea", "input",
))  # fmt: skip
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def stripped(markup: str) -> str:
    """Take away class names, ids and microdata."""
    return NAMES.sub("", markup)


def as_text(markup: str, *, markdown: bool = False) -> str:
    """Write markup as text: one line a block, a blank line around paragraphs, numbers before ordered items."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = lxml.html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    text, pending = "", 0
    for piece in pieces(root, markdown):
        if isinstance(piece, int):
            pending = max(pending, piece)
            continue
        if not piece.strip(" ") and (pending or not text or text.endswith("\n")):
            continue
        if pending and text:
            text = text.rstrip(" ") + "\n" * pending
        if pending or not text or text.endswith(("\n", " ")):
            piece = piece.lstrip(" ")
        pending = 0
        text += piece
    return re.sub(r"\n{3,}", "\n\n", text)


def as_markdown(markup: str) -> str:
    """Write markup as a crawler that keeps headings, links and images does."""
    return as_text(markup, markdown=True)


def pieces(element: Any, markdown: bool) -> Iterator[str | int]:
    """Yield the texts of an element, and the line breaks around it as numbers."""
    tag = element.tag
    if not isinstance(tag, str) or tag in UNSEEN_TAGS or element.get("hidden") is not None:
        return
    if UNSEEN.search(element.get("style") or ""):
        return
    if tag == "br":
        yield "\n"
        return
    if tag == "img":
        if markdown:
            yield f"![{element.get('alt') or ''}]({element.get('src') or ''})"
        return
    breaks = 2 if tag in PARAGRAPHS else 1 if tag in LINES else 0
    if breaks:
        yield breaks
    before, behind = marks(element, markdown)
    yield from (" " if tag in ("td", "th") else "", before)
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        yield from pieces(child, markdown)
        yield re.sub(r"\s+", " ", child.tail or "")
    yield behind
    if breaks:
        yield breaks


def marks(element: Any, markdown: bool) -> tuple[str, str]:
    """What is written before and behind an element."""
    tag, parent = element.tag, element.getparent()
    if tag == "li" and parent is not None and parent.tag == "ol":
        return f"{list(parent).index(element) + 1}. ", ""
    if not markdown:
        return "", ""
    if re.fullmatch("h[1-6]", tag):
        return "#" * int(tag[1]) + " ", ""
    if tag == "a" and element.get("href"):
        return "[", f"]({element.get('href')})"
    return {"li": ("- ", ""), "blockquote": ("> ", ""), "strong": ("**", "**"), "b": ("**", "**")}.get(tag, ("", ""))


def wrapped(text: str) -> str:
    """Break long lines at 72 characters."""
    return "\n".join(
        "\n".join(textwrap.wrap(line, 72, break_long_words=False, break_on_hyphens=False)) if len(line) > 72 else line
        for line in text.split("\n")
    )


def without_blank_lines(text: str) -> str:
    """Take away all blank lines."""
    return "\n".join(line for line in text.split("\n") if line.strip())


def with_crlf(text: str) -> str:
    """End lines as Windows does."""
    return re.sub(r"\r?\n", "\r\n", text)


def seen_date(stamp: str | None, text: str) -> tuple[str | None, str]:
    """What a text without machine-readable attributes still says of a date: no time of day that is not written."""
    if stamp is None or len(stamp) <= 10:
        return stamp, {None: "none", 7: "month", 10: "day"}[None if stamp is None else len(stamp)]
    hour, minute = int(stamp[11:13]), stamp[14:16]
    forms = (f"{hour:02d}:{minute}", f"{hour}:{minute}", f"{hour:02d}.{minute}", f"{hour}.{minute}")
    forms += (f"{(hour - 1) % 12 + 1}:{minute}",)
    written = any(re.search(rf"(?<![\d:.]){re.escape(form)}(?!\d)", text) for form in forms)
    return (stamp, "second" if len(stamp) > 16 else "minute") if written else (stamp[:10], "day")
