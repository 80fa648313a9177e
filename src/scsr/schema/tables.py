"""The tables of the contract, described once. No pandas here: what only describes must import at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from scsr.errors import TableError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "CHANNELS",
    "DATE_PRECISIONS",
    "DERIVED",
    "DTYPES",
    "KINDS",
    "LANGUAGES",
    "OUTCOMES",
    "ROLES",
    "SAMPLINGS",
    "SCHEMA_VERSION",
    "TABLES",
    "VALENCES",
    "Column",
    "Table",
    "table_of",
]

SCHEMA_VERSION = 1

LANGUAGES = ("sv", "nb", "nn", "is", "other")
ROLES = ("customer", "firm", "employee", "author", "ambassador", "other")
CHANNELS = (
    "blog", "comment", "review", "forum", "twitter", "facebook", "email",
    "phone", "chat", "letter", "in_person", "authority", "other",
)  # fmt: skip
KINDS = ("post", "comment", "complaint", "question", "reply", "review")
DATE_PRECISIONS = ("second", "minute", "day", "month", "none")
OUTCOMES = ("churn", "repurchase", "recontact", "visit", "csat", "nps")
VALENCES = ("negative", "neutral", "positive")
SAMPLINGS = ("complete", "replies")
DERIVED = {"cases": ("firm", "employee"), "threads": ROLES}
"""Tables that are derived from utterances, each with the roles whose answer counts as one."""

Kind = Literal["str", "category", "timestamp", "float", "int", "bool", "list"]

DTYPES: dict[str, Any] = {
    "str": "string",
    "category": "category",
    "timestamp": "datetime64[us, UTC]",
    "float": "float64",
    "int": "Int64",
    "bool": "boolean",
    "list": "object",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
    kind : {"str", "category", "timestamp", "float", "int", "bool", "list"}
        ``timestamp`` is an instant in UTC, or a page's own date at 00:00 where the precision beside it is
        coarser than a minute; ``list`` is a list of strings.
    meaning : str
        What the column holds, with its unit.
    nullable : bool
        Whether a value may be missing.
    allowed : tuple of str
        The values of a closed category; empty where any is allowed.
    minimum, maximum : float, optional
        Inclusive bounds of a number.
    """

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, and the columns that together are unique."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def arrow(self) -> pa.Schema:
        """Arrow schema of the Parquet files."""
        import pyarrow as pa

        kinds = {
            "str": pa.string(),
            "category": pa.dictionary(pa.int32(), pa.string()),
            "timestamp": pa.timestamp("us", tz="UTC"),
            "float": pa.float64(),
            "int": pa.int64(),
            "bool": pa.bool_(),
            "list": pa.list_(pa.string()),
        }
        return pa.schema([pa.field(c.name, kinds[c.kind], c.nullable) for c in self.columns])


COMPANY = (
    Column("company", "category", "the firm spoken of or to", nullable=True),
    Column("sector", "category", "its trade, such as bank or telecom", nullable=True),
    Column("country", "category", "ISO 3166 two-letter code of the market", nullable=True),
    Column("channel", "category", "where it was said", nullable=True, allowed=CHANNELS),
)
STATED = (
    Column("topic", "category", "matter, as the source states it", nullable=True),
    Column("severity", "int", "1 (slight) to 5 (grave), as the source states it", nullable=True, minimum=1, maximum=5),
    Column("urgent", "bool", "whether the source marks the matter urgent", nullable=True),
)
SAMPLING = Column(
    "sampling", "category", "complete: every message of the period; replies: sampled on having a reply; null: unknown",
    nullable=True, allowed=SAMPLINGS,
)  # fmt: skip
ORIGIN = (
    Column("source", "str", "name of the source in sources.toml"),
    Column("synthetic", "bool", "whether it was written or drawn for the project"),
)

