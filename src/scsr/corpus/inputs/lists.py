"""Watch lists: the words to look out for, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scsr.corpus.store import config_folder, data_folder
from scsr.errors import ScsrError
from scsr.text.resources import read

__all__ = ["Watchlist", "read_watchlists"]

LISTS = "watchlists.toml"


@dataclass(frozen=True)
class Watchlist:
    """Words to look out for.

    Parameters
    ----------
    name : str
    title : str
        What the list is after, in words.
    terms : mapping of language to tuple of str
        As :func:`scsr.analysis.labels.watch` takes them.
    """

    name: str
    title: str
    terms: Mapping[str, tuple[str, ...]]


def read_watchlists(data: str | Path | None = None) -> tuple[Watchlist, ...]:
    """Read the watch lists of ``config/watchlists.toml`` beside the tables, else those of the project.

    Each ``[[watchlist]]`` has a ``name``, a ``title`` and a table ``terms`` from language to list of words.

    Parameters
    ----------
    data : path, optional
        Folder of the tables, as :func:`scsr.load` takes it.

    Returns
    -------
    tuple of Watchlist

    Raises
    ------
    ScsrError
        Naming file, list, value and remedy.
    """
    file = config_folder(data_folder(data)) / LISTS
    if not file.is_file():
        return checked(read("watchlists.toml"), "watchlists.toml")
    try:
        return checked(tomllib.loads(file.read_text("utf-8-sig")), file.name)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScsrError(f"{file.name} cannot be read ({error}); mend it or take it away") from None


def checked(stated: Mapping[str, Any], file: str) -> tuple[Watchlist, ...]:
    """Make lists of what a file states, or say what is wrong with it."""
    given = stated.get("watchlist")
    if not isinstance(given, list) or not given:
        raise ScsrError(f"{file} has no [[watchlist]]; give one with name, title and terms")
    made: list[Watchlist] = []
    for place, one in enumerate(given, start=1):
        name = one.get("name")
        where = f"{file}, watch list {name if isinstance(name, str) else place!r}"
        if not isinstance(name, str) or not name.strip():
            raise ScsrError(f"{where}: name {name!r} is none; name it")
        if name in {other.name for other in made}:
            raise ScsrError(f"{where} stands twice; give each a name of its own")
        terms = one.get("terms")
        if not isinstance(terms, dict) or not terms:
            raise ScsrError(f"{where}: no terms; give a list of words for each language")
        for language, words in terms.items():
            if not isinstance(words, list) or not words or not all(isinstance(w, str) and w.strip() for w in words):
                raise ScsrError(f"{where}: terms.{language} = {words!r} is no list of words")
        title = one.get("title", name)
        if not isinstance(title, str):
            raise ScsrError(f"{where}: title {title!r} is no text")
        made.append(Watchlist(name, title, {lang: tuple(words) for lang, words in terms.items()}))
    return tuple(made)
