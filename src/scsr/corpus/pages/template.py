"""What software prints in every message of a page is its template, and nobody's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, word_count
from scsr.corpus.pages.meta import author_of, date_of
from scsr.corpus.pages.talk import can_be_name, is_text

__all__ = ["mark_repeated"]

DIGITS = re.compile(r"\d+")
MOST_WORDS = 8


def mark_repeated(blocks: Sequence[Block], records: Sequence[Sequence[int]]) -> None:
    """Mark short lines that nearly all messages have, numbers apart, such as "Find | Reply" or "Posts: 12".

    Parameters
    ----------
    blocks : sequence of Block
        All blocks of the page; those found get the furniture rule ``repeated``.
    records : sequence of sequence of int
        Blocks of each message.
    """
    if len(records) < 2:
        return
    shared = Counter(
        shape for record in records for shape in {shape_of(blocks[at]) for at in record if can_be(blocks[at])}
    )
    usual = {shape for shape, n in shared.items() if n >= max(2, 0.75 * len(records))}
    found = [[at for at in record if can_be(blocks[at]) and shape_of(blocks[at]) in usual] for record in records]
    if not any(found) or not all(leaves_text(blocks, *pair) for pair in zip(records, found, strict=True)):
        return
    named = all(leaves_name(blocks, *pair) for pair in zip(records, found, strict=True))
    for at in (at for marked in found for at in marked):
        if named or not can_be_name(blocks[at]):
            blocks[at].rule = "repeated"


def can_be(block: Block) -> bool:
    """Whether a block is short and neither a date, a marked writer nor a quotation."""
    return (
        not block.rule
        and word_count(block.text) <= MOST_WORDS
        and not is_prose(block.text)
        and not block.roles & {"author", "blockquote", "title"}
        and date_of(block) is None
    )


def shape_of(block: Block) -> str:
    """Text of a block with its numbers blanked out."""
    return DIGITS.sub("0", block.text)


def leaves_text(blocks: Sequence[Block], record: Sequence[int], marked: Sequence[int]) -> bool:
    return any(at not in marked and is_text(blocks[at]) for at in record)


def leaves_name(blocks: Sequence[Block], record: Sequence[int], marked: Sequence[int]) -> bool:
    """Whether a record has a name of its writer beside what would be marked."""
    return any(at not in marked and (author_of(blocks[at]) or can_be_name(blocks[at])) for at in record)
