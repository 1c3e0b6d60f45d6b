"""How often and how long an endpoint may be called, as an environment says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.documents import EndpointLimits
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.schemas import RATE, Schema, closed_object, length, text

_TIMEOUTS = {"connect": "PT10S", "read": "PT60S", "total": "PT180S"}
_JITTER, _MILLISECOND = "100ms", 0.001

LIMITS: Schema = {
    "rate": text("calls a second, shared by everything", pattern=RATE),
    "jitter": text(
        "by how much calls may differ in their time on the way", pattern=r"^(0|[1-9]\d{0,4})ms$"
    ),
    "timeout": closed_object(
        {
            "connect": length("to reach the server"),
            "read": length("between two parts of an answer"),
            "total": length("for the whole exchange"),
        }
    ),
}


def decode_limits(data: Mapping[str, Any]) -> EndpointLimits:
    """The limits of an endpoint, with those that it does not name."""
    timeout = {**_TIMEOUTS, **data.get("timeout", {})}
    seconds = {f"{name}_timeout": duration_seconds(one) for name, one in timeout.items()}
    jitter = int(data.get("jitter", _JITTER).removesuffix("ms")) * _MILLISECOND
    return EndpointLimits(rate=data.get("rate"), jitter=jitter, **seconds)
