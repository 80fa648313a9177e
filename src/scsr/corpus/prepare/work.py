"""One chunk of records to a draft: the unit of work, the same in this process and in any other."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.corpus.prepare.chunks import Chunk
from scsr.corpus.prepare.drafts import Draft, read_counts, write_draft
from scsr.corpus.prepare.pagerows import page_rows
from scsr.corpus.prepare.rows import Cleaner, Row
from scsr.corpus.prepare.signatures import sign
from scsr.corpus.readers.records import Reject
from scsr.corpus.store.folder import Folder
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BESIDE", "Counts", "work"]

BESIDE = ("_native", "_url", "_file", "_locator", "_hidden")
"""What travels with the rows of a table to become ids, provenance and rejects."""


@dataclass
class Counts:
    """What became of some records, beside their rows.

    Parameters
    ----------
    n_records : int
        Records that the reader yielded.
    n_read : int
        Rows and rejects, counted before they are told apart.
    n_visible : int
        Visible characters of pages.
    masked, characters : Counter
        Identifiers replaced, by kind; visible characters, by what became of them.
    rejects : list of Reject
    marks : list of str
        Placeholders by which texts may speak of people who are to be forgotten.
    """

    n_records: int = 0
    n_read: int = 0
    n_visible: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def to_text(self, n_rows: int) -> dict[str, str]:
        """Word the counts for the schema of a draft, where they are kept."""
        values: dict[str, Any] = {name: dict(v) if isinstance(v, Counter) else v for name, v in vars(self).items()}
        values["rejects"] = [[r.file, r.locator, r.reason, r.detail] for r in self.rejects]
        return {"counts": json.dumps(values), "n_rows": str(n_rows)}

    @classmethod
    def from_text(cls, text: Mapping[str, str]) -> tuple[Counts, int]:
        """Read the counts, and the number of rows.

        Examples
        --------
        >>> made = Counts(n_read=2, masked=Counter(email=1), rejects=[Reject("a", "row 1", "no text", "")])
        >>> Counts.from_text(made.to_text(1)) == (made, 1)
        True
        """
        values = json.loads(text["counts"])
        values["rejects"] = [Reject(*one) for one in values["rejects"]]
        made = cls(**values)
        made.masked, made.characters = Counter(made.masked), Counter(made.characters)
        return made, int(text["n_rows"])


def work(job: tuple[Folder, Chunk]) -> tuple[Draft, Counts]:
    """Clean one chunk, unless it has been.

    Parameters
    ----------
    job : (Folder, Chunk)
        Where drafts are kept, and the chunk.

    Returns
    -------
    Draft, Counts
        Of the draft that was written, or found.

    Raises
    ------
    SourceError
        Where a statement in ``sources.toml`` is at fault.
    """
    folder, chunk = job
    name, setup = chunk.digest("rows"), chunk.setup
    if name in folder:
        counts, n_rows = Counts.from_text(read_counts(folder, name))
    else:
        with uncollected():
            rows, counts = clean(chunk)
        n_rows = rows.num_rows
        write_draft(folder, name, rows, counts.to_text(n_rows))
    return Draft(name, setup.number, setup.source.table, n_rows), counts


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles from going through the many small objects of a chunk again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def clean(chunk: Chunk) -> tuple[pa.Table, Counts]:
    """Make the rows of a chunk, signed where they are texts."""
    setup = chunk.setup
    cleaner = Cleaner(setup.source, setup.key, forgotten=setup.speakers, repeated=setup.repeated)
    made: list[Row | Reject] = []
    counts = Counts()
    for record in chunk.records:
        counts.n_records += 1
        if isinstance(record, Reject):
            made.append(record)
        elif record.markup is None:
            made.append(cleaner.row(record))
        else:
            parts, counted, visible = page_rows(record, cleaner)
            made += parts
            counts.characters.update(counted)
            counts.n_visible += visible
    cleaner.finish()
    if moved := min(cleaner.n_repeated, counts.characters["utterances"]):
        counts.characters["utterances"] -= moved
        counts.characters["furniture:repeated"] += moved
    rows = [row for row in made if isinstance(row, Row)]
    counts.n_read = len(made)
    counts.rejects = [reject for reject in made if isinstance(reject, Reject)]
    counts.masked, counts.marks = cleaner.masked, sorted(cleaner.marks)
    table = to_arrow(rows, setup.source.table)
    table = table.append_column("_hidden", [hidden_rows(table, setup.speakers, setup.utterances)])
    if setup.source.table == "utterances":
        signed = sign([row.values["text"] for row in rows])
        for one, column in zip(signed.schema, signed.columns, strict=True):
            table = table.append_column(one, column)
    return table, counts


def to_arrow(rows: list[Row], table: str) -> pa.Table:
    """Put rows side by side, column by column."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    values = [row.values for row in rows]
    stated = set[str]().union(*values)
    for one in TABLES[table].arrow():
        kind = pa.string() if pa.types.is_dictionary(one.type) else one.type
        column = [value.get(one.name) for value in values] if one.name in stated else pa.nulls(len(rows), kind)
        columns[one.name] = pa.array(column, type=kind)
    columns["_native"] = pa.array([row.native for row in rows], type=pa.bool_())
    for name in ("url", "file", "locator"):
        columns[f"_{name}"] = pa.array([getattr(row, name) for row in rows], type=pa.string())
    return pa.table(columns)


def hidden_rows(rows: pa.Table, speakers: frozenset[str], utterances: frozenset[str]) -> Any:
    """Rows of people who asked to be forgotten, as an array of bool."""
    found = np.zeros(rows.num_rows, dtype=bool)
    for column, values in (("speaker_id", speakers), ("utterance_id", utterances)):
        if values and column in rows.column_names:
            found |= np.array([value in values for value in rows.column(column).to_pylist()], dtype=bool)
    return found
