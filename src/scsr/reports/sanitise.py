"""Keep what is in the text of a corpus from running, loading or breaking anything in a page.

HTML and drawings that a notebook made are taken apart and written again from a list of allowed elements
and attributes. The content policy of the page is the second wall, not the first.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

__all__ = ["clean_html", "clean_svg", "without_addresses", "without_ansi"]


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


HTML_TAGS = words(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 "
    "hr i ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead "
    "time tr u ul var wbr"
)
VOID = words("br col hr wbr")
DROPPED = words(
    "script style iframe object embed form input button textarea select template noscript math head meta link base "
    "title svg video audio canvas frame frameset applet"
)
HTML_ATTRIBUTES = words("class colspan rowspan scope title lang dir datetime role aria-label")
SVG_TAGS = words(
    "svg g path rect circle ellipse line polyline polygon text tspan defs clipPath use symbol marker linearGradient "
    "radialGradient stop pattern mask title desc image textPath"
)
SVG_ATTRIBUTES = words(
    "id x y x1 x2 y1 y2 cx cy r rx ry fx fy d points width height viewBox transform fill stroke stroke-width opacity "
    "fill-opacity stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin clip-path "
    "clip-rule fill-rule stroke-miterlimit mask style font-size font-family font-weight font-style text-anchor "
    "dominant-baseline dx dy rotate offset stop-color stop-opacity gradientUnits gradientTransform patternUnits "
    "patternTransform clipPathUnits maskUnits spreadMethod preserveAspectRatio markerWidth markerHeight refX refY "
    "orient marker-start marker-mid marker-end version class"
)
SAFE_LINK = re.compile(r"(https?://|mailto:|#|tables/[\w-]+\.csv$)", re.I)
PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]+\Z")
BAD_STYLE = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)|expression|@import|javascript:|behavior|-moz-binding|\\", re.I)
LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


def clean_html(html: str) -> str:
    """Write HTML again from allowed elements and attributes; the rest keeps its words or goes.

    Examples
    --------
    >>> clean_html('<p onclick="x()">Hi <b>you</b><script>alert(1)</script></p>')
    '<p>Hi <b>you</b></p>'
    >>> clean_html('<a href="javascript:x()">go</a>')
    '<a>go</a>'
    """
    import lxml.html

    if not html.strip():
        return ""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return escape(root.text or "", quote=False) + "".join(html_of(child) for child in root)


def html_of(node: Any) -> str:
    """Write one element and what follows it."""
    tail = escape(node.tail or "", quote=False)
    if not isinstance(node.tag, str):  # a comment or an instruction
        return tail
    tag = node.tag.lower()
    if tag in DROPPED:
        return tail
    inner = escape(node.text or "", quote=False) + "".join(html_of(child) for child in node)
    if tag not in HTML_TAGS:
        return inner + tail
    kept = {
        name: value
        for name, value in node.attrib.items()
        if name in HTML_ATTRIBUTES or (name == "href" and tag == "a" and SAFE_LINK.match(value.strip()))
    }
    if tag == "th":
        tag, kept = header(inner, kept, node)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in sorted(kept.items()))
    return f"<{tag}{attributes}>" + ("" if tag in VOID else f"{inner}</{tag}>") + tail


def header(inner: str, attributes: dict[str, str], node: Any) -> tuple[str, dict[str, str]]:
    """Say of what a cell is the header, for who hears a table; one without words heads nothing."""
    if not re.sub(r"&nbsp;|\s|<[^>]*>", "", inner):
        return "td", {name: value for name, value in attributes.items() if name != "scope"}
    at_top = any(parent.tag == "thead" for parent in node.iterancestors())
    return "th", {"scope": "col" if at_top else "row"} | attributes


def clean_svg(svg: str, prefix: str = "") -> str:
    """Write a drawing again from allowed elements and attributes, its ids made unique in the page.

    Parameters
    ----------
    svg : str
        XML, as matplotlib writes it.
    prefix : str
        Put before each id and each reference to one.

    Returns
    -------
    str
        The ``svg`` element; empty where the text is no drawing.

    Examples
    --------
    >>> clean_svg('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><path id="a" d="M0 0"/></svg>', "f-")
    '<svg xmlns="http://www.w3.org/2000/svg"><path id="f-a" d="M0 0"/></svg>'
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False)
    try:
        root = etree.fromstring(svg.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return ""
    return svg_of(root, prefix, top=True) if etree.QName(root).localname == "svg" else ""


def svg_of(node: Any, prefix: str, top: bool = False) -> str:
    """Write one element of a drawing and what follows it."""
    from lxml import etree

    tail = "" if top else escape(node.tail or "", quote=False)
    if not isinstance(node.tag, str):
        return tail if isinstance(node, etree._Comment) else ""
    tag = etree.QName(node).localname
    if tag not in SVG_TAGS:
        return tail
    attributes = "".join(svg_attribute(name, value, prefix, tag) for name, value in node.attrib.items())
    space = ' xmlns="http://www.w3.org/2000/svg"' if top else ""
    inner = escape(node.text or "", quote=False) + "".join(svg_of(child, prefix) for child in node)
    return f"<{tag}{space}{attributes}" + (f">{inner}</{tag}>" if inner else "/>") + tail


def svg_attribute(name: str, value: str, prefix: str, tag: str) -> str:
    """Write one attribute of a drawing, or nothing where it is not allowed."""
    local = name.rpartition("}")[2]
    if local == "href":
        if value.startswith("#") and tag != "image":
            return f' href="#{escape(prefix + value[1:])}"'
        return f' href="{escape(value)}"' if tag == "image" and PICTURE.match(value) else ""
    if name != local or local not in SVG_ATTRIBUTES or BAD_STYLE.search(value):
        return ""
    if local == "id":
        value = prefix + value
    return f' {local}="{escape(LOCAL_URL.sub(lambda hit: f"url(#{prefix}{hit[1]})", value))}"'


def without_ansi(text: str) -> str:
    r"""Remove the colours of a terminal.

    Examples
    --------
    >>> without_ansi("\x1b[31mred\x1b[0m")
    'red'
    """
    return ANSI.sub("", text)


def without_addresses(text: str) -> str:
    """Remove addresses of memory, which differ on every run.

    Examples
    --------
    >>> without_addresses("<Thing at 0x7f3a5c001d90>")
    '<Thing at 0x…>'
    """
    return ADDRESS.sub("0x…", text)
