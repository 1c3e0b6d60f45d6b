"""Many small cases of one fact: a test that tries all of them and tells every one that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

T = TypeVar("T")


def each(
    cases: Iterable[T], name: Callable[[T], object] = repr
) -> Callable[..., Callable[[], None]]:
    """Make a test of a check of one case; what runs around a test takes longer than such a check.

    `name` is how a case is told. Without any case it fails.
    """
    known = list(cases)

    def test_of(check: Callable[[T], None]) -> Callable[[], None]:
        def test() -> None:
            failures = [text for case in known if (text := failure_of(check, case, name))]
            assert known, "there is no case"
            if failures:
                pytest.fail("\n\n".join(failures), pytrace=False)

        test.__name__, test.__qualname__ = check.__name__, check.__qualname__
        test.__doc__, test.__module__ = check.__doc__, check.__module__
        return test

    return test_of


def failure_of(check: Callable[[T], None], case: T, name: Callable[[T], object]) -> str:
    """How a case fails, with the line; nothing when it does not."""
    try:
        check(case)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever it is, it is told
        place = error.__traceback__ and error.__traceback__.tb_next
        line = place.tb_lineno if place else 0
        return f"{name(case)}\n{check.__name__}, line {line}: {type(error).__name__}: {error}"
    return ""
