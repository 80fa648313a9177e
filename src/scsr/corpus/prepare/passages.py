"""Passages of texts: what could be a quotation, as keys.

A passage is a sentence or a whole paragraph of eight words or more, without what an answer or a re-share puts
around it: ``>`` before lines, ``RT @x:`` or ``X skrev:`` at the head, names and addresses, case, punctuation. A
passage cut off by ``…`` counts for what is left of it.

References
----------
Brin, Davis & García-Molina (1995), *Copy detection mechanisms for digital documents*, SIGMOD (sentence hashing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.words import Words, runs, words_of
from scsr.text.patterns import PLACEHOLDER, QUOTED, URL, URL_HINT

__all__ = ["CUT", "LENGTHY", "LONG", "MARKED", "MIN_WORDS", "Passages", "passages_of", "places"]

MIN_WORDS = 8
"""Words of the shortest passage that counts."""

LONG = 20
"""Words that so many people do not hit upon by themselves."""

CUT, MARKED, LENGTHY = 1, 2, 4
"""Flags of a passage: cut off by ``…``; marked as another's, by ``>``, a head or quotation marks; LONG or longer."""

LINE = re.compile(r"[^\n]+")
HEAD = re.compile(r"(?:RT\s+)?(?:(?:<\w+:\w+>|@\w+):?\s+)+|[^\n]{1,100}?:\s+")
NAMES = re.compile(r"^RT\b|[<@].*:\s+$")
BREAK = re.compile(r"[.!?…:\n](?:(?<=\n)(?=[>|\s]*[A-ZÅÄÖÆØÁÉÍÓÚÝÞÐ])|(?<!\n)[\"”’»)\]]*\s+)")
QUOTE = re.compile('["“”„«»]')
ENDS_CUT = re.compile(r"(?:…|\.\.+)[\"”’»)\]\s]*$")
MAYBE_ADDRESS = re.compile(r"\.[^\W_]|://")

Span = tuple[int, int, bool]
"""Start, end, and whether it is marked as another's."""


@dataclass(frozen=True)
class Passages:
    """Passages of some texts, in their order.

    Parameters
    ----------
    text : array of int64, shape (n,)
        Position of the text.
    start, end : arrays of int64, shape (n,)
        Where it stands in the text.
    head : array of uint64, shape (n,)
        Hash of the first eight words.
    whole : array of uint32, shape (n,)
        Hash of all words, but for the last one of a passage that is cut off, which may be half a word; odd where it is.
    flags : array of uint8, shape (n,)
        Sum of :data:`CUT`, :data:`MARKED` and :data:`LENGTHY` where they hold.
    """

    text: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    head: NDArray[np.uint64]
    whole: NDArray[np.uint32]
    flags: NDArray[np.uint8]


