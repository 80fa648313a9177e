"""HTML pages: where posts stand, what is their text, and which comments are theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose, word_count
from scsr.corpus.pages.messages import message_share, planned, post_share, thread_title
from scsr.corpus.pages.meta import author_of, date_of, is_meta
from scsr.corpus.pages.model import Plan
from scsr.corpus.pages.phrases import bare
from scsr.corpus.pages.records import find_comments
from scsr.corpus.pages.talk import can_be_name, first_text, header_end, is_comment_heading, is_text, is_thread
from scsr.corpus.pages.template import mark_repeated
from scsr.corpus.pages.titles import choose_titles, joined_titles, with_opening
from scsr.corpus.pages.tree import Node, Tree

__all__ = ["plan_tree"]


def plan_tree(tree: Tree) -> list[Plan]:
    """Find the posts of a parsed page.

    Parameters
    ----------
    tree : Tree

    Returns
    -------
    list of Plan
        Empty where no heading stands over any text.
    """
    titles = choose_titles(tree)
    if not titles:
        return []
    blocks = tree.blocks
    replies = joined_titles(blocks, titles)
    groups = with_opening(tree, replies)
    lines = [" ".join(blocks[at].text for at in group) for group in groups]
    if len(groups) > 1 and (is_thread(lines) or is_thread(lines[len(groups) - len(replies) :])):
        return [thread_of_titles(tree, groups)]
    thread = thread_of_names(tree, groups)
    if thread is not None:
        return [thread]
    heads = [Head(group) for group in groups] + [Head([], box) for box in untitled(tree, groups)]
    heads.sort(key=lambda head: head.first)
    ranges = spans(tree, heads)
    return [plan_post(tree, head.title, lo, hi) for head, (lo, hi) in zip(heads, ranges, strict=True)]


@dataclass(slots=True)
class Head:
    """What a post is known by: the blocks of its title, or without one its element."""

    title: list[int]
    box: Node | None = None

    @property
    def first(self) -> int:
        """First block that is surely the post's."""
        return self.title[0] if self.box is None else self.box.lo

    @property
    def last(self) -> int:
        """Last block that is surely the post's head."""
        return self.title[-1] if self.box is None else self.box.lo


def spans(tree: Tree, heads: Sequence[Head]) -> list[tuple[int, int]]:
    """Range of blocks of each post: its largest element without another post's title, else up to the next title."""
    found: list[tuple[int, int]] = []
    boxed, usual = False, 0
    for k, head in enumerate(heads):
        before = heads[k - 1].last if k else -1
        after = heads[k + 1].first if k + 1 < len(heads) else len(tree.blocks)
        held = boxed
        lo, hi, boxed = own_range(tree, head, before, after, alone=len(heads) == 1)
        if len(heads) > 1 or lo == head.first:
            start = header_start(tree, lo)
            if k and lo == head.first and not held and usual:
                start = max(start, lo - usual)  # what else stands there is the foot of the post above
            lo = max(found[-1][1] if held and found[-1][1] <= lo else before + 1, start)
        usual = usual if k else head.first - lo
        found.append((lo, hi))
    ends = []
    for k, (lo, hi) in enumerate(found):
        after = found[k + 1][0] if k + 1 < len(found) else len(tree.blocks)
        hi = min(hi, after)
        # comments may stand behind the element that holds their post
        if any(is_comment_heading(tree.blocks[at]) and tree.blocks[at].heading for at in range(hi, after)):
            ends.append((lo, after))
            continue
        talk = [
            at
            for at in range(hi, after)
            if "comment" in tree.blocks[at].roles and tree.blocks[at].rule not in ("sidebar", "footer")
        ]
        ends.append((lo, talk[-1] + 1 if talk else hi))
    return ends


def own_range(tree: Tree, head: Head, before: int, after: int, *, alone: bool) -> tuple[int, int, bool]:
    """Range of the largest element that holds a post and no part of another, and whether there is one."""
    if head.box is not None:
        return head.box.lo, head.box.hi, True
    box = None
    for up in tree.above(tree.blocks[head.first].node):
        node = tree.nodes[up]
        if node.lo <= before or node.hi > after:
            break
        box = node
        if alone and "post" in node.roles and holds_text(tree.blocks, node, head.title):
            break
    if box is None or not holds_text(tree.blocks, box, head.title):
        return head.first, after, False
    if alone:
        return (box.lo if "post" in box.roles else head.first), len(tree.blocks), True
    return box.lo, box.hi, True


def header_start(tree: Tree, title: int) -> int:
    """First of the lines about a post that stand above its title."""
    at = title
    dated = False
    while at > 0 and title - at < 4:
        above = tree.blocks[at - 1]
        date = date_of(above)
        if dated and date is not None:
            break  # the date of what stands above
        dated = dated or date is not None
        if (
            "comment" in above.roles
            or above.rule in ("sidebar", "menu", "header", "footer", "pager")
            or not (is_meta(above) or author_of(above))
        ):
            break
        at -= 1
    return at


def holds_text(blocks: Sequence[Block], node: Node, group: Sequence[int]) -> bool:
    """Whether an element holds more than the title and lines about it."""
    return any(
        at > group[-1] and is_text(blocks[at]) and word_count(blocks[at].text) > 2 for at in range(node.lo, node.hi)
    )


