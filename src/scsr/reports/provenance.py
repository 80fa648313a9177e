"""What a report rests on, as a table: versions, source of the package, input tables."""

from __future__ import annotations

import pandas as pd

from scsr.reports.results import Table

__all__ = ["provenance"]

PACKAGES = ("gensim", "lifelines", "numpy", "pandas", "scikit-learn", "scipy", "seaborn", "statsmodels", "tomotopy")


def provenance(*tables: str) -> Table:
    """Return what makes this run repeatable: what ran, and on what.

    Parameters
    ----------
    *tables : str
        Names of the input tables.

    Returns
    -------
    Table
        ``item, value``: version and source hash of scsr, versions of the libraries behind the numbers, hash and rows
        of each table, and whether the data are synthetic.
    """
    from importlib.metadata import version
    from platform import python_version

    from scsr.corpus import store
    from scsr.reports.freshness import package_hash

    found = store.manifest()
    rows = [("scsr", version("scsr")), ("source of scsr", package_hash()[:16]), ("Python", python_version())]
    rows += [(name, version(name)) for name in PACKAGES]
    for name in tables:
        held = found.tables.get(name, {})
        rows.append((f"table {name}", f"{held.get('n_rows', 0):,} rows, {str(held.get('sha256', ''))[:16]}"))
    rows.append(("data", "synthetic" if found.synthetic else "real"))
    return Table("provenance", "Versions and inputs", pd.DataFrame(rows, columns=["item", "value"]))
