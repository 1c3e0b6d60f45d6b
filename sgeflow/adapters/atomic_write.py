"""Writes a file whole or not at all: readers see the old one or the new one, never a half."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import say


@contextmanager
def replaced(path: Path, *, private: bool = True) -> Iterator[Path]:
    """A new file beside `path` to write to; it takes the place of `path` when the block ends well.

    The folder is made. A file that was there keeps its mode, a new one is its owner's alone: what
    sgeflow writes is about a person. What is not (`private=False`) follows the umask.

    Raises:
        TechnicalError: the disk is full, or the place cannot be written.
    """
    target = path.resolve()
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=".part", dir=target.parent
        )
        os.close(number)
        part = Path(name)
        mode = 0o600 if private else _usual(part)
        yield part
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else mode)
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise unwritable(path, why.lower()) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()


def unwritable(path: Path, why: str) -> TechnicalError:
    """The error for a file that could not be written; the old one is still there."""
    return TechnicalError(
        Problem(
            id=Id.STORAGE,
            message=say("{path} cannot be written: {why}", path=path, why=why),
            details=(("remedy", say("check its folder, your rights and the space on the disk")),),
        )
    )


def _usual(part: Path) -> int:
    """The mode that a file made there has, once the umask is taken off."""
    part.unlink()
    number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        return os.fstat(number).st_mode & 0o777
    finally:
        os.close(number)


def _flush(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
