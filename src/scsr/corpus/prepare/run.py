"""The run: from a plan to published tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scsr.corpus.prepare.account import Account
from scsr.corpus.prepare.forgotten import Forgotten, file_beside, read_forgotten
from scsr.corpus.prepare.ids import Ids
from scsr.corpus.prepare.keys import find_key, refuse_other_key
from scsr.corpus.prepare.leave_out import leave_out
from scsr.corpus.prepare.plan import Plan, plan
from scsr.corpus.prepare.pool import Pool
from scsr.corpus.prepare.repeated import MIN_POSTS, Learnt, learn, survey
from scsr.corpus.prepare.texts import Texts
from scsr.corpus.prepare.work import BESIDE, Chunk, Worked, work
from scsr.corpus.readers import Source, read
from scsr.corpus.readers.records import Reject
from scsr.corpus.store import Manifest, Publisher, manifest
from scsr.corpus.store.publish import PART_ROWS
from scsr.errors import ScsrError
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["CHUNK_RECORDS", "prepare"]

CHUNK_RECORDS = 512
CHUNK_PAGES = 8

FORGOTTEN = "forgotten"
FORGOTTEN_ROW = Reject("", "", FORGOTTEN, "left out as its writer asked")
COPY_ROW = Reject("", "", FORGOTTEN, "a copy of what its writer asked to be left out")


def prepare(
    raw: str | Path,
    out: str | Path,
    sources: str | Path | None = None,
    workers: int = 1,
    key: bytes | None = None,
) -> Manifest:
    """Make tables of raw files and publish them.

    Parameters
    ----------
    raw : path
        Folder of raw files. It is only read.
    out : path
        Folder of the tables. What it held is replaced in one step, when all is done.
    sources : path, optional
        A ``sources.toml`` elsewhere than in `raw`.
    workers : int
        Processes that clean. The same bytes come out with any number.
    key : bytes, optional
        Pseudonym key; else ``SCSR_KEY``, else the key file. Synthetic sources use a public one.

    Returns
    -------
    Manifest
        As written to ``prepare.json``; word it with :func:`scsr.corpus.prepare.describe`.

    Raises
    ------
    SourceError
        On a mistake in the statement of the sources.
    ScsrError
        If the account does not add up, the key is another than before, or another run is at work.
        Nothing is published then.

    Notes
    -----
    Whoever ``config/forgotten.toml`` beside `out` or `raw` names is left out; see
    :func:`scsr.corpus.prepare.forget.forget`.
    """
    if workers < 1:
        raise ScsrError(f"workers is {workers}; give 1 or more")
    from scsr.text.privacy import fingerprint

    raw, out = Path(raw), Path(out)
    planned = plan(raw, Path(sources) if sources is not None else None)
    synthetic = planned.sources[0].synthetic
    secret = find_key(synthetic, key)
    refuse_other_key(published(out), fingerprint(secret), synthetic, {s.name for s in planned.sources}, out)
    files = sorted({file_beside(out), file_beside(raw)})
    with Publisher(out) as publisher:
        people = read_forgotten(files, fingerprint(secret), synthetic)
        run = Run(planned, secret, publisher, people)
        with Pool(workers) as pool:
            run.learn(pool)
            for number, worked in pool.map_numbered(work, run.chunks()):
                run.take(number, worked)
        run.finish()
        made = Manifest(
            tables=publisher.tables(synthetic),
            sources=tuple(account.to_dict() for account in run.accounts),
            key_fingerprint=fingerprint(secret),
            synthetic=synthetic,
            notes=planned.notes,
            totals={
                name: sum(getattr(account, name) for account in run.accounts)
                for name in ("n_files", "n_read", "n_rows", "n_rejects")
            },
        )
        publisher.publish(made)
    return made


def published(out: Path) -> Manifest | None:
    """Read the manifest that a folder holds now, if it holds a sound one."""
    try:
        return manifest(out)
    except ScsrError:
        return None


class Run:
    """State of one run: what is buffered, counted and signed so far."""

    def __init__(self, planned: Plan, key: bytes, publisher: Publisher, people: Forgotten) -> None:
        self.planned, self.key, self.publisher, self.people = planned, key, publisher, people
        self.marks: set[str] = set()
        self.shares: set[str] = set()
        self.accounts = [
            Account(source, n_files=len(files)) for source, files in zip(planned.sources, planned.files, strict=True)
        ]
        self.learnt = [Learnt() for _ in self.accounts]
        self.ids = Ids(key)
        self.buffers: dict[str, list[pa.Table]] = {}
        self.current = 0
        self.texts = Texts(publisher)

    def chunks(self) -> Iterator[tuple[int, Chunk]]:
        """Cut the records of every source into chunks, none of which spans two sources."""
        for number in range(len(self.planned.sources)):
            yield from self.chunks_of(number)

    def chunks_of(self, number: int) -> Iterator[tuple[int, Chunk]]:
        """Cut the records of one source into chunks."""
        source, files = self.planned.sources[number], self.planned.files[number]
        records = read(source, self.planned.base, list(files))
        size = CHUNK_PAGES if source.reader == "page" else CHUNK_RECORDS
        while batch := tuple(itertools.islice(records, size)):
            yield number, Chunk(source, self.key, batch, self.people.speakers, self.learnt[number].lines)

    def learn(self, pool: Pool) -> None:
        """Learn the furniture of the sites that many saved pages are of: a first look at these sources."""
        for number, source in enumerate(self.planned.sources):
            if source.reader == "page" and len(self.planned.files[number]) >= MIN_POSTS:
                self.learnt[number] = learn(edges for _, edges in pool.map_numbered(survey, self.chunks_of(number)))
                self.accounts[number].learnt = self.learnt[number]

    def take(self, number: int, worked: Worked) -> None:
        """Take one result: settle its ids, leave out the forgotten, count it, and write what fills a part."""
        if number != self.current:
            self.flush()
            self.current = number
        account = self.accounts[number]
        table = account.source.table
        rows, repeated, kept = self.ids.settle(worked.rows, table)
        account.n_records += worked.n_records
        account.n_read += worked.n_read
        account.masked.update(worked.masked)
        account.characters.update(worked.characters)
        account.n_visible += worked.n_visible
        self.marks.update(worked.marks)
        hidden = self.hidden(rows, table)
        shown = rows.filter(~hidden) if hidden.any() else rows
        self.buffer(table, shown.drop_columns(list(BESIDE)))
        if worked.signed is not None:
            account.languages.update(shown.column("language").to_pylist())
            self.buffer("provenance", provenance(shown))
            self.texts.sign(rows, worked.signed.take(kept), number, hidden)
            if hidden.any():
                account.move_text(texts_of(rows.filter(hidden)), FORGOTTEN)
        elif table == "shares" and hidden.any():
            self.shares.update(rows.column("share_id").filter(hidden).to_pylist())
        self.reject(account, [*worked.rejects, *repeated, *[FORGOTTEN_ROW] * int(hidden.sum())])

    def hidden(self, rows: pa.Table, table: str) -> NDArray[np.bool_]:
        """Rows of people who asked to be forgotten."""
        found = np.zeros(rows.num_rows, dtype=bool)
        for column, values in (("speaker_id", self.people.speakers), ("utterance_id", self.people.utterances)):
            if values and column in TABLES[table].names:
                found |= np.array([value in values for value in rows.column(column).to_pylist()], dtype=bool)
        return found

    def reject(self, account: Account, rejects: list[Reject]) -> None:
        """Count and buffer rejects."""
        import pyarrow as pa

        account.rejected.update(reject.reason for reject in rejects)
        if rejects:
            columns = {
                name: [getattr(reject, name) for reject in rejects] for name in ("file", "locator", "reason", "detail")
            }
            self.buffer("rejects", pa.table({"source": [account.source.name] * len(rejects), **columns}))

    def buffer(self, table: str, rows: pa.Table) -> None:
        """Hold rows of the current source until they fill a part."""
        import pyarrow as pa

        if not rows.num_rows:
            return
        held = self.buffers.setdefault(table, [])
        held.append(rows)
        while sum(part.num_rows for part in held) >= PART_ROWS:
            whole = pa.concat_tables(held, promote_options="default")
            self.write(table, whole.slice(0, PART_ROWS))
            held[:] = [whole.slice(PART_ROWS)] if whole.num_rows > PART_ROWS else []

    def flush(self) -> None:
        """Write what is held of the current source."""
        import pyarrow as pa

        for table, held in self.buffers.items():
            if held:
                self.write(table, pa.concat_tables(held, promote_options="default"))
                held.clear()

    def write(self, table: str, rows: pa.Table) -> None:
        """Write one part, and count its rows where it was written."""
        account = self.accounts[self.current]
        self.publisher.add(table, account.source.name, rows)
        if table == account.source.table:
            account.n_rows += rows.num_rows
        elif table == "rejects":
            account.n_rejects += rows.num_rows

    def finish(self) -> None:
        """Write the rest, leave out what others say of the forgotten, list duplicates, prove every account."""
        self.flush()
        if self.people:
            self.leave_out()
        for number, rows in self.texts.duplicates():
            account = self.accounts[number]
            account.duplicates.update(rows.column("how").to_pylist())
            source: Source = account.source
            self.publisher.add("duplicates", source.name, with_origin(rows, source))
        for number, counts in self.texts.sign_offs().items():
            self.accounts[number].sign_offs = counts
        for account in self.accounts:
            account.check()

    def leave_out(self) -> None:
        """Take the words of the forgotten out of what others said; copies of their texts become rejects."""
        marks = self.people.marks | self.marks
        left_out = leave_out(self.texts, self.publisher, marks, frozenset(self.shares))
        for number, languages in sorted(left_out.languages.items()):
            self.current = number
            account = self.accounts[number]
            account.languages -= languages
            account.n_rows -= languages.total()
            account.move(left_out.characters[number], FORGOTTEN)
            self.reject(account, [COPY_ROW] * languages.total())
            self.flush()


def texts_of(rows: pa.Table) -> list[str]:
    """Titles and texts of some rows."""
    return [text for name in ("title", "text") for text in rows.column(name).to_pylist() if text]


def provenance(rows: pa.Table) -> pa.Table:
    """Where utterances come from."""
    import pyarrow as pa

    names = {"utterance_id": "utterance_id", "_url": "url", "_file": "file", "_locator": "locator"}
    names |= {"source": "source", "synthetic": "synthetic"}
    return pa.table({name: rows.column(own) for own, name in names.items()})


def with_origin(rows: pa.Table, source: Source) -> pa.Table:
    """Add the columns that every table has."""
    import pyarrow as pa

    rows = rows.append_column("source", pa.array([source.name] * rows.num_rows, type=pa.string()))
    return rows.append_column("synthetic", pa.array([source.synthetic] * rows.num_rows, type=pa.bool_()))
