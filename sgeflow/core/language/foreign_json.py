"""Reads JSON from outside; every defect raises one of two errors."""

import json
import math
from typing import Any

from sgeflow.messages import Message, say

_DEEPEST = 200  # lists and objects inside each other; no real document is nested so deeply


class UnusableJson(ValueError):
    """The text follows JSON's grammar, but cannot be used; the message has no part of the text."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)


class DuplicateKey(UnusableJson):
    """A key occurs twice in an object, so its value is ambiguous.

    In foreign data a key may be a person's name: the message gives its position, and only `key` has
    the name, for the author of the text.
    """

    def __init__(self, key: str, first: int, second: int) -> None:
        super().__init__(
            say(
                "an object has a key twice: its key {second} is its key {first} again",
                first=first,
                second=second,
            )
        )
        self.key = key


def from_json(body: bytes) -> Any:
    """The value of a JSON text from outside.

    Raises:
        UnusableJson: the text is nested too deeply, has a number out of range, or has a key twice.
            ValueError: the text is not JSON, or has half of a surrogate pair.
    """
    text = body.decode(json.detect_encoding(body))
    value = read_json(text)
    if text.count("[") + text.count("{") > _DEEPEST and _is_too_deep(value):
        raise UnusableJson(say("it is nested too deeply"))
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # UnicodeEncodeError is a ValueError
    return value


def read_json(text: str) -> Any:
    """The value of a JSON text that a person has written.

    Raises:
        DuplicateKey: an object has a key twice. UnusableJson: the text is nested too deeply, or has
            a number out of range. ValueError: the text is not JSON.
    """
    try:
        return json.loads(
            text, parse_float=_number, parse_constant=_no_number, object_pairs_hook=_object
        )
    except RecursionError:
        raise UnusableJson(say("it is nested too deeply")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        places: dict[str, int] = {}
        for place, (key, _) in enumerate(pairs, 1):
            if (first := places.setdefault(key, place)) != place:
                raise DuplicateKey(key, first, place)
    return made


def _no_number(word: str) -> float:
    """Refuse NaN and Infinity, which Python's parser accepts and JSON does not allow."""
    raise ValueError(word)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnusableJson(say("a number is out of range"))
    return number


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        nests = [one for one in level if isinstance(one, dict | list)]
        level = [
            child for one in nests for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
