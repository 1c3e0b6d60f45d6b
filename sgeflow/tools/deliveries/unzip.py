"""Reads the files in a zip, and in zips in it, without writing them and without being flooded."""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, cast

from msgspec import Struct

from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import Message, say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

IN_MEMORY = 64 << 20
BUFFER = 1 << 16
"""Bytes by which files are read: a header of 200 columns must fit, to tell its encoding."""

_NAME = 150  # characters of a name that are kept
_FREE = 1 << 20  # bytes that a member may always have, however well it is packed
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    RuntimeError,  # locked by a password, or packed in a way that is not known
    OSError,
)


class ZipLimits(Struct, frozen=True, kw_only=True):
    """How much a delivered file may hold, with the zips in it; unpacked bytes, and their ratio.

    Half-hours of 1,500 points over 24 months are some 3 GB of JSON, packed some 30 to 1.
    """

    members: int = 10_000
    unpacked: int = 32 << 30
    ratio: int = 250


class ZipMember(Struct, frozen=True, kw_only=True):
    """A file in a zip: its bare name, and how it is opened, as often as needed; or why not."""

    name: str
    open: Callable[[], io.BufferedReader]
    problem: Problem | None = None


class _Budget(Struct):
    """The budget left for a delivered file; bytes that are read twice count once."""

    limits: ZipLimits
    members: int = 0
    unpacked: int = 0


def members(zipped: IO[bytes], limits: ZipLimits) -> Iterator[ZipMember]:
    """The files in a zip, and in the zips in it, in order. Use each before the next.

    A member that cannot be read is told by its `problem`, or when it is read.

    Raises:
        TechnicalError: it is no zip, is damaged, or holds too many files.
    """
    yield from _members(zipped, _Budget(limits), nested=False)


def bare(name: str) -> str:
    """The last part of a path in a zip, printable and short: no folder, no drive, no line break."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable())[-_NAME:]
    return printable if printable.strip(". ") else "unnamed"


def _members(zipped: IO[bytes], budget: _Budget, *, nested: bool) -> Iterator[ZipMember]:
    try:
        archive = zipfile.ZipFile(zipped)
    except _DAMAGES as error:
        raise _refusal(say("it is not a complete zip: {why}", why=_why(error))) from None
    with archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        budget.members += len(files)
        if budget.members > budget.limits.members:
            raise _refusal(
                say("it holds more than {members:,} files", members=budget.limits.members)
            )
        for info in files:
            member = _member(archive, info, budget)
            if not member.name.lower().endswith(".zip"):
                yield member
            elif nested:
                refusal = _refusal(say("it is nested: a zip in a zip in a zip"))
                yield ZipMember(name=member.name, open=member.open, problem=refusal.problems[0])
            else:
                yield from _inside(member, budget)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> ZipMember:
    paid = _Paid()

    def opening() -> io.BufferedReader:
        try:
            source = archive.open(info)
        except _DAMAGES as error:
            raise _refusal(say("it cannot be unpacked: {why}", why=_why(error))) from None
        return io.BufferedReader(_Counted(source, info.compress_size, budget, paid), BUFFER)

    return ZipMember(name=bare(info.filename), open=opening)


def _inside(member: ZipMember, budget: _Budget) -> Iterator[ZipMember]:
    """The members of a zip in a zip; a damaged one is one member with a problem."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        inner = cast("IO[bytes]", spool)
        try:
            with member.open() as source:
                shutil.copyfileobj(source, inner)
            yield from _members(inner, budget, nested=True)
        except TechnicalError as error:
            yield ZipMember(name=member.name, open=member.open, problem=error.problems[0])


class _Paid(Struct):
    """How far a member has been paid for."""

    bytes: int = 0


class _Counted(io.RawIOBase):
    """A member being unpacked: what comes out is counted, whatever the zip says of its size."""

    def __init__(self, source: IO[bytes], packed: int, budget: _Budget, paid: _Paid) -> None:
        self._source = source
        self._most = max(_FREE, packed * budget.limits.ratio)
        self._budget = budget
        self._paid = paid
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            some = self._source.read(len(view))
        except _DAMAGES as error:
            raise _refusal(say("it cannot be unpacked: {why}", why=_why(error))) from None
        view[: len(some)] = some
        self._read += len(some)
        budget, limits = self._budget, self._budget.limits
        if self._read > self._paid.bytes:
            budget.unpacked += self._read - self._paid.bytes
            self._paid.bytes = self._read
        if self._read > self._most:
            raise _refusal(
                say(
                    "it unpacks to more than {ratio} times its size and may be a zip bomb",
                    ratio=limits.ratio,
                )
            )
        if budget.unpacked > limits.unpacked:
            raise _refusal(
                say("the file unpacks to more than {unpacked:,} bytes", unpacked=limits.unpacked)
            )
        return len(some)

    def close(self) -> None:
        self._source.close()
        super().close()


def _why(error: Exception) -> str:
    if isinstance(error, NotImplementedError):
        return say("its compression is not supported")
    if "password" in str(error):
        return say("it is protected by a password")
    return say("its content is damaged or cut off")


def _refusal(message: Message) -> TechnicalError:
    remedy = say("fetch the file again; if the error stays, tell Enedis")
    return TechnicalError.of(Id.FILE, message, details=(("remedy", remedy),))
