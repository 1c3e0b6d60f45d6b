"""The `expect` of a flow test's case: its schema, and its decoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import CODE, SERIES, Schema, closed_object, names_to, text
from sgeflow.core.language.text import Path, Spot
from sgeflow.core.model import MAIL, Status
from sgeflow.errors import Id, InvalidDocuments
from sgeflow.messages import say
from sgeflow.tools.flowtest.model import (
    Expectation,
    ExpectedCall,
    ExpectedFile,
    ExpectedSeries,
    ExpectedText,
    ExpectedValue,
)

OUTCOMES = [Status.DONE.value, Status.PARTIAL.value, Status.FAILED.value]
NONE = "none"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", MAIL)

_WITH: Schema = {"type": "object", "description": "some of the values that it is sent with"}
_CALL: Schema = {
    **closed_object(
        {
            "call": text("an operation, or METHOD service/path"),
            "with": _WITH,
            "outcome": text("how it was answered: ok, or a code as SGT401 or HTTP404"),
        },
        ("call",),
        "an operation, or METHOD service/path",
    ),
    "type": ["string", "object"],
    "x-called": "a call",
}
_CALLS: Schema = {"type": "array", "items": _CALL}
_VALUES: Schema = {"type": "object", "description": "JMESPath to the value that it must give"}
_TEXTS: Schema = {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}
_FACTS: Schema = {
    **closed_object(
        {
            "values": {"type": "integer", "minimum": 0},
            "first": {"type": "string", "format": "date"},
            "last": {"type": "string", "format": "date"},
            "sum": {"type": "number"},
            "unit": text(),
        }
    ),
    "type": ["integer", "object"],
    "minimum": 0,
    "x-called": "a series",
}

EXPECT: Schema = {
    **closed_object(
        {
            "outcome": {
                "enum": OUTCOMES,
                "description": "how the run ends; done, or failed when a code is expected",
            },
            "code": text("the code that it fails with", pattern=CODE),
            "exit": {"type": "integer", "description": "the exit code of sgeflow run"},
            "message": text("words that the failure says"),
            "outputs": {**_VALUES, "description": "JMESPath over the outputs to their values"},
            "calls": {
                **_CALLS,
                "description": "made in this order; others may stand between",
            },
            "last": {**_CALL, "description": "the last call of all"},
            "times": {
                "type": "object",
                "additionalProperties": {"type": "integer", "minimum": 1},
                "description": "operations, or METHOD service/path, to how often they are called",
            },
            "orders": {
                **_CALLS,
                "description": "all orders that Enedis gets, in this order; [] for none",
            },
            "never": {**_CALLS, "description": "calls that are not made"},
            "skipped": {
                "type": "array",
                "items": {"type": "string"},
                "description": "steps that are skipped, by id or by the end of their path",
            },
            "files": {
                "anyOf": [{"const": NONE}, {"type": "object", "additionalProperties": _VALUES}],
                "description": "files that are written, each with JMESPath to values; or none",
            },
            "measures": names_to(
                _FACTS,
                "series to how many values are kept, or to facts about them",
                SERIES,
            ),
            "warnings": {**_TEXTS, "description": "words that some warning says"},
            "check": {
                **_TEXTS,
                "description": "conditions over outcome, code, message, outputs, calls, steps,"
                " warnings, files and measures",
            },
        },
        (),
        "what must be seen; what is not written is not looked at",
    ),
    "x-called": "an expectation",
}


def decode_expectation(reader: Reader, path: Path) -> Expectation:
    """What a case expects, its names still unchecked."""
    data = reader.get(path)
    orders = tuple(_calls(reader, (*path, "orders"))) if "orders" in data else None
    return Expectation(
        outcome=_outcome(reader, path),
        code=_text(reader, (*path, "code")),
        exit=_text(reader, (*path, "exit")),
        message=_text(reader, (*path, "message")),
        outputs=tuple(_read_values(reader, (*path, "outputs"))),
        calls=tuple(_calls(reader, (*path, "calls"))),
        last=_call(reader, (*path, "last")) if "last" in data else None,
        times=tuple(_times(reader, (*path, "times"))),
        orders=orders,
        orders_at=reader.at((*path, "orders"), key=True) if "orders" in data else None,
        never=tuple(_calls(reader, (*path, "never"))),
        skipped=tuple(_texts(reader, (*path, "skipped"))),
        files=tuple(_files(reader, (*path, "files"))),
        no_files_at=reader.at((*path, "files")) if data.get("files") == NONE else None,
        measures=tuple(_series(reader, (*path, "measures"))),
        warnings=tuple(_texts(reader, (*path, "warnings"))),
        checks=tuple(
            expression
            for place in _places(reader, (*path, "check"))
            if (expression := reader.expression(place))
        ),
    )


def parse_call(label: str) -> tuple[str, str]:
    """The label and path of a call as it is written: `DELETE backoffice/consent/1`."""
    method, _, rest = label.partition(" ")
    if not rest:
        return label, ""
    service, slash, path = rest.strip().partition("/")
    return f"{method} {service}", slash + path


def _outcome(reader: Reader, path: Path) -> ExpectedText:
    """How the run must end, and where that is written, if only by a code or not at all."""
    data = reader.get(path)
    for key in ("outcome", "code"):
        if key in data:
            text = data[key] if key == "outcome" else Status.FAILED.value
            return ExpectedText(text=text, at=reader.at((*path, key)))
    return ExpectedText(text=Status.DONE.value, at=reader.at(path, key=True))


def _read_values(reader: Reader, path: Path) -> Iterator[ExpectedValue]:
    """A mapping from JMESPath to values: the keys are the expressions."""
    for key, value in (reader.get(path) or {}).items():
        spot = Spot(reader.tree.key_place((*path, key)), key)
        try:
            expression = compile_expression(key, spot)
        except InvalidDocuments as error:
            reader.problems += error.problems
            continue
        place = (*path, key)
        yield ExpectedValue(
            expression=expression,
            value=value,
            at=reader.at(place),
            written=reader.constant(place),
        )


def _calls(reader: Reader, path: Path) -> Iterator[ExpectedCall]:
    for number in range(len(reader.get(path) or ())):
        yield _call(reader, (*path, number))


def _call(reader: Reader, place: Path) -> ExpectedCall:
    call = reader.get(place)
    whole: dict[str, Any] = {"call": call} if isinstance(call, str) else call
    at = place if isinstance(call, str) else (*place, "call")
    label, rest = _parse_call(reader, whole["call"], at)
    values = whole.get("with", {})
    return ExpectedCall(
        label=label,
        path=rest,
        values=values,
        places={name: reader.at((*place, "with", name), key=True) for name in values},
        outcome=str(whole.get("outcome", "")),
        at=reader.at(at),
    )


def _times(reader: Reader, path: Path) -> Iterator[tuple[ExpectedCall, int]]:
    """How often calls are made, by their names."""
    for name, count in (reader.get(path) or {}).items():
        label, rest = _parse_call(reader, name, (*path, name), key=True)
        at = reader.at((*path, name), key=True)
        yield ExpectedCall(label=label, path=rest, at=at), count


def _parse_call(reader: Reader, call: str, at: Path, *, key: bool = False) -> tuple[str, str]:
    label, rest = parse_call(call)
    method, space, _ = label.partition(" ")
    if space and method not in METHODS:
        message = say('"{name}" is no method of HTTP', name=method)
        reader.report(Id.NOT_ALLOWED, message, at, key=key, allowed=METHODS)
    return label, rest


def _files(reader: Reader, path: Path) -> Iterator[ExpectedFile]:
    files = reader.get(path)
    for name in files if isinstance(files, dict) else ():
        place = (*path, name)
        values = tuple(_read_values(reader, place))
        yield ExpectedFile(name=name, values=values, at=reader.at(place, key=True))


def _series(reader: Reader, path: Path) -> Iterator[ExpectedSeries]:
    for name, value in (reader.get(path) or {}).items():
        facts: Any = value if isinstance(value, dict) else {"values": value}
        yield ExpectedSeries(name=name, facts=facts, at=reader.at((*path, name), key=True))


def _text(reader: Reader, path: Path) -> ExpectedText | None:
    value = reader.get(path)
    return None if value is None else ExpectedText(text=str(value), at=reader.at(path))


def _texts(reader: Reader, path: Path) -> Iterator[ExpectedText]:
    for place in _places(reader, path):
        yield ExpectedText(text=str(reader.get(place)), at=reader.at(place))


def _places(reader: Reader, path: Path) -> Iterator[Path]:
    """The places of one text or of several."""
    value = reader.get(path)
    if isinstance(value, list):
        yield from ((*path, number) for number in range(len(value)))
    elif value is not None:
        yield path
