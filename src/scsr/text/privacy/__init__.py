"""Personal identifiers out of text, keyed pseudonyms in their place.

What comes out is *pseudonymised*, not anonymous: whoever holds the key, or the raw files, can undo it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from scsr.text.patterns import PLACEHOLDER, URL, URL_HINT
from scsr.text.privacy import companies, identifiers, online, phones, places, signatures
from scsr.text.privacy.hints import hints

__all__ = ["KINDS", "SYNTHETIC_KEY", "Pseudonymiser", "fingerprint", "keyed_id"]

SYNTHETIC_KEY = b"scsr synthetic sources: everybody's sample is the same"
"""The public key of synthetic sources."""

KINDS = ("email", "phone", "id", "card", "account", "address", "plate", "ip", "handle", "name")
"""Kinds of placeholder."""


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
        self.keep = frozenset(filter(None, map(companies.plain, keep)))

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
        known = signatures.names_pattern(tuple(names), self.keep) if names else None
        while (held := hints(text)) or known is not None:
            masked = self.pass_over(text, lang, held, known, counts)
            if masked == text:
                break
            text = masked
        return text, counts

    def pass_over(
        self,
        text: str,
        lang: str | None,
        held: Mapping[str, set[str]],
        known: re.Pattern[str] | None,
        counts: Counter[str],
    ) -> str:
        """Mask once. Each replacement takes characters away from what is left, so that passes come to an end."""

        def put(kind: str, value: str) -> str:
            counts[kind] += 1
            return self.placeholder(kind, value)

        if "online" in held or "link" in held:
            text = online.mask_online(text, put, self.keep, "link" in held)
        if "digit" in held:
            text = mask_digits(text, lang, put, held)
        text = signatures.mask_names(text, put, self.keep, held)
        if known is not None:
            text = outside(text, lambda piece: known.sub(lambda found: put("name", found[0]), piece))
        return text


def mask_digits(text: str, lang: str | None, put: Callable[[str, str], str], held: Mapping[str, set[str]]) -> str:
    """Replace what has digits in it: numbers of people, postal addresses, registrations, network addresses."""
    linked = "link" in held
    text = places.mask_places(text, put, "residence" in held)
    if identifiers.DIGITS.search(text):
        text = outside(text, lambda piece: identifiers.mask_numbers(piece, lang, put), linked)
        text = outside(text, lambda piece: phones.mask_phones(piece, lang, put), linked)
    if online.has_network(text):
        text = outside(text, lambda piece: online.mask_network(piece, put), linked)
    return outside(text, lambda piece: identifiers.mask_plates(piece, put), linked) if "plate" in held else text


PROTECTED = re.compile(f"{PLACEHOLDER.pattern}|{URL.pattern}", re.IGNORECASE)


def outside(text: str, change: Callable[[str], str], linked: bool = True) -> str:
    """Apply a change to what is neither placeholder nor address, of which there are none in texts without links."""
    if "<" not in text and not (linked and URL_HINT.search(text)):
        return change(text)
    pieces, at = [], 0
    for guarded in PROTECTED.finditer(text):
        pieces += [change(text[at : guarded.start()]), guarded[0]]
        at = guarded.end()
    return "".join([*pieces, change(text[at:])])
