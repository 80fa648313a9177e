"""Utterances drawn for people to label: the same number in each language, spread over the sources."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scsr.analysis.checks import check_columns
from scsr.analysis.labels.lexicon import own_language
from scsr.analysis.labels.watch import STAFF
from scsr.errors import EstimationError
from scsr.text.language import CODES

__all__ = ["classifiable", "describe_sheet", "draw_sheet"]

DRAWN = ("utterance_id", "language", "language_detail", "source", "title")


def classifiable(utterances: pd.DataFrame) -> pd.DataFrame:
    """Return the utterances that a classifier of complaints is about: with text, and not by the firm.

    Examples
    --------
    >>> said = pd.DataFrame({"text": ["Hej", "", "Vi svarar"], "speaker_role": ["customer", "customer", "firm"]})
    >>> classifiable(said)["text"].tolist()
    ['Hej']
    """
    check_columns(utterances, ("text", "speaker_role"), "utterances", "classifying texts")
    text = utterances["text"].astype("string").fillna("").str.strip()
    return utterances[text.ne("") & ~utterances["speaker_role"].astype("string").isin(STAFF)]


def draw_sheet(
    utterances: pd.DataFrame, n: int = 200, seed: int = 1, languages: Sequence[str] | None = None
) -> pd.DataFrame:
    """Draw utterances to label.

    Languages get the same number each, as far as they reach, because a classifier learns one language at a time; within
    a language sources get their share, so that the labelled texts are like those to be counted. Of texts that are word
    for word the same only the first can be drawn.

    Parameters
    ----------
    utterances : DataFrame
        Table ``utterances``; replies by firms and empty texts are left out.
    n : int
        How many to draw; fewer where there are no more.
    seed : int
        The same seed and table give the same sheet, so that two coders label the same texts.
    languages : sequence of str, optional
        Only texts in these, such as ``["sv", "da"]``; by default the project's ``sv nb nn is``.

    Returns
    -------
    DataFrame
        ``utterance_id, language, title, text``, in an order that tells nothing.

    Raises
    ------
    EstimationError
        If a column is missing, ``n`` is below 1, or there is nothing to label.

    References
    ----------
    Cochran, W. G. (1977). *Sampling techniques*, 3rd ed. Wiley, chapter 5 (proportional allocation).

    Examples
    --------
    >>> said = pd.DataFrame({"utterance_id": list("abcd"), "text": ["en", "to", "tre", "to"], "language": "nb",
    ...                      "language_detail": None, "source": "log", "speaker_role": "customer", "title": None})
    >>> sorted(draw_sheet(said, n=9)["utterance_id"])
    ['a', 'b', 'c']
    """
    if n < 1:
        raise EstimationError(f"n={n} must be at least 1")
    check_columns(utterances, DRAWN, "utterances", "a sheet of labels")
    pool = classifiable(utterances).sort_values("utterance_id", kind="stable").drop_duplicates("text")
    language = own_language(pool)
    wanted = [languages] if isinstance(languages, str) else list(languages or CODES)
    here = language.isin(wanted).fillna(False)
    if not here.any():
        there = ", ".join(sorted(language.dropna().unique())) or "no language"
        raise EstimationError(
            f"there is no utterance to label in {', '.join(wanted)}; what is not by firms and has text is in {there}"
        )
    pool, language = pool[here], language[here]
    rng = np.random.default_rng(seed)
    source = pool["source"].astype("string").fillna("not stated")
    kept: list[int] = []
    for lang, n_wanted in even_shares(language.value_counts().sort_index(), n).items():
        sizes = source[language == lang].value_counts().sort_index()
        for name, n_drawn in proportional(sizes, n_wanted).items():
            places = np.flatnonzero((language == lang) & (source == name))
            kept += rng.choice(places, n_drawn, replace=False).tolist()
    drawn = pool.iloc[rng.permutation(np.sort(np.array(kept, dtype=int)))]
    drawn = drawn.assign(language=own_language(drawn))
    return drawn[["utterance_id", "language", "title", "text"]].reset_index(drop=True)


def describe_sheet(sheet: pd.DataFrame) -> str:
    """Say what was drawn and what to do with it.

    Examples
    --------
    >>> describe_sheet(pd.DataFrame({"language": ["sv", "nb", "sv"]}))
    '3 utterances (nb 1, sv 2): give each a label, 1 for a complaint and 0 for none; `scsr label` reads them back'
    """
    sizes = ", ".join(f"{lang} {n:,}" for lang, n in sheet["language"].value_counts().sort_index().items())
    return (
        f"{len(sheet):,} utterances ({sizes}): give each a label, 1 for a complaint and 0 for none; `scsr label` reads "
        "them back"
    )


def even_shares(sizes: pd.Series, n: int) -> dict[str, int]:
    """Share n out evenly, nobody getting more than there are.

    Examples
    --------
    >>> even_shares(pd.Series({"is": 2, "nb": 50, "sv": 90}), 41)
    {'is': 2, 'nb': 20, 'sv': 19}
    """
    given = dict.fromkeys(sizes.index, 0)
    left = min(n, int(sizes.sum()))
    while left:
        open_ = [name for name in sizes.index if given[name] < sizes[name]]
        each, over = divmod(left, len(open_))
        for place, name in enumerate(open_):
            more = min(each + (place < over), int(sizes[name]) - given[name])
            given[name] += more
            left -= more
    return given


def proportional(sizes: pd.Series, n: int) -> dict[str, int]:
    """Share n out by size, the largest remainders rounded up.

    Examples
    --------
    >>> proportional(pd.Series({"blog": 10, "log": 30}), 10)
    {'blog': 3, 'log': 7}
    """
    exact = sizes / sizes.sum() * n
    whole = exact.astype(int)
    rest = (exact - whole).sort_values(ascending=False, kind="stable").index[: n - int(whole.sum())]
    whole[rest] += 1
    return {str(name): int(size) for name, size in whole.items()}
