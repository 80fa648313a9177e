"""Postal addresses of people: a street and its number with postcode and town, or after words that say so.

A street with a number alone stays: it names shops and restaurants as often as homes. A town alone stays too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from scsr.text.patterns import alternation, trie
from scsr.text.resources import LANGUAGES, load, phrases, privacy

__all__ = ["mask_places"]

Put = Callable[[str, str], str]

UPPER = "[^\\W\\d_a-zåäöæøþðáéíóúýü]"
WORD = rf"{UPPER}[^\W\d_]*\.?(?:['’-][^\W\d_]+)*"
NAME = rf"{WORD}(?:[ ](?:(?:von|van|af|av|de|den)[ ])?{WORD}){{0,3}}"
HOUSE = r"\d{1,4}(?:[A-Za-zÅÄÖÆØ](?!\w)|[ ][A-ZÅÄÖÆØ](?!\w))?(?:[ ]?[-–/][ ]?\d{1,4}[A-Za-z]?)?"
TAIL = r"(?=[ ]*(?:[.,;:!?)\n]|$))"
POSTCODE = r"(?:(?:SE|S|NO|N|IS|DK|FI|FIN|FO)[- ]?)?(?:\d{3}[ ]?\d{2}|\d{4}|\d{3})"
TOWN = rf"{WORD}(?:[ ](?!\d){WORD}){{0,2}}"


@cache
def flat() -> str:
    """Return the pattern of a flat or floor after a house's number."""
    words = privacy()["places"]
    flats, floors = alternation(words["flats"]), alternation(words["floors"])
    return rf"(?:[ ]?,?[ ]?(?i:{flats})\.?[ ]?\d{{1,5}}|[ ]?,?[ ]?\d{{1,2}}\.?[ ]?(?i:{floors})(?!\w)\.?)?"


@cache
def street() -> str:
    """Return the pattern of a street: words with capitals, of which the last may be a common word for street."""
    return rf"{NAME}(?:[ ](?:{alternation(privacy()['places']['streets'])})\.?)?"


@cache
def full() -> re.Pattern[str]:
    """Return the pattern of a street with house, postcode and town."""
    return re.compile(
        rf"(?<!\w)(?P<street>{street()})[ ](?P<house>{HOUSE}){flat()}(?:[ ]*[,\n][ \n]*|[ ]+)"
        rf"(?P<code>{POSTCODE})[ ](?P<town>{TOWN})"
    )


@cache
def street_end() -> re.Pattern[str]:
    """Return the pattern of what a street's name ends in."""
    return re.compile(rf"(?:{alternation(privacy()['places']['streets'])})\.?$", re.IGNORECASE)


@cache
def house() -> re.Pattern[str]:
    """Return the pattern of a street with house, wherever it stands."""
    return re.compile(
        rf"(?<!\w)(?P<street>{street()})[ ]{HOUSE}{flat()}(?:[ ]?,[ ]?{POSTCODE}(?:[ ]{TOWN})?)?"
        rf"(?![\w%]|[.,:]\d)(?P<tail>{TAIL})?"
    )


@cache
def residence() -> re.Pattern[str]:
    """Return the pattern of words right before a street that say who lives or receives there."""
    cues = trie(phrases("cues", "residence"))
    return re.compile(rf"(?<![^\W_])(?:{cues})[ ]?:?[ \n](?:(?:är|er|is)[ ])?$", re.IGNORECASE)


# the blank first and then what stands before it: a search for blanks is fast
CODE_AND_TOWN = re.compile(rf"[ ](?:(?<=\d\d[ ])|(?<=\d[ ]\d[ ])){UPPER}")
HOUSE_NUMBER = re.compile(r"[ ](?<=(?:[^\W\d_]|\.)[ ])\d{1,4}(?!\d)")
HOUSE_AFTER_NAME = re.compile(rf"(?<![^\W\d_]){UPPER}[^\W\d_]{{0,60}}\.?(?: [^\W\d_]{{2,12}}\.?)? \d{{1,4}}(?!\d)")


def mask_places(text: str, put: Put, residence: bool = True) -> str:
    """Replace postal addresses.

    Parameters
    ----------
    text : str
        Running text without placeholders.
    put : callable
        Kind and value to placeholder.
    residence : bool
        Whether any words of the text can say that somebody lives or receives there.

    Returns
    -------
    str
        The text with placeholders.

    Examples
    --------
    >>> mask_places("Jag bor på Lilla Gatan 12 B. Butiken på Storgatan 5 är stängd.", lambda kind, value: f"<{kind}>")
    'Jag bor på <address>. Butiken på Storgatan 5 är stängd.'
    """
    coded = CODE_AND_TOWN.search(text) is not None
    if not (coded or residence) or not HOUSE_NUMBER.search(text) or not HOUSE_AFTER_NAME.search(text):
        return text
    if coded:
        text = full().sub(lambda found: put("address", plain(found[0])) if is_address(found) else found[0], text)
    return house().sub(lambda found: mask_home(found, put), text) if residence else text


def mask_home(found: re.Match[str], put: Put) -> str:
    """Replace where somebody lives; where a count of days follows the number, it is no house's."""
    if found["tail"] is None and not street_end().search(found["street"]) and counts(found):
        return found[0]
    for word in re.finditer(r"\S+", found["street"]):
        start = found.start() + word.start()
        if residence().search(found.string[max(0, start - 40) : start]):
            return found[0][: word.start()] + put("address", plain(found[0][word.start() :]))
    return found[0]


def counts(found: re.Match[str]) -> bool:
    """Whether the word after a match is a unit of time, or no word of the sentence."""
    after = re.match(r"[ ]([^\W\d_]+)", found.string[found.end() : found.end() + 24])
    return after is None or after[1].lower() in units_of_time() or after[1][0].isupper()


@cache
def units_of_time() -> frozenset[str]:
    """Return hours, days, months and the like in all languages."""
    tables = [load(lang)["relative_time"]["units"] for lang in LANGUAGES]
    return frozenset(form for table in tables for forms in table.values() for form in forms)


def is_address(found: re.Match[str]) -> bool:
    """Whether street, house, code and town are an address.

    The street ends as streets do, or the code is Swedish or stands apart from the house's number and is no year.
    """
    code = re.sub(r"\D", "", found["code"])
    apart = re.search(r"[,\n]", found.string[found.end("house") : found.start("code")]) is not None
    year = re.fullmatch(r"(?:19|20)\d{2}", code) is not None
    town = len(found["town"]) > 2 and not found["town"].isupper()
    return bool(street_end().search(found["street"])) or len(code) == 5 or (apart and not year and town)


def plain(address: str) -> str:
    """Write an address in one way: no line breaks, commas or double blanks."""
    return " ".join(re.sub(r"[\s,]+", " ", address).split())
