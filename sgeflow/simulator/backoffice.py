"""The consent backoffice: who agreed, for which point, until when. JSON over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sgeflow.simulator.replies import JSON, Reply
from sgeflow.simulator.world import World

_REQUIRED: Mapping[str, type] = {
    "pointID": str,
    "lastname": str,
    "firstname": str,
    "address": str,
    "postalCode": str,
    "city": str,
}
# `serviceID` and `endDate` come once the service is ordered; SGE's ids may be sent as numbers.
_OPTIONAL: Mapping[str, type | tuple[type, ...]] = {
    "inseeCode": str,
    "safetyOnBoarding": bool,
    "serviceID": (str, int, type(None)),
    "endDate": (str, type(None)),
    "offPeakHours": (str, type(None)),
}
_EMPTY = {"inseeCode": None, "safetyOnBoarding": False, "serviceID": None, "endDate": None}


def create(body: bytes, world: World) -> Reply:
    """Keep a new consent: 201 with the record and its `ID`, 400 when the record is not one."""
    record, mistake = _record(body)
    if mistake:
        return _refusal(400, mistake)
    missing = [name for name in _REQUIRED if not record.get(name)]
    if missing:
        return _refusal(400, f"missing: {', '.join(missing)}")
    return _json(201, world.add_consent({**_EMPTY, **record}))


def read(number: str, world: World) -> Reply:
    """The record, or 404 when it is gone."""
    return _record_reply(world.consent(_number(number)))


def change(number: str, body: bytes, world: World) -> Reply:
    """Change the members that are sent, keep the others: 200 with the record, 400, 404."""
    record, mistake = _record(body)
    if mistake:
        return _refusal(400, mistake)
    return _record_reply(world.change_consent(_number(number), record))


def delete(number: str, world: World) -> Reply:
    """Delete the record: 200 with what it was, 404 when it was gone."""
    return _record_reply(world.drop_consent(_number(number)))


def _record(body: bytes) -> tuple[dict[str, Any], str]:
    try:
        record = json.loads(body)
    except ValueError:
        return {}, "the body is not JSON"
    if not isinstance(record, dict):
        return {}, "the body is not an object"
    record = {key: value for key, value in record.items() if key != "ID"}
    known = {**_REQUIRED, **_OPTIONAL}
    wrong = [f"{key} (unknown)" for key in record if key not in known]
    wrong += [
        f"{key} (wrong type)"
        for key, value in record.items()
        if key in known and not isinstance(value, known[key])
    ]
    return record, ", ".join(wrong)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _record_reply(record: Mapping[str, Any] | None) -> Reply:
    return _refusal(404, "no such consent") if record is None else _json(200, record)


def _refusal(status: int, message: str) -> Reply:
    return Reply(status, json.dumps({"error": message}).encode(), JSON, f"HTTP{status}")


def _json(status: int, record: Mapping[str, Any]) -> Reply:
    return Reply(status, json.dumps(record, ensure_ascii=False).encode(), JSON)
