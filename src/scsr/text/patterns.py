"""Every regular expression that several text modules share, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = [
    "ABBREVIATION",
    "ELONGATION",
    "EMAIL",
    "EMOJI",
    "EMOTICON",
    "HANDLE",
    "HASHTAG",
    "NUMBER",
    "PLACEHOLDER",
    "QUOTED",
    "URL",
    "URL_HINT",
    "WORD",
    "alternation",
    "trie",
]


def alternation(phrases: Iterable[str]) -> str:
    """Return a pattern that matches any of the phrases, longest first, with any run of blanks between words.

    Examples
    --------
    >>> bool(re.fullmatch(alternation(["med vänlig hälsning", "mvh"]), "med  vänlig hälsning"))
    True
    """
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(r"[ \t]+".join(re.escape(word) for word in phrase.split()) for phrase in ordered)


def trie(phrases: Iterable[str]) -> str:
    r"""Return a pattern that matches what :func:`alternation` of the phrases does, in time that hardly grows with them.

    References
    ----------
    E. Fredkin (1960), Trie memory, *Communications of the ACM* 3(9).

    Examples
    --------
    >>> trie(["mvh", "mv", "med hilsen"])
    'm(?:ed[ \\t]+hilsen|v(?:h)?)'
    """
    root: dict[str, Any] = {}
    for phrase in sorted(set(phrases)):
        node = root
        for letter in " ".join(phrase.split()):
            node = node.setdefault(letter, {})
        node[""] = {}
    return written(root)


def written(node: dict[str, Any]) -> str:
    """Write a node of a trie and what is below it."""
    branches = [
        (r"[ \t]+" if letter == " " else re.escape(letter)) + written(node[letter]) for letter in node if letter
    ]
    if not branches:
        return ""
    if "" in node:
        return f"(?:{'|'.join(branches)})?"
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


PLACEHOLDER = re.compile(r"<(?:email|phone|id|card|account|address|plate|ip|handle|name|user):[0-9a-f]{8}>")
"""What :mod:`scsr.text.privacy` puts in place of an identifier."""

URL = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?'’)\]}]"
    r"|(?<![@\w.-])(?=[a-z0-9-]++\.)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:com|org|net|info|se|no|is|dk|fi|fo|nu|eu|io|co|uk|de)\b"
    r"(?:/[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?'’)\]}])?(?![@\w])",
    re.IGNORECASE,
)
"""Web addresses with a scheme or ``www``, and bare domains of the usual Nordic endings."""

URL_HINT = re.compile(r"://|www\.|\.(?:com|org|net|info|se|no|is|dk|fi|fo|nu|eu|io|co|uk|de)(?![^\W_])", re.IGNORECASE)
"""What every address has: cheap to look for before :data:`URL`, which is not."""

EMAIL = re.compile(
    r"(?<![\w.+-])[\w](?:[\w.+'-]{0,62}[\w+-])?"
    r"(?:@|[ ]?[(\[{](?:at|@|a|snabel-a|krøllalfa|hjá)[)\]}][ ]?)"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.|[ ]?[(\[{](?:dot|punkt|prikk|punktur|\.)[)\]}][ ]?)){1,8}"
    r"[^\W\d_]{2,24}(?![\w@])",
    re.IGNORECASE,
)
"""E-mail addresses, also with ``(at)`` and ``(dot)`` written out in brackets."""

# the sign first and then what stands before it: a search for one sign is fast
HANDLE = re.compile(r"@(?<![\w@&=]@)(?<!\w[/.-]@)\w{1,50}(?:@[\w-]+(?:\.[\w-]+)+)?", re.UNICODE)
HASHTAG = re.compile(r"#(?<![\w&/#]#)(?=\w*[^\W\d_])\w{1,100}", re.UNICODE)

EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[\U0001f300-\U0001faff☀-➿⌚-⏿⬅-⭕⤴⤵㊗㊙]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\U0001f300-\U0001faff☀-➿][\ufe0f\U0001f3fb-\U0001f3ff]*)*)"
)
EMOTICON = re.compile(r"(?<![\w])(?:[:;=8xX][-'o^]?[)(\]\[DPpOo/\\|*3]+|<3+|\^_?\^|\([:;]|-_-|:'\()(?![\w])")

NUMBER = re.compile(r"[-+−]?\d+(?:[.,:  ]\d{3})*(?:[.,:/-]\d+)*(?:\s?%)?")

ABBREVIATION = re.compile(
    r"(?<![\w.])(?:"
    r"(?:[^\W\d_]{1,4}\.){2,5}"  # t.ex. bl.a. f.eks. o.s.v. þ.e. m.a.
    r"|(?:bl|ca|dvs|etc|evt|ev|f|fr|inkl|jfr|kl|kr|mfl|mm|mv|nr|osv|resp|sr|st|str|tel|tlf|ung|vol|dr|hr|hv|sbr|skv|"
    r"bls|hæstv|þm|þús|mill|mia|mrd|jf|kap|pr|anm|mín|gr|mr|mrs|ms|inc|vs|dags|uppl|ps|obs|tfn|mob|jan|feb|apr|jun|jul|aug|sept|okt|nov|des|dec)\."
    r")(?![\w])",
    re.IGNORECASE,
)
"""Abbreviations with points, which end no sentence."""

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+")
ELONGATION = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)

QUOTED = re.compile(
    r"“[^“”\n]{2,}[”“]|”[^“”\n]{2,}”|„[^„“”\n]{2,}[“”]|«[^«»\n]{2,}»|»[^«»\n]{2,}[«»]|\"[^\"\n]{2,}\"|^>[^\n]+",
    re.MULTILINE,
)
"""A quotation within one paragraph, or a line quoted as mail programs do."""
