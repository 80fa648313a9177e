"""Duplicates and quotations are those that comparing every text with every other would find, however they are split."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.corpus.prepare.drafts import Draft, write_draft
from scsr.corpus.prepare.matching import endings, exact, listed, match, near, quotations, quoted, sign_offs
from scsr.corpus.prepare.passages import CUT, LENGTHY, MARKED
from scsr.corpus.prepare.shingled import similarity
from scsr.corpus.prepare.signatures import sign
from scsr.corpus.store.folder import Folder

Row = dict[str, Any]
N_FOLDERS = itertools.count()


class Again:
    """A pool that loses its workers: each task is done twice, the last one first, by what can be sent."""

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        sent = [pickle.dumps((function, item)) for item in items]
        for one in reversed(sent):
            work, item = pickle.loads(one)
            work(item)
        done = []
        for one in sent:
            work, item = pickle.loads(one)
            done.append(work(item))
        yield from done


class Plain:
    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return map(function, items)


def drafts_of(folder: Folder, rows: Sequence[Row], sizes: Sequence[int]) -> list[Draft]:
    """Write rows as drafts of some sizes; the last takes the rest. Each source begins a draft."""
    made: list[Draft] = []
    at = 0
    cuts = iter([*sizes, len(rows)])
    while at < len(rows):
        here = list(itertools.islice(rows, at, at + next(cuts, len(rows))))
        _, first = next(itertools.groupby(here, key=lambda row: row["source"]))
        here = list(first)
        signed = sign([row["text"] for row in here])
        table = pa.table(
            {
                "utterance_id": pa.array([row["utterance_id"] for row in here], pa.string()),
                "conversation_id": pa.array([row.get("thread") for row in here], pa.string()),
                "speaker_id": pa.array([row.get("speaker") for row in here], pa.string()),
                "speaker_role": pa.array([row.get("role", "customer") for row in here], pa.string()),
                "published_at": pa.array([row.get("published") for row in here], pa.timestamp("us", "UTC")),
                "date_precision": pa.array(["none" if row.get("published") is None else "day" for row in here]),
                "source": pa.array([row["source"] for row in here], pa.string()),
                **dict(zip(signed.column_names, signed.columns, strict=True)),
            }
        )
        name = f"draft-{at:04}"
        write_draft(folder, name, table, {})
        made.append(Draft(name, int(here[0]["source"]), "utterances", len(here)))
        at += len(here)
    return made


def identity(number: int) -> str:
    return f"{number * 2654435761 % 2**64:016x}{number:016x}"


def rows_of(texts: Iterable[str], **more: Any) -> list[Row]:
    return [{"utterance_id": identity(at), "text": text, "source": "0", **more} for at, text in enumerate(texts)]


def matched(rows: Sequence[Row], sizes: Sequence[int] = (), group_rows: int | None = None) -> list[pa.Table]:
    """Find duplicates; where groups are small, in several shares, by a pool that loses its workers."""
    folder = Folder(f"memory://matching{next(N_FOLDERS)}")
    drafts = drafts_of(folder / "drafts", rows, sizes)
    pool = Again() if group_rows else Plain()
    with pytest.MonkeyPatch.context() as patch:
        for module in (exact, near, quoted) if group_rows else ():
            patch.setattr(module, "SHARE_ROWS", 9)
            patch.setattr(near, "BLOCK", 50)
        made = list(match(folder / "drafts", drafts, folder / "scratch", pool, group_rows))
    assert not (folder / "scratch").names()
    folder.clear()
    return made


def pairs_of(tables: Sequence[pa.Table]) -> list[tuple[int, int, str, int | None, int | None, int | None]]:
    names = ("later", "earlier", "how", "head", "whole", "alike")
    return [row for table in tables for row in zip(*(table[name].to_pylist() for name in names), strict=True)]


def compared(rows: Sequence[Row]) -> set[tuple[int, int, str]]:
    """Compare every text with every other, by loops."""
    signed = sign([row["text"] for row in rows]).to_pylist()
    found: dict[int, tuple[int, str]] = {}
    firsts: dict[str, int] = {}
    for at, row in enumerate(rows):
        first = firsts.setdefault(row["text"], at)
        if first != at:
            found[at] = first, "exact"
    buckets: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, one in enumerate(signed):
        for band in enumerate(one["_bands"] or () if at not in found else ()):
            buckets[band].append(at)
    for bucket in buckets.values():
        for k, at in enumerate(bucket):
            for earlier in {bucket[0], *bucket[max(0, k - near.BEFORE) : k]} if k else ():
                if similarity(rows[earlier]["text"], rows[at]["text"]) >= 0.8:
                    found[at] = min(found.get(at, (earlier, "near")), (earlier, "near"))
    alike = list(range(len(rows)))
    for at in sorted(found):
        alike[at] = alike[found[at][0]]
    quotes = quotes_by_loops(rows, signed, alike)
    return {(at, earlier, how) for at, (earlier, how) in found.items()} | quotes


def quotes_by_loops(rows: Sequence[Row], signed: list[Row], alike: list[int]) -> set[tuple[int, int, str]]:
    passages = [
        (at, head, whole, flags)
        for at, one in enumerate(signed)
        for head, whole, flags in zip(one["_heads"], one["_wholes"], one["_flags"], strict=True)
    ]
    made = set()
    by_key, by_head = defaultdict(list), defaultdict(list)
    for one in passages:
        by_key[one[1], one[2]].append(one)
        by_head[one[1]].append(one)
    for group in by_key.values():
        ordered = in_order(rows, group)
        for one in ordered:
            if one[0] != ordered[0][0]:
                of_thread = [other for other in ordered if thread(rows, other) == thread(rows, one)]
                first = of_thread[0] if of_thread[0][0] != one[0] else ordered[0]
                if not formula(rows, group, one, first) and alike[one[0]] != alike[first[0]]:
                    made.add((one[0], first[0], "quoted"))
    for group in by_head.values():
        whole = [one for one in in_order(rows, group) if not one[3] & CUT]
        for one in group if whole else ():
            older = in_order(rows, [one, whole[0]], group)[0] is whole[0]
            counts = not formula(rows, group, one, whole[0]) and alike[one[0]] != alike[whole[0][0]]
            if one[3] & CUT and one[0] != whole[0][0] and older and counts:
                made.add((one[0], whole[0][0], "quoted"))
    return made


Passage = tuple[int, int, int, int]


def in_order(rows: Sequence[Row], some: list[Passage], group: list[Passage] | None = None) -> list[Passage]:
    dated = all(rows[one[0]].get("published") is not None for one in group or some)
    return sorted(some, key=lambda one: (rows[one[0]]["published"] if dated else 0, one[0]))


def thread(rows: Sequence[Row], one: Passage) -> str:
    return str(rows[one[0]].get("thread") or rows[one[0]]["utterance_id"])


def formula(rows: Sequence[Row], group: list[Passage], one: Passage, first: Passage) -> bool:
    def speaker(member: Passage) -> str:
        return str(rows[member[0]].get("speaker") or "nameless")

    staff = [rows[member[0]].get("role") == "firm" for member in (one, first)]
    own = staff[1] or 2 * len({speaker(member) for member in group}) <= len(group) or not one[3] & LENGTHY
    answers = thread(rows, one) == thread(rows, first) and speaker(one) != speaker(first)
    return ((len(group) >= 5 and own and not answers) or all(staff)) and not one[3] & MARKED


SENTENCES = [
    "Vi har väntat i tre veckor på svar om vår faktura och ingen hör av sig.",
    "Tack för din feedback, vi hör av oss inom tjugofyra timmar på vardagar!",
    "Jeg har ventet i tre uker på svar fra dere om regningen min, og ingen har ringt tilbake, ikke engang da jeg sa det.",
    "Kort svar.",
    "Vi har väntat i tre veckor på svar om vår faktura …",
    "Það er búið að bíða í þrjár vikur eftir svari um reikninginn minn",
    "> Tack för din feedback, vi hör av oss inom tjugofyra timmar på vardagar!",
    "Kalle skrev: Vi har väntat i tre veckor på svar om vår faktura och ingen hör av sig.",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map("\n".join)
PEOPLE = st.sampled_from([None, identity(901), identity(902), identity(903)])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": TEXTS, "thread": PEOPLE, "speaker": PEOPLE, "role": st.sampled_from(["customer", "firm"]),
            "published": st.sampled_from([None, 5, 5, 7, 9, 11, 13]),
        }
    ),
    max_size=24,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(ROWS, st.lists(st.integers(1, 9), max_size=6), st.integers(1, 12))
def test_what_is_found_is_what_loops_find_however_it_is_split(
    rows: list[Row], sizes: list[int], group_rows: int
) -> None:
    rows = [row | {"utterance_id": identity(at), "source": "0"} for at, row in enumerate(rows)]
    tables = matched(rows, sizes, group_rows)
    found = pairs_of(tables)
    assert {row[:3] for row in found} == compared(rows)
    assert found == pairs_of(matched(rows))
    order = [(later, ["exact", "near", "quoted"].index(how), earlier, head) for later, earlier, how, head, *_ in found]
    assert order == sorted(order, key=lambda one: tuple(0 if value is None else value for value in one))
    assert len(set(found)) == len(found)
    assert all((how == "quoted") == (head is not None) == (whole is not None) for *_, how, head, whole, _ in found)
    for table in tables:
        assert table["utterance_id"].to_pylist() == [identity(at) for at in table["later"].to_pylist()]
        assert table["duplicate_of"].to_pylist() == [identity(at) for at in table["earlier"].to_pylist()]
        once = {(later, earlier, how) for later, earlier, how, *_ in pairs_of([table])}
        assert listed(table).num_rows == len(once)


def test_nothing_is_found_in_nothing() -> None:
    assert matched([]) == []
    assert matched(rows_of(["", "", "Nej"]), [1], 1) != []  # two empty texts are the same
    folder = Folder("memory://nothing")
    assert sign_offs(folder, [], folder / "scratch", Plain()) == {}


WORDS = [f"ord{i}" for i in range(40)]


def varied(rng: np.random.Generator, n: int) -> list[str]:
    """Six texts of thirty words, then others of which one word each has been changed, again and again."""
    texts = [" ".join(rng.choice(WORDS, 30)) for _ in range(6)]
    while len(texts) < n:
        words = texts[int(rng.integers(len(texts)))].split()
        words[int(rng.integers(len(words)))] = str(rng.choice(WORDS))
        texts.append(" ".join(words))
    return texts


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_near_duplicates_are_those_that_are(seed: int, group_rows: int) -> None:
    texts = varied(np.random.default_rng(seed), 16)
    rows = rows_of(texts)
    found = pairs_of(matched(rows, [4] * 4, group_rows))
    near_pairs = {later: earlier for later, earlier, how, *_ in found if how == "near"}
    exact_pairs = {later: earlier for later, earlier, how, *_ in found if how == "exact"}
    alike = {later: root for later, _, how, _, _, root in found if how != "quoted"}
    for later, earlier in exact_pairs.items():
        assert texts[earlier] == texts[later]
    for later, earlier in near_pairs.items():
        assert earlier < later
        assert similarity(texts[later], texts[earlier]) >= 0.8
    for later, root in alike.items():
        earlier = (near_pairs | exact_pairs)[later]
        assert root == alike.get(earlier, earlier)
    for at in range(len(texts)):  # whatever is clearly alike to an original is found
        if at not in alike:
            assert max((similarity(texts[at], texts[of]) for of in range(min(at, 6))), default=0) < 0.97


def test_boilerplate_costs_no_quadratic_time() -> None:
    texts = [f"Tack för ditt mejl vi svarar inom {i} dagar hälsningar kundtjänst" for i in range(3000)]
    assert len(pairs_of(matched(rows_of(texts)))) < 3000


def test_nearly_all_that_is_alike_is_found() -> None:
    rng = np.random.default_rng(5)
    texts = [" ".join(rng.choice(WORDS, 25)) for _ in range(300)]
    copies = [" ".join([*text.split()[:-1], "annat"]) for text in texts]  # 22 of 24 trigrams: a similarity of .92
    found = pairs_of(matched(rows_of(texts + copies)))
    assert {(later, earlier) for later, earlier, how, *_ in found if how == "near"} == {
        (300 + k, k) for k in range(300)
    }


ENDINGS = ["Skickat från min telefon", "Hälsningar Kundtjänst 3", "Mvh", "Tack"]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["customer", "firm"]), st.integers(0, 1)), max_size=60),
    st.integers(1, 30),
)
def test_sign_offs_are_counted_by_source_and_side(told: list[tuple[int, str, int]], group_rows: int) -> None:
    told = sorted(told, key=lambda one: one[2])
    rows = [
        {
            "utterance_id": identity(at),
            "text": f"Hej nummer {at}.\n{ENDINGS[which]}",
            "role": role,
            "source": str(source),
        }
        for at, (which, role, source) in enumerate(told)
    ]
    folder = Folder(f"memory://matching{next(N_FOLDERS)}")
    drafts = drafts_of(folder / "drafts", rows, [5, 1, 9, 30])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(endings, "SHARE_ROWS", 9)
        made = sign_offs(folder / "drafts", drafts, folder / "scratch", Again(), group_rows)
    counts = Counter((source, role, which) for which, role, source in told)
    sides = Counter((source, role) for _, role, source in told)
    expected = dict.fromkeys(sorted({source for _, _, source in told}), (0, 0))
    for (source, role, _), n in counts.items():
        if n >= 5 and n >= 0.05 * sides[source, role]:
            expected[source] = expected[source][0] + 1, expected[source][1] + n
    assert made == expected
    folder.clear()


def test_passages_of_one_head_are_not_lost_between_kinds() -> None:
    """Positions may exceed what four bytes hold."""
    rows = np.zeros(3, dtype=quotations.PASSAGE)
    rows["head"], rows["whole"], rows["at"] = 7, [10, 10, 11], [2**40, 2**41, 2**42]
    rows["speaker"], rows["thread"], rows["alike"] = [1, 2, 3], [1, 2, 3], rows["at"]
    rows["flags"] = [LENGTHY, LENGTHY, LENGTHY | CUT]
    found = quotations.quotations(rows)
    assert found["later"].tolist() == [2**41, 2**42]
    assert found["earlier"].tolist() == [2**40, 2**40]
