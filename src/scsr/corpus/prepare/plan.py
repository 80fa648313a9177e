"""What to read: the sources that somebody stated, else the sample, else what the content shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scsr.corpus.readers import READERS, Source, choose_sources, load_sources, matching_files
from scsr.corpus.readers.choose import data_files
from scsr.corpus.readers.files import relative
from scsr.errors import SourceError

__all__ = ["Plan", "plan"]

SOURCES = "sources.toml"


@dataclass(frozen=True)
class Plan:
    """Sources in order, their files, the folder that these lie in, and what to tell the user."""

    sources: tuple[Source, ...]
    files: tuple[tuple[Path, ...], ...]
    base: Path
    notes: tuple[str, ...] = ()


def plan(raw: Path, sources: Path | None = None) -> Plan:
    """Find the sources of a run.

    Parameters
    ----------
    raw : Path
        Folder of raw files.
    sources : Path, optional
        A sources file elsewhere; its globs are read below `raw`. Else ``sources.toml`` in `raw`; else the
        sample in ``raw/sample``; else readers are chosen by content, and the choice is noted.

    Returns
    -------
    Plan

    Raises
    ------
    SourceError
        On a mistake in the sources file, or where there is nothing to read.
    """
    if not raw.is_dir():
        raise SourceError(f"{raw} is no folder; give the folder that holds the raw files")
    sample = raw / "sample" / SOURCES
    if sources is not None or (raw / SOURCES).is_file():
        return stated(sources or raw / SOURCES, raw)
    if sample.is_file():
        others = sum(1 for path in data_files(raw) if path.relative_to(raw).parts[0] != "sample")
        note = (
            (f"read the sample; {others} other files in {raw.name} wait for a {SOURCES} that states what they are",)
            if others
            else ()
        )
        return stated(sample, sample.parent, note)
    return chosen(raw)


def stated(file: Path, base: Path, notes: tuple[str, ...] = ()) -> Plan:
    """Make a plan from a sources file."""
    sources = load_sources(file, READERS)
    return Plan(tuple(sources), tuple(tuple(matching_files(s, base)) for s in sources), base, notes)


def chosen(raw: Path) -> Plan:
    """Make a plan from what the files hold."""
    choices = choose_sources(raw)
    if not choices:
        raise SourceError(f"{raw} holds no file to read; put raw files into it, or give another folder")
    notes = []
    for choice in choices:
        first = ", ".join(relative(path, raw) for path in choice.files[:3])
        more = f" and {len(choice.files) - 3} more" if len(choice.files) > 3 else ""
        reader = "no reader" if choice.source.name == "unread" else f"reader {choice.source.reader!r}"
        notes.append(f"chose {reader} for {first}{more}: {choice.why}; write a {SOURCES} to state it")
    return Plan(tuple(c.source for c in choices), tuple(c.files for c in choices), raw, tuple(notes))
