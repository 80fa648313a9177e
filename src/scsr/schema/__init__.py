"""The data contract: every table, its columns, their units and what is allowed in them.

The tables are described once, in :data:`TABLES`. From that description come the pandera schema that
:func:`validate` applies, the Arrow schema that the Parquet files carry and the empty table that a
missing source leaves. Vocabulary follows ConvoKit (Chang et al. 2020, *ConvoKit: A Toolkit for the
Analysis of Conversations*, SIGDIAL) where it has a word.

Examples
--------
>>> TABLES["rejects"].names
('source', 'file', 'locator', 'reason', 'detail')
>>> from scsr.schema import empty
>>> empty("shares").dtypes["t_h"]
dtype('float64')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scsr.schema.tables import (
    CHANNELS,
    DATE_PRECISIONS,
    DERIVED,
    DTYPES,
    KINDS,
    LANGUAGES,
    OUTCOMES,
    ROLES,
    SAMPLINGS,
    SCHEMA_VERSION,
    TABLES,
    VALENCES,
    Column,
    Table,
    table_of,
)

if TYPE_CHECKING:
    from scsr.schema.frames import cast_column, conform, empty, validate

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
    "cast_column",
    "conform",
    "empty",
    "table_of",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Bring in pandas when a frame is first asked for: workers and the command line never do."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scsr.schema import frames

    return getattr(frames, name)
