"""The gate before publishing: what must not leave the house.

Three things stop a report: an identifier of a person, a run of more than seven words of anybody's text (a search
would find its writer: Moreno, Goniu, Moreno & Diekema 2013, *Cyberpsychology, Behavior, and Social Networking* 16(9)),
and a cell of a table that rests on too few people or gives one away that does. Each published file is read as its
reader would see it, the code shown included: what somebody else wrote is theirs, also where an author has copied it
into the notebook. Only names after an ``@`` pass where they stand in the notebook, since code is full of such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from scsr.errors import GateError
from scsr.reports import cells
from scsr.reports.published import texts_of

__all__ = ["LONGEST_RUN", "check", "check_text", "cleared", "identifiers", "phrases", "seen", "word_runs"]

LONGEST_RUN = 7
WORD = re.compile(r"[^\W_]+")
HASHES = re.compile(r"\b[0-9a-f]{16,64}\b")
NUMBERS = re.compile(r"[\s\d.,:;%×⁻¹²³⁰⁴⁵⁶⁷⁸⁹+−–/()\[\]-]*(to|inf|∞)?[\s\d.,:;%×⁻¹²³⁰⁴⁵⁶⁷⁸⁹+−–/()\[\]-]*\Z")
PLACEHOLDER = re.compile(r"<[a-z_]+:[0-9a-f]+>")
#: Characters that a reader does not see: soft hyphens, joiners, marks of direction.
UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
CHUNK = 20_000
WITHHELD = "(withheld: what must not be published)"


@cache
def word_hash(word: str) -> int:
    """Return a number for a word, the same in every run."""
    return int.from_bytes(blake2b(word.encode("utf-8"), digest_size=8).digest(), "big")


def word_runs(texts: Iterable[str], length: int = LONGEST_RUN + 1) -> np.ndarray:
    """Return the hashes of all runs of words in texts, sorted and unique.

    Parameters
    ----------
    texts : iterable of str
        A run never goes over the end of a text. Case, punctuation and placeholders do not count.
    length : int
        Words in a run.

    Returns
    -------
    ndarray of uint64

    Examples
    --------
    >>> runs = word_runs(["Ett två tre fyra."], length=3)
    >>> len(runs), bool(np.isin(word_runs(["två, TRE: fyra"], 3), runs).all())
    (2, True)
    """
    parts: list[np.ndarray] = []
    values: list[int] = []
    owners: list[int] = []
    for place, text in enumerate(texts):
        words = WORD.findall(PLACEHOLDER.sub(" ", seen(text)).casefold())
        if len(words) >= length:
            values.extend(map(word_hash, words))
            owners.extend([place] * len(words))
        if len(values) > CHUNK * 50:
            parts.append(rolled(values, owners, length))
            values, owners = [], []
    parts.append(rolled(values, owners, length))
    return np.unique(np.concatenate(parts))


def seen(text: str) -> str:
    r"""Return a text as its reader sees it, whatever characters it is made of.

    Examples
    --------
    >>> seen("va\u0308n\u00adtade") == "väntade"
    True
    """
    return UNSEEN.sub("", unicodedata.normalize("NFC", text))


def rolled(values: list[int], owners: list[int], length: int) -> np.ndarray:
    """Hash each window of words that lies within one text."""
    if len(values) < length:
        return np.empty(0, np.uint64)
    words, owner = np.array(values, np.uint64), np.array(owners, np.int64)
    n_windows = len(words) - length + 1
    runs = np.zeros(n_windows, np.uint64)
    for shift in range(length):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + words[shift : shift + n_windows]
        runs ^= runs >> np.uint64(29)
    return np.unique(runs[owner[:n_windows] == owner[length - 1 :]])


def phrases(data: Path) -> np.ndarray:
    """Return the runs of words of all utterances in a data folder.

    Parameters
    ----------
    data : Path
        Folder of processed tables.

    Returns
    -------
    ndarray of uint64
    """
    from scsr.corpus.store import load

    table = load("utterances", columns=["title", "text"], data=data)
    return word_runs(text for name in ("title", "text") for text in table[name].dropna())


def identifiers(text: str) -> tuple[str, ...]:
    """Return the kinds of personal identifiers in a text; never the identifiers.

    Examples
    --------
    >>> identifiers("write to kari@example.com"), identifiers("complaint rate 12 of 1,000")
    (('email',), ())
    """
    text = HASHES.sub(" ", seen(text))
    if NUMBERS.match(text):
        return ()
    found = finder().mask(text, "en")[1]
    return tuple(sorted(kind for kind, n in found.items() if n and kind != "name"))


@cache
def finder() -> Any:
    """Return what finds identifiers; its key is of no consequence, since only kinds are kept."""
    from scsr.text.privacy import Pseudonymiser

    return Pseudonymiser(b"the gate keeps kinds only")


def check(folder: Path, corpus: np.ndarray, *, own_words: Iterable[str] = (), smallest_cell: int = 5) -> None:
    """Check every file of a report before it is published.

    Parameters
    ----------
    folder : Path
        The report, not yet published.
    corpus : ndarray of uint64
        Runs of words of the corpus, from :func:`phrases`.
    own_words : iterable of str
        The author's own texts: the cells of the notebook.
    smallest_cell : int
        The smallest number of people that a cell may rest on.

    Raises
    ------
    GateError
        Naming file, place and kind of what was found; never the words or the number.
    """
    own_text = "\n".join(own_words)
    known: set[str] = set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = path.relative_to(folder).as_posix()
        for place, text in [("its name", where), *texts_of(path)]:
            if text not in known:
                known.add(text)
                check_text(text, corpus, f"{where}, {place}", own_text)
    cells.check(folder, smallest_cell)


def check_text(text: str, corpus: np.ndarray, where: str, own_text: str = "") -> None:
    """Check one text.

    Parameters
    ----------
    text : str
    corpus : ndarray of uint64
        Runs of words of the corpus.
    where : str
        What to say of its place.
    own_text : str
        The author's own words.

    Raises
    ------
    GateError
        Naming the place and the kind of what was found.
    """
    kinds = identifiers(text)
    if kinds == ("handle",) and text in own_text:
        kinds = ()
    if kinds:
        raise GateError(
            f"{where}: holds a personal identifier ({', '.join(kinds)}); take it out of the notebook or of what it records"
        )
    runs = word_runs([text])
    if len(corpus) and len(runs):
        at = np.searchsorted(corpus, runs)
        if (corpus[np.minimum(at, len(corpus) - 1)] == runs).any():
            raise GateError(
                f"{where}: quotes more than {LONGEST_RUN} words in a row of somebody's text; a search finds it; "
                "paraphrase it or show single terms"
            )


def cleared(text: str, corpus: np.ndarray) -> str:
    r"""Leave out of a log the lines that must not be published; all of it where they tell so only together.

    Parameters
    ----------
    text : str
    corpus : ndarray of uint64
        Runs of words of the corpus.

    Returns
    -------
    str

    Examples
    --------
    >>> cleared("ValueError: no such row\nkari@example.com", word_runs([]))
    'ValueError: no such row\n(withheld: what must not be published)'
    """
    kept = [line if passes(line, corpus) else WITHHELD for line in text.splitlines()]
    return "\n".join(kept) if passes("\n".join(kept), corpus) else WITHHELD


def passes(text: str, corpus: np.ndarray) -> bool:
    """Whether a text may be published."""
    try:
        check_text(text, corpus, "")
    except GateError:
        return False
    return True
