"""The list of commands: one module each, imported when its command is used."""

import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from sgeflow.locale.manual import tell_help
from sgeflow.locale.translate import ENGLISH, language, translate
from sgeflow.messages import from_table, say
from sgeflow.patterns import regex

VARIABLE = regex(r"(?P<text>.*) \[env var: (?P<name>\w+)\]", re.DOTALL)
FORMS_LINE = regex(r"Form of the result: (.+)\.")
_REQUIRED = "[required]"
_PLACE = regex(r"(?<![\w-])[A-Z][A-Z=-]+")  # a placeholder, such as FILE or NAME=VALUE


def translate_help(command: Any) -> None:
    """Translate the help of a command and of its subcommands."""
    command.help = "\n\n".join(tell_help(command.help or ""))
    command.epilog = translate(from_table(command.epilog or "")) or None
    command.context_class = _context_class(command.context_class)
    for below in getattr(command, "commands", {}).values():
        translate_help(below)


def _context_class(known: Any) -> Any:
    """Return the context class of a command, with a formatter that translates its help."""

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
    """Translate a line of help, with its variable or the mark of a required argument."""
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


COMMANDS = {  # name: module, line in the help
    "init": ("init", "Make a project folder with an environment, a flow and its test."),
    "doctor": ("doctor", "Check documents, secrets, certificates, servers and clock."),
    "run": ("run", "Run a flow once, or for each row of a file (--each)."),
    "call": ("call", "Call one operation and show its answer."),
    "resume": ("resume", "Resume a run or fleet that was stopped."),
    "show": ("show", "Show a document, a word of the language, a code or a value of a flow."),
    "page": ("page", "Write an HTML page of a flow, a household, a run or a fleet."),
    "runs": ("runs", "List earlier runs, look into one, forget old ones."),
    "export": ("export", "Export the kept measures to other formats."),
    "extract": ("extract", "Read a saved reply with an operation's paths, offline."),
    "orders": ("orders", "List orders whose outcome is unknown, and settle one by hand."),
    "decode": ("decode", "Keep the measures and documents of files that Enedis delivered."),
    "state": ("state", "Check, back up and restore the state."),
    "cozy": ("cozy", "Run one job of the konnector, as the Cozy stack starts it."),
    "validate": ("validate", "Check every document, without a network."),
    "test": ("test", "Run flow tests (*.test.yaml), without a network."),
    "schema": ("schema", "Write JSON Schemas of this catalogue, for editors."),
    "import": ("import_wsdl", "Draft an operation from a WSDL, or show what differs from it."),
    "cassette": ("cassette", "Look into recorded conversations."),
    "simulate": ("simulate", "Run the simulator as a server until Ctrl-C."),
}
PANELS = {
    "init": "Start",
    "run": "Run",
    "show": "Look",
    "orders": "Operate",
    "validate": "Write",
}
"""The panels of the help, each by its first command."""


class Commands(TyperGroup):
    """The group of all commands; a command's module is imported when the command is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's form
        """Return the names of the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Typer's form
        """Return a command in the reader's language; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        return _command_in(language(), cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - Typer's form
        """Write the help lines of the commands without importing their modules."""
        width = max(map(len, COMMANDS))
        panels: dict[str, list[tuple[str, str]]] = {}
        panel = ""
        for name, (_, line) in COMMANDS.items():
            panel = PANELS.get(name, panel)
            panels.setdefault(panel, []).append((name.ljust(width), line))
        for title, rows in panels.items():
            with formatter.section(title):
                formatter.write_dl(rows)


@cache
def _command_in(reads: str, name: str) -> Any:
    """Return a command in a language; each is made once per process."""
    return in_language(reads, make_command(name))


def in_language(reads: str, command: Any) -> Any:
    """Return the command and its subcommands with their help in a language."""
    if reads != ENGLISH:
        translate_help(command)
    return command


def make_command(name: str) -> Any:
    """Import the module of a command and make the command."""
    module, _ = COMMANDS[name]
    command = typer.main.get_command(import_module(f"sgeflow.cli.{module}").app)
    command.name = name
    return command


def command_path(words: Sequence[str]) -> str:
    """Return the command of a command line, with its group: `sgeflow runs show`."""
    if not words or words[0] not in COMMANDS:
        return "sgeflow"
    below = getattr(make_command(words[0]), "commands", {})
    named = words[:2] if len(words) > 1 and words[1] in below else words[:1]
    return " ".join(["sgeflow", *named])
