"""Texts read once: their words as numbers, so that a list of terms is held against words and not against texts."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scsr.text import tokens

__all__ = ["Pattern", "Reading", "read_texts"]

Numbers = NDArray[np.int64]
#: The words of a term as pairs of form and lemma; the lemma ``*`` marks the beginning of a word.
Pattern = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """The words of all texts in a language, one after the other.

    Parameters
    ----------
    row : ndarray
        The row of the table that each word stands in.
    word : ndarray
        The number of each word.
    forms, lemmas : tuple of str
        Form in lower case, and lemma, of each number.
    """

    row: Numbers
    word: Numbers
    forms: tuple[str, ...]
    lemmas: tuple[str, ...]

    @cached_property
    def places(self) -> list[Numbers]:
        """Where each number stands, in the order of the texts."""
        order = np.argsort(self.word, kind="stable")
        return np.split(order, np.searchsorted(self.word[order], np.arange(1, len(self.forms))))

    @cached_property
    def numbers(self) -> dict[str, list[int]]:
        """The numbers of each form and lemma."""
        found: dict[str, list[int]] = {}
        for number, said in enumerate(zip(self.forms, self.lemmas, strict=True)):
            for one in dict.fromkeys(said):
                found.setdefault(one, []).append(number)
        return found

    def like(self, form: str, lemma: str) -> list[int]:
        """Return the numbers of the words that a word of a term finds."""
        if lemma == "*":
            return [number for number, one in enumerate(self.forms) if one.startswith(form)]
        same_form = [number for number in self.numbers.get(form, []) if self.forms[number] == form]
        same_lemma = [number for number in self.numbers.get(lemma, []) if self.lemmas[number] == lemma]
        return sorted({*same_form, *same_lemma})

    def rows_with(self, pattern: Pattern) -> Numbers:
        """Return the rows whose text holds the words of a pattern one after the other, each row once."""
        first = self.like(*pattern[0])
        at = np.concatenate([self.places[number] for number in first]) if first else np.empty(0, dtype=np.int64)
        for step, part in enumerate(pattern[1:], start=1):
            at = at[at + step < len(self.word)]
            follows = np.isin(self.word[at + step], self.like(*part)) & (self.row[at + step] == self.row[at])
            at = at[follows]
        return np.unique(self.row[at])


def read_texts(utterances: pd.DataFrame, langs: Iterable[str]) -> dict[str, Reading]:
    """Read the texts in some languages: what all watch lists are held against.

    Examples
    --------
    >>> said = pd.DataFrame({"text": ["Fakturan kom", "Tack för fakturan"], "language": "sv"})
    >>> reading = read_texts(said, ["sv"])["sv"]
    >>> reading.rows_with([("faktura", "faktura")]).tolist(), reading.rows_with([("för", "för"), ("fakt", "*")]).tolist()
    ([0, 1], [1])
    """
    language = utterances["language"].astype("string")
    made = {}
    for lang in dict.fromkeys(langs):
        some = utterances.loc[language.eq(lang).fillna(False), "text"].astype("string").fillna("")
        numbers: dict[str, int] = {}
        said, lengths = array("q"), array("q")
        for text in some:
            words = tokens.words(text)
            lengths.append(len(words))
            said.extend([numbers.setdefault(word, len(numbers)) for word in words])
        form, forms = pd.factorize(np.array([word.lower() for word in numbers], dtype=object))
        row = np.repeat(some.index.to_numpy(dtype=np.int64), np.array(lengths, dtype=np.int64))
        word = form.astype(np.int64)[np.array(said, dtype=np.int64)]
        made[lang] = Reading(row, word, tuple(forms), tuple(tokens.lemma(one, lang) for one in forms))
    return made
