"""Text saved from a browser: find posts and comments in a sequence of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.meta import author_of, date_of, is_meta, member_line, rest_name
from scsr.corpus.pages.phrases import bare, count_stated, forms, named, says_line, starts_with
from scsr.corpus.pages.talk import can_be_name, cut, header_end, is_button, is_comment_heading, is_text, is_thread

__all__ = ["Plan", "plan_lines"]

END_MARKS = ("search", "recent", "archive", "powered_by", "older", "newer", "comment_form")


@dataclass(slots=True)
class Plan:
    """Where a post stands: indices of its blocks by part.

    `header` are the lines over the first message of a thread, where its writer may stand alone; `marked` says
    that the markup names the text.
    """

    title: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    comments: list[list[int]] = field(default_factory=list)
    replies: list[int | None] = field(default_factory=list)
    header: list[int] = field(default_factory=list)
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
    thread = untitled_thread(blocks, talk)
    if thread is not None:
        return [thread]
    heads = (
        quoted_head(blocks, talk)
        or dated_heads(blocks, talk)
        or counted_heads(blocks, talk)
        or spaced_heads(blocks, talk)
        or lone_head(blocks)
    )
    plans = []
    for k, (first, title, body) in enumerate(heads):
        end = heads[k + 1][0] if k + 1 < len(heads) else len(blocks)
        opening = next((at for at in sorted(talk) if body <= at < end), None)
        plan = Plan([title] if title is not None else [], [at for at in range(first, body) if at != title])
        if opening is None:
            plan.body = list(range(body, end))
        else:
            plan.body = list(range(body, opening))
            plan.comments = cut(blocks, range(opening + (1 if is_comment_heading(blocks[opening]) else 0), end))
            plan.head += [opening] if is_comment_heading(blocks[opening]) else []
        plans.append(plan)
    return [as_thread(plans)] if len(plans) > 1 and is_thread(titles_of(blocks, plans)) else plans


def titles_of(blocks: Sequence[Block], plans: Sequence[Plan]) -> list[str]:
    return [" ".join(blocks[at].text for at in plan.title) for plan in plans]


def as_thread(plans: Sequence[Plan]) -> Plan:
    """Make one thread of messages that each repeat its subject."""
    first = plans[0]
    first.comments = [sorted([*plan.title, *plan.head, *plan.body]) for plan in plans[1:]]
    return first


def untitled_thread(blocks: Sequence[Block], talk: set[int]) -> Plan | None:
    """Read messages under dates to the minute as one thread, where hardly any of them has a title."""
    if talk:
        return None
    timed = [at for at, block in enumerate(blocks) if dated_to_the_minute(block) and not member_line(block)]
    records = cut(blocks, range(len(blocks)), signed_below=False) if len(timed) > 1 else []
    messages = [record for record in records if any(at in timed for at in record[:6])]
    if len(messages) < 2 or len(messages) < 0.8 * len(timed):
        return None
    first = messages[0][0]
    titled = [at for at in timed if (up := title_above(blocks, at)) is not None and word_count(blocks[up].text) > 3]
    if len(titled) > 0.5 * len(timed) or not all(has_name(blocks, record) for record in messages):
        return None
    header = header_end(blocks, messages[0])
    texts = [at for at in messages[0][header:] if is_text(blocks[at])]
    title = texts[0] if len(texts) > 1 else None
    if title is None or not is_title_like(blocks[title].text) or blocks[title].text.endswith((".", "!")):
        title = next((at for at in range(first - 1, -1, -1) if is_head(blocks[at])), None)
    head = [
        at
        for at in [*range(min(first, title if title is not None else first), first), *messages[0][:header]]
        if at != title
    ]
    body = [at for at in messages[0][header:] if at != title]
    header_lines = [at for at in messages[0][:header] if at != title]
    return Plan([title] if title is not None else [], head, body, messages[1:], header=header_lines)


def is_head(block: Block) -> bool:
    """Whether a line can be the title of a post by itself."""
    return is_title_like(block.text) and rule_of(block.text) is None and not block.listed


def has_name(blocks: Sequence[Block], record: Sequence[int]) -> bool:
    """Whether the header of a message names its writer."""
    return any(author_of(blocks[at]) or can_be_name(blocks[at]) or names_beside_date(blocks[at]) for at in record[:5])


def names_beside_date(block: Block) -> bool:
    date = date_of(block)
    return date is not None and rest_name(block, date) is not None


def quoted_head(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Head of a single post whose title the heading of its comments repeats: 5 comments to "TITLE"."""
    if len(talk) != 1:
        return []
    heading = bare(blocks[min(talk)].text)
    for at in range(min(talk)):
        line = bare(blocks[at].text)
        if len(line) > 5 and heading.endswith(line) and heading != line and not blocks[at].listed:
            body = past_meta(blocks, at + 1)
            if has_text(blocks, body):
                first = at - 1 if at and date_of(blocks[at - 1]) is not None else at
                return [(first, at, body)]
    return []


