"""One writes at a time, on a disk and in a store; who ended without a word is not waited for."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path

import pyarrow as pa
import pytest

from scsr.corpus.store import Manifest, Publisher, load, lock, manifest
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.lock import LOCK, locked
from scsr.errors import ScsrError


@pytest.fixture(params=["disk", "store"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    return Folder.of(tmp_path) if request.param == "disk" else Folder(f"memory://{uuid.uuid4().hex}")


def test_the_second_is_told_and_the_next_gets_it(folder: Folder) -> None:
    with locked(folder):
        with (
            pytest.raises(ScsrError, match="another prepare or forget is writing to .* or give another --out"),
            locked(folder),
        ):
            pass
        assert LOCK in folder
    with locked(folder):
        pass


@pytest.mark.parametrize(
    ("stated", "free"),
    [
        ({"host": "elsewhere", "pid": 1, "run": "a", "at": 0}, False),
        ({"host": "elsewhere", "pid": 1, "run": "a", "at": -2 * lock.LEASE_S}, True),  # not renewed for long
        ({"host": None, "pid": 2**22 + 1, "run": "a", "at": 0}, True),  # of this machine, and ended
        ({"host": None, "pid": 1, "run": "a", "at": 0}, False),
        ({"host": "elsewhere"}, True),  # no lease
        ([], True),
    ],
)
def test_a_lease_holds_while_its_holder_may_live(stated: dict | list, free: bool) -> None:
    folder = Folder(f"memory://{uuid.uuid4().hex}")
    if isinstance(stated, dict) and "at" in stated:
        stated = stated | {"at": time.time() + stated["at"], "host": stated["host"] or lock.host()}
    folder.put(LOCK, json.dumps(stated).encode())
    if free:
        with locked(folder):
            pass
        assert LOCK not in folder
    else:
        with pytest.raises(ScsrError, match="if it has ended, remove .lock there"), locked(folder):
            pass
        assert LOCK in folder


def test_a_lease_is_renewed_and_one_that_was_taken_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LEASE_S", 0.1)
    folder = Folder(f"memory://{uuid.uuid4().hex}")
    with locked(folder):
        first = lock.lease(folder)["at"]
        until = time.monotonic() + 5
        while lock.lease(folder)["at"] == first and time.monotonic() < until:
            time.sleep(0.01)
        assert lock.lease(folder)["at"] > first
        monkeypatch.setattr(lock, "renew", lambda *_: None)
        time.sleep(0.05)
        folder.put(LOCK, json.dumps({"host": "elsewhere", "pid": 1, "run": "b", "at": time.time()}).encode())
    assert lock.lease(folder)["run"] == "b"


def test_of_two_leases_at_once_the_later_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(f"memory://{uuid.uuid4().hex}")
    other = json.dumps({"host": "elsewhere", "pid": 1, "run": "b", "at": time.time()}).encode()
    monkeypatch.setattr(lock, "renew", lambda into, mine: into.put(LOCK, other))
    with pytest.raises(ScsrError, match="another prepare"), locked(folder):
        pass


def test_an_address_is_published_to_as_a_folder_is() -> None:
    address = f"memory://{uuid.uuid4().hex}"
    with Publisher(address) as publisher:
        publisher.folder.put("shares/part-log-00000-aaaa.parquet", b"of a run that was killed")
        row = {"share_id": ["a"], "cascade_id": ["c"], "t_h": [1.5], "source": ["log"], "synthetic": [True]}
        publisher.add("shares", "log", pa.table(row))
        publisher.publish(Manifest(publisher.tables(True), key_fingerprint="f"))
    assert manifest(address).key_fingerprint == "f"
    assert load("shares", ["t_h"], data=address)["t_h"].tolist() == [1.5]
    with Publisher(address) as publisher:
        publisher.publish(Manifest(publisher.tables(None), key_fingerprint="g"))
    assert manifest(Path(address)).key_fingerprint == "g"
    assert load("shares", data=address).empty
    assert Folder(address).names() == ["prepare.json"]
    assert (Folder(address) / "shares").names() == []


def test_what_a_killed_run_left_is_tidied_unless_nobody_knows_what_counts(tmp_path: Path) -> None:
    row = {"share_id": ["a"], "cascade_id": ["c"], "t_h": [1.5], "source": ["log"], "synthetic": [True]}
    with Publisher(tmp_path) as publisher:
        publisher.add("shares", "log", pa.table(row))
        made = Manifest(publisher.tables(True), key_fingerprint="f")
        publisher.publish(made)
        assert publisher.stands(made)
        assert publisher.out == tmp_path
    (part,) = Folder.of(tmp_path / "shares").names()
    left = [".prepare.json.0a1b", "shares/.part-log-00000-aaaa.parquet.0a1b", "shares/part-log-00000-aaaa.parquet"]
    for name in left:
        (tmp_path / name).write_text("half")
    with Publisher(tmp_path):
        assert Folder.of(tmp_path).names() == [LOCK, "prepare.json"]
        assert Folder.of(tmp_path / "shares").names() == [part]
    (tmp_path / "prepare.json").write_text("of another version")
    with Publisher(tmp_path) as publisher:
        assert publisher.stands(made)
    assert Folder.of(tmp_path / "shares").names() == [part]
    (tmp_path / "shares" / part).unlink()
    assert not publisher.stands(made)
