"""The probability of each language by py3langid's bundled model, for many texts at once.

The model is a finite automaton that finds byte sequences in a text, and naive Bayes on how often each is found. The
library walks the automaton byte by byte; here all bytes of all texts take a step together. The answers are the same to
the last bit. The model's tables are unpacked once on a machine into files that processes map at once and share.
"""

from __future__ import annotations

import os
import tempfile
import threading
import unicodedata
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scsr.text.language.codes import DETAILS, FOREIGN

__all__ = ["Model", "model", "shares"]

LOCK = threading.Lock()
LANGUAGES = (*("no" if code == "nb" else code for code in DETAILS), *FOREIGN)
"""The languages by py3langid's names: its ``no`` is bokmål."""


class Model(NamedTuple):
    """The tables of the model, restricted to the languages above.

    Attributes
    ----------
    bases : ndarray of int64, shape (n_states,)
        Where in ``moves`` the 256 moves of each state begin.
    moves : ndarray of uint32
        The state to which each byte leads.
    features : ndarray of int32, shape (n_states,)
        The feature that is found in each state, or -1.
    weights : ndarray of float32, shape (n_features, n_classes)
        Log-probability of each feature in each class.
    priors : ndarray of float32, shape (n_classes,)
        Log-probability of each class.
    classes : ndarray of str, shape (n_classes,)
        Its language; one that is written in two scripts has two classes.
    """

    bases: np.ndarray
    moves: np.ndarray
    features: np.ndarray
    weights: np.ndarray
    priors: np.ndarray
    classes: np.ndarray


@cache
def unpacked() -> Model:
    """Map the tables from the user's cache, where they are put first if they are not there."""
    home = folder()
    if home is None:
        return from_library()
    try:
        return mapped(home)
    except (OSError, ValueError):  # not there yet, or cut short when the machine stopped
        found = from_library()
        return mapped(home) if written(found, home) else found


def model() -> Model:
    """Return the tables, made once however many threads want them.

    Returns
    -------
    Model

    Examples
    --------
    >>> model().weights.shape[1] == len(model().classes)
    True
    """
    with LOCK:
        return unpacked()


def folder() -> Path | None:
    """Return the folder of the tables in the user's cache, or None where it cannot be written."""
    from importlib.metadata import version

    import platformdirs

    chosen = f"{version('py3langid')}-{zlib.crc32(' '.join(LANGUAGES).encode()):08x}"
    made = platformdirs.user_cache_path("scsr") / "languages" / chosen
    try:
        made.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return made if os.access(made, os.W_OK) else None


