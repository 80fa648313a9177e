"""Quoted and re-shared words: passages of one text that stand in an earlier one.

A passage is a sentence or a whole paragraph of eight words or more, without what an answer or a re-share puts
around it: ``>`` before lines, ``RT @x:`` or ``X skrev:`` at the head, names and addresses, case, punctuation. A
passage cut off by ``…`` counts for what is left of it.

Where a passage stands in several texts, the first is the one published first, in the same conversation if it stands
there, else anywhere; where one of them bears no time, the one read first. Each other one quotes it, unless the two are
exact or near duplicates as a whole.

Words that are nobody's own are no quotation, unless they are marked as one. A firm that says again what a firm has
said quotes nobody. A passage of :data:`FORMULA` texts or more is a formula, such as ``Tack för din feedback! Vi hör av
oss inom 24 timmar.``, where the first to use it speaks for a firm, where its writers repeat themselves, or where it is
shorter than :data:`LONG` words; unless it answers another speaker of the same conversation.

References
----------
Brin, Davis & García-Molina (1995), *Copy detection mechanisms for digital documents*, SIGMOD (sentence hashing).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from scsr.text.patterns import PLACEHOLDER, QUOTED, URL, URL_HINT

__all__ = [
    "FORMULA",
    "MIN_WORDS",
    "Passage",
    "Passages",
    "Quotations",
    "Writing",
    "key_of",
    "passages",
    "passages_of",
    "quotations",
]

MIN_WORDS = 8
"""Words of the shortest passage that counts."""

FORMULA = 5
"""Texts that must hold a passage before it may be a formula."""

LONG = 20
"""Words that so many people do not hit upon by themselves."""

CUT, MARKED, LENGTHY = 1, 2, 4
"""Flags of a passage."""

WORD = re.compile(r"\w+")
LINE = re.compile(r"[^\n]+")
HEAD = re.compile(r"(?:RT\s+)?(?:(?:<\w+:\w+>|@\w+):?\s+)+|[^\n]{1,100}?:\s+")
NAMES = re.compile(r"^RT\b|[<@].*:\s+$")
BREAK = re.compile(r"(?<=[.!?…:])[\"”’»)\]]*\s+|\n(?=[>|\s]*[A-ZÅÄÖÆØÁÉÍÓÚÝÞÐ])")
QUOTES = '"“”„«»'
ENDS_CUT = re.compile(r"(?:…|\.\.+)[\"”’»)\]\s]*$")

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a text.

    Parameters
    ----------
    start, end : int
        Where it stands: ``text[start:end]``.
    words : tuple of str
        Lower case; without the last one, which may be half a word, where the passage is cut off.
    cut : bool
        Whether it ends in ``…``.
    marked : bool
        Whether it is marked as another's: by ``>``, by a head such as ``RT @x:`` or by quotation marks.
    """

    start: int
    end: int
    words: tuple[str, ...]
    cut: bool
    marked: bool


@dataclass(frozen=True)
class Passages:
    """Keys of the passages of some texts, 17 bytes each.

    Parameters
    ----------
    head : array of uint64, shape (n,)
        Hash of the first eight words.
    whole : array of uint32, shape (n,)
        Hash of all words; odd where the passage is cut off.
    text : array of int32, shape (n,)
        Position of the text.
    flags : array of uint8, shape (n,)
        Sum of :data:`CUT`, :data:`MARKED` and :data:`LENGTHY` where they hold.
    """

    head: NDArray[np.uint64]
    whole: NDArray[np.uint32]
    text: NDArray[np.int32]
    flags: NDArray[np.uint8]

    def take(self, chosen: NDArray[np.bool_], to: NDArray[np.int32]) -> Passages:
        """Passages that are chosen, with new positions of their texts."""
        return Passages(self.head[chosen], self.whole[chosen], to[self.text[chosen]], self.flags[chosen])

    @classmethod
    def join(cls, parts: Sequence[Passages]) -> Passages:
        """Put passages together."""
        parts = parts or [passages_of([])]
        return cls(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)))


@dataclass(frozen=True)
class Quotations:
    """Who quotes whom, by which passage: one element for each passage that a text repeats.

    Parameters
    ----------
    later, earlier : arrays of int64, shape (n,)
        Positions of texts.
    head, whole : arrays
        Key of the passage as the later text has it.
    n_formulas : int
        Passages that are words of nobody's own.
    """

    later: Ids
    earlier: Ids
    head: NDArray[np.uint64]
    whole: NDArray[np.uint32]
    n_formulas: int = 0


