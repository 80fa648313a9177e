"""HTML pages: find posts and comments by headings, dates and the elements that repeat around them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.flow import Plan
from scsr.corpus.pages.furniture import is_prose, rule_of, word_count
from scsr.corpus.pages.markup import Node, Tree
from scsr.corpus.pages.meta import author_of, date_of, is_meta, member_line
from scsr.corpus.pages.phrases import bare
from scsr.corpus.pages.talk import REPLY_TITLE, can_be_name, cut, first_text, header_end, is_comment_heading, is_text, is_thread

__all__ = ["plan_tree"]

NO_TITLE_RULES = frozenset(
    "sidebar footer menu cookie form pager related share advert newsletter toc author_box tags".split()
)


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
    groups = with_opening(tree, joined_titles(blocks, titles))
    if len(groups) > 1 and is_thread([" ".join(blocks[at].text for at in group) for group in groups]):
        return [thread_of_titles(tree, groups)]
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


# --- titles -----------------------------------------------------------------------------------------------------------


def candidates(tree: Tree) -> list[int]:
    """Blocks that may be the title of a post."""
    found = []
    for at, block in enumerate(tree.blocks):
        heading = block.heading > 0 or "title" in block.roles
        if not heading or word_count(block.text) == 0 or word_count(block.text) > 40:
            continue
        named = (
            block.heading in (1, 2) and word_count(block.text) > 2 and tree.title.lower().startswith(block.text.lower())
        )
        if block.rule in NO_TITLE_RULES and not named:
            continue
        if "comment" in block.roles and block.heading == 0:
            continue
        date = date_of(block)
        if date is not None and date.end - date.start > 0.6 * len(block.text):
            continue
        if rule_of(block.text) is not None or (is_comment_heading(block) and not block.linked):
            continue
        found.append(at)
    return found


def group_key(tree: Tree, at: int) -> tuple[object, ...]:
    """What headings of one kind share: element, names, whether linked, and the roles of what is around."""
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


def score(tree: Tree, members: Sequence[int], found: Sequence[int]) -> float:
    """How well one kind of heading explains itself as titles, averaged over its members."""
    blocks = tree.blocks
    total = 0.0
    for k, at in enumerate(members):
        end = members[k + 1] if k + 1 < len(members) else len(blocks)
        total += score_one(tree, at, end, found)
    points = total / len(members) + 0.5 * math.log(len(members))
    text = " ".join(blocks[members[0]].text.split()).lower()
    if len(members) == 1 and len(text) > 3 and text in tree.title.lower():
        points += 1.5 if not bare(tree.title).endswith(bare(text)) or bare(tree.title) == bare(text) else 0.3
    return points


def score_one(tree: Tree, at: int, end: int, found: Sequence[int]) -> float:
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
        points += 0.0 if re.fullmatch(r"(?:https?://[^/]+)?/?(?:index\.\w+)?", href) or href.startswith("#") else 1.5
    if "body" in block.roles and "title" not in block.roles:
        points -= 4.0
    if block.rule in ("header",):
        points -= 2.0
    if first_of_post(tree, at, found):
        points += 2.0
    around = [*blocks[max(0, at - 2) : at], *blocks[at + 1 : min(end, at + 5)]]
    if any(date_of(near) is not None and not near.rule.startswith(("sidebar", "menu")) for near in around):
        points += 2.0
    following = [near for near in blocks[at + 1 : end] if not near.rule]
    prose = sum(word_count(near.text) for near in following[:60] if is_prose(near.text) or word_count(near.text) > 6)
    if prose < 6:
        return points - 4.0
    next_heading = next((other for other in found if at < other < end and "body" not in blocks[other].roles), end)
    direct = any(is_prose(near.text) for near in blocks[at + 1 : next_heading])
    return points + (2.0 if direct else 0.5)


def first_of_post(tree: Tree, at: int, found: Sequence[int]) -> bool:
    """Whether an element named as a post starts its headings with this one."""
    for up in tree.above(tree.blocks[at].node):
        node = tree.nodes[up]
        if "post" in node.roles and "comment" not in node.roles:
            return next((other for other in found if node.lo <= other < node.hi), at) == at
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
    subject = REPLY_TITLE.sub("", subjects[0])
    if subject == subjects[0] or not (len(groups) == 1 or is_thread(subjects)):
        return groups
    above = [at for at in candidates(tree) if at < groups[0][0] and bare(tree.blocks[at].text) == bare(subject)]
    return [above[-1:], *groups] if above else groups


# --- where posts stand ------------------------------------------------------------------------------------------------


def spans(tree: Tree, heads: Sequence[Head]) -> list[tuple[int, int]]:
    """Range of blocks of each post: its largest element without another post's title, else up to the next title."""
    found = []
    for k, head in enumerate(heads):
        before = heads[k - 1].last if k else -1
        after = heads[k + 1].first if k + 1 < len(heads) else len(tree.blocks)
        lo, hi = own_range(tree, head, before, after, alone=len(heads) == 1)
        if len(heads) > 1 or lo == head.first:
            boxed = found and found[-1][1] <= lo
            lo = max(found[-1][1] if boxed else before + 1, header_start(tree, lo))
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


