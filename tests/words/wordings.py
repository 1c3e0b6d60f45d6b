"""Every wording of the code, read from its source: what is said, and fixed words by their place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

PACKAGE = Path(__file__).resolve().parents[2] / "sgeflow"
CATALOGUE = PACKAGE / "adapters" / "french"
FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if CATALOGUE not in file.parents]
ROOM = "say.py"  # what a message is: its own wordings are made of others


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The files of the package, without the catalogue, by name."""
    for file in FILES:
        name = file.relative_to(PACKAGE).as_posix()
        if name != ROOM:
            yield name, ast.parse(file.read_text("utf-8"))


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of functions by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in names:
            yield node


def called(node: ast.Call) -> str:
    """The name of what is called, without what it is taken from."""
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def literal(node: ast.AST | None) -> str | None:
    """The text of a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def said() -> Iterator[tuple[str, tuple[str, ...], set[str]]]:
    """Where something is said, its wordings (two for what is counted), its values' names."""
    for name, tree in modules():
        for call in calls(tree, "say", "counted"):
            wordings = tuple(literal(one) or "" for one in call.args)
            yield (
                f"{name}:{call.lineno}",
                wordings,
                {word.arg for word in call.keywords if word.arg},
            )


def names_in(wording: str) -> set[str]:
    """The names of the values of a wording; refuses what `say` could not fill."""
    found = {name for _, name, _, _ in Formatter().parse(wording) if name is not None}
    assert all(name.isidentifier() for name in found), wording
    return found


def has_words(wording: str) -> bool:
    """Whether a wording says something by itself, and not by its values alone."""
    return any(sign.isalpha() for text, *_ in Formatter().parse(wording) for sign in text)
