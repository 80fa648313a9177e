"""Which headings of a page are the titles of its posts."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, rule_of, word_count
from scsr.corpus.pages.messages import post_share
from scsr.corpus.pages.meta import date_of
from scsr.corpus.pages.phrases import bare
from scsr.corpus.pages.talk import can_be_name, is_comment_heading, is_thread, reply_prefix
from scsr.corpus.pages.tree import Tree

__all__ = ["choose_titles", "joined_titles", "with_opening"]

HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+)?")
NO_TITLE_RULES = frozenset((
    "sidebar", "footer", "menu", "cookie", "form", "pager", "related", "share", "advert", "newsletter",
    "toc", "author_box", "tags", "member", "signature",
))  # fmt: skip
BETWEEN_NAMES = re.compile(r"\s+[|\u00b7\u2022\u2013\u2014-]+\s+|\s*(?:\u00bb|\u00ab|\u203a|::|:)\s+")
"""What stands between the title of a page and the name of its site."""


def choose_titles(tree: Tree) -> list[int]:
    """Choose the kind of heading that best explains itself as the titles of posts."""
    blocks = tree.blocks
    found = candidates(tree)
    groups: dict[tuple[object, ...], list[int]] = {}
    for at in found:
        groups.setdefault(group_key(tree, at), []).append(at)
    scored = [(score(tree, members, found), members) for members in groups.values()]
    if not scored:
        return []
    best, chosen = max(scored, key=lambda pair: (pair[0], -pair[1][0]))
    if best < 1.0:
        return []
    if len(chosen) == 1 and bare(blocks[chosen[0]].text) == bare(tree.title):
        # what the page is called may be the name of the site, over posts that each state their comments
        for points, members in scored:
            if len(members) > 1 and members[0] > chosen[0] and points > best - 1 and are_of_posts(tree, members):
                return members
    if len(chosen) == 1 and names_page(tree, blocks[chosen[0]].text):
        same = bare(blocks[chosen[0]].text)
        return [next(at for at in found if bare(blocks[at].text) == same)]
    hinted = any("title" in blocks[at].roles for at in chosen)
    for points, members in scored:
        if (
            members is not chosen
            and hinted
            and points >= best - 1.5
            and all("title" in blocks[at].roles for at in members)
        ):
            same_tag = {tree.nodes[blocks[at].node].tag for at in members} == {
                tree.nodes[blocks[at].node].tag for at in chosen
            }
            if (same_tag or all(blocks[at].heading for at in members)) and all(
                "body" not in blocks[at].roles for at in members
            ):
                chosen = sorted({*chosen, *members})
    return sorted(chosen)


def are_of_posts(tree: Tree, members: Sequence[int]) -> bool:
    """Whether what stands below each of several headings holds a line of the kind that posts have."""
    ranges = [list(range(at, end)) for at, end in zip(members, [*members[1:], len(tree.blocks)], strict=True)]
    return post_share(tree.blocks, ranges) >= 0.8


def candidates(tree: Tree) -> list[int]:
    """Blocks that may be the title of a post."""
    found = []
    headed = {bare(block.text) for block in tree.blocks if block.heading or "title" in block.roles}
    parts = set(own_parts(tree.title))
    unheaded = set() if parts & headed else {part for part in parts if 4 <= len(part) < len(bare(tree.title))}
    for at, block in enumerate(tree.blocks):
        heading = block.heading > 0 or "title" in block.roles or (bare(block.text) in unheaded)
        if not heading or word_count(block.text) == 0 or word_count(block.text) > 40:
            continue
        named = (
            block.heading in (1, 2) and word_count(block.text) > 2 and tree.title.lower().startswith(block.text.lower())
        )
        if (block.rule in NO_TITLE_RULES and not named) or leads_home(block) or "badge" in block.roles:
            continue
        if "comment" in block.roles and (block.heading == 0 or not in_post(tree, at)):
            continue
        date = date_of(block)
        if date is not None and date.end - date.start > 0.6 * len(block.text):
            continue
        if rule_of(block.text) is not None or (is_comment_heading(block) and not block.linked):
            continue
        found.append(at)
    return found


def leads_home(block: Block) -> bool:
    """Whether a heading is the name of the site, linked to its first page."""
    href = next((run.href for run in block.runs if run.href), None)
    return block.linked > 0.7 and href is not None and HOME.fullmatch(href.strip()) is not None


def in_post(tree: Tree, at: int) -> bool:
    """Whether what is named a comment around a block is named a post too, as forums name their messages."""
    for up in tree.above(tree.blocks[at].node):
        roles = tree.nodes[up].roles
        if "comments" in roles:
            return False
        if {"comment", "post"} <= roles:
            return True
    return False


def group_key(tree: Tree, at: int) -> tuple[object, ...]:
    """Return what headings of one kind share: element, names, whether linked, the roles of what is around."""
    block = tree.blocks[at]
    index = block.node
    for up in tree.above(block.node):
        node = tree.nodes[up]
        if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6") or "title" in node.roles:
            index = up
            break
        if node.hi - node.lo > 3:
            break
    node = tree.nodes[index]
    parent = tree.nodes[node.parent] if node.parent >= 0 else node
    names = tuple(name for name in node.names if len(name) > 2)[:3]
    return (node.tag, names, parent.tag, tuple(sorted(parent.roles)), block.linked > 0.7, "body" in block.roles)


def score(tree: Tree, members: Sequence[int], found: Sequence[int]) -> float:
    """How well one kind of heading explains itself as titles, averaged over its members."""
    blocks = tree.blocks
    total = 0.0
    several = len(members) > 1
    for k, at in enumerate(members):
        end = members[k + 1] if k + 1 < len(members) else len(blocks)
        total += score_one(tree, at, end, found, several=several)
    points = total / len(members) + 0.5 * math.log(len(members))
    if several and in_like_elements(tree, members):
        points += 1.0
    if are_writers(tree, members, found):
        points -= 6.0
    text = " ".join(blocks[members[0]].text.split()).lower()
    if len(members) == 1 and len(text) > 3 and (text in tree.title.lower() or names_page(tree, text)):
        points += named_points(tree, members[0], found)
    if several and in_like_elements(tree, members):
        points += 1.0
    if are_writers(tree, members, found):
        points -= 6.0
    text = " ".join(blocks[members[0]].text.split()).lower()
    if len(members) == 1 and len(text) > 3 and (text in tree.title.lower() or names_page(tree, text)):
        last = bare(tree.title).endswith(bare(text)) and bare(text) not in own_parts(tree.title)
        points += 0.3 if last else 1.5
    return points


def named_points(tree: Tree, at: int, found: Sequence[int]) -> float:
    """Points of a heading that the title of the page holds: few where a later one is the rest of that title."""
    text = tree.blocks[at].text
    parts = [bare(part) for part in BETWEEN_NAMES.split(tree.title)]
    if bare(text) in parts:
        others = {part for part in parts if part != bare(text) and len(part) > 3}
        if any(other > at and bare(tree.blocks[other].text) in others for other in found):
            return 0.3
        if any(other < at and bare(tree.blocks[other].text) in others for other in found):
            return 1.5
    if not names_page(tree, text):
        return 0.3
    return 3.5 if len(parts) > 1 and word_count(text) > 2 else 1.5


def in_like_elements(tree: Tree, members: Sequence[int]) -> bool:
    """Whether headings stand in elements side by side of one kind."""
    kinds = set()
    for k, at in enumerate(members):
        before = members[k - 1] if k else -1
        after = members[k + 1] if k + 1 < len(members) else len(tree.blocks)
        own = None
        for up in tree.above(tree.blocks[at].node):
            node = tree.nodes[up]
            if node.lo <= before or node.hi > after:
                break
            own = node
        if own is None or own.hi - own.lo < 2:
            return False
        kinds.add((own.tag, own.names[:1], own.parent))
    return len(kinds) == 1


def are_writers(tree: Tree, members: Sequence[int], found: Sequence[int]) -> bool:
    """Whether headings are the names of who wrote what stands below them, under the title of the page."""
    blocks = tree.blocks
    lines = [blocks[at].text for at in members]
    if len(members) < 2 or is_thread(lines):
        return False
    if sum(is_marked_writer(blocks[at]) for at in members) > 0.6 * len(members):
        return True
    return (
        (len(set(lines)) < len(lines) or all(line in tree.captions for line in lines))
        and all(can_be_name(blocks[at]) for at in members)
        and any(at < members[0] and names_page(tree, blocks[at].text) for at in found)
    )


def is_marked_writer(block: Block) -> bool:
    """Whether the markup says of most of a heading that it is a writer."""
    size = sum(len(run.text.strip()) for run in block.runs if "author" in run.roles)
    return "author" in block.roles or size > 0.4 * len(block.text)


def names_page(tree: Tree, text: str) -> bool:
    """Whether a line is what the page calls itself, or the part of that which is not the name of the site."""
    line, whole = bare(text), bare(" ".join(BETWEEN_NAMES.split(tree.title)))
    if len(line) < 4:
        return False
    parts = own_parts(tree.title)
    if line == whole or any(line == part or (word_count(part) > 2 and line.startswith(part)) for part in parts):
        return True
    # signs of the kind that part the title from the name of the site stand inside of titles, too
    return len(parts) > 1 and word_count(line) > 2 and (whole.startswith(line + " ") or whole.endswith(" " + line))


@lru_cache(maxsize=64)
def own_parts(title: str) -> tuple[str, ...]:
    """Parts of a page's title without the one that is the name of the site: the last, or a short first one."""
    parts = [part for part in map(bare, BETWEEN_NAMES.split(title)) if part]
    if len(parts) < 2:
        return tuple(parts)
    return tuple(parts[1:] if word_count(parts[0]) < 3 <= word_count(parts[-1]) else parts[:-1])


