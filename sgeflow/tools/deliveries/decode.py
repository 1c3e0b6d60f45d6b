"""Decodes delivered files: decrypts, unzips, reads and stores each, completely or not at all."""

import hashlib
import io
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters import decryption
from sgeflow.adapters.secrets import SecretSources
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.documents import Environment
from sgeflow.core.model import DEFAULT_ENVIRONMENT
from sgeflow.errors import Id, Problem, SgeflowError, TechnicalError
from sgeflow.messages import from_table, os_error_text, say
from sgeflow.patterns import regex
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.deliveries import unzip
from sgeflow.tools.deliveries.csv import ScatteredError
from sgeflow.tools.deliveries.file_keeper import (
    Contradictions,
    ContradictsItself,
    FileKeeper,
    ToldApart,
)
from sgeflow.tools.deliveries.fluxes import billing, documents, indexes, subscriptions, values
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    flux_of,
    format_of,
)
from sgeflow.tools.deliveries.report import DecodeReport, FileOutcome, FileState
from sgeflow.tools.deliveries.unzip import ZipLimits, ZipMember

__all__ = ["FAMILIES", "DecodeOptions", "DecodeReport", "FileOutcome", "FileState", "decode"]

_CHUNK = 1 << 20
_PLAIN = (".json", ".csv", ".xml")


class DecodeOptions(Struct, frozen=True, kw_only=True):
    """The options for decoding files.

    `state` is the folder of the stores (by default `.sgeflow` beside the project). `stamped` is the
    meaning of stamps in R63 curves that do not tell it (`start`, `end`, or `auto`). `again` stores
    files that were decoded before.
    """

    state: StateLocation | Path | str | None = None
    stamped: str = "auto"
    again: bool = False
    limits: ZipLimits = field(default_factory=ZipLimits)
    sources: SecretSources | None = None  # the sources of secrets; tests give their own


FAMILIES: tuple[Family, ...] = (
    *billing.FAMILIES,
    *documents.FAMILIES,
    *indexes.FAMILIES,
    *subscriptions.FAMILIES,
    *values.FAMILIES,
)
"""The known kinds of delivered files."""


def decode(
    paths: Iterable[Path | str],
    workspace: Workspace | None = None,
    environment: str | None = None,
    options: DecodeOptions | None = None,
    *,
    listener: Callable[[FileOutcome], None] = lambda _: None,
) -> DecodeReport:
    """Store the contents of delivered files in the environment's store; each file gets an outcome.

    Args:
        paths: files as Enedis delivered them: encrypted or not, zipped or not.
        workspace: an opened project; by default the one of the current folder.
        environment: its keys open the files, its store keeps them.
        options: where the stores are, stamps, limits.
        listener: told of each file once it is kept or not.

    Raises:
        UsageError: an unknown environment.
        TechnicalError: the store cannot be opened.
    """
    opened = workspace or open_catalog()
    chosen = options or DecodeOptions()
    env = opened.environment(environment or variables().env or DEFAULT_ENVIRONMENT)
    home = home_of(chosen.state, opened.project, env)
    outcomes: list[FileOutcome] = []
    with Store(home.store(env.name)) as store:
        desk = _Decoder(env, store, chosen)
        for path in paths:
            for outcome in desk.decode(Path(path)):
                outcomes.append(outcome)
                listener(outcome)
    return DecodeReport(environment=env.name, files=tuple(outcomes))


