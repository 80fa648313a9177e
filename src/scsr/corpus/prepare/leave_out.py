"""Take out of the written parts what the forgotten left in the words of others."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.corpus.prepare.forgotten import MARK
from scsr.corpus.prepare.quotes import MIN_WORDS, WORD, key_of, passages
from scsr.corpus.prepare.signed import sign
from scsr.corpus.prepare.texts import Found, Texts
from scsr.corpus.store import Publisher

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["LeftOut", "leave_out"]

Keys = set[tuple[int, int]]


@dataclass
class LeftOut:
    """What was taken out beside the own rows of the forgotten.

    Parameters
    ----------
    languages : mapping
        Number of a source to the languages of the copies that went.
    characters : Counter
        Number of a source to the visible characters of these.
    """

    languages: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    characters: Counter[int] = field(default_factory=Counter)


def leave_out(texts: Texts, publisher: Publisher, marks: frozenset[str], shares: frozenset[str]) -> LeftOut:
    """Take copies, quoted passages, marks and pointers out of the parts that are written.

    Parameters
    ----------
    texts : Texts
        With the forgotten's own texts hidden; afterwards without them.
    publisher : Publisher
    marks : frozenset of str
        Placeholders that speak of the forgotten.
    shares : frozenset of str
        Ids of their shares.

    Returns
    -------
    LeftOut
    """
    found = texts.find()
    known = texts.columns()
    hidden = np.zeros(texts.n, dtype=bool)
    hidden[list(texts.hidden)] = True
    copies = copies_of(hidden, texts, found)
    change = Change(
        texts=texts,
        written=texts.written(),
        copies=copies,
        quoted=quoted_of((hidden & ~known.staff) | copies, found),
        marks=re.compile("|".join(map(re.escape, sorted(marks)))) if marks else None,
        gone=frozenset(one.decode() for one in known.ids[hidden | copies].tolist()),
    )
    publisher.rewrite("utterances", change.utterances)
    publisher.rewrite("provenance", lambda rows, _: without(rows, "utterance_id", change.gone))
    publisher.rewrite("shares", lambda rows, _: pointing_nowhere(rows, "parent_id", shares))
    changed = sorted(change.changed)
    if changed:
        texts.change(np.array(changed), sign([change.changed[at] for at in changed]))
    texts.keep(~hidden & ~copies)
    return change.left_out


def copies_of(hidden: NDArray[np.bool_], texts: Texts, found: Found) -> NDArray[np.bool_]:
    """Texts of others that are the words of a forgotten person: alike, long enough to be anyone's, and later."""
    known = texts.columns()
    copies = np.zeros(texts.n, dtype=bool)
    own = hidden & ~known.staff
    members = np.flatnonzero(np.isin(found.alike, np.unique(found.alike[own])))
    groups: dict[int, list[int]] = defaultdict(list)
    for at in members.tolist():
        groups[int(found.alike[at])].append(at)
    for group in groups.values():
        dated = not (known.published[group] == np.iinfo(np.int64).min).any()
        first = min(group, key=lambda at: (int(known.published[at]) if dated else 0, at))
        if own[first] and len(WORD.findall(texts.hidden[first])) >= MIN_WORDS:
            copies[group] = True
    return copies & ~hidden


def quoted_of(own: NDArray[np.bool_], found: Found) -> dict[int, Keys]:
    """Passages quoted from the forgotten or from copies of theirs: position of the quoting text to their keys."""
    quoted = found.quoted
    at = np.flatnonzero(own[quoted.earlier])
    made: dict[int, Keys] = defaultdict(set)
    for k in at.tolist():
        made[int(quoted.later[k])].add((int(quoted.head[k]), int(quoted.whole[k])))
    return made


