"""The help of commands in the reader's language; English never comes here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say
from sgeflow.patterns import regex

VARIABLE = regex(r"(?P<text>.*) \[env var: (?P<name>\w+)\]", re.DOTALL)
FORMS_LINE = regex(r"Form of the result: (.+)\.")
_REQUIRED = "[required]"
_PLACE = regex(r"(?<![\w-])[A-Z][A-Z=-]+")  # FILE, NAME=VALUE: what stands for a value


def translate_help(command: Any) -> None:
    """Have a command and those below it help in the reader's language."""
    command.help = translate(from_table(command.help or ""))
    command.epilog = translate(from_table(command.epilog or "")) or None
    command.context_class = _context_class(command.context_class)
    for below in getattr(command, "commands", {}).values():
        translate_help(below)


def _context_class(known: Any) -> Any:
    """The context of a command, which makes the formatter of its help."""

    class Formatter(known.formatter_class):  # type: ignore[misc] # Typer's own click, or click
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, _place_variable(args), prefix or translate(say("Usage: ")))

        def write_heading(self, heading: str) -> None:
            super().write_heading(translate(from_table(heading)) + "\u00a0")

        def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **more: Any) -> None:
            entries = [(_place_variable(name), _help_line(text)) for name, text in rows]
            super().write_dl(entries, *args, **more)

    class Context(known):  # type: ignore[misc]
        formatter_class = Formatter

    return Context


def _place_variable(text: str) -> str:
    return _PLACE.sub(lambda found: translate(from_table(found[0])), text)


def _help_line(text: str) -> str:
    """A line of help, its variable apart, and that an argument is required."""
    if text.endswith(_REQUIRED):
        return translate(
            say("{help} [required]", help=from_table(text.removesuffix(_REQUIRED).rstrip()))
        )
    match = VARIABLE.fullmatch(text)
    words = match["text"] if match else text
    forms = FORMS_LINE.fullmatch(words)
    message = say("Form of the result: {forms}.", forms=forms[1]) if forms else from_table(words)
    if match is None:
        return translate(message)
    return translate(say("{help} [env var: {variable}]", help=message, variable=match["name"]))
