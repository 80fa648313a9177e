"""Take the forgotten out of the drafts: their own rows, copies of their texts, and what others quote of them."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scsr.corpus.prepare.drafts import Draft, read_counts, read_draft, write_draft
from scsr.corpus.prepare.forgotten import FORGOTTEN_REASON, MARK
from scsr.corpus.prepare.matching.quoted import STAFF
from scsr.corpus.prepare.passages import MIN_WORDS, places
from scsr.corpus.prepare.pool import Pool
from scsr.corpus.prepare.signatures import sign
from scsr.corpus.prepare.work import Counts
from scsr.corpus.readers.records import Reject
from scsr.corpus.store.folder import Folder

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["leave_out"]

OWN_ROW = Reject("", "", FORGOTTEN_REASON, "left out as its writer asked")
COPY_ROW = Reject("", "", FORGOTTEN_REASON, "a copy of what its writer asked to be left out")

WORD = re.compile(r"\w+")

Keys = set[tuple[int, int]]


@dataclass
class Going:
    """What goes, by position of the utterance, its row number over all drafts.

    Parameters
    ----------
    copies : set of int
        Texts of others that are the words of a forgotten person.
    quoted : mapping of int to set of (int, int)
        Texts that quote one, and the keys of the passages.
    ids : frozenset of str
        Utterances and shares that nothing may point to any longer.
    """

    copies: set[int] = field(default_factory=set)
    quoted: dict[int, Keys] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Job:
    """The change of one draft; `copies` and `quoted` by its own rows."""

    folder: Folder
    draft: Draft
    copies: frozenset[int]
    quoted: dict[int, Keys]
    marks: tuple[str, ...]
    ids: frozenset[str]


def leave_out(
    folder: Folder, drafts: Sequence[Draft], blocks: Iterable[pa.Table], marks: frozenset[str], pool: Pool
) -> Iterator[tuple[Draft, Counts]]:
    """Take the hidden rows, copies, quoted passages, marks and pointers out of drafts.

    Parameters
    ----------
    folder : Folder
    drafts : sequence of Draft
        Of all tables.
    blocks : iterable of pyarrow.Table
        Duplicates and quotations, as :func:`scsr.corpus.prepare.matching.match` yields them.
    marks : frozenset of str
        Placeholders that speak of the forgotten.
    pool : Pool

    Yields
    ------
    Draft, Counts
        For each draft in order, the one in its place, and what to add to its counts: rejects, and under ``moved``
        the visible characters that went.
    """
    going = find_going(folder, drafts, blocks)
    yield from pool.map(changed, jobs(folder, drafts, going, tuple(sorted(marks))))


def jobs(folder: Folder, drafts: Sequence[Draft], going: Going, marks: tuple[str, ...]) -> Iterator[Job]:
    """State the change of each draft."""
    start = 0
    for draft in drafts:
        if draft.table != "utterances":
            yield Job(folder, draft, frozenset(), {}, marks, going.ids)
            continue
        here = range(start, start + draft.n_rows)
        copies = frozenset(at - start for at in here if at in going.copies)
        quoted = {at - start: going.quoted[at] for at in here if at in going.quoted}
        yield Job(folder, draft, copies, quoted, marks, going.ids)
        start = here.stop


def find_going(folder: Folder, drafts: Sequence[Draft], blocks: Iterable[pa.Table]) -> Going:
    """Find the copies and quotations of hidden texts."""
    texts = [draft for draft in drafts if draft.table == "utterances"]
    hidden, own = hidden_positions(folder, texts)
    alike: dict[int, int] = {}
    quotes: list[pa.Table] = []
    for block in blocks:
        same = block.filter(np.asarray(block.column("how").to_pylist()) != "quoted")
        alike.update(zip(same.column("later").to_pylist(), same.column("alike").to_pylist(), strict=True))
        quotes.append(block.filter(np.asarray(block.column("how").to_pylist()) == "quoted"))
    copies = copies_of(folder, texts, own, alike) - hidden
    quoted: dict[int, Keys] = defaultdict(set)
    for block in quotes:
        for later, earlier, head, whole in zip(
            *(block.column(name).to_pylist() for name in ("later", "earlier", "head", "whole")), strict=True
        ):
            if earlier in own or earlier in copies:
                quoted[later].add((head, whole))
    ids = set(values_at(folder, texts, sorted(hidden | copies), "utterance_id").values())
    for draft in drafts:
        if draft.table == "shares":
            rows = read_draft(folder, draft.name, ["share_id", "_hidden"])
            ids.update(rows.column(0).filter(rows.column(1)).to_pylist())
    return Going(copies, dict(quoted), frozenset(ids))


def hidden_positions(folder: Folder, drafts: Sequence[Draft]) -> tuple[set[int], set[int]]:
    """Positions of hidden texts, and of those among them that are a person's own words and no firm's."""
    hidden: set[int] = set()
    own: set[int] = set()
    start = 0
    for draft in drafts:
        rows = read_draft(folder, draft.name, ["_hidden", "speaker_role"])
        for at in np.flatnonzero(rows.column(0).to_numpy()).tolist():
            hidden.add(start + at)
            if rows.column(1)[at].as_py() not in STAFF:
                own.add(start + at)
        start += draft.n_rows
    return hidden, own


def copies_of(folder: Folder, drafts: Sequence[Draft], own: set[int], alike: dict[int, int]) -> set[int]:
    """Texts that are the words of a forgotten person: alike, long enough to be anyone's, and later."""
    roots = {alike.get(at, at) for at in own}
    groups: dict[int, list[int]] = {root: [root] for root in roots}
    for at, root in alike.items():
        if root in groups:
            groups[root].append(at)
    groups = {root: group for root, group in groups.items() if len(group) > 1}
    members = sorted(at for group in groups.values() for at in group)
    published = values_at(folder, drafts, members, "published_at")
    precise = values_at(folder, drafts, members, "date_precision")
    copies: set[int] = set()
    firsts: dict[int, list[int]] = {}
    for group in groups.values():
        dated = all(published[at] is not None and precise[at] not in ("month", "none") for at in group)
        first = min(group, key=lambda at: (published[at] if dated else 0, at))
        if first in own:
            firsts[first] = group
    for first, text in values_at(folder, drafts, sorted(firsts), "text").items():
        if len(WORD.findall(text)) >= MIN_WORDS:
            copies.update(firsts[first])
    return copies


