"""Text saved from a browser: find posts and comments in a sequence of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.meta import date_of, is_meta, member_line
from scsr.corpus.pages.phrases import count_stated, says_line, starts_with
from scsr.corpus.pages.talk import cut, is_button, is_comment_heading, is_text, is_thread

__all__ = ["Plan", "plan_lines"]

END_MARKS = ("search", "recent", "archive", "powered_by", "older", "newer", "comment_form")


@dataclass(slots=True)
class Plan:
    """Where a post stands: indices of its blocks by part."""

    title: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    comments: list[list[int]] = field(default_factory=list)
    replies: list[int | None] = field(default_factory=list)
    marked: bool = False


def plan_lines(blocks: Sequence[Block]) -> list[Plan]:
    """Find the posts of a saved text.

    Parameters
    ----------
    blocks : sequence of Block
        Its lines.

    Returns
    -------
    list of Plan
    """
    talk = comment_starts(blocks)
    heads = dated_heads(blocks, talk) or spaced_heads(blocks, talk) or lone_head(blocks)
    plans = []
    for k, (first, title, body) in enumerate(heads):
        end = heads[k + 1][0] if k + 1 < len(heads) else len(blocks)
        opening = next((at for at in sorted(talk) if body <= at < end), None)
        plan = Plan([title] if title is not None else [], [at for at in range(first, body) if at != title])
        if opening is None:
            plan.body = list(range(body, end))
        else:
            plan.body = list(range(body, opening))
            plan.comments = cut(blocks, range(opening + (1 if heading_at(blocks, opening) else 0), end))
            plan.head += [opening] if heading_at(blocks, opening) else []
        plans.append(plan)
    return [as_thread(plans)] if len(plans) > 1 and is_thread(titles_of(blocks, plans)) else plans


def titles_of(blocks: Sequence[Block], plans: Sequence[Plan]) -> list[str]:
    return [" ".join(blocks[at].text for at in plan.title) for plan in plans]


def as_thread(plans: Sequence[Plan]) -> Plan:
    """Make one thread of messages that each repeat its subject."""
    first = plans[0]
    first.comments = [sorted([*plan.title, *plan.head, *plan.body]) for plan in plans[1:]]
    return first


def heading_at(blocks: Sequence[Block], at: int) -> bool:
    return is_comment_heading(blocks[at])


def comment_starts(blocks: Sequence[Block]) -> set[int]:
    """Lines at which a run of comments starts: its heading, or what stands where a heading would."""
    starts: set[int] = set()
    prose = 0
    for at, block in enumerate(blocks):
        if is_prose(block.text):
            prose += 1
        if not prose:
            continue
        if is_comment_heading(block) and not is_count_line(blocks, at):
            near = blocks[at + 1 : at + 8]
            if any(says_line(b.text) is not None or is_button(b) or dated_to_the_minute(b) for b in near):
                starts.add(at)
        elif starts_with(block.text, "subscribe") and any(is_button(b) for b in blocks[at + 1 :]):
            following = next(
                (k for k in range(at + 1, len(blocks)) if is_text(blocks[k]) and is_prose(blocks[k].text)), None
            )
            if following is not None and not any(k in starts for k in range(at)):
                if all(rule_of(b.text) is not None for b in blocks[at:following]):
                    starts.add(following)
    return starts


def dated_to_the_minute(block: Block) -> bool:
    found = date_of(block)
    return found is not None and found.precision in ("minute", "second")


def is_count_line(blocks: Sequence[Block], at: int) -> bool:
    """Whether a count belongs to the date line of a post, directly above it."""
    return (
        any(date_of(block) is not None for block in blocks[max(0, at - 1) : at])
        and count_stated(blocks[at].text) is not None
    )


def in_talk(at: int, talk: set[int], heads: Sequence[int]) -> bool:
    """Whether a line stands inside a run of comments that no head has ended."""
    start = max((k for k in talk if k <= at), default=None)
    return start is not None


def dated_heads(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Heads of posts by their date lines: (first line, title, first line of the text)."""
    first_talk = min(talk, default=len(blocks))
    dated = [
        at for at, block in enumerate(blocks)
        if (at < first_talk or heading_like(blocks, at))
        and (found := date_of(block)) is not None and found.precision != "month" and says_line(block.text) is None
        and not member_line(block)
    ]  # fmt: skip
    above = {at: title for at in dated if (title := title_above(blocks, at)) is not None}
    below = {at: title for at in dated if (title := title_below(blocks, at)) is not None}
    use_below = len(below) > len(above) or (len(below) == len(above) and prefers_below(blocks, above, below))
    heads: list[tuple[int, int | None, int]] = []
    for at in dated:
        title = (below if use_below else above).get(at)
        if title is None:
            continue
        body = past_meta(blocks, max(at, title) + 1)
        first = min(at, title)
        if heads and first < heads[-1][2]:
            continue
        if body < len(blocks) and has_text(blocks, body):
            heads.append((first, title, body))
    return heads


