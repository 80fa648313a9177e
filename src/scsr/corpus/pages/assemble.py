"""From plans to posts: what is text, what is furniture, and the account of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, rule_of, word_count
from scsr.corpus.pages.meta import is_by_line, is_meta, is_notice, read_meta
from scsr.corpus.pages.model import Comment, Plan, Post, visible
from scsr.corpus.pages.phrases import forms
from scsr.corpus.pages.remarks import UTTERANCES, assemble_comment, joined, label, repeats, role_of
from scsr.corpus.pages.talk import can_be_name
from scsr.corpus.pages.writers import long_by_line

__all__ = ["account", "assemble", "label_rest"]

ADDRESS = re.compile(r"https?://[^/\s]+/[^\s#]*[^/\s#]", re.IGNORECASE)
TAIL_RULES = frozenset((
    "share", "like", "read_also", "link_list", "category", "tags", "buttons", "comment_count", "permalink",
    "subscribe", "older", "newer", "related", "pager", "spam_notice", "recent", "archive",
))  # fmt: skip
END_RULES = frozenset((
    "search", "recent", "archive", "older", "newer", "powered_by", "comment_form", "subscribe", "copyright",
    "follow",
))  # fmt: skip


def assemble(blocks: Sequence[Block], plan: Plan, captions: set[str]) -> Post:
    """Make one post of a plan, labelling its blocks.

    Parameters
    ----------
    blocks : sequence of Block
        All blocks of the page.
    plan : Plan
    captions : set of str
        Alternative texts and titles of the page's images.

    Returns
    -------
    Post
    """
    for at in plan.title:
        blocks[at].label = UTTERANCES
    title = joined(blocks, plan.title).replace("\n\n", " ")
    text_at, lines = part_body(blocks, plan.body, captions, title, careful=plan.marked)
    about = lines if plan.comments else before_form(blocks, lines)
    meta = read_meta([blocks[at] for at in sorted({*plan.head, *about})])
    if plan.header and (meta.author is None or blocks[plan.header[0]].node >= 0):
        # over the first message of a thread stand the names of the forum, too
        meta.author = read_meta([blocks[at] for at in plan.header], comment=True).author or meta.author
    text = joined(blocks, text_at)
    comments: list[Comment] = []
    for record, reply_to in zip(plan.comments, [*plan.replies, *[None] * len(plan.comments)], strict=False):
        said = " ".join([text, *(comment.text for comment in comments[-50:])])
        comments.append(assemble_comment(blocks, record, title, said, reply_to))
    comments = without_empty(comments)
    label(blocks, plan.head, "post_meta")
    label(blocks, lines, "after_post")
    return Post(
        title=title,
        text=text,
        author=meta.author,
        published_at=meta.published_at,
        date_precision=meta.precision,
        n_comments_stated=meta.n_comments,
        url=address(blocks, plan.title),
        comments=tuple(comments),
        role=role_of(blocks, [*plan.head, *lines]),
    )


def before_form(blocks: Sequence[Block], lines: Sequence[int]) -> list[int]:
    """Leave out what stands behind the form for comments: it is about other posts."""
    return list(takewhile(lambda at: blocks[at].node < 0 or blocks[at].rule != "form", lines))


def without_empty(comments: Sequence[Comment]) -> list[Comment]:
    """Leave out comments of which nothing is left to read, and count the ones that are answered anew."""
    kept = [k for k, comment in enumerate(comments) if comment.text]
    place = {k: n for n, k in enumerate(kept)}
    return [replace(comments[k], reply_to=place.get(-1 if (to := comments[k].reply_to) is None else to)) for k in kept]


def address(blocks: Sequence[Block], title: Sequence[int]) -> str | None:
    """Address that a title links to."""
    for at in title:
        for run in blocks[at].runs:
            # a relative address, or that of a whole site, tells no post from another one's
            if run.href and ADDRESS.match(run.href.strip()):
                return run.href.strip()
    return None


def part_body(
    blocks: Sequence[Block], where: Sequence[int], captions: set[str], title: str, *, careful: bool
) -> tuple[list[int], list[int]]:
    """Tell the text of a post from the furniture in and behind it: (text, lines about it)."""
    rules: dict[int, str] = {}
    for k, at in enumerate(where):
        rule = body_rule(blocks, where, k, captions)
        if not rule and repeats(blocks[at], title) and len(rules) == k:
            rule = "subject"
        if rule:
            rules[at] = rule
    for at, following in pairwise(where):
        if at not in rules and rules.get(following) == "member" and can_be_name(blocks[at]):
            rules[at] = "member"
    end = tail_start(blocks, where, rules, careful=careful)
    text = [at for at in where[:end] if at not in rules]
    for at in where:
        if at in rules:
            blocks[at].label = f"furniture:{rules[at]}"
    for at in text:
        blocks[at].label = UTTERANCES
    kept = set(text)
    return text, [at for at in where if at not in kept]


def body_rule(blocks: Sequence[Block], where: Sequence[int], k: int, captions: set[str]) -> str:
    """Furniture rule of a block inside a text; "" for text."""
    block = blocks[where[k]]
    if block.rule:
        return block.rule
    if "caption" in block.roles or (block.text in captions and word_count(block.text) <= 40):
        return "caption"
    if "signature" in block.roles:
        return "signature"
    if "author" in block.roles and not block.heading and not is_quoted(block) and "body" not in block.roles:
        return "post_meta"
    if word_count(block.text) <= 30 and not is_quoted(block) and not block.heading:
        near = [blocks[at].text for at in where[max(0, k - 2) : k + 3] if at != where[k] and not blocks[at].rule]
        if block.text in near:
            return "caption"
    if block.after_embed and block.linked > 0.9 and word_count(block.text) <= 10:
        return "video"
    if (
        block.linked > 0.9
        and word_count(block.text) <= 10
        and any(word in block.text.lower().split() for word in forms("video"))
    ):
        return "video"
    early = not any(is_prose(blocks[at].text) for at in where[:k])
    if (
        is_meta(block)
        and (early or block.linked > 0 or not is_prose(block.text) or is_notice(block.text))
        and not block.heading
        and not is_quoted(block)
    ):
        return "post_meta"
    if is_prose(block.text) and word_count(block.text) > 40:
        return ""
    return rule_of(block.text, in_body=True) or ""


def is_quoted(block: Block) -> bool:
    return "blockquote" in block.roles


def tail_start(blocks: Sequence[Block], where: Sequence[int], rules: dict[int, str], *, careful: bool) -> int:
    """Position in `where` behind which only furniture follows."""
    last = -1
    closed = after = False
    box = author_box(blocks, where) if not careful else len(where)
    for k, at in enumerate(where):
        closed = closed or k >= box
        if rules.get(at) in END_RULES and last >= 0 and not careful:
            closed = True
        if at in rules:
            after = after or (rules[at] in TAIL_RULES and last >= 0 and not careful)
            continue
        block = blocks[at]
        if is_prose(block.text) and not closed and block.linked < 0.7 and (not after or word_count(block.text) >= 14):
            last, after = k, False
    if last < 0:
        last = next((k for k, at in enumerate(where) if at not in rules), -1)
    if careful:
        return len(where)
    # what follows the last running text is still text, up to the first line of furniture
    for k in range(last + 1, len(where)):
        if k == box:
            return k
        if where[k] in rules and rules[where[k]] not in ("caption", "video", "image_credit", "signs", "post_meta"):
            return k
    return len(where)


def author_box(blocks: Sequence[Block], where: Sequence[int]) -> int:
    """Position of a line such as "Written by NAME" behind most of a text, with a portrait of the writer below it."""
    sizes = [word_count(blocks[at].text) for at in where]
    before, whole = 0, sum(sizes)
    for k, at in enumerate(where):
        if before > 0.6 * whole and long_by_line().match(blocks[at].text) and is_by_line(blocks[at]):
            return k
        before += sizes[k]
    return len(where)


def label_rest(blocks: Sequence[Block], plans: Sequence[Plan]) -> None:
    """Label what is in no post: furniture before, between and behind them."""
    used = [at for plan in plans for at in (*plan.title, *plan.body)]
    first, last = (min(used), max(used)) if used else (len(blocks), -1)
    for at, block in enumerate(blocks):
        if block.label:
            continue
        rule = block.rule or rule_of(block.text)
        if rule is None:
            if not used:
                block.label = "reject:no post found"
                continue
            rule = "header" if at < first else "end_of_page" if at > last else "between_posts"
        block.label = f"furniture:{rule}"


def account(blocks: Sequence[Block]) -> Counter[str]:
    """Sum the visible characters of blocks by label."""
    found: Counter[str] = Counter()
    for block in blocks:
        found[block.label] += visible(block.text)
    return found
