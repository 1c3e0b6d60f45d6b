"""The lines of a log, for journald and for collectors that read JSON.

A line has `time` (of France, with its offset), `level`, `event` and, once it is known, `run`; the
other keys are those of its event (docs/operating.md lists them). All of it is in English, and
nothing in it is personal: it holds what the report of a run may hold.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec

from sgeflow.core.measures.civil_time import civil


def now() -> str:
    """The moment, to the second, in the legal time of France with its offset."""
    return civil(int(time.time())).isoformat()


def json_line(event: str, *, level: str = "info", run: str = "", **fields: Any) -> str:
    """One event as a line of JSON."""
    known = {"run": run} if run else {}
    document = {"time": now(), "level": level, "event": event, **known, **fields}
    return msgspec.json.encode(document, enc_hook=str).decode()
