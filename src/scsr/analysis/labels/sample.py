"""A random sample of whole conversations, for what must read texts one by one where there are too many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scsr import schema
from scsr.errors import EstimationError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["READ", "design_effect", "sample_note", "sampled", "sampled_from"]

#: Columns of table ``utterances`` that watch lists, the experience bank and the classifier of complaints read.
READ = (
    "utterance_id", "conversation_id", "reply_to", "speaker_id", "speaker_role", "kind", "topic", "language",
    "language_detail", "lemmas", "published_at", "date_precision", "source", "text",
)  # fmt: skip
DIGITS = 12
ID = f"^[0-9a-f]{{{DIGITS},}}$"
CHECKED = 1000  # ids of a batch whose form is looked at
OF = "sampled_from"


def sampled(
    batches: Iterable[pa.RecordBatch],
    n_total: int,
    n: int = 200_000,
    year: int | None = None,
    labelled: Collection[str] = (),
    observed_until: Mapping[str, Any] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read whole conversations drawn at random, about ``n`` utterances of all; all of them where they are no more.

    A conversation is drawn by its id: ids are keyed hashes, so that the first digits of an id are as random as a die and
    the same data give the same sample. Each conversation has the same chance, whatever it holds.

    Parameters
    ----------
    batches : iterable of RecordBatch
        Table ``utterances`` with the columns :data:`READ` at least.
    n_total : int
        Utterances that the batches hold (of the year).
    n : int
        Utterances to read.
    year : int, optional
        Keep the utterances published in this calendar year, in UTC.
    labelled : collection of str
        Ids of utterances that are wanted besides, because people labelled them.
    observed_until : mapping, optional
        Source to the end of its observation, as ``load`` gives it in ``attrs``; where the table is a sample, a source that
        states none was watched until its last posting, drawn or not.

    Returns
    -------
    DataFrame
        Table ``utterances`` as far as it was read, with ``attrs["observed_until"]``; ``attrs["sampled_from"]`` is
        ``n_total`` where it is a sample.
    DataFrame
        The labelled utterances, drawn or not.

    Raises
    ------
    EstimationError
        If a column is missing, or the ids of a corpus that must be sampled are no hashes.

    References
    ----------
    Cochran, W. G. (1977). *Sampling techniques*, 3rd ed. Wiley, chapter 9A (clusters of unequal sizes).

    Examples
    --------
    >>> import pyarrow as pa
    >>> said = pd.DataFrame({"utterance_id": [f"{k:032x}" for k in range(0, 16**32, 16**30)], "text": "Hej"})
    >>> said = pa.Table.from_pandas(schema.conform(said, "utterances")[list(READ)])
    >>> read, _ = sampled(said.to_batches(), n_total=256, n=64)
    >>> len(read), sample_note(read)
    (64, 'in a random sample of conversations, 64 of 256 utterances')
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = n_total <= n
    threshold = f"{int(n / n_total * 16**DIGITS):0{DIGITS}x}" if not whole else ""
    wanted = pa.array(sorted(labelled), type=pa.string())
    read, known, last = [], [], dict[str, Any]()
    for batch in batches:
        table = taken(batch, year)
        if len(wanted):
            known.append(table.filter(pc.is_in(table["utterance_id"], wanted)))
        if not whole:
            ids = pc.coalesce(table["conversation_id"], table["utterance_id"])
            check_ids(ids.slice(0, CHECKED))
            last = latest(last, table)
            table = table.filter(pc.less(ids, threshold))
        read.append(table)
    frames = to_frame(read), to_frame(known)
    if not whole:
        frames[0].attrs[OF] = n_total
    frames[0].attrs["observed_until"] = {**last, **(observed_until or {})}
    return frames


def latest(last: dict[str, Any], table: pa.Table) -> dict[str, Any]:
    """Return the last posting of each source, with those of another batch."""
    ends = table.group_by("source", use_threads=False).aggregate([("published_at", "max")]).to_pylist()
    known = {one["source"]: one["published_at_max"] for one in ends if one["published_at_max"] is not None}
    return last | {name: max(at, last.get(name, at)) for name, at in known.items()}


def taken(batch: pa.RecordBatch, year: int | None) -> pa.Table:
    """Return what is read of a batch."""
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = [name for name in READ if name not in batch.schema.names]
    if missing:
        raise EstimationError(f"reading texts needs column {missing[0]!r} of utterances; read {', '.join(READ)}")
    table = pa.Table.from_batches([batch]).select(READ)
    return table if year is None else table.filter(pc.equal(pc.year(table["published_at"]), year))


def check_ids(ids: pa.ChunkedArray) -> None:
    """Refuse ids that are no hashes, by which nothing can be drawn at random."""
    import pyarrow.compute as pc

    wrong = ids.filter(pc.invert(pc.match_substring_regex(ids, ID)))
    if len(wrong):
        raise EstimationError(
            f"conversation {wrong[0].as_py()!r} is no keyed hash, so that no sample can be drawn by it; prepare the data "
            "with scsr, or read all texts"
        )


def to_frame(tables: list[pa.Table]) -> pd.DataFrame:
    """Return the tables as one, with the contract's columns."""
    import pyarrow as pa

    if not tables:
        return schema.empty("utterances")
    whole = pa.concat_tables(tables)
    lists = whole["lemmas"].to_pylist()
    return schema.conform(whole.drop_columns(["lemmas"]).to_pandas().assign(lemmas=lists), "utterances")


def sampled_from(utterances: pd.DataFrame) -> int | None:
    """Return how many utterances a table was drawn from; None where it is all of them."""
    return utterances.attrs.get(OF)


def sample_note(utterances: pd.DataFrame, before: str = "") -> str:
    """Say after some words what a table is a sample of; nothing where it is none."""
    n_total = sampled_from(utterances)
    if n_total is None:
        return ""
    return f"{before}in a random sample of conversations, {len(utterances):,} of {n_total:,} utterances"


def design_effect(hit: np.ndarray, cluster: pd.Series) -> float:
    """Return how many times the variance of a share is that of independent draws, where clusters were drawn; at least 1.

    Parameters
    ----------
    hit : ndarray
        What is counted in each row, from 0 to 1.
    cluster : Series
        The cluster of each row; a row without one is its own.

    References
    ----------
    Cochran, W. G. (1977). *Sampling techniques*, 3rd ed. Wiley, section 9A.3 (ratio to size).

    Examples
    --------
    >>> design_effect(np.array([1.0, 1.0, 0.0, 0.0]), pd.Series(["a", "a", "b", "b"]))
    2.0
    """
    share = hit.mean() if len(hit) else 0.0
    if not 0 < share < 1:
        return 1.0
    number = pd.factorize(cluster)[0]
    number = np.where(number < 0, number.max(initial=-1) + 1 + np.arange(len(number)), number)
    sums = np.bincount(number, hit - share)
    return max(1.0, float((sums**2).sum() / (len(hit) * share * (1 - share))))