def passages(text: str) -> Iterator[Passage]:
    """Cut a text into the passages that could be quotations.

    Parameters
    ----------
    text : str

    Yields
    ------
    Passage
        Each paragraph and each of its sentences, where it has eight words or more; the same words once.

    Examples
    --------
    >>> text = "RT @kari: Vi har ventet i tre uker på svar fra dere. Hvor lenge til?"
    >>> [text[found.start : found.end] for found in passages(text)]
    ['Vi har ventet i tre uker på svar fra dere. Hvor lenge til?', 'Vi har ventet i tre uker på svar fra dere.']
    """
    seen: set[tuple[tuple[str, ...], bool]] = set()
    bare = unnamed(text)
    for start, end in paragraphs(text):
        headed = text[start] in "R@<" or text.find(":", start, start + 101) >= 0  # cheap to look for
        head = HEAD.match(text, start, end) if headed else None
        body = head.end() if head else start
        marked = text.startswith((">", "|"), start) or (head is not None and NAMES.search(head[0]) is not None)
        for lo, hi, inner in pieces(text, body, end):
            found = passage(bare, lo, hi, marked or inner)
            if found is not None and (found.words, found.cut) not in seen:
                seen.add((found.words, found.cut))
                yield found


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of paragraphs: lines that follow each other and are all marked as quoted, or all not."""
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


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Spans of a paragraph, of its quotations, which are marked, and of its sentences."""
    yield start, end, False
    if any(sign in text for sign in QUOTES):
        for quotation in QUOTED.finditer(text, start, end):
            yield quotation.start() + 1, quotation.end() - 1, True
    at = start
    for stop in BREAK.finditer(text, start, end):
        yield at, stop.start(), False
        at = stop.end()
    yield at, end, False


def passage(text: str, start: int, end: int, marked: bool) -> Passage | None:
    """Words of one piece; None where they are too few."""
    if end - start < 2 * MIN_WORDS - 1:
        return None
    words = tuple(WORD.findall(text[start:end].lower()))
    cut = ENDS_CUT.search(text, max(start, end - 8), end) is not None
    if cut:
        words = words[:-1]
    return Passage(start, end, words, cut, marked) if len(words) >= MIN_WORDS else None


def unnamed(text: str) -> str:
    """Blank out names and addresses, each by as many blanks."""
    if "<" in text:
        text = PLACEHOLDER.sub(blanks, text)
    return URL.sub(blanks, text) if URL_HINT.search(text) else text


def blanks(found: re.Match[str]) -> str:
    """Return blanks in place of a match."""
    return " " * len(found[0])


def key_of(found: Passage) -> tuple[int, int]:
    """Key of a passage: the hash of its first eight words, and that of all."""
    head = hashlib.blake2b(" ".join(found.words[:MIN_WORDS]).encode(), digest_size=8).digest()
    whole = zlib.crc32(" ".join(found.words).encode()) & ~1 | found.cut
    return int.from_bytes(head, "big"), whole


def passages_of(texts: Sequence[str]) -> Passages:
    """Key the passages of some texts.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    Passages

    Examples
    --------
    >>> found = passages_of(["Kort.", "Vi har ventet i tre uker på svar fra dere"])
    >>> found.text.tolist()
    [1]
    """
    keys = [(*key_of(found), at, flags_of(found)) for at, text in enumerate(texts) for found in passages(text)]
    kinds = (np.uint64, np.uint32, np.int32, np.uint8)
    return Passages(*(np.array([key[k] for key in keys], dtype=kind) for k, kind in enumerate(kinds)))


def flags_of(found: Passage) -> int:
    """Return the flags of a passage."""
    return CUT * found.cut | MARKED * found.marked | LENGTHY * (len(found.words) >= LONG)


@dataclass(frozen=True)
class Writing:
    """What must be known of n texts to tell who quotes whom.

    Parameters
    ----------
    published : array of int64, shape (n,)
        Time of each text, in any unit; the smallest integer where it is not known.
    speaker : array of uint64, shape (n,)
        Who wrote it.
    thread : array of uint64, shape (n,)
        Conversation that it belongs to.
    staff : array of bool, shape (n,)
        Whether the writer speaks for a firm.
    alike : array of int64, shape (n,)
        Group of exact or near duplicates that the text belongs to; within one nothing is quoted.
    """

    published: Ids
    speaker: NDArray[np.uint64]
    thread: NDArray[np.uint64]
    staff: NDArray[np.bool_]
    alike: Ids


