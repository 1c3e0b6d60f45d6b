"""Plain data as YAML in the house's style: short things on one line, long texts folded."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.patterns import regex

WIDTH = 140
_START = regex(r"[^\W\d_]|\(")
_BREAKS = regex(r"(?<=,) | (?=\|\| |&& )")  # where an expression is best cut
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}
_IN_FLOW = set(",[]{}")


def scalar(value: Any, *, flow: bool = False) -> str:
    """A value as YAML writes it on one line; text is quoted where it could be read as another."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return str(getattr(value, "text", value))
    if _is_plain(str(value), flow=flow):
        return str(value)
    if any(character in value for character in '"\\') and value.isprintable():
        return "'" + str(value).replace("'", "''") + "'"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def flow(value: Any) -> str:
    """A value in flow style, `{type: string, maxLength: 15}`."""
    if isinstance(value, Mapping):
        inner = (f"{key_text(key)}: {flow(item)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, flow=True)


def key_text(key: str) -> str:
    """A key, quoted where YAML wants it."""
    return key if re.fullmatch(r"[\w$][\w:.$/-]*", key) and not key.isdigit() else f'"{key}"'


def entry(key: str, value: Any, indent: int = 0) -> list[str]:
    """The lines of a key and its value."""
    margin, name = " " * indent, key_text(key)
    line = f"{margin}{name}: {flow(value)}"
    if isinstance(value, Mapping) and value and not _is_short(value, line):
        below = [line for k, v in value.items() for line in entry(k, v, indent + 2)]
        return [f"{margin}{name}:", *below]
    if isinstance(value, list | tuple):
        items = (f"{margin}  - {scalar(item)}" for item in value)
        return [line] if len(line) <= WIDTH else [f"{margin}{name}:", *items]
    if isinstance(value, str) and ("\n" in value or len(line) > WIDTH):
        return [f"{margin}{name}: |", *_wrap(value, indent + 2)]
    return [line] if isinstance(value, Mapping) else [f"{margin}{name}: {scalar(value)}"]


def fold(key: str, value: str, indent: int = 0) -> list[str]:
    """The lines of a key and an expression, cut at spaces where it is long."""
    margin = " " * indent
    line = f"{margin}{key_text(key)}: {scalar(value)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{margin}{key_text(key)}: >-", *_fill(_BREAKS.split(value), indent + 2)]


def comment(text: str, indent: int = 0) -> list[str]:
    """The lines of a comment."""
    width = WIDTH - indent - 2
    return [f"{' ' * indent}# {line}" for line in textwrap.wrap(" ".join(text.split()), width)]


def _is_plain(text: str, *, flow: bool) -> bool:
    if text.lower() in _WORDS or not _START.match(text) or not text.isprintable():
        return False
    if any(mark in text for mark in (": ", "#")) or text[-1] in ": ":
        return False
    return not (flow and _IN_FLOW & set(text))


def _is_short(value: Mapping[str, Any], line: str) -> bool:
    """Whether a mapping is better read on one line: a type by name, or one without prose."""
    if len(line) > WIDTH or any(isinstance(item, Mapping) for item in value.values()):
        return False
    return "$ref" in value or "description" not in value


def _fill(pieces: list[str], indent: int) -> Iterator[str]:
    line = ""
    for piece in pieces:
        longer = f"{line} {piece}" if line else piece
        if line and len(longer) > WIDTH - indent:
            yield " " * indent + line
            longer = piece
        line = longer
    yield " " * indent + line


def _wrap(text: str, indent: int) -> Iterator[str]:
    for paragraph in text.strip().split("\n"):
        lines = textwrap.wrap(
            paragraph, WIDTH - indent, break_long_words=False, break_on_hyphens=False
        )
        yield from (" " * indent + line for line in lines or [""])
