"""Cut a feed or export into its entries, each parsed on its own.

An XML parser that recovers from an error loses what follows it, without saying so. Here each entry is cut
out first and parsed apart: what is broken in one costs nothing of the next, memory is bounded by the largest
entry, and no document type is ever read, so that there is no entity to expand.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from scsr.corpus.readers.files import known_encoding, open_text
from scsr.corpus.readers.source import Source
from scsr.errors import ReadError

__all__ = ["Piece", "children", "pieces", "text_of"]

READ = 1 << 18
MAX_PIECE = 8 << 20
"""Characters of one entry; above it, it is no post."""

MARKS = re.compile(r"<!\[CDATA\[|<!--|<(/?)(?:item|entry)(?=[\s>/])")
DECLARATIONS = re.compile(r"xmlns(?::([\w.-]+))?\s*=\s*(\"[^\"<>]*\"|'[^'<>]*')")
DECLARED_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
ENTITY = re.compile(r"&(?:#(?:\d{1,7}|x[0-9a-fA-F]{1,6});|(\w{1,32});)?")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}

SPACES = {
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://www.w3.org/2007/app": "app",
    "http://purl.org/atom/app#": "app",
    "http://schemas.google.com/blogger/2018": "blogger",
    "http://schemas.google.com/g/2005": "gd",
}
EXPORT = re.compile(r"https?://wordpress\.org/export/[^/]*/(excerpt/)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """The head of a feed, or one of its entries.

    Parameters
    ----------
    number : int
        0 for the head; entries count from 1.
    root : element
        Its content.
    whole : bool
        Whether all of it could be read.
    """

    number: int
    root: Any
    whole: bool


def pieces(path: Path, source: Source) -> Iterator[Piece]:
    """Cut a file into its head and its entries (``item`` or ``entry``).

    Parameters
    ----------
    path : Path
    source : Source

    Yields
    ------
    Piece
        The head first, then every entry in the order of the file. An entry that is broken or cut off has
        what could be read of it.

    Raises
    ------
    ReadError
        If the file is empty or no text, or where an entry exceeds all bounds: what follows it is not read.
    """
    with open_text(path, source.encoding, fallback=declared_encoding(path)) as stream:
        declared = ""
        for number, (text, whole) in enumerate(cuts(stream)):
            if number == 0:
                found = {name or "": value for name, value in DECLARATIONS.findall(text)}
                declared = " ".join(f"xmlns:{k}={v}" if k else f"xmlns={v}" for k, v in found.items())
            root, sound = parsed(text, declared)
            yield Piece(number, root, whole and (sound or number == 0))


def declared_encoding(path: Path) -> str | None:
    """Name the encoding that the XML declaration states; it counts only where the file is no UTF-8."""
    with path.open("rb") as stream:
        found = DECLARED_ENCODING.search(stream.read(1024))
    return known_encoding(found[1].decode("ascii")) if found else None


def cuts(stream: TextIO) -> Iterator[tuple[str, bool]]:
    """Cut a stream before and after each entry; with whether the entry has its end."""
    buffer, start, at, inside = "", 0, 0, False
    number, ended = 0, False
    while True:
        mark = MARKS.search(buffer, at)
        # a mark may stand across the end of what has been read
        if mark is None or (not ended and mark.end() > len(buffer) - 16):
            at = max(at, len(buffer) - 16) if mark is None else mark.start()
            if ended and mark is None:
                break
            if not ended:
                if len(buffer) - start > MAX_PIECE:
                    raise ReadError("too large")
                buffer, at, start = buffer[start:], at - start, 0
                more = stream.read(READ)
                ended = not more
                buffer += more
                continue
        assert mark is not None
        if mark[0] in ("<![CDATA[", "<!--"):
            close = "]]>" if mark[0] == "<![CDATA[" else "-->"
            end = buffer.find(close, mark.end())
            if end >= 0:
                at = end + 3
            elif ended:
                at = mark.end()  # it has no end: what stands in it is looked at after all
            else:
                if len(buffer) - start > MAX_PIECE:
                    raise ReadError("too large")
                more = stream.read(max(READ, len(buffer)))
                ended = not more
                buffer, at, start = buffer[start:] + more, mark.start() - start, 0
        elif mark[1]:
            end = buffer.find(">", mark.end())
            at = end + 1 if end >= 0 else len(buffer)
            if inside:
                yield buffer[start:at], end >= 0
                inside, start = False, at
                number += 1
        else:
            if number == 0 and not inside:
                yield buffer[start : mark.start()], True
            elif inside:  # the one before has no end
                yield buffer[start : mark.start()], False
                number += 1
            inside, start, at = True, mark.start(), mark.end()
    if inside:
        yield buffer[start:], False
    elif number == 0:
        yield buffer, True


def parsed(text: str, declared: str) -> tuple[Any, bool]:
    """Parse one piece by itself; whether nothing of it was lost."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    sound = f"<scsr {declared}>{mended(text)}</scsr>"
    try:
        root = etree.fromstring(sound.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return etree.Element("scsr"), False
    fatal = etree.ErrorLevels.FATAL
    # a prefix without a declaration is no loss: its name is taken as written
    return root, not any(entry.level >= fatal for entry in parser.error_log)


def mended(text: str) -> str:
    """Mend what programs write into XML that is none: control characters, stray ampersands, HTML's entities."""
    text = FORBIDDEN.sub("", text)
    made, at = [], 0
    # by hand: a pattern would look for the end of every section anew where none has one
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        made += [ENTITY.sub(entity, text[at:start]), text[start : end + 3]]
        at = end + 3
    return "".join(made) + ENTITY.sub(entity, text[at:])


def entity(match: re.Match[str]) -> str:
    """Keep what XML knows, write HTML's entities as characters, and take any other ampersand for itself."""
    name = match[1]
    if name is None:
        return match[0] if len(match[0]) > 1 else "&amp;"
    if name in XML_ENTITIES:
        return match[0]
    return html.entities.html5.get(f"{name};", f"&amp;{name};")


def name_of(element: Any) -> str:
    """Name of an element with the usual prefix of its namespace, whatever prefix the file uses."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    if not tag.startswith("{"):
        return tag.lower() if ":" in tag else tag
    space, _, local = tag[1:].partition("}")
    export = EXPORT.fullmatch(space)
    if export:
        return f"{'excerpt' if export[1] else 'wp'}:{local}"
    prefix = SPACES.get(space, element.prefix or "")
    return f"{prefix}:{local}" if prefix else local


def children(element: Any) -> dict[str, list[Any]]:
    """Group the elements directly below one by name.

    Parameters
    ----------
    element : element

    Returns
    -------
    dict of str to list
        In the order of the file.
    """
    found: dict[str, list[Any]] = {}
    for child in element:
        name = name_of(child)
        if name:
            found.setdefault(name, []).append(child)
    return found


def text_of(found: dict[str, list[Any]], *names: str) -> str:
    """Text of the first of some elements that has any.

    Parameters
    ----------
    found : dict
        As :func:`children` makes it.
    *names : str
        In order of preference.

    Returns
    -------
    str
        Stripped; empty where none has text.
    """
    for name in names:
        for element in found.get(name, ()):
            # a field holds text alone: an element inside it is one whose start this one's lost end has swallowed
            text = (element.text if name.startswith("wp:") else "".join(element.itertext())) or ""
            text = text.strip()
            if text:
                return text
    return ""