def score_one(tree: Tree, at: int, end: int, found: Sequence[int], *, several: bool) -> float:
    """Evidence that one heading is the title of a post."""
    blocks = tree.blocks
    block = blocks[at]
    points = (6 - (block.heading or 4)) * 0.1
    if "title" in block.roles:
        points += 2.5
    if any("permalink" in run.roles for run in block.runs):
        points += 2.0
    elif block.linked > 0.7:
        href = next((run.href for run in block.runs if run.href), "") or ""
        points += 0.0 if href.startswith("#") else 1.5
    if "body" in block.roles and "title" not in block.roles:
        points -= 4.0
    if block.rule == "header" and not (names_page(tree, block.text) and word_count(block.text) > 2):
        points -= 2.0
    if first_of_post(tree, at, found):
        points += 2.0
    around = [*blocks[max(0, at - 2) : at], *blocks[at + 1 : min(end, at + 5)]]
    if any(date_of(near) is not None and not near.rule.startswith(("sidebar", "menu")) for near in around):
        points += 2.0
    following = [near for near in blocks[at + 1 : end] if not near.rule]
    prose = sum(word_count(near.text) for near in following[:60] if is_prose(near.text) or word_count(near.text) > 6)
    if prose < 6 and not (several and sum(word_count(near.text) for near in following[:60]) >= 8):
        return points - 4.0
    later = range(bisect_right(found, at), bisect_left(found, end))
    next_heading = next((found[k] for k in later if "body" not in blocks[found[k]].roles), end)
    direct = any(is_prose(near.text) for near in blocks[at + 1 : next_heading])
    return points + (2.0 if direct else 0.5)


