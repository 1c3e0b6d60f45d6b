"""Values from a command line and a file: `name=text`, `name:=json`, YAML or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sgeflow.errors import Id, InvalidDocuments, Problem, UsageError
from sgeflow.messages import Said, fixed, say

_PAIR = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_.-]*?)(?P<sign>:=|=)(?P<value>.*)", re.DOTALL)


def given(words: Iterable[str], file: Path | None = None) -> dict[str, Any]:
    """The values of a file, and on top of them those of the words.

    Raises:
        UsageError: words that name nothing, twice the same name, JSON that is none.
        InvalidDocuments: the file is no mapping.
        TechnicalError: it cannot be read.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for word in words:
        found = _PAIR.fullmatch(word)
        if found is None:
            problems.append(_no_pair(word))
        elif found["name"] in values:
            problems.append(_usage(say("{name} is given twice", name=found["name"])))
        elif found["sign"] == "=":
            values[found["name"]] = found["value"]
        else:
            try:
                values[found["name"]] = json.loads(found["value"])
            except ValueError as error:
                problems.append(_no_json(found["name"], error))
    if problems:
        raise UsageError(*problems)
    return {**(_from_file(file) if file else {}), **values}


def _from_file(path: Path) -> Mapping[str, Any]:
    """A file of values; JSON is YAML, so that one reader does for both."""
    from sgeflow.adapters.project_files import read_text, shown
    from sgeflow.core.language.yaml_reader import read_yaml

    try:
        value = read_yaml(shown(path), read_text(path), private=True).data
    except InvalidDocuments as error:
        raise InvalidDocuments(*map(_without_lines, error.problems)) from None
    if not isinstance(value, dict):
        raise UsageError(_usage(say("{path} holds no names with values", path=shown(path))))
    return value


def _without_lines(problem: Problem) -> Problem:
    """A problem without the lines around it: they may hold a person's name."""
    return replace(problem, at=replace(problem.at, text="", before="")) if problem.at else problem


def _no_pair(word: str) -> Problem:
    # the word may be the value of a name with a space in it: never repeated
    message = say("an argument is no name with a value")
    if " " not in word and word.isascii():
        message = say('"{word}" is no name with a value', word=word[:20])
    note = say(
        "name=value, or name:=json for what is no text; put quotes around a value with spaces"
    )
    return Problem(id=Id.USAGE, message=message, note=note)


def _no_json(name: str, error: ValueError) -> Problem:
    reason = fixed(str(error).partition(":")[0].lower())
    message = say("the value of {name} is not JSON: {reason}", name=name, reason=reason)
    note = say("text needs no colon: {name}=text", name=name)
    return Problem(id=Id.USAGE, message=message, note=note)


def _usage(message: Said) -> Problem:
    return Problem(id=Id.USAGE, message=message)
