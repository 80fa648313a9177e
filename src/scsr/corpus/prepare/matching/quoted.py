"""Quoted passages of a corpus, found by the hashes of their first words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scsr.corpus.prepare.matching.exact import PAIR
from scsr.corpus.prepare.matching.groups import Corpus, Group, Mapper, hexadecimal, lists_of, read_group
from scsr.corpus.prepare.matching.quotations import PASSAGE, QUOTATION, UNKNOWN, quotations
from scsr.corpus.prepare.matching.runs import Run, Slices, read_slices, share_bounds, slices, write_run

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["STAFF", "quoted", "speakers", "staff", "threads", "times"]

STAFF = ("firm", "employee")
"""Roles that speak for a firm: their words are the firm's."""

SHARE_ROWS = 2**16
KEYS = ("_heads", "_wholes", "_flags")
TOLD = ("published_at", "date_precision", "speaker_id", "conversation_id", "utterance_id", "speaker_role", "source")


def quoted(corpus: Corpus, groups: Sequence[Group], alike: Sequence[Run], pool: Mapper) -> list[Run]:
    """Find who quotes whom.

    Parameters
    ----------
    corpus : Corpus
    groups : sequence of Group
    alike : sequence of Run
        For each group the pairs of a text and the first of its group of duplicates.
    pool : Mapper

    Returns
    -------
    list of Run
        Of :data:`scsr.corpus.prepare.matching.quotations.QUOTATION`; a share for each group of the later ones.
    """
    n_shares = corpus.n_shares(SHARE_ROWS)
    jobs = ((corpus, group, run, n_shares) for group, run in zip(groups, alike, strict=True))
    runs = list(pool.map(scatter, jobs))
    return list(pool.map(gather, ((corpus, share, slices(runs, share)) for share in range(n_shares))))


def scatter(job: tuple[Corpus, Group, Run, int]) -> Run:
    """Sort the passages of one group, with what must be known of their texts."""
    corpus, group, run, n_shares = job
    keys = [lists_of(column) for column in read_group(corpus.drafts, group, KEYS).columns]
    text = np.repeat(np.arange(group.n_rows), np.diff(keys[0][1]))
    records = np.empty(len(text), dtype=PASSAGE)
    if len(text):
        for name, (values, _) in zip(("head", "whole", "flags"), keys, strict=True):
            records[name] = values
        rows = read_group(corpus.drafts, group, TOLD)
        records["at"] = text + group.start
        records["published"], records["speaker"] = times(rows)[text], speakers(rows)[text]
        records["thread"], records["staff"] = threads(rows)[text], staff(rows)[text]
        alike = np.arange(group.start, group.start + group.n_rows)
        pairs = read_slices(corpus.scratch, slices([run], 0), PAIR)
        alike[pairs["later"] - group.start] = pairs["earlier"]
        records["alike"] = alike[text]
    records = records[np.argsort(records["head"], kind="stable")]
    bounds = share_bounds(np.ascontiguousarray(records["head"]), n_shares)
    return write_run(corpus.scratch, f"passages-{group.number}", records, bounds)


def gather(job: tuple[Corpus, int, Slices]) -> Run:
    """Find who quotes whom by the passages of one share."""
    corpus, share, wanted = job
    records = read_slices(corpus.scratch, wanted, PASSAGE)
    _, number, counts = np.unique(records["head"], return_inverse=True, return_counts=True)
    found = quotations(records[counts[number] > 1])
    return write_run(corpus.scratch, f"quoted-{share}", found.astype(QUOTATION), corpus.bounds(found["later"]))


def times(rows: pa.Table) -> NDArray[np.int64]:
    """Time of each row in microseconds; the smallest integer where no day is known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    unknown = pc.is_in(rows.column("date_precision"), value_set=pa.array(["month", "none"]))
    stamps = pc.if_else(unknown, None, rows.column("published_at").cast(pa.int64()))
    return np.asarray(pc.fill_null(stamps, UNKNOWN).to_numpy(), dtype=np.int64)


def speakers(rows: pa.Table) -> NDArray[np.uint64]:
    """Return a number for each row's speaker; the nameless of one source are one."""
    numbers, known = hexadecimal(rows.column("speaker_id"))
    sources = rows.column("source").combine_chunks().dictionary_encode()
    nameless = np.array([nameless_of(source) for source in sources.dictionary.to_pylist()], dtype=np.uint64)
    return np.where(known, numbers, nameless[sources.indices.to_numpy()])


def threads(rows: pa.Table) -> NDArray[np.uint64]:
    """Return a number for each row's conversation; one that stands alone is its own."""
    numbers, known = hexadecimal(rows.column("conversation_id"))
    return np.where(known, numbers, hexadecimal(rows.column("utterance_id"))[0])


def staff(rows: pa.Table) -> NDArray[np.bool_]:
    """Whether each row's speaker speaks for a firm."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return np.asarray(pc.is_in(rows.column("speaker_role"), value_set=pa.array(STAFF)), dtype=bool)


def nameless_of(source: str) -> int:
    """Return the number that stands for the nameless of a source."""
    return int.from_bytes(hashlib.blake2b(source.encode(), digest_size=8).digest(), "big")
