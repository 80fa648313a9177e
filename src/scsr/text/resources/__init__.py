"""Words and wordings of each language, as data: one TOML file a language, read by :func:`load`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from scsr.errors import ScsrError

__all__ = ["LANGUAGES", "load", "neighbours", "phrases", "privacy"]

LANGUAGES = ("sv", "nb", "nn", "is", "da", "en")
"""Languages that have a resource file."""


@cache
def load(lang: str) -> dict[str, Any]:
    """Return the resources of a language. The dict is shared: do not change it.

    Parameters
    ----------
    lang : str
        One of :data:`LANGUAGES`.

    Returns
    -------
    dict
        Tables ``months`` and ``weekdays`` (number as a string to list of forms), ``relative_time``, ``stop_words``,
        ``furniture``, ``names``, ``signature``, ``cues`` and ``page``; each file's header says what and whence.

    Raises
    ------
    ScsrError
        If there is no such language.

    Examples
    --------
    >>> load("nb")["months"]["9"]
    ['september', 'sep', 'sept']
    """
    if lang not in LANGUAGES:
        raise ScsrError(f"no language resources for {lang!r}; there are {', '.join(LANGUAGES)}")
    return read(f"{lang}.toml")


def read(name: str) -> dict[str, Any]:
    """Parse one of the files beside this module."""
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text(encoding="utf-8"))


@cache
def neighbours() -> dict[str, Any]:
    """Return words and endings of Faroese, German and Finnish, which are only to be told from the Nordic four."""
    return read("neighbours.toml")


@cache
def privacy() -> dict[str, Any]:
    """Return what tells people from firms in any language: hosts of profiles, known companies, given names."""
    return read("privacy.toml")


@cache
def phrases(table: str, key: str, langs: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    """Return one list of phrases over several languages, longest first, each once.

    Parameters
    ----------
    table, key : str
        Such as ``"page", "reply"`` or ``"signature", "closings"``.
    langs : tuple of str
        The languages to join.

    Returns
    -------
    tuple of str
        Longest first, so that they can be joined into an alternation.

    Examples
    --------
    >>> phrases("page", "delete", ("nb", "is"))[-3:]
    ('fjern', 'slett', 'eyða')
    """
    found = {phrase for lang in langs for phrase in load(lang)[table][key]}
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))
