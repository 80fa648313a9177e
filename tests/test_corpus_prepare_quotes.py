"""Quoted words are found, and words of nobody's own are not taken for quotations."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from scsr.corpus.prepare import parts, prepare, run
from scsr.corpus.store import load

KEY = b"a key of the tests, long enough"
STATED = (
    '[[source]]\nname = "log"\npath = "log.csv"\nreader = "table"\nlicence = "MIT"\nsynthetic = false\n'
    'language = "sv"\n[source.columns]\nutterance_id = "id"\nspeaker_id = "who"\n'
)
HEAD = "id,conversation_id,who,speaker_role,published_at,text"
WORDS = re.findall(
    r"\w+",
    "faktura telefon butik paket kvitto avtal pengar besked vecka kund svar kö röst mejl skärm väska tåg resa nyckel "
    "dörr lampa router signal konto kort bank ränta villkor bilaga adress namn dag kväll morgon lördag sommar vinter "
    "bil cykel skor jacka bröd kaffe glas stol bord hylla låda rum hus gata stad skog sjö båt hamn flyg plats",
)


def write(raw: Path, rows: list[tuple[object, ...]]) -> Path:
    raw.mkdir(parents=True, exist_ok=True)
    lines = [",".join('"' + str(value).replace('"', '""') + '"' for value in row) for row in rows]
    (raw / "log.csv").write_text("\n".join([HEAD, *lines]) + "\n", "utf-8")
    (raw / "sources.toml").write_text(STATED, "utf-8")
    return raw


def listed(out: Path, numbers: dict[str, str]) -> set[tuple[str, str, str]]:
    found = load("duplicates", data=out)
    return {
        (numbers[later], numbers[first], how)
        for later, first, how in found[["utterance_id", "duplicate_of", "how"]].itertuples(index=False, name=None)
    }


def prepared(tmp_path: Path, rows: list[tuple[object, ...]], workers: int = 1) -> set[tuple[str, str, str]]:
    """Prepare some rows; say which one is listed as whose duplicate, by the numbers of the raw data."""
    out = tmp_path / f"out{workers}"
    prepare(write(tmp_path / "raw", rows), out, key=KEY, workers=workers)
    places = load("provenance", data=out).set_index("utterance_id")["locator"]
    return listed(out, {key: str(rows[int(place.split()[1]) - 1][0]) for key, place in places.items()})


ASKED = "Jag har väntat i tre veckor på svar om min faktura. Hur länge till ska det dröja innan någon hör av sig?"
OWN = "Det är samma sak hos mig, och jag tänker byta bolag till hösten om inget händer snart. Vem är med?"


@pytest.mark.parametrize(
    "quoting",
    [
        f"> {ASKED}\n{OWN}",
        "> Jag har väntat i tre veckor på svar\n> om min faktura. Hur länge till ska det\n> dröja innan någon "
        f"hör av sig?\n\n{OWN}",
        f"Kalle skrev:\n{ASKED}\n\n{OWN}",
        f"RT @kalle: {ASKED}",
        f"RT @kalle: {ASKED[:40]}…",
        f"{OWN} Du skrev ”Jag har väntat i tre veckor på svar om min faktura.” Så är det.",
        f"@kalle JAG HAR VÄNTAT i tre veckor, på svar om min faktura! {OWN}",
    ],
)
def test_an_answer_that_quotes_the_question(tmp_path: Path, quoting: str) -> None:
    rows = [("a", "k", "kalle", "customer", "2012-09-11T08:00Z", ASKED),
            ("b", "k", "bo", "customer", "2012-09-11T09:00Z", quoting)]  # fmt: skip
    assert prepared(tmp_path, rows) in ({("b", "a", "quoted")}, {("b", "a", "near")})


def test_the_earlier_is_the_one_published_first(tmp_path: Path) -> None:
    reshared = f"Läste det här i dag: {OWN} Vad säger ni? {ASKED}"
    rows: list[tuple[object, ...]] = [
        ("late", "k", "bo", "customer", "2012-09-12", reshared), ("first", "l", "kalle", "customer", "2012-09-11", ASKED)
    ]  # fmt: skip
    assert prepared(tmp_path, rows) == {("late", "first", "quoted")}
    rows = [(*row[:4], "", row[5]) for row in rows]
    assert prepared(tmp_path, rows) == {("first", "late", "quoted")}


def test_a_pair_is_listed_once(tmp_path: Path) -> None:
    rows = [(k, k, k, "customer", f"2012-09-1{n}", text) for n, (k, text) in enumerate(
        [("a", ASKED), ("b", ASKED), ("c", ASKED + " Tack"), ("d", f"{OWN} {ASKED}")]
    )]  # fmt: skip
    assert prepared(tmp_path, rows) == {
        ("b", "a", "exact"), ("c", "a", "near"), ("d", "a", "quoted"),
    }  # fmt: skip


FORMULA = "Tack för din feedback! Vi hör av oss inom 24 timmar."


def test_formulas_are_no_quotations_unless_they_are_marked(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    rows: list[tuple[object, ...]] = [
        (f"f{i}", f"k{i}", f"agent{i % 3}", "firm", "", f"{' '.join(rng.choice(WORDS, 9))}.\n\n{FORMULA}") for i in range(9)
    ]  # fmt: skip
    rows += [
        (
            f"c{i}",
            f"l{i}",
            f"kund{i}",
            "customer",
            "",
            f"Jag tänker aldrig handla i er butik en gång till. {' '.join(rng.choice(WORDS, 9))}",
        )
        for i in range(9)
    ]
    rows += [("q", "k4", "bo", "customer", "", f"> {FORMULA}\nDet var för tre dagar sedan, och ingen har hört av sig.")]
    assert prepared(tmp_path, rows) == {("q", "f4", "quoted")}


def planted(rng: np.random.Generator) -> tuple[list[tuple[object, ...]], dict[str, set[tuple[str, str]]], set[str]]:
    """Texts of which it is known who repeats whom, and how."""

    def sentence(n: int) -> str:
        return " ".join(rng.choice(WORDS, n)).capitalize() + "."

    def edited(text: str, share: float) -> str:
        words = text.split()
        for at in rng.choice(len(words), max(1, round(share * len(words))), replace=False):
            words[at] = str(rng.choice(WORDS))
        return " ".join(words)

    originals = {f"o{i}": " ".join(sentence(int(rng.integers(8, 16))) for _ in range(4)) for i in range(300)}
    rows: list[tuple[object, ...]] = [(key, key, f"w{key}", "customer", "", text) for key, text in originals.items()]
    truth: dict[str, set[tuple[str, str]]] = {"exact": set(), "light": set(), "heavy": set(), "quoted": set()}
    common = [sentence(9) for _ in range(6)]
    innocent = set()
    for k, (key, text) in enumerate(originals.items()):
        own = " ".join(sentence(int(rng.integers(5, 14))) for _ in range(3))
        body = {
            0: ("exact", text), 1: ("light", edited(text, 0.04)), 2: ("heavy", edited(text, 0.25)),
            3: ("quoted", f"{own} {text.split('. ')[1]}. {own[:30]}"), 4: ("quoted", f"> {text}\n\n{own}"),
            5: ("innocent", f"{own} {common[k % 6]}"),
        }[k % 6]  # fmt: skip
        if body[0] == "innocent":
            innocent.add(f"r{k}")
        else:
            truth[body[0]].add((f"r{k}", key))
        rows.append((f"r{k}", f"r{k}", f"w{k}", "customer", "", body[1]))
    return rows, truth, innocent


@pytest.mark.slow
def test_what_was_planted_is_found_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, truth, innocent = planted(np.random.default_rng(20120911))
    monkeypatch.setattr(run, "CHUNK_RECORDS", 64)
    monkeypatch.setattr(parts, "PART_ROWS", 100)
    found = prepared(tmp_path, rows)
    assert found == prepared(tmp_path, rows, workers=2)
    pairs = {(later, first): how for later, first, how in found}
    assert len(pairs) == len(found)
    everything = set().union(*truth.values())

    def recall(kind: str, *hows: str) -> float:
        return sum(pairs.get(pair) in hows for pair in truth[kind]) / len(truth[kind])

    print({kind: recall(kind, "exact", "near", "quoted") for kind in truth}, len(set(pairs) - everything), len(pairs))
    assert recall("exact", "exact") == 1
    assert recall("light", "near", "quoted") >= 0.98  # more edits than near duplicates may have leave whole sentences
    assert recall("quoted", "quoted") >= 0.98
    assert recall("heavy", "near") == 0  # a text with a quarter of its words changed is another text
    assert len(set(pairs) & everything) / len(pairs) >= 0.98
    assert not {later for later, _ in pairs} & innocent
