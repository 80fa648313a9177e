"""Words, sentences and lemmas."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from scsr.text import patterns
from scsr.text.language import split_sentences
from scsr.text.resources import LANGUAGES, load

__all__ = ["furniture", "lemma", "lemmas", "sentences", "stop_words", "words"]

SIMPLEMMA: dict[str, tuple[str, ...]] = {
    "sv": ("sv",), "nb": ("nb",), "nn": ("nn", "nb"), "is": ("is",), "da": ("da",), "en": ("en",), "de": ("de",),
    "fi": ("fi",),
}  # fmt: skip
TOKEN = "|".join(
    f"(?:{pattern.pattern})"
    for pattern in (
        patterns.PLACEHOLDER, patterns.EMAIL, patterns.URL, patterns.HANDLE, patterns.HASHTAG, patterns.EMOTICON,
        patterns.EMOJI, patterns.ABBREVIATION, patterns.NUMBER, patterns.WORD,
    )
) + r"|\.{2,}|[^\w\s]"  # fmt: skip


@cache
def tokenizer() -> Any:
    """Return nltk's tokenizer with our pattern."""
    from nltk.tokenize import RegexpTokenizer

    return RegexpTokenizer(TOKEN, flags=re.UNICODE | re.IGNORECASE)


def words(text: str) -> list[str]:
    """Split a text into tokens: words, numbers, punctuation, addresses, handles, tags, emoticons, emoji.

    Examples
    --------
    >>> words("Hei @fjelltel, t.d. 2,5 GB til 199 kr :-) #treigt")
    ['Hei', '@fjelltel', ',', 't.d.', '2,5', 'GB', 'til', '199', 'kr', ':-)', '#treigt']
    """
    return tokenizer().tokenize(text)


def sentences(text: str, lang: str | None = None) -> list[str]:
    """Split a text into sentences; a line break always ends one.

    Examples
    --------
    >>> sentences("Jag väntade kl. 12. Ingen kom! Varför?", "sv")
    ['Jag väntade kl. 12.', 'Ingen kom!', 'Varför?']
    """
    return list(split_sentences(text))


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return the function words of a language; none for a language without resources."""
    return frozenset(load(lang)["stop_words"]["words"]) if lang in LANGUAGES else frozenset()


@cache
def furniture(lang: str) -> frozenset[str]:
    """Return the words of customer service that would fill every topic."""
    return frozenset(load(lang)["furniture"]["words"]) if lang in LANGUAGES else frozenset()


@lru_cache(maxsize=200_000)
def lemma(word: str, lang: str) -> str:
    """Return the dictionary form of a word, in lower case."""
    import simplemma

    codes = SIMPLEMMA.get(lang)
    return word.lower() if codes is None else simplemma.lemmatize(word, lang=codes).lower()


CONTENT = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")


@lru_cache(maxsize=200_000)
def content_lemma(word: str, lang: str) -> str | None:
    """Return the lemma of a content word; None for what is no content word."""
    token = word[1:] if word.startswith("#") else word
    if not CONTENT.fullmatch(token):
        return None
    low = token.lower()
    if low in stop_words(lang) or low in furniture(lang):
        return None
    found = lemma(token, lang)
    if len(found) < 2 or found in stop_words(lang) or found in furniture(lang):
        return None
    return found


def lemmas(text: str, lang: str) -> list[str]:
    """Return the lemmas of the content words of a text, in order and lower case.

    Examples
    --------
    >>> lemmas("Jag har väntat på svaren från @firman i 3 veckor!", "sv")
    ['vänta', 'svar', 'vecka']
    """
    return [found for word in words(text) if (found := content_lemma(word, lang)) is not None]
