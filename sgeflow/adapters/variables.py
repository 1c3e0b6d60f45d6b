"""Reads the `SGEFLOW_…` environment variables."""

import os
from collections.abc import Mapping

from msgspec import Struct

from sgeflow.errors import Id, UsageError
from sgeflow.messages import say

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")


class Variables(Struct, frozen=True, kw_only=True):
    """The `SGEFLOW_…` variables as written; None for variables that are not set."""

    env: str | None = None
    today: str | None = None
    scenario: str | None = None
    project: str | None = None
    state: str | None = None
    offline: bool = False


def variables(source: Mapping[str, str] | None = None) -> Variables:
    """Read the `SGEFLOW_…` variables; an empty one counts as not set."""
    source = os.environ if source is None else source

    def text(name: str) -> str | None:
        return source.get(f"SGEFLOW_{name}") or None

    offline = source.get("SGEFLOW_OFFLINE", "")
    if offline.lower() not in (*_TRUE, *_FALSE):
        message = say(
            'the variable {name} is "{text}", not yes or no', name="SGEFLOW_OFFLINE", text=offline
        )
        raise UsageError.of(Id.USAGE, message, allowed=(*_TRUE, *_FALSE[1:]))
    return Variables(
        env=text("ENV"),
        today=text("TODAY"),
        scenario=text("SCENARIO"),
        project=text("PROJECT"),
        state=text("STATE"),
        offline=offline.lower() in _TRUE,
    )
