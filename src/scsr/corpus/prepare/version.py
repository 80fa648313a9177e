"""What a draft depends on beside its records: the code that cleans, and the libraries that it stands on."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["code_digest"]

ROOMS = ("schema", "text", "corpus")
LIBRARIES = (
    "ftfy", "islenska", "lxml", "nltk", "numpy", "personnummer", "phonenumbers", "py3langid", "pyarrow", "python-stdnum",
    "simplemma", "trafilatura",
)  # fmt: skip


@cache
def code_digest() -> str:
    """Return a digest of the code and resources of the rooms that cleaning uses, and of its libraries' versions.

    Examples
    --------
    >>> len(code_digest())
    32
    """
    top = Path(__file__).parents[2]
    total = hashlib.blake2b(repr(sys.version_info[:2]).encode(), digest_size=16)
    for room in ROOMS:
        for path in sorted((top / room).rglob("*"), key=lambda p: p.relative_to(top).as_posix()):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(top).as_posix()}\0{path.stat().st_size}\0".encode())
                total.update(path.read_bytes())
    for name in LIBRARIES:
        try:
            total.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:  # an extra that is not installed
            total.update(f"{name} -\n".encode())
    return total.hexdigest()
