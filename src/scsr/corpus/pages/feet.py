"""Posts in saved text that their feet tell apart: lines about a post that stand below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, is_title_like, rule_of
from scsr.corpus.pages.heads import about_post, can_date_head, is_by_word, past_meta
from scsr.corpus.pages.messages import is_head
from scsr.corpus.pages.meta import date_of, is_meta
from scsr.corpus.pages.phrases import count_stated
from scsr.corpus.pages.talk import can_be_name, is_text

__all__ = ["footed_heads", "same_day"]


def footed_heads(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Heads of posts whose dates stand below their texts, with the title of the next one behind."""
    end = min(talk, default=len(blocks))
    feet = [at for at in range(1, end) if can_date_head(blocks[at]) and is_foot(blocks, at)]
    others = [at for at in range(end) if can_date_head(blocks[at]) and at not in feet]
    if not feet or len(others) > 0.25 * len(feet):
        return []
    behind = [block for block in blocks[past_meta(blocks, feet[-1]) : end] if is_prose(block.text)]
    if any(is_text(block) and not block.linked and rule_of(block.text) is None for block in behind):
        return []
    heads: list[tuple[int, int | None, int]] = []
    begin = 0
    for foot in feet:
        text = next((at for at in range(begin, foot) if is_prose(blocks[at].text) and is_text(blocks[at])), None)
        if text is None:
            return []
        title = next((at for at in range(text - 1, begin - 1, -1) if heads_text(blocks, at, text)), None)
        if title is None:
            return []
        heads.append((title, title, title + 1))
        begin = past_meta(blocks, foot)
    return heads


def heads_text(blocks: Sequence[Block], at: int, text: int) -> bool:
    """Whether a line can be the title of a text; the posts of an archive may be items of a list."""
    block = blocks[at]
    if date_of(block) is not None or block.rule:
        return False
    item = at == text - 1 and block.listed and is_title_like(block.text) and rule_of(block.text) is None
    return item or is_head(block)


def is_foot(blocks: Sequence[Block], at: int) -> bool:
    """Whether a dated line closes a text: running text directly above, and none directly below."""
    above = at - 1
    while above > 0 and at - above < 6 and (about_post(blocks[above]) or is_signed(blocks, above)):
        above -= 1
    behind = past_meta(blocks, at)
    follows = behind < len(blocks) and is_text(blocks[behind]) and is_prose(blocks[behind].text)
    last = blocks[above]
    short = above > 0 and SENTENCE_END.search(last.text) is not None and is_prose(blocks[above - 1].text)
    closed = is_prose(last.text) or last.listed or short
    return closed and is_text(blocks[above]) and not follows


def is_signed(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line is a name below the word that leads to it, or furniture of any kind."""
    return rule_of(blocks[at].text) is not None or (at > 0 and is_by_word(blocks[at - 1]) and can_be_name(blocks[at]))


def same_day(blocks: Sequence[Block], body: int, end: int) -> list[int]:
    """Titles of further posts below one date: each directly behind a foot, with text and another foot below."""
    feet = [at for at in range(body, end) if closes_post(blocks[at])]
    titles = []
    for foot, following in pairwise(feet):
        title = past_feet(blocks, foot, following)
        told = any(is_text(blocks[at]) and is_prose(blocks[at].text) for at in range(title + 1, following))
        if told and is_title_like(blocks[title].text) and date_of(blocks[title]) is None:
            titles.append(title)
    return titles


def past_feet(blocks: Sequence[Block], foot: int, end: int) -> int:
    """First line behind a foot and the furniture below it."""
    at = foot + 1
    while at < end and not is_title_like(blocks[at].text):
        at += 1
    return at


def closes_post(block: Block) -> bool:
    """Whether a line states the comments of a post and is not alone with that, as feet do."""
    return is_meta(block) and count_stated(block.text) is not None and len(block.text.split()) > 3
