"""What class names, ids and microdata properties hint at."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources

__all__ = ["meaning", "plain_name", "vocabulary"]


PREFIX = re.compile(r"^(?:wp-block|td|js|ast|et_pb|elementor|fusion|ips|ipstype|genesis|entry|b|c|m|o|u)[-_]")
"""What builders of themes put before the plain name of a part."""
BLOCK_ELEMENT = re.compile(r"__|--")


@cache
def vocabulary() -> tuple[dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    """Patterns of names by role, and by furniture rule."""
    text = resources.files("scsr.corpus.pages").joinpath("resources/markup.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)

    def compiled(table: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
        return {role: re.compile("(?:" + "|".join(forms) + ")") for role, forms in table.items()}

    return compiled(tables["roles"]), compiled(tables["furniture"])


@lru_cache(maxsize=8192)
def meaning(name: str) -> tuple[frozenset[str], str]:
    """Roles and furniture rule that a class name, id or property hints at."""
    roles, furniture = vocabulary()
    forms = [name, *({PREFIX.sub("", name), BLOCK_ELEMENT.sub("-", name)} - {name})]
    found = frozenset(role for role, pattern in roles.items() if any(map(pattern.fullmatch, forms)))
    return found, next((rule for rule, pattern in furniture.items() if any(map(pattern.fullmatch, forms))), "")


@lru_cache(maxsize=8192)
def plain_name(name: str) -> str:
    """Lower case, without the number at its end."""
    return re.sub(r"[-_]?\d+$", "", name.lower())[:60]
