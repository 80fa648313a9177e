"""The rules by which utterances become cases, on integer codes; what the words mean stands in the package's head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scsr.schema import KINDS, ROLES

__all__ = ["NEVER", "Codes", "Responses", "Turns"]

NEVER = np.iinfo(np.int64).min
"""The instant of what has none, as NumPy and Arrow store it."""

Codes = NDArray[np.int64]
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

CUSTOMER = ROLES.index("customer")
ANSWERING = (KINDS.index("reply"), KINDS.index("comment"))
ASKING = (KINDS.index("complaint"), KINDS.index("question"))


@dataclass(frozen=True)
class Responses:
    """First responses of the cases, in the order of their openings.

    Parameters
    ----------
    when : array of int, shape (n_cases,)
        Microseconds since 1970 in UTC; :data:`NEVER` where none came, or its time is not known.
    hours : array of float, shape (n_cases,)
        From the opening; NaN where one of them has no time.
    role : array of int, shape (n_cases,)
        Place in ``ROLES``; -1 where none came.
    precision : array of int, shape (n_cases,)
        Place in ``DATE_PRECISIONS`` of the coarser of opening and response.
    """

    when: Codes
    hours: NDArray[np.float64]
    role: Codes
    precision: Codes


@dataclass(frozen=True)
class Turns:
    """Utterances in the order of their table, as codes.

    Parameters
    ----------
    conversation : array of int, shape (n,)
        From 0, in order of first appearance; an utterance without a conversation is one of its own.
    parent : array of int, shape (n,)
        Position of what is answered; -1 where that is not known.
    answers : array of bool, shape (n,)
        Whether the utterance is stated to answer another one, known or not.
    speaker : array of int, shape (n,)
        From 0; -1 where it has no name.
    role, kind, precision : array of int, shape (n,)
        Place in ``ROLES``, ``KINDS`` and ``DATE_PRECISIONS``; -1 for none.
    when : array of int, shape (n,)
        Microseconds since 1970 in UTC; :data:`NEVER` where there is no instant.
    """

    conversation: Codes
    parent: Positions
    answers: Mask
    speaker: Codes
    role: Codes
    kind: Codes
    precision: Codes
    when: Codes

    @cached_property
    def order(self) -> Positions:
        """Positions by conversation, within it by time; without a time as the table has it."""
        order = np.argsort(self.conversation, kind="stable")
        clock = self.when[order]
        last = last_within(clock != NEVER, self.starts)
        # an utterance without a time stands where the table has it, after the last one with a time before it
        filled = np.where(last >= 0, clock[last], NEVER)
        code = self.conversation[order]
        if np.all((filled[1:] >= filled[:-1]) | (code[1:] != code[:-1])):
            return order
        return order[np.lexsort((filled, code))]

    @cached_property
    def starts(self) -> Positions:
        """First place, in the order, of the conversation of each place."""
        sizes = np.bincount(self.conversation)
        sizes = sizes[sizes > 0]
        return np.repeat(np.cumsum(sizes) - sizes, sizes)

    @cached_property
    def rank(self) -> Positions:
        """Place of each utterance in the order."""
        rank = np.empty(len(self.order), dtype=np.int64)
        rank[self.order] = np.arange(len(rank))
        return rank

    @cached_property
    def openings(self) -> Positions:
        """Positions of the openings, ascending."""
        starts = ~self.answers & ~np.isin(self.kind, ANSWERING)
        able = np.flatnonzero((self.role == CUSTOMER) & (starts | np.isin(self.kind, ASKING)))
        # one case for each customer in a conversation: the first; a nameless customer is one by himself
        nameless = self.speaker[able] < 0
        speaker = np.where(nameless, self.speaker.max(initial=-1) + 1 + able, self.speaker[able])
        conversation = self.conversation[able]
        by = np.lexsort((self.rank[able], speaker, conversation))
        speaker, conversation = speaker[by], conversation[by]
        repeated = np.zeros(len(by), dtype=bool)
        repeated[1:] = (speaker[1:] == speaker[:-1]) & (conversation[1:] == conversation[:-1])
        return np.sort(able[by[~repeated]])

    @cached_property
    def opens(self) -> Mask:
        """Whether an utterance is an opening."""
        opens = np.zeros(len(self.parent), dtype=bool)
        opens[self.openings] = True
        return opens

    @cached_property
    def owner(self) -> Positions:
        """Position of the opening that each utterance belongs to; -1 where there is none.

        Notes
        -----
        Chains of answers are followed by pointer doubling: each round halves what is left of every chain, so
        a thread of a million answers takes twenty rounds. A chain that runs in a circle has no known top.
        """
        own = np.arange(len(self.parent))
        above = np.where(self.opens | (self.parent < 0), own, self.parent)
        end = above
        for _ in range(len(own).bit_length() + 1):
            further = end[end]
            if np.array_equal(further, end):
                break
            end = further
        end = np.where(above[end] == end, end, own)
        # what ends at no opening belongs to the last opening before it in its conversation
        last = last_within(self.opens[self.order], self.starts)
        before = np.empty(len(own), dtype=np.int64)
        before[self.order] = np.where(last >= 0, self.order[last], -1)
        return np.where(self.opens[end], end, before[end])

    @cached_property
    def n_turns(self) -> Positions:
        """Utterances of each case, in the order of the openings."""
        counts = np.bincount(self.owner[self.owner >= 0], minlength=len(self.owner))
        return counts[self.openings]

    @cached_property
    def closed_at(self) -> Codes:
        """Last instant of each case, in the order of the openings; :data:`NEVER` where none is known."""
        last = np.full(len(self.owner), NEVER, dtype=np.int64)
        belongs = np.flatnonzero(self.owner >= 0)
        np.maximum.at(last, self.owner[belongs], self.when[belongs])
        return last[self.openings]

    def responses(self, responders: Sequence[str]) -> Responses:
        """Describe the first response of each case by one of some roles."""
        opening, row = self.first_responses(responders)
        place, n = np.searchsorted(self.openings, opening), len(self.openings)
        made = Responses(
            np.full(n, NEVER), np.full(n, np.nan), np.full(n, -1), self.precision[self.openings]
        )  # fmt: skip
        opened, at = self.when[opening], self.when[row]
        timed = (opened != NEVER) & (at != NEVER)
        made.when[place], made.role[place] = at, self.role[row]
        made.hours[place] = np.where(timed, (at / 1e6 - opened / 1e6) / 3600, np.nan)
        made.precision[place] = np.maximum(made.precision[place], self.precision[row])
        return made

    def first_responses(self, responders: Sequence[str]) -> tuple[Positions, Positions]:
        """Find positions of the answered openings, ascending, and of the first response to each."""
        answers = np.isin(self.role, [ROLES.index(role) for role in responders])
        row = np.flatnonzero(answers & (self.owner >= 0) & ~self.opens)
        opening = self.owner[row]
        later = self.later(row, opening)
        row, opening = row[later], opening[later]
        above, customer = self.parent[row], self.speaker[opening]
        named = customer >= 0
        to_customer = (above == opening) | (named & (self.speaker[above] == customer))
        heard = (above < 0) | to_customer | answers[above]
        counts = heard & ~(named & (self.speaker[row] == customer))
        row, opening = row[counts], opening[counts]
        # an answer without a time is an answer still, but the earliest timed one comes first
        by = np.lexsort((self.rank[row], self.when[row], self.when[row] == NEVER, opening))
        row, opening = row[by], opening[by]
        first = np.ones(len(row), dtype=bool)
        first[1:] = opening[1:] != opening[:-1]
        return opening[first], row[first]

    def later(self, row: Positions, opening: Positions) -> Mask:
        """Whether utterances come after their openings: by the order of the conversation, across two by time."""
        same = self.conversation[row] == self.conversation[opening]
        after = (self.when[row] >= self.when[opening]) | (self.when[row] == NEVER)
        return np.where(same, self.rank[row] > self.rank[opening], after)


def last_within(marked: Mask, starts: Positions) -> Positions:
    """Return the last marked place at or before each place of its group; -1 where there is none.

    Examples
    --------
    >>> last_within(np.array([True, False, False, True]), np.array([0, 0, 2, 2])).tolist()
    [0, 0, -1, 3]
    """
    last = np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1)) if len(marked) else starts
    return np.where(last >= starts, last, -1)
