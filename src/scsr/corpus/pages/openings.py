"""Where the comments of a saved text open."""

from __future__ import annotations

from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.messages import names_beside_date
from scsr.corpus.pages.meta import date_of
from scsr.corpus.pages.phrases import bare, count_stated, named, says_line, starts_with
from scsr.corpus.pages.talk import can_be_name, dates_header, is_button, is_comment_heading, is_text

__all__ = ["comment_starts", "dated_to_the_minute"]


def comment_starts(blocks: Sequence[Block]) -> set[int]:
    """Lines at which a run of comments starts: its heading, or what stands where a heading would."""
    starts: set[int] = set()
    prose = 0
    counted = counts_head_comments(blocks)
    for at, block in enumerate(blocks):
        if is_prose(block.text):
            prose += 1
        if not prose:
            continue
        if is_comment_heading(block) and not is_count_line(blocks, at):
            if count_stated(block.text) is not None and not counted:
                continue
            near = blocks[at + 1 : at + 8]
            alone = named(block.text, "comments") and header_follows(blocks, at)
            if (
                alone
                or any(says_line(b.text) is not None or is_button(b) or dated_to_the_minute(b) for b in near)
                or (count_stated(block.text) and (header_follows(blocks, at) or repeats_title(blocks, at)))
            ):
                starts.add(at)
        elif starts_with(block.text, "subscribe") and any(is_button(b) for b in blocks[at + 1 :]):
            following = next(
                (k for k in range(at + 1, len(blocks)) if is_text(blocks[k]) and is_prose(blocks[k].text)), None
            )
            between = blocks[at : following or at]
            if between and not any(k < at for k in starts) and all(rule_of(b.text) is not None for b in between):
                starts.add(at + len(between))
    return starts


def counts_head_comments(blocks: Sequence[Block]) -> bool:
    """Whether lines that state a number of comments stand above as many of them, and do not close posts."""
    places = [
        at for at, block in enumerate(blocks) if is_comment_heading(block) and count_stated(block.text) is not None
    ]
    if len(places) < 2:
        return True
    kept = 0
    for at, end in zip(places, [*places[1:], len(blocks)], strict=True):
        stated = count_stated(blocks[at].text) or 0
        dated = sum(dates_header(block) or says_line(block.text) is not None for block in blocks[at + 1 : end])
        kept += (dated >= min(stated, 2)) if stated != 1 else (dated == 1)
    return kept >= 0.5 * len(places) and any((count_stated(blocks[at].text) or 0) > 0 for at in places)


def header_follows(blocks: Sequence[Block], at: int) -> bool:
    """Whether the header of a comment follows: a writer and a date before any running text."""
    near = []
    for block in blocks[at + 1 : at + 6]:
        if is_prose(block.text) and date_of(block) is None:
            break
        near.append(block)
    dated = [k for k, block in enumerate(near) if date_of(block) is not None]
    if not dated:
        return False
    date = near[dated[0]]
    if dated[0] == 0:
        return names_beside_date(date) or any(can_be_name(block) for block in near[1:2])
    # a title and the line about its post look alike, but for their wordings
    return (
        can_be_name(near[0]) and word_count(near[0].text) <= 3 and not starts_with(date.text, "posted_on", "posted_by")
    )


def repeats_title(blocks: Sequence[Block], at: int) -> bool:
    """Whether a heading of comments quotes a line above it, as in: 5 comments to "TITLE"."""
    heading = bare(blocks[at].text)
    titles = (bare(block.text) for block in blocks[:at] if is_title_like(block.text))
    return any(len(title) > 5 and heading != title and heading.endswith(title) for title in titles)


def dated_to_the_minute(block: Block) -> bool:
    """Whether a line has a date with a time of day."""
    found = date_of(block)
    return found is not None and found.precision in ("minute", "second")


def is_count_line(blocks: Sequence[Block], at: int) -> bool:
    """Whether a count belongs to the date line of a post, directly above it."""
    return (
        any(date_of(block) is not None for block in blocks[max(0, at - 1) : at])
        and count_stated(blocks[at].text) is not None
        and not header_follows(blocks, at)
        and not repeats_title(blocks, at)
        and not any(says_line(block.text) is not None for block in blocks[at + 1 : at + 3])
    )
