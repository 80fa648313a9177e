"""From a raw record to a row: clean, identify, pseudonymise. Runs in worker processes."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from scsr.corpus.prepare.forgotten import marks_of
from scsr.corpus.prepare.repeated import site_of, without_repeated
from scsr.corpus.prepare.times import COARSE, read_stamp
from scsr.corpus.readers.records import RawRecord, Reject
from scsr.corpus.readers.source import Source
from scsr.schema import LANGUAGES, TABLES, Column

__all__ = ["BadValueError", "Cleaner", "Row", "Words"]


class BadValueError(ValueError):
    """A value that the contract does not allow; its record becomes a reject."""


@dataclass(slots=True)
class Row:
    """One row, and what must be known of it beside the contract's columns.

    Parameters
    ----------
    values : dict
        Contract column to value.
    native : bool
        Whether its id is the source's own, so that a second one is the same record and not an equal one.
    url, file, locator : str
        Where it comes from.
    """

    values: dict[str, Any]
    native: bool
    url: str | None
    file: str
    locator: str


@dataclass(slots=True)
class Words:
    """Words that wait to be cleaned with all others of a chunk, and the row that they belong to."""

    row: dict[str, Any]
    title: str
    text: str
    language: str | None
    names: tuple[str, ...]


@dataclass
class Cleaner:
    """Makes rows of one source's records; their words are cleaned together, when all are there.

    Parameters
    ----------
    source : Source
    key : bytes
        Pseudonym key.
    forgotten : frozenset of str
        Speakers who asked to be forgotten.
    repeated : frozenset of int
        Lines of the site's furniture, as :func:`scsr.corpus.prepare.repeated.learn` gives them.

    Attributes
    ----------
    n_repeated : int
        Visible characters of these taken off so far.
    masked : Counter
        Identifiers replaced so far, by kind.
    marks : set of str
        Placeholders by which texts may speak of the forgotten.
    """

    source: Source
    key: bytes
    masked: Counter[str] = field(default_factory=Counter)
    forgotten: frozenset[str] = frozenset()
    repeated: frozenset[int] = frozenset()
    n_repeated: int = 0
    marks: set[str] = field(default_factory=set)
    waiting: list[Words] = field(default_factory=list)

    def __post_init__(self) -> None:
        from scsr.text.language import identify_all
        from scsr.text.normalise import normalise
        from scsr.text.privacy import Pseudonymiser, keyed_id
        from scsr.text.tokens import lemmas

        self.normalise: Callable[[str], str] = normalise
        self.identify = identify_all
        self.lemmas = lemmas
        self.keyed_id = keyed_id
        # companies stay: their accounts are no persons
        self.pseudonymiser = Pseudonymiser(self.key, keep=self.source.companies)
        self.masker = lru_cache(maxsize=1024)(
            lambda company: Pseudonymiser(self.key, keep=[company, *self.source.companies])
        )
        self.columns = {column.name: column for column in TABLES[self.source.table].columns if column.name not in OWN}
        self.known: dict[tuple[str, str], str] = {}
        self.readers: dict[str, Callable[[str, Column], Any]] = {
            "str": lambda text, _: self.normalise(text),
            "category": category,
            "timestamp": lambda text, column: self.stamp(text, column)[0],
            "float": number,
            "int": whole_number,
            "bool": truth,
        }

    def row(self, record: RawRecord) -> Row | Reject:
        """Make the row of one record of a table.

        Parameters
        ----------
        record : RawRecord

        Returns
        -------
        Row or Reject
            A reject where the contract does not allow one of the values.

        Raises
        ------
        SourceError
            Where it is the source's statement that is at fault.
        """
        try:
            made = self.utterance(record) if self.source.table == "utterances" else self.plain(record)
        except BadValueError as error:
            return Reject(record.file, record.locator, "bad value", str(error))
        if made is None:
            return Reject(record.file, record.locator, "no text", "nothing is left after cleaning")
        return made

    def id_of(self, kind: str, *parts: str) -> str:
        """Key an identity within this source."""
        return str(self.keyed_id(self.key, kind, self.source.name, *parts))

    def speaker(self, native: str | None) -> str | None:
        """Pseudonym of a speaker within the source's namespace of speakers."""
        if not native:
            return None
        made = self.pseudonymiser.speaker(f"{self.source.namespace}\x1f{native}")
        if made in self.forgotten:
            self.marks.update(marks_of(native, self.pseudonymiser))
        return made

    def less_repeated(self, text: str, record: RawRecord, post: Any) -> str:
        """Text of a post without the furniture of its site."""
        if not self.repeated:
            return text
        left = without_repeated(text, site_of(record, post, self.source), self.repeated)
        self.n_repeated += sum(map(len, text.split())) - sum(map(len, left.split()))
        return left

    def stamp(self, text: str, column: Column) -> tuple[dt.datetime, str]:
        """Read a stamp, or say which column's cannot be read."""
        try:
            return read_stamp(text, self.source)
        except (ValueError, OverflowError):
            raise BadValueError(
                f"{column.name} is no date that can be read without guessing; state date_format"
            ) from None

    def given(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Read the values that the record or else the source states, except ids and texts."""
        made: dict[str, Any] = {"source": self.source.name, "synthetic": self.source.synthetic}
        for name, text in values.items():
            if text and name in self.columns:
                made[name] = self.value(name, text)
        for name, text in self.source.defaults.items():
            if name in self.columns and name not in made:
                made[name] = self.value(name, text)
        return made

    def value(self, name: str, text: str) -> Any:
        """Read one value; the few of a category are read once."""
        column = self.columns[name]
        if column.kind != "category":
            return self.readers[column.kind](text, column)
        known = self.known.get((name, text))
        if known is None:
            known = self.known[name, text] = category(text, column)
        return known

    def utterance(self, record: RawRecord) -> Row | None:
        """Make an utterance; None where no text is left."""
        raw = record.values
        text = self.normalise(raw.get("text", ""))
        if not text:
            return None
        title = self.normalise(raw.get("title", ""))
        made = self.given(raw)
        made.setdefault("speaker_role", "other")
        self.date(made, raw)
        language = raw.get("language") or self.source.defaults.get("language")
        self.waiting.append(Words(made, title, text, language, record.names))
        native, url = raw.get("utterance_id"), raw.get("url")
        if native:
            made["utterance_id"] = self.id_of("utterance", native)
        elif url:
            made["utterance_id"] = self.id_of("url", url)
        else:
            made["utterance_id"] = self.id_of("text", title, raw.get("published_at", ""), text)
        if raw.get("conversation_id"):
            # a conversation bears the id of the utterance that opens it, where the source does the same
            made["conversation_id"] = self.id_of("utterance", raw["conversation_id"])
        if raw.get("reply_to"):
            made["reply_to"] = self.id_of("utterance", raw["reply_to"])
        made["speaker_id"] = self.speaker(raw.get("speaker_id"))
        return Row(made, native is not None, url, record.file, record.locator)

    def date(self, made: dict[str, Any], raw: Mapping[str, str]) -> None:
        """Set the time and its precision; a precision that the source states can only coarsen it."""
        stated = raw.get("published_at")
        if not stated:
            made["date_precision"] = "none"
            return
        instant, precision = self.stamp(stated, COLUMNS["published_at"])
        coarser = made.get("date_precision", precision)
        if coarser in COARSE and precision not in COARSE:
            instant = instant.replace(hour=0, minute=0, second=0, microsecond=0)
        order = ("second", "minute", "day", "month", "none")
        made["date_precision"] = max(precision, coarser, key=order.index)
        made["published_at"] = None if made["date_precision"] == "none" else instant

    def finish(self) -> None:
        """Identify the language, mask identifiers, take lemmas of all that waits: everything that needs the words."""
        unknown = [words for words in self.waiting if not words.language]
        for words, found in zip(unknown, self.identify([one.text for one in unknown]), strict=True):
            confidence = min(max(float(found.confidence), 0.0), 1.0)
            told = found.detail if found.code == "other" and found.detail and found.detail != "other" else None
            words.row.update(language=found.code, language_confidence=confidence, language_detail=told)
        for words in self.waiting:
            if stated := words.language:
                code = stated if stated in LANGUAGES else "other"
                told = stated if code == "other" and stated != "other" else None
                words.row.update(language=code, language_confidence=1.0, language_detail=told)
            code = words.row["language"]
            company = words.row.get("company")
            masker = self.masker(company) if company else self.pseudonymiser
            masked, counts = masker.mask(words.text, code, words.names)
            self.masked.update(counts)
            title = words.title
            if title:
                title, counts = masker.mask(title, code, words.names)
                self.masked.update(counts)
            words.row.update(title=title or None, text=masked, lemmas=self.lemmas(masked, code))
        self.waiting.clear()

    def plain(self, record: RawRecord) -> Row:
        """Make a row of exposure, outcomes or shares."""
        raw = record.values
        table = TABLES[self.source.table]
        made = self.given(raw)
        if "speaker_id" in table.names:
            made["speaker_id"] = self.speaker(raw.get("speaker_id"))
        native = raw.get("share_id")
        if self.source.table == "shares":
            cascade = raw.get("cascade_id", "")
            if cascade:
                made["cascade_id"] = self.id_of("cascade", cascade)
            if native:
                made["share_id"] = self.id_of("share", native)
            else:
                made["share_id"] = self.id_of("share", cascade, raw.get("t_h", ""), raw.get("speaker_id", ""))
            if raw.get("parent_id"):
                made["parent_id"] = self.id_of("share", raw["parent_id"])
        for column in table.columns:
            if not column.nullable and made.get(column.name) is None:
                raise BadValueError(f"{column.name} is missing: {column.meaning}")
        if "period_start" in made and made["period_end"] <= made["period_start"]:
            raise BadValueError("period_end is not after period_start")
        if "observed_from" in made and made["observed_until"] < made["observed_from"]:
            raise BadValueError("observed_until is before observed_from")
        return Row(made, native is not None, None, record.file, record.locator)


OWN = frozenset(
    {
        "utterance_id", "conversation_id", "reply_to", "speaker_id", "share_id", "cascade_id", "parent_id",
        "title", "text", "lemmas", "published_at", "language", "language_confidence", "language_detail",
    }
)  # fmt: skip
"""Columns that are made in their own way."""

COLUMNS = {column.name: column for column in TABLES["utterances"].columns}


def category(text: str, column: Column) -> str:
    """Read a category; what a closed one does not allow is refused."""
    if column.allowed and text not in column.allowed:
        raise BadValueError(f"{column.name} is not one of {', '.join(column.allowed)}; map it with source.values")
    return text


def number(text: str, column: Column) -> float:
    """Read a number within the column's bounds."""
    try:
        value = float(text)
    except ValueError:
        raise BadValueError(f"{column.name} is no number") from None
    if not math.isfinite(value):
        raise BadValueError(f"{column.name} is no finite number")
    if column.minimum is not None and value < column.minimum:
        raise BadValueError(f"{column.name} is below {column.minimum:g}")
    if column.maximum is not None and value > column.maximum:
        raise BadValueError(f"{column.name} is above {column.maximum:g}")
    return value


def whole_number(text: str, column: Column) -> int:
    """Read a whole number; ``3.0`` is one."""
    value = number(text, column)
    if value != int(value) or abs(value) >= 2**63:
        raise BadValueError(f"{column.name} is no whole number")
    return int(text) if text.lstrip("+-").isdecimal() else int(value)


def truth(text: str, column: Column) -> bool:
    """Read true or false."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in known:
        raise BadValueError(f"{column.name} is neither true nor false")
    return known[text.lower()]
