"""Words, sentences and lemmas."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from scsr.text import dictionaries, patterns
from scsr.text.remember import Remembered
from scsr.text.resources import LANGUAGES, load

__all__ = ["furniture", "lemma", "lemmas", "sentences", "stop_words", "tokenizer", "words"]

SIMPLEMMA: dict[str, tuple[str, ...]] = {
    "sv": ("sv",), "nb": ("nb",), "nn": ("nn", "nb"), "is": ("is",), "da": ("da",), "en": ("en",), "de": ("de",),
    "fi": ("fi",),
}  # fmt: skip
GENITIVE = ("sv", "nb", "nn", "da")
TOKEN = "|".join(
    f"(?:{pattern.pattern})"
    for pattern in (
        patterns.PLACEHOLDER, patterns.EMAIL, patterns.URL, patterns.HANDLE, patterns.HASHTAG, patterns.EMOTICON,
        patterns.EMOJI, patterns.ABBREVIATION, patterns.NUMBER, patterns.WORD,
    )
) + r"|\.{2,}|[^\w\s]"  # fmt: skip


COMPILED = re.compile(TOKEN, re.UNICODE | re.IGNORECASE)


def tokenizer() -> Any:
    """Return our pattern as an nltk tokenizer, for whatever in nltk takes one.

    :func:`words` finds the same tokens without it: to import nltk takes seconds, because it brings scipy and more.

    Examples
    --------
    >>> tokenizer().tokenize("t.d. 2,5 GB")
    ['t.d.', '2,5', 'GB']
    """
    from nltk.tokenize import RegexpTokenizer

    return RegexpTokenizer(TOKEN, flags=re.UNICODE | re.IGNORECASE)


def split_chunk(chunk: str) -> tuple[str, ...]:
    """Split what stands between two blanks."""
    return (chunk,) if chunk.isalpha() else tuple(COMPILED.findall(chunk))


chunks: Remembered[tuple[str, ...]] = Remembered(split_chunk)


def words(text: str) -> list[str]:
    """Split a text into tokens: words, numbers, punctuation, addresses, handles, tags, emoticons, emoji.

    Parameters
    ----------
    text : str
        Any string.

    Returns
    -------
    list of str
        Every visible character is in a token; placeholders of :mod:`scsr.text.privacy` are one token each.

    Examples
    --------
    >>> words("Hei @fjelltel, t.d. 2,5 GB til 199 kr :-) #treigt")
    ['Hei', '@fjelltel', ',', 't.d.', '2,5', 'GB', 'til', '199', 'kr', ':-)', '#treigt']
    """
    return list(chain.from_iterable(map(chunks.__getitem__, text.split())))


def sentences(text: str, lang: str | None = None) -> list[str]:  # noqa: ARG001 - one rule serves all so far
    """Split a text into sentences; a line break always ends one.

    Examples
    --------
    >>> sentences("Jag väntade kl. 12. Ingen kom! Varför?", "sv")
    ['Jag väntade kl. 12.', 'Ingen kom!', 'Varför?']
    """
    from scsr.text.language import split_sentences

    return list(split_sentences(text))


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return the function words of a language; none for a language without resources."""
    return frozenset(load(lang)["stop_words"]["words"]) if lang in LANGUAGES else frozenset()


@cache
def furniture(lang: str) -> frozenset[str]:
    """Return the words of customer service that would fill every topic."""
    return frozenset(load(lang)["furniture"]["words"]) if lang in LANGUAGES else frozenset()


@lru_cache(maxsize=100_000)
def lemma(word: str, lang: str) -> str:
    """Return the dictionary form of a word, in lower case.

    Parameters
    ----------
    word : str
        One word form.
    lang : str
        ``sv nb nn is``, or ``da en de fi``; in any other language the word itself is the answer.

    Returns
    -------
    str
        The lemma. A word that simplemma does not know is tried without a genitive s, then by its last part
        (``regjeringssammenbruddet`` by ``sammenbruddet``).

    References
    ----------
    A. Barbaresi, simplemma, doi:10.5281/zenodo.4673264.

    Examples
    --------
    >>> lemma("kundene", "nb"), lemma("statens", "nb"), lemma("kibbutzbarnen", "sv")
    ('kunde', 'stat', 'kibbutzbarn')
    """
    low = word.lower()
    codes = SIMPLEMMA.get(lang)
    if codes is None or len(low) > LONGEST:
        return low
    if lang == "is":
        from scsr.text.tokens.icelandic import icelandic_lemma

        return icelandic_lemma(low)
    if not known(low, codes) and lang in GENITIVE:
        return unknown_lemma(low, codes)
    return dictionaries.simple_lemma(low, codes)


LONGEST = 100
"""Letters of a word that is looked up, part by part; no longer one is a word."""


@lru_cache(maxsize=100_000)
def known(word: str, codes: tuple[str, ...]) -> bool:
    """Whether simplemma has the word form in one of its languages."""
    return any(dictionaries.known(word, code) for code in codes)


def unknown_lemma(word: str, codes: tuple[str, ...]) -> str:
    """Reduce an unknown form by its genitive s, or as a compound by its last part."""
    for form in genitive_forms(word):
        if known(form, codes):
            return dictionaries.simple_lemma(form, codes)
    for cut in range(3, len(word) - 3):
        head, tail = word[:cut], word[cut:]
        # with or without what joins it to the next part
        parts = dict.fromkeys((head, head.rstrip("s"), head + "e", head.rstrip("e")))
        if not any(known(part, codes) for part in parts):
            continue
        for form in (tail, *genitive_forms(tail)):
            if known(form, codes):
                return head + dictionaries.simple_lemma(form, codes)
    return dictionaries.simple_lemma(word, codes)


def genitive_forms(word: str) -> tuple[str, ...]:
    """Return the word without its genitive s, if it can have one."""
    return (word[:-1],) if len(word) > 4 and word.endswith("s") else ()


CONTENT = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")


def content_lemma(word: str, lang: str) -> str | None:
    """Return the lemma of a content word; None for what is no content word."""
    token = word.removeprefix("#")
    if not (token.isalpha() and len(token) > 1) and not CONTENT.fullmatch(token):
        return None
    none = left_out(lang)
    if token.lower() in none:
        return None
    found = lemma(token, lang)
    return None if len(found) < 2 or found in none else found


@cache
def left_out(lang: str) -> frozenset[str]:
    """Return the words that are no content."""
    return stop_words(lang) | furniture(lang)


def lemmas(text: str, lang: str) -> list[str]:
    """Return the lemmas of the content words of a text, in order and lower case.

    Examples
    --------
    >>> lemmas("Jag har väntat på svaren från @firman i 3 veckor!", "sv")
    ['vänta', 'svar', 'vecka']
    """
    return list(chain.from_iterable(map(content_lemmas(lang).__getitem__, text.split())))


@cache
def content_lemmas(lang: str) -> Remembered[tuple[str, ...]]:
    """Return the lemmas of the content words in what stands between two blanks; few of it is new in any text."""

    def of_chunk(chunk: str) -> tuple[str, ...]:
        return tuple(found for word in split_chunk(chunk) if (found := content_lemma(word, lang)) is not None)

    return Remembered(of_chunk)
