"""A parsed page: its elements and blocks in document order."""

from __future__ import annotations

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

    def above(self, node: int) -> Iterator[int]:
        """Yield a node and all nodes above it, nearest first."""
        while node >= 0:
            yield node
            node = self.nodes[node].parent
