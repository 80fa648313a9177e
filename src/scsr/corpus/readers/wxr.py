"""Reader ``wxr``: WordPress exports (WordPress eXtended RSS, versions 1.0 to 1.2), posts with their comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scsr.corpus.readers.files import refusal
from scsr.corpus.readers.markup import plain_text
from scsr.corpus.readers.pieces import Piece, children, pieces, text_of
from scsr.corpus.readers.records import MAX_TEXT, RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.errors import ReadError

__all__ = ["read_wxr", "without_shortcodes"]

TYPES = {"post": ("post", "blog"), "page": ("post", "blog"), "topic": ("post", "forum"), "reply": ("reply", "forum")}
"""Post types that people write, to kind and channel; topics and replies are bbPress'."""

PUBLIC = ("publish", "closed")

PINGS = ("pingback", "trackback")

SHORTCODE = re.compile(r"\[(\[?)(/?)([A-Za-z][\w-]{1,40})((?:\s+[^\[\]<>]{0,600}?)?)(/?)\](\]?)")
BUILT_IN = frozenset(("gallery", "caption", "wp_caption", "embed", "audio", "video", "playlist"))
"""Shortcodes of WordPress itself; others are known by their attributes or their closing tag."""


@dataclass
class Blog:
    """What the head of an export says: the blog's address, and its users by id and by e-mail."""

    address: str = ""
    by_id: dict[str, str] = field(default_factory=dict)
    by_email: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def native(self, kind: str, number: str) -> str:
        """Id of a post or comment that no other blog has."""
        return f"{self.address}#{kind}-{number}"


