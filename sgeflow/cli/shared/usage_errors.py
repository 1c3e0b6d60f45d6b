"""Problems for Typer's errors about a wrong command line, with suggestions."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, say
from sgeflow.patterns import regex

_TAKES_VALUES = ("call", "run")  # commands whose values are written name=value
_MEANT = {
    **dict.fromkeys(("--fleet", "--rows", "--csv"), "--each"),
    **dict.fromkeys(("--environment", "--environnement"), "--env"),
    **dict.fromkeys(("--prm", "--pdl", "--pointid"), "--point"),
}
"""Names that other programs give to options; the option is suggested if the command has it."""
_COMMANDS = {
    "env": "show environments",
    "envs": "show environments",
    "check": "validate",
    "lint": "validate",
    "new": "init",
    "list": "show",
    "ls": "show",
    "error": "show",
    "explain": "show",
    "graph": "page flow",
    "serve": "simulate",
    "history": "runs",
}
"""Names that other programs, or earlier versions, give to commands."""
_LABELS = {"FLOW": "flows", "OPERATION": "operations", "RUN": "runs"}
POINT = regex(r"[0-9]{14}")
_NO_COMMAND = "Missing command"
_EXTRA = regex(r"unexpected extra argument(?:\(s\)|s)? \((\S+?)[ )]")
_UNKNOWN_COMMAND = regex(r"No such command ['\"](.+?)['\"]")
# Typer's messages have no ids, so their words are recognised.
_SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], Message]], ...] = (
    (r"missing argument '(.+)'", lambda m: say('missing argument "{name}"', name=from_table(m[1]))),
    (r"missing option '(.+)'", lambda m: say('missing option "{name}"', name=m[1])),
    (
        r"got unexpected extra argument(?:\(s\)|s)? \((.+)\)",
        lambda m: say("got unexpected extra argument(s) ({words})", words=m[1]),
    ),
    (
        r"option '(.+)' requires an argument",
        lambda m: say('option "{name}" requires an argument', name=m[1]),
    ),
    (
        r"option '(.+)' does not take a value",
        lambda m: say('option "{name}" does not take a value', name=m[1]),
    ),
    (
        r"invalid value for '(.+?)': (.+)",
        lambda m: say(
            'invalid value for "{name}": {why}',
            name=m[1].replace("' / '", ", "),
            why=_sentence(m[2]),
        ),
    ),
    (
        r"'(.+)' is not a valid (?:integer|int)",
        lambda m: say('"{text}" is not a valid integer', text=m[1]),
    ),
)


def usage(error: Any, path: str = "sgeflow") -> Problem:
    """Return the problem of a Typer error, with a suggestion or the allowed words.

    `path` is the command of the line, for errors that do not name it.
    """
    context, complaint, kind = error.ctx, error.format_message(), type(error).__name__
    where = f"{context.command_path if context is not None else path} --help"
    problem = Problem(
        id=Id.USAGE,
        message=_sentence(" ".join(complaint.split()).removesuffix(".")),
        details=(("see", where),),
    )
    if context is None:
        return problem
    if kind == "NoSuchOption":
        return _no_option(problem, context, error.option_name)
    if kind == "MissingParameter" and not complaint.startswith(_NO_COMMAND):
        name = error.param.human_readable_name
        return known_here(problem, name, known_words(context, error.param))
    if match := _UNKNOWN_COMMAND.match(complaint):
        return _no_command(problem, context, match[1])
    if complaint.startswith(_NO_COMMAND):
        return _with_commands(problem, context)
    if match := _EXTRA.search(complaint):
        return replace(problem, suggestion=_option_with(context, match[1]))
    return problem


def _no_option(problem: Problem, context: Any, typed: str) -> Problem:
    """The problem of an unknown option."""
    known = [word for param in context.command.params for word in param.opts]
    plain = {name.lstrip("-"): name for name in known}  # compared without dashes
    near, usual = plain.get(closest(typed.lstrip("-"), plain), ""), _MEANT.get(typed, "")
    note = ""
    if usual in known:
        near = usual
    elif not near and context.command.name in _TAKES_VALUES:
        note = say("write values without dashes: name=value")
        near = f"{typed.lstrip('-')}=…"
    elif not near and (inside := _command_with(context, typed)):
        near = inside
    elif not near and context.parent is None:
        note = say("write a command's options after its name")
    message = say('there is no {what} "{name}"', what=say("option"), name=typed)
    return replace(problem, message=message, note=note, suggestion=near)


def _command_with(context: Any, typed: str) -> str:
    """Return the subcommand that has the option, followed by the option; empty at the top level."""
    if context.parent is None or not hasattr(context.command, "list_commands"):
        return ""
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        if any(typed in param.opts for param in command.params):
            return f"{context.command_path} {name} {typed}"
    return ""


def _no_command(problem: Problem, context: Any, typed: str) -> Problem:
    """The problem of an unknown command, at the top level or of a group."""
    commands = context.command.list_commands(context)
    known = [*commands, *(word for param in context.command.params for word in param.opts)]
    usual = ""
    if context.parent is None:
        from sgeflow.core.checking.document import KINDS

        kinds = {name: f"show {kind.name}" for kind in KINDS for name in (kind.name, kind.key)}
        usual = {**kinds, **_COMMANDS}.get(typed, "")
    message = say('there is no {what} "{name}"', what=say("command"), name=typed)
    near = usual or closest(typed, known)
    return _with_commands(replace(problem, message=message, suggestion=near), context)


def _with_commands(problem: Problem, context: Any) -> Problem:
    commands = tuple(context.command.list_commands(context))
    few = commands if len(commands) < 10 else ()  # noqa: PLR2004 - one line
    return replace(problem, allowed=few, allowed_label="commands")


def known_words(context: Any, param: Any) -> tuple[str, ...]:
    """Return the completions of an argument or option."""
    return tuple(dict.fromkeys(item.value for item in param.shell_complete(context, "")))


def known_here(problem: Problem, name: str, known: Collection[str]) -> Problem:
    """Return the problem of a missing argument, called `name` in the help, with its known words."""
    label, note = _LABELS.get(name, "known"), ""
    if name == "RUN" and not known:
        note = say("there is none here: --env or --state says where to look")
    return replace(problem, allowed=tuple(known), allowed_label=label, note=note)


def _option_with(context: Any, word: str) -> str:
    """Return the option that takes the word, with the word; empty if no option takes it."""
    options = [param for param in context.command.params if param.param_type_name == "option"]
    if POINT.fullmatch(word) and any("--point" in option.opts for option in options):
        return f"--point {word}"
    for option in options:
        if word in known_words(context, option):
            return f"{option.opts[0]} {word}"
    return ""


def _sentence(text: str) -> Message:
    """Return a sentence of Typer in our form: lower case and translatable."""
    words = text[:1].lower() + text[1:]
    for pattern, message in _SENTENCES:
        if match := re.fullmatch(pattern, words):
            return message(match)
    return from_table(words)


def unknown_name(
    message: Message,
    name: str,
    known: Collection[str],
    synonyms: Mapping[str, Collection[str]] | None = None,
) -> Problem:
    """Return the problem of an unknown name, with a suggestion; `synonyms` are for `closest`."""
    return Problem(
        id=Id.UNKNOWN_NAME,
        message=message,
        allowed=tuple(sorted(known)) if len(known) < 10 else (),  # noqa: PLR2004 - one line
        allowed_label="known",
        suggestion=closest(name, known, synonyms=synonyms),
        details=() if len(known) < 10 else (("see", "sgeflow show"),),  # noqa: PLR2004
    )
