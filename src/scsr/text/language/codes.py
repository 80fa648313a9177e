"""The languages that text can be found to be in, and how an answer is worded."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CERTAIN", "CODES", "DETAILS", "FOREIGN", "UNKNOWN", "Language", "as_language"]

CODES = ("sv", "nb", "nn", "is")
"""The languages of the contract; any other is ``other``, with its own code in ``detail``."""

CERTAIN = 0.6
"""Confidence below which a caller had better trust the source, the page or nothing."""

DETAILS = ("sv", "nb", "nn", "is", "da", "en", "fo", "de", "fi")
FOREIGN = (
    "fr", "nl", "es", "pl", "et", "it", "pt", "lt", "lv", "ru", "uk", "bg", "cs", "sk", "hu", "ro", "tr", "ar", "fa",
    "he", "el", "ja", "ko", "zh", "th", "vi", "sr", "hr", "sl", "sq", "so", "ku", "se",
)  # fmt: skip
"""Languages that spam, quotations and newcomers to the Nordic countries write in; their answer is ``other``."""


class Language(NamedTuple):
    """A language: ``code`` of the contract, ``detail`` its own ISO code, ``confidence`` in 0..1."""

    code: str
    detail: str
    confidence: float


UNKNOWN = Language("other", "und", 0.0)


def as_language(detail: str, confidence: float) -> Language:
    """Word a detail code as the contract does.

    Examples
    --------
    >>> as_language("da", 0.9)
    Language(code='other', detail='da', confidence=0.9)
    """
    return Language(detail if detail in CODES else "other", detail, min(1.0, max(0.0, confidence)))