def own_range(tree: Tree, head: Head, before: int, after: int, *, alone: bool) -> tuple[int, int]:
    """Range of the largest element that holds a post and no part of another."""
    if head.box is not None:
        return head.box.lo, head.box.hi
    box = None
    for up in tree.above(tree.blocks[head.first].node):
        node = tree.nodes[up]
        if node.lo <= before or node.hi > after:
            break
        box = node
        if alone and "post" in node.roles and holds_text(tree.blocks, node, head.title):
            break
    if box is None or not holds_text(tree.blocks, box, head.title):
        return head.first, after
    if alone:
        return (box.lo if "post" in box.roles else head.first), len(tree.blocks)
    return box.lo, box.hi


def header_start(tree: Tree, title: int) -> int:
    """First of the lines about a post that stand above its title."""
    at = title
    while at > 0 and title - at < 4:
        above = tree.blocks[at - 1]
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


# --- comments ---------------------------------------------------------------------------------------------------------


def plan_post(tree: Tree, title: Sequence[int], lo: int, hi: int) -> Plan:
    """Part one post's range into head, body and comments."""
    blocks = tree.blocks
    plan = Plan(list(title))
    start = title[-1] + 1 if title else lo
    opening, records, replies = find_comments(tree, start, lo, hi)
    end = opening if opening is not None else hi
    if records and opening is not None and records[0][0] <= start and title:
        # a thread: the first record is the post itself
        first = [at for at in records[0] if at not in title]
        header = header_end(blocks, first)
        split_body(plan, blocks, [*range(lo, records[0][0]), *first] if records[0][0] > lo else first, title)
        if not plan.marked:
            plan.head, plan.body = [*range(lo, first[0]), *first[:header]], first[header:]
        plan.comments, plan.replies = records[1:], [None if r is None or r == 0 else r - 1 for r in replies[1:]]
        return plan
    split_body(plan, blocks, [at for at in range(lo, end) if at not in title], title)
    plan.comments, plan.replies = records, replies
    if opening is not None:
        plan.head += [at for at in range(opening, records[0][0] if records else opening) if not blocks[at].rule]
    return plan


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


def find_comments(tree: Tree, start: int, lo: int, hi: int) -> tuple[int | None, list[list[int]], list[int | None]]:
    """Find the comments of a post: where they open, their blocks, and which answers which."""
    blocks = tree.blocks
    opening = comment_opening(tree, start, hi)
    named = [
        at for at in range(start, hi) if "comment" in blocks[at].roles and blocks[at].rule not in ("sidebar", "form")
    ]
    if named and (opening is None or named[0] < opening):
        opening = named[0]
        while opening > start and is_comment_heading(blocks[opening - 1]):
            opening -= 1
    if opening is not None:
        begin = opening
        while begin < hi and is_comment_heading(blocks[begin]) and "comment" not in blocks[begin].roles:
            begin += 1
        where = named if named else list(range(begin, hi))
        anchors = anchors_in(tree, where)
        records, replies = records_of(tree, anchors, where, title=start - 1)
        if records:
            return opening, records, replies
        return (
            (opening, [], [])
            if named or not any(is_prose(blocks[at].text) for at in range(opening, hi) if not blocks[at].rule)
            else (None, [], [])
        )
    return find_thread(tree, start, lo, hi)


