"""Checks all rows of a fleet before the first begins: columns, duplicates, file names."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.engine.step import Flow
from sgeflow.core.filenames import LONGEST, bytes_of
from sgeflow.core.language.mistakes.suggest import ALIKE, closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_parameter
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.core.language.paths import leads_away, texts_in
from sgeflow.errors import Id, InvalidValues, Location, Problem
from sgeflow.messages import Message, join_items, say, say_count
from sgeflow.patterns import regex

PLACE = regex(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""The placeholder of a column in an input that all rows share: `file=data/{pointId}.json`."""


def check_header(names: list[str], flow: Flow, inputs: Mapping[str, Any] | None = None) -> None:
    """Raise InvalidValues for an invalid header, which makes every row invalid.

    With the `inputs` that all rows share, a missing column that each row needs is reported too.
    """
    unknown = [name for name in names if name not in flow.inputs]
    if not any(name in flow.inputs for name in names):
        # its cells may be a person's name: none is shown
        near = (closest(name, flow.inputs, least=ALIKE) for name in names)
        raise InvalidValues.of(
            Id.UNKNOWN_VALUE,
            say("the first line names no input of {flow}", flow=flow.name)
            if any(names)
            else say("the first line is empty"),
            note=say(
                "a CSV file begins with the names of its columns, inputs all of them, "
                "with , or ; between them"
            ),
            allowed=tuple(flow.inputs),
            allowed_label="inputs",
            suggestion=next(filter(None, near), ""),
        )
    no_name = Problem(
        id=Id.UNKNOWN_VALUE,
        message=say("a column has no name"),
        allowed=tuple(flow.inputs),
        allowed_label="inputs",
    )
    problems = [
        unknown_parameter(flow.name, name, flow.inputs, of_flow=True) if name else no_name
        for name in unknown
    ]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    problems += [
        Problem(id=Id.NAME, message=say('two columns have the name "{name}"', name=name))
        for name in twice
    ]
    problems += [  # misspelt columns are reported above
        _no_column(one)
        for one in (flow.inputs.values() if inputs is not None and not unknown else ())
        if one.required and one.default is None
        if one.name not in names and (inputs or {}).get(one.name) is None
    ]
    if problems:
        raise InvalidValues(*problems)


def check_columns(names: Sequence[str], flow: Flow, problems: Sequence[Problem]) -> None:
    """Raise InvalidValues for columns that a row needs and the file does not have.

    Args:
        names: the columns, none where rows are no cells.
        flow: whose inputs they are.
        problems: what is wrong with the row.
    """
    wants = dict.fromkeys(one.where for one in problems if one.id is Id.MISSING_VALUE)
    others = [name for name in wants if name in flow.inputs and name not in names]
    if names and others:
        raise InvalidValues(*(_no_column(flow.inputs[name]) for name in others))


def check_common(flow: Flow, common: Mapping[str, Any]) -> None:
    """Raise InvalidValues for wrong inputs that all rows share, once instead of for each row."""
    problems = []
    for name, value in common.items():
        places = PLACE.findall(value) if isinstance(value, str) else []
        unknown = [one for one in (name, *places) if one not in flow.inputs]
        if unknown:
            problems += [
                unknown_parameter(flow.name, one, flow.inputs, of_flow=True)
                for one in dict.fromkeys(unknown)
            ]
        elif value is not None and not places:
            problems += faults_of(coerce(value, flow.inputs[name].schema), flow.inputs[name])
    if problems:
        raise InvalidValues(*problems)


def _no_column(parameter: Parameter) -> Problem:
    return Problem(
        id=Id.MISSING_VALUE,
        message=say("no column gives {parameter}", parameter=parameter.name),
        note=parameter.description,
    )


LISTED = 50  # problems listed one by one


class WrongRows(Struct):
    """Collects the problems of rows: the first ones in full, the others as a number."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    left_out: int = 0

    def add(self, line: int, *problems: Problem) -> None:
        """Add the problem of the row that begins in a line."""
        self.lines += 1
        at = Location(file=self.file, line=line, column=1)
        for problem in problems:
            if len(self.problems) < LISTED:
                self.problems.append(replace(problem, at=at, where="", suggestion=""))
            else:
                self.left_out += 1

    def tell(self) -> None:
        """Raise InvalidValues if there was a problem."""
        if not self.problems:
            return
        rows = say_count("{count:,} row is wrong", "{count:,} rows are wrong", count=self.lines)
        if self.left_out:
            more = say("mistakes not listed: {count:,}", count=self.left_out)
            rows = join_items([rows, more])
        message = say("{file}: {rows}; nothing was sent", file=self.file, rows=rows)
        raise InvalidValues(*self.problems, Problem(id=Id.INVALID_VALUE, message=message))


@contextmanager
def at_header(file: str) -> Iterator[None]:
    """Give errors about columns the location of the file's first line."""
    try:
        yield
    except InvalidValues as error:
        at = Location(file=file, line=1, column=1)
        raise InvalidValues(*(replace(one, at=at) for one in error.problems)) from None


_BYTES = 16  # bytes of a digest, enough to tell all rows of a file apart


class DuplicateRows(Struct):
    """The rows so far: the line of each, by a digest of its inputs."""

    lines: dict[bytes, int] = field(default_factory=dict)

    def check(self, line: int, inputs: Mapping[str, Any]) -> None:
        """Raise InvalidValues if an earlier row had the same inputs, in any order."""
        text = json.dumps(inputs, sort_keys=True, default=str)
        digest = blake2b(text.encode(), digest_size=_BYTES).digest()
        first = self.lines.setdefault(digest, line)
        if first != line:
            message = say("the row has the same inputs as line {line}", line=first)
            note = say("remove one of them: each row is a run of its own")
            raise InvalidValues.of(Id.RULE, message, note=note)


def check_row_paths(
    flow: Flow, common: Mapping[str, Any], values: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """Raise InvalidValues if a row cannot name the files that the flow writes.

    Args:
        flow: whose inputs these are.
        common: what all rows share, with places for columns.
        values: what the row itself gives: no path of a file, for that is its flow's.
        inputs: all that the flow gets of it.
    """
    problems = []
    given = sorted(name for name in flow.paths & values.keys() if leads_away(values[name]))
    if given:
        message = say(
            "{name} in a row can hold only the name of a file, without a folder",
            name=join_items(given),
        )
        note = say("give it to all rows: {name}=data/{{COLUMN}}.json", name=given[0])
        problems.append(_problem(message, note))
    for name, text in common.items():
        places = PLACE.findall(text) if isinstance(text, str) and name not in values else ()
        for column in dict.fromkeys(places):
            if values.get(column) is None:
                message = say(
                    "the row has no {column}, which {name} needs", column=column, name=name
                )
                note = say("fill the cell, or use another column")
                problems.append(_problem(message, note))
    for name in sorted(flow.paths & inputs.keys()):
        parts = [part for text in texts_in(inputs[name]) for part in text.split("/")]
        if any(bytes_of(part) > LONGEST for part in parts):
            message = say("with the values of the row, {name} is too long", name=name)
            note = say("a file's name has {most} bytes at most", most=LONGEST)
            problems.append(_problem(message, note))
    if problems:
        raise InvalidValues(*problems)


def _problem(message: Message, note: Message) -> Problem:
    return Problem(id=Id.INVALID_VALUE, message=message, note=note)
