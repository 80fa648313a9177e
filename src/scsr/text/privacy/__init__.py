"""Personal identifiers out of text, keyed pseudonyms in their place.

What comes out is *pseudonymised*, not anonymous: whoever holds the key, or the raw files, can undo it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import unquote

from scsr.text.patterns import EMAIL, HANDLE, PLACEHOLDER, URL, URL_HINT
from scsr.text.privacy import identifiers, signatures

__all__ = ["KINDS", "SYNTHETIC_KEY", "Pseudonymiser", "fingerprint", "keyed_id"]

SYNTHETIC_KEY = b"scsr synthetic sources: everybody's sample is the same"
"""The public key of synthetic sources."""

KINDS = ("email", "phone", "id", "card", "account", "handle", "name", "user")
"""Kinds of placeholder."""

SITES = (
    r"(?:facebook|fb|twitter|x|instagram|pinterest|tiktok|github|myspace|bloglovin|ask|last|soundcloud|vimeo)"
    r"\.(?:com|net|fm)/(?:@|#!/|people/|pages/)?"
    r"|linkedin\.com/(?:in|pub)/|flickr\.com/(?:photos|people)/|youtube\.com/(?:user/|c/|@)|medium\.com/@"
    r"|/~|/(?:users?|members?|medlem|medlemmer|bruker|brukere|anvandare|användare|profiles?|profil|u|author|forfatter)/"
    r"|[?&](?:user|username|author|member|login|email|e-post|name)="
)
USER_IN_URL = re.compile(f"(?P<head>{SITES})(?P<user>[^/?#&\\s<>]+)", re.IGNORECASE)
BLOG_HOST = re.compile(
    r"(?P<head>https?://|^)(?P<user>(?!www\.)[a-z0-9-]+)(?=\.(?:blogspot|wordpress|tumblr|livejournal|typepad|blogg)\.)",
    re.IGNORECASE,
)
USERINFO = re.compile(r"(?P<head>://)(?P<user>[^/@\s<>]+)(?=@)")
NOT_USERS = frozenset(
    (
        "home",
        "share",
        "sharer",
        "sharer.php",
        "intent",
        "search",
        "login",
        "signup",
        "hashtag",
        "i",
        "watch",
        "status",
        "groups",
        "events",
        "help",
        "about",
        "privacy",
        "pages",
        "photo",
        "photo.php",
        "permalink.php",
        "story.php",
        "group.php",
        "profile.php",
        "dialog",
        "plugins",
        "en",
        "sv",
        "no",
        "nb",
        "is",
    )
)


def digest(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 over the parts, each with its length before it, so that ("ab", "c") is not ("a", "bc")."""
    message = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (p.encode("utf-8", "surrogatepass") for p in parts))
    return hmac.new(key, message, hashlib.sha256).digest()


def keyed_id(key: bytes, *parts: str) -> str:
    """Return a stable identifier of what the parts name, 128 bits in hexadecimal.

    Parameters
    ----------
    key : bytes
        The secret; :data:`SYNTHETIC_KEY` for synthetic sources.
    *parts : str
        The identity: source and native id, or URL, or title, date, text and ordinal.

    Returns
    -------
    str
        32 hexadecimal digits.

    References
    ----------
    RFC 2104 (HMAC).

    Examples
    --------
    >>> len(keyed_id(b"key", "reviews", "17")), keyed_id(b"k", "ab", "c") == keyed_id(b"k", "a", "bc")
    (32, False)
    """
    return digest(key, *parts).hex()[:32]


def fingerprint(key: bytes) -> str:
    """Return what tells two keys apart and gives neither away: 64 bits in hexadecimal.

    Examples
    --------
    >>> fingerprint(b"one") == fingerprint(b"one"), fingerprint(b"one") == fingerprint(b"two")
    (True, False)
    """
    return hmac.new(key, b"scsr key fingerprint", hashlib.sha256).hexdigest()[:16]


