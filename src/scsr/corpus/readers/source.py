"""``sources.toml``: what each raw source is, stated by the person who collected it.

Every statement is checked before a file is opened, because a mistake here would be spread over the whole
corpus: an unknown key, reader, table or column is an error that offers the nearest right name.
"""

from __future__ import annotations

import datetime
import difflib
import tomllib
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scsr.corpus.readers.files import known_encoding
from scsr.errors import SourceError
from scsr.schema import LANGUAGES, TABLES

__all__ = ["BESIDE", "STORED", "UTTERANCES", "Source", "load_sources", "matching_files", "nearest"]

STORED = ("utterances", "exposure", "outcomes", "shares")
"""Tables that a source may feed; the others are made by ``prepare`` itself."""

REQUIRED = {"name": str, "path": str, "reader": str, "licence": str, "synthetic": bool}
OPTIONAL = {
    "table": str,
    "exclude": str,
    "collected_at": str,
    "observed_until": str,
    "encoding": str,
    "timezone": str,
    "date_format": str,
    "delimiter": str,
    "decimal": str,
    "saved_at": str,
    "speakers": str,
    "companies": list,
    "columns": dict,
    "values": dict,
}
DEFAULTS = (
    "language",
    "country",
    "company",
    "sector",
    "channel",
    "kind",
    "speaker_role",
    "sampling",
    "exposure_unit",
)
"""Contract columns that a source may state once for all of its records."""

NATIVE = {"utterances": ("url",), "shares": (), "exposure": (), "outcomes": ()}
"""Names that a column map may use beside the contract's own columns."""


@dataclass(frozen=True)
class Source:
    """One ``[[source]]``: where the files are and what they do not say themselves.

    Parameters
    ----------
    name : str
        Unique; part of every id, so that renaming a source renames its records.
    path : str
        Glob below the folder of the raw files.
    reader : str
        Name in :data:`scsr.corpus.readers.READERS`.
    licence : str
        As its owner states it; ``"none stated"`` is an answer.
    synthetic : bool
        Whether it was written or drawn for a project rather than collected.
    table : str
        Table that it feeds.
    exclude : str or None
        Glob of files that `path` matches and another source describes.
    collected_at : str or None
        Day on which the files were fetched, ISO 8601.
    observed_until : str or None
        Instant until which the source was watched for answers, ISO 8601; where it is not stated, the last
        instant in the source stands for it.
    encoding, timezone, date_format, delimiter : str or None
        Of the files. ``timezone`` (IANA name) is required where stamps have no offset; ``date_format`` is
        a ``strptime`` pattern, or ``"unix"`` for seconds since 1970.
    decimal : str or None
        ``","`` or ``"."``: what stands before the decimals of numbers, where a column does not show it.
    saved_at : str or None
        Day on which pages were saved, which "3 days ago" is counted from.
    speakers : str or None
        Namespace of the native speaker ids. Sources that name the same namespace speak of the same
        people, so that cases, outcomes and shares can be linked; unless stated it is the source's name.
    companies : tuple of str
        Names and accounts of firms, which stay in texts; the company of a record stays anyway.
    defaults : mapping
        Contract column to the value that holds for every record which does not state its own.
    columns : mapping
        Contract column to the file's column.
    values : mapping
        Contract column to a map from the file's values to the contract's; ``""`` means not stated.
    """

    name: str
    path: str
    reader: str
    licence: str = "none stated"
    synthetic: bool = False
    table: str = "utterances"
    exclude: str | None = None
    collected_at: str | None = None
    observed_until: str | None = None
    encoding: str | None = None
    timezone: str | None = None
    date_format: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    saved_at: str | None = None
    speakers: str | None = None
    companies: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chosen: bool = False
    """Whether the reader was chosen by content, there being no ``sources.toml``."""

    @property
    def namespace(self) -> str:
        """Namespace of the native speaker ids."""
        return self.speakers or self.name


