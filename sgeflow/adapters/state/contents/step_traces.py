"""What the journal keeps of a run's steps: how each ended, and nothing that names a person.

Their form, which steps there are, what they give and the wording of what they say, is the same for
the rows of a fleet and for each night: it is kept once, and holds no value. With the run stands
what it has of its own, packed with the form for a dictionary, and with what all runs say.
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
from sgeflow.core.engine.conditions import HIDDEN
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
_BEST = 9  # zlib level: what a run has of its own is small
SAID_BY_ALL = (
    '"com.grandlyon.enedis.minute, com.grandlyon.enedis.day, com.grandlyon.enedis.month, '
    'com.grandlyon.enedis.year, com.grandlyon.enedis.maxpower, 1 io.cozy.accounts","GET 200",'
    '"POST 201","PUT 200","Wh","daily_energy","load_curve","max_power","a list of 0","text",'
    '"null (nothing)","false","true","2024- → 2025-01+01:00","2026-06+02:00",null,0,0,0,0,1,'
).encode()
"""What runs often say of their own; it changes with the journal's version, or nothing is read."""
_CONDITION = "condition"  # the label of what a document says, and no value


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
    known, notices = tuple(traces), [message_data(one) for one in warnings]
    places = sorted(range(len(known)), key=lambda place: known[place].trail)  # as they come, often
    steps = [known[place] for place in places]
    began = min((one.started for one in known if one.started is not None), default=0.0)
    form = {
        "steps": [_form(one) for one in steps],
        "inputs": _shape(inputs),
        "outputs": _shape(outputs),
        "warnings": [_wording(one) for one in notices],
    }
    own = [
        began,
        places,
        [None if one.started is None else round((one.started - began) * _MS) for one in steps],
        [round(one.seconds * _MS) for one in steps],
        [value for one in steps for value in _word_values(message_data(one.summary))],
        [text for one in steps for label, text in one.why if label != _CONDITION],
        {place: one.failure.problem.details for place, one in enumerate(known) if one.failure},
        list(_leaves([[one.gave for one in steps], inputs, outputs])),
        [value for one in notices for value in _word_values(one)],
    ]
    shared = _json(form)
    packing = zlib.compressobj(_BEST, zdict=shared + SAID_BY_ALL)
    return PackedSteps(pack(shared), packing.compress(_json(own)) + packing.flush())


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
    shared = unpack(content)
    unpacking = zlib.decompressobj(zdict=shared + SAID_BY_ALL)
    form, values = json.loads(shared), json.loads(unpacking.decompress(own))
    if not unpacking.eof:
        raise zlib.error("it is cut off")
    began, places, *columns, failures, leaves, notices = values
    later, took, words, why, leaves, notices = map(iter, (*columns, leaves, notices))
    steps = {}
    for place, (trail, status, code, after, shape, wording, parts) in zip(
        places, form["steps"], strict=True
    ):
        start = next(later)
        steps[place] = KeptStep(
            trail=trail,
            status=Status(status),
            started=None if start is None else began + start / _MS,
            seconds=next(took) / _MS,
            summary=message_of(_fill_words(wording, words)),
            code=code,
            why=(
                *((label, next(why) if text is None else text) for label, text in parts),
                *((label, text) for label, text in failures.get(str(place), ())),
            ),
            gave=_fill(shape, leaves),
            after=after,
        )
    return KeptRun(
        steps=tuple(steps[place] for place in sorted(steps)),
        inputs=_fill(form["inputs"], leaves),
        outputs=_fill(form["outputs"], leaves),
        warnings=tuple(message_of(_fill_words(one, notices)) for one in form["warnings"]),
    )


def _form(trace: StepTrace) -> list[Any]:
    code = trace.failure.code if trace.failure else ""
    words = _wording(message_data(trace.summary))
    parts = [[label, text if label == _CONDITION else None] for label, text in trace.why]
    return [trace.trail, trace.status.value, code, trace.after, _shape(trace.gave), words, parts]


def _wording(data: Any) -> Any:
    """The data of a message without its values; any other text is a value, but the empty one.

    So is a foreign text: a service may have said it.
    """
    if not isinstance(data, list) or len(data) == 1:
        return "" if data == "" else None
    wording, many, values = data
    return [wording, many, {name: _wording(value) for name, value in values.items()}]


def _word_values(data: Any) -> Iterator[Any]:
    """The values of a message, in the order of its wording."""
    if _wording(data) is None:
        yield data
    elif data:
        for value in data[2].values():
            yield from _word_values(value)


def _fill_words(words: Any, values: Iterator[Any]) -> Any:
    """The data that a wording and values were taken of."""
    if not words:
        return next(values) if words is None else words
    wording, many, names = words
    return [wording, many, {name: _fill_words(inner, values) for name, inner in names.items()}]


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _shape(value: Any) -> Any:
    """A value without what stands in it, but for the mask of what nobody may read."""
    if isinstance(value, Mapping):
        return {name: _shape(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_shape(part) for part in value]
    return HIDDEN if value == HIDDEN else None


def _leaves(value: Any) -> Iterator[Any]:
    """What stands in a value, in the order of its shape."""
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        if value != HIDDEN:
            yield value
        return
    for part in value:
        yield from _leaves(part)


def _fill(shape: Any, leaves: Iterator[Any]) -> Any:
    """The value that shape and leaves were taken of."""
    if isinstance(shape, dict):
        return {name: _fill(part, leaves) for name, part in shape.items()}
    if isinstance(shape, list):
        return [_fill(part, leaves) for part in shape]
    return next(leaves) if shape is None else shape
