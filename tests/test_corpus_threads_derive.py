"""Cases on integer codes: as they were before, and the same from prepared tables in any number of partitions."""

from __future__ import annotations

import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scsr
from scsr.analysis.simulate import simulate
from scsr.corpus.store import MANIFEST, Manifest, Publisher, manifest
from scsr.corpus.threads import cases, derive_cases
from scsr.corpus.threads import derive as derive_module
from scsr.corpus.threads.partitions import partition_of
from scsr.errors import ScsrError, TableError
from scsr.schema import DATE_PRECISIONS, DERIVED, KINDS, ROLES, TABLES, conform, empty, validate
from tests import former_cases

START = pd.Timestamp("2012-09-11T08:00Z")


@st.composite
def corpora(draw: st.DrawFn, crossing: bool) -> pd.DataFrame:
    """Utterances with whatever may be missing; those that answer across conversations, or in circles, if asked for."""
    n = draw(st.integers(0, 14))
    rows = []
    for i in range(n):
        above = draw(st.one_of(st.none(), st.integers(0, n if crossing else max(i - 1, 0)))) if i else None
        thread = draw(st.sampled_from(["t0", "t1", "t2", None]))
        if above is not None and not crossing:
            thread = rows[above][1]
        rows.append(
            (
                f"u{i}", thread, None if above is None else f"u{above}", draw(st.sampled_from(["a", "b", "f", None])),
                draw(st.sampled_from(ROLES)), draw(st.sampled_from([*KINDS, None])),
                draw(st.one_of(st.none(), st.integers(0, 5))), draw(st.sampled_from(["x", "y"])),
            )
        )  # fmt: skip
    names = ["utterance_id", "conversation_id", "reply_to", "speaker_id", "speaker_role", "kind", "hours", "source"]
    frame = pd.DataFrame(rows, columns=names)
    if not crossing:  # where no conversation is known, what is answered must not be the later one
        alone = frame["conversation_id"].isna()
        frame.loc[alone, "hours"] = np.arange(len(frame))[alone]
    frame["published_at"] = START + pd.to_timedelta(frame.pop("hours").astype("float64"), unit="h")
    frame["date_precision"] = [draw(st.sampled_from(DATE_PRECISIONS)) for _ in range(n)]
    frame["company"] = [draw(st.sampled_from(["Telebolaget", None])) for _ in range(n)]
    rest = {"language": "sv", "language_confidence": 1.0, "text": "Hej", "synthetic": True}
    made = conform(frame.assign(**rest, lemmas=[[] for _ in range(n)]), "utterances")
    return made.sort_values("source", ignore_index=True) if crossing else made


RESPONDERS = st.sampled_from([*DERIVED.values(), ("other", "customer")])


@settings(max_examples=25, deadline=None)
@given(corpora(crossing=False), RESPONDERS)
def test_codes_give_what_texts_gave(rows: pd.DataFrame, responders: tuple[str, ...]) -> None:
    stated = {"x": "2012-09-11T10:00Z", "nowhere": "2030-01-01"}
    made = cases(rows, responders, observed_until=stated)
    pd.testing.assert_frame_equal(made, former_cases.cases(rows, responders, observed_until=stated))


def published(rows: pd.DataFrame, folder: Path, size: int) -> Manifest:
    """Prepare utterances in parts of a size."""
    with Publisher(folder) as publisher:
        for source, mine in rows.groupby("source", sort=False):
            table = pa.Table.from_pandas(mine, preserve_index=False)
            for start in range(0, len(table), size):
                publisher.add("utterances", str(source), table.slice(start, size))
        publisher.publish(Manifest(publisher.tables(True), synthetic=True))
    return manifest(folder)


def derived(folder: Path, n: int, run: object = map) -> dict[str, pd.DataFrame]:
    """Derive from a folder by a number of partitions, as frames."""
    scratch = folder / "scratch"
    scratch.mkdir()
    made: dict[str, list[pd.DataFrame]] = {table: [] for table in DERIVED}
    parts = manifest(folder).tables["utterances"]["files"]
    for table, source, rows in derive_cases(folder, parts, scratch, {"x": "2012-09-11T10:00Z"}, n, run):  # type: ignore[arg-type]
        assert set(rows["source"].to_pylist()) == {source}
        made[table].append(rows.to_pandas())
    shutil.rmtree(scratch)
    return {
        table: conform(pd.concat(frames, ignore_index=True), table) if frames else empty(table)
        for table, frames in made.items()
    }


