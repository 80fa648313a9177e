"""Which language a text is in, and how sure that is.

Swedish, bokmål, nynorsk and Icelandic against their neighbours Danish, Faroese, English, German and Finnish; what is
clearly none of these gets the name of the foreign language that it is.
"""

from __future__ import annotations

import math
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from scsr.text import dictionaries
from scsr.text.patterns import ABBREVIATION, EMAIL, HANDLE, PLACEHOLDER, QUOTED, URL, URL_HINT
from scsr.text.resources import LANGUAGES, load, neighbours

__all__ = ["CERTAIN", "CODES", "Language", "identify", "identify_parts", "vote"]

CODES = ("sv", "nb", "nn", "is")
"""The languages of the contract; any other is ``other``, with its own code in ``detail``."""

CERTAIN = 0.6
"""Confidence below which a caller had better trust the source, the page or nothing."""

DETAILS = ("sv", "nb", "nn", "is", "da", "en", "fo", "de", "fi")
FOREIGN = (
    "fr", "nl", "es", "pl", "et", "it", "pt", "lt", "lv", "ru", "uk", "bg", "cs", "sk", "hu", "ro", "tr", "ar", "fa",
    "he", "el", "ja", "ko", "zh", "th", "vi", "sr", "hr", "sl", "sq", "so", "ku", "se",
)  # fmt: skip
"""Languages that spam, quotations and newcomers to the Nordic countries write in; their answer is ``other``."""

# nats by which a foreign language must lead, and more of them the shorter the text, which is Nordic till proven otherwise
FOREIGN_LEAD, FOREIGN_LEAD_SHORT = 1.0, 30.0
# chosen on the dev sets of Universal Dependencies (sv nb nn is da fo), as is the sharpness, which makes a confidence
# come out as the share of right answers there: figures on the same sets flatter them a little
WORD_NATS, ENDING_NATS = 0.8, 0.2
SHARPNESS = 1.5
# what a word costs that the language's dictionary lacks while another's has it; nynorsk's dictionary is the smallest
UNLISTED_NATS = {"sv": 0.7, "nb": 0.7, "nn": 0.42, "da": 0.7}
# such languages closer than this are told apart with the dictionaries, which cost time to read
DOUBT = 3.0
# a lead, in nats, and a share of listed words at which the model never decided otherwise: UD, tweets, other languages
CLEAR_LEAD, CLEAR_SHARE = 3.0, 0.3
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
QUOTE_WEIGHT = 0.25
PART = 120
"""Characters that name a language nearly always."""
LONG = 3 * PART
"""Characters of a text that is taken in parts."""
PART_WORDS = 40
MOST_PARTS = 6
"""Parts of a long text that vote: enough to tell how mixed it is."""
TINY = 1e-30
LOCK = threading.Lock()
ACCENTS = {"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ý": "y", "ð": "d", "þ": "th", "ò": "o", "ü": "u"}
FOLDS = (
    str.maketrans({**ACCENTS, "å": "a", "ä": "a", "ö": "o", "ø": "o", "æ": "ae"}),
    str.maketrans({**ACCENTS, "å": "aa", "ä": "ae", "ö": "oe", "ø": "oe", "æ": "ae"}),
)
"""How the words are written without Nordic letters; used to recognise such text, never to change it."""
SHOUTED = 0.3


class Language(NamedTuple):
    """A language: ``code`` of the contract, ``detail`` its own ISO code, ``confidence`` in 0..1."""

    code: str
    detail: str
    confidence: float


UNKNOWN = Language("other", "und", 0.0)


SENTENCE_END = re.compile(r"([.!?…]+[\"'”»)\]]*)[ ]+(?=(\S))")
NO_END = re.compile(r"(?:^|[\s(\"“«])(?:[^\W\d_]|\d{1,4})\.$")


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a line break always ends one.

    A point ends no sentence after an abbreviation, or after an ordinal or initial that a small letter follows.
    """
    for line in text.split("\n"):
        start = 0
        for end in SENTENCE_END.finditer(line):
            head, follower = line[start : end.end(1)], end[2]
            if end[1].startswith(".") and end[1] != "..." and not ends_here(head, follower):
                continue
            yield head.strip()
            start = end.end()
        if rest := line[start:].strip():
            yield rest


def ends_here(head: str, follower: str) -> bool:
    """Whether the point at the end of ``head`` ends a sentence, given the character that follows."""
    last = head[-24:]
    if any(found.end() == len(last) for found in ABBREVIATION.finditer(last)):
        return False
    return not NO_END.search(last) or (follower.isupper() and head[-2:-1].isdigit())


@cache
def identifier() -> Any:
    """Return our own instance of py3langid's bundled model, restricted to the languages above."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages([*("no" if code == "nb" else code for code in DETAILS), *FOREIGN])
    return made


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


