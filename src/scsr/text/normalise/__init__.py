"""Text as its writer meant it: one way of writing each character, and no character that no reader sees.

Every function is total (any string in, a string out) and idempotent (done twice is done once). Letters are never
folded: å ä ö æ ø þ ð é come out as they went in.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import wraps

from scsr.text.normalise.encoding import Decoded, detect_encoding
from scsr.text.normalise.mojibake import fix_mojibake
from scsr.text.patterns import EMAIL, EMOJI, HANDLE, HASHTAG, URL, URL_HINT

__all__ = [
    "Decoded",
    "clean",
    "collapse_elongations",
    "collapse_punctuation",
    "collapse_whitespace",
    "detect_encoding",
    "detokenise",
    "fix_mojibake",
    "normalise",
    "repair",
    "straighten_quotes",
    "strip_emails",
    "strip_emoji",
    "strip_handles",
    "strip_hashtags",
    "strip_urls",
    "unescape_entities",
]

SOFT_HYPHEN_AT_LINE_END = re.compile("\u00ad[ \t]*\n[ \t]*(?=\\w)")
ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f"
                        "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")  # fmt: skip
EMOJI_PART = "[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]"
STRAY_JOINER = re.compile(f"(?<!{EMOJI_PART})\u200d|\u200d(?!{EMOJI_PART})")
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
BLANK = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
UNSEEN = re.compile("[\x00-\x09\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
                    "\U000f0000-\U0010ffff]")  # fmt: skip
APOSTROPHE = re.compile("(?<=[^\\W\\d_])[\u2018\u2019\u02bc\u00b4\u0060\uff07](?=[^\\W\\d_])")
SURROGATE = re.compile("[\ud800-\udfff]")
OTHER_BLANK = re.compile("[\t\x0b-\r\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
# every character that one of the patterns of repair begins with: most texts have none, and one look is enough
NEEDS_REPAIR = re.compile(
    f"[{ZERO_WIDTH.pattern[1:-1]}{BLANK.pattern[1:-1]}{UNSEEN.pattern[1:-1]}"
    "\u200d\r\x0b\x0c\x85\u2028\u2029\u2018\u2019\u02bc\u00b4\u0060\uff07]"
)
MAX_ROUNDS = 12
# neither of these characters nor two of the first sort side by side are ever anything else read wrongly; the second sort
# has to stand alone, because beside another one it may be half of a letter
PLAIN = "\n !-%'-_a-~ÖÆØÞÐÁÍÓÚÝÉåäöæøþðáíóúýé\U0001f300-\U0001faff"
LONE = "ÅÄ“”„–…«»€"
NEEDS_LOOK = re.compile(f"[^{PLAIN}](?:(?<![{LONE}])|(?<=[^\x00-\x7f].)|(?=[^\x00-\x7f]))", re.DOTALL)


def settled(cleaner: Callable[[str], str]) -> Callable[[str], str]:
    """Repeat a cleaner until it changes nothing: what one pass uncovers (``&amp;amp;``), the next one takes."""

    @wraps(cleaner)
    def repeat(text: str) -> str:
        for _ in range(MAX_ROUNDS):
            done = cleaner(text)
            if done == text:
                break
            text = done
        return text

    return repeat


def join_surrogates(text: str) -> str:
    """Join surrogate pairs and drop the lone ones, which no encoding can write."""
    if not SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def is_plain(text: str) -> bool:
    """Whether one look shows that there is nothing to mend."""
    return "&" not in text and NEEDS_LOOK.search(text) is None


def repair_once(text: str) -> str:
    """One pass of :func:`repair`."""
    text = unescape_entities(text)
    if not text.isascii():
        text = fix_mojibake(join_surrogates(text))
    if NEEDS_REPAIR.search(text):
        text = LINE_END.sub("\n", text).replace("\u2029", "\n\n")
        if not text.isascii():
            text = SOFT_HYPHEN_AT_LINE_END.sub("", text)
            text = STRAY_JOINER.sub("", ZERO_WIDTH.sub("", text))
            text = APOSTROPHE.sub("'", text)
        text = UNSEEN.sub("", BLANK.sub(" ", text))
    return unicodedata.normalize("NFC", text)


def repair(text: str) -> str:
    r"""Mend the characters and leave blank lines as they stand: for text whose layout still has to be read.

    Mojibake is undone, left-over HTML entities are read, the text is NFC, lines end in ``\n``; soft hyphens, zero-width
    and control characters, private use characters (icon fonts) and lone surrogates are dropped; no-break and other
    blanks become a space; a typographic apostrophe within a word becomes ``'``. Quotation marks stay as written: “ ” » «
    are part of Nordic typography.

    Examples
    --------
    >>> repair("út\u00adflutn\u00adings\u00adins\r\n\u200bhér\u00a0er")
    'útflutningsins\nhér er'
    """
    return text if is_plain(text) else repair_thoroughly(text)


@settled
def repair_thoroughly(text: str) -> str:
    """Take every step whatever the text holds, until none changes it."""
    return repair_once(text)


def collapse_whitespace(text: str) -> str:
    r"""Make every run of blanks one space and every run of empty lines one, and strip both ends.

    Examples
    --------
    >>> collapse_whitespace("  a   b \n\n\n\n c ")
    'a b\n\nc'
    """
    if OTHER_BLANK.search(text):
        text = OTHER_BLANK.sub(" ", text)
    while "  " in text:
        text = text.replace("  ", " ")
    if "\n" in text:
        text = text.replace(" \n", "\n").replace("\n ", "\n")
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def normalise(text: str) -> str:
    r"""Return the text with its characters mended and its blanks collapsed, paragraph breaks kept.

    Parameters
    ----------
    text : str
        Any string at all.

    Returns
    -------
    str
        NFC text; see :func:`repair` for the characters and :func:`collapse_whitespace` for the blanks.

    Examples
    --------
    >>> normalise("Jeg  er\u00a0sint !\u200b\r\n\r\n\r\nFÃ¶r lÃ¥ng tid")
    'Jeg er sint !\n\nFör lång tid'
    """
    return collapse_whitespace(text) if is_plain(text) else normalise_thoroughly(text)


@settled
def normalise_thoroughly(text: str) -> str:
    """Take every step whatever the text holds, until none changes it."""
    return collapse_whitespace(repair_once(text))


@settled
def strip_urls(text: str) -> str:
    """Drop web addresses.

    Examples
    --------
    >>> strip_urls("Se http://example.com/a?b=1 og www.example.no.")
    'Se og .'
    """
    return collapse_blanks(text, URL) if URL_HINT.search(text) else text


@settled
def strip_emails(text: str) -> str:
    """Drop e-mail addresses.

    Examples
    --------
    >>> strip_emails("Skriv till anna@example.com nu")
    'Skriv till nu'
    """
    return collapse_blanks(text, EMAIL)


@settled
def strip_handles(text: str) -> str:
    """Drop @handles.

    Examples
    --------
    >>> strip_handles("@fjelltel hvor blir det av svaret?")
    'hvor blir det av svaret?'
    """
    return collapse_blanks(text, HANDLE)


@settled
def strip_hashtags(text: str) -> str:
    """Drop the # of tags and keep their word.

    Examples
    --------
    >>> strip_hashtags("Forsinket igjen #fail")
    'Forsinket igjen fail'
    """
    return HASHTAG.sub(lambda tag: tag[0][1:], text)


@settled
def strip_emoji(text: str) -> str:
    """Drop emoji.

    Examples
    --------
    >>> strip_emoji("Takk 😀👍🏽 dere")
    'Takk dere'
    """
    return collapse_blanks(text, EMOJI)


def collapse_blanks(text: str, pattern: re.Pattern[str]) -> str:
    """Cut what matches, with one space left where it stood between two words."""
    if not pattern.search(text):
        return text
    cut = re.sub(r"[^\S\n]{2,}", " ", pattern.sub(" ", text))
    return re.sub(r"(?m)^ | $", "", cut)


LONG_RUN = re.compile(URL.pattern + r"|\b([^\W\d_])\1\1\b|([^\W\d_])\2{2,}", re.IGNORECASE)


@settled
def collapse_elongations(text: str) -> str:
    """Cut three or more of the same letter to two: nothing Nordic is spelt with three.

    Addresses, and tokens of just three equal letters (``www``, ``III``), stay.

    Examples
    --------
    >>> collapse_elongations("heeeelt sjuuuukt, men www.example.com")
    'heelt sjuukt, men www.example.com'
    """
    return LONG_RUN.sub(lambda run: run[0][:2] if run[2] else run[0], text)


@settled
def collapse_punctuation(text: str) -> str:
    """Cut runs of the same mark of exclamation or question to one, and long rows of points to three.

    Examples
    --------
    >>> collapse_punctuation("Hva?!?!?! Nei!!!!! Vel.......")
    'Hva?! Nei! Vel...'
    """
    text = re.sub(r"(\?!|!\?)(?:\?!|!\?)+", r"\1", text)
    return re.sub(r"\.{4,}", "...", re.sub(r"([!?])\1+", r"\1", text))


@settled
def straighten_quotes(text: str) -> str:
    r"""Make typographic quotation marks plain.

    Examples
    --------
    >>> straighten_quotes("“kanaler” och »annat«, ‘x’")
    '"kanaler" och "annat", \'x\''
    """
    return re.sub("[‘’‚‛‹›]", "'", re.sub("[“”„‟«»]", '"', text))


ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")


@settled
def unescape_entities(text: str) -> str:
    """Read HTML entities left in plain text, also those that were escaped again (``&amp;aring;``).

    An entity ends with a semicolon, so that the parameters of an address (``?a=1&copy=2``) stay.

    Examples
    --------
    >>> unescape_entities("S&oslash;r &amp; Nord, &amp;amp;aring;")
    'Sør & Nord, å'
    """
    return ENTITY.sub(lambda entity: html.unescape(f"&{entity[1]};"), text) if "&" in text else text


@settled
def detokenise(text: str) -> str:
    """Undo the spaces that tokenised corpora set around punctuation.

    Examples
    --------
    >>> detokenise("Hei , du ( der ) ! « Jo , visst »")
    'Hei, du (der)! «Jo, visst»'
    """
    text = re.sub(r"(?<=\S) +([,.;:!?…]+)(?=\s|$)|(?<=\S) +([,.!?…]+)(?=[)\]»”\"])", r"\1\2", text)
    text = re.sub(r"(?<=[(\[«“]) +(?=\S)", "", text)
    text = re.sub(r"(?<=[^\s:;=]) +(?=[)\]»”])", "", text)
    return re.sub(r'(?<=\s)" ([^"\n]*[^"\s]) "(?=[\s,.;:!?)]|$)', r'"\1"', text)


def clean(
    text: str,
    *,
    urls: bool = False,
    emails: bool = False,
    handles: bool = False,
    hashtags: bool = True,
    emoji: bool = True,
    elongations: bool = False,
    tokenised: bool = False,
) -> str:
    """Normalise a text and keep only what is asked for.

    Parameters
    ----------
    text : str
        Any string.
    urls, emails, handles, emoji : bool
        Keep web addresses, e-mail addresses, @handles, emoji.
    hashtags : bool
        Keep the # of tags; the word stays in any case.
    elongations : bool
        Keep ``heeeelt`` as it is.
    tokenised : bool
        The text comes with spaces around punctuation, to be undone.

    Returns
    -------
    str
        The cleaned text.

    Examples
    --------
    >>> clean("@sj Heeeelt sjukt http://t.co/x #fail")
    'Heelt sjukt #fail'
    """
    steps: list[Callable[[str], str]] = [unescape_entities, normalise]
    steps += [strip_urls] * (not urls) + [strip_emails] * (not emails) + [strip_handles] * (not handles)
    steps += [strip_hashtags] * (not hashtags) + [strip_emoji] * (not emoji)
    steps += [collapse_elongations] * (not elongations) + [detokenise] * tokenised + [normalise]
    for _ in range(MAX_ROUNDS):
        before = text
        for step in steps:
            text = step(text)
        if text == before:
            break
    return text