def untitled(tree: Tree, groups: Sequence[Sequence[int]]) -> list[Node]:
    """Elements of posts without a title: named as those of the titled posts are, with text and no title in them."""
    own, kinds = [], set()
    for group in groups:
        for up in tree.above(tree.blocks[group[0]].node):
            node = tree.nodes[up]
            if "blog" in node.roles or ("post" in node.roles and len(groups) > 1):
                own.append(node)
                kinds.add((node.tag, node.roles))
                break
    found: list[Node] = []
    for node in tree.nodes:
        if (node.tag, node.roles) not in kinds or "comment" in node.roles or (found and node.lo < found[-1].hi):
            continue
        if any(node.lo < other.hi and other.lo < node.hi for other in own):
            continue
        if any(node.lo <= group[0] < node.hi for group in groups):
            continue
        if any(is_prose(tree.blocks[at].text) and not tree.blocks[at].rule for at in range(node.lo, node.hi)):
            found.append(node)
    return found


def plan_post(tree: Tree, title: Sequence[int], lo: int, hi: int) -> Plan:
    """Part one post's range into head, body and comments."""
    blocks = tree.blocks
    plan = Plan(list(title))
    start = title[-1] + 1 if title else lo
    opening, records, replies = find_comments(tree, start, lo, hi)
    end = opening if opening is not None else hi
    mark_repeated(blocks, records)
    if (
        records
        and opening is not None
        and title
        and (records[0][0] <= start or opens_thread(blocks, start, opening, records))
    ):
        # a thread: the first record is the post itself
        first = [at for at in records[0] if at not in title]
        header = header_end(blocks, first)
        split_body(plan, blocks, [*range(lo, records[0][0]), *first] if records[0][0] > lo else first, title)
        if not plan.marked:
            plan.head, plan.body = [*range(lo, first[0]), *first[:header]], first[header:]
            plan.header = first[:header]
        else:
            plan.header = [at for at in plan.head if at >= first[0] and at < plan.body[0]]
        subject = bare(" ".join(blocks[at].text for at in title))
        plan.header = [at for at in plan.header if bare(blocks[at].text) != subject]
        plan.header = plan.header[-header_length(blocks, records) :]
        plan.comments, plan.replies = records[1:], [None if r is None or r == 0 else r - 1 for r in replies[1:]]
        return plan
    split_body(plan, blocks, [at for at in range(lo, end) if at not in title], title)
    plan.comments, plan.replies = records, replies
    if opening is not None:
        plan.head += [
            at
            for at in range(opening, records[0][0] if records else opening)
            if not blocks[at].rule or any("count" in run.roles for run in blocks[at].runs)
        ]
    return plan


def header_length(blocks: Sequence[Block], records: Sequence[Sequence[int]]) -> int:
    """Return how many blocks stand over the texts of most messages behind the first."""
    texts = [
        next((at for at in record if "body" in blocks[at].roles), first_text(blocks, record)) for record in records[1:]
    ]
    lengths = Counter(record.index(at) for record, at in zip(records[1:], texts, strict=True) if at is not None)
    return (lengths.most_common(1)[0][0] if lengths else 0) or len(records[0])


def opens_thread(blocks: Sequence[Block], start: int, opening: int, records: Sequence[Sequence[int]]) -> bool:
    """Whether nothing is said between a title and the first of several messages, so that this one is the post."""
    between = [blocks[at] for at in range(start, max(opening, records[0][0]))]
    if len(records) < 2 or any(is_comment_heading(block) or "body" in block.roles for block in between):
        return False
    lines = [block for block in between if is_text(block)]
    return not any(is_prose(block.text) for block in lines) and sum(word_count(block.text) for block in lines) <= 8


def split_body(plan: Plan, blocks: Sequence[Block], where: Sequence[int], title: Sequence[int]) -> None:
    """Tell the lines about a post from its text, by the element that is named as its text where there is one."""
    marked = [at for at in where if "body" in blocks[at].roles and not blocks[at].rule]
    plan.marked = any(is_text(blocks[at]) for at in marked)
    first = marked[0] if plan.marked else None
    for at in where:
        block = blocks[at]
        if plan.marked:
            inside = "body" in block.roles
            lead = (
                title
                and title[-1] < at
                and first is not None
                and at < first
                and is_prose(block.text)
                and not block.rule
            )
            (plan.body if inside or lead else plan.head).append(at)
        elif title and at < title[0]:
            plan.head.append(at)
        else:
            plan.body.append(at)


def thread_of_titles(tree: Tree, groups: Sequence[Sequence[int]]) -> Plan:
    """Make one thread of messages that each repeat its subject."""
    ranges = spans(tree, [Head(list(group)) for group in groups])
    plan = Plan(list(groups[0]))
    split_body(plan, tree.blocks, [at for at in range(*ranges[0]) if at not in groups[0]], groups[0])
    for group, (lo, hi) in zip(groups[1:], ranges[1:], strict=True):
        plan.comments.append([at for at in range(lo, hi) if at not in group])
    plan.replies = [None] * len(plan.comments)
    return plan


def thread_of_names(tree: Tree, groups: Sequence[Sequence[int]]) -> Plan | None:
    """Make one thread of messages under headings that are names of writers; None where headings are titles."""
    blocks = tree.blocks
    if len(groups) < 2 or not all(can_be_name(blocks[at]) or "author" in blocks[at].roles for at, *_ in groups):
        return None
    ranges = spans(tree, [Head(list(group)) for group in groups])
    records = [list(range(lo, hi)) for lo, hi in ranges]
    if message_share(blocks, records) < 0.6 or post_share(blocks, records) >= 0.5:
        return None
    title = thread_title(blocks, records[0][0])
    return None if title is None else planned(blocks, records)
