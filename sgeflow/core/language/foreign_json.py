"""Reads JSON that came from outside: whatever is wrong with it is one kind of error."""

from __future__ import annotations

import json
import math
from typing import Any

_DEEPEST = 200  # lists and objects inside each other; nothing honest is nested so


def from_json(body: bytes) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is no JSON, or none that can be worked with and written again: nested without
            end, a number beyond all range, half of a character.
    """
    text = body.decode(json.detect_encoding(body))
    try:
        value = json.loads(text, parse_float=_number, parse_constant=_number)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if text.count("[") + text.count("{") > _DEEPEST and _is_too_deep(value):
        raise ValueError("nested too deep")
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # UnicodeEncodeError is a ValueError
    return value


class DuplicateKey(ValueError):
    """A key that stands twice in an object: which of its values is meant, nobody can tell."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_json(text: str) -> Any:
    """What a person has written as JSON.

    Raises:
        DuplicateKey: an object has a key twice.
        ValueError: it is no JSON.
    """
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise DuplicateKey(next(key for key in keys if keys.count(key) > 1))
    return made


def _no_number(word: str) -> float:
    """NaN and Infinity, which Python writes and JSON does not know."""
    raise ValueError(word)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number that is out of range")
    return number


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        children: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                children += one.values()
            elif isinstance(one, list):
                children += one
        if not children:
            return False
        level = children
    return True
