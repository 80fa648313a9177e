"""Numbers in place of text: what tells millions of rows apart without comparing their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["N_UTTERANCES", "codes", "distinct", "runs", "weights"]

#: Column of a condensed table that says how many utterances a row stands for.
N_UTTERANCES = "n_utterances"
Codes = NDArray[np.int64]


def codes(values: pd.Series) -> tuple[Codes, pd.Index]:
    """Return a number for each value, -1 where it is missing, and the values that the numbers stand for.

    Examples
    --------
    >>> numbers, values = codes(pd.Series(["b", None, "a", "b"]))
    >>> numbers.tolist(), values.tolist()
    ([0, -1, 1, 0], ['b', 'a'])
    """
    if isinstance(values.dtype, pd.CategoricalDtype):  # numbers already
        return values.cat.codes.to_numpy().astype(np.int64), pd.Index(values.cat.categories)
    numbers, found = pd.factorize(values)
    return numbers.astype(np.int64), pd.Index(found)


def distinct(frame: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, Codes]:
    """Return the different rows of some columns as text, and the place of each row among them.

    Examples
    --------
    >>> rows, place = distinct(pd.DataFrame({"kind": ["post", "reply", "post"], "source": ["a", None, "a"]}), ["kind", "source"])
    >>> rows["kind"].tolist(), rows["source"].isna().tolist(), place.tolist()
    (['post', 'reply'], [False, True], [0, 1, 0])
    """
    made = {name: codes(frame[name]) for name in names}
    place = combined([numbers + 1 for numbers, _ in made.values()], len(frame))
    place, _ = pd.factorize(place)
    first = np.full(int(place.max(initial=-1)) + 1, -1)
    first[place[::-1]] = np.arange(len(place))[::-1]
    rows = {
        name: pd.Series(values, dtype="string").array.take(numbers[first], allow_fill=True)
        if len(values)
        else pd.Series([None] * len(first), dtype="string").array
        for name, (numbers, values) in made.items()
    }
    return pd.DataFrame(rows, columns=list(names)), place.astype(np.int64)


def combined(keys: Sequence[Codes], n: int) -> Codes:
    """Return one number for each row that tells apart what several numbers from 0 tell apart."""
    whole = np.zeros(n, dtype=np.int64)
    size = 1
    for key in keys:
        width = int(key.max(initial=0)) + 1
        if size * width >= np.iinfo(np.int64).max:
            whole = pd.factorize(whole)[0].astype(np.int64)
            size = int(whole.max(initial=0)) + 1
        whole = whole * width + key
        size *= width
    return whole


def runs(lead: Codes, *keys: Codes) -> tuple[Codes, Codes, Codes]:
    """Return the groups of rows whose numbers, all from 0, are equal.

    Returns
    -------
    tuple of ndarray
        Of each group, in the order of ``lead``: its ``lead``, a number for its other keys (a single one as it is), and how
        many rows it has.

    Examples
    --------
    >>> [part.tolist() for part in runs(np.array([0, 1, 0, 0]), np.array([5, 5, 5, 6]))]
    [[0, 0, 1], [5, 6, 5], [2, 1, 1]]
    """
    rest = combined(keys, len(lead))
    if (int(lead.max(initial=0)) + 1) * (int(rest.max(initial=0)) + 1) >= np.iinfo(np.int64).max:
        rest = pd.factorize(rest)[0].astype(np.int64)
    width = int(rest.max(initial=0)) + 1
    whole = lead * width + rest
    whole.sort()
    starts = np.flatnonzero(np.diff(whole, prepend=-1))
    found = whole[starts]
    return found // width, found % width, np.diff(starts, append=len(whole))


def weights(frame: pd.DataFrame) -> Codes:
    """Return how many utterances each row stands for: one, unless the table is condensed."""
    if N_UTTERANCES in frame:
        return frame[N_UTTERANCES].to_numpy(dtype=np.int64)
    return np.ones(len(frame), dtype=np.int64)
