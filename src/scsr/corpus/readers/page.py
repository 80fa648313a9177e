"""Reader ``page``: saved pages, HTML or text. The splitting into posts is ``scsr.corpus.pages``' job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scsr.corpus.readers.files import read_text, refusal
from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.errors import ReadError

__all__ = ["looks_like_html", "read_page"]

TAG = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|article|table|h[1-6]|meta|title)\b", re.IGNORECASE)
ADDRESS = re.compile(
    r"""<link\s[^>]*rel=["']?canonical["']?[^>]*href=["']([^"'>\s]+)"""
    r"""|<!--\s*saved from url=\(\d+\)(\S+)\s*-->""",
    re.IGNORECASE,
)


def looks_like_html(text: str) -> bool:
    """Whether text is markup, judged by its content and not its file name.

    Examples
    --------
    >>> looks_like_html("<!DOCTYPE html><html>"), looks_like_html("a < b, and b > c")
    (True, False)
    """
    return TAG.search(text[:200_000]) is not None


def repeats_itself(text: str, is_html: bool) -> bool:
    r"""Whether a page is a few lines over and over, as a broken download is.

    Telling posts apart on such a page would take for ever, and there is none to be told.

    Examples
    --------
    >>> repeats_itself("Hei\n" * 1000, False), repeats_itself("Hei\n" * 100, False)
    (True, False)
    """
    parts = text.split("<" if is_html else "\n")
    most = 4000 if is_html else 400
    return len(parts) > most and len(set(parts)) < 0.04 * len(parts)


def read_page(path: Path, source: Source, file: str) -> Iterator[RawRecord | Reject]:
    """Read one saved page, whole.

    Parameters
    ----------
    path : Path
    source : Source
    file : str
        Path below the raw folder.

    Yields
    ------
    RawRecord or Reject
        One record, with its markup still to be split; ``values`` holds the page's own address where it
        states one.
    """
    try:
        text = read_text(path, source.encoding)
    except ReadError as error:
        yield Reject(file, "file", *refusal(error))
        return
    except (OSError, UnicodeError) as error:
        yield Reject(file, "file", "unreadable", type(error).__name__)
        return
    is_html = looks_like_html(text)
    if repeats_itself(text, is_html):
        yield Reject(file, "page", "repeats itself", "the same few lines over and over are no page; save it again")
        return
    found = ADDRESS.search(text[:200_000]) if is_html else None
    url = next((group for group in found.groups() if group), "") if found else ""
    yield RawRecord(file, "page", {"url": url} if url else {}, markup=text, is_html=is_html)
