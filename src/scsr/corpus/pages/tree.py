"""A parsed page: its elements and blocks in document order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from scsr.corpus.pages.blocks import Block

__all__ = ["Node", "Tree"]


@dataclass(slots=True, eq=False)
class Node:
    """An element: its parent, names, roles and the range of blocks inside it."""

    tag: str
    parent: int
    names: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    rule: str = ""
    lo: int = 0
    hi: int = 0
    signature: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(slots=True, eq=False)
class Tree:
    """A parsed page: nodes in document order, blocks, the page's own title and its image texts."""

    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    captions: set[str] = field(default_factory=set)
    lang: str = ""
    talk: list[int] | None = None

    def comment_boxes(self, lo: int, hi: int) -> Iterator[Node]:
        """Yield the nodes that are named for comments and stand between two blocks, in the order of the page."""
        if self.talk is None:
            self.talk = [at for at, node in enumerate(self.nodes) if "comments" in node.roles]
        for k in range(bisect_left(self.talk, lo, key=lambda at: self.nodes[at].lo), len(self.talk)):
            node = self.nodes[self.talk[k]]
            if node.lo >= hi:
                return
            if node.lo < node.hi <= hi:
                yield node

    def above(self, node: int) -> Iterator[int]:
        """Yield a node and all nodes above it, nearest first."""
        while node >= 0:
            yield node
            node = self.nodes[node].parent
