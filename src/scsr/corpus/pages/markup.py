"""HTML to blocks: a forgiving parser's tree, walked once, with what the names of its elements hint at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scsr.corpus.pages.blocks import Block, Run, cleaned
from scsr.corpus.pages.dates import find_date
from scsr.corpus.pages.furniture import is_prose, word_count
from scsr.corpus.pages.names import meaning, plain_name

__all__ = ["Node", "Tree", "parse"]

SKIPPED = frozenset((
    "script", "style", "noscript", "template", "head", "svg", "math", "canvas", "map", "datalist", "rp",
    "title", "meta", "link", "base", "param", "source", "track",
))  # fmt: skip
EMBEDS = frozenset((
    "iframe", "object", "embed", "video", "audio", "applet",
))  # fmt: skip
BLOCKS = frozenset((
    "html", "body", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "blockquote", "pre", "address",
    "article", "section", "header", "footer", "nav", "aside", "main", "figure", "figcaption", "form",
    "fieldset", "legend", "label", "select", "option", "optgroup", "textarea", "button", "center", "details",
    "summary", "hgroup", "menu", "dialog", "hr", "frameset", "noframes", "dir",
))  # fmt: skip
FORMS = frozenset((
    "form", "select", "option", "optgroup", "textarea", "button", "label", "fieldset", "legend", "input",
))  # fmt: skip
TAG_RULES = {"nav": "menu", "aside": "sidebar", "footer": "footer", "form": "form", "select": "form", "option": "form",
             "textarea": "form", "button": "form", "label": "form", "fieldset": "form"}  # fmt: skip
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
TAGS = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]{0,2000})>")
SELF_CLOSING = frozenset((
    "br", "hr", "img", "input", "meta", "link", "base", "param", "source", "track", "area", "col", "embed",
    "wbr", "p", "li", "td", "tr", "th", "dt", "dd", "option", "tbody", "thead",
))  # fmt: skip
DEEPEST = 200
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
"""Words that an element may hold for its name to be believed for all of its blocks."""


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


def shallow(text: str) -> str:
    """Take out tags that nest deeper than the parser follows, so that no text is lost with them."""
    depth, kept, at, dropped = 0, [], 0, 0
    for match in TAGS.finditer(text):
        tag = match[2].lower()
        if tag in SELF_CLOSING or match[3].endswith("/"):
            continue
        if match[1]:
            if dropped:
                dropped -= 1
            else:
                depth = max(0, depth - 1)
                continue
        elif depth < DEEPEST:
            depth += 1
            continue
        else:
            dropped += 1
        kept.append(text[at : match.start()])
        at = match.end()
    kept.append(text[at:])
    return "\n".join(kept) if len(kept) > 1 else text


def parse(text: str) -> Tree:
    """Parse HTML into nodes and blocks.

    Parameters
    ----------
    text : str
        Markup; anything goes.

    Returns
    -------
    Tree
        Empty where there is nothing to see.

    Examples
    --------
    >>> [block.text for block in parse("<p>Hei<br>du</p><script>x</script><p>Farvel").blocks]
    ['Hei', 'du', 'Farvel']
    """
    import lxml.html
    from lxml import etree

    parser = lxml.html.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = Tree()
    try:
        root = lxml.html.document_fromstring(shallow(text).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return tree
    head = root.find(".//title")
    if head is not None and head.text:
        tree.title = " ".join(cleaned(head.text).split())
    tree.lang = root.get("lang") or ""
    Walk(tree).run(root)
    settle(tree)
    return tree


class Walk:
    """One walk over a tree, collecting nodes and blocks."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.runs: list[Run] = []
        self.breaks = 2
        self.node = -1
        self.inline: list[tuple[frozenset[str], str | None, str, int]] = [(frozenset(), None, "", 0)]
        self.part = 0
        self.heading: list[int] = [0]
        self.listed = 0
        self.opened = [1]
        self.embedded = False

    def run(self, root: Any) -> None:
        """Walk without recursion, however deep the tree is."""
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                self.leave(element)
                self.add(element.tail)
                continue
            if not isinstance(element.tag, str) or not self.enter(element):
                self.add(element.tail)
                continue
            self.add(element.text)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        self.flush()

    def enter(self, element: Any) -> bool:
        """Open an element; False where nothing of it is seen."""
        tag = element.tag.lower()
        if tag == "br":
            self.flush()
            self.breaks += 1
            return False
        if tag == "img":
            for name in ("alt", "title"):
                words = " ".join(cleaned(element.get(name) or "").split())
                if words:
                    self.tree.captions.add(words)
            return False
        if tag in EMBEDS:
            self.flush()
            self.embedded = True
            return False
        if tag in SKIPPED or element.get("hidden") is not None or UNSEEN.search(element.get("style") or ""):
            return False
        names = self.names(element)
        roles: set[str] = set()
        rule = ""
        for name in names:
            hints, region = meaning(name)
            roles |= hints
            rule = rule or region
        if tag == "article":
            roles.add("post")
        if tag == "time":
            roles.add("date")
        if tag == "figcaption":
            roles.add("caption")
        if tag == "blockquote":
            roles.add("blockquote")
        if tag == "cite":
            roles.add("cite")
        if "bookmark" in (element.get("rel") or "").split():
            roles.add("permalink")
        if "author" in (element.get("rel") or "").split():
            roles.add("author")
        kind = (element.get("itemtype") or "").rsplit("/", 1)[-1].lower()
        if kind in ("blogposting", "article", "newsarticle", "discussionforumposting", "question"):
            roles.add("post")
        if kind in ("comment", "usercomments", "answer"):
            roles.add("comment")
        if tag in BLOCKS:
            self.flush()
            self.breaks = max(self.breaks, 2 if tag not in ("tr", "td", "th", "label", "option") else 1)
            numbered = bool(re.search(r"\d", element.get("id") or ""))
            parent = self.tree.nodes[self.node].signature if self.node >= 0 else ()
            signature = (
                tag,
                *sorted(name for name in names if not name.isdigit() and name not in ("odd", "even", "alt"))[:4],
            )
            self.tree.nodes.append(
                Node(
                    tag,
                    self.node,
                    tuple(names),
                    frozenset(roles),
                    rule or TAG_RULES.get(tag, ""),
                    len(self.tree.blocks),
                    signature=(*parent[:1], *signature),
                    numbered=numbered,
                )
            )
            self.node = len(self.tree.nodes) - 1
            if tag[0] == "h" and tag[1:].isdigit():
                self.heading.append(int(tag[1]))
            if tag == "li":
                self.listed += 1
            self.opened.append(len(self.inline) + 1)
        above = self.inline[-1]
        stamp = element.get("datetime") or (element.get("content") if "date" in roles else "") or ""
        title = element.get("title") or ""
        if not stamp and tag in ("abbr", "span", "time", "a") and re.match(r"\d{4}-\d{2}-\d{2}", title):
            stamp = title
        elif not stamp and tag in ("abbr", "span", "time", "a") and 8 <= len(title) <= 48:
            stamp = written_stamp(title)
        own = frozenset(roles) if tag not in BLOCKS else frozenset()
        href = element.get("href") if tag == "a" and element.get("href") else above[1]
        depth = above[3] + ("author" in own)
        self.inline.append((above[0] | own, href, stamp or above[2], depth))
        if tag not in BLOCKS and len(self.inline) - self.opened[-1] == 1:
            self.part += 1
        if stamp and len(element) == 0 and not (element.text or "").strip() and "date" in roles:
            self.runs.append(Run("", frozenset(roles), None, stamp))
        return True

    def names(self, element: Any) -> list[str]:
        """Class names, id and microdata properties of an element, plain."""
        found = []
        for name in f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}".split()[
            :24
        ]:
            plain = plain_name(name)
            if plain and plain not in found:
                found.append(plain)
        return found

    def leave(self, element: Any) -> None:
        """Close an element."""
        tag = element.tag.lower()
        self.inline.pop()
        if tag not in BLOCKS and len(self.inline) == self.opened[-1]:
            self.part += 1
        if tag in BLOCKS:
            self.flush()
            self.breaks = max(self.breaks, 2 if tag not in ("tr", "td", "th", "label", "option") else 1)
            node = self.tree.nodes[self.node]
            node.hi = len(self.tree.blocks)
            self.opened.pop()
            self.node = node.parent
            if tag[0] == "h" and tag[1:].isdigit():
                self.heading.pop()
            if tag == "li":
                self.listed -= 1

    def add(self, text: str | None) -> None:
        """Add a stretch of text to the block that is being built."""
        if text:
            roles, href, stamp, depth = self.inline[-1]
            self.runs.append(Run(cleaned(text), roles, href, stamp, depth, self.part))

    def flush(self) -> None:
        """End the block that is being built."""
        runs, self.runs = self.runs, []
        parts = parted(runs)
        # elements side by side are set apart by style, where their source leaves no blank between them
        text = " ".join((" " if len(runs) < 40 and sum(map(len, parts)) < 160 else "").join(parts).split())
        if not text:
            return
        size = sum(len(run.text.strip()) for run in runs)
        linked = sum(len(run.text.strip()) for run in runs if run.href is not None) / size if size else 0.0
        self.tree.blocks.append(
            Block(
                text,
                gap=0 if self.breaks == 1 else 1,
                heading=self.heading[-1],
                node=self.node,
                runs=[run for run in runs if run.text.strip() or run.stamp],
                linked=linked,
                listed=self.listed > 0,
                after_embed=self.embedded,
                parts=tuple(" ".join(part.split()) for part in parts if part.strip()),
            )
        )
        self.breaks = 0
        self.embedded = False


def written_stamp(title: str) -> str:
    """Date that a tooltip writes out over "3 days ago", as a machine-readable one; "" for other tooltips."""
    date = find_date(title)
    if date is None or date.precision == "month" or date.end - date.start < 0.8 * len(title.strip()):
        return ""
    return date.value.isoformat()[: 10 if date.precision == "day" else 19]


def parted(runs: list[Run]) -> list[str]:
    """Texts of the inline elements that stand side by side."""
    parts: list[str] = []
    last = None
    for run in runs:
        if run.part == last:
            parts[-1] += run.text
        elif run.text:
            parts.append(run.text)
            last = run.part
    return parts


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


def settle(tree: Tree) -> None:
    """Hand roles and furniture rules of elements down to their blocks, where an element is as small as its name."""
    keep_inner_texts(tree)
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
        block.roles = frozenset(found)
