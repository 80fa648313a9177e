"""A random sample of customers, for models whose cost grows with every case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scsr.analysis.loyalty.common import need
from scsr.errors import EstimationError
from scsr.schema import conform, empty

__all__ = ["Draw", "draw_customers"]

NOTE = (
    "fitted to a random sample of customers, drawn by a hash of their names (seed {}): {:,} of {:,} cases; the interval "
    "holds the sampling error"
)


@dataclass(frozen=True)
class Draw:
    """Which customers are drawn: the same ones from every table.

    Parameters
    ----------
    n_cases : int
        Cases that there are.
    n_sample : int
        Cases to be drawn, about: all cases of a customer, or none.
    seed : int
        Of the draw; the same seed draws the same customers on every machine and in any order of the rows.
    """

    n_cases: int
    n_sample: int
    seed: int

    @property
    def everybody(self) -> bool:
        """Whether all customers are drawn."""
        return self.n_cases <= self.n_sample

    def drawn(self, names: Any) -> np.ndarray:
        """Return whether each row's customer is drawn; a row without a name is not, unless everybody is."""
        if self.everybody:
            return np.ones(len(names), dtype=bool)
        # a comparison in whole numbers says the same on every machine
        least = np.uint64(min(2**64 - 1, self.n_sample * 2**64 // self.n_cases))
        return np.asarray((numbers(names, self.seed) < least) & ~np.asarray(names.is_null()))

    def of(self, table: pd.DataFrame | Iterable[Any], name: str) -> pd.DataFrame:
        """Return the rows of the customers drawn.

        Parameters
        ----------
        table : DataFrame or iterable of Arrow record batches
            A table with ``speaker_id``, whole or batch by batch.
        name : str
            Its name in the contract.

        Returns
        -------
        DataFrame
            With ``attrs["sample"]``, which estimates take into their assumptions, where not everybody is drawn.

        Raises
        ------
        EstimationError
            On a table without customers.
        """
        if isinstance(table, pd.DataFrame):
            need(table, ("speaker_id",), name, "drawing customers")
            made = table if self.everybody else table[self.drawn(text_of(table["speaker_id"]))].reset_index(drop=True)
        else:
            made = self.of_batches(table, name)
        if not self.everybody:
            made.attrs["sample"] = NOTE.format(self.seed, len(made), self.n_cases)
        return made

    def of_batches(self, batches: Iterable[Any], name: str) -> pd.DataFrame:
        """Return the rows of the customers drawn from each batch as one table."""
        import pyarrow as pa

        kept = []
        for batch in batches:
            part = pa.Table.from_batches([batch])
            if not self.everybody:
                part = part.filter(pa.array(self.drawn(batch.column("speaker_id").cast(pa.string()))))
            kept.append(part)
        if not kept:
            return empty(name)
        return conform(pa.concat_tables(kept).to_pandas(), name)


def text_of(names: pd.Series) -> Any:
    """Return names as an Arrow array."""
    import pyarrow as pa

    return pa.Array.from_pandas(names.astype("string"), type=pa.string())


def numbers(names: Any, seed: int) -> np.ndarray:
    """Return a number of 64 bits for each name, even over all of them and the same wherever it is made.

    The bytes are taken eight at a time, each mixed by splitmix64.

    References
    ----------
    Steele, G. L., Lea, D. & Flood, C. H. (2014). Fast splittable pseudorandom number generators. *OOPSLA '14*, 453–472.
    """
    import pyarrow.compute as pc

    size = np.asarray(pc.fill_null(pc.binary_length(names), 0)).astype(np.int64)
    n_words = -(-int(size.max(initial=1)) // 8) or 1
    padded = pc.ascii_rpad(pc.fill_null(names, ""), width=8 * n_words)
    words = np.frombuffer(padded.buffers()[2], dtype="<u8", count=len(names) * n_words).reshape(len(names), n_words)
    mixed = mix(np.full(len(names), seed, dtype=np.uint64))
    for place in range(n_words):
        mixed = np.where(8 * place < size, mix(mixed ^ words[:, place]), mixed)
    return mixed


def mix(number: np.ndarray) -> np.ndarray:
    """Return whole numbers of 64 bits mixed by the steps of splitmix64."""
    number = number + np.uint64(0x9E3779B97F4A7C15)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(number ^ (number >> np.uint64(31)))


def draw_customers(n_cases: int, n_sample: int = 200_000, seed: int = 0) -> Draw:
    """Draw customers so that about ``n_sample`` of their cases are left; everybody where there are no more.

    Parameters
    ----------
    n_cases : int
        Cases that there are.
    n_sample : int
        Cases that the models are fitted to; above 0.
    seed : int
        Of the draw; not negative.

    Raises
    ------
    EstimationError
        On a sample of none or a negative seed.

    References
    ----------
    Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed., ch. 9A (single-stage cluster sampling). Wiley.

    Examples
    --------
    >>> from scsr.analysis.simulate import simulate
    >>> cases = simulate(seed=1, scale=0.5, text=False).cases
    >>> some = draw_customers(len(cases), 500, seed=1).of(cases, "cases")
    >>> bool(400 < len(some) < 600)
    True
    """
    if not n_sample > 0 or seed < 0:
        raise EstimationError(f"n_sample {n_sample!r} must be above 0 and seed {seed!r} not negative")
    return Draw(n_cases, n_sample, seed)
