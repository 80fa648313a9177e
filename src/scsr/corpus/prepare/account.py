"""The account: read = rows + rejects, for every source; and its wording for the person at the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scsr.corpus.prepare.repeated import Learnt
from scsr.corpus.readers.source import Source
from scsr.corpus.store.manifest import Manifest
from scsr.errors import ScsrError
from scsr.schema import TABLES

__all__ = ["Account", "describe"]


@dataclass
class Account:
    """What became of one source.

    Parameters
    ----------
    source : Source
    n_files : int
    n_records : int
        Raw records that the reader yielded, rejects included; for pages, pages.
    n_read : int
        Records counted before any was made a row: posts and comments for pages.
    n_rows, n_rejects : int
        Counted where they are written.
    """

    source: Source
    n_files: int = 0
    n_records: int = 0
    n_read: int = 0
    n_rows: int = 0
    n_rejects: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    n_visible: int = 0
    learnt: Learnt = field(default_factory=Learnt)

    def check(self) -> None:
        """Refuse to go on when something was lost or made.

        Raises
        ------
        ScsrError
            If rows and rejects are not what was read, or the characters of pages do not add up.
        """
        if self.n_read != self.n_rows + self.n_rejects:
            raise ScsrError(
                f"source {self.source.name!r}: {self.n_read} records were read, but {self.n_rows} rows and "
                f"{self.n_rejects} rejects came of them; nothing is published; report this as a fault of scsr"
            )
        counted = sum(self.characters.values())
        if counted != self.n_visible:
            raise ScsrError(
                f"source {self.source.name!r}: {self.n_visible} visible characters were read, but {counted} are "
                "accounted for; nothing is published; report this as a fault of scsr"
            )

    def move(self, n: int, reason: str) -> None:
        """Count characters of pages that were taken for text as those of a reject."""
        moved = min(n, self.characters["utterances"])
        if moved:
            self.characters["utterances"] -= moved
            self.characters[f"reject:{reason}"] += moved

    def move_text(self, texts: Iterable[str], reason: str) -> None:
        """Count the visible characters of texts as those of a reject."""
        self.move(sum(map(len, (word for text in texts for word in text.split()))), reason)

    def to_dict(self) -> dict[str, Any]:
        """Values for ``prepare.json``."""
        source = self.source
        made: dict[str, Any] = {
            "name": source.name,
            "table": source.table,
            "reader": source.reader,
            "speakers": source.namespace,
            "licence": source.licence,
            "collected_at": source.collected_at,
            "observed_until": source.observed_until,
            "synthetic": source.synthetic,
            "n_files": self.n_files,
            "n_records": self.n_records,
            "n_read": self.n_read,
            "n_rows": self.n_rows,
            "n_rejects": self.n_rejects,
        }
        for name in ("rejected", "masked", "languages", "duplicates", "characters"):
            made[name] = dict(sorted(getattr(self, name).items()))
        if source.reader == "page":
            made["n_visible"] = self.n_visible
            made["learnt"] = {"n_lines": len(self.learnt.lines), "n_pages": self.learnt.n_pages}
        return made


def describe(manifest: Manifest) -> list[str]:
    """Word the account of a run, line by line, for printing.

    Parameters
    ----------
    manifest : Manifest

    Returns
    -------
    list of str
        Never a value that was masked or a word of a text.

    Examples
    --------
    >>> describe(Manifest({"utterances": {"n_rows": 0}}))[-1]
    'Tables: none has a row.'
    """
    lines = [line for source in manifest.sources for line in source_lines(source)]
    lines += [f"Note: {note}" for note in manifest.notes]
    counts = {name: manifest.tables[name]["n_rows"] for name in TABLES if name in manifest.tables}
    filled = [f"{name} {count:,}" for name, count in counts.items() if count]
    lines.append(f"Tables: {' · '.join(filled)} rows." if filled else "Tables: none has a row.")
    return lines


def source_lines(source: Mapping[str, Any]) -> list[str]:
    """Word the account of one source."""
    unit = "posts and comments" if source["reader"] == "page" else "records"
    files = "1 file" if source["n_files"] == 1 else f"{source['n_files']} files"
    lines = [
        f"{source['name']} ({source['reader']}, {files}): {source['n_read']:,} {unit} read = "
        f"{source['n_rows']:,} rows of {source['table']} + {source['n_rejects']:,} rejects"
    ]
    for key, title in (
        ("rejected", "rejected"), ("languages", "languages"), ("masked", "masked"), ("duplicates", "duplicates"),
    ):  # fmt: skip
        if source.get(key):
            lines.append(f"  {title}: " + ", ".join(f"{name} {count:,}" for name, count in source[key].items()))
    visible = source.get("n_visible")
    if visible:
        shares: Counter[str] = Counter()
        for what, count in source["characters"].items():
            shares[what.split(":")[0]] += count
        worded = ", ".join(f"{what} {count / visible:.1%}" for what, count in sorted(shares.items()))
        lines.append(f"  visible characters: {visible:,} = {worded}")
    return lines
