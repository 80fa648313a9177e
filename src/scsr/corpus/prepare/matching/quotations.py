"""Who quotes whom: passages that stand in an earlier text.

Where a passage stands in several texts, the first is the one published first, in the same conversation if it stands
there, else anywhere; where one of them bears no time, the one read first. Each other one quotes it, unless the two are
exact or near duplicates as a whole.

Words that are nobody's own are no quotation, unless they are marked as one. A firm that says again what a firm has
said quotes nobody. A passage of :data:`FORMULA` texts or more is a formula, such as ``Tack för din feedback! Vi hör av
oss inom 24 timmar.``, where the first to use it speaks for a firm, where its writers repeat themselves, or where it is
shorter than :data:`scsr.corpus.prepare.passages.LONG` words; unless it answers another speaker of the same
conversation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.passages import CUT, LENGTHY, MARKED

__all__ = ["FORMULA", "PASSAGE", "QUOTATION", "UNKNOWN", "quotations"]

FORMULA = 5
"""Texts that must hold a passage before it may be a formula."""

UNKNOWN = np.iinfo(np.int64).min
"""Time of a text whose day is not known."""

PASSAGE = np.dtype(
    [
        ("head", "<u8"), ("whole", "<u4"), ("flags", "u1"), ("staff", "?"), ("at", "<i8"), ("published", "<i8"),
        ("speaker", "<u8"), ("thread", "<u8"), ("alike", "<i8"),
    ]
)  # fmt: skip
"""A passage: its key and flags, whether its writer speaks for a firm, position and time of the text, who wrote it, in
which conversation, and the first text of its group of exact and near duplicates, within which nothing is quoted."""

QUOTATION = np.dtype([("later", "<i8"), ("earlier", "<i8"), ("head", "<u8"), ("whole", "<u4")])
"""Positions of two texts, and the key of the passage as the later one has it."""

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]


def quotations(passages: NDArray[np.void]) -> NDArray[np.void]:
    """Find the passages that stand in an earlier text.

    Parameters
    ----------
    passages : array of :data:`PASSAGE`
        All those of the heads that occur among them.

    Returns
    -------
    array of :data:`QUOTATION`
        Sorted by later, earlier and key; one element for each passage that a text repeats.
    """
    passages = passages[np.lexsort((passages["whole"], passages["head"]))]
    cut = (passages["flags"] & CUT).astype(bool)
    same = repeats(passages, by_head=False)
    started = repeats(passages[np.isin(passages["head"], passages["head"][cut])], by_head=True)
    found = np.concatenate([same, started])
    found = found[np.lexsort((found["whole"], found["head"], found["earlier"], found["later"]))]
    fresh = np.ones(len(found), dtype=bool)  # one that is cut off may repeat both itself and a whole one
    fresh[1:] = np.logical_or.reduce([found[name][1:] != found[name][:-1] for name in QUOTATION.names or ()])
    return found[fresh]


def repeats(rows: NDArray[np.void], *, by_head: bool) -> NDArray[np.void]:
    """Find repeats among passages.

    Parameters
    ----------
    rows : array of PASSAGE
        Sorted by head, then by whole.
    by_head : bool
        Whether passages of one beginning go together: those cut off repeat the first that is not.

    Returns
    -------
    array of QUOTATION
        Without formulas, and without duplicates of each other.
    """
    groups = numbered(rows["head"]) if by_head else numbered(rows["head"], rows["whole"])
    often = np.bincount(groups, minlength=1)[groups] > 1
    rows, groups = rows[often], groups[often]
    if not len(rows):
        return np.empty(0, dtype=QUOTATION)
    groups = numbered(groups)
    undated = np.zeros(groups[-1] + 1, dtype=bool)
    undated[groups[rows["published"] == UNKNOWN]] = True
    when = np.where(undated[groups], 0, rows["published"])
    cut = (rows["flags"] & CUT).astype(bool) & by_head
    order = np.lexsort((rows["at"], when, cut, groups))
    rows, groups, when, cut = rows[order], groups[order], when[order], cut[order]
    text = np.ascontiguousarray(rows["at"])
    first = np.flatnonzero(np.diff(groups, prepend=-1))[groups]
    repeated = text != text[first]
    if by_head:
        older = (when[first] < when) | ((when[first] == when) & (text[first] < text))
        repeated &= cut & ~cut[first] & older
    else:
        near = first_of_thread(groups, rows["thread"])
        first = np.where(text[near] != text, near, first)
    repeated &= ~is_formula(groups, rows, first) & (rows["alike"] != rows["alike"][first])
    made = np.empty(int(repeated.sum()), dtype=QUOTATION)
    made["later"], made["earlier"] = text[repeated], text[first[repeated]]
    made["head"], made["whole"] = rows["head"][repeated], rows["whole"][repeated]
    return made


def first_of_thread(groups: Ids, thread: NDArray[np.uint64]) -> Ids:
    """Return the first passage of each group and conversation, for passages sorted by group and age."""
    order = np.lexsort((thread, groups))  # stable: the age decides within a conversation
    runs = numbered(groups[order], thread[order])
    found = np.empty_like(order)
    found[order] = order[np.flatnonzero(np.diff(runs, prepend=-1))][runs]
    return found


def is_formula(groups: Ids, rows: NDArray[np.void], first: Ids) -> Flags:
    """Whether each passage is a formula: words of nobody's own."""
    sizes = np.bincount(groups)
    staff, thread, speaker = rows["staff"], rows["thread"], rows["speaker"]
    order = np.lexsort((speaker, groups))
    runs = numbered(groups[order], speaker[order])
    speakers = np.bincount(groups[order][np.flatnonzero(np.diff(runs, prepend=-1))])
    own = staff[first] | (2 * speakers <= sizes)[groups] | ((rows["flags"] & LENGTHY) == 0)
    answered = (thread == thread[first]) & (speaker != speaker[first])
    often = (sizes >= FORMULA)[groups] & own & ~answered
    found: Flags = (often | (staff[first] & staff)) & ((rows["flags"] & MARKED) == 0)
    return found


def numbered(*keys: NDArray[np.generic]) -> Ids:
    """Return the number of the run of equal keys that each element belongs to.

    Examples
    --------
    >>> numbered(np.array([3, 3, 5, 3])).tolist()
    [0, 0, 1, 2]
    """
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    changes = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.cumsum(changes)
