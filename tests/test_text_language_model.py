from __future__ import annotations

import errno

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from scsr.text.language import model as tables

TEXTS = [
    "Jag har väntat i tre veckor på ett svar från er, men det kommer ingenting.",
    "ÉG HEF BEÐIÐ Í ÞRJÁR VIKUR",
    "Мы ждали ответа три недели",
    "Čekamo odgovor već tri nedelje",
    "返事を三週間待っています",
    "e\u0301te\u0301",
    "x",
]


@pytest.fixture(scope="module")
def library() -> LanguageIdentifier:
    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    assert "ga" in made.labels  # ours is our own: that of others is not restricted
    made.set_languages(list(tables.LANGUAGES))
    return made


@pytest.fixture(scope="module")
def whole() -> tables.Model:
    return tables.from_library()


@pytest.fixture
def anew(monkeypatch, tmp_path, whole):
    """Begin with no tables, in an empty folder."""
    monkeypatch.setattr(tables, "folder", lambda: tmp_path)
    monkeypatch.setattr(tables, "from_library", lambda: whole)
    tables.unpacked.cache_clear()
    yield tmp_path
    tables.unpacked.cache_clear()


def ranks(texts: list[str]) -> list[list[tuple[str, float]]]:
    """Say what the library's ``rank`` says."""
    classes = tables.model().classes.tolist()
    rows = [dict(reversed([*zip(classes, row, strict=True)])) for row in tables.shares(texts).tolist()]
    order = list(dict.fromkeys(classes))
    return [sorted(((name, row[name]) for name in order), key=lambda one: -one[1]) for row in rows]


def same(texts: list[str], library: LanguageIdentifier) -> bool:
    """Whether both say the same to the last bit."""
    return ranks(texts) == [library.rank(text) for text in texts]


def test_the_library_says_the_same(library):
    assert same(TEXTS, library)
    assert same([" ".join(TEXTS * 8)], library)


@given(st.lists(st.one_of(st.text(max_size=40), st.sampled_from(TEXTS)), min_size=1, max_size=6))
@settings(deadline=None, max_examples=80)
def test_the_library_says_the_same_of_any_texts(library, texts):
    assert same(texts, library)


@pytest.mark.real_data
def test_the_library_says_the_same_of_real_texts(real_data, library):
    for name in ("no_nynorsk", "is_modern"):
        lines = (real_data / "ud" / f"{name}-ud-dev.conllu").read_text("utf-8").splitlines()
        assert same([line[9:] for line in lines if line.startswith("# text = ")][:200], library)


def test_a_text_without_features_is_in_any_language_alike():
    found = tables.shares(["", "\x01", ""])
    assert np.allclose(found.sum(axis=1), 1)
    assert len(np.unique(found.round(4))) <= 3  # the second class of a language has nothing, the first has both


def test_tables_are_unpacked_once_and_then_mapped(anew, monkeypatch):
    first = tables.shares(TEXTS)
    tables.unpacked.cache_clear()
    monkeypatch.setattr(tables, "from_library", lambda: pytest.fail("unpacked again"))
    assert (tables.shares(TEXTS) == first).all()
    assert sorted(path.stem for path in anew.iterdir()) == sorted(tables.Model._fields)


def test_damaged_tables_are_made_anew(anew):
    first = tables.shares(TEXTS)
    (anew / "weights.npy").write_bytes(b"")
    (anew / "moves.npy").write_bytes((anew / "moves.npy").read_bytes()[:1000])
    tables.unpacked.cache_clear()
    assert (tables.shares(TEXTS) == first).all()


def test_a_full_disk_costs_time_only(anew, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert tables.shares(TEXTS).shape == (len(TEXTS), len(tables.model().classes))
    assert not list(anew.iterdir())


def test_without_a_cache_the_tables_are_in_memory(monkeypatch, tmp_path, whole):
    import platformdirs

    (tmp_path / "file").write_text("")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "file")
    monkeypatch.setattr(tables, "from_library", lambda: whole)
    tables.unpacked.cache_clear()
    assert tables.folder() is None
    assert tables.shares(["takk fyrir"]).argmax() == tables.model().classes.tolist().index("is")
    tables.unpacked.cache_clear()


def test_the_folder_is_that_of_this_model(monkeypatch, tmp_path):
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path)
    here = tables.folder()
    assert here is not None
    monkeypatch.setattr(tables, "LANGUAGES", ("sv", "no"))
    assert tables.folder() != here
