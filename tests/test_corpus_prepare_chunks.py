"""Chunks travel packed, and come out as they went in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scsr.corpus.prepare.chunks import Setup, chunks, pack, unpack
from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.sampled_from(["text", "title", "speaker_id", "file", "="])
records = st.builds(
    RawRecord, words, words, st.dictionaries(names, words, max_size=4), st.none() | words, st.none() | st.booleans(),
    st.lists(words, max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(records | st.builds(Reject, words, words, words, words), min_size=1, max_size=9).map(tuple))
def test_what_is_packed_comes_out_the_same(made: tuple[RawRecord | Reject, ...]) -> None:
    if all(one.markup is None for one in made if isinstance(one, RawRecord)):
        made = tuple(RawRecord(o.file, o.locator, o.values, None, None, o.names) if isinstance(o, RawRecord) else o
                     for o in made)  # fmt: skip
    assert unpack(pack(made)) == made
    assert pack(made) == pack(made)


def test_half_a_character_becomes_a_mark() -> None:
    (out,) = unpack(pack((RawRecord("a", "row 1", {"text": "x\ud800y"}),)))
    assert isinstance(out, RawRecord)
    assert out.values == {"text": "x\ufffdy"}


def test_chunks_hold_every_record_once_and_in_order() -> None:
    made = [RawRecord("a", f"row {i}", {"text": str(i)}) for i in range(25)]
    cut = list(chunks(Setup(0, Source("a", "*", "table"), b"k" * 16), iter(made), 10))
    assert [len(chunk.records) for chunk in cut] == [10, 10, 5]
    assert [record for chunk in cut for record in chunk.records] == made
