"""Names in greetings, signatures and self-introductions, and names that a page tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial

from scsr.text.patterns import PLACEHOLDER, alternation, trie
from scsr.text.privacy.companies import is_company
from scsr.text.privacy.hints import ANY_LANGUAGE, SIGNATURE, UPPER, hints, starts
from scsr.text.resources import LANGUAGES, load, phrases, privacy

__all__ = ["first_names", "mask_names", "names_pattern"]

Put = Callable[[str, str], str]

INITIAL = rf"{UPPER}(?:\.|(?![\w.]))"
CAPITAL = rf"{UPPER}[^\W\d_]+(?:['’-][^\W\d_]+)*"
PARTICLE = r"(?:av|af|von|van|de|der|den|di|el|al|bin|da|dos|la|le)"
NEXT = rf"(?:{INITIAL}|(?:{PARTICLE}[ ])?{CAPITAL})"
FULL = rf"(?:{CAPITAL}|{INITIAL})(?:[ ]?{INITIAL}|[ ]{NEXT}|(?<=[.]){CAPITAL}){{0,4}}"
ANY = rf"(?:{FULL}|[^\W\d_]+)"
GAP = r"[ \t]*[,.:;!–-]{0,3}[ \t]*(?:\r?\n\s*)?(?:/{1,2}|–|-|~)?[ ]?"
OVER = r"(?=[ ]*[.!]?[ ]*(?:\n|$))"
LINE_END = r"(?=[ ]*[.!]?(?:[ ]*\n|[ ]*$|,|[ ]+(?:<|\+?\d|https?:)))"


@cache
def first_names() -> frozenset[str]:
    """Return common given names of all languages, in lower case."""
    own = {name.lower() for lang in LANGUAGES for name in load(lang)["names"]["first"]}
    return frozenset(own | {name.lower() for name in privacy()["names"]["first"]})


@cache
def not_names() -> frozenset[str]:
    """Return words that stand where a name could and are none."""
    words = {word for lang in LANGUAGES for word in load(lang)["signature"]["not_names"]}
    functions = {word for lang in LANGUAGES for word in load(lang)["stop_words"]["words"]}
    cues = {word for lang in LANGUAGES for key in ("complaint", "praise", "order") for word in load(lang)["cues"][key]}
    wordings = {
        w
        for key in ("openings", "closings")
        for phrase in phrases("signature", key)
        for w in phrase.split()
        if len(w) > 2
    }
    return frozenset((words | functions | cues | wordings | dates()) - first_names())


@cache
def dates() -> frozenset[str]:
    """Return the names of days and months."""
    tables = [load(lang)[table] for lang in LANGUAGES for table in ("weekdays", "months")]
    return frozenset(form for table in tables for forms in table.values() for form in forms)


@cache
def surname() -> re.Pattern[str]:
    """Return the pattern of a name that ends as Nordic family names do."""
    return re.compile(rf".{{2,}}(?:{alternation(privacy()['names']['endings'])})$")


@cache
def firm_form() -> re.Pattern[str]:
    """Return the pattern of a word that makes what stands before it a firm."""
    return re.compile(rf"(?:{alternation(privacy()['companies']['forms'])})\.?$", re.IGNORECASE)


@cache
def compiled() -> dict[str, re.Pattern[str]]:
    """Return the patterns of where names stand, built once from the resources."""
    words = privacy()["signature"]
    closings = trie(phrases("signature", "closings"))
    openings = trie(phrases("signature", "openings"))
    introductions = trie(phrases("signature", "introductions"))
    keys = ("from", "and", "at_firm", "for_firm", "partings", "fields", "stated")
    sender, both, at_firm, for_firm, partings, fields, stated = (trie(words[key]) for key in keys)
    start = r"(?<![^\s(.,;:!?…>-])"
    work = rf"(?=[ ]*(?:{LINE_END}|[ ](?:{at_firm})[ ][^.!?\n]{{2,40}}[.!]?[ ]*(?:\n|$)))"
    return {
        "closing": re.compile(
            rf"(?im:{start}(?:{closings})(?![^\W_]))(?P<gap>{GAP}(?:(?i:{sender})[ \n])?)"
            rf"(?!(?i:{closings})(?![^\W_]))(?P<name>{ANY})"
        ),
        "for_firm": re.compile(
            rf"(?im:{start}(?:{closings})(?![^\W_]))(?P<gap>{GAP}[^\n/|,–<]{{2,40}}?"
            rf"[ ]?(?:/{{1,2}}|,|\||\n|[ ][–-]|[ ](?:{for_firm}))[/ \n]{{0,3}})(?P<name>{FULL}){LINE_END}"
        ),
        "opening": re.compile(rf"(?im:{start}(?P<cue>{openings})(?![^\W_]))(?P<gap>[ ,]{{1,2}})(?P<name>{ANY})"),
        "introduction": re.compile(
            rf"(?im:{start}(?P<cue>{introductions})(?![^\W_]))(?P<gap>[ :,]{{1,2}}(?:(?i:er|är|is)[ ])?)(?P<name>{FULL})"
        ),
        "slash": re.compile(rf"(?m)(?P<gap>/(?<![^\s.,!?)]/)/?[ ]?)(?P<name>{FULL}){work}"),
        "dash": re.compile(rf"(?m)(?P<gap>[-–—~](?<![^\s.,!?)][-–—~])[ ]?)(?P<name>{FULL}){OVER}"),
        "partings": re.compile(
            rf"(?im:{start}(?:{partings})(?![^\W_]))(?P<gap>[ ]?[!.,]{{0,3}}[ ]*\n\s*|[ ]?,[ ])(?P<name>{FULL}){OVER}"
        ),
        "fields": re.compile(rf"(?im:(?:(?<=^)|(?<=[.;,!?] ))(?:{fields}))(?P<gap>[ ]?:[ ]{{0,3}})(?P<name>{FULL})"),
        "stated": re.compile(rf"(?i:{start}(?:{stated})(?![^\W_]))(?P<gap>[ ])(?P<name>{FULL})"),
        "second": re.compile(rf"(?P<gap><name:[0-9a-f]{{8}}>(?:,[ ]?|[ ](?:{both})[ ]))(?P<name>{FULL})"),
    }


PLACED = frozenset({*SIGNATURE, *ANY_LANGUAGE, "slash", "dash"})
"""Hints of a place where a name can stand."""


def mask_names(
    text: str, put: Put, keep: frozenset[str] = frozenset(), held: Mapping[str, set[str]] | None = None
) -> str:
    """Replace the names that people sign with, greet by and introduce themselves with.

    Parameters
    ----------
    text : str
        Running text.
    put : callable
        Kind and value to placeholder.
    keep : frozenset of str
        Plain names that stay: companies.
    held : mapping of str to set of str, optional
        What :func:`~scsr.text.privacy.hints.hints` says of the text, or of what it was before other masks.

    Returns
    -------
    str
        The text with placeholders.

    Examples
    --------
    >>> mask_names("Hej Anna! Allt är löst. Mvh Kundtjänst /Erik", lambda kind, value: f"<{kind}>")
    'Hej <name>! Allt är löst. Mvh Kundtjänst /<name>'
    """
    held = hints(text) if held is None else held
    if PLACED.isdisjoint(held) and "<name:" not in text:
        return text
    for kind, pattern in compiled().items():
        firsts = held.get("closing" if kind == "for_firm" else kind)
        if kind == "second":
            firsts = {"<name:"} if "<name:" in text else None
        if firsts and (kind != "partings" or "\n" in text or ", " in text):
            text = replace_at(starts(text, firsts), pattern, partial(replaced, kind=kind, put=put, keep=keep), text)
    return text


def replace_at(
    places: Iterable[int], pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], text: str
) -> str:
    """Replace the matches of a pattern, which can begin at these places only."""
    pieces, at = [], 0
    for place in places:
        if place >= at and (found := pattern.match(text, place)):
            pieces += [text[at:place], change(found)]
            at = found.end()
    return "".join([*pieces, text[at:]]) if pieces else text


def replaced(found: re.Match[str], *, kind: str, put: Put, keep: frozenset[str]) -> str:
    """Return the match with its name replaced, or as it is where that is no name."""
    if PLACEHOLDER.match(found["name"]) or is_title(found, kind):
        return found[0]
    name = leading_name(found["name"], keep)
    start = found.start("name") - found.start()
    after = found.string[found.start("name") + len(name) :]
    cue = found["cue"] if kind == "opening" else ""
    if not name or not is_person(name, kind, found["gap"], cue, before(found), after):
        return found[0]
    return found[0][:start] + put("name", name) + found[0][start + len(name) :]


def before(found: re.Match[str]) -> str:
    """Return the last characters before a match."""
    return found.string[max(0, found.start() - 40) : found.start()]


def is_title(found: re.Match[str], kind: str) -> bool:
    """Whether the words are a title: a closing within quotation marks, an introduction with a capital mid-sentence."""
    if kind in ("closing", "for_firm", "partings"):
        line = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()][-200:]
        opened = max(line.rfind(mark) for mark in "“„«") > max(line.rfind(mark) for mark in "”»")
        closes = re.match(r"[^\n\"”»]{0,20}[\"”»]", found.string[found.end() :]) is not None
        return closes and (line.count('"') % 2 == 1 or opened)
    return kind == "introduction" and found["cue"][:1].isupper() and bool(re.search(r"[^\W\d_,] $", before(found)))


def leading_name(text: str, keep: frozenset[str]) -> str:
    """Return the leading part of a match that is a person's name; empty where none is."""
    if is_company(text, keep):
        return ""
    parts = list(re.finditer(r"\S+", text))
    taken: list[re.Match[str]] = []
    for n, part in enumerate(parts):
        word = part[0]
        if n and (is_later_name(word) or (n + 1 < len(parts) and re.fullmatch(PARTICLE, word))):
            taken.append(part)
            continue
        nobody = word.lower() in not_names() or (
            n == 0 and is_company(word, keep) and word.lower() not in first_names()
        )
        if nobody or firm_form().match(word):
            break
        taken.append(part)
    if not taken or (len(taken) < len(parts) and firm_form().match(parts[len(taken)][0])):
        return ""
    return text[: taken[-1].end()]


