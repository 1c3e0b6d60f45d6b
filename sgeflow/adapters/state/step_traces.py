"""What the journal keeps of a run's steps: how each ended, and nothing that names a person."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.model import Status, StepTrace
from sgeflow.errors import Details

TRACES = "ALTER TABLE runs ADD COLUMN steps BLOB"
KEEP = "UPDATE runs SET steps = ? WHERE run = ? AND ended IS NULL"
FIND = "SELECT steps FROM runs WHERE run = ? AND steps IS NOT NULL"
_FAST = 1  # zlib level


class KeptStep(Struct, frozen=True, kw_only=True):
    """A step of a run, as it is kept: its end, why it was skipped, the form of what it gave."""

    trail: str
    status: Status
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


def pack_steps(
    traces: Iterable[StepTrace],
    inputs: Mapping[str, Any],
    outputs: Any = None,
    warnings: Iterable[str] = (),
) -> bytes:
    """The steps as bytes; inputs, outputs and warnings come as they may be kept."""
    steps = [_row(trace) for trace in traces]
    document = {"steps": steps, "inputs": inputs, "outputs": outputs, "warnings": list(warnings)}
    text = json.dumps(document, ensure_ascii=False)
    return zlib.compress(text.encode(), _FAST)


def unpack_steps(content: bytes) -> KeptRun:
    """The steps that `pack_steps` made bytes of."""
    document = json.loads(zlib.decompress(content))
    steps = tuple(_step(row) for row in document["steps"])
    return KeptRun(
        steps=steps,
        inputs=document["inputs"],
        outputs=document["outputs"],
        warnings=tuple(document["warnings"]),
    )


def _row(trace: StepTrace) -> list[Any]:
    failed = trace.failure
    why = (*trace.why, *(failed.problem.details if failed else ()))
    cells = [trace.summary, failed.code if failed else "", why, trace.after, trace.gave]
    return [trace.trail, trace.status.value, round(trace.seconds, 3), *cells]


def _step(row: list[Any]) -> KeptStep:
    trail, status, seconds, summary, code, why, after, gave = row
    return KeptStep(
        trail=trail,
        status=Status(status),
        seconds=seconds,
        summary=summary,
        code=code,
        why=tuple((label, text) for label, text in why),
        gave=gave,
        after=after,
    )
