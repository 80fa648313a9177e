"""Texts read once: terms are found as by going through each text word by word."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from scsr.analysis.labels.reading import read_texts
from scsr.analysis.labels.watch import pattern_of
from scsr.text import tokens

WORD = st.sampled_from(
    ["fakturan", "Fakturor", "faktura", "svar", "svarar", "ingen", "inga", "klagar", "klagomål", ",", "är"]
)
TERM = st.sampled_from(["faktura", "ingen svarar", "klag*", "ingen klag* svar", "svar*", "är", "bank"])


def former(texts: list[str], term: str) -> list[int]:
    """Go through each text, as it was done before."""
    pattern = pattern_of(term, "sv")
    found = []
    for row, text in enumerate(texts):
        forms = [word.lower() for word in tokens.words(text)]
        lemmas = [tokens.lemma(word, "sv") for word in forms]

        def fits(at: int, part: tuple[str, str], forms: list[str] = forms, lemmas: list[str] = lemmas) -> bool:
            form, lemma = part
            return forms[at].startswith(form) if lemma == "*" else forms[at] == form or lemmas[at] == lemma

        starts = range(len(forms) - len(pattern) + 1)
        if any(all(fits(at + step, part) for step, part in enumerate(pattern)) for at in starts):
            found.append(row)
    return found


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(WORD, max_size=6).map(" ".join), max_size=6), TERM)
def test_as_text_by_text(texts, term):
    said = pd.DataFrame({"text": pd.Series(texts, dtype="string"), "language": "sv"})
    assert read_texts(said, ["sv"])["sv"].rows_with(pattern_of(term, "sv")).tolist() == former(texts, term)


def test_other_languages_and_missing_texts_hold_nothing():
    said = pd.DataFrame({"text": ["Fakturan", None, "Faktura"], "language": ["sv", "sv", "nb"]})
    read = read_texts(said, ["sv", "nb", "is"])
    assert {lang: one.rows_with([("faktura", "faktura")]).tolist() for lang, one in read.items()} == {
        "sv": [0], "nb": [2], "is": [],
    }  # fmt: skip
