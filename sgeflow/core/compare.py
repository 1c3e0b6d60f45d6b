"""Compares a value with an expected value, and describes the difference."""

import difflib
import json
import math
from typing import Any

from sgeflow.messages import say, say_count, sentences

_SHORT = 120  # characters of a value on one line
_AROUND = 2  # lines shown around a difference
_LINES = 40  # lines of a difference at most
DIFFERENCE = "difference"
"""The label of a detail that is a difference; its first line explains `-` and `+`."""


def difference(expected: Any, actual: Any, *, as_sent: bool = False) -> tuple[tuple[str, str], ...]:
    """The difference of two values as labelled lines of a message; empty when they are equal.

    With `as_sent` the actual value was text on the wire: `true` is true, `9` is 9.
    """
    if same(expected, actual, as_sent=as_sent):
        return ()
    if isinstance(expected, dict | list) and isinstance(actual, dict | list):
        text = "\n".join(_lines(expected, actual))
        return ((DIFFERENCE, sentences(say("- expected  + seen"), text, between="\n")),)
    return (("expected", one_line(expected)), ("seen", one_line(actual)))


def same(expected: Any, actual: Any, *, as_sent: bool = False) -> bool:
    """Whether two values are equal; an id that YAML read as a number equals its digits."""
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
    """A value on one line."""
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
    """The differing lines of two values, with some equal lines around each difference."""
    before, after = (
        json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).splitlines()
        for value in (expected, actual)
    )
    diff = list(difflib.unified_diff(before, after, n=_AROUND, lineterm=""))[2:]
    lines = ["…" if line.startswith("@@") else line for line in diff]
    if diff and diff[0].startswith(("@@ -1,", "@@ -1 ")):  # the difference begins at the first line
        lines = lines[1:]
    more = len(lines) - _LINES
    if more <= 0:
        return lines
    left_out = say_count("… {count} more line", "… {count} more lines", count=more)
    return [*lines[:_LINES], left_out]
