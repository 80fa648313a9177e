"""What the words of a text say of its language: small words and endings, and the dictionaries of close languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain

import numpy as np

from scsr.text import dictionaries
from scsr.text.language.codes import DETAILS
from scsr.text.remember import Remembered
from scsr.text.resources import LANGUAGES, load, neighbours

__all__ = [
    "CLEAR_LEAD",
    "CLEAR_SHARE",
    "FOLDS",
    "evidence",
    "found_in",
    "looked_up",
    "rows_of",
    "told_apart",
    "weighed",
]

# chosen on the dev sets of Universal Dependencies (sv nb nn is da fo): figures on the same sets flatter them a little
WORD_NATS, ENDING_NATS = 0.8, 0.2
# what a word costs that the language's dictionary lacks while another's has it; nynorsk's dictionary is the smallest
UNLISTED_NATS = {"sv": 0.7, "nb": 0.7, "nn": 0.42, "da": 0.7}
CLOSE = [DETAILS.index(code) for code in UNLISTED_NATS]
# such languages closer than this are told apart with the dictionaries, which cost time to read
DOUBT = 3.0
# a lead, in nats, and a share of listed words at which the model never decided otherwise: UD, tweets, other languages
CLEAR_LEAD, CLEAR_SHARE = 3.0, 0.3
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
LATIN_LETTERS = re.compile("[a-zª²³µ¹º¼-¾ß-öø-ÿ]+(?:'[a-zª²³µ¹º¼-¾ß-öø-ÿ]+)?")
"""The same in small letters of Latin-1, in two thirds of the time."""
ACCENTS = {"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ý": "y", "ð": "d", "þ": "th", "ò": "o", "ü": "u"}
FOLDS = (
    str.maketrans({**ACCENTS, "å": "a", "ä": "a", "ö": "o", "ø": "o", "æ": "ae"}),
    str.maketrans({**ACCENTS, "å": "aa", "ä": "ae", "ö": "oe", "ø": "oe", "æ": "ae"}),
)
"""How the words are written without Nordic letters; used to recognise such text, never to change it."""


def looked_up(answers: Remembered[int], words: Iterable[Sequence[str]], n_words: int) -> np.ndarray:
    """Return the answers for all the words of several texts, one after another."""
    return np.fromiter(map(answers.__getitem__, chain.from_iterable(words)), dtype=np.intp, count=n_words)


def found_in(text: str) -> list[str]:
    """Return the words of a text in small letters.

    Examples
    --------
    >>> found_in("Hva er det? 12 kr")
    ['hva', 'er', 'det', 'kr']
    """
    small = text.lower()
    try:
        small.encode("latin-1")
    except UnicodeEncodeError:
        return LETTERS.findall(small)
    return LATIN_LETTERS.findall(small)


@cache
def evidence(folded: bool) -> tuple[dict[str, int], dict[str, int], np.ndarray]:
    """Return the rows of the listed words and of the listed endings, and the matrix: nats against each language.

    Folded, the words stand as those write them who have no Nordic keyboard.
    """
    words: dict[str, set[str]] = {}
    endings: dict[str, set[str]] = {}
    for code in DETAILS:
        table = load(code)["identification"] if code in LANGUAGES else neighbours()[code]
        listed = {*table["words"], *(load(code)["stop_words"]["words"] if code in LANGUAGES else ())}
        words[code] = {word.translate(fold) for word in listed for fold in FOLDS} if folded else listed
        endings[code] = {ending for ending in table["endings"] if not folded or ending.isascii()}
    rows: list[list[float]] = []
    return index(words, WORD_NATS, rows), index(endings, ENDING_NATS, rows), np.array(rows)


def index(lists: dict[str, set[str]], nats: float, rows: list[list[float]]) -> dict[str, int]:
    """Give each entry a row that speaks against the languages without it; what all share is left out."""
    found = {}
    for entry in sorted(set().union(*lists.values())):
        row = [0.0 if entry in lists[code] else nats for code in DETAILS]
        if any(row):
            found[entry] = len(rows)
            rows.append(row)
    return found


@cache
def rows_of(folded: bool) -> Remembered[int]:
    """Return what gives the row of a listed word, else that of its longest listed ending, else -1."""
    words, endings, _ = evidence(folded)

    def find(word: str) -> int:
        if word in words:
            return words[word]
        for length in range(min(6, len(word) - 2), 1, -1):
            if word[-length:] in endings:
                return endings[word[-length:]]
        return -1

    return Remembered(find)


def weighed(words: Sequence[Sequence[str]], folded: bool) -> tuple[np.ndarray, np.ndarray]:
    """Weigh the listed words and endings of each text.

    Parameters
    ----------
    words : sequence of sequence of str
        The words of each text, as :func:`found_in` gives them.
    folded : bool
        Whether the texts are written without Nordic letters.

    Returns
    -------
    ndarray of float64, shape (n_texts, n_languages)
        What speaks for each of ``DETAILS``, in nats; never above zero.
    ndarray of bool, shape (n_texts,)
        Whether that leaves nothing to decide: one language leads by far and has its small words all through the text.

    Examples
    --------
    >>> nats, clear = weighed([found_in("jag har inte fått något svar från er och jag vill inte vänta")], folded=False)
    >>> DETAILS[nats[0].argmax()], bool(clear[0])
    ('sv', True)
    """
    lengths = [len(some) for some in words]
    rows = looked_up(rows_of(folded), words, sum(lengths))
    listed = rows >= 0
    owner = np.arange(len(words)).repeat(lengths)[listed]
    against = evidence(folded)[2].take(rows[listed], axis=0)
    # summed word by word, so that the rounding is that of the text alone
    cells = (owner * len(DETAILS))[:, None] + np.arange(len(DETAILS))
    sums = np.bincount(cells.ravel(), weights=against.ravel(), minlength=len(words) * len(DETAILS))
    nats = -sums.reshape(len(words), len(DETAILS))
    best = nats.argmax(axis=1)
    own = against[np.arange(len(owner)), best[owner]] == 0
    n_own = np.bincount(owner[own], minlength=len(words))
    ordered = np.sort(nats, axis=1)
    leads = ordered[:, -1] - ordered[:, -2]
    return nats, (leads >= CLEAR_LEAD) & (n_own >= CLEAR_SHARE * np.array(lengths))


@cache
def unlisted(code: str) -> Remembered[int]:
    """Return what gives 1 for a word that the dictionary of a language lacks, else 0."""
    return Remembered(lambda word: int(not dictionaries.known(word, code)))


def told_apart(nats: np.ndarray, words: Sequence[Sequence[str]]) -> np.ndarray:
    """Weigh close languages in doubt with the words that only the dictionaries of some of them have.

    Parameters
    ----------
    nats : ndarray of float64, shape (n_texts, n_languages)
        What speaks for each of ``DETAILS``.
    words : sequence of sequence of str
        The words of each text.

    Returns
    -------
    ndarray of float64, shape (n_texts, n_languages)
        The best of the close languages keeps its distance to all others.
    """
    weighed = nats.copy()
    close = nats.max(axis=1, keepdims=True) - nats[:, CLOSE] < DOUBT
    sets = close @ (1 << np.arange(len(CLOSE)))
    for number in sorted(set(sets[close.sum(axis=1) > 1].tolist())):
        texts = (sets == number).nonzero()[0]
        columns = [code for place, code in enumerate(CLOSE) if number >> place & 1]
        costs = missing([words[text] for text in texts], [DETAILS[code] for code in columns])
        weighed[texts[:, None], columns] -= costs - costs.min(axis=1, keepdims=True)
    return weighed


def missing(words: Sequence[Sequence[str]], codes: Sequence[str]) -> np.ndarray:
    """Return, in nats for each text and language, what its words cost that only other languages' dictionaries have."""
    lengths = [len(some) for some in words]
    lacks = np.array([looked_up(unlisted(code), words, sum(lengths)) for code in codes])
    lacks[:, lacks.all(axis=0)] = 0
    cells = np.arange(len(words)).repeat(lengths) + len(words) * np.arange(len(codes))[:, None]
    counts = np.bincount(cells.ravel(), weights=lacks.ravel(), minlength=len(words) * len(codes))
    return counts.reshape(len(codes), len(words)).T * [UNLISTED_NATS[code] for code in codes]
