"""Verdicts on this machine: where state is kept, space, time zones, the cache."""

from __future__ import annotations

from msgspec import Struct

from sgeflow.errors import Id
from sgeflow.messages import Message, say
from sgeflow.tools.doctor.finding import Finding, failure, fine, warning

_STATE, _DISK, _ZONES, _CACHE = say("state"), say("disk"), say("time zones"), say("cache")
_CUSTOMERS = say("customers")
_LITTLE, _NOTHING = 1 << 30, 50 << 20  # bytes
_GB = 1e9


class Folder(Struct, frozen=True, kw_only=True):
    """A folder that commands write to: whether it is there, and why it cannot be written."""

    path: str
    exists: bool
    trouble: Message | None = None


class DatabaseServer(Struct, frozen=True, kw_only=True):
    """A database server that was reached: as messages may show it, and what its user may do."""

    shown: str
    may_create: bool


def state(folder: Folder) -> Finding:
    """Whether journal and measures can be kept in a folder."""
    if folder.trouble:
        return failure(
            _STATE,
            Id.STORAGE,
            say("{path} cannot be written: {why}", path=folder.path, why=folder.trouble),
            say("give the user that runs sgeflow the right to it, or choose another with --state"),
        )
    if not folder.exists:
        return fine(_STATE, say("{path} is made when it is first needed", path=folder.path))
    return fine(_STATE, say("{path} can be written", path=folder.path))


def server(probed: DatabaseServer) -> Finding:
    """Whether a server takes the state."""
    if probed.may_create:
        return fine(_STATE, say("{place} answers", place=probed.shown))
    return warning(
        _STATE,
        Id.STORAGE,
        say("{place} answers, but its user may not make tables there", place=probed.shown),
        say("GRANT its user CREATE on the database, once"),
    )


def customers(path: str | None, mode: int) -> Finding:
    """Whether others may read the key that customers are marked with, should it be a file."""
    if mode & 0o077:
        what = say(
            "{path} can be read or changed by others ({mode:03o})", path=path, mode=mode & 0o777
        )
        return warning(_CUSTOMERS, Id.EXPOSED, what, f"chmod 600 {path}")
    source = path or "identity_key"
    return fine(_CUSTOMERS, say("{source} is the key that they are marked with", source=source))


def disk(path: str, free: int) -> Finding:
    """Whether there is room where the state is."""
    left = say("{size:.1f} GB free at {path}", size=free / _GB, path=path)
    remedy = say("free some space: sgeflow runs prune deletes old runs")
    if free < _NOTHING:
        return failure(_DISK, Id.STORAGE, left, remedy)
    if free < _LITTLE:
        return warning(_DISK, Id.STORAGE, left, remedy)
    return fine(_DISK, left)


def zones(*, known: bool) -> Finding:
    """Whether the civil days of France can be told."""
    if known:
        return fine(_ZONES, say("Europe/Paris is known, with summer time"))
    return failure(
        _ZONES,
        Id.UNREADABLE,
        say("this machine does not know Europe/Paris"),
        "pip install --upgrade tzdata",
    )


def cache(folder: Folder | None) -> Finding:
    """Whether checked documents can be kept; it costs time alone when they cannot."""
    if folder is None:
        return fine(_CACHE, say("switched off: commands begin later"))
    if folder.trouble:
        return warning(
            _CACHE,
            Id.STORAGE,
            say("{path} cannot be used: {why}", path=folder.path, why=folder.trouble),
            say("it must be this user's alone; or name another: SGEFLOW_CACHE=DIR, or off"),
        )
    return fine(_CACHE, say("{path} can be written", path=folder.path))
