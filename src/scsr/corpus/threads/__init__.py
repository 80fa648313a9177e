"""Cases from utterances: what a customer opened, who answered first, and how long it took.

Definitions
-----------
An **opening** is a customer's first utterance in a conversation that either starts it (it answers nothing,
and the source does not call it a reply or a comment) or is stated to be a complaint or a question. So a
thread can hold several cases, one for each customer who asks, and a thread that is cut off at its top, as
samples of replies cut them, holds no opening that never was one.

An utterance **belongs** to the opening that it answers, directly or through others; where its parent is not
known, to the last opening before it in the conversation.

The **first response** is the earliest later utterance of the case by a responder (firm or employee unless
asked otherwise) that answers the customer or another responder, not somebody else in the thread.

The rules stand in ``turns``, on integers; ``frames`` applies them to a table of utterances, ``derive`` to
prepared tables that need not fit into memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scsr.corpus.threads.derive import derive_cases
    from scsr.corpus.threads.frames import cases

__all__ = ["cases", "derive_cases"]


def __getattr__(name: str) -> Any:
    """Bring in pandas or Arrow when cases are first asked for."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{'frames' if name == 'cases' else 'derive'}"), name)
