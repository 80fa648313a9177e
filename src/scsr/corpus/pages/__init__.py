"""Split a saved Nordic page, HTML or text, into posts and comments.

Rules rest on structure and on the wordings in ``scsr.text.resources``, never on the words of one page.

Examples
--------
>>> split("Bare en linje.").posts
()
"""

from __future__ import annotations

from scsr.corpus.pages.model import Comment, Page, Post
from scsr.corpus.pages.split import split

__all__ = ["Comment", "Page", "Post", "split"]
