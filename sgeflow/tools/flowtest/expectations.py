"""The `expect` of a flow test's case: its schema, and its decoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.reader import Reader
from sgeflow.core.language.schemas import CODE, SERIES, Schema, closed, names_to, text
from sgeflow.core.language.text import Path, Spot
from sgeflow.core.model import Status
from sgeflow.errors import Id, InvalidDocuments
from sgeflow.messages import say
from sgeflow.tools.flowtest.model import (
    Expectation,
    Wanted,
    WantedCall,
    WantedFile,
    WantedSeries,
    WantedText,
)

OUTCOMES = [Status.DONE.value, Status.PARTIAL.value, Status.FAILED.value]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_WITH: Schema = {"type": "object", "description": "some of the values that it is sent with"}
_CALL: Schema = {
    **closed(
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
_COUNTED: Schema = {
    **_CALL,
    "properties": {
        **_CALL["properties"],
        "times": {
            "type": "integer",
            "minimum": 1,
            "description": "how many such calls are made; one or more when not said",
        },
    },
}
_VALUES: Schema = {"type": "object", "description": "JMESPath to the value that it must give"}
_TEXTS: Schema = {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}
_FACTS: Schema = {
    **closed(
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
    **closed(
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
                "items": _COUNTED,
                "description": "made in this order; others may stand between",
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
                "type": "object",
                "additionalProperties": _VALUES,
                "description": "files that are written, each with JMESPath to values in it",
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


def decode_expected(reader: Reader, path: Path) -> Expectation:
    """What a case expects, its names still unchecked."""
    data = reader.get(path)
    orders = tuple(_calls(reader, (*path, "orders"))) if "orders" in data else None
    return Expectation(
        outcome=_outcome(reader, path),
        code=_text(reader, (*path, "code")),
        exit=_text(reader, (*path, "exit")),
        message=_text(reader, (*path, "message")),
        outputs=tuple(_wanted(reader, (*path, "outputs"))),
        calls=tuple(_calls(reader, (*path, "calls"))),
        orders=orders,
        orders_at=reader.at((*path, "orders"), key=True) if "orders" in data else None,
        never=tuple(_calls(reader, (*path, "never"))),
        skipped=tuple(_texts(reader, (*path, "skipped"))),
        files=tuple(
            WantedFile(
                name=name,
                values=tuple(_wanted(reader, (*path, "files", name))),
                at=reader.at((*path, "files", name), key=True),
            )
            for name in data.get("files", {})
        ),
        measures=tuple(_series(reader, (*path, "measures"))),
        warnings=tuple(_texts(reader, (*path, "warnings"))),
        checks=tuple(
            found
            for place in _places(reader, (*path, "check"))
            if (found := reader.expression(place))
        ),
    )


def call_named(written: str) -> tuple[str, str]:
    """The label and path of a call as it is written: `DELETE backoffice/consent/1`."""
    method, _, rest = written.partition(" ")
    if not rest:
        return written, ""
    service, slash, path = rest.strip().partition("/")
    return f"{method} {service}", slash + path


def _outcome(reader: Reader, path: Path) -> WantedText:
    """How the run must end, and where that is written, if only by a code or not at all."""
    data = reader.get(path)
    for key in ("outcome", "code"):
        if key in data:
            text = data[key] if key == "outcome" else Status.FAILED.value
            return WantedText(text=text, at=reader.at((*path, key)))
    return WantedText(text=Status.DONE.value, at=reader.at(path, key=True))


def _wanted(reader: Reader, path: Path) -> Iterator[Wanted]:
    """A mapping from JMESPath to values: the keys are the expressions."""
    for key, value in (reader.get(path) or {}).items():
        spot = Spot(reader.tree.key_place((*path, key)), key)
        try:
            expression = compile_expression(key, spot)
        except InvalidDocuments as error:
            reader.problems += error.problems
            continue
        place = (*path, key)
        yield Wanted(
            expression=expression,
            value=value,
            at=reader.at(place),
            written=reader.constant(place),
        )


def _calls(reader: Reader, path: Path) -> Iterator[WantedCall]:
    for number, written in enumerate(reader.get(path) or ()):
        place = (*path, number)
        whole: dict[str, Any] = {"call": written} if isinstance(written, str) else written
        at = place if isinstance(written, str) else (*place, "call")
        label, rest = call_named(whole["call"])
        if " " in label and label.partition(" ")[0] not in METHODS:
            message = say('"{name}" is no method of HTTP', name=label.partition(" ")[0])
            reader.report(Id.NOT_ALLOWED, message, at, allowed=METHODS)
        yield WantedCall(
            label=label,
            path=rest,
            values=whole.get("with", {}),
            places={
                name: reader.at((*place, "with", name), key=True) for name in whole.get("with", {})
            },
            outcome=str(whole.get("outcome", "")),
            times=whole.get("times"),
            at=reader.at(at),
        )


def _series(reader: Reader, path: Path) -> Iterator[WantedSeries]:
    for name, value in (reader.get(path) or {}).items():
        facts: Any = value if isinstance(value, dict) else {"values": value}
        yield WantedSeries(name=name, facts=facts, at=reader.at((*path, name), key=True))


def _text(reader: Reader, path: Path) -> WantedText | None:
    value = reader.get(path)
    return None if value is None else WantedText(text=str(value), at=reader.at(path))


def _texts(reader: Reader, path: Path) -> Iterator[WantedText]:
    for place in _places(reader, path):
        yield WantedText(text=str(reader.get(place)), at=reader.at(place))


def _places(reader: Reader, path: Path) -> Iterator[Path]:
    """The places of one text or of several."""
    value = reader.get(path)
    if isinstance(value, list):
        yield from ((*path, number) for number in range(len(value)))
    elif value is not None:
        yield path
