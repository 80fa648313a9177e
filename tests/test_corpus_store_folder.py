"""A folder is the same to its users on a disk and in a store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError


@pytest.fixture(params=["disk", "memory", "local"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """The same folder on a disk, in memory, and on a disk behind a store's face."""
    return Folder.of({"disk": str(tmp_path), "local": f"local://{tmp_path}"}.get(request.param, f"memory://{tmp_path}"))


def test_files_are_put_found_and_removed(folder: Folder) -> None:
    inside = folder / "tables"
    assert inside.names() == []
    folder.put("tables/b", b"2")
    inside.put("a", memoryview(b"1"))
    inside.put("a", b"one")
    assert inside.names() == ["a", "b"]
    assert (folder.get("tables/a"), "b" in inside, "c" in inside) == (b"one", True, False)
    inside.remove("a")
    inside.remove("a")
    assert inside.names() == ["b"]
    paths, system = inside.files(["b"])
    assert (Path(paths[0]).read_bytes() if system is None else system.cat_file(paths[0])) == b"2"
    with pytest.raises(FileNotFoundError):
        inside.get("a")
    inside.clear()
    inside.clear()
    assert inside.names() == []


@given(
    st.sampled_from(["s3://b/x", "memory://x/y", "gs://b", "abfs://c@a/x", "local:///srv/x", "simplecache::s3://b/x"])
)
def test_an_address_survives_a_path(address: str) -> None:
    assert Folder.of(Path(address)) == Folder.of(address) == Folder.of(Folder.of(address))
    assert Folder.of(address).local is None
    assert Folder.of(address).path == address


def test_a_path_means_the_same_wherever_a_worker_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = os.getcwd()  # noqa: PTH109
    assert Folder.of("data/../out").path == f"{here}/out"
    assert Folder.of(f"file://{here}/out") == Folder.of("out")
    assert Folder.of("C:/out").local is not None


def test_a_store_that_nothing_reaches_is_said() -> None:
    with pytest.raises(ScsrError, match="cannot reach nowhere://x: .*give a path, or an address"):
        Folder.of("nowhere://x").names()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=f"cannot write to {tmp_path}/file/x: .*make room, or give another --out"):
        Folder.of(tmp_path / "file" / "x").put("a", b"1")
    (tmp_path / "place").mkdir()
    with pytest.raises(OSError, match="cannot write to"):
        Folder.of(tmp_path).put("place", b"1")
    assert Folder.of(tmp_path).names() == ["file"]  # no draft is left
