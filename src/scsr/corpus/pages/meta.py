"""What the lines around a text say about it: who wrote it, when, and how many commented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.dates import PRECISION, Found, find_date, find_relative, read_stamp
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, rule_of, word_count
from scsr.corpus.pages.phrases import (
    EDGES,
    alternation,
    bare,
    count_pattern,
    count_stated,
    forms,
    named,
    says_line,
    starts_with,
)
from scsr.text.resources import phrases

__all__ = ["Meta", "author_of", "date_of", "is_meta", "is_name", "read_meta", "rest_name"]

SEPARATOR = re.compile(r"\s*[|\u00b7\u2022\u2014/\u00bb\u00ab]\s*|\s[\u2013-]\s|\s{2,}|,\s(?=\d)")
NAME_EDGES = " \t,;:|#*\u00b7\u2022\u2013\u2014\u00bb\u00ab-/\u2026"
MAX_META_WORDS = 32


@dataclass(slots=True)
class Meta:
    """Author, date and stated number of comments."""

    author: str | None = None
    published_at: datetime | None = None
    precision: str = "none"
    n_comments: int | None = None


@cache
def clock_time() -> re.Pattern[str]:
    """Pattern of a time of day after a word for clock, or alone."""
    return re.compile(
        rf"(?:\b(?:{date_words()})\b\.?\s?|^\W*)([01]?\d|2[0-3])[:.]([0-5]\d)(?!\d|[.:]\d)", re.IGNORECASE
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


def date_of(block: Block) -> Found | None:
    """Date of a block that is a line about a date; None for running text that mentions one.

    Parameters
    ----------
    block : Block

    Returns
    -------
    Found or None
        The finer of what is written and what the markup says, where both name the same day.

    Examples
    --------
    >>> date_of(Block("3. mai 2010 av Ola")).precision, date_of(Block("Toget gikk 3. mai 2010, og vi sto igjen."))
    ('day', None)
    """
    if not block.dated:
        block.date, block.dated = read_date(block), True
    return block.date


def read_date(block: Block) -> Found | None:
    """Read the date of a block from its marked elements, its text and the markup's stamps."""
    n = word_count(block.text)
    if n > MAX_META_WORDS:
        return None
    written = marked_date(block)
    if written is None:
        written = find_date(block.text, block.saved_at)
        if written is None and n <= 10:
            written = find_relative(block.text)
        if written is not None and mentions(block, written):
            return None
    stamped = next((stamp for run in block.runs if run.stamp and (stamp := read_stamp(run.stamp))), None)
    if written is None or stamped is None:
        return written or (Found(0, 0, stamped.value, stamped.precision) if stamped else None)
    month = (stamped.value.year, stamped.value.month) == (written.value.year, written.value.month)
    same = (
        written.precision == "none"
        or stamped.value.date() == written.value.date()
        or (written.precision == "month" and month)
    )
    if same and PRECISION[stamped.precision] < PRECISION[written.precision]:
        return Found(written.start, written.end, stamped.value, stamped.precision)
    return written


def marked_date(block: Block) -> Found | None:
    """Date in an element of a block that the markup names as one."""
    for run in block.runs:
        if run.stamp or "date" in run.roles:
            words = " ".join(run.text.split())
            date = find_date(words, block.saved_at)
            at = block.text.find(words)
            if date is not None and at >= 0:
                return Found(at + date.start, at + date.end, date.value, date.precision)
    return None


def is_footer(text: str) -> bool:
    """Whether a sentence says where and by whom a post was published, as themes print it below one."""
    lowered = f" {text.lower()} "
    if not any(f" {phrase} " in lowered for phrase in forms("category") if " " in phrase):
        return False
    return rule_of(text) == "permalink" or last_by().search(text) is not None


@cache
def last_by() -> re.Pattern[str]:
    """Pattern of "by NAME" at the end of a sentence."""
    return re.compile(rf"\s(?:{alternation('by')})\s+\S+(?:\s+\S+){{0,3}}\s*\.?\s*$", re.IGNORECASE)


@cache
def date_words() -> str:
    """Short words that lead to a date or a time: "on", "kl."."""
    short = {line for line in forms("posted_on") if len(line) <= 4 and line.isalpha()}
    return "|".join(
        map(re.escape, sorted({*short, *phrases("clock", "words"), "at"}, key=lambda word: (-len(word), word)))
    )


def mentions(block: Block, date: Found) -> bool:
    """Whether a block is a text that mentions a date, and no line about one."""
    if "date" in block.roles or any(run.stamp for run in block.runs):
        return False
    if starts_with(block.text, "posted_on", "category") or long_by_line().match(block.text) or is_footer(block.text):
        return False
    rest = word_count(block.text[: date.start] + " " + block.text[date.end :])
    sentence = SENTENCE_END.search(block.text) is not None
    if date.precision == "none" and (rest > 4 or (sentence and rest)):
        return True
    return rest > 8 or (rest > 4 and sentence and is_prose(block.text))


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
    text = count_pattern().sub(" ", re.sub(r"^\s*#?\d{1,4}[.)]\s+", "", text.strip()))
    leads = rf"\s+(?:{date_words()})\.?\s+(?=\d)"
    text = re.split(rf"{leads}|\s+under\s+|\s*[|\u00b7]\s*|\s[\u2013\u2014]\s|\s{{3,}}", text, flags=re.IGNORECASE)[0]
    text = re.sub(r"\s*\($|^\)", "", text.strip()).strip(NAME_EDGES)
    if text.endswith("...") or text.endswith("\u2026"):
        text = text.rstrip(".\u2026")
    text = re.sub(rf"[\s,]*\b(?:{date_words()})\.?$", "", text, flags=re.IGNORECASE).strip()
    if text.endswith(".") and text.count(".") == 1 and len(text.split()[-1]) > 3:
        text = text[:-1]
    return text if text and is_name(text) else None


