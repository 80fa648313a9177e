"""From columns of text to the integers that the rules work on: every text is looked at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scsr.corpus.threads.turns import NEVER, Codes, Turns
from scsr.errors import TableError
from scsr.schema import DATE_PRECISIONS, KINDS, ROLES

__all__ = [
    "COPIED",
    "RULED",
    "STAMP",
    "coded",
    "encoded",
    "instants",
    "last_instants",
    "microseconds",
    "observed_until",
    "places",
]

#: Columns that the rules look at.
RULED = (
    "utterance_id", "conversation_id", "reply_to", "speaker_id", "speaker_role", "kind", "published_at",
    "date_precision",
)  # fmt: skip

#: Columns of an opening that its case takes over.
COPIED = (
    "conversation_id", "speaker_id", "company", "sector", "country", "channel", "language", "topic", "severity",
    "urgent", "sampling", "source", "synthetic",
)  # fmt: skip

STAMP = pa.timestamp("us", tz="UTC")


def coded(rows: pa.Table) -> Turns:
    """Code the columns :data:`RULED` of utterances.

    Raises
    ------
    TableError
        If an utterance does not say how precise its time is.
    """
    conversation, _ = encoded(rows["conversation_id"])
    alone = conversation.max(initial=-1) + 1 + np.arange(len(rows))
    precision = places(rows["date_precision"], DATE_PRECISIONS)
    if (precision < 0).any():
        row = int(np.argmax(precision < 0))
        raise TableError(
            "utterances", "date_precision", "is none that the contract has", row=row,
            value=rows["date_precision"][row].as_py(), remedy=f"choose from {', '.join(DATE_PRECISIONS)}",
        )  # fmt: skip
    parent = pc.index_in(rows["reply_to"].cast(pa.string()), value_set=rows["utterance_id"].cast(pa.string()))
    return Turns(
        conversation=np.where(conversation < 0, alone, conversation),
        parent=pc.fill_null(parent, -1).to_numpy().astype(np.int64),
        answers=pc.is_valid(rows["reply_to"]).to_numpy(),
        speaker=encoded(rows["speaker_id"])[0],
        role=places(rows["speaker_role"], ROLES),
        kind=places(rows["kind"], KINDS),
        precision=precision,
        when=microseconds(rows["published_at"]),
    )


def encoded(values: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Code text in order of first appearance, -1 where it is missing; and the texts."""
    whole = values.cast(pa.string()).combine_chunks().dictionary_encode()
    return pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64), whole.dictionary


def places(values: pa.ChunkedArray, allowed: Sequence[str]) -> Codes:
    """Place of each value in a short list; -1 where it is missing or none of them.

    Examples
    --------
    >>> places(pa.chunked_array([["b", None, "c"]]), ("a", "b")).tolist()
    [1, -1, -1]
    """
    place = pc.index_in(values.cast(pa.string()), value_set=pa.array(allowed, pa.string()))
    return np.asarray(pc.fill_null(place, -1).to_numpy(), dtype=np.int64)


def microseconds(values: pa.ChunkedArray) -> Codes:
    """Instants as microseconds since 1970; :data:`~scsr.corpus.threads.turns.NEVER` where there is none."""
    return np.asarray(pc.fill_null(values.cast(STAMP).cast(pa.int64()), NEVER).to_numpy())


def instants(values: Codes) -> pa.Array:
    """Microseconds since 1970 as instants."""
    return pa.array(values, mask=values == NEVER).cast(STAMP)


def last_instants(sources: pa.ChunkedArray, at: Codes) -> dict[str, int]:
    """Last instant seen in each source."""
    codes, names = encoded(sources)
    last = np.full(len(names) + 1, NEVER)  # the last place takes what names no source
    np.maximum.at(last, codes, at)
    return dict(zip(pa.array(names).to_pylist(), last[:-1].tolist(), strict=True))


def observed_until(last: Mapping[str, int], stated: Mapping[str, str]) -> dict[str, int]:
    """End of observation of each source: as it is stated, but no earlier than what was seen."""
    ends = dict(last)
    for name in ends.keys() & stated.keys():
        stamp = pd.Timestamp(stated[name])
        stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
        ends[name] = max(ends[name], int(stamp.as_unit("us").to_datetime64().astype("int64")))
    return ends
