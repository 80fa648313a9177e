"""Icelandic lemmas: the candidates of BÍN, one of them chosen with simplemma's help.

BÍN, the Database of Icelandic Morphology (Árni Magnússon Institute, CC BY-SA 4.0), comes with the optional package
``islenska`` and is never part of this project. Without it, simplemma alone answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

from scsr.text import dictionaries

__all__ = ["icelandic_lemma"]

# how much speaks for a candidate: simplemma's own answer, being a base form to simplemma, the share of the readings;
# against it: readings that are rare in text (weights chosen on the dev set of UD_Icelandic-Modern)
AGREES, IS_BASE, SHARE, VERB, ADVERB = 1.0, 1.0, 0.5, 0.1, 0.75
SUBJUNCTIVE_ONLY, IMPERATIVE_ONLY, PARTICIPLE_ONLY, DATIVE_PLURAL_ONLY = -0.5, -1.0, -1.5, -1.0

FUNCTION = frozenset({"pfn", "fn", "fs", "st", "nhm", "gr", "abfn", "to", "uh"})
"""BÍN's classes of function words: pronouns, prepositions, conjunctions, articles, numerals, interjections."""


LONGEST = 100
"""Letters of a word that is looked up: islenska's search recurses by letter, and thousands overflow its stack."""


@cache
def database() -> Any | None:
    """Return BÍN, or None where ``islenska`` is not installed."""
    try:
        from islenska import Bin
    except ImportError:
        return None
    return Bin()


def simple(word: str) -> str:
    """Return simplemma's lemma."""
    return dictionaries.simple_lemma(word, ("is",))


def icelandic_lemma(word: str) -> str:
    """Return the dictionary form of an Icelandic content word, in lower case.

    Parameters
    ----------
    word : str
        One word form. It is taken for a content word: a form of a verb that is also a preposition (``á``) is a verb.

    Returns
    -------
    str
        Among BÍN's candidates the one with most in its favour; simplemma's answer where BÍN has none.

    References
    ----------
    K. Bjarnadóttir et al. (2019), DIM: The Database of Icelandic Morphology, NoDaLiDa; V. Þorsteinsson, islenska.

    Examples
    --------
    >>> icelandic_lemma("pöntunina")
    'pöntun'
    """
    bin_ = database()
    if bin_ is None or len(word) > LONGEST:
        return simple(word)
    entries = bin_.lookup_ksnid(word)[1] or bin_.lookup_ksnid(word.lower())[1]
    every: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        # BÍN marks the joints of compounds with a hyphen that the word does not have
        every[entry.ord.replace("-", "").lower()].append(entry)
    if not every:
        return simple(word)
    candidates = content_readings(every, marginal(entries))
    if len(candidates) == 1:
        return next(iter(candidates))
    own = simple(word)
    n_readings = sum(map(len, candidates.values()))

    def favour_of(lemma: str) -> float:
        readings = candidates[lemma]
        classes = {entry.ofl for entry in readings}
        # what simplemma says of a function word says nothing of the content word that looks the same
        other_word = "ao" not in classes and any(entry.ofl in FUNCTION for entry in every[lemma])
        vouched = 0.0 if other_word else AGREES * (lemma == own) + IS_BASE * (simple(lemma) == lemma)
        return vouched + favour([entry.mark for entry in readings], classes, len(readings) / n_readings)

    # of equals the longer, then the later in the alphabet: any fixed rule will do
    return max(candidates, key=lambda lemma: (favour_of(lemma), len(lemma), lemma))


def marginal(entries: list[Any]) -> set[tuple[str, str]]:
    """Return the lemmas and classes that have the form in BÍN but not in its core: rare, dated or regional words."""
    in_core = {(entry.ord, entry.ofl) for entry in entries if entry.birting == "K"}
    return {(entry.ord, entry.ofl) for entry in entries} - in_core


def content_readings(every: dict[str, list[Any]], rare: set[tuple[str, str]]) -> dict[str, list[Any]]:
    """Keep the readings as a content word, and of these the ones in BÍN's core, where there are any."""
    content = kept(every, lambda entry: entry.ofl not in FUNCTION)
    return kept(content, lambda entry: (entry.ord, entry.ofl) not in rare)


def kept(candidates: dict[str, list[Any]], wanted: Callable[[Any], bool]) -> dict[str, list[Any]]:
    """Return the candidates with the readings wanted; all of them where none is."""
    found = {lemma: [entry for entry in readings if wanted(entry)] for lemma, readings in candidates.items()}
    return {lemma: readings for lemma, readings in found.items() if readings} or candidates


def favour(marks: list[str], classes: set[str], share: float) -> float:
    """Weigh one candidate lemma by its readings: their tags, their word classes, their share of all readings."""
    return (
        SHARE * share
        + VERB * ("so" in classes)
        + ADVERB * ("ao" in classes)
        + SUBJUNCTIVE_ONLY * all("VH" in mark for mark in marks)
        + IMPERATIVE_ONLY * all("BH" in mark for mark in marks)
        + PARTICIPLE_ONLY * all("LHÞT" in mark for mark in marks)
        + DATIVE_PLURAL_ONLY * all("ÞGFFT" in mark for mark in marks)
    )
