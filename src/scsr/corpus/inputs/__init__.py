"""What researchers give of their own, in ``data/config/``: labelled utterances and watch lists."""

from __future__ import annotations

from scsr.corpus.inputs.labels import read_labels, write_sheet
from scsr.corpus.inputs.lists import Watchlist, read_watchlists

__all__ = ["Watchlist", "read_labels", "read_watchlists", "write_sheet"]
