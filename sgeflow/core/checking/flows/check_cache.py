"""What was found of a flow or a case: among the very same things it is not looked for again.

An editor checks a project at each key, a test opens one for each case, and nearly all documents are
those of before, and so are the operations and flows that they name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from sgeflow.core.checking.flows.namespace import Namespace
from sgeflow.core.language.shapes import Shape
from sgeflow.errors import Problem

T = TypeVar("T")

_MOST = 4096  # some ten times the flows and cases that are shipped


class CachedCheck(Struct, frozen=True):
    """What was found of something, and among what."""

    named: tuple[Any, ...]  # it, and what it names: kept, so that nothing else gets their ids
    surroundings: tuple[Any, ...]
    result: Any
    problems: tuple[Problem, ...]
    shapes: Mapping[int, Shape]  # of what steps give, by their identity


_KEPT: dict[tuple[int, ...], CachedCheck] = {}


def find(namespace: Namespace, named: tuple[Any, ...], check: Callable[[], T]) -> T:
    """What a check gives; the problems and the shapes of steps that it notes are on the namespace.

    Args:
        namespace: what the check reads, of operations and flows no others than those in `named`.
        named: what is checked, and all operations and flows that it names; None for one that is not
            there, which is told beside all that is.
        check: notes on the namespace.
    """
    if None in named:
        return check()
    key, around = tuple(map(id, named)), namespace.surroundings
    cached = _KEPT.get(key)
    if cached is None or cached.surroundings != around:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        cached = _KEPT[key] = _look(namespace, named, check)
    namespace.problems += cached.problems
    namespace.shapes |= cached.shapes
    result: T = cached.result
    return result


def _look(namespace: Namespace, named: tuple[Any, ...], check: Callable[[], Any]) -> CachedCheck:
    problems, shapes = namespace.problems, namespace.shapes
    namespace.problems, namespace.shapes = [], {}
    try:
        result = check()
        return CachedCheck(
            named, namespace.surroundings, result, tuple(namespace.problems), namespace.shapes
        )
    finally:
        namespace.problems, namespace.shapes = problems, shapes
