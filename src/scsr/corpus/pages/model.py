"""What a page is split into: posts, their comments, and the account of every visible character."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Comment", "Page", "Plan", "Post", "visible"]


def visible(text: str) -> int:
    """Count the visible characters of a text: all but white space.

    Parameters
    ----------
    text : str

    Returns
    -------
    int

    Examples
    --------
    >>> visible(" När  då? ")
    6
    """
    return sum(map(len, text.split()))


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment below a post, or one answer in a thread.

    Parameters
    ----------
    text : str
        Paragraphs joined by a blank line; what it quotes of others is left out.
    author : str or None
    published_at : datetime or None
        Local time as the page shows it, without a zone; coarser than a minute at 00:00.
    date_precision : str
        ``second``, ``minute``, ``day``, ``month`` or ``none``.
    reply_to : int or None
        Index of the comment that it answers; None for the post itself, or where the page does not say.
    role : str or None
        ``"employee"`` where the page marks the writer as staff, else None.
    """

    text: str
    author: str | None = None
    published_at: datetime | None = None
    date_precision: str = "none"
    reply_to: int | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One post, or the opening of a thread, with its comments in the order of the page.

    Parameters
    ----------
    title : str
        Empty where the page shows none.
    text : str
        Paragraphs, inner headings, list items and quotations, joined by a blank line.
    author, published_at, date_precision
        As in :class:`Comment`.
    n_comments_stated : int or None
        The number that the page states; None where it states none.
    url : str or None
        Address of the post, where its title links to it in full.
    comments : tuple of Comment
    role : str or None
        ``"employee"`` where the page marks the writer as staff, else None.
    """

    title: str
    text: str
    author: str | None = None
    published_at: datetime | None = None
    date_precision: str = "none"
    n_comments_stated: int | None = None
    url: str | None = None
    comments: tuple[Comment, ...] = ()
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page split into posts, with the account of its characters.

    Parameters
    ----------
    posts : tuple of Post
    account : mapping of str to int
        Visible characters by what became of them: ``utterances`` (titles and texts), ``furniture:<rule>``,
        ``reject:<reason>``. The values add up to `n_visible`.
    n_visible : int
        Visible characters of the page.
    """

    posts: tuple[Post, ...] = ()
    account: Mapping[str, int] = field(default_factory=Counter)
    n_visible: int = 0


@dataclass(slots=True)
class Plan:
    """Where a post stands: indices of its blocks by part.

    `header` are the lines over the first message of a thread, where its writer may stand alone; `marked` says
    that the markup names the text.
    """

    title: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    comments: list[list[int]] = field(default_factory=list)
    replies: list[int | None] = field(default_factory=list)
    header: list[int] = field(default_factory=list)
    marked: bool = False
