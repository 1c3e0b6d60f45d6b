"""The file of a fleet as it was when the fleet began: whoever writes it later changes no row."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from sgeflow.adapters.project_files import show_path
from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import os_error_text, say


@contextmanager
def own_copy(path: Path) -> Iterator[BinaryIO]:
    """A copy without a name, gone with the process; it is read from its beginning, many times.

    Raises:
        TechnicalError: the file cannot be read, somebody writes it at this moment, or there is no
            room for the copy.
    """
    with _copy_of(path) as copy:
        yield copy


def _copy_of(path: Path) -> BinaryIO:
    try:
        copy = TemporaryFile(prefix="sgeflow-")  # noqa: SIM115 - whoever gets it closes it
    except OSError as error:
        raise _no_copy(path, error) from None
    try:
        with path.open("rb") as file:
            before = _state(file)
            shutil.copyfileobj(file, copy)
            is_whole = before == _state(file)
        copy.flush()
    except OSError as error:
        with suppress(OSError):  # what is still in its buffer has no room either
            copy.close()
        raise _no_copy(path, error) from None
    if not is_whole:
        copy.close()
        message = say("{path} is being written at this moment", path=show_path(path))
        do = say("wait until it is whole, then run again")
        raise TechnicalError(Problem(id=Id.UNREADABLE, message=message, details=(("do", do),)))
    return copy


def _no_copy(path: Path, error: OSError) -> TechnicalError:
    message = say(
        "{path} cannot be copied: {reason}", path=show_path(path), reason=os_error_text(error)
    )
    do = say("the copy is made in the folder of TMPDIR: it needs room for the whole file")
    return TechnicalError(Problem(id=Id.UNREADABLE, message=message, details=(("do", do),)))


def digest_of(copy: BinaryIO) -> str:
    """What tells that the rows of a file are others: as `Table.check` gives it."""
    copy.seek(0)
    return hashlib.file_digest(copy, "sha256").hexdigest()[:32]  # type: ignore[arg-type]


def _state(file: BinaryIO) -> tuple[int, int]:
    """What changes when somebody writes an open file: how long it is, and when that was."""
    now = os.fstat(file.fileno())
    return now.st_size, now.st_mtime_ns
