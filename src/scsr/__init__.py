"""scsr: how often Nordic customers complain, whether a faster answer keeps them, how far word of mouth spreads.

The names below are loaded when first used, so that ``import scsr`` costs next to nothing.

Examples
--------
>>> import scsr
>>> scsr.not_estimable("rate", "complaints per customer", "", "no exposure was given").status
'not_estimable'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scsr.analysis.estimates import Estimate, not_estimable
    from scsr.corpus.store import load
    from scsr.corpus.threads import cases
    from scsr.reports.provenance import provenance
    from scsr.reports.results import Answer, Table, record, withhold

__all__ = [
    "Answer",
    "Estimate",
    "Table",
    "__version__",
    "cases",
    "load",
    "not_estimable",
    "provenance",
    "record",
    "withhold",
]

HOMES = {
    "Answer": "scsr.reports.results",
    "Estimate": "scsr.analysis.estimates",
    "Table": "scsr.reports.results",
    "cases": "scsr.corpus.threads",
    "load": "scsr.corpus.store",
    "not_estimable": "scsr.analysis.estimates",
    "provenance": "scsr.reports.provenance",
    "record": "scsr.reports.results",
    "withhold": "scsr.reports.results",
}


def __getattr__(name: str) -> Any:
    """Load an exported name from the module that defines it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("scsr")
    if name in HOMES:
        from importlib import import_module

        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'scsr' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
