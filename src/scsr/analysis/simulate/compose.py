"""Short customer-service messages composed from the voices of each language.

Sentences are drawn so that no two texts share all but one of their sentences while there is choice left:
a case log in which every tenth text repeats another would be no test of anything.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np

__all__ = ["Composer", "voices"]

SLOT = re.compile(r"\{(\w+)\}")
OPENING, ASK, CLOSING, DETAIL = "complaint.opening", "complaint.ask", "complaint.closing", "complaint.detail"
# Which sentences make a message of each kind; `{topic}` is the matter of the complaint
PLANS: dict[str, tuple[tuple[str, ...], ...]] = {
    "complaint": (
        (OPENING, "complaint.{topic}", DETAIL, ASK),
        (OPENING, "complaint.{topic}", ASK),
        ("complaint.{topic}", DETAIL, ASK),
        ("complaint.{topic}", DETAIL, CLOSING),
        (OPENING, "complaint.{topic}", DETAIL),
        ("complaint.{topic}", ASK, CLOSING),
    ),
    "question": (("question.matter", "question.matter"),),
    "post": (("praise.matter", "review.positive"), ("praise.matter", "praise.matter")),
    "review.positive": (("review.positive", "praise.matter"), ("review.positive", "review.positive")),
    "review.negative": (
        ("review.negative", "review.negative"),
        ("review.negative", "complaint.{topic}", CLOSING),
    ),
    "reply.complaint": (
        ("reply.apology", "reply.info", "reply.handoff"),
        ("reply.apology", "reply.info", "reply.promise"),
        ("reply.apology", "reply.handoff", "reply.promise"),
        ("reply.apology", "reply.solved", "reply.info"),
    ),
    "reply.other": (
        ("reply.info", "reply.handoff", "reply.info"),
        ("reply.info", "reply.solved", "reply.handoff"),
    ),
    "followup.thanks": (("followup.thanks",) * 2, ("followup.thanks",) * 3),
    "followup.unhappy": (("followup.unhappy", DETAIL), ("followup.unhappy", DETAIL, ASK)),
    "bump": (("followup.unhappy", ASK), ("followup.unhappy", "followup.unhappy", ASK)),
    "peer": (("share.comment", DETAIL), ("share.comment", "share.comment")),
}
TRIES = 12


@cache
def voices(language: str) -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]]]:
    """Return the slots and the sentences of a language.

    Returns
    -------
    slots : dict
        Values of each placeholder.
    lines : dict
        Sentences by group, such as ``complaint.waiting``.

    Examples
    --------
    >>> slots, lines = voices("is")
    >>> len(lines["complaint.billing"]) >= 13
    True
    """
    raw = files("scsr.text").joinpath("resources", "voices", f"{language}.toml").read_text("utf-8")
    data = tomllib.loads(raw)
    slots = {name: [value.strip("{}") for value in values] for name, values in data.pop("slots").items()}
    lines = {f"{a}.{b}": tuple(group["lines"]) for a, groups in data.items() for b, group in groups.items()}
    return slots, lines


class Composer:
    """Composes texts; the same seed gives the same texts.

    Parameters
    ----------
    rng : numpy.random.Generator

    Examples
    --------
    >>> Composer(np.random.default_rng(1)).text("followup.thanks", "sv", "Ekonet") != ""
    True
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.buffer: list[float] = []
        self.used: set[tuple[str, frozenset[str]]] = set()

    def index(self, n: int) -> int:
        """Draw an index below ``n``."""
        if not self.buffer:
            self.buffer = self.rng.random(8192).tolist()
        return int(self.buffer.pop() * n)

    def text(self, kind: str, language: str, company: str, topic: str = "waiting") -> str:
        """Compose one message.

        Parameters
        ----------
        kind : str
            A key of ``PLANS``.
        language : {"sv", "nb", "nn", "is"}
        company : str
        topic : str
            Matter of a complaint.
        """
        slots, groups = voices(language)
        for _ in range(TRIES):
            plan = PLANS[kind][self.index(len(PLANS[kind]))]
            pools = [groups[name.replace("{topic}", topic)] for name in plan]
            lines = [pool[self.index(len(pool))] for pool in pools]
            keys = self.keys(language, lines)
            if len(set(lines)) == len(lines) and not any(key in self.used for key in keys):
                self.used.update(keys)
                break
        return " ".join(self.fill(line, slots, company) for line in lines)

    @staticmethod
    def keys(language: str, lines: list[str]) -> list[tuple[str, frozenset[str]]]:
        """Return what a text is taken as a repetition by: all of its sentences, or all but a short one."""
        every = frozenset(lines)
        kept = [(language, every)]
        for line in lines:
            rest = every - {line}
            if len(line) < 0.35 * sum(map(len, rest)):
                kept.append((language, rest))
        return kept

    def fill(self, line: str, slots: dict[str, list[str]], company: str) -> str:
        """Fill the placeholders of a sentence and begin it with a capital."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name == "company":
                return company
            drawn = slots[name][self.index(len(slots[name]))]
            return re.sub("#", lambda _: str(self.index(10)), drawn)

        filled = SLOT.sub(value, line)
        return filled[0].upper() + filled[1:]