class _Decoder:
    """Decodes the files of one run."""

    def __init__(self, environment: Environment, store: Store, options: DecodeOptions) -> None:
        self._environment = environment
        self._store = store
        self._options = options

    def decode(self, path: Path) -> Iterator[FileOutcome]:
        """The outcomes of all files within a delivered file."""
        place = FileOutcome(source=str(path), name="", flux="", state=FileState.FAILED)
        try:
            if path.is_dir():
                details = (("do", f"sgeflow decode {path}/*"),)
                message = say("it is a folder; name the files in it")
                raise TechnicalError.of(Id.UNREADABLE, message, details=details)
            with ExitStack() as stack:
                file: IO[bytes] = stack.enter_context(_open(path))
                if path.suffix.lower() in _PLAIN:
                    alone = ZipMember(name=unzip.bare(path.name), open=lambda: _open(path))
                    yield self._member(place, alone)
                    return
                if problem := stray(file):
                    skipped = problem.id is Id.FLUX
                    state = FileState.SKIPPED if skipped else FileState.FAILED
                    yield replace(place, state=state, problem=problem)
                    return
                plain = file
                begin = file.read(len(decryption.ZIP))
                file.seek(0)
                if begin != decryption.ZIP:
                    keys = decryption.file_keys(self._environment, self._options.sources)
                    plain, key = decryption.open_encrypted(file, keys)
                    stack.enter_context(plain)
                    place = replace(place, key=key)
                for member in unzip.members(plain, self._options.limits):
                    yield self._member(place, member)
        except SgeflowError as error:
            yield replace(place, problem=error.problems[0])

    def _member(self, place: FileOutcome, member: ZipMember) -> FileOutcome:
        place = replace(place, name=member.name)
        if member.problem is not None:
            return replace(place, problem=member.problem)
        match = flux_of(FAMILIES, member.name, Path(place.source).name)
        if match is None:
            problem = Problem(
                id=Id.FLUX,
                message=say("its name holds no flux that is read; it was skipped"),
                allowed=tuple(sorted(flux for one in FAMILIES for flux in one.fluxes)),
                allowed_label="fluxes",
            )
            return replace(place, state=FileState.SKIPPED, problem=problem)
        family, flux = match
        place = replace(place, flux=flux)
        try:
            return self._keep(place, member, family)
        except SgeflowError as error:
            return replace(place, problem=error.problems[0])

    def _keep(self, place: FileOutcome, member: ZipMember, family: Family) -> FileOutcome:
        digest = _digest(member)
        if not self._options.again and self._store.has_delivery(member.name, digest):
            return replace(place, state=FileState.KNOWN)
        source = DeliverySource(
            flux=place.flux,
            stamped=self._options.stamped,
            spill=TemporaryFile,
        )
        published = publication_of(member.name, Path(place.source).name)

        def keep(source: DeliverySource, without: Contradictions) -> FileOutcome:
            with member.open() as file, self._store.delivering(member.name, published) as delivery:
                items = _items(file, family, source)
                outcome = FileKeeper(place, delivery, without, source.marks).keep(items)
                if outcome.state is FileState.KEPT:  # else a later run reads it again
                    delivery.note(member.name, digest, place.flux, int(time.time()))
            return outcome

        def all_of(source: DeliverySource, without: Contradictions) -> FileOutcome:
            try:
                return keep(source, without)
            except ScatteredError:  # nothing was stored
                return keep(replace(source, gather=True), without)

        def without_contradictions(source: DeliverySource) -> FileOutcome:
            try:
                return all_of(source, {})
            except ContradictsItself as error:  # nothing was stored; now they are left out
                return all_of(source, error.starts)

        try:
            return without_contradictions(source)
        except ToldApart as error:  # nothing was stored; now all follow one convention
            return without_contradictions(replace(source, marks=error.marks))


def _items(
    file: io.BufferedReader, family: Family, source: DeliverySource
) -> Iterator[DeliveryItem]:
    format_ = format_of(file.peek(_CHUNK))
    reader = family.readers.get(format_)
    if reader is None:
        message = say("a file of {flux} is not read as {format}", flux=source.flux, format=format_)
        problem = Problem(
            id=Id.FILE, message=message, allowed=tuple(family.readers), allowed_label="formats"
        )
        raise TechnicalError(problem)
    return reader(file, source)


def _open(path: Path) -> io.BufferedReader:
    try:
        return io.BufferedReader(io.FileIO(path), unzip.BUFFER)
    except OSError as error:
        message = say(
            "it cannot be read: {reason}", reason=from_table(os_error_text(error).lower())
        )
        raise TechnicalError.of(Id.UNREADABLE, message) from None


