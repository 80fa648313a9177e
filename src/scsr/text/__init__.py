"""Nordic text: ``str`` to ``str`` and ``str`` to ``list[str]``; knows no pandas."""
