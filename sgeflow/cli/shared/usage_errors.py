"""What Typer says of a wrong command line, in our one shape and as messages that can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, say
from sgeflow.patterns import regex

_TAKES_VALUES = ("call", "run")  # commands whose values are written name=value
_MEANT = {"--fleet": "--each", "--rows": "--each", "--csv": "--each"}
"""Options as others call them, where the command has the one that is meant."""
_NO_COMMAND = "Missing command"
_UNKNOWN_COMMAND = regex(r"No such command ['\"](.+?)['\"]")
# Typer has no ids of its own: its sentences are known by their words, as we write them.
_SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], Message]], ...] = (
    (r"missing argument '(.+)'", lambda m: say("missing argument '{name}'", name=from_table(m[1]))),
    (r"missing option '(.+)'", lambda m: say("missing option '{name}'", name=m[1])),
    (
        r"got unexpected extra argument(?:\(s\)|s)? \((.+)\)",
        lambda m: say("got unexpected extra argument(s) ({words})", words=m[1]),
    ),
    (
        r"option '(.+)' requires an argument",
        lambda m: say("option '{name}' requires an argument", name=m[1]),
    ),
    (
        r"option '(.+)' does not take a value",
        lambda m: say("option '{name}' does not take a value", name=m[1]),
    ),
    (
        r"invalid value for '(.+?)': (.+)",
        lambda m: say(
            "invalid value for '{name}': {why}",
            name=m[1].replace("' / '", ", "),
            why=_sentence(m[2]),
        ),
    ),
    (
        r"'(.+)' is not a valid (?:integer|int)",
        lambda m: say("'{text}' is not a valid integer", text=m[1]),
    ),
)


def usage(error: Any, path: str = "sgeflow") -> Problem:
    """Typer's complaint, with the word that was probably meant.

    `path` is the command that the line begins with: of an option without value Typer tells none.
    """
    context = error.ctx
    message = _sentence(" ".join(error.format_message().split()).removesuffix("."))
    known: list[str] = []
    typed, note, value = "", "", ""
    commands: tuple[str, ...] = ()
    if type(error).__name__ == "NoSuchOption" and context is not None:
        typed = error.option_name
        known = [word for param in context.command.params for word in param.opts]
        message = say("there is no option {name}", name=typed)
        if (usual := _MEANT.get(typed)) in known:
            value = usual or ""
        elif context.command.name in _TAKES_VALUES and not closest(typed, known):
            note = say("values are written without dashes, as name=value")
            value = f"{typed.lstrip('-')}=…"
        elif context.parent is None and not closest(typed, known):
            note = say("options of a command are written after its name")
    elif match := _UNKNOWN_COMMAND.match(error.format_message()):
        typed = match[1]
        commands = tuple(context.command.list_commands(context))
        known = [*commands, *(word for param in context.command.params for word in param.opts)]
        message = say('there is no command "{name}"', name=typed)
    elif context is not None and error.format_message().startswith(_NO_COMMAND):
        commands = tuple(context.command.list_commands(context))
    where = f"{context.command_path if context is not None else path} --help"
    return Problem(
        id=Id.USAGE,
        message=message,
        note=note,
        allowed=commands if len(commands) < 10 else (),  # noqa: PLR2004 - one line
        allowed_label="commands",
        suggestion=value or (closest(typed, known) if typed else ""),
        details=(("see", where),),
    )


def _sentence(text: str) -> Message:
    """A sentence as ours are: a lower-case first word and no full stop."""
    words = text[:1].lower() + text[1:]
    for pattern, message in _SENTENCES:
        if match := re.fullmatch(pattern, words):
            return message(match)
    return from_table(words)


def unknown_name(message: Message, name: str, known: Collection[str]) -> Problem:
    """A name that nothing has, with what was probably meant."""
    return Problem(
        id=Id.UNKNOWN_NAME,
        message=message,
        allowed=tuple(sorted(known)) if len(known) < 10 else (),  # noqa: PLR2004 - one line
        allowed_label="known",
        suggestion=closest(name, known),
        details=() if len(known) < 10 else (("see", "sgeflow list"),),  # noqa: PLR2004
    )
