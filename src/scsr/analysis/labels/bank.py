"""The bank of experience: what customers ask and complain about again and again, and whether they were answered."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.intervals import check_level, wilson
from scsr.analysis.labels.lexicon import own_language
from scsr.analysis.labels.sample import sampled_from
from scsr.analysis.labels.watch import STAFF, speaker_repeats
from scsr.errors import EstimationError
from scsr.text.concepts import concepts_of
from scsr.text.light import light_lemmas

__all__ = ["experience_bank"]

ASKED = (
    "utterance_id", "conversation_id", "reply_to", "speaker_id", "speaker_role", "kind", "topic", "language",
    "language_detail", "lemmas", "published_at",
)  # fmt: skip
N_WORDS = 4
KEYS = ["language", "about", "named_by"]
SHOWN = [
    "language", "about", "words", "named_by", "n_utterances", "n_speakers", "n_answered", "answered_share", "ci_low",
    "ci_high", "first_seen", "last_seen",
]  # fmt: skip


def experience_bank(utterances: pd.DataFrame, n_least: int = 5, level: float = 0.95) -> pd.DataFrame:
    """Group the customers' questions and complaints by what they are about: the bank of experience.

    A group is the topic that the source states; where it states none, the concept of customer service (see
    :mod:`scsr.text.concepts`) that most other utterances in the language share; where the utterance has no concept, the
    lemma that most share, other than light words such as *go* or *day*, which name no matter.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    n_least : int
        Smallest number of different people in a group; smaller groups are left out, because they point at people.
    level : float
        Confidence of the intervals.

    Returns
    -------
    DataFrame
        ``language, about, words`` (up to four lemmas that stand more often here than elsewhere, each by ``n_least``
        people)``, named_by`` (``topic``, ``concept`` or ``word``)``, n_utterances, n_speakers, n_answered`` (staff replied, or
        later spoke in the conversation)``, answered_share, ci_low, ci_high, first_seen, last_seen``, largest first. The
        interval is Wilson's, of so many times fewer utterances as a speaker of the group has written; of a sample (see
        :func:`sampled`), as many as one conversation holds where these are more.

    Raises
    ------
    EstimationError
        If a column is missing, ``n_least`` is below 1, or the level is none.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212.

    Examples
    --------
    >>> from scsr import schema
    >>> said = pd.DataFrame({"utterance_id": list("abc"), "speaker_id": list("xyz"), "speaker_role": "customer",
    ...                      "kind": "question", "language": "sv", "lemmas": [["gå", "faktura"]] * 3})
    >>> experience_bank(schema.conform(said, "utterances"), n_least=3)[["about", "named_by", "words"]].to_numpy().tolist()
    [['invoice', 'concept', 'faktura']]
    """
    if n_least < 1:
        raise EstimationError(f"n_least={n_least} must be at least 1")
    check_level(level)
    check_columns(utterances, ASKED, "utterances", "the experience bank")
    utterances = utterances.reset_index(drop=True)
    kind, role = utterances["kind"].astype("string"), utterances["speaker_role"].astype("string")
    asked = utterances[kind.isin(["question", "complaint"]) & role.eq("customer").fillna(False)]
    table = named(asked).assign(
        speaker_id=asked["speaker_id"], conversation_id=asked["conversation_id"], published_at=asked["published_at"],
        lemmas=lemma_lists(asked), answered=answered(utterances).reindex(asked.index),
    ).dropna(subset=["language", "about"])  # fmt: skip
    bank = table.groupby(KEYS, sort=True).agg(
        n_utterances=("about", "size"), n_speakers=("speaker_id", "nunique"), n_answered=("answered", "sum"),
        repeats=("speaker_id", lambda some: speaker_repeats(some.astype("string"))),
        clustered=("conversation_id", lambda some: speaker_repeats(some.astype("string"))),
        first_seen=("published_at", "min"), last_seen=("published_at", "max"),
    )  # fmt: skip
    bank = bank[bank["n_speakers"] >= n_least].reset_index()
    repeats, clustered = bank.pop("repeats").astype(float), bank.pop("clustered").astype(float)
    if sampled_from(utterances) is not None:  # whole conversations were drawn
        repeats = repeats.clip(lower=clustered)
    hits, n = bank["n_answered"].astype(float) / repeats, bank["n_utterances"] / repeats
    ends = [wilson(*counted, level) for counted in zip(hits, n, strict=True)]
    bank["answered_share"] = hits / n
    bank["ci_low"], bank["ci_high"] = (pd.Series([end[k] for end in ends], dtype=float) for k in (0, 1))
    bank["words"] = typical_words(table, n_least).reindex(pd.MultiIndex.from_frame(bank[KEYS])).fillna("").to_numpy()
    order = ["n_utterances", "language", "about"]
    return bank.sort_values(order, ascending=[False, True, True], kind="stable")[SHOWN].reset_index(drop=True)


def named(asked: pd.DataFrame) -> pd.DataFrame:
    """Return ``language, about, named_by`` of each utterance; what nothing names is null."""
    lang = own_language(asked).astype(object)
    lists = lemma_lists(asked)
    told = pd.Series("topic", index=asked.index, dtype=object)
    about = asked["topic"].astype("string").astype(object)
    for how, names_of in (("concept", concept_names), ("word", plain_lemmas)):
        open_ = about.isna()
        names = [names_of(some, str(one)) for some, one in zip(lists[open_], lang[open_], strict=True)]
        about = about.where(~open_, most_shared(lang[open_], names).reindex(about.index))
        told = told.where(~open_, how)
    return pd.DataFrame({"language": lang, "about": about, "named_by": told})


def lemma_lists(asked: pd.DataFrame) -> pd.Series:
    """Return the lemmas of each utterance as a list, empty where they are missing."""
    return asked["lemmas"].map(lambda v: list(v) if isinstance(v, Sequence) or hasattr(v, "tolist") else [])


def typical_words(table: pd.DataFrame, n_least: int) -> pd.Series:
    """Return for each group the lemmas whose share of its utterances most exceeds that of all in the language."""
    light = {lang: light_lemmas(str(lang)) for lang in table["language"].unique()}
    pairs = table.assign(lemma=table["lemmas"].map(lambda some: sorted(set(some)))).explode("lemma")
    pairs = pairs.dropna(subset="lemma")
    heavy = [lemma not in light[lang] for lemma, lang in zip(pairs["lemma"], pairs["language"], strict=True)]
    pairs = pairs[pd.Series(heavy, index=pairs.index, dtype=bool)]
    words = pairs.groupby([*KEYS, "lemma"]).agg(n=("about", "size"), people=("speaker_id", "nunique")).reset_index()
    size = words.merge(table.groupby(KEYS).size().rename("size").reset_index(), on=KEYS, how="left")["size"]
    everywhere = words.groupby(["language", "lemma"])["n"].transform("sum")
    everyone = words["language"].map(table["language"].value_counts())
    words["lead"] = words["n"] / size - everywhere / everyone
    alone = words["n"].eq(everywhere) & words["n"].eq(everyone)
    words = words[(words["people"] >= n_least) & (words["lead"].gt(0) | alone)]
    words = words.sort_values(["lead", "lemma"], ascending=[False, True], kind="stable")
    return words.groupby(KEYS)["lemma"].agg(lambda some: ", ".join(some.head(N_WORDS)))


def concept_names(lemmas: Sequence[str], lang: str) -> list[str]:
    """Return the concepts of some lemmas in words.

    Examples
    --------
    >>> concept_names(["gå", "öppettid"], "sv")
    ['opening hours']
    """
    return sorted({name.replace("_", " ") for lemma in lemmas for name in concepts_of(lemma, lang)})


def plain_lemmas(lemmas: Sequence[str], lang: str) -> list[str]:
    """Return the lemmas that are not light, each once.

    Examples
    --------
    >>> plain_lemmas(["gå", "lampa", "lampa"], "sv")
    ['lampa']
    """
    return sorted(set(lemmas) - light_lemmas(lang))


def most_shared(lang: pd.Series, names: Sequence[Sequence[str]]) -> pd.Series:
    """Return for each row the name that most rows of its language hold; null where it has none."""
    pairs = pd.DataFrame({"language": lang, "name": pd.Series(list(names), index=lang.index, dtype=object)})
    pairs = pairs.explode("name").dropna()
    pairs["n"] = pairs.groupby(["language", "name"])["name"].transform("size")
    best = pairs.rename_axis("row").reset_index().sort_values(["row", "n", "name"], ascending=[True, False, True])
    return best.drop_duplicates("row").set_index("row")["name"].reindex(lang.index)


def answered(utterances: pd.DataFrame) -> pd.Series:
    """Say for each utterance whether staff replied to it, or later spoke in its conversation."""
    staff = utterances[utterances["speaker_role"].astype("string").isin(STAFF)]
    replied = utterances["utterance_id"].isin(staff["reply_to"].dropna())
    last = staff.groupby(staff["conversation_id"].astype(object))["published_at"].max()
    later = utterances["conversation_id"].astype(object).map(last).gt(utterances["published_at"])
    return replied | later.fillna(False)
