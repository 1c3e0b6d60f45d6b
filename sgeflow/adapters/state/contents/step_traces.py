"""What the journal keeps of a run's steps: how each ended, and nothing that names a person.

Their form, which steps there are and what they give, is the same for the rows of a fleet and for
each night: it is kept once, and holds no value. With the run stands what it has of its own.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.adapters.state.contents.bodies import (
    NUMBER,
    Body,
    keep,
    number_of,
    pack,
    release,
    unpack,
)
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.core.model import Status, StepTrace
from sgeflow.errors import Details
from sgeflow.messages import message_data, message_of
from sgeflow.values import Discreet

_KEEP = f"UPDATE runs SET steps = {NUMBER}, own_steps = ? WHERE run = ? AND ended IS NULL"  # noqa: S608
_FIND = "SELECT content, own_steps FROM runs JOIN bodies ON bodies.id = runs.steps WHERE run = ?"
_FAILED = """
SELECT run, steps FROM runs WHERE run > ? AND run < ? AND status <> ? AND steps IS NOT NULL
"""
_CONTENT = "SELECT content FROM bodies WHERE id = ?"
_MS = 1000


class KeptStep(Struct, frozen=True, kw_only=True):
    """A step of a run, as it is kept: its end, why it was skipped, the form of what it gave."""

    trail: str
    status: Status
    started: float | None = None  # epoch seconds
    seconds: float = 0.0
    summary: str = ""
    code: str = ""
    why: Details = ()
    gave: Any = None
    after: str = ""


class KeptRun(Struct, frozen=True, kw_only=True):
    """The steps of a run that ended, the form of its inputs and outputs, what it warned of."""

    steps: tuple[KeptStep, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Any = None
    warnings: tuple[str, ...] = ()


class PackedSteps(Discreet, frozen=True):
    """The steps of a run as they are kept: their form, and what is the run's own."""

    withheld = frozenset({"own"})

    form: Body
    own: bytes


def pack_steps(
    traces: Iterable[StepTrace],
    inputs: Mapping[str, Any],
    outputs: Any = None,
    warnings: Iterable[str] = (),
) -> PackedSteps:
    """The steps, packed; inputs, outputs and warnings come as they may be kept."""
    known = tuple(traces)
    places = sorted(range(len(known)), key=lambda place: known[place].trail)  # as they come, often
    gave = [known[place].gave for place in places]
    form = {
        "steps": [_form(known[place]) for place in places],
        "inputs": _shape(inputs),
        "outputs": _shape(outputs),
    }
    began = min((one.started for one in known if one.started is not None), default=0.0)
    own = {
        "began": began,
        "steps": [[place, *_own(known[place], began)] for place in places],
        "leaves": list(_leaves([gave, inputs, outputs])),
        "warnings": [message_data(one) for one in warnings],
    }
    return PackedSteps(pack(_json(form)), zlib.compress(_json(own)))


def keep_steps(connection: SqlConnection, run: str, steps: PackedSteps) -> Callable[[], None]:
    """Keep the steps of a run that has not ended, in the place of those that were kept before.

    Those go by what it gives, at the end of the transaction.
    """
    rows = connection.execute("SELECT steps FROM runs WHERE run = ?", (run,))
    keep(connection, steps.form)
    connection.execute(_KEEP, (steps.form.digest, steps.own, run))

    def let_go() -> None:
        before = rows.fetchone()
        if before != (None,):
            release(connection, [*(before or ()), number_of(connection, steps.form)])

    return let_go


def kept_steps(connection: SqlConnection, run: str) -> tuple[bytes, bytes] | None:
    """What is kept of the steps of a run, for `unpack_steps`; None when nothing is."""
    row = connection.execute(_FIND, (run,)).fetchone()
    return (row[0], row[1]) if row else None


def failed_row_steps(
    connection: SqlConnection, between: tuple[str, str]
) -> dict[str, tuple[KeptStep, ...]]:
    """The steps of runs that failed, between two names: how each ended, by run."""
    numbers = dict(connection.execute(_FAILED, (*between, Status.DONE)).fetchall())
    forms = {}
    for number in sorted(set(numbers.values())):
        (content,) = connection.execute(_CONTENT, (number,)).fetchone()
        forms[number] = tuple(
            KeptStep(trail=trail, status=Status(status), code=code, after=after)
            for trail, status, code, after, *_ in json.loads(unpack(content))["steps"]
        )
    return {run: forms[number] for run, number in numbers.items()}


def unpack_steps(content: bytes, own: bytes) -> KeptRun:
    """The steps that `pack_steps` packed, in the order in which they ended."""
    form, values = json.loads(unpack(content)), json.loads(zlib.decompress(own))
    leaves = iter(values["leaves"])
    steps = {}
    for (*same, shape, words), (place, *more) in zip(form["steps"], values["steps"], strict=True):
        steps[place] = _step(same, more, _fill(shape, leaves), words, values["began"])
    return KeptRun(
        steps=tuple(steps[place] for place in sorted(steps)),
        inputs=_fill(form["inputs"], leaves),
        outputs=_fill(form["outputs"], leaves),
        warnings=tuple(map(message_of, values["warnings"])),
    )


def _form(trace: StepTrace) -> list[Any]:
    code = trace.failure.code if trace.failure else ""
    words = _wording(message_data(trace.summary))
    return [trace.trail, trace.status.value, code, trace.after, _shape(trace.gave), words]


def _own(trace: StepTrace, began: float) -> list[Any]:
    failed = trace.failure
    why = (*trace.why, *(failed.problem.details if failed else ()))
    later = None if trace.started is None else round((trace.started - began) * _MS)
    words = list(_word_values(message_data(trace.summary)))
    return [later, round(trace.seconds * _MS), words, why]


def _step(same: list[Any], own: list[Any], gave: Any, words: Any, began: float) -> KeptStep:
    (trail, status, code, after), (later, took, values, why) = same, own
    return KeptStep(
        trail=trail,
        status=Status(status),
        started=None if later is None else began + later / _MS,
        seconds=took / _MS,
        summary=message_of(_fill_words(words, iter(values))),
        code=code,
        why=tuple((label, text) for label, text in why),
        gave=gave,
        after=after,
    )


def _wording(data: Any) -> Any:
    """The data of a message without its values; what has none is a value itself."""
    if not isinstance(data, list) or not data[2]:
        return None
    wording, many, values = data
    return [wording, many, {name: _wording(value) for name, value in values.items()}]


def _word_values(data: Any) -> Iterator[Any]:
    """The values of a message, in the order of its wording."""
    if _wording(data) is None:
        yield data
        return
    for value in data[2].values():
        yield from _word_values(value)


def _fill_words(words: Any, values: Iterator[Any]) -> Any:
    """The data that a wording and values were taken of."""
    if words is None:
        return next(values)
    wording, many, names = words
    return [wording, many, {name: _fill_words(inner, values) for name, inner in names.items()}]


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _shape(value: Any) -> Any:
    """A value without what stands in it."""
    if isinstance(value, Mapping):
        return {name: _shape(part) for name, part in value.items()}
    return [_shape(part) for part in value] if isinstance(value, list | tuple) else None


def _leaves(value: Any) -> Iterator[Any]:
    """What stands in a value, in the order of its shape."""
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        yield value
        return
    for part in value:
        yield from _leaves(part)


def _fill(shape: Any, leaves: Iterator[Any]) -> Any:
    """The value that shape and leaves were taken of."""
    if isinstance(shape, dict):
        return {name: _fill(part, leaves) for name, part in shape.items()}
    return [_fill(part, leaves) for part in shape] if isinstance(shape, list) else next(leaves)
