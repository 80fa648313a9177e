"""Whose account is a firm's: companies stay, people do not."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from scsr.text.resources import privacy

__all__ = ["is_company", "plain"]

SEGMENT = re.compile(r"[^\W\d_][^\W\dA-ZÅÄÖÆØÞÐÁÉÍÓÚÝ_]+|[^\W\d_]+?(?=[A-ZÅÄÖÆØÞÐ][a-zåäöæøþðáéíóúý])|[^\W\d_]+|\d+")


def plain(name: str) -> str:
    """Write a name as accounts do: lower case, letters and digits only.

    Examples
    --------
    >>> plain("@British_Airways"), plain("Com Hem")
    ('britishairways', 'comhem')
    """
    return re.sub(r"[\W_]+", "", name.casefold())


@cache
def known() -> frozenset[str]:
    """Return the plain names of firms and public bodies that everybody knows."""
    return frozenset(map(plain, privacy()["companies"]["known"]))


@cache
def trimmings() -> frozenset[str]:
    """Return what an account may bear beside the firm's name: its country, its desk."""
    found = privacy()["companies"]
    return frozenset(found["countries"]) | frozenset(found["services"])


@lru_cache(maxsize=20_000)
def is_company(name: str, keep: frozenset[str] = frozenset()) -> bool:
    """Whether a name or handle is a company's.

    Parameters
    ----------
    name : str
        A handle without ``@``, the last part of a profile's address, or the name in a signature.
    keep : frozenset of str
        Plain names of the companies of this source.

    Returns
    -------
    bool
        True where the name, less country and desk, is a known company's or ends in what only firms are called.

    Examples
    --------
    >>> [is_company(name) for name in ("TelenorNorge", "telia_sverige", "AmazonHelp", "fjordbanken", "lisa_berg")]
    [True, True, True, True, False]
    """
    low = plain(name)
    companies = known() | keep if keep else known()
    if low in companies:
        return True
    parts = [part.casefold() for part in SEGMENT.findall(name.strip("@_"))]
    while parts and parts[-1] in trimmings():
        parts.pop()
        if "".join(parts) in companies:
            return True
    while parts and parts[0] in trimmings():
        parts.pop(0)
        if "".join(parts) in companies:
            return True
    return any(core in companies for core in cut(low)) or ends_as_firm(low, name)


def cut(low: str) -> set[str]:
    """Return a name in lower case without one ending that accounts bear, for names written in one."""
    if not low.endswith(long_trimmings()):
        return set()
    return {low[: -len(end)] for end in long_trimmings() if low.endswith(end)}


@cache
def long_trimmings() -> tuple[str, ...]:
    """Return the trimmings that are no accident at the end of a name."""
    return tuple(end for end in sorted(trimmings()) if len(end) > 2)


def ends_as_firm(low: str, name: str) -> bool:
    """Whether a name ends in a word that only organisations end in."""
    parts = SEGMENT.findall(name)
    broadcaster = re.search(r"[^\W\d_]TV$", name) is not None
    if broadcaster or (len(parts) > 1 and parts[-1].casefold() in organisations()):
        return True
    return low.endswith(long_kinds())


@cache
def long_kinds() -> tuple[str, ...]:
    """Return the words for organisations that are no accident at the end of a name."""
    return tuple(kind for kind in privacy()["companies"]["kinds"] if len(kind) > 4)


@cache
def organisations() -> frozenset[str]:
    """Return words that make a name which ends in them an organisation's."""
    found = privacy()["companies"]
    return frozenset(found["kinds"]) | frozenset(found["organisations"])
