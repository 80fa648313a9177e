"""``scsr prepare``: raw files to published tables.

Read, clean, identify, pseudonymise, list duplicates, prove the account, publish. Records flow through in
chunks of one source, so the chunks, and with them every byte that is written, are the same with one worker
or many.
"""

from __future__ import annotations

from scsr.corpus.prepare.account import Account, describe
from scsr.corpus.prepare.run import prepare

__all__ = ["Account", "describe", "prepare"]
