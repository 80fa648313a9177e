"""Every statement in an answer is computed: change the data, and the sentence changes."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace as Result

import pandas as pd
import pytest

from scsr import schema
from scsr.analysis.complaints.rates import Rates
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.reports import answers
from scsr.reports.display import words_text
from scsr.reports.languages import LANGUAGES


def one(
    name: str, estimate: float = 0.5, low: float = 0.4, high: float = 0.6, unit: str = "share", **by: str
) -> Estimate:
    return Estimate(name, name.replace("_", " "), unit, estimate, low, high, 100, "m", by)


def gone(name: str, reason: str, n: int = 0) -> Estimate:
    return not_estimable(name, name.replace("_", " "), "share", reason, n=n)


def corpus_answer(repeated: float = 0.1, n_rejects: int = 0) -> str:
    rows = schema.conform(pd.DataFrame({"source": ["a", "b"], "language": ["sv", "is"]}), "utterances")
    shares = [one("duplicate_share", repeated, 0.0, 1.0), one("dated_share"), one("language_sure_share")]
    return answers.corpus(rows, pd.Series({"sv": 3, "is": 1}), shares, [None] * n_rejects).text


def test_the_corpus_is_said_with_its_languages_and_rejects() -> None:
    said = corpus_answer()
    assert "2 utterances from 2 sources, in Swedish (75%) and Icelandic (25%)" in said
    assert "10% (95% interval 0% to 100%)" in said
    assert "Every raw record could be read" in said
    assert corpus_answer(0.2) != said
    assert "3 raw records could not be read and are listed" in corpus_answer(n_rejects=3)
    assert "1 raw record could not be read and is listed" in corpus_answer(n_rejects=1)


def test_an_empty_corpus_is_said_first() -> None:
    said = answers.corpus(schema.empty("utterances"), pd.Series(dtype=int), [], []).text
    assert said.startswith("There is nothing to report")


def language(name: str = "sv", back: float = 0.9, reason: str = "") -> Result:
    estimates = {
        "topic_recurrence": [
            one("topic_recurrence", back, 0.0, 1.0, topic="1"),
            one("topic_recurrence", 0.1, 0, 1, topic="2"),
        ],
        "topic_share": [one("topic_share", 0.7, 0.6, 0.8, topic="1"), one("topic_share", 0.3, 0.2, 0.4, topic="2")],
    }
    terms = pd.DataFrame({"topic": list("1112"), "term": ["faktura", "avgift", "ränta", "paket"]})
    model = None if reason else Result(n_topics=2)
    return Result(language=name, reason=reason, model=model, n_documents=1200, terms=terms, named=estimates.get)


def test_topics_are_said_with_how_many_come_back() -> None:
    said = answers.topics([language(), language("nn", reason="12 documents are too few")]).text
    assert "In Swedish, 1 of 2 topics come back" in said
    assert "(faktura, avgift, ränta) dominates 70% (95% interval 60% to 80%) of 1,200 documents" in said
    assert "Nynorsk: no topics, because 12 documents are too few." in said
    assert "0 of 2 topics" in answers.topics([language(back=0.2)]).text


def test_no_topics_are_said() -> None:
    assert "No topics can be told apart. Icelandic: no topics" in answers.topics([language("is", reason="few")]).text
    assert "no documents" in answers.topics([]).text


UNIT = "complaints per 1,000 customers and month"


def rates(*estimates: Estimate) -> Rates:
    return Rates(estimates)


def rated(top: float = 3.0) -> str:
    ranked = Result(
        estimates=(
            one("shrunken_rate", top, 0.1, 9, UNIT, company="Ekonet"),
            one("shrunken_rate", 1, 0.5, 2, UNIT, company="Havskogen"),
        )
    )
    funnel = Result(frame=pd.DataFrame({"outside": [0.95, 0.0]}))
    return answers.complaint_rates(rates(one("complaint_rate", 2, 1.5, 2.5, UNIT)), rates(), ranked, funnel).text


def test_the_rate_is_said_with_who_has_most_and_fewest() -> None:
    said = rated()
    assert "Customers made 2 complaints per 1,000 customers and month (95% interval 1.5 to 2.5)." in said
    assert "Ekonet has most, 3 (95% interval 0.1 to 9), and Havskogen fewest, 1" in said
    assert "1 firm of 2 lies further" in said
    assert rated(0.7).index("Havskogen has most") > 0


def test_without_exposure_shares_are_said_and_not_called_rates() -> None:
    none = rates(gone("complaint_rate", "no exposure in customers was given"))
    negative = one("negative_share")
    said = answers.complaint_rates(none, rates(gone("complaint_share", "x"), negative), None, None).text
    assert said.startswith("A complaint rate cannot be given, because no exposure in customers was given.")
    assert "valence that is negative: 50% (95% interval 40% to 60%)" in said
    nothing = answers.complaint_rates(
        none, rates(gone("complaint_share", "x"), gone("negative_share", "y")), None, None
    )
    assert nothing.text.startswith("How often customers complain cannot be said: no exposure")


def loyalty(
    ratio: Estimate | None = None,
    conditional: bool = False,
    share: Estimate | None = None,
    median: Estimate | None = None,
) -> str:
    times = Result(estimates=[median or one("first_response_median_h", 12, 11, 13, "h")], conditional=conditional)
    answered = Result(estimates=[share or one("answered_share")])
    kept = Result(estimates=[one("promise_kept_share", 0.3, 0.2, 0.4)])
    model = Result(estimates=[ratio] if ratio else [])
    return answers.response_loyalty(times, answered, kept, model, 24.0).text


def test_waiting_and_promise_are_said() -> None:
    said = loyalty()
    assert said.startswith(
        "Half of customers' openings have their first answer within 12 hours (95% interval 11 hours to 13 hours)."
    )
    assert "30% (95% interval 20% to 40%) of them have it within 24 hours." in said
    assert "cannot be said: no outcomes were given" in said


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((0.7, 0.5, 0.9), "left less often"), ((1.4, 1.1, 1.9), "left more often"), ((1.0, 0.8, 1.2), "neither clearly")],
)
def test_the_direction_follows_the_interval_and_is_called_an_association(
    numbers: tuple[float, float, float], words: str
) -> None:
    said = loyalty(one("loyalty_hazard_ratio", *numbers, "ratio"))
    assert words in said
    assert "This is an association" in said


def test_a_file_sampled_on_replies_says_so() -> None:
    said = loyalty(share=gone("answered_share", "the source was sampled on having a reply"), conditional=True)
    assert said.startswith("Half of the openings that were answered")
    assert "of those answered have it within 24 hours" in said
    assert "How many are answered at all cannot be said: the source was sampled" in said


def test_no_openings_and_no_median_are_said() -> None:
    assert loyalty(median=gone("first_response_median_h", "none")).startswith("There is no customer opening")
    late = gone("first_response_median_h", "only 20% were answered", n=50)
    assert "median time to the first answer cannot be given: only 20% were answered" in loyalty(median=late)


def spread(r: Estimate, ratio: Estimate | None = None) -> str:
    cascades = pd.DataFrame({"cascade_size": [1, 1, 40]})
    tail, valence = Result(estimates=[]), Result(estimates=[ratio] if ratio else [])
    return answers.wom_spread(cascades, [one("cascade_size_mean", 14, 1, 30, "shares")], [r], tail, valence).text


def test_spread_says_size_reproduction_and_valence() -> None:
    dies = one("reproduction_number", 0.6, 0.5, 0.7, "direct reshares per share")
    said = spread(dies, one("valence_size_ratio", 1.6, 1.2, 2.0, "ratio"))
    assert said.startswith(
        "3 cascades were seen; the largest has 40 shares and the mean is 14 shares (95% interval 1 to 30)."
    )
    assert "so a cascade dies out by itself" in said
    assert "Negative cascades are larger than positive ones: 1.6 times" in said
    grows = one("reproduction_number", 0.9, 0.7, 1.1, "direct reshares per share")
    assert "may go on growing" in spread(grows)
    assert "smaller" in spread(dies, one("valence_size_ratio", 0.6, 0.4, 0.8, "ratio"))
    assert "cannot be compared: no valence" in spread(dies, gone("valence_size_ratio", "no valence"))
    assert "cannot be said: too few" in spread(gone("reproduction_number", "too few"))


def test_no_shares_are_said() -> None:
    assert answers.wom_spread(pd.DataFrame(), [], [], None, None).text.startswith("There are no shares")


def told(answer: answers.Answer) -> dict[str, dict[str, object]]:
    """Every language's summary as plain text."""
    assert list(answer.languages) == list(LANGUAGES)
    return {
        code: {
            "question": words_text(one["question"]), "answer": words_text(one["answer"]),
            "rests": [words_text(line) for line in one["rests"]], "limits": [words_text(line) for line in one["limits"]],
        }
        for code, one in answer.languages.items()
    }  # fmt: skip


