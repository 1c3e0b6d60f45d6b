"""What `SGEFLOW_…` variables around the process say."""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec import Struct

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


class Variables(Struct, frozen=True, kw_only=True):
    """The `SGEFLOW_…` variables, as written; None when not set."""

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

    return Variables(
        env=text("ENV"),
        today=text("TODAY"),
        scenario=text("SCENARIO"),
        project=text("PROJECT"),
        state=text("STATE"),
        offline=_switch("SGEFLOW_OFFLINE", source.get("SGEFLOW_OFFLINE", "")),
    )


def _switch(name: str, text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise UsageError(
        Problem(
            id=Id.USAGE,
            message=say('the variable {name} is "{text}", not yes or no', name=name, text=text),
            allowed=("1", "true", "yes", "on", "0", "false", "no", "off"),
        )
    )