def is_later_name(word: str) -> bool:
    """Whether a later word of a name may be one though it is also a day or month: the given name Mai, the family Mars."""
    return re.fullmatch(INITIAL, word) is not None or (
        word[:1].isupper() and (word.lower() in first_names() or word.lower() in dates())
    )


WEAK = re.compile(r"^(?:[ ]*[.!)]?[ ]*(?:\n|$)|[ ]*[,&+]|[ ]+(?:<|\+?\d|https?:|www\.|(?:och|og|o|and|med)\b)|[ ]*\()")


def is_person(name: str, kind: str, gap: str, cue: str, earlier: str, after: str) -> bool:
    """Whether a candidate is a person's name, as strictly as its place asks."""
    head = re.split(r"[ -]", name)[0].rstrip(".").lower()
    known = head in first_names() or name.lower() in first_names()
    over = re.match(r"[ ]*[.!]?[ ]*(?:\n|$)", after) is not None
    if name[:1].islower():
        return kind == "closing" and len(name) > 2 and (over or (known and len(name) > 3))
    if kind == "introduction":
        return True
    if kind == "closing":
        sent = gap.strip(" \n").casefold() in privacy()["signature"]["from"]
        if known or over or sent or WEAK.match(after) is not None:
            return True
        return ("\n" in gap or " " in name) and re.match(r"[ ][^\W\d_A-ZÅÄÖÆØÞÐ]", after) is None
    if kind == "fields" or (kind == "for_firm" and over) or (kind == "partings" and "\n" in gap):
        return True
    if kind in ("slash", "dash") and len(name) < 4 and name.isupper():
        return False  # the initials of whoever is on duty
    if known or (" " in name and surname().search(name) is not None):
        return True
    if kind == "opening":
        return is_greeted(name, cue, earlier, after)
    if kind == "slash":
        return (
            over
            and len(name) > 1
            and name.count(" ") < 2
            and (not earlier.strip(" \n") or earlier.rstrip(" \n")[-1] in ".!?)")
        )
    return False


