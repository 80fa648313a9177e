"""HTML to blocks: a forgiving parser's tree, walked once, with what the names of its elements hint at."""

from __future__ import annotations

import re
from typing import Any

from scsr.corpus.pages.blocks import Block, Run, cleaned
from scsr.corpus.pages.dates import find_date
from scsr.corpus.pages.names import meaning, plain_name
from scsr.corpus.pages.shapes import settle
from scsr.corpus.pages.tree import Node, Tree

__all__ = ["Node", "Tree", "parse"]

SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "math", "canvas", "map", "datalist", "rp",
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
        elif not stamp and 8 <= len(title) <= 48 and any(map(str.isdigit, title)):
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
        if self.heading[-1]:
            badges = [run for run in runs if "badge" in run.roles]
            rest = [run for run in runs if "badge" not in run.roles]
            if badges and any(run.text.strip() for run in rest):
                self.close(badges, heading=0)
                runs = rest
        self.close(runs, heading=self.heading[-1])

    def close(self, runs: list[Run], heading: int) -> None:
        """Make one block of runs, where there is anything to read."""
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
                heading=heading,
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