def nearest(name: str, known: Collection[str]) -> str:
    """Word the nearest known name, for an error message.

    Examples
    --------
    >>> nearest("lisence", ["name", "licence"])
    "did you mean 'licence'?"
    >>> nearest("zzz", ["page", "twcs"])
    'choose one of page, twcs'
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"choose one of {', '.join(known)}"


def load_sources(file: Path, readers: Collection[str]) -> list[Source]:
    """Read and check a ``sources.toml``.

    Parameters
    ----------
    file : Path
        The file.
    readers : collection of str
        Names of the readers there are.

    Returns
    -------
    list of Source
        In the order of the file.

    Raises
    ------
    SourceError
        On the first mistake, naming the file, the source, the value and the remedy.
    """
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(f"{file.name}: cannot be read ({error.strerror}); give --sources another file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{file.name}: is not TOML in UTF-8 ({error})") from None
    for key in stated:
        if key != "source":
            raise SourceError(f"{file.name}: unknown key {key!r}; write one [[source]] for each source")
    entries = stated.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SourceError(f"{file.name}: 'source' must be a list of tables; write [[source]], not [source]")
    if not entries:
        raise SourceError(f"{file.name}: states no source; write one [[source]] for each")
    sources = [source_from(entry, number, file.name, readers) for number, entry in enumerate(entries, 1)]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise SourceError(f"{file.name}: source {name!r} stands twice; names must be unique")
    check_one_kind(sources, file.name)
    return sources


def check_one_kind(sources: list[Source], where: str) -> None:
    """Refuse real and synthetic sources in one run, because their estimates must never be pooled."""
    real = [source.name for source in sources if not source.synthetic]
    made = [source.name for source in sources if source.synthetic]
    if real and made:
        raise SourceError(
            f"{where}: {made[0]!r} is synthetic and {real[0]!r} is not; "
            "prepare them apart, with one sources file and one --out each"
        )


def source_from(entry: dict[str, Any], number: int, where: str, readers: Collection[str]) -> Source:
    """Check one entry and make a Source of it."""
    place = f"{where}: source {entry.get('name', number)!r}"
    known = [*REQUIRED, *OPTIONAL, *DEFAULTS]
    for key, value in entry.items():
        if key not in known:
            raise SourceError(f"{place}: unknown key {key!r}; {nearest(key, known)}")
        if isinstance(value, datetime.date | datetime.datetime):
            value = entry[key] = value.isoformat()
        wanted = {**REQUIRED, **OPTIONAL}.get(key, str)
        if not isinstance(value, wanted):
            raise SourceError(f"{place}: {key} = {value!r} must be {words_for(wanted)}")
    for key in REQUIRED:
        if key not in entry:
            raise SourceError(f"{place}: {key!r} is missing; every source states {', '.join(REQUIRED)}")
    check_names(entry, place, readers)
    check_defaults(entry, place)
    plain = {key: value for key, value in entry.items() if key not in DEFAULTS}
    plain["companies"] = tuple(entry.get("companies", ()))
    plain["values"] = {
        column: {str(raw): meant for raw, meant in mapped.items()} for column, mapped in entry.get("values", {}).items()
    }
    return Source(**plain, defaults={key: entry[key] for key in DEFAULTS if key in entry})


def words_for(kind: type) -> str:
    """Say in words what type a key wants."""
    return {str: "text in quotes", bool: "true or false", dict: "a table", list: "a list"}[kind]


def check_names(entry: dict[str, Any], place: str, readers: Collection[str]) -> None:
    """Check the reader, the table, the glob and the column maps."""
    if not entry["name"].strip():
        raise SourceError(f"{place}: name is empty; give it one")
    if entry["reader"] not in readers:
        raise SourceError(f"{place}: unknown reader {entry['reader']!r}; {nearest(entry['reader'], sorted(readers))}")
    table = entry.get("table", "shares" if entry["reader"] == "cascades" else "utterances")
    entry["table"] = table
    if table not in STORED:
        raise SourceError(f"{place}: no source can feed table {table!r}; {nearest(table, STORED)}")
    if not all(isinstance(company, str) for company in entry.get("companies", ())):
        raise SourceError(f"{place}: companies = {entry['companies']!r} must be a list of texts in quotes")
    for key in ("path", "exclude"):
        pattern = Path(entry.get(key, "*"))
        if pattern.is_absolute() or ".." in pattern.parts or not pattern.parts:
            raise SourceError(f"{place}: {key} {entry[key]!r} must be a glob below the raw folder")
    columns = [*TABLES[table].names, *NATIVE[table]]
    for key in ("columns", "values"):
        for column, mapped in entry.get(key, {}).items():
            if column not in columns or column in ("source", "synthetic", "lemmas"):
                raise SourceError(
                    f"{place}: [source.{key}] names {column!r}, which {table} cannot take from a file; "
                    f"{nearest(column, columns)}"
                )
            wanted = str if key == "columns" else dict
            if not isinstance(mapped, wanted):
                raise SourceError(f"{place}: [source.{key}] {column} = {mapped!r} must be {words_for(wanted)}")
    for column, mapped in entry.get("values", {}).items():
        for raw, meant in mapped.items():
            if not isinstance(meant, str):
                raise SourceError(f"{place}: [source.values.{column}] {raw!r} = {meant!r} must be text in quotes")


def check_defaults(entry: dict[str, Any], place: str) -> None:
    """Check the values that hold for every record."""
    columns = {column.name: column for column in TABLES[entry["table"]].columns}
    for key in DEFAULTS:
        if key not in entry:
            continue
        if key not in columns:
            raise SourceError(f"{place}: {key!r} is no column of table {entry['table']!r}; drop it")
        allowed = columns[key].allowed
        if key == "language":
            # any ISO 639 code may be stated; what is none of ours becomes "other" with its own code beside it
            if not (entry[key].isalpha() and entry[key].islower() and 2 <= len(entry[key]) <= 3) or entry[key] == "no":
                raise SourceError(
                    f"{place}: language {entry[key]!r} must be one of {', '.join(LANGUAGES[:-1])} "
                    "or another two-letter ISO 639 code (nb or nn, never no)"
                )
        elif allowed and entry[key] not in allowed:
            raise SourceError(f"{place}: {key} = {entry[key]!r} is not allowed; {nearest(entry[key], allowed)}")
    if "timezone" in entry:
        try:
            zoneinfo.ZoneInfo(entry["timezone"])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            raise SourceError(
                f"{place}: timezone {entry['timezone']!r} is unknown; give an IANA name such as 'Europe/Stockholm'"
            ) from None
    for key in ("collected_at", "observed_until", "saved_at"):
        if key in entry:
            try:
                datetime.datetime.fromisoformat(entry[key])
            except ValueError:
                raise SourceError(f"{place}: {key} = {entry[key]!r} is no ISO 8601 date such as '2012-09-11'") from None
    if "encoding" in entry and known_encoding(entry["encoding"]) is None:
        raise SourceError(f"{place}: encoding {entry['encoding']!r} is unknown; give one such as 'utf-8'")
    if entry.get("decimal", ",") not in (",", "."):
        raise SourceError(f"{place}: decimal {entry['decimal']!r} must be ',' or '.'")
    if len(entry.get("delimiter", ",")) != 1:
        raise SourceError(f"{place}: delimiter {entry['delimiter']!r} must be one character")


def matching_files(source: Source, base: Path) -> list[Path]:
    """List the files of a source in a stable order.

    Parameters
    ----------
    source : Source
    base : Path
        Folder of the raw files.

    Returns
    -------
    list of Path
        Sorted by their path below `base`, whatever order the file system gives. What bears the name of a
        file and is none, such as a broken link or a pipe, is among them, so that it is seen and rejected.

    Raises
    ------
    SourceError
        If the glob matches no file.
    """
    left_out = set(base.glob(source.exclude)) if source.exclude else set()
    named = "*" not in Path(source.path).name.replace("*.", "")
    found = {
        path
        for path in base.glob(source.path)
        if path not in left_out and (named or not path.is_dir() or source.reader == "convokit")
    }
    if source.reader == "convokit":
        found = corpus_files(found)
    if not found:
        raise SourceError(
            f"source {source.name!r}: path {source.path!r} matches no file; correct the glob or the folder"
        )
    return sorted(found, key=lambda path: path.relative_to(base).parts)


def corpus_files(found: set[Path]) -> set[Path]:
    """Name the utterances of each corpus folder, by which the reader finds the rest."""
    folders = {path if path.is_dir() else path.parent for path in found if path.is_dir() or path.name in BESIDE}
    listed = {path for path in found if not path.is_dir() and path.name not in BESIDE and path.suffix != ".p"}
    for folder in folders:
        inside = [folder / name for name in UTTERANCES if (folder / name).exists()]
        listed |= set(inside[:1])
    return listed


UTTERANCES = ("utterances.jsonl", "utterances.json")
BESIDE = ("speakers.json", "users.json", "conversations.json", "corpus.json", "index.json")
"""Files of a ConvoKit corpus."""
