"""Which language a text is in, and how sure that is.

Swedish, bokmål, nynorsk and Icelandic against their neighbours Danish, Faroese, English, German and Finnish; what is
clearly none of these gets the name of the foreign language that it is. Many texts are named at once: that takes a
fraction of the time, and no answer hangs on the other texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scsr.text.language.codes import CERTAIN, CODES, Language
from scsr.text.language.naming import at_a_glance, named
from scsr.text.language.parts import LONG, bare, in_parts, split_sentences, vote
from scsr.text.patterns import QUOTED

__all__ = ["CERTAIN", "CODES", "Language", "identify", "identify_all", "identify_parts", "split_sentences", "vote"]

QUOTE_WEIGHT = 0.25
QUOTE_HINT = re.compile('["“”„«»>]')
"""What every quotation has, found faster than :data:`QUOTED`."""


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
    return named([bare(text)])[0]


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
    return identify_all([text])[0]


def identify_all(texts: Sequence[str]) -> list[Language]:
    """Name the languages of many texts, each as :func:`identify_parts` does, several times as fast.

    Parameters
    ----------
    texts : sequence of str
        Posts or comments; some thousands at a time are fastest.

    Returns
    -------
    list of Language
        One for each text, in order. None hangs on the other texts.

    Examples
    --------
    >>> found = identify_all(["Hvor lenge må vi vente på svar?", "Hur länge ska vi vänta på svar?", "?"])
    >>> [language.detail for language in found]
    ['nb', 'sv', 'und']
    """
    short = [at for at, text in enumerate(texts) if len(text) < LONG and not QUOTE_HINT.search(text)]
    found = dict(zip(short, named([bare(texts[at]) for at in short]), strict=True))
    for at, text in enumerate(texts):
        if len(text) >= LONG and not QUOTED.search(text) and (glance := at_a_glance(bare(text))):
            found[at] = glance
    voters = [at for at in range(len(texts)) if at not in found]
    if voters:
        found.update(zip(voters, by_vote([texts[at] for at in voters]), strict=True))
    return [found[at] for at in range(len(texts))]


def by_vote(texts: Sequence[str]) -> list[Language]:
    """Name the language of each text by a vote."""
    quotes = [QUOTED.findall(text) for text in texts]
    own = [QUOTED.sub(" ", text) if quoted else text for text, quoted in zip(texts, quotes, strict=True)]
    voters = [voices(text) for text in own]
    others = [[voice for quote in quoted for voice in voices(quote)] for quoted in quotes]
    plain = list(dict.fromkeys(part for some in (*voters, *others) for part, _ in some))
    names = dict(zip(plain, named(plain), strict=True))
    mixed = [at for at, some in enumerate(voters) if len({names[part].detail for part, _ in some}) > 1]
    whole = dict(zip(mixed, named([bare(own[at]) for at in mixed]), strict=True))
    found = []
    for at, some in enumerate(voters):
        ballot = [(names[part], letters) for part, letters in some]
        if at in whole:
            ballot.append((whole[at], sum(letters for _, letters in ballot)))
        ballot += [(names[part], QUOTE_WEIGHT * letters) for part, letters in others[at]]
        # a single voter is as sure as it is, to the last bit
        found.append(ballot[0][0] if len(ballot) == 1 and not quotes[at] else vote(ballot))
    return found


def voices(text: str) -> list[tuple[str, float]]:
    """Return what each part of a text that has letters says, and its number of letters."""
    plain = [bare(part) for part in in_parts(text)]
    return [(part, float(letters)) for part in plain if (letters := sum(map(str.isalpha, part)))]
