"""What words hint at: a mask that is left out because of it would have found nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scsr.text import privacy as room
from scsr.text.patterns import EMAIL, HANDLE, HASHTAG, URL
from scsr.text.privacy import Pseudonymiser, identifiers, online, places
from scsr.text.privacy.hints import BRACKETED_AT, CUES, SIGNATURE, UPPER, hints, starts
from scsr.text.privacy.signatures import PLACED
from scsr.text.resources import phrases, privacy

MASK = Pseudonymiser(b"secret", keep=["Fjelltel"])


class Everything(dict[str, set[str]]):
    """Hints that rule nothing out: any kind of thing may begin at any place."""

    def __contains__(self, kind: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(PLACED)

    def get(self, kind: str, default: object = None) -> set[str]:  # type: ignore[override]
        return {""}


@pytest.fixture(scope="module")
def thorough():
    """Masking without looking for hints first."""

    def mask(text: str, lang: str | None) -> tuple[str, dict[str, int]]:
        kept = room.hints
        room.hints = lambda _: Everything()
        try:
            return MASK.mask(text, lang)
        finally:
            room.hints = kept

    return mask


WORDINGS = [
    phrase
    for listed in (
        *(phrases("signature", key) for key in SIGNATURE.values()),
        *(phrases("cues", key) for key in CUES),
        *(privacy()["signature"][key] for key in ("partings", "fields", "stated", "from", "and", "for_firm")),
    )
    for phrase in listed
]
PIECES = [
    "Anna", "Jon Bergström", "Þóra", "Kim", "E.", "Fjelltel", "vi", "det", "2", "Storgatan 12 B, 123 45 Lund", "Mai",
    "070-123 45 67", "912 34 567", "19121212-1212", "anna@example.com", "kari (at) example.com", "@anna", "@fjelltel",
    "facebook.com/anna.l", "u/anna_l", "8.8.8.8", "ABC 123", "anna snabel-a example punkt se", "<name:0123abcd>",
]  # fmt: skip
GAPS = [
    " ",
    "\n",
    ", ",
    ". ",
    "! ",
    ": ",
    "",
    " - ",
    " / ",
    "/",
    "-",
    "–",
    "—",
    "~",
    "_",
    "*",
    " (",
    ") ",
    "\t",
    "  ",
    "İ",
]

texts = st.lists(
    st.one_of(
        st.sampled_from(GAPS),
        st.sampled_from(PIECES),
        st.sampled_from(WORDINGS),
        st.sampled_from(WORDINGS).map(str.capitalize),
        st.text(max_size=3),
    ),
    max_size=16,
).map("".join)


@given(texts, st.sampled_from(["sv", "nb", "is", "other", None]))
@example("Hej Anna! Allt är löst.\nMvh Kundtjänst /Erik", "sv")
@example("_mvh_ Anna", "sv")
@example("jag bor på_ Storgatan 12 B", "sv")
@settings(deadline=None, max_examples=400)
def test_what_hints_leave_out_would_have_found_nothing(thorough, text, lang):
    assert MASK.mask(text, lang) == thorough(text, lang)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "lang"), [("twcs_slice.csv", "other"), ("sv_reviews.csv", "sv"), ("is_reviews.csv", "is")]
)
def test_nothing_in_real_text_is_left_out(real_data, thorough, name, lang):
    lines = (real_data / name).read_text("utf-8").splitlines()[:400]
    assert [MASK.mask(line, lang) for line in lines] == [thorough(line, lang) for line in lines]


def test_every_wording_is_found_where_it_starts():
    for key, kind in (("closings", "closing"), ("openings", "opening"), ("introductions", "introduction")):
        for phrase in phrases("signature", key):
            text = f"Ja. {phrase.capitalize()} Anna"
            assert 4 in starts(text, hints(text)[kind]), phrase


def test_text_without_hints_has_none():
    assert hints("") == {}
    assert hints("Fakturan var fel, och ingen svarade.") == {}


def test_places_are_found_though_a_letter_becomes_two_in_lower_case():
    assert "İ hej".find("hej") in starts("İ hej", {"hej"})


LOOKS = [
    (online.MAIL_AT.pattern + "|" + BRACKETED_AT.pattern, EMAIL.pattern),
    (online.AT_HOST.pattern, online.SPACED_AT.pattern),
    *((identifiers.SIX.pattern, pattern.pattern) for pattern, _ in identifiers.STEPS),
    (places.HOUSE_NUMBER.pattern, places.HOUSE_AFTER_NAME.pattern),
]
FORMER = [
    (HANDLE.pattern, r"(?<![\w@&=])(?<!\w[/.-])@\w{1,50}(?:@[\w-]+(?:\.[\w-]+)+)?"),
    (HASHTAG.pattern, r"(?<![\w&/#])#(?=\w*[^\W\d_])\w{1,100}"),
    (URL.pattern, URL.pattern.replace(r"(?=[a-z0-9-]++\.)", "")),
]
"""Quicker patterns beside what they were or stand for."""

signs = st.text(alphabet=st.sampled_from("aÅz19 @.#&=/-_([{)]}:w\n½KſÖ"), max_size=14)
crowded = st.lists(
    st.one_of(
        signs,
        st.sampled_from([*PIECES, "SE45 5000 0000 0583 9825 7466", "1234-56-78901", "www.", ".com", "å.no", "#rør"]),
    ),
    max_size=6,
).map("".join)


@pytest.mark.parametrize(("look", "pattern"), LOOKS, ids=lambda pattern: pattern[:12])
@given(text=crowded)
@settings(deadline=None, max_examples=150)
def test_what_is_looked_for_first_is_in_every_match(look, pattern, text):
    if re.search(pattern, text, re.IGNORECASE):
        assert re.search(look, text, re.IGNORECASE)


@pytest.mark.parametrize(("now", "former"), FORMER, ids=["handle", "hashtag", "address"])
@given(text=crowded)
@settings(deadline=None, max_examples=150)
def test_quicker_patterns_find_the_same(now, former, text):
    spans = [[found.span() for found in re.finditer(pattern, text, re.IGNORECASE)] for pattern in (now, former)]
    assert spans[0] == spans[1]


@given(st.text(alphabet=st.sampled_from("aÅ19 .\n"), max_size=14))
@settings(deadline=None)
def test_a_code_and_its_town_are_seen(text):
    former = re.search(rf"\d[ ]?\d\d?[ ]{UPPER}", text)
    assert (places.CODE_AND_TOWN.search(text) is None) == (former is None)
