"""Lines that come back around each dated text of a page: buttons, ranks and counters that no list of wordings knows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from scsr.corpus.pages.blocks import Block
from scsr.corpus.pages.furniture import CRUMBS, SENTENCE_END, is_prose, is_title_like, rule_of, word_count
from scsr.corpus.pages.meta import author_of, date_of, rest_name
from scsr.corpus.pages.phrases import bare, named, starts_with
from scsr.corpus.pages.talk import dates_header, reply_prefix

__all__ = ["RULE", "mark_members", "mark_repeated"]

RULE = "repeated"
MOST_WORDS = 5
LEAST = 3
COUNTER = re.compile(r"^\d[\d.,\u00a0 ]{0,8}\s[^\W\d]{3,20}(?:\s[A-Z]{2})?$")
FIELD = re.compile(r"^(?P<label>[^\W\d][^:]{1,24}):\s?\S{1,30}(?:\s\S{1,20}){0,2}$")


def mark_repeated(blocks: Sequence[Block]) -> None:
    """Mark the short lines that come back in nearly every stretch between two dates.

    What comes back before the text of its stretch belongs to its head (rule ``head``, or ``member`` where it
    describes a writer), what comes back behind it closes the text (rule ``repeated``).

    Parameters
    ----------
    blocks : sequence of Block
        The lines of a saved text.
    """
    mark_crumbs(blocks)
    mark_writers(blocks)
    mark_months(blocks)
    mark_fields(blocks)
    dated = [at for at, block in enumerate(blocks) if dates_header(block)]
    if len(dated) < LEAST:
        return
    heads = set(dated)
    stretches: dict[str, set[int]] = defaultdict(set)
    places: dict[str, list[int]] = defaultdict(list)
    behind: Counter[str] = Counter()
    stretch, texts = 0, 0
    for at, block in enumerate(blocks):
        if stretch < len(dated) and at == dated[stretch]:
            stretch, texts = stretch + 1, 0
            continue
        form = form_of(block)
        if COUNTER.match(block.text) and at + 1 in heads and rule_of(block.text) is None:
            form = "%:"  # one or several of anything, directly over a date
        if form:
            stretches[form].add(stretch)
            places[form].append(at)
            behind[form] += texts > 0
        elif rule_of(block.text) is None:
            texts += 1
    subjects = {bare(reply_prefix().sub("", block.text)) for block in blocks if reply_prefix().match(block.text)}
    often = [
        form
        for form, found in stretches.items()
        if len(found) >= max(LEAST, 0.6 * len(dated)) and len(places[form]) <= 1.5 * len(found) and form not in subjects
    ]
    # lines over a date do not come back behind the last text of the page
    closing = {form for form in often if len(dated) in stretches[form] and behind[form] > 0.5 * len(places[form])}
    fields = any(form.endswith(":") and form not in closing for form in often)
    for form in often:
        counts = rule_of(blocks[places[form][0]].text) == "comment_count"
        if counts and not fields:
            continue  # comments of a post, where no writer is described
        rule = RULE if form in closing else "member" if counts or form.endswith(":") else "head"
        for at in places[form]:
            blocks[at].rule = blocks[at].rule or rule


def mark_months(blocks: Sequence[Block]) -> None:
    """Mark lines that date by the month alone, where what stands beside the date stands beside other dates too."""
    beside = Counter(rest_of(block) for block in blocks if dates_header(block))
    for block in blocks:
        date = date_of(block)
        if date is not None and date.precision == "month" and beside[rest_of(block)] >= 2 and rest_of(block):
            block.roles |= {"date"}


def mark_writers(blocks: Sequence[Block]) -> None:
    """Mark a name above a date as the writer's, where another line of the page names the same as a writer."""
    above = [
        at - 1
        for at in range(2, len(blocks))
        if date_of(blocks[at]) is not None and is_title_like(blocks[at - 2].text + " ") and blocks[at - 1].text
    ]
    names = {
        at: bare(re.split(r"\s*[|\u00b7\u2022]\s*", blocks[at].text)[0]) for at in above if len(blocks[at].text) < 60
    }
    names = {at: name for at, name in names.items() if 2 <= word_count(name) <= 4}
    if not names:
        return
    known = set()
    for at, block in enumerate(blocks):
        date = date_of(block)
        name = None if at in names else author_of(block) or (rest_name(block, date) if date is not None else None)
        known.add(bare(name or ""))
    for at, name in names.items():
        if name in known:
            blocks[at].roles |= {"author"}


def mark_crumbs(blocks: Sequence[Block]) -> None:
    """Mark lines below a text that repeat a part of the page's path: "Home > Blogs > Anna's blog"."""
    paths = [block.text for block in blocks if len(block.text) < 300 and CRUMBS.search(block.text)]
    crumbs = {bare(part) for path in paths for part in CRUMBS.split(path)} - {""}
    for above, block, below in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if bare(block.text) in crumbs and is_prose(above.text) and rule_of(below.text) is not None:
            block.rule = block.rule or "menu"


def mark_fields(blocks: Sequence[Block]) -> None:
    """Mark dates behind labels that come back, where as many dates stand without one: "Date of purchase: ..."."""
    labels: Counter[str] = Counter()
    labelled: dict[int, str] = {}
    plain = 0
    for at, block in enumerate(blocks):
        date = date_of(block)
        if date is None:
            continue
        label = block.text[: date.start].strip()
        if label.endswith(":") and label[:1].isalpha() and not starts_with(block.text, "posted_on", "posted_by"):
            labelled[at] = bare(label)
            labels[bare(label)] += 1
        elif dates_header(block):
            plain += 1
    for at, label in labelled.items():
        if 2 <= labels[label] <= plain:
            blocks[at].rule = blocks[at].rule or "field"


def rest_of(block: Block) -> str:
    """Words of a dated line without its date."""
    date = date_of(block)
    return "" if date is None else bare(f"{block.text[: date.start]} {block.text[date.end :]}")


def form_of(block: Block) -> str:
    """Return what two lines of one kind share: their words without numbers, or a label before a colon; "" for text."""
    text = block.text
    if not text or word_count(text) > MOST_WORDS or len(text) > 60 or is_prose(text) or SENTENCE_END.search(text):
        return ""
    if (
        rule_of(text, in_body=True) not in (None, "comment_count", "member")
        or date_of(block) is not None
        or reply_prefix().match(text)
    ):
        return ""
    field = FIELD.match(text)
    if field:
        return bare(field["label"]) + ":"
    return re.sub(r"\d+(?:[.,\u00a0 ]\d+)*", "%", bare(text))


def mark_members(blocks: Sequence[Block]) -> None:
    """Mark what stands below a label such as "Joined" on a line of its own as being about a member."""
    for label, block in pairwise(blocks):
        if named(label.text, "member_label") and not is_prose(block.text) and word_count(block.text) <= 4:
            short = date_of(block) is not None or bare(block.text).replace(" ", "").replace(".", "").isdigit()
            if short or label.text.rstrip().endswith(":"):
                block.rule = block.rule or "member"
                label.rule = label.rule or "member"
