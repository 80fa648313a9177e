"""Electronic addresses of people: e-mail, accounts, user names within links, network addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import unquote

from scsr.text.patterns import EMAIL, HANDLE, URL, URL_HINT, alternation
from scsr.text.privacy.companies import is_company
from scsr.text.privacy.hints import BRACKETED_AT
from scsr.text.resources import privacy

__all__ = ["mask_network", "mask_online"]

Put = Callable[[str, str], str]

HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?[.]){1,8}"
ENDING = r"(?:com|org|net|info|eu|nu|se|no|is|dk|fi|fo|io|uk|de)"
SPACED_AT = re.compile(rf"(?<![\w.+-])\w[\w.+'-]{{0,62}}[ ]?@[ ]?{HOST}{ENDING}(?![\w@])", re.IGNORECASE)
MAIL_AT = re.compile(r"@(?:(?<=[\w+-]@)[^\W_]|(?<=[(\[{]@)[)\]}])")
AT_HOST = re.compile(r"@[ ]?[^\W_][\w-]*\.[^\W_]")
"""What the patterns of addresses have at their @: cheap to look for before them."""

DOTTED_HANDLE = re.compile(HANDLE.pattern + r"(?P<more>(?:\.[^\W\dA-ZÅÄÖÆØ_]\w{2,}){0,2})")
USERINFO = re.compile(r"(?P<head>://)(?P<user>[^/@\s<>]+)(?=@)")
REDDIT = re.compile(r"(?<![\w/.])/?u/(?P<user>[A-Za-z0-9_-]{3,20})(?![\w/])")
GOOGLE_PLUS = re.compile(r"(?P<head>plus\.google\.com/(?:u/0/)?)(?P<user>\+?\w+)", re.IGNORECASE)
PROFILE_ID = re.compile(r"(?P<head>profile\.php\?id=)(?P<user>\d+)", re.IGNORECASE)
ROUTE = re.compile(r"\d[ ]?ms\b.{0,80}\d[ ]?ms\b|\* \* \*", re.DOTALL)
"""Times of several routers: a traceroute, whose addresses are nobody's."""

NUMBERS = re.compile(r"\.\d{1,3}\.\d")
GROUPS = re.compile(r":[0-9a-fA-F]{0,4}:")
IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{1,4}:|:){2,7}(?::|[0-9a-f]{1,4})(?![\w:]|\.\d)", re.IGNORECASE)


@cache
def spelt_mail() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of an address spelt out with words, of its "at", and of its "dot".

    An "at" in brackets, or one that means nothing else, goes with any dot; a bare one only with a dot spelt out:
    "order at SHOP.com" is no address.
    """
    mail = privacy()["mail"]
    bare, plain, dots = alternation(mail["at_bare"]), alternation(mail["at_only"]), alternation(mail["dot"])
    at = rf"(?:[ ]?[(\[{{*][ ]?(?:{alternation(mail['at'])})[ ]?[)\]}}*][ ]?|[ ](?:{plain})[ ])"
    spelt = rf"(?:[ ]?[(\[{{*][ ]?(?:{dots})[ ]?[)\]}}*][ ]?|[ ](?:{dots})[ ])"
    dot = rf"(?:{spelt}|\.)"
    local = rf"(?<![\w.+-])\w[\w+'-]{{0,62}}(?:{dot}\w[\w+'-]{{0,62}}){{0,2}}"
    host = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
    whole = rf"{local}(?:(?:{at}|@)(?:{host}{dot}){{1,3}}|[ ](?:{bare})[ ](?:{host}{spelt}){{1,3}}){ENDING}(?![\w@])"
    any_at = rf"(?:{at}|[ ](?:{bare})[ ])"
    return re.compile(whole, re.IGNORECASE), re.compile(any_at, re.IGNORECASE), re.compile(dot, re.IGNORECASE)


@cache
def in_links() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of user names within an address."""
    web = privacy()["web"]
    hosts, folders = alternation(web["profile_hosts"]), alternation(web["profile_folders"])
    fields, users = alternation(web["user_fields"]), alternation(web["user_folders"])
    sites = (
        rf"(?<![\w-])(?:{hosts})/(?:(?:{folders})/|@)?"
        r"|linkedin\.com/(?:in|pub|profile)/|flickr\.com/(?:photos|people)/|youtube\.com/(?:user/|c/|@)|medium\.com/@"
        rf"|reddit\.com/u(?:ser)?/|snapchat\.com/add/|/~|/(?:{users})/|[?&](?:{fields})="
    )
    blog = alternation(web["blog_hosts"])
    return (
        USERINFO,
        PROFILE_ID,
        GOOGLE_PLUS,
        re.compile(
            rf"(?P<head>(?:https?://|^)(?:www\.)?)(?P<user>(?!www\.)[\w.-]+?)(?=\.(?:{blog})(?:\.|/|$))", re.IGNORECASE
        ),
        re.compile(rf"(?P<head>{sites})(?P<user>[^/?#&\s<>]+)", re.IGNORECASE),
    )


