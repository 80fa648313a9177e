"""Saved text to lines as a reader sees them: hard wraps undone, Markdown marks read as what they mark."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scsr.corpus.pages.furniture import word_count

__all__ = ["BULLET", "Line", "read_lines"]

LINE = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
BULLET = re.compile(r"^\s*(?:[\u2022\u00b7\u25cf\u25e6\u25aa\u2023\u2043*+\u2013-]|\d{1,2}[.)])\s+(?=\S)")
RULE = re.compile(r"^\s*(?:[-_*=~\u2500\u2014]\s?){3,}\s*$")
HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(\S.*?)\s*#*\s*$")
QUOTED = re.compile(r"^\s{0,3}(?:>\s?)+")
IMAGE = re.compile(r"!\[([^\]]{0,300})\]\([^()\s]{0,2000}(?:\s+\"[^\"]{0,300}\")?\)")
LINK = re.compile(
    r"(?<!!)\[((?:[^\[\]]|\\\[|\\\]){0,400})\]\((?:<[^<>]{0,2000}>|[^()\s]{0,2000})(?:\s+\"[^\"]{0,300}\")?\)"
)
STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_]{1,400}?)(?<=[^\s*_])\1(?![\w*_])")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>-])")
WRAPPED_AT = (56, 110)


@dataclass(slots=True)
class Line:
    """One line: its text with single spaces, the blank lines before it, and what Markdown says of it."""

    text: str
    gap: int
    indent: int = 0
    heading: int = 0
    quoted: bool = False
    listed: bool = False
    linked: float = 0.0
    captions: list[str] = field(default_factory=list)


def read_lines(text: str) -> list[Line]:
    """Cut a text into the lines that a reader sees.

    Parameters
    ----------
    text : str
        Already without invisible characters.

    Returns
    -------
    list of Line
        None of them blank.

    Examples
    --------
    >>> [(line.text, line.heading) for line in read_lines("## [Den gule permen](http://a.example.com/1)")]
    [('Den gule permen', 2)]
    """
    raw = LINE.split(text)
    marked = is_markdown(raw)
    found: list[Line] = []
    gap = 1
    for line in unwrapped(raw):
        if not line.strip():
            gap += 1
            continue
        made = from_markdown(line) if marked else Line(line, 0)
        made.indent = len(line) - len(line.lstrip())
        made.text = " ".join(made.text.split())
        if made.text:
            made.gap, gap = gap, 0
            made.listed = BULLET.match(made.text) is not None
            found.append(made)
    return found


def is_markdown(lines: list[str]) -> bool:
    """Whether a text is Markdown: it has links or images in brackets, or several headings with number signs."""
    links = sum(1 for line in lines if len(line) < 20_000 and (LINK.search(line) or IMAGE.search(line)))
    headings = sum(1 for line in lines if HEADING.match(line[:400]))
    return links + headings >= 3 or (links >= 1 and headings >= 1)


def from_markdown(line: str) -> Line:
    """Read the marks of one line."""
    made = Line("", 0)
    if len(line) >= 20_000:
        return Line(line, 0)
    quote = QUOTED.match(line)
    if quote:
        made.quoted, line = True, line[quote.end() :]
    heading = HEADING.match(line)
    if heading:
        made.heading, line = len(heading[1]), heading[2]
    made.captions = [" ".join(caption.split()) for caption in IMAGE.findall(line) if caption.strip()]
    line = IMAGE.sub(" ", line)
    linked = sum(len(words) for words in LINK.findall(line))
    for _ in range(2):
        line = LINK.sub(r"\1", line)
    bullet = BULLET.match(line)
    head, line = (line[: bullet.end()], line[bullet.end() :]) if bullet else ("", line)
    line = EMPHASIS.sub(r"\2", STRONG.sub(r"\2", line))
    line = ESCAPED.sub(r"\1", line)
    made.text = head + line
    size = len("".join(line.split()))
    made.linked = min(1.0, linked / size) if size else 0.0
    return made


def unwrapped(lines: list[str]) -> list[str]:
    """Join lines that were cut at a fixed width, where the whole text is.

    A line was cut where the next word would not have fitted. That holds for nearly all line breaks inside the
    paragraphs of a wrapped text, and for hardly any of another one.
    """
    lengths = [len(line.rstrip()) for line in lines]
    width = max(lengths, default=0)
    if not WRAPPED_AT[0] <= width <= WRAPPED_AT[1]:
        return lines
    cut = [breaks(lines[k], lines[k + 1], width) for k in range(len(lines) - 1)]
    inside = sum(
        1
        for k in range(len(lines) - 1)
        if lengths[k] > 0.6 * width and lines[k + 1].strip() and word_count(lines[k]) > 6
    )
    if inside < 3 or sum(cut) < 0.6 * inside:
        return lines
    found: list[str] = []
    for k, line in enumerate(lines):
        if k and cut[k - 1] and found:
            found[-1] = found[-1].rstrip() + " " + line.strip().removeprefix("> ")
        else:
            found.append(line)
    return found


def breaks(line: str, following: str, width: int) -> bool:
    """Whether a line was cut because the first word of the next one did not fit."""
    line, words = line.rstrip(), following.split()
    if not words or len(line) <= 0.6 * width or BULLET.match(following) or RULE.match(line) or RULE.match(following):
        return False
    shallow = len(following) - len(following.lstrip()) <= len(line) - len(line.lstrip()) + 4
    return shallow and len(line) + 1 + len(words[0]) > width
