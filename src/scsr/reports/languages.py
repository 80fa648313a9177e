"""Say sentences in the language of their reader: English, Swedish, Norwegian in both its forms, Icelandic.

What there is to say is a :class:`Message`: the name of a sentence and what goes into it. How it is said stands in
catalogues, ``messages/<language>.ftl`` (Fluent): one file a language, each with every sentence. Numbers are written
as each language writes them.

References
----------
Project Fluent, syntax 1.0. Unicode Common Locale Data Repository, through babel: plurals, numbers, lists.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from scsr.errors import ScsrError
from scsr.numbers import HUGE, RAISED

__all__ = [
    "LANGUAGES", "Duration", "Foreign", "Message", "Share", "decimal", "names", "percent", "pieces", "plain", "reason",
    "say",
]  # fmt: skip

#: English first: what everything else is said in, and what a sentence falls back on.
LANGUAGES = ("en", "sv", "nb", "nn", "is")

# Marks around words of another language, out of the private use area: ␣language␣words␣. Taken out of every argument.
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARKED = re.compile(f"{OPEN}([a-zA-Z-]*){BETWEEN}([^{CLOSE}]*){CLOSE}")
#: The full stop of an abbreviation ends its sentence, too.
STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
MARKS = str.maketrans("", "", OPEN + BETWEEN + CLOSE)


@dataclass(frozen=True)
class Message:
    """A sentence to be said: its name in the catalogues, and what goes into it.

    Arguments are numbers, :class:`Share`, :class:`Duration`, :class:`Foreign`, further messages, lists of these, or
    names that are the same in every language.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """A share of one, said in per cent."""

    value: float


@dataclass(frozen=True)
class Duration:
    """A span of hours, said in the unit that it reads best in."""

    hours: float


@dataclass(frozen=True)
class Foreign:
    """Words that are not of the reader's language, and what language they are of."""

    words: str
    language: str


def rounded(value: float) -> Decimal:
    """Round to three significant digits, and from a thousand on to whole numbers."""
    return Decimal(f"{value:.0f}" if abs(value) >= 999.5 else f"{value:.3g}")


def decimal(value: float | None, language: str = "en") -> str:
    """Write a number as a language does, to three significant digits.

    Parameters
    ----------
    value : float or None
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> [decimal(x) for x in (12.345, 1234567, -0.5, float("inf"), 2e-7, None)]
    ['12.3', '1,234,567', '−0.5', '∞', '2 × 10⁻⁷', '–']
    >>> decimal(12.345, "sv"), decimal(1234567, "is")
    ('12,3', '1.234.567')
    """
    from babel.numbers import format_decimal

    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if 0 < abs(value) < 1e-4 or (isinstance(value, float) and abs(value) >= HUGE):
        mantissa, exponent = f"{value:.2e}".split("e")
        raised = str(int(exponent)).translate(RAISED)
        return f"{decimal(float(mantissa), language)} × 10{raised}"
    exact = Decimal(value) if isinstance(value, int) else rounded(value)
    return minus(format_decimal(exact, locale=language, decimal_quantization=False))


def percent(share: float | None, language: str = "en") -> str:
    """Write a share in per cent, to three significant digits, or as many as tell it from 100 %.

    Examples
    --------
    >>> percent(0.0123), percent(0.99997), percent(0.125, "is"), percent(0.125, "sv").split()
    ('1.23%', '99.997%', '12,5%', ['12,5', '%'])
    """
    from babel.numbers import format_percent

    if share is None or not math.isfinite(share):
        return decimal(share, language)
    points = 100 * share
    if 0 < abs(points) < 1e-4:
        return percent(0.01, language).replace("1", decimal(points, language))
    exact = Decimal(f"{points:.{5 if 99.5 < points < 100 else 3}g}") / 100
    return minus(format_percent(exact, locale=language, decimal_quantization=False))


def minus(text: str) -> str:
    """Write a minus as one."""
    return text.replace("-", "−")


def written(language: str) -> str:
    """Read the catalogue of a language."""
    from importlib.resources import files

    if language not in LANGUAGES:
        raise ScsrError(f"no messages in {language!r}; there are {', '.join(LANGUAGES)}")
    return files("scsr.reports").joinpath("messages", f"{language}.ftl").read_text("utf-8")


@cache
def catalogue(language: str) -> Any:
    """Return what says the sentences of a language."""
    from fluent.runtime import FluentBundle, FluentResource

    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(written(language)))
    return bundle


@cache
def sentences(language: str) -> Mapping[str, Any]:
    """Return the sentences of a language as they are written, by name.

    Raises
    ------
    ScsrError
        If a part of the catalogue is no sentence.
    """
    from fluent.syntax import ast, parse

    found = {}
    for entry in parse(written(language)).body:
        if isinstance(entry, ast.Junk):
            content = (entry.content or "").strip()[:60]
            raise ScsrError(f"messages/{language}.ftl: cannot read {content!r}")
        if isinstance(entry, ast.Message):
            found[entry.id.name] = entry.value
    return found


def names(language: str = "en") -> tuple[str, ...]:
    """Return the names of all sentences of a language."""
    return tuple(sentences(language))


