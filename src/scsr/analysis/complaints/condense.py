"""A corpus as complaints and counts: a row for each complaint, and the other utterances counted by what they state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from scsr.analysis.complaints.codes import N_UTTERANCES
from scsr.analysis.complaints.tally import CATEGORIES
from scsr.errors import EstimationError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["READ", "condensed"]

STATED = ("kind", "source", "speaker_role", "valence", "language", *CATEGORIES)
#: Columns of table ``utterances`` that complaints are counted by.
READ = (*STATED, "speaker_id", "published_at")


def condensed(batches: Iterable[pa.RecordBatch], year: int | None = None) -> pd.DataFrame:
    """Condense table ``utterances`` to what complaints are counted by, in memory that grows with the complaints only.

    Parameters
    ----------
    batches : iterable of RecordBatch
        Table ``utterances`` with the columns :data:`READ` at least.
    year : int, optional
        Keep the utterances published in this calendar year, in UTC.

    Returns
    -------
    DataFrame
        The columns :data:`READ` and ``n_utterances``. Each complaint is a row of one utterance; a row of the others stands
        for ``n_utterances`` that state the same, of unknown speakers, ``published_at`` being the last of them. Numbers
        stand for speakers; text is categories. What counts complaints takes it in place of the whole table.

    Raises
    ------
    EstimationError
        If a column is missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from scsr import schema
    >>> said = pd.DataFrame({"kind": ["complaint", "post", "post"], "speaker_id": ["a", "b", "c"]})
    >>> said = schema.conform(said, "utterances")[list(READ)]
    >>> condensed(pa.Table.from_pandas(said).to_batches())[["kind", "speaker_id", "n_utterances"]].values.tolist()
    [['complaint', 0, 1], ['post', <NA>, 2]]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    complaints, others = [schema(coded=True).empty_table()], [schema().empty_table()]
    for batch in batches:
        table = taken(batch)
        if year is not None:
            table = table.filter(pc.equal(pc.year(table["published_at"]), year))
        complains = pc.fill_null(pc.equal(table["kind"], "complaint"), False)
        complaints.append(table.filter(complains))
        counts = counted(table)
        others.append(counts.filter(pc.fill_null(pc.not_equal(counts["kind"], "complaint"), True)))
    rest = counted(pa.concat_tables(others)).cast(schema(coded=True))
    return to_frame(pa.concat_tables([*complaints, rest]))


def taken(batch: pa.RecordBatch) -> pa.Table:
    """Return what is read of a batch, one utterance a row, the stated columns as numbers."""
    import pyarrow as pa

    missing = [name for name in READ if name not in batch.schema.names]
    if missing:
        raise EstimationError(f"condensing utterances needs column {missing[0]!r}; read {', '.join(READ)}")
    table = pa.Table.from_batches([batch]).select(READ)
    table = table.append_column(N_UTTERANCES, pa.repeat(pa.scalar(1, pa.int64()), len(table)))
    return table.cast(schema(coded=True))


def schema(coded: bool = False) -> pa.Schema:
    """Arrow schema of what is read, the stated columns as text or as numbers for it."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string()) if coded else pa.string()
    fields = [*((name, text) for name in STATED), ("speaker_id", pa.string())]
    return pa.schema([*fields, ("published_at", pa.timestamp("us", tz="UTC")), (N_UTTERANCES, pa.int64())])


def counted(table: pa.Table) -> pa.Table:
    """Return one row for all that state the same."""
    import pyarrow as pa

    wanted = [(N_UTTERANCES, "sum"), ("published_at", "max")]
    made = table.group_by(list(STATED), use_threads=False).aggregate(wanted)
    made = made.append_column("speaker_id", pa.nulls(len(made), pa.string()))
    made = made.rename_columns({f"{N_UTTERANCES}_sum": N_UTTERANCES, "published_at_max": "published_at"})
    return made.select(schema().names).cast(schema())


def to_frame(whole: pa.Table) -> pd.DataFrame:
    """Return the rows with numbers for speakers."""
    import pyarrow as pa

    speakers = whole["speaker_id"].combine_chunks().dictionary_encode()
    number = pd.Series(pa.array(speakers.indices).to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get))
    frame = whole.drop_columns(["speaker_id"]).unify_dictionaries().to_pandas()
    return frame.assign(speaker_id=number)[[*READ, N_UTTERANCES]]
