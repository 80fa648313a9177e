from __future__ import annotations

import json
from pathlib import Path

import pytest

from scsr.errors import RenderError
from scsr.reports import publish


def folder(path: Path, text: str) -> Path:
    path.mkdir(parents=True)
    (path / "index.html").write_text(text)
    return path


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_report_takes_its_place_whole(tmp_path: Path, can_exchange: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not can_exchange:
        monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    home = tmp_path / "out" / "r" / "all"
    with publish.lock(tmp_path / "out") as staging:
        publish.put(folder(staging / "1", "old"), home, staging)
        assert (home / "index.html").read_text() == "old"
        (home / "failed").mkdir()
        publish.put(folder(staging / "2", "new"), home, staging)
    assert (home / "index.html").read_text() == "new"
    assert not (home / "failed").exists()
    assert not staging.exists()


def test_a_report_that_was_being_replaced_comes_back(tmp_path: Path) -> None:
    folder(tmp_path / publish.STAGING / "old" / "r" / "all", "kept")
    with publish.lock(tmp_path):
        assert (tmp_path / "r" / "all" / "index.html").read_text() == "kept"


def test_no_exchange_where_the_system_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert not publish.exchange(tmp_path, tmp_path)


def test_one_render_at_a_time(tmp_path: Path) -> None:
    with publish.lock(tmp_path), pytest.raises(RenderError, match="another render"), publish.lock(tmp_path):
        pass
    with publish.lock(tmp_path):
        pass


def test_a_file_is_replaced_or_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.html"
    publish.write_text(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        publish.write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "[]", '{"reports": 3}', '{"reports": [{}]}'])
def test_a_damaged_status_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)
    assert publish.read_status(tmp_path) == {}


def test_status_is_read_by_folder(tmp_path: Path) -> None:
    row = {"report": "r", "variant": "all", "state": "fresh"}
    (tmp_path / "status.json").write_text(json.dumps({"reports": [row]}))
    assert publish.read_status(tmp_path) == {"r/all": row}
