"""simplemma's dictionaries, each made once on a machine into a file that processes open at once and share.

simplemma unpacks a dictionary into a dict of up to a million entries: seconds and a hundred megabytes for every
language in every process. As tries on disk they are mapped instead, and the answers are the same.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["folder", "known", "lemmatizer", "listed", "simple_lemma"]


@cache
def folder() -> Path | None:
    """Return the folder of the tries in the user's cache, or None where it cannot be written."""
    import platformdirs
    import simplemma

    made = platformdirs.user_cache_path("scsr") / "dictionaries" / simplemma.__version__
    try:
        made.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return made if os.access(made, os.W_OK) else None


@cache
def factory() -> Any:
    """Return what gives simplemma its dictionaries: from the tries, else unpacked in memory."""
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory
    from simplemma.strategies.dictionaries.dictionary_factory import CachingDictionaryFactory
    from simplemma.strategies.dictionaries.trie_dictionary_factory import TrieDictionaryFactory

    writable = folder()
    if writable is None:
        return DefaultDictionaryFactory()
    home: Path = writable

    class SharedDictionaryFactory(CachingDictionaryFactory):
        """Tries that appear in the folder whole, however many processes want the first one."""

        def _get_dictionary_uncached(self, lang: str) -> Any:
            if not (home / f"{lang}.dic").exists():
                with tempfile.TemporaryDirectory(dir=home) as draft:
                    TrieDictionaryFactory(disk_cache_dir=draft).get_dictionary(lang)
                    (Path(draft) / f"{lang}.dic").replace(home / f"{lang}.dic")
            return TrieDictionaryFactory(disk_cache_dir=str(home)).get_dictionary(lang)

    return SharedDictionaryFactory()


@cache
def lemmatizer() -> Any:
    """Return simplemma's lemmatizer over the shared dictionaries.

    Returns
    -------
    simplemma.Lemmatizer

    References
    ----------
    A. Barbaresi, simplemma, doi:10.5281/zenodo.4673264.

    Examples
    --------
    >>> lemmatizer().lemmatize("kundene", lang="nb")
    'kunde'
    """
    from simplemma import Lemmatizer
    from simplemma.strategies import DefaultStrategy

    return Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=factory()))


@cache
def look_up() -> Any:
    """Return simplemma's plain look-up, without its rules for words that the dictionary lacks."""
    from simplemma.strategies import DictionaryLookupStrategy

    return DictionaryLookupStrategy(factory())


@cache
def forms(lang: str) -> Callable[[str], str | None]:
    """Return what looks up one form, written just so, in the dictionary of a language."""
    look: Callable[[str], str | None] = factory().get_dictionary(lang).get
    return look


def listed(word: str, lang: str) -> str | None:
    """Return what simplemma's dictionary of a language has as the lemma of a word form, in either case; else None.

    Examples
    --------
    >>> listed("kunder", "sv"), listed("Kunder", "sv"), listed("kundxer", "sv")
    ('kund', 'kund', None)
    """
    if "'" in word or "’" in word or "ʼ" in word:
        found: str | None = look_up().get_lemma(word, lang)
        return found
    look = forms(lang)
    found = look(word)
    return found if found is not None else look(word.lower() if word[:1].isupper() else word.capitalize())


def known(word: str, lang: str) -> bool:
    """Whether simplemma's dictionary of a language has a word form.

    Examples
    --------
    >>> known("kunder", "sv"), known("kundxer", "sv")
    (True, False)
    """
    return listed(word, lang) is not None


def simple_lemma(word: str, codes: tuple[str, ...]) -> str:
    """Return simplemma's lemma, in lower case.

    Parameters
    ----------
    word : str
        One word form.
    codes : tuple of str
        Languages as simplemma calls them, in order.

    Returns
    -------
    str
        What the first of the dictionaries lists, else what simplemma's rules and the other dictionaries make of it.

    Examples
    --------
    >>> simple_lemma("tenestene", ("nn", "nb"))
    'teneste'
    """
    # simplemma takes the same first step after several of its own; numbers stay as they are
    found = None if word.isnumeric() else listed(word, codes[0])
    return (found or str(lemmatizer().lemmatize(word, codes))).lower()
