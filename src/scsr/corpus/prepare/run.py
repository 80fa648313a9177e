"""The run: from a plan to published tables."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.corpus.prepare.account import Account
from scsr.corpus.prepare.duplicates import exact_pairs, near_pairs
from scsr.corpus.prepare.ids import Ids
from scsr.corpus.prepare.keys import find_key, refuse_other_key
from scsr.corpus.prepare.plan import Plan, plan
from scsr.corpus.prepare.work import BESIDE, Chunk, Worked, work
from scsr.corpus.readers import Source, read
from scsr.corpus.readers.records import Reject
from scsr.corpus.store import Manifest, Publisher, manifest
from scsr.corpus.store.publish import PART_ROWS
from scsr.errors import ScsrError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["CHUNK_RECORDS", "prepare"]

CHUNK_RECORDS = 512
CHUNK_PAGES = 8


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
    """
    if workers < 1:
        raise ScsrError(f"workers is {workers}; give 1 or more")
    from scsr.text.privacy import fingerprint

    raw, out = Path(raw), Path(out)
    planned = plan(raw, Path(sources) if sources is not None else None)
    synthetic = planned.sources[0].synthetic
    secret = find_key(synthetic, key)
    refuse_other_key(published(out), fingerprint(secret), synthetic, {s.name for s in planned.sources}, out)
    with Publisher(out) as publisher:
        run = Run(planned, secret, publisher)
        with ExitStack() as stack:
            for worked in run.worked(workers, stack):
                run.take(worked)
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

    def __init__(self, planned: Plan, key: bytes, publisher: Publisher) -> None:
        self.planned, self.key, self.publisher = planned, key, publisher
        self.accounts = [
            Account(source, n_files=len(files)) for source, files in zip(planned.sources, planned.files, strict=True)
        ]
        self.ids = Ids(key)
        self.buffers: dict[str, list[pa.Table]] = {}
        self.current = 0
        self.texts = Texts(publisher)

    def chunks(self) -> Iterator[tuple[int, Chunk]]:
        """Cut the records of every source into chunks, none of which spans two sources."""
        for number, (source, files) in enumerate(zip(self.planned.sources, self.planned.files, strict=True)):
            size = CHUNK_PAGES if source.reader == "page" else CHUNK_RECORDS
            records = read(source, self.planned.base, list(files))
            while batch := tuple(itertools.islice(records, size)):
                yield number, Chunk(source, self.key, batch)

    def worked(self, workers: int, stack: ExitStack) -> Iterator[tuple[int, Worked]]:
        """Results in the order of the chunks; only a few are under way at a time."""
        if workers == 1:
            for number, chunk in self.chunks():
                yield number, work(chunk)
            return
        # spawned, not forked: a fork of a process with threads may hang
        pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
        under_way: deque[tuple[int, Future[Worked]]] = deque()
        try:
            for number, chunk in self.chunks():
                under_way.append((number, pool.submit(work, chunk)))
                if len(under_way) > 2 * workers:
                    done, future = under_way.popleft()
                    yield done, future.result()
            while under_way:
                done, future = under_way.popleft()
                yield done, future.result()
        except BrokenProcessPool:
            raise ScsrError(
                "a worker process ended in the middle, most likely for want of memory; nothing is published; "
                "run again with fewer workers"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)

    def take(self, numbered: tuple[int, Worked]) -> None:
        """Take one result: settle its ids, count it, and write what fills a part."""
        number, worked = numbered
        if number != self.current:
            self.flush()
            self.current = number
        account = self.accounts[number]
        rows, repeated, kept = self.ids.settle(worked.rows, account.source.table)
        account.n_records += worked.n_records
        account.n_read += worked.n_read
        account.masked.update(worked.masked)
        account.characters.update(worked.characters)
        account.n_visible += worked.n_visible
        self.buffer(account.source.table, rows.drop_columns(list(BESIDE)))
        if worked.exact is not None and worked.bands is not None:
            account.languages.update(rows.column("language").to_pylist())
            self.buffer("provenance", provenance(rows))
            self.texts.sign(rows, worked.exact[kept], worked.bands[kept], number)
        self.reject(account, [*worked.rejects, *repeated])

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
        """Write the rest, list duplicates, and prove every account."""
        self.flush()
        for number, rows in self.texts.duplicates():
            self.current = number
            account = self.accounts[number]
            account.duplicates.update(rows.column("how").to_pylist())
            source: Source = account.source
            self.publisher.add("duplicates", source.name, with_origin(rows, source))
        for account in self.accounts:
            account.check()


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


class Texts:
    """Signatures of all utterances so far, in the order in which these are written."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.ids: list[NDArray[np.bytes_]] = []
        self.exact: list[NDArray[np.uint64]] = []
        self.bands: list[NDArray[np.uint64]] = []
        self.sources: list[NDArray[np.int32]] = []

    def sign(self, rows: pa.Table, exact: NDArray[np.uint64], bands: NDArray[np.uint64], source: int) -> None:
        """Add the signatures of some utterances."""
        self.ids.append(np.array([i.encode() for i in rows.column("utterance_id").to_pylist()], dtype="S32"))
        self.exact.append(exact)
        self.bands.append(bands)
        self.sources.append(np.full(len(exact), source, dtype=np.int32))

    def at(self, positions: NDArray[np.int64]) -> dict[int, str]:
        """Texts at sorted positions, read back from the parts."""
        import pyarrow.parquet as pq

        texts: dict[int, str] = {}
        start = 0
        for part in self.publisher.parts["utterances"]:
            wanted = positions[(positions >= start) & (positions < start + part["n_rows"])]
            if len(wanted):
                column = pq.read_table(self.publisher.out / "utterances" / part["name"], columns=["text"]).column(0)
                texts.update(zip(wanted.tolist(), column.take(wanted - start).to_pylist(), strict=True))
            start += part["n_rows"]
        return texts

    def duplicates(self) -> Iterator[tuple[int, pa.Table]]:
        """Duplicates of each source, against everything before them in any source."""
        import pyarrow as pa

        if not self.ids:
            return
        ids, exact = np.concatenate(self.ids), np.concatenate(self.exact)
        sources = np.concatenate(self.sources)
        later, first = exact_pairs(exact)
        pairs: list[tuple[int, int, str]] = [
            (a, b, "exact") for a, b in zip(later.tolist(), first.tolist(), strict=True)
        ]
        pairs += [(a, b, "near") for a, b in near_pairs(np.concatenate(self.bands), later, self.at)]
        pairs.sort()
        for number, group in itertools.groupby(pairs, key=lambda pair: int(sources[pair[0]])):
            listed = list(group)
            columns: dict[str, Any] = {
                "utterance_id": [ids[a].decode() for a, _, _ in listed],
                "duplicate_of": [ids[b].decode() for _, b, _ in listed],
                "how": [how for _, _, how in listed],
            }
            table = pa.table(columns)
            for start in range(0, table.num_rows, PART_ROWS):
                yield number, table.slice(start, PART_ROWS)
