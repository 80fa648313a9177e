"""Statistical disclosure control: numbers that rest on so few people that they speak of persons are not shown.

One rule for all tables: a column counts people if its table says so; where it says nothing, every column of whole
numbers does. A cell of some people, but too few, is hidden, and with it as many more as it takes that none can be had
back from the total of a table or of any of its groups (Hundepool et al. 2012, *Statistical Disclosure Control*, ch. 4).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.errors import ScsrError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "OTHERS",
    "few_together",
    "hidden_estimates",
    "is_small",
    "people_columns",
    "smallest_cell",
    "withhold",
    "without_few",
]

#: What categories are called together that too few people are in to be shown by themselves.
OTHERS = "others, few people each"
#: So many of them are called by their names.
MOST_NAMED = 3
#: Beyond so many columns of words, groups by several of them at a time are not looked at.
MOST_KEYS = 4


def smallest_cell() -> int:
    """Return the number of people below which a cell is withheld: ``SCSR_SMALLEST_CELL``, else 5."""
    stated = os.environ.get("SCSR_SMALLEST_CELL", "5")
    if not stated.isdecimal() or int(stated) < 1:
        raise ScsrError(f"SCSR_SMALLEST_CELL is {stated!r}; give a whole number of people, 1 or more")
    return int(stated)


def is_small(n: int) -> bool:
    """Whether a number rests on some people, but too few to be shown.

    Examples
    --------
    >>> is_small(0), is_small(3), is_small(5)
    (False, True, False)
    """
    return 0 < n < smallest_cell()


def people_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that are taken to count people where a table does not say: those of whole numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> people_columns(pd.DataFrame({"company": ["a"], "complaints": [7], "share": [0.5], "sure": [True]}))
    ('complaints',)
    """
    from pandas.api.types import is_integer_dtype

    return tuple(str(name) for name, values in frame.items() if is_integer_dtype(values))


def withhold(
    frame: pd.DataFrame, people: Sequence[str] = ("n",), threshold: int | None = None
) -> tuple[pd.DataFrame, int]:
    """Leave out the rows that rest on too few people, and those that would give them away.

    A row could be had back by subtracting the others from a total: of the table, or of a group by one or more of its
    columns of words. So in each of these at least two rows are left out or none, and together they are enough people.
    Where a column ``n`` stands beside others that count people, these are parts of it, and the rest counts too.

    Parameters
    ----------
    frame : DataFrame
    people : sequence of str
        Columns that count people.
    threshold : int, optional
        The smallest number of people shown; :func:`smallest_cell` by default.

    Returns
    -------
    DataFrame
        The rows kept.
    int
        How many were left out.

    Raises
    ------
    ScsrError
        If a column is missing.

    References
    ----------
    Hundepool, A. et al. (2012). *Statistical Disclosure Control*, ch. 4. Wiley.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"company": list("abc"), "n": [100, 3, 20]})
    >>> kept, n_withheld = withhold(rows)
    >>> kept["company"].tolist(), n_withheld
    (['a'], 2)
    """
    limit = smallest_cell() if threshold is None else threshold
    for column in people:
        if column not in frame:
            raise ScsrError(f"no column {column!r} to count people by; there are {', '.join(map(str, frame.columns))}")
    if not len(people) or not len(frame):
        return frame, 0
    hidden = hidden_rows(people_counts(frame, people), groupings(frame, people), limit)
    return frame[~hidden], int(hidden.sum())


def people_counts(frame: pd.DataFrame, people: Sequence[str]) -> np.ndarray:
    """Return counts of people, one column each; beside ``n``, also how many of it are not in each part."""
    import pandas as pd

    counts = frame[list(people)].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    counts = np.nan_to_num(counts, nan=0.0, posinf=0.0, neginf=0.0)
    if "n" in people and len(people) > 1:
        place = list(people).index("n")
        rest = counts[:, [place]] - np.delete(counts, place, axis=1)
        counts = np.hstack([counts, np.maximum(rest, 0.0)])
    return counts


