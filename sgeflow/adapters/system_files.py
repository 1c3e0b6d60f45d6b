"""Home folders in paths, search for files by name, errors of the file system."""

import errno
import os
from pathlib import Path

from sgeflow.errors import Id, TechnicalError
from sgeflow.messages import Message, os_error_text, say

_OF_FILES = frozenset(
    {
        *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ELOOP),
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.EINVAL, errno.ENXIO),
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ESTALE, errno.EMFILE),
    }
)
_SHOWN = 60  # characters of a path in a message; a longer path is shortened


def with_home(text: str) -> Path:
    """A path with `~` expanded; `~` stays if the home folder is unknown."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises without a home


def find_named(folder: Path, *endings: str) -> list[Path]:
    """Files and folders below a folder whose name ends with `endings`; links are not followed.

    `rglob` takes three times as long, and a project may have thousands of files below `tests/`.
    """
    return sorted(
        Path(place, name)
        for place, folders, files in os.walk(folder)
        for name in (*folders, *files)
        if name.endswith(endings)
    )


def refusal_of_file(error: BaseException) -> TechnicalError | None:
    """The error with the path of a file that the system refuses; None for other errors."""
    if not isinstance(error, OSError) or error.errno not in _OF_FILES:
        return None
    try:
        Path.cwd()
    except OSError:
        return _error(say("the current folder no longer exists"), say("change to another folder"))
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return None
    name = os.fsdecode(error.filename)
    if error.errno == errno.ENAMETOOLONG:
        message = say("the file name {path} is too long", path=_short(name))
        return _error(message, say("choose a shorter name"))
    message = say("{path} cannot be used: {reason}", path=_short(name), reason=os_error_text(error))
    return _error(message, say("check its folder, your rights and the disk space"))


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN // 2]}…{name[-_SHOWN // 2 :]}"


def _error(message: Message, remedy: Message) -> TechnicalError:
    return TechnicalError.of(Id.STORAGE, message, details=(("remedy", remedy),))
