"""Messages of a thread in saved text: dated lines with a writer each, and no titles of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.meta import author_of, date_of, is_by_line, rest_name
from scsr.corpus.pages.model import Plan
from scsr.corpus.pages.phrases import bare, count_stated, named, says_line
from scsr.corpus.pages.talk import (
    can_be_name,
    cut,
    dates_header,
    header_end,
    is_button,
    is_comment_heading,
    is_text,
    reply_prefix,
)

__all__ = ["is_head", "message_share", "names_beside_date", "plan_thread", "planned", "post_share", "thread_title"]

NUMBERED = re.compile(r"^\W*#\s?\d{1,5}\W*$|^\d{1,4}$")
POST_RULES = frozenset(("category", "tags", "read_more", "no_comments", "leave_comment", "link_list"))


def is_head(block: Block) -> bool:
    """Whether a line can be the title of a post by itself."""
    if not is_title_like(block.text) or block.listed or is_comment_heading(block):
        return False
    return rule_of(block.text) is None


def names_beside_date(block: Block) -> bool:
    """Whether a line holds a date and a name."""
    date = date_of(block)
    return date is not None and rest_name(block, date) is not None


def has_name(blocks: Sequence[Block], record: Sequence[int]) -> bool:
    """Whether the header of a message names its writer."""
    return any(author_of(blocks[at]) or can_be_name(blocks[at]) or names_beside_date(blocks[at]) for at in record[:7])


def of_message(block: Block) -> bool:
    """Whether a line is one that software prints around a message and not around a post."""
    return (
        is_button(block)
        or (member_line(block) and block.rule != "head")
        or NUMBERED.match(block.text) is not None
        or is_glued(block)
        or (says_line(block.text) is not None and word_count(block.text) <= 12)
    )


def is_glued(block: Block) -> bool:
    """Whether a name and a date stand side by side without a blank, as parts of one header do in saved text."""
    date = date_of(block)
    if date is None or date.start < 2 or block.node >= 0 or named(block.text[: date.start], "posted_on"):
        return False
    return block.text[date.start - 1].isalpha()


def of_post(block: Block) -> bool:
    """Whether a line is one that software prints around a post and not around a message."""
    if is_button(block) or member_line(block) or word_count(block.text) > 30:
        return False
    stated = count_stated(block.text) is not None and word_count(block.text) <= 12
    return stated or rule_of(block.text) in POST_RULES


def message_share(blocks: Sequence[Block], records: Sequence[Sequence[int]]) -> float:
    """Share of records with a line of the kind that messages have."""
    return sum(any(of_message(blocks[at]) for at in record) for record in records) / len(records)


def post_share(blocks: Sequence[Block], records: Sequence[Sequence[int]]) -> float:
    """Share of records with a line of the kind that posts have."""
    return sum(any(of_post(blocks[at]) for at in record) for record in records) / len(records)


def plan_thread(blocks: Sequence[Block], titled: int) -> Plan | None:
    """Read messages under dates as one thread; None where they are posts.

    Parameters
    ----------
    blocks : sequence of Block
        All lines of the page.
    titled : int
        How many of its dated lines stand below a title of several words.
    """
    dated = [at for at, block in enumerate(blocks) if dates_message(block)]
    records = cut(blocks, range(len(blocks)), signed_below=False) if len(dated) > 1 else []
    messages = [record for record in records if any(at in dated for at in record[:9])]
    if len(messages) < 2 or len(messages) < 0.6 * len(dated) or not all(has_name(blocks, r) for r in messages):
        return None
    posts = post_share(blocks, messages[:-1])
    timed = sum(date.precision in ("minute", "second") for at in dated if (date := date_of(blocks[at])))
    like_messages = message_share(blocks, messages[:-1])
    if posts >= 0.5 and posts >= like_messages:
        return None
    if like_messages < 0.6 and (timed < len(dated) or titled > 0.5 * len(dated)):
        return None
    return planned(blocks, messages)


def dates_message(block: Block) -> bool:
    """Whether a dated line can stand over a message."""
    return dates_header(block) and not block.listed


def planned(blocks: Sequence[Block], messages: Sequence[Sequence[int]]) -> Plan:
    """Make the plan of a thread: its subject, its first message and the others."""
    first = messages[0][0]
    header = header_end(blocks, messages[0])
    texts = [at for at in messages[0][header:] if is_text(blocks[at])]
    inside = texts[0] if len(texts) > 1 and is_head(blocks[texts[0]]) else None
    above = repeated_subject(blocks, messages)
    above = thread_title(blocks, first) if above is None else above
    title = above
    if inside is not None and not blocks[inside].text.endswith((".", "!", ":")):
        line = bare(blocks[inside].text)
        named_above = any(bare(block.text).endswith(line) for block in blocks[max(0, first - 12) : first])
        if named_above or (above is None and not is_prose(blocks[inside].text)):
            title = inside
    from_top = min(first, title) if title is not None else first
    head = [at for at in sorted({*range(from_top, first), *messages[0][:header]}) if at != title]
    body = [at for at in messages[0][header:] if at != title]
    header_lines = [at for at in messages[0][:header] if at != title]
    return Plan([title] if title is not None else [], head, body, [list(m) for m in messages[1:]], header=header_lines)


def repeated_subject(blocks: Sequence[Block], messages: Sequence[Sequence[int]]) -> int | None:
    """First line that is the subject which the headers of the replies repeat behind "Re:"."""
    prefix = reply_prefix()
    found: Counter[str] = Counter()
    for message in messages[1:]:
        lines = {blocks[at].text for at in message[:9] if len(blocks[at].text) < 200}
        found.update({bare(prefix.sub("", line)) for line in lines if prefix.match(line)})
    subject, n = found.most_common(1)[0] if found else ("", 0)
    if not subject or n < 0.5 * (len(messages) - 1):
        return None
    opening = messages[0]
    # what stands behind the first text is the subject of an answer
    end = next((at for at in opening if is_prose(blocks[at].text) and is_text(blocks[at])), messages[1][0])
    return next((at for at in range(end) if bare(blocks[at].text) == subject and not blocks[at].listed), None)


def ends_line_above(blocks: Sequence[Block], at: int, first: int) -> bool:
    """Whether a line of the page's head ends with this one, as breadcrumbs and window titles do."""
    line = bare(blocks[at].text)
    return len(line) > 5 and any(
        len(block.text) < 300 and bare(block.text) != line and bare(block.text).endswith(line)
        for block in blocks[max(0, first - 20) : first + 10]
    )


def thread_title(blocks: Sequence[Block], first: int) -> int | None:
    """Line above the first message that is most likely its subject.

    Subjects come back over the replies ("Re: ..."), stand as headings, are the longest of the lines above and the
    nearest to the message; names of forums and boards are short.
    """
    best: tuple[float, int] | None = None
    later = [bare(reply_prefix().sub("", block.text)) for block in blocks[first:] if len(block.text) < 200]
    for at in range(max(0, first - 12), first):
        block = blocks[at]
        if not is_head(block) or date_of(block) is not None or member_line(block) or is_by_line(block):
            continue
        if block.rule in ("menu", "sidebar", "form", "footer") or (block.rule == "header" and not block.heading):
            continue
        points = min(word_count(block.text), 6) + 4.0 * (bare(block.text) in later) + 3.0 * (block.heading > 0)
        points += (
            4.0 * ends_line_above(blocks, at, first) + 0.5 * (at - first) + 2.0 * block.text.rstrip().endswith("?")
        )
        if best is None or points > best[0]:
            best = (points, at)
    return best[1] if best else None