def first_of_post(tree: Tree, at: int, found: Sequence[int]) -> bool:
    """Whether an element named as a post starts its headings with this one."""
    for up in tree.above(tree.blocks[at].node):
        node = tree.nodes[up]
        if "post" in node.roles and "comment" not in node.roles:
            first = bisect_left(found, node.lo)
            return first == len(found) or found[first] >= node.hi or found[first] == at
    return False


def joined_titles(blocks: Sequence[Block], titles: Sequence[int]) -> list[list[int]]:
    """Put the lines of one heading together."""
    groups: list[list[int]] = []
    for at in titles:
        if groups and at == groups[-1][-1] + 1 and blocks[at].node == blocks[groups[-1][-1]].node:
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def with_opening(tree: Tree, groups: list[list[int]]) -> list[list[int]]:
    """Add the subject of a thread, where it is another kind of heading than those of its replies."""
    subjects = [" ".join(tree.blocks[at].text for at in group) for group in groups]
    # "Re:" in a language that is not known is still a word and a colon before the same subject
    rests = {bare(reply_prefix().sub("", subjects[0])), bare(subjects[0].partition(":")[2])} - {bare(subjects[0]), ""}
    if not rests or not (len(groups) == 1 or is_thread(subjects)):
        return groups
    above = [at for at in candidates(tree) if at < groups[0][0] and bare(tree.blocks[at].text) in rests]
    return [above[-1:], *groups] if above else groups
