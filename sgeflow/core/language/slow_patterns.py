"""Detects regular expressions of exponential running time.

Python tries every way to divide a text among nested repeats: for `^(a+)+$` and thirty letters
followed by another one, these are more than a billion.
"""

import re
from collections.abc import Iterator
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MANY = 20  # a repeat of at least so many is too slow within another
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
_SIGNS = tuple(map(chr, range(128)))
_CLASSES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


@cache
def is_slow(pattern: str) -> bool:
    """Whether a pattern has a repeat within a repeat without a separator between them.

    Raises:
        re.error: the pattern is not a regular expression.
    """
    return any(map(_is_open, _repeated(_parser.parse(pattern))))


def _repeated(parts: Any) -> Iterator[Any]:
    """The parts of a pattern that repeat without a limit, at any depth."""
    for code, argument in parts:
        if code in _REPEATS and argument[1] >= _MANY:
            yield argument[2]
        for inner in _inside(code, argument):
            yield from _repeated(inner)


def _inside(code: Any, argument: Any) -> list[Any]:
    if code in _REPEATS or code is codes.SUBPATTERN:
        return [argument[-1]]
    return list(argument[1]) if code is codes.BRANCH else []


def _is_open(body: Any) -> bool:
    """Whether a repeated part contains a repeat without a separator that it cannot match."""
    if len(body) == 1 and body[0][0] in (codes.SUBPATTERN, codes.BRANCH):
        return any(map(_is_open, _inside(*body[0])))
    inner = list(_repeated(body))
    if not inner:
        return False
    taken = {sign for sign in _SIGNS for part in inner for one in part if _takes(one, sign)}
    single = (part for part in body if part[0] in (codes.LITERAL, codes.IN))
    signs = ({sign for sign in _SIGNS if _takes(part, sign)} for part in single)
    return not any(some and some.isdisjoint(taken) for some in signs)


def _takes(part: Any, sign: str) -> bool:
    """Whether a part can match a character at any of its positions."""
    code, argument = part
    if code is codes.LITERAL:
        return bool(argument == ord(sign))
    if code is codes.NOT_LITERAL:
        return bool(argument != ord(sign))
    if code is codes.IN:
        is_negated = argument[0][0] is codes.NEGATE
        return any(_takes(one, sign) for one in argument) != is_negated
    if code is codes.RANGE:
        return bool(argument[0] <= ord(sign) <= argument[1])
    if code is codes.CATEGORY:
        name = str(argument).removeprefix("CATEGORY_")
        is_in = re.match(_CLASSES[name.removeprefix("NOT_")], sign) is not None
        return is_in != name.startswith("NOT_")
    if code is codes.ANY:
        return True
    return any(_takes(one, sign) for parts in _inside(code, argument) for one in parts)