def corpus_of(n: int, repeated: float, n_rejects: int) -> answers.Answer:
    rows = schema.conform(pd.DataFrame({"source": ["a"] * n, "language": ["sv"] * n}), "utterances")
    shares = [one("duplicate_share", repeated, 0.0, 1.0), one("dated_share"), one("language_sure_share")]
    return answers.corpus(rows, pd.Series({"sv": n - 1, "is": 1}), shares, [None] * n_rejects)


def rate_of(rate: float, top: float, outside: float, n: int = 100) -> answers.Answer:
    overall = Estimate("complaint_rate", "complaints", UNIT, rate, rate / 2, rate * 2, n, "m")
    ranked = Result(
        estimates=[
            one("shrunken_rate", top, 0.1, 99, UNIT, company="Ekonet"),
            one("shrunken_rate", 1, 0.5, 2, UNIT, company="Havskogen"),
        ]
    )
    return answers.complaint_rates(
        rates(overall), rates(), ranked, Result(frame=pd.DataFrame({"outside": [outside, 0.0]}))
    )


def loyalty_of(
    median: float, kept: float, ratio: float, conditional: bool = False, of: str = "churn"
) -> answers.Answer:
    effect = Estimate(
        "loyalty_hazard_ratio", f"hazard of {of} after", "ratio", ratio, ratio * 0.9, ratio * 1.1, 50, "m"
    )
    return answers.response_loyalty(
        Result(estimates=[one("first_response_median_h", median, 0, 999, "h")], conditional=conditional),
        Result(estimates=[one("answered_share")]),
        Result(estimates=[one("promise_kept_share", kept, 0, 1)]),
        Result(estimates=[effect]),
        24.0,
    )