def author_of(block: Block) -> str | None:
    """Name of the writer, where a block names one."""
    deepest = max((run.depth for run in block.runs), default=0)
    for run in block.runs:
        if "author" in run.roles and run.depth == deepest and run.text.strip():
            name = run.text
            said = says_line(name)
            match = by_line().search(name.strip())
            found = tidy_name(said or (match["name"] if match else name))
            if found and not named(found, "posted_by", "says", "posted_on") and find_date(found) is None:
                return found
    said = says_line(block.text)
    if said and tidy_name(said):
        return tidy_name(said)
    text = block.text
    date = date_of(block) or find_date(text)
    if "author" in block.roles and word_count(text) <= 14:
        head = text[: date.start] if date and date.start > 0 else text
        match = by_line().search(head)
        found = tidy_name(match["name"] if match else head)
        if found:
            return found
    if word_count(text) <= MAX_META_WORDS:
        parts = [text] if date is None else [text[date.end :], text[: date.start]]
        for part in parts:
            for piece in SEPARATOR.split(part):
                match = by_line().search(piece.strip())
                if match and (date is not None or short_by_line().match(piece) or long_by_line().match(piece)):
                    found = tidy_name(cut_links(block, match["name"]))
                    if found:
                        return found
    return None


def cut_links(block: Block, name: str) -> str:
    """Shorten a name to the link that it stands in, where it does."""
    for run in block.runs:
        words = " ".join(run.text.split())
        if run.href is not None and words and name.startswith(words):
            return words
    return name


def rest_name(block: Block, date: Found) -> str | None:
    """Name that stands in one line with a date, with nothing but signs between."""
    for part in (block.text[: date.start], block.text[date.end :]):
        pieces = [piece for piece in SEPARATOR.split(part) if piece and piece.strip(EDGES)]
        for piece in [*(p for p in block.parts if p in part), *pieces] if len(block.parts) > 1 else pieces:
            found = tidy_name(piece)
            if not found or len(found.split()) > 5:
                continue
            if not named(found, "posted_on", "category", "posted_by", "says", "archive", "recent", "menu"):
                return found
    return None


def is_meta(block: Block) -> bool:
    """Whether a block is a line about a text: date, writer, number of comments.

    Examples
    --------
    >>> is_meta(Block("Publisert 27. juni 2012 av Linn")), is_meta(Block("Permen er full. Jeg kjøper en ny."))
    (True, False)
    """
    n = word_count(block.text)
    if n > MAX_META_WORDS:
        return False
    if date_of(block) is not None:
        return True
    if n <= 8 and count_stated(block.text) is not None and not SENTENCE_END.search(block.text):
        return True
    if long_by_line().match(block.text) and (n <= 10 or clock_time().search(block.text[:120])):
        return True
    if n <= 5 and short_by_line().match(block.text) and not SENTENCE_END.search(block.text):
        return True
    return (
        n <= 8 and clock_time().search(block.text) is not None and (by_line().search(block.text) is not None or n <= 3)
    )


def finest(dates: Iterable[Found]) -> Found | None:
    """First of the most exact dates."""
    listed = list(dates)
    return min(listed, key=lambda date: PRECISION[date.precision], default=None)


def read_meta(blocks: Sequence[Block], *, comment: bool = False) -> Meta:
    """Read author, date and count from the lines around a text.

    Parameters
    ----------
    blocks : sequence of Block
        In the order of the page, the text itself left out.
    comment : bool
        Of a comment the first short line may be the name alone.

    Returns
    -------
    Meta
    """
    meta = Meta()
    dates = [
        date for block in blocks if not member_line(block) and (date := date_of(block)) and date.precision != "none"
    ]
    best = finest(dates)
    if best is not None:
        same_day = [date for date in dates if date.precision == best.precision]
        best = same_day[0]
        meta.published_at, meta.precision = best.value, best.precision
    for block in blocks:
        if meta.author is None and not member_line(block):
            meta.author = author_of(block)
        if meta.n_comments is None and word_count(block.text) <= MAX_META_WORDS and not comment:
            meta.n_comments = count_stated(block.text)
    if meta.precision == "day" and meta.published_at is not None:
        for block in blocks:
            match = (
                clock_time().search(block.text)
                if word_count(block.text) <= 30 and not is_prose(block.text) and find_date(block.text) is None
                else None
            )
            if match:
                meta.published_at = meta.published_at.replace(hour=int(match[1]), minute=int(match[2]))
                meta.precision = "minute"
                break
    if meta.author is None:
        for block in blocks:
            date = date_of(block)
            if date is not None and not member_line(block) and date.precision in (meta.precision, "none"):
                meta.author = rest_name(block, date)
                if meta.author:
                    break
    if meta.author is None and comment:
        for block in blocks:
            name = tidy_name(block.text)
            if name and date_of(block) is None and rule_of(block.text) is None and len(name.split()) <= 5:
                meta.author = name
                break
    return meta


def member_line(block: Block) -> bool:
    """Whether a line is about a member and not about what the member wrote, such as "Joined: 2004"."""
    if block.rule == "member":
        return True
    line = bare(block.text[:80])
    for phrase in forms("member"):
        rest = line[len(phrase) :]
        if line.startswith(phrase) and (
            not rest or rest[0] == ":" or (rest[0] == " " and (" " in phrase or rest[1:2].isdigit()))
        ):
            return len(phrase) > 3
    return False
