"""Write utterances as a ConvoKit corpus; the reader ``convokit`` reads one.

References
----------
Chang et al. (2020), *ConvoKit: A Toolkit for the Analysis of Conversations*, SIGDIAL.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scsr.errors import ScsrError
from scsr.schema import TABLES, conform

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write"]

OWN = ("utterance_id", "conversation_id", "reply_to", "speaker_id", "published_at", "text")
"""Columns for which ConvoKit has a field of its own; the others become metadata."""

TYPES = {
    "str": "str",
    "category": "str",
    "timestamp": "str",
    "float": "float",
    "int": "int",
    "bool": "bool",
    "list": "list",
}


def write(utterances: pd.DataFrame, folder: str | Path, name: str = "scsr") -> Path:
    """Write utterances as a folder that ``convokit.Corpus(filename=folder)`` loads.

    Parameters
    ----------
    utterances : DataFrame
        Of the contract, or columns of it; ``utterance_id`` and ``text`` must be there.
    folder : path
        A new folder.
    name : str
        Name of the corpus.

    Returns
    -------
    Path
        The folder. It holds what the table holds, pseudonyms and texts: keep it as safe.

    Raises
    ------
    ScsrError
        If the folder exists already, or a column is missing.
    TableError
        On a column that the contract does not have.

    Notes
    -----
    ``timestamp`` is in seconds since 1970. A date coarser than a minute stands at 00:00, with its
    precision in the metadata. An utterance outside of any conversation is one of its own, and those
    whose speaker nobody knows bear the speaker ``""``, because ConvoKit wants both of all utterances.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> rows = pd.DataFrame({"utterance_id": ["a"], "speaker_id": ["k"], "text": ["Hvor er pakken?"], "kind": ["question"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = write(rows, Path(folder) / "corpus")
    ...     sorted(path.name for path in made.iterdir())
    ['conversations.json', 'corpus.json', 'index.json', 'speakers.json', 'utterances.jsonl']
    """
    folder = Path(folder)
    for column in ("utterance_id", "text"):
        if column not in utterances:
            raise ScsrError(f"column {column!r} is missing; give the utterances with their ids and texts")
    if folder.exists():
        raise ScsrError(f"{folder} exists; remove it or give another folder")
    meta = [c for c in TABLES["utterances"].columns if c.name not in OWN and c.name in utterances]
    names = [column.name for column in meta]
    records = conform(utterances, "utterances").to_dict("records")
    lines = [line_of({str(key): value for key, value in row.items()}, names) for row in records]
    speakers = sorted({line["speaker"] for line in lines})
    threads = sorted({line["conversation_id"] for line in lines})
    index = {
        "utterances-index": {column.name: [f"<class '{TYPES[column.kind]}'>"] for column in meta},
        "speakers-index": {},
        "conversations-index": {},
        "overall-index": {"name": ["<class 'str'>"]},
        "version": 1,
        "vectors": [],
    }
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    with (draft / "utterances.jsonl").open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(json.dumps(line) + "\n" for line in lines)
    for file, content in (
        ("speakers.json", {speaker: {"meta": {}, "vectors": []} for speaker in speakers}),
        ("conversations.json", {thread: {"meta": {}, "vectors": []} for thread in threads}),
        ("corpus.json", {"name": name}),
        ("index.json", index),
    ):
        (draft / file).write_text(json.dumps(content) + "\n", encoding="utf-8")
    draft.rename(folder)
    return folder


def line_of(row: dict[str, Any], meta: list[str]) -> dict[str, Any]:
    """Make one line of ``utterances.jsonl``."""
    known = {column: None if missing(value) else value for column, value in row.items()}
    at = known["published_at"]
    seconds = at.timestamp() if at is not None else None
    return {
        "id": known["utterance_id"],
        "conversation_id": known["conversation_id"] or known["utterance_id"],
        "text": known["text"],
        "speaker": known["speaker_id"] or "",
        "meta": {column: plain(known[column]) for column in meta if known[column] is not None},
        "reply-to": known["reply_to"],
        "timestamp": int(seconds) if seconds is not None and seconds.is_integer() else seconds,
        "vectors": [],
    }


def missing(value: Any) -> bool:
    """Whether a cell holds nothing."""
    import pandas as pd

    return not hasattr(value, "__len__") and bool(pd.isna(value))


def plain(value: Any) -> Any:
    """Value as JSON has it."""
    if isinstance(value, str):
        return value
    if hasattr(value, "__len__"):
        return [str(one) for one in value]
    return value.item() if hasattr(value, "item") else value