@cache
def not_users() -> frozenset[str]:
    """Return parts of a path that name nobody."""
    return frozenset(privacy()["web"]["not_users"])


def mask_online(text: str, put: Put, keep: frozenset[str] = frozenset(), linked: bool = True) -> str:
    """Replace e-mail addresses, accounts and user names in links.

    Parameters
    ----------
    text : str
        Running text.
    put : callable
        Kind and value to placeholder.
    keep : frozenset of str
        Plain names of companies, whose accounts stay.
    linked : bool
        Whether the text can hold an address of the web.

    Returns
    -------
    str
        The text with placeholders.

    Examples
    --------
    >>> mask_online("anna@example.com eller facebook.com/anna.l", lambda kind, value: f"<{kind}>")
    '<email> eller facebook.com/<handle>'
    """
    if MAIL_AT.search(text) or BRACKETED_AT.search(text):
        # before links: user names in them may hold an @
        text = EMAIL.sub(lambda found: put("email", plain_email(found[0])), text)
    if linked and URL_HINT.search(text):
        text = URL.sub(lambda url: mask_link(url[0], put, keep), text)
    if "@" in text:
        if AT_HOST.search(text):
            text = SPACED_AT.sub(lambda found: put("email", plain_email(found[0])), text)
        text = DOTTED_HANDLE.sub(lambda found: mask_handle(found, put, keep), text)
    if may_be_spelt(text):
        text = spelt_mail()[0].sub(lambda found: mask_spelt(found[0], put, keep), text)
    if "u/" in text:
        text = REDDIT.sub(lambda found: found[0] if URL_HINT.search(found[0]) else put("handle", found["user"]), text)
    return text


@cache
def spelt_hints() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words for "at" that mean nothing else, and the words for "dot"."""
    mail = privacy()["mail"]
    return tuple(mail["at_only"]), tuple(word for word in mail["dot"] if word != ".")


def may_be_spelt(text: str) -> bool:
    """Whether a text can hold an address that is spelt out."""
    low = text.lower()
    ats, dots = spelt_hints()
    return any(word in low for word in ats) or any(word in low for word in dots)


def mask_spelt(words: str, put: Put, keep: frozenset[str]) -> str:
    """Replace an address that is spelt out, but not "only at SHOP dot com"."""
    address = plain_email(words)
    host = address.partition("@")[2].rpartition(".")[0]
    return words if re.search(r"\bat\b", words) and is_company(host, keep) else put("email", address)


def mask_handle(found: re.Match[str], put: Put, keep: frozenset[str]) -> str:
    """Replace a handle unless it is a company's; what follows a company's after a point is the next sentence."""
    first = found[0][1 : found.start("more") - found.start()]
    return found[0] if is_company(first, keep) else put("handle", found[0][1:])


def mask_link(url: str, put: Put, keep: frozenset[str]) -> str:
    """Replace user names within an address and leave the rest."""

    def one(found: re.Match[str]) -> str:
        user = unquote(found["user"]).lstrip("@")
        if not user or user.casefold() in not_users() or is_company(user, keep):
            return found[0]
        return found["head"] + put("handle", user)

    for pattern in in_links():
        url = pattern.sub(one, url)
    return url


def has_network(text: str) -> bool:
    """Whether there are numbers between points, or colons, as in network addresses."""
    return NUMBERS.search(text) is not None or GROUPS.search(text) is not None


def mask_network(text: str, put: Put) -> str:
    """Replace public network addresses; those within a house name nobody, and versions look alike."""
    if NUMBERS.search(text) and not ROUTE.search(text):
        text = IPV4.sub(lambda found: put("ip", found[0]) if is_public_ipv4(found) else found[0], text)
    if GROUPS.search(text):
        text = IPV6.sub(lambda found: put("ip", found[0]) if is_public(found[0]) else found[0], text)
    return text


@cache
def version() -> re.Pattern[str]:
    """Return the pattern of a word for a version right before its number."""
    return re.compile(rf"(?<![^\W_])(?:{alternation(privacy()['web']['versions'])})[ .:]{{0,2}}$", re.IGNORECASE)


def is_public_ipv4(found: re.Match[str]) -> bool:
    """Whether four numbers are a public address and no version: two of them have two digits or more."""
    long = sum(len(number) > 1 for number in found[0].split("."))
    before = found.string[max(0, found.start() - 20) : found.start()]
    return long >= 2 and not version().search(before) and is_public(found[0])


def is_public(address: str) -> bool:
    """Whether a network address is one of the public internet."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def plain_email(text: str) -> str:
    """Write an address the plain way, so that every way of writing it has the same pseudonym.

    Examples
    --------
    >>> plain_email("anna (at) exempel punkt se")
    'anna@exempel.se'
    """
    _, at, dot = spelt_mail()
    return dot.sub(".", re.sub(r"[ ]?@[ ]?", "@", at.sub("@", text)))
