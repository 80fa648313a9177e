"""What the words of a text can be part of: one look at each says which of the masks the text needs at all.

Most words are part of nothing that is ever masked, so that most texts cost no more than a look-up for each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from scsr.text.patterns import URL_HINT
from scsr.text.remember import Remembered
from scsr.text.resources import LANGUAGES, load, phrases, privacy

__all__ = ["BRACKETED_AT", "UPPER", "Hint", "hints", "starts"]

UPPER = "[^\\W\\d_a-zåäöæøþðáéíóúýüß]"
BRACKETED_AT = re.compile(r"[(\[{](?:at|a|snabel|krøll|hjá)", re.IGNORECASE)
SIGNATURE = {"closing": "closings", "opening": "openings", "introduction": "introductions"}
ANY_LANGUAGE = ("partings", "fields", "stated")
CUES = ("plate", "residence")
TOKEN = re.compile(r"[^\W_]+")


class Hint(NamedTuple):
    """Something that a word can be part of.

    Parameters
    ----------
    kind : str
        A kind of wording, or a mark such as ``digit``.
    first : str
        The first word of the wording, in lower case; of a mark, nothing.
    others : tuple of str
        Words that the wording has besides, in lower case.
    """

    kind: str
    first: str = ""
    others: tuple[str, ...] = ()


@cache
def wordings() -> dict[str, tuple[Hint, ...]]:
    """Return every wording, under the one of its words that stands in fewest texts: the longest that is no stop word."""
    listed = [(kind, phrase) for kind, key in SIGNATURE.items() for phrase in phrases("signature", key)]
    listed += [(kind, phrase) for kind in ANY_LANGUAGE for phrase in privacy()["signature"][kind]]
    listed += [(kind, phrase) for kind in CUES for phrase in phrases("cues", kind)]
    mail = privacy()["mail"]
    listed += [("online", word) for word in [*mail["at_only"], *mail["dot"]] if word != "."]
    functions = {word for lang in LANGUAGES for word in load(lang)["stop_words"]["words"]}
    found: dict[str, dict[Hint, None]] = {}
    # from the shortest on, so that what begins with a wording that is listed itself can be left out
    for kind, phrase in sorted(listed, key=lambda one: (len(one[1]), one)):
        words = TOKEN.findall(phrase.lower())
        rarest = max(reversed(words), key=lambda word: (word not in functions, len(word)))
        under = found.setdefault(rarest, {})
        if Hint(kind, words[0]) not in under:
            under[Hint(kind, words[0], tuple(word for word in words if word != rarest))] = None
    return {rarest: tuple(under) for rarest, under in found.items()}


@cache
def marks() -> tuple[tuple[Hint, re.Pattern[str]], ...]:
    """Return the patterns of what a word holds where an address, a number or a name without a wording may be."""
    before = r"(?:^|[.,!?)])"
    return (
        (Hint("online"), re.compile(rf"@|u/|{BRACKETED_AT.pattern}", re.IGNORECASE)),
        (Hint("link"), URL_HINT),
        (Hint("digit"), re.compile(r"\d")),
        (Hint("slash", "/"), re.compile(rf"{before}//?(?:{UPPER}|$)")),
        *((Hint("dash", dash), re.compile(rf"{before}{dash}(?:{UPPER}|$)")) for dash in "-–—~"),
    )


def look(word: str) -> tuple[Hint, ...]:
    """Look closely at what stands between two blanks."""
    low = word.lower()
    plain = low.rstrip(".,!?")
    if plain.isalpha() and not plain.endswith("www"):
        return wordings().get(plain, ())
    held = (mark for mark, pattern in marks() if pattern.search(word))
    tokens = dict.fromkeys(TOKEN.findall(low))
    return (*held, *chain.from_iterable(wordings().get(token, ()) for token in tokens))


looked: Remembered[tuple[Hint, ...]] = Remembered(look)


def hints(text: str) -> dict[str, set[str]]:
    """Return what a text may hold.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    dict of str to set of str
        Kinds of wordings and marks, each with the first words of the wordings. What is not there is not in the text.

    Examples
    --------
    >>> hints("Hej Anna! Allt är löst. Mvh Erik")["closing"], hints("Allt är löst.")
    ({'mvh'}, {})
    """
    found: dict[str, set[str]] = {}
    low = ""
    # a word that comes again says nothing new, and would make a long text slow
    words = dict.fromkeys(text.split())
    for kind, first, others in chain.from_iterable(filter(None, map(looked.__getitem__, words))):
        low = low or text.lower()
        if not others or all(word in low for word in others):
            found.setdefault(kind, set()).add(first)
    return found


def starts(text: str, words: Iterable[str]) -> Iterator[int]:
    """Yield where any of some words starts in a text, in order, whatever their case.

    Examples
    --------
    >>> list(starts("Hei hei, takk", {"hei", "takk"}))
    [0, 4, 9]
    """
    low = text.lower()
    if len(low) != len(text):
        # a letter became two: every place will do
        return iter(range(len(text)))
    found = set()
    for word in words:
        at = low.find(word)
        while at >= 0:
            found.add(at)
            at = low.find(word, at + 1)
    return iter(sorted(found))
