"""The parts of a text, each long enough to name its language, and how their votes are joined."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from scsr.text.language.codes import UNKNOWN, Language, as_language
from scsr.text.patterns import ABBREVIATION, EMAIL, HANDLE, PLACEHOLDER, URL, URL_HINT

__all__ = ["LONG", "bare", "in_parts", "split_sentences", "vote"]

PART = 120
"""Characters that name a language nearly always."""
LONG = 3 * PART
"""Characters of a text that is taken in parts."""
MOST_PARTS = 6
"""Parts of a long text that vote: enough to tell how mixed it is."""
SHOUTED = 0.3
"""Share of capitals above which a text is shouted."""
CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
POINT = re.compile(r"\.\S")
"""What every address without ``://`` has, found faster than :data:`URL_HINT`."""
SENTENCE_END = re.compile(r"([.!?…]+[\"'”»)\]]*)[ ]+(?=(\S))")
NO_END = re.compile(r"(?:^|[\s(\"“«])(?:[^\W\d_]|\d{1,4})\.$")


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a line break always ends one.

    A point ends no sentence after an abbreviation, or after an ordinal or initial that a small letter follows.

    Examples
    --------
    >>> list(split_sentences("Det kostar ca. 300 kronor. Varför?"))
    ['Det kostar ca. 300 kronor.', 'Varför?']
    """
    for line in text.split("\n"):
        start = 0
        for end in SENTENCE_END.finditer(line):
            head, follower = line[start : end.end(1)], end[2]
            if end[1].startswith(".") and end[1] != "..." and not ends_here(head, follower):
                continue
            yield head.strip()
            start = end.end()
        if rest := line[start:].strip():
            yield rest


def ends_here(head: str, follower: str) -> bool:
    """Whether the point at the end of ``head`` ends a sentence, given the character that follows."""
    last = head[-24:]
    if any(found.end() == len(last) for found in ABBREVIATION.finditer(last)):
        return False
    return not NO_END.search(last) or (follower.isupper() and head[-2:-1].isdigit())


def bare(text: str) -> str:
    """Return the text without what has no language: addresses, handles, placeholders; not shouted.

    Examples
    --------
    >>> bare("HALLÅ @firma, SE  www.example.com")
    'hallå , se'
    """
    if "<" in text:
        text = PLACEHOLDER.sub(" ", text)
    if "@" in text:
        text = HANDLE.sub(" ", EMAIL.sub(" ", text))
    if ("://" in text or POINT.search(text)) and URL_HINT.search(text):
        text = URL.sub(" ", text)
    if is_shouted(text):
        text = text.lower()
    return " ".join(text.split())


def is_shouted(text: str) -> bool:
    """Whether more of the text than ``SHOUTED`` is capitals."""
    enough = SHOUTED * len(text)
    ascii_only = text.encode("ascii", errors="ignore")
    # at most: the capitals of A to Z, and all that are beyond these
    if len(text) - len(ascii_only.translate(None, CAPITALS)) <= enough:
        return False
    return sum(map(str.isupper, text)) > enough


def in_parts(text: str) -> Iterator[str]:
    """Yield the text in parts of whole sentences that are long enough to name their language."""
    if len(text) < LONG:
        yield text
        return
    enough = max(PART, len(text) // MOST_PARTS)
    waiting: list[str] = []
    length = 0
    for sentence in split_sentences(text):
        waiting.append(sentence)
        length += len(sentence)
        if length >= enough:
            yield " ".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield " ".join(waiting)


def vote(parts: Sequence[tuple[Language, float]]) -> Language:
    """Join the languages of parts, each with a weight, into the language of the whole.

    Parameters
    ----------
    parts : sequence of (Language, float)
        Each part's language and its weight, such as its number of letters.

    Returns
    -------
    Language
        The one with the greatest share of weight times confidence; its confidence is that of its own parts times
        its share.

    Examples
    --------
    >>> vote([(Language("sv", "sv", 0.9), 80), (Language("other", "en", 0.9), 20)]).code
    'sv'
    """
    mass: dict[str, float] = defaultdict(float)
    total = 0.0
    for language, weight in parts:
        mass[language.detail] += weight * language.confidence
        total += weight
    mass.pop("und", None)
    if not mass or total <= 0 or max(mass.values()) <= 0:
        return UNKNOWN
    best = max(sorted(mass), key=lambda code: mass[code])
    own = [(language.confidence, weight) for language, weight in parts if language.detail == best]
    sure = float(np.average([c for c, _ in own], weights=[w for _, w in own]))
    return as_language(best, sure * mass[best] / sum(mass.values()))
