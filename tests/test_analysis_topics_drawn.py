"""Which documents are drawn: so many of each language, the same ones again, and said so."""

from __future__ import annotations

import pyarrow as pa
import pytest

from scsr.analysis.estimates import Estimate
from scsr.analysis.topics import Drawn, draw_documents
from scsr.errors import EstimationError


def batches(n: int, start: int = 0) -> list[pa.RecordBatch]:
    ids = [f"u{i}" for i in range(start, start + n)]
    table = pa.table({"utterance_id": ids, "language": ["sv" if i % 4 else "nb" for i in range(n)]})
    return table.to_batches(max_chunksize=7)


def test_large_languages_are_drawn_from_and_small_ones_kept():
    drawn = draw_documents(batches(100), 30)
    assert drawn.sizes == {"sv": (30, 75)}
    assert len(drawn.where["utterance_id"]) == 30 + 25
    assert set(drawn.utterance_ids) >= {f"u{i}" for i in range(0, 100, 4)}


def test_a_larger_draw_holds_the_smaller_and_another_seed_draws_others():
    few, more = (set(draw_documents(batches(100), n).utterance_ids) for n in (10, 20))
    assert few < more
    assert set(draw_documents(batches(100), 10, seed=2).utterance_ids) != few


def test_nothing_is_drawn_where_all_fit():
    assert draw_documents(batches(40), 30).where == {}
    assert draw_documents([], 30) == Drawn()
    with pytest.raises(EstimationError, match="n_documents is 0"):
        draw_documents(batches(4), 0)


def test_estimates_say_how_the_documents_were_drawn():
    one = Estimate("topic_share", "share", "share", 0.5, 0.4, 0.6, 30, "Wilson", {}, ("documents are independent",))
    drawn = draw_documents(batches(100), 10)
    assert drawn.stated([one], "sv")[0].assumptions[-1] == "10 documents, drawn at random, stand for all of 75"
    assert drawn.stated([one])[0].assumptions[-1] == "20 documents, drawn at random, stand for all of 100"
    assert drawn.stated([one], "is") == (one,)
