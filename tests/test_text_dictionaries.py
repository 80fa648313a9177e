"""The dictionaries of simplemma: same answers from disk as from memory, for however many processes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import simplemma

from scsr.text import dictionaries

WORDS = [
    "kundene", "kundtjänsten", "svarade", "bestilte", "ventetida", "reikninginn", "pöntunina", "København", "xyzzy",
    "abonnementsvilkårene", "É", "þjónustan", "hus", "12", "å",
]  # fmt: skip


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = (dictionaries.folder, dictionaries.factory, dictionaries.lemmatizer, dictionaries.look_up)
    for function in made:
        function.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for function in made:
        function.cache_clear()


@pytest.mark.parametrize("lang", ["sv", "nb", "nn", "is"])
def test_answers_are_those_of_the_dictionary_in_memory(lang):
    assert [dictionaries.lemmatizer().lemmatize(word, lang) for word in WORDS] == [
        simplemma.lemmatize(word, lang) for word in WORDS
    ]
    assert [dictionaries.known(word, lang) for word in WORDS] == [simplemma.is_known(word, lang) for word in WORDS]


def test_a_cache_that_cannot_be_written_is_done_without(elsewhere):
    (elsewhere / "scsr").write_text("a file where the folder would be")
    assert dictionaries.folder() is None
    assert dictionaries.lemmatizer().lemmatize("spurningar", "is") == "spurning"


def test_a_broken_file_is_made_again(elsewhere):
    home = dictionaries.folder()
    assert home is not None
    assert home.is_relative_to(elsewhere)
    (home / "is.dic").write_bytes(b"cut off")
    assert dictionaries.lemmatizer().lemmatize("spurningar", "is") == "spurning"
    assert (home / "is.dic").stat().st_size > 100_000


@pytest.mark.slow
def test_processes_that_start_together_leave_one_whole_file(elsewhere):
    program = "from scsr.text.dictionaries import lemmatizer; print(lemmatizer().lemmatize('spurningar', 'is'))"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=120)[0].strip() for process in started] == ["spurning"] * 3
    assert [path.name for path in Path(elsewhere).rglob("*.dic")] == ["is.dic"]


@pytest.mark.parametrize("codes", [("sv",), ("nb",), ("nn", "nb"), ("is",), ("en",)])
def test_the_shorter_way_gives_the_lemmatizers_answer(codes):
    words = [*WORDS, "it's", "don’t", "Ola's", "½", "kunda", "vaskemaskinene", "vaskemaskina", "Å", "OBS", "ʼn"]
    for word in words:
        assert dictionaries.simple_lemma(word, codes) == dictionaries.lemmatizer().lemmatize(word, codes).lower()
        assert dictionaries.listed(word, codes[0]) == dictionaries.look_up().get_lemma(word, codes[0])
