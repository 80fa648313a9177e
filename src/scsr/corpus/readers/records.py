"""What every reader yields: raw records, and rejects for what cannot be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["MAX_TEXT", "RawRecord", "Reject", "conversations"]


MAX_TEXT = 1 << 20
"""Characters of one utterance; above it, it is a whole file that was taken for one."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as the file has it: nothing cleaned, nothing guessed.

    Parameters
    ----------
    file : str
        Path below the raw folder, with forward slashes.
    locator : str
        Place in the file, such as ``row 12``.
    values : mapping of str to str
        Contract column to the file's value; empty values are left out. Ids are the source's own, and are
        keyed later.
    markup : str or None
        A whole page that is still to be split into posts and comments.
    is_html : bool or None
        Whether `markup` is HTML; None where nobody knows.
    names : tuple of str
        Names of those who speak in the thread and may be spoken to by name in its texts.
    """

    file: str
    locator: str
    values: Mapping[str, str]
    markup: str | None = None
    is_html: bool | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A record, or a whole file, that cannot become a row.

    Parameters
    ----------
    file, locator : str
        Where it stands.
    reason : str
        A word or two, from a small vocabulary.
    detail : str
        What to mend. Never the text itself, because rejects are not pseudonymised.
    """

    file: str
    locator: str
    reason: str
    detail: str


def conversations(parents: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Find the root of each message by walking to it.

    Parameters
    ----------
    parents : mapping
        Message id to the id that it answers, or None.

    Yields
    ------
    (str, str)
        Message and root. Where a parent is not among the messages, the walk ends at that parent's id, so
        that the answers to one lost message still share a conversation.

    Examples
    --------
    >>> dict(conversations({"a": None, "b": "a", "c": "b", "d": "lost"}))
    {'a': 'a', 'b': 'a', 'c': 'a', 'd': 'lost'}
    """
    roots: dict[str, str] = {}
    for message in parents:
        path = [message]
        seen = {message}
        while path[-1] not in roots:
            above = parents.get(path[-1])
            if above is None or above in seen:  # a ring has no root: it ends where it closes
                break
            path.append(above)
            seen.add(above)
        root = roots.get(path[-1], path[-1])
        for step in path:
            roots[step] = root
        yield message, root