def counted_heads(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Heads of posts by a line under the title that states the number of comments, or the writer."""
    heads: list[tuple[int, int | None, int]] = []
    for at in range(1, min(talk, default=len(blocks))):
        if (
            not (is_comment_line(blocks[at]) or is_meta(blocks[at]))
            or not is_head(blocks[at - 1])
            or is_meta(blocks[at - 1])
        ):
            continue
        body = past_meta(blocks, at)
        if body < len(blocks) and has_text(blocks, body) and is_text(blocks[body]):
            heads.append((at - 1, at - 1, body))
    return heads


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
            alone = named(block.text, "comments") and any(names_beside_date(b) for b in near[:3])
            if alone or any(says_line(b.text) is not None or is_button(b) or dated_to_the_minute(b) for b in near):
                starts.add(at)
        elif starts_with(block.text, "subscribe") and any(is_button(b) for b in blocks[at + 1 :]):
            following = next(
                (k for k in range(at + 1, len(blocks)) if is_text(blocks[k]) and is_prose(blocks[k].text)), None
            )
            between = blocks[at : following or at]
            if between and not any(k < at for k in starts) and all(rule_of(b.text) is not None for b in between):
                starts.add(at + len(between))
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


def dated_heads(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Heads of posts by their date lines: (first line, title, first line of the text)."""
    first_talk = min(talk, default=len(blocks))
    dated = [
        at for at in range(len(blocks)) if (at < first_talk or heading_like(blocks, at)) and can_date_head(blocks[at])
    ]
    above = {at: title for at in dated if (title := title_above(blocks, at)) is not None}
    below = {at: title for at in dated if (title := title_below(blocks, at)) is not None}
    use_below = prefers_below(blocks, above, below)
    heads: list[tuple[int, int | None, int]] = []
    for at in dated:
        title = (below if use_below else above).get(at)
        alone = (
            use_below
            and word_count(blocks[at].text) <= 5
            and is_prose(blocks[at + 1].text if at + 1 < len(blocks) else "")
        )
        if title is None and not (alone and heads):
            continue
        body = past_meta(blocks, max(at, at if title is None else title) + 1)
        first = at if title is None else min(at, title)
        if heads and first < heads[-1][2]:
            continue
        if body < len(blocks) and has_text(blocks, body):
            heads.append((first, title, body))
    return heads


def can_date_head(block: Block) -> bool:
    """Whether a date line can stand at the head of a post, and is not the sentence below one."""
    date = date_of(block)
    if date is None or says_line(block.text) is not None or member_line(block):
        return False
    if date.precision == "month":
        return count_stated(block.text) is not None and "(" not in block.text
    rest = block.text[: date.start].lower()
    return not (
        word_count(rest) > 3 and any(f" {phrase} " in f" {rest} " for phrase in forms("category") if " " in phrase)
    )


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
    """Whether titles stand below their dates, as Blogger has them, and not above."""

    def plain(titles: dict[int, int]) -> int:
        return sum(
            not SENTENCE_END.search(blocks[at].text) or blocks[at].text.endswith(("?", "!")) for at in titles.values()
        )

    if plain(below) != plain(above):
        return plain(below) > plain(above)
    if not below:
        return False
    alone = all(word_count(blocks[at].text) <= 6 for at in below)
    return alone and not all(blocks[at].gap == 0 for at in above)


def title_above(blocks: Sequence[Block], at: int) -> int | None:
    """Title over a date line; lines about the post may stand between."""
    for back in range(at - 1, max(-1, at - 4), -1):
        block = blocks[back]
        if is_button(block):
            return None  # buttons end what stands above
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
    """First line after the lines about a post, with what stands between two of them."""
    while at < len(blocks):
        between = at + 1 < len(blocks) and blocks[at + 1].gap == 0 and word_count(blocks[at].text) <= 4
        if not (about_post(blocks[at]) or (between and blocks[at].gap == 0 and about_post(blocks[at + 1]))):
            break
        at += 1
    return at


def about_post(block: Block) -> bool:
    """Whether a line is about a post: date, writer, comments, category."""
    return is_meta(block) or is_comment_line(block) or rule_of(block.text) in ("category", "tags")


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