GIVEN = re.compile(rf"{UPPER}(?:[^\W\d_]{{1,2}}{UPPER})?[^\W\d_A-ZÅÄÖÆØÞÐÁÉÍÓÚÝ]+")


def is_greeted(name: str, cue: str, earlier: str, after: str) -> bool:
    """Whether a word that is no common name is one all the same: greeted first thing and set off from what follows."""
    thanks = cue.casefold() in privacy()["signature"]["thanks"]
    shaped = " " not in name and len(name) > 2 and all(GIVEN.fullmatch(part) for part in name.split("-"))
    starts = not earlier.strip(" ") or re.search(r"(?:[\n>!.?]|@\w+)[ ]?$", earlier) is not None
    return shaped and starts and not thanks and re.match(r"[ ]?[,!]", after) is not None


@lru_cache(maxsize=256)
def names_pattern(names: tuple[str, ...], keep: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern of the names known from a page; too short ones and companies are left out.

    Parameters
    ----------
    names : tuple of str
        As the page writes them. Of a full name the given name counts too, where it is a common one.
    keep : frozenset of str
        Plain names that stay.

    Returns
    -------
    Pattern or None
        None where no name is left.
    """
    wanted = {n for name in names if len(n := name.strip()) >= 3 and not n.isdigit() and not is_company(n, keep)}
    given = {first for n in wanted if " " in n and (first := n.split()[0]).lower() in first_names() and len(first) > 2}
    if not wanted:
        return None
    ordered = sorted(wanted | given, key=lambda name: (-len(name), name))
    return re.compile(r"(?<![\w@<:])(?:" + "|".join(map(re.escape, ordered)) + r")(?=s?(?!\w))")
