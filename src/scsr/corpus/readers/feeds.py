"""Reader ``atom``: Blogger's backups and takeouts, and Atom and RSS feeds."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scsr.corpus.readers.files import refusal
from scsr.corpus.readers.markup import plain_text
from scsr.corpus.readers.pieces import children, pieces, text_of
from scsr.corpus.readers.records import MAX_TEXT, RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.errors import ReadError

__all__ = ["feed_stamp", "read_atom"]

KIND = re.compile(r"https?://schemas\.google\.com/blogger/20\d\d/kind#(\w+)")
NUMBER = re.compile(r"(\d+)(?:\?.*)?$")
COMMENT_MARK = re.compile(r"#comment-\d+$")
POSTS = ("post", "page", "comment")
NOBODY = ("noreply@blogger.com", "")


@dataclass
class Entry:
    """One entry, as far as others need to know of it."""

    native: str
    kind: str
    thread: str = ""
    parent: str = ""
    author: str = ""
    name: str = ""
    fault: tuple[str, str] | None = None


@dataclass
class Feed:
    """What one look over the file finds: entries by id, and the names in each thread."""

    entries: dict[str, Entry] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)


def read_atom(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read a feed or a Blogger export.

    Parameters
    ----------
    path : Path
    source : Source
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        One for each entry. Drafts, templates, settings, removed comments and spam are rejects that say so.
        An entry without ``published`` is dated by its ``updated``.

    References
    ----------
    RFC 4287 (Atom), RFC 4685 (threading), RSS 2.0; the kinds of Blogger's Data API.
    """
    feed = Feed()
    number = 0
    try:
        for piece in pieces(path, source):
            for element in piece.root if piece.number else ():
                entry = entry_of(children(element))
                feed.entries.setdefault(entry.native, entry)
                if entry.name:
                    feed.names.setdefault(entry.thread or entry.native, set()).add(entry.name)
        for piece in pieces(path, source):
            number = piece.number
            for element in piece.root if number else ():
                yield made(children(element), feed, source, file, f"entry {number}")
            if number and not piece.whole:
                yield Reject(file, f"entry {number}", "broken XML", "only what stands before the fault could be read")
        if number == 0:
            yield Reject(file, "file", "no entries", "is no feed, or an empty one")
    except ReadError as error:
        yield Reject(file, "rest of file" if number else "file", *refusal(error))
    except (OSError, UnicodeError) as error:
        yield Reject(file, "rest of file" if number else "file", "unreadable", type(error).__name__)


def entry_of(found: dict[str, list[Any]]) -> Entry:
    """Read who says what kind of thing, and in answer to what."""
    native = text_of(found, "id", "guid") or link(found) or ""
    author = children(found["author"][0]) if found.get("author") else {}
    name = text_of(author, "name") or text_of(found, "dc:creator") or bare_author(text_of(found, "author"))
    address, mail = text_of(author, "uri", "url"), text_of(author, "email").lower()
    known = address or ("" if mail in NOBODY else mail) or name
    entry = Entry(native, kind_of(found, native), author=known.casefold(), name=name)
    answered = [e.get("ref") or "" for e in found.get("thr:in-reply-to", ())]
    entry.thread = next(iter(answered), "") or text_of(found, "blogger:parent")
    if COMMENT_MARK.search(native):
        entry.thread = COMMENT_MARK.sub("", native)
    if entry.thread and entry.kind == "post":
        entry.kind = "comment"
    entry.parent = parent_of(found, native) or entry.thread
    entry.fault = fault_of(found, entry.kind)
    return entry


def bare_author(text: str) -> str:
    """Name out of RSS's ``mail (name)``.

    Examples
    --------
    >>> bare_author("a@example.com (Kari)"), bare_author("Kari")
    ('Kari', 'Kari')
    """
    match = re.fullmatch(r"\S+@\S+\s+\((.+)\)", text)
    return match[1] if match else text


def kind_of(found: dict[str, list[Any]], native: str) -> str:
    """Kind that a Blogger entry states; else a post, or a comment by its address."""
    stated = text_of(found, "blogger:type").lower()
    if stated:
        return stated
    for category in found.get("category", ()):
        match = KIND.match(category.get("term") or "")
        if match:
            return match[1].lower()
    return "comment" if COMMENT_MARK.search(native) else "post"


def fault_of(found: dict[str, list[Any]], kind: str) -> tuple[str, str] | None:
    """Why an entry is not to be read, if it is not."""
    if kind not in POSTS:
        return "not a post", f"is of kind {kind!r}" if re.fullmatch(r"\w{1,40}", kind) else "is of an unknown kind"
    status = text_of(found, "blogger:status").lower()
    control = children(found["app:control"][0]) if found.get("app:control") else {}
    if text_of(control, "app:draft", "draft").lower() == "yes" or status == "draft":
        return "not published", "is a draft"
    if status == "spam" or any(e.get("term") == "spam" for e in found.get("category", ())):
        return "spam", "was marked as spam"
    removed = any(
        e.get("name") == "blogger.contentRemoved" and (e.get("value") or "").lower() == "true"
        for e in found.get("gd:extendedProperty", ())
    )
    if removed or text_of(found, "blogger:trashed") or (status and status != "live"):
        return "not published", "was removed, or waits for approval"
    return None


