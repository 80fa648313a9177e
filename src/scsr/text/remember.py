"""What a function says of each word, remembered: a text has few words that no text before it had."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["MOST_WORDS", "Remembered"]

V = TypeVar("V")

MOST_WORDS = 100_000
LONGEST = 100
"""Letters of a word that is remembered: longer ones hardly come again."""


class Remembered(dict[str, V]):
    """Answers by word, worked out once; when they are too many, those that were not asked for of late go.

    Parameters
    ----------
    answer : callable
        Word to answer.
    most : int
        Words after which the next generation begins; of the one before, no more than what is asked for is kept.

    Examples
    --------
    >>> lengths = Remembered(len)
    >>> list(map(lengths.__getitem__, ["takk", "fyrir", "takk"])), len(lengths)
    ([4, 5, 4], 2)
    """

    def __init__(self, answer: Callable[[str], V], most: int = MOST_WORDS) -> None:
        super().__init__()
        self.answer = answer
        self.most = most
        self.before: dict[str, V] = {}

    def __missing__(self, word: str) -> V:
        if len(word) > LONGEST:
            return self.answer(word)
        if len(self) >= self.most:
            self.before = dict(self)
            self.clear()
        found = self[word] = self.before[word] if word in self.before else self.answer(word)
        return found
