"""UTF-8 that was read as something else, read rightly again."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["fix_mojibake"]

CODECS = ("latin-1", "cp1252", "iso8859-15", "mac_roman", "cp437", "cp850")
"""What Nordic UTF-8 is wrongly read as, likeliest first."""

LETTERS = "åäöæøþðáéíóúýüòèêëôàïçñ" + "ÅÄÖÆØÞÐÁÉÍÓÚÝÜÈ"
COMMON = "åäöæøþðáéíóúýüÅÄÖÆØÞÐÁÉÍÓÚÝÜ"
AFTER_THORN = "aáeéiíoóuúyýæöjrvAÁEÉIÍOÓUÚYÝÆÖJRV\u00c3"
MARKS = "“”„‘’‚–—…«»•·§°´½€©®\u00a0\u00ad"
LEADS = re.compile("[\u00c2\u00c3\u00e2\u221a\u00ac\u251c\u252c\u0393\u00d4\u201a]")
SUSPECT = re.compile(
    "[\u0080-\u009f\u00c2-\u00c6\u00cb\u00ce-\u00d1\u00e2\u00ef\u00f0\u0102\u0192\u2020-\u2022\u221a\u251c]"
)
MAX_ROUNDS = 4


def fix_mojibake(text: str) -> str:
    """Undo a wrong decoding (``fÃ¶r`` was ``för``) where it is one.

    Nordic letters and marks are looked for in the six wrong readings that are usual, and the reading that explains the
    text best is undone; what is left, such as text decoded wrongly twice, goes to ftfy line by line.

    Parameters
    ----------
    text : str
        Any text; clean text comes back unchanged.

    Returns
    -------
    str
        With what was UTF-8 read as something else read rightly.

    References
    ----------
    R. Speer (2019), ftfy, doi:10.5281/zenodo.2591652: a line is changed only when it then looks less like an accident.

    Examples
    --------
    >>> fix_mojibake("Ã„ntligen fÃ¶r Ã¥ret"), fix_mojibake("Äntligen för året")
    ('Äntligen för året', 'Äntligen för året')
    """
    if text.isascii():
        return text
    for _ in range(MAX_ROUNDS):
        done = ftfy_lines(undo(text)) if SUSPECT.search(text) or LEADS.search(text) else text
        if done == text:
            break
        text = done
    return text


def ftfy_lines(text: str) -> str:
    """Give every suspect line to ftfy."""
    if not SUSPECT.search(text):
        return text
    import ftfy

    return "\n".join(ftfy.fix_encoding(line) if SUSPECT.search(line) else line for line in text.split("\n"))


@cache
def table(codec: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return how each letter and mark looks when its UTF-8 is read in the codec, and the pattern of these looks."""
    looks = {}
    for char in LETTERS + MARKS:
        try:
            looks[char.encode().decode(codec)] = char
        except UnicodeDecodeError:  # windows-1252 leaves five bytes open
            continue
    ordered = sorted(looks, key=lambda look: (-len(look), look))
    return looks, re.compile("|".join(map(re.escape, ordered)))


def undo(text: str) -> str:
    """Undo the one wrong reading that explains most of the text; none where no letter speaks for it."""
    if not LEADS.search(text):
        return text
    best, best_score = "", 0
    for codec in CODECS:
        score = plausibility(text, codec)
        if score > best_score:
            best, best_score = codec, score
    if not best:
        return text
    looks, pattern = table(best)
    return pattern.sub(lambda look: looks[look[0]], text)


def plausibility(text: str, codec: str) -> int:
    """Count the letters and marks that a codec explains, less those that would be capitals out of place."""
    looks, pattern = table(codec)
    score = 0
    for found in pattern.finditer(text):
        char = looks[found[0]]
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        # windows-1252 Þ and ISO 8859-15 ø look the same; no Icelandic word begins with Þ and, say, n
        misfit = char.isupper() and (before.islower() or (char == "Þ" and after.isalpha() and after not in AFTER_THORN))
        score += -4 if misfit else 2 if char in COMMON else 1
    return score