def parent_of(found: dict[str, list[Any]], native: str) -> str:
    """Comment that a comment answers: Blogger links to it, and gives it an id of the same make."""
    stated = text_of(found, "blogger:inReplyTo")
    if stated:
        return stated
    for element in found.get("link", ()):
        address = element.get("href") or ""
        number = NUMBER.search(address)
        if element.get("rel") == "related" and number and "/comments/" in address and NUMBER.search(native):
            return NUMBER.sub(number[1], native)
    return ""


def link(found: dict[str, list[Any]]) -> str:
    """Address of the page of an entry."""
    for element in found.get("link", ()):
        if element.get("href"):
            if element.get("rel", "alternate") == "alternate" and "xml" not in (element.get("type") or ""):
                return str(element.get("href"))
        elif (element.text or "").strip():
            return str(element.text).strip()
    guid = found.get("guid")
    if guid and guid[0].get("isPermaLink", "true") != "false" and (guid[0].text or "").strip().startswith("http"):
        return str(guid[0].text).strip()
    return ""


def made(found: dict[str, list[Any]], feed: Feed, source: Source, file: str, locator: str) -> RawRecord | Reject:
    """Make the record of one entry."""
    entry = entry_of(found)
    if entry.fault:
        return Reject(file, locator, *entry.fault)
    over = feed.entries.get(entry.thread)
    if over and over.fault:
        return Reject(file, locator, "not published", "its post is not public")
    comment = entry.kind == "comment"
    role = source.defaults.get("speaker_role", "author")
    if comment and not (over and over.author and over.author == entry.author):
        role = "other"
    text = content(found)
    if len(text) > MAX_TEXT:
        return Reject(file, locator, "too large", f"its text is longer than {MAX_TEXT:,} characters")
    values = {
        "utterance_id": entry.native,
        "conversation_id": entry.thread or entry.native,
        "reply_to": entry.parent if comment else "",
        "kind": "comment" if comment else "post",
        "channel": source.defaults.get("channel", "comment" if comment else "blog"),
        "speaker_id": entry.author,
        "speaker_role": role,
        "published_at": feed_stamp(
            text_of(
                found, "published", "issued", "pubDate", "dc:date", "blogger:created", "created", "updated", "modified"
            )
        ),
        # a comment's title is the start of its text, or says whom it answers
        "title": "" if comment else plain_text(title_of(found)),
        "text": text,
        "url": link(found),
        "n_comments_stated": "" if comment else stated(text_of(found, "slash:comments", "thr:total")),
    }
    names = tuple(sorted(feed.names.get(entry.thread or entry.native, ())))
    return RawRecord(file, locator, {name: value for name, value in values.items() if value}, names=names)


def stated(count: str) -> str:
    """Count of comments, where it is one."""
    return count if re.fullmatch(r"\d{1,9}", count) else ""


def title_of(found: dict[str, list[Any]]) -> str:
    """Title, as markup."""
    return text_of(found, "title")


def content(found: dict[str, list[Any]]) -> str:
    """Text of an entry, from the fullest element that has any."""
    for name in ("content:encoded", "content", "description", "summary"):
        for element in found.get(name, ()):
            text = text_in(element)
            if text:
                return text
    return ""


def text_in(element: Any) -> str:
    """Text of one element: plain, HTML written out, or XHTML in place."""
    kind = (element.get("type") or "html").lower()
    if kind in ("xhtml", "application/xhtml+xml") or len(element):
        from lxml import etree

        return plain_text(etree.tostring(element, encoding="unicode", with_tail=False))
    markup = element.text or ""
    return markup.strip() if kind in ("text", "text/plain") else plain_text(markup)


def feed_stamp(text: str) -> str:
    """Write the time of a feed as ISO 8601.

    Parameters
    ----------
    text : str
        ISO 8601 (Atom) or as e-mail has it (RSS).

    Returns
    -------
    str
        Unchanged where it is neither; empty for WordPress' time of no time.

    Examples
    --------
    >>> feed_stamp("Tue, 11 Sep 2012 13:05:00 +0200"), feed_stamp("2012-09-11T13:05:00+02:00")
    ('2012-09-11T13:05:00+02:00', '2012-09-11T13:05:00+02:00')
    >>> feed_stamp("Wed, 30 Nov -0001 00:00:00 +0000")
    ''
    """
    if " -0001 " in text or text.startswith("0000"):
        return ""
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        try:
            stamp = email.utils.parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError, IndexError):
            return text
        # an offset of -0000 says UTC, and nothing of where the writer was
        return (stamp.replace(tzinfo=dt.UTC) if text.endswith("-0000") else stamp).isoformat()
    return text