def passages_of(texts: Sequence[str], words: Words | None = None) -> Passages:
    """Cut texts into the passages that could be quotations; the same words of one text once.

    Parameters
    ----------
    texts : sequence of str
    words : Words, optional
        Of these texts, where they are known.

    Returns
    -------
    Passages

    Examples
    --------
    >>> text = "RT @kari: Vi har ventet i tre uker på svar fra dere. Hvor lenge til?"
    >>> found = passages_of(["Kort.", text])
    >>> found.text.tolist(), [text[start:end] for start, end in zip(found.start, found.end)][1]
    ([1, 1], 'Vi har ventet i tre uker på svar fra dere.')
    """
    words = words or words_of(texts)
    enough = np.flatnonzero(words.counts >= MIN_WORDS).tolist()
    spans = [(at, *span) for at in enough for span in spans_of(texts[at])]
    text, start, end, marked = np.array(spans, dtype=np.int64).reshape(-1, 4).T
    bare = {at: made for at in enough if (made := unnamed(texts[at])) != texts[at]}
    if bare:
        texts = [bare.get(at, one) for at, one in enumerate(texts)]
        words = words_of(texts)
    cut = np.array([ends_cut(texts[at], lo, hi) for at, lo, hi, _ in spans], dtype=np.int64)
    first = np.searchsorted(words.start, words.text_start[text] + start)
    stop = np.searchsorted(words.start, words.text_start[text] + end) - cut
    kept = np.flatnonzero(stop - first >= MIN_WORDS)
    whole = runs(words.hashes, first[kept], stop[kept]) >> np.uint64(32) & ~np.uint64(1) | cut[kept].astype(np.uint64)
    head = runs(words.hashes, first[kept], first[kept] + MIN_WORDS)
    order = np.lexsort((whole, head, text[kept]))  # stable: of the same words of one text the first comes first
    keys = np.stack([text[kept].astype(np.uint64), head, whole])[:, order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    chosen = np.sort(order[fresh])
    at = kept[chosen]
    flags = CUT * cut[at] + MARKED * marked[at] + LENGTHY * (stop[at] - first[at] >= LONG)
    return Passages(text[at], start[at], end[at], head[chosen], whole[chosen].astype(np.uint32), flags.astype(np.uint8))


def places(text: str, keys: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Say where passages of known keys stand in a text.

    Parameters
    ----------
    text : str
    keys : set of (int, int)
        Head and whole of each passage.

    Returns
    -------
    list of (int, int)
        Start and end, in their order; a part of a passage may be listed beside it.

    Examples
    --------
    >>> found = passages_of(["Vi har ventet i tre uker på svar"])
    >>> places("Hun sa: vi har ventet i tre uker på svar!", {(int(found.head[0]), int(found.whole[0]))})
    [(8, 41)]
    """
    found = passages_of([text])
    rows = zip(*(column.tolist() for column in (found.start, found.end, found.head, found.whole)), strict=True)
    return sorted((start, end) for start, end, head, whole in rows if (head, whole) in keys)


def spans_of(text: str) -> Iterator[Span]:
    """Spans of paragraphs, each without its head, then of its quotations and of its sentences."""
    quoting = QUOTE.search(text) is not None
    for start, end in paragraphs(text):
        headed = text[start] in "R@<" or text.find(":", start, start + 101) >= 0  # cheap to look for
        head = HEAD.match(text, start, end) if headed else None
        marked = text[start] in ">|" or (head is not None and NAMES.search(head[0]) is not None)
        body = head.end() if head else start
        yield body, end, marked
        if quoting:
            for quotation in QUOTED.finditer(text, body, end):
                yield quotation.start() + 1, quotation.end() - (quotation[0][0] != ">"), True
        at = body
        for stop in BREAK.finditer(text, body, end):
            mark = stop.start() + (text[stop.start()] != "\n")
            if mark - at >= 2 * MIN_WORDS - 1:
                yield at, mark, marked
            at = stop.end()
        if body < at <= end - 2 * MIN_WORDS + 1:
            yield at, end, marked


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of paragraphs: lines that follow each other and are all marked as quoted, or all not."""
    if "\n" not in text:
        if text.strip("> |\t"):
            yield 0, len(text)
        return
    start, end, marked = 0, 0, False
    for line in LINE.finditer(text):
        quoted = line[0].startswith((">", "|"))
        blank = not line[0].strip("> |\t")
        if blank or quoted != marked or line.start() > end + 1:
            if end > start:
                yield start, end
            start = end = line.start()
            marked = quoted
        if blank:
            start = end = line.end()
        else:
            end = line.end()
    if end > start:
        yield start, end


def ends_cut(text: str, start: int, end: int) -> bool:
    """Whether a piece of a text ends in ``…``."""
    tail = text[max(start, end - 8) : end]
    return ("…" in tail or ".." in tail) and ENDS_CUT.search(tail) is not None


def unnamed(text: str) -> str:
    """Blank out names and addresses, each by as many blanks."""
    if "<" in text:
        text = PLACEHOLDER.sub(blanks, text)
    return URL.sub(blanks, text) if MAYBE_ADDRESS.search(text) and URL_HINT.search(text) else text


def blanks(found: re.Match[str]) -> str:
    """Return blanks in place of a match."""
    return " " * len(found[0])
