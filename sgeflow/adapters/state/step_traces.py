"""What the journal keeps of a run's steps: how each ended, and nothing that names a person."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sgeflow.core.model import Status, StepTrace

TRACES = "ALTER TABLE runs ADD COLUMN steps BLOB"
KEEP = "UPDATE runs SET steps = ? WHERE run = ? AND ended IS NULL"
FIND = "SELECT steps FROM runs WHERE run = ? AND steps IS NOT NULL"
_FAST = 1  # zlib level


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStep:
    """A step of a run, as it is kept: its end, why it was skipped, the form of what it gave."""

    trail: str
    status: Status
    seconds: float = 0.0
    summary: str = ""
    code: str = ""
    why: tuple[tuple[str, str], ...] = ()
    gave: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """The steps of a run that ended, and the form of its inputs and outputs."""

    steps: tuple[KeptStep, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Any = None


def packed(traces: Iterable[StepTrace], inputs: Mapping[str, Any], outputs: Any = None) -> bytes:
    """The steps as bytes; inputs and outputs come as they may be kept."""
    steps = [_row(trace) for trace in traces]
    text = json.dumps({"steps": steps, "inputs": inputs, "outputs": outputs}, ensure_ascii=False)
    return zlib.compress(text.encode(), _FAST)


def unpacked(content: bytes) -> KeptRun:
    """The steps that `packed` made bytes of."""
    found = json.loads(zlib.decompress(content))
    steps = tuple(_step(row) for row in found["steps"])
    return KeptRun(steps=steps, inputs=found["inputs"], outputs=found["outputs"])


def _row(trace: StepTrace) -> list[Any]:
    failed = trace.failure
    why = (*trace.why, *(failed.problem.details if failed else ()))
    told = [trace.summary, failed.code if failed else "", why, trace.gave]
    return [trace.trail, trace.status.value, round(trace.seconds, 3), *told]


def _step(row: list[Any]) -> KeptStep:
    trail, status, seconds, summary, code, why, gave = row
    return KeptStep(
        trail=trail,
        status=Status(status),
        seconds=seconds,
        summary=summary,
        code=code,
        why=tuple((label, text) for label, text in why),
        gave=gave,
    )
