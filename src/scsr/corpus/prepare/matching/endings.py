"""Sign-offs: what ends many texts of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from scsr.corpus.prepare.drafts import Draft
from scsr.corpus.prepare.matching.groups import Corpus, Group, Mapper, corpus_of, read_group
from scsr.corpus.prepare.matching.quoted import staff
from scsr.corpus.prepare.matching.runs import Run, Slices, read_slices, share_bounds, slices, write_run
from scsr.corpus.store.folder import Folder

__all__ = ["sign_offs"]

MIN_ENDINGS = 5
MIN_SHARE = 0.05

SHARE_ROWS = 2**20
ENDING = np.dtype([("key", "<u8"), ("side", "<i8"), ("n", "<i8")])
"""Hash of an ending; twice the number of a source, one more for those who speak for a firm; texts that it ends."""

Sizes = Counter[int]
"""Texts of each side."""

Often = Counter[tuple[int, int]]
"""Endings by their side and by the number of texts that they end."""


def sign_offs(
    folder: Folder, drafts: Sequence[Draft], scratch: Folder, pool: Mapper, group_rows: int | None = None
) -> dict[int, tuple[int, int]]:
    """Count what ends many texts of a source.

    An ending counts where it ends :data:`MIN_ENDINGS` texts or more of one source and side (firm or not), and a
    twentieth or more of these.

    Parameters
    ----------
    folder, drafts, scratch, pool, group_rows
        As :func:`scsr.corpus.prepare.matching.duplicates.match` takes them.

    Returns
    -------
    dict
        Number of a source to different endings and texts with one.
    """
    corpus, groups = corpus_of(folder, drafts, scratch, group_rows)
    n_shares = corpus.n_shares(SHARE_ROWS)
    sizes: Sizes = Counter()
    often: Often = Counter()
    try:
        runs = []
        for run, own in pool.map(scatter, ((corpus, group, n_shares) for group in groups)):
            runs.append(run)
            sizes.update(own)
        for counted in pool.map(gather, ((corpus, slices(runs, share)) for share in range(n_shares))):
            often.update(counted)
    finally:
        corpus.scratch.clear()
    made = dict.fromkeys(sorted({side // 2 for side in sizes}), (0, 0))
    for (side, n), n_endings in sorted(often.items()):
        if n >= MIN_SHARE * sizes[side]:
            before = made[side // 2]
            made[side // 2] = before[0] + n_endings, before[1] + n * n_endings
    return made


def scatter(job: tuple[Corpus, Group, int]) -> tuple[Run, Sizes]:
    """Count the endings of one group."""
    corpus, group, n_shares = job
    rows = read_group(corpus.drafts, group, ["_ending", "speaker_role"])
    side = 2 * np.repeat(np.array(group.sources, dtype=np.int64), group.sizes) + staff(rows)
    keys = rows.column("_ending").to_numpy()
    order = np.lexsort((side, keys))
    order = order[keys[order] != 0]
    records = np.ones(len(order), dtype=ENDING)
    records["key"], records["side"] = keys[order], side[order]
    records = summed(records)
    bounds = share_bounds(np.ascontiguousarray(records["key"]), n_shares)
    values, counts = np.unique(side, return_counts=True)
    sizes = Counter(dict(zip(values.tolist(), counts.tolist(), strict=True)))
    return write_run(corpus.scratch, f"endings-{group.number}", records, bounds), sizes


def gather(job: tuple[Corpus, Slices]) -> Often:
    """Count the endings of one share that end enough texts."""
    corpus, wanted = job
    records = read_slices(corpus.scratch, wanted, ENDING)
    records = summed(records[np.lexsort((records["side"], records["key"]))])
    often = records[records["n"] >= MIN_ENDINGS]
    return Counter(zip(often["side"].tolist(), often["n"].tolist(), strict=True))


def summed(records: np.ndarray) -> np.ndarray:
    """Sum the texts of sorted endings that are the same."""
    fresh = np.ones(len(records), dtype=bool)
    fresh[1:] = (np.diff(records["key"]) != 0) | (np.diff(records["side"]) != 0)
    starts = np.flatnonzero(fresh)
    made = records[starts]
    if len(starts):
        made["n"] = np.add.reduceat(records["n"], starts)
    return made
