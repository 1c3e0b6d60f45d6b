"""Which problems are the same, whoever found them, and the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sgeflow.errors import Id, Problem


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Each once, in the order of the texts; of each first what is no YAML, by which all goes."""
    unique = {_identity(problem): problem for problem in problems}
    return sorted(unique.values(), key=_order)


def common_problems(problems: Iterable[Problem], others: Iterable[Problem]) -> Iterator[Problem]:
    """Of what may be meant in two ways, and its problems in each, those that it has in both."""
    same = {_identity(problem) for problem in others}
    return (problem for problem in problems if _identity(problem) in same)


def _identity(problem: Problem) -> tuple[Id, str, tuple[str, int, int]]:
    return problem.id, problem.message, _place(problem)


def _order(problem: Problem) -> tuple[str, bool, int, int]:
    file, line, column = _place(problem)
    return file, problem.id is not Id.NOT_YAML, line, column


def _place(problem: Problem) -> tuple[str, int, int]:
    at = problem.at
    return (at.file, at.line, at.column) if at else ("", 0, 0)
