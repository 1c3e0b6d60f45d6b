"""Every wording of the code, read from its source: what is said, and fixed words by their place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

PACKAGE = Path(__file__).resolve().parents[2] / "sgeflow"
CATALOGUE = PACKAGE / "locale" / "fr"
SAY = "messages.py"  # what a message is: its own wordings are made of others


@dataclass(frozen=True)
class Spoken:
    """A place where something is said: its wordings (two when counted) and its values' names."""

    where: str
    wordings: tuple[str | None, ...]
    names: frozenset[str]
    is_counted: bool


Nodes = Sequence[ast.AST]
_LOOKED_AT = (ast.Assign, ast.Call, ast.Constant, ast.ImportFrom, ast.keyword)


@cache
def modules() -> Mapping[str, Nodes]:
    """What is looked at of the files of the package by name, without the catalogue."""
    files = {file.relative_to(PACKAGE).as_posix(): file for file in sorted(PACKAGE.rglob("*.py"))}
    return {
        name: [node for node in ast.walk(ast.parse(text)) if isinstance(node, _LOOKED_AT)]
        for name, file in files.items()
        if CATALOGUE not in file.parents and name != SAY and (text := file.read_text("utf-8"))
    }


@cache
def said() -> tuple[Spoken, ...]:
    """Everything that is said anywhere."""
    return tuple(_said())


def _said() -> Iterator[Spoken]:
    for name, nodes in modules().items():
        known = _imported(nodes)
        if not known:
            continue
        for call in nodes:
            if isinstance(call, ast.Call) and known.get(called(call)) in ("say", "say_count"):
                yield Spoken(
                    where=f"{name}:{call.lineno}",
                    wordings=tuple(literal(one) for one in call.args),
                    names=frozenset(word.arg or "**" for word in call.keywords),
                    is_counted=known[called(call)] == "say_count",
                )


def _imported(nodes: Nodes) -> dict[str, str]:
    """What a file calls the functions that say things."""
    return {
        alias.asname or alias.name: alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "sgeflow.messages"
        for alias in node.names
    }


def fixed_in(nodes: Nodes) -> Iterator[str]:
    """Literals that are told by their place: labels, notes, what `from_table` is given."""
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg in ("allowed_label", "note"):
            yield from _texts(node.value)
        elif isinstance(node, ast.keyword) and node.arg == "details":
            yield from _labels(node.value)
        elif isinstance(node, ast.Call) and called(node) == "with_details":
            for details in node.args:
                yield from _labels(details)
        elif isinstance(node, ast.Call) and called(node) == "from_table":
            yield from _texts(*node.args)


def _labels(details: ast.expr) -> Iterator[str]:
    for pair in ast.walk(details):
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            yield from _texts(pair.elts[0])


def _texts(*nodes: ast.expr) -> Iterator[str]:
    """Literals that are a value as they stand, or one of two."""
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from _texts(node.body, node.orelse)
        elif isinstance(node, ast.BoolOp):
            yield from _texts(*node.values)
        elif (text := literal(node)) is not None:
            yield text


def untold(nodes: Nodes) -> Iterator[ast.expr]:
    """Texts with words that reach a person's eye without having been said."""
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg in ("message", "summary", "hint"):
            yield from _plain(node.value)
        elif isinstance(node, ast.keyword) and node.arg in ("details", "allowed_label", "note"):
            yield from (one for one in ast.walk(node.value) if _is_computed(one))
        elif isinstance(node, ast.Call) and called(node) == "with_details":
            yield from (one for one in ast.walk(node) if _is_computed(one))
        elif isinstance(node, ast.Call) and called(node) in ("aside", "result", "report", "Warn"):
            for argument in node.args:
                yield from _plain(argument)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "message":
            yield from _plain(node.value)


def _plain(node: ast.expr) -> Iterator[ast.expr]:
    text = literal(node)
    if _is_computed(node) or (text is not None and " " in text and has_words(escaped(text))):
        yield node


def _is_computed(node: ast.AST) -> bool:
    """Whether it is an f-string with a sentence in it; a command line to paste is none."""
    if not isinstance(node, ast.JoinedStr):
        return False
    text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return len([word for word in text.split() if word.isalpha()]) > 1 and "sgeflow" not in text


def called(node: ast.Call) -> str:
    """The name of what is called, without what it is taken from."""
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def literal(node: ast.AST | None) -> str | None:
    """The text of a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def escaped(text: str) -> str:
    """A fixed text as a wording."""
    return text.replace("{", "{{").replace("}", "}}")


def names_in(wording: str) -> set[str]:
    """The names of a wording's values."""
    return {name for _, name, _, _ in Formatter().parse(wording) if name is not None}


def has_words(wording: str) -> bool:
    """Whether a wording says something by itself, and not by its values alone."""
    return any(sign.isalpha() for text, *_ in Formatter().parse(wording) for sign in text)
