"""Room on a full disk: a file beside the journal that makes way for what frees space.

Whatever deletes rows of a SQLite file writes its log first, and on a disk that is full to the last
byte there is no room for that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.errors import TechnicalError
from sgeflow.messages import say

_RESERVE = 512 * 1024  # bytes: the log of a few runs, and what its readers share
_LEAST = 16 * _RESERVE  # free bytes without which nothing is set aside


def set_aside(place: DatabaseLocation) -> None:
    """Keep some room beside a file, unless that is done, or there is little room at all."""
    if not isinstance(place, Path) or _reserve(place).exists():
        return
    with suppress(OSError):
        if shutil.disk_usage(place.parent).free > _LEAST:
            _reserve(place).touch(mode=0o600)
            _reserve(place).write_bytes(bytes(_RESERVE))


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


def _reserve(place: Path) -> Path:
    return place.with_suffix(".reserve")
