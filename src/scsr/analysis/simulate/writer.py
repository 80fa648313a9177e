"""Writes a simulated market as the raw files that a firm's own systems would give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from scsr.analysis.simulate import Simulated

__all__ = ["write"]

COLUMNS = {
    "cases": [
        "utterance_id",
        "conversation_id",
        "reply_to",
        "speaker_id",
        "speaker_role",
        "company",
        "sector",
        "country",
        "channel",
        "kind",
        "published_at",
        "language",
        "text",
        "topic",
        "severity",
        "urgent",
        "valence",
    ],
    "exposure": ["company", "sector", "country", "period_start", "period_end", "n_exposed", "exposure_unit"],
    "outcomes": ["speaker_id", "company", "at", "outcome", "value", "observed_from", "observed_until"],
    "shares": [
        "share_id",
        "cascade_id",
        "parent_id",
        "t_h",
        "root_at",
        "observed_until_h",
        "n_followers",
        "speaker_id",
        "speaker_role",
        "valence",
    ],
}


def write(simulated: Simulated, out: str | Path) -> dict[str, Path]:
    """Write ``cases.csv, exposure.csv, outcomes.csv, shares.csv, truth.json``.

    The columns have the contract's names. Instants are ISO 8601 in UTC to the minute; the case log holds
    every utterance, answers and follow-ups included.

    Parameters
    ----------
    simulated : Simulated
    out : str or Path
        Folder, made where it is missing. Files of the same names are replaced.

    Returns
    -------
    dict of str to Path
        What was written, by name.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "cases": simulated.utterances,
        "exposure": simulated.exposure,
        "outcomes": simulated.outcomes,
        "shares": simulated.shares,
    }
    written = {}
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        text = compact(table[COLUMNS[name]]).to_csv(index=False, lineterminator="\n")
        path.write_bytes(text.encode("utf-8"))
        written[name] = path
    path = folder / "truth.json"
    path.write_bytes((json.dumps(simulated.truth, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
    return written | {"truth": path}


def compact(frame: pd.DataFrame) -> pd.DataFrame:
    """Write instants, whole numbers and booleans in few characters."""
    short = frame.copy()
    for name, values in frame.items():
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            short[name] = values.dt.strftime("%Y-%m-%dT%H:%MZ")
        elif str(values.dtype) == "boolean":
            short[name] = values.map({True: "true", False: "false"}).astype("string")
        elif str(values.dtype) == "float64" and (values.dropna() % 1 == 0).all():
            short[name] = values.astype("Int64")
    return short