def heading_like(blocks: Sequence[Block], at: int) -> bool:
    """Whether a date below a run of comments heads a new post: date alone, title below, then running text."""
    found = date_of(blocks[at])
    title = title_below(blocks, at)
    if found is None or found.precision != "day" or title is None:
        return False
    return any(is_prose(block.text) for block in blocks[title + 1 : title + 4]) and not any(
        is_button(block) for block in blocks[title + 1 : title + 3]
    )


def prefers_below(blocks: Sequence[Block], above: dict[int, int], below: dict[int, int]) -> bool:
    """Between two readings, whether titles stand below their dates: dates alone on their line, as Blogger has them."""
    if not below:
        return False
    alone = [at for at in below if word_count(blocks[at].text) <= 5]
    return (
        len(alone) == len(below)
        and all(is_prose(blocks[below[at] + 1].text) for at in below if below[at] + 1 < len(blocks))
        and not all(blocks[at].gap == 0 for at in above)
    )


def title_above(blocks: Sequence[Block], at: int) -> int | None:
    """Title over a date line; lines about the post may stand between."""
    for back in range(at - 1, max(-1, at - 4), -1):
        block = blocks[back]
        if is_meta(block) or is_comment_line(block):
            continue
        if is_title_like(block.text) and rule_of(block.text) is None and not block.listed:
            return back
        return None
    return None


def title_below(blocks: Sequence[Block], at: int) -> int | None:
    """Title under a date line."""
    for ahead in range(at + 1, min(len(blocks), at + 3)):
        block = blocks[ahead]
        if is_meta(block):
            continue
        follows = any(is_text(b) for b in blocks[ahead + 1 : ahead + 4])
        if is_title_like(block.text) and rule_of(block.text) is None and follows:
            return ahead
        return None
    return None


def is_comment_line(block: Block) -> bool:
    """Whether a line states or asks for comments."""
    return word_count(block.text) <= 6 and (
        count_stated(block.text) is not None
        or rule_of(block.text) in ("leave_comment", "no_comments", "buttons", "share")
    )


def past_meta(blocks: Sequence[Block], at: int) -> int:
    """First line after the lines about a post."""
    while at < len(blocks) and (
        is_meta(blocks[at]) or is_comment_line(blocks[at]) or rule_of(blocks[at].text) in ("category", "tags")
    ):
        at += 1
    return at


def has_text(blocks: Sequence[Block], at: int) -> bool:
    """Whether running text follows soon."""
    return any(is_prose(block.text) or word_count(block.text) > 8 for block in blocks[at : at + 4])


def spaced_heads(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Heads of posts without dates: short lines set off by more space than paragraphs are, or behind a post's end."""
    end = min(talk, default=len(blocks))
    gaps = Counter(block.gap for block in blocks[1:end] if is_prose(block.text))
    usual = gaps.most_common(1)[0][0] if gaps else 1
    heads: list[tuple[int, int | None, int]] = []
    for at in range(end - 1):
        block, following = blocks[at], blocks[at + 1]
        wide = (at > 0 and block.gap > usual) or following.gap > usual
        # set off by space, even a line with a full stop is a title
        short = is_title_like(block.text) or (wide and word_count(block.text) <= 12)
        if not short or rule_of(block.text) is not None or block.listed:
            continue
        if not is_text(following) or not any(is_prose(b.text) for b in blocks[at + 1 : at + 3]):
            continue
        if is_title_like(following.text) and following.gap > usual and not is_prose(following.text):
            continue
        ended = at > 0 and rule_of(blocks[at - 1].text) is not None
        sentence = SENTENCE_END.search(block.text) is not None and block.text.rstrip()[-1] == "." and not wide
        if (wide or ended or at == 0) and not sentence:
            heads.append((at, at, at + 1))
    return heads


def lone_head(blocks: Sequence[Block]) -> list[tuple[int, int | None, int]]:
    """One post for a text without any sign of a head: its first running text, and the short line above it."""
    first = next((at for at, block in enumerate(blocks) if is_prose(block.text)), None)
    if first is None:
        return []
    if first and is_title_like(blocks[first - 1].text) and rule_of(blocks[first - 1].text) is None:
        return [(first - 1, first - 1, first)]
    return [(first, None, first)]
