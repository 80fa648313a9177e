"""What a reader chooses from: topics, each with all that is known of it, in one recorded result.

An :class:`Explorer` is data: tables that share their first columns, and a section for each of their values. The report
shows one section at a time where scripts run, and all of them where not; its tables are published like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scsr.numbers import number, percent
from scsr.reports.languages import Message, say
from scsr.reports.results import Table

if TYPE_CHECKING:
    import pandas as pd

    from scsr.analysis.topics import TopicTables

__all__ = ["Explorer", "Link", "Section", "topics"]


@dataclass(frozen=True)
class Link:
    """A way to another section.

    Parameters
    ----------
    key : tuple of str
    group, title : str
    lang : str
        Language of the title; empty for that of the page.
    """

    key: tuple[str, ...]
    group: str
    title: str
    lang: str = ""


@dataclass(frozen=True)
class Section:
    """One thing to choose.

    Parameters
    ----------
    key : tuple of str
        Values of the explorer's keys: which rows of its tables belong here.
    group, title : str
        The heading that it stands under in the list, and its name.
    facts : tuple of (str, str)
        What is known of it as a whole: what, and the words for it.
    links : tuple of Link
        Other sections that belong with it.
    size : float
        Length of its bar in the list, 0 to 1.
    lang : str
        Language of the title and of the columns of words; empty for that of the page.
    """

    key: tuple[str, ...]
    group: str
    title: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[Link, ...] = ()
    size: float = 0.0
    lang: str = ""


@dataclass(frozen=True)
class Explorer:
    """Sections to choose from, and the tables that they are made from.

    Parameters
    ----------
    name : str
        Starts the identifiers in the page.
    title : str
        What to do, such as *Choose a topic*.
    keys : tuple of str
        First columns of every table.
    sections : tuple of Section
        Those of a group stand together.
    tables : tuple of Table
    links : str
        What the links of a section lead to.
    shares : tuple of str
        Columns that are shown as percentages; ``estimate`` has its interval beside it.
    words : tuple of str
        Columns in the language of their section.
    unseen : tuple of str
        Columns that are in the tables and not in the sections.
    notes : tuple of str
        What holds for all.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    links: str = "See also"
    shares: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def topics(tables: TopicTables, name: str = "topic") -> Explorer:
    """Make an explorer of the topics of all languages.

    Parameters
    ----------
    tables : TopicTables
    name : str
        Starts the identifiers in the page and the names of the tables.

    Returns
    -------
    Explorer
        A section a topic: terms, shares over time and by channel and company, typical documents by their id.
    """
    largest = float(tables.topics["share"].max()) if len(tables.topics) else 1.0
    about = {row["language"]: row for row in tables.languages.to_dict("records")}
    partners: dict[tuple[str, str], list[Link]] = {}
    for one in tables.partners.to_dict("records"):
        its = one["partner_language"]
        link = Link((its, one["partner"]), tongue(its), one["label"], its)
        partners.setdefault((one["language"], one["topic"]), []).append(link)
    sections = []
    for row in tables.topics.to_dict("records"):
        language, key = row["language"], (row["language"], row["topic"])
        said = facts(row, about[language]["n_runs"], about[language]["level"])
        others = tuple(partners.get(key, ()))
        sections.append(Section(key, tongue(language), row["label"], said, others, row["share"] / largest, language))
    counted = ("n_people",)
    sheets = (
        Table(
            f"{name}-terms", "Words: weight in the topic, and the part of the word that is the topic's", tables.terms
        ),
        Table(f"{name}-periods", "Share of documents over time", tables.periods.drop(columns="start"), counted),
        *(
            Table(f"{name}-by-{by}", f"Share of documents by {by}", grouped(tables, str(by)), counted)
            for by in tables.groups["by"].unique()
        ),
        Table(f"{name}-typical", "Documents most about the topic, and the part of each that is", tables.typical),
    )
    return Explorer(
        name, "Choose a topic", ("language", "topic"), tuple(sections), sheets, "The same matter in",
        ("weight", "exclusivity", "estimate", "share"), ("term",), counted, notes(tables),
    )  # fmt: skip


def tongue(language: str) -> str:
    """Name a language."""
    return say(Message("language-name", {"language": language}))


def grouped(tables: TopicTables, by: str) -> pd.DataFrame:
    """Return the shares by one grouping, its name over the groups."""
    return tables.groups[tables.groups["by"] == by].drop(columns="by").rename(columns={"group": by})


def facts(row: Mapping[Any, Any], n_runs: int, level: float) -> tuple[tuple[str, str], ...]:
    """Say what is known of a topic as a whole."""

    def interval(low: str, high: str) -> str:
        return f"({level * 100:g}% interval {percent(row[low])} to {percent(row[high])})"

    across = f"shared, {number(row['likeness'])} alike (mean cosine of concepts)"
    return (
        ("Share of documents", f"{percent(row['share'])} {interval('ci_low', 'ci_high')}"),
        ("Documents", f"{number(row['n_documents'])}, by {number(row['n_people'])} people"),
        ("Comes back in", f"{percent(row['recurrence'])} of {n_runs} runs {interval('recurrence_low', 'recurrence_high')}, "
                          f"with {number(row['words_in_common'])} of ten words on average"),
        ("Concepts", row["concepts"] or "none of the lexicon"),
        ("Across languages", across if row["kind"] == "shared" else "of this language alone"),
    )  # fmt: skip


def notes(tables: TopicTables) -> tuple[str, ...]:
    """Say what is not shown, in each language that anything is not."""
    left_out = [
        f"{tongue(row['language'])} {row['n_cells_withheld']} shares"
        + (f" and {row['n_withheld']} topics" if row["n_withheld"] else "")
        for row in tables.languages.to_dict("records")
        if row["n_cells_withheld"] or row["n_withheld"]
    ]
    if not left_out:
        return ()
    return (
        f"Left out, since they rest on few people or would tell of what does: {'; '.join(left_out)}. Where few documents "
        "have a date, channel or company, there is no share.",
    )