@lru_cache(maxsize=200_000)
def row_of(token: str, folded: bool) -> int | None:
    """Return the row of a listed word, else of its longest listed ending."""
    words, endings, _ = evidence(folded)
    if token in words:
        return words[token]
    for length in range(min(6, len(token) - 2), 1, -1):
        if token[-length:] in endings:
            return endings[token[-length:]]
    return None


def missing_evidence(words: list[str], folded: bool) -> np.ndarray:
    """Return, for each word or ending that is listed, how much it speaks against each language, in nats."""
    rows = [row for word in words if (row := row_of(word, folded)) is not None]
    return evidence(folded)[2][rows]


@lru_cache(maxsize=200_000)
def listed(word: str, code: str) -> bool:
    """Whether the dictionary of a language has the word."""
    return dictionaries.known(word, code)


def told_apart(logits: np.ndarray, words: list[str]) -> np.ndarray:
    """Weigh close languages in doubt with the words that only the dictionaries of some of them have."""
    best = logits.max()
    close = [at for at, code in enumerate(DETAILS) if code in UNLISTED_NATS and best - logits[at] < DOUBT]
    if len(close) < 2:
        return logits
    cost = np.zeros(len(close))
    for word in words:
        lacks = [not listed(word, DETAILS[at]) for at in close]
        if not all(lacks):
            cost += lacks
    cost *= [UNLISTED_NATS[DETAILS[at]] for at in close]
    weighed = logits.copy()
    weighed[close] -= cost - cost.min()  # the best of them keeps its distance to all others
    return weighed


def probabilities(text: str) -> dict[str, float]:
    """Return the probability of each language.

    The model's is weighed with the words and endings in the text that only some of the nine languages have, and for
    close languages with what their dictionaries lack; a foreign language in clear lead is set against their best.
    """
    words = LETTERS.findall(text.lower())
    against = missing_evidence(words, text.isascii())
    logits = -against.sum(axis=0)
    if not is_clear(logits, against, len(words)):
        ranking = ranked(text)
        shares = dict(ranking)
        prior = np.log(np.maximum([shares["no" if code == "nb" else code] for code in DETAILS], TINY))
        first, share = ranking[0]
        if first in FOREIGN:
            lead = math.log(share) - prior.max() - FOREIGN_LEAD_SHORT / len(text)
            if lead > FOREIGN_LEAD:
                return {first: 1 / (1 + math.exp(-lead * SHARPNESS))}
        logits = told_apart(prior + logits, words)
    weights = np.exp((logits - logits.max()) * SHARPNESS)
    return dict(zip(DETAILS, (weights / weights.sum()).tolist(), strict=True))


def ranked(text: str) -> list[tuple[str, float]]:
    """Return py3langid's languages and their shares, the best first."""
    with LOCK:
        model = identifier()
    found: list[tuple[str, float]] = model.rank(text)
    return found


def is_clear(logits: np.ndarray, against: np.ndarray, n_words: int) -> bool:
    """Whether the listed words leave nothing for the model to decide, which takes most of the time.

    They do where one language leads by far and has its small words all through the text.
    """
    second, best = np.argpartition(logits, -2)[-2:]
    return bool(logits[best] - logits[second] >= CLEAR_LEAD and (against[:, best] == 0).sum() >= CLEAR_SHARE * n_words)


def bare(text: str) -> str:
    """Return the text without what has no language: addresses, handles, placeholders; not shouted."""
    if "<" in text:
        text = PLACEHOLDER.sub(" ", text)
    if "@" in text:
        text = HANDLE.sub(" ", EMAIL.sub(" ", text))
    if URL_HINT.search(text):
        text = URL.sub(" ", text)
    if sum(map(str.isupper, text)) > SHOUTED * len(text):
        text = text.lower()
    return " ".join(text.split())


def as_language(detail: str, confidence: float) -> Language:
    """Word a detail code as the contract does."""
    return Language(detail if detail in CODES else "other", detail, min(1.0, max(0.0, confidence)))


def identify(text: str) -> Language:
    """Name the language of a text taken as a whole.

    Parameters
    ----------
    text : str
        Any string. Addresses, handles and placeholders are left out of account.

    Returns
    -------
    Language
        The best guess and its confidence. Short text gives a low one: compare with :data:`CERTAIN`.

    References
    ----------
    A. Barbaresi, py3langid; M. Lui and T. Baldwin (2012), langid.py, ACL demo, for the model.

    Examples
    --------
    >>> identify("Jeg venter fortsatt på svar fra kundeservice, og det har gått tre uker.").code
    'nb'
    >>> identify("Hvað er að frétta af pöntuninni minni, ég hef beðið í viku?").code
    'is'
    >>> identify("12345")
    Language(code='other', detail='und', confidence=0.0)
    """
    return named(bare(text))


