"""What is looked at on this machine: folders, rights of files, space, time zones."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sgeflow.adapters.cache import chosen_folder, is_ours
from sgeflow.adapters.project_files import show_path
from sgeflow.messages import Message, from_table, os_error_text, say
from sgeflow.tools.doctor.credential_verdicts import Rights
from sgeflow.tools.doctor.machine_verdicts import Folder

_SUMMER = timedelta(hours=2)


def folder(path: Path, databases: Iterable[Path] = ()) -> Folder:
    """Whether a folder takes files, and its databases are this user's to write."""
    if path.exists():
        return Folder(path=show_path(path), exists=True, trouble=_trouble(path, databases))
    above = _above(path)
    why = None if os.access(above, os.W_OK | os.X_OK) and above.is_dir() else _no_room(above)
    return Folder(path=show_path(path), exists=False, trouble=why)


def cache_folder() -> Folder | None:
    """The folder of checked documents; None when it is switched off."""
    path = chosen_folder()
    if path is None:
        return None
    state = folder(path)
    if state.exists and not state.trouble and not is_ours(path.stat()):
        why = say("it is another user's, or others may write to it")
        return Folder(path=state.path, exists=True, trouble=why)
    return state


def free(path: Path) -> int:
    """The bytes that are free where a folder is, or would be made."""
    return shutil.disk_usage(path if path.exists() else _above(path)).free


def knows_france() -> bool:
    """Whether the rules of Europe/Paris are on this machine, or with Python."""
    try:
        summer = datetime(2025, 7, 1, tzinfo=ZoneInfo("Europe/Paris"))
    except (OSError, KeyError, ValueError):
        return False
    return summer.utcoffset() == _SUMMER


def rights(paths: Iterable[Path]) -> Iterator[Rights]:
    """The rights of those files that are there."""
    for path in dict.fromkeys(paths):
        try:
            yield Rights(path=str(path), mode=path.stat().st_mode)
        except OSError:
            continue  # that it cannot be read is told by another check


def _trouble(path: Path, databases: Iterable[Path]) -> Message | None:
    try:
        with tempfile.TemporaryFile(dir=path):  # it has no name, and is gone when it is closed
            pass
    except OSError as error:
        return from_table(os_error_text(error).lower())
    for one in databases:
        if one.exists() and not os.access(one, os.R_OK | os.W_OK):
            return say("{file} is another user's", file=one.name)
    return None


def _above(path: Path) -> Path:
    """The nearest folder above that is there."""
    return next(one for one in path.absolute().parents if one.exists())


def _no_room(above: Path) -> Message:
    return say("no folder can be made in {folder}", folder=show_path(above))
