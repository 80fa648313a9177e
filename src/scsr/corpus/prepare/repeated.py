"""Furniture learnt from the corpus: lines that begin or end the posts of many pages of one site.

The rule. A site is the host of a page's or post's own address, else the source. A line is learnt where it stands among
the first or the last :data:`EDGE` lines of at least :data:`MIN_POSTS` different posts, on as many pages, and of a fifth
or more of the site's different posts. Posts differ that have another title or date or, lacking both, another text, so
that one post saved many times, or shown by many archives, is one. Figures in a line count as one (``12 visningar``,
``7 visningar``).

Learnt lines are taken from both ends of posts, as long as the outermost line is one; never all of a text, never a
comment. The identity of a post rests on its text before that, so that a growing corpus changes no id.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from scsr.corpus.readers.records import RawRecord
from scsr.errors import ReadError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scsr.corpus.prepare.chunks import Chunk
    from scsr.corpus.readers.source import Source
    from scsr.corpus.store.folder import Folder

__all__ = ["MIN_POSTS", "MIN_SHARE", "Edges", "Learnt", "learn", "site_of", "survey", "without_repeated"]

MIN_POSTS = 5
"""Different posts, and pages, that a line must begin or end."""

MIN_SHARE = 0.2
"""Share of its site's different posts that it must begin or end."""

EDGE = 5
"""Lines at each end of a post that are looked at."""

FIGURES = re.compile(r"\d+")


@dataclass(frozen=True)
class Edges:
    """Hashes of the first and last lines of posts, about 150 bytes a post.

    Parameters
    ----------
    site, post, page : arrays of uint64, shape (n,)
        Of each post: its site, itself, its page.
    line : array of uint64, shape (m,)
        Of a line and its site.
    of : array of int32, shape (m,)
        Position of its post.
    """

    site: NDArray[np.uint64]
    post: NDArray[np.uint64]
    page: NDArray[np.uint64]
    line: NDArray[np.uint64]
    of: NDArray[np.int32]


@dataclass(frozen=True)
class Learnt:
    """What was learnt of one source.

    Parameters
    ----------
    lines : frozenset of int
        Hashes of a line and its site.
    n_pages : int
        Pages that hold one of them.
    """

    lines: frozenset[int] = frozenset()
    n_pages: int = 0