def values_at(folder: Folder, drafts: Sequence[Draft], positions: Sequence[int], column: str) -> dict[int, Any]:
    """Values of a column at rising positions."""
    at = np.asarray(positions, dtype=np.int64)
    found: dict[int, Any] = {}
    start = 0
    for draft in drafts:
        here = at[np.searchsorted(at, start) : np.searchsorted(at, start + draft.n_rows)]
        if len(here):
            values = read_draft(folder, draft.name, [column]).column(0).take(here - start).to_pylist()
            found.update(zip(here.tolist(), values, strict=True))
        start += draft.n_rows
    return found


def changed(job: Job) -> tuple[Draft, Counts]:
    """Write a draft without what goes; the same draft where nothing does."""
    draft, rows = job.draft, read_draft(job.folder, job.draft.name)
    hidden: NDArray[np.bool_] = np.asarray(rows.column("_hidden").to_numpy(), dtype=bool)
    added = Counts(rejects=[OWN_ROW] * int(hidden.sum()))
    made = rows
    if draft.table == "utterances":
        copies = np.isin(np.arange(rows.num_rows), sorted(job.copies))
        added.rejects += [COPY_ROW] * int(copies.sum())
        gone = hidden | copies
        added.characters["moved"] = sum(visible(text) for name in ("title", "text")
                                        for text in rows.column(name).filter(gone).to_pylist())  # fmt: skip
        made = reworded(rows, job)
        made = pointing_nowhere(made, "reply_to", job.ids)
    else:
        gone = hidden
        if draft.table == "shares":
            made = pointing_nowhere(rows, "parent_id", job.ids)
    if gone.any():
        made = made.filter(~gone)
    if made is rows:
        return draft, added
    before, _ = Counts.from_text(read_counts(job.folder, draft.name))
    whole = replace(before, rejects=[*before.rejects, *added.rejects], marks=[])
    stated = (draft.name, sorted(job.copies), sorted((at, sorted(keys)) for at, keys in job.quoted.items()))
    digest = hashlib.blake2b(repr((*stated, job.marks, sorted(job.ids))).encode(), digest_size=16).hexdigest()
    write_draft(job.folder, f"left-{digest}", made, whole.to_text(made.num_rows))
    return replace(draft, name=f"left-{digest}", n_rows=made.num_rows), added


def reworded(rows: pa.Table, job: Job) -> pa.Table:
    """Put the mark in place of quoted passages and of placeholders, and sign what changed anew."""
    import pyarrow as pa

    from scsr.text.tokens import lemmas

    marks = re.compile("|".join(map(re.escape, job.marks))) if job.marks else None
    columns: dict[str, list[Any]] = {
        name: rows.column(name).to_pylist() for name in ("title", "text", "lemmas", "language")
    }
    touched = False
    for at, text in enumerate(columns["text"]):
        made = masked(unquoted(text, job.quoted[at]) if at in job.quoted else text, marks)
        title = columns["title"][at]
        if made != text:
            columns["text"][at] = made
            columns["lemmas"][at] = lemmas(made, columns["language"][at])
            touched = True
        if title and (without := masked(title, marks)) != title:
            columns["title"][at] = without
            touched = True
    if not touched:
        return rows
    for name in ("title", "text", "lemmas"):
        index = rows.column_names.index(name)
        rows = rows.set_column(index, name, pa.array(columns[name], type=rows.schema.field(name).type))
    signed = sign(columns["text"])
    for name in signed.column_names:
        rows = rows.set_column(rows.column_names.index(name), signed.schema.field(name), signed.column(name))
    return rows


def masked(text: str, marks: re.Pattern[str] | None) -> str:
    """Replace the placeholders of the forgotten."""
    return marks.sub(MARK, text) if marks is not None and "<" in text else text


def unquoted(text: str, keys: Keys) -> str:
    """Replace passages of a text by the mark.

    Examples
    --------
    >>> from scsr.corpus.prepare.passages import passages_of
    >>> text = "Kari sa: Vi har ventet i tre uker på svar fra dere. Jeg er enig."
    >>> found = passages_of([text])
    >>> sentence = found.end.tolist().index(text.index(" Jeg"))
    >>> unquoted(text, {(int(found.head[sentence]), int(found.whole[sentence]))})
    'Kari sa: <user:00000000> Jeg er enig.'
    """
    made, at = [], 0
    for start, end in places(text, keys):
        if start >= at:
            made += [text[at:start], MARK]
        at = max(at, end)
    return "".join([*made, text[at:]])


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
