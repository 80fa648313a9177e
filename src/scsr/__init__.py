"""scsr: how often Nordic customers complain, whether a faster answer keeps them, how far word of mouth spreads.

The names below are loaded when first used, so that ``import scsr`` costs next to nothing.

Examples
--------
>>> import scsr
>>> scsr.not_estimable("rate", "complaints per customer", "", "no exposure was given").status
'not_estimable'
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scsr.analysis.estimates import Estimate, not_estimable
    from scsr.analysis.wom import cascade_table as cascades
    from scsr.corpus.store import load, scan
    from scsr.corpus.threads import cases
    from scsr.figures import figure
    from scsr.reports.provenance import provenance
    from scsr.reports.results import Answer, Table, record, withhold
    from scsr.reports.widgets import explore

__all__ = [
    "Answer",
    "Estimate",
    "Table",
    "__version__",
    "cascades",
    "cases",
    "explore",
    "figure",
    "load",
    "not_estimable",
    "provenance",
    "record",
    "scan",
    "withhold",
]

HOMES = {
    "Answer": "scsr.reports.results",
    "Estimate": "scsr.analysis.estimates",
    "Table": "scsr.reports.results",
    "cascades": "scsr.analysis.wom:cascade_table",
    "cases": "scsr.corpus.threads",
    "explore": "scsr.reports.widgets",
    "figure": "scsr.figures",
    "load": "scsr.corpus.store",
    "not_estimable": "scsr.analysis.estimates",
    "provenance": "scsr.reports.provenance",
    "record": "scsr.reports.results",
    "scan": "scsr.corpus.store",
    "withhold": "scsr.reports.results",
}
#: Parts of the package that can be named without importing them first, as who explores by tab does.
PARTS = ("analysis", "corpus", "figures", "reports", "schema", "text")


def __getattr__(name: str) -> Any:
    """Load an exported name from the module that defines it."""
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import version

        return version("scsr")
    if name in HOMES:
        module, _, attribute = HOMES[name].partition(":")
        return getattr(import_module(module), attribute or name)
    if name in PARTS:
        return import_module(f"scsr.{name}")
    raise AttributeError(f"module 'scsr' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *PARTS])


def _show_results() -> None:
    """Let results show themselves where this is a notebook."""
    ipython = sys.modules.get("IPython")
    shell = getattr(ipython, "get_ipython", lambda: None)()
    if shell is not None and getattr(shell, "display_formatter", None) is not None:
        from scsr.reports.shown import register

        register(shell)


_show_results()