def _digest(member: ZipMember) -> str:
    """The digest of a file's content; computing it also proves that the file can be unpacked."""
    digest = hashlib.sha256()
    with member.open() as file:
        while some := file.read(_CHUNK):
            digest.update(some)
    return digest.hexdigest()


_EMPTY_ZIP = b"PK\x05\x06"
_LOOKED_AT = 4096
_BLOCK = 16  # bytes of AES: encrypted data has a multiple of them
_CHANCE = 32  # bytes: data shorter than this may be encrypted and still look like text
_FOREIGN = {b"\x89PNG": "PNG", b"%PDF": "PDF", b"\x1f\x8b": "gzip"}
_BLANK = {"\t", "\n", "\r", "\f"}


def stray(file: IO[bytes]) -> Problem | None:
    """Why a file cannot be a zip of Enedis, encrypted or not; None if it may be one.

    Encrypted bytes look random, unlike text, other formats and zip files.
    """
    begin = file.read(_LOOKED_AT)
    size = file.seek(0, 2)
    file.seek(0)
    if begin.startswith(decryption.ZIP):
        return None
    if not begin:
        return Problem(id=Id.FILE, message=say("it is empty"), details=_AGAIN)
    if begin.startswith(_EMPTY_ZIP):
        return Problem(id=Id.FILE, message=say("it is a zip with nothing in it"), details=_AGAIN)
    kind = next((name for sign, name in _FOREIGN.items() if begin.startswith(sign)), "")
    if kind and (size % _BLOCK or kind != "gzip"):
        message = say("it is a {kind} file, and no delivery of Enedis", kind=kind)
    elif (size % _BLOCK or size > _CHANCE) and _is_text(begin):
        message = say("it is text, and no delivery of Enedis by its name")
    else:
        return None
    words = say(
        "a delivery is a zip, encrypted or not; what was unzipped ends in .json, .csv or .xml"
    )
    return Problem(id=Id.FLUX, message=message, details=(("belongs there", words),))


_AGAIN = (("remedy", say("fetch it again: Enedis delivers no empty file")),)


def _is_text(begin: bytes) -> bool:
    """Whether bytes are text; the last character may be cut."""
    for cut in range(min(4, len(begin))):
        try:
            text = begin[: len(begin) - cut].decode()
        except UnicodeDecodeError:
            continue
        return all(sign.isprintable() or sign in _BLANK for sign in text)
    return False


UNKNOWN = 0
"""The publication of a file whose names do not tell one; it comes before all others."""

_YEARS = range(2000, 2200)
_INSTANT = regex(r"(?<![0-9])[0-9]{14}(?![0-9])")
_DAY = regex(r"(?<=_)[0-9]{8}(?![0-9A-Za-z])")
_PARTED = regex(r"_([0-9]{1,6})_[QHM]_[0-9]{5}_[0-9]{5}_$", re.IGNORECASE)
_NUMBERED = regex(r"_([0-9]{5})_$")
_FILES = 100_000  # files of a request: their numbers have five digits


def publication_of(*names: str) -> int:
    """A number that grows with the moment of a file's publication.

    The first name with a moment tells it. Files of the same moment are ordered by the numbers in
    their names.
    """
    for name in names:
        times = [
            (match.start(), instant)
            for form, rest in ((_INSTANT, ""), (_DAY, "000000"))
            for match in form.finditer(name)
            if _is_instant(instant := match[0] + rest)
        ]
        if times:
            place, instant = max(times)
            number = _PARTED.search(name[:place]) or _NUMBERED.search(name[:place])
            return int(instant) * _FILES + (int(number[1]) % _FILES if number else 0)
    return UNKNOWN


def _is_instant(digits: str) -> bool:
    """Whether 14 digits are a moment; a point's id also has 14 digits, but is rarely a date."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").year in _YEARS  # noqa: DTZ007 (legal time)
    except ValueError:
        return False