def comment_opening(tree: Tree, start: int, hi: int) -> int | None:
    """First block of the comments: a heading behind the text, or an element that is named so."""
    blocks = tree.blocks
    prose = False
    for at in range(start, hi):
        block = blocks[at]
        if (
            prose
            and not block.rule
            and is_comment_heading(block)
            and (block.heading or near_end_of_text(blocks, at, hi))
        ):
            return at
        prose = prose or is_prose(block.text)
    boxes = [node for node in tree.nodes if "comments" in node.roles and start <= node.lo < node.hi <= hi]
    for node in boxes:
        if any(is_text(blocks[at]) for at in range(node.lo, node.hi)):
            return node.lo
    return None


def near_end_of_text(blocks: Sequence[Block], at: int, hi: int) -> bool:
    """Whether dates, names or buttons follow and no unbroken text."""
    return any(date_of(block) is not None or author_of(block) is not None for block in blocks[at + 1 : min(hi, at + 6)])


def anchors_in(tree: Tree, where: Sequence[int]) -> list[int]:
    """Blocks that each comment has one of: its date, else its writer."""
    blocks = tree.blocks
    dated = [
        at for at in where
        if blocks[at].rule not in ("sidebar", "form", "footer", "menu", "member")
        and not member_line(blocks[at]) and (found := date_of(blocks[at])) is not None and found.precision != "month"
    ]  # fmt: skip
    timed = [at for at in dated if (found := date_of(blocks[at])) and found.precision in ("minute", "second")]
    if len(timed) >= 0.5 * len(dated):
        dated = timed
    authors = [
        at for at in where if "author" in blocks[at].roles or any("author" in run.roles for run in blocks[at].runs)
    ]
    return dated if dated and len(dated) >= 0.5 * len(without_repeats(tree, authors)) else authors or dated


def without_repeats(tree: Tree, anchors: Sequence[int]) -> list[int]:
    """Leave out anchors that follow another one with no text between them."""
    kept: list[int] = []
    for at in anchors:
        if not kept or any(is_text(tree.blocks[k]) for k in range(kept[-1] + 1, at)):
            kept.append(at)
    return kept


def records_of(
    tree: Tree, anchors: Sequence[int], where: Sequence[int], *, title: int
) -> tuple[list[list[int]], list[int | None]]:
    """Cut blocks into records around their anchors, by the elements that repeat; else as lines."""
    blocks = tree.blocks
    anchors = without_repeats(tree, anchors)
    if not anchors or not where:
        return named_records(tree, where)
    floor, ceiling = where[0], where[-1] + 1
    boxes: list[int] = []
    for k, at in enumerate(anchors):
        before = anchors[k - 1] if k else max(title, floor - 1)
        chosen = blocks[at].node
        for up in tree.above(blocks[at].node):
            node = tree.nodes[up]
            if node.lo <= before or node.lo < floor or "comments" in node.roles or node.tag in ("body", "html"):
                break
            chosen = up
        boxes.append(chosen)
    starts = [max(floor, tree.nodes[box].lo) for box in boxes]
    allowed = set(where)
    records = []
    for k, begin in enumerate(starts):
        end = starts[k + 1] if k + 1 < len(starts) else ceiling_of(tree, boxes[k], begin, ceiling)
        records.append([at for at in range(begin, end) if at in allowed])
    behind = any(not has_text(blocks, record) for record in records)
    below = any(is_text(blocks[at]) for at in range(floor, anchors[0]) if at not in (starts[0],))
    inside = all(holds_record(tree, box, at) for box, at in zip(boxes[1:], anchors[1:], strict=True))
    if behind or (below and not inside):
        return cut_lines(blocks, where)
    return records, parents(tree, boxes, anchors)


def has_text(blocks: Sequence[Block], record: Sequence[int]) -> bool:
    """Whether a record holds anything beside its header."""
    return first_text(blocks, record) is not None


