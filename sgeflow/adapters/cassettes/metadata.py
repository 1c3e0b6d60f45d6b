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
from sgeflow.core.language.dates import is_in_use
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_NAME = regex(r"[a-z][a-z0-9_-]{0,63}")
_DAY = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def misfit(metadata: Mapping[Any, Any], text: str) -> tuple[Message, int] | None:
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
    match = re.search(rf"^ +[\"']?{re.escape(str(name))}[\"']?\s*:", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and is_in_use(text)


def _is_moment(text: str) -> bool:
    """Whether a text is a moment of some day in use, with its distance from UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None and is_in_use(moment.date().isoformat())


_KNOWN: Mapping[str, Callable[[str], bool]] = {
    "run": is_run,
    "today": _is_day,
    "now": _is_moment,
    "environment": _is_name,
    "scenario": _is_name,
    "flow": _is_name,
}
