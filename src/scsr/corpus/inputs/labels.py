"""Labels given by hand: one CSV file a coder in ``data/config/labels/``, which git ignores.

Columns: ``utterance_id``, ``coder``, ``label`` (1, true or yes for a complaint; 0, false or no for none; empty while it
is undecided) and whatever helps to label, such as ``language`` and ``text``, which is not read back.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from scsr.corpus.store import config_folder, data_folder
from scsr.errors import ScsrError

__all__ = ["COLUMNS", "labels_folder", "read_labels", "write_sheet"]

COLUMNS = ("utterance_id", "coder", "label")
LABELS = "labels"
SAID = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
CODER = re.compile(r"\w[\w-]{0,39}")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def labels_folder(data: str | Path | None = None) -> Path:
    """Return the folder of the labels: ``config/labels`` beside the folder of the tables.

    Examples
    --------
    >>> labels_folder("data/processed").as_posix().endswith("data/config/labels")
    True
    """
    return config_folder(data_folder(data)) / LABELS


def read_labels(data: str | Path | None = None) -> pd.DataFrame:
    """Read all labels that were given.

    Parameters
    ----------
    data : path, optional
        Folder of the tables, as :func:`scsr.load` takes it; the labels stand in ``config/labels`` beside it.

    Returns
    -------
    DataFrame
        ``utterance_id, coder, label`` (bool), in the order of the files' names; empty where there is none.
        ``frame.attrs["n_undecided"]`` counts the rows without a label.

    Raises
    ------
    ScsrError
        Naming file, row, value and remedy.
    """
    folder = labels_folder(data)
    parts = [read_file(path) for path in sorted(folder.glob("*.csv"))] if folder.is_dir() else []
    rows = [row for part, _ in parts for row in part]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"utterance_id": "string", "coder": "string"})
    frame["label"] = frame["label"].astype(bool)
    frame.attrs["n_undecided"] = sum(undecided for _, undecided in parts)
    return frame


def read_file(path: Path) -> tuple[list[tuple[str, str, bool]], int]:
    """Read one file: its labels, and how many rows have none."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ScsrError(f"{path.name} is not in UTF-8; save it as CSV UTF-8") from None
    head = text.partition("\n")[0]
    # spreadsheets in Nordic locales part columns by semicolons
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ScsrError(f"{path.name} has no column {missing[0]!r}; its first row names {', '.join(COLUMNS)}")
    made: list[tuple[str, str, bool]] = []
    undecided = 0
    for number, row in enumerate(reader, start=2):
        where = f"{path.name}, row {number}"
        native, coder, said = ((row[name] or "").strip() for name in COLUMNS)
        if not native:
            raise ScsrError(f"{where}: no utterance_id; take the row out or give it back its id")
        if not said:
            undecided += 1
            continue
        if not CODER.fullmatch(coder):
            raise ScsrError(f"{where}: coder {coder!r} is no name; give letters, digits, '-' or '_'")
        if said.lower() not in SAID:
            raise ScsrError(
                f"{where}: label {said!r} is none; give 1 for a complaint, 0 for none, nothing if undecided"
            )
        made.append((native, coder, SAID[said.lower()]))
    return made, undecided


def write_sheet(sheet: pd.DataFrame, coder: str, data: str | Path | None = None) -> Path:
    """Write utterances for a coder to label; a sheet that exists is never written over, for it may hold their work.

    Parameters
    ----------
    sheet : DataFrame
        ``utterance_id`` and what helps to label.
    coder : str
        Name or initials; names the file, too.
    data : path, optional
        Folder of the tables.

    Returns
    -------
    Path
        ``config/labels/CODER.csv`` beside the folder of the tables.

    Raises
    ------
    ScsrError
        If the coder's name cannot name a file, or their sheet exists.
    """
    if not CODER.fullmatch(coder):
        raise ScsrError(f"coder {coder!r} cannot name a file; give letters, digits, '-' or '_'")
    path = labels_folder(data) / f"{coder}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table = sheet.assign(coder=coder, label="")[[*COLUMNS, *(n for n in sheet.columns if n not in COLUMNS)]]
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(table.columns)
            writer.writerows([safe(value) for value in row] for row in table.itertuples(index=False))
    except FileExistsError:
        raise ScsrError(f"{path.name} exists and may hold labels; move it away, or name another coder") from None
    path.chmod(0o600)
    return path


def safe(value: object) -> str:
    """Write a cell so that no spreadsheet takes what a customer wrote for a formula."""
    text = "" if value is None or value is pd.NA else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
