"""Room on a full disk: a file beside the journal that makes way for what must be written there.

Whatever deletes rows of a SQLite file writes its log first, and on a disk that is full to the last
byte there is no room for that. Nor is there for the answer to an order, which comes once.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sgeflow.adapters.state.database import DiskFull
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.errors import TechnicalError
from sgeflow.messages import say

_W = TypeVar("_W", bound=JournalWriter)
_P = ParamSpec("_P")
_R = TypeVar("_R")
_RESERVE = 512 * 1024  # bytes: the log of a few runs, and what its readers share
_LEAST = 16 * _RESERVE  # free bytes without which nothing is set aside


def set_aside(place: DatabaseLocation) -> None:
    """Keep some room beside a file, unless that is done, or there is little room at all."""
    if not isinstance(place, Path) or _is_whole(_reserve(place)):
        return
    with suppress(OSError):
        if shutil.disk_usage(place.parent).free > _LEAST:
            _fill(_reserve(place))


@contextmanager
def _lending_room(place: DatabaseLocation) -> Iterator[None]:
    """The room that was set aside is there within it; what is left of it is set aside again.

    So what must be written is, again and again while it lasts, and on a full disk nothing else is.
    """
    is_lent = False
    if isinstance(place, Path):
        with suppress(OSError):
            _reserve(place).unlink()
            is_lent = True
    try:
        yield
    finally:
        if isinstance(place, Path) and is_lent:
            with suppress(OSError):
                _fill(_reserve(place))


@contextmanager
def making_room(place: DatabaseLocation) -> Iterator[None]:
    """On a full disk the room that was set aside is there within it.

    Where none was, what raises within it tells what else can be done.
    """
    if isinstance(place, Path):
        with suppress(OSError):
            if shutil.disk_usage(place.parent).free < _LEAST:
                _reserve(place).unlink(missing_ok=True)
    try:
        yield
    except TechnicalError as error:
        if isinstance(place, Path) and _is_full(place):
            raise _with_way_out(error, place) from error
        raise
    finally:
        set_aside(place)


def must_be_noted(
    write: Callable[Concatenate[_W, _P], _R],
) -> Callable[Concatenate[_W, _P], _R]:
    """Let a method write once more when the disk is full, with the room that was set aside.

    It is one transaction, of which nothing was written then.
    """

    @wraps(write)
    def insist(self: _W, /, *values: _P.args, **named: _P.kwargs) -> _R:
        try:
            return write(self, *values, **named)
        except DiskFull:
            with self._database.alone(), _lending_room(self._place):
                return write(self, *values, **named)

    return insist


def _is_full(place: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(place.parent).free < _RESERVE
    return False


def _with_way_out(error: TechnicalError, place: Path) -> TechnicalError:
    first, *others = error.problems
    way = say(
        "1 MB of free space is enough to begin with; or copy {folder} to another disk, say sgeflow"
        " runs prune --state COPY there, and put it back while nothing works on it",
        folder=place.parent,
    )
    return TechnicalError(first.with_details(("do", way)), *others)


def _is_whole(reserve: Path) -> bool:
    with suppress(OSError):
        return reserve.stat().st_size >= _RESERVE
    return False


def _fill(reserve: Path) -> None:
    """Make it as large as it is to be, or as there is room for."""
    reserve.touch(mode=0o600)
    with reserve.open("wb", buffering=0) as file:  # what does not go in is left out
        file.write(bytes(_RESERVE))


def _reserve(place: Path) -> Path:
    return place.with_suffix(".reserve")
