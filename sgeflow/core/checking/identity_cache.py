"""A cache of results by the identity of the arguments, shared by all catalogues.

Documents are decoded once in a process (`catalog.py`). If one changes, the values of all others
stay the same objects, and so do the results of their checks.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

Vs = TypeVarTuple("Vs")
R = TypeVar("R")

_MOST = 8192  # cached results of each function; about ten times those of the shipped documents


def cache_by_identity(function: Callable[[*Vs], R]) -> Callable[[*Vs], R]:
    """Cache a function's results by the identity of its positional arguments.

    The function may read only its arguments, and callers may not change its result. The cache keeps
    the arguments alive, so that no other object gets their identity.
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
