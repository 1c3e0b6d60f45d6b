"""Checked catalogues, kept from one start to the next: like byte code, for documents.

A catalogue is found by the content of its documents, of this package, of the interpreter and of
the folder of its libraries, so that nothing stale is ever read. The cache's folder is the user's
own (0700); one that others may write to is not used. Whatever goes wrong here costs time and
nothing else.
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")
Packed = Mapping[str, Mapping[str, "KeptDocument"]]
"""Documents by kind and name, each as its bytes: what nobody asks for is not unpacked."""

_HOUR = 3600.0  # seconds
_UNUSED = 30 * 24 * _HOUR  # then a catalogue goes
_LARGEST = 128 << 20  # bytes of all; those that were not used for longest go first
_PACKAGE = Path(__file__).resolve().parents[1]
_NUMBER = 8  # bytes: a file begins with the size and checksum of an index of its documents


class KeptDocument(Struct, frozen=True):
    """The bytes of a document, and their sum."""

    content: memoryview
    checksum: int

    def unpack(self) -> Any:
        """The document; None when it cannot be read, or not as it was written."""
        import pickle

        try:
            return _unpickle(self.content, self.checksum)
        except (pickle.PickleError, EOFError, AttributeError, ImportError, ValueError):
            return None


class LazyDocuments(Mapping[str, T]):
    """Documents by name, each unpacked when it is first asked for, else made `anew`."""

    def __init__(
        self, kept: Mapping[str, KeptDocument], anew: Callable[[], Mapping[str, T]] = dict
    ) -> None:
        self._kept, self._anew = kept, anew
        self._unpacked: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._unpacked:
            document = self._kept[name].unpack()
            self._unpacked[name] = self._anew()[name] if document is None else document
        return self._unpacked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, name: object) -> bool:
        return name in self._kept


def key_of(parts: Iterable[str]) -> str:
    """The name of a catalogue: what its documents say, and by which code they were checked."""
    from hashlib import sha256

    digest = sha256(f"{sys.version}\0{_code()}\0".encode())
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:32]


def load(key: str) -> Packed | None:
    """The documents that were kept under a key, still packed."""
    import pickle

    folder = _folder()
    if folder is None:
        return None
    try:
        with (folder / f"{key}.pickle").open("rb") as file:
            if not is_ours(os.fstat(file.fileno())):
                return None
            with contextlib.suppress(OSError):  # a disk that takes nothing, as of a container
                os.utime(file.fileno())  # what is used stays, whatever else comes
            content = memoryview(file.read())
        size, checksum = (int.from_bytes(content[at : at + _NUMBER]) for at in (0, _NUMBER))
        start = 2 * _NUMBER + size
        places = _unpickle(content[2 * _NUMBER : start], checksum)
    except (OSError, pickle.PickleError, EOFError, AttributeError, ImportError, ValueError):
        return None
    end = max((end for some in places.values() for _, end, _ in some.values()), default=0)
    if start + end > len(content):  # it was cut
        return None
    return {
        kind: {
            name: KeptDocument(content[start + first : start + end], checksum)
            for name, (first, end, checksum) in some.items()
        }
        for kind, some in places.items()
    }


def _unpickle(content: memoryview, checksum: int) -> Any:
    """The value that some bytes of our own folder hold.

    Raises:
        ValueError: they are not those that were written: a disk that lost its power gives zeros
            in the midst of a text, and an envelope with a hole would be read.
    """
    import pickle

    if zlib.crc32(content) != checksum:
        raise ValueError
    return pickle.loads(content)  # noqa: S301 - our own folder, and as it was written


def save(key: str, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep documents by kind and name; without a folder of our own, nothing is kept."""
    import pickle

    folder = _folder(make=True)
    if folder is None:
        return
    with contextlib.suppress(OSError, pickle.PickleError, AttributeError, TypeError):
        documents = bytearray()
        places: dict[str, dict[str, tuple[int, int, int]]] = {}  # start, end and checksum
        for kind, some in kinds.items():
            places[kind] = {}
            for name, value in some.items():
                start, document = len(documents), pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
                documents += document
                places[kind][name] = (start, len(documents), zlib.crc32(document))
        index = pickle.dumps(places, pickle.HIGHEST_PROTOCOL)
        header = len(index).to_bytes(_NUMBER) + zlib.crc32(index).to_bytes(_NUMBER)
        part = folder / f".{key}.{os.getpid()}"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(header + index + documents)
            part.replace(folder / f"{key}.pickle")
        finally:
            part.unlink(missing_ok=True)  # of a full disk nothing is taken
        _tidy(folder)


def read_cache(key: str, kinds: Iterable[str], unpack: Callable[[Packed], T]) -> T | None:
    """The kept documents, unpacked, or None when a kind is missing or unreadable."""
    kept = load(key)
    if kept is None or any(kind not in kept for kind in kinds):
        return None
    return unpack(kept)


@functools.cache
def _code() -> str:
    """Changes whenever the code that reads documents does, or a library is put in or out."""
    rooms = (_facts(_PACKAGE / room, is_deep=True) for room in ("core", "steps"))
    libraries = Path(msgspec.__file__).parents[1].stat().st_mtime_ns
    return ",".join((*_facts(_PACKAGE, is_deep=False), *chain(*rooms), f"{libraries}"))


def _facts(folder: os.PathLike[str], *, is_deep: bool) -> Iterator[str]:
    """The name, time and size of each module in a folder; `Path` takes three times as long."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.name.endswith(".py"):
            fact = entry.stat()
            yield f"{entry.name}:{fact.st_mtime_ns}:{fact.st_size}"
        elif is_deep and entry.name != "__pycache__" and entry.is_dir():
            yield from _facts(entry, is_deep=True)


def chosen_folder() -> Path | None:
    """Where catalogues are kept when that can be; None when nothing is.

    It is never a place that the current folder decides: what lies in a project is others' work.
    """
    chosen = os.environ.get("SGEFLOW_CACHE")
    if chosen == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    folder = Path(os.path.expanduser(chosen)) if chosen else Path(base) / "sgeflow"  # noqa: PTH111
    return folder if folder.is_absolute() else None  # also `~` where there is no such home


def is_ours(fact: os.stat_result) -> bool:
    """Whether a folder or file belongs to this user and nobody else may write to it."""
    return fact.st_uid == os.getuid() and not fact.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _folder(*, make: bool = False) -> Path | None:
    folder = chosen_folder()
    if folder is None:
        return None
    try:
        if make:
            from sgeflow.adapters.atomic_write import make_folder

            make_folder(folder)
        return folder if is_ours(folder.stat()) else None
    except OSError:
        return None


def _tidy(folder: Path) -> None:
    """Take away what nobody uses, and what killed writers left.

    The bound is one of room, not of number: each tree of sources and each project has a catalogue
    of its own, and where many are worked on in turn all of them are used.
    """
    now, size = time.time(), 0
    catalogues = [(file, file.stat()) for file in folder.glob("*.pickle")]
    for file, fact in sorted(catalogues, key=lambda one: one[1].st_mtime, reverse=True):
        size += fact.st_size
        if size > _LARGEST or fact.st_mtime < now - _UNUSED:
            file.unlink(missing_ok=True)
    for part in folder.glob(".*"):
        if part.stat().st_mtime < now - _HOUR and part.is_file():  # no writer takes so long
            part.unlink(missing_ok=True)