def spread_of(largest: int, r: float, ratio: float) -> answers.Answer:
    return answers.wom_spread(
        pd.DataFrame({"cascade_size": [1, 1, largest]}),
        [one("cascade_size_mean", 14, 1, 30, "shares")],
        [one("reproduction_number", r, r * 0.9, r * 1.1, "direct reshares per share")],
        Result(estimates=[]),
        Result(estimates=[one("valence_size_ratio", ratio, ratio * 0.9, ratio * 1.1, "ratio")]),
    )


CHANGES = [
    (corpus_of, (40, 0.1, 0), [(41, 0.1, 0), (40, 0.2, 0), (40, 0.1, 1), (40, 0.1, 2)]),
    (rate_of, (2.0, 3.0, 0.0), [(2.1, 3.0, 0.0), (2.0, 3.1, 0.0), (2.0, 3.0, 0.9), (2.0, 0.6, 0.0)]),
    (loyalty_of, (12, 0.3, 0.7), [(0.5, 0.3, 0.7), (100, 0.3, 0.7), (12, 0.4, 0.7), (12, 0.3, 1.4), (12, 0.3, 1.0),
                                 (12, 0.3, 0.7, True), (12, 0.3, 0.7, False, "visit")]),
    (spread_of, (40, 0.6, 1.6), [(41, 0.6, 1.6), (40, 0.7, 1.6), (40, 1.2, 1.6), (40, 0.6, 0.5), (40, 0.6, 1.0)]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "before", "after"), CHANGES, ids=["corpus", "rates", "loyalty", "spread"])
def test_change_the_data_and_the_sentence_changes_in_every_language(make, before, after) -> None:  # type: ignore[no-untyped-def]
    first = told(make(*before))
    for args in after:
        for code, now in told(make(*args)).items():
            assert now["answer"] != first[code]["answer"], (code, args)
            assert now["limits"] == first[code]["limits"]
    for code, now in first.items():
        assert now["question"].endswith("?")  # type: ignore[attr-defined]
        assert now["rests"], code
        assert len(now["limits"]) == 3  # type: ignore[arg-type]


def test_topics_change_with_the_data_in_every_language_and_their_terms_are_marked() -> None:
    made = answers.topics([language()])
    before, after = told(made), told(answers.topics([language(back=0.2)]))
    assert all(before[code]["answer"] != after[code]["answer"] for code in before)
    assert {"lang": "sv", "text": "faktura, avgift, ränta"} in made.languages["en"]["answer"]
    assert "faktura, avgift, ränta" in made.languages["sv"]["answer"][0]


