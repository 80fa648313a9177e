"""Name the language of texts that are all language: their words, and the model where the words leave doubt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np

from scsr.text.language.codes import DETAILS, FOREIGN, UNKNOWN, Language, as_language
from scsr.text.language.model import model, shares
from scsr.text.language.words import (
    CLEAR_LEAD,
    CLEAR_SHARE,
    evidence,
    found_in,
    looked_up,
    rows_of,
    told_apart,
    weighed,
)

__all__ = ["at_a_glance", "named"]

# nats by which a foreign language must lead, and more of them the shorter the text, which is Nordic till proven otherwise
FOREIGN_LEAD, FOREIGN_LEAD_SHORT = 1.0, 30.0
SHARPNESS = 1.5
"""Makes a confidence come out as the share of right answers on the dev sets of Universal Dependencies."""
TINY = 1e-30
TOGETHER = 1 << 17
"""Characters of texts that are worked on at once: few enough for their arrays to stay in the processor's cache."""
PART_WORDS = 40
MOST_PARTS = 6


def named(texts: Sequence[str]) -> list[Language]:
    """Name the language of each text taken as a whole.

    Parameters
    ----------
    texts : sequence of str
        As :func:`scsr.text.language.parts.bare` leaves them. Equal texts cost no more than one.

    Returns
    -------
    list of Language

    Examples
    --------
    >>> [found.detail for found in named(["hvornår svarer I på min mail", "12345"])]
    ['da', 'und']
    """
    spoken = [text for text in dict.fromkeys(texts) if any(map(str.isalpha, text))]
    answers = {text: name for some in chunks(spoken) for text, name in zip(some, names_of(some), strict=True)}
    return [answers.get(text, UNKNOWN) for text in texts]


def chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in order, some at a time."""
    waiting: list[str] = []
    length = 0
    for text in texts:
        waiting.append(text)
        length += len(text)
        if length >= TOGETHER:
            yield waiting
            waiting, length = [], 0
    if waiting:
        yield waiting


def names_of(texts: Sequence[str]) -> list[Language]:
    """Name the languages of different texts that all have letters.

    The model, which takes most of the time, is asked only where the words leave it something to decide.
    """
    words = [found_in(text) for text in texts]
    nats, clear = in_both_spellings(words, [text.isascii() for text in texts])
    asked = np.flatnonzero(~clear)
    foreign = decide(texts, words, nats, asked.tolist()) if len(asked) else {}
    best, sure = certainties(nats)
    answers = [as_language(DETAILS[code], share) for code, share in zip(best.tolist(), sure.tolist(), strict=True)]
    for at, language in foreign.items():
        answers[at] = language
    return answers


def in_both_spellings(words: Sequence[list[str]], folded: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Weigh the words of each text in the spelling, with or without Nordic letters, that it is in."""
    nats = np.empty((len(words), len(DETAILS)))
    clear = np.empty(len(words), dtype=bool)
    for spelling in (False, True):
        at = [row for row, one in enumerate(folded) if one is spelling]
        if at:
            nats[at], clear[at] = weighed([words[row] for row in at], spelling)
    return nats, clear


def decide(texts: Sequence[str], words: Sequence[list[str]], nats: np.ndarray, asked: list[int]) -> dict[int, Language]:
    """Weigh the model in where it is asked; return the foreign languages that it finds in clear lead of the best."""
    found = shares([texts[at] for at in asked])
    priors = np.log(np.maximum(found[:, own_classes()].astype(np.float64), TINY))
    foreign: dict[int, Language] = {}
    for row, name in enumerate(model().classes[found.argmax(axis=1)].tolist()):
        if name in FOREIGN:
            at = asked[row]
            lead = math.log(found[row].max()) - priors[row].max() - FOREIGN_LEAD_SHORT / len(texts[at])
            if lead > FOREIGN_LEAD:
                foreign[at] = as_language(name, 1 / (1 + math.exp(-lead * SHARPNESS)))
    rows = [row for row, at in enumerate(asked) if at not in foreign]
    rest = [asked[row] for row in rows]
    nats[rest] = told_apart(priors[rows] + nats[rest], [words[at] for at in rest])
    return foreign


@cache
def own_classes() -> list[int]:
    """Return the model's class of each of ``DETAILS``."""
    classes = model().classes.tolist()
    return [classes.index("no" if code == "nb" else code) for code in DETAILS]


def certainties(nats: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best language of each text, by its place in ``DETAILS``, and the probability of it."""
    weights = np.exp((nats - nats.max(axis=1, keepdims=True)) * SHARPNESS)
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


def at_a_glance(text: str) -> Language | None:
    """Name the language of a long text whose small words leave no doubt anywhere in it; None of any other.

    Its words are taken in parts as the sentences of others are, in a tenth of the time.

    Parameters
    ----------
    text : str
        As :func:`scsr.text.language.parts.bare` leaves it.

    Returns
    -------
    Language or None

    Examples
    --------
    >>> at_a_glance("too short to be sure of") is None
    True
    """
    words = found_in(text)
    if len(words) < PART_WORDS:
        return None
    n_parts = min(MOST_PARTS, max(2, len(words) // PART_WORDS))
    folded = text.isascii()
    rows = looked_up(rows_of(folded), [words], len(words))
    against = np.where(rows[:, None] < 0, 0.0, evidence(folded)[2][rows])
    starts = np.arange(n_parts) * len(words) // n_parts
    nats = -np.add.reduceat(against, starts)
    hits = np.add.reduceat((rows[:, None] >= 0) & (against == 0), starts, dtype=np.intp)
    best = int(nats[0].argmax())
    others = np.delete(nats, best, axis=1).max(axis=1)
    lengths = np.diff(np.append(starts, len(words)))
    if (nats[:, best] - others < CLEAR_LEAD).any() or (hits[:, best] < CLEAR_SHARE * lengths).any():
        return None
    weights = np.exp((nats - nats[:, [best]]) * SHARPNESS)
    return as_language(DETAILS[best], float((1 / weights.sum(axis=1)).mean()))
