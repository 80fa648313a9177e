"""Lines that come back around each dated text of a page: buttons, ranks and counters that no list of wordings knows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import SENTENCE_END, is_prose, rule_of, word_count
from scsr.corpus.pages.meta import date_of
from scsr.corpus.pages.phrases import bare
from scsr.corpus.pages.talk import dates_header, reply_prefix

__all__ = ["RULE", "mark_repeated"]

RULE = "repeated"
MOST_WORDS = 5
LEAST = 3
FIELD = re.compile(r"^(?P<label>[^\W\d][^:]{1,24}):\s?\S{1,30}(?:\s\S{1,20}){0,2}$")


def mark_repeated(blocks: Sequence[Block]) -> None:
    """Mark the short lines that come back in nearly every stretch between two dates.

    What comes back before the text of its stretch belongs to its head (rule ``head``), what comes back behind
    it closes the text (rule ``repeated``).

    Parameters
    ----------
    blocks : sequence of Block
        The lines of a saved text.
    """
    mark_months(blocks)
    dated = [at for at, block in enumerate(blocks) if dates_header(block)]
    if len(dated) < LEAST:
        return
    stretches: dict[str, set[int]] = defaultdict(set)
    places: dict[str, list[int]] = defaultdict(list)
    behind: Counter[str] = Counter()
    stretch, texts = 0, 0
    for at, block in enumerate(blocks):
        if stretch < len(dated) and at == dated[stretch]:
            stretch, texts = stretch + 1, 0
            continue
        form = form_of(block)
        if form:
            stretches[form].add(stretch)
            places[form].append(at)
            behind[form] += texts > 0
        elif rule_of(block.text) is None:
            texts += 1
    subjects = {bare(reply_prefix().sub("", block.text)) for block in blocks if reply_prefix().match(block.text)}
    for form, found in stretches.items():
        if len(found) < max(LEAST, 0.7 * len(dated)) or len(places[form]) > 1.5 * len(found) or form in subjects:
            continue
        # lines over a date come back before the first text of the page too
        closes = 0 not in found and behind[form] > 0.5 * len(places[form])
        for at in places[form]:
            blocks[at].rule = blocks[at].rule or (RULE if closes else "head")


def mark_months(blocks: Sequence[Block]) -> None:
    """Mark lines that date by the month alone, where what stands beside the date stands beside other dates too."""
    beside = Counter(rest_of(block) for block in blocks if dates_header(block))
    for block in blocks:
        date = date_of(block)
        if date is not None and date.precision == "month" and beside[rest_of(block)] >= 2 and rest_of(block):
            block.roles |= {"date"}


def rest_of(block: Block) -> str:
    """Words of a dated line without its date."""
    date = date_of(block)
    return "" if date is None else bare(f"{block.text[: date.start]} {block.text[date.end :]}")


def form_of(block: Block) -> str:
    """Return what two lines of one kind share: their words without numbers, or a label before a colon; "" for text."""
    text = block.text
    if not text or word_count(text) > MOST_WORDS or len(text) > 60 or is_prose(text) or SENTENCE_END.search(text):
        return ""
    if rule_of(text, in_body=True) is not None or date_of(block) is not None or reply_prefix().match(text):
        return ""
    field = FIELD.match(text)
    if field:
        return bare(field["label"]) + ":"
    return re.sub(r"\d+", "%", bare(text))