def quotations(keys: Passages, texts: Writing) -> Quotations:
    """Find the passages that stand in an earlier text.

    Parameters
    ----------
    keys : Passages
        Of all texts, whose positions are the order of reading.
    texts : Writing

    Returns
    -------
    Quotations
        Sorted by later, earlier and key.
    """
    cut = (keys.flags & CUT).astype(bool)
    same = repeats(np.lexsort((keys.whole, keys.head)), keys, texts, by_head=False)
    of_cut = np.flatnonzero(np.isin(keys.head, keys.head[cut]))
    started = repeats(of_cut[np.argsort(keys.head[of_cut], kind="stable")], keys, texts, by_head=True)
    at, earlier = np.concatenate([same[0], started[0]]), np.concatenate([same[1], started[1]])
    later = keys.text[at].astype(np.int64)
    other = texts.alike[later] != texts.alike[earlier]
    at, later, earlier = at[other], later[other], earlier[other]
    order = np.lexsort((keys.whole[at], keys.head[at], earlier, later))
    at = at[order]
    return Quotations(later[order], earlier[order], keys.head[at], keys.whole[at], same[2] + started[2])


def repeats(order: Ids, keys: Passages, texts: Writing, *, by_head: bool) -> tuple[Ids, Ids, int]:
    """Find repeats among passages that are sorted by their keys.

    Parameters
    ----------
    order : array of int
        Positions of passages, sorted by head, and by whole unless `by_head`.
    keys : Passages
    texts : Writing
    by_head : bool
        Whether passages of one beginning go together: those cut off repeat the first that is not.

    Returns
    -------
    at : array of int
        Positions of passages that repeat another text's.
    first : array of int
        Position of that text.
    n_formulas : int
        Repeated passages, each counted once, that are formulas.
    """
    groups = groups_of(keys.head[order], None if by_head else keys.whole[order])
    often = np.bincount(groups, minlength=1)[groups] > 1
    order = order[often]
    if not len(order):
        return order, order, 0
    groups = np.unique(groups[often], return_inverse=True)[1].ravel().astype(np.int64)
    text = keys.text[order].astype(np.int64)
    unknown = np.zeros(groups[-1] + 1, dtype=bool)
    unknown[groups[texts.published[text] == np.iinfo(np.int64).min]] = True
    when = np.where(unknown[groups], 0, texts.published[text])
    cut = (keys.flags[order] & CUT).astype(bool) & by_head
    sort = np.lexsort((text, when, cut, groups))
    order, groups, text, when, cut = order[sort], groups[sort], text[sort], when[sort], cut[sort]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))[groups]
    first = text[starts]
    repeated = text != first
    if by_head:
        repeated &= cut & ~cut[starts] & ((when[starts] < when) | ((when[starts] == when) & (first < text)))
    else:
        near = first_of_thread(groups, texts.thread[text], text)
        first = np.where(near != text, near, first)
    formula = is_formula(groups, text, first, keys.flags[order], texts)
    return order[repeated & ~formula], first[repeated & ~formula], len(np.unique(groups[repeated & formula]))


def first_of_thread(groups: Ids, thread: NDArray[np.uint64], text: Ids) -> Ids:
    """Return the first text of each group and conversation, for passages sorted by group and age."""
    sort = np.lexsort((thread, groups))  # stable: the age decides within a conversation
    runs = groups_of(groups[sort], thread[sort])
    firsts = text[sort][np.flatnonzero(np.diff(runs, prepend=-1))][runs]
    found = np.empty_like(text)
    found[sort] = firsts
    return found


def is_formula(groups: Ids, text: Ids, first: Ids, flags: NDArray[np.uint8], texts: Writing) -> NDArray[np.bool_]:
    """Whether each passage is a formula: words of nobody's own."""
    sizes = np.bincount(groups)
    sort = np.lexsort((texts.speaker[text], groups))
    runs = groups_of(groups[sort], texts.speaker[text][sort])
    speakers = np.bincount(groups[sort][np.flatnonzero(np.diff(runs, prepend=-1))])
    own = texts.staff[first] | (2 * speakers <= sizes)[groups] | ((flags & LENGTHY) == 0)
    answered = (texts.thread[text] == texts.thread[first]) & (texts.speaker[text] != texts.speaker[first])
    often = (sizes >= FORMULA)[groups] & own & ~answered
    found: NDArray[np.bool_] = (often | (texts.staff[first] & texts.staff[text])) & ((flags & MARKED) == 0)
    return found


def groups_of(one: NDArray[np.generic], other: NDArray[np.generic] | None) -> Ids:
    """Return the number of the run of equal keys that each element belongs to."""
    if not len(one):
        return np.zeros(0, dtype=np.int64)
    changes = one[1:] != one[:-1]
    if other is not None:
        changes |= other[1:] != other[:-1]
    return np.concatenate([[0], np.cumsum(changes)]).astype(np.int64)
