"""The help of commands in the reader's language; English never comes here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sgeflow.locale.translate import tell
from sgeflow.messages import fixed, say

VARIABLE = re.compile(r"(?P<text>.*) \[env var: (?P<name>\w+)\]", re.DOTALL)
FORMS_LINE = re.compile(r"Form of the result: (.+)\.")
_REQUIRED = "[required]"
_PLACE = re.compile(r"(?<![\w-])[A-Z][A-Z=-]+")  # FILE, NAME=VALUE: what stands for a value


def translate(command: Any) -> None:
    """Have a command and those below it help in the reader's language."""
    command.help = tell(fixed(command.help or ""))
    command.epilog = tell(fixed(command.epilog or "")) or None
    command.context_class = _context_class(command.context_class)
    for below in getattr(command, "commands", {}).values():
        translate(below)


def _context_class(known: Any) -> Any:
    """The context of a command, which makes the formatter of its help."""

    class Formatter(known.formatter_class):  # type: ignore[misc] # Typer's own click, or click
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, _placed(args), prefix or tell(say("Usage: ")))

        def write_heading(self, heading: str) -> None:
            super().write_heading(tell(fixed(heading)) + "\u00a0")

        def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **more: Any) -> None:
            told = [(_placed(name), _told(text)) for name, text in rows]
            super().write_dl(told, *args, **more)

    class Context(known):  # type: ignore[misc]
        formatter_class = Formatter

    return Context


def _placed(text: str) -> str:
    return _PLACE.sub(lambda found: tell(fixed(found[0])), text)


def _told(text: str) -> str:
    """A line of help, its variable apart, and that an argument is required."""
    if text.endswith(_REQUIRED):
        return tell(say("{help} [required]", help=fixed(text.removesuffix(_REQUIRED).rstrip())))
    found = VARIABLE.fullmatch(text)
    words = found["text"] if found else text
    forms = FORMS_LINE.fullmatch(words)
    told = say("Form of the result: {forms}.", forms=forms[1]) if forms else fixed(words)
    if found is None:
        return tell(told)
    return tell(say("{help} [env var: {variable}]", help=told, variable=found["name"]))
