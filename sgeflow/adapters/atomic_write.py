"""Writes a file whole or not at all: readers see the old or the new content."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sgeflow.errors import Id, TechnicalError
from sgeflow.messages import Message, from_table, say


@contextmanager
def replace_file(path: Path, *, private: bool = True) -> Iterator[Path]:
    """Yield a new file beside `path` to write to; it replaces `path` when the block succeeds.

    A missing folder is created. An existing file keeps its mode. New files and folders are readable
    by their owner only, because sgeflow writes personal data; with `private=False` they follow the
    umask.

    Raises:
        TechnicalError: the disk is full, the place is not writable or not a regular file.
    """
    import tempfile

    target = path.resolve()
    part: Path | None = None
    try:
        check_place(path)
        make_folder(target.parent, private=private)
        number, name = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=".part", dir=target.parent
        )
        os.close(number)
        part = Path(name)
        mode = 0o600 if private else _usual(part)
        yield part
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else mode)
        flush(part)
        part.replace(target)
        part = None  # already renamed
        flush(target.parent)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise unwritable(path, why.lower()) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()


def check_place(path: Path) -> None:
    """Check that a file can be written at a path. Raises: TechnicalError."""
    if path.is_dir():
        raise unwritable(path, say("it is a folder"), say("name a file in it"))
    if path.exists() and not path.is_file():
        remedy = say("name a file, or write to stdout and pipe it")
        raise unwritable(path, say("it is a pipe, a socket or a device"), remedy)


def make_folder(path: Path, *, private: bool = True) -> None:
    """Make a folder and its missing parents, for their owner only if `private`."""
    missing = [folder for folder in (path, *path.parents) if not folder.is_dir()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700 if private else 0o777, exist_ok=True)


def make_file(path: Path) -> None:
    """Make the folder and the file, readable by their owner only, before anything is written."""
    make_folder(path.parent)
    try:
        path.touch(0o600, exist_ok=False)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            with suppress(PermissionError):  # the file belongs to another user
                path.chmod(0o600)


def link_note(path: Path) -> Message | None:
    """The note that the written file is a link; None if the path is not a link."""
    if not path.is_symlink():
        return None
    return say("{path} is a link: sgeflow writes to {target}", path=path, target=path.resolve())


def unwritable(path: Path, why: str, remedy: str = "") -> TechnicalError:
    """The error for a file that could not be written; the old file is unchanged."""
    remedy = remedy or say("check its folder, your rights and the disk space")
    return TechnicalError.of(
        Id.STORAGE,
        say("{path} cannot be written: {why}", path=path, why=from_table(why)),
        details=(("remedy", remedy),),
    )


def _usual(part: Path) -> int:
    """The mode of a new file or folder after the umask."""
    part.unlink()
    part.touch(0o666, exist_ok=False)
    return part.stat().st_mode & 0o777


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
