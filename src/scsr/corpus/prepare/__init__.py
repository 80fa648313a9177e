"""``scsr prepare``: raw files to published tables.

Read, clean, identify, pseudonymise, list duplicates, prove the account, publish. Records flow through in
chunks of one source, so the chunks, and with them every byte that is written, are the same with one worker
or many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scsr.corpus.prepare.account import Account, describe
    from scsr.corpus.prepare.run import prepare

__all__ = ["Account", "describe", "prepare"]


def __getattr__(name: str) -> Any:
    """Bring in the run when it is first asked for: a worker needs only its task."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{'run' if name == 'prepare' else 'account'}"), name)
