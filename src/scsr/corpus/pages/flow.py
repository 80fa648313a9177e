"""Text saved from a browser: find posts and comments in a sequence of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.feet import footed_heads, same_day
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.heads import (
    can_date_head,
    has_text,
    is_comment_line,
    is_whole_date,
    leads_answer,
    past_meta,
    past_tools,
    title_above,
    title_below,
    writer_above,
)
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.messages import is_head, names_beside_date, plan_thread
from scsr.corpus.pages.meta import date_of, is_meta
from scsr.corpus.pages.model import Plan
from scsr.corpus.pages.openings import comment_starts, dated_to_the_minute
from scsr.corpus.pages.phrases import bare, named
from scsr.corpus.pages.talk import cut, is_button, is_comment_heading, is_text, is_thread

__all__ = ["plan_lines"]


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
    thread = None if talk or are_reviews(blocks) else plan_thread(blocks, titled_dates(blocks))
    if thread is not None:
        return [thread]
    heads = (
        quoted_head(blocks, talk)
        or footed_heads(blocks, talk)
        or dated_heads(blocks, talk)
        or counted_heads(blocks, talk)
        or spaced_heads(blocks, talk)
        or lone_head(blocks)
    )
    if not talk and only_later_answered(blocks, heads):
        talk, heads = {heads[1][0]}, heads[:1]
    plans = []
    for k, (first, title, body) in enumerate(heads):
        end = heads[k + 1][0] if k + 1 < len(heads) else len(blocks)
        plans += plans_between(blocks, talk, first, title, body, end)
    return [as_thread(plans)] if len(plans) > 1 and is_thread(titles_of(blocks, plans)) else plans


def plans_between(
    blocks: Sequence[Block], talk: set[int], first: int, title: int | None, body: int, end: int
) -> list[Plan]:
    """Make the plan of one post with its comments, and those of the untitled days' further posts below it."""
    opening = next((at for at in range(body, end) if at in talk), None) or answer_in(blocks, body, end)
    plan = Plan([title] if title is not None else [], [at for at in range(first, body) if at != title])
    plan.header = [at for at in range(first, body) if at != title and writer_above(blocks, at) == first < at]
    if plan.header:
        plan.header = list(range(first, plan.header[0]))
    if opening is not None:
        plan.body = list(range(body, opening))
        plan.comments = cut(blocks, range(opening + (1 if is_comment_heading(blocks[opening]) else 0), end))
        plan.head += [opening] if is_comment_heading(blocks[opening]) else []
        return [plan]
    dates = [at for at in plan.head if title is not None and at < title and is_whole_date(blocks[at])]
    later = same_day(blocks, body, end) if dates else []
    signed = next((at for at in plan.head if "author" in blocks[at].roles), body)
    lead = [at for at in plan.head if title is not None and title < at < signed < body and is_text(blocks[at])]
    plan.head = [at for at in plan.head if at not in lead]
    plan.body = [*lead, *range(body, later[0] if later else end)]
    ends = [*later[1:], end]
    return [plan, *(Plan([at], dates[:1], list(range(at + 1, ends[k]))) for k, at in enumerate(later))]


def only_later_answered(blocks: Sequence[Block], heads: Sequence[tuple[int, int | None, int]]) -> bool:
    """Whether all dated texts but the first end in a button to reply: a post with its comments."""
    if len(heads) < 2:
        return False
    ends = [*(first for first, _, _ in heads[1:]), len(blocks)]
    replies = [
        any(named(block.text, "reply") for block in blocks[body:end])
        for (_, _, body), end in zip(heads, ends, strict=True)
    ]
    return all(replies[1:]) and not replies[0]


def answer_in(blocks: Sequence[Block], body: int, end: int) -> int | None:
    """Line that leads to an answer below a review, with its date behind."""
    return next((at for at in range(body, end - 2) if leads_answer(blocks, at)), None)


def are_reviews(blocks: Sequence[Block]) -> bool:
    """Whether several dated texts stand beside each other with answers to single ones, as reviews do."""
    dated = [at for at, block in enumerate(blocks) if can_date_head(block)]
    answers = sum(at > 0 and leads_answer(blocks, at - 1) for at in dated)
    if 0 < answers <= len(dated) - answers and len(dated) - answers > 1:
        return True
    fields = [at for at, block in enumerate(blocks) if at and block.rule == "field" and is_prose(blocks[at - 1].text)]
    return len(fields) > 1 and len(fields) >= 0.6 * len(dated)


def titles_of(blocks: Sequence[Block], plans: Sequence[Plan]) -> list[str]:
    return [" ".join(blocks[at].text for at in plan.title) for plan in plans]


def as_thread(plans: Sequence[Plan]) -> Plan:
    """Make one thread of messages that each repeat its subject."""
    first = plans[0]
    first.comments = [sorted([*plan.title, *plan.head, *plan.body]) for plan in plans[1:]]
    return first