def from_library() -> Model:
    """Unpack py3langid's own instance of the model, which takes half a second and a hundred megabytes."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE)
    made.set_languages(list(LANGUAGES))
    return Model(
        np.frombuffer(made.tk_row, dtype=f"u{made.tk_row.itemsize}").astype(np.int64) << 8,
        np.frombuffer(made.tk_nextmove, dtype=f"u{made.tk_nextmove.itemsize}").astype(np.uint32),
        np.array(made.tk_output, dtype=np.int32),
        np.ascontiguousarray(made.nb_ptc, dtype=np.float32),
        np.asarray(made.nb_pc, dtype=np.float32),
        np.array(made.nb_classes),
    )


def mapped(home: Path) -> Model:
    """Map the tables of a folder into memory."""
    return Model(*(np.asarray(np.load(home / f"{name}.npy", mmap_mode="r")) for name in Model._fields))


def written(tables: Model, home: Path) -> bool:
    """Put each table into a file of the folder that appears whole; whether all are there."""
    try:
        with tempfile.TemporaryDirectory(dir=home) as draft:
            for name, table in tables._asdict().items():
                file = Path(draft) / f"{name}.npy"
                np.save(file, table)
                file.replace(home / file.name)
    except OSError:  # a full disk
        return False
    return True


def encoded(text: str) -> bytes:
    """Return the bytes of a text as the model was trained on them."""
    small = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", small).encode("utf-8", errors="surrogatepass")


def shares(texts: Sequence[str]) -> np.ndarray:
    """Return the probability of each class of the model for each text.

    Parameters
    ----------
    texts : sequence of str
        Not empty in all: some tens of thousands of characters, as the work takes some hundred bytes for each.

    Returns
    -------
    ndarray of float32, shape (n_texts, n_classes)
        Each row sums to 1. Of a language with two classes the first has both, the second 0.

    References
    ----------
    M. Lui and T. Baldwin (2012), langid.py, ACL demo; A. Barbaresi, py3langid, whose ``rank`` this is for many texts.

    Examples
    --------
    >>> found = shares(["Ég hef beðið í viku eftir svari", "I have waited for a week"]).argmax(axis=1)
    >>> model().classes[found].tolist()
    ['is', 'en']
    """
    tables = model()
    written = [encoded(text) for text in texts]
    bounds = np.cumsum([0, *map(len, written)])
    letters = np.frombuffer(b"".join(written), dtype=np.uint8)
    at, features, counts = visits(letters, bounds[:-1], tables)
    strengths = np.log1p(counts)
    cuts = at.searchsorted(bounds).tolist()
    scores = np.zeros((len(texts), len(tables.classes)), dtype=np.float32)
    for row, (start, stop) in enumerate(pairwise(cuts)):
        if start < stop:
            # one product for each text: what is summed, and so the rounding, hangs on no other text
            scores[row] = strengths[start:stop] @ tables.weights.take(features[start:stop], axis=0) + tables.priors
    return normalised(scores, bounds[1:] - bounds[:-1])


def visits(letters: np.ndarray, starts: np.ndarray, tables: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where each feature is first found in each text, which it is, and how often it is found there."""
    found = tables.features.take(walk(letters, starts, tables))
    at = (found >= 0).nonzero()[0]
    owner = starts.searchsorted(at, side="right")
    bits = len(letters).bit_length()
    keys = (owner * len(tables.weights) + found[at]) << bits | at
    keys.sort()
    kinds = keys >> bits
    new = np.ones(len(keys), dtype=bool)
    new[1:] = kinds[1:] != kinds[:-1]
    counts = np.zeros(len(letters), dtype=np.float32)
    counts[keys[new] & ((1 << bits) - 1)] = np.bincount(new.cumsum() - 1)
    first = counts.nonzero()[0]
    return first, found[first], counts[first]


def walk(letters: np.ndarray, starts: np.ndarray, tables: Model) -> np.ndarray:
    """Return the state of the automaton after each byte; it begins anew at each start.

    All states are worked out from a guess of the states before them till none changes any more. A fixed point is the
    walk; and as a state hangs on the last few bytes only, it is reached after as many steps as a feature has bytes.
    """
    # empty texts start where another does, the last ones behind the end
    anew = starts[starts < len(letters)]
    before = np.zeros(len(letters), dtype=np.uint32)
    while True:
        states = tables.moves.take(tables.bases.take(before) + letters)
        after = np.empty_like(before)
        after[1:] = states[:-1]
        after[anew] = 0
        if np.array_equal(after, before):
            return states
        before = after


def normalised(scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities, as sharp as py3langid makes them for a text of so many bytes."""
    scores *= (1.0 / np.sqrt(np.maximum(lengths, 1)))[:, None].astype(np.float32)
    np.exp(scores - scores.max(axis=1, keepdims=True), out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    for first, second in twice_classed():
        scores[:, first] += scores[:, second]
        scores[:, second] = 0.0
    return scores


@cache
def twice_classed() -> list[tuple[int, int]]:
    """Return the first and the other class of each language that has two."""
    classes = model().classes.tolist()
    return [(classes.index(name), at) for at, name in enumerate(classes) if classes.index(name) < at]