class Pseudonymiser:
    """Keyed pseudonyms for speakers and for identifiers in running text.

    Parameters
    ----------
    key : bytes
        The secret. It never shows in an output, a repr or a message.
    keep : iterable of str
        Names and handles that stay: companies and their accounts, without @, any case.

    Examples
    --------
    >>> masker = Pseudonymiser(b"secret", keep=["Fjelltel"])
    >>> text, counts = masker.mask("Ring 912 34 567 eller skriv til kari@example.com. Hilsen Kari, @fjelltel", "nb")
    >>> import re; re.sub(":[0-9a-f]{8}", "", text)
    'Ring <phone> eller skriv til <email>. Hilsen <name>, @fjelltel'
    >>> sorted(counts.items())
    [('email', 1), ('name', 1), ('phone', 1)]
    """

    def __init__(self, key: bytes, keep: Iterable[str] = ()) -> None:
        if not key:
            raise ValueError("an empty key hides nothing; make one of 16 bytes or more")
        self.key = key
        self.keep = frozenset(name.casefold().lstrip("@") for name in keep)

    def __repr__(self) -> str:
        return f"Pseudonymiser(fingerprint={fingerprint(self.key)})"

    def speaker(self, identity: str) -> str:
        """Return the pseudonym of a speaker: 32 hexadecimal digits, the same for the same identity.

        Examples
        --------
        >>> len(Pseudonymiser(b"secret").speaker("twcs:115712"))
        32
        """
        return keyed_id(self.key, "speaker", identity)

    def placeholder(self, kind: str, value: str) -> str:
        """Return the typed placeholder of a value; upper and lower case are one."""
        return f"<{kind}:{digest(self.key, kind, value.casefold()).hex()[:8]}>"

    def mask(self, text: str, lang: str | None = None, names: Iterable[str] = ()) -> tuple[str, Counter[str]]:
        """Replace personal identifiers by typed, stable placeholders.

        Parameters
        ----------
        text : str
            Normalised text.
        lang : str, optional
            The text's language, which says whose phone numbers to expect.
        names : iterable of str
            Names known from the page, such as the authors of a thread; replaced wherever they stand.

        Returns
        -------
        str
            The text with ``<email:1a2b3c4d>`` and the like. Masking it again changes nothing.
        Counter
            How many of each kind were replaced; never a value.
        """
        counts: Counter[str] = Counter()
        known = names_pattern(tuple(names), self.keep)
        while True:
            masked = self.pass_over(text, lang, known, counts)
            if masked == text:
                return text, counts
            text = masked

    def pass_over(self, text: str, lang: str | None, known: re.Pattern[str] | None, counts: Counter[str]) -> str:
        """Mask once. Each replacement takes characters away from what is left, so that passes come to an end."""

        def put(kind: str, value: str) -> str:
            counts[kind] += 1
            return self.placeholder(kind, value)

        if URL_HINT.search(text):
            text = URL.sub(lambda url: self.mask_url(url[0], put), text)
        if "@" in text or "(" in text or "[" in text:
            text = EMAIL.sub(lambda found: put("email", plain_email(found[0])), text)
            text = HANDLE.sub(lambda found: self.mask_handle(found[0], put), text)
        if identifiers.DIGITS.search(text):
            text = outside(text, lambda piece: identifiers.mask_numbers(piece, lang, put))
        text = signatures.mask_names(text, put, self.keep)
        if known is not None:
            text = outside(text, lambda piece: known.sub(lambda found: put("name", found[0]), piece))
        return text

    def mask_handle(self, handle: str, put: Callable[[str, str], str]) -> str:
        """Replace a handle unless it is a company's."""
        name = handle[1:]
        return handle if name.casefold() in self.keep else put("handle", name)

    def mask_url(self, url: str, put: Callable[[str, str], str]) -> str:
        """Replace user names within an address and leave the rest."""

        def one(found: re.Match[str]) -> str:
            user = unquote(found["user"]).lstrip("@")
            if not user or user.casefold() in self.keep or user.casefold() in NOT_USERS:
                return found[0]
            return found["head"] + put("handle", user)

        for pattern in (USERINFO, BLOG_HOST, USER_IN_URL):
            url = pattern.sub(one, url)
        return url


def plain_email(text: str) -> str:
    """Write an address the plain way, so that every way of writing it has the same pseudonym."""
    text = re.sub(r"\s*[(\[{](?:at|@|a|snabel-a|krøllalfa|hjá)[)\]}]\s*", "@", text, flags=re.IGNORECASE)
    return re.sub(r"\s*[(\[{](?:dot|punkt|prikk|punktur|\.)[)\]}]\s*", ".", text, flags=re.IGNORECASE)


PROTECTED = re.compile(f"{PLACEHOLDER.pattern}|{URL.pattern}", re.IGNORECASE)


def outside(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to what is neither placeholder nor address."""
    if "<" not in text and not URL_HINT.search(text):
        return change(text)
    pieces, at = [], 0
    for guarded in PROTECTED.finditer(text):
        pieces += [change(text[at : guarded.start()]), guarded[0]]
        at = guarded.end()
    return "".join([*pieces, change(text[at:])])


@lru_cache(maxsize=256)
def names_pattern(names: tuple[str, ...], keep: frozenset[str]) -> re.Pattern[str] | None:
    """Return a pattern of the names known from a page; too short ones and companies are left out."""
    wanted = {n for name in names if len(n := name.strip()) >= 3 and n.casefold() not in keep and not n.isdigit()}
    if not wanted:
        return None
    ordered = sorted(wanted, key=lambda name: (-len(name), name))
    return re.compile(r"(?<![\w@<:])(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)")
