"""Whether what a row gives can stand where a file's name is made: told before any row begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.engine.step import Flow
from sgeflow.core.filenames import LONGEST, bytes_of
from sgeflow.core.language.paths import leads_away, texts_in
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import Message, join_items, say
from sgeflow.tools.fleet.columns import PLACE


def check_row_paths(
    flow: Flow, common: Mapping[str, Any], values: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """Raise InvalidValues when a row cannot name the files that the flow writes.

    Args:
        flow: whose inputs these are.
        common: what all rows share, with places for columns.
        values: what the row itself gives: no path of a file, for that is its flow's.
        inputs: all that the flow gets of it.
    """
    problems = [
        *_folders(flow, values),
        *_empty_places(common, values),
        *_long_names(flow, inputs),
    ]
    if problems:
        raise InvalidValues(*problems)


def _folders(flow: Flow, values: Mapping[str, Any]) -> Iterator[Problem]:
    names = sorted(name for name in flow.paths & values.keys())
    away = [name for name in names if leads_away(values[name])]
    if away:
        message = say("a row may name a file in {name}, and no folder", name=join_items(away))
        note = say("give it to all rows: {name}=data/{{COLUMN}}.json", name=away[0])
        yield _problem(message, note)


def _empty_places(common: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Problem]:
    for name, text in common.items():
        places = PLACE.findall(text) if isinstance(text, str) and name not in values else ()
        for column in dict.fromkeys(places):
            if values.get(column) is None:
                message = say(
                    "the row gives no {column}, which stands in {name}", column=column, name=name
                )
                yield _problem(message, say("fill the cell, or take another column for it"))


def _long_names(flow: Flow, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    for name in sorted(flow.paths & inputs.keys()):
        parts = [part for text in texts_in(inputs[name]) for part in text.split("/")]
        if any(bytes_of(part) > LONGEST for part in parts):
            message = say("with what the row gives, {name} is too long a name", name=name)
            yield _problem(message, say("a file's name has {most} bytes at most", most=LONGEST))


def _problem(message: Message, note: Message) -> Problem:
    return Problem(id=Id.INVALID_VALUE, message=message, note=note)
