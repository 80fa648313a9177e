"""What is published is whole, typed, and read back in part."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from scsr.corpus.store import MANIFEST, Manifest, Publisher, data_folder, load, manifest, scan
from scsr.errors import ScsrError, TableError
from scsr.schema import TABLES, empty


def shares(n: int = 4, source: str = "log", start: int = 0) -> pa.Table:
    return pa.table(
        {
            "share_id": [f"s{i}" for i in range(start, start + n)],
            "cascade_id": ["k"] * n,
            "t_h": [float(i) for i in range(n)],
            "speaker_role": [("customer", "firm", None)[i % 3] for i in range(n)],
            "n_followers": pa.array([None if i % 2 else i for i in range(n)], type=pa.int64()),
            "source": [source] * n,
            "synthetic": [True] * n,
        }
    )


def publish(out: Path, *parts: pa.Table) -> Manifest:
    with Publisher(out) as publisher:
        for part in parts:
            publisher.add("shares", "log", part)
        made = Manifest(publisher.tables(True), key_fingerprint="f", synthetic=True)
        publisher.publish(made)
    return made


def test_a_table_comes_back_with_the_contracts_dtypes(tmp_path: Path) -> None:
    publish(tmp_path, shares())
    frame = load("shares", data=tmp_path)
    assert frame.dtypes.astype(str).to_dict() == empty("shares").dtypes.astype(str).to_dict()
    assert frame["share_id"].tolist() == ["s0", "s1", "s2", "s3"]
    assert frame["n_followers"].isna().tolist() == [False, True, False, True]
    assert list(frame["speaker_role"].cat.categories) == ["customer", "firm"]


def test_columns_and_rows_are_chosen(tmp_path: Path) -> None:
    publish(tmp_path, shares(), shares(start=10))
    frame = load("shares", ["t_h", "share_id"], {"speaker_role": ["firm", None], "t_h": [1.0, 2.0]}, tmp_path)
    assert list(frame.columns) == ["t_h", "share_id"]
    assert frame["share_id"].tolist() == ["s1", "s2", "s11", "s12"]
    assert load("shares", where={"speaker_role": "author"}, data=tmp_path).empty
    assert len(load("shares", where={"synthetic": True}, data=tmp_path)) == 8


def test_a_table_without_rows_is_empty_and_typed(tmp_path: Path) -> None:
    publish(tmp_path)
    frame = load("outcomes", ["value", "at"], data=tmp_path)
    assert frame.empty
    assert list(frame.columns) == ["value", "at"]
    assert manifest(tmp_path).tables["outcomes"] | {"sha256": ""} == {
        "n_rows": 0, "sha256": "", "synthetic": None, "files": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("share",), "no table"),
        (("shares", ["when"]), "choose from share_id"),
        (("shares", None, {"when": 1}), "no column"),
        (("shares", None, {"t_h": "early"}), "cannot be compared"),
    ],
)
def test_what_the_contract_does_not_have_is_refused(tmp_path: Path, arguments: tuple, message: str) -> None:
    publish(tmp_path, shares())
    with pytest.raises(TableError, match=message):
        load(*arguments, data=tmp_path)


def test_the_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCSR_DATA", raising=False)
    inner = tmp_path / "notebooks" / "deep"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    with pytest.raises(ScsrError, match="run `scsr prepare`"):
        data_folder()
    publish(tmp_path / "data" / "processed", shares())
    assert data_folder() == tmp_path / "data" / "processed"
    assert len(load("shares")) == 4
    monkeypatch.setenv("SCSR_DATA", str(tmp_path / "elsewhere"))
    with pytest.raises(ScsrError, match="no prepare.json"):
        load("shares")


def test_a_report_reads_only_what_it_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, shares())
    monkeypatch.setenv("SCSR_INPUTS", "utterances, exposure")
    with pytest.raises(ScsrError, match=r"add 'shares' to its inputs in reports\.toml"):
        load("shares", data=tmp_path)
    assert load("exposure", data=tmp_path).empty
    monkeypatch.setenv("SCSR_INPUTS", "")
    with pytest.raises(ScsrError, match="declares none"):
        load("exposure", data=tmp_path)


def test_publishing_again_gives_the_same_bytes_and_removes_what_no_longer_counts(tmp_path: Path) -> None:
    publish(tmp_path, shares(), shares(start=10))
    before = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    publish(tmp_path, shares(), shares(start=10))
    assert before == {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    publish(tmp_path, shares(3))
    assert len(list((tmp_path / "shares").iterdir())) == 1
    assert len(load("shares", data=tmp_path)) == 3


def test_a_run_that_breaks_leaves_the_old_data(tmp_path: Path) -> None:
    publish(tmp_path, shares(2))

    def broken() -> None:
        with Publisher(tmp_path) as publisher:
            publisher.add("shares", "log", shares(4, start=100))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert load("shares", data=tmp_path)["share_id"].tolist() == ["s0", "s1"]
    publish(tmp_path, shares(3))
    assert len(list((tmp_path / "shares").iterdir())) == 1


def test_rows_that_break_the_contract_are_not_written(tmp_path: Path) -> None:
    bad = shares().set_column(2, "t_h", pa.array([-1.0, 0.0, 1.0, 2.0]))
    with Publisher(tmp_path) as publisher, pytest.raises(TableError, match="is below 0"):
        publisher.add("shares", "log", bad)
    with Publisher(tmp_path) as publisher, pytest.raises(TableError, match="is missing"):
        publisher.add("shares", "log", shares().drop_columns(["cascade_id"]))


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    with Publisher(tmp_path), pytest.raises(ScsrError, match="another prepare"):
        Publisher(tmp_path).__enter__()
    publish(tmp_path, shares())  # the lock went with its holder


def test_a_damaged_or_foreign_manifest_says_so(tmp_path: Path) -> None:
    publish(tmp_path, shares())
    stated = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(stated | {"schema_version": 99}))
    with pytest.raises(ScsrError, match="version 99"):
        manifest(tmp_path)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(ScsrError, match="damaged"):
        manifest(tmp_path)


def test_a_part_that_vanished_is_looked_for_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the manifest and the part, another prepare may have published."""
    from scsr.corpus.store import read

    publish(tmp_path, shares(2))
    old = manifest(tmp_path)
    publish(tmp_path, shares(3))
    answers = iter([old, manifest(tmp_path)])
    monkeypatch.setattr(read, "manifest", lambda folder: next(answers))
    assert len(load("shares", data=tmp_path)) == 3


