"""A cluster of real processes does what one process does, and its losses cost time, not data.

The scheduler and its workers are processes of their own, each in a folder of its own, on this machine's own address.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scsr.corpus.prepare import cluster, prepare, run
from scsr.corpus.prepare.cluster import Cluster, Failure, call
from scsr.corpus.prepare.pool import Pool
from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError, WorkerError
from scsr.schema import table_of
from tests import cluster_work

pytest.importorskip("distributed", reason="needs scsr[cluster]")
pytestmark = pytest.mark.timeout(120)

ROOT = Path(__file__).parent.parent
N_ROWS, CHUNK = 2000, 50
RUN = (
    f"import sys; from scsr.corpus.prepare import run; run.CHUNK_RECORDS = {CHUNK}; "
    "from scsr.cli import main; sys.argv[0] = 'scsr'; main()"
)
STATED = (
    '[[source]]\nname = "log"\npath = "log.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = true\n'
    'language = "sv"\n[source.columns]\nutterance_id = "id"\nspeaker_id = "who"\n'
)


class Machines:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self.state = folder / "scheduler.json"
        self.scheduler = self.start(
            "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.state), "--host", "127.0.0.1",
            "--idle-timeout", "60",
        )  # fmt: skip

    @cached_property
    def address(self) -> str:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.scheduler.poll() is None:
            with contextlib.suppress(OSError, ValueError):  # not yet there, or not yet whole
                return str(json.loads(self.state.read_text())["address"])
            time.sleep(0.02)
        raise AssertionError("the scheduler does not start")

    def start(self, kind: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        own = self.folder / f"{kind}-{len(self.processes)}"
        own.mkdir()
        with (own / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments], cwd=own, stdout=log, stderr=log,
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "TMPDIR": str(own)},
                **options,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def add_worker(self, **options: Any) -> subprocess.Popen[bytes]:
        one = self.start(
            "worker", "--scheduler-file", str(self.state), "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--host", "127.0.0.1", "--local-directory", ".", "--death-timeout", "60", **options,
        )  # fmt: skip
        self.workers.append(one)
        return one

    def two(self) -> Machines:
        """See to it that two workers run."""
        self.workers = [one for one in self.workers if one.poll() is None]
        while len(self.workers) < 2:
            self.add_worker()
        return self

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    made = Machines(tmp_path_factory.mktemp("cluster"))
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def machines(shared: Machines) -> Machines:
    """Two workers, whatever the test before did to one."""
    return shared.two()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Machines]:
    """A scheduler that may be killed."""
    (tmp_path / "mortal").mkdir()
    made = Machines(tmp_path / "mortal")
    try:
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return raw_folder(tmp_path_factory.mktemp("raw"), "Ny", N_ROWS)


@pytest.fixture(scope="module")
def expected(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of the raw data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "CHUNK_RECORDS", CHUNK)
        out = tmp_path_factory.mktemp("expected")
        prepare(raw, out)
    return published(out)


@pytest.fixture
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CHUNK_RECORDS", CHUNK)


def raw_folder(folder: Path, word: str, n: int) -> Path:
    lines = [f"{i},p{i % 9},{word} faktura {i} är fel och ingen svarar på mina {i % 7} frågor om den" for i in range(n)]
    (folder / "log.csv").write_text("id,who,text\n" + "\n".join(lines) + "\n", "utf-8")
    (folder / "sources.toml").write_text(STATED, "utf-8")
    return folder


def published(out: Path) -> dict[str, bytes]:
    """Every file that counts."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and path.relative_to(out).parts[0][0] != "."]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def drafts(out: Path) -> dict[str, int]:
    """Drafts that there are, and when each was written."""
    folder = out / ".drafts"
    found = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            with contextlib.suppress(FileNotFoundError):
                found[path.name] = path.stat().st_mtime_ns
    return found


@contextlib.contextmanager
def once_begun(out: Path, then: Callable[[], object]) -> Iterator[None]:
    """Do something as soon as a run has made three drafts, and make sure that it was before its end."""
    before = drafts(out).keys()
    over = threading.Event()
    done = threading.Event()

    def watch() -> None:
        while not over.is_set():
            if len(drafts(out).keys() - before) >= 3:
                then()
                done.set()
                return
            time.sleep(0.01)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
    assert done.is_set()


@pytest.mark.slow
def test_workers_elsewhere_give_results_in_order_and_errors_whole(machines: Machines, tmp_path: Path) -> None:
    with Pool(dask=machines.address) as pool:
        assert list(pool.map(cluster_work.half, range(40))) == [n / 2 for n in range(40)]
        stood = set(pool.map(cluster_work.folder_of_worker, range(20)))
        assert str(Path.cwd()) not in stood
        with pytest.raises(ScsrError, match="table 'tweets', column .* is no table of the contract; choose one of"):
            list(pool.map(table_of, ["shares", "tweets"]))
        assert list(pool.map(cluster_work.fails_once, [str(tmp_path / "mark")])) == ["done"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cluster, "code_digest", lambda: "another")
            with pytest.raises(ScsrError, match=r"the worker tcp://.* runs another scsr"):
                list(pool.map(abs, [1]))
        pool.share(Folder("memory://of-this-process"))
        with pytest.raises(
            ScsrError, match=r"the worker tcp://.* does not see memory://of-this-process; give an --out"
        ):
            list(pool.map(abs, [1]))
    assert Folder("memory://of-this-process").names() == []


