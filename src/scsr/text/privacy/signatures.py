"""Names in greetings, signatures and self-introductions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from scsr.text.patterns import PLACEHOLDER, alternation
from scsr.text.resources import LANGUAGES, load, phrases

__all__ = ["first_names", "mask_names"]

Put = Callable[[str, str], str]

UPPER = "[^\\W\\d_a-zåäöæøþðáéíóúýüß]"
INITIAL = rf"{UPPER}\.?(?!\w)"
CAPITAL = rf"{UPPER}[^\W\d_]+(?:['’-][^\W\d_]+)*"
PARTICLE = r"(?:av|af|von|van|de|der|den|di|el|al)"
NEXT = rf"(?:{INITIAL}|(?:{PARTICLE}[ ])?{CAPITAL})"
FULL = rf"(?:{CAPITAL}|{INITIAL})(?:[ ]?{INITIAL}|[ ]{NEXT}){{0,3}}"
ANY = rf"(?:{FULL}|[^\W\d_]+)"
GAP = r"[ \t]*[,.:;!–-]{0,3}[ \t]*(?:\n\s*)?(?:/|–|-|~)?[ ]?"
LINE_END = r"(?=[ ]*[.!]?(?:[ ]*\n|[ ]*$|,|[ ]+(?:<|\+?\d)))"
STOP = r"(?=[ ]*[.!]?[ ]*$)"
SURNAME = re.compile(
    r".{2,}(?:sson|sen|son|dóttir|dotter|datter|ström|berg|lund|gren|qvist|kvist|stad|vik|haug|bakken)$"
)
COMPANY = re.compile(
    r"^(?:AB|AS|ASA|ANS|DA|HB|KB|Ltd|Inc|Oy|ApS|ehf|hf|sf|ohf|GmbH|Group|Bank|Sverige|Norge|Ísland|Island|Danmark)\.?$"
)
MARKS = {"slash": ("/",), "dash": ("-", "–", "—", "~"), "second": ("<name:",)}
HINT_TOKEN = re.compile(r"\w+(?:\.\w+)*")


@cache
def first_names() -> frozenset[str]:
    """Return common given names of all languages, in lower case."""
    return frozenset(name.lower() for lang in LANGUAGES for name in load(lang)["names"]["first"])


@cache
def not_names() -> frozenset[str]:
    """Return words that stand where a name could and are none."""
    words = {word for lang in LANGUAGES for word in load(lang)["signature"]["not_names"]}
    functions = {word for lang in LANGUAGES for word in load(lang)["stop_words"]["words"]}
    openings = {word for phrase in phrases("signature", "openings") for word in phrase.split()}
    days = {form for lang in LANGUAGES for forms in load(lang)["weekdays"].values() for form in forms}
    months = {form for lang in LANGUAGES for forms in load(lang)["months"].values() for form in forms}
    return frozenset((words | functions | openings | days | months) - first_names())


@cache
def compiled() -> dict[str, re.Pattern[str]]:
    """Return the patterns of where names stand, built once from the resources."""
    closings = alternation(phrases("signature", "closings"))
    openings = alternation(phrases("signature", "openings"))
    introductions = alternation(phrases("signature", "introductions"))
    start = r"(?:(?<=^)|(?<=[\s(.,;:!?…>-]))"
    return {
        "closing": re.compile(rf"(?im:{start}(?:{closings})(?![^\W_]))(?P<gap>{GAP})(?P<name>{ANY})"),
        "opening": re.compile(rf"(?im:{start}(?:{openings})(?![^\W_]))(?P<gap>[ ,]{{1,2}})(?P<name>{ANY})"),
        "introduction": re.compile(rf"(?im:{start}(?:{introductions})(?![^\W_]))(?P<gap>[ :,]{{1,2}})(?P<name>{FULL})"),
        "slash": re.compile(rf"(?m)(?:(?<=^)|(?<=[\s.,!?]))(?P<gap>/{{1,2}}[ ]?)(?P<name>{FULL}){LINE_END}"),
        "dash": re.compile(rf"(?m)(?:(?<=^)|(?<=[\s.,!?)]))(?P<gap>[-–—~][ ]?)(?P<name>{FULL}){STOP}"),
        "second": re.compile(rf"(?P<gap><name:[0-9a-f]{{8}}>(?:,[ ]?|[ ](?:och|og|o|&|and|með)[ ]))(?P<name>{FULL})"),
    }


@cache
def hints(kind: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the single words and the longer phrases one of which a text must hold for a pattern to match."""
    found = phrases("signature", {"closing": "closings", "opening": "openings"}.get(kind, "introductions"))
    return frozenset(p.rstrip(".") for p in found if " " not in p), tuple(p for p in found if " " in p)


def may_match(kind: str, low: str, tokens: set[str]) -> bool:
    """Whether a pattern can match at all: cheap to ask before the pattern itself."""
    if kind in MARKS:
        return any(mark in low for mark in MARKS[kind])
    single, longer = hints(kind)
    return not single.isdisjoint(tokens) or any(phrase in low for phrase in longer)


def mask_names(text: str, put: Put, keep: frozenset[str] = frozenset()) -> str:
    """Replace the names that people sign with, greet by and introduce themselves with.

    Parameters
    ----------
    text : str
        Running text.
    put : callable
        Kind and value to placeholder.
    keep : frozenset of str
        Casefolded names that stay: companies.

    Returns
    -------
    str
        The text with placeholders.

    Examples
    --------
    >>> mask_names("Hej Anna! Allt är löst. Mvh Kundtjänst /Erik", lambda kind, value: f"<{kind}>")
    'Hej <name>! Allt är löst. Mvh Kundtjänst /<name>'
    """
    low = " ".join(text.lower().split())
    tokens = set(HINT_TOKEN.findall(low))
    for kind, pattern in compiled().items():
        if not may_match(kind, low, tokens):
            continue
        text = pattern.sub(lambda found, kind=kind: replaced(found, kind, put, keep), text)  # type: ignore[misc]
    return text


def replaced(found: re.Match[str], kind: str, put: Put, keep: frozenset[str]) -> str:
    """Return the match with its name replaced, or as it is where that is no name."""
    name = leading_name(found["name"], kind, keep)
    if not name or PLACEHOLDER.match(found["name"]):
        return found[0]
    start = found.start("name") - found.start()
    return found[0][:start] + put("name", name) + found[0][start + len(name) :]


def leading_name(text: str, kind: str, keep: frozenset[str]) -> str:
    """Return the leading part of a match that is a person's name; empty where none is."""
    if text.casefold() in keep:
        return ""
    parts = list(re.finditer(r"\S+", text))
    taken: list[re.Match[str]] = []
    for part in parts:
        word = part[0]
        if word.lower() in not_names() or word.casefold() in keep or COMPANY.match(word):
            break
        taken.append(part)
    if not taken or (len(taken) < len(parts) and COMPANY.match(parts[len(taken)][0])):
        return ""
    name = text[: taken[-1].end()]
    return name if is_person(name, kind) else ""


def is_person(name: str, kind: str) -> bool:
    """Whether a candidate is a person's name, as strictly as its place asks."""
    head = re.split(r"[ -]", name)[0].rstrip(".")
    known = head.lower() in first_names()
    if name[:1].islower():
        return kind == "closing" and known and len(name) > 3
    if kind in ("closing", "introduction"):
        return True
    surname = " " in name and bool(SURNAME.search(name))
    return known or surname
