"""A cache of results by the identity of the arguments, shared by all catalogues.

Documents are decoded once a process (`catalog.py`): where one changes, the values of the others
are those of before, and so are the results of their checks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

Vs = TypeVarTuple("Vs")
R = TypeVar("R")

_MOST = 8192  # answers that are kept of a function: some ten times what is shipped gives


def cache_by_identity(function: Callable[[*Vs], R]) -> Callable[[*Vs], R]:
    """Have a function answer from memory when it is given the very same values, by position.

    The function may read only its arguments, and callers may not change its result. The cache holds
    the arguments, so that no other object can get the identity of one of them.
    """
    kept: dict[tuple[int, ...], tuple[tuple[Any, ...], R]] = {}

    @wraps(function)
    def answer(*values: *Vs) -> R:
        key = tuple(map(id, values))
        known = kept.get(key)
        if known is None:
            if len(kept) >= _MOST:
                kept.clear()
            known = kept[key] = (values, function(*values))
        return known[1]

    return answer
