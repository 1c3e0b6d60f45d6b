"""What may stand beside a verb: when, foreach, retry, poll, on_fault, undo, timeout."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from sgeflow.core.engine.step import Foreach, Handler, Poll, Retry, Step, Verdict
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.schemas import CODE, NAME, Schema, closed, length, text
from sgeflow.core.language.source import Path
from sgeflow.core.model import FaultClass
from sgeflow.errors import Id
from sgeflow.say import say

if TYPE_CHECKING:
    from sgeflow.core.engine.grammar import Decoder

ROOTS = ("inputs", "steps", "state", "env", "run", "this", "fault")
"""The names that expressions start from; an `as` must be another."""

STEPS: Schema = {"$ref": "#/$defs/steps"}
"""Stands where a list of steps belongs."""

UNDO: Schema = {"$ref": "#/$defs/undo", "description": "a step, done when a later one fails"}
"""Stands where one step without an id belongs."""

VERDICT: Schema = {
    **closed(
        {
            "code": text("for programs: USER_ACTION_NEEDED, VENDOR_DOWN …", pattern=CODE),
            "message": text("what happened, for a person"),
            "hint": text("what the person can do"),
            "partial": {
                "type": "boolean",
                "description": "what was done stays done: nothing is undone, exit 7",
            },
            "technical": {
                "type": "boolean",
                "description": "nobody here did wrong: another side does not work now, exit 5",
            },
        },
        ("code", "message"),
        "an end that is told",
    ),
    "x-called": "an end",
}

HANDLERS: Schema = {
    "type": "array",
    "minItems": 1,
    "description": "by SGE code or class: go on with outputs, do steps, or fail in other words",
    "items": {
        **closed(
            {
                "codes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "classes": {
                    "type": "array",
                    "items": {"enum": [name.value for name in FaultClass]},
                    "minItems": 1,
                },
                "continue": {"type": "object", "description": "go on with these outputs"},
                "steps": STEPS,
                "fail": VERDICT,
            }
        ),
        "x-called": "a handler",
    },
}

COMMON: Schema = {
    "when": {
        "type": ["string", "boolean"],
        "description": "JMESPath; the step is skipped if false",
    },
    "foreach": {
        "type": ["string", "array"],
        "description": "a list: the step is done once an item",
    },
    "as": text("the item's name in expressions", pattern=NAME),
    "parallel": {"type": "integer", "minimum": 1, "maximum": 64},
    "until": text("JMESPath over this: no further item once it holds"),
    "on_item_error": {"enum": ["stop", "collect"]},
    "on_fault": HANDLERS,
    "timeout": length("for this step, all its tries included"),
    "undo": UNDO,
}

SPECIAL: Schema = {
    "retry": closed(
        {
            "attempts": {"type": "integer", "minimum": 1, "maximum": 20},
            "backoff": length("the first wait; each next one is twice as long"),
            "longest": length("no wait is longer"),
            "jitter": {"type": "boolean", "description": "wait a random part of it"},
            "within": length("all tries together"),
        },
        description="technical errors of reads only",
    ),
    "poll": closed(
        {
            "every": length("between two questions"),
            "until": text("JMESPath over this: what is waited for"),
            "fail_if": text("JMESPath over this: what will never become good"),
            "within": length("longest wait in all"),
        },
        ("every", "until", "within"),
        "asked again until a condition holds",
    ),
}


def decode(
    decoder: Decoder, path: Path, data: Mapping[str, Any], inner: tuple[Step, ...]
) -> dict[str, Any]:
    """The modifiers of a step with such `inner` ones, as fields of `Step`."""
    reader = decoder.reader
    timeout = data.get("timeout")
    return {
        "when": reader.expression((*path, "when")),
        "foreach": _foreach(decoder, path, data),
        "collect": data.get("on_item_error") == "collect",
        "retry": _retry(data.get("retry")),
        "poll": _poll(decoder, path, data),
        "handlers": handlers(decoder, (*path, "on_fault"), inner),
        "undo": decoder.step((*path, "undo"), named=False) if "undo" in data else None,
        "timeout": duration_seconds(timeout) if timeout else None,
    }


def handlers(decoder: Decoder, path: Path, steps: tuple[Step, ...]) -> tuple[Handler, ...]:
    """The handlers of an `on_fault` of a block; no two steps of all of them have one id."""
    found: list[Handler] = []
    for index in range(len(decoder.reader.get(path) or ())):
        with decoder.beside(chain(steps, *(handler.steps for handler in found))):
            handler = _handler(decoder, (*path, index))
        if handler:
            found.append(handler)
    return tuple(found)


def verdict(decoder: Decoder, path: Path) -> Verdict:
    """The words of a `fail`, an `else`."""
    data = decoder.reader.get(path)
    if data.get("partial") and data.get("technical"):
        message = say("an end is partial or technical, not both")
        decoder.reader.report(Id.MODIFIER, message, (*path, "technical"), key=True)
    return Verdict(
        code=data["code"],
        message=decoder.reader.template((*path, "message")),
        hint=decoder.reader.template((*path, "hint")) if "hint" in data else None,
        partial=data.get("partial", False),
        technical=data.get("technical", False),
    )


def _handler(decoder: Decoder, path: Path) -> Handler | None:
    data = decoder.reader.get(path)
    actions = [key for key in ("continue", "steps", "fail") if key in data]
    if len(actions) != 1 or not ({"codes", "classes"} & set(data)):
        decoder.reader.report(
            Id.MODIFIER,
            say("a handler names codes or classes, and one of continue, steps, fail"),
            path,
            note=say("found {data}", data=", ".join(data)),
        )
        return None
    return Handler(
        codes=tuple(data.get("codes", ())),
        places=tuple(
            decoder.reader.at((*path, "codes", index))
            for index in range(len(data.get("codes", ())))
        ),
        classes=tuple(FaultClass(name) for name in data.get("classes", ())),
        outputs=decoder.reader.template((*path, "continue")) if "continue" in data else None,
        given={
            name: decoder.reader.at((*path, "continue", name), key=True)
            for name in data.get("continue", ())
        },
        steps=decoder.steps((*path, "steps")) if "steps" in data else (),
        fail=verdict(decoder, (*path, "fail")) if "fail" in data else None,
    )


def _foreach(decoder: Decoder, path: Path, data: Mapping[str, Any]) -> Foreach | None:
    reader = decoder.reader
    if "foreach" not in data:
        for key in ("as", "parallel", "until", "on_item_error"):
            if key in data and not (key == "on_item_error" and "branches" in data):
                message = say("{key} belongs to a foreach, and there is none", key=key)
                reader.report(Id.MODIFIER, message, (*path, key), key=True)
        return None
    name = data.get("as", "item")
    if name in ROOTS:
        message = say('"{name}" is the name of something else', name=name)
        reader.report(Id.MODIFIER, message, (*path, "as"), note=say("choose a name for one item"))
    parallel = int(data.get("parallel", 1))
    if parallel > 1 and "until" in data:
        message = say("until needs one item after the other: leave parallel out")
        reader.report(Id.MODIFIER, message, (*path, "until"), key=True)
    return Foreach(
        items=reader.template((*path, "foreach")),
        name=name,
        parallel=parallel,
        until=reader.expression((*path, "until")),
    )


def _retry(data: Mapping[str, Any] | None) -> Retry | None:
    if data is None:
        return None
    plain = Retry()
    seconds = {k: duration_seconds(data[k]) for k in ("backoff", "longest", "within") if k in data}
    return Retry(
        attempts=int(data.get("attempts", plain.attempts)),
        backoff=seconds.get("backoff", plain.backoff),
        longest=seconds.get("longest", plain.longest),
        jitter=data.get("jitter", plain.jitter),
        within=seconds.get("within"),
    )


def _poll(decoder: Decoder, path: Path, data: Mapping[str, Any]) -> Poll | None:
    until = decoder.reader.expression((*path, "poll", "until")) if "poll" in data else None
    if until is None:
        return None
    return Poll(
        every=duration_seconds(data["poll"]["every"]),
        until=until,
        fail_if=decoder.reader.expression((*path, "poll", "fail_if")),
        within=duration_seconds(data["poll"]["within"]),
    )