CASE = (
    Column("case_id", "str", "utterance_id of the customer's opening"),
    Column("conversation_id", "str", "thread", nullable=True),
    Column("speaker_id", "str", "the customer", nullable=True),
    *COMPANY,
    Column("language", "category", "of the opening", allowed=LANGUAGES),
    Column("opened_at", "timestamp", "time of the opening", nullable=True),
    Column("date_precision", "category", "the coarser of opening and answer", allowed=DATE_PRECISIONS),
    Column("first_response_at", "timestamp", "first answer by one of the roles that count", nullable=True),
    Column("first_response_h", "float", "hours from opening to first answer", nullable=True, minimum=0),
    Column("answered", "bool", "whether any answer was seen"),
    Column("answered_by", "category", "role of who answered first", nullable=True, allowed=ROLES),
    Column("n_turns", "int", "utterances in the case", minimum=1),
    Column("closed_at", "timestamp", "last utterance seen", nullable=True),
    Column("observed_until", "timestamp", "end of observation", nullable=True),
    *STATED,
    SAMPLING,
    *ORIGIN,
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "utterances",
            (
                Column("utterance_id", "str", "stable: the same raw record gives the same id in every run"),
                Column("conversation_id", "str", "thread", nullable=True),
                Column("reply_to", "str", "utterance_id of the parent", nullable=True),
                Column("speaker_id", "str", "keyed pseudonym", nullable=True),
                Column("speaker_role", "category", "who speaks", allowed=ROLES),
                *COMPANY,
                Column("kind", "category", "what the source says it is", nullable=True, allowed=KINDS),
                Column("published_at", "timestamp", "when, to date_precision", nullable=True),
                Column("date_precision", "category", "what the source says of the time", allowed=DATE_PRECISIONS),
                Column("language", "category", "language of the text", allowed=LANGUAGES),
                Column("language_confidence", "float", "probability of language", minimum=0, maximum=1),
                Column("language_detail", "category", "ISO 639 code where language is other", nullable=True),
                Column("title", "str", "cleaned, pseudonymised", nullable=True),
                Column("text", "str", "cleaned, pseudonymised"),
                Column("lemmas", "list", "content lemmas for topic models"),
                Column("n_followers", "int", "reach of the speaker at the time, people", nullable=True, minimum=0),
                Column("n_comments_stated", "int", "comments that the page says it has", nullable=True, minimum=0),
                *STATED,
                Column("valence", "category", "as the source states it", nullable=True, allowed=VALENCES),
                SAMPLING,
                *ORIGIN,
            ),
            key=("utterance_id",),
        ),
        Table(
            "provenance",
            (
                Column("utterance_id", "str", "the utterance"),
                Column("url", "str", "address that the page or record states", nullable=True),
                Column("file", "str", "path below the raw folder"),
                Column("locator", "str", "place in the file"),
                *ORIGIN,
            ),
            key=("utterance_id",),
        ),
        Table(
            "duplicates",
            (
                Column("utterance_id", "str", "the later one"),
                Column("duplicate_of", "str", "the first of the same words"),
                Column("how", "category", "how alike", allowed=("exact", "near", "quoted")),
                *ORIGIN,
            ),
            key=("utterance_id", "duplicate_of"),
        ),
        Table(
            "rejects",
            (
                Column("source", "str", "name of the source"),
                Column("file", "str", "path below the raw folder"),
                Column("locator", "str", "place in the file"),
                Column("reason", "category", "why, in a word or two"),
                Column("detail", "str", "what to mend; never the text itself"),
            ),
        ),
        Table(
            "exposure",
            (
                *COMPANY,
                Column("period_start", "timestamp", "first instant of the period"),
                Column("period_end", "timestamp", "first instant after it"),
                Column("n_exposed", "float", "how many, in exposure_unit", minimum=0),
                Column("exposure_unit", "category", "customers, contacts, mentions, flights ..."),
                *ORIGIN,
            ),
            key=("company", "sector", "country", "channel", "exposure_unit", "period_start", "period_end"),
        ),
        Table(
            "outcomes",
            (
                Column("speaker_id", "str", "keyed pseudonym, the same as in utterances where linked"),
                Column("company", "category", "the firm", nullable=True),
                Column("at", "timestamp", "when it happened; null where it did not within the window", nullable=True),
                Column("outcome", "category", "what is measured", allowed=OUTCOMES),
                Column("value", "float", "1 happened, 0 did not; the score for csat and nps", nullable=True),
                Column("observed_from", "timestamp", "start of the customer's window"),
                Column("observed_until", "timestamp", "end of the customer's window"),
                *ORIGIN,
            ),
        ),
        Table(
            "shares",
            (
                Column("share_id", "str", "stable"),
                Column("cascade_id", "str", "the cascade"),
                Column("parent_id", "str", "share_id of the parent; null at the root or where unknown", nullable=True),
                Column("t_h", "float", "hours since the root", minimum=0),
                Column("root_at", "timestamp", "time of the root", nullable=True),
                Column(
                    "observed_until_h",
                    "float",
                    "hours since the root at the end of observation",
                    nullable=True,
                    minimum=0,
                ),
                Column("n_followers", "int", "reach of the sharer, people", nullable=True, minimum=0),
                Column("speaker_id", "str", "keyed pseudonym", nullable=True),
                Column("speaker_role", "category", "who shares", nullable=True, allowed=ROLES),
                Column("valence", "category", "of the root, as the source states it", nullable=True, allowed=VALENCES),
                *ORIGIN,
            ),
            key=("share_id",),
        ),
        *(Table(name, CASE, key=("case_id",)) for name in DERIVED),
    )
}


def table_of(name: str) -> Table:
    """Return the description of a table.

    Raises
    ------
    TableError
        If there is no such table.
    """
    if name not in TABLES:
        raise TableError(name, "*", "is no table of the contract", remedy=f"choose one of {', '.join(TABLES)}")
    return TABLES[name]
