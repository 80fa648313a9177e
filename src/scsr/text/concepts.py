"""Concepts of customer service: what a lemma of any of five languages is about.

The lexicon ``concepts.toml`` lists, for each concept (waiting time, refund, apology, …), words in Swedish, bokmål,
nynorsk, Icelandic and English. Here they become lemmas, so that a topic, a reply or a whole corpus can be described
by the same concepts whatever its language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256

from scsr.errors import ScsrError
from scsr.text import tokens
from scsr.text.resources import read

__all__ = ["LANGUAGES", "concepts", "concepts_of", "count_concepts", "features", "fingerprint", "lexicon", "words_of"]

#: Languages that every concept has words in.
LANGUAGES = ("sv", "nb", "nn", "is", "en")
#: A compound belongs to its last part's concept (*bilförsäkring* to *försäkring*) where that part is this long.
SHORTEST_HEAD = 5


@cache
def resource() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Read the lexicon once."""
    found: dict[str, dict[str, dict[str, list[str]]]] = read("concepts.toml")
    return found


def concepts() -> tuple[str, ...]:
    """Return the names of all concepts, in the order of the lexicon.

    Examples
    --------
    >>> concepts()[:2], len(concepts()) >= 70
    (('waiting_time', 'queue'), True)
    """
    return tuple(resource()["concepts"])


def features() -> dict[str, tuple[str, ...]]:
    """Return the expectation factors of firms' replies, each with its concepts.

    Examples
    --------
    >>> features()["long_term_view"]
    ('long_term_view', 'improvement', 'loyalty')
    """
    return {name: tuple(found) for name, found in resource()["features"].items()}


def words_of(concept: str, lang: str) -> tuple[str, ...]:
    """Return a concept's words in their dictionary form.

    Raises
    ------
    ScsrError
        If there is no such concept or language.

    Examples
    --------
    >>> words_of("refund", "nb")[:2]
    ('tilbakebetaling', 'refusjon')
    """
    languages = resource()["concepts"].get(concept)
    if languages is None:
        raise ScsrError(f"no concept {concept!r}; there are {', '.join(concepts())}")
    if lang not in languages:
        raise ScsrError(f"concept {concept!r} has no words in {lang!r}; it has {', '.join(languages)}")
    return tuple(languages[lang])


@cache
def lexicon(lang: str) -> Mapping[str, tuple[str, ...]]:
    """Return each listed lemma of a language with its concepts. The mapping is shared: do not change it.

    Parameters
    ----------
    lang : str
        One of :data:`LANGUAGES`; any other language has no entries.

    Returns
    -------
    mapping of str to tuple of str
        Lemma, as :func:`scsr.text.tokens.lemma` gives it, to one or two concepts.

    Examples
    --------
    >>> lexicon("sv")["väntetid"], lexicon("is")["kvörtun"]
    (('waiting_time',), ('complaint',))
    """
    if lang not in LANGUAGES:
        return {}
    found: dict[str, list[str]] = {}
    for concept in concepts():
        for word in words_of(concept, lang):
            claimed = found.setdefault(tokens.lemma(word, lang), [])
            if concept not in claimed:
                claimed.append(concept)
    return {lemma: tuple(claimed) for lemma, claimed in found.items()}


@cache
def concepts_of(lemma: str, lang: str) -> tuple[str, ...]:
    """Return the concepts of a lemma, those of its last part where it is a compound; none where it has none.

    Examples
    --------
    >>> concepts_of("faktura", "sv"), concepts_of("reiseforsikring", "nb"), concepts_of("himmel", "sv")
    (('invoice',), ('insurance_claim',), ())
    """
    entries = lexicon(lang)
    if lemma in entries:
        return entries[lemma]
    if lang != "en":
        for cut in range(2, len(lemma) - SHORTEST_HEAD + 1):
            if lemma[cut:] in entries:
                return entries[lemma[cut:]]
    return ()


def count_concepts(lemmas: Iterable[str], lang: str) -> Counter[str]:
    """Count the concepts of lemmas; a lemma of two concepts counts for both.

    Examples
    --------
    >>> count_concepts(["vänta", "faktura", "väntetid"], "sv").most_common()
    [('waiting_time', 2), ('invoice', 1)]
    """
    return Counter(concept for lemma in lemmas for concept in concepts_of(lemma, lang))


def fingerprint(languages: Iterable[str] = LANGUAGES) -> str:
    """Return a short hash of the lexicon as lemmas, which a saved model keeps.

    Examples
    --------
    >>> len(fingerprint(["sv"]))
    16
    """
    parts = [
        f"{lang}:{lemma}:{','.join(lexicon(lang)[lemma])}" for lang in languages for lemma in sorted(lexicon(lang))
    ]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
