"""Which language a text is in, and how sure that is.

Swedish, bokmål, nynorsk and Icelandic against their neighbours Danish, Faroese, English, German and Finnish.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from scsr.text.patterns import ABBREVIATION, EMAIL, HANDLE, PLACEHOLDER, QUOTED, URL, URL_HINT
from scsr.text.resources import LANGUAGES, load, neighbours

__all__ = ["CERTAIN", "CODES", "Language", "identify", "identify_parts", "vote"]

CODES = ("sv", "nb", "nn", "is")
"""The languages of the contract; any other is ``other``, with its own code in ``detail``."""

CERTAIN = 0.6
"""Confidence below which a caller had better trust the source, the page or nothing."""

DETAILS = ("sv", "nb", "nn", "is", "da", "en", "fo", "de", "fi")
# chosen on the dev sets of Universal Dependencies (sv nb nn is da fo), as is the sharpness, which makes a confidence
# come out as the share of right answers there: figures on the same sets flatter them a little
WORD_NATS, ENDING_NATS = 0.8, 0.2
SHARPNESS = 1.5
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
QUOTE_WEIGHT = 0.25
LOCK = threading.Lock()


class Language(NamedTuple):
    """A language: ``code`` of the contract, ``detail`` its own ISO code, ``confidence`` in 0..1."""

    code: str
    detail: str
    confidence: float


UNKNOWN = Language("other", "und", 0.0)


SENTENCE_END = re.compile(r"([.!?…]+[\"'”»)\]]*)[ ]+(?=(\S))")
NO_END = re.compile(r"(?:^|[\s(\"“«])(?:[^\W\d_]|\d{1,4})\.$")


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a line break always ends one.

    A point ends no sentence after an abbreviation, or after an ordinal or initial that a small letter follows.
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


@cache
def identifier() -> Any:
    """Return our own instance of py3langid's bundled model, restricted to nine languages."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(["no" if code == "nb" else code for code in DETAILS])
    return made


@cache
def evidence() -> tuple[dict[str, int], dict[str, int], np.ndarray]:
    """Return the rows of the listed words and of the listed endings, and the matrix: nats against each language."""
    words: dict[str, set[str]] = {}
    endings: dict[str, set[str]] = {}
    for code in DETAILS:
        table = load(code)["identification"] if code in LANGUAGES else neighbours()[code]
        words[code] = {*table["words"], *(load(code)["stop_words"]["words"] if code in LANGUAGES else ())}
        endings[code] = set(table["endings"])
    rows: list[list[float]] = []
    return index(words, WORD_NATS, rows), index(endings, ENDING_NATS, rows), np.array(rows)


def index(lists: dict[str, set[str]], nats: float, rows: list[list[float]]) -> dict[str, int]:
    """Give each entry a row that speaks against the languages without it; what all share is left out."""
    found = {}
    for entry in sorted(set().union(*lists.values())):
        row = [0.0 if entry in lists[code] else nats for code in DETAILS]
        if any(row):
            found[entry] = len(rows)
            rows.append(row)
    return found


def missing_evidence(text: str) -> np.ndarray:
    """Return, for each language, how much of the text's words and endings speaks against it, in nats."""
    words, endings, matrix = evidence()
    found = []
    for token in LETTERS.findall(text.lower()):
        row = words.get(token)
        if row is None:
            for length in range(min(6, len(token) - 2), 1, -1):
                row = endings.get(token[-length:])
                if row is not None:
                    break
        if row is not None:
            found.append(row)
    return matrix[found].sum(axis=0) if found else np.zeros(len(DETAILS))


def probabilities(text: str) -> dict[str, float]:
    """Return the probability of each language: the model's, weighed with the closed-class words in the text."""
    with LOCK:
        model = identifier()
    ranked = dict(model.rank(text))
    prior = np.array([ranked["no" if code == "nb" else code] for code in DETAILS])
    logits = np.log(np.maximum(prior, 1e-9)) - missing_evidence(text)
    weights = np.exp((logits - logits.max()) * SHARPNESS)
    return dict(zip(DETAILS, (weights / weights.sum()).tolist(), strict=True))


def bare(text: str) -> str:
    """Return the text without what has no language: addresses, handles, placeholders."""
    if "<" in text:
        text = PLACEHOLDER.sub(" ", text)
    if "@" in text:
        text = HANDLE.sub(" ", EMAIL.sub(" ", text))
    if URL_HINT.search(text):
        text = URL.sub(" ", text)
    return " ".join(text.split())


def as_language(detail: str, confidence: float) -> Language:
    """Word a detail code as the contract does."""
    return Language(detail if detail in CODES else "other", detail, min(1.0, max(0.0, confidence)))


@lru_cache(maxsize=4096)
def identify(text: str) -> Language:
    """Name the language of a text taken as a whole.

    Parameters
    ----------
    text : str
        Any string. Addresses, handles and placeholders are left out of account.

    Returns
    -------
    Language
        The best guess and its confidence. Short text gives a low one: compare with :data:`CERTAIN`.

    References
    ----------
    A. Barbaresi, py3langid; M. Lui and T. Baldwin (2012), langid.py, ACL demo, for the model.

    Examples
    --------
    >>> identify("Jeg venter fortsatt på svar fra kundeservice, og det har gått tre uker.").code
    'nb'
    >>> identify("Hvað er að frétta af pöntuninni minni, ég hef beðið í viku?").code
    'is'
    >>> identify("12345")
    Language(code='other', detail='und', confidence=0.0)
    """
    plain = bare(text)
    if not any(char.isalpha() for char in plain):
        return UNKNOWN
    ranked = probabilities(plain)
    best = max(ranked, key=lambda code: ranked[code])
    return as_language(best, ranked[best])


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


def identify_parts(text: str) -> Language:
    """Name the language that the writer of a text writes in, by a vote of its sentences.

    A sentence votes with its number of letters times its confidence; what stands in quotation marks has a quarter of
    a vote, so that an English quotation does not turn a Swedish post English.

    Parameters
    ----------
    text : str
        A post or comment.

    Returns
    -------
    Language
        As :func:`identify`.

    Examples
    --------
    >>> identify_parts('Chefen sade det rakt ut i tidningen. "We do not answer complaints." Så var det.').code
    'sv'
    """
    parts = []
    quoted = QUOTED.findall(text)
    for weight, piece in [(1.0, QUOTED.sub(" ", text)), *((QUOTE_WEIGHT, quote) for quote in quoted)]:
        for sentence in split_sentences(piece):
            letters = sum(char.isalpha() for char in bare(sentence))
            if letters:
                parts.append((identify(sentence), weight * letters))
    return vote(parts)
