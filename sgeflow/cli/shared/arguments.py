"""Values from a command line and a file: `name=text`, `name:=json`, YAML or JSON."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.core.language.foreign_json import DuplicateKey, UnusableJson, read_json
from sgeflow.errors import Id, InvalidDocuments, Problem, UsageError
from sgeflow.messages import Message, exception_text, from_table, say
from sgeflow.patterns import regex

_PAIR = regex(r"(?P<name>[A-Za-z_][A-Za-z0-9_.-]*?)(?P<sign>:=|=)(?P<value>.*)", re.DOTALL)


def read_arguments(arguments: Iterable[str], file: Path | None = None) -> dict[str, Any]:
    """Return the values of the command line's arguments, completed by those of a file.

    Raises:
        UsageError: an argument has no name, a name occurs twice, a text is not JSON, or the file
            is not a mapping.
        InvalidDocuments: the file is not valid YAML.
        TechnicalError: the file cannot be read.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for argument in arguments:
        pair = _PAIR.fullmatch(argument)
        if pair is None:
            problems.append(_no_pair(argument))
        elif pair["name"] in values:
            problems.append(_usage(say("{name} is given twice", name=pair["name"])))
        elif pair["sign"] == "=":
            values[pair["name"]] = pair["value"]
        else:
            try:
                values[pair["name"]] = read_json(pair["value"])
            except DuplicateKey as error:
                problems.append(_usage(say("{key} is written twice", key=error.key)))
            except ValueError as error:
                problems.append(_no_json(pair["name"], error))
    if problems:
        raise UsageError(*problems)
    return {**(_from_file(file) if file else {}), **values}


def _from_file(path: Path) -> Mapping[str, Any]:
    """Read a file of values as YAML; JSON is a subset of YAML."""
    from sgeflow.adapters.project_files import read_text, show_path
    from sgeflow.core.language.yaml_reader import read_yaml

    try:
        value = read_yaml(show_path(path), read_text(path), private=True).data
    except InvalidDocuments as error:
        # the lines of the file may contain a person's name
        raise InvalidDocuments(
            *(
                replace(one, at=replace(one.at, text="", before="")) if one.at else one
                for one in error.problems
            )
        ) from None
    if not isinstance(value, dict):
        raise UsageError(_usage(say("{path} contains no names with values", path=show_path(path))))
    return value


def _no_pair(word: str) -> Problem:
    from sgeflow.cli.shared.usage_errors import POINT

    # a word that may be part of a person's name is not repeated in the message
    message = say("an argument is not name=value")
    if " " not in word and word.isascii():
        message = say('"{word}" is not name=value', word=word[:20])
    note = say(
        "name=value, or name:=json for other types than text; put quotes around a value with spaces"
    )
    suggestion = f"pointId={word}" if POINT.fullmatch(word) else ""
    return Problem(id=Id.USAGE, message=message, note=note, suggestion=suggestion)


def _no_json(name: str, error: ValueError) -> Problem:
    if isinstance(error, UnusableJson):
        reason = exception_text(error)
        return _usage(say("the value of {name} cannot be used: {reason}", name=name, reason=reason))
    reason = from_table(str(error).partition(":")[0].lower())
    message = say("the value of {name} is not JSON: {reason}", name=name, reason=reason)
    note = say("text needs no colon: {name}=text", name=name)
    return Problem(id=Id.USAGE, message=message, note=note)


def _usage(message: Message) -> Problem:
    return Problem(id=Id.USAGE, message=message)