def titled_dates(blocks: Sequence[Block]) -> int:
    """Count the dated lines that stand below a title of several words."""
    above = [title_above(blocks, at) for at, block in enumerate(blocks) if dated_to_the_minute(block)]
    return sum(at is not None and word_count(blocks[at].text) > 3 for at in above)


def quoted_head(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Head of a single post whose title the heading of its comments repeats: 5 comments to "TITLE"."""
    if not talk or any(is_prose(block.text) and is_text(block) for block in blocks[min(talk) + 1 : max(talk)]):
        return []
    heading = bare(blocks[max(talk)].text)
    for at in range(min(talk)):
        line = bare(blocks[at].text)
        if len(line) > 5 and heading.endswith(line) and heading != line and not blocks[at].listed:
            body = past_tools(blocks, past_meta(blocks, at + 1))
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
        body = past_tools(blocks, past_meta(blocks, at))
        if body < len(blocks) and has_text(blocks, body) and is_text(blocks[body]):
            heads.append((at - 1, at - 1, body))
    return heads


def dated_heads(blocks: Sequence[Block], talk: set[int]) -> list[tuple[int, int | None, int]]:
    """Heads of posts by their date lines: (first line, title, first line of the text)."""
    first_talk = min(talk, default=len(blocks))
    dated = [
        at
        for at in range(len(blocks))
        if (at < first_talk or heading_like(blocks, at))
        and (can_date_head(blocks[at]) or heads_month(blocks, at))
        and not (at and leads_answer(blocks, at - 1))
    ]
    above = {at: title for at in dated if (title := title_above(blocks, at)) is not None}
    below = {at: title for at in dated if (title := title_below(blocks, at)) is not None}
    add_sandwiched(blocks, dated, above)
    use_below = prefers_below(blocks, above, below)
    chosen = below if use_below else above
    nearest: dict[int, int] = {}
    for at, title in sorted(chosen.items(), key=lambda item: (abs(item[0] - item[1]), item[0])):
        nearest.setdefault(title, at)
    dated = [at for at in dated if at not in chosen or nearest[chosen[at]] == at]
    heads: list[tuple[int, int | None, int]] = []
    for at in dated:
        title = chosen.get(at)
        alone = (
            use_below
            and word_count(blocks[at].text) <= 5
            and is_prose(blocks[at + 1].text if at + 1 < len(blocks) else "")
        )
        if title is None and not (alone and heads):
            continue
        body = past_tools(blocks, past_meta(blocks, max(at, at if title is None else title) + 1))
        first = at if title is None else min(at, title)
        first = writer_above(blocks, first) if use_below else first
        if heads and first < heads[-1][2]:
            continue
        if body < len(blocks) and has_text(blocks, body):
            heads.append((first, title, body))
    return heads


def add_sandwiched(blocks: Sequence[Block], dated: Sequence[int], above: dict[int, int]) -> None:
    """Take for titles what reads as furniture but stands where the other posts have their titles."""
    if len(above) < 2 or not all(at - title == 1 for at, title in above.items()):
        return
    ends = {rule_of(blocks[title - 1].text) for title in above.values() if title}
    for at in dated:
        if at in above or at < 2 or not is_title_like(blocks[at - 1].text) or date_of(blocks[at - 1]) is not None:
            continue
        if rule_of(blocks[at - 2].text) in ends - {None} and date_of(blocks[at - 2]) is None:
            above[at] = at - 1


def heads_month(blocks: Sequence[Block], at: int) -> bool:
    """Whether a month alone on its line dates a post: a title below it, and running text directly below that."""
    date = date_of(blocks[at])
    if date is None or date.precision != "month" or date.end - date.start < len(blocks[at].text.strip()):
        return False
    return (
        at + 2 < len(blocks) and is_head(blocks[at + 1]) and is_prose(blocks[at + 2].text) and is_text(blocks[at + 2])
    )


def heading_like(blocks: Sequence[Block], at: int) -> bool:
    """Whether a date below a run of comments heads a new post: date alone, title below, then running text."""
    found = date_of(blocks[at])
    title = title_below(blocks, at)
    if found is None or found.precision != "day" or title is None or names_beside_date(blocks[at]):
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

    if below and above and all(member_line(blocks[at + 1]) for at in above.values()):
        return True  # what stands above are the writers
    if plain(below) != plain(above):
        return plain(below) > plain(above)
    if not below:
        return False
    alone = all(word_count(blocks[at].text) <= 6 for at in below)
    if alone and len(below) == 1 and all(title <= 3 for title in above.values()):
        # what stands over the only date, at the top of the page, is the name of the site
        return all(is_whole_date(blocks[at]) for at in below)
    return alone and not all(blocks[at].gap == 0 for at in above)


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
