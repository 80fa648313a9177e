"""Watch lists: what a list of words finds, and how soon somebody of the firm reacted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import wilson
from scsr.analysis.labels.reading import Pattern, Reading, read_texts
from scsr.analysis.labels.sample import design_effect, sample_note, sampled_from
from scsr.errors import EstimationError
from scsr.text import tokens

__all__ = ["WatchResult", "watch"]

READ = (
    "utterance_id", "conversation_id", "speaker_id", "speaker_role", "language", "text", "published_at", "date_precision",
)  # fmt: skip
STAFF = ("firm", "employee")


@dataclass(frozen=True)
class WatchResult:
    """What a watch list found.

    Parameters
    ----------
    hits : DataFrame
        ``utterance_id, language, term, published_at, first_reaction_h`` (hours to the first later utterance by the
        firm or an employee in the same conversation; null where none was seen), one row for each utterance and term.
    estimates : tuple of Estimate
        ``watch_hits``: utterances with any term, per 1,000; the whole, then each language with terms.
    terms : DataFrame
        ``language, term, n_utterances``, terms without a hit included.
    """

    hits: pd.DataFrame
    estimates: tuple[Estimate, ...]
    terms: pd.DataFrame


def watch(utterances: pd.DataFrame, terms: Mapping[str, Sequence[str]], level: float = 0.95) -> WatchResult:
    """Find utterances that hold a term in any inflection.

    Terms and texts are both reduced to lemmas, so that ``faktura`` finds ``fakturan`` and ``fakturor``. A term of
    several words must stand in that order; a trailing ``*`` finds all words that begin so.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``.
    terms : mapping of language to sequence of str
        Such as ``{"sv": ["faktura", "ingen svarar", "klag*"]}``.
    level : float
        Confidence of the intervals.

    Returns
    -------
    WatchResult

    Raises
    ------
    EstimationError
        If there are no terms, they are no list of words, or a term holds no word.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212.

    Examples
    --------
    >>> from scsr import schema
    >>> said = schema.conform(pd.DataFrame({"utterance_id": ["a", "b"], "language": "sv",
    ...                                     "text": ["Fakturorna var fel", "Tack"]}), "utterances")
    >>> watch(said, {"sv": ["faktura"]}).hits["utterance_id"].tolist()
    ['a']
    """
    check_columns(utterances, READ, "utterances", "a watch list")
    utterances = utterances.reset_index(drop=True)
    return watch_read(utterances, read_texts(utterances, terms), terms, level)


def watch_read(
    utterances: pd.DataFrame,
    read: Mapping[str, Reading],
    terms: Mapping[str, Sequence[str]],
    level: float,
    reacted: pd.Series | None = None,
) -> WatchResult:
    """Hold one watch list against texts that were read."""
    for lang, some in terms.items():
        if isinstance(some, str) or not all(isinstance(term, str) for term in some):
            raise EstimationError(f"the terms for {lang} are {some!r}; give a list of words")
    wanted = {lang: [(term, pattern_of(term, lang)) for term in dict.fromkeys(some)] for lang, some in terms.items()}
    if not any(wanted.values()):
        raise EstimationError("the watch list is empty; give at least one term for a language")
    language = utterances["language"].astype("string")
    found = pd.concat([hits_of(read[lang], lang, some) for lang, some in wanted.items()], ignore_index=True)
    counted = found.groupby(["language", "term"]).size()
    listed = pd.DataFrame([(lang, term) for lang in wanted for term, _ in wanted[lang]], columns=["language", "term"])
    listed["n_utterances"] = [int(counted.get((lang, term), 0)) for lang, term in listed.to_numpy()]
    estimates = hit_shares(language, found, wanted, utterances, level)
    index = found.pop("row")
    found.insert(0, "utterance_id", utterances["utterance_id"].reindex(index).to_numpy())
    found["published_at"] = utterances["published_at"].reindex(index).array
    found["first_reaction_h"] = (reaction_hours(utterances) if reacted is None else reacted).reindex(index).to_numpy()
    return WatchResult(found, estimates, listed)


def hits_of(read: Reading, lang: str, terms: Sequence[tuple[str, Pattern]]) -> pd.DataFrame:
    """Return ``row, language, term`` of what the terms of a language find, text by text."""
    parts = [(read.rows_with(pattern), place) for place, (_, pattern) in enumerate(terms)]
    row = np.concatenate([rows for rows, _ in parts] or [np.empty(0, dtype=np.int64)])
    term = np.repeat([place for _, place in parts], [len(rows) for rows, _ in parts]).astype(np.int64)
    order = np.lexsort((term, row))
    names = np.array([name for name, _ in terms], dtype=object)
    return pd.DataFrame({"row": row[order], "language": lang, "term": names[term[order]]})


def pattern_of(term: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Return a term's words as pairs of form and lemma; the lemma ``*`` marks the beginning of a word."""
    parts = []
    for word in term.lower().split():
        stem = word.removesuffix("*")
        if not any(letter.isalnum() for letter in stem):
            raise EstimationError(f"term {term!r} ({lang}) holds {word!r}, which is no word")
        parts.append((stem, "*" if word.endswith("*") else tokens.lemma(stem, lang)))
    if not parts:
        raise EstimationError(f"an empty term stands in the list for {lang}; drop it")
    return tuple(parts)


