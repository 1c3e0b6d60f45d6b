"""What a cassette says of its recording: names, a day and a moment, and nothing else.

Cassettes are handed on, and what one says of itself chooses documents and names the files of a
replay: it is checked before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sgeflow.core.filenames import is_run
from sgeflow.messages import Said, say

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def misfit(metadata: Mapping[Any, Any], text: str) -> tuple[Said, int] | None:
    """What no recording says of itself, and in which line of the text; None when all is well."""
    for name, value in metadata.items():
        fits = _KNOWN.get(name)
        if fits is None:
            return say('no recording says "{name}" of itself', name=name), _line(name, text)
        if not (isinstance(value, str) and fits(value)):
            what = {"run": say("no run's id"), "today": say("no day"), "now": say("no moment")}
            kind = what.get(name, say("no name"))
            return say('its "{name}" is {what}', name=name, what=kind), _line(name, text)
    return None


def _line(name: object, text: str) -> int:
    found = re.search(rf"^ +[\"']?{re.escape(str(name))}[\"']?\s*:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and _is_moment(text)


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_KNOWN: Mapping[str, Callable[[str], bool]] = {
    "run": is_run,
    "today": _is_day,
    "now": _is_moment,
    "environment": _is_name,
    "scenario": _is_name,
    "flow": _is_name,
}