@lru_cache(maxsize=4096)
def named(plain: str) -> Language:
    """Name the language of a text that is all language."""
    if not any(map(str.isalpha, plain)):
        return UNKNOWN
    ranked = probabilities(plain)
    best = max(ranked, key=lambda code: ranked[code])
    return as_language(best, ranked[best])


def vote(parts: Sequence[tuple[Language, float]]) -> Language:
    """Join the languages of parts, each with a weight, into the language of the whole.

    Parameters
    ----------
    parts : sequence of (Language, float)
        Each part's language and its weight, such as its number of letters.

    Returns
    -------
    Language
        The one with the greatest share of weight times confidence; its confidence is that of its own parts times
        its share.

    Examples
    --------
    >>> vote([(Language("sv", "sv", 0.9), 80), (Language("other", "en", 0.9), 20)]).code
    'sv'
    """
    mass: dict[str, float] = defaultdict(float)
    total = 0.0
    for language, weight in parts:
        mass[language.detail] += weight * language.confidence
        total += weight
    mass.pop("und", None)
    if not mass or total <= 0 or max(mass.values()) <= 0:
        return UNKNOWN
    best = max(sorted(mass), key=lambda code: mass[code])
    own = [(language.confidence, weight) for language, weight in parts if language.detail == best]
    sure = float(np.average([c for c, _ in own], weights=[w for _, w in own]))
    return as_language(best, sure * mass[best] / sum(mass.values()))


def identify_parts(text: str) -> Language:
    """Name the language that the writer of a text writes in, by a vote of its parts and of the whole.

    A part is a sentence, with the next ones while they are short together. It votes with its number of letters times
    its confidence. Where the parts disagree the whole votes as much as they do together: so the whole decides, and its
    parts say how sure that is. What stands in quotation marks, or after ``>`` as mail programs quote, has a quarter of
    a vote, so that an English quotation does not turn a Swedish post English.

    Parameters
    ----------
    text : str
        A post or comment.

    Returns
    -------
    Language
        As :func:`identify`.

    Examples
    --------
    >>> identify_parts('Chefen sade det rakt ut i tidningen. "We do not answer complaints." Så var det.').code
    'sv'
    """
    quoted = QUOTED.findall(text)
    own = QUOTED.sub(" ", text) if quoted else text
    if not quoted and len(own) >= LONG and (plain := at_a_glance(bare(own))) is not None:
        return plain
    voices = votes(own)
    if not quoted and len(voices) == 1:
        return voices[0][0]
    if len({language.detail for language, _ in voices}) > 1:
        voices.append((identify(own), sum(letters for _, letters in voices)))
    voices += [(language, QUOTE_WEIGHT * letters) for quote in quoted for language, letters in votes(quote)]
    return vote(voices)


def at_a_glance(text: str) -> Language | None:
    """Name the language of a text whose small words leave no doubt anywhere in it; None of any other.

    Its words are taken in parts as :func:`identify_parts` takes its sentences, in a tenth of the time.
    """
    words = LETTERS.findall(text.lower())
    if len(words) < PART_WORDS:
        return None
    n_parts = min(MOST_PARTS, max(2, len(words) // PART_WORDS))
    folded = text.isascii()
    matrix = evidence(folded)[2]
    rows = np.array([-1 if (row := row_of(word, folded)) is None else row for word in words])
    against = np.where(rows[:, None] < 0, 0.0, matrix[rows])
    starts = np.arange(n_parts) * len(words) // n_parts
    logits = -np.add.reduceat(against, starts)
    hits = np.add.reduceat((rows[:, None] >= 0) & (against == 0), starts, dtype=np.intp)
    best = int(logits[0].argmax())
    others = np.delete(logits, best, axis=1).max(axis=1)
    lengths = np.diff(np.append(starts, len(words)))
    if (logits[:, best] - others < CLEAR_LEAD).any() or (hits[:, best] < CLEAR_SHARE * lengths).any():
        return None
    weights = np.exp((logits - logits[:, [best]]) * SHARPNESS)
    return as_language(DETAILS[best], float((1 / weights.sum(axis=1)).mean()))


def votes(text: str) -> list[tuple[Language, float]]:
    """Return the language and the number of letters of each part that has letters."""
    plain = [bare(part) for part in parts(text)]
    return [(named(part), float(letters)) for part in plain if (letters := sum(map(str.isalpha, part)))]


def parts(text: str) -> Iterator[str]:
    """Yield the text in parts of whole sentences that are long enough to name their language."""
    if len(text) < LONG:
        yield text
        return
    enough = max(PART, len(text) // MOST_PARTS)
    waiting: list[str] = []
    for sentence in split_sentences(text):
        waiting.append(sentence)
        if sum(map(len, waiting)) >= enough:
            yield " ".join(waiting)
            waiting = []
    if waiting:
        yield " ".join(waiting)
