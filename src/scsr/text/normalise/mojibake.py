"""UTF-8 that was read as something else, read rightly again."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["fix_mojibake"]

CODECS = (
    "latin-1", "sloppy-windows-1252", "iso8859-15", "mac_roman", "mac_iceland", "cp437", "cp850", "cp865", "cp861",
    "iso8859-10", "sloppy-windows-1250", "sloppy-windows-1257", "iso8859-2",
)  # fmt: skip
"""What Nordic UTF-8 is wrongly read as, likeliest first; sloppy as browsers are, who leave no byte undefined."""

FOLLOWING = (0x80, 0xBF)
FIRST = ((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4))
"""First bytes of UTF-8, that one, two and three following bytes come after."""
LATIN_FIRST = ((0xC2, 0xC5), (0xE2, 0xE2), (0xF0, 0xF0))
"""Those of Latin letters, usual marks and emoji. Where a codec shows the others as letters, clean Icelandic has them."""

NORDIC = "åäöæøÅÄÖÆØ"
WESTERN = "þðáíóúýÞÐÁÍÓÚÝ"
COMMON = NORDIC + WESTERN + "éÉ"
LETTERS = COMMON + "üÜòèêëôàïçñÈ"
STRANGE = re.compile(f"[^\x00-\x7f{COMMON}]")
MARKS = "“”„‘’‚–—…«»•·§°´½€©®\u00a0\u00ad"
MAX_ROUNDS = 4
AFTER_THORN = "aáeéiíoóuúyýæöjrvAÁEÉIÍOÓUÚYÝÆÖJRVÃ"
# first bytes of the letters and marks above, and of emoji, as the codecs show them
LEADS = re.compile("[\u0080-\u009fÂÃĂĀĆÄÅĹâāà-ïðđšñòóÃ√¬‚≈├┬┼ΓÔ\uf8ff]")


def fix_mojibake(text: str) -> str:
    """Undo a wrong decoding (``fÃ¶r`` was ``för``) where it is one.

    The text as a whole, else each of its lines, is written back to bytes as each of the usual wrong codecs and read as
    UTF-8; the reading with most Nordic letters in likely places stands. In lines that are wrong in part only, Nordic
    letters and marks are looked for as the likeliest codec shows them, and the rest goes to ftfy.

    Parameters
    ----------
    text : str
        Any text; clean text comes back unchanged. What was lost to ``?`` or U+FFFD stays lost.

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
        if not suspect(text):
            break
        whole = reread(text)
        done = whole if whole is not None else "\n".join(map(fix_line, text.split("\n")))
        if done == text:
            break
        text = done
    return text


def suspect(text: str) -> bool:
    """Whether any two characters could be the bytes of one."""
    return LEADS.search(text) is not None and one_in_bytes().search(text) is not None


@cache
def one_in_bytes() -> re.Pattern[str]:
    """Return the pattern of the bytes in which UTF-8 writes one character, as any of the codecs shows them."""
    import ftfy.bad_codecs  # noqa: F401 - registers the sloppy codecs

    found = set()
    for codec in CODECS:
        shown = [re.escape(bytes([byte]).decode(codec)) for byte in range(0x80, 0x100)]
        spans = (FOLLOWING, *(FIRST if codec in ("latin-1", "sloppy-windows-1252") else LATIN_FIRST))
        found.add(tuple("".join(shown[first - 0x80 : last - 0x7F]) for first, last in spans))
    follows, *leads = ("".join(part) for part in zip(*sorted(found), strict=True))
    exactly = "|".join(
        f"[{leads[n]}][{follows}]{{{n + 1}}}" for follows, *leads in sorted(found) for n in range(len(leads))
    )
    likely = f"(?=[{''.join(leads)}][{follows}])"  # looked at first, because it is over at once at most characters
    return re.compile(f"{likely}(?:{exactly})")


def fix_line(line: str) -> str:
    """Undo the wrong decoding of one line, of all of it or of parts."""
    if line.isascii() or not suspect(line):
        return line
    whole = reread(line)
    if whole is not None:
        return whole
    undone = undo(line)
    if not STRANGE.search(undone):
        return undone  # ftfy takes ÄÆ for Baltic
    import ftfy

    return ftfy.fix_encoding(undone)


def reread(text: str, rounds: int = MAX_ROUNDS) -> str | None:
    """Return the most Nordic reading of the whole as UTF-8, read so again where it needs it; None where none is."""
    best, best_score = None, 0
    for codec in CODECS:
        try:
            reading = text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        if rounds > 1 and suspect(reading):
            reading = reread(reading, rounds - 1) or reading
        score = nordic_score(reading)
        if score > best_score:
            best, best_score = reading, score
    return best


def nordic_score(text: str, at: re.Pattern[str] = re.compile("[^\x00-\x7f]")) -> int:
    """Count Nordic letters and the usual marks for a reading; letters in unlikely places or company against it."""
    score = n_nordic = n_western = 0
    for found in at.finditer(text):
        char = found[0]
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        score += -4 if misfit(char, before, after) else 2 if char in COMMON else 1 if char in LETTERS + MARKS else -1
        n_nordic += char in "åäøÅÄØ"
        n_western += char in "þðÞÐáýÁÝ"
    return score - 3 * min(n_nordic, n_western)


def misfit(char: str, before: str, after: str) -> bool:
    """Whether a capital is out of place."""
    if not char.isupper():
        return False
    # windows-1252 Þ and ISO 8859-15 ø look the same; no Icelandic word begins with Þ and, say, n
    if char in "ÞÝ" and after.islower() and (before.isalpha() or (char == "Þ" and after not in AFTER_THORN)):
        return True
    # code page 437 Ý and code page 850 þ look the same; few words begin with Ý
    return before.islower() or (char == "Ý" and after.islower() and after not in "mst")


@cache
def table(codec: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return how each letter and mark looks when its UTF-8 is read in the codec, and the pattern of these looks."""
    looks = {char.encode().decode(codec): char for char in LETTERS + MARKS}
    ordered = sorted(looks, key=lambda look: (-len(look), look))
    return looks, re.compile("|".join(map(re.escape, ordered)))


def replace_looks(text: str, codec: str) -> str:
    """Put each letter and mark in the place of its look in the codec."""
    looks, pattern = table(codec)
    return pattern.sub(lambda look: looks[look[0]], text)


def undo(text: str) -> str:
    """Undo, piece by piece, the one wrong reading that explains most of the text; none where no letter speaks for it."""
    best, best_score = text, 0
    for codec in CODECS:
        _, pattern = table(codec)
        if not pattern.search(text):
            continue
        done = replace_looks(text, codec)
        score = nordic_score(done) - nordic_score(pattern.sub("", text))
        if score > best_score:
            best, best_score = done, score
    return best
