"""Names of writers, as the lines around a text give them."""

from __future__ import annotations

import re
from functools import cache

from scsr.corpus.pages.furniture import SENTENCE_END
from scsr.corpus.pages.phrases import alternation, count_pattern, forms, named
from scsr.text.resources import phrases

__all__ = ["NAME_EDGES", "by_line", "date_words", "is_name", "last_by", "long_by_line", "short_by_line", "tidy_name"]

NAME_EDGES = " \t,;:|#*\u00b7\u2022\u2013\u2014\u00bb\u00ab-/\u2026"

LONGEST = 300
"""Characters in which a name stands, with all that is around it."""
NOT_VERIFIED = re.compile(r"(?<=\S)\s\([a-zà-öø-ÿ]{2,}\s[a-zà-öø-ÿ]{4,}\)$")
"""What some software says behind the names of guests, such as "(not verified)"."""


@cache
def date_words() -> str:
    """Short words that lead to a date or a time: "on", "kl."."""
    short = {line for line in forms("posted_on") if len(line) <= 4 and line.isalpha()}
    return "|".join(
        map(re.escape, sorted({*short, *phrases("clock", "words"), "at"}, key=lambda word: (-len(word), word)))
    )


@cache
def by_line() -> re.Pattern[str]:
    """Pattern of "by NAME" at the start of a line or after a separator."""
    joined = alternation("posted_by")
    return re.compile(rf"(?:^|(?<=[\s|\u00b7,.\u2014(-]))(?:{joined})(?:\s?:\s?|\s+)(?P<name>\S.*)$", re.IGNORECASE)


@cache
def short_by_line() -> re.Pattern[str]:
    """Pattern of "by NAME" alone on its line, with the words for "by" that no title starts with."""
    return re.compile(rf"^\W*(?:(?:{alternation('by')})\s+|(?:{alternation('posted_by')})\s?:\s*)\S", re.IGNORECASE)


@cache
def long_by_line() -> re.Pattern[str]:
    """Pattern of an opening such as "Posted by", which ordinary text does not have."""
    phrases = sorted((p for p in forms("posted_by") if " " in p), key=lambda p: (-len(p), p))
    return re.compile(rf"^\W*(?:{'|'.join(map(re.escape, phrases))})\b\s*:?\s*\S", re.IGNORECASE)


@cache
def last_by() -> re.Pattern[str]:
    """Pattern of "by NAME" at the end of a sentence."""
    return re.compile(rf"\s(?:{alternation('by')})\s+\S+(?:\s+\S+){{0,3}}\s*\.?\s*$", re.IGNORECASE)


@cache
def name_end() -> re.Pattern[str]:
    """Pattern of what ends a name: a word that leads to a date, a sign between two things, wide space."""
    return re.compile(
        rf"\s+(?:{date_words()})\.?\s+(?=\d+\D)|\s+under\s+|\s*[|\u00b7]\s*|\s[\u2013\u2014]\s|\s{{2,}}", re.IGNORECASE
    )


@cache
def trailing_word() -> re.Pattern[str]:
    """Pattern of a word that leads to a date, left over at the end of a name."""
    return re.compile(rf"[\s,]*\b(?:{date_words()}|{alternation('within')})\.?$", re.IGNORECASE)


@cache
def within() -> re.Pattern[str]:
    """Pattern of the words that lead to a category behind a date: "in Travel"."""
    return re.compile(rf"^\W*(?:{alternation('within')})\s", re.IGNORECASE)


@cache
def writer_badge() -> re.Pattern[str]:
    """Pattern of a badge behind a name that says that the writer of the post answers."""
    return re.compile(rf"(?:(?<=\S)[\s(\[]+|(?<=[a-zà-öø-ÿ0-9]))(?:{alternation('post_author')})\W*$", re.IGNORECASE)


@cache
def staff_badge() -> re.Pattern[str]:
    """Pattern of a badge that is glued to a name: "OlaKundeservice"."""
    badges = "|".join(re.escape(form.capitalize()) for form in sorted(forms("staff"), key=lambda f: (-len(f), f)))
    return re.compile(rf"(?<=[a-zà-öø-ÿ0-9_])(?:{badges})$")


def is_name(text: str) -> bool:
    """Whether a short stretch can be a writer's name.

    Examples
    --------
    >>> is_name("Pia, grannkommunen"), is_name("Svara"), is_name("12")
    (True, False, False)
    """
    n = len(text.split())
    if not 1 <= n <= 7 or len(text) > 60 or not any(map(str.isalpha, text)):
        return False
    if named(
        text,
        "reply",
        "delete",
        "edit",
        "report",
        "permalink",
        "share",
        "comments",
        "leave_comment",
        "older",
        "newer",
        "search",
    ):
        return False
    return not (n > 3 and SENTENCE_END.search(text))


def tidy_name(text: str) -> str | None:
    """Name without the words and signs around it."""
    text = text.strip()[:LONGEST]
    text = count_pattern().sub(" ", re.sub(r"^\s*#?\d{1,4}[.)]\s+", "", text))
    if within().match(text):
        return None
    text = name_end().split(text)[0]
    text = re.sub(r"\s*\($|^\)", "", text.strip()).strip(NAME_EDGES)
    if text.endswith("...") or text.endswith("\u2026"):
        text = text.rstrip(".\u2026")
    text = NOT_VERIFIED.sub("", re.sub(r"(?<=\S)\s[a-zà-öø-ÿ]\.$", "", trailing_word().sub("", text).strip()))
    if text.endswith(".") and text.count(".") == 1 and len(text.split()[-1]) > 3:
        text = text[:-1]
    text = writer_badge().sub("", text).strip(NAME_EDGES)
    first, _, last = text.rpartition(" ")
    if first and last.lower() in forms("member"):
        text = first.strip(NAME_EDGES)  # "Anna Offline"
    badge = staff_badge().search(text)
    if badge and badge.start() > 1:
        text = text[: badge.start()].strip(NAME_EDGES)
    return text if text and is_name(text) and not (text.islower() and named(text, "staff")) else None