def holds_record(tree: Tree, box: int, anchor: int) -> bool:
    """Whether an element holds text beside its anchor."""
    node = tree.nodes[box]
    return any(at != anchor and is_text(tree.blocks[at]) for at in range(node.lo, node.hi))


def ceiling_of(tree: Tree, box: int, begin: int, ceiling: int) -> int:
    """End of the last record: its element, where that holds its text."""
    node = tree.nodes[box]
    if node.hi <= ceiling and any(is_text(tree.blocks[at]) for at in range(begin, node.hi)):
        return node.hi
    return ceiling


def cut_lines(blocks: Sequence[Block], where: Sequence[int]) -> tuple[list[list[int]], list[int | None]]:
    """Cut as the lines of a saved text are cut."""
    records = cut(blocks, where)
    return records, [None] * len(records)


def named_records(tree: Tree, where: Sequence[int]) -> tuple[list[list[int]], list[int | None]]:
    """Records without dates and writers: elements named as one comment each."""
    inside = set(where)
    records: list[list[int]] = []
    for node in tree.nodes:
        if "comment" not in node.roles or node.lo not in inside:
            continue
        record = [at for at in range(node.lo, node.hi) if at in inside]
        if record and has_text(tree.blocks, record) and not (records and record[0] <= records[-1][-1]):
            records.append(record)
    return records, [None] * len(records)


def parents(tree: Tree, boxes: Sequence[int], anchors: Sequence[int]) -> list[int | None]:
    """Which record stands inside which: the nearest earlier one whose own element holds it."""
    own = []
    for box, anchor in zip(boxes, anchors, strict=True):
        item = box
        # the first record's largest element may be the whole list: go down to what is named as one comment
        for up in tree.above(tree.blocks[anchor].node):
            if "comment" in tree.nodes[up].roles:
                item = up
            if up == box:
                break
        own.append(tree.nodes[item])
    found: list[int | None] = []
    for k, anchor in enumerate(anchors):
        above = [j for j in range(k) if own[j].lo <= anchor < own[j].hi and "comment" in own[j].roles]
        found.append(above[-1] if above else None)
    return found


# --- threads ----------------------------------------------------------------------------------------------------------


def find_thread(tree: Tree, start: int, lo: int, hi: int) -> tuple[int | None, list[list[int]], list[int | None]]:
    """Find messages that nothing names: dates of one kind, each with a writer and a text around it."""
    blocks = tree.blocks
    base = lo
    where = [
        at for at in range(base, hi) if blocks[at].rule not in ("sidebar", "footer", "menu", "header", "form", "pager")
    ]
    kinds: dict[tuple[object, ...], list[int]] = {}
    for at in anchors_in(tree, where):
        if date_of(blocks[at]) is not None and "body" not in blocks[at].roles:
            kinds.setdefault((tree.nodes[blocks[at].node].tag, tree.nodes[blocks[at].node].names[:2]), []).append(at)
    best = max(kinds.values(), key=len, default=[])
    if len(best) < 2:
        return None, [], []
    records, replies = records_of(tree, best, where, title=lo - 1)
    if len(records) < 2:
        return None, [], []
    written = sum(any(author_of(blocks[at]) or can_be_name(blocks[at]) for at in record[:8]) for record in records)
    if written < 0.7 * len(records):
        return None, [], []
    between = [at for at in range(start, records[0][0]) if is_prose(blocks[at].text) and not blocks[at].rule]
    if between:
        return records[0][0], records, replies
    records[0] = [at for at in range(min(lo, records[0][0]), records[0][-1] + 1)]
    return min(start, records[0][0]), records, replies


def thread_of_titles(tree: Tree, groups: Sequence[Sequence[int]]) -> Plan:
    """Make one thread of messages that each repeat its subject."""
    ranges = spans(tree, [Head(list(group)) for group in groups])
    plan = Plan(list(groups[0]))
    split_body(plan, tree.blocks, [at for at in range(*ranges[0]) if at not in groups[0]], groups[0])
    for group, (lo, hi) in zip(groups[1:], ranges[1:], strict=True):
        plan.comments.append([at for at in range(lo, hi) if at not in group])
    plan.replies = [None] * len(plan.comments)
    return plan
