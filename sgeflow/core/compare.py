"""Whether a value is the one that was expected, and how the two differ."""

from __future__ import annotations

import difflib
import json
import math
from typing import Any

from sgeflow.messages import say, sentences

_SHORT = 120  # characters of a value that stands in one line
_AROUND = 2  # lines that are shown around a difference
_LINES = 40  # of a difference; who wants more looks at the output
DIFFERENCE = "difference"
"""The label of a detail that is a difference; its first line says what `-` and `+` are."""


def difference(expected: Any, seen: Any, *, as_sent: bool = False) -> tuple[tuple[str, str], ...]:
    """How two values differ, as labelled lines of a message; nothing when they are the same.

    With `as_sent` the seen value was text on the wire: `true` is true, `9` is 9.
    """
    if same(expected, seen, as_sent=as_sent):
        return ()
    if isinstance(expected, dict | list) and isinstance(seen, dict | list):
        told = "\n".join(_lines(expected, seen))
        return ((DIFFERENCE, sentences(say("- expected  + seen"), told, between="\n")),)
    return (("expected", shown(expected)), ("seen", shown(seen)))


def same(expected: Any, seen: Any, *, as_sent: bool = False) -> bool:
    """Whether a value is what a document says: an id that YAML took for a number is its digits."""
    if isinstance(expected, dict) and isinstance(seen, dict):
        return expected.keys() == seen.keys() and all(
            same(value, seen[name], as_sent=as_sent) for name, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(seen, list | tuple):
        return len(expected) == len(seen) and all(
            same(one, other, as_sent=as_sent) for one, other in zip(expected, seen, strict=True)
        )
    if isinstance(seen, str) and not isinstance(expected, str):
        return _text(expected, as_sent=as_sent) == seen
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    if isinstance(expected, float) or isinstance(seen, float):
        return _numbers(expected, seen) and math.isclose(expected, seen, rel_tol=1e-9)
    return bool(expected == seen)


def shown(value: Any) -> str:
    """A value in one line."""
    if value is None:
        return say("nothing")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
    return f'"{short}"' if isinstance(value, str) else short


def _text(expected: Any, *, as_sent: bool) -> str | None:
    written = getattr(expected, "text", None)
    if written is not None:
        return str(written)
    if not as_sent or expected is None:
        return None
    return json.dumps(expected) if isinstance(expected, bool | int | float) else None


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _lines(expected: Any, seen: Any) -> list[str]:
    """The two values line by line, what is the same left out but around a difference."""
    before, after = (
        json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).splitlines()
        for value in (expected, seen)
    )
    found = list(difflib.unified_diff(before, after, n=_AROUND, lineterm=""))[2:]
    lines = ["…" if line.startswith("@@") else line for line in found]
    if found and found[0].startswith(("@@ -1,", "@@ -1 ")):  # nothing is left out before it
        lines = lines[1:]
    more = len(lines) - _LINES
    return [*lines[:_LINES], *([say("… and {count} more lines", count=more)] if more > 0 else [])]