def say(message: Message, language: str = "en") -> str:
    """Say a sentence, words of other languages marked for :func:`pieces`.

    Parameters
    ----------
    message : Message
    language : str

    Returns
    -------
    str

    Raises
    ------
    ScsrError
        If the language has no such sentence, or the sentence lacks something that goes into it.

    Examples
    --------
    >>> one = Message("wom_spread-size", {"cascades": 1200, "largest": 1})
    >>> say(one)
    '1,200 cascades were seen; the largest has 1 share.'
    >>> say(one, "is")
    '1.200 deilingakeðjur sáust; í þeirri stærstu er 1 deiling.'
    """
    bundle = catalogue(language)
    if not bundle.has_message(message.name):
        raise ScsrError(f"messages/{language}.ftl: no message {message.name!r}")
    args = {name: argument(value, language) for name, value in message.args.items()}
    said, errors = bundle.format_pattern(bundle.get_message(message.name).value, args)
    if errors:
        raise ScsrError(f"messages/{language}.ftl, {message.name!r}: {errors[0]}")
    return STOPS.sub(".", str(said))


def argument(value: Any, language: str) -> Any:
    """Write what goes into a sentence as the language writes it; whole numbers stay numbers, so that plurals work."""
    if isinstance(value, Message):
        return say(value, language)
    if isinstance(value, Share):
        return percent(value.value, language)
    if isinstance(value, Duration):
        return say(span(value.hours, language), language)
    if isinstance(value, Foreign):
        return foreign(value, language)
    if isinstance(value, (list, tuple)):
        return listed([str(argument(one, language)) for one in value], language)
    if isinstance(value, float):
        return decimal(value, language)
    if value is None:
        return "–"
    return value if isinstance(value, int) else str(value).translate(MARKS)


def foreign(value: Foreign, language: str) -> str:
    """Mark words, unless they are of the reader's language."""
    words = value.words.translate(MARKS)
    return words if value.language == language else f"{OPEN}{value.language}{BETWEEN}{words}{CLOSE}"


def listed(words: Sequence[str], language: str) -> str:
    """Join words as a language does, in English without a comma before the last.

    Examples
    --------
    >>> listed(["a", "b", "c"], "en"), listed(["a", "b", "c"], "nn")
    ('a, b and c', 'a, b og c')
    """
    from babel.lists import format_list

    return format_list(words, locale="en_GB" if language == "en" else language)


def span(hours: float, language: str) -> Message:
    """Word a span of time in the unit that it reads best in."""
    name, amount = ("minutes", 60 * hours) if hours < 1 else ("days", hours / 24) if hours >= 72 else ("hours", hours)
    if not math.isfinite(amount):
        return Message("hours", {"amount": 2, "value": decimal(amount, language)})
    shown = rounded(amount)
    # only a whole number can be a singular
    whole = int(shown) if shown == int(shown) else 2
    return Message(name, {"amount": whole, "value": decimal(float(amount), language)})


def pieces(text: str) -> list[str | dict[str, str]]:
    """Take a said sentence apart: words of the reader's language as text, others with their language.

    Examples
    --------
    >>> pieces(say(Message("reason-quoted", {"reason": Foreign("no rows", "en")}), "sv"))
    ['”', {'lang': 'en', 'text': 'no rows'}, '”']
    """
    found: list[str | dict[str, str]] = []
    at = 0
    for hit in MARKED.finditer(text):
        found += [text[at : hit.start()]] if hit.start() > at else []
        found.append({"lang": hit[1], "text": hit[2]})
        at = hit.end()
    return [*found, text[at:]] if text[at:] or not found else found


def plain(text: str) -> str:
    """Return a said sentence without the marks of foreign words."""
    return MARKED.sub(r"\2", text)


@cache
def known_reasons() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return how each reason that the analyses give reads in English, as a pattern."""
    found = []
    for name, pattern in sentences("en").items():
        if name.startswith("reason-") and name != "reason-quoted":
            parts = [
                re.escape(one.value) if hasattr(one, "value") else f"(?P<{one.expression.id.name}>.+?)"
                for one in pattern.elements
            ]  # fmt: skip
            found.append((name, re.compile("".join(parts))))
    return tuple(found)


def reason(text: str) -> Message:
    """Find the sentence behind a reason that an analysis gave in English; quoted where there is none.

    Examples
    --------
    >>> why = reason("12 cascades are too few; it takes 20")
    >>> say(why), say(why, "nb")
    ('12 cascades are too few; it takes 20', '12 kaskader er for få; det trengs 20')
    """
    for name, pattern in known_reasons():
        hit = pattern.fullmatch(text)
        if hit:
            return Message(name, {key: as_number(value) for key, value in hit.groupdict().items()})
    first, several, rest = text.partition("; ")
    if several:
        return Message("both", {"first": reason(first), "second": reason(rest)})
    return Message("reason-quoted", {"reason": Foreign(text, "en")})


def as_number(text: str) -> Any:
    """Read a whole number or a percentage back from an English reason, so that each language writes it its own way."""
    bare = text.replace(",", "")
    if bare.isascii() and bare.isdecimal():
        return int(bare)
    if re.fullmatch(r"\d+(\.\d+)?%", text):
        return Share(float(text[:-1]) / 100)
    return text
