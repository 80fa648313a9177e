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
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@cache
def vocabulary() -> tuple[dict[str, re.Pattern[str]], dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    """Patterns of names by role, by furniture rule, and by role for compounds such as ``lia-message-author``."""
    text = resources.files("scsr.corpus.pages").joinpath("resources/markup.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)

    def compiled(table: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
        return {role: re.compile("(?:" + "|".join(forms) + ")") for role, forms in table.items()}

    return compiled(tables["roles"]), compiled(tables["furniture"]), compiled(tables["endings"])


@lru_cache(maxsize=8192)
def meaning(name: str) -> tuple[frozenset[str], str]:
    """Roles and furniture rule that a class name, id or property hints at."""
    roles, furniture, endings = vocabulary()
    forms = [name, *({PREFIX.sub("", name), BLOCK_ELEMENT.sub("-", name)} - {name})]
    found = frozenset(role for role, pattern in roles.items() if any(map(pattern.fullmatch, forms)))
    rule = next((rule for rule, pattern in furniture.items() if any(map(pattern.fullmatch, forms))), "")
    if not found and not rule:
        found = frozenset(role for role, pattern in endings.items() if pattern.fullmatch(forms[-1]))
    return found, rule


@lru_cache(maxsize=8192)
def plain_name(name: str) -> str:
    """Lower case with hyphens between words, without the number at its end."""
    return re.sub(r"[-_]?\d+$", "", (CAMEL.sub("-", name) if "-" in name or "_" in name else name).lower())[:60]