def read_wxr(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read a WordPress export.

    Parameters
    ----------
    path : Path
    source : Source
        Needs no ``timezone``: times are taken in UTC, as WordPress writes them beside the local ones.
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        Published posts and pages, bbPress topics and replies, and approved comments. Drafts, attachments,
        menus, spam and pingbacks are rejects that say what they are; of an item that is broken or cut off,
        what can be read is a record, and a reject says that there was more.

    References
    ----------
    WordPress, *wp-admin/includes/export.php*.
    """
    blog = Blog()
    number = 0
    try:
        for piece in pieces(path, source):
            number = piece.number
            if number == 0:
                read_head(piece, blog)
                continue
            for item in piece.root:
                yield from item_records(children(item), blog, source, file, f"item {number}", piece.whole)
            if not piece.whole:
                yield Reject(file, f"item {number}", "broken XML", "only what stands before the fault could be read")
        if number == 0:
            yield Reject(file, "file", "no entries", "is no WordPress export, or holds no post")
    except ReadError as error:
        yield Reject(file, "rest of file" if number else "file", *refusal(error))
    except (OSError, UnicodeError) as error:
        yield Reject(file, "rest of file" if number else "file", "unreadable", type(error).__name__)


def read_head(piece: Piece, blog: Blog) -> None:
    """Read the blog's address and its users."""
    for element in piece.root.iter():
        if not isinstance(element.tag, str):
            continue
        found = children(element)
        if not blog.address and ("wp:base_blog_url" in found or "wp:wxr_version" in found):
            address = text_of(found, "wp:base_blog_url", "wp:base_site_url", "link")
            blog.address = re.sub(r"^https?://|/+$", "", address.strip())
        login = text_of(found, "wp:author_login").casefold()
        if login:
            blog.by_id[text_of(found, "wp:author_id")] = login
            blog.by_email[text_of(found, "wp:author_email").lower()] = login
            blog.names[login] = text_of(found, "wp:author_display_name")
    blog.by_id.pop("", None)
    blog.by_email.pop("", None)


def item_records(
    found: dict[str, list[Any]], blog: Blog, source: Source, file: str, locator: str, whole: bool
) -> Iterator[RawRecord | Reject]:
    """Make records of one item and its comments."""
    kind = text_of(found, "wp:post_type") or "post"
    status = text_of(found, "wp:status") or ("publish" if whole else "")
    number = text_of(found, "wp:post_id")
    native = blog.native("post", number) if number else text_of(found, "guid", "link")
    author = text_of(found, "dc:creator").casefold()
    comments = found.get("wp:comment", [])
    names = tuple(sorted({name for comment in comments if (name := text_of(children(comment), "wp:comment_author"))}))
    if blog.names.get(author):
        names = tuple(sorted({*names, blog.names[author]}))
    public = status in PUBLIC and not text_of(found, "wp:post_password")
    role = source.defaults.get("speaker_role", "author")
    if kind not in TYPES:
        yield Reject(file, locator, "not a post", f"is of type {shown(kind)}")
    elif not public:
        why = "is behind a password" if status in PUBLIC else f"has status {shown(status)}"
        yield Reject(file, locator, "not published", why)
    else:
        made_kind, channel = TYPES[kind]
        parent = text_of(found, "wp:post_parent")
        answers = blog.native("post", parent) if kind == "reply" and parent.strip("0") else ""
        text = body(text_of(found, "content:encoded") or text_of(found, "description"))
        title = plain_text(text_of(found, "title"))
        values = {
            "utterance_id": native,
            "conversation_id": answers or native,
            "reply_to": answers,
            "kind": made_kind,
            "channel": source.defaults.get("channel", channel),
            "speaker_id": author,
            "speaker_role": role,
            "published_at": stamp(found, "wp:post_date", source),
            "title": title,
            "text": text,
            "url": text_of(found, "link"),
        }
        yield record(file, locator, values, names)
    thread = Thread(native, author, role, public or kind == "attachment", names)
    yield from comment_records(comments, thread, blog, source, file, locator)


@dataclass(frozen=True)
class Thread:
    """What the comments of an item need to know of it."""

    native: str
    author: str
    role: str
    public: bool
    names: tuple[str, ...]


def comment_records(
    comments: list[Any], thread: Thread, blog: Blog, source: Source, file: str, place: str
) -> Iterator[RawRecord | Reject]:
    """Make records of the comments of an item."""
    for at, element in enumerate(comments, 1):
        found = children(element)
        locator = f"{place}, comment {at}"
        approved = text_of(found, "wp:comment_approved")
        kind = text_of(found, "wp:comment_type").lower()
        if kind in PINGS:
            yield Reject(file, locator, "pingback", "another page links here: nobody's words")
        elif kind == "note":
            yield Reject(file, locator, "not published", "a note among the editors")
        elif approved == "spam":
            yield Reject(file, locator, "spam", "was marked as spam")
        elif approved != "1" or not thread.public:
            what = "its post is not public" if approved == "1" else f"its approval is {shown(approved)}"
            yield Reject(file, locator, "not published", what)
        else:
            yield comment_record(found, thread, blog, source, file, locator)


def comment_record(
    found: dict[str, list[Any]], thread: Thread, blog: Blog, source: Source, file: str, locator: str
) -> RawRecord | Reject:
    """Make a record of one approved comment."""
    number, parent = text_of(found, "wp:comment_id"), text_of(found, "wp:comment_parent")
    name, email = text_of(found, "wp:comment_author"), text_of(found, "wp:comment_author_email").lower()
    login = blog.by_id.get(text_of(found, "wp:comment_user_id")) or blog.by_email.get(email)
    speaker = (login or email or name).casefold()
    values = {
        "utterance_id": blog.native("comment", number) if number else "",
        "conversation_id": thread.native,
        "reply_to": blog.native("comment", parent) if parent.strip("0") else thread.native,
        "kind": "comment",
        "channel": source.defaults.get("channel", "comment"),
        "speaker_id": speaker,
        "speaker_role": thread.role if speaker and speaker == thread.author else "other",
        "published_at": stamp(found, "wp:comment_date", source),
        "text": body(text_of(found, "wp:comment_content")),
    }
    return record(file, locator, values, thread.names)


def record(file: str, locator: str, values: dict[str, str], names: tuple[str, ...]) -> RawRecord | Reject:
    """Make a record of what is given; one without text keeps its place as a reject."""
    if len(values["text"]) > MAX_TEXT:
        return Reject(file, locator, "too large", f"its text is longer than {MAX_TEXT:,} characters")
    return RawRecord(file, locator, {name: value for name, value in values.items() if value}, names=names)


def stamp(found: dict[str, list[Any]], name: str, source: Source) -> str:
    """Time of a post or comment: the one in UTC, else the blog's own, else the blog's own day.

    A blog that kept no time in UTC, and whose time zone nobody states, still says the day.
    """
    gmt = text_of(found, f"{name}_gmt")
    if gmt and not gmt.startswith("0000"):
        return gmt.replace(" ", "T") + "Z"
    local = text_of(found, name)
    if not local or local.startswith("0000"):
        return ""
    return local.replace(" ", "T") if source.timezone else local.partition(" ")[0]


def shown(word: str) -> str:
    """Show a status or type, which are words of a program, without letting anything else through."""
    return repr(word) if re.fullmatch(r"[\w-]{1,40}", word) else "unknown"


def body(markup: str) -> str:
    """Text of what WordPress stores: HTML in which line ends count, with block comments and shortcodes."""
    return plain_text(without_shortcodes(markup), lines=True)


def without_shortcodes(text: str) -> str:
    """Take out WordPress' shortcodes and keep what they enclose; other words in brackets are text.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> without_shortcodes('[caption id="a" width="3"]<img> Sjøen[/caption] Vakkert [sic] der [[gallery]]')
    '<img> Sjøen Vakkert [sic] der [gallery]'
    """
    closed = {match[3].lower() for match in SHORTCODE.finditer(text) if match[2]}

    def drop(match: re.Match[str]) -> str:
        if match[1] and match[6]:
            return match[0][1:-1]
        name, attributes = match[3].lower(), match[4]
        known = name in BUILT_IN or match[2] or match[5] or "=" in attributes or name in closed
        return match[1] + match[6] if known else match[0]

    return SHORTCODE.sub(drop, text)
