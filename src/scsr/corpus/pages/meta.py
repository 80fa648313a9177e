"""What the lines around a text say about it: who wrote it, when, and how many commented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.dates import PRECISION, Found, find_date, find_relative, read_stamp
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, rule_of, word_count
from scsr.corpus.pages.members import before_count, member_line
from scsr.corpus.pages.phrases import (
    EDGES,
    alternation,
    count_stated,
    forms,
    named,
    says_line,
    starts_with,
    unglued,
)
from scsr.corpus.pages.writers import by_line, date_words, last_by, long_by_line, short_by_line, tidy_name

__all__ = [
    "Meta",
    "author_of",
    "date_of",
    "is_by_line",
    "is_meta",
    "is_notice",
    "read_meta",
    "rest_name",
]

SEPARATOR = re.compile(r"\s*[|\u00b7\u2022\u2014/\u00bb\u00ab]\s*|\s[\u2013-]\s|\s{2,}|,\s(?=\d)")
MAX_META_WORDS = 32
NO_NAMES = (
    "posted_on",
    "solved",
    "reply",
    "category",
    "posted_by",
    "says",
    "archive",
    "recent",
    "menu",
    "edited",
    "permalink",
    "like",
    "share",
    "report",
    "delete",
    "quote",
)
MAX_NOTICE_WORDS = 90


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
        rf"(?:\b(?:{date_words()})\b\.?\s?|@\s?|^\W*)([01]?\d|2[0-3])[:.]([0-5]\d)(?!\d|[.:]\d)", re.IGNORECASE
    )


def is_notice(text: str) -> bool:
    """Whether a text opens as a sentence about when and by whom a post was published."""
    return starts_with(text, "posted_on", "posted_by") or notice().match(text) is not None


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
    if n > MAX_META_WORDS and not (n <= MAX_NOTICE_WORDS and is_notice(block.text)):
        return None
    edit = edited().search(block.text)
    if edit is not None:
        return date_before_edit(block, edit.start())
    written = marked_date(block)
    whole = find_date(block.text, block.saved_at) if written is None or written.precision == "day" else None
    if written is not None and whole is not None and whole.value.date() == written.value.date():
        written = whole  # the time may stand in an element of its own
    if written is None:
        written = whole
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


@cache
def edited() -> re.Pattern[str]:
    """Pattern of the words that lead to when a text was changed."""
    return re.compile(rf"(?<!\w)(?:{alternation('edited')})(?!\w)", re.IGNORECASE)


def date_before_edit(block: Block, at: int) -> Found | None:
    """Date of a line that says when something was changed: what stands before that, else a line without a date."""
    written = find_date(block.text[:at], block.saved_at)
    if written is not None:
        return None if mentions(Block(block.text[:at]), written) else written
    changed = find_date(block.text[at:], block.saved_at)
    if at > 40 or (changed is None and not starts_with(block.text, "edited")) or word_count(block.text) > 16:
        return None
    return Found(at, len(block.text), datetime.min, "none")


def marked_date(block: Block) -> Found | None:
    """Date in an element of a block that the markup names as one."""
    for run in block.runs:
        if run.stamp or "date" in run.roles:
            words = " ".join(run.text.split())
            date = find_date(words, block.saved_at)
            at = block.text.find(words) if words else -1
            if date is not None and at >= 0:
                return Found(at + date.start, at + date.end, date.value, date.precision)
    return None


@cache
def notice() -> re.Pattern[str]:
    """Pattern of the start of a sentence about a post: "This entry was ..."."""
    return re.compile(rf"^\W*(?:{alternation('this')})\s(?:{alternation('post_noun')})(?!\w)", re.IGNORECASE)


def is_footer(text: str) -> bool:
    """Whether a sentence says where and by whom a post was published, as themes print it below one."""
    if notice().match(text):
        return True
    lowered = f" {text.lower()} "
    if not any(f" {phrase} " in lowered for phrase in forms("category") if " " in phrase):
        return False
    return rule_of(text) == "permalink" or last_by().search(text) is not None


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
    said = says_line(block.text) or before_count(block.text)
    if said and tidy_name(said):
        return tidy_name(said)
    text = unglued(block.text)
    text = before_edit(text)
    date = date_of(block) or find_date(text)
    if date is not None and text != block.text:
        date = find_date(text, block.saved_at) or date
    if "author" in block.roles and word_count(text) <= 14:
        head = text[: date.start] if date and date.start > 0 else text
        match = by_line().search(head)
        found = tidy_name(match["name"] if match else head)
        if found:
            return found
    if word_count(text) <= MAX_META_WORDS:
        parts = [text] if date is None else [text[date.end :], text[: date.start]]
        parts = [*(block.parts if len(block.parts) > 1 else ()), *parts]
        for part in parts:
            for piece in SEPARATOR.split(part):
                match = by_line().search(piece.strip())
                if match and (date is not None or short_by_line().match(piece) or long_by_line().match(piece)):
                    found = tidy_name(cut_links(block, match["name"]))
                    if found:
                        return found
    return None


def before_edit(text: str) -> str:
    """Text before the words that say who changed it, who has not always written it."""
    edit = edited().search(text)
    if edit is None or edit.start() <= 8:
        return text
    head = text[: edit.start()]
    return head.rpartition("(")[0] if head.count("(") > head.count(")") else head


def without_badges(block: Block) -> str:
    """Text of a block without the parts that say what a writer is: "Staff", "Member"."""
    plain = [part for part in block.parts if not named(part, "staff", "member")]
    return " ".join(plain) if 0 < len(plain) < len(block.parts) else block.text


def is_by_line(block: Block) -> bool:
    """Whether a line names a writer and says nothing else, as in: Posted by Ola."""
    n = word_count(block.text)
    if n > 8 or date_of(block) is not None or (n > 5 and SENTENCE_END.search(block.text)):
        return False
    led = long_by_line().match(block.text) or short_by_line().match(block.text)
    return led is not None and author_of(block) is not None


def cut_links(block: Block, name: str) -> str:
    """Shorten a name to the link that it stands in, where it does."""
    for run in block.runs:
        words = " ".join(run.text.split())
        if run.href is not None and words and name.startswith(words):
            return words
    return name


def rest_name(block: Block, date: Found) -> str | None:
    """Name that stands in one line with a date, with nothing but signs between."""
    text = before_edit(block.text)
    for behind, part in enumerate((text[: date.start], text[date.end :])):
        pieces = [piece for piece in SEPARATOR.split(part) if piece and piece.strip(EDGES)]
        for piece in [*(p for p in block.parts if p in part), *pieces] if len(block.parts) > 1 else pieces:
            found = tidy_name(piece)
            if behind and rule_of(piece) is not None:
                break  # behind a link or a count stand categories, and no names
            if ":" in piece:
                continue  # "Subject: ..." says something else than a name
            if found and len(found.split()) <= 5 and not named(found, *NO_NAMES):
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
        return is_notice(block.text) and date_of(block) is not None
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


def refines(date: Found, other: Found) -> bool:
    """Whether a date says the same as another one, and more exactly."""
    if PRECISION[date.precision] >= PRECISION[other.precision]:
        return False
    if other.precision == "month":
        return (date.value.year, date.value.month) == (other.value.year, other.value.month)
    return date.value.date() == other.value.date()


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
    blocks = [block for block in blocks if block.rule != "repeated"]
    dates = [
        date for block in blocks if not member_line(block) and (date := date_of(block)) and date.precision != "none"
    ]
    best = dates[0] if dates else None
    for date in dates[1:]:
        if best is not None and refines(date, best):
            best = date
    if best is not None:
        meta.published_at, meta.precision = best.value, best.precision
    for block in blocks:
        edit = edited().search(block.text)
        if meta.author is None and not member_line(block) and (edit is None or edit.start() > 10):
            meta.author = author_of(block)
        countable = word_count(block.text) <= MAX_META_WORDS and not member_line(block)
        if meta.n_comments is None and countable and not comment:
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
        for lead, block in pairwise(blocks):
            if named(lead.text, "by", "posted_by") and tidy_name(block.text) and word_count(block.text) <= 5:
                meta.author = tidy_name(block.text)
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
            name = tidy_name(without_badges(block))
            if name and date_of(block) is None and rule_of(block.text) is None and len(name.split()) <= 5:
                meta.author = name
                break
    return meta
