"""Cases of a table of utterances that is held in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from scsr.corpus.store import load, manifest
from scsr.corpus.threads.coding import COPIED, RULED, coded, encoded, instants, last_instants, observed_until
from scsr.corpus.threads.turns import NEVER, Codes, Turns
from scsr.errors import TableError
from scsr.schema import DATE_PRECISIONS, DERIVED, ROLES, conform, empty

__all__ = ["cases"]

NEEDED = (*RULED, "source")
STAFF = DERIVED["cases"]


def cases(
    utterances: pd.DataFrame | None = None,
    responders: Sequence[str] = STAFF,
    observed_until: Mapping[str, str] | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Derive cases from utterances, or load those that ``scsr prepare`` derived.

    Parameters
    ----------
    utterances : DataFrame, optional
        Table ``utterances``, whole conversations; the prepared ones unless given.
    responders : sequence of str
        Roles whose answer counts. Give ``("other", "customer")`` for the answers of peers in forums; the
        customer's own follow-ups never count. Prepared are those of firm and employee (table ``cases``) and
        those of everybody (table ``threads``); for others the prepared utterances are read.
    observed_until : mapping, optional
        Source to the instant until which it was watched; else as the sources state it
        (``utterances.attrs``), else the last instant seen in the source.
    data : path, optional
        Folder of the prepared tables, as in :func:`scsr.load`.

    Returns
    -------
    DataFrame
        Table ``cases``, one row for each opening, in the order of the utterances. ``first_response_h`` is
        in hours; where opening or answer is known to the day only, it is the difference of the dates, and
        ``date_precision`` says so: an interval, not an instant.

    Raises
    ------
    TableError
        If a needed column is missing, or a responder is no role.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "utterance_id": ["a", "b"], "conversation_id": ["a", "a"], "reply_to": [None, "a"],
    ...     "speaker_id": ["c1", "f"], "speaker_role": ["customer", "firm"], "kind": [None, "reply"],
    ...     "published_at": pd.to_datetime(["2012-09-11T08:00Z", "2012-09-11T10:30Z"]),
    ...     "date_precision": "minute", "language": "sv", "source": "log", "synthetic": True})
    >>> cases(rows)[["answered", "answered_by", "first_response_h", "n_turns"]].values.tolist()
    [[True, 'firm', 2.5, 2]]
    """
    for role in responders:
        if role not in ROLES:
            raise TableError(
                "utterances", "speaker_role", f"cannot be {role!r}", remedy=f"choose responders from {', '.join(ROLES)}"
            )
    if utterances is None:
        stored = next((name for name, roles in DERIVED.items() if set(roles) == set(responders)), None)
        if stored is not None and observed_until is None and manifest(data).tables.get(stored, {}).get("n_rows"):
            return load(stored, data=data)
        utterances = load("utterances", columns=list(dict.fromkeys((*NEEDED, *COPIED))), data=data)
    for column in NEEDED:
        if column not in utterances:
            raise TableError("utterances", column, "is missing", remedy="load it: cases need it")
    turns = coded(pa.table({column: arrow_of(utterances[column], column) for column in RULED}))
    opened = turns.openings
    if not len(opened):
        return empty("cases")
    stated = observed_until if observed_until is not None else utterances.attrs.get("observed_until", {})
    made = utterances[[c for c in COPIED if c in utterances]].take(opened).reset_index(drop=True)
    made["case_id"] = utterances["utterance_id"].take(opened).array
    made["opened_at"] = stamps(turns.when[opened])
    made["n_turns"], made["closed_at"] = turns.n_turns, stamps(turns.closed_at)
    # a case that is seen to go on was watched at least that long
    made["observed_until"] = stamps(np.maximum(ends(utterances["source"], turns, stated), turns.closed_at))
    found = turns.responses(responders)
    made["answered"] = found.role >= 0
    made["answered_by"] = category(found.role, ROLES)
    made["first_response_at"], made["first_response_h"] = stamps(found.when), found.hours
    made["date_precision"] = category(found.precision, DATE_PRECISIONS)
    return conform(made, "cases")


def ends(source: pd.Series, turns: Turns, stated: Mapping[str, str]) -> Codes:
    """End of observation of each opening's source."""
    column = pa.chunked_array([arrow_of(source, "source")])
    codes, names = encoded(column)
    until = observed_until(last_instants(column, turns.when), stated)
    of_names = np.array([*(until[name] for name in names.to_pylist()), NEVER], dtype=np.int64)
    return of_names[codes[turns.openings]]


def category(codes: Codes, names: Sequence[str]) -> pd.Categorical:
    """Name what is coded by its place in a list; -1 is nothing."""
    return pd.Categorical.from_codes(codes, pd.Index(names))  # type: ignore[arg-type]


def arrow_of(values: pd.Series, column: str) -> pa.Array:
    """Column of a frame as Arrow holds it."""
    if column == "published_at":
        return pa.array(values.astype("datetime64[us, UTC]"))
    if isinstance(values.dtype, pd.CategoricalDtype):
        return pa.array(values.array, from_pandas=True).cast(pa.string())
    return pa.array(values.astype("string"), pa.string(), from_pandas=True)


def stamps(at: Codes) -> pd.Series:
    """Instants as pandas has them."""
    made: pd.Series = instants(at).to_pandas()
    return made
