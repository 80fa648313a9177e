"""``scsr forget``: remember who is to be left out of every later ``scsr prepare``.

What goes at the next ``prepare``: the person's utterances with their provenance, their shares and outcomes; copies of
their texts by others, unless they spoke for a firm, whose words these are; in texts of others, the passages quoted
from them and the placeholders that stand for them, both replaced by one mark. Answers to them stay, and point to
nobody. A text that was another's before it was theirs stays with the other.

What a person is called in full, in the field of the writer, is known; a first name alone, or a nickname in a text, is
tied to nobody and therefore stays what it is, a placeholder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scsr.corpus.prepare.forgotten import Forgotten, file_beside, marks_of, read_forgotten, write_forgotten
from scsr.corpus.prepare.keys import find_key
from scsr.corpus.store import Manifest, data_folder, load, manifest
from scsr.corpus.store.folder import Folder
from scsr.corpus.store.lock import locked
from scsr.errors import ScsrError

__all__ = ["Answer", "forget", "forgotten_ids"]

ID = re.compile(r"[0-9a-f]{32}")
BY_SPEAKER = ("utterances", "outcomes", "shares")


@dataclass(frozen=True)
class Answer:
    """What became of a wish to be forgotten.

    Parameters
    ----------
    ids : tuple of str
        Keyed ids that it came to.
    file : Path
        Where they are remembered.
    counts : dict
        Rows of each table that bear one of them now.
    changed : bool
        False where they were remembered, or with `undo` not remembered, before.
    undone : bool
    """

    ids: tuple[str, ...]
    file: Path
    counts: dict[str, int]
    changed: bool
    undone: bool = False

    def __str__(self) -> str:
        who = ", ".join(self.ids)
        if self.undone:
            return f"No longer to be forgotten: {who}. The next `scsr prepare` reads them again."
        rows = ", ".join(f"{name} {count:,}" for name, count in self.counts.items() if count) or "no row"
        if not self.changed:
            return f"Remembered before: {who} ({rows} in the tables). Nothing changed."
        return (
            f"To be forgotten: {who} ({rows} in the tables now). Remembered in {self.file}.\n"
            "Run `scsr prepare` to leave them out of the tables, then `scsr render`: reports made before still count them."
        )


def forget(
    identity: str,
    data: str | Path | None = None,
    source: str | None = None,
    *,
    undo: bool = False,
    key: bytes | None = None,
) -> Answer:
    """Remember somebody who asked to be forgotten.

    Parameters
    ----------
    identity : str
        A ``speaker_id``; an ``utterance_id``, which stands for its speaker, or for itself where it has none; or,
        with `source`, a name, handle or address as the raw data have it, of which only keyed forms are kept.
    data : path, optional
        Folder of the tables, as in :func:`scsr.load`.
    source : str, optional
        Source in which the raw name is used.
    undo : bool
        Take back an earlier wish.
    key : bytes, optional
        Pseudonym key, as in :func:`scsr.corpus.prepare.prepare`; needed for raw names alone.

    Returns
    -------
    Answer

    Raises
    ------
    ScsrError
        If the tables know nobody of that id or name.
    """
    folder = data_folder(data)
    found = manifest(folder)
    file = file_beside(folder)
    with locked(Folder.of(folder)):
        held = read_forgotten([file], found.key_fingerprint, bool(found.synthetic))
        identity = identity.strip()
        if ID.fullmatch(identity) and source is None:
            people = by_id(identity, folder, held)
        else:
            people = by_name(identity, source, folder, found, held, key)
        left = held - people if undo else held | people
        if left != held:
            write_forgotten(file, found.key_fingerprint, left)
    counts = {name: len(load(name, ["speaker_id"], {"speaker_id": sorted(people.speakers)}, folder))
              for name in BY_SPEAKER}  # fmt: skip
    counts["utterances"] += len(load("utterances", ["source"], {"utterance_id": sorted(people.utterances)}, folder))
    ids = tuple(sorted(people.speakers | people.utterances)) or tuple(sorted(people.marks))
    if undo and left == held:
        raise ScsrError(f"{ids[0]} is not remembered in {file}; `scsr forget --list` shows who is")
    return Answer(ids, file, counts, left != held, undo)


def forgotten_ids(data: str | Path | None = None) -> tuple[str, ...]:
    """Keyed ids of those who are remembered, sorted."""
    folder = data_folder(data)
    found = manifest(folder)
    held = read_forgotten([file_beside(folder)], found.key_fingerprint, bool(found.synthetic))
    return tuple(sorted(held.speakers | held.utterances))


def by_id(identity: str, folder: Path, held: Forgotten) -> Forgotten:
    """Find whom a pseudonym or the id of an utterance stands for."""
    if identity in held.speakers or any(
        len(load(table, ["speaker_id"], {"speaker_id": identity}, folder)) for table in BY_SPEAKER
    ):
        return Forgotten(speakers=frozenset({identity}))
    rows = load("utterances", ["speaker_id"], {"utterance_id": identity}, folder)
    if identity in held.utterances or (len(rows) and rows["speaker_id"].isna().all()):
        return Forgotten(utterances=frozenset({identity}))
    if len(rows):
        return Forgotten(speakers=frozenset(rows["speaker_id"]))
    raise ScsrError(
        f"{identity} is no speaker_id and no utterance_id in {folder}; take one from scsr.load('utterances'), or give "
        "the name as the raw data have it with --source NAME"
    )


def by_name(
    identity: str, source: str | None, folder: Path, found: Manifest, held: Forgotten, key: bytes | None
) -> Forgotten:
    """Find whom a raw name stands for: keyed as ``prepare`` keys it, and dropped."""
    names = {str(account["name"]): account for account in found.sources}
    if source is None or source not in names:
        what = "this is no keyed id" if source is None else f"there is no source {source!r}"
        raise ScsrError(f"{what}; say with --source where the name stands: {', '.join(names)}")
    secret = secret_of(found, key)
    people = keyed(identity, names[source], secret)
    known: set[str] = set(held.speakers & people.speakers)
    for table in BY_SPEAKER:
        rows = load(table, ["speaker_id"], {"speaker_id": sorted(people.speakers)}, folder)
        known.update(rows["speaker_id"])
    if known:
        return Forgotten(frozenset(known), marks=people.marks)
    if people.marks & held.marks or spoken_of(people.marks, folder):
        return people
    raise ScsrError(
        f"nobody of that name writes in source {source!r} or is spoken of in {folder}; write it as the raw data have "
        "it, or give a speaker_id from scsr.load('utterances')"
    )


def secret_of(found: Manifest, key: bytes | None) -> bytes:
    """Find the key under which the tables stand."""
    from scsr.text.privacy import fingerprint

    secret = find_key(bool(found.synthetic), key)
    if fingerprint(secret) != found.key_fingerprint:
        raise ScsrError(
            f"the tables stand under the key {found.key_fingerprint}, this is {fingerprint(secret)}; "
            "set SCSR_KEY to the earlier key, or give the speaker_id"
        )
    return secret


def keyed(identity: str, account: Any, secret: bytes) -> Forgotten:
    """Keyed forms of a name: as written, without @, and as pages are read, whatever case and spacing."""
    from scsr.text.privacy import Pseudonymiser

    pseudonymiser = Pseudonymiser(secret)
    bare = identity.removeprefix("@")
    written = sorted({identity, bare, f"@{bare}", " ".join(bare.casefold().split())})
    namespace = account.get("speakers", account["name"])
    return Forgotten(
        frozenset(pseudonymiser.speaker(f"{namespace}\x1f{one}") for one in written),
        marks=marks_of(bare, pseudonymiser),
    )


def spoken_of(marks: frozenset[str], folder: Path) -> bool:
    """Whether a placeholder stands in any text."""
    texts = load("utterances", ["text"], data=folder)["text"]
    return bool(texts.str.contains("|".join(map(re.escape, sorted(marks)))).any())