@dataclass
class Change:
    """The change of each part of the utterances."""

    texts: Texts
    written: NDArray[np.int64]
    copies: NDArray[np.bool_]
    quoted: dict[int, Keys]
    marks: re.Pattern[str] | None
    gone: frozenset[str]
    changed: dict[int, str] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)

    def utterances(self, rows: pa.Table, start: int) -> pa.Table:
        """Change one part, whose first row is the `start`-th that was written."""
        positions = self.written[start : start + rows.num_rows]
        kept = ~self.copies[positions]
        if not kept.all():
            self.count(rows, positions)
        rows = self.reword(rows, positions)
        rows = pointing_nowhere(rows, "reply_to", self.gone)
        return rows if kept.all() else rows.filter(kept)

    def count(self, rows: pa.Table, positions: NDArray[np.int64]) -> None:
        """Count the copies that go."""
        columns = [rows.column(name).to_pylist() for name in ("language", "title", "text")]
        source = self.texts.columns().source
        for at, language, title, text in zip(positions.tolist(), *columns, strict=True):
            if self.copies[at]:
                number = int(source[at])
                self.left_out.languages[number][language] += 1
                self.left_out.characters[number] += visible(title) + visible(text)

    def reword(self, rows: pa.Table, positions: NDArray[np.int64]) -> pa.Table:
        """Put the mark in place of quoted passages and of placeholders."""
        import pyarrow as pa

        from scsr.text.tokens import lemmas

        columns: dict[str, list[Any]] = {
            name: rows.column(name).to_pylist() for name in ("title", "text", "lemmas", "language")
        }
        touched = False
        for k, at in enumerate(positions.tolist()):
            text = columns["text"][k]
            made = self.masked(unquoted(text, self.quoted[at]) if at in self.quoted else text)
            title = self.masked(columns["title"][k] or "")
            if made != text:
                columns["text"][k] = self.changed[at] = made
                columns["lemmas"][k] = lemmas(made, columns["language"][k])
            if title != (columns["title"][k] or ""):
                columns["title"][k] = title
            touched = touched or made != text or title != (rows.column("title")[k].as_py() or "")
        if not touched:
            return rows
        for name in ("title", "text", "lemmas"):
            index = rows.column_names.index(name)
            rows = rows.set_column(index, name, pa.array(columns[name], type=rows.schema.field(name).type))
        return rows

    def masked(self, text: str) -> str:
        """Replace the placeholders of the forgotten."""
        return self.marks.sub(MARK, text) if self.marks is not None and "<" in text else text


def unquoted(text: str, keys: Keys) -> str:
    """Replace passages of a text by the mark.

    Examples
    --------
    >>> text = "Kari sa: Vi har ventet i tre uker på svar fra dere. Jeg er enig."
    >>> sentence = next(found for found in passages(text) if text[found.end - 5 : found.end] == "dere.")
    >>> unquoted(text, {key_of(sentence)})
    'Kari sa: <user:00000000> Jeg er enig.'
    """
    spans = sorted((found.start, found.end) for found in passages(text) if key_of(found) in keys)
    made, at = [], 0
    for start, end in spans:
        if start >= at:
            made += [text[at:start], MARK]
        at = max(at, end)
    return "".join([*made, text[at:]])


def without(rows: pa.Table, column: str, values: frozenset[str]) -> pa.Table:
    """Drop the rows that bear one of the values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.is_in(rows.column(column), value_set=pa.array(sorted(values), type=pa.string()))
    return rows.filter(pc.invert(found)) if pc.any(found).as_py() else rows


def pointing_nowhere(rows: pa.Table, column: str, values: frozenset[str]) -> pa.Table:
    """Null what points to one of the values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.is_in(rows.column(column), value_set=pa.array(sorted(values), type=pa.string()))
    if not pc.any(found).as_py():
        return rows
    nowhere = pc.if_else(found, None, rows.column(column))
    return rows.set_column(rows.column_names.index(column), column, nowhere)


def visible(text: str | None) -> int:
    """Count the visible characters of a text that may be missing."""
    return sum(map(len, text.split())) if text else 0
