"""How far coders agree beyond chance: Cohen's kappa and Krippendorff's alpha, with intervals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from scsr.analysis.estimates import Estimate, not_estimable
from scsr.analysis.intervals import check_level, percentile, wilson
from scsr.errors import EstimationError

__all__ = ["coder_agreement", "cohen_kappa", "describe_labels", "krippendorff_alpha", "settled"]

LEAST = 5  # units that two coders have coded
ASSUMPTIONS = ("the units coded twice are drawn at random", "coders worked without seeing each other's codes")


def coder_agreement(
    codes: pd.DataFrame, level: float = 0.95, n_resamples: int = 2000, seed: int = 1, named: bool = True
) -> tuple[Estimate, ...]:
    """Measure how far all coders agree, and each pair of them.

    Parameters
    ----------
    codes : DataFrame
        ``utterance_id, coder, label``, one row for each code given.
    level : float
        Confidence of the intervals.
    n_resamples : int
        Bootstrap resamples of the units.
    seed : int
        Of the bootstrap.
    named : bool
        Whether pairs bear the coders' names; else their numbers in the order of the names, for what is published.

    Returns
    -------
    tuple of Estimate
        ``krippendorff_alpha`` of all, then ``cohen_kappa`` of each pair (group ``coders``).

    Raises
    ------
    EstimationError
        If a column is missing, or a coder gave two different labels to one utterance.

    Examples
    --------
    >>> codes = pd.DataFrame({"utterance_id": list("abcdef") * 2, "coder": ["ida"] * 6 + ["per"] * 6,
    ...                       "label": [1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0]})
    >>> [(one.name, round(one.estimate, 2)) for one in coder_agreement(codes)]
    [('krippendorff_alpha', 0.69), ('cohen_kappa', 0.67)]
    """
    table = code_table(codes)
    made = [krippendorff_alpha(table, level, n_resamples, seed)]
    number = {name: name if named else str(place) for place, name in enumerate(table.columns, start=1)}
    for first, second in combinations(table.columns, 2):
        group = {"coders": f"{number[first]} and {number[second]}"}
        made.append(cohen_kappa(table[first], table[second], level, n_resamples, seed, by=group))
    return tuple(made)


def describe_labels(codes: pd.DataFrame, n_undecided: int = 0) -> list[str]:
    """Say in lines who labelled how many utterances, and how far coders agree.

    Examples
    --------
    >>> codes = pd.DataFrame({"utterance_id": ["a", "b"], "coder": "ida", "label": [True, False]})
    >>> describe_labels(codes, 3)
    ['ida: 2 utterances labelled, 1 as a complaint', '3 rows still without a label']
    """
    table = code_table(codes)
    lines = []
    for coder in table.columns:
        given = table[coder].dropna().astype(bool)
        lines.append(f"{coder}: {len(given):,} utterances labelled, {int(given.sum()):,} as a complaint")
    if n_undecided:
        lines.append(f"{n_undecided:,} rows still without a label")
    if len(table.columns) > 1:
        lines += [one.sentence() for one in coder_agreement(codes)]
    return lines or ["no labels yet; `scsr label NAME` draws utterances to label"]


def settled(codes: pd.DataFrame) -> tuple[pd.Series, int]:
    """Return one label for each utterance, where its coders agree, and how many are left out because they do not.

    Examples
    --------
    >>> codes = pd.DataFrame({"utterance_id": ["a", "b", "b"], "coder": ["ida", "ida", "per"], "label": [True, True, False]})
    >>> labels, n_disputed = settled(codes)
    >>> labels.to_dict(), n_disputed
    ({'a': True}, 1)
    """
    table = code_table(codes)
    agreed = table.nunique(axis=1) == 1
    given = codes.dropna(subset=["label"]).drop_duplicates("utterance_id").set_index("utterance_id")["label"]
    wrong = given[~given.isin([True, False])]
    if len(wrong):
        raise EstimationError(
            f"utterance {wrong.index[0]!r} has the label {wrong.iloc[0]!r}; give True for a complaint, False for none"
        )
    return given.reindex(table.index[agreed]).astype(bool), int((~agreed).sum())


def code_table(codes: pd.DataFrame) -> pd.DataFrame:
    """Return codes with a row for each unit and a column for each coder, missing where a coder gave none."""
    missing = [name for name in ("utterance_id", "coder", "label") if name not in codes]
    if missing:
        raise EstimationError(f"codes have no column {missing[0]!r}; give utterance_id, coder and label")
    given = codes.dropna(subset=["utterance_id", "coder", "label"]).drop_duplicates(["utterance_id", "coder", "label"])
    twice = given.duplicated(["utterance_id", "coder"])
    if twice.any():
        one = given[twice].iloc[0]
        raise EstimationError(
            f"coder {one['coder']!r} gave utterance {one['utterance_id']!r} two labels; keep the one that holds"
        )
    given = given.assign(coder=given["coder"].astype(str), label=given["label"].astype(object))
    table = given.pivot_table(index="utterance_id", columns="coder", values="label", aggfunc="first")
    return table.sort_index(axis=1)


def cohen_kappa(
    first: pd.Series,
    second: pd.Series,
    level: float = 0.95,
    n_resamples: int = 2000,
    seed: int = 1,
    by: dict[str, str] | None = None,
) -> Estimate:
    """Measure how far two coders agree beyond what their own shares of each label make by chance.

    Parameters
    ----------
    first, second : Series
        Labels of the same units in the same order; a unit that either left uncoded is left out.
    level : float
        Confidence of the percentile interval of a bootstrap over units; where all agree, which no resample can break,
        the interval is that of the observed agreement (Wilson).
    n_resamples : int
        Bootstrap resamples.
    seed : int
        Of the bootstrap.
    by : dict, optional
        Group of the estimate.

    Returns
    -------
    Estimate
        ``cohen_kappa``; not estimable with fewer than 5 units coded by both, or a single label.

    Raises
    ------
    EstimationError
        If the lengths differ, or there are no resamples.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. *Educational and Psychological Measurement*, 20,
    37-46.

    Examples
    --------
    >>> cohen_kappa(pd.Series([1, 1, 0, 0, 1, 0]), pd.Series([1, 1, 0, 0, 0, 0])).estimate.__round__(3)
    0.667
    """
    check_draws(level, n_resamples)
    if len(first) != len(second):
        raise EstimationError(f"{len(first)} and {len(second)} codes; give both coders' labels of the same units")
    pairs = pd.DataFrame({"first": list(first), "second": list(second)}, dtype=object).dropna()
    words = "agreement of two coders beyond chance (1 is perfect, 0 is chance)"
    values = pd.factorize(pd.concat([pairs["first"], pairs["second"]]))[0]
    k, n = int(values.max(initial=-1)) + 1, len(pairs)
    reason = too_little(n, k)
    if reason:
        return not_estimable("cohen_kappa", words, "coefficient", reason, n=n, by=by or {}, level=level)
    cells = np.bincount(values[:n] * k + values[n:], minlength=k * k)
    draws = np.random.default_rng(seed).multinomial(n, cells / n, n_resamples)
    observed, expected = chance_of_pairs(np.vstack([cells, draws]).reshape(-1, k, k))
    method = "Cohen's (1960) kappa, bootstrap over units"
    return coefficient("cohen_kappa", words, observed, expected, n, method, by or {}, level)


def chance_of_pairs(tables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return observed and expected agreement of tables of counts, the last two axes being the coders' labels."""
    n = tables.sum(axis=(1, 2))
    observed = np.trace(tables, axis1=1, axis2=2) / n
    return observed, (tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1) / n**2


