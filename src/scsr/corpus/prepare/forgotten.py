"""People who asked to be forgotten: a small file of keyed pseudonyms, kept apart from all that is made anew."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from scsr.corpus.store import config_folder
from scsr.corpus.store.folder import Folder
from scsr.errors import ScsrError

if TYPE_CHECKING:
    from scsr.text.privacy import Pseudonymiser

__all__ = [
    "FORGOTTEN",
    "FORGOTTEN_REASON",
    "MARK",
    "Forgotten",
    "file_beside",
    "marks_of",
    "read_forgotten",
    "write_forgotten",
]

FORGOTTEN = "forgotten.toml"
MARK = "<user:00000000>"
"""What stands in a text in place of a forgotten person: the same for everyone."""

FORGOTTEN_REASON = "forgotten"
"""Reason of the rejects that the rows of forgotten people become."""

MARKED = ("handle", "name", "email", "user")
"""Kinds of placeholder that speak of a person by the name that their own messages bear."""

HEADER = """\
# People who asked to be forgotten, as keyed pseudonyms: no name stands here. Written by `scsr forget`.
# `scsr prepare` leaves them out for as long as this file stands here; without it they come back.
"""


@dataclass(frozen=True)
class Forgotten:
    """Who is to be forgotten, under one key.

    Parameters
    ----------
    speakers : frozenset of str
        Pseudonyms.
    utterances : frozenset of str
        Ids of utterances that bear no speaker.
    marks : frozenset of str
        Placeholders by which texts speak of them.
    """

    speakers: frozenset[str] = frozenset()
    utterances: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.speakers or self.utterances or self.marks)

    def __or__(self, other: Forgotten) -> Forgotten:
        return Forgotten(*(getattr(self, one.name) | getattr(other, one.name) for one in fields(self)))

    def __sub__(self, other: Forgotten) -> Forgotten:
        return Forgotten(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(self)))

    def __and__(self, other: Forgotten) -> Forgotten:
        return self - (self - other)


def file_beside(folder: Path) -> Path:
    """File of the forgotten that goes with a folder of tables or of raw files.

    Examples
    --------
    >>> file_beside(Path("/home/ina/data/raw/../processed")).as_posix()
    '/home/ina/data/config/forgotten.toml'
    """
    return config_folder(folder) / FORGOTTEN


def marks_of(native: str, pseudonymiser: Pseudonymiser) -> frozenset[str]:
    """Placeholders that stand in texts where a person was spoken of by the name that their messages bear.

    Parameters
    ----------
    native : str
        Name, handle, address or number, as the raw data have it.
    pseudonymiser : Pseudonymiser

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> from scsr.text.privacy import Pseudonymiser
    >>> masker = Pseudonymiser(b"secret")
    >>> masker.mask("Fråga @Kalle_80")[0].split()[1] in marks_of("kalle_80", masker)
    True
    """
    name = native.strip().removeprefix("@")
    return frozenset(pseudonymiser.placeholder(kind, name) for kind in MARKED)


def read_sections(file: Path) -> dict[str, Forgotten]:
    """Read what a file holds for each key; nothing where there is no file.

    Raises
    ------
    ScsrError
        If the file cannot be read as what :func:`write_forgotten` writes.
    """
    try:
        stated = tomllib.loads(Folder.of(file.parent).get(file.name).decode("utf-8"))
        return {
            key: Forgotten(*(frozenset(map(str, section.get(one.name, ()))) for one in fields(Forgotten)))
            for key, section in stated.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ScsrError(
            f"{file} cannot be read ({error}); mend it, because people who asked to be forgotten stand in it"
        ) from None


def read_forgotten(files: Iterable[Path], fingerprint: str, synthetic: bool) -> Forgotten:
    """Read who is to be forgotten under a key.

    Parameters
    ----------
    files : iterable of Path
        What they hold is put together; one that does not exist holds nobody.
    fingerprint : str
        Of the key.
    synthetic : bool
        Whether it is the public key of synthetic sources.

    Returns
    -------
    Forgotten

    Raises
    ------
    ScsrError
        If a file is damaged, or names people under another secret key, who could not be found.
    """
    from scsr.text.privacy import SYNTHETIC_KEY
    from scsr.text.privacy import fingerprint as fingerprint_of

    found = Forgotten()
    for file in files:
        for key, section in read_sections(file).items():
            if key == fingerprint:
                found |= section
            elif section and not synthetic and key != fingerprint_of(SYNTHETIC_KEY):
                raise ScsrError(
                    f"{file} names people under the key {key}, this run has {fingerprint}: they would come back; "
                    "set SCSR_KEY to the earlier key, or have them forgotten anew and remove the old section"
                )
    return found


def write_forgotten(file: Path, fingerprint: str, people: Forgotten) -> None:
    """Write who is to be forgotten under a key, in one step; what stands under other keys stays.

    Parameters
    ----------
    file : Path
        Removed where nobody is left.
    fingerprint : str
    people : Forgotten
    """
    sections = {key: section for key, section in {**read_sections(file), fingerprint: people}.items() if section}
    if not sections:
        Folder.of(file.parent).remove(file.name)
        return
    text = HEADER
    for key, section in sorted(sections.items()):
        text += f'\n["{key}"]\n'
        for one in fields(Forgotten):
            lines = "".join(f'  "{value}",\n' for value in sorted(getattr(section, one.name)))
            text += f"{one.name} = [\n{lines}]\n" if lines else f"{one.name} = []\n"
    Folder.of(file.parent).put(file.name, text.encode("utf-8"), last=True)
