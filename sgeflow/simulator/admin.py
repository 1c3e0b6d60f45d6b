"""The admin interface: what Enedis has not, and who rehearses needs. JSON over HTTP.

The clock is read and moved here, and the case of an order of files is looked up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sgeflow.simulator.replies import JSON, Reply
from sgeflow.simulator.world import World

BASE_PATH = "/simulator"
_CLOCK, _CASES = f"{BASE_PATH}/clock", f"{BASE_PATH}/cases/"
_DAY = 24 * 60  # minutes
_FARTHEST = 100 * 366 * _DAY  # at once; the calendar ends somewhere
_MOVES = ("days", "minutes", "today")


def answer(method: str, path: str, body: bytes, world: World) -> Reply:
    """Read or move the clock, or read a case; 404 for what is not there, 400 for what is none."""
    if path == _CLOCK and method == "GET":
        return _time(world)
    if path == _CLOCK and method == "POST":
        return _move_clock(body, world)
    if path.startswith(_CASES) and method == "GET":
        return _case(path.removeprefix(_CASES), world)
    if path == _CLOCK or path.startswith(_CASES):
        return _json(405, {"error": f"{method} is not allowed here"})
    return _json(404, {"error": "there is GET and POST /simulator/clock, GET /simulator/cases/ID"})


def _move_clock(body: bytes, world: World) -> Reply:
    """Move the clock, or say why not."""
    with world.lock:  # between reading the day and moving nobody else moves
        minutes = _minutes(body, world)
        if isinstance(minutes, str):
            return _json(400, {"error": minutes})
        world.pass_minutes(minutes)
        return _time(world)


def _minutes(body: bytes, world: World) -> int | str:
    """By how many minutes to move on, or what is wrong."""
    try:
        record = json.loads(body)
    except ValueError:
        record = None
    if not isinstance(record, Mapping) or len(record) != 1 or not {*record} <= {*_MOVES}:
        return f"a JSON object with one of {', '.join(_MOVES)} is expected"
    ((name, value),) = record.items()
    count = _until(value, world) if name == "today" else _count(value, name)
    if isinstance(count, str):
        return count
    if count < 0:
        return f"time in the simulator only goes forward, and it is {world.today.isoformat()}"
    return count if count <= _FARTHEST else "that is more than a hundred years"


def _until(value: Any, world: World) -> int | str:
    """To the midnight that starts a day; the day that it is needs no move."""
    try:
        days = (date.fromisoformat(value) - world.today).days
    except (TypeError, ValueError):
        return "today is a day, as 2025-06-20"
    return days * _DAY - world.minute if days else 0


def _count(value: Any, name: str) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"{name} is a whole number"
    return value * (_DAY if name == "days" else 1)


def _time(world: World) -> Reply:
    hours, minutes = divmod(world.minute, 60)
    return _json(200, {"today": world.today.isoformat(), "time": f"{hours:02}:{minutes:02}"})


def _case(number: str, world: World) -> Reply:
    case = world.cases.get(number)
    if case is None:
        return _json(404, {"error": "there is no case of that number"})
    today = world.today
    return _json(
        200,
        {
            "state": case.state(today),
            "outcome": case.outcome(today),
            "points": list(case.points),
            "admitted": list(case.admitted),
        },
    )


def _json(status: int, content: Mapping[str, Any]) -> Reply:
    body = json.dumps(content, ensure_ascii=False).encode()
    outcome = "ok" if status < 400 else f"HTTP{status}"  # noqa: PLR2004 - HTTP's own border
    return Reply(status, body, JSON, outcome)