@pytest.mark.slow
@pytest.mark.usefixtures("short_chunks")
def test_the_same_bytes_come_out_though_a_worker_is_killed(
    machines: Machines, raw: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    with once_begun(tmp_path, machines.workers[0].kill):
        prepare(raw, f"local://{tmp_path}", dask=machines.address)  # as a store that all share
    assert published(tmp_path) == expected
    assert machines.workers[0].wait(timeout=10) == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.usefixtures("short_chunks")
def test_of_a_killed_client_the_drafts_are_left_to_the_next(
    machines: Machines, raw: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    client = subprocess.Popen(
        [sys.executable, "-c", RUN, "prepare", str(raw), "--out", str(tmp_path), "--dask", machines.address],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with once_begun(tmp_path, client.kill):
        client.communicate(timeout=60)
    assert published(tmp_path) == {}
    made = drafts(tmp_path)
    prepare(raw, tmp_path, dask=machines.address)
    assert published(tmp_path) == expected
    assert made.items() <= drafts(tmp_path).items()


@pytest.mark.slow
@pytest.mark.usefixtures("short_chunks")
def test_what_goes_wrong_is_said_and_the_next_run_goes_on(
    mortal: Machines, raw: Path, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out, here = tmp_path / "out", tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    # the disk of a worker is full
    full = mortal.add_worker(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000)))
    with pytest.raises(OSError, match=f"cannot write to {out}.*: File too large; make room"):
        prepare(raw, out, dask=mortal.address)
    assert published(out) == {}

    # there is no worker, and none comes
    full.kill()
    with monkeypatch.context() as patch:
        patch.setattr(cluster, "TICK_S", 0.1)
        patch.setattr(cluster, "WORKERS_S", 0.5)
        with pytest.raises(WorkerError, match=r"has had no worker for 0 s; .*start one with `dask worker tcp://"):
            prepare(raw, out, dask=mortal.address)

    # the scheduler is killed
    mortal.add_worker()
    with (
        pytest.raises(
            WorkerError, match="scheduler at tcp://127.0.0.1.* is gone; nothing is published; the next run goes"
        ),
        once_begun(out, mortal.scheduler.kill),
    ):
        prepare(raw, out, dask=mortal.address)
    assert published(out) == {}
    made = drafts(out)

    # the next run
    prepare(raw, out)
    assert published(out) == expected
    assert made.items() <= drafts(out).items()
    assert capfd.readouterr().err == ""
    assert list(here.iterdir()) == []


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ScsrError, match=r"pip install 'scsr\[cluster\]'"):
        Pool(dask="tcp://127.0.0.1:1").__enter__()


@pytest.mark.parametrize("address", ["", "nowhere", "tcp://127.0.0.1:1", "xyz://127.0.0.1:1", "tcp://127.0.0.1:port"])
def test_an_address_where_nobody_answers_is_said(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER_S", 1)
    with pytest.raises(ScsrError, match=f"no Dask scheduler answers at {address}.*such as tcp://127.0.0.1:8786"):
        Pool(dask=address).__enter__()


def killed_worker() -> Exception:
    from distributed import KilledWorker

    return KilledWorker("task", SimpleNamespace(address="tcp://127.0.0.1:1"), 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (killed_worker, "a task ended 4 workers one after the other, most likely for want of memory; nothing"),
        (lambda: ModuleNotFoundError("No module named 'scsr'"), "No module named 'scsr' on a worker; install the same"),
        (lambda: RuntimeError("Error during deserialization of the task graph"), "cannot read tasks; install the same"),
        (CancelledError, "is gone; nothing is published"),
        (lambda: OSError("closed"), "is gone; nothing is published"),
    ],
)
def test_what_a_cluster_may_answer_is_worded(error: Callable[[], Exception], said: str) -> None:
    one = Cluster.__new__(Cluster)
    one.address, one.client = "tcp://127.0.0.1:1", SimpleNamespace(status="closed")

    class Future:
        def result(self) -> object:
            raise error()

    with pytest.raises(ScsrError, match=said):
        one.result(Future())
    one.client.status = "running"
    Future.result = lambda self: 1 / 0  # type: ignore[assignment, return-value]
    with pytest.raises(ZeroDivisionError):  # of the task, as it is
        one.result(Future())


def test_an_error_that_trying_again_does_not_mend_is_not_tried_again() -> None:
    found = call(pickle.dumps((table_of, "tweets")), cluster.code_digest())
    assert isinstance(found, Failure)
    assert "is no table" in str(found.error)
