"""Split a saved page into posts and comments, with nothing lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from scsr.corpus.pages.assemble import account, assemble, label_rest
from scsr.corpus.pages.blocks import Block, cleaned, text_blocks
from scsr.corpus.pages.flow import plan_lines
from scsr.corpus.pages.messages import message_share, post_share
from scsr.corpus.pages.meta import date_of
from scsr.corpus.pages.model import Page, Plan, visible
from scsr.corpus.pages.repeated import mark_members, mark_repeated
from scsr.corpus.pages.saved import find_saved

__all__ = ["looks_like_html", "split"]

LONGEST = 5_000_000
"""Characters that a page may show: some ten long novels."""
TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|article|section|table|span|h[1-6]|ul|br|meta|title)\b[^<]{0,400}>",
    re.IGNORECASE,
)


def looks_like_html(text: str) -> bool:
    """Whether a text is markup.

    Examples
    --------
    >>> looks_like_html("<p class='a'>Hei</p>"), looks_like_html("3 < 4, og 5 > 4")
    (True, False)
    """
    return TAG.search(text[:200_000]) is not None


def split(text: str, *, is_html: bool | None = None, saved_at: datetime | None = None) -> Page:
    """Split a saved page, HTML or text, into posts and comments.

    Parameters
    ----------
    text : str
        The page, decoded. Anything goes: what is no page has no posts.
    is_html : bool, optional
        Whether it is markup; judged by its content where it is not stated.
    saved_at : datetime, optional
        When the page was saved; where it is not stated, what the page itself says of that, such as the comment of
        a program that saves pages. Only then "3 days ago" becomes a date.

    Returns
    -------
    Page
        Posts in the order of the page. Its account adds up to all visible characters: each belongs to an
        utterance, a named furniture rule or a reject.

    Examples
    --------
    >>> page = split('''Tirsdag 11. september 2012
    ... Den gule permen
    ... Nå er det 140 spørsmål i den, og jeg har kjøpt en grønn.
    ... ''')
    >>> page.posts[0].title, page.posts[0].published_at.isoformat()
    ('Den gule permen', '2012-09-11T00:00:00')
    >>> sum(page.account.values()) == page.n_visible
    True
    """
    text = cleaned(text)
    if is_html is None:
        is_html = looks_like_html(text)
    saved_at = saved_at or find_saved(text)
    blocks, plans, captions = read_html(text, saved_at) if is_html else read_lines(text, saved_at)
    if too_long(blocks):
        plans = []
        for block in blocks:
            block.label = "reject:too long for a page"
    posts = [assemble(blocks, plan, captions) for plan in plans]
    label_rest(blocks, plans)
    found: Counter[str] = account(blocks)
    return Page(
        tuple(post for post in posts if post.text or post.title),
        dict(sorted(found.items())),
        sum(visible(block.text) for block in blocks),
    )


def too_long(blocks: Sequence[Block]) -> bool:
    """Whether there is more to read than any page has; looking for posts in it would take minutes."""
    return sum(len(block.text) for block in blocks) > LONGEST


def read_lines(text: str, saved_at: datetime | None) -> tuple[list[Block], list[Plan], set[str]]:
    """Blocks and plans of saved text."""
    blocks = list(text_blocks(text))
    for block in blocks:
        block.saved_at = saved_at
    if too_long(blocks):
        return blocks, [], set()
    mark_members(blocks)
    mark_repeated(blocks)
    return blocks, plan_lines(blocks), set()


def read_html(text: str, saved_at: datetime | None) -> tuple[list[Block], list[Plan], set[str]]:
    """Blocks and plans of markup; a general extractor finds the text where no heading tells."""
    from scsr.corpus.pages.markup import parse
    from scsr.corpus.pages.outline import plan_tree

    tree = parse(text)
    for block in tree.blocks:
        block.saved_at = saved_at
    if too_long(tree.blocks):
        return tree.blocks, [], set()
    mark_members(tree.blocks)
    plans = plan_tree(tree)
    if not plans or are_posts(tree.blocks, plans):
        plans = plan_seen(tree.blocks) or plans
    elif len(plans) == 1 and not any(block.heading for block in tree.blocks) and not plans[0].comments:
        # what the page calls itself is a site's name where several dated posts stand below it
        plans = max(plans, plan_seen(tree.blocks), key=len)
    if not plans and tree.blocks:
        plans = extracted(text, tree.blocks)
    return tree.blocks, plans, tree.captions


def are_posts(blocks: Sequence[Block], plans: Sequence[Plan]) -> bool:
    """Whether what was taken for the messages of one thread are posts: each states its comments or category."""
    records = [record for plan in plans for record in plan.comments]
    if len(plans) > 1 or not records or message_share(blocks, records) >= 0.5:
        return False
    return post_share(blocks, records) >= 0.8


def plan_seen(blocks: Sequence[Block]) -> list[Plan]:
    """Plan markup without headings as the lines that a reader sees, where they are dated."""
    where = [at for at, block in enumerate(blocks) if not block.rule]
    if not any(date_of(blocks[at]) is not None for at in where):
        return []
    plans = plan_lines([blocks[at] for at in where])
    for plan in plans:
        for part in (plan.title, plan.head, plan.body, plan.header, *plan.comments):
            part[:] = [where[at] for at in part]
    return plans


def extracted(text: str, blocks: Sequence[Block]) -> list[Plan]:
    """Plan one post from what trafilatura takes for the main text.

    References
    ----------
    Barbaresi (2021), *Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery and
    Extraction*, ACL-IJCNLP system demonstrations.
    """
    if len(text) > 5_000_000:
        return []
    import trafilatura

    main = trafilatura.extract(text, include_comments=False, include_tables=True, fast=True) or ""
    lines = {" ".join(cleaned(line).split()).lstrip("- ") for line in main.split("\n")}
    body = [at for at, block in enumerate(blocks) if block.text in lines]
    if not body:
        return []
    title = next((at for at in range(body[0], -1, -1) if blocks[at].heading and not blocks[at].rule), None)
    return [Plan([title] if title is not None else [], [], [at for at in body if at != title])]
