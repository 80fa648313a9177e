"""The lexicon beside TF-IDF: which of the package's cues and concepts a text holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import pandas as pd

from scsr.text import concepts, language, tokens
from scsr.text.resources import LANGUAGES, load

__all__ = ["entries_of", "entry_names", "language_of", "lexicon", "own_language"]

CUES = ("complaint", "praise", "question")
WIDEST = 3  # words of a listed phrase
READ = 20  # texts that tell their language


@cache
def lexicon(lang: str) -> Mapping[str, tuple[str, ...]]:
    """Return each listed lemma, or phrase of lemmas, with its entries; empty for a language without lists.

    Entries are the cues of a language (``cues: complaint``, ``praise``, ``question``) and the concepts of customer
    service (``concept: refund``), which any of five languages has words for. The mapping is shared: do not change it.

    Examples
    --------
    >>> lexicon("sv")["faktura"], lexicon("da")["klage"], lexicon("fo")
    (('concept: invoice',), ('cues: complaint',), {})
    """
    found: dict[str, list[str]] = {}
    listed = load(lang)["cues"] if lang in LANGUAGES else {}
    for name in CUES:
        for phrase in listed.get(name, ()):
            parts = [tokens.lemma(word, lang) for word in phrase.split()]
            found.setdefault(" ".join(parts), []).append(f"cues: {name}")
    for lemma, named in concepts.lexicon(lang).items():
        found.setdefault(lemma, []).extend(f"concept: {name.replace('_', ' ')}" for name in named)
    return {lemma: tuple(dict.fromkeys(entries)) for lemma, entries in found.items()}


def entry_names(lang: str) -> tuple[str, ...]:
    """Return all entries of a language's lexicon, in the order of the alphabet.

    Examples
    --------
    >>> entry_names("da"), len(entry_names("is")) > 70
    (('cues: complaint', 'cues: praise', 'cues: question'), True)
    """
    return tuple(sorted({entry for entries in lexicon(lang).values() for entry in entries}))


@lru_cache(maxsize=50_000)
def entries_of(text: str, lang: str) -> tuple[str, ...]:
    """Return the entries of the lexicon that a text holds, in its order, as often as it holds them.

    Examples
    --------
    >>> entries_of("Så besviken! Jag fick aldrig fakturan.", "sv")
    ('cues: complaint', 'concept: disappointment', 'cues: complaint', 'concept: invoice')
    """
    listed = lexicon(lang)
    lemmas = [tokens.lemma(word.lstrip("#") or word, lang) for word in tokens.words(text)] if listed else []
    found: list[str] = []
    for start in range(len(lemmas)):
        for end in range(start + 1, min(start + WIDEST, len(lemmas)) + 1):
            found.extend(listed.get(" ".join(lemmas[start:end]), ()))
    return tuple(found)


def language_of(texts: Sequence[str]) -> str:
    """Return the language that most of some texts are in, as its own code; ``und`` where none can be told.

    Examples
    --------
    >>> language_of(["Jag har väntat på svar i tre veckor nu.", "Fakturan var fel igen."])
    'sv'
    """
    step = max(1, len(texts) // READ)
    return language.identify("\n".join(texts[::step][:READ])).detail


def own_language(utterances: pd.DataFrame) -> pd.Series:
    """Return the code of each utterance's language, its own where it is none of the contract's.

    Examples
    --------
    >>> own_language(pd.DataFrame({"language": ["sv", "other"], "language_detail": [None, "en"]})).tolist()
    ['sv', 'en']
    """
    code = utterances["language"].astype("string")
    return code.mask(code.eq("other").fillna(False), utterances["language_detail"].astype("string"))
