"""What the names of elements say about their blocks, where an element is as small as its name."""

from __future__ import annotations

from collections import Counter

from scsr.corpus.pages.furniture import is_prose, word_count
from scsr.corpus.pages.tree import Node, Tree

__all__ = ["settle"]

SMALL_ROLES = {
    "title": 45,
    "author": 25,
    "date": 25,
    "count": 25,
    "caption": 90,
    "signature": 150,
    "quote": 2000,
    "staff": 10**9,
}
WHOLE_ROLES = frozenset(("author", "badge", "body", "quote", "signature"))
"""Roles of elements inside a line that hold for the line, where all of it is inside of them."""


def settle(tree: Tree) -> None:
    """Hand roles and furniture rules of elements down to their blocks, where an element is as small as its name."""
    keep_inner_texts(tree)
    sides = Counter((node.names, tree.nodes[node.parent].names) for node in tree.nodes if leads(tree, node))
    words, prose, body = [0], [0], [0]
    for block in tree.blocks:
        n = word_count(block.text)
        words.append(words[-1] + n)
        prose.append(prose[-1] + (n if is_prose(block.text) and block.linked < 0.5 else 0))
    in_body = [False] * len(tree.blocks)
    for node in tree.nodes:
        if "body" in node.roles:
            in_body[node.lo : node.hi] = [True] * (node.hi - node.lo)
    for at, inside in enumerate(in_body):
        body.append(body[-1] + (prose[at + 1] - prose[at] if inside else 0))
    roles: list[set[str]] = [set() for _ in tree.blocks]
    for node in tree.nodes:
        size = words[node.hi] - words[node.lo]
        handed = {role for role in node.roles if size <= SMALL_ROLES.get(role, -1)}
        handed |= node.roles & {"blockquote", "comment", "body"}
        for at in range(node.lo, node.hi) if handed else ():
            roles[at] |= handed
        if (
            node.tag == "aside"
            and node.rule == "sidebar"
            and (
                node.roles & {"author", "signature"}
                or (leads(tree, node) and sides[node.names, tree.nodes[node.parent].names] > 2)
            )
        ):
            continue
        if node.rule and node.tag not in ("html", "body") and not node.roles & {"post", "comment"}:
            large = prose[node.hi] - prose[node.lo] > 0.5 * prose[-1] > 0
            prose_inside = body[node.hi] - body[node.lo]
            holds = prose_inside > 0.3 * body[-1] > 0 or (
                prose_inside > 0 and node.rule in ("member", "tags", "share", "header")
            )
            edge = node.rule in ("header", "footer")
            if large or holds or (edge and any("post" in tree.nodes[up].roles for up in tree.above(node.parent))):
                continue
            for at in range(node.lo, node.hi):
                tree.blocks[at].rule = tree.blocks[at].rule or node.rule
    for block, found in zip(tree.blocks, roles, strict=True):
        shared = [run.roles & WHOLE_ROLES for run in block.runs if run.text.strip()]
        block.roles = frozenset(found).union(frozenset.intersection(*shared) if shared else ())


def leads(tree: Tree, node: Node) -> bool:
    """Whether an element stands aside at the start of another one, as the writer of a message may."""
    return node.tag == "aside" and node.parent >= 0 and node.lo == tree.nodes[node.parent].lo


def keep_inner_texts(tree: Tree) -> None:
    """Believe, of elements named as texts, those that hold no other ones: the outer ones hold headers too."""
    prose = [0]
    for block in tree.blocks:
        prose.append(prose[-1] + (word_count(block.text) if is_prose(block.text) else 0))
    inner = [0] * len(tree.nodes)
    holds = [False] * len(tree.nodes)
    for at in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[at]
        size = prose[node.hi] - prose[node.lo]
        if "content" in node.roles and any(
            tree.nodes[up].roles & {"post", "comment"} for up in tree.above(node.parent)
        ):
            node.roles |= {"body"}
        if "body" in node.roles and node.hi > node.lo:
            if holds[at] and inner[at] >= 0.6 * size:
                node.roles -= {"body"}
            else:
                inner[at], holds[at] = size, True
        if node.parent >= 0:
            inner[node.parent] += inner[at]
            holds[node.parent] |= holds[at]
