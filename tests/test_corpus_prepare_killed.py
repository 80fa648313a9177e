"""A run that is killed, stopped or starved leaves the old data or the new, whole; and nothing else behind.

``SCSR_KILLS=20`` kills twenty times with each number of workers instead of a few times.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scsr.corpus.prepare import prepare
from scsr.corpus.store import load, manifest
from scsr.schema import TABLES

KILLS = int(os.environ.get("SCSR_KILLS", "2"))
RUN = "import sys; from scsr.cli import main; sys.argv[0] = 'scsr'; main()"
STATED = (
    '[[source]]\nname = "log"\npath = "log.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = true\n'
    'language = "sv"\n[source.columns]\nutterance_id = "id"\nspeaker_id = "who"\n'
)


def raw_folder(folder: Path, word: str, n: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{i},p{i % 9},{word} faktura {i} är fel och ingen svarar på mina {i % 7} frågor om den" for i in range(n)]
    (folder / "log.csv").write_text("id,who,text\n" + "\n".join(lines) + "\n", "utf-8")
    (folder / "sources.toml").write_text(STATED, "utf-8")
    return folder


def start(raw: Path, out: Path, workers: int, **options: object) -> subprocess.Popen[bytes]:
    """Start the command line in a session of its own."""
    arguments = ["prepare", str(raw), "--out", str(out), "--workers", str(workers)]
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments], start_new_session=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **options,  # type: ignore[call-overload]
    )  # fmt: skip


def finished(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    return process.returncode, said.decode()


def left_behind(session: int) -> list[str]:
    """Commands of the processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, *rest = stat.read_text().rpartition(")")[2].split()
            if int(rest[2]) == session and state != "Z":
                found.append((stat.parent / "cmdline").read_text())
        except OSError:
            continue
    return found


def all_end(session: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if not left_behind(session):
            return True
        time.sleep(0.05)
    return False


def whole(out: Path) -> str:
    """Check every hash and load every table; say which state it is."""
    found = manifest(out)
    for table, described in found.tables.items():
        for part in described["files"]:
            content = (out / table / part["name"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == part["sha256"]
        assert len(load(table, data=out)) == described["n_rows"]
    texts = load("utterances", ["text"], data=out)["text"]
    assert texts.nunique() == len(texts)
    words = set(texts.str.split().str[0])
    assert len(words) == 1
    return str(words.pop())


def files_of(out: Path) -> set[str]:
    """All that a folder holds beside the drafts, which a run broken off leaves to the next."""
    hidden = {".drafts", ".wording"}
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if not hidden & set(path.parts)}


def expected(out: Path) -> set[str]:
    """What a folder holds when nothing is left over."""
    tables = {table: described["files"] for table, described in manifest(out).tables.items()}
    parts = {f"{table}/{part['name']}" for table, files in tables.items() for part in files}
    return {"prepare.json", ".lock", *parts, *(table for table in TABLES if (out / table).exists())}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see what is left running")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("workers", [1, 2] if KILLS > 2 else [2])
def test_killed_at_any_moment_the_data_are_the_old_or_the_new(tmp_path: Path, workers: int) -> None:
    folders = {word: raw_folder(tmp_path / word, word, 700) for word in ("Gammal", "Ny")}
    out = tmp_path / "out"
    prepare(folders["Gammal"], out)
    lasts = 4.0
    if KILLS > 2:
        began = time.monotonic()
        assert finished(start(folders["Gammal"], out, workers))[0] == 0
        lasts = time.monotonic() - began
    old, new = "Gammal", "Ny"
    rng = np.random.default_rng(20120911 + workers)
    # one moment in each of as many equal spans, so that they are spread over the whole run
    for k, within in enumerate(rng.random(KILLS)):
        process = start(folders[new], out, workers)
        time.sleep((k + within) / KILLS * lasts)
        process.kill()
        process.communicate()
        assert all_end(process.pid)
        assert whole(out) in (old, new)
        if k % 4 == 3 or k == KILLS - 1:  # the next run completes, over what several killed ones left
            prepare(folders[new], out)
            assert whole(out) == new
            assert files_of(out) == expected(out)
            old, new = new, old


def test_broken_off_between_any_two_steps_the_data_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kill, at every change of the folder: nothing after that step happens, not even tidying up."""
    old, new = (raw_folder(tmp_path / word, word, 30) for word in ("Gammal", "Ny"))
    out = tmp_path / "out"

    class KilledError(BaseException):
        pass

    left = [0]

    def limited(real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **options: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise KilledError
            return real(*arguments, **options)

        return step

    prepare(old, out)
    states = []
    for steps in range(200):
        with monkeypatch.context() as patch:
            left[0] = steps

            for name in ("replace", "unlink", "mkdir"):
                patch.setattr(Path, name, limited(getattr(Path, name)))
            patch.setattr(shutil, "rmtree", limited(shutil.rmtree))
            try:
                prepare(new, out)
            except KilledError:
                states.append(whole(out))
                continue
        break
    assert states[0] == "Gammal"
    assert states == sorted(states)  # the old, then the new, and never back
    assert whole(out) == "Ny"
    assert files_of(out) == expected(out)


def is_locked(file: Path) -> bool:
    with file.open() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_stopped_by_a_signal_it_tidies_up(tmp_path: Path, number: int, code: int) -> None:
    old, new = raw_folder(tmp_path / "old", "Gammal", 20), raw_folder(tmp_path / "new", "Ny", 20_000)
    out = tmp_path / "out"
    prepare(old, out)
    # where the tests run in the background, ctrl-C is ignored, which a program inherits
    process = start(new, out, 2, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    while not is_locked(out / ".lock"):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, number)  # as a terminal does: to every process of the group
    ended, said = finished(process)
    assert ended == code
    assert "Traceback" not in said
    assert all_end(process.pid)
    assert whole(out) == "Gammal"
    assert files_of(out) == expected(out)


@pytest.mark.slow
def test_of_two_at_once_one_is_told_to_wait(tmp_path: Path) -> None:
    raw = raw_folder(tmp_path / "raw", "Ny", 3000)
    out = tmp_path / "out"
    both = [finished(process) for process in [start(raw, out, 1), start(raw, out, 1)]]
    assert sorted(code for code, _ in both) in ([0, 2], [0, 0])  # the second may come when the first is done
    for code, said in both:
        assert (code == 0) == (said == "")
        assert code == 0 or "is writing to" in said
    assert whole(out) == "Ny"
    assert files_of(out) == expected(out)


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_old_data_stay(tmp_path: Path) -> None:
    old, new = raw_folder(tmp_path / "old", "Gammal", 20), raw_folder(tmp_path / "new", "Ny", 3000)
    out = tmp_path / "out"
    prepare(old, out)

    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    code, said = finished(start(new, out, 1, preexec_fn=starve))
    assert code == 1
    assert f"cannot write to {out}/.drafts: File too large; make room" in said
    assert "Traceback" not in said
    assert whole(out) == "Gammal"
    assert files_of(out) == expected(out)
