"""Which documents topics are fitted to, where a language has more than it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from scsr.analysis.compact import compact, mixed
from scsr.analysis.estimates import Estimate
from scsr.errors import EstimationError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Drawn", "draw_documents"]


@dataclass(frozen=True)
class Drawn:
    """Documents drawn from a corpus.

    Parameters
    ----------
    utterance_ids : tuple of str
        The documents; empty where all are taken.
    sizes : mapping of str to (int, int)
        For each language of which not all are taken, how many are, and of how many.
    """

    utterance_ids: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def where(self) -> dict[str, tuple[str, ...]]:
        """What to ask of the table to get these documents."""
        return {"utterance_id": self.utterance_ids} if self.sizes else {}

    def stated(self, estimates: Iterable[Estimate], language: str | None = None) -> tuple[Estimate, ...]:
        """Return estimates that say among their assumptions how the documents were drawn.

        Parameters
        ----------
        estimates : iterable of Estimate
        language : str, optional
            The language whose documents they rest on; all of them unless given.
        """
        sizes = [size for name, size in self.sizes.items() if language in (None, name)]
        if not sizes:
            return tuple(estimates)
        some, whole = (sum(numbers) for numbers in zip(*sizes, strict=True))
        how = f"{some:,} documents, drawn at random, stand for all of {whole:,}"
        return tuple(replace(one, assumptions=(*one.assumptions, how)) for one in estimates)


def draw_documents(batches: Iterable[pa.RecordBatch | pa.Table], n_documents: int, seed: int = 1) -> Drawn:
    """Draw documents of each language that has more than so many.

    The draw goes by the ids: the same documents are drawn again whatever else the corpus holds.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Of the table ``utterances``, with ``utterance_id`` and ``language``.
    n_documents : int
        Documents of a language at most.
    seed : int
        Another seed draws others.

    Raises
    ------
    EstimationError
        If `n_documents` is below 1.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"utterance_id": ["a", "b", "c"], "language": ["sv", "sv", "nb"]})
    >>> draw_documents([table], 1).sizes
    {'sv': (1, 2)}
    >>> draw_documents([table], 2).where
    {}
    """
    import pyarrow as pa

    if n_documents < 1:
        raise EstimationError(f"n_documents is {n_documents}: give a number of documents from 1")
    kept = [batch.select(["utterance_id", "language"]) for batch in batches]
    if not kept:
        return Drawn()
    frame = compact(kept, ["utterance_id"])
    draws = mixed(
        np.column_stack(
            [frame["utterance_id"].to_numpy(np.int64).view(np.uint64), np.full(len(frame), seed + 1, np.uint64)]
        )
    )
    wanted, sizes = np.ones(len(frame), dtype=bool), {}
    languages = frame["language"].astype("category")
    for language in sorted(languages.cat.categories):
        mine = np.flatnonzero(languages.eq(language).to_numpy(bool))
        if len(mine) > n_documents:
            wanted[mine] = False
            wanted[mine[np.argsort(draws[mine], kind="stable")[:n_documents]]] = True
            sizes[str(language)] = (n_documents, len(mine))
    if not sizes:
        return Drawn()
    ids, start = [], 0
    for batch in kept:
        some = pa.array(wanted[start : start + batch.num_rows])
        ids += batch.column("utterance_id").filter(some).to_pylist()
        start += batch.num_rows
    return Drawn(tuple(sorted(ids)), sizes)
