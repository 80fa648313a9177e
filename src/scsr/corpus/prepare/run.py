"""The run: from a plan to published tables, by way of drafts that a run broken off leaves to the next."""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.corpus.prepare.account import Account
from scsr.corpus.prepare.chunks import Chunk, Setup, chunks
from scsr.corpus.prepare.drafts import Draft
from scsr.corpus.prepare.forgotten import FORGOTTEN_REASON, Forgotten, file_beside, read_forgotten
from scsr.corpus.prepare.keys import find_key, refuse_other_key
from scsr.corpus.prepare.leave_out import leave_out
from scsr.corpus.prepare.matching import listed, match, sign_offs
from scsr.corpus.prepare.parts import assemble, jobs_of, reject_parts
from scsr.corpus.prepare.plan import Plan, plan
from scsr.corpus.prepare.pool import Pool
from scsr.corpus.prepare.repeated import MIN_POSTS, Learnt, learn, survey
from scsr.corpus.prepare.settle import NAMED, settle
from scsr.corpus.prepare.version import code_digest
from scsr.corpus.prepare.work import Counts, work
from scsr.corpus.readers import Source, read
from scsr.corpus.readers.remote import Nearby, at_hand
from scsr.corpus.store import Manifest, Publisher, manifest
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.parts import PART_ROWS, write_part
from scsr.corpus.threads import derive_cases
from scsr.errors import ScsrError
from scsr.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CHUNK_RECORDS", "prepare"]

CHUNK_RECORDS = 2048
CHUNK_PAGES = 8

PARTITION_ROWS = 200_000
"""Utterances of which cases are derived at a time, about."""

DRAFTS = ".drafts"
"""Folder of the drafts, beside the tables."""


def prepare(
    raw: str | Path,
    out: str | Path,
    sources: str | Path | None = None,
    workers: int = 1,
    key: bytes | None = None,
    dask: str | None = None,
) -> Manifest:
    """Make tables of raw files and publish them.

    Parameters
    ----------
    raw : path
        Folder of raw files, or its address in a store. It is only read.
    out : path
        Folder of the tables, or its address in a store. What it held is replaced in one step, when all is done.
    sources : path, optional
        A ``sources.toml`` elsewhere than in `raw`.
    workers : int
        Processes that clean. The same bytes come out with any number.
    key : bytes, optional
        Pseudonym key; else ``SCSR_KEY``, else the key file. Synthetic sources use a public one.
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``, whose workers clean instead of processes of this
        machine. They must reach `out`, and get the key.

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
    What is made of some records is kept in ``.drafts`` beside the tables, by the digest of these records, of what is
    stated of them and of the code. A run that was broken off, or that follows on a change of some files, cleans what is
    not there. The folder may be removed at any time between runs.

    Whoever ``config/forgotten.toml`` beside `out` or `raw` names is left out; see
    :func:`scsr.corpus.prepare.forget.forget`.
    """
    if workers < 1:
        raise ScsrError(f"workers is {workers}; give 1 or more")
    with at_hand(raw, stated=sources is not None) as near, Pool(workers, dask) as pool:
        planned = plan(near.folder, Path(sources) if sources is not None else None)
        return publish(planned, near, Path(raw), Path(out), key, pool)


def publish(planned: Plan, near: Nearby, raw: Path, out: Path, key: bytes | None, pool: Pool) -> Manifest:
    """Make the tables of a plan and publish them."""
    from scsr.text.privacy import fingerprint

    synthetic = planned.sources[0].synthetic
    secret = find_key(synthetic, key)
    before = published(out)
    refuse_other_key(before, fingerprint(secret), synthetic, {s.name for s in planned.sources}, out)
    files = sorted({file_beside(out), file_beside(raw)})
    with Publisher(out) as publisher:
        people = read_forgotten(files, fingerprint(secret), synthetic)
        run = Run(planned, near, secret, publisher, people, pool)
        pool.share(run.folder)
        run.read()
        run.settle()
        if people:
            run.leave_out()
        run.write(before)
        made = Manifest(
            tables=publisher.tables(synthetic),
            sources=tuple(account.to_dict() for account in run.accounts),
            key_fingerprint=fingerprint(secret),
            synthetic=synthetic,
            notes=planned.notes,
            made_of=run.digest(),
            totals={
                name: sum(getattr(account, name) for account in run.accounts)
                for name in ("n_files", "n_read", "n_rows", "n_rejects")
            },
        )
        publisher.publish(made)
        run.tidy()
    return made


def published(out: Path) -> Manifest | None:
    """Read the manifest that a folder holds now, if it holds a sound one."""
    try:
        return manifest(out)
    except ScsrError:
        return None