def numbers_of(report: str) -> list[list[Estimate]]:
    """The estimates behind each answer, each of a value of its own."""
    share, unit = "share", UNIT
    return {
        "corpus": [[one(name) for name in ("duplicate_share", "dated_share", "language_sure_share")]],
        "rates": [[one("complaint_rate", 2, 1.5, 2.5, unit)]],
        "no exposure": [[one("complaint_share"), one("negative_share")]],
        "loyalty": [
            [one("first_response_median_h", 12, 11, 13, "h")], [one("answered_share", unit=share)],
            [one("promise_kept_share")], [one("loyalty_hazard_ratio", 0.7, 0.6, 0.8, "ratio")],
        ],
        "spread": [
            [one("cascade_size_mean", 14, 1, 30, "shares")], [one("reproduction_number", 0.6, 0.5, 0.7, "reshares")],
            [one("valence_size_ratio", 1.6, 1.2, 2.0, "ratio")],
        ],
    }[report]  # fmt: skip


def answer_from(report: str, given: list[list[Estimate]]) -> answers.Answer:
    """Answer a report's question from these estimates, all else being held."""
    if report == "corpus":
        rows = schema.conform(pd.DataFrame({"source": ["a"], "language": ["sv"]}), "utterances")
        return answers.corpus(rows, pd.Series({"sv": 1}), given[0], [])
    if report == "rates":
        return answers.complaint_rates(
            rates(*given[0]), rates(), Result(estimates=[]), Result(frame=pd.DataFrame({"outside": []}))
        )
    if report == "no exposure":
        return answers.complaint_rates(rates(gone("complaint_rate", "no exposure")), rates(*given[0]), None, None)
    if report == "loyalty":
        median, share, kept, ratio = given
        parts = [Result(estimates=some, conditional=False) for some in (median, share, kept, ratio)]
        return answers.response_loyalty(*parts, hours=24.0)
    sizes = pd.DataFrame({"cascade_size": [1, 1, 40]})
    size, r, valence = given
    return answers.wom_spread(sizes, size, r, Result(estimates=[]), Result(estimates=valence))


@pytest.mark.parametrize("report", ["corpus", "rates", "no exposure", "loyalty", "spread"])
@pytest.mark.parametrize("part", ["estimate", "ci_low", "ci_high", "level"])
def test_every_number_behind_an_answer_is_said_in_every_language(report: str, part: str) -> None:
    before = numbers_of(report)
    first = told(answer_from(report, before))
    for place, some in enumerate(before):
        for which, value in enumerate(some):
            moved = {"estimate": 1.03, "ci_low": 0.97, "ci_high": 1.03, "level": 0.98}[part]
            after = [list(each) for each in before]
            after[place][which] = replace(value, **{part: getattr(value, part) * moved})
            for code, now in told(answer_from(report, after)).items():
                assert now["answer"] != first[code]["answer"], (value.name, part, code)


def digits(text: object) -> list[str]:
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[\s.,](?=\d)", "", str(text))))


@pytest.mark.parametrize(("make", "args"), [(one[0], one[1]) for one in CHANGES])
def test_every_language_says_the_same_numbers(make, args) -> None:  # type: ignore[no-untyped-def]
    said = told(make(*args))
    for code in LANGUAGES:
        assert digits(said[code]["answer"]) == digits(said["en"]["answer"]), code
        assert digits(said[code]["rests"]) == digits(said["en"]["rests"]), code


def test_what_rests_on_too_few_people_is_not_said() -> None:
    said = told(rate_of(2.0, 3.0, 0.0, n=3))
    for code, words in said.items():
        assert "2" not in digits(words["answer"]), code
    assert "fewer than 5" in str(said["en"]["answer"])
    assert "färre än 5" in str(said["sv"]["answer"])


@pytest.mark.parametrize(
    "answer",
    [
        answers.topics([]),
        answers.topics([language("is", reason="7 documents with content are too few for topics: 50 are needed for 5")]),
        answers.complaint_rates(
            rates(gone("complaint_rate", "no exposure was given")), rates(gone("a", "x"), gone("b", "y")), None, None
        ),
        answers.wom_spread(pd.DataFrame(), [], [], None, None),
        answers.corpus(schema.empty("utterances"), pd.Series(dtype=int), [], []),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_every_language(answer: answers.Answer) -> None:
    said = told(answer)
    assert len({words["answer"] for words in said.values()}) == len(LANGUAGES)
    assert not any(isinstance(piece, dict) for one in answer.languages.values() for piece in one["answer"])


def test_a_unit_that_nobody_knows_is_said_as_it_is() -> None:
    odd = Estimate("complaint_rate", "complaints", "grumbles a day", 2, 1, 3, 100, "m")
    made = answers.complaint_rates(rates(odd), rates(), Result(estimates=[]), Result(frame=pd.DataFrame()))
    assert "2 grumbles a day (95% interval 1 to 3)" in made.text
    assert {"lang": "en", "text": "grumbles a day"} in made.languages["nb"]["answer"]
