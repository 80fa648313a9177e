from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scsr.errors import ScsrError
from scsr.reports import display, languages
from scsr.reports.languages import LANGUAGES, Duration, Foreign, Message, Share, say

OTHERS = LANGUAGES[1:]
SAME = {"both", "language", "named", "language-share", "reason-quoted", "said", "said-unit"}


def variables(pattern: Any) -> set[str]:
    """Names of what goes into a sentence, wherever in it."""
    return set(re.findall(r"\$([\w-]+)", serialized(pattern)))


def serialized(pattern: Any) -> str:
    from fluent.syntax import ast
    from fluent.syntax.serializer import FluentSerializer

    return FluentSerializer().serialize_entry(ast.Message(ast.Identifier("x"), pattern))


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_said_in_every_language(language: str) -> None:
    english, own = languages.sentences("en"), languages.sentences(language)
    assert list(own) == list(english)
    for name, pattern in own.items():
        assert variables(pattern) <= variables(english[name]) | {"in-language", "amount"}, name
        lost = variables(english[name]) - variables(pattern) - {"amount", "in-language", "language", "conditional"}
        assert not lost, f"{name}: says nothing of {lost}"
        if name not in SAME:
            assert serialized(pattern) != serialized(english[name]), f"{name} is not translated"


def test_numbers_are_written_as_each_language_does() -> None:
    written = {one: (languages.decimal(1234.5, one), languages.percent(0.1234, one)) for one in LANGUAGES}
    assert written == {
        "en": ("1,234", "12.3%"), "sv": ("1\xa0234", "12,3\xa0%"), "nb": ("1\xa0234", "12,3\xa0%"),
        "nn": ("1\xa0234", "12,3\xa0%"), "is": ("1.234", "12,3%"),
    }  # fmt: skip
    assert languages.decimal(float("-inf"), "sv") == "−∞"
    assert languages.decimal(-0.031, "nb") == "−0,031"
    assert languages.decimal(float("nan")) == languages.decimal(None) == languages.percent(None) == "–"
    assert languages.percent(float("inf"), "sv") == "∞"
    assert languages.decimal(0.00002, "sv") == "2 × 10⁻⁵"


@given(st.floats(-1e7, 1e7))
def test_english_numbers_are_those_of_the_tables(value: float) -> None:
    assert languages.decimal(value) == display.number(value) or value == 0


@given(st.floats(-2, 2))
def test_english_shares_are_those_of_the_tables(share: float) -> None:
    assert languages.percent(share) == display.percent(share)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.2, ("12 minutes", "12 minuter", "12 minutter", "12 minutt", "12 mín.")),
        (1, ("1 hour", "1 timme", "1 time", "1 time", "1 klst.")),
        (12.5, ("12.5 hours", "12,5 timmar", "12,5 timer", "12,5 timar", "12,5 klst.")),
        (96, ("4 days", "4 dygn", "4 døgn", "4 døgn", "4 sólarhringa")),
        (float("inf"), ("∞ hours", "∞ timmar", "∞ timer", "∞ timar", "∞ klst.")),
    ],
)
def test_time_is_said_in_the_unit_that_reads_best(hours: float, said: tuple[str, ...]) -> None:
    message = Message("wom_spread-unknown", {"reason": Message("reason-quoted", {"reason": Duration(hours)})})
    for language, words in zip(LANGUAGES, said, strict=True):
        assert words in say(message, language)


def test_plurals_follow_the_language() -> None:
    def rests(n: int, language: str) -> str:
        return say(Message("complaint_rates-rests-firms", {"firms": n}), language)

    assert [rests(1, "en"), rests(21, "en")] == ["1 firm.", "21 firms."]
    unread = [say(Message("corpus-unread", {"n": n}), "is") for n in (1, 11, 21)]
    assert ["færslu " in one for one in unread] == [True, False, True]


def test_words_of_another_language_are_marked_and_of_ones_own_are_not() -> None:
    message = Message("reason-quoted", {"reason": Foreign("faktura", "sv")})
    assert languages.pieces(say(message, "sv")) == ["”faktura”"]
    assert languages.pieces(say(message, "en")) == [{"lang": "sv", "text": "faktura"}]
    assert languages.plain(say(message, "is")) == "„faktura“"
    assert languages.pieces("") == [""]


@given(st.text(max_size=40))
def test_words_cannot_forge_a_mark(text: str) -> None:
    for language in ("en", "sv"):
        told = languages.pieces(say(Message("reason-quoted", {"reason": Foreign(text + "\ue002", "fo")}), language))
        assert sum(isinstance(one, dict) for one in told) == 1


def test_a_share_and_a_list_are_said_in_their_place() -> None:
    parts = [Message("language-share", {"language": "a", "share": Share(0.5)}), "b", None]
    said = say(Message("corpus-size", {"utterances": 1, "sources": 2, "languages": parts}))
    assert said == "The corpus holds 1 utterance from 2 sources, in a (50%), b and –."


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(ScsrError, match="no message 'nothing'"):
        say(Message("nothing"), "nb")
    with pytest.raises(ScsrError, match="'corpus-unread'"):
        say(Message("corpus-unread"), "sv")
    with pytest.raises(ScsrError, match="no messages in 'fi'"):
        say(Message("language"), "fi")


def test_a_catalogue_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "written", lambda language: "good = yes\nbad\n")
    languages.sentences.cache_clear()
    try:
        with pytest.raises(ScsrError, match=r"messages/en\.ftl: cannot read 'bad'"):
            languages.names()
    finally:
        languages.sentences.cache_clear()


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("no exposure in contacts was given (units given: customers)",
         "det finns ingen uppgift om antalet i enheten contacts (enheter som finns: customers)"),
        ("only 20% were answered within the observation of at most 1,500 h",
         "bara 20\xa0% besvarades under observationen på högst 1\xa0500 timmar"),
        ("these data hold no outcome 'churn'", "dessa data innehåller inget utfall ”churn”"),
        ("only 3 of the linked cases were followed by churn; at least 10 are needed",
         "bara 3 av de kopplade ärendena följdes av utfallet ”churn”; minst 10 behövs"),
    ],
)  # fmt: skip
def test_a_reason_is_known_again(english: str, swedish: str) -> None:
    assert say(languages.reason(english)) == english.replace(",", ",")
    assert say(languages.reason(english), "sv") == swedish


def test_an_unknown_reason_is_quoted_as_english() -> None:
    told = languages.pieces(say(languages.reason("the moon was full"), "nn"))
    assert told == ["«", {"lang": "en", "text": "the moon was full"}, "»"]


def test_of_several_reasons_each_is_known_again() -> None:
    why = languages.reason("there are no cases; 3 cases left out: no date; no opening was answered")
    assert say(why) == "there are no cases; 3 cases left out: no date; no opening was answered"
    assert languages.plain(say(why, "sv")) == (
        "det finns inga ärenden; ”3 cases left out: no date”; inget ärende besvarades"
    )


def test_an_abbreviation_ends_its_sentence() -> None:
    kept = Message("response_loyalty-kept", {"kept": Share(0.5), "conditional": "no", "promise": Duration(24.0)})
    assert say(kept, "is").endswith("24 klst.")
