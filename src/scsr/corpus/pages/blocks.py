"""Blocks: the visible lines of a page in order, with what their layout says about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from scsr.corpus.pages.dates import Found, find_date
from scsr.corpus.pages.lines import BULLET, read_lines
from scsr.corpus.pages.phrases import forms

__all__ = ["Block", "Run", "cleaned", "text_blocks"]

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff\ufffe\uffff]"
)
MORE_REACH = 200
CAPITALS = "A-Z\u00c0-\u00d6\u00d8-\u00de"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a block under one inline element: its text, and the roles that the element's names hint at.

    `depth` counts the elements around it that are named for a writer, `part` numbers the elements side by side.
    """

    text: str
    roles: frozenset[str] = frozenset()
    href: str | None = None
    stamp: str = ""
    depth: int = 0
    part: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """One line or paragraph as a reader sees it.

    Parameters
    ----------
    text : str
        With single spaces.
    gap : int
        Blank lines before it; 0 for the next line of the same paragraph.
    indent : int
        Leading blanks, in text.
    heading : int
        Level 1 to 6 of an HTML heading, else 0.
    node : int
        Index of the element that holds it, in HTML; -1 in text.
    runs : list of Run
        Its inline parts, in HTML.
    linked : float
        Share of its characters inside links.
    rule : str
        Furniture rule of the region that it stands in, as the markup names it; "" for none.
    roles : frozenset of str
        Roles of the elements around it.
    date : Found or None
        Its most exact date, where it is a line about a date and no running text; known once asked for.
    label : str
        What became of it: ``utterances``, ``furniture:<rule>`` or ``reject:<reason>``.
    """

    text: str
    gap: int = 1
    indent: int = 0
    heading: int = 0
    node: int = -1
    runs: list[Run] = field(default_factory=list)
    linked: float = 0.0
    rule: str = ""
    roles: frozenset[str] = frozenset()
    date: Found | None = None
    label: str = ""
    listed: bool = False
    after_embed: bool = False
    parts: tuple[str, ...] = ()
    saved_at: datetime | None = None
    dated: bool = False


def cleaned(text: str) -> str:
    """Drop the characters that no reader sees.

    Examples
    --------
    >>> cleaned("kund\u00adtjänst\u200b")
    'kundtjänst'
    """
    return INVISIBLE.sub("", text)


def button_forms() -> list[str]:
    """Reply and delete wordings as buttons write them, longest first."""
    found = {form for key in ("reply", "delete") for form in forms(key) if form.isalpha() and len(form) >= 3}
    return sorted({form.capitalize() for form in found}, key=lambda form: (-len(form), form))


@cache
def read_more() -> re.Pattern[str]:
    """Pattern of an invitation to read on, behind an excerpt on its line."""
    phrases = sorted((p for p in forms("read_more") if " " in p), key=lambda p: (-len(p), p))
    joined = "|".join(map(re.escape, phrases))
    return re.compile(
        rf"(?<=[.!?\u2026\])])\s*[\[(]?(?:{joined})(?:[\s.\u2026\])]*|[^.!?]{{0,120}}[\u2192\u00bb\u203a])\s*$",
        re.IGNORECASE,
    )


def is_item(line: str) -> bool:
    """Whether a line is an item of a list, and does not open with the day of a date: "12. september 2018"."""
    if BULLET.match(line) is None:
        return False
    date = find_date(line) if line.lstrip()[:1].isdigit() else None
    return date is None or date.start > 0


def text_blocks(text: str) -> Iterator[Block]:
    """Cut saved text into lines, with the buttons that browsers glue to a text cut off.

    Parameters
    ----------
    text : str
        Already without invisible characters.

    Yields
    ------
    Block
        One for each line that is not blank.

    Examples
    --------
    >>> [block.text for block in text_blocks("SvarSlettJeg tror det.")]
    ['SvarSlett', 'Jeg tror det.']
    """
    names = "|".join(map(re.escape, button_forms()))
    before = re.compile(rf"^(?:{names})+(?=[{CAPITALS}0-9\"\u00ab\u201c\u201d\u201e])")
    after = re.compile(rf"(?<=[.!?\u2026)\u00bb\u201d\"])(?:{names}){{1,3}}$")
    more = read_more()
    for line in read_lines(text):
        words, gap = line.text, line.gap
        parts = [words]
        match = before.match(words)
        tail = more.search(words, max(0, len(words) - MORE_REACH))
        if match is None and tail is not None and tail.start() > 20:
            parts = [words[: tail.start()], words[tail.start() :]]
        elif match:
            parts = [words[: match.end()], words[match.end() :]]
        else:
            match = after.search(words) if len(words) < 20_000 else None
            if match:
                parts = [words[: match.start()], words[match.start() :]]
        for part in parts:
            if part.strip():
                yield Block(
                    part.strip(),
                    gap=gap,
                    indent=line.indent,
                    heading=line.heading,
                    linked=line.linked,
                    roles=frozenset({"blockquote"}) if line.quoted else frozenset(),
                    listed=is_item(part),
                )
            gap = 1 if len(parts) > 1 else 0
