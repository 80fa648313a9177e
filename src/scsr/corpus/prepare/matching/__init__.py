"""Duplicates of a corpus that fits into no memory: found in runs and slices, by tasks that share but a store."""

from scsr.corpus.prepare.matching.duplicates import listed, match
from scsr.corpus.prepare.matching.endings import sign_offs

__all__ = ["listed", "match", "sign_offs"]
