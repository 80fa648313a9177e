"""The account: read = rows + rejects, for every source; and its wording for the person at the terminal."""

from __future__ import annotations

import textwrap
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
    learnt : Learnt
        Furniture learnt from pages, which was taken off.
    sign_offs : (int, int)
        Different last lines that end many texts, and texts that end so; these stay.
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
    sign_offs: tuple[int, int] = (0, 0)

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
        if source.table == "utterances":
            made["sign_offs"] = {"n_lines": self.sign_offs[0], "n_texts": self.sign_offs[1]}
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


LISTS = (
    ("rejected", "rejected"),
    ("languages", "languages"),
    ("masked", "replaced by placeholders"),
    ("duplicates", "duplicates, kept and listed"),
)


def source_lines(source: Mapping[str, Any]) -> list[str]:
    """Word the account of one source."""
    unit = "posts and comments" if source["reader"] == "page" else "records"
    files = "1 file" if source["n_files"] == 1 else f"{source['n_files']:,} files"
    lines = [
        f"{source['name']} ({source['reader']}, {files}): {source['n_read']:,} {unit} read = "
        f"{source['n_rows']:,} rows of {source['table']} + {source['n_rejects']:,} rejects"
    ]
    for key, title in LISTS:
        if source.get(key):
            counts = sorted(source[key].items(), key=lambda one: (-one[1], one[0]))
            lines += wrapped(f"  {title}: ", [f"{name} {count:,}" for name, count in counts])
    if source.get("n_visible"):
        lines += character_lines(source["characters"], source["n_visible"])
    ends = source.get("sign_offs", {})
    if ends.get("n_lines"):
        what = "1 sign-off ends" if ends["n_lines"] == 1 else f"{ends['n_lines']:,} sign-offs end"
        lines.append(f"  repeated, and kept: {what} {ends['n_texts']:,} texts")
    learnt = source.get("learnt", {})
    if learnt.get("n_lines"):
        lines.append(
            f"  learnt as furniture (rule repeated): {learnt['n_lines']:,} lines that begin or end posts, on "
            f"{learnt['n_pages']:,} pages"
        )
    return lines


def character_lines(characters: Mapping[str, int], n_visible: int) -> list[str]:
    """Word what became of the visible characters of pages, and by which rules."""
    shares: Counter[str] = Counter()
    rules: dict[str, list[tuple[int, str]]] = {}
    for what, count in characters.items():
        name, _, rule = what.partition(":")
        shares[name] += count
        if rule and count:
            rules.setdefault(name, []).append((-count, rule))
    worded = " + ".join(f"{name} {share(count, n_visible)}" for name, count in shares.most_common() if count)
    lines = [f"  visible characters: {n_visible:,} = {worded}"]
    for name, listed in sorted(rules.items()):
        lines += wrapped(f"    {name}: ", [f"{rule} {share(-n, n_visible)}" for n, rule in sorted(listed)])
    return lines


def wrapped(head: str, items: list[str]) -> list[str]:
    """Put a list on as many lines as it needs, below each other."""
    text = ", ".join(item.replace(" ", "\xa0") for item in items)  # an item is not broken
    filled = textwrap.wrap(text, 100 - len(head), break_long_words=False, break_on_hyphens=False)
    heads = [head, *[" " * len(head)] * (len(filled) - 1)]
    return [before + line.replace("\xa0", " ") for before, line in zip(heads, filled, strict=True)]


def share(count: int, whole: int) -> str:
    """Word a share in per cent, to one decimal; what would round to nothing says so.

    Examples
    --------
    >>> share(1, 8), share(1, 100_000)
    ('12.5%', '<0.1%')
    """
    return f"{count / whole:.1%}" if count / whole >= 0.0005 else "<0.1%"
