"""Light words: what stands in texts about anything, such as light verbs, days and number words.

Lemmas keep them, because counts of words and searches need them. Topics leave them out: a list of words that begins
with *go, day, two* tells no reader what its texts are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from scsr.text.resources import read

__all__ = ["light_lemmas", "without_light"]


@cache
def light_lemmas(lang: str) -> frozenset[str]:
    """Return the light lemmas of a language; none where no list is kept.

    Examples
    --------
    >>> "måndag" in light_lemmas("sv"), "faktura" in light_lemmas("sv"), len(light_lemmas("de"))
    (True, False, 0)
    """
    return frozenset(lemma for lemmas in read("light.toml").get(lang, {}).values() for lemma in lemmas)


def without_light(lemmas: Sequence[str], lang: str) -> list[str]:
    """Return the lemmas that are not light, in their order.

    Examples
    --------
    >>> without_light(["två", "faktura", "gå"], "sv")
    ['faktura']
    """
    light = light_lemmas(lang)
    return [lemma for lemma in lemmas if lemma not in light]
