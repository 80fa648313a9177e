"""From drafts to the parts of the tables: each part is put together, checked and written where there is time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scsr.corpus.prepare.drafts import Draft, read_counts, read_draft
from scsr.corpus.prepare.work import BESIDE, Counts
from scsr.corpus.readers.records import Reject
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.parts import PART_ROWS, write_part
from scsr.corpus.store.wording import write_wording
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Job", "Written", "assemble", "jobs_of", "reject_parts"]


@dataclass(frozen=True)
class Job:
    """One part that is to be written.

    Parameters
    ----------
    drafts, out : Folder
    table, source : str
    number : int
        Of the part among those of its table and source.
    slices : tuple of (str, int, int)
        Draft, first row, and row after the last.
    """

    drafts: Folder
    out: Folder
    table: str
    source: str
    number: int
    slices: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Written:
    """What came of a job: table to the description of its part, and the languages of its texts."""

    parts: dict[str, dict[str, Any]]
    languages: Counter[str]


def jobs_of(drafts: Sequence[Draft], folder: Folder, out: Folder, source: str) -> Iterator[Job]:
    """Plan the parts of one source, of equal size but for the last.

    Examples
    --------
    >>> drafts = [Draft("a", 0, "shares", 30_000), Draft("b", 0, "shares", 30_000)]
    >>> [job.slices for job in jobs_of(drafts, Folder("drafts"), Folder("out"), "x")]
    [(('a', 0, 30000), ('b', 0, 20000)), (('b', 20000, 30000),)]
    """
    slices: list[tuple[str, int, int]] = []
    number, room = 0, PART_ROWS
    for draft in drafts:
        start = 0
        while start < draft.n_rows:
            stop = min(draft.n_rows, start + room)
            slices.append((draft.name, start, stop))
            room -= stop - start
            start = stop
            if not room:
                yield Job(folder, out, draft.table, source, number, tuple(slices))
                number, room, slices = number + 1, PART_ROWS, []
    if slices:
        yield Job(folder, out, drafts[-1].table, source, number, tuple(slices))


def assemble(job: Job) -> Written:
    """Write one part, and for utterances the part of their provenance.

    Parameters
    ----------
    job : Job

    Returns
    -------
    Written

    Raises
    ------
    TableError
        If the rows break the contract.
    """
    import pyarrow as pa

    wanted = [*TABLES[job.table].names, *BESIDE]
    rows = pa.concat_tables(
        [read_draft(job.drafts, name, wanted).slice(start, stop - start) for name, start, stop in job.slices]
    )
    parts = {job.table: write_part(job.out, job.table, job.source, job.number, rows.drop_columns(list(BESIDE)))}
    languages: Counter[str] = Counter()
    if job.table == "utterances":
        write_wording(job.out, parts["utterances"]["name"], rows)
        parts["provenance"] = write_part(job.out, "provenance", job.source, job.number, provenance(rows))
        counted = rows.column("language").value_counts().to_pylist()
        languages.update({one["values"]: one["counts"] for one in counted})
    return Written(parts, languages)


def provenance(rows: pa.Table) -> pa.Table:
    """Where utterances come from."""
    import pyarrow as pa

    names = {"utterance_id": "utterance_id", "_url": "url", "_file": "file", "_locator": "locator"}
    names |= {"source": "source", "synthetic": "synthetic"}
    return pa.table({name: rows.column(own) for own, name in names.items()})


def reject_parts(
    drafts: Iterable[tuple[Draft, int]], folder: Folder, out: Folder, source: str
) -> Iterator[dict[str, Any]]:
    """Write the rejects of one source.

    Parameters
    ----------
    drafts : iterable of (Draft, int)
        With the number of their rejects.
    folder, out : Folder
    source : str

    Yields
    ------
    dict
        Description of a part.
    """
    held: list[Reject] = []
    number = 0
    for draft, n_rejects in drafts:
        if n_rejects:
            held += Counts.from_text(read_counts(folder, draft.name))[0].rejects
        while len(held) >= PART_ROWS:
            yield write_part(out, "rejects", source, number, reject_rows(held[:PART_ROWS], source))
            held, number = held[PART_ROWS:], number + 1
    if held:
        yield write_part(out, "rejects", source, number, reject_rows(held, source))


def reject_rows(rejects: Sequence[Reject], source: str) -> pa.Table:
    """Put rejects side by side."""
    import pyarrow as pa

    names = ("file", "locator", "reason", "detail")
    columns = {name: pa.array([getattr(one, name) for one in rejects], type=pa.string()) for name in names}
    return pa.table({"source": pa.array([source] * len(rejects), type=pa.string()), **columns})