def groupings(frame: pd.DataFrame, people: Sequence[str]) -> list[np.ndarray]:
    """Return the group of each row, for each set of rows whose total may be known."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    keys = [
        name for name, values in frame.items()
        if name not in people and (is_bool_dtype(values) or not is_numeric_dtype(values))
    ]  # fmt: skip
    found: list[np.ndarray] = [np.zeros(len(frame), dtype=np.int64)]
    most = len(keys) if len(keys) <= MOST_KEYS else 2
    for size in range(1, most):
        for some in combinations(keys, size):
            words = frame[list(some)].astype("string").fillna("")
            found.append(words.groupby(list(some), sort=True).ngroup().to_numpy(dtype=np.int64))
    return found


def hidden_rows(counts: np.ndarray, groups: Sequence[np.ndarray], limit: int) -> np.ndarray:
    """Return which rows to hide.

    Parameters
    ----------
    counts : ndarray of float, shape (n_rows, n_counts)
        People in each row.
    groups : sequence of ndarray of int, shape (n_rows,)
        For each way of adding rows up, the group of each row.
    limit : int
        The smallest number of people shown.

    Returns
    -------
    ndarray of bool, shape (n_rows,)

    Examples
    --------
    >>> counts = np.array([[3], [9], [20], [9], [8], [30], [40], [50], [60]])
    >>> rows, columns = np.repeat(range(3), 3), np.tile(range(3), 3)
    >>> hidden_rows(counts, [rows, columns], 5).astype(int).reshape(3, 3).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    """
    hidden: np.ndarray = np.any((counts > 0) & (counts < limit), axis=1)
    size = np.where(counts > 0, counts, np.inf).min(axis=1)
    more = bool(hidden.any())
    while more:
        more = False
        for group in groups:
            for rows in given_away(counts, group, hidden, limit):
                others = rows[~hidden[rows] & np.isfinite(size[rows])]
                if len(others):
                    hidden[others[np.argmin(size[others])]] = True
                    more = True
    return hidden


def given_away(counts: np.ndarray, group: np.ndarray, hidden: np.ndarray, limit: int) -> Iterator[np.ndarray]:
    """Go through the groups of rows whose hidden ones could be had back: one alone, or too few people together."""
    n_groups = int(group.max()) + 1
    unsafe: np.ndarray = np.zeros(n_groups, dtype=bool)
    for column in counts.T:
        out = hidden & (column > 0)
        n_out = np.bincount(group[out], minlength=n_groups)
        people = np.bincount(group[out], weights=column[out], minlength=n_groups)
        unsafe |= (n_out == 1) | ((n_out > 0) & (people < limit))
    for one in np.flatnonzero(unsafe):
        yield np.flatnonzero(group == one)


def hidden_estimates(estimates: Sequence[Any], threshold: int | None = None) -> list[bool]:
    """Say which estimates are withheld: those on too few people, and those that would give them away.

    Estimates of one name that are grouped by the same things are the rows of a table. One that cannot be estimated tells
    how many people it would have rested on, and counts.

    Parameters
    ----------
    estimates : sequence of Estimate
    threshold : int, optional
        The smallest number of people shown; :func:`smallest_cell` by default.

    Returns
    -------
    list of bool

    Examples
    --------
    >>> from scsr.analysis.estimates import Estimate
    >>> of = lambda n, firm: Estimate("kept", "share kept", "share", .5, .4, .6, n, "Wilson", {"company": firm})
    >>> hidden_estimates([of(90, "a"), of(2, "b"), of(30, "c")])
    [False, True, True]
    """
    import pandas as pd

    limit = smallest_cell() if threshold is None else threshold
    families: dict[tuple[str, ...], list[int]] = {}
    for place, one in enumerate(estimates):
        families.setdefault((one.name, *(key for key, _ in one.by)), []).append(place)
    made = [False] * len(estimates)
    for (_, *keys), places in families.items():
        rows = [[*(value for _, value in estimates[place].by), estimates[place].n] for place in places]
        frame = pd.DataFrame(rows, columns=[*(f"by {key}" for key in keys), "n"])
        hidden = hidden_rows(people_counts(frame, ["n"]), groupings(frame, ["n"]) if keys else [], limit)
        for place, gone in zip(places, hidden, strict=True):
            made[place] = bool(gone)
    return made


def without_few(reason: str, threshold: int | None = None) -> str:
    """Word a reason that begins with how few people there are without saying how few.

    Examples
    --------
    >>> without_few("only 3 cases were answered; it takes 20", 5), without_few("12 cascades are too few", 5)
    ('only fewer than 5 cases were answered; it takes 20', '12 cascades are too few')
    """
    limit = smallest_cell() if threshold is None else threshold
    return re.sub(
        r"(?:^|(?<=^only )|(?<=; ))\d+(?= [^\W\d])",
        lambda hit: f"fewer than {limit}" if 0 < int(hit[0]) < limit else hit[0], reason,
    )  # fmt: skip


def few_together(categories: pd.Series, people: pd.Series, threshold: int | None = None) -> pd.Series:
    """Put categories together that too few people are in, and the next smallest where these are still too few.

    Parameters
    ----------
    categories : Series of str
        Category of each row.
    people : Series
        Who stands behind each row; a row of nobody known counts as somebody of its own.
    threshold : int, optional
        The smallest number of people shown; :func:`smallest_cell` by default.

    Returns
    -------
    Series of str
        The categories; those put together are called by their names, largest first, or :data:`OTHERS` where they are many.

    Examples
    --------
    >>> import pandas as pd
    >>> few_together(pd.Series(list("aaabbc")), pd.Series(list("xyzxyz")), threshold=2).tolist()
    ['a', 'a', 'a', 'b, c', 'b, c', 'b, c']
    """
    import pandas as pd

    from scsr.analysis.compact import categories as as_categories
    from scsr.analysis.compact import codes_of, n_distinct

    limit = smallest_cell() if threshold is None else threshold
    group, names = codes_of(categories)
    person, distinct = codes_of(people)
    nobody = np.flatnonzero(person < 0)
    person[nobody] = len(distinct) + np.arange(len(nobody))
    n_people = len(distinct) + len(nobody)
    counts = n_distinct(group, len(names), person, n_people)
    size = pd.Series(counts, index=names.astype(object))[counts > 0].sort_index().sort_values(kind="stable")
    few = [str(name) for name in size.index[size < limit]]
    while few and len(few) < len(size):
        inside = np.append(names.astype(str).isin(few), False)[group]
        if n_distinct(np.where(inside, 0, -1), 1, person, n_people)[0] >= limit:
            break
        few.append(str(size.index[len(few)]))
    name = ", ".join(reversed(few)) if len(few) <= MOST_NAMED else OTHERS
    if not few:
        return categories
    renamed = [name if str(one) in few else str(one) for one in names]
    kinds = list(dict.fromkeys(renamed))
    place = np.append([kinds.index(one) for one in renamed], -1)
    made = as_categories(place[group], kinds, categories)
    return made if isinstance(categories.dtype, pd.CategoricalDtype) else made.astype(categories.dtype)
