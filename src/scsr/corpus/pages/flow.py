"""Text saved from a browser: find posts and comments in a sequence of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.messages import is_head, names_beside_date, plan_thread
from scsr.corpus.pages.meta import author_of, date_of, is_meta
from scsr.corpus.pages.model import Plan
from scsr.corpus.pages.openings import comment_starts, dated_to_the_minute
from scsr.corpus.pages.phrases import bare, count_stated, forms, named, says_line
from scsr.corpus.pages.talk import can_be_name, cut, is_button, is_comment_heading, is_text, is_thread

__all__ = ["plan_lines"]

MOST_META = 40
MOST_TOOLS = 16


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
    thread = None if talk else plan_thread(blocks, titled_dates(blocks))
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
        if (at < first_talk or heading_like(blocks, at)) and (can_date_head(blocks[at]) or heads_month(blocks, at))
    ]
    above = {at: title for at in dated if (title := title_above(blocks, at)) is not None}
    below = {at: title for at in dated if (title := title_below(blocks, at)) is not None}
    add_sandwiched(blocks, dated, above)
    use_below = prefers_below(blocks, above, below)
    chosen = below if use_below else above
    nearest = {
        title: min((abs(at - title), at) for at in chosen if chosen[at] == title)[1] for title in chosen.values()
    }
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

    if plain(below) != plain(above):
        return plain(below) > plain(above)
    if not below:
        return False
    alone = all(word_count(blocks[at].text) <= 6 for at in below)
    if alone and len(below) == 1 and all(title <= 3 for title in above.values()):
        # what stands over the only date, at the top of the page, is the name of the site
        return all(is_whole_date(blocks[at]) for at in below)
    return alone and not all(blocks[at].gap == 0 for at in above)


def is_whole_date(block: Block) -> bool:
    """Whether a line is a date and nothing else."""
    date = date_of(block)
    return date is not None and word_count(block.text[: date.start] + " " + block.text[date.end :]) <= 1


def title_above(blocks: Sequence[Block], at: int) -> int | None:
    """Title over a date line; lines about the post may stand between."""
    for back in range(at - 1, max(-1, at - 5), -1):
        block = blocks[back]
        if is_button(block) or block.rule == "repeated":
            return None  # buttons end what stands above
        if is_meta(block) or is_comment_line(block) or author_of(block) or block.rule:
            continue
        return back if is_head(block) else None
    return None


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