def hit_shares(
    language: pd.Series, found: pd.DataFrame, wanted: Mapping[str, object], utterances: pd.DataFrame, level: float
) -> tuple[Estimate, ...]:
    """Estimate hits per 1,000 utterances, of all languages with terms and of each.

    Where speakers hit more than once, the interval is that of so many times fewer utterances; in a sample of conversations
    it is the clusters' own where that is wider.
    """
    speaker = utterances["speaker_id"].astype("string")
    n_total, note = sampled_from(utterances), sample_note(utterances)
    words, unit = "utterances that hold a term of the watch list, in languages that have terms", "per 1,000 utterances"
    made = []
    for group in [{}, *({"language": lang} for lang in wanted)]:
        langs = list(group.values()) or list(wanted)
        here = language.isin(langs)
        n = int(here.sum())
        rows = found.loc[found["language"].isin(langs), "row"].unique()
        hits, repeats = len(rows), speaker_repeats(speaker.reindex(rows))
        if not n:
            reason = f"there are no utterances in {', '.join(langs)}"
            made.append(not_estimable("watch_hits", words, unit, reason, by=group, level=level))
            continue
        why = "speakers who repeat"
        if n_total is not None:
            hit = here.index[here].isin(rows).astype(float)
            clustered = design_effect(hit, utterances["conversation_id"][here])
            if clustered > repeats:
                repeats, why = clustered, "conversations that were drawn whole"
        low, high = wilson(hits / repeats, n / repeats, level)
        method = "Wilson score interval (Wilson 1927)"
        if repeats > 1:
            method += f", counts divided by {repeats:.3g} for {why}"
        made.append(
            Estimate(
                "watch_hits", words, unit, 1000 * hits / n, 1000 * low, 1000 * high, n, method, group,
                ("speakers write independently of each other", *([f"counted {note}"] if note else [])), level,
            )
        )  # fmt: skip
    return tuple(made)


def speaker_repeats(speaker: pd.Series) -> float:
    """Return how many hits the speaker of a hit has on average, at least 1; an unknown speaker has one.

    Examples
    --------
    >>> speaker_repeats(pd.Series(["a", "a", "b", None]))
    1.5
    """
    times = speaker.value_counts()
    return float(((times**2).sum() + speaker.isna().sum()) / len(speaker)) if len(speaker) else 1.0


def reaction_hours(utterances: pd.DataFrame) -> pd.Series:
    """Return hours from each utterance to the next by staff in its conversation, by index; null where none is seen."""
    known = utterances[["conversation_id", "speaker_role", "published_at"]].dropna()
    precise = utterances["date_precision"].astype("string").isin(["second", "minute"]).reindex(known.index)
    known = known[precise].sort_values("published_at", kind="stable")
    staff = known.loc[known["speaker_role"].astype("string").isin(STAFF), ["conversation_id", "published_at"]]
    if staff.empty:
        return pd.Series(float("nan"), index=utterances.index)
    both = pd.merge_asof(
        known.reset_index(names="row"), staff.assign(reacted_at=staff["published_at"]), on="published_at",
        by="conversation_id", direction="forward", allow_exact_matches=False,
    )  # fmt: skip
    hours = (both["reacted_at"] - both["published_at"]).dt.total_seconds() / 3600
    return pd.Series(hours.to_numpy(), index=both["row"]).reindex(utterances.index)
