"""The gate before publishing: what must not leave the house.

Three things stop a report: an identifier of a person, a run of more than seven words of anybody's text (a search
would find its writer: Moreno, Goniu, Moreno & Diekema 2013, *Cyberpsychology, Behavior, and Social Networking* 16(9)),
and a cell of a table that rests on too few people or gives one away that does. Each published file is read as its
reader would see it, the code shown included: what somebody else wrote is theirs, also where an author has copied it
into the notebook. Only names after an ``@`` pass where they stand in the notebook, since code is full of such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scsr.corpus.store.folder import Folder
from scsr.corpus.store.manifest import manifest
from scsr.corpus.store.wording import Wording
from scsr.errors import GateError
from scsr.reports import cells
from scsr.reports.published import texts_of
from scsr.text.runs import LONGEST_RUN, seen, word_runs

__all__ = ["LONGEST_RUN", "check", "check_text", "cleared", "identifiers", "phrases", "seen", "word_runs"]

HASHES = re.compile(r"\b[0-9a-f]{16,64}\b")
NUMBERS = re.compile(r"[\s\d.,:;%×⁻¹²³⁰⁴⁵⁶⁷⁸⁹+−–/()\[\]-]*(to|inf|∞)?[\s\d.,:;%×⁻¹²³⁰⁴⁵⁶⁷⁸⁹+−–/()\[\]-]*\Z")
WITHHELD = "(withheld: what must not be published)"


def phrases(data: Path) -> Wording:
    """Return the runs of words of all utterances in a data folder.

    Parameters
    ----------
    data : Path
        Folder of processed tables.

    Returns
    -------
    Wording
    """
    found = manifest(data)
    parts = found.tables.get("utterances", {}).get("files", ())
    return Wording(Folder.of(data), [part["name"] for part in parts]).complete()


def holding(corpus: Wording | np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Say which runs of words stand in a corpus, given as it is kept or as an array of runs."""
    return corpus.holding(runs) if isinstance(corpus, Wording) else np.isin(runs, corpus)


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


def check(folder: Path, corpus: Wording | np.ndarray, *, own_words: Iterable[str] = (), smallest_cell: int = 5) -> None:
    """Check every file of a report before it is published.

    Parameters
    ----------
    folder : Path
        The report, not yet published.
    corpus : Wording or ndarray of uint64
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
    places: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = path.relative_to(folder).as_posix()
        for place, text in [("its name", where), *texts_of(path)]:
            if text not in places:
                places[text] = f"{where}, {place}"
                refuse_identifiers(text, places[text], own_text)
    refuse_quotations(places, corpus)
    cells.check(folder, smallest_cell)


def check_text(text: str, corpus: Wording | np.ndarray, where: str, own_text: str = "") -> None:
    """Check one text.

    Parameters
    ----------
    text : str
    corpus : Wording or ndarray of uint64
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
    refuse_identifiers(text, where, own_text)
    refuse_quotations({text: where}, corpus)


def refuse_identifiers(text: str, where: str, own_text: str) -> None:
    """Refuse a text with identifiers of persons."""
    kinds = identifiers(text)
    if kinds == ("handle",) and text in own_text:
        kinds = ()
    if kinds:
        raise GateError(
            f"{where}: holds a personal identifier ({', '.join(kinds)}); take it out of the notebook or of what it records"
        )


def refuse_quotations(places: Mapping[str, str], corpus: Wording | np.ndarray) -> None:
    """Refuse texts with words of the corpus, given with their places; the corpus is gone through once."""
    runs = word_runs(places)
    found = runs[holding(corpus, runs)]
    if not len(found):
        return
    for text, where in places.items():
        if np.isin(word_runs([text]), found).any():
            raise GateError(
                f"{where}: quotes more than {LONGEST_RUN} words in a row of somebody's text; a search finds it; "
                "paraphrase it or show single terms"
            )


def cleared(text: str, corpus: Wording | np.ndarray) -> str:
    r"""Leave out of a log the lines that must not be published; all of it where they tell so only together.

    Parameters
    ----------
    text : str
    corpus : Wording or ndarray of uint64
        Runs of words of the corpus.

    Returns
    -------
    str

    Examples
    --------
    >>> cleared("ValueError: no such row\nkari@example.com", word_runs([]))
    'ValueError: no such row\n(withheld: what must not be published)'
    """
    lines = text.splitlines()
    runs = word_runs(["\n".join(lines), *lines])
    found = runs[holding(corpus, runs)]
    kept = [line if passes(line, found) else WITHHELD for line in lines]
    return "\n".join(kept) if passes("\n".join(kept), found) else WITHHELD


def passes(text: str, corpus: np.ndarray) -> bool:
    """Whether a text may be published."""
    try:
        check_text(text, corpus, "")
    except GateError:
        return False
    return True
