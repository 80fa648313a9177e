"""Furniture: lines that a theme prints around a text. Each rule has a name, and its wordings are resources."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from scsr.corpus.pages.phrases import bare, count_stated, forms, glued, named, starts_with

__all__ = ["is_prose", "is_title_like", "rule_of", "word_count"]

FILE_NAME = re.compile(r"[\w%()-]+\.(?:jpe?g|png|gif|webp|bmp|svg)\b", re.IGNORECASE)
SHORTCODE = re.compile(
    r"^\s*\[/?[a-z][\w-]{2,20}(?:[ =][^\]]*)?\]\s*(?:https?://\S+\s*\[/[\w-]+\]\s*)?$", re.IGNORECASE
)
VIDEO_URL = re.compile(r"^\W*https?://\S*(?:youtu\.?be|vimeo|video|/embed/)\S*\W*$", re.IGNORECASE)
PAGES = re.compile(r"^\W*\w+\s\d{1,5}\s\w{1,3}\s\d{1,5}\W*$")
ARROWS = re.compile("^[\u00ab\u2039\u2190]\\s|\\s[\u00bb\u203a\u2192]$")
CRUMBS = re.compile("\\s[\u00bb\u203a\u2039\u2192>]\\s")
COUNT = re.compile(r"^\(\d[\d.,]{0,8}\s\w{2,15}\)$")
FIELD_SAID = re.compile(r"^\w+:\s(?:\S+\s){2,}\S+[.!?]$")
NO_LINKS = re.compile(r",\s*,|\b\w+ , ")
EMPTY_LIST = re.compile(r"(?:,\s*){2,}|\s,\s|,\s*$|\s\.$")
SENTENCE_END = re.compile(r"[.!?\u2026][\"'\u201d\u201c\u00bb\u00ab\u2019)\]]*$")

EXACT = (
    "reply", "delete", "edit", "report", "share", "like", "read_also", "read_more", "older", "newer", "menu", "search",
    "archive", "recent", "subscribe", "follow", "comment_form", "leave_comment", "no_comments", "permalink", "category",
    "tags", "powered_by", "cookie", "copyright", "spam_notice", "image_credit", "video", "question_line", "translate",
    "awaiting", "solved",
)  # fmt: skip
OPENING = (
    "link_list", "share", "read_also", "read_more", "spam_notice", "subscribe", "powered_by", "copyright", "cookie",
    "leave_comment", "comment_form", "permalink", "archive", "recent", "tags", "category", "translate", "follow",
)  # fmt: skip
IN_BODY_ONLY_ALONE = (
    "menu",
    "search",
    "cookie",
    "solved",
    "translate",
    "follow",
    "video",
    "comment_form",
    "recent",
    "category",
)
"""Rules whose one-word wordings are ordinary words: inside a text they need more than one word."""


def word_count(text: str) -> int:
    """Count the words of a text.

    Examples
    --------
    >>> word_count("En ripe – til!")
    3
    """
    return short_count(text) if len(text) < 4000 else sum(map(has_letter, text.split()))


def has_letter(word: str) -> bool:
    return word.isalnum() or any(map(str.isalnum, word))


@lru_cache(maxsize=16384)
def short_count(text: str) -> int:
    return sum(map(has_letter, text.split()))


def is_prose(text: str) -> bool:
    """Whether a block reads as running text: sentences, or many words.

    Examples
    --------
    >>> is_prose("Det regnar på høyet, og sauene ser på meg."), is_prose("Siste innlegg")
    (True, False)
    """
    n = word_count(text)
    return n >= 25 or (n >= 6 and SENTENCE_END.search(text.rstrip()) is not None)


def is_title_like(text: str) -> bool:
    """Whether a line can be a title: short, one line, and not ended as a sentence.

    Examples
    --------
    >>> is_title_like("Den gule permen"), is_title_like("Den var gul."), is_title_like("Vem äger rondellhunden?")
    (True, False, True)
    """
    text = text.strip()
    n = word_count(text)
    if not 1 <= n <= 22 or len(text) > 160 or "\n" in text:
        return False
    if text.endswith((",", ";")) or " | " in text or " :: " in text or CRUMBS.search(text):
        return False
    # "Vi lovade. Vi höll." is a title as often as not, one sentence with a full stop hardly ever
    return not (text.endswith(".") and not text.endswith("...") and n > 2 and (text.count(".") == 1 or n > 8))


@lru_cache(maxsize=8192)
def rule_of(text: str, *, in_body: bool = False) -> str | None:
    """Name the furniture rule that a line falls under.

    Parameters
    ----------
    text : str
        One line or block.
    in_body : bool
        Inside a text rules are careful: wordings that are also ordinary words do not count there.

    Returns
    -------
    str or None
        Name of the rule; None where the line may be text.

    Examples
    --------
    >>> rule_of("Del på Facebook"), rule_of("Bild: glad-kund-2.png"), rule_of("Tidtabellen har jag kvar.")
    ('share', 'image_credit', None)
    """
    n = word_count(text)
    if len(text) > 600 or n > 60:
        return None
    if n == 0:
        return "signs"
    line = bare(text)
    if line.isdigit() or (n == 2 and COUNT.match(text.strip())):
        return "number"
    if SHORTCODE.match(text) or VIDEO_URL.match(text):
        return "video"
    if n <= 8 and FILE_NAME.search(text):
        return "image_credit"
    if glued(text, "reply", "delete", "edit", "report", "quote"):
        return "buttons"
    if glued(text):
        return "share"
    if named(text, "read_more"):
        return "read_more"
    if (
        PAGES.match(text)
        or counts_pages(text)
        or (n <= 15 and ARROWS.search(text))
        or (n <= 8 and glued(text, "older", "newer", "menu"))
    ):
        return "pager"
    for key in EXACT if known(line) else ():
        if named(text, key) and not (in_body and key in IN_BODY_ONLY_ALONE and " " not in line):
            return key
    if n <= 15 and starts_with(text, "link_list", "read_also", "tags") and EMPTY_LIST.search(text):
        return "link_list"
    if n <= 15 and NO_LINKS.search(text):
        return "link_list"
    if n <= 22 and (named(text, "edited") or starts_with(text, "edited")):
        return "edited"
    if n <= 8 and starts_with(text, "member"):
        return "member"
    if starts_with(text, "image_credit") and n <= 12 and ":" in text[:40]:
        return "image_credit"
    if starts_with(text, "spam_notice"):
        return "spam_notice"
    if n <= 30 and asks_for_comments(text):
        return "question_line"
    sentence = n >= 9 and SENTENCE_END.search(text.rstrip()) is not None and "|" not in text
    if n <= 45 and ends_with_bookmark(text):
        return "permalink"
    for key in OPENING:
        if in_body and key == "cookie":
            continue
        if key == "comment_form" and in_body and FIELD_SAID.match(text.strip()):
            continue  # a field has no sentence behind its colon
        if starts_with(text, key) and not (sentence and key not in ("comment_form", "cookie", "subscribe")):
            return key
    if n <= 8 and starts_with(text, "older", "newer", "search") and not sentence:
        return "older"
    if n <= 6 and count_stated(text) is not None and not SENTENCE_END.search(text):
        return "comment_count"
    return None


def counts_pages(text: str) -> bool:
    """Whether a line is a row of rising page numbers, with a word or two around them."""
    words = text.split()
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 6]
    rising = len(numbers) >= 3 and all(a < b for a, b in pairwise(numbers))
    return rising and numbers[0] + 1 == numbers[1] and len(numbers) >= 0.4 * len(words) and len(words) <= 40


def known(line: str) -> bool:
    """Whether a bare line is a phrase of any kind."""
    return line in all_forms() or re.sub(r"\d+", "%", line) in all_forms()


@cache
def all_forms() -> frozenset[str]:
    return frozenset(line for key in EXACT for line in forms(key))


def ends_with_bookmark(text: str) -> bool:
    """Whether the last sentence tells readers to bookmark the post, as lines below posts do."""
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+", text.strip()) if sentence]
    if len(sentences) < 2 or word_count(sentences[-1]) > 6:
        return False
    first = bare(sentences[-1].split()[0])
    return first in forms("permalink") or starts_with(sentences[-1], "permalink")


def asks_for_comments(text: str) -> bool:
    """Whether a line asks readers what they think, and to write it below."""
    if not starts_with(text, "question_line"):
        return False
    line = bare(text)
    return any(noun in line for noun in forms("comments") if len(noun) > 5)
