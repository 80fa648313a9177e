"""Comments and messages of a page: records around their dates, by the elements that repeat."""

from __future__ import annotations

from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import is_prose
from scsr.corpus.pages.members import member_line
from scsr.corpus.pages.meta import author_of, date_of
from scsr.corpus.pages.talk import (
    can_be_name,
    cut,
    first_text,
    is_comment_heading,
    is_text,
    last_end,
    mark_names,
    names_beside,
)
from scsr.corpus.pages.tree import Tree

__all__ = ["find_comments"]


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
    for node in tree.comment_boxes(start, hi):
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
    begin = 0
    for at in anchors:
        if not kept or any(is_text(tree.blocks[k]) for k in range(begin, at)):
            kept.append(at)
        begin = at + 1  # what stands before has been looked at
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
    boxes[:1] = [like_next(tree, anchors[0], boxes)] if boxes else []
    starts = [max(floor, tree.nodes[box].lo) for box in boxes]
    allowed = set(where)
    records = []
    for k, (begin, at) in enumerate(zip(starts, anchors, strict=True)):
        end = starts[k + 1] if k + 1 < len(starts) else ceiling_of(tree, boxes[k], at, ceiling)
        records.append([place for place in range(begin, end) if place in allowed])
    behind = any(not has_text(blocks, record) for record in records)
    below = any(is_text(blocks[at]) for at in range(floor, anchors[0]) if at not in (starts[0],))
    inside = all(holds_record(tree, box, at) for box, at in zip(boxes[1:], anchors[1:], strict=True))
    if behind or (below and not inside):
        return cut_lines(blocks, where)
    mark_names(blocks, records)
    mark_leading_names(blocks, records)
    return records, parents(tree, boxes, anchors)


def mark_leading_names(blocks: Sequence[Block], records: Sequence[Sequence[int]]) -> None:
    """Mark first lines as the names of writers, where all records have such a line and name no writer elsewhere."""
    led = [record for record in records if len(record) > 1 and can_be_name(blocks[record[0]])]
    if len(led) < max(2, len(records)) or any(author_of(blocks[at]) for record in led for at in record):
        return
    if all(any(is_text(blocks[at]) for at in record[1:]) for record in led):
        for record in led:
            blocks[record[0]].roles |= {"author"}


def like_next(tree: Tree, anchor: int, boxes: Sequence[int]) -> int:
    """Element of the first record: of the kind of the second one's, where there is one inside of what it may be."""
    if len(boxes) < 2:
        return boxes[0]
    second = tree.nodes[boxes[1]]
    for up in tree.above(tree.blocks[anchor].node):
        node = tree.nodes[up]
        if second.names and (node.tag, node.names) == (second.tag, second.names):
            return up
        if up == boxes[0]:
            break
    return boxes[0]


def has_text(blocks: Sequence[Block], record: Sequence[int]) -> bool:
    """Whether a record holds anything beside its header."""
    return first_text(blocks, record) is not None


def holds_record(tree: Tree, box: int, anchor: int) -> bool:
    """Whether an element holds text beside its anchor."""
    node = tree.nodes[box]
    return any(at != anchor and is_text(tree.blocks[at]) for at in range(node.lo, node.hi))


def ceiling_of(tree: Tree, box: int, anchor: int, ceiling: int) -> int:
    """End of the last record: that of its element, where its text is inside and none is missing behind."""
    node = tree.nodes[box]
    behind = any(is_text(tree.blocks[at]) for at in range(anchor + 1, min(node.hi, ceiling)))
    outside = any(is_text(tree.blocks[at]) for at in range(node.hi, ceiling))
    if node.hi <= ceiling and (behind or not outside):
        return node.hi
    return anchor + last_end(tree.blocks, range(anchor, ceiling), 0)


def cut_lines(blocks: Sequence[Block], where: Sequence[int]) -> tuple[list[list[int]], list[int | None]]:
    """Cut as the lines of a saved text are cut."""
    records = cut(blocks, where)
    return records, [None] * len(records)


def named_records(tree: Tree, where: Sequence[int]) -> tuple[list[list[int]], list[int | None]]:
    """Take elements that are named as one comment each, where there are no dates and writers."""
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


def find_thread(tree: Tree, start: int, lo: int, hi: int) -> tuple[int | None, list[list[int]], list[int | None]]:
    """Find messages that nothing names: dates of one kind, each with a writer and a text around it."""
    blocks = tree.blocks
    base = lo
    where = [
        at for at in range(base, hi) if blocks[at].rule not in ("sidebar", "footer", "menu", "header", "form", "pager")
    ]
    kinds: dict[tuple[object, ...], list[int]] = {}
    for at in anchors_in(tree, where):
        if date_of(blocks[at]) is not None and ("body" not in blocks[at].roles or names_beside(blocks[at])):
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
    records[0] = list(range(min(lo, records[0][0]), records[0][-1] + 1))
    return min(start, records[0][0]), records, replies
