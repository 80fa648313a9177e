"""Statistical disclosure control: numbers that rest on so few people that they speak of persons are not shown.

Hundepool et al. (2012), *Statistical Disclosure Control*, Wiley.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scsr.errors import ScsrError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_small", "smallest_cell", "withhold"]


def smallest_cell() -> int:
    """Return the number of people below which a cell is withheld: ``SCSR_SMALLEST_CELL``, else 5."""
    stated = os.environ.get("SCSR_SMALLEST_CELL", "5")
    if not stated.isdecimal() or int(stated) < 1:
        raise ScsrError(f"SCSR_SMALLEST_CELL is {stated!r}; give a whole number of people, 1 or more")
    return int(stated)


def withhold(
    frame: pd.DataFrame, people: Sequence[str] = ("n",), threshold: int | None = None
) -> tuple[pd.DataFrame, int]:
    """Leave out the rows that rest on too few people.

    Where that leaves out a single row, the next smallest goes too: else the row could be had back by
    subtracting the others from a total (Hundepool et al. 2012, *Statistical Disclosure Control*, ch. 4).

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
    counts = frame[list(people)].astype(float)
    fewest = counts.where(counts > 0).min(axis=1)
    small = fewest.lt(limit).fillna(False)
    if small.sum() == 1 and fewest[~small].notna().any():
        small = small | (frame.index == fewest[~small].idxmin())
    return frame[~small], int(small.sum())


def is_small(n: int) -> bool:
    """Whether a number rests on some people, but too few to be shown.

    Examples
    --------
    >>> is_small(0), is_small(3), is_small(5)
    (False, True, False)
    """
    return 0 < n < smallest_cell()
