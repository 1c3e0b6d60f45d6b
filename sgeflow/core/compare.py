"""Whether a value is the one that was expected, and how the two differ."""

from __future__ import annotations

import difflib
import json
import math
from typing import Any

from sgeflow.messages import say, say_count, sentences

_SHORT = 120  # characters of a value that stands in one line
_AROUND = 2  # lines that are shown around a difference
_LINES = 40  # of a difference; who wants more looks at the output
DIFFERENCE = "difference"
"""The label of a detail that is a difference; its first line says what `-` and `+` are."""


def difference(expected: Any, actual: Any, *, as_sent: bool = False) -> tuple[tuple[str, str], ...]:
    """How two values differ, as labelled lines of a message; nothing when they are the same.

    With `as_sent` the seen value was text on the wire: `true` is true, `9` is 9.
    """
    if same(expected, actual, as_sent=as_sent):
        return ()
    if isinstance(expected, dict | list) and isinstance(actual, dict | list):
        text = "\n".join(_lines(expected, actual))
        return ((DIFFERENCE, sentences(say("- expected  + seen"), text, between="\n")),)
    return (("expected", one_line(expected)), ("seen", one_line(actual)))


def same(expected: Any, actual: Any, *, as_sent: bool = False) -> bool:
    """Whether a value is what a document says: an id that YAML took for a number is its digits."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            same(value, actual[name], as_sent=as_sent) for name, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(actual, list | tuple):
        return len(expected) == len(actual) and all(
            same(one, other, as_sent=as_sent) for one, other in zip(expected, actual, strict=True)
        )
    if isinstance(actual, str) and not isinstance(expected, str):
        return _text(expected, as_sent=as_sent) == actual
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, float) or isinstance(actual, float):
        return _numbers(expected, actual) and math.isclose(expected, actual, rel_tol=1e-9)
    return bool(expected == actual)


def one_line(value: Any) -> str:
    """A value in one line."""
    if value is None:
        return say("nothing")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    short = text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
    return f'"{short}"' if isinstance(value, str) else short


def _text(expected: Any, *, as_sent: bool) -> str | None:
    text = getattr(expected, "text", None)
    if text is not None:
        return str(text)
    if not as_sent or expected is None:
        return None
    return json.dumps(expected) if isinstance(expected, bool | int | float) else None


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _lines(expected: Any, actual: Any) -> list[str]:
    """The two values line by line, what is the same left out but around a difference."""
    before, after = (
        json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).splitlines()
        for value in (expected, actual)
    )
    diff = list(difflib.unified_diff(before, after, n=_AROUND, lineterm=""))[2:]
    lines = ["…" if line.startswith("@@") else line for line in diff]
    if diff and diff[0].startswith(("@@ -1,", "@@ -1 ")):  # nothing is left out before it
        lines = lines[1:]
    more = len(lines) - _LINES
    if more <= 0:
        return lines
    left_out = say_count("… {count} more line", "… {count} more lines", count=more)
    return [*lines[:_LINES], left_out]
