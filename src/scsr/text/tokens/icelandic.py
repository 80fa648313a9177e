"""Icelandic lemmas: the candidates of BÍN, one of them chosen with simplemma's help.

BÍN, the Database of Icelandic Morphology (Árni Magnússon Institute, CC BY-SA 4.0), comes with the optional package
``islenska`` and is never part of this project. Without it, simplemma alone answers.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

from scsr.text import dictionaries

__all__ = ["icelandic_lemma"]

# how much speaks for a candidate: simplemma's own answer, being a base form to simplemma, the share of the readings;
# against it: readings that are rare in text (weights chosen on the dev set of UD_Icelandic-Modern)
AGREES, IS_BASE, SHARE, VERB = 1.0, 1.0, 0.5, 0.1
SUBJUNCTIVE_ONLY, IMPERATIVE_ONLY, PARTICIPLE_ONLY = -0.5, -1.0, -1.5


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
    return str(dictionaries.lemmatizer().lemmatize(word, "is")).lower()


def icelandic_lemma(word: str) -> str:
    """Return the dictionary form of an Icelandic word, in lower case.

    Parameters
    ----------
    word : str
        One word form.

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
    if bin_ is None:
        return simple(word)
    entries = bin_.lookup(word)[1] or bin_.lookup(word.lower())[1]
    candidates: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        # BÍN marks the joints of compounds with a hyphen that the word does not have
        candidates[entry.ord.replace("-", "").lower()].append(entry)
    if not candidates:
        return simple(word)
    own = simple(word)
    n_readings = len(entries)
    # of equals the longer, then the later in the alphabet: any fixed rule will do
    return max(candidates, key=lambda lemma: (favour(lemma, candidates[lemma], own, n_readings), len(lemma), lemma))


def favour(lemma: str, readings: list[Any], own: str, n_readings: int) -> float:
    """Weigh one candidate lemma by its readings."""
    marks = [reading.mark for reading in readings]
    verb = any(reading.ofl == "so" for reading in readings)
    return (
        AGREES * (lemma == own)
        + IS_BASE * (simple(lemma) == lemma)
        + SHARE * len(readings) / n_readings
        + VERB * verb
        + SUBJUNCTIVE_ONLY * all("VH" in mark for mark in marks)
        + IMPERATIVE_ONLY * all("BH" in mark for mark in marks)
        + PARTICIPLE_ONLY * all("LHÞT" in mark for mark in marks)
    )