class Run:
    """State of one run: the drafts so far, and what became of the rest."""

    def __init__(
        self, planned: Plan, near: Nearby, key: bytes, publisher: Publisher, people: Forgotten, pool: Pool
    ) -> None:
        self.planned, self.near, self.key = planned, near, key
        self.publisher, self.people, self.pool = publisher, people, pool
        self.out = publisher.folder
        self.folder = self.out / DRAFTS
        self.scratch = self.folder / "scratch"
        self.accounts = [
            Account(source, n_files=len(files)) for source, files in zip(planned.sources, planned.files, strict=True)
        ]
        self.drafts: list[Draft] = []
        self.n_rejects: list[int] = []
        self.marks: set[str] = set()
        self.used: set[str] = set()
        self.earlier: dict[int, list[str]] = {}

    def setup(self, number: int, learnt: Learnt) -> Setup:
        """State what the chunks of a source have in common."""
        return Setup(
            number, self.planned.sources[number], self.key, code_digest(), self.people.speakers,
            self.people.utterances, learnt.lines,
        )  # fmt: skip

    def chunks_of(self, number: int, learnt: Learnt) -> Iterator[tuple[Folder, Chunk]]:
        """Cut the records of one source into chunks."""
        source, files = self.planned.sources[number], self.planned.files[number]
        size = CHUNK_PAGES if source.reader == "page" else CHUNK_RECORDS
        records = read(source, self.planned.base, list(files), self.near)
        for chunk in chunks(self.setup(number, learnt), records, size):
            yield self.folder, chunk

    def all_chunks(self) -> Iterator[tuple[Folder, Chunk]]:
        """Cut the records of every source into chunks, none of which spans two sources."""
        for number, account in enumerate(self.accounts):
            yield from self.chunks_of(number, account.learnt)

    def learn(self) -> None:
        """Learn the furniture of the sites that many saved pages are of: a first look at these sources."""
        for number, source in enumerate(self.planned.sources):
            if source.reader == "page" and len(self.planned.files[number]) >= MIN_POSTS:
                found = list(self.pool.map(survey, self.chunks_of(number, Learnt())))
                self.used.update(name for name, _ in found)
                self.accounts[number].learnt = learn(edges for _, edges in found)

    def read(self) -> None:
        """Clean every record, but what has been."""
        self.learn()
        for draft, counts in self.pool.map(work, self.all_chunks()):
            account = self.accounts[draft.source]
            account.n_records += counts.n_records
            account.n_read += counts.n_read
            account.masked.update(counts.masked)
            account.characters.update(counts.characters)
            account.n_visible += counts.n_visible
            self.marks.update(counts.marks)
            account.rejected.update(reject.reason for reject in counts.rejects)
            self.drafts.append(draft)
            self.n_rejects.append(len(counts.rejects))
            self.used.add(draft.name)

    def settle(self) -> None:
        """Make ids unique, table by table."""
        for table in sorted({draft.table for draft in self.drafts}):
            if table not in NAMED and not TABLES[table].key:
                continue
            numbers = [number for number, draft in enumerate(self.drafts) if draft.table == table]
            for at, draft, added in settle(self.folder, [self.drafts[n] for n in numbers], self.key, self.pool):
                self.replace(numbers[at], draft, added)

    def replace(self, number: int, draft: Draft, added: Counts) -> None:
        """Put another draft in the place of one, with more rejects."""
        if draft != self.drafts[number]:
            self.earlier.setdefault(number, []).append(self.drafts[number].name)
        self.drafts[number] = draft
        self.n_rejects[number] += len(added.rejects)
        self.accounts[draft.source].rejected.update(reject.reason for reject in added.rejects)
        self.used.add(draft.name)

    def texts(self) -> list[Draft]:
        """Drafts of utterances."""
        return [draft for draft in self.drafts if draft.table == "utterances"]

    def leave_out(self) -> None:
        """Take the forgotten out, and their words out of what others said; copies of their texts become rejects."""
        blocks = match(self.folder, self.texts(), self.scratch, self.pool)
        marks = self.people.marks | self.marks
        for number, (draft, added) in enumerate(leave_out(self.folder, self.drafts, blocks, marks, self.pool)):
            self.accounts[draft.source].move(added.characters["moved"], FORGOTTEN_REASON)
            changed = draft != self.drafts[number]
            self.replace(number, draft, added)
            if changed:  # what was left out is not to be kept in drafts either
                self.used.difference_update(self.earlier[number])

    def digest(self) -> str:
        """Digest of all drafts in their order, and of the code: the tables rest on nothing else."""
        sources = [(account.source.name, account.source.observed_until) for account in self.accounts]
        stated = [code_digest(), sources, [(draft.name, draft.source) for draft in self.drafts]]
        return hashlib.blake2b(repr(stated).encode(), digest_size=16).hexdigest()

    def write(self, before: Manifest | None) -> None:
        """Write the parts, list duplicates, prove every account; the parts that stand stay where nothing changed."""
        if before is not None and before.made_of == self.digest() and self.publisher.stands(before):
            self.take_over(before)
        else:
            for step in (self.write_rows, self.write_rejects, self.write_cases, self.write_duplicates, self.count_ends):
                step()
                give_back()
        for account in self.accounts:
            account.check()

    def count_ends(self) -> None:
        """Count what ends many texts of a source."""
        for number, counts in sign_offs(self.folder, self.texts(), self.scratch, self.pool).items():
            self.accounts[number].sign_offs = counts

    def take_over(self, before: Manifest) -> None:
        """Take parts, and what was counted of them, from a manifest of the same drafts."""
        for table, described in before.tables.items():
            self.publisher.parts[table] = list(described["files"])
        for account, held in zip(self.accounts, before.sources, strict=True):
            account.n_rows, account.n_rejects = held["n_rows"], held["n_rejects"]
            account.languages, account.duplicates = Counter(held["languages"]), Counter(held["duplicates"])
            if "sign_offs" in held:
                account.sign_offs = (held["sign_offs"]["n_lines"], held["sign_offs"]["n_texts"])

    def write_rows(self) -> None:
        """Write the rows of every source."""
        jobs = (
            job
            for number, group in itertools.groupby(self.drafts, key=lambda draft: draft.source)
            for job in jobs_of(list(group), self.folder, self.out, self.accounts[number].source.name)
        )
        accounts = {account.source.name: account for account in self.accounts}
        for written in self.pool.map(assemble, jobs):
            for table, part in written.parts.items():
                self.publisher.take(table, part)
                account = accounts[part["source"]]
                if table == account.source.table:
                    account.n_rows += part["n_rows"]
            account.languages.update(written.languages)

    def write_rejects(self) -> None:
        """Write the rejects of every source."""
        counted = zip(self.drafts, self.n_rejects, strict=True)
        for number, group in itertools.groupby(counted, key=lambda one: one[0].source):
            account = self.accounts[number]
            for part in reject_parts(group, self.folder, self.out, account.source.name):
                self.publisher.take("rejects", part)
                account.n_rejects += part["n_rows"]

    def write_cases(self) -> None:
        """Derive the cases of all sources, and write them."""
        parts = self.publisher.parts["utterances"]
        n_partitions = 1 + sum(part["n_rows"] for part in parts) // PARTITION_ROWS
        stated = {s.name: s.observed_until for s in self.planned.sources if s.observed_until}
        local = self.scratch.local  # between is on this machine, whatever `out` is
        if local is not None:
            local.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=local, prefix="cases-") as between:
            for table, source, rows in derive_cases(self.out, parts, Path(between), stated, n_partitions, self.here):
                self.publisher.add(table, source, rows)

    def here(self, function: Callable[..., Any], *columns: Iterable[Any]) -> Iterable[Any]:
        """Apply a function on this machine: by its processes, if that is what the pool is."""
        jobs = ((function, *items) for items in zip(*columns, strict=True))
        return map(applied, jobs) if self.pool.dask else self.pool.map(applied, jobs)

    def write_duplicates(self) -> None:
        """List duplicates, each text against everything before it in any source."""
        for number, rows in self.duplicates():
            account = self.accounts[number]
            account.duplicates.update(rows.column("how").to_pylist())
            part = sum(one["source"] == account.source.name for one in self.publisher.parts["duplicates"])
            name = account.source.name
            made = write_part(self.out, "duplicates", name, part, with_origin(rows, account.source))
            self.publisher.take("duplicates", made)

    def duplicates(self) -> Iterator[tuple[int, pa.Table]]:
        """Rows of the table of duplicates, as many as fill a part, with the number of their source."""
        import pyarrow as pa

        texts = self.texts()
        ends = np.cumsum([draft.n_rows for draft in texts])
        sources = np.array([draft.source for draft in texts])
        held: list[pa.Table] = []
        current = 0
        for block in match(self.folder, texts, self.scratch, self.pool):
            source = sources[np.searchsorted(ends, block.column("later").to_numpy(), side="right")]
            for number in np.unique(source).tolist():
                if number != current and held:
                    yield current, pa.concat_tables(held)
                    held = []
                current = number
                held.append(listed(block.filter(source == number)))
                while sum(one.num_rows for one in held) >= PART_ROWS:
                    whole = pa.concat_tables(held)
                    yield current, whole.slice(0, PART_ROWS)
                    held = [whole.slice(PART_ROWS)]
        if sum(one.num_rows for one in held):
            yield current, pa.concat_tables(held)

    def tidy(self) -> None:
        """Remove drafts that this run had no use for."""
        self.scratch.clear()
        for name in self.folder.names():
            if name not in self.used:
                self.folder.remove(name)


def give_back() -> None:
    """Give memory that Arrow keeps for later back: the next step needs it elsewhere."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def applied(job: tuple[Callable[..., Any], *tuple[Any, ...]]) -> Any:
    """Apply a function to the rest of a tuple."""
    function, *arguments = job
    return function(*arguments)


def with_origin(rows: pa.Table, source: Source) -> pa.Table:
    """Add the columns that every table has."""
    import pyarrow as pa

    rows = rows.append_column("source", pa.array([source.name] * rows.num_rows, type=pa.string()))
    return rows.append_column("synthetic", pa.array([source.synthetic] * rows.num_rows, type=pa.bool_()))
