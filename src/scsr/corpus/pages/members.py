"""Lines about the members of a forum, and not about what they wrote."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.dates import find_date
from scsr.corpus.pages.phrases import bare, forms

__all__ = ["before_count", "member_line"]


def member_line(block: Block) -> bool:
    """Whether a line is about a member and not about what the member wrote, such as "Joined: 2004"."""
    return block.rule in ("member", "head") or (bool(block.text) and about_member(block.text[:80]))


@cache
def member_count() -> re.Pattern[str]:
    """Pattern of a writer's number of messages, the number first."""
    nouns = "|".join(map(re.escape, sorted((p for p in forms("member") if " " not in p), key=lambda p: (-len(p), p))))
    return re.compile(rf"^\W*\d[\d.,\u00a0 ]{{0,8}}\s(?:{nouns})(?:\s[A-Z]{{2}})?\W*$", re.IGNORECASE)


@cache
def count_behind() -> re.Pattern[str]:
    """Pattern of a name with its number of messages behind it: "Anna Posts: 12"."""
    nouns = "|".join(map(re.escape, sorted((p for p in forms("member") if len(p) > 3), key=lambda p: (-len(p), p))))
    return re.compile(rf"^(?P<name>\S.{{0,40}}?)\s+(?:{nouns})\s?:\s?\d[\d.,\u00a0 ]{{0,8}}$", re.IGNORECASE)


def before_count(text: str) -> str | None:
    """Name before a number of messages; a rank that saved text glues to the name is cut off.

    Examples
    --------
    >>> before_count("FjellreveVeteran Innlegg: 12"), before_count("Innlegg: 12")
    ('Fjellreve', None)
    """
    match = count_behind().match(text) if len(text) <= 80 else None
    if match is None or about_member(text):
        return None
    return re.sub(r"(?<=[^\W\dA-ZÀ-ÖØ-Þ_])[A-ZÀ-ÖØ-Þ][^\W\d_]+$", "", match["name"])


@cache
def member_opening() -> re.Pattern[str]:
    """Pattern of a word about a member at the start of a line, with what it says behind it."""
    joined = "|".join(map(re.escape, sorted((p for p in forms("member") if len(p) > 3), key=lambda p: (-len(p), p))))
    return re.compile(rf"(?P<phrase>{joined})(?P<rest>$|:.*|\s.*)")


@lru_cache(maxsize=8192)
def about_member(text: str) -> bool:
    """Whether a text opens as a line about a member."""
    line = bare(text)
    if len(text) < 40 and member_count().match(text):
        return True
    match = member_opening().match(line)
    if match is None:
        return False
    phrase, rest = match["phrase"], match["rest"]
    said = not rest or rest[0] == ":" or " " in phrase or rest[1:2].isdigit()
    # "Posts: 12" counts, "Post: 12 May 2010" dates
    return said and not (phrase in forms("comments") and find_date(text) is not None)
