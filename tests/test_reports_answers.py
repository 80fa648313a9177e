"""Every statement in an answer is computed: change the data, and the sentence changes."""

from __future__ import annotations

from types import SimpleNamespace as Result

import pandas as pd
import pytest

from scsr import schema
from scsr.analysis.complaints.rates import Rates
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.reports import answers


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
    assert "2 utterances from 2 sources, in sv (75%) and is (25%)" in said
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
    assert "In sv, 1 of 2 topics come back" in said
    assert "(faktura, avgift, ränta) dominates 70% (95% interval 60% to 80%) of 1,200 documents" in said
    assert "nn: no topics, because 12 documents are too few." in said
    assert "0 of 2 topics" in answers.topics([language(back=0.2)]).text


def test_no_topics_are_said() -> None:
    assert "No topics can be told apart. is: no topics" in answers.topics([language("is", reason="few")]).text
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
    assert "negative share: 50% (95% interval 40% to 60%)" in said
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
