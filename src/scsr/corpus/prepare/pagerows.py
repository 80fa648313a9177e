"""From a saved page to rows: its posts and comments, and what became of every visible character."""

from __future__ import annotations

import datetime as dt
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scsr.corpus.prepare.rows import Cleaner, Row, Words
from scsr.corpus.prepare.times import in_utc
from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.errors import ReadError, ScsrError

if TYPE_CHECKING:
    from scsr.corpus.pages import Page

__all__ = ["page_of", "page_rows"]


def page_rows(record: RawRecord, cleaner: Cleaner) -> tuple[list[Row | Reject], Counter[str], int]:
    """Split one page and make rows of its posts and comments.

    Parameters
    ----------
    record : RawRecord
        With its markup.
    cleaner : Cleaner
        Of the page's source.

    Returns
    -------
    rows : list of Row or Reject
        In the order of the page; a post before its comments.
    characters : Counter
        Visible characters by what became of them: ``utterances``, ``furniture:<rule>``,
        ``reject:<reason>``.
    n_visible : int
        Visible characters of the page.

    Notes
    -----
    A page saved again, under another name or in another folder, gives the same ids: they rest on the
    address of a post where it has one, else on its title, date and text; a comment's on its post's title
    and date beside its own date and text.
    """
    try:
        page = page_of(record, cleaner.source)
    except ReadError as error:
        return [Reject(record.file, record.locator, "unreadable page", str(error))], Counter(), 0
    made: list[Row | Reject] = []
    own_url = record.values.get("url") if len(page.posts) == 1 else None
    for number, post in enumerate(page.posts, 1):
        made += post_rows(post, f"post {number}", post.url or own_url, record, cleaner)
    if not page.posts:
        made.append(Reject(record.file, record.locator, "no post", "the page holds no post that could be told apart"))
    characters = Counter(dict(page.account))
    lost = sum(count for what, count in characters.items() if what.startswith("reject:"))
    if page.posts and lost:
        made.append(Reject(record.file, record.locator, "text of no post", f"{lost} characters"))
    return made, characters, page.n_visible


def page_of(record: RawRecord, source: Source) -> Page:
    """Split one page; a page that breaks a rule of ours is refused alone, and takes no other with it.

    Raises
    ------
    ReadError
        With the place in the code, never with the text.
    """
    from scsr.corpus.pages import split

    saved_at = dt.datetime.fromisoformat(source.saved_at) if source.saved_at else None
    try:
        return split(record.markup or "", is_html=record.is_html, saved_at=saved_at)
    except ScsrError:
        raise
    except Exception as fault:
        place = traceback.extract_tb(fault.__traceback__)[-1]
        raise ReadError(
            f"the page met a fault of scsr ({type(fault).__name__} in {Path(place.filename).name}, line {place.lineno}); "
            "report it with the layout of the page"
        ) from fault


def post_rows(post: Any, locator: str, url: str | None, record: RawRecord, cleaner: Cleaner) -> list[Row | Reject]:
    """Make rows of one post and its comments."""
    title, text = cleaner.normalise(post.title or ""), cleaner.normalise(post.text or "")
    if not text and not post.comments:
        return [Reject(record.file, locator, "no text", "the post has a title only")]
    # who writes or comments on the page is often spoken to by name in its texts
    names = tuple(sorted({c.author.strip() for c in post.comments if c.author and c.author.strip()}))
    date = stated_date(post)
    identity = ("url", url) if url else ("text", title, date, text)
    said = cleaner.less_repeated(text, record, post)
    values = common(
        post, cleaner, title, said or title, role=post.role or "author", kind="post", channel="blog", names=names
    )
    values["utterance_id"] = values["conversation_id"] = cleaner.id_of(*identity)
    values["n_comments_stated"] = post.n_comments_stated
    values_of_post = values
    rows: list[Row | Reject] = [Row(values, False, url, record.file, locator)]
    ids: dict[int, str] = {}
    for number, comment in enumerate(post.comments):
        place = f"{locator}, comment {number + 1}"
        said = cleaner.normalise(comment.text or "")
        if not said:
            rows.append(Reject(record.file, place, "no text", "the comment is empty"))
            continue
        own = same_name(comment.author, post.author)
        role = comment.role or (values_of_post["speaker_role"] if own else "other")
        values = common(comment, cleaner, "", said, role=role, kind="comment", channel="comment", names=names)
        ids[number] = values["utterance_id"] = cleaner.id_of("comment", title, date, stated_date(comment), said)
        values["conversation_id"] = values_of_post["utterance_id"]
        parent = ids.get(comment.reply_to) if comment.reply_to is not None else None
        values["reply_to"] = parent or values["conversation_id"]
        rows.append(Row(values, False, None, record.file, place))
    return rows


def common(
    part: Any, cleaner: Cleaner, title: str, text: str, *, role: str, kind: str, channel: str, names: tuple[str, ...]
) -> dict[str, Any]:
    """Columns that posts and comments share; what the source states goes before what the layout shows."""
    values = cleaner.given({})
    values.setdefault("channel", channel)
    values["kind"] = kind
    # a role that the source states holds for the posts: who comments is not its matter
    values["speaker_role"] = values.get("speaker_role", role) if kind == "post" else role
    values["speaker_id"] = cleaner.speaker(name_of(part.author))
    values["published_at"], values["date_precision"] = None, "none"
    if part.published_at is not None and part.date_precision != "none":
        values["published_at"], values["date_precision"] = in_utc(
            part.published_at, part.date_precision, cleaner.source
        )
    cleaner.waiting.append(Words(values, title, text, cleaner.source.defaults.get("language"), names))
    return values


def stated_date(part: Any) -> str:
    """Word the date as the page has it, for an identity."""
    return part.published_at.isoformat() if part.published_at is not None else ""


def name_of(author: str | None) -> str | None:
    """Name by which a speaker is known, whatever its case and spacing."""
    return " ".join(author.casefold().split()) if author and author.strip() else None


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two bylines are the same."""
    return name_of(one) is not None and name_of(one) == name_of(other)