def krippendorff_alpha(codes: pd.DataFrame, level: float = 0.95, n_resamples: int = 2000, seed: int = 1) -> Estimate:
    """Measure how far any number of coders agree on nominal labels, codes missing where they will.

    Parameters
    ----------
    codes : DataFrame
        A row for each unit, a column for each coder; missing where a coder gave no label.
    level : float
        Confidence of the percentile interval of a bootstrap over units; where all agree, the interval is that of the
        observed agreement (Wilson).
    n_resamples : int
        Bootstrap resamples.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        ``krippendorff_alpha``; ``n`` counts the units with two codes or more. Not estimable with fewer than 5 of
        them, or a single label.

    References
    ----------
    Krippendorff, K. (2011). *Computing Krippendorff's alpha-reliability*. University of Pennsylvania.

    Examples
    --------
    >>> codes = pd.DataFrame({"ida": list("aabbdcccedda"), "per": list("babbbccceddd")})
    >>> round(krippendorff_alpha(codes).estimate, 3)
    0.692
    """
    check_draws(level, n_resamples)
    words = "agreement of all coders beyond chance on nominal labels (1 is perfect, 0 is chance)"
    flat = codes.to_numpy(dtype=object).ravel()
    places = pd.factorize(pd.Series(flat, dtype=object))[0].reshape(codes.shape)
    k = int(places.max(initial=-1)) + 1
    counts = np.zeros((len(codes), k), dtype=int)
    for column in places.T:
        coded = column >= 0
        counts[np.flatnonzero(coded), column[coded]] += 1
    counts = counts[counts.sum(axis=1) >= 2]
    n, used = len(counts), int((counts.sum(axis=0) > 0).sum())
    reason = too_little(n, used)
    if reason:
        return not_estimable("krippendorff_alpha", words, "coefficient", reason, n=n, level=level)
    patterns, times = np.unique(counts, axis=0, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(n, times / n, n_resamples)
    observed, expected = chance_of_units(patterns, np.vstack([times, draws]))
    method = "Krippendorff's (2011) alpha for nominal labels, bootstrap over units"
    return coefficient("krippendorff_alpha", words, observed, expected, n, method, {}, level)


def chance_of_units(patterns: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return observed and expected agreement of units, each pattern of label counts standing as often as ``times``."""
    coders = patterns.sum(axis=1)
    agreeing = (patterns * (patterns - 1)).sum(axis=1) / (coders - 1)
    n_codes, by_label = times @ coders, times @ patterns
    expected = (by_label * (by_label - 1)).sum(axis=1) / (n_codes * (n_codes - 1))
    return times @ agreeing / n_codes, expected


def check_draws(level: float, n_resamples: int) -> None:
    """Refuse what gives no interval."""
    check_level(level)
    if n_resamples < 100:
        raise EstimationError(f"n_resamples={n_resamples} are too few for an interval; give at least 100")


def too_little(n: int, n_labels: int) -> str:
    """Say why agreement cannot be measured; empty where it can."""
    if n < LEAST:
        return f"{n} units were coded by two coders; it takes {LEAST}"
    if n_labels < 2:
        return "all codes are the same, so that chance alone agrees perfectly"
    return ""


def coefficient(
    name: str,
    words: str,
    observed: np.ndarray,
    expected: np.ndarray,
    n: int,
    method: str,
    by: dict[str, str],
    level: float,
) -> Estimate:
    """Return agreement beyond chance; the first of the agreements is the data's, the others are resamples."""
    possible = expected < 1
    beyond = (observed[possible] - expected[possible]) / (1 - expected[possible])
    middle = float(beyond[0])
    if observed[0] == 1:
        method = method.replace("bootstrap over units", "Wilson's interval of the observed agreement")
        ends = (wilson(n, n, level)[0] - expected[0]) / (1 - expected[0]), 1.0
    else:
        ends = percentile(beyond[1:], middle, level)
    return Estimate(
        name, words, "coefficient", middle, *ends, n, method, by, ASSUMPTIONS, level,
        extra={"observed_agreement": float(observed[0]), "expected_agreement": float(expected[0])},
    )  # fmt: skip