@settings(max_examples=15, deadline=None)
@given(corpora(crossing=True), st.integers(1, 5), st.integers(1, 6))
def test_partitions_do_not_show(rows: pd.DataFrame, n: int, size: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        published(rows, folder, size)
        found = derived(folder, n)
    for table, responders in DERIVED.items():
        expected = cases(rows, responders, observed_until={"x": "2012-09-11T10:00Z"})
        pd.testing.assert_frame_equal(found[table], expected)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Path]:
    rows = simulate(seed=3, scale=0.1, text=False).utterances
    folder = tmp_path_factory.mktemp("market")
    published(rows, folder, 300)
    return rows, folder


def test_a_market_in_processes_gives_what_one_table_gives(market: tuple[pd.DataFrame, Path]) -> None:
    rows, folder = market
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = derived(folder, 3, pool.map)
    for table, responders in DERIVED.items():
        assert len(found[table]) > 300
        pd.testing.assert_frame_equal(found[table], cases(rows, responders))
        validate(found[table], table)


def test_parts_are_full_whatever_the_partitions(
    market: tuple[pd.DataFrame, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive_module, "PART_ROWS", 100)
    monkeypatch.setattr(derive_module, "BLOCK_ROWS", 500)
    folder = market[1]
    parts = manifest(folder).tables["utterances"]["files"]
    (tmp_path / "one").mkdir()
    (tmp_path / "four").mkdir()
    one = [rows for _, _, rows in derive_cases(folder, parts, tmp_path / "one", n_partitions=1)]
    four = [rows for _, _, rows in derive_cases(folder, parts, tmp_path / "four", n_partitions=4)]
    sizes = [len(rows) for rows in one]
    assert max(sizes) == 100
    assert sorted(sizes)[1:].count(100) >= len(sizes) - 3
    assert [rows.to_pydict() for rows in one] == [rows.to_pydict() for rows in four]


def test_nothing_prepared_gives_nothing(tmp_path: Path) -> None:
    assert list(derive_cases(tmp_path, [], tmp_path)) == []


def test_a_time_without_its_precision_is_named() -> None:
    rows = simulate(seed=3, scale=0.02, text=False).utterances.astype({"date_precision": "string"})
    rows.loc[4, "date_precision"] = "hour"
    with pytest.raises(TableError, match="row 4: value 'hour' is none that the contract has"):
        cases(rows)


def test_a_circle_of_answers_has_no_top() -> None:
    rows = simulate(seed=3, scale=0.02, text=False).utterances.head(4).assign(conversation_id="t", kind="reply")
    rows["speaker_role"] = ["customer", "firm", "firm", "firm"]
    rows["reply_to"] = [None, *rows["utterance_id"].tolist()[2:], rows["utterance_id"].iloc[1]]
    rows.loc[0, "kind"] = "question"
    assert cases(rows)["n_turns"].tolist() == [4]


@given(st.lists(st.text(max_size=6), max_size=20), st.integers(1, 300))
def test_an_id_has_one_partition(ids: list[str], n: int) -> None:
    found = partition_of(pa.chunked_array([ids], pa.string()), n)
    alone = [partition_of(pa.chunked_array([[one]], pa.string()), n)[0] for one in ids]
    assert found.tolist() == alone
    assert all(0 <= one < n for one in alone)


def test_prepared_cases_are_loaded(market: tuple[pd.DataFrame, Path]) -> None:
    rows, folder = market
    with Publisher(folder) as publisher:
        for table in ("utterances",):
            publisher.parts[table] = list(manifest(folder).tables[table]["files"])
        (folder / "scratch").mkdir()
        for table, source, made in derive_cases(folder, publisher.parts["utterances"], folder / "scratch"):
            publisher.add(table, source, made)
        publisher.publish(Manifest(publisher.tables(True), synthetic=True))
    loaded = scsr.cases(data=folder)
    pd.testing.assert_frame_equal(loaded, scsr.cases(rows))
    assert list(loaded) == list(TABLES["cases"].names)
    everybody = scsr.cases(responders=ROLES, data=folder)
    pd.testing.assert_frame_equal(everybody, scsr.cases(rows, ROLES))
    peers = ("other", "customer")
    pd.testing.assert_frame_equal(scsr.cases(responders=peers, data=folder), scsr.cases(rows, peers))


def test_tables_of_before_say_so_and_cases_are_derived(market: tuple[pd.DataFrame, Path], tmp_path: Path) -> None:
    rows, _ = market
    folder = tmp_path / "old"
    made = published(rows, folder, 1000)
    tables = {name: described for name, described in made.tables.items() if name not in DERIVED}
    (folder / MANIFEST).write_text(Manifest(tables, synthetic=True).to_json(), encoding="utf-8")
    with pytest.raises(ScsrError, match="run `scsr prepare` again"):
        scsr.load("cases", data=folder)
    with pytest.raises(ScsrError, match="run `scsr prepare` again"):
        list(scsr.scan("threads", data=folder))
    pd.testing.assert_frame_equal(scsr.cases(data=folder), cases(rows))
