"""A cache of checked catalogues from one start to the next.

The key of a catalogue depends on its documents, on this package, on the interpreter and on the
installed libraries, so an outdated entry is never read. The folder belongs to the user (0700); a
folder that others can write to is not used. Failures of the cache cost time only.
"""

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
"""Documents by kind and name, as bytes that are unpacked when they are read."""

_HOUR = 3600.0  # seconds
_UNUSED = 30 * 24 * _HOUR  # seconds without use, after which a catalogue is deleted
_LARGEST = 128 << 20  # bytes in all; the least recently used are deleted first
_PACKAGE = Path(__file__).resolve().parents[1]
_NUMBER = 8  # bytes; a file begins with the size and checksum of its index


class KeptDocument(Struct, frozen=True):
    """The bytes of a document, and their checksum."""

    content: memoryview
    checksum: int

    def unpack(self) -> Any:
        """The document; None if its bytes are damaged."""
        import pickle

        try:
            return _unpickle(self.content, self.checksum)
        except (pickle.PickleError, EOFError, AttributeError, ImportError, ValueError):
            return None


class LazyDocuments(Mapping[str, T]):
    """Documents by name, each unpacked at its first use, or made by `anew` if damaged."""

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
    """The cache key of a catalogue: the content of its documents and the code that checked them."""
    from hashlib import sha256

    digest = sha256(f"{sys.version}\0{_code()}\0".encode())
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:32]


def load(key: str) -> Packed | None:
    """The cached documents of a key, still packed; None if there are none."""
    import pickle

    folder = _folder()
    if folder is None:
        return None
    try:
        with (folder / f"{key}.pickle").open("rb") as file:
            if not is_ours(os.fstat(file.fileno())):
                return None
            with contextlib.suppress(OSError):  # a read-only disk, for example of a container
                os.utime(file.fileno())  # marks the entry as used
            content = memoryview(file.read())
        size, checksum = (int.from_bytes(content[at : at + _NUMBER]) for at in (0, _NUMBER))
        start = 2 * _NUMBER + size
        places = _unpickle(content[2 * _NUMBER : start], checksum)
    except (OSError, pickle.PickleError, EOFError, AttributeError, ImportError, ValueError):
        return None
    end = max((end for some in places.values() for _, end, _ in some.values()), default=0)
    if start + end > len(content):  # the file was cut
        return None
    return {
        kind: {
            name: KeptDocument(content[start + first : start + end], checksum)
            for name, (first, end, checksum) in some.items()
        }
        for kind, some in places.items()
    }


def _unpickle(content: memoryview, checksum: int) -> Any:
    """Unpickle bytes from our own folder.

    Raises:
        ValueError: the checksum differs; after a power failure files may contain zeros.
    """
    import pickle

    if zlib.crc32(content) != checksum:
        raise ValueError
    return pickle.loads(content)  # noqa: S301 - our own folder, and as it was written


def save(key: str, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    """Store documents by kind and name; without a safe folder nothing is stored."""
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
            part.unlink(missing_ok=True)  # nothing stays on a full disk
        _tidy(folder)


def read_cache(key: str, kinds: Iterable[str], unpack: Callable[[Packed], T | None]) -> T | None:
    """The cached documents, unpacked; None if a kind is missing or damaged."""
    kept = load(key)
    if kept is None or any(kind not in kept for kind in kinds):
        return None
    return unpack(kept)


@functools.cache
def _code() -> str:
    """A text that changes with the package's code and with the installed libraries."""
    rooms = (module_facts(_PACKAGE / room, is_deep=True) for room in ("core", "steps"))
    libraries = Path(msgspec.__file__).parents[1].stat().st_mtime_ns
    return ",".join((*module_facts(_PACKAGE, is_deep=False), *chain(*rooms), f"{libraries}"))


def module_facts(folder: os.PathLike[str], *, is_deep: bool) -> Iterator[str]:
    """The name, time and size of each module in a folder; `Path` takes three times as long."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.name.endswith(".py"):
            fact = entry.stat()
            yield f"{entry.name}:{fact.st_mtime_ns}:{fact.st_size}"
        elif is_deep and entry.name != "__pycache__" and entry.is_dir():
            yield from module_facts(entry, is_deep=True)


def chosen_folder() -> Path | None:
    """The folder of the cache; None if nothing can be cached.

    It never depends on the current folder, because a project may come from other people.
    """
    chosen = os.environ.get("SGEFLOW_CACHE")
    if chosen == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    folder = Path(os.path.expanduser(chosen)) if chosen else Path(base) / "sgeflow"  # noqa: PTH111
    return folder if folder.is_absolute() else None  # also for `~` without a home folder


def is_ours(fact: os.stat_result) -> bool:
    """Whether a folder or file belongs to this user and is not writable for others."""
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
    """Delete unused catalogues, and unfinished files of killed processes.

    The limit is one of size, not of number: each source tree and each project has its own
    catalogue, and all may be in use.
    """
    now, size = time.time(), 0
    catalogues = [(file, file.stat()) for file in folder.glob("*.pickle")]
    for file, fact in sorted(catalogues, key=lambda one: one[1].st_mtime, reverse=True):
        size += fact.st_size
        if size > _LARGEST or fact.st_mtime < now - _UNUSED:
            file.unlink(missing_ok=True)
    for part in folder.glob(".*"):
        if part.stat().st_mtime < now - _HOUR and part.is_file():  # no writer needs so long
            part.unlink(missing_ok=True)
