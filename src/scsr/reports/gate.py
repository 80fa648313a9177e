"""The gate before publishing: what must not leave the house.

Three things stop a report: an identifier of a person, a run of more than seven words of anybody's text (a search
would find its writer: Moreno, Goniu, Moreno & Diekema 2013, *Cyberpsychology, Behavior, and Social Networking* 16(9)),
and a row of a table that rests on too few people. Each published file is read as its reader would see it.
The author's own words, which stand in the notebook, are not the corpus's, and pass.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from scsr.errors import GateError
from scsr.reports.sanitise import words

__all__ = ["LONGEST_RUN", "check", "check_text", "identifiers", "phrases", "texts_of", "word_runs"]

LONGEST_RUN = 7
WORD = re.compile(r"[^\W_]+")
HASHES = re.compile(r"\b[0-9a-f]{16,64}\b")
NUMBERS = re.compile(r"[\s\d.,:;%×⁻¹²³⁰⁴⁵⁶⁷⁸⁹+−–/()\[\]-]*(to|inf|∞)?[\s\d.,:;%×⁻¹²³⁰⁴⁵⁶⁷⁸⁹+−–/()\[\]-]*\Z")
PLACEHOLDER = re.compile(r"<[a-z_]+:[0-9a-f]+>")
BLOCKS = words(
    "address article aside blockquote body caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr html li main nav ol p pre section summary table tbody td tfoot th thead title tr ul text tspan svg g"
)
CHUNK = 20_000


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
        words = WORD.findall(PLACEHOLDER.sub(" ", text).casefold())
        if len(words) >= length:
            values.extend(map(word_hash, words))
            owners.extend([place] * len(words))
        if len(values) > CHUNK * 50:
            parts.append(rolled(values, owners, length))
            values, owners = [], []
    parts.append(rolled(values, owners, length))
    return np.unique(np.concatenate(parts))


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
    text = HASHES.sub(" ", text)
    if NUMBERS.match(text):
        return ()
    found = finder().mask(text, "en")[1]
    return tuple(sorted(kind for kind, n in found.items() if n and kind != "name"))


@cache
def finder() -> Any:
    """Return what finds identifiers; its key is of no consequence, since only kinds are kept."""
    from scsr.text.privacy import Pseudonymiser

    return Pseudonymiser(b"the gate keeps kinds only")


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Read a published file as its reader sees it.

    Parameters
    ----------
    path : Path
        HTML, CSV, JSON or a notebook; anything else is read as plain text.

    Yields
    ------
    tuple of str
        Place in the file, and the text there.
    """
    ending = path.suffix
    if ending == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            for n, row in enumerate(csv.reader(lines), 1):
                for value in row:
                    yield f"row {n}", value
    elif ending == ".html":
        yield from html_texts(path.read_text("utf-8"))
    elif ending == ".ipynb":
        import nbformat

        yield from leaves(nbformat.read(path, as_version=4).cells, "cells")
    elif ending == ".json":
        yield from leaves(json.loads(path.read_text("utf-8")), "")
    else:
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"line {n}", line


def leaves(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Go through the strings of JSON data, markup taken apart."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from leaves(inner, f"{place}[{n}]")
    elif isinstance(value, str) and re.search(r"</?\w+[^>]*>", value):
        yield from ((f"{place}, {inner}", text) for inner, text in html_texts(value))
        yield place, PLACEHOLDER.sub(" ", re.sub(r"<[^>]*>", " \n", value))
    elif isinstance(value, str):
        yield place, value


def html_texts(html: str) -> Iterator[tuple[str, str]]:
    """Go through the blocks of text of a page, and through the words in its attributes."""
    import lxml.html

    if not html.strip():
        return
    root = lxml.html.document_fromstring(html)
    block: list[str] = []
    n_block = 0
    for event, node in walk(root):
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in BLOCKS:
            if "".join(block).strip():
                n_block += 1
                yield f"block {n_block}", "".join(block)
            block = []
        if event == "start" and tag:
            for name in ("title", "alt", "aria-label", "content", "href", "placeholder", "value"):
                if node.get(name) and not (name == "content" and node.get("http-equiv")):
                    yield f"attribute {name} after block {n_block}", node.get(name).removeprefix("mailto:")
        text = (node.text if tag not in ("script", "style") else "") if event == "start" else node.tail
        if tag or event == "end":
            block.append(text or "")
    if "".join(block).strip():
        yield f"block {n_block + 1}", "".join(block)


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    """Go through a tree, telling where each element starts and ends."""
    yield "start", node
    for child in node:
        yield from walk(child)
    yield "end", node


def check(
    folder: Path, corpus: np.ndarray, *, own_words: Iterable[str] = (), smallest_cell: int = 5
) -> None:  # fmt: skip
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
        The smallest number of people that a row may rest on.

    Raises
    ------
    GateError
        Naming file, place and kind of what was found; never the words or the number.
    """
    own = list(own_words)
    own_runs = word_runs(own)
    forbidden = np.setdiff1d(corpus, own_runs, assume_unique=True)
    own_text = "\n".join(own)
    seen: set[str] = set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for place, text in texts_of(path):
            if text not in seen and text not in own_text:
                seen.add(text)
                check_text(text, forbidden, f"{path.relative_to(folder).as_posix()}, {place}")
        if path.name == "results.json":
            check_cells(json.loads(path.read_text("utf-8")), smallest_cell)


def check_text(text: str, forbidden: np.ndarray, where: str) -> None:
    """Check one text.

    Raises
    ------
    GateError
        Naming the place and the kind of what was found.
    """
    kinds = identifiers(text)
    if kinds:
        raise GateError(f"{where}: holds a personal identifier ({', '.join(kinds)}); take it out of what is recorded")
    runs = word_runs([text])
    if len(forbidden) and len(runs):
        at = np.searchsorted(forbidden, runs)
        if (forbidden[np.minimum(at, len(forbidden) - 1)] == runs).any():
            raise GateError(
                f"{where}: quotes more than {LONGEST_RUN} words in a row of somebody's text; a search finds it; "
                "paraphrase it or show single terms"
            )


def check_cells(results: dict[str, Any], smallest: int) -> None:
    """Check that no table has a row on too few people."""
    for kind in ("tables", "figures"):
        for one in results.get(kind, []):
            table = one.get("table", one)
            names = [column["name"] for column in table["columns"]]
            counted = [names.index(name) for name in table["people"]]
            for n, row in enumerate(table["rows"], 1):
                if any(isinstance(row[i], (int, float)) and 0 < row[i] < smallest for i in counted):
                    raise GateError(
                        f"results.json, {one['name']!r}, row {n}: rests on fewer than {smallest} people; "
                        "leave it out with scsr.withhold"
                    )
    for one in results.get("estimates", []):
        if one["status"] == "ok" and 0 < one["n"] < smallest:
            raise GateError(
                f"results.json, estimate {one['name']!r}: rests on fewer than {smallest}; record it with scsr.record"
            )
