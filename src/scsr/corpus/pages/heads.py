"""What stands around the head of a post in saved text: its date, its title, lines about it, a bar of tools."""

from __future__ import annotations

from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, rule_of, word_count
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.messages import is_head
from scsr.corpus.pages.meta import author_of, date_of, is_by_line, is_meta
from scsr.corpus.pages.phrases import bare, count_stated, forms, named, says_line
from scsr.corpus.pages.talk import can_be_name, is_button, is_text

__all__ = [
    "about_post",
    "can_date_head",
    "has_text",
    "is_by_word",
    "is_comment_line",
    "is_whole_date",
    "leads_answer",
    "past_meta",
    "past_tools",
    "title_above",
    "title_below",
    "writer_above",
]

MOST_META = 40
MOST_TOOLS = 16


def title_above(blocks: Sequence[Block], at: int) -> int | None:
    """Title over a date line; lines about the post may stand between."""
    for back in range(at - 1, max(-1, at - 5), -1):
        block = blocks[back]
        if is_button(block) or block.rule == "repeated":
            return None  # buttons end what stands above
        if is_meta(block) or is_comment_line(block) or author_of(block) or block.rule or member_line(block):
            continue
        signed = any("author" in near.roles for near in blocks[back + 1 : at])
        if signed and over_standfirst(blocks, back):
            return back - 1
        return back if is_head(block) else None
    return None


def over_standfirst(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line between a title and the writer's name leads into the only article of a page."""
    if at < 2 or not is_head(blocks[at - 1]) or date_of(blocks[at - 1]) is not None:
        return False
    if any(date_of(block) is not None for block in blocks[:at]):
        return False
    words = word_count(blocks[at].text)
    return is_prose(blocks[at].text) or (words >= 4 and word_count(blocks[at - 1].text) >= 3)


def title_below(blocks: Sequence[Block], at: int) -> int | None:
    """Title under a date line."""
    for ahead in range(at + 1, min(len(blocks), at + 3)):
        block = blocks[ahead]
        if is_meta(block):
            continue
        follows = any(is_text(b) for b in blocks[ahead + 1 : ahead + 4])
        return ahead if is_head(block) and follows else None
    return None


def is_comment_line(block: Block) -> bool:
    """Whether a line states or asks for comments."""
    return word_count(block.text) <= 6 and (
        count_stated(block.text) is not None
        or rule_of(block.text) in ("leave_comment", "no_comments", "buttons", "share")
    )


def past_meta(blocks: Sequence[Block], at: int) -> int:
    """First line after the lines about a post, with what stands between two of them."""
    end = min(len(blocks), at + MOST_META)
    while at < end:
        if at and is_by_word(blocks[at - 1]) and can_be_name(blocks[at]):
            at += 1
            continue
        between = at + 1 < len(blocks) and blocks[at + 1].gap == 0 and word_count(blocks[at].text) <= 4
        if not (about_post(blocks[at]) or (between and blocks[at].gap == 0 and about_post(blocks[at + 1]))):
            break
        at += 1
    return at


def past_tools(blocks: Sequence[Block], at: int) -> int:
    """First line behind a bar of tools between title and text: buttons and counts, with unknown ones among them."""
    end, known, unknown = at, 0, 0
    for k in range(at, min(len(blocks), at + MOST_TOOLS)):
        block = blocks[k]
        if is_prose(block.text) or date_of(block) is not None:
            break
        if block.rule or rule_of(block.text) is not None:
            end, known = k + 1, known + 1
        elif word_count(block.text) <= 4 and not SENTENCE_END.search(block.text):
            unknown += 1
        else:
            break
    return end if known > unknown else at


def about_post(block: Block) -> bool:
    """Whether a line is about a post: date, writer, comments, category, or a sign between them."""
    rule = rule_of(block.text)
    marked = rule in ("category", "tags", "signs") or block.rule in ("member", "head", "repeated")
    return marked or is_meta(block) or is_comment_line(block) or is_by_word(block)


def is_by_word(block: Block) -> bool:
    """Whether a line is nothing but the word that leads to a name."""
    return named(block.text, "by", "posted_by")


def has_text(blocks: Sequence[Block], at: int) -> bool:
    """Whether running text follows soon."""
    return any(is_prose(block.text) or word_count(block.text) > 8 for block in blocks[at : at + 4])


def can_date_head(block: Block) -> bool:
    """Whether a date line can stand at the head of a post, and is not the sentence below one."""
    date = date_of(block)
    if date is None or says_line(block.text) is not None or member_line(block) or block.rule == "field":
        return False
    if date.precision == "month":
        return count_stated(block.text) is not None and "(" not in block.text
    rest = block.text[: date.start].lower()
    return not (
        word_count(rest) > 3 and any(f" {phrase} " in f" {rest} " for phrase in forms("category") if " " in phrase)
    )


def is_whole_date(block: Block) -> bool:
    """Whether a line is a date and nothing else."""
    date = date_of(block)
    return date is not None and word_count(block.text[: date.start] + " " + block.text[date.end :]) <= 1


def leads_answer(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line leads to an answer: "Reply from NAME", and a date directly below."""
    words = blocks[at].text.split()
    if len(words) < 2 or bare(words[0]) not in forms("reply") or not is_by_line(blocks[at]):
        return False
    return any(date_of(block) is not None for block in blocks[at + 1 : at + 2])


def writer_above(blocks: Sequence[Block], at: int) -> int:
    """First line of a writer's name and lines about the writer directly above a date; the date without them."""
    first = at
    while first > 0 and member_line(blocks[first - 1]):
        first -= 1
    return first - 1 if 0 < first < at and can_be_name(blocks[first - 1]) else at