def test_utterances_keep_their_lists_and_stamps(tmp_path: Path) -> None:
    row = {
        "utterance_id": ["u"], "speaker_role": ["customer"], "date_precision": ["minute"], "language": ["sv"],
        "language_confidence": [1.0], "text": ["Hej då"], "lemmas": [["hej", "då"]], "source": ["log"],
        "synthetic": [True], "published_at": [pd.Timestamp("2012-09-11T08:00Z")],
    }  # fmt: skip
    with Publisher(tmp_path) as publisher:
        publisher.add("utterances", "log", pa.table(row))
        publisher.publish(Manifest(publisher.tables(True), sources=({"name": "log", "observed_until": "2013-01-01"},)))
    frame = load("utterances", data=tmp_path)
    assert frame.loc[0, "lemmas"] == ["hej", "då"]
    assert frame.loc[0, "published_at"] == pd.Timestamp("2012-09-11T08:00Z")
    assert list(frame.columns) == list(TABLES["utterances"].names)
    assert frame.attrs["observed_until"] == {"log": "2013-01-01"}


def test_a_scan_gives_what_load_gives_batch_by_batch(tmp_path: Path) -> None:
    publish(tmp_path, shares(), shares(source="other"))
    columns, where = ["source", "share_id", "valence"], {"source": "other"}
    batches = list(scan("shares", columns, where, data=tmp_path))
    rows = pa.Table.from_batches(batches).to_pandas()
    loaded = load("shares", columns, where, data=tmp_path)
    assert rows.astype(object).where(rows.notna(), None).values.tolist() == (
        loaded.astype(object).where(loaded.notna(), None).values.tolist()
    )
    assert all(batch.schema == batches[0].schema for batch in batches)


@pytest.mark.parametrize(("table", "where"), [("outcomes", None), ("shares", {"source": "nowhere"})])
def test_a_scan_of_nothing_is_one_empty_batch(tmp_path: Path, table: str, where: dict | None) -> None:
    publish(tmp_path, shares())
    (batch,) = scan(table, where=where, data=tmp_path)
    assert batch.num_rows == 0
    assert tuple(batch.schema.names) == TABLES[table].names


def test_a_scan_refuses_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, shares())
    with pytest.raises(TableError, match="no column"):
        scan("shares", ["when"], data=tmp_path)
    with pytest.raises(TableError, match="cannot be compared"):
        scan("shares", where={"t_h": "early"}, data=tmp_path)
    monkeypatch.setenv("SCSR_INPUTS", "utterances")
    with pytest.raises(ScsrError, match="declares utterances"):
        scan("shares", data=tmp_path)


def test_a_scan_says_that_the_tables_went(tmp_path: Path) -> None:
    publish(tmp_path, shares())
    batches = scan("shares", data=tmp_path)
    for file in (tmp_path / "shares").iterdir():
        file.unlink()
    with pytest.raises(ScsrError, match="prepared again"):
        list(batches)
