"""What the reader of a published file meets: its texts, wherever in the file they stand."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from scsr.errors import GateError
from scsr.reports.sanitise import words

__all__ = ["html_texts", "json_texts", "texts_of", "walk"]

#: Elements that end a run of words; in all others what stands before and after is read on.
BLOCKS = words(
    "address article aside blockquote body caption dd details div dl dt figcaption figure footer g h1 h2 h3 h4 h5 h6 "
    "head header hr html li main nav ol option p pre script section style summary svg table tbody td text tfoot th thead "
    "title tr ul"
)
#: Elements that part words without ending a run.
SPACES = words("br img tspan wbr")
#: Attributes that hold no words.
STRUCTURE = words(
    "aria-controls aria-describedby aria-labelledby charset class clip-path colspan cx cy d datetime dx dy fill for "
    "gradientTransform headers height href-lang http-equiv id lang marker-end mask media name offset points r rel role "
    "rowspan rx ry scope stroke stroke-dasharray style tabindex transform type version viewBox width x x1 x2 xmlns y y1 y2"
)
MARKUP = re.compile(r"<[!/]?\w[^>]*>|<!--")
#: In style sheets and scripts an ``@`` begins a rule, not somebody's name.
AT_RULE = re.compile(r"(?<!\w)@(?=[a-z-]+\b)")


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Read a published file as its reader sees it.

    Parameters
    ----------
    path : Path
        HTML, SVG, CSV, JSON or a notebook; anything else is read as plain text.

    Yields
    ------
    tuple of str
        Place in the file, and the text there.

    Raises
    ------
    GateError
        If the file is no text, or not what its name says: what cannot be read cannot be cleared.
    """
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".csv":
            rows = list(csv.reader(text.splitlines(keepends=True)))
            yield from ((f"row {n}", value) for n, row in enumerate(rows, 1) for value in row)
        elif path.suffix in (".html", ".svg"):
            yield from html_texts(text)
        elif path.suffix in (".json", ".ipynb"):
            yield from json_texts(json.loads(text))
        else:
            yield from ((f"line {n}", line) for n, line in enumerate(text.splitlines(), 1))
            yield "lines taken together", text
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise GateError(f"{path.name}: cannot be read ({type(error).__name__}), so it is not published") from None


def json_texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Go through the names and strings of JSON data, markup taken apart.

    Examples
    --------
    >>> list(json_texts({"rows": [["<b>two</b> words"]]}))[:2]
    [('', 'rows'), ('rows[0][0], block 1', 'two words')]
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield place, str(key)
            yield from json_texts(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list) and is_lines(value):
        yield from json_texts("".join(value), place)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from json_texts(inner, f"{place}[{n}]")
    elif isinstance(value, str) and MARKUP.search(value):
        yield from ((f"{place}, {inner}", text) for inner, text in html_texts(value))
        yield place, re.sub(r"<[^>]*>", " \n", value)
    elif isinstance(value, str):
        yield place, unescape(value)


def is_lines(value: list[Any]) -> bool:
    """Whether a list is one text, line by line, as notebooks keep it."""
    return len(value) > 1 and all(isinstance(line, str) for line in value) and all(
        line.endswith("\n") for line in value[:-1]
    )  # fmt: skip


def html_texts(html: str) -> Iterator[tuple[str, str]]:
    """Go through the blocks of text of a page or drawing, its comments, and the words in its attributes."""
    from lxml.etree import ParserError
    from lxml.html import document_fromstring

    if not html.strip():
        return
    try:
        root = document_fromstring(html.encode("utf-8"), parser=utf8())
    except ParserError:  # nothing but a comment, or what looks like markup
        yield "block 1", html
        return
    block: list[str] = []
    n_block = 0
    for event, node in walk(root):
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in BLOCKS:
            if "".join(block).strip():
                n_block += 1
                yield f"block {n_block}", "".join(block)
            block = []
        elif tag in SPACES:
            block.append(" ")
        if event == "start" and tag:
            yield from attribute_texts(node, n_block)
        if event == "start" and not tag and node.text:
            yield f"comment after block {n_block}", node.text
        if event == "end":
            block.append(node.tail or "")
        elif tag:
            text = node.text or ""
            block.append(AT_RULE.sub("", text) if tag in ("script", "style") else text)
    if "".join(block).strip():
        yield f"block {n_block + 1}", "".join(block)


def utf8() -> Any:
    """Return a parser that does not guess how a text is encoded."""
    import lxml.html

    return lxml.html.HTMLParser(encoding="utf-8")


def attribute_texts(node: Any, n_block: int) -> Iterator[tuple[str, str]]:
    """Go through the words in the attributes of an element, whatever the attribute is called."""
    for name, value in node.attrib.items():
        structural = name in STRUCTURE or name.startswith("xmlns") or (name == "content" and node.get("http-equiv"))
        if not structural and value.strip():
            yield f"attribute {name} after block {n_block}", unquote(value.removeprefix("mailto:"))


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    """Go through a tree, telling where each element starts and ends."""
    yield "start", node
    for child in node:
        yield from walk(child)
    yield "end", node