def number(*parts: str) -> int:
    """Hash of some strings, 64 bits."""
    return int.from_bytes(hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def site_of(record: RawRecord, post: Any, source: Source) -> str:
    """Site that a post belongs to: the host of its address or its page's, else the source.

    Examples
    --------
    >>> from scsr.corpus.pages.model import Post
    >>> from scsr.corpus.readers.source import Source
    >>> source = Source("blogs", "*", "page")
    >>> site_of(RawRecord("a.html", "page", {}), Post("", "", url="https://www.example.org/2012/svar"), source)
    'example.org'
    >>> site_of(RawRecord("a.html", "page", {}), Post("", ""), source)
    'source blogs'
    """
    try:
        host = urlsplit(post.url or record.values.get("url", "")).hostname or ""
    except ValueError:  # no address after all
        host = ""
    return host.removeprefix("www.") or f"source {source.name}"


def line_key(site: str, line: str) -> int:
    """Hash of a line of a site, whatever its case, spacing and figures."""
    return number(site, FIGURES.sub("0", " ".join(line.casefold().split())))


def edge_lines(text: str) -> list[str]:
    """Lines at both ends of a text."""
    lines = [line for line in text.split("\n") if line.strip()]
    return lines if len(lines) <= 2 * EDGE else lines[:EDGE] + lines[-EDGE:]


def survey(job: tuple[Folder, Chunk]) -> tuple[str, Edges]:
    """Take the first and last lines of the posts of some pages, unless that has been done.

    Parameters
    ----------
    job : (Folder, Chunk)
        Where it is kept, and the chunk.

    Returns
    -------
    str, Edges
        Name of the file that keeps them, and themselves.
    """
    folder, chunk = job
    name = chunk.digest("edges")
    if name in folder:
        with np.load(io.BytesIO(folder.get(name))) as held:
            return name, Edges(**held)
    edges = edges_of(chunk)
    kept = io.BytesIO()
    np.savez(kept, **vars(edges))
    folder.put(name, kept.getvalue())
    return name, edges


def edges_of(chunk: Chunk) -> Edges:
    """Take the first and last lines of the posts of some pages."""
    from scsr.corpus.prepare.pagerows import page_of  # which makes rows, and those ask what is repeated
    from scsr.text.normalise import normalise

    posts: list[tuple[int, int, int]] = []
    lines: list[tuple[int, int]] = []
    for record in chunk.records:
        if not isinstance(record, RawRecord) or record.markup is None:
            continue
        try:
            page = page_of(record, chunk.setup.source)
        except ReadError:  # becomes a reject when the page is read for good
            continue
        own = number(record.file, record.locator)
        for post in page.posts:
            text = normalise(post.text or "")
            if not text:
                continue
            site = site_of(record, post, chunk.setup.source)
            date = post.published_at.isoformat() if post.published_at else ""
            identity = (post.title, date) if post.title or date else (text,)
            keys = sorted({line_key(site, line) for line in edge_lines(text)})
            lines += [(key, len(posts)) for key in keys]
            posts.append((number(site), number(site, *identity), own))
    return Edges(
        site=np.array([one for one, _, _ in posts], dtype=np.uint64),
        post=np.array([one for _, one, _ in posts], dtype=np.uint64),
        page=np.array([one for _, _, one in posts], dtype=np.uint64),
        line=np.array([key for key, _ in lines], dtype=np.uint64),
        of=np.array([of for _, of in lines], dtype=np.int32),
    )


def learn(surveyed: Iterable[Edges]) -> Learnt:
    """Find the lines that begin or end the posts of many pages.

    Parameters
    ----------
    surveyed : iterable of Edges
        Of one source, in any order.

    Returns
    -------
    Learnt
    """
    parts = [part for part in surveyed if len(part.line)]
    if not parts:
        return Learnt()
    edges = joined(parts)
    key, of = np.unique(edges.line, return_inverse=True)
    of = of.ravel()
    sites, site = np.unique(edges.site, return_inverse=True)
    n_posts = np.bincount(site.ravel()[np.unique(edges.post, return_index=True)[1]], minlength=len(sites))
    posts, pages = (distinct(of, values[edges.of], len(key)) for values in (edges.post, edges.page))
    site_of_key = np.zeros(len(key), dtype=np.int64)
    site_of_key[of] = site.ravel()[edges.of]
    learnt = (posts >= MIN_POSTS) & (pages >= MIN_POSTS) & (posts >= MIN_SHARE * n_posts[site_of_key])
    held = np.unique(edges.page[edges.of[learnt[of]]])
    return Learnt(frozenset(key[learnt].tolist()), len(held))


def joined(parts: Sequence[Edges]) -> Edges:
    """Put surveys together."""
    before = np.cumsum([0, *(len(part.post) for part in parts[:-1])])
    return Edges(
        site=np.concatenate([part.site for part in parts]),
        post=np.concatenate([part.post for part in parts]),
        page=np.concatenate([part.page for part in parts]),
        line=np.concatenate([part.line for part in parts]),
        of=np.concatenate([part.of + np.int32(start) for part, start in zip(parts, before, strict=True)]),
    )


def distinct(group: NDArray[np.int64], value: NDArray[np.uint64], n: int) -> NDArray[np.int64]:
    """Count the different values of each group."""
    order = np.lexsort((value, group))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(group[order]) != 0) | (value[order][1:] != value[order][:-1])
    return np.bincount(group[order][fresh], minlength=n)


def without_repeated(text: str, site: str, learnt: frozenset[int]) -> str:
    r"""Take learnt lines from both ends of a post.

    Parameters
    ----------
    text : str
    site : str
        As :func:`site_of` gives it.
    learnt : frozenset of int
        As :func:`learn` gives them.

    Returns
    -------
    str
        The text as it was where nothing else would be left.

    Examples
    --------
    >>> learnt = frozenset({line_key("example.org", "Følg meg på Facebook!")})
    >>> without_repeated("Hei igjen.\n\nFølg meg på Facebook!", "example.org", learnt)
    'Hei igjen.'
    """
    lines = text.split("\n")
    start, end = 0, len(lines)
    while start < end and (not lines[start].strip() or line_key(site, lines[start]) in learnt):
        start += 1
    while start < end and (not lines[end - 1].strip() or line_key(site, lines[end - 1]) in learnt):
        end -= 1
    return "\n".join(lines[start:end]) if start < end else text
