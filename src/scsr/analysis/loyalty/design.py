"""The design of a model whose rows mostly share their values: own columns, and indicators held once for each cell.

Pieces of follow-up number millions, but severity, urgency, channel, firm and period take a few thousand combinations.
A cell is one of these; sums over rows are taken cell by cell, and matrices are made of cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Design", "dense", "design_of", "independent"]


@dataclass(frozen=True)
class Design:
    """Columns of the rows' own, then indicators.

    Parameters
    ----------
    columns : array, rows × own
    cell : array of int
        Cell of each row.
    codes : array of int, cells × factors
        Which indicator is 1; -1 where none is.
    shared : sparse array, cells × indicators
    """

    columns: np.ndarray
    cell: np.ndarray
    codes: np.ndarray
    shared: Any

    @property
    def n_columns(self) -> int:
        """Number of own columns and indicators."""
        return int(self.columns.shape[1] + self.shared.shape[1])

    def by_cell(self, values: np.ndarray) -> np.ndarray:
        """Return sums of the rows of each cell."""
        return np.bincount(self.cell, values, len(self.codes))

    def predict(self, beta: np.ndarray) -> np.ndarray:
        """Return the linear predictor of each row."""
        own = self.columns.shape[1]
        return np.asarray(self.columns @ beta[:own] + (self.shared @ beta[own:])[self.cell])

    def gradient(self, score: np.ndarray) -> np.ndarray:
        """Return the sum of the rows, each times its score."""
        return np.concatenate([self.columns.T @ score, self.shared.T @ self.by_cell(score)])

    def information(self, weight: np.ndarray) -> np.ndarray:
        """Return the weighted sum of the products of each row with itself."""
        weighted = self.columns * weight[:, None]
        crossed = np.column_stack([self.by_cell(column) for column in (*weighted.T, weight)])
        inner = (self.shared.T @ self.shared.multiply(crossed[:, -1:])).toarray()
        between = np.asarray(self.shared.T @ crossed[:, :-1])
        return np.block([[weighted.T @ self.columns, between.T], [between, inner]])

    def cluster_sums(self, score: np.ndarray, member: np.ndarray, n: int) -> np.ndarray:
        """Return the sum of the rows of each cluster, each times its score; clusters × columns."""
        from scipy import sparse

        own = [np.bincount(member, column * score, n) for column in self.columns.T]
        cells = sparse.csr_matrix((score, (member, self.cell)), shape=(n, len(self.codes)))
        return np.column_stack([*own, (cells @ self.shared).toarray()])

    def along(self, pull: np.ndarray, member: np.ndarray) -> np.ndarray:
        """Return the product of each row with the coefficients of its cluster."""
        own = self.columns.shape[1]
        total = np.zeros(len(self.cell))
        for place in range(own):
            total += self.columns[:, place] * pull[member, place]
        # the last column stands for no indicator
        padded = np.column_stack([pull[:, own:], np.zeros(len(pull))])
        for codes in self.codes.T:
            total += padded[member, codes[self.cell]]
        return total


def design_of(columns: Sequence[np.ndarray], factors: Sequence[np.ndarray], n_rows: int, n_indicators: int) -> Design:
    """Make a design of own columns and of factors, each the number of the indicator that is 1 in the row, or -1.

    Examples
    --------
    >>> design = design_of([np.array([2.0, 3.0, 4.0])], [np.array([0, -1, 0])], 3, 1)
    >>> design.gradient(np.ones(3)).tolist(), design.information(np.ones(3)).tolist()
    ([9.0, 2.0], [[29.0, 6.0], [6.0, 2.0]])
    """
    from scipy import sparse

    own = np.column_stack(columns) if len(columns) else np.zeros((n_rows, 0))
    key = np.zeros(n_rows, dtype=np.int64)
    for factor in factors:
        key = key * (n_indicators + 1) + factor + 1
        key = pd.factorize(key)[0] if n_indicators > 1000 else key
    cell, cells = pd.factorize(key)
    one = np.zeros(len(cells), dtype=np.int64)
    one[cell] = np.arange(n_rows)  # any row will do: those of a cell agree
    codes = np.column_stack([factor[one] for factor in factors]) if factors else np.full((len(cells), 1), -1)
    held, which = np.nonzero(codes >= 0)
    shape = (len(codes), n_indicators)
    return Design(own, cell, codes, sparse.csr_matrix((np.ones(len(held)), (held, codes[held, which])), shape=shape))


def dense(code: np.ndarray) -> np.ndarray:
    """Return numbers from 0 that leave none out, in the same order.

    Examples
    --------
    >>> dense(np.array([4, 1, 4])).tolist()
    [1, 0, 1]
    """
    used = np.bincount(code) > 0
    return np.asarray((np.cumsum(used) - 1)[code])


def independent(gram: np.ndarray) -> list[int]:
    """Return the columns after the first that neither the first nor earlier ones determine, by their products.

    Examples
    --------
    >>> columns = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    >>> independent(columns.T @ columns)
    [1]
    """
    kept = [0]
    for index in range(1, len(gram)):
        block = gram[np.ix_([*kept, index], [*kept, index])]
        scale = np.sqrt(np.diag(block))
        if not (scale > 0).all():
            continue
        if np.linalg.matrix_rank(block / np.outer(scale, scale), tol=1e-9, hermitian=True) == len(block):
            kept.append(index)
    return kept[1:]
