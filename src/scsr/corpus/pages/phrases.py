"""The wordings that themes print around a text, matched in any of the languages."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from scsr.text.resources import phrases

__all__ = [
    "alternation",
    "bare",
    "count_pattern",
    "count_stated",
    "glued",
    "named",
    "says_line",
    "starts_with",
    "unglued",
]

EDGES = (
    " \t\u00a0.,:;!|*#<>()[]{}\u00ab\u00bb\u2039\u203a\u2190\u2192\u2191\u2193\u2022\u00b7\u25ba\u25bc\u25b6\u25c0"
    "\u2014\u2013-_/\\\"'\u201c\u201d\u201e\u2026~^+="
)
INNER_STOP = re.compile(r"[.!?]\s+\w{2,}")
BUTTONS = ("reply", "delete", "edit", "report", "share", "like", "permalink", "quote")


@cache
def forms(key: str) -> dict[str, str]:
    """Phrases of one key in bare form, to their written form."""
    return {bare(phrase): phrase for phrase in phrases("page", key) if bare(phrase)}


@lru_cache(maxsize=16384)
def bare(text: str) -> str:
    """Lower case, without the arrows, bullets and points around it, spaces single.

    Examples
    --------
    >>> bare("« Eldre  innlegg")
    'eldre innlegg'
    """
    return " ".join(text.lower().split()).strip(EDGES)


def alternation(key: str) -> str:
    """Phrases of one key as alternatives of a pattern, longest first."""
    return "|".join(map(re.escape, sorted(forms(key), key=lambda line: (-len(line), line))))


@lru_cache(maxsize=32768)
def named(text: str, *keys: str) -> bool:
    """Whether a line is exactly one phrase of the given keys.

    Examples
    --------
    >>> named("Dela detta:", "share"), named("Dela detta med er chef", "share")
    (True, False)
    """
    if len(text) > 160:
        return False
    line = bare(text)
    return any(line in forms(key) or re.sub(r"\d+", "%", line) in forms(key) for key in keys)


@cache
def openings(key: str) -> re.Pattern[str]:
    """Pattern of the phrases of a key at the start of a line."""
    entries = []
    for line, phrase in forms(key).items():
        # one word alone opens a sentence as often as a line of furniture: then a colon must follow
        if " " in line:
            entries.append((line, re.escape(line) + r"\b" if line[-1].isalnum() else re.escape(line)))
        elif phrase[0].isalpha():
            entries.append((line, re.escape(line) + r"\s?:"))
    entries.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    return re.compile("(?:" + "|".join(text for _, text in entries) + ")", re.IGNORECASE)


def starts_with(text: str, *keys: str) -> bool:
    """Whether a line opens with a phrase of several words, or with one word and a colon.

    Examples
    --------
    >>> starts_with("Etiketter: garn, klage", "tags"), starts_with("Etiketter betyr ingenting", "tags")
    (True, False)
    """
    line = " ".join(text[:200].split()).lstrip(EDGES)
    return any(openings(key).match(line) is not None for key in keys)


@cache
def glue_points() -> re.Pattern[str]:
    """Pattern of places at which a label such as "Tags:" follows a word without a blank."""
    labels = set()
    for key in ("posted_by", "posted_on", "category", "tags", "leave_comment", "edited"):
        labels |= {line.capitalize() for line in forms(key) if len(line) > 4 and line[0].isalpha()}
    joined = "|".join(map(re.escape, sorted(labels, key=lambda label: (-len(label), label))))
    return re.compile(rf"(?<=[a-zà-öø-ÿ0-9)])(?=(?:{joined})(?:\s|:|$))")


@cache
def glued_label() -> re.Pattern[str]:
    """Pattern of a label for screen readers at the start of a line, glued to what it is a label of."""
    labels = {line for key in ("posted_by", "posted_on") for line in forms(key) if len(line) > 8 and line.isalpha()}
    joined = "|".join(map(re.escape, sorted(labels, key=lambda label: (-len(label), label))))
    return re.compile(rf"^(?i:{joined})(?=[A-ZÀ-ÖØ-Þ\d])")


@lru_cache(maxsize=8192)
def unglued(text: str) -> str:
    """Set labels apart that browsers glue to what stands before them when a page is saved as text.

    Examples
    --------
    >>> unglued("23. september 2015Forfatter Ola Kategorier Fly")
    '23. september 2015  Forfatter Ola Kategorier Fly'
    """
    return glue_points().sub("  ", glued_label().sub(r"\g<0>  ", text)) if len(text) <= 400 else text


@cache
def buttons(keys: tuple[str, ...]) -> dict[str, str]:
    """Button wordings of several keys, bare, to the key."""
    return {line: key for key in reversed(keys) for line in forms(key)}


@lru_cache(maxsize=16384)
def glued(text: str, *keys: str) -> bool:
    """Whether a line is nothing but buttons, as browsers glue them when a page is saved as text.

    Examples
    --------
    >>> glued("SvaraRadera", "reply", "delete"), glued("Svara på det", "reply", "delete")
    (True, False)
    """
    if len(text) > 240:
        return False
    known = buttons(keys or BUTTONS)
    longest = max(map(len, known))
    line = re.sub(r"(?:\s*[|\u00b7\u2022,/]\s*|\s*\(\d+\)\s*)", " ", text.lower()).strip(EDGES)
    line = " ".join(line.split())
    reached = {0}
    for at in range(len(line)):
        if at not in reached:
            continue
        if line[at] in EDGES:
            reached.add(at + 1)
        for length in range(1, min(longest, len(line) - at) + 1):
            if line[at : at + length] in known:
                reached.add(at + length)
    return bool(line) and len(line) in reached


@cache
def count_pattern() -> re.Pattern[str]:
    """Pattern of "3 comments" in any language."""
    nouns = sorted((re.escape(line) for line in forms("comments")), key=lambda noun: (-len(noun), noun))
    return re.compile(
        rf"(?<![\w.,])(?P<n>\d{{1,6}})\s?(?:st\.?\s)?(?:{'|'.join(nouns)})\b|\((?P<m>\d{{1,6}})\)", re.IGNORECASE
    )


@cache
def none_pattern() -> re.Pattern[str]:
    """Pattern of "no comments" in any language."""
    closed = sorted(forms("zero"), key=lambda line: (-len(line), line))
    return re.compile("(?<!\\w)(?:" + "|".join(map(re.escape, closed)) + ")(?!\\w)", re.IGNORECASE)


def count_stated(text: str) -> int | None:
    """Read the number of comments that a short line states; None where it states none.

    Examples
    --------
    >>> count_stated("5 kommentarer till ...") , count_stated("Ingen kommentarer"), count_stated("Kommentera")
    (5, 0, None)
    """
    text = text[:200]
    match = count_pattern().search(text)
    if match and match["n"]:
        return int(match["n"])
    if none_pattern().search(text):
        return 0
    words = text.split()
    if len(words) == 3 and words[0].isdecimal() and words[1].isalpha() and bare(words[2]) in forms("comments"):
        return int(words[0][:6])  # "3 Show comments"
    if match:
        head = bare(text[: match.start()])
        if any(head == line or head.endswith(" " + line) for line in forms("comments")):
            return int(match["m"])
    return None


@cache
def says_pattern() -> re.Pattern[str]:
    """Pattern of "NAME says:" at the start of a line."""
    verbs = sorted((re.escape(line) for line in forms("says")), key=lambda verb: (-len(verb), verb))
    return re.compile(
        rf"^\s*(?:\#?\d{{1,4}}[.)]\s*)?(?P<name>[^\n:]{{1,60}}?)\s+(?:{'|'.join(verbs)})\s*(?:\.{{3}}|\u2026|:)?\s*(?=$|\d|\b(?:den|kl)\b)",
        re.IGNORECASE,
    )


def says_line(text: str) -> str | None:
    """Name in a line that says who says; None where it is none.

    Examples
    --------
    >>> says_line("1. Roland skriver:"), says_line("Han skriver aldrig brev")
    ('Roland', None)
    """
    match = says_pattern().match(text[:160])
    if match is None or INNER_STOP.search(match["name"]) or len(match["name"].split()) > 6:
        return None
    return match["name"].strip()
